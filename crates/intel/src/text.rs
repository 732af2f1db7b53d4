//! One value on each line. What follows `#`, or `;` at the beginning, is a comment; what follows the value is its note.

use crate::indicator::Indicator;
use crate::reading::{Reading, shown};

pub(crate) fn read(text: &str, reading: &mut Reading<'_>) {
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) || line.starts_with("//") {
            continue;
        }
        let (line, comment) = line.split_once(" #").unwrap_or((line, ""));
        let (value, note) = line.split_once([' ', '\t', ',']).unwrap_or((line, ""));
        let note = if note.trim().is_empty() { comment } else { note };
        let (value, note) = of_hosts_file(value, note).unwrap_or((value, note));
        match Indicator::guess(value) {
            Some(indicator) => reading.add(indicator.with(note, None)),
            None => reading.problem(
                number,
                "not-an-indicator",
                format!("'{}' is no hash, address, network, domain or URL", shown(value)),
                "one value a line; a comment begins with #",
            ),
        }
    }
}

/// Lists of domains also come as files of hosts, `0.0.0.0 evil.example`; these addresses mean nobody.
fn of_hosts_file<'a>(value: &str, note: &'a str) -> Option<(&'a str, &'a str)> {
    let is_nobody = matches!(value, "0.0.0.0" | "127.0.0.1" | "::" | "::1");
    let name = note.split_whitespace().next().filter(|name| name.contains('.'))?;
    is_nobody.then_some((name, ""))
}
