//! A user who uses everything up: sockets, processes, names. Afterwards the agent sees as before, and holds no more than
//! before.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{PipeReader, Read, Write};
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getppid, getrlimit, set_parent_process_death_signal, setrlimit,
};
use serde_json::{Value, json};

use crate::agent::{Agent, EVERYTHING, Home};
use crate::deed::{self, Deed, Doing, Folder, tell, wait_for_word};
use crate::overload::heavy;
use crate::{raw, tests};

tests![a_user_who_uses_everything_up_blinds_nobody];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "live-sockets", run: live_sockets },
    Deed { name: "live-processes", run: live_processes },
    Deed { name: "distinct-names", run: distinct_names },
];

/// What one round uses up.
struct Round {
    /// Sockets that live at the same time, each with a flow of its own.
    sockets: u32,
    /// Processes that live at the same time.
    processes: u32,
    /// Files, each under a name that never came before.
    names: u32,
    /// Processes that end before anyone can look at them.
    forks: u32,
    /// Executions by threads, one after the other in one process.
    execs: u32,
}

const SHORT: (u32, Round) =
    (3, Round { sockets: 2_000, processes: 300, names: 2_000, forks: 300, execs: 30 });
/// Together a million names, and twenty thousand executions.
const LONG: (u32, Round) =
    (10, Round { sockets: 100_000, processes: 50_000, names: 100_000, forks: 20_000, execs: 2_000 });

/// Longer than the agent needs for what a round has done.
const PATIENCE: Duration = Duration::from_mins(5);

fn a_user_who_uses_everything_up_blinds_nobody() {
    let (rounds, round) = if heavy() { LONG } else { SHORT };
    let home = Home::new(EVERYTHING);
    let agent = home.start();
    let mut watch = agent.watch();
    // A disk that is slower than the agent makes it lose lines, as anywhere: none of them without a word.
    watch.account_for_losses();
    let mut holdings = Vec::new();
    println!(
        "| round | time | canaries seen | lines told as lost | resident at once | then | kernel | descriptors | threads | known |"
    );
    for at in 0..rounds {
        let began = Instant::now();
        use_up(&round, at);
        watch.settle_within(PATIENCE, |_| {});
        let lost = watch.balance(PATIENCE);
        let seen = canaries(&home, &agent);
        let at_once = Holding::of(&home, &agent).resident_bytes;
        if heavy() {
            forget(&home);
        }
        let held = Holding::at_rest(&home, &agent);
        println!(
            "| {} | {:.0?} | {seen} of 12 | {lost} | {} | {} | {} | {} | {} | {} |",
            at + 1,
            began.elapsed(),
            megabytes(at_once),
            megabytes(held.resident_bytes),
            megabytes(held.kernel_bytes),
            held.descriptors,
            held.threads,
            held.known
        );
        holdings.push(held);
    }
    let (first, last) = (&holdings[0], &holdings[holdings.len() - 1]);
    let middle = &holdings[holdings.len() / 2];
    assert_eq!(last.descriptors, first.descriptors, "descriptors");
    // A worker starts with the first question that it is asked, whenever that comes up.
    assert!(last.threads <= middle.threads.max(first.threads + 1), "threads: {holdings:?}");
    assert_eq!(last.kernel_bytes, first.kernel_bytes, "the kernel side has maps of fixed size");
    let resident: Vec<u64> = holdings.iter().map(|held| held.resident_bytes).collect();
    if heavy() {
        assert!(is_flat(&resident), "memory: {holdings:?}");
    } else {
        // What has ended is remembered for a minute, so a short run still grows by what it has done.
        assert!(last.resident_bytes <= first.resident_bytes + (48 << 20), "memory: {holdings:?}");
    }
}

/// Whether the last three rounds have left no more than the first four. What tables keep is there by then, and the least
/// of three is not what others of the machine did beside one of them. What is kept of each process, name or socket of a
/// round adds up over six rounds: a hundred bytes of each process are 40 MB.
fn is_flat(resident: &[u64]) -> bool {
    let (begin, end) = (&resident[..4], &resident[resident.len() - 3..]);
    let most = begin.iter().max().expect("four rounds");
    end.iter().min().expect("three rounds") <= &(most + FLAT)
}

