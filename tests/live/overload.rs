//! A machine that is flooded: what matters most is never lost, and the rest is accounted for.

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
    execs_per_second: u32,
    connects_per_second: u32,
    attachments: u64,
}

/// The ring of the test, in the spelling of the switch.
const RING: &str = "16M";

/// The half of the ring that tracing may fill holds 61,680 records of it, at 128 + 8 bytes each (`struct wire_ptrace`,
/// and the ring's own header): these overflow it alone, however few files a slow machine makes meanwhile.
const BEYOND_HALF: u64 = 80_000;

impl Flood {
    fn wanted() -> Flood {
        if heavy() {
            let duration = Duration::from_mins(1);
            Flood {
                duration,
                stopped: false,
                execs_per_second: 1000,
                connects_per_second: 500,
                attachments: 400_000,
            }
        } else {
            let duration = Duration::from_secs(5);
            Flood {
                duration,
                stopped: true,
                execs_per_second: 500,
                connects_per_second: 200,
                attachments: BEYOND_HALF,
            }
        }
    }
}

/// How long an agent may need for what the ring holds; an emulated machine takes minutes.
const LONGEST_BACKLOG: Duration = Duration::from_mins(5);

/// What the deeds say that they did.
#[derive(Debug)]
struct Done {
    files: u64,
    execs: u64,
    connects: u64,
}

fn a_flood_of_files_crowds_out_nobody() {
    let flood = Flood::wanted();
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    let arguments = ["--output", "stdout,format=xml", "--ring-size", RING].map(OsString::from);
    let mut agent = home.launch(&arguments, Stdio::piped());
    let counter = Counter::start(agent.take_output().expect("it is piped"), folder.path());
    assert!(counter.wait(patience(), |tally| tally.started), "{}", agent.log());

    let target = Doing::start(deed::command("hold", &[]));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has ports");
    let port = listener.local_addr().expect("it is bound").port();
    counter.change(|tally| tally.port = port);
    if flood.stopped {
        agent.signal(Signal::STOP);
    }
    let (done, source) = perform(&flood, &folder, target.pid(), port, listener);
    agent.signal(Signal::CONT);
    let sentinel = deed::perform("nothing", &[]);
    let settled = counter.wait(LONGEST_BACKLOG, |tally| tally.ended.contains(&sentinel.pid));
    assert!(settled, "the end of the sentinel is not logged: {}", agent.log());
    agent.signal(Signal::TERM);
    let tally = counter.finish();
    report(&done, flood.attachments, source, &tally);

    let Tally { execs, exits, outgoing, incoming, .. } = tally;
    assert_eq!((execs, exits), (done.execs, done.execs), "logged starts and ends: {:?}", tally.lost);
    assert_eq!((outgoing, incoming), (done.connects, done.connects), "connections: {:?}", tally.lost);
    // Nobody else on the machine traces, so this sort is counted to the last one.
    assert!(!flood.stopped || tally.lost_of("ProcessAccess") > 0, "the ring did not overflow");
    let attachments = tally.attachments.get(&source).copied().unwrap_or_default();
    assert_eq!(attachments + tally.lost_of("ProcessAccess"), flood.attachments, "{:?}", tally.lost);
    // Other programs' files may be among the lost ones, so ours and the lost ones are at least the whole.
    let whole = tally.files + tally.lost_of("FileCreate or RawAccessRead");
    assert!(whole >= done.files, "{} files made, {whole} accounted for: {:?}", done.files, tally.lost);
    let whole = tally.removals + tally.lost_of("FileCreate or FileDelete");
    assert!(whole >= done.files, "{} files removed, {whole} accounted for: {:?}", done.files, tally.lost);
    target.finish();
}

fn report(done: &Done, attachments: u64, source: u32, tally: &Tally) {
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
}

/// Everything at once; gives also who attached.
fn perform(flood: &Flood, folder: &Folder, target: u32, port: u16, listener: TcpListener) -> (Done, u32) {
    let seconds = OsString::from(flood.duration.as_secs().to_string());
    let start = |name: &str, arguments: &[&str]| {
        let mut all: Vec<&OsStr> = vec![&seconds];
        all.extend(arguments.iter().map(OsStr::new));
        Doing::start(deed::command(name, &all))
    };
    // Detached: it ends with the test's process at the latest.
    std::thread::spawn(move || accept_all(&listener));
    let folders = ["0", "1"].map(|name| folder.join(name));
    let mut files = folders.map(|folder| {
        std::fs::create_dir(&folder).expect("the folder is ours");
        start("flood-files", &[folder.to_str().expect("it is plain")])
    });
    let half = (flood.execs_per_second / 2).to_string();
    let mut execs = [(); 2].map(|()| start("flood-execs", &[&half]));
    let mut connects = start("flood-connects", &[&port.to_string(), &flood.connects_per_second.to_string()]);
    let source = start("flood-attachments", &[&target.to_string(), &flood.attachments.to_string()]);
    let attacher = source.pid();
    let mut number = |doing: &mut Doing| doing.truth()["done"].as_u64().expect("a number");
    let done = Done {
        files: files.iter_mut().map(&mut number).sum(),
        execs: execs.iter_mut().map(&mut number).sum(),
        connects: number(&mut connects),
    };
    files.into_iter().chain(execs).chain([connects, source]).for_each(|doing| drop(doing.finish()));
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

/// Does something again and again until the time is over, but not faster than so often per second; tells how often.
fn repeat(
    arguments: &[OsString],
    per_second: u32,
    mut deed: impl FnMut(u64) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (began, seconds) = (Instant::now(), text(arguments, 0)?.parse()?);
    let mut done = 0_u64;
    while began.elapsed() < Duration::from_secs(seconds) {
        let due = Duration::from_secs(1) * u32::try_from(done)? / per_second;
        std::thread::sleep(due.saturating_sub(began.elapsed()));
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
    let folder = Path::new(text(arguments, 1)?);
    repeat(arguments, FAST, |at| {
        let path = folder.join(at.to_string());
        File::create_new(&path)?;
        Ok(std::fs::remove_file(path)?)
    })
}

fn flood_execs(arguments: &[OsString]) -> anyhow::Result<()> {
    repeat(arguments, text(arguments, 1)?.parse()?, |_| {
        anyhow::ensure!(Command::new(tally::PROGRAM).arg(tally::WORD).status()?.success());
        Ok(())
    })
}

fn flood_connects(arguments: &[OsString]) -> anyhow::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, text(arguments, 1)?.parse()?));
    repeat(arguments, text(arguments, 2)?.parse()?, |_| {
        let mut peer = TcpStream::connect(address)?;
        // The other side closes first and keeps the port's rest, so that ours are free for the next ones.
        let _ = std::io::copy(&mut peer, &mut std::io::sink());
        Ok(())
    })
}

fn flood_attachments(arguments: &[OsString]) -> anyhow::Result<()> {
    let target = Pid::from_raw(text(arguments, 1)?.parse()?);
    let number: u64 = text(arguments, 2)?.parse()?;
    for _ in 0..number {
        ptrace::attach(target)?;
        wait::waitpid(target, Some(wait::WaitPidFlag::__WALL))?;
        ptrace::detach(target, None)?;
    }
    Ok(())
}
