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
    /// Kernel functions: no cost for calls that do nothing of interest, and nothing a caller could change.
    Deep,
    /// System-call exits and what they left.
    Tracepoint,
}

/// Facts for which one tier is chosen as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Not a matter of tiers.
    Always,
    /// Files opened.
    Opens,
    /// Names made, moved, removed.
    Names,
    /// Connections taken.
    Accepts,
    /// Datagrams: the tracepoints are as good as functions, and cheaper, where the kernel has them.
    Datagrams,
    /// Datagrams where neither is to be had.
    DatagramCalls,
    /// Tracers.
    Tracers,
    /// eBPF.
    Ebpf,
    /// 32-bit calls and those through io_uring, for all groups that stand on system-call exits.
    CompatCalls,
    /// Names that requests of io_uring ask for, where nothing tells what they touched: one of these hooks.
    RequestNames,
    /// All system calls, told apart by their number, where the kernel lets nobody stand at the exits of single ones.
    CallsByNumber,
}

impl Group {
    /// The groups that have hooks in both tiers.
    pub(crate) const TIERED: [Self; 6] =
        [Self::Opens, Self::Names, Self::Accepts, Self::Datagrams, Self::Tracers, Self::Ebpf];
}

/// Where a program attaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A raw tracepoint with typed arguments.
    Tracepoint(&'static str),
    /// A function of the kernel.
    Function(&'static str),
    /// The exit of one system call.
    CallExit(&'static str),
    /// The root of the version 2 cgroup tree.
    Cgroup,
    /// Nowhere: it is run by reading an iterator.
    Iterator,
}

/// How much depends on a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing works without it.
    Essential,
    /// Its group's tier does not work without it.
    Tier,
    /// It is left out where the kernel has no such place.
    Optional,
}

/// One row of the table.
#[derive(Clone, Copy)]
pub(crate) struct HookSpec {
    /// Its name.
    pub(crate) program: &'static str,
    /// The program in `bpf/` that stands there; one may stand at many places.
    pub(crate) code: &'static str,
    pub(crate) place: Place,
    pub(crate) tier: Tier,
    pub(crate) group: Group,
    pub(crate) serves: &'static [Domain],
    pub(crate) need: Need,
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
    /// The other tier serves its facts.
    OtherTier,
    /// This kernel does not have it or refused it, and why.
    Unavailable(String),
}

/// What a hook does now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookStatus {
    /// Its name: that of the program in `bpf/`, or of the call at whose exit that stands beside others.
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

const fn always(
    program: &'static str,
    place: Place,
    serves: &'static [Domain],
    loses: &'static str,
) -> HookSpec {
    HookSpec {
        program,
        code: program,
        place,
        tier: Tier::Both,
        group: Group::Always,
        serves,
        need: Need::Tier,
        tells_touched: false,
        loses,
    }
}

const fn essential(program: &'static str, place: Place, loses: &'static str) -> HookSpec {
    HookSpec { need: Need::Essential, ..always(program, place, &[Domain::Process], loses) }
}

const fn call(
    program: &'static str,
    name: &'static str,
    group: Group,
    serves: &'static [Domain],
) -> HookSpec {
    HookSpec { tier: Tier::Tracepoint, group, ..always(program, Place::CallExit(name), serves, name) }
}

const fn touch(program: &'static str, tracepoint: &'static str) -> HookSpec {
    let loses = "whether a rename replaced a file, and the mode of a deleted file";
    HookSpec {
        tier: Tier::Tracepoint,
        group: Group::Names,
        tells_touched: true,
        ..always(program, Place::Tracepoint(tracepoint), NAMES, loses)
    }
}

const fn deep(
    program: &'static str,
    function: &'static str,
    group: Group,
    serves: &'static [Domain],
) -> HookSpec {
    HookSpec { tier: Tier::Deep, group, ..always(program, Place::Function(function), serves, function) }
}

const fn datagrams(program: &'static str, place: Place, tier: Tier, loses: &'static str) -> HookSpec {
    HookSpec { tier, group: Group::Datagrams, ..always(program, place, &[Domain::Network], loses) }
}

const fn datagram_call(program: &'static str, name: &'static str) -> HookSpec {
    call(program, name, Group::DatagramCalls, &[Domain::Network])
}

/// A call on names: one program stands at the exits of all of them.
const fn name_call(
    hook: &'static str,
    name: &'static str,
    group: Group,
    serves: &'static [Domain],
) -> HookSpec {
    HookSpec { code: "exit_names", ..call(hook, name, group, serves) }
}

/// Where the kernel takes a request of io_uring; the tracepoint had another name once.
const fn request_taken(program: &'static str, tracepoint: &'static str) -> HookSpec {
    let loses = "names that io_uring makes, moves and removes";
    HookSpec {
        tier: Tier::Tracepoint,
        group: Group::RequestNames,
        need: Need::Optional,
        ..always(program, Place::Tracepoint(tracepoint), NAMES, loses)
    }
}

/// Where all system calls end.
const fn at_all_exits(program: &'static str, group: Group, loses: &'static str) -> HookSpec {
    let serves = &[FileCreate, FileDelete, RawAccess, Network, ProcessAccess, Ebpf];
    HookSpec { tier: Tier::Tracepoint, group, ..always(program, Tracepoint("sys_exit"), serves, loses) }
}

const fn optional(hook: HookSpec) -> HookSpec {
    HookSpec { need: Need::Optional, ..hook }
}

use Domain::{Ebpf, FileCreate, FileDelete, Network, ProcessAccess, RawAccess};
use Group::{Accepts, Names, Opens, Tracers};
use Place::{Cgroup, Function, Iterator, Tracepoint};

const OPENS: &[Domain] = &[FileCreate, RawAccess];
const NAMES: &[Domain] = &[FileCreate, FileDelete];

/// All hooks.
pub(crate) static HOOKS: &[HookSpec] = &[
    essential("process_exec", Tracepoint("sched_process_exec"), "executed programs"),
    essential("process_fork", Tracepoint("sched_process_fork"), "who made a process"),
    essential("process_exit", Tracepoint("sched_process_exit"), "the end of processes"),
    always("process_seed", Iterator, &[Domain::Process], "processes older than the agent"),
    always("tcp_state", Tracepoint("inet_sock_set_state"), &[Network], "outgoing TCP connections"),
    always("udp_out", Cgroup, &[Network], "UDP sent"),
    always("udp_in", Cgroup, &[Network], "UDP received"),
    datagrams("udp_sent", Tracepoint("sock_send_length"), Tier::Tracepoint, "UDP sent"),
    datagrams("udp_received", Tracepoint("sock_recv_length"), Tier::Tracepoint, "UDP received"),
    datagrams("deep_udp_sent", Function("udp_sendmsg"), Tier::Deep, "UDP sent over IPv4"),
    datagrams("deep_udp6_sent", Function("udpv6_sendmsg"), Tier::Deep, "UDP sent over IPv6"),
    datagrams("deep_udp_received", Function("udp_recvmsg"), Tier::Deep, "UDP received over IPv4"),
    datagrams("deep_udp6_received", Function("udpv6_recvmsg"), Tier::Deep, "UDP received over IPv6"),
    // Deep tier.
    deep("deep_open", "security_file_open", Opens, OPENS),
    deep("deep_truncate_file", "do_truncate", Opens, &[FileCreate]),
    deep("deep_truncate", "vfs_truncate", Opens, &[FileCreate]),
    deep("note_unlink", "security_path_unlink", Names, &[FileDelete]),
    deep("deep_unlink", "vfs_unlink", Names, &[FileDelete]),
    deep("note_rename", "security_path_rename", Names, NAMES),
    deep("deep_rename", "vfs_rename", Names, NAMES),
    deep("note_link", "security_path_link", Names, &[FileCreate]),
    deep("deep_link", "vfs_link", Names, &[FileCreate]),
    deep("note_symlink", "security_path_symlink", Names, &[FileCreate]),
    deep("deep_symlink", "vfs_symlink", Names, &[FileCreate]),
    deep("note_mknod", "security_path_mknod", Names, &[FileCreate]),
    deep("deep_mknod", "vfs_mknod", Names, &[FileCreate]),
    deep("deep_mknod_regular", "vfs_create", Names, &[FileCreate]),
    deep("deep_accept", "inet_csk_accept", Accepts, &[Network]),
    deep("deep_ptrace", "proc_ptrace_connector", Tracers, &[ProcessAccess]),
    deep("deep_bpf_load", "bpf_prog_kallsyms_add", Group::Ebpf, &[Ebpf]),
    deep("deep_bpf_link", "bpf_link_settle", Group::Ebpf, &[Ebpf]),
    optional(deep("deep_bpf_cgroup", "cgroup_bpf_prog_attach", Group::Ebpf, &[Ebpf])),
    optional(deep("deep_bpf_tcx", "tcx_prog_attach", Group::Ebpf, &[Ebpf])),
    optional(deep("deep_bpf_sockmap", "sock_map_get_from_fd", Group::Ebpf, &[Ebpf])),
    // Tracepoint tier. Calls that an architecture does not have (arm64 has no open, unlink…) are optional.
    optional(call("exit_open", "open", Opens, OPENS)),
    call("exit_openat", "openat", Opens, OPENS),
    optional(call("exit_openat2", "openat2", Opens, OPENS)),
    optional(call("exit_creat", "creat", Opens, OPENS)),
    call("exit_ftruncate", "ftruncate", Opens, &[FileCreate]),
    name_call("exit_truncate", "truncate", Opens, &[FileCreate]),
    touch("touch_set", "inode_set_ctime_to_ts"),
    touch("touch_exchanged", "ctime_ns_xchg"),
    touch("touch_skipped", "ctime_xchg_skip"),
    optional(name_call("exit_unlink", "unlink", Names, &[FileDelete])),
    name_call("exit_unlinkat", "unlinkat", Names, &[FileDelete]),
    optional(name_call("exit_rename", "rename", Names, NAMES)),
    optional(name_call("exit_renameat", "renameat", Names, NAMES)),
    name_call("exit_renameat2", "renameat2", Names, NAMES),
    optional(name_call("exit_link", "link", Names, &[FileCreate])),
    name_call("exit_linkat", "linkat", Names, &[FileCreate]),
    optional(name_call("exit_symlink", "symlink", Names, &[FileCreate])),
    name_call("exit_symlinkat", "symlinkat", Names, &[FileCreate]),
    optional(name_call("exit_mknod", "mknod", Names, &[FileCreate])),
    name_call("exit_mknodat", "mknodat", Names, &[FileCreate]),
    optional(name_call("exit_bind", "bind", Names, &[FileCreate])),
    call("exit_accept", "accept", Accepts, &[Network]),
    call("exit_accept4", "accept4", Accepts, &[Network]),
    datagram_call("exit_sendto", "sendto"),
    datagram_call("exit_sendmsg", "sendmsg"),
    datagram_call("exit_sendmmsg", "sendmmsg"),
    datagram_call("exit_recvfrom", "recvfrom"),
    datagram_call("exit_recvmsg", "recvmsg"),
    datagram_call("exit_recvmmsg", "recvmmsg"),
    call("exit_ptrace", "ptrace", Tracers, &[ProcessAccess]),
    call("exit_bpf", "bpf", Group::Ebpf, &[Ebpf]),
    optional(HookSpec {
        tier: Tier::Tracepoint,
        group: Group::CompatCalls,
        ..always(
            "uring_complete",
            Tracepoint("io_uring_complete"),
            &[FileCreate, FileDelete, RawAccess, Network],
            "files and accepted connections through io_uring",
        )
    }),
    request_taken("uring_taken", "io_uring_submit_req"),
    request_taken("uring_taken_sqe", "io_uring_submit_sqe"),
    optional(at_all_exits(
        "call_exit",
        Group::CallsByNumber,
        "calls at whose own exits the kernel lets nobody stand",
    )),
    #[cfg(target_arch = "x86_64")]
    at_all_exits("compat_exit", Group::CompatCalls, "what 32-bit system calls do"),
];

#[cfg(test)]
mod tests {
    use super::{Group, HOOKS, Need, Tier};

    #[test]
    fn each_hook_has_its_name_and_serves_something() {
        for (position, hook) in HOOKS.iter().enumerate() {
            assert!(
                HOOKS[..position].iter().all(|other| other.program != hook.program),
                "{} twice",
                hook.program
            );
            assert!(!hook.serves.is_empty(), "{} serves nothing", hook.program);
        }
    }

    #[test]
    fn each_tiered_group_has_both_tiers_and_serves_the_same_with_them() {
        for group in Group::TIERED {
            let served = |tier: Tier| {
                let mut served: Vec<String> = HOOKS
                    .iter()
                    .filter(|hook| hook.group == group && hook.tier == tier && hook.need == Need::Tier)
                    .flat_map(|hook| hook.serves.iter().map(|domain| format!("{domain:?}")))
                    .collect();
                served.sort();
                served.dedup();
                served
            };
            assert!(!served(Tier::Deep).is_empty(), "{group:?}");
            assert_eq!(served(Tier::Deep), served(Tier::Tracepoint), "{group:?}");
        }
    }
}
