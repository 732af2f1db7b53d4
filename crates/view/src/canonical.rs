//! The fields of an event in the one layout in which Sysmon for Linux and this agent write, without copying them.
//!
//! Everything else (other white space, namespaces, Windows' empty elements with a blank) is left to
//! `tuxmon_reader::parse_xml`; a law in `tests/` compares the two.

use memchr::{memchr, memchr3, memmem};
use tuxmon_reader::{Transport, decode_into};

use crate::entry::{Entry, Span, Written};
use crate::head::LONGEST_HEAD;

/// What ends the head, of which the caller keeps a finder.
pub(crate) const SYSTEM_END: &[u8] = b"</System>";
const DATA_START: &[u8] = b"<EventData>";
const DATA_END: &[u8] = b"</EventData></Event>";
const FIELD_START: &[u8] = b"<Data Name=";
const FIELD_END: &[u8] = b"</Data>";

/// Where the fields of `event` stand. `None` when it is not written in this layout; then `entries` and `decoded` may
/// hold a part of them.
pub(crate) fn fields(
    event: &str,
    system_end: &memmem::Finder<'_>,
    transport: Transport,
    entries: &mut Vec<Entry>,
    decoded: &mut String,
) -> Option<()> {
    let bytes = event.as_bytes();
    let head = &bytes[..bytes.len().min(LONGEST_HEAD)];
    let mut at = system_end.find(head)? + SYSTEM_END.len();
    at += bytes[at..].starts_with(DATA_START).then_some(DATA_START.len())?;
    while bytes[at..].starts_with(FIELD_START) {
        let quote = *bytes.get(at + FIELD_START.len()).filter(|quote| matches!(quote, b'"' | b'\''))?;
        let name = at + FIELD_START.len() + 1;
        let name_length = name_length(&bytes[name..], quote)?;
        let value = name + name_length + 2;
        if bytes.get(value - 1) != Some(&b'>') {
            return None;
        }
        let (value_length, plain) = value_length(&bytes[value..])?;
        entries.push(Entry {
            name: Written::Raw(Span::new(name, name_length)),
            value: if plain {
                Written::Raw(Span::new(value, value_length))
            } else {
                let start = decoded.len();
                decode_into(&event[value..value + value_length], transport, decoded);
                Written::Decoded(Span::new(start, decoded.len() - start))
            },
        });
        at = value + value_length;
        at += bytes[at..].starts_with(FIELD_END).then_some(FIELD_END.len())?;
    }
    (&bytes[at..] == DATA_END).then_some(())
}

/// Length of the name up to its closing quote; `None` for one that has to be decoded. Names are short: a plain loop is
/// over before a search has begun.
fn name_length(text: &[u8], quote: u8) -> Option<usize> {
    let end = text.iter().position(|&byte| byte == quote || matches!(byte, b'&' | b'<'))?;
    (text[end] == quote).then_some(end)
}

/// Length of the value up to the next tag, and whether it is written as it is meant.
fn value_length(text: &[u8]) -> Option<(usize, bool)> {
    let stop = memchr3(b'<', b'&', b'#', text)?;
    if text[stop] == b'<' {
        return Some((stop, true));
    }
    memchr(b'<', &text[stop..]).map(|more| (stop + more, false))
}
