//! Whether a hook still is where it was attached.
//!
//! Whoever is root can detach a program from its cgroup, put another one in its place, or close the agent's descriptors.
//! Nobody tells the agent; so it asks the kernel for each link, which costs a system call each.

use libbpf_rs::Link;
use libbpf_rs::query::LinkTypeInfo;

/// What the kernel says of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    link: u32,
    program: u32,
    /// Of a link to a cgroup: becomes 0 when it is detached, while the link stays.
    cgroup: u64,
}

impl Mark {
    /// Asks. Nothing, where the kernel cannot say: before 5.15 the exits of system calls are no links.
    pub(crate) fn of(link: &Link) -> Option<Self> {
        let info = link.info().ok()?;
        let cgroup = if let LinkTypeInfo::Cgroup(cgroup) = info.info { cgroup.cgroup_id } else { 0 };
        Some(Self { link: info.id, program: info.prog_id, cgroup })
    }
}

/// A hook that was found detached or replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostHook {
    /// Its program.
    pub program: &'static str,
    /// Whether it is attached anew, or why not.
    pub restored: Result<(), String>,
}
