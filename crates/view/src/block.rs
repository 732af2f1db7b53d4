//! The form of the original's viewer: a heading, then one indented line for each field.

use tuxmon_event::spec;

use crate::event::Event;
use crate::fields::append_shown;
use crate::safe::{append_safely, is_printable_ascii};

/// What the original prints for a value of no characters.
pub const NO_VALUE: &str = "--NULL--";

pub(crate) fn append(event: &Event<'_>, out: &mut String) {
    append_heading(event, out);
    if event.is_printable() {
        for (name, value) in event.fields() {
            append_field(name, value, out);
        }
        return;
    }
    for (name, value) in event.fields() {
        out.push('\t');
        append_safely(name, out);
        out.push_str(": ");
        append_safely(if value.is_empty() { NO_VALUE } else { value }, out);
        out.push('\n');
    }
}

pub(crate) fn append_some(event: &Event<'_>, shown: &[Vec<&'static str>], out: &mut String) {
    append_heading(event, out);
    for spellings in shown {
        out.push('\t');
        out.push_str(spellings[0]);
        out.push_str(": ");
        append_shown(event, spellings, usize::MAX, out);
        out.push('\n');
    }
}

/// Appends one field exactly as the original's viewer does: whatever the value holds goes out as it is.
pub fn append_field(name: &str, value: &str, out: &mut String) {
    let value = if value.is_empty() { NO_VALUE } else { value };
    out.reserve(name.len() + value.len() + "\t: \n".len());
    out.push('\t');
    out.push_str(name);
    out.push_str(": ");
    out.push_str(value);
    out.push('\n');
}

fn append_heading(event: &Event<'_>, out: &mut String) {
    out.push_str("Event ");
    match spec(event.id) {
        Some(spec) => {
            out.push_str("SYSMONEVENT_");
            out.push_str(spec.suffix);
        }
        None => out.push_str("UNKNOWN_EVENT"),
    }
    out.push('\n');
}

impl Event<'_> {
    /// Whether nothing in the event needs to be made visible.
    fn is_printable(&self) -> bool {
        is_printable_ascii(self.raw) && self.decoded_is_printable()
    }
}
