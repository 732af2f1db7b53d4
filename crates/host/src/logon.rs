//! Logins on pseudo terminals, from the system's login records.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::identity::Terminal;

/// Where the records are; the second name is the first one's older place.
const FILES: [&str; 2] = ["/run/utmp", "/var/run/utmp"];
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// How long what was read is good for.
const LASTS: Duration = Duration::from_secs(2);

/// A record with this type is a login of a user.
const USER_PROCESS: u16 = 7;

/// Where the parts of a record stand. The type is at 0 everywhere; the length of the time differs.
#[cfg(not(target_arch = "aarch64"))]
const LAYOUT: Layout = Layout { size: 384, seconds: 340 };
#[cfg(target_arch = "aarch64")]
const LAYOUT: Layout = Layout { size: 400, seconds: 344 };

const LINE: std::ops::Range<usize> = 8..40;
const USER: std::ops::Range<usize> = 44..76;

struct Layout {
    size: usize,
    seconds: usize,
}

/// The logins of this machine.
#[derive(Debug)]
pub struct Logins {
    file: Option<PathBuf>,
    records: Vec<Login>,
    read: Option<Instant>,
}

/// One login on a pseudo terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Login {
    index: u32,
    user: Vec<u8>,
    seconds: u32,
}

impl Logins {
    /// The logins of this machine. A system that keeps no such records has none.
    pub fn of_this_machine() -> Self {
        let file = FILES.iter().map(PathBuf::from).find(|path| path.exists());
        Self { file, records: Vec::new(), read: None }
    }

    /// Nobody logged in: a recording does not tell.
    pub fn of_a_recording() -> Self {
        Self { file: None, records: Vec::new(), read: None }
    }

    /// The logins that a file records.
    pub fn of_file(file: &Path) -> Self {
        Self { file: Some(file.into()), records: Vec::new(), read: None }
    }

    /// The login of a user on the pseudo terminal with this index; without a record of one it began at second 0.
    pub fn terminal(&mut self, index: u32, user: &str) -> Terminal {
        self.refresh(Instant::now());
        let found = self.records.iter().find(|login| login.index == index && login.user == user.as_bytes());
        Terminal { index, login_seconds: found.map_or(0, |login| login.seconds) }
    }

    fn refresh(&mut self, now: Instant) {
        if self.read.is_some_and(|read| now.duration_since(read) < LASTS) {
            return;
        }
        self.read = Some(now);
        let Some(path) = &self.file else { return };
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes));
        self.records = if read.is_ok() { parse(&bytes) } else { Vec::new() };
    }
}

fn parse(bytes: &[u8]) -> Vec<Login> {
    bytes.chunks_exact(LAYOUT.size).filter_map(login).collect()
}

fn login(record: &[u8]) -> Option<Login> {
    if u16::from_ne_bytes([record[0], record[1]]) != USER_PROCESS {
        return None;
    }
    let line = std::str::from_utf8(text(&record[LINE])).ok()?;
    let index = line.strip_prefix("pts/")?.parse().ok()?;
    let seconds = record[LAYOUT.seconds..].first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))?;
    Some(Login { index, user: text(&record[USER]).to_vec(), seconds })
}

/// The bytes before the first NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, line: &str, user: &str, seconds: u32) -> Vec<u8> {
        let mut record = vec![0; LAYOUT.size];
        record[..2].copy_from_slice(&kind.to_ne_bytes());
        record[8..8 + line.len()].copy_from_slice(line.as_bytes());
        record[44..44 + user.len()].copy_from_slice(user.as_bytes());
        record[LAYOUT.seconds..LAYOUT.seconds + 4].copy_from_slice(&seconds.to_ne_bytes());
        record
    }

    #[test]
    fn the_login_of_that_user_on_that_terminal_counts() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("utmp");
        let long = "u".repeat(32);
        let records = [
            record(2, "~", "reboot", 1),
            record(8, "pts/3", "dead", 2),
            record(7, "tty1", "root", 3),
            record(7, "pts/3", "ann", 1_700_000_000),
            record(7, "pts/4", &long, 1_800_000_000),
            vec![7, 0, 1],
        ];
        std::fs::write(&path, records.concat()).expect("it can be written");
        let mut logins = Logins::of_file(&path);
        assert_eq!(logins.terminal(3, "ann"), Terminal { index: 3, login_seconds: 1_700_000_000 });
        assert_eq!(logins.terminal(4, &long).login_seconds, 1_800_000_000);
        assert_eq!(logins.terminal(3, "bob").login_seconds, 0);
        assert_eq!(logins.terminal(9, "ann").login_seconds, 0);
        assert_eq!(Logins::of_this_machine().terminal(4_000_000, "nobody").login_seconds, 0);
    }
}
