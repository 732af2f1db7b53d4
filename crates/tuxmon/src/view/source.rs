//! A place with events.

use std::fmt;
use std::path::PathBuf;

/// A place with events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The standard input.
    StandardInput,
    /// A file.
    File(PathBuf),
    /// The journal, through `journalctl`.
    Journal,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardInput => f.write_str("the standard input"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Journal => f.write_str("the journal"),
        }
    }
}
