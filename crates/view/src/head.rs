//! What is known of an event before it is parsed, and what of it is wanted.

use std::ops::RangeInclusive;

use memchr::memmem;
use tuxmon_event::{EVENTS, Timestamp};

/// The system part of an event ends within these bytes.
pub(crate) const LONGEST_HEAD: usize = 2048;

/// A set of event ids; the ids of Sysmon are below 256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventIds([u64; 4]);

/// What a word is that names no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no event: use an id such as 3, a name such as NetworkConnect, or a list such as 1,3")]
pub struct IdError(String);

impl EventIds {
    /// No event.
    pub const NONE: Self = Self([0; 4]);

    /// Adds an id; an id of 256 or more is of no event and stays out.
    pub fn insert(&mut self, id: u16) {
        if let Some(bits) = self.0.get_mut(usize::from(id / 64)) {
            *bits |= 1 << (id % 64);
        }
    }

    /// Whether the id is in the set.
    pub fn contains(self, id: u16) -> bool {
        self.0.get(usize::from(id / 64)).is_some_and(|bits| bits & 1 << (id % 64) != 0)
    }

    /// Adds a list such as `1,NetworkConnect`: ids, names of events and elements of configurations, in any case.
    pub fn insert_list(&mut self, list: &str) -> Result<(), IdError> {
        for word in list.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word.parse::<u16>() {
                Ok(id @ 0..=255) => self.insert(id),
                Ok(_) => return Err(IdError(word.to_owned())),
                Err(_) => self.insert_name(word)?,
            }
        }
        Ok(())
    }

    fn insert_name(&mut self, word: &str) -> Result<(), IdError> {
        let named = EVENTS.iter().filter(|event| {
            let names = [Some(event.name), event.tag, Some(event.stem), Some(event.suffix)];
            names.into_iter().flatten().any(|name| name.eq_ignore_ascii_case(word))
        });
        let before = *self;
        let count = named.map(|event| self.insert(event.id)).count();
        if count == 0 && before == *self { Err(IdError(word.to_owned())) } else { Ok(()) }
    }
}

/// Which events are wanted, by what their heads say. The default wants all.
#[derive(Debug, Clone, Default)]
pub struct Sieve {
    /// The ids; `None` is any.
    pub ids: Option<EventIds>,
    /// The record numbers; an event without one does not pass.
    pub records: Option<RangeInclusive<u64>>,
    /// Written at this time or later.
    pub since: Option<Timestamp>,
    /// Written at this time or earlier.
    pub until: Option<Timestamp>,
}

/// A sieve with its times as the text that events hold.
#[derive(Debug, Clone)]
pub(crate) struct ReadySieve {
    ids: Option<EventIds>,
    records: Option<RangeInclusive<u64>>,
    since: Option<String>,
    until: Option<String>,
    id_tag: memmem::Finder<'static>,
}

const ID_TAG: &[u8] = b"<EventID";

impl ReadySieve {
    pub(crate) fn new(sieve: Sieve) -> Self {
        Self {
            ids: sieve.ids,
            records: sieve.records,
            since: sieve.since.map(Timestamp::system_time),
            until: sieve.until.map(Timestamp::system_time),
            id_tag: memmem::Finder::new(ID_TAG),
        }
    }

    /// Whether an event with this head is wanted.
    pub(crate) fn takes(&self, id: u16, record_id: Option<u64>, system_time: &[u8]) -> bool {
        self.takes_id(id)
            && self.records.as_ref().is_none_or(|wanted| record_id.is_some_and(|id| wanted.contains(&id)))
            && self.since.as_ref().is_none_or(|since| at_or_after(system_time, since.as_bytes()))
            && self.until.as_ref().is_none_or(|until| at_or_after(until.as_bytes(), system_time))
    }

    fn takes_id(&self, id: u16) -> bool {
        self.ids.is_none_or(|ids| ids.contains(id))
    }

    /// What the head of an event's XML says.
    pub(crate) fn look(&self, event: &[u8]) -> Look {
        let head = &event[..event.len().min(LONGEST_HEAD)];
        let tag = self.id_tag.find(head).map(|start| start + ID_TAG.len());
        let Some((id, at)) = tag.and_then(|tag| number_behind(head, tag)) else { return Look::Unclear };
        let Ok(id) = u16::try_from(id) else { return Look::Unclear };
        if !self.takes_id(id) {
            return Look::Rejected;
        }
        if self.records.is_none() && self.since.is_none() && self.until.is_none() {
            return Look::Taken(id);
        }
        let record_id = number_in(head, b"<EventRecordID", at).map(|(number, _)| number);
        match system_time(head) {
            Some(time) if self.takes(id, record_id, time) => Look::Taken(id),
            Some(_) => Look::Rejected,
            None => Look::Unclear,
        }
    }

    /// Whether a line of JSON shows that it is not wanted: one of our own begins with the id, and in one of journald the
    /// message is XML.
    pub(crate) fn rejects_json(&self, line: &[u8]) -> bool {
        let head = &line[..line.len().min(LONGEST_HEAD)];
        let own = head.strip_prefix(b"{\"EventID\":").map(digits);
        let id = match own {
            Some(id) => id,
            None => number_in(line, ID_TAG, 0).map(|(id, _)| id),
        };
        id.and_then(|id| u16::try_from(id).ok()).is_some_and(|id| !self.takes_id(id))
    }
}

