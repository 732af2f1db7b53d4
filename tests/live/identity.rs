//! ProcessGuid: of upstream's form, unique for each image, and the same whoever saw the process start.

use std::collections::{BTreeMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use crate::agent::{EVERYTHING, Home};
use crate::deed::{self, Deed, Doing, Folder, tell, wait_for_word};
use crate::expected::{Want, file_create, file_delete, life, process_create, process_terminate, well_formed};
use crate::watch::actor;
use crate::{agent, raw, tests};

tests![
    each_image_of_a_process_has_its_own,
    the_same_after_a_restart_of_the_agent,
    a_hundred_thousand_short_processes,
    twenty_thousand_execs_from_non_leader_threads,
];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "exec-chain", run: exec_chain },
    Deed { name: "thread-exec-chain", run: thread_exec_chain },
    Deed { name: "create-on-word", run: create_on_word },
    Deed { name: "fork-storm", run: fork_storm },
];

/// A storm that has not ended after this time ends unfinished: it is what was done that is held against the events.
const LONGEST_STORM: Duration = Duration::from_secs(45);

/// For the events of a storm, which a slow machine needs a while to write.
const STORM_PATIENCE: Duration = Duration::from_mins(2);

fn each_image_of_a_process_has_its_own() {
    let mut watch = agent::watch();
    let first = deed::perform("exec-chain", &[OsStr::new("10")]);
    let program = std::env::current_exe().expect("/proc is there");
    let mut images = vec![first.clone()];
    for left in (0..10).rev() {
        let left = left.to_string();
        let words = ["deed", "exec-chain", &left].map(OsStr::new);
        images.push(first.after_exec(&program, &[&[program.as_os_str()], &words[..]].concat()).named(&left));
    }
    let last = images.last().expect("there are eleven");
    let mut expected: Vec<_> = images.iter().map(process_create).collect();
    expected.push(process_terminate(last));
    watch.expect(&[first.pid], &expected);
}

fn number(argument: &OsString) -> anyhow::Result<u64> {
    Ok(argument.to_str().context("a number")?.parse()?)
}

fn exec_chain(arguments: &[OsString]) -> anyhow::Result<()> {
    match number(&arguments[0])? {
        0 => Ok(()),
        left => bail!("{}", deed::command("exec-chain", &[OsStr::new(&(left - 1).to_string())]).exec()),
    }
}

fn the_same_after_a_restart_of_the_agent() {
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    let files = ["first", "second", "third"].map(|name| folder.join(name));
    let arguments: Vec<&OsStr> = files.iter().map(|path| path.as_os_str()).collect();
    let agent = home.start();
    // From the first agent's start on: the whole story, as three agents in turn tell it.
    let mut watch = agent.watch();
    let mut doing = Doing::start(deed::command("create-on-word", &arguments));
    doing.go_on();
    doing.truth();
    watch.settle();
    let (_, status) = agent.stop().expect("it ends");
    assert!(status.success(), "{status}");
    let agent = home.start();
    doing.go_on();
    doing.truth();
    watch.settle();
    agent.crash();
    watch.after_a_crash();
    let _agent = home.start();
    doing.go_on();
    doing.truth();
    let process = doing.finish();
    let created = files.iter().map(|path| file_create(&process, path));
    watch.expect(&[process.pid], &life(&process, created));
}

fn create_on_word(arguments: &[OsString]) -> anyhow::Result<()> {
    for path in arguments {
        wait_for_word()?;
        File::create_new(path)?;
        tell(&json!("created"))?;
    }
    Ok(())
}

fn a_hundred_thousand_short_processes() {
    let mut watch = agent::watch();
    let mut doing = Doing::start(deed::command("fork-storm", &[OsStr::new("100000")]));
    let truth = doing.truth();
    let mut pids: Vec<u64> =
        truth.as_array().expect("a list").iter().filter_map(serde_json::Value::as_u64).collect();
    let parent = doing.finish();
    let (mut ended, mut guids, mut wrong) = (Vec::new(), HashSet::new(), Vec::new());
    watch.settle_within(STORM_PATIENCE, |event| {
        let Some(pid) = actor(event).map(u64::from) else { return };
        let guid = event.value("ProcessGuid").unwrap_or_default().to_owned();
        if event.system.event_id != 5
            || event.value("Image") != Some(&parent.image)
            || pid == u64::from(parent.pid)
        {
            return;
        }
        if !well_formed(&guid, pid as u32, &parent.lifetime.seconds()) || !guids.insert(guid) {
            wrong.push(event.raw.clone());
        }
        ended.push(pid);
    });
    assert!(
        wrong.is_empty(),
        "{} events, the first with a repeated or malformed GUID: {}",
        wrong.len(),
        wrong[0]
    );
    let done = pids.len();
    pids.sort_unstable();
    // Sentinels and earlier deeds run this program too, but under process ids of their own time.
    let extra = ended.len().saturating_sub(done);
    let mut surplus = 0;
    ended.sort_unstable();
    let missing = difference(&pids, &ended, &mut surplus);
    assert_eq!(missing, 0, "of {done} processes; {surplus} others");
    assert!(extra <= 1, "{extra} ends too many: only the sentinel's own is there besides");
    let reused = pids.len() - pids.iter().collect::<HashSet<_>>().len();
    println!("{done} processes, {reused} under a process id that was used before");
}

