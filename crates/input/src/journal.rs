//! The journal of this machine, as `journalctl` prints it.

use std::io::{self, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

/// What the journal has of the agent, as JSON. It can be read like a file; `journalctl` ends with it.
pub struct Journal {
    program: Child,
    printed: ChildStdout,
}

impl Journal {
    /// Starts `journalctl`: from this time on, and for ever where the journal is followed.
    pub fn open(since: Option<SystemTime>, follow: bool) -> io::Result<Self> {
        let mut command = Command::new("journalctl");
        // Without --all, journalctl writes null for a long message.
        command.args([
            "--quiet",
            "--no-pager",
            "--identifier=sysmon",
            "--output=json",
            "--output-fields=MESSAGE",
            "--all",
        ]);
        if let Some(since) = since {
            let since = since.duration_since(UNIX_EPOCH).unwrap_or_default();
            command.arg(format!("--since=@{}", since.as_secs()));
        }
        if follow {
            command.args(["--follow", "--no-tail"]);
        }
        Self::of(command)
    }

    fn of(mut command: Command) -> io::Result<Self> {
        let mut program = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let printed = program.stdout.take().expect("it was asked to be piped");
        Ok(Self { program, printed })
    }
}

impl Read for Journal {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.printed.read(buffer)
    }
}

impl std::os::fd::AsFd for Journal {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.printed.as_fd()
    }
}

impl Drop for Journal {
    /// One that follows would never end by itself.
    fn drop(&mut self) {
        self.program.kill().ok();
        self.program.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_ends_with_its_reader() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; exec sleep 1000"]);
        let mut journal = Journal::of(command).expect("there is a shell");
        let mut line = [0; 4];
        journal.read_exact(&mut line).expect("it prints");
        assert_eq!(&line, b"one\n");
        let pid = journal.program.id();
        drop(journal);
        assert!(!std::path::Path::new(&format!("/proc/{pid}/exe")).exists());
    }
}
