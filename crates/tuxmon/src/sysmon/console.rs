//! Where the command line prints: results on one stream, usage and remarks for people on the other.

use std::io::{self, Write};

/// Prints a line on standard output, where scripts read.
pub(crate) fn say(line: &str) {
    print(line);
    print("\n");
}

/// Prints text on standard output as it is.
pub(crate) fn print(text: &str) {
    // A reader that went away (`sysmon -s | head`) ends nothing, and there is nobody to tell.
    let _ = io::stdout().write_all(text.as_bytes());
}

/// Prints a line on standard error, where people read.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Columns of the terminal behind standard error; 80 when it is none.
pub(crate) fn width() -> usize {
    const USUAL: usize = 80;
    let columns = rustix::termios::tcgetwinsize(io::stderr()).map_or(0, |size| usize::from(size.ws_col));
    if columns == 0 { USUAL } else { columns.clamp(40, 200) }
}
