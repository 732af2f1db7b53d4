//! Where the output goes: a pager for a person, else the standard output.

use std::io::{self, IsTerminal, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

/// The output.
pub(super) enum Screen {
    /// The standard output itself.
    Direct(io::StdoutLock<'static>),
    /// A pager that was started, and its input.
    Pager(Child, Option<ChildStdin>),
}

impl Screen {
    /// The standard output.
    pub(super) fn direct() -> Self {
        Self::Direct(io::stdout().lock())
    }

    /// A pager: `$PAGER`, else less, which shows colours and ends by itself when all fits on the screen. Where there is
    /// none, the standard output.
    pub(super) fn paged() -> Self {
        let wish = std::env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
        let mut command = match &wish {
            Some(pager) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", pager]);
                shell
            }
            None => Command::new("less"),
        };
        if std::env::var_os("LESS").is_none() {
            command.env("LESS", "FRSX");
        }
        match command.stdin(Stdio::piped()).spawn() {
            Ok(mut child) => {
                let input = child.stdin.take();
                Self::Pager(child, input)
            }
            Err(_) => Self::direct(),
        }
    }

    /// Waits for the reader to close the pager.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Direct(out) => out.flush(),
            Self::Pager(child, input) => {
                drop(input.take());
                child.wait().map(drop)
            }
        }
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Direct(out) => out.write(bytes),
            Self::Pager(_, Some(input)) => input.write(bytes),
            Self::Pager(_, None) => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Direct(out) => out.flush(),
            Self::Pager(_, Some(input)) => input.flush(),
            Self::Pager(_, None) => Ok(()),
        }
    }
}

/// Whether a person looks at the standard output.
pub(super) fn is_watched() -> bool {
    io::stdout().is_terminal()
}
