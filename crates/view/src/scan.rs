//! Where events begin and end in a stream of bytes.
//!
//! The borders are those of `tuxmon_reader::Reader`, found with fewer looks at each byte: a law in `tests/` compares the
//! two. Between events the scanner goes from line to line (`memchr2` for a line feed or `<`); within one it jumps to
//! `Event>`, which stands only in `<Event>` and `</Event>`. So a byte of an event is looked at once, and an event that
//! the sieve rejects costs nothing more.

use std::io::{ErrorKind, Read};

use memchr::{memchr, memchr_iter, memchr2, memmem, memrchr};
use tuxmon_reader::{Counts, Form, MAX_EVENT, Place, Problem, Reason, Transport};

use crate::head::{Look, ReadySieve};

/// Room for what is read at once; it grows only for an event that does not fit, up to twice [`MAX_EVENT`].
const FIRST_ROOM: usize = 256 * 1024;
/// More of what stands before an event on its line is not kept.
const LONGEST_PREFIX: usize = 4096;
const START_TAG: &[u8] = b"<Event";
/// The end of both tags of an event.
const TAG_END: &[u8] = b"Event>";

/// The scanner; see the module's description.
pub(crate) struct Scanner<R> {
    input: R,
    sieve: ReadySieve,
    tag_end: memmem::Finder<'static>,
    buffer: Vec<u8>,
    /// What is not done with yet is `buffer[at..filled]`.
    at: usize,
    filled: usize,
    /// Line and offset of `buffer[0]`.
    line: u64,
    offset: u64,
    state: State,
    ended: bool,
    pub(crate) counts: Counts,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the first byte of a line.
    LineStart,
    /// Within a line, outside of events; of the line from `at` on, `searched` bytes hold no start.
    InLine { searched: usize, foreign: bool },
    /// At the `<` of an event, of which `searched` bytes are known not to hold its end.
    InEvent { searched: usize, transport: Transport },
    /// Within a line of JSON that is too long.
    Skipping,
}

/// What one look at the buffer came to.
#[derive(Debug)]
pub(crate) enum Step {
    /// A whole event, or a line of JSON that may be one.
    Found(Found),
    /// A piece that gives no event.
    Broken(Problem),
    /// Look again.
    Again,
    /// Nothing more can be said without more input: call `fill`.
    Starved,
    /// The input is at its end.
    End,
}

/// Where an event stands in the scanner's buffer; valid until the next step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    start: usize,
    end: usize,
    pub(crate) form: Form,
    pub(crate) transport: Transport,
    /// The id, where the event's head shows that it is wanted, so that it can be parsed in place.
    pub(crate) id: u16,
    pub(crate) in_place: bool,
}

impl Found {
    /// A place for parsers that ask for one; the scanner tells the real one when it is needed.
    pub(crate) fn nowhere(&self) -> Place {
        Place { line: 0, start: self.start as u64, end: self.end as u64 }
    }
}

/// What ends an event.
enum Border {
    /// Its end tag, behind which it ends.
    End(usize),
    /// The start of the next event.
    Next(usize),
    /// Nothing yet.
    Open,
}

impl<R: Read> Scanner<R> {
    pub(crate) fn new(input: R, sieve: ReadySieve) -> Self {
        Self {
            input,
            sieve,
            tag_end: memmem::Finder::new(TAG_END),
            buffer: vec![0; FIRST_ROOM],
            at: 0,
            filled: 0,
            line: 1,
            offset: 0,
            state: State::LineStart,
            ended: false,
            counts: Counts::default(),
        }
    }

    pub(crate) fn sieve(&self) -> &ReadySieve {
        &self.sieve
    }

    /// The bytes of an event that was just found.
    pub(crate) fn bytes(&self, found: &Found) -> &[u8] {
        &self.buffer[found.start..found.end]
    }

    /// Where it stands in the input.
    pub(crate) fn place(&self, found: &Found) -> Place {
        self.place_of(found.start, found.end)
    }

    /// The line of JSON that was just found is none: it is looked at again as text.
    pub(crate) fn look_again(&mut self, found: &Found) {
        self.at = found.start;
        self.state = State::InLine { searched: 0, foreign: false };
    }

