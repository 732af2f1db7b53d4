//! One event after the other, parsed in place.

use std::borrow::Cow;
use std::io::Read;

use memchr::memmem;
use tuxmon_reader::{Counts, Form, JsonLine, Problem, ReadEvent, Reason, System, parse_json, parse_xml};

use crate::canonical;
use crate::entry::{Entry, Span, Written};
use crate::head::{ReadySieve, Sieve, system_time};
use crate::safe::is_printable_ascii;
use crate::scan::{Found, Scanner, Step};

/// All events of an input that pass a sieve; see the crate's description.
pub struct Events<R> {
    scanner: Scanner<R>,
    parsed: Parsed,
    given: u64,
    broken: u64,
    paused: bool,
}

/// What [`Events::next`] came to.
#[derive(Debug)]
pub enum Item<'a> {
    /// An event that passes the sieve.
    Event(Event<'a>),
    /// A piece of the input that gives none.
    Problem(Problem),
    /// All that has come so far was given, and the next call may wait for more: the time to show what was printed.
    Pause,
    /// The input is at its end.
    End,
}

/// One event, borrowed from where it was read.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The id, which says what kind of event this is.
    pub id: u16,
    /// The event's own text, as it was written; bytes that are not UTF-8 are U+FFFD.
    pub raw: &'a str,
    /// How `raw` is written.
    pub form: Form,
    entries: &'a [Entry],
    decoded: &'a str,
    system: Option<&'a System>,
}

/// Room for the parts of one event, used again for the next one.
#[derive(Debug)]
struct Parsed {
    entries: Vec<Entry>,
    /// Values (and names) that are not written as they are meant.
    decoded: String,
    /// The whole text, where it is not UTF-8.
    lossy: String,
    kept: Kept,
    system_end: memmem::Finder<'static>,
}

/// What is kept of an event that was not parsed in place.
#[derive(Debug, Default)]
struct Kept {
    text: String,
    system: System,
}

/// What a piece is that had to be parsed in full to say whether it is wanted.
enum Full {
    Wanted,
    NotWanted,
    Foreign,
    NotJson,
    Broken(Reason),
}

impl<R: Read> Events<R> {
    /// Reads the events of `input` that pass `sieve`.
    pub fn new(input: R, sieve: Sieve) -> Self {
        let scanner = Scanner::new(input, ReadySieve::new(sieve));
        Self { scanner, parsed: Parsed::new(), given: 0, broken: 0, paused: false }
    }

    /// What was read so far; events that did not pass are not counted.
    pub fn counts(&self) -> Counts {
        let scanned = self.scanner.counts;
        Counts { events: self.given, problems: scanned.problems + self.broken, ..scanned }
    }

    /// The next event that passes, or what else there is to say.
    #[allow(clippy::should_implement_trait)] // the event is borrowed, which an Iterator cannot express
    pub fn next(&mut self) -> Item<'_> {
        let found = loop {
            match self.scanner.step() {
                Step::Found(found) if found.in_place => break found,
                Step::Found(found) => match self.parsed.in_full(&self.scanner, &found) {
                    Full::Wanted => break found,
                    Full::NotWanted => {}
                    Full::Foreign => self.scanner.counts.foreign_lines += 1,
                    Full::NotJson => self.scanner.look_again(&found),
                    Full::Broken(reason) => return self.problem(&found, reason),
                },
                Step::Broken(problem) => return Item::Problem(problem),
                Step::Again => {}
                Step::Starved if !std::mem::replace(&mut self.paused, true) => return Item::Pause,
                Step::Starved => {
                    self.paused = false;
                    if let Some(problem) = self.scanner.fill() {
                        return Item::Problem(problem);
                    }
                }
                Step::End => return Item::End,
            }
        };
        self.paused = false;
        self.give(&found)
    }

    fn give(&mut self, found: &Found) -> Item<'_> {
        if !found.in_place {
            self.given += 1;
            let Parsed { entries, decoded, kept: Kept { text, system }, .. } = &self.parsed;
            let (id, form) = (system.event_id, found.form);
            return Item::Event(Event { id, raw: text, form, entries, decoded, system: Some(system) });
        }
        match self.parsed.in_place(self.scanner.bytes(found), found) {
            Ok(event) => {
                self.given += 1;
                Item::Event(event)
            }
            Err(reason) => {
                self.broken += 1;
                Item::Problem(Problem { place: self.scanner.place(found), reason })
            }
        }
    }

    fn problem(&mut self, found: &Found, reason: Reason) -> Item<'_> {
        self.broken += 1;
        Item::Problem(Problem { place: self.scanner.place(found), reason })
    }
}

