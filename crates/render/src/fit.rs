//! Keeping a line within [`MAX_LINE`].
//!
//! Almost every event fits, so a line is first written as it is, and only measured. What is too long is written again
//! with its texts cut: ParentCommandLine first, then CommandLine, then whichever is longest, each no further than to
//! [`FLOOR`], so that a long command line cannot wash the other fields out of its event.

use tuxmon_event::{Event, Value};

use crate::MAX_LINE;
use crate::escape::Escape;
use crate::sizes::{Cut, FieldSizes, MARK};

/// No text is cut below this many written bytes. Thirty of them and the frame of any event stay below [`MAX_LINE`].
const FLOOR: usize = 1024;

/// Compat: outputxml.cpp — these two are trimmed before others, in this order.
const TRIMMED_FIRST: [&str; 2] = ["ParentCommandLine", "CommandLine"];

/// How the texts of an event are cut.
pub(crate) enum Cuts<'e> {
    /// By the configuration alone.
    Configured(&'e FieldSizes),
    /// So that the line fits; one entry for each field.
    Fitted(Vec<Cut<'e>>),
}

impl Cuts<'_> {
    /// What is written of the text at this position.
    pub(crate) fn text<'t>(&'t self, position: usize, field: &str, text: &'t str) -> Cut<'t> {
        match self {
            Cuts::Configured(sizes) => sizes.cut(field, text),
            Cuts::Fitted(cuts) => cuts[position],
        }
    }
}

/// Appends what `write` makes of the event, with its texts cut as far as needed.
pub(crate) fn write_bounded(
    event: &Event,
    sizes: &FieldSizes,
    escape: &Escape,
    out: &mut String,
    write: impl Fn(&Cuts<'_>, &mut String),
) {
    let start = out.len();
    write(&Cuts::Configured(sizes), out);
    if let Some(excess @ 1..) = (out.len() - start).checked_sub(MAX_LINE) {
        out.truncate(start);
        write(&Cuts::Fitted(fitted(event, sizes, escape, excess)), out);
        debug_assert!(out.len() - start <= MAX_LINE, "the floors of all fields fit into a line");
    }
}

/// Appends a cut text in a form.
pub(crate) fn append_cut(cut: Cut<'_>, escape: &Escape, out: &mut String) {
    escape.append(cut.kept, out);
    if cut.marked {
        out.push_str(MARK);
    }
}

/// Appends a text that is no field of the event, cut to what every text may have.
pub(crate) fn append_additional(text: &str, escape: &Escape, out: &mut String) {
    let start = out.len();
    escape.append(text, out);
    if out.len() - start > FLOOR {
        out.truncate(start);
        append_cut(shorten(text, FLOOR, escape).0, escape, out);
    }
}

fn fitted<'e>(event: &'e Event, sizes: &FieldSizes, escape: &Escape, mut excess: usize) -> Vec<Cut<'e>> {
    let mut written = String::new();
    let mut cuts = Vec::new();
    let mut order = Vec::new();
    for (position, (field, value)) in event.values().enumerate() {
        let text = if let Value::Text(text) = value { text } else { "" };
        let cut = sizes.cut(field.name, text);
        written.clear();
        append_cut(cut, escape, &mut written);
        let rank = TRIMMED_FIRST.iter().position(|&name| name == field.name).unwrap_or(TRIMMED_FIRST.len());
        order.push((rank, std::cmp::Reverse(written.len()), position));
        cuts.push(cut);
    }
    order.sort_unstable();
    for (_, std::cmp::Reverse(size), position) in order {
        if excess > 0 && size > FLOOR {
            let room = size.saturating_sub(excess).max(FLOOR);
            let (cut, used) = shorten(cuts[position].kept, room, escape);
            cuts[position] = cut;
            excess = excess.saturating_sub(size - used);
        }
    }
    cuts
}

/// The longest beginning of `text` that with the mark takes no more than `room` bytes when written, and what it takes.
fn shorten<'e>(text: &'e str, room: usize, escape: &Escape) -> (Cut<'e>, usize) {
    let mut used = MARK.len();
    let mut written = String::new();
    for (at, character) in text.char_indices() {
        written.clear();
        escape.append_char(character, &mut written);
        if used + written.len() > room {
            return (Cut { kept: &text[..at], marked: true }, used);
        }
        used += written.len();
    }
    (Cut { kept: text, marked: true }, used)
}
