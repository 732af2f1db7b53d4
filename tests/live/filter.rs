//! What the rules drop of an image whatever it is stays in the kernel; nothing else does.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use rustix::process::Signal;

use crate::agent::{Agent, EVERYTHING, Home};
use crate::deed::{self, Deed, Doing, Folder};
use crate::expected::{file_create, life};
use crate::process::printed_path;
use crate::tests;
use crate::watch::{Watch, actor, patience, poll_until};

tests![
    an_image_that_is_dropped_is_left_out,
    nothing_is_left_out_under_new_rules,
    a_folder_and_an_ending_that_are_dropped_are_left_out,
    an_address_that_is_dropped_is_left_out,
    what_nobody_logs_is_not_attached,
];

pub(crate) const DEEDS: &[Deed] = &[Deed { name: "execute", run: execute }];

/// Everything is logged but the files that this image makes.
fn without(image: &Path) -> String {
    let node = format!(
        "<FileCreate onmatch=\"exclude\"><Image condition=\"is\">{}</Image></FileCreate>",
        printed_path(image)
    );
    EVERYTHING.replace("<FileCreate onmatch=\"exclude\"/>", &node)
}

/// This program under another name: the same file, so that only the name tells them apart.
fn program(folder: &Folder, name: &str) -> std::path::PathBuf {
    let (path, own) = (folder.join(name), std::env::current_exe().expect("/proc is there"));
    if std::fs::hard_link(&own, &path).is_err() {
        std::fs::copy(&own, &path).expect("there is room for a copy");
    }
    path
}

fn deed_of(program: &Path, name: &str, arguments: &[&Path]) -> Command {
    let mut command = Command::new(program);
    command.arg("deed").arg(name).args(arguments);
    command
}

/// Waits until the kernel side has left out more than this, and says how much.
#[track_caller]
fn left_out_beyond(home: &Home, before: u64) -> u64 {
    let deadline = Instant::now() + patience();
    let count = || home.status()["left_out_in_kernel"].as_u64().filter(|count| *count > before);
    poll_until(deadline, count).expect("the kernel side leaves something out")
}

fn makes_files(program: &Path, folder: &Path) -> Doing {
    let mut doing = Doing::start(deed_of(program, "create-until-told", &[folder]));
    doing.truth();
    doing
}

fn an_image_that_is_dropped_is_left_out() {
    let folder = Folder::new();
    let (quiet, loud) = (program(&folder, "quiet"), program(&folder, "loud"));
    let home = Home::new(&without(&quiet));
    let agent = home.start();
    let mut watch = agent.watch();
    let files = Folder::new();
    let mut doing = makes_files(&quiet, files.path());
    left_out_beyond(&home, 0);
    doing.go_on();
    doing.truth();
    let first = doing.finish().named("first");

    // From now on the image is known, so it is left out from the first file on.
    let before = left_out_beyond(&home, 0);
    let second = Doing::start(deed_of(&quiet, "create", &[&folder.join("unseen")])).finish().named("second");
    left_out_beyond(&home, before);
    // The same file under another name is another image.
    let third = Doing::start(deed_of(&loud, "create", &[&folder.join("seen")])).finish().named("third");
    let expected =
        [life(&first, []), life(&second, []), life(&third, [file_create(&third, &folder.join("seen"))])];
    watch.expect(&[first.pid, second.pid, third.pid], &expected.into_iter().flatten().collect::<Vec<_>>());

    // So is one that a process executes later.
    let seen = folder.join("seen too");
    let mut command = deed_of(&quiet, "execute", &[&loud]);
    command.args(["deed", "create"]).arg(&seen);
    let fourth = Doing::start(command).finish();
    created(&mut watch, fourth.pid, Some(&seen));
}

fn nothing_is_left_out_under_new_rules() {
    let folder = Folder::new();
    let quiet = program(&folder, "quiet");
    let home = Home::new(&without(&quiet));
    let agent = home.start();
    let mut watch = agent.watch();
    let files = Folder::new();
    let mut doing = makes_files(&quiet, files.path());
    left_out_beyond(&home, 0);
    home.configure(EVERYTHING);
    reload(&agent, &mut watch);
    created(&mut watch, doing.pid(), None);
    doing.go_on();
    doing.truth();
    doing.finish();
}

/// Everything is logged but what these filters say of one kind of events.
fn without_these(tag: &str, filters: &str) -> String {
    let node =
        format!("<RuleGroup groupRelation=\"or\"><{tag} onmatch=\"exclude\">{filters}</{tag}></RuleGroup>");
    EVERYTHING.replace(&format!("<{tag} onmatch=\"exclude\"/>"), &node)
}

