//! Mount namespaces, and who shows them to us.
//!
//! What a path means in another mount namespace can only be seen through a process that lives there. Any of them
//! will do when the one that acted has ended.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

/// How many entries of `/proc` are looked at.
const PROCESSES_MAX: usize = 65_536;

/// How often all processes are looked through at most: a namespace that has ended is asked for in vain.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Processes by the mount namespace they show.
#[derive(Debug, Default)]
pub(crate) struct Namespaces {
    shown_by: HashMap<u32, u32>,
    looked: Option<Instant>,
}

impl Namespaces {
    /// A process that lives in a mount namespace.
    pub(crate) fn process_in(&mut self, namespace: u32) -> Option<u32> {
        if let Some(pid) = self.shown_by.get(&namespace).copied()
            && of(pid) == Some(namespace)
        {
            return Some(pid);
        }
        if self.looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY) {
            self.look();
        }
        self.shown_by.get(&namespace).copied()
    }

    fn look(&mut self) {
        self.looked = Some(Instant::now());
        self.shown_by.clear();
        let Ok(entries) = fs::read_dir("/proc") else { return };
        for entry in entries.flatten().take(PROCESSES_MAX) {
            let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if let Some((pid, namespace)) = pid.and_then(|pid| Some((pid, of(pid)?))) {
                self.shown_by.entry(namespace).or_insert(pid);
            }
        }
    }
}

/// Inode number of a process's mount namespace.
pub(crate) fn of(pid: u32) -> Option<u32> {
    number(&format!("/proc/{pid}/ns/mnt"))
}

/// Inode number of our own.
pub(crate) fn own() -> Option<u32> {
    number("/proc/self/ns/mnt")
}

fn number(path: &str) -> Option<u32> {
    fs::read_link(path).ok()?.to_str()?.strip_prefix("mnt:[")?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_shows_our_own() {
        let own = own().expect("we are running");
        let mut namespaces = Namespaces::default();
        let pid = namespaces.process_in(own).expect("at least we do");
        assert_eq!(of(pid), Some(own));
        assert_eq!(namespaces.process_in(1), None);
    }
}