/// What the least of the last rounds may be above the most of the first ones.
const FLAT: u64 = 6 << 20;

/// Waits until the agent has forgotten the processes that ended; on a machine where others start as many, not for ever.
fn forget(home: &Home) {
    let end = Instant::now() + PATIENCE;
    // Asking is done by processes, which make the agent's time go on.
    while known(home) > FEW && Instant::now() < end {
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// More than a machine at rest has, and far fewer than a round makes.
const FEW: u64 = 2_000;

/// Processes that the agent knows, those included that ended within the last minute.
fn known(home: &Home) -> u64 {
    home.status()["processes"]["known"].as_u64().expect("the agent tells how many it knows")
}

/// A fresh deed of each kind is seen at once: says how many were.
fn canaries(home: &Home, agent: &Agent) -> u64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuxmon"));
    let output = command.args(["selftest", "--json", "--state-dir"]).arg(home.path("state")).output();
    let output = output.expect("it was built with this test");
    let printed: Value = serde_json::from_slice(&output.stdout).expect("one object");
    let count = |result: &str| {
        let deeds = printed["deeds"].as_array().expect("a list");
        deeds.iter().filter(|deed| deed["result"] == result).count() as u64
    };
    assert_eq!(count("missed"), 0, "{printed}: {}", agent.log());
    assert!(count("seen") >= 11, "{printed}");
    count("seen")
}

fn use_up(round: &Round, at: u32) {
    let folder = Folder::new();
    let text = |number: u32| OsString::from(number.to_string());
    // An address has 28,000 ports to give, and a process may not have files for more than these.
    let sockets: Vec<Doing> =
        (1..=10).map(|address| start("live-sockets", &[&text(address), &text(round.sockets / 10)])).collect();
    let processes = start("live-processes", &[&text(at_most(round.processes))]);
    let names = start("distinct-names", &[folder.path().as_os_str(), &text(at), &text(round.names)]);
    let storms = ["fork-storm", "thread-exec-chain"]
        .into_iter()
        .zip([round.forks, round.execs])
        .map(|(name, number)| start(name, &[&text(number)]));
    let storms: Vec<Doing> = storms.collect();
    // While all of them live, at the same time.
    let mut living: Vec<Doing> = sockets.into_iter().chain([processes]).collect();
    for doing in &mut living {
        doing.truth();
    }
    storms.into_iter().chain([names]).chain(living).for_each(|doing| drop(doing.finish()));
}

fn start(name: &str, arguments: &[&OsStr]) -> Doing {
    Doing::start(deed::command(name, arguments))
}

/// A machine that gives out few process ids shall keep most of them for others.
fn at_most(processes: u32) -> u32 {
    let most = fs::read_to_string("/proc/sys/kernel/pid_max").expect("every kernel has it");
    let most: u32 = most.trim().parse().expect("a number");
    processes.min(most / 8)
}

fn number(arguments: &[OsString], at: usize) -> anyhow::Result<u32> {
    let word = arguments.get(at).and_then(|word| word.to_str()).context("an argument is missing")?;
    Ok(word.parse()?)
}

/// Sends one datagram from each of many sockets, and keeps them all open.
fn live_sockets(arguments: &[OsString]) -> anyhow::Result<()> {
    let (address, count) = (number(arguments, 0)?, number(arguments, 1)?);
    let limit = getrlimit(Resource::Nofile);
    let wanted = Some(u64::from(count) + 64);
    if limit.current < wanted {
        setrlimit(Resource::Nofile, Rlimit { current: wanted, ..limit })?;
    }
    let address = Ipv4Addr::from(u32::from(Ipv4Addr::LOCALHOST) + address);
    let receiver = UdpSocket::bind((address, 0))?;
    let to = receiver.local_addr()?;
    let mut open = Vec::new();
    for _ in 0..count {
        let socket = UdpSocket::bind((address, 0))?;
        socket.send_to(b"x", to)?;
        open.push(socket);
    }
    tell(&json!({ "open": open.len() }))?;
    wait_for_word()
}

/// Makes children that live until this process goes on.
fn live_processes(arguments: &[OsString]) -> anyhow::Result<()> {
    let own = Some(rustix::process::getpid());
    let (waiting, word) = std::io::pipe()?;
    let mut children = Vec::new();
    for _ in 0..number(arguments, 0)? {
        // Whoever has the end for writing keeps the others asleep, so each child reads its byte and no end of file.
        children.push(raw::fork(|| u8::from(sleep_with(own, &waiting).is_err()))?);
    }
    tell(&json!({ "living": children.len() }))?;
    wait_for_word()?;
    for _ in &children {
        (&word).write_all(b"x")?;
    }
    for pid in children {
        nix::sys::wait::waitpid(nix::unistd::Pid::from_raw(pid.cast_signed()), None)?;
    }
    Ok(())
}

/// Sleeps until there is a byte to read. Whatever becomes of the parent, its children end with it: so many sleepers
/// without anyone to wake them would take the machine's process ids from everybody else.
fn sleep_with(parent: Option<Pid>, mut waiting: &PipeReader) -> std::io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    if getppid() != parent {
        return Err(std::io::ErrorKind::BrokenPipe.into());
    }
    waiting.read_exact(&mut [0])
}

