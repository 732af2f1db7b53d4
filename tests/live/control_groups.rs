//! Which container, control group and unit a process belongs to, as data that is added and in filters.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};

use anyhow::bail;
use tuxmon_reader::ReadEvent;

use crate::agent::{EVERYTHING, Home};
use crate::deed::{self, Deed};
use crate::tests;
use crate::watch::{Watch, patience};

tests![
    a_process_tells_its_container,
    rules_read_what_is_not_written,
    hostile_names_of_groups_are_one_text,
    events_are_the_original_s_unless_asked,
];

pub(crate) const DEEDS: &[Deed] = &[Deed { name: "in-group", run: in_group }];

const ID: &str = "4c01db0b339c7d4c3c3e1e0f0e5b0a6c2f0f5f7d8c9b1a2e3d4c5b6a79880716";

/// A group of its own below the root of all groups; removed in the end.
struct Group {
    folders: Vec<PathBuf>,
    path: Vec<u8>,
}

impl Group {
    /// Nothing where no version 2 tree is mounted, or it may not be changed.
    fn new(names: &[&[u8]]) -> Option<Group> {
        let mount = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].map(Path::new);
        let mount = mount.into_iter().find(|mount| mount.join("cgroup.procs").exists())?;
        let mut group = Group { folders: Vec::new(), path: Vec::new() };
        let mut folder = mount.to_owned();
        let own = format!("tuxmon-{}.slice", std::process::id());
        for name in std::iter::once(own.as_bytes()).chain(names.iter().copied()) {
            folder.push(OsStr::from_bytes(name));
            group.path.extend([b"/", name].concat());
            fs::create_dir(&folder).ok()?;
            group.folders.push(folder.clone());
        }
        Some(group)
    }

    fn folder(&self) -> &Path {
        self.folders.last().expect("it has one")
    }

    /// Executes a program in the group.
    fn perform(&self) -> u32 {
        deed::perform("in-group", &[self.folder().as_os_str()]).pid
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for folder in self.folders.iter().rev() {
            // A process may still be ending in it; an empty group that stays does no harm.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Goes into a group and executes a program there.
fn in_group(arguments: &[OsString]) -> anyhow::Result<()> {
    fs::write(Path::new(&arguments[0]).join("cgroup.procs"), "0")?;
    bail!("{}", deed::command("nothing", &[]).exec());
}

fn group(names: &[&[u8]]) -> Option<Group> {
    let group = Group::new(names);
    if group.is_none() {
        println!("SKIP control_groups: no version 2 control groups that can be made here");
    }
    group
}

fn agent_that_adds(home: &Home) -> crate::agent::Agent {
    home.start_with(&["--additional-data".into(), "container".into()])
}

/// The execution in the group, which comes after the one that went there.
#[track_caller]
fn execution(watch: &Watch, pid: u32) -> &ReadEvent {
    let is_it = |event: &&&ReadEvent| {
        event.system.event_id == 1
            && event.value("CommandLine").is_some_and(|line| line.ends_with("deed nothing"))
    };
    watch.of(&[pid]).iter().find(is_it).copied().expect("the execution is logged")
}

/// How often a process goes to a group, until the agent knows the group.
const ATTEMPTS: u32 = 40;

/// A process of the group, once the agent knows the group: the line waits 20 ms for that and no longer, so the first
/// processes that a busy machine tells of may have none.
#[track_caller]
fn process_of_known(group: &Group, watch: &mut Watch) -> u32 {
    for _ in 0..ATTEMPTS {
        let pid = group.perform();
        watch.settle();
        if execution(watch, pid).value("ControlGroup") != Some("-") {
            return pid;
        }
    }
    panic!("the group stays unknown");
}

fn a_process_tells_its_container() {
    let scope = format!("docker-{ID}.scope");
    let Some(group) = group(&[scope.as_bytes()]) else { return };
    let home = Home::new(EVERYTHING);
    let agent = agent_that_adds(&home);
    let mut watch = agent.watch();
    let pid = process_of_known(&group, &mut watch);
    let event = execution(&watch, pid);
    let path = String::from_utf8(group.path.clone()).expect("it is plain");
    assert_eq!(event.value("ContainerId"), Some(ID), "{}", event.raw);
    assert_eq!(event.value("ControlGroup"), Some(path.as_str()), "{}", event.raw);
    assert_eq!(event.value("SystemdUnit"), Some(scope.as_str()), "{}", event.raw);
    let end = watch.of(&[pid]).into_iter().find(|event| event.system.event_id == 5).expect("it ended");
    assert_eq!(end.value("ContainerId"), Some(ID), "{}", end.raw);
}

fn rules_read_what_is_not_written() {
    let scope = format!("cri-containerd-{ID}.scope");
    let Some(group) = group(&[scope.as_bytes()]) else { return };
    let configuration = format!(
        r#"<Sysmon schemaversion="4.90"><EventFiltering>
            <ProcessCreate onmatch="include"><ContainerId condition="is">{ID}</ContainerId></ProcessCreate>
            <ProcessTerminate onmatch="include"/>
        </EventFiltering></Sysmon>"#
    );
    let home = Home::new(&configuration);
    let agent = home.start();
    let mut watch = agent.watch();
    let outside = deed::perform("nothing", &[]).pid;
    let mut performed = Vec::new();
    let came = (0..ATTEMPTS).any(|_| {
        performed.push(group.perform());
        watch.within(patience() / ATTEMPTS);
        watch.until(|event| crate::watch::actor(event).is_some_and(|pid| performed.contains(&pid)))
    });
    assert!(came, "{}", agent.log());
    let inside = watch.seen.last().and_then(crate::watch::actor).expect("it came");
    let event = execution(&watch, inside);
    assert_eq!(event.value("ContainerId"), None, "nobody asked for it to be written: {}", event.raw);
    assert!(watch.of(&[outside]).is_empty(), "what runs in no container does not match");
}

fn hostile_names_of_groups_are_one_text() {
    let hostile = b"\x1b[2J\xff\"><Data Name=\"User\">x&";
    let Some(group) = group(&[b"user@1000.service", hostile, b"ssh.service"]) else { return };
    let home = Home::new(EVERYTHING);
    let agent = agent_that_adds(&home);
    let mut watch = agent.watch();
    let pid = process_of_known(&group, &mut watch);
    // That the line is well-formed and has exactly its fields is a law that each event is held against.
    let event = execution(&watch, pid);
    assert_eq!(event.value("SystemdUnit"), Some("user@1000.service"), "{}", event.raw);
    let told = event.value("ControlGroup").unwrap_or_default();
    assert!(told.ends_with("\"><Data Name=\"User\">x&/ssh.service"), "{told}");
}

fn events_are_the_original_s_unless_asked() {
    let mut watch = crate::agent::watch();
    let process = deed::perform("nothing", &[]);
    watch.settle();
    for event in watch.of(&[process.pid]) {
        assert_eq!(event.value("ControlGroup"), None, "{}", event.raw);
    }
}
