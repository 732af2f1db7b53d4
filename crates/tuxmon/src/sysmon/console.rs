//! Where the command line prints: results on one stream, usage and remarks for people on the other.

use std::io::{self, Write};

/// Standard output and standard error. A reader that went away (`sysmon -s | head`) ends nothing.
#[derive(Debug, Default)]
pub(crate) struct Console;

impl Console {
    /// Prints a line on standard output, where scripts read.
    pub(crate) fn say(&self, line: &str) {
        self.print(line);
        self.print("\n");
    }

    /// Prints text on standard output as it is.
    pub(crate) fn print(&self, text: &str) {
        // Nobody reads any more: there is nobody to tell either.
        let _ = io::stdout().write_all(text.as_bytes());
    }

    /// Prints a line on standard error, where people read.
    pub(crate) fn note(&self, line: &str) {
        let _ = writeln!(io::stderr(), "{line}");
    }

    /// Columns of the terminal behind standard error; 80 when it is none.
    pub(crate) fn width(&self) -> usize {
        const USUAL: usize = 80;
        let columns = rustix::termios::tcgetwinsize(io::stderr()).map_or(0, |size| usize::from(size.ws_col));
        if columns == 0 { USUAL } else { columns.clamp(40, 200) }
    }
}
