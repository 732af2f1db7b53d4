//! Machines that lack something: what is missing is named, with its reason, and everything else still works.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::bail;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set};

use crate::agent::{Agent, EVERYTHING, Home, output};
use crate::deed::{self, Deed, Folder};
use crate::ebpf_event::load_and_expect;
use crate::expected::{file_create, life};
use crate::file_delete::unlinked_in_sight_of;
use crate::filter::reload;
use crate::network_connect::{tcp_over, udp_over};
use crate::process_access::traced_by;
use crate::watch::{patience, poll_until};
use crate::{agent, raw, tests};

tests![
    without_types,
    types_from_a_file,
    without_a_cgroup_tree,
    without_a_cgroup_tree_in_a_namespace,
    without_leave_to_raise_limits,
    without_places_at_calls,
    without_places_at_calls_after_the_start,
    without_tracefs,
    without_the_powers_of_an_administrator,
];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "without-btf", run: without_btf },
    Deed { name: "without-cgroups", run: without_cgroups },
    Deed { name: "without-cgroups-in-a-namespace", run: without_cgroups_in_a_namespace },
    Deed { name: "without-sys-resource", run: without_sys_resource },
    Deed { name: "without-perf-events", run: without_perf_events },
    Deed { name: "without-tracefs", run: without_call_tracepoints },
    Deed { name: "without-sys-admin", run: without_sys_admin },
];

/// A configuration that needs no system call.
const NO_CALLS: &str = r#"<Sysmon schemaversion="4.90"><EventFiltering><ProcessCreate onmatch="exclude"/></EventFiltering></Sysmon>"#;

/// Where a kernel shows its types.
const BTF_FOLDER: &str = "/sys/kernel/btf";

/// A process and a file are seen by this agent with every field.
#[track_caller]
fn sees_a_deed(agent: &Agent) {
    let (mut watch, folder) = (agent.watch(), Folder::new());
    let process = deed::perform("create", &[folder.join("file").as_os_str()]);
    watch.expect(&[process.pid], &life(&process, [file_create(&process, &folder.join("file"))]));
}

/// What an agent said that did not start.
#[track_caller]
fn complaint_of(mut agent: Agent) -> String {
    let status = agent.wait(patience()).unwrap_or_else(|| panic!("it runs; it says:\n{}", agent.log()));
    assert!(!status.success(), "{}", agent.log());
    agent.log()
}

fn without_types() {
    if std::env::var_os("TUXMON_BTF").is_some() {
        println!("SKIP degraded::without_types: TUXMON_BTF gives every agent a file of types");
        return;
    }
    let home = Home::new(EVERYTHING);
    let said = complaint_of(home.launch_through(deed::command("without-btf", &[]), &[]));
    assert!(said.contains("this kernel has no BTF") && said.contains("--btf FILE"), "{said}");
    assert!(!said.contains("libbpf:"), "it says so itself: {said}");
}

fn types_from_a_file() {
    if std::env::var_os("TUXMON_TIER").is_some_and(|tier| tier == "deep") {
        println!(
            "SKIP degraded::types_from_a_file: TUXMON_TIER forbids the tier that needs no types of the kernel's"
        );
        return;
    }
    let home = Home::new(EVERYTHING);
    let mut arguments = Vec::new();
    if std::env::var_os("TUXMON_BTF").is_none() {
        let copy = home.path("types");
        fs::copy(format!("{BTF_FOLDER}/vmlinux"), &copy).expect("the kernel shows its types");
        arguments.extend([OsString::from("--btf"), copy.into_os_string()]);
    }
    let agent = home.start_through(deed::command("without-btf", &[]), &arguments);
    agent.meets_this_process();
    sees_a_deed(&agent);
    let said = agent.log();
    assert!(said.contains("the kernel does not know its own types"), "{said}");
}

/// The agent has one of its own.
fn without_a_cgroup_tree() {
    let home = Home::new(EVERYTHING);
    let agent = home.start_through(deed::command("without-cgroups", &[]), &[]);
    udp_over(&mut agent.watch(), "127.0.0.1");
    sees_a_deed(&agent);
}

