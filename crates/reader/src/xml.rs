//! One event's XML into its parts, leniently: files hold raw control characters, both kinds of quotes, namespaces and
//! references that XML forbids.

use memchr::memchr;

use crate::entities::{Transport, decode};
use crate::{Datum, Form, Place, Problem, ReadEvent, Reason, System};

/// Parses the text from `<Event` to `</Event>`.
pub fn parse(raw: String, place: Place, transport: Transport) -> Result<ReadEvent, Problem> {
    match parts(&raw, transport) {
        Ok((system, data)) => Ok(ReadEvent { system, data, raw, form: Form::Xml, place }),
        Err(reason) => Err(Problem { place, reason }),
    }
}

/// The event on one line, with one field's value replaced. Every value is written anew, so that also an event with
/// illegal characters or a syslog daemon's escapes comes out as the agent would write it.
pub(crate) fn with_value(event: &ReadEvent, name: &str, value: &str) -> String {
    let mut out = String::with_capacity(event.raw.len() + value.len());
    let mut done = 0;
    let mut replacement = Some(value);
    for datum in &event.data {
        let Some(span) = &datum.span else { continue };
        push_without_breaks(&event.raw[done..span.start], &mut out);
        let own = if datum.name == name { replacement.take() } else { None };
        tuxmon_render::escape::XML.append(own.unwrap_or(&datum.value), &mut out);
        done = span.end;
    }
    push_without_breaks(&event.raw[done..], &mut out);
    out
}

/// A break between elements or attributes is white space like any other.
fn push_without_breaks(markup: &str, out: &mut String) {
    out.extend(
        markup.chars().map(|character| if matches!(character, '\n' | '\r') { ' ' } else { character }),
    );
}

/// Which part of the event the parser is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Other,
    System,
    EventData,
}

fn parts(raw: &str, transport: Transport) -> Result<(System, Vec<Datum>), Reason> {
    let mut system = System::default();
    let mut event_id = None;
    let mut data = Vec::with_capacity(24);
    let mut section = Section::Other;
    let mut tags = Tags { raw, at: 0 };
    while let Some(tag) = tags.next_tag()? {
        match (section, tag.name) {
            (_, "System") => section = Section::System,
            (_, "EventData") => section = Section::EventData,
            (_, "/System" | "/EventData") => section = Section::Other,
            (Section::System, "EventID") => event_id = tags.text_after(&tag).trim().parse().ok(),
            (Section::System, _) => fill(&mut system, &tag, tags.text_after(&tag)),
            (Section::EventData, "Data") => data.push(datum(&tags, &tag, transport)),
            (Section::EventData | Section::Other, _) => {}
        }
    }
    system.event_id = event_id.ok_or(Reason::NoEventId)?;
    Ok((system, data))
}

/// An unreadable number counts as absent: the rest of the event is still worth having.
fn fill(system: &mut System, tag: &Tag<'_>, text: &str) {
    let trimmed = text.trim();
    match tag.name {
        "Provider" => system.provider = attribute(tag, "Name"),
        "Version" => system.version = trimmed.parse().unwrap_or_default(),
        "Level" => system.level = trimmed.parse().unwrap_or_default(),
        "Task" => system.task = trimmed.parse().unwrap_or_default(),
        "Opcode" => system.opcode = trimmed.parse().unwrap_or_default(),
        "Keywords" => trimmed.clone_into(&mut system.keywords),
        "TimeCreated" => system.system_time = attribute(tag, "SystemTime"),
        "EventRecordID" => system.record_id = trimmed.parse().ok(),
        "Execution" => {
            system.process_id = attribute(tag, "ProcessID").parse().unwrap_or_default();
            system.thread_id = attribute(tag, "ThreadID").parse().unwrap_or_default();
        }
        "Channel" => system.channel = decode(text, Transport::Plain),
        "Computer" => system.computer = decode(text, Transport::Plain),
        "Security" => system.user_id = user_id(tag),
        _ => {}
    }
}

/// Windows spells the attribute `UserID`.
fn user_id(tag: &Tag<'_>) -> String {
    match attribute(tag, "UserId") {
        none if none.is_empty() => attribute(tag, "UserID"),
        id => id,
    }
}

fn datum(tags: &Tags<'_>, tag: &Tag<'_>, transport: Transport) -> Datum {
    let text = tags.text_after(tag);
    let span = (!tag.is_empty_element).then(|| tags.at..tags.at + text.len());
    Datum { name: attribute(tag, "Name"), value: decode(text, transport), span }
}

/// The decoded value of an attribute; empty when there is none.
fn attribute(tag: &Tag<'_>, name: &str) -> String {
    let mut rest = tag.attributes;
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote @ ('"' | '\'')) = after.chars().next() else { break };
        let Some((value, left)) = after[1..].split_once(quote) else { break };
        if key.trim() == name {
            return decode(value, Transport::Plain);
        }
        rest = left;
    }
    String::new()
}

/// Walks from tag to tag.
struct Tags<'a> {
    raw: &'a str,
    /// Behind the last tag.
    at: usize,
}

struct Tag<'a> {
    /// With `/` in front for an end tag.
    name: &'a str,
    attributes: &'a str,
    is_empty_element: bool,
}

impl<'a> Tags<'a> {
    fn next_tag(&mut self) -> Result<Option<Tag<'a>>, Reason> {
        let Some(start) = memchr(b'<', &self.raw.as_bytes()[self.at..]) else { return Ok(None) };
        let body = &self.raw[self.at + start + 1..];
        let length = tag_length(body).ok_or(Reason::BrokenXml("a tag has no end"))?;
        self.at += start + 1 + length + 1;
        let body = &body[..length];
        let (body, is_empty_element) = match body.strip_suffix('/') {
            Some(body) => (body, true),
            None => (body, false),
        };
        let name_length = body.find(|byte: char| byte.is_ascii_whitespace()).unwrap_or(body.len());
        let (name, attributes) = body.split_at(name_length);
        if name.is_empty() {
            return Err(Reason::BrokenXml("a tag has no name"));
        }
        Ok(Some(Tag { name, attributes, is_empty_element }))
    }

    /// The text between the tag just passed and the next one; an empty element has none.
    fn text_after(&self, tag: &Tag<'_>) -> &'a str {
        if tag.is_empty_element {
            return "";
        }
        let rest = &self.raw[self.at..];
        &rest[..memchr(b'<', rest.as_bytes()).unwrap_or(rest.len())]
    }
}

/// Length of a tag's body up to its `>`; a `>` in a quoted attribute does not end it, unless the quote is never closed.
fn tag_length(body: &str) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in body.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(index),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None | Some(_), _) => {}
        }
    }
    memchr(b'>', body.as_bytes())
}
