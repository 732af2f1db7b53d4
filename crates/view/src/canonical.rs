//! The fields of an event in the one layout in which Sysmon for Linux and this agent write, without copying them.
//!
//! Everything else (other white space, namespaces, Windows' empty elements with a blank) is left to
//! `tuxmon_reader::parse_xml`; a law in `tests/` compares the two.

use memchr::{memchr, memchr2, memmem};
use tuxmon_reader::{Transport, decode_into};

use crate::event::{Entry, Span, Written};

const SYSTEM_END: &[u8] = b"</System>";
const DATA_START: &[u8] = b"<EventData>";
const DATA_END: &[u8] = b"</EventData></Event>";
const FIELD_START: &[u8] = b"<Data Name=";
const FIELD_END: &[u8] = b"</Data>";

/// Where the fields of `event` stand. `None` when it is not written in this layout; then `entries` and `decoded` may
/// hold a part of them.
pub(crate) fn fields(
    event: &str,
    transport: Transport,
    entries: &mut Vec<Entry>,
    decoded: &mut String,
) -> Option<()> {
    let bytes = event.as_bytes();
    let mut at = memmem::find(bytes, SYSTEM_END)? + SYSTEM_END.len();
    at += bytes[at..].starts_with(DATA_START).then_some(DATA_START.len())?;
    while bytes[at..].starts_with(FIELD_START) {
        let quote = *bytes.get(at + FIELD_START.len())?;
        let name = at + FIELD_START.len() + 1;
        let name_length = memchr(quote, &bytes[name..]).filter(|_| matches!(quote, b'"' | b'\''))?;
        let value = name + name_length + 2;
        let plain_tag = bytes.get(value - 1) == Some(&b'>');
        let plain_name = memchr2(b'&', b'<', &bytes[name..name + name_length]).is_none();
        let value_length = memchr(b'<', bytes.get(value..)?).filter(|_| plain_tag && plain_name)?;
        let written = &event[value..value + value_length];
        entries.push(Entry {
            name: Written::Raw(Span::new(name, name_length)),
            value: match memchr2(b'&', b'#', written.as_bytes()) {
                None => Written::Raw(Span::new(value, value_length)),
                Some(_) => {
                    let start = decoded.len();
                    decode_into(written, transport, decoded);
                    Written::Decoded(Span::new(start, decoded.len() - start))
                }
            },
        });
        at = value + value_length;
        at += bytes[at..].starts_with(FIELD_END).then_some(FIELD_END.len())?;
    }
    (&bytes[at..] == DATA_END).then_some(())
}
