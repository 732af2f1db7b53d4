//! Least privilege: what the agent may still do once it runs.
//!
//! Two steps. Before any thread is started, everything that is never needed goes, for good: whatever thread comes later
//! has no more. After the kernel side is up, the thread that walks the line gives up what only the start needed.

use rustix::thread::{CapabilitySet, CapabilitySets};

/// What collecting needs, and why; each was tried by leaving it out. docs/decisions/0015-privileges.md has the results.
const NEEDED: &[(CapabilitySet, &str)] = &[
    (CapabilitySet::BPF, "load programs, also when the configuration changes"),
    (
        CapabilitySet::PERFMON,
        "attach them to tracepoints and kernel functions, and read kernel memory in them",
    ),
    (CapabilitySet::NET_ADMIN, "attach programs at the root cgroup"),
    (CapabilitySet::SYS_PTRACE, "follow /proc/PID/exe, root and cwd of processes of any user"),
    (CapabilitySet::DAC_READ_SEARCH, "read executed files of any user, to hash them"),
];

/// What only the start needs.
const START: &[(CapabilitySet, &str)] = &[
    (CapabilitySet::SYS_ADMIN, "mount tracefs, and the version 2 cgroup tree, where nobody did"),
    (CapabilitySet::SYS_RESOURCE, "raise the limit of locked memory on kernels before 5.11"),
];

/// Where the agent writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writes {
    /// Into its own folder, and to sockets that anyone may write to.
    OwnFolder,
    /// Also to files that were named, in folders of any user.
    AnyFile,
}

/// Drops, for this thread and those that it will start, everything that the agent never needs, and forbids programs to
/// give anything back.
pub(crate) fn keep_what_the_start_needs(writes: Writes) {
    warn(limit_for_start(writes));
}

/// Drops, for this thread, what only the start needed.
pub(crate) fn keep_what_collecting_needs(writes: Writes) {
    warn(limit_to(needed(writes)));
}

/// An agent that has more than it needs still does its work.
fn warn(troubles: Vec<String>) {
    for trouble in troubles {
        tracing::warn!(trouble, "privileges that are not needed could not be dropped");
    }
}

fn limit_for_start(writes: Writes) -> Vec<String> {
    let mut troubles = Vec::new();
    let keep = needed(writes) | union(START);
    for capability in CapabilitySet::all().iter().filter(|capability| !keep.contains(*capability)) {
        // A service manager may have dropped it already, and then also the right to drop. A kernel that does not know the
        // capability says no.
        if !rustix::thread::capability_is_in_bounding_set(capability).unwrap_or(false) {
            continue;
        }
        if let Err(errno) = rustix::thread::remove_capability_from_bounding_set(capability) {
            troubles.push(format!("bounding set, {capability:?}: {errno}"));
        }
    }
    troubles.extend(limit_to(keep));
    if let Err(errno) = rustix::thread::set_no_new_privs(true) {
        troubles.push(format!("no new privileges: {errno}"));
    }
    troubles
}

fn needed(writes: Writes) -> CapabilitySet {
    match writes {
        Writes::OwnFolder => union(NEEDED),
        Writes::AnyFile => union(NEEDED) | CapabilitySet::DAC_OVERRIDE,
    }
}

fn union(rows: &[(CapabilitySet, &str)]) -> CapabilitySet {
    rows.iter().fold(CapabilitySet::empty(), |all, (one, _)| all | *one)
}

fn limit_to(keep: CapabilitySet) -> Vec<String> {
    let limited = rustix::thread::capabilities(None).and_then(|sets| {
        let kept = sets.permitted & keep;
        let sets = CapabilitySets {
            effective: kept,
            permitted: kept,
            // What it starts, should it ever start anything, gets nothing.
            inheritable: CapabilitySet::empty(),
        };
        rustix::thread::set_capabilities(None, sets)
    });
    limited.err().map(|errno| format!("capabilities: {errno}")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::{START, Writes, limit_for_start, limit_to, needed, union};

    #[test]
    fn a_thread_that_was_limited_has_no_more_than_needed() {
        // In a thread of its own: the others of this test keep what they have.
        let limited = thread::spawn(|| {
            let before = rustix::thread::capabilities(None).expect("a thread may ask").permitted;
            let needed = needed(Writes::OwnFolder);
            let troubles = limit_for_start(Writes::OwnFolder);
            let started = rustix::thread::capabilities(None).expect("a thread may ask").permitted;
            assert_eq!(started, before & (needed | union(START)), "{troubles:?}");
            assert_eq!(limit_to(needed), Vec::<String>::new());
            let after = rustix::thread::capabilities(None).expect("a thread may ask");
            assert_eq!(after.permitted, before & needed);
            assert_eq!(after.effective, after.permitted);
            assert!(after.inheritable.is_empty());
            assert!(rustix::thread::no_new_privs().expect("a thread may ask"));
        });
        limited.join().expect("the assertions hold");
    }
}
