//! The table of hooks: which program serves which facts, where it attaches, and what is lost without it.

/// A domain of facts that can be collected or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Processes made, executed, ended.
    Process,
    /// Connections and datagrams.
    Network,
    /// Opened block devices.
    RawAccess,
    /// Attached tracers.
    ProcessAccess,
    /// Files created and overwritten.
    FileCreate,
    /// Files deleted.
    FileDelete,
    /// eBPF programs loaded and attached.
    Ebpf,
}

/// How a hook gets its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// The same in both tiers.
    Both,
    /// System-call exits and what they left.
    Tracepoint,
}

/// Where a program attaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A raw tracepoint with typed arguments.
    Tracepoint(&'static str),
    /// The exit of one system call.
    CallExit(&'static str),
    /// The root of the version 2 cgroup tree.
    Cgroup,
    /// Nowhere: it is run by reading an iterator.
    Iterator,
}

/// One row of the table.
pub(crate) struct HookSpec {
    pub(crate) program: &'static str,
    pub(crate) place: Place,
    pub(crate) serves: &'static [Domain],
    pub(crate) tier: Tier,
    /// Nothing works without it.
    pub(crate) essential: bool,
    /// It reports which files a call touched.
    pub(crate) tells_touched: bool,
    /// What is not seen without it.
    pub(crate) loses: &'static str,
}

/// State of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookState {
    /// It reports.
    Attached,
    /// Nobody wants its facts.
    NotWanted,
    /// This kernel does not have it or refused it, and why.
    Unavailable(String),
}

/// What a hook does now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookStatus {
    /// Name of the program in `bpf/`.
    pub program: &'static str,
    /// Facts that it serves.
    pub serves: &'static [Domain],
    /// How it gets them.
    pub tier: Tier,
    /// State.
    pub state: HookState,
    /// What is not seen without it.
    pub loses: &'static str,
}

const fn hook(
    program: &'static str,
    place: Place,
    tier: Tier,
    serves: &'static [Domain],
    loses: &'static str,
) -> HookSpec {
    HookSpec { program, place, serves, tier, essential: false, tells_touched: false, loses }
}

const fn essential(program: &'static str, place: Place, loses: &'static str) -> HookSpec {
    HookSpec { essential: true, ..hook(program, place, Tier::Both, &[Domain::Process], loses) }
}

const fn touch(program: &'static str, tracepoint: &'static str) -> HookSpec {
    let loses = "whether a rename replaced a file, and the mode of a deleted file";
    HookSpec {
        tells_touched: true,
        ..hook(
            program,
            Place::Tracepoint(tracepoint),
            Tier::Tracepoint,
            &[Domain::FileDelete, Domain::FileCreate],
            loses,
        )
    }
}

const fn call(
    program: &'static str,
    name: &'static str,
    serves: &'static [Domain],
    loses: &'static str,
) -> HookSpec {
    hook(program, Place::CallExit(name), Tier::Tracepoint, serves, loses)
}

use Domain::{Ebpf, FileCreate, FileDelete, Network, ProcessAccess, RawAccess};
use Place::{Cgroup, Iterator, Tracepoint};

const OPENS: &[Domain] = &[FileCreate, RawAccess];
const NAMES: &[Domain] = &[FileCreate, FileDelete];

/// All hooks.
pub(crate) static HOOKS: &[HookSpec] = &[
    essential("process_exec", Tracepoint("sched_process_exec"), "executed programs"),
    essential("process_fork", Tracepoint("sched_process_fork"), "who made a process"),
    essential("process_exit", Tracepoint("sched_process_exit"), "the end of processes"),
    hook("process_seed", Iterator, Tier::Both, &[Domain::Process], "processes older than the agent"),
    hook("tcp_state", Tracepoint("inet_sock_set_state"), Tier::Both, &[Network], "outgoing TCP connections"),
    call("exit_accept", "accept", &[Network], "TCP connections taken by accept"),
    call("exit_accept4", "accept4", &[Network], "TCP connections taken by accept4"),
    hook("udp_out", Cgroup, Tier::Both, &[Network], "UDP sent"),
    hook("udp_in", Cgroup, Tier::Both, &[Network], "UDP received"),
    hook("udp_sent", Tracepoint("sock_send_length"), Tier::Both, &[Network], "UDP sent"),
    hook("udp_received", Tracepoint("sock_recv_length"), Tier::Both, &[Network], "UDP received"),
    call("exit_open", "open", OPENS, "files opened by open"),
    call("exit_openat", "openat", OPENS, "files opened by openat"),
    call("exit_openat2", "openat2", OPENS, "files opened by openat2"),
    call("exit_creat", "creat", OPENS, "files opened by creat"),
    call("exit_ftruncate", "ftruncate", &[FileCreate], "files emptied by ftruncate"),
    call("exit_truncate", "truncate", &[FileCreate], "files emptied by truncate"),
    touch("touch_set", "inode_set_ctime_to_ts"),
    touch("touch_exchanged", "ctime_ns_xchg"),
    touch("touch_skipped", "ctime_xchg_skip"),
    call("exit_unlink", "unlink", &[FileDelete], "files deleted by unlink"),
    call("exit_unlinkat", "unlinkat", &[FileDelete], "files deleted by unlinkat"),
    call("exit_rename", "rename", NAMES, "files renamed by rename"),
    call("exit_renameat", "renameat", NAMES, "files renamed by renameat"),
    call("exit_renameat2", "renameat2", NAMES, "files renamed by renameat2"),
    call("exit_link", "link", &[FileCreate], "names made by link"),
    call("exit_linkat", "linkat", &[FileCreate], "names made by linkat"),
    call("exit_symlink", "symlink", &[FileCreate], "links made by symlink"),
    call("exit_symlinkat", "symlinkat", &[FileCreate], "links made by symlinkat"),
    call("exit_mknod", "mknod", &[FileCreate], "nodes made by mknod"),
    call("exit_mknodat", "mknodat", &[FileCreate], "nodes made by mknodat"),
    call("exit_ptrace", "ptrace", &[ProcessAccess], "tracers that attach"),
    call("exit_bpf", "bpf", &[Ebpf], "eBPF programs loaded and attached"),
    #[cfg(target_arch = "x86_64")]
    hook(
        "compat_exit",
        Tracepoint("sys_exit"),
        Tier::Tracepoint,
        &[FileCreate, FileDelete, RawAccess, Network, ProcessAccess, Ebpf],
        "what 32-bit system calls do",
    ),
];

#[cfg(test)]
mod tests {
    use super::HOOKS;

    #[test]
    fn each_program_stands_once_and_serves_something() {
        for (position, hook) in HOOKS.iter().enumerate() {
            assert!(
                HOOKS[..position].iter().all(|other| other.program != hook.program),
                "{} twice",
                hook.program
            );
            assert!(!hook.serves.is_empty(), "{} serves nothing", hook.program);
        }
    }
}