    pub(crate) fn step(&mut self) -> Step {
        match self.state {
            State::LineStart => self.at_line_start(),
            State::InLine { searched, foreign } => self.in_line(searched, foreign),
            State::InEvent { searched, transport } => self.in_event(searched, transport),
            State::Skipping => self.skip_line(),
        }
    }

    fn window(&self) -> &[u8] {
        &self.buffer[self.at..self.filled]
    }

    fn at_line_start(&mut self) -> Step {
        match self.window().iter().position(|byte| !byte.is_ascii_whitespace()) {
            None => {
                self.at = self.filled;
                self.starved()
            }
            Some(indent) if self.window()[indent] == b'{' => {
                self.at += indent;
                self.json_line()
            }
            Some(_) => {
                self.state = State::InLine { searched: 0, foreign: false };
                Step::Again
            }
        }
    }

    fn json_line(&mut self) -> Step {
        let available = self.window().len();
        let length = match memchr(b'\n', self.window()) {
            Some(end) => end + 1,
            None if available > MAX_EVENT => {
                self.state = State::Skipping;
                return self.broken(available, Reason::TooLong);
            }
            None if self.ended => available,
            None => return Step::Starved,
        };
        let rejected = self.sieve.rejects_json(&self.window()[..length]);
        let found = Found {
            start: self.at,
            end: self.at + length,
            form: Form::Json,
            transport: Transport::Plain,
            id: 0,
            in_place: false,
        };
        self.at += length;
        self.state = State::LineStart;
        if rejected { Step::Again } else { Step::Found(found) }
    }

    fn in_line(&mut self, searched: usize, foreign: bool) -> Step {
        let window = self.window();
        let Some(stop) = memchr2(b'\n', b'<', &window[searched..]).map(|found| searched + found) else {
            return self.line_goes_on(foreign);
        };
        if window[stop] == b'\n' {
            let foreign = foreign || !window[..stop].trim_ascii().is_empty();
            self.counts.foreign_lines += u64::from(foreign);
            self.at += stop + 1;
            self.state = State::LineStart;
            return Step::Again;
        }
        match begins_event(&window[stop..]) {
            Some(true) => {
                let transport = tuxmon_reader::transport(&window[..stop]);
                self.at += stop;
                self.state = State::InEvent { searched: START_TAG.len(), transport };
                Step::Again
            }
            None if !self.ended => {
                self.state = State::InLine { searched: stop, foreign };
                Step::Starved
            }
            Some(false) | None => {
                self.state = State::InLine { searched: stop + 1, foreign };
                Step::Again
            }
        }
    }

    /// The line has neither an event nor an end in what is there.
    fn line_goes_on(&mut self, foreign: bool) -> Step {
        let length = self.window().len();
        if !self.ended && length <= LONGEST_PREFIX {
            self.state = State::InLine { searched: length, foreign };
            return Step::Starved;
        }
        let foreign = foreign || !self.window().trim_ascii().is_empty();
        self.at = self.filled;
        if self.ended {
            self.counts.foreign_lines += u64::from(foreign);
            self.state = State::LineStart;
        } else {
            self.state = State::InLine { searched: 0, foreign };
        }
        self.starved()
    }

    fn in_event(&mut self, searched: usize, transport: Transport) -> Step {
        let length = self.window().len();
        match self.border(searched) {
            Border::Next(next) => {
                let cut = memrchr(b'\n', &self.window()[..next]).map_or(next, |line_feed| line_feed + 1);
                self.truncated(cut)
            }
            Border::End(end) if end <= MAX_EVENT => self.whole_event(end, transport),
            Border::End(end) => self.too_long(end),
            Border::Open if length > MAX_EVENT => self.too_long(length - TAG_END.len()),
            Border::Open if self.ended => self.truncated(length),
            Border::Open => {
                let searched = length.saturating_sub(TAG_END.len()).max(searched);
                self.state = State::InEvent { searched, transport };
                Step::Starved
            }
        }
    }

    /// The first thing that ends the event at the start of the window, of which `searched` bytes are known.
    fn border(&self, searched: usize) -> Border {
        let window = self.window();
        let mut from = searched;
        while let Some(hit) = window.get(from..).and_then(|rest| self.tag_end.find(rest)) {
            let tag = from + hit;
            if window[..tag].ends_with(b"</") {
                return match self.start_within(tag) {
                    Some(next) => Border::Next(next),
                    None => Border::End(tag + TAG_END.len()),
                };
            }
            if window[..tag].ends_with(b"<") {
                return Border::Next(tag - 1);
            }
            from = tag + TAG_END.len();
        }
        Border::Open
    }

