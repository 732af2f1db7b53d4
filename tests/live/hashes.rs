//! Hashes: of the very file that was executed, and never at the cost of other events.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use tuxmon_reader::ReadEvent;

use crate::agent::{EVERYTHING, Home};
use crate::deed::{self, Deed, Doing, Folder};
use crate::expected::{Want, life, process_create, process_terminate};
use crate::process::hex;
use crate::time::moment;
use crate::watch::patience;
use crate::{agent, tests};

tests![
    every_configured_algorithm,
    a_changed_file_is_hashed_again,
    not_of_the_file_that_took_its_name,
    large_files_delay_nothing,
];

pub(crate) const DEEDS: &[Deed] = &[Deed { name: "create-for-a-while", run: create_for_a_while }];

fn every_configured_algorithm() {
    let all = ["SHA1", "MD5", "SHA256"];
    for (configured, shown) in
        [("*", &all[..]), ("md5,SHA-1", &all[..2]), ("MD5", &all[1..2]), ("IMPHASH", &[])]
    {
        let options = format!("<HashAlgorithms>{configured}</HashAlgorithms><EventFiltering>");
        let home = Home::new(&EVERYTHING.replace("<EventFiltering>", &options));
        let (agent, folder) = (home.start(), Folder::new());
        let program = folder.program("/bin/true", "program");
        let mut watch = agent.watch();
        let mut process = Doing::start(Command::new(&program)).finish();
        process.hashes = Want::Is(hashes(&program, shown));
        watch.expect(&[process.pid], &life(&process, []));
    }
}

/// The field as it must be, with these algorithms in this order.
fn hashes(path: &Path, algorithms: &[&str]) -> String {
    let contents = fs::read(path).expect("the file is there");
    let one = |name: &&str| match *name {
        "SHA1" => format!("SHA1={}", hex(&Sha1::digest(&contents))),
        "MD5" => format!("MD5={}", hex(&Md5::digest(&contents))),
        _ => format!("SHA256={}", hex(&Sha256::digest(&contents))),
    };
    let all: Vec<String> = algorithms.iter().map(one).collect();
    if all.is_empty() { "-".to_owned() } else { all.join(",") }
}

fn a_changed_file_is_hashed_again() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let program = folder.program("/bin/true", "program");
    for change in 0..3_u8 {
        let process = Doing::start(Command::new(&program)).finish();
        watch.expect(&[process.pid], &life(&process, []));
        File::options()
            .append(true)
            .open(&program)
            .and_then(|mut file| file.write_all(&[change]))
            .expect("it is ours");
    }
}

/// Another file takes the name right after the start; the process still runs what it was started from.
fn not_of_the_file_that_took_its_name() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    for size in [0, 50_000_000] {
        let program = folder.program("/bin/cat", "program");
        lengthen(&program, size);
        let other = folder.program("/bin/true", "other");
        let doing = Doing::start(Command::new(&program));
        let process = doing.process();
        fs::rename(&other, &program).expect("the folder is ours");
        watch.within(patience());
        watch.until(|event| {
            event.system.event_id == 1 && event.value("ProcessId") == Some(&process.pid.to_string())
        });
        let process = doing.finish();
        watch.expect(&[process.pid], &life(&process, []));
    }
}

/// Zeros behind an executable change nothing about how it runs.
fn lengthen(program: &Path, size: u64) {
    let file = File::options().write(true).open(program).expect("the file is ours");
    let now = file.metadata().expect("the file is ours").len();
    file.set_len(now.max(size)).expect("the file is ours");
}

/// What happens while a large file is hashed is written before the event that waits for the hash.
fn large_files_delay_nothing() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let large = folder.program("/bin/true", "large");
    lengthen(&large, 200_000_000);
    // Each look at a file of another change time is a new one, so that none of them comes from the cache.
    let truth = format!("SHA256={}", hex(&Sha256::digest(fs::read(&large).expect("the file is ours"))));
    let known = folder.program("/bin/true", "known");
    let warm_up = Doing::start(Command::new(&known)).finish();
    watch.expect(&[warm_up.pid], &life(&warm_up, []));

    let end = crate::time::now().0 / 1_000_000 + 3_000;
    let marks =
        deed::command("create-for-a-while", &[folder.path().as_os_str(), OsStr::new(&end.to_string())]);
    let marks = Doing::start(marks);
    let (mut executions, mut others) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        let mut process = Doing::start(Command::new(&large)).finish();
        process.hashes = Want::Is(truth.clone());
        executions.push(process);
        others.push(Doing::start(Command::new(&known)).finish());
    }
    let marks = marks.finish();

    let pids: Vec<u32> = executions.iter().chain(&others).map(|process| process.pid).collect();
    let expected = executions.iter().chain(&others).enumerate().flat_map(|(at, process)| {
        let process = process.named(&format!("process {at}"));
        [process_create(&process), process_terminate(&process)]
    });
    let expected: Vec<_> = expected.collect();
    // A debug build of the agent needs a while for the first hash.
    let mut left = executions.len();
    watch.within(Duration::from_mins(1));
    watch.until(|event| {
        let ours = event.system.event_id == 1 && executions.iter().any(|process| is_of(event, process.pid));
        left -= usize::from(ours);
        left == 0
    });
    watch.expect(&pids, &expected);

    let (hashed, waited) = watch
        .seen
        .iter()
        .enumerate()
        .find(|(_, event)| event.system.event_id == 1 && is_of(event, executions[0].pid))
        .expect("it was just seen");
    // Half of the time, so that a busy machine has the other half to write it.
    let until = happened(waited) + delay(waited) / 2;
    let others = watch.seen.iter().enumerate().filter(|(_, event)| {
        let is_other = is_of(event, marks.pid) && event.system.event_id == 11
            || event.system.event_id == 1 && others.iter().any(|process| is_of(event, process.pid));
        is_other && happened(event) >= happened(waited) && happened(event) <= until
    });
    let (first, behind): (Vec<_>, Vec<_>) = others.partition(|(at, _)| *at < hashed);
    println!("{} events overtook the hash, {} did not", first.len(), behind.len());
    assert!(first.len() > behind.len(), "{} before and {} behind {}", first.len(), behind.len(), waited.raw);
}

fn is_of(event: &ReadEvent, pid: u32) -> bool {
    crate::watch::actor(event) == Some(pid)
}

/// In nanoseconds since 1970. A process event's time is the one of its execution.
fn happened(event: &ReadEvent) -> i64 {
    moment(event.value("UtcTime").expect("every event has a time")).0
}

/// From what happened to the writing of it, in nanoseconds.
fn delay(event: &ReadEvent) -> i64 {
    moment(&event.system.system_time).0 - happened(event)
}

/// Creates a file every few milliseconds until a time by the wall clock.
fn create_for_a_while(arguments: &[OsString]) -> anyhow::Result<()> {
    let end: i64 = arguments[1].to_string_lossy().parse()?;
    let longest = Instant::now() + patience();
    for number in 0.. {
        if crate::time::now().0 / 1_000_000 >= end || Instant::now() > longest {
            break;
        }
        File::create_new(Path::new(&arguments[0]).join(format!("mark {number}")))?;
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
