//! What was not collected because somebody killed or stopped the agent, or took its hooks away: the stream says since
//! when and until when.

use std::fs;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::process::Signal;
use rustix::time::{ClockId, clock_gettime, clock_settime};
use tuxmon_event::Timestamp;
use tuxmon_reader::ReadEvent;

use crate::agent::{Agent, EVERYTHING, Home};
use crate::deed::{self, Deed};
use crate::time::now;
use crate::watch::{Watch, patience};
use crate::{raw, tests};

tests![
    a_killed_agent_is_told_by_the_next,
    an_agent_that_ends_in_order_leaves_no_gap,
    a_stopped_agent_tells_when_it_was_stopped,
    a_detached_hook_is_attached_anew,
    a_replaced_program_is_put_back,
    a_clock_that_is_set_is_told_and_followed,
];

pub(crate) const DEEDS: &[Deed] = &[];

/// Longer than an agent may stand still without a word (`crates/tuxmon/src/run/pulse.rs`).
const LONG: Duration = Duration::from_millis(5_500);

/// Waits for the report, and gives its interval as it is printed.
#[track_caller]
fn interval(watch: &mut Watch, agent: &Agent, id: &str, subject: &str) -> (String, String) {
    watch.within(patience());
    let found = watch.until(|event| is_report(event, id, subject));
    assert!(found, "no event 255 {id} of {subject}; the agent says:\n{}", agent.log());
    interval_of(watch.seen.last().expect("it was found"))
}

fn interval_of(report: &ReadEvent) -> (String, String) {
    let description = report.value("Description").unwrap_or_default();
    let times = description.split_once(" from ").map_or("", |(_, rest)| rest);
    let (from, rest) = times.split_once(" to ").expect("an interval");
    (from.to_owned(), rest.get(..from.len()).expect("a time").to_owned())
}

/// Both hooks on datagrams are told as lost, after this moment.
#[track_caller]
fn expect_lost_hooks(watch: &mut Watch, agent: &Agent, after: Timestamp) {
    let mut missing = vec!["udp_in", "udp_out"];
    watch.within(patience());
    let told = watch.until(|event| {
        let is_told = |program: &str| is_report(event, "HookLost", program);
        if missing.iter().any(|program| is_told(program)) {
            let (from, to) = interval_of(event);
            println!("detached at {}, noticed between {from} and {to}", printed(after));
            assert!(from <= to && printed(after) <= to, "lost after {after:?}, told: {from} to {to}");
        }
        missing.retain(|program| !is_told(program));
        missing.is_empty()
    });
    assert!(told, "not told: {missing:?}: {}", agent.log());
}

fn is_report(event: &ReadEvent, id: &str, subject: &str) -> bool {
    let is_about = |text: &str| text.contains(&format!(" of {subject} "));
    event.value("ID") == Some(id) && event.value("Description").is_some_and(is_about)
}

/// As events print it.
fn printed(time: Timestamp) -> String {
    time.utc_time()
}

fn a_killed_agent_is_told_by_the_next() {
    let home = Home::new(EVERYTHING);
    let started = now();
    let agent = home.start();
    let mut watch = agent.watch();
    watch.settle();
    agent.crash();
    let killed = now();
    let unseen = deed::perform("nothing", &[]);
    watch.after_a_crash();
    let restarted = now();
    let agent = home.start();
    let (from, to) = interval(&mut watch, &agent, "AgentDied", "everything");
    assert!(printed(started) <= from && from <= printed(killed), "it died at {killed:?}, told: from {from}");
    assert!(printed(restarted) <= to && to <= printed(now()), "started at {restarted:?}, told: to {to}");
    watch.settle();
    assert!(watch.of(&[unseen.pid]).is_empty(), "what happened meanwhile was not seen");
}

fn an_agent_that_ends_in_order_leaves_no_gap() {
    let home = Home::new(EVERYTHING);
    let agent = home.start();
    let mut watch = agent.watch();
    agent.stop().expect("it ends");
    let _agent = home.start();
    watch.settle();
    // A slow machine may leave records of its last moment, which is told; that is no gap.
    let died = watch.seen.iter().find(|event| event.value("ID") == Some("AgentDied"));
    assert!(died.is_none(), "{:?}", died.map(|event| &event.raw));
}