/// Does the deed again and again, each time in a new process, until the kernel side has left some of it out.
#[track_caller]
fn until_left_out(home: &Home, name: &str, argument: &dyn Fn(u32) -> OsString) {
    let count = || home.status()["left_out_in_kernel"].as_u64().expect("the agent counts them");
    let (before, deadline) = (count(), Instant::now() + patience());
    let mut done = 0;
    while count() == before {
        assert!(Instant::now() < deadline, "the kernel side leaves nothing out");
        deed::perform(name, &[&argument(done)]);
        done += 1;
    }
}

fn a_folder_and_an_ending_that_are_dropped_are_left_out() {
    let (folder, noise, other) = (Folder::new(), Folder::new(), Folder::new());
    let filters = format!(
        "<TargetFilename condition=\"begin with\">{}/</TargetFilename>\
         <TargetFilename condition=\"end with\">.noise</TargetFilename>",
        printed_path(noise.path())
    );
    let home = Home::new(&without_these("FileCreate", &filters));
    let agent = home.start();
    let mut watch = agent.watch();
    until_left_out(&home, "create", &|number| noise.join(number.to_string()).into());
    until_left_out(&home, "create", &|number| other.join(format!("{number}.noise")).into());
    // Nothing else is: not the same name with more behind it, and not the folder above.
    for seen in [other.join("1.noise.txt"), folder.join("1"), other.join("noise")] {
        let process = deed::perform("create", &[seen.as_os_str()]);
        created(&mut watch, process.pid, Some(&seen));
    }
}

fn an_address_that_is_dropped_is_left_out() {
    let home = Home::new(&without_these(
        "NetworkConnect",
        "<DestinationIp condition=\"is\">127.66.0.1</DestinationIp>",
    ));
    let agent = home.start();
    let mut watch = agent.watch();
    until_left_out(&home, "tcp", &|_| "127.66.0.1".into());
    let process = deed::perform("tcp", &["127.66.0.2".as_ref()]);
    watch.within(patience());
    let found = watch.until(|event| event.system.event_id == 3 && actor(event) == Some(process.pid));
    assert!(found, "no NetworkConnect of the process {} came", process.pid);
}

/// Whether a hook is attached now, as the agent says.
fn is_attached(home: &Home, hook: &str) -> bool {
    let status = home.status();
    let facts = status["collection"].as_array().expect("the agent tells what it collects").iter();
    facts.filter_map(|fact| fact["hooks"].as_array()).flatten().any(|name| name == hook)
}

fn what_nobody_logs_is_not_attached() {
    let home = Home::new(
        "<Sysmon schemaversion=\"4.90\"><EventFiltering><FileDelete onmatch=\"exclude\"/></EventFiltering></Sysmon>",
    );
    let agent = home.start();
    let mut watch = agent.watch();
    assert!(is_attached(&home, "process_exec"));
    assert!(!is_attached(&home, "tcp_state") && !is_attached(&home, "udp_out"));
    // What a new configuration wants is attached without a restart, and works.
    home.configure(EVERYTHING);
    reload(&agent, &mut watch);
    assert!(is_attached(&home, "tcp_state"));
    let opens = is_attached(&home, "exit_openat") || is_attached(&home, "deep_open");
    assert!(opens, "{} {}", home.status(), agent.log());
    let folder = Folder::new();
    let seen = folder.join("seen");
    let process = deed::perform("create", &[seen.as_os_str()]);
    created(&mut watch, process.pid, Some(&seen));
}

/// Waits until the event of a file that this process made has come.
#[track_caller]
fn created(watch: &mut Watch, pid: u32, path: Option<&Path>) {
    watch.within(patience());
    let name = path.map(printed_path);
    let found = watch.until(|event| {
        event.system.event_id == 11
            && actor(event) == Some(pid)
            && name.as_deref().is_none_or(|name| event.value("TargetFilename") == Some(name))
    });
    assert!(found, "no FileCreate of the process {pid} came");
}

/// Waits until another configuration is in force.
#[track_caller]
pub(crate) fn reload(agent: &Agent, watch: &mut Watch) {
    agent.signal(Signal::HUP);
    watch.within(patience());
    assert!(watch.until(|event| event.system.event_id == 16), "no new configuration: {}", agent.log());
}

/// Becomes another program.
fn execute(arguments: &[OsString]) -> anyhow::Result<()> {
    Err(Command::new(&arguments[0]).args(&arguments[1..]).exec().into())
}
