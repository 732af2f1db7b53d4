//! Where events begin and end in a stream of bytes.

use std::io::{BufRead, ErrorKind};

use memchr::{memchr, memchr_iter, memmem, memrchr};

use crate::entities::Transport;
use crate::{MAX_EVENT, Place, Problem, ReadEvent, Reason, json, xml};

const END_TAG: &[u8] = b"</Event>";
/// A start tag cut by the end of the buffer needs this many bytes more to be seen.
const CARRY: usize = b"<Event>".len() - 1;
/// Taken from the input at once.
const CHUNK: usize = 1 << 16;
/// More of what stands before an event on its line is not kept.
const LONGEST_PREFIX: usize = 4096;

/// What was read so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events given.
    pub events: u64,
    /// Problems given, truncated events among them.
    pub problems: u64,
    /// Events without an end.
    pub truncated: u64,
    /// Lines that hold no event and are not blank: other programs' messages, wrapping elements, remains of a cut event.
    pub foreign_lines: u64,
}

/// Events of any input, one after the other; see the crate's description.
pub struct Reader<R> {
    input: R,
    /// Bytes read and not yet given; the part before `at` is done with.
    buffer: Vec<u8>,
    at: usize,
    /// Between `at` and here the buffer holds no line feed; remembered so that it is searched once.
    no_break_before: usize,
    /// Line and offset of `buffer[at]`.
    line: u64,
    offset: u64,
    state: State,
    counts: Counts,
    ended: bool,
    failed: Option<std::io::Error>,
}

#[derive(Clone, Copy)]
enum State {
    /// At the first byte of a line.
    LineStart,
    /// Within a line, outside of events.
    InLine { foreign: bool },
    /// At the `<` of an event, of which `searched` bytes are known not to hold its end.
    InEvent { searched: usize, transport: Transport },
    /// Within a JSON line that is too long.
    Skipping,
}

/// What one look at the buffer came to.
enum Step {
    Item(Box<Result<ReadEvent, Problem>>),
    Again,
    More,
}

impl<R: BufRead> Reader<R> {
    /// Reads events from `input`.
    pub fn new(input: R) -> Reader<R> {
        Reader {
            input,
            buffer: Vec::new(),
            at: 0,
            no_break_before: 0,
            line: 1,
            offset: 0,
            state: State::LineStart,
            counts: Counts::default(),
            ended: false,
            failed: None,
        }
    }

