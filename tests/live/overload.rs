//! A machine that is flooded: what matters most is never lost, and the rest is accounted for.

mod program;
mod tally;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::{ptrace, wait};
use nix::unistd::Pid;
use rustix::process::Signal;
use serde_json::json;

use self::tally::{Counter, Tally};
use crate::agent::{EVERYTHING, Home};
use crate::deed::{self, Deed, Doing, Folder, tell, wait_for_word};
use crate::tests;
use crate::watch::patience;

tests![a_flood_of_files_crowds_out_nobody];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "flood-files", run: flood_files },
    Deed { name: "flood-execs", run: flood_execs },
    Deed { name: "flood-connects", run: flood_connects },
    Deed { name: "flood-attachments", run: flood_attachments },
];

/// Whether the long versions of tests are wanted: `make test-heavy`.
pub(crate) fn heavy() -> bool {
    std::env::var_os("TUXMON_HEAVY").is_some()
}

/// What a flood has of everything.
struct Flood {
    duration: Duration,
    /// The agent stands still meanwhile, so that the ring overflows on any machine, and no start or end may be lost for
    /// want of a processor: all of them together fit into the part of the ring that is kept for them.
    stopped: bool,
    /// Each is made and removed: two operations.
    files_per_second: u32,
    execs_per_second: u32,
    connects_per_second: u32,
    attachments: u32,
    attachments_per_second: u32,
}

/// The ring of the test, in the spelling of the switch.
const RING: &str = "16M";

/// The half of the ring that tracing may fill holds 61,680 records of it, at 128 + 8 bytes each (`struct wire_ptrace`,
/// and the ring's own header): these overflow it alone, however few files a slow machine makes meanwhile.
const BEYOND_HALF: u32 = 80_000;

/// For a minute as much as shall be borne, and then as many files as the machine can make.
const LONG: [Flood; 2] = [
    Flood {
        duration: Duration::from_mins(1),
        stopped: false,
        files_per_second: 25_000,
        execs_per_second: 1000,
        connects_per_second: 500,
        attachments: 30_000,
        attachments_per_second: 500,
    },
    Flood {
        duration: Duration::from_secs(30),
        stopped: false,
        files_per_second: FAST,
        execs_per_second: 1000,
        connects_per_second: 500,
        attachments: 30_000,
        attachments_per_second: 1000,
    },
];

const SHORT: [Flood; 1] = [Flood {
    duration: Duration::from_secs(5),
    stopped: true,
    files_per_second: FAST,
    execs_per_second: 500,
    connects_per_second: 200,
    attachments: BEYOND_HALF,
    attachments_per_second: FAST,
}];

/// How long an agent may need for what the ring holds; an emulated machine takes minutes.
const LONGEST_BACKLOG: Duration = Duration::from_mins(5);

/// What the deeds say that they did.
#[derive(Debug)]
struct Done {
    files: u64,
    execs: u64,
    connects: u64,
}

impl Done {
    /// Each second's share.
    fn rates(&self, seconds: u64) -> String {
        let [files, execs, connects] =
            [2 * self.files, self.execs, self.connects].map(|count| count / seconds);
        format!("{files} file operations, {execs} executions, {connects} connections a second")
    }
}

fn a_flood_of_files_crowds_out_nobody() {
    let floods: &[Flood] = if heavy() { &LONG } else { &SHORT };
    floods.iter().for_each(crowds_out_nobody);
}

fn crowds_out_nobody(flood: &Flood) {
    let folder = Folder::of_memory();
    // Files in memory need not be executable everywhere.
    let programs = Folder::new();
    let program = programs.join("quick");
    program::write(&program);
    if heavy() {
        let (seconds, attachments) = (10, 10 * flood.attachments_per_second);
        let alone = Flood { duration: Duration::from_secs(seconds), attachments, ..*flood };
        let (alone, _) = perform(&alone, &folder, &program, None);
        println!("without an agent: {}", alone.rates(seconds));
    }
    let home = Home::new(&only_files_in(&folder));
    let arguments = ["--output", "stdout,format=xml", "--ring-size", RING].map(OsString::from);
    let mut agent = home.launch(&arguments, Stdio::piped());
    let counter = Counter::start(agent.take_output().expect("it is piped"), folder.path(), &program);
    assert!(counter.wait(patience(), |tally| tally.started), "{}", agent.log());
    let used = agent.processor_time();
    if flood.stopped {
        agent.signal(Signal::STOP);
    }
    let (done, source) = perform(flood, &folder, &program, Some(&counter));
    agent.signal(Signal::CONT);
    let sentinel = deed::perform("nothing", &[]);
    let settled = counter.wait(LONGEST_BACKLOG, |tally| tally.ended.contains(&sentinel.pid));
    assert!(settled, "the end of the sentinel is not logged: {}", agent.log());
    println!("with the agent: {}", done.rates(flood.duration.as_secs()));
    println!("processor time of the agent: {:?}", agent.processor_time().saturating_sub(used));
    agent.signal(Signal::TERM);
    let tally = counter.finish();
    report(&done, flood.attachments, source, &tally);
    check(flood, &done, source, &tally);
}

