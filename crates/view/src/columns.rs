//! Values separated by commas (RFC 4180), one event on a line.

use crate::event::Event;
use crate::fields::{append_value, field_names};
use crate::head::EventIds;
use crate::safe::append_safely;

/// Every field that these events can have.
pub(crate) fn of_events(ids: Option<EventIds>) -> Vec<Vec<&'static str>> {
    field_names(ids).into_iter().map(|name| vec![name]).collect()
}

pub(crate) fn append_heading(columns: &[Vec<&'static str>], out: &mut String) {
    append_row(columns.iter().map(|spellings| spellings[0]), out);
}

pub(crate) fn append(event: &Event<'_>, columns: &[Vec<&'static str>], out: &mut String) {
    let mut value = String::new();
    for (position, spellings) in columns.iter().enumerate() {
        value.clear();
        append_value(event, spellings, &mut value);
        if position > 0 {
            out.push(',');
        }
        append_cell(&value, out);
    }
    out.push('\n');
}

/// Appends one line.
pub(crate) fn append_row<'a>(cells: impl Iterator<Item = &'a str>, out: &mut String) {
    for (position, cell) in cells.enumerate() {
        if position > 0 {
            out.push(',');
        }
        append_cell(cell, out);
    }
    out.push('\n');
}

/// A value in quotes where it needs them; control characters are written visibly, so that a line stays a line.
fn append_cell(value: &str, out: &mut String) {
    if !value.contains([',', '"', '\n', '\r']) {
        return append_safely(value, out);
    }
    out.push('"');
    for (position, part) in value.split('"').enumerate() {
        if position > 0 {
            out.push_str("\"\"");
        }
        append_safely(part, out);
    }
    out.push('"');
}