/// There is none, and the root of one that the agent could have is not the machine's.
fn without_a_cgroup_tree_in_a_namespace() {
    let home = Home::new(EVERYTHING);
    let agent = home.start_through(deed::command("without-cgroups-in-a-namespace", &[]), &[]);
    sees_a_deed(&agent);
    let status = home.status();
    let degraded: Vec<_> = status["collection"]
        .as_array()
        .expect("status lists facts")
        .iter()
        .flat_map(|fact| fact["degraded"].as_array().expect("a fact lists what it misses"))
        .filter(|missing| missing["hook"] == "udp_out" || missing["hook"] == "udp_in")
        .collect();
    assert_eq!(degraded.len(), 2, "both directions of UDP: {status:#}");
    for missing in degraded {
        assert_eq!(missing["reason"], "no version 2 cgroup tree is mounted, and none could be");
    }
}

/// Only kernels before 5.11 mind; they must say what they mind.
fn without_leave_to_raise_limits() {
    let home = Home::new(EVERYTHING);
    let arguments = ["--output".into(), output("file", &home.events())];
    let mut agent = home.launch_through(deed::command("without-sys-resource", &[]), &arguments);
    let collects = || fs::read_to_string(home.events()).is_ok_and(|events| events.contains(">Started<"));
    let minds = poll_until(Instant::now() + patience(), || {
        let ended = agent.wait(Duration::ZERO).is_some();
        (ended || collects()).then_some(ended)
    });
    if minds.expect("it collects or ends") {
        let said = complaint_of(agent);
        assert!(said.contains("RLIMIT_MEMLOCK") && said.contains("CAP_SYS_RESOURCE"), "{said}");
    } else {
        sees_a_deed(&agent);
    }
}

/// An agent of the tracepoint tier, behind a program that takes something from it; none where the tier is not wanted.
fn by_calls(test: &str, configuration: &str, deed: &str) -> Option<(Home, Agent)> {
    let tier = std::env::var_os("TUXMON_TIER");
    if tier.as_ref().is_some_and(|tier| tier == "deep") {
        println!("SKIP degraded::{test}: the deep tier stands at no system call");
        return None;
    }
    let home = Home::new(configuration);
    let arguments: &[OsString] = if tier.is_some() { &[] } else { &["--tier".into(), "tracepoint".into()] };
    let agent = home.start_through(deed::command(deed, &[]), arguments);
    if std::env::var_os("TUXMON_BTF").is_some() {
        agent.meets_this_process();
    }
    Some((home, agent))
}

/// Facts of each kind that the tracepoint tier has from system calls.
#[track_caller]
fn sees_calls(agent: &Agent) {
    // Some of what is expected is what the shared agent knows.
    drop(agent::watch());
    sees_a_deed(agent);
    let mut watch = agent.watch();
    unlinked_in_sight_of(&mut watch);
    tcp_over(&mut watch, "127.0.0.1");
    udp_over(&mut watch, "127.0.0.1");
    load_and_expect(&mut watch, "by_number", "by_number");
    traced_by(&mut watch, "seize");
}

/// Where the program that tells calls by number is attached.
fn by_number(home: &Home) -> Vec<String> {
    let status = home.status();
    let facts = status["collection"].as_array().expect("status lists facts").iter();
    let by_number = |fact: &&serde_json::Value| {
        fact["hooks"].as_array().expect("a fact lists its hooks").iter().any(|hook| hook == "call_exit")
    };
    facts.filter(by_number).map(|fact| fact["fact"].as_str().expect("a fact has a name").to_owned()).collect()
}

/// Nothing is missing, and what is told by number is said.
#[track_caller]
fn tells_by_number(home: &Home) {
    let status = home.status();
    assert!(!status.to_string().contains("perf_event_open"), "{status:#}");
    assert!(by_number(home).iter().any(|fact| fact == "files created"), "{status:#}");
}

fn without_places_at_calls() {
    let Some((home, agent)) = by_calls("without_places_at_calls", EVERYTHING, "without-perf-events") else {
        return;
    };
    tells_by_number(&home);
    sees_calls(&agent);
}

