//! What `/proc` says of a process, for processes that no record has told of.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;

use tuxmon_wire::Identity;

/// One tick of the start times in `/proc`, which are hundredths of a second on every architecture.
const TICK_NS: u64 = 10_000_000;

const DELETED: &[u8] = b" (deleted)";

/// As many bytes of arguments as the kernel side sends at most.
const ARGUMENTS_MAX: u64 = 128 * 1024;

/// The fields of `/proc/PID/stat` that we use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) name: Vec<u8>,
    pub(crate) parent: u32,
    pub(crate) start_ticks: u64,
    /// Bottom of the stack: chosen at random by each exec, so it changes with the image.
    pub(crate) stack: u64,
}

/// What `/proc` says of a process; empty where it says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) stat: Stat,
    pub(crate) image: Vec<u8>,
    pub(crate) directory: Vec<u8>,
    pub(crate) arguments: Vec<u8>,
}

/// Reads `/proc/PID/stat`.
pub(crate) fn stat(pid: u32) -> Option<Stat> {
    parse_stat(&fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// The process with this identity when it still has the pid, however often it has executed since.
pub(crate) fn stat_of(identity: &Identity) -> Option<Stat> {
    stat(identity.pid).filter(|stat| stat.start_ticks == identity.start.0 / TICK_NS)
}

/// Reads all that `/proc` says of a process. May block: the arguments lie in the process's own memory.
pub(crate) fn find(identity: &Identity) -> Option<Found> {
    let before = stat_of(identity)?;
    let pid = identity.pid;
    let image = image_of(pid);
    let directory = link(&format!("/proc/{pid}/cwd"));
    let mut arguments = Vec::new();
    if let Ok(file) = File::open(format!("/proc/{pid}/cmdline")) {
        // What was read before an error is still true.
        let _ = file.take(ARGUMENTS_MAX).read_to_end(&mut arguments);
    }
    let after = stat_of(identity)?;
    (before.stack == after.stack).then_some(Found { stat: after, image, directory, arguments })
}

/// Path of the executed file, without the ` (deleted)` that the kernel appends when it has no name any more.
fn image_of(pid: u32) -> Vec<u8> {
    let path = format!("/proc/{pid}/exe");
    let mut image = link(&path);
    let is_deleted = fs::metadata(&path).is_ok_and(|data| data.nlink() == 0);
    if is_deleted && image.ends_with(DELETED) {
        image.truncate(image.len() - DELETED.len());
    }
    image
}

fn link(path: &str) -> Vec<u8> {
    fs::read_link(path).map(|target| target.into_os_string().into_vec()).unwrap_or_default()
}

/// The name may hold spaces and parentheses: the last `)` ends it.
fn parse_stat(bytes: &[u8]) -> Option<Stat> {
    let begin = bytes.iter().position(|byte| *byte == b'(')? + 1;
    let end = bytes.iter().rposition(|byte| *byte == b')')?;
    let name = bytes.get(begin..end)?.to_vec();
    let rest = std::str::from_utf8(bytes.get(end + 1..)?).ok()?;
    // Fields are numbered as in proc(5); the first one after the name is number 3.
    let field = |number: usize| rest.split_ascii_whitespace().nth(number - 3);
    Some(Stat {
        name,
        parent: field(4)?.parse().ok()?,
        start_ticks: field(22)?.parse().ok()?,
        stack: field(28)?.parse().ok()?,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use tuxmon_wire::BootTime;

    use super::*;

    /// This very process, as precisely as `/proc` knows it.
    pub(crate) fn own_identity() -> Identity {
        let pid = std::process::id();
        let stat = stat(pid).expect("we are running");
        Identity { pid, start: BootTime(stat.start_ticks * TICK_NS + 1), exec_id: 7 }
    }

    #[test]
    fn a_name_may_hold_anything() {
        let line = b"42 (a) R 9 (b) S 7 42 42 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 555 1 2 3 4 5 6 7 8 9";
        let stat = parse_stat(line).expect("a line of proc");
        assert_eq!(
            (stat.name, stat.parent, stat.start_ticks, stat.stack),
            (b"a) R 9 (b".to_vec(), 7, 555, 6)
        );
        assert_eq!(parse_stat(b""), None);
        assert_eq!(parse_stat(b"1 (x"), None);
        assert_eq!(parse_stat(b"1 )x("), None);
    }

    #[test]
    fn we_find_ourselves_and_nobody_with_another_start() {
        let own = own_identity();
        let found = find(&own).expect("we are running");
        let exe = std::env::current_exe().expect("we have an image").into_os_string().into_vec();
        assert_eq!(found.image, exe);
        assert!(found.arguments.ends_with(b"\0"));
        let other = Identity { start: BootTime(own.start.0 + 10 * TICK_NS), ..own };
        assert_eq!(find(&other), None);
    }
}
