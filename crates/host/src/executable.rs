//! Which files are programs.
//!
//! When a file is deleted, its content can no longer be read. What its mode says is known from the kernel, and
//! what has been executed from it is remembered here.

use hashlink::LruCache;
use tuxmon_wire::File;

/// Any execute permission.
const EXECUTE: u32 = 0o111;
const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

const REMEMBERED_MAX: usize = 16_384;

/// Files that were seen to be programs.
#[derive(Debug)]
pub struct Executables {
    /// Device and inode, with the size: a number that is used again for another file seldom has all three.
    seen: LruCache<(u32, u64, u64), ()>,
}

impl Default for Executables {
    fn default() -> Self {
        Self { seen: LruCache::new(REMEMBERED_MAX) }
    }
}

impl Executables {
    /// This file was executed.
    pub fn remember(&mut self, file: &File) {
        if file.inode != 0 {
            self.seen.insert((file.device, file.inode, file.size), ());
        }
    }

    /// The value of IsExecutable: a regular file that may be executed, or that was. `None` when nothing is known
    /// of the file.
    pub fn is_executable(&mut self, file: &File) -> Option<bool> {
        if file.inode == 0 {
            return None;
        }
        let executed = self.seen.get(&(file.device, file.inode, file.size)).is_some();
        let may_be_executed = file.mode & TYPE == REGULAR && file.mode & EXECUTE != 0;
        Some(may_be_executed || executed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mode_or_memory_tells() {
        let mut executables = Executables::default();
        let file = |mode, inode| File { mode, inode, size: 5, device: 3, ..File::default() };
        assert_eq!(executables.is_executable(&file(0o100_755, 1)), Some(true));
        assert_eq!(executables.is_executable(&file(0o100_001, 1)), Some(true));
        assert_eq!(executables.is_executable(&file(0o100_644, 1)), Some(false));
        assert_eq!(executables.is_executable(&file(0o120_777, 1)), Some(false), "a symbolic link");
        assert_eq!(executables.is_executable(&file(0, 0)), None);
        executables.remember(&file(0o100_755, 1));
        assert_eq!(executables.is_executable(&file(0o100_644, 1)), Some(true), "its mode was taken away");
    }
}