    /// The start of another event in the window before `end`, which is at an end tag. A start without attributes would
    /// have been found on the way; one with attributes (Windows writes them) is looked for where it can be: behind a
    /// start of its own kind, or on another line.
    fn start_within(&self, end: usize) -> Option<usize> {
        let event = &self.window()[START_TAG.len()..end];
        if event.first() == Some(&b'>') && memchr(b'\n', event).is_none() {
            return None;
        }
        memmem::find_iter(event, START_TAG)
            .find(|&start| begins_event(&event[start..]) == Some(true))
            .map(|start| START_TAG.len() + start)
    }

    fn whole_event(&mut self, length: usize, transport: Transport) -> Step {
        let (start, end) = (self.at, self.at + length);
        let (id, in_place) = match self.sieve.look(&self.buffer[start..end]) {
            Look::Rejected => {
                self.at = end;
                self.state = State::InLine { searched: 0, foreign: false };
                return Step::Again;
            }
            Look::Taken(id) => (id, true),
            Look::Unclear => (0, false),
        };
        self.at = end;
        self.state = State::InLine { searched: 0, foreign: false };
        Step::Found(Found { start, end, form: Form::Xml, transport, id, in_place })
    }

    fn truncated(&mut self, length: usize) -> Step {
        self.counts.truncated += 1;
        let at_line_start = self.window()[..length].ends_with(b"\n");
        let step = self.broken(length, Reason::Truncated);
        self.state =
            if at_line_start { State::LineStart } else { State::InLine { searched: 0, foreign: false } };
        step
    }

    fn too_long(&mut self, length: usize) -> Step {
        self.state = State::InLine { searched: 0, foreign: true };
        self.broken(length, Reason::TooLong)
    }

    fn skip_line(&mut self) -> Step {
        if let Some(end) = memchr(b'\n', self.window()) {
            self.at += end + 1;
            self.state = State::LineStart;
            return Step::Again;
        }
        self.at = self.filled;
        self.starved()
    }

    fn starved(&self) -> Step {
        if self.ended { Step::End } else { Step::Starved }
    }

    fn broken(&mut self, length: usize, reason: Reason) -> Step {
        let place = self.place_of(self.at, self.at + length);
        self.at += length;
        self.counts.problems += 1;
        Step::Broken(Problem { place, reason })
    }

    fn place_of(&self, start: usize, end: usize) -> Place {
        let lines = memchr_iter(b'\n', &self.buffer[..start]).count() as u64;
        let offset = |at: usize| self.offset + at as u64;
        Place { line: self.line + lines, start: offset(start), end: offset(end) }
    }

    /// Takes what the input has ready, and waits until it has something. A failure of the input ends it.
    pub(crate) fn fill(&mut self) -> Option<Problem> {
        self.make_room();
        loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(length) => {
                    self.ended = length == 0;
                    self.filled += length;
                    return None;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.counts.problems += 1;
                    let place = self.place_of(self.filled, self.filled);
                    return Some(Problem { place, reason: Reason::Input(error) });
                }
            }
        }
    }

    fn make_room(&mut self) {
        if self.at > 0 {
            self.line += memchr_iter(b'\n', &self.buffer[..self.at]).count() as u64;
            self.offset += self.at as u64;
            self.buffer.copy_within(self.at..self.filled, 0);
            self.filled -= self.at;
            self.at = 0;
        }
        if self.filled > self.buffer.len() / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
    }
}

/// Whether an event's start tag stands at the start of `text`: `<EventID>` and `<EventData>` are none. `None` when the
/// text is too short to say.
fn begins_event(text: &[u8]) -> Option<bool> {
    let shared = text.len().min(START_TAG.len());
    if text[..shared] != START_TAG[..shared] {
        return Some(false);
    }
    let next = text.get(START_TAG.len())?;
    Some(matches!(next, b'>' | b' ' | b'\t' | b'\r' | b'\n'))
}
