//! A file to which lines are appended.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::stream::LineStream;
use crate::{Destination, Line, Outcome, Stop};

/// Appends to a file that only its owner may read, follows no symbolic link at its end, and keeps every line whole also
/// on a disk that fills up: it waits in the middle of the line and goes on there.
pub struct AppendedFile {
    path: PathBuf,
    file: File,
    lines: LineStream,
    /// Where the file ended when a line was left in the middle.
    end: u64,
    torn: u64,
}

impl AppendedFile {
    /// Opens or creates the file. What a crash left at its end without a line feed gets one.
    pub fn open(path: &Path) -> io::Result<AppendedFile> {
        let (file, torn) = open(path)?;
        Ok(AppendedFile { path: path.to_owned(), file, lines: LineStream::default(), end: 0, torn })
    }

    /// Someone cut or continued the file while a line was in its middle: the rest of the line would stand alone.
    fn start_over_if_changed(&mut self) -> io::Result<()> {
        if self.lines.is_torn() && self.file.metadata()?.len() != self.end {
            self.end_torn_line()?;
        }
        Ok(())
    }

    fn end_torn_line(&mut self) -> io::Result<()> {
        end_last_line(&mut self.file)?;
        self.lines.start_over();
        self.torn += 1;
        Ok(())
    }
}

impl Destination for AppendedFile {
    fn name(&self) -> String {
        format!("file:{}", self.path.display())
    }

    fn write(&mut self, lines: &[Line]) -> Outcome {
        if let Err(error) = self.start_over_if_changed() {
            return Outcome { finished: 0, stop: Some(Stop::Failed(error)) };
        }
        let (finished, error) = self.lines.write(lines, &mut self.file);
        if self.lines.is_torn() {
            // A position that cannot be had differs from the real one, and the line starts over: safe.
            self.end = self.file.stream_position().unwrap_or(u64::MAX);
        }
        Outcome { finished, stop: error.map(Stop::Failed) }
    }

    fn reopen(&mut self) -> io::Result<()> {
        let (file, torn) = open(&self.path)?;
        if self.lines.is_torn() {
            // The line starts over in the new file; ending it in the old one is all that can still be done there.
            let _ = end_last_line(&mut self.file);
            self.lines.start_over();
            self.torn += 1;
        }
        self.file = file;
        self.torn += torn;
        Ok(())
    }

    fn finish(&mut self) {
        if self.lines.is_torn() {
            // On failure the next start ends the line.
            let _ = self.end_torn_line();
        }
    }

    fn take_torn(&mut self) -> u64 {
        std::mem::take(&mut self.torn)
    }
}

/// The file, and how many torn lines it ended with.
fn open(path: &Path) -> io::Result<(File, u64)> {
    // Without O_NONBLOCK, opening a named pipe would wait for its reader.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let torn = end_last_line(&mut file)?;
    Ok((file, torn))
}

/// Puts a line feed at the end if there is none; says how many it put.
fn end_last_line(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let mut last = [b'\n'];
    if length > 0 {
        file.read_exact_at(&mut last, length - 1)?;
    }
    if last == [b'\n'] {
        return Ok(0);
    }
    file.write_all(b"\n")?;
    Ok(1)
}
