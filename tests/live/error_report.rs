//! Event 255: what could not be recorded is counted, exactly.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::{ChildStdout, Stdio};

use nix::sys::{ptrace, wait};
use nix::unistd::Pid;
use rustix::process::Signal;
use tuxmon_reader::{ReadEvent, Reader};

use crate::agent::{EVERYTHING, Home, output};
use crate::deed::{self, Deed, Doing, Folder};
use crate::watch::{Watch, actor, patience};
use crate::{laws, tests};

tests![a_full_ring_is_counted, a_sink_that_nobody_reads_stops_nothing];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "create-many", run: create_many },
    Deed { name: "create-and-remove", run: create_and_remove },
    Deed { name: "attach-many", run: attach_many },
];

/// Far more than the smallest ring holds.
const ATTACHMENTS: u64 = 5_000;

/// More files, each made and removed, than a pipe and a sink's queue (65,536 lines) hold together.
const MANY: u64 = 40_000;

fn create_and_remove(arguments: &[OsString]) -> anyhow::Result<()> {
    let number: u64 = arguments[1].to_string_lossy().parse()?;
    for at in 0..number {
        let path = Path::new(&arguments[0]).join(at.to_string());
        File::create_new(&path)?;
        std::fs::remove_file(path)?;
    }
    Ok(())
}

fn create_many(arguments: &[OsString]) -> anyhow::Result<()> {
    let number: u64 = arguments[1].to_string_lossy().parse()?;
    for at in 0..number {
        File::create_new(Path::new(&arguments[0]).join(at.to_string()))?;
    }
    Ok(())
}

/// While the agent stands still the ring overflows: what was seen and what was lost make up the whole. Of all events
/// those of tracing are counted, because nobody else on a machine causes them by the way.
fn a_full_ring_is_counted() {
    let home = Home::new(EVERYTHING);
    let agent = home.start_with(&[OsString::from("--ring-size"), OsString::from("64K")]);
    let mut watch = agent.watch();
    let target = Doing::start(deed::command("hold", &[]));
    watch.settle();
    agent.signal(Signal::STOP);
    let arguments = [OsString::from(target.pid().to_string()), OsString::from(ATTACHMENTS.to_string())];
    let source = deed::perform("attach-many", &[&arguments[0], &arguments[1]]);
    agent.signal(Signal::CONT);
    let (mut seen, mut lost) = (0, 0);
    watch.within(patience());
    while seen + lost < ATTACHMENTS {
        let Some(event) = watch.next() else { break };
        seen += u64::from(event.system.event_id == 10 && actor(&event) == Some(source.pid));
        lost += lost_attachments(&event);
    }
    assert!(lost > 0, "nothing is reported lost, {seen} of {ATTACHMENTS} were seen: {}", agent.log());
    watch.settle_within(patience(), |event| lost += lost_attachments(event));
    assert_eq!(seen + lost, ATTACHMENTS, "{seen} seen, {lost} reported lost: {}", agent.log());
    target.finish();
}

/// The count in `N records of ProcessAccess from … to …: …`.
fn lost_attachments(event: &ReadEvent) -> u64 {
    let description = event.value("Description").unwrap_or_default();
    if event.value("ID") != Some("EventsLost") || !description.contains(" of ProcessAccess from ") {
        return 0;
    }
    let times = description.matches("20").count() >= 2 && description.contains(" to ");
    assert!(times, "it tells when: {description}");
    description
        .split(' ')
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or_else(|| panic!("no count: {description}"))
}

fn attach_many(arguments: &[OsString]) -> anyhow::Result<()> {
    let target = Pid::from_raw(arguments[0].to_string_lossy().parse()?);
    let number: u64 = arguments[1].to_string_lossy().parse()?;
    for _ in 0..number {
        ptrace::attach(target)?;
        wait::waitpid(target, Some(wait::WaitPidFlag::__WALL))?;
        ptrace::detach(target, None)?;
    }
    Ok(())
}

fn a_sink_that_nobody_reads_stops_nothing() {
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    File::create_new(home.events()).expect("the folder is ours");
    let mut watch = Watch::of_file(&home.events());
    let arguments = [
        OsString::from("--output"),
        output("file", &home.events()),
        OsString::from("--output"),
        OsString::from("stdout,format=xml"),
        // Room for all that happens: what the ring loses is another test's matter.
        OsString::from("--ring-size"),
        OsString::from("128M"),
    ];
    // The pipe is held open and never read.
    let mut agent = home.launch(&arguments, Stdio::piped());
    let unread = agent.take_output().expect("it is piped");
    watch.within(patience());
    assert!(watch.until(|event| event.value("State") == Some("Started")), "{}", agent.log());
    let many = MANY.to_string();
    let process = deed::perform("create-and-remove", &[folder.path().as_os_str(), OsStr::new(&many)]);
    let (mut seen, mut reported) = (0, false);
    let is_report = |event: &ReadEvent| event.value("ID") == Some("OutputLost");
    watch.settle_within(10 * patience(), |event| {
        seen += u64::from([11, 23].contains(&event.system.event_id) && actor(event) == Some(process.pid));
        reported |= is_report(event);
    });
    assert_eq!(seen, 2 * MANY, "the other sink has everything: {}", agent.log());
    // Reports come at most once a second, so this one may come after everything else.
    assert!(reported || watch.until(is_report), "the loss is not reported: {}", agent.log());
    let _unread = read_at_last(unread);
    // Nobody reads again: the pipe is full once more.
    deed::perform("create-and-remove", &[folder.path().as_os_str(), OsStr::new("1000")]);
    let (_, status) = agent.stop().expect("it ends, though nobody reads");
    assert!(status.success(), "{status}");
}

/// Whoever reads at last finds as many lines missing as are told of.
fn read_at_last(unread: ChildStdout) -> Reader<BufReader<ChildStdout>> {
    let mut laws = laws::Stream::default();
    laws.account_for("stdout");
    let mut reader = Reader::new(BufReader::new(unread));
    for event in reader.by_ref() {
        laws.check(&event.unwrap_or_else(|problem| panic!("the output cannot be read: {problem}")));
        let account = laws.account().expect("it was asked for");
        if account.missing > 0 && account.is_even() {
            return reader;
        }
    }
    panic!("the output ended before all of {:?} was told", laws.account());
}