/// What was done was logged or told as lost.
fn check(flood: &Flood, done: &Done, source: u32, tally: &Tally) {
    let Tally { execs, exits, outgoing, incoming, .. } = *tally;
    assert_eq!((execs, exits), (done.execs, done.execs), "logged starts and ends: {:?}", tally.lost);
    assert_eq!((outgoing, incoming), (done.connects, done.connects), "connections: {:?}", tally.lost);
    // Nobody else on the machine traces, so this sort is counted to the last one.
    assert!(!flood.stopped || tally.lost_of("ProcessAccess") > 0, "the ring did not overflow");
    let attachments = tally.attachments.get(&source).copied().unwrap_or_default();
    let whole = attachments + tally.lost_of("ProcessAccess");
    assert_eq!(whole, u64::from(flood.attachments), "{:?}", tally.lost);
    // Rules drop the files of others, but not among those that the ring has lost: with these, ours are at most the whole.
    let exact = !tally.lost.keys().any(|(id, _)| id == "EventsLost");
    let made = tally.files + tally.lost_of("FileCreate or RawAccessRead");
    let removed = tally.removals + tally.lost_of("FileCreate or FileDelete");
    for (what, whole) in [("made", made), ("removed", removed)] {
        let is_whole = if exact { whole == done.files } else { whole >= done.files };
        assert!(is_whole, "{} files {what}, {whole} accounted for: {:?}", done.files, tally.lost);
    }
    assert_eq!(
        tally.missing, tally.told_lines,
        "numbers of lines that are missing, and told: {:?}",
        tally.lost
    );
}

/// Everything is logged, but of files those of the flood alone: then they can be counted to the last one.
fn only_files_in(folder: &Folder) -> String {
    let include = |event: &str| {
        let path = folder.path().display();
        let condition = format!("<TargetFilename condition=\"begin with\">{path}/</TargetFilename>");
        format!("<{event} onmatch=\"include\">{condition}</{event}>")
    };
    ["FileCreate", "FileDelete"].into_iter().fold(EVERYTHING.to_owned(), |all, event| {
        all.replace(&format!("<{event} onmatch=\"exclude\"/>"), &include(event))
    })
}

fn report(done: &Done, attachments: u32, source: u32, tally: &Tally) {
    println!("done: {done:?}, {attachments} attachments by {source}");
    println!(
        "logged: {} starts, {} ends, {} + {} connections, {} files made, {} removed, {} attachments",
        tally.execs,
        tally.exits,
        tally.outgoing,
        tally.incoming,
        tally.files,
        tally.removals,
        tally.attachments.get(&source).copied().unwrap_or_default()
    );
    for ((id, subject), count) in &tally.lost {
        println!("told: {id} {count} of {subject}");
    }
    println!("{} EventRecordIDs without a line, {} lines told as lost", tally.missing, tally.told_lines);
}