fn distinct_names(arguments: &[OsString]) -> anyhow::Result<()> {
    let (round, count) = (number(arguments, 1)?, number(arguments, 2)?);
    for at in 0..count {
        let path = Path::new(&arguments[0]).join(format!("a-name-that-never-came-before-{round}-{at}"));
        File::create_new(&path)?;
        fs::remove_file(path)?;
    }
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}

/// What an agent holds.
#[derive(Debug)]
struct Holding {
    resident_bytes: u64,
    /// Of all its maps and programs, as the kernel accounts for them.
    kernel_bytes: u64,
    /// Those of the kernel's own objects: of files that are being hashed there are now more, now fewer.
    descriptors: usize,
    threads: usize,
    /// Processes that it knows.
    known: u64,
}

impl Holding {
    /// After what was free was given back: an agent looks once a second whether a storm has gone, so the least of some
    /// seconds counts.
    fn at_rest(home: &Home, agent: &Agent) -> Holding {
        let looks = if heavy() { 5 } else { 1 };
        let held = (0..looks).map(|look| {
            std::thread::sleep(Duration::from_secs(look.min(1)));
            Holding::of(home, agent)
        });
        held.min_by_key(|held| held.resident_bytes).expect("one look at least")
    }

    fn of(home: &Home, agent: &Agent) -> Holding {
        let folder = format!("/proc/{}", agent.pid());
        let entries = |name: &str| fs::read_dir(format!("{folder}/{name}")).expect("the agent runs");
        let statm = fs::read_to_string(format!("{folder}/statm")).expect("the agent runs");
        let pages: u64 = statm.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a number");
        let memory_of = |text: String| {
            let value = text.lines().find_map(|line| line.strip_prefix("memlock:"))?;
            value.trim().parse::<u64>().ok()
        };
        // A descriptor may be closed meanwhile.
        let descriptors = entries("fdinfo").filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok());
        let kernel_bytes = descriptors.filter_map(memory_of).sum();
        Holding {
            resident_bytes: pages * rustix::param::page_size() as u64,
            kernel_bytes,
            descriptors: entries("fd").filter(|entry| entry.as_ref().is_ok_and(is_of_kernel)).count(),
            threads: entries("task").count(),
            known: known(home),
        }
    }
}

fn is_of_kernel(entry: &fs::DirEntry) -> bool {
    fs::read_link(entry.path()).is_ok_and(|target| target.to_string_lossy().starts_with("anon_inode:"))
}