fn a_stopped_agent_tells_when_it_was_stopped() {
    let home = Home::new(EVERYTHING);
    let agent = home.start();
    let mut watch = agent.watch();
    watch.settle();
    let before = now();
    agent.signal(Signal::STOP);
    let stopped = now();
    // No condition tells that time has passed; what the agent makes of it is waited for.
    std::thread::sleep(LONG);
    let meanwhile = deed::perform("nothing", &[]);
    let continued = now();
    agent.signal(Signal::CONT);
    let (from, to) = interval(&mut watch, &agent, "AgentStoodStill", "the agent");
    // A turn that was under way when the agent was stopped began up to a tenth of a second earlier.
    let earliest = Timestamp(before.0 - 2_000_000_000);
    assert!(
        printed(earliest) <= from && from <= printed(stopped),
        "stopped at {stopped:?}, told: from {from}"
    );
    assert!(printed(continued) <= to && to <= printed(now()), "continued at {continued:?}, told: to {to}");
    watch.settle();
    assert!(!watch.of(&[meanwhile.pid]).is_empty(), "what the ring held is not lost");
}

/// The agent's attachments to the cgroup tree, by the kernel's numbers.
fn cgroup_links(agent: &Agent) -> Vec<u32> {
    let folder = format!("/proc/{}/fdinfo", agent.pid());
    let texts = fs::read_dir(folder).expect("the agent runs").filter_map(|entry| {
        // A descriptor may be closed meanwhile.
        fs::read_to_string(entry.ok()?.path()).ok()
    });
    let number_of = |text: String| {
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        (value("link_type:") == Some("cgroup")).then(|| value("link_id:")?.parse().ok()).flatten()
    };
    texts.filter_map(number_of).collect()
}

/// enum bpf_prog_type.
const CGROUP_SKB: u32 = 8;

/// A datagram that this process sends.
fn datagram_is_seen(watch: &mut Watch) -> bool {
    let receiver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has ports");
    let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has ports");
    let to = receiver.local_addr().expect("it is bound");
    sender.send_to(b"x", to).expect("it goes to ourselves");
    let port = to.port().to_string();
    watch.within(patience());
    watch.until(|event| event.system.event_id == 3 && event.value("DestinationPort") == Some(&port))
}

fn a_detached_hook_is_attached_anew() {
    let home = Home::new(EVERYTHING);
    let agent = home.start();
    let mut watch = agent.watch();
    let links = cgroup_links(&agent);
    assert_eq!(links.len(), 2, "sent and received datagrams");
    watch.settle();
    let before = now();
    for number in &links {
        let link = raw::open_link(*number).expect("the agent holds it");
        raw::detach_link(link.as_fd()).expect("links to cgroups can be detached");
    }
    expect_lost_hooks(&mut watch, &agent, before);
    assert!(datagram_is_seen(&mut watch), "datagrams are seen again: {}", agent.log());
    assert!(cgroup_links(&agent).iter().all(|link| !links.contains(link)), "new links");
}

fn a_replaced_program_is_put_back() {
    let home = Home::new(EVERYTHING);
    let agent = home.start();
    let mut watch = agent.watch();
    // r0 = 1; exit: lets every packet pass and tells nobody.
    let silent = raw::load_program(CGROUP_SKB, "silent", &[0x1_0000_00b7, 0x95]).expect("a small program");
    let before = now();
    for number in cgroup_links(&agent) {
        let link = raw::open_link(number).expect("the agent holds it");
        raw::replace_program(link.as_fd(), silent.as_fd()).expect("links to cgroups can be updated");
    }
    expect_lost_hooks(&mut watch, &agent, before);
    assert!(datagram_is_seen(&mut watch), "datagrams are seen again: {}", agent.log());
}

/// Sets the wall clock forward, or back, by so many seconds.
fn set_clock(seconds: i64) {
    let mut time = clock_gettime(ClockId::Realtime);
    time.tv_sec += seconds;
    clock_settime(ClockId::Realtime, time).expect("root may set the clock");
}

/// Only in a machine that is nobody else's.
fn a_clock_that_is_set_is_told_and_followed() {
    if std::env::var_os("TUXMON_SLOW").is_none() {
        return println!(
            "SKIP gaps::a_clock_that_is_set_is_told_and_followed: sets the clock: make test-kernels does it in a guest"
        );
    }
    let home = Home::new(EVERYTHING);
    let agent = home.start();
    let mut watch = agent.watch();
    for step in [3600, -3600] {
        watch.settle();
        let before = now();
        set_clock(step);
        let (from, to) = interval(&mut watch, &agent, "ClockSet", "the wall clock");
        let set = Timestamp(before.0 + step * 1_000_000_000);
        assert!(printed(before) <= from && printed(set) <= to, "{before:?} by {step}: told {from} to {to}");
        // That the times of its events lie within its life, by the new clock, is compared with every other field.
        let process = deed::perform("nothing", &[]);
        watch.settle();
        let told: Vec<_> =
            watch.of(&[process.pid]).iter().filter_map(|event| event.value("UtcTime")).collect();
        assert_eq!(told.len(), 2, "start and end");
        for time in told {
            assert!(
                *printed(set) <= *time && *time <= *printed(now()),
                "{time}, the clock was set to {set:?}"
            );
        }
    }
}
