//! A process and all that it starts.

use std::collections::{HashSet, VecDeque};

use tuxmon_wire::{BootTime, Fact, Identity, Task};

/// Ended members that are still known, for records that come late.
const ENDED_MAX: usize = 65_536;

/// A process, whatever it executes.
type Key = (u32, BootTime);

/// The members of a family, known from the records of their making.
pub(crate) struct Family {
    /// Who makes the first member, and its process id.
    maker: u32,
    first: u32,
    members: HashSet<Key>,
    ended: VecDeque<Key>,
}

impl Family {
    /// The family of the process `first`, which `maker` makes or has just made.
    pub(crate) fn of(maker: u32, first: u32) -> Self {
        Self { maker, first, members: HashSet::new(), ended: VecDeque::new() }
    }

    /// Whether this is a deed of the family.
    pub(crate) fn takes(&mut self, fact: &Fact<'_>) -> bool {
        let task = fact.task();
        if let Fact::Fork(fork) = fact {
            let is_first = fork.parent.identity.pid == self.maker && task.identity.pid == self.first;
            if is_first || self.has(&fork.parent) {
                self.members.insert(key(&task.identity));
            }
        }
        let is_member = self.has(task);
        if is_member && matches!(fact, Fact::Exit(_)) {
            self.ended.push_back(key(&task.identity));
            if self.ended.len() > ENDED_MAX
                && let Some(oldest) = self.ended.pop_front()
            {
                self.members.remove(&oldest);
            }
        }
        is_member
    }

    fn has(&self, task: &Task) -> bool {
        self.members.contains(&key(&task.identity))
    }
}

fn key(identity: &Identity) -> Key {
    (identity.pid, identity.start)
}

#[cfg(test)]
mod tests {
    use tuxmon_wire::{BootTime, Exit, Fact, Fork, Identity, Task};

    use super::Family;

    fn task(pid: u32, start: u64) -> Task {
        Task { identity: Identity { pid, start: BootTime(start), exec_id: 1 }, ..Task::default() }
    }

    fn fork(child: Task, parent: Task) -> Fact<'static> {
        Fact::Fork(Fork { task: child, parent })
    }

    fn exit(task: Task) -> Fact<'static> {
        Fact::Exit(Exit { task, exit_code: 0 })
    }

    #[test]
    fn only_the_family_is_taken() {
        let mut family = Family::of(1, 100);
        let (maker, first, child) = (task(1, 0), task(100, 5), task(101, 6));
        assert!(!family.takes(&exit(task(100, 1))), "who had the number before");
        assert!(!family.takes(&fork(task(99, 4), maker)), "a sibling");
        assert!(family.takes(&fork(first, maker)));
        assert!(family.takes(&fork(child, first)));
        assert!(!family.takes(&fork(task(102, 7), task(99, 4))));
        assert!(family.takes(&exit(first)));
        assert!(family.takes(&fork(task(103, 8), child)), "a grandchild");
        assert!(!family.takes(&exit(task(100, 9))), "who has the number now");
    }
}
