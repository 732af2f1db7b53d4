//! Event lines back into events.
//!
//! [`Reader`] takes any text that holds events (a syslog file, journald's JSON, our own XML or JSON lines, an export of
//! the Windows event log) and gives one [`ReadEvent`] after the other, in constant memory. It is as lenient as real
//! files ask for: a damaged event is reported as a [`Problem`] with its place, and reading goes on behind it.
//!
//! This crate must never open a file, never panic on input, and never hold more than [`MAX_EVENT`] bytes of an event.

mod ecs;
mod entities;
mod json;
mod stream;
mod xml;

pub use entities::{Transport, decode_into};
pub use json::{Line as JsonLine, parse as parse_json};
pub use stream::{Counts, Reader, transport};
pub use xml::parse as parse_xml;

/// Longest event that is read; what is longer is reported and skipped.
pub const MAX_EVENT: usize = 1 << 20;

/// One event as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadEvent {
    /// The part that every event has.
    pub system: System,
    /// Names and values in the order in which they were written, values decoded.
    pub data: Vec<Datum>,
    /// The event's own text, from `<Event` to `</Event>` or one JSON object; bytes that are not UTF-8 are U+FFFD.
    pub raw: String,
    /// How `raw` is written.
    pub form: Form,
    /// Where the event stood in the input.
    pub place: Place,
}

/// The `System` part of an event; what was not written is empty, 0 or `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct System {
    /// `Provider Name`, for example `Linux-Sysmon`.
    pub provider: String,
    /// `EventID`, which says what kind of event this is.
    pub event_id: u16,
    /// `Version` of this kind of event.
    pub version: u8,
    /// `Level`: 4 information, 2 error.
    pub level: u8,
    /// `Task`, equal to the event id.
    pub task: u16,
    /// `Opcode`, always 0.
    pub opcode: u8,
    /// `Keywords` as written.
    pub keywords: String,
    /// `TimeCreated SystemTime` as written: when the event was written, in UTC.
    pub system_time: String,
    /// `EventRecordID`, the running number.
    pub record_id: Option<u64>,
    /// `Execution ProcessID`: the agent's process.
    pub process_id: u32,
    /// `Execution ThreadID`.
    pub thread_id: u32,
    /// `Channel`.
    pub channel: String,
    /// `Computer`: the machine that wrote the event.
    pub computer: String,
    /// `Security UserId`: the agent's user, a number on Linux and a SID on Windows.
    pub user_id: String,
}

/// One `Data` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum {
    /// The field's name.
    pub name: String,
    /// The field's value, decoded; `-` where the writer had none.
    pub value: String,
    /// Where the written value stands in [`ReadEvent::raw`]; `None` in JSON and for an element without content.
    pub span: Option<std::ops::Range<usize>>,
}

/// How an event was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The XML of the Windows event log.
    Xml,
    /// tuxmon's JSON object.
    Json,
}

/// Where something stands in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line on which it starts, from 1.
    pub line: u64,
    /// Offset of its first byte in the input.
    pub start: u64,
    /// Offset behind its last byte.
    pub end: u64,
}

/// Why a piece of the input gave no event.
#[derive(Debug, thiserror::Error)]
#[error("line {}: {reason}", place.line)]
pub struct Problem {
    /// Where the piece stands.
    pub place: Place,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a piece of the input.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// The event has no end: its line was cut, or the input ends.
    #[error("the event is cut off before </Event>")]
    Truncated,
    /// The event does not end within [`MAX_EVENT`] bytes.
    #[error("the event is longer than {MAX_EVENT} bytes")]
    TooLong,
    /// There is no readable `EventID`.
    #[error("the event has no EventID")]
    NoEventId,
    /// A tag has no end or no name.
    #[error("the event's XML is broken: {0}")]
    BrokenXml(&'static str),
    /// A line that looks like one of our JSON events cannot be parsed.
    #[error("the event's JSON is broken: {0}")]
    BrokenJson(String),
    /// The input itself failed; nothing follows.
    #[error("cannot read on: {0}")]
    Input(#[source] std::io::Error),
}

impl ReadEvent {
    /// The value of the first field called `name`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.data.iter().find(|datum| datum.name == name).map(|datum| datum.value.as_str())
    }

    /// The event's text on one line, with the field `name` set to `value`; an event without that field stays as it is.
    pub fn with_value(&self, name: &str, value: &str) -> String {
        match self.form {
            Form::Xml => xml::with_value(self, name, value),
            Form::Json => json::with_value(self, name, value),
        }
    }
}