/// A new configuration wants calls that nobody asked for at the start, and then no calls at all.
fn without_places_at_calls_after_the_start() {
    let test = "without_places_at_calls_after_the_start";
    let Some((home, agent)) = by_calls(test, NO_CALLS, "without-perf-events") else { return };
    assert_eq!(by_number(&home), [""; 0]);
    let mut watch = agent.watch();
    home.configure(EVERYTHING);
    reload(&agent, &mut watch);
    tells_by_number(&home);
    sees_calls(&agent);
    let mut watch = agent.watch();
    home.configure(NO_CALLS);
    reload(&agent, &mut watch);
    assert_eq!(by_number(&home), [""; 0]);
}

fn without_tracefs() {
    let Some((home, agent)) = by_calls("without_tracefs", EVERYTHING, "without-tracefs") else { return };
    tells_by_number(&home);
    sees_calls(&agent);
}

/// As the unit has it: kernels that want that power for places at calls, as Debian's up to 6.1 do, get none from it.
fn without_the_powers_of_an_administrator() {
    let test = "without_the_powers_of_an_administrator";
    let Some((_home, agent)) = by_calls(test, EVERYTHING, "without-sys-admin") else { return };
    sees_calls(&agent);
}

fn in_place_of_this(arguments: &[OsString]) -> anyhow::Result<()> {
    bail!("exec came back: {}", Command::new(&arguments[0]).args(&arguments[1..]).exec())
}

fn with_own_mounts() -> anyhow::Result<()> {
    let none: Option<&str> = None;
    unshare(CloneFlags::CLONE_NEWNS)?;
    Ok(mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?)
}

/// Executes a program that sees a kernel without types.
fn without_btf(arguments: &[OsString]) -> anyhow::Result<()> {
    with_own_mounts()?;
    mount(Some("tmpfs"), BTF_FOLDER, Some("tmpfs"), MsFlags::empty(), None::<&str>)?;
    in_place_of_this(arguments)
}

/// Executes a program that sees no version 2 cgroup tree.
fn without_cgroups(arguments: &[OsString]) -> anyhow::Result<()> {
    with_own_mounts()?;
    let mounts = fs::read_to_string("/proc/self/mountinfo")?;
    for line in mounts.lines().filter(|line| line.contains(" - cgroup2 ")) {
        let point = line.split(' ').nth(4).expect("mountinfo has the mount point in its fifth field");
        umount2(point, MntFlags::MNT_DETACH)?;
    }
    in_place_of_this(arguments)
}

/// Executes a program that sees none, and cannot mount the machine's.
fn without_cgroups_in_a_namespace(arguments: &[OsString]) -> anyhow::Result<()> {
    unshare(CloneFlags::CLONE_NEWCGROUP)?;
    without_cgroups(arguments)
}

/// Executes a program that may lock little memory, and not ask for more.
fn without_sys_resource(arguments: &[OsString]) -> anyhow::Result<()> {
    let little = Some(64 * 1024);
    setrlimit(Resource::Memlock, Rlimit { current: little, maximum: little })?;
    remove_capability_from_bounding_set(CapabilitySet::SYS_RESOURCE)?;
    in_place_of_this(arguments)
}

/// Executes a program that may not stand at single system calls.
fn without_perf_events(arguments: &[OsString]) -> anyhow::Result<()> {
    raw::forbid_perf_events()?;
    in_place_of_this(arguments)
}

/// Executes a program that finds no tracepoints of system calls, and cannot mount them.
fn without_call_tracepoints(arguments: &[OsString]) -> anyhow::Result<()> {
    with_own_mounts()?;
    for place in ["/sys/kernel/tracing", "/sys/kernel/debug"] {
        if fs::exists(place)? {
            mount(Some("tmpfs"), place, Some("tmpfs"), MsFlags::empty(), None::<&str>)?;
        }
    }
    without_sys_admin(arguments)
}

/// Executes a program that is no administrator of the machine.
fn without_sys_admin(arguments: &[OsString]) -> anyhow::Result<()> {
    remove_capability_from_bounding_set(CapabilitySet::SYS_ADMIN)?;
    in_place_of_this(arguments)
}