/// Everything at once; gives also who attached.
fn perform(flood: &Flood, folder: &Folder, program: &Path, counter: Option<&Counter>) -> (Done, u32) {
    let target = Doing::start(deed::command("hold", &[]));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has ports");
    let port = listener.local_addr().expect("it is bound").port();
    if let Some(counter) = counter {
        counter.change(|tally| tally.port = port);
    }
    let seconds = OsString::from(flood.duration.as_secs().to_string());
    let start = |name: &str, per_second: u32, arguments: &[&str]| {
        let per_second = OsString::from(per_second.to_string());
        let mut all: Vec<&OsStr> = vec![&seconds, &per_second];
        all.extend(arguments.iter().map(OsStr::new));
        Doing::start(deed::command(name, &all))
    };
    // Detached: it ends with the test's process at the latest.
    std::thread::spawn(move || accept_all(&listener));
    let folders = ["0", "1"].map(|name| folder.join(name));
    let mut files = folders.map(|folder| {
        std::fs::create_dir_all(&folder).expect("the folder is ours");
        start("flood-files", flood.files_per_second / 2, &[folder.to_str().expect("it is plain")])
    });
    let program = program.to_str().expect("it is plain");
    let mut execs = [(); 2].map(|()| start("flood-execs", flood.execs_per_second / 2, &[program]));
    let mut connects = start("flood-connects", flood.connects_per_second, &[&port.to_string()]);
    let [whom, number] = [target.pid(), flood.attachments].map(|number| number.to_string());
    let source = start("flood-attachments", flood.attachments_per_second, &[&whom, &number]);
    let attacher = source.pid();
    let mut number = |doing: &mut Doing| doing.truth()["done"].as_u64().expect("a number");
    let done = Done {
        files: files.iter_mut().map(&mut number).sum(),
        execs: execs.iter_mut().map(&mut number).sum(),
        connects: number(&mut connects),
    };
    files.into_iter().chain(execs).chain([connects, source, target]).for_each(|doing| drop(doing.finish()));
    (done, attacher)
}

fn accept_all(listener: &TcpListener) {
    while let Ok((peer, _)) = listener.accept() {
        drop(peer);
    }
}

fn text(arguments: &[OsString], at: usize) -> anyhow::Result<&str> {
    arguments.get(at).and_then(|word| word.to_str()).ok_or_else(|| anyhow::anyhow!("argument {at}"))
}

/// Who is ahead of its time by less goes on: to sleep and to wake costs more than what is repeated.
const AHEAD: Duration = Duration::from_millis(5);

/// Does something again and again until the time is over, but not faster than so often per second; tells how often.
fn repeat(arguments: &[OsString], mut deed: impl FnMut(u64) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let (began, seconds) = (Instant::now(), text(arguments, 0)?.parse()?);
    let between = Duration::from_secs(1) / text(arguments, 1)?.parse::<u32>()?;
    let mut done = 0_u64;
    loop {
        let now = began.elapsed();
        if now >= Duration::from_secs(seconds) {
            break;
        }
        let ahead = (between * u32::try_from(done)?).saturating_sub(now);
        if ahead >= AHEAD {
            std::thread::sleep(ahead);
        }
        deed(done)?;
        done += 1;
    }
    tell(&json!({ "done": done }))?;
    // Ending is a deed too, which waits until all floods are over.
    wait_for_word()
}

/// No bound on how often.
const FAST: u32 = 1_000_000;

fn flood_files(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = Path::new(text(arguments, 2)?);
    repeat(arguments, |at| {
        let path = folder.join(at.to_string());
        File::create_new(&path)?;
        Ok(std::fs::remove_file(path)?)
    })
}

fn flood_execs(arguments: &[OsString]) -> anyhow::Result<()> {
    let program = text(arguments, 2)?;
    repeat(arguments, |_| {
        let status = Command::new(program).arg(tally::WORD).env_clear().status()?;
        anyhow::ensure!(status.success(), "{program}: {status}");
        Ok(())
    })
}

fn flood_connects(arguments: &[OsString]) -> anyhow::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, text(arguments, 2)?.parse()?));
    repeat(arguments, |_| {
        let mut peer = TcpStream::connect(address)?;
        // The other side closes first and keeps the port's rest, so that ours are free for the next ones.
        let _ = std::io::copy(&mut peer, &mut std::io::sink());
        Ok(())
    })
}

/// All of them, however long it takes.
fn flood_attachments(arguments: &[OsString]) -> anyhow::Result<()> {
    let between = Duration::from_secs(1) / text(arguments, 1)?.parse::<u32>()?;
    let target = Pid::from_raw(text(arguments, 2)?.parse()?);
    let (number, began): (u32, _) = (text(arguments, 3)?.parse()?, Instant::now());
    for at in 0..number {
        let ahead = (between * at).saturating_sub(began.elapsed());
        if ahead >= AHEAD {
            std::thread::sleep(ahead);
        }
        ptrace::attach(target)?;
        wait::waitpid(target, Some(wait::WaitPidFlag::__WALL))?;
        ptrace::detach(target, None)?;
    }
    Ok(())
}
