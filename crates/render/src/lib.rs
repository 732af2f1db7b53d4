//! Events as text: the XML line of Sysmon for Linux, a JSON line, and two forms for people.
//!
//! Every form of any event is valid UTF-8, holds no control character and no line break of its values, and is at most
//! [`MAX_LINE`] bytes long; what does not fit is shortened visibly, with `...` at its end.
//!
//! The caller keeps one `String` and clears it between events, so that rendering allocates nothing.
//!
//! This crate must never do IO, ask a clock, know an event by name, or let a value change the shape of a line.

pub mod escape;
mod fit;
mod json;
mod sizes;
mod text;
mod xml;

pub use json::json;
pub use sizes::FieldSizes;
pub use text::{Colour, text, verbose};
pub use xml::xml;

use tuxmon_event::Timestamp;

/// Longest line in bytes. 64 KiB is what consumers take at most; a syslog header and a line feed have their place in
/// what is left of it.
pub const MAX_LINE: usize = 65_536 - 64;

/// `Provider Name` of every event.
pub const PROVIDER: &str = "Linux-Sysmon";
/// `Provider Guid` of every event.
pub const PROVIDER_GUID: &str = "{ff032593-a8d3-4f13-b0d6-01fc615a0f97}";
/// `Channel` of every event.
pub const CHANNEL: &str = "Linux-Sysmon/Operational";
/// `Keywords` of every event.
pub const KEYWORDS: &str = "0x8000000000000000";

/// What an event is written with, beside what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// `EventRecordID`: the running number.
    pub record_id: u64,
    /// `TimeCreated SystemTime`: when the event is written.
    pub written: Timestamp,
    /// `Execution ProcessID`: the agent's process.
    pub process_id: u32,
    /// `Execution ThreadID`: upstream writes the process id here too.
    pub thread_id: u32,
    /// `Computer`: the host name.
    pub computer: &'a str,
    /// `Security UserId`: the agent's user.
    pub user_id: u32,
    /// What stands behind the event's own fields, by name.
    pub additional: &'a [(&'a str, &'a str)],
}

impl Envelope<'_> {
    /// A host name has at most 64 characters on Linux and 253 in the DNS; the limit keeps the line's bound provable.
    fn short_computer(&self) -> &str {
        const LONGEST_COMPUTER: usize = 253;
        match self.computer {
            "" => "-",
            computer => &computer[..computer.floor_char_boundary(LONGEST_COMPUTER)],
        }
    }
}

fn push_number(number: u64, out: &mut String) {
    tuxmon_event::Value::Number(number).append_to(out);
}
