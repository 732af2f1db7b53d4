//! The line's end: numbers, forms, destinations, and an orderly stop.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::bail;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use rustix::fs::{CWD, FileType, Mode};
use rustix::process::Signal;
use tuxmon_reader::Reader;

use crate::agent::{EVERYTHING, Home, output};
use crate::deed::{self, Deed, Doing, Folder};
use crate::expected::{file_create, life};
use crate::watch::{actor, patience, poll_until, read_all};
use crate::{laws, tests};

tests![
    record_ids_never_repeat,
    ends_under_load,
    what_happened_before_the_end_is_written,
    json_tells_the_same,
    the_file_is_reopened,
    syslog_datagrams,
    nobody_reads_what_it_says,
];

pub(crate) const DEEDS: &[Deed] =
    &[Deed { name: "with-own-dev", run: with_own_dev }, Deed { name: "storm", run: storm }];

fn record_ids_never_repeat() {
    let home = Home::new(EVERYTHING);
    for round in 0..6 {
        let agent = home.start();
        agent.watch().settle();
        // Crashes and orderly ends in turn.
        if round % 2 == 0 {
            agent.crash();
        } else {
            agent.stop().expect("it ends");
        }
    }
    let events = read_all(&home.events());
    let ids: Vec<u64> = events.iter().filter_map(|event| event.system.record_id).collect();
    assert_eq!(ids.len(), events.len(), "each has a number");
    for (pair, event) in ids.windows(2).zip(&events) {
        let crashed = event.value("State") != Some("Stopped") && pair[1] != pair[0] + 1;
        assert!(pair[1] > pair[0], "a number comes again: {pair:?}");
        assert!(pair[1] == pair[0] + 1 || crashed, "numbers are left out without a crash: {pair:?}");
    }
    let jumps = ids.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
    assert!(jumps <= 3, "three crashes, {jumps} jumps");
}

fn ends_under_load() {
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    let agent = home.start();
    let mut watch = agent.watch();
    let storms = ["one", "two"].map(|name| {
        fs::create_dir(folder.join(name)).expect("the folder is ours");
        Doing::start(deed::command("storm", &[folder.join(name).as_os_str()]))
    });
    let mut left = 2_000;
    watch.within(patience());
    let under_load = watch.until(|_| {
        left -= 1;
        left == 0
    });
    assert!(under_load, "2,000 events come");
    let (took, status) = agent.stop().expect("it ends");
    for storm in storms {
        storm.kill();
    }
    assert!(status.success(), "{status}");
    let events = read_all(&home.events());
    assert_eq!(events.last().and_then(|event| event.value("State")), Some("Stopped"));
    println!("{} events, ended after {took:?}", events.len());
}

/// Starts programs, and makes and removes files, until it is killed, or for half a minute.
fn storm(arguments: &[OsString]) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while Instant::now() < deadline {
        for at in 0..200 {
            let path = std::path::Path::new(&arguments[0]).join(at.to_string());
            fs::File::create_new(&path)?;
            fs::remove_file(&path)?;
        }
        Command::new("/bin/true").status()?;
    }
    Ok(())
}

/// As where journald was stopped: what the agent says about itself, at its start, at a reload and at its end, cannot be
/// written.
fn nobody_reads_what_it_says() {
    let home = Home::new(EVERYTHING);
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", r#"exec "$@" 2>/dev/full"#, "sh"]);
    let agent = home.start_through(shell, &[]);
    home.configure("<Sysmon");
    agent.signal(Signal::HUP);
    let refused = poll_until(Instant::now() + Duration::from_mins(2), || {
        read_all(&home.events()).into_iter().find(|event| event.value("ID") == Some("ConfigurationRefused"))
    });
    assert!(refused.is_some(), "a reload is answered");
    let mut watch = agent.watch();
    let process = deed::perform("nothing", &[]);
    watch.expect(&[process.pid], &life(&process, []));
    let (_, status) = agent.stop().expect("it ends");
    assert!(status.success(), "{status}");
}

