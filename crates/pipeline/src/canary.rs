//! The self-test, seen from the line: which of the deeds that it does have come by.
//!
//! The process that tests does each deed itself, or lets a child of its own do it. So a record is known by its process, and
//! is looked at before the rules, which may drop it.

use tuxmon_wire::{Direction, Fact, NameDeed, OpenDeed, Protocol};

use crate::source::Collect;

/// A harmless deed that must be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canary {
    /// A process was made.
    Fork,
    /// It executed a program.
    Exec,
    /// It ended.
    Exit,
    /// A connection was made.
    Connect,
    /// And taken.
    Accept,
    /// A datagram was sent.
    Datagram,
    /// A block device was opened.
    RawDevice,
    /// A process was traced.
    Trace,
    /// A file was made.
    Create,
    /// It got another name.
    Rename,
    /// It was removed.
    Remove,
    /// An eBPF program was loaded.
    LoadProgram,
}

impl Canary {
    /// All of them, in the order in which they are printed.
    pub const ALL: [Self; 12] = [
        Self::Fork,
        Self::Exec,
        Self::Exit,
        Self::Connect,
        Self::Accept,
        Self::Datagram,
        Self::RawDevice,
        Self::Trace,
        Self::Create,
        Self::Rename,
        Self::Remove,
        Self::LoadProgram,
    ];

    /// What was done, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fork => "process made",
            Self::Exec => "program executed",
            Self::Exit => "process ended",
            Self::Connect => "connection made",
            Self::Accept => "connection taken",
            Self::Datagram => "datagram sent",
            Self::RawDevice => "block device opened",
            Self::Trace => "process traced",
            Self::Create => "file made",
            Self::Rename => "file renamed",
            Self::Remove => "file removed",
            Self::LoadProgram => "eBPF program loaded",
        }
    }

    /// The one of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|canary| canary.name() == name)
    }

    /// Whether it is to be seen when this is collected.
    pub fn is_collected(self, collect: Collect) -> bool {
        match self {
            Self::Fork | Self::Exec | Self::Exit => true,
            Self::Connect | Self::Accept | Self::Datagram => collect.network,
            Self::RawDevice => collect.raw_access,
            Self::Trace => collect.process_access,
            Self::Create | Self::Rename => collect.file_create,
            Self::Remove => collect.file_delete,
            Self::LoadProgram => collect.ebpf,
        }
    }
}

/// A test makes a few children; who makes more is no test.
const MOST_CHILDREN: usize = 16;

/// A self-test under way.
#[derive(Debug)]
pub(crate) struct Canaries {
    /// Who tests.
    pub(crate) pid: u32,
    children: Vec<u32>,
    /// What came by, each once.
    pub(crate) seen: Vec<Canary>,
}

impl Canaries {
    /// None has come by yet.
    pub(crate) fn of(pid: u32) -> Self {
        Self { pid, children: Vec::new(), seen: Vec::new() }
    }

    /// Takes note of a record.
    pub(crate) fn look(&mut self, fact: &Fact<'_>) {
        let Some(canary) = self.recognise(fact) else { return };
        if !self.seen.contains(&canary) {
            self.seen.push(canary);
        }
    }

    fn recognise(&mut self, fact: &Fact<'_>) -> Option<Canary> {
        let is_ours = fact.task().identity.pid == self.pid;
        let is_child = self.children.contains(&fact.task().identity.pid);
        match fact {
            Fact::Fork(fork) if fork.parent.identity.pid == self.pid => {
                if self.children.len() < MOST_CHILDREN {
                    self.children.push(fork.task.identity.pid);
                }
                Some(Canary::Fork)
            }
            Fact::Exec(_) if is_child => Some(Canary::Exec),
            Fact::Exit(_) if is_child => Some(Canary::Exit),
            Fact::FileOpen(open) if is_ours => match open.deed {
                OpenDeed::Created => Some(Canary::Create),
                OpenDeed::RawDevice => Some(Canary::RawDevice),
                OpenDeed::Overwritten => None,
            },
            Fact::FileName(name) if is_ours => match name.deed {
                NameDeed::Rename => Some(Canary::Rename),
                NameDeed::Unlink => Some(Canary::Remove),
                NameDeed::Link | NameDeed::Symlink | NameDeed::Mknod | NameDeed::Truncate => None,
            },
            Fact::Network(network) if is_ours => match (network.protocol, network.direction) {
                (Protocol::Tcp, Direction::Out) => Some(Canary::Connect),
                (Protocol::Tcp, Direction::In) => Some(Canary::Accept),
                (Protocol::Udp, Direction::Out | Direction::In) => Some(Canary::Datagram),
            },
            Fact::Ptrace(_) if is_ours => Some(Canary::Trace),
            Fact::Bpf(_) if is_ours => Some(Canary::LoadProgram),
            Fact::Seed(_)
            | Fact::Exec(_)
            | Fact::Fork(_)
            | Fact::Exit(_)
            | Fact::FileOpen(_)
            | Fact::FileName(_)
            | Fact::Network(_)
            | Fact::Ptrace(_)
            | Fact::Bpf(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use tuxmon_wire::{Exit, Fact, Fork, Identity, Task};

    use super::{Canaries, Canary};

    fn task(pid: u32) -> Task {
        Task { identity: Identity { pid, ..Identity::default() }, ..Task::default() }
    }

    #[test]
    fn names_are_unique_and_found() {
        for canary in Canary::ALL {
            assert_eq!(Canary::of_name(canary.name()), Some(canary));
        }
        assert_eq!(Canary::of_name("seen"), None);
    }

    #[test]
    fn only_the_deeds_of_the_test_and_its_children_count() {
        let mut canaries = Canaries::of(7);
        let ended = |pid| Fact::Exit(Exit { task: task(pid), exit_code: 0 });
        let made = |pid, parent| Fact::Fork(Fork { task: task(pid), parent: task(parent) });
        for fact in [ended(8), made(9, 6), ended(9), ended(7)] {
            canaries.look(&fact);
        }
        assert_eq!(canaries.seen, [], "others do the same all the time");
        for fact in [made(8, 7), ended(8), made(8, 7)] {
            canaries.look(&fact);
        }
        assert_eq!(canaries.seen, [Canary::Fork, Canary::Exit], "each once");
    }
}