impl Parsed {
    fn new() -> Self {
        Self {
            entries: Vec::new(),
            decoded: String::new(),
            lossy: String::new(),
            kept: Kept::default(),
            system_end: memmem::Finder::new(canonical::SYSTEM_END),
        }
    }

    /// Parses an event whose id is known to be wanted. Nothing is copied when it is written in the usual layout.
    fn in_place<'a>(&'a mut self, bytes: &'a [u8], found: &Found) -> Result<Event<'a>, Reason> {
        let Self { entries, decoded, lossy, kept, system_end } = self;
        entries.clear();
        decoded.clear();
        // Asked first: it looks at many bytes at once, and from_utf8_lossy at one.
        let raw = if let Ok(raw) = str::from_utf8(bytes) {
            raw
        } else {
            *lossy = String::from_utf8_lossy(bytes).into_owned();
            lossy
        };
        let usual = canonical::fields(raw, system_end, found.transport, entries, decoded).is_some();
        if !usual {
            let event = parse_xml(raw.to_owned(), found.nowhere(), found.transport);
            kept.keep(event.map_err(|problem| problem.reason)?, entries, decoded);
        }
        let (raw, system) = if usual { (raw, None) } else { (kept.text.as_str(), Some(&kept.system)) };
        Ok(Event { id: found.id, raw, form: Form::Xml, entries, decoded, system })
    }

    /// Parses a piece into an event of its own.
    fn in_full<R: Read>(&mut self, scanner: &Scanner<R>, found: &Found) -> Full {
        let bytes = scanner.bytes(found);
        let event = match found.form {
            Form::Json => match parse_json(bytes, found.nowhere()) {
                JsonLine::Event(event) => *event,
                JsonLine::Foreign => return Full::Foreign,
                JsonLine::NotJson => return Full::NotJson,
            },
            Form::Xml => {
                parse_xml(String::from_utf8_lossy(bytes).into_owned(), found.nowhere(), found.transport)
            }
        };
        match event {
            Err(problem) => Full::Broken(problem.reason),
            Ok(event) => {
                let System { event_id, record_id, system_time, .. } = &event.system;
                let wanted = scanner.sieve().takes(*event_id, *record_id, system_time.as_bytes());
                self.kept.keep(event, &mut self.entries, &mut self.decoded);
                if wanted { Full::Wanted } else { Full::NotWanted }
            }
        }
    }
}

impl Kept {
    fn keep(&mut self, event: ReadEvent, entries: &mut Vec<Entry>, decoded: &mut String) {
        entries.clear();
        decoded.clear();
        for datum in &event.data {
            let mut add = |text: &str| {
                let start = decoded.len();
                decoded.push_str(text);
                Written::Decoded(Span::new(start, text.len()))
            };
            entries.push(Entry { name: add(&datum.name), value: add(&datum.value) });
        }
        self.text = event.raw;
        self.system = event.system;
    }
}

impl<'a> Event<'a> {
    /// Every field with its value, in the order in which they were written.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let Self { raw, decoded, entries, .. } = *self;
        let text = move |written: Written| match written {
            Written::Raw(span) => span.of(raw),
            Written::Decoded(span) => span.of(decoded),
        };
        entries.iter().map(move |entry| (text(entry.name), text(entry.value)))
    }

    /// The value of the first field called `name`.
    pub fn value(&self, name: &str) -> Option<&'a str> {
        self.fields().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// The value of the first of these fields that the event has and that says something.
    pub fn first_of(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.value(name).filter(|value| !is_absent(value)))
    }

    /// Whether nothing that was decoded needs to be made visible; see `raw` for the rest.
    pub(crate) fn decoded_is_printable(&self) -> bool {
        is_printable_ascii(self.decoded)
    }

    /// When it was written, as it says.
    pub fn system_time(&self) -> &'a str {
        match self.system {
            Some(system) => &system.system_time,
            None => system_time(self.raw.as_bytes())
                .and_then(|time| str::from_utf8(time).ok())
                .unwrap_or_default(),
        }
    }

    /// The part that every event has.
    pub fn system(&self) -> Cow<'a, System> {
        const END: &str = "</System>";
        if let Some(system) = self.system {
            return Cow::Borrowed(system);
        }
        let head = memmem::find(self.raw.as_bytes(), END.as_bytes()).map_or(0, |end| end + END.len());
        let place = tuxmon_reader::Place { line: 0, start: 0, end: 0 };
        let event = parse_xml(self.raw[..head].to_owned(), place, tuxmon_reader::Transport::Plain)
            .map(|it| it.system);
        Cow::Owned(event.unwrap_or_else(|_| System { event_id: self.id, ..System::default() }))
    }
}

/// Whether a value says that there is none.
pub(crate) fn is_absent(value: &str) -> bool {
    matches!(value, "" | "-")
}
