//! The agent in a container: namespaces of its own for mounts, processes, network and names, no service manager and no
//! `/dev/log`. It runs in the foreground, to standard output and to syslog, and watches the whole machine all the same.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::agent::{Agent, EVERYTHING, Home};
use crate::deed::{self, Deed, Folder};
use crate::output::receive_until;
use crate::process::Process;
use crate::watch::{actor, poll_until};
use crate::{raw, tests};

tests![sees_the_machine];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "container", run: container },
    Deed { name: "first-of-container", run: first_of_container },
];

/// For conditions that come true in a moment; a busy machine takes its time.
const LONG: Duration = Duration::from_mins(2);

fn sees_the_machine() {
    let (home, dev) = (Home::new(EVERYTHING), Folder::new());
    for (name, minor) in [("null", 3), ("zero", 5), ("urandom", 9)] {
        let path = dev.join(name);
        mknodat(CWD, path, FileType::CharacterDevice, Mode::from_raw_mode(0o666), makedev(1, minor))
            .expect("root may make devices");
    }
    let said = home.path("stdout");
    let agent = start(&home, dev.path(), &said);
    let first = first_process(&agent);
    wait_for(&said, &agent, |event| event["State"] == "Started");

    // Nobody listens at /dev/log; what happens on the machine is on standard output.
    let alone = deed::perform("nothing", &[]);
    wait_for(&said, &agent, |event| is_end_of(event, &alone));
    wait_for(&said, &agent, |event| event["EventID"] == 255 && event["ID"] == "OutputFailed");
    let status = home.status();
    assert_eq!(status["running"], true, "{status}");

    // A listener comes: what waited for it is not lost.
    let log = UnixDatagram::bind(dev.join("log")).expect("the folder is ours");
    log.set_read_timeout(Some(LONG)).expect("a timeout is possible");
    let waited = receive_until(&log, |event| event.system.event_id == 5 && actor(event) == Some(alone.pid));
    assert_eq!(waited[0].system.event_id, 16, "the first one is about the configuration: {:?}", waited[0]);
    assert_eq!(waited[1].value("State"), Some("Started"));
    let both = deed::perform("nothing", &[]);
    wait_for(&said, &agent, |event| is_end_of(event, &both));
    receive_until(&log, |event| event.system.event_id == 5 && actor(event) == Some(both.pid));

    // It does not watch itself: a reload loads programs anew.
    home.configure(&EVERYTHING.replace("<NetworkConnect onmatch=\"exclude\"/>", ""));
    kill_process(first, Signal::HUP).expect("it runs");
    wait_for(&said, &agent, |event| event["EventID"] == 16 && event["EventRecordID"] != 0);

    kill_process(first, Signal::TERM).expect("it runs");
    receive_until(&log, |event| event.value("State") == Some("Stopped"));
    let mut agent = agent;
    let status = agent.wait(LONG).expect("it ends");
    assert!(status.success(), "{status}");
    check_stream(&events(&said), first);
}

/// Starts an agent in a container whose devices are in `dev`; its standard output is appended to a file.
fn start(home: &Home, dev: &Path, said: &Path) -> Agent {
    File::create(said).expect("the folder is ours");
    let wrapper = deed::command("container", &[dev.as_os_str(), said.as_os_str()]);
    let outputs = ["--output", "stdout,format=json", "--output", "syslog"].map(OsString::from);
    home.launch_through(wrapper, &outputs)
}

/// The agent's process as the machine sees it: the only child of the one that made the container.
fn first_process(agent: &Agent) -> Pid {
    let children = format!("/proc/{0}/task/{0}/children", agent.pid());
    let found = poll_until(Instant::now() + LONG, || {
        let text = fs::read_to_string(&children).ok()?;
        Pid::from_raw(text.split_whitespace().next()?.parse().ok()?)
    });
    found.unwrap_or_else(|| panic!("there is no container; {}", agent.log()))
}

/// Whatever it has written so far.
fn events(said: &Path) -> Vec<Value> {
    let text = fs::read_to_string(said).expect("the folder is ours");
    // The last line may be in the making.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect()
}

#[track_caller]
fn wait_for(said: &Path, agent: &Agent, wanted: impl Fn(&Value) -> bool) {
    let found = poll_until(Instant::now() + LONG, || events(said).iter().any(&wanted).then_some(()));
    assert!(found.is_some(), "the event does not come; the agent says:\n{}", agent.log());
}

fn is_end_of(event: &Value, process: &Process) -> bool {
    event["EventID"] == 5 && event["ProcessId"].as_u64() == Some(u64::from(process.pid))
}

/// Numbers without a gap, and nothing of the agent's own loads.
fn check_stream(events: &[Value], agent: Pid) {
    let agent = u64::from(agent.as_raw_pid().cast_unsigned());
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event["EventRecordID"].as_u64(), Some(number as u64), "{event}");
    }
    assert_eq!(events.last().expect("there are events")["State"], "Stopped");
    let own =
        events.iter().find(|event| event["EventID"] == 100 && event["ProcessId"].as_u64() == Some(agent));
    assert!(own.is_none(), "it reports itself: {own:?}");
}

/// Makes the namespaces, starts their first process and ends as that does.
fn container(arguments: &[OsString]) -> anyhow::Result<()> {
    let [dev, said, program @ ..] = arguments else { bail!("a folder, a file and a program") };
    unshare(
        CloneFlags::CLONE_NEWNS
            | CloneFlags::CLONE_NEWPID
            | CloneFlags::CLONE_NEWNET
            | CloneFlags::CLONE_NEWUTS
            | CloneFlags::CLONE_NEWIPC,
    )?;
    let inner: Vec<&OsStr> = std::iter::once(dev).chain(program).map(OsString::as_os_str).collect();
    let mut first = deed::command("first-of-container", &inner);
    first.stdout(File::options().append(true).open(said)?);
    raw::ends_with_this_thread(&mut first);
    let status = first.status()?;
    ensure!(status.success(), "{status}");
    Ok(())
}

/// The first process: has its own view of processes and devices, and becomes the program.
fn first_of_container(arguments: &[OsString]) -> anyhow::Result<()> {
    let [dev, program, rest @ ..] = arguments else { bail!("a folder and a program") };
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), none)?;
    mount(Some(dev.as_os_str()), "/dev", none, MsFlags::MS_BIND, none)?;
    ensure!(!Path::new("/dev/log").exists(), "somebody listens here already");
    bail!("exec came back: {}", Command::new(program).args(rest).exec())
}