fn what_happened_before_the_end_is_written() {
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    let agent = home.start();
    let create = |number: u32| {
        deed::perform("create-many", &[folder.path().as_os_str(), OsStr::new(&number.to_string())])
    };
    // An end waits for hashes only so long; that of a large program in a debug build of the agent may take longer.
    let mut watch = agent.watch();
    let hashed = create(0);
    watch.expect(&[hashed.pid], &life(&hashed, []));
    let number = 2_000;
    let process = create(number);
    agent.stop().expect("it ends");
    let events = read_all(&home.events());
    let of_deed: Vec<_> = events.iter().filter(|event| actor(event) == Some(process.pid)).collect();
    let created = (0..number).map(|at| file_create(&process, &folder.join(at.to_string())));
    let expected = life(&process, created);
    crate::expected::compare(&of_deed, &expected).unwrap_or_else(|differences| panic!("{differences}"));
}

fn json_tells_the_same() {
    let home = Home::new(EVERYTHING);
    let mut second = output("file", &home.path("events.json"));
    second.push(",format=json");
    let agent = home.start_with(&[OsString::from("--output"), second]);
    let folder = Folder::new();
    let mut command = Command::new(folder.program("/bin/true", "program"));
    command.args(["<\"quoted\" & 'odd'>", "line\nfeed", "日本", "\u{1}\u{7f}\u{85}"]);
    let mut watch = agent.watch();
    let process = Doing::start(command).finish();
    watch.expect(&[process.pid], &life(&process, []));
    agent.stop().expect("it ends");
    let (xml, json) = (read_all(&home.events()), read_all(&home.path("events.json")));
    assert_eq!(xml.len(), json.len());
    for (xml, json) in xml.iter().zip(&json) {
        let values = |event: &tuxmon_reader::ReadEvent| -> Vec<(String, String)> {
            event.data.iter().map(|datum| (datum.name.clone(), datum.value.clone())).collect()
        };
        assert_eq!(xml.system.record_id, json.system.record_id);
        assert_eq!(xml.system.event_id, json.system.event_id);
        for ((name, one), (other_name, other)) in values(xml).into_iter().zip(values(json)) {
            assert_eq!(name, other_name);
            // JSON can hold the control characters for which XML has U+FFFD.
            let other: String = other
                .chars()
                .map(|character| if character < '\t' { '\u{fffd}' } else { character })
                .collect();
            assert_eq!(one, other, "{name}: {}", json.raw);
        }
    }
}

fn the_file_is_reopened() {
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    let agent = home.start();
    agent.watch().settle();
    let rotated = home.path("events.1");
    fs::rename(home.events(), &rotated).expect("the folder is ours");
    agent.signal(Signal::HUP);
    let deadline = Instant::now() + patience();
    let appeared = crate::watch::poll_until(deadline, || home.events().exists().then_some(()));
    assert!(appeared.is_some(), "no new file: {}", agent.log());
    let made = folder.join("made");
    let process = deed::perform("create", &[made.as_os_str()]);
    agent.stop().expect("it ends");
    let (old, new) = (read_all(&rotated), read_all(&home.events()));
    let mut laws = laws::Stream::default();
    for event in old.iter().chain(&new) {
        laws.check(event);
    }
    let of_deed: Vec<_> = new.iter().filter(|event| actor(event) == Some(process.pid)).collect();
    let expected = life(&process, [file_create(&process, &made)]);
    crate::expected::compare(&of_deed, &expected).unwrap_or_else(|differences| panic!("{differences}"));
}