/// What can be said of an event without parsing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// It is not wanted.
    Rejected,
    /// It is wanted, and this is its id.
    Taken(u16),
    /// Its head is not written as usual.
    Unclear,
}

/// The number in the element that begins with `tag`, and the offset behind it.
fn number_in(head: &[u8], tag: &[u8], from: usize) -> Option<(u64, usize)> {
    let start = from + memmem::find(&head[from..], tag)? + tag.len();
    number_behind(head, start)
}

/// The number behind the tag that goes on at `start`, and the offset of its first digit.
fn number_behind(head: &[u8], start: usize) -> Option<(u64, usize)> {
    let text = start + memchr::memchr(b'>', &head[start..])? + 1;
    digits(&head[text..]).map(|number| (number, text))
}

/// The decimal number at the start of a text.
fn digits(text: &[u8]) -> Option<u64> {
    let text = text.trim_ascii_start();
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    str::from_utf8(&text[..length]).ok()?.parse().ok()
}

/// The attribute with the time, which stands in either kind of quotes.
pub(crate) fn system_time(head: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"SystemTime=";
    let start = memmem::find(head, NAME)? + NAME.len();
    let quote = *head.get(start)?;
    let value = &head[start + 1..];
    Some(&value[..memchr::memchr(quote, value)?])
}

/// Whether one time of the form `YYYY-MM-DDTHH:MM:SS.fff…Z` is not before another; fractions may have any length. An
/// event without a time passes no limit.
fn at_or_after(time: &[u8], limit: &[u8]) -> bool {
    const SECONDS: usize = "2026-11-21T05:31:50".len();
    let (Some((seconds, fraction)), Some((least, least_fraction))) =
        (time.split_at_checked(SECONDS), limit.split_at_checked(SECONDS))
    else {
        return false;
    };
    if seconds != least {
        return seconds > least;
    }
    let digit = |fraction: &[u8], place: usize| match fraction.get(place + 1) {
        Some(digit) if digit.is_ascii_digit() => *digit,
        Some(_) | None => b'0',
    };
    let places = fraction.len().max(least_fraction.len());
    let first_difference =
        (0..places).map(|place| (digit(fraction, place), digit(least_fraction, place))).find(|(a, b)| a != b);
    first_difference.is_none_or(|(ours, least)| ours > least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbers_names_and_elements() {
        let mut ids = EventIds::NONE;
        ids.insert_list("1, networkconnect,RegistryEvent,file_delete,255").expect("all are events");
        let chosen: Vec<u16> = (0..300).filter(|&id| ids.contains(id)).collect();
        assert_eq!(chosen, [1, 3, 12, 13, 14, 23, 255]);
        for wrong in ["300", "-1", "Process", "1;2"] {
            let mut none = EventIds::NONE;
            assert_eq!(none.insert_list(wrong), Err(IdError(wrong.to_owned())), "{wrong}");
        }
    }

    #[test]
    fn times_compare_whatever_their_fractions() {
        let check = |time: &str, limit: &str, expected: bool| {
            assert_eq!(at_or_after(time.as_bytes(), limit.as_bytes()), expected, "{time} {limit}");
        };
        check("2026-11-21T05:31:50.672520000Z", "2026-11-21T05:31:50.672520000Z", true);
        check("2026-11-21T05:31:50.672Z", "2026-11-21T05:31:50.672000000Z", true);
        check("2026-11-21T05:31:50Z", "2026-11-21T05:31:50.000000001Z", false);
        check("2026-11-21T05:31:50.67Z", "2026-11-21T05:31:50.672000000Z", false);
        check("2026-11-21T05:31:51Z", "2026-11-21T05:31:50.672000000Z", true);
        check("2025-11-21T05:31:51Z", "2026-11-21T05:31:50.672000000Z", false);
        check("", "2026-11-21T05:31:50.672000000Z", false);
    }

    #[test]
    fn a_head_is_read_in_both_forms() {
        let linux = br#"<Event><System><EventID>3</EventID><TimeCreated SystemTime="2026-11-21T05:31:50.672520000Z"/><EventRecordID>17</EventRecordID>"#;
        let windows = b"<Event xmlns='x'><System><EventID Qualifiers=''>3</EventID><TimeCreated SystemTime='2026-11-21T05:31:50.6725200Z'/><EventRecordID>17</EventRecordID>";
        let sieve = |sieve: Sieve| ReadySieve::new(sieve);
        let mut ids = EventIds::NONE;
        ids.insert(1);
        for event in [linux.as_slice(), windows] {
            let look = |wanted: Sieve| sieve(wanted).look(event);
            assert_eq!(look(Sieve::default()), Look::Taken(3));
            assert_eq!(look(Sieve { ids: Some(ids), ..Sieve::default() }), Look::Rejected);
            assert_eq!(look(Sieve { records: Some(17..=17), ..Sieve::default() }), Look::Taken(3));
            assert_eq!(look(Sieve { records: Some(18..=20), ..Sieve::default() }), Look::Rejected);
            let late = Some(Timestamp(2_000_000_000_000_000_000));
            assert_eq!(look(Sieve { since: late, ..Sieve::default() }), Look::Rejected);
            assert_eq!(look(Sieve { until: late, ..Sieve::default() }), Look::Taken(3));
        }
        assert_eq!(sieve(Sieve::default()).look(b"<Event></Event>"), Look::Unclear);
    }
}