    /// What was read so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn step(&mut self) -> Step {
        match self.state {
            State::LineStart => self.at_line_start(),
            State::InLine { foreign } => self.in_line(foreign),
            State::InEvent { searched, transport } => self.in_event(searched, transport),
            State::Skipping => self.skip_line(),
        }
    }

    fn at_line_start(&mut self) -> Step {
        let (line, complete) = self.current_line();
        match line.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None if !complete => {
                let blanks = line.len();
                self.consume(blanks);
                Step::More
            }
            Some(b'{') if line.len() > MAX_EVENT => {
                let length = line.len();
                self.state = State::Skipping;
                self.problem(length, Reason::TooLong)
            }
            Some(b'{') if !complete => Step::More,
            Some(b'{') => self.json_line(),
            Some(_) | None => {
                self.state = State::InLine { foreign: false };
                Step::Again
            }
        }
    }

    fn json_line(&mut self) -> Step {
        let length = self.current_line().0.len();
        match json::parse(&self.buffer[self.at..self.at + length], self.place(length)) {
            json::Line::Event(event) => {
                self.consume(length);
                self.give(*event)
            }
            json::Line::Foreign => {
                self.counts.foreign_lines += 1;
                self.consume(length);
                self.state = State::LineStart;
                Step::Again
            }
            json::Line::NotJson => {
                self.state = State::InLine { foreign: false };
                Step::Again
            }
        }
    }

    fn in_line(&mut self, foreign: bool) -> Step {
        let (line, complete) = self.current_line();
        if let Some(start) = find_start(line) {
            let transport = transport(&line[..start]);
            self.consume(start);
            self.state = State::InEvent { searched: 0, transport };
            return Step::Again;
        }
        let foreign = foreign || !line.trim_ascii().is_empty();
        if complete {
            let length = line.len();
            self.counts.foreign_lines += u64::from(foreign);
            self.consume(length);
            self.state = State::LineStart;
            return if length == 0 { Step::More } else { Step::Again };
        }
        let spare = line.len().saturating_sub(CARRY);
        if spare > LONGEST_PREFIX {
            self.consume(spare);
            self.state = State::InLine { foreign };
        }
        Step::More
    }

    fn in_event(&mut self, searched: usize, transport: Transport) -> Step {
        let window = &self.buffer[self.at..];
        // From the third byte on, the event's own start tag is not found.
        match find_border(window, searched.max(2)) {
            // A value never holds `<`, so another start means that this event was cut and the next one has begun.
            Some(Border::Start(next)) => self.cut_by(next),
            Some(Border::End(end)) if end <= MAX_EVENT => self.whole_event(end, transport),
            Some(Border::End(end)) => self.too_long(end),
            None if window.len() > MAX_EVENT => self.too_long(window.len() - CARRY),
            None if self.ended => self.truncated(window.len()),
            None => {
                let searched = window.len().saturating_sub(END_TAG.len());
                self.state = State::InEvent { searched, transport };
                Step::More
            }
        }
    }

    fn whole_event(&mut self, length: usize, transport: Transport) -> Step {
        let text = String::from_utf8_lossy(&self.buffer[self.at..self.at + length]).into_owned();
        let event = xml::parse(text, self.place(length), transport);
        self.consume(length);
        self.state = State::InLine { foreign: false };
        self.give(event)
    }

    /// The event ends where the line begins that holds the next one.
    fn cut_by(&mut self, next: usize) -> Step {
        let length =
            memrchr(b'\n', &self.buffer[self.at..self.at + next]).map_or(next, |line_feed| line_feed + 1);
        self.truncated(length)
    }

    fn truncated(&mut self, length: usize) -> Step {
        self.counts.truncated += 1;
        self.state = State::InLine { foreign: false };
        self.problem(length, Reason::Truncated)
    }

    fn too_long(&mut self, length: usize) -> Step {
        let problem = self.problem(length, Reason::TooLong);
        self.state = State::InLine { foreign: true };
        problem
    }

    fn skip_line(&mut self) -> Step {
        let (line, complete) = self.current_line();
        let length = line.len();
        self.consume(length);
        if complete {
            self.state = State::LineStart;
            return Step::Again;
        }
        Step::More
    }

    /// The bytes up to and with the next line feed, and whether they are all of the line.
    fn current_line(&mut self) -> (&[u8], bool) {
        let from = self.no_break_before.max(self.at);
        let line_feed = memchr(b'\n', &self.buffer[from..]).map(|found| from + found);
        self.no_break_before = line_feed.unwrap_or(self.buffer.len());
        match line_feed {
            Some(line_feed) => (&self.buffer[self.at..=line_feed], true),
            None => (&self.buffer[self.at..], self.ended),
        }
    }

    fn give(&mut self, event: Result<ReadEvent, Problem>) -> Step {
        match event {
            Ok(_) => self.counts.events += 1,
            Err(_) => self.counts.problems += 1,
        }
        Step::Item(Box::new(event))
    }

    fn problem(&mut self, length: usize, reason: Reason) -> Step {
        let place = self.place(length);
        self.consume(length);
        self.give(Err(Problem { place, reason }))
    }

    fn place(&self, length: usize) -> Place {
        Place { line: self.line, start: self.offset, end: self.offset + length as u64 }
    }

    fn consume(&mut self, length: usize) {
        let done = &self.buffer[self.at..self.at + length];
        if done.last() == Some(&b'\n') {
            self.state = State::LineStart;
        }
        self.line += memchr_iter(b'\n', done).count() as u64;
        self.offset += length as u64;
        self.at += length;
    }

    /// Takes what the input has ready. The buffer stays below twice [`MAX_EVENT`] and a bit.
    fn read_more(&mut self) {
        if self.at > self.buffer.len() / 2 {
            self.buffer.drain(..self.at);
            self.no_break_before = self.no_break_before.saturating_sub(self.at);
            self.at = 0;
        }
        let ready = match self.input.fill_buf() {
            Ok(ready) => ready,
            Err(error) if error.kind() == ErrorKind::Interrupted => return,
            Err(error) => {
                self.failed = Some(error);
                self.ended = true;
                return;
            }
        };
        let length = ready.len().min(CHUNK);
        self.ended = length == 0;
        self.buffer.extend_from_slice(&ready[..length]);
        self.input.consume(length);
    }

    fn last_word(&mut self) -> Option<Result<ReadEvent, Problem>> {
        let error = self.failed.take()?;
        self.counts.problems += 1;
        Some(Err(Problem { place: self.place(0), reason: Reason::Input(error) }))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<ReadEvent, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.step() {
                Step::Item(item) => return Some(*item),
                Step::Again => {}
                Step::More if self.ended => return self.last_word(),
                Step::More => self.read_more(),
            }
        }
    }
}

/// Where an event's start tag begins; `<EventID>` and `<EventData>` are not meant.
fn find_start(text: &[u8]) -> Option<usize> {
    memmem::find_iter(text, b"<Event").find(|&start| is_start(&text[start..]))
}

fn is_start(text: &[u8]) -> bool {
    matches!(text, [b'<', b'E', b'v', b'e', b'n', b't', b'>' | b' ' | b'\t' | b'\r' | b'\n', ..])
}

/// The next end or beginning of an event.
enum Border {
    /// Behind an end tag.
    End(usize),
    /// At a start tag.
    Start(usize),
}

/// Looks for both at once: a file of starts without ends must not be searched to its end for each of them.
fn find_border(window: &[u8], from: usize) -> Option<Border> {
    memmem::find_iter(&window[from.min(window.len())..], b"Event").find_map(|found| {
        let name = from + found;
        if is_start(&window[name - 1..]) {
            return Some(Border::Start(name - 1));
        }
        let end = name + b"Event>".len();
        window[..end.min(window.len())].ends_with(END_TAG).then_some(Border::End(end))
    })
}

/// A line that names the program in front of the event came through a syslog daemon.
pub fn transport(prefix: &[u8]) -> Transport {
    match memmem::find(prefix, b"sysmon") {
        Some(_) => Transport::Syslog,
        None => Transport::Plain,
    }
}
