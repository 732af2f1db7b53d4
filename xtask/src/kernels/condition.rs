//! The conditions that a kernel is put under.

use super::Tier;

/// What is special about a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Nothing; the agent serves by this tier alone.
    Usual(Tier),
    /// The kernel's types are hidden; the agent is given a file of them.
    BtfLess,
    /// Booted with `lockdown=integrity`.
    Lockdown,
    /// The flavour for all machines, which has x32 calls and is told to allow them.
    X32(Tier),
    /// All programs are loaded, and no test runs: there is no agent for this machine here.
    LoadOnly,
}

/// All of them, in the order of the tables.
const ALL: &[Condition] = &[
    Condition::Usual(Tier::Deep),
    Condition::Usual(Tier::Tracepoint),
    Condition::BtfLess,
    Condition::Lockdown,
    Condition::X32(Tier::Deep),
    Condition::X32(Tier::Tracepoint),
    Condition::LoadOnly,
];

impl Condition {
    /// For the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Condition::Usual(tier) => tier.name(),
            Condition::BtfLess => "BTF from a file",
            Condition::Lockdown => "lockdown=integrity",
            Condition::X32(Tier::Deep) => "x32 calls, deep",
            Condition::X32(Tier::Tracepoint) => "x32 calls, tracepoint",
            Condition::LoadOnly => "loaded only",
        }
    }

    /// For names of files.
    pub(super) fn short(self) -> &'static str {
        match self {
            Condition::Usual(tier) => tier.name(),
            Condition::BtfLess => "btf-less",
            Condition::Lockdown => "lockdown",
            Condition::X32(Tier::Deep) => "x32-deep",
            Condition::X32(Tier::Tracepoint) => "x32-tracepoint",
            Condition::LoadOnly => "load",
        }
    }

    /// The condition with this name of files.
    pub(super) fn of_short(name: &str) -> Option<Condition> {
        ALL.iter().copied().find(|condition| condition.short() == name)
    }

    /// Its place in a table.
    pub(super) fn place(self) -> usize {
        ALL.iter().position(|condition| *condition == self).unwrap_or(ALL.len())
    }

    /// What the agent is told.
    pub(super) fn tier(self) -> &'static str {
        match self {
            Condition::Usual(tier) | Condition::X32(tier) => tier.name(),
            Condition::BtfLess | Condition::Lockdown | Condition::LoadOnly => "auto",
        }
    }

    /// What the kernel is told.
    pub(super) fn kernel_argument(self) -> &'static str {
        match self {
            Condition::Lockdown => "lockdown=integrity",
            Condition::X32(_) => "syscall.x32=y",
            Condition::Usual(_) | Condition::BtfLess | Condition::LoadOnly => "",
        }
    }
}
