//! Event 100: an eBPF program was loaded or attached, under the kernel's own number of it.

use std::ffi::OsString;
use std::fs::File;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use serde_json::json;

use crate::agent::{EVERYTHING, Home};
use crate::deed::{self, Deed, Doing, tell};
use crate::expected::{ebpf_event, life};
use crate::raw::{self, Attachment};
use crate::watch::Watch;
use crate::{agent, tests};

tests![loaded, loaded_without_a_name, attached_to_a_cgroup, refused, the_agents_own_programs];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "load-program", run: load_program },
    Deed { name: "attach-program", run: attach_program },
    Deed { name: "load-nonsense", run: load_nonsense },
];

const SOCKET_FILTER: u32 = 1;
const CGROUP_SKB: u32 = 8;
const INGRESS: u32 = 0;

/// `r0 = 1; exit`: lets every packet pass.
const PASS: [u64; 2] = [0x0000_0001_0000_00b7, 0x0000_0000_0000_0095];

fn loaded() {
    load_and_expect(&mut agent::watch(), "tuxmon_live", "tuxmon_live");
    load_and_expect(&mut agent::watch(), "fifteen_letters", "fifteen_letters");
}

fn loaded_without_a_name() {
    load_and_expect(&mut agent::watch(), "", "-");
}

/// A program of this name is loaded.
pub(crate) fn load_and_expect(watch: &mut Watch, name: &str, printed: &str) {
    let mut doing = Doing::start(deed::command("load-program", &[&OsString::from(name)]));
    let id = doing.truth()["id"].as_u64().expect("the deed tells a number");
    let process = doing.finish();
    let loaded = ebpf_event(&process, "BPF_PROG_LOAD", "SOCKET_FILTER", id, printed);
    watch.expect(&[process.pid], &life(&process, [loaded]));
}

fn load_program(arguments: &[OsString]) -> anyhow::Result<()> {
    let program = raw::load_program(SOCKET_FILTER, &arguments[0].to_string_lossy(), &PASS)?;
    tell(&json!({ "id": raw::program_id(program.as_fd())? }))
}

fn attached_to_a_cgroup() {
    let Some(root) = cgroup_root() else {
        println!("SKIP ebpf_event::attached_to_a_cgroup: no cgroup2 hierarchy is mounted");
        return;
    };
    let cgroup = root.join(format!("tuxmon-live-{}", std::process::id()));
    std::fs::create_dir(&cgroup).expect("root may make cgroups");
    let mut watch = agent::watch();
    let mut doing = Doing::start(deed::command("attach-program", &[cgroup.as_os_str()]));
    let id = doing.truth()["id"].as_u64().expect("the deed tells a number");
    let process = doing.finish();
    std::fs::remove_dir(&cgroup).expect("the cgroup is empty");
    let expected = [
        ebpf_event(&process, "BPF_PROG_LOAD", "CGROUP_SKB", id, "tuxmon_pass"),
        ebpf_event(&process, "BPF_PROG_ATTACH", "CGROUP_SKB", id, "tuxmon_pass"),
    ];
    watch.expect(&[process.pid], &life(&process, expected));
}

/// Where the second version of cgroups is mounted.
fn cgroup_root() -> Option<PathBuf> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
    mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>()).find_map(|fields| match fields[..] {
        [_, path, "cgroup2", ..] => Some(PathBuf::from(path)),
        _ => None,
    })
}

fn attach_program(arguments: &[OsString]) -> anyhow::Result<()> {
    let cgroup = File::open(Path::new(&arguments[0]))?;
    let program = raw::load_program(CGROUP_SKB, "tuxmon_pass", &PASS)?;
    raw::attach_to_cgroup(Attachment::Attach, cgroup.as_fd(), program.as_fd(), INGRESS)?;
    raw::attach_to_cgroup(Attachment::Detach, cgroup.as_fd(), program.as_fd(), INGRESS)?;
    tell(&json!({ "id": raw::program_id(program.as_fd())? }))
}

fn refused() {
    let mut watch = agent::watch();
    let process = deed::perform("load-nonsense", &[]);
    watch.expect(&[process.pid], &life(&process, []));
}

fn load_nonsense(_: &[OsString]) -> anyhow::Result<()> {
    ensure!(raw::load_program(SOCKET_FILTER, "no_exit", &PASS[..1]).is_err(), "it runs over its end");
    ensure!(raw::load_program(9999, "no_type", &PASS).is_err(), "there is no such type");
    Ok(())
}

/// An agent does not report what it loads itself; another one does, like everyone else's.
fn the_agents_own_programs() {
    let mut watch = agent::watch();
    let home = Home::new(EVERYTHING);
    let agent = home.start();
    let mut own = agent.watch();
    own.settle();
    watch.settle();
    let loads =
        |seen: &[&tuxmon_reader::ReadEvent]| seen.iter().filter(|event| event.system.event_id == 100).count();
    assert_eq!(loads(&own.of(&[agent.pid()])), 0, "of the agent by itself");
    assert!(loads(&watch.of(&[agent.pid()])) > 0, "of the agent by the other agent");
}
