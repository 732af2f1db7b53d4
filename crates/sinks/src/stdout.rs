//! Standard output.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::stream::LineStream;
use crate::{Destination, Line, Outcome, Stop};

/// Writes to standard output; a pipe whose reader has left is no crash, but the end of this sink.
pub struct StandardOutput {
    output: Patient,
    lines: LineStream,
}

/// A descriptor whose writes do not hang: it may be shared with other programs, so it cannot be made non-blocking.
struct Patient(File);

impl StandardOutput {
    /// Takes this process's standard output.
    pub fn new() -> io::Result<StandardOutput> {
        Ok(StandardOutput::over(io::stdout().as_fd().try_clone_to_owned()?))
    }

    /// Writes to any descriptor as if it were standard output.
    pub fn over(descriptor: OwnedFd) -> StandardOutput {
        StandardOutput { output: Patient(File::from(descriptor)), lines: LineStream::default() }
    }
}

impl Destination for StandardOutput {
    fn name(&self) -> String {
        "stdout".to_owned()
    }

    fn write(&mut self, lines: &[Line]) -> Outcome {
        let (finished, error) = self.lines.write(lines, &mut self.output);
        Outcome { finished, stop: error.map(stop) }
    }

    fn reopen(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) {}

    fn take_torn(&mut self) -> u64 {
        0
    }
}

impl Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        /// A pipe that is ready takes this many bytes without waiting for its reader.
        const PIPE_BUF: usize = 4096;
        const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
        if poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], Some(&PATIENCE))? == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.0.write(&bytes[..bytes.len().min(PIPE_BUF)])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn stop(error: io::Error) -> Stop {
    match (error.kind(), Errno::from_io_error(&error)) {
        // Another program may have made a shared terminal or pipe non-blocking.
        (ErrorKind::WouldBlock, _) => Stop::Busy,
        // No reader, a terminal that hung up, or no descriptor at all.
        (ErrorKind::BrokenPipe, _) | (_, Some(Errno::IO | Errno::BADF)) => Stop::Gone(error),
        _ => Stop::Failed(error),
    }
}