/// How many of the first sorted list are not in the second; counts those of the second that are not in the first.
fn difference(first: &[u64], second: &[u64], surplus: &mut usize) -> usize {
    let count = |list: &[u64]| {
        list.iter().fold(BTreeMap::<u64, usize>::new(), |mut counts, number| {
            *counts.entry(*number).or_default() += 1;
            counts
        })
    };
    let (first, second) = (count(first), count(second));
    let missing = |of: &BTreeMap<u64, usize>, from: &BTreeMap<u64, usize>| -> usize {
        of.iter().map(|(number, times)| times.saturating_sub(from.get(number).copied().unwrap_or(0))).sum()
    };
    *surplus = missing(&second, &first);
    missing(&first, &second)
}

fn fork_storm(arguments: &[OsString]) -> anyhow::Result<()> {
    let deadline = Instant::now() + LONGEST_STORM;
    let mut pids = Vec::new();
    for _ in 0..number(&arguments[0])? {
        if Instant::now() > deadline {
            break;
        }
        let pid = raw::fork(|| 0)?;
        nix::sys::wait::waitpid(nix::unistd::Pid::from_raw(pid.cast_signed()), None)?;
        pids.push(pid);
    }
    tell(&json!(pids))
}

/// Each exec by a thread that is not the leader lets the leader's number pass to the thread: state that is kept by
/// thread and not cleaned up fills until nothing more is seen.
fn twenty_thousand_execs_from_non_leader_threads() {
    const EACH: u64 = 10_000;
    let mut watch = agent::watch();
    let each = EACH.to_string();
    let started = Instant::now();
    let chains = [(); 2].map(|()| Doing::start(deed::command("thread-exec-chain", &[OsStr::new(&each)])));
    let mut missing: BTreeMap<u32, HashSet<u64>> = BTreeMap::new();
    for mut chain in chains {
        let left = chain.truth()["left"].as_u64().expect("the deed tells a number");
        let process = chain.finish();
        missing.insert(process.pid, (left..=EACH).collect());
    }
    let done: usize = missing.values().map(HashSet::len).sum();
    println!("{done} executions in {:?}", started.elapsed());
    let mut guids = HashSet::new();
    watch.settle_within(STORM_PATIENCE, |event| {
        let Some(waiting) = actor(event).and_then(|pid| missing.get_mut(&pid)) else { return };
        if event.system.event_id != 1 {
            return;
        }
        let link = event.value("CommandLine").and_then(|line| line.rsplit(' ').next()?.parse().ok());
        let link: u64 = link.unwrap_or_else(|| panic!("not a link of the chain: {}", event.raw));
        assert!(waiting.remove(&link), "twice or never done: {}", event.raw);
        let guid = event.value("ProcessGuid").unwrap_or_default().to_owned();
        assert!(guids.insert(guid), "a GUID comes again: {}", event.raw);
    });
    let lost: usize = missing.values().map(HashSet::len).sum();
    assert_eq!(lost, 0, "of {done} executions");
    fresh_deeds_are_seen();
}

/// After a storm everything goes on as before.
fn fresh_deeds_are_seen() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let program = folder.program("/bin/true", "program");
    let (mut pids, mut expected) = (Vec::new(), Vec::new());
    for at in 0..20 {
        let process = Doing::start(Command::new(&program)).finish().named(&format!("program {at}"));
        pids.push(process.pid);
        expected.extend(life(&process, []));
        let file = folder.join(format!("file {at}"));
        let made = deed::perform("create", &[file.as_os_str()]).named(&format!("create {at}"));
        let removed = deed::perform("remove", &[file.as_os_str()]).named(&format!("remove {at}"));
        pids.extend([made.pid, removed.pid]);
        expected.extend(life(&made, [file_create(&made, &file)]));
        expected.extend(life(&removed, [file_delete(&removed, &file, Want::Is("false".to_owned()))]));
    }
    watch.expect(&pids, &expected);
}

fn thread_exec_chain(arguments: &[OsString]) -> anyhow::Result<()> {
    // The deadline stays the same over the whole chain, so it is passed on.
    let (left, deadline) = match arguments {
        [left] => (number(left)?, now_ms()? + LONGEST_STORM.as_millis() as u64),
        [deadline, left] => (number(left)?, number(deadline)?),
        _ => bail!("how many?"),
    };
    if left == 0 || now_ms()? > deadline {
        return tell(&json!({ "left": left }));
    }
    let (deadline, left) = (deadline.to_string(), (left - 1).to_string());
    let exec = move || deed::command("thread-exec-chain", &[OsStr::new(&deadline), OsStr::new(&left)]).exec();
    bail!("exec came back: {:?}", thread::spawn(exec).join())
}

fn now_ms() -> anyhow::Result<u64> {
    Ok(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis() as u64)
}
