//! Whether a log holds events at all, found out without reading all of a long one.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use tuxmon_event::Timestamp;
use tuxmon_view::{Events, Item, Sieve};

use super::source::Source;

/// What was written last is looked at first: this much of a file's end.
const TAIL: u64 = 8 << 20;
/// Then at most so much of all files of one log together.
const MOST_READ: u64 = 256 << 20;

/// One look at a log.
pub(super) struct Probe {
    sieve: Sieve,
    left: u64,
}

impl Probe {
    /// A look for events written since this time.
    pub(super) fn new(since: Option<Timestamp>) -> Self {
        Self { sieve: Sieve { since, ..Sieve::default() }, left: MOST_READ }
    }

    /// Whether these files, the oldest first, hold an event.
    pub(super) fn holds_events(&mut self, files: &[Source]) -> bool {
        files.iter().rev().any(|source| match source {
            Source::File(path) => self.file_holds_events(path).unwrap_or(false),
            Source::StandardInput | Source::Journal => false,
        })
    }

    /// Whether these files hold an event, or the newest is still empty.
    pub(super) fn may_hold_events(&mut self, files: &[Source]) -> bool {
        let is_empty = match files.last() {
            Some(Source::File(path)) => path.metadata().is_ok_and(|it| it.len() == 0),
            Some(Source::StandardInput | Source::Journal) | None => false,
        };
        is_empty || self.holds_events(files)
    }

    fn file_holds_events(&mut self, path: &Path) -> io::Result<bool> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        if length > TAIL {
            file.seek(SeekFrom::Start(length - TAIL))?;
            if self.any(file) {
                return Ok(true);
            }
        }
        let input = tuxmon_input::file(path)?;
        Ok(self.any(input))
    }

    /// Whether what can be read here, as far as it is looked at, gives an event.
    fn any(&mut self, input: impl Read) -> bool {
        let mut input = input.take(self.left);
        let found = any_event(&mut input, &self.sieve);
        self.left = input.limit();
        found
    }
}

fn any_event(input: impl Read, sieve: &Sieve) -> bool {
    let mut events = Events::new(input, sieve.clone());
    loop {
        match events.next() {
            Item::Event(_) => return true,
            Item::Problem(_) | Item::Pause => {}
            Item::End => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const EVENT: &str = "<Event><System><EventID>5</EventID>\
        <TimeCreated SystemTime=\"2026-11-21T05:31:50.672520000Z\"/><EventRecordID>17</EventRecordID></System>\
        <EventData><Data Name=\"ProcessId\">1</Data></EventData></Event>\n";

    fn noise(bytes: u64) -> Vec<u8> {
        let line = b"Nov 21 05:31:50 vm cron: nothing\n";
        line.iter().copied().cycle().take(usize::try_from(bytes).expect("a few megabytes")).collect()
    }

    #[test]
    fn events_are_found_at_either_end_of_a_long_file() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let path = folder.path().join("log");
        let holds = |parts: &[&[u8]]| {
            std::fs::write(&path, parts.concat()).expect("it is written");
            Probe::new(None).holds_events(&[Source::File(path.clone())])
        };
        let long = noise(TAIL + 4096);
        assert!(!holds(&[&long]));
        assert!(holds(&[&long, b"\n", EVENT.as_bytes()]));
        assert!(holds(&[EVENT.as_bytes(), &long]));
        assert!(!holds(&[]));
    }

    #[test]
    fn compressed_files_are_looked_into() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(EVENT.as_bytes()).expect("memory takes it");
        let folder = tempfile::tempdir().expect("a temporary directory");
        let path = folder.path().join("log.2.gz");
        std::fs::write(&path, packed.finish().expect("memory takes it")).expect("it is written");
        let files = [Source::File(path)];
        assert!(Probe::new(None).holds_events(&files));
        let after = Timestamp(1_800_000_000_000_000_000);
        assert!(!Probe::new(Some(after)).holds_events(&files));
    }

    #[test]
    fn a_look_ends() {
        let mut probe = Probe::new(None);
        assert!(!probe.any(io::repeat(b'x')));
        assert_eq!(probe.left, 0);
        assert!(!probe.any(EVENT.as_bytes()), "nothing is left to read");
    }
}