/// The agent gets a /dev of its own, in which /dev/log is ours.
fn syslog_datagrams() {
    let (home, dev, folder) = (Home::new(EVERYTHING), Folder::new(), Folder::new());
    rustix::fs::mknodat(
        CWD,
        dev.join("null"),
        FileType::CharacterDevice,
        Mode::from_raw_mode(0o666),
        rustix::fs::makedev(1, 3),
    )
    .expect("root may make devices");
    let log = UnixDatagram::bind(dev.join("log")).expect("the folder is ours");
    log.set_read_timeout(Some(patience())).expect("a timeout is possible");
    let wrapper = deed::command("with-own-dev", &[dev.path().as_os_str()]);
    let agent = home.launch_through(wrapper, &[OsString::from("--output"), OsString::from("syslog")]);
    let started = receive_until(&log, |event| event.value("State") == Some("Started"));
    assert_eq!(started.len(), 2, "the configuration and the start");
    let made = folder.join("line\nfeed & <more>");
    let process = deed::perform("create", &[made.as_os_str()]);
    // One for each of its life's events; its start may come last, when its image is hashed.
    let mut left = 3;
    let mut events = receive_until(&log, |event| {
        left -= usize::from(actor(event) == Some(process.pid));
        left == 0
    });
    events.retain(|event| actor(event) == Some(process.pid));
    let expected = life(&process, [file_create(&process, &made)]);
    crate::expected::compare(&events.iter().collect::<Vec<_>>(), &expected)
        .unwrap_or_else(|differences| panic!("{differences}"));

    // The log daemon starts anew: the next event finds it.
    drop(log);
    fs::remove_file(dev.join("log")).expect("the folder is ours");
    let log = UnixDatagram::bind(dev.join("log")).expect("the folder is ours");
    log.set_read_timeout(Some(patience())).expect("a timeout is possible");
    let process = deed::perform("nothing", &[]);
    receive_until(&log, |event| event.system.event_id == 5 && actor(event) == Some(process.pid));
    agent.stop().expect("it ends");
    receive_until(&log, |event| event.value("State") == Some("Stopped"));
}

/// Events from a syslog socket up to the one that is meant, each in a datagram of its own, of upstream's form.
#[track_caller]
pub(crate) fn receive_until(
    log: &UnixDatagram,
    mut is_last: impl FnMut(&tuxmon_reader::ReadEvent) -> bool,
) -> Vec<tuxmon_reader::ReadEvent> {
    let (mut events, mut buffer) = (Vec::new(), vec![0; 1 << 17]);
    loop {
        let length =
            log.recv(&mut buffer).unwrap_or_else(|error| panic!("no datagram: {error}; so far {events:?}"));
        let datagram = std::str::from_utf8(&buffer[..length]).expect("events are UTF-8");
        let (head, event) =
            datagram.split_once(" sysmon: ").unwrap_or_else(|| panic!("not ours: {datagram}"));
        check_head(head);
        laws::check_line(event.trim_end_matches('\n'));
        let mut read: Vec<_> =
            Reader::new(event.as_bytes()).map(|event| event.expect("it is well-formed")).collect();
        assert_eq!(read.len(), 1, "{datagram}");
        let event = read.remove(0);
        let last = is_last(&event);
        events.push(event);
        if last {
            return events;
        }
    }
}

/// `<14>Nov 21 05:31:50`: facility user, severity info, local time without a year.
#[track_caller]
fn check_head(head: &str) {
    let months: BTreeSet<&str> =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].into();
    let time =
        head.strip_prefix("<14>").unwrap_or_else(|| panic!("not facility user, severity info: {head}"));
    let shape: String = time
        .chars()
        .skip(3)
        .map(|character| if character.is_ascii_digit() { '0' } else { character })
        .collect();
    assert!(months.contains(&time[..3]), "{head}");
    assert!(shape == " 00 00:00:00" || shape == "  0 00:00:00", "{head}");
}

/// Executes a program that sees a folder of the test in place of /dev.
fn with_own_dev(arguments: &[OsString]) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    let none: Option<&str> = None;
    unshare(CloneFlags::CLONE_NEWNS)?;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    mount(Some(arguments[0].as_os_str()), "/dev", none, MsFlags::MS_BIND, none)?;
    bail!("exec came back: {}", Command::new(&arguments[1]).args(&arguments[2..]).exec())
}
