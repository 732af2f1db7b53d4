//! What a sink's thread asks of a destination.

use std::fmt;
use std::io;
use std::ops::Deref;
use std::sync::Arc;

use tuxmon_event::Timestamp;

/// Who goes first when a destination is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// May fill the queue to the brim: what tells of losses, so that they can be told.
    Reports,
    /// Leaves a sixteenth of the queue to reports.
    Leads,
    /// Finds the queue closed when it is half full, so that a flood of such lines takes no room from those that lead.
    Yields,
}

/// One rendered event. Sinks of the same format share the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The event's id, by which losses are counted.
    pub event_id: u16,
    /// Whether it makes room for others.
    pub rank: Rank,
    /// When the event was written, as its envelope says.
    pub written: Timestamp,
    /// The text, without a line feed at its end.
    pub text: LineText,
}

/// The text of a line: its part of the text that many lines share, so that a line has no memory of its own to be
/// taken and given back.
#[derive(Clone, PartialEq, Eq)]
pub struct LineText {
    whole: Arc<String>,
    start: usize,
    end: usize,
}

impl LineText {
    /// The part of a text from `start` to `end`; nothing where there is none.
    pub fn part(whole: &Arc<String>, start: usize, end: usize) -> LineText {
        let (start, end) = if whole.get(start..end).is_some() { (start, end) } else { (0, 0) };
        LineText { whole: Arc::clone(whole), start, end }
    }
}

impl Deref for LineText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.whole[self.start..self.end]
    }
}

impl From<String> for LineText {
    fn from(text: String) -> LineText {
        LineText { start: 0, end: text.len(), whole: Arc::new(text) }
    }
}

impl fmt::Debug for LineText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// What became of a call to [`Destination::write`].
#[derive(Debug)]
pub struct Outcome {
    /// How many lines, from the first on, are written whole.
    pub finished: usize,
    /// Why it stopped before the last line; `None` when it just wrote as much as it takes at once.
    pub stop: Option<Stop>,
}

/// Why a destination did not go on.
#[derive(Debug)]
pub enum Stop {
    /// It is full for the moment; it is not broken.
    Busy,
    /// It is absent or broken; it may come back.
    Failed(io::Error),
    /// It will never take the next line.
    TooLong,
    /// It will never take any line again.
    Gone(io::Error),
}

/// Takes lines to where they belong. All calls come from one thread, which may wait a little in them.
pub trait Destination: Send {
    /// What it is called in reports, for example `file:/var/log/x.log`.
    fn name(&self) -> String;

    /// Writes lines in order, as many as it takes at once and at least one. After a stop, the next call begins with the
    /// first line that was not finished, so that the destination can go on in the middle of it.
    fn write(&mut self, lines: &[Line]) -> Outcome;

    /// Opens the destination anew, for example after its file was renamed; on failure the old one stays in use.
    fn reopen(&mut self) -> io::Result<()>;

    /// The last call: leaves the destination in order.
    fn finish(&mut self);

    /// How many torn lines were found or left since the last call.
    fn take_torn(&mut self) -> u64;
}

impl Destination for Box<dyn Destination> {
    fn name(&self) -> String {
        self.as_ref().name()
    }

    fn write(&mut self, lines: &[Line]) -> Outcome {
        self.as_mut().write(lines)
    }

    fn reopen(&mut self) -> io::Result<()> {
        self.as_mut().reopen()
    }

    fn finish(&mut self) {
        self.as_mut().finish();
    }

    fn take_torn(&mut self) -> u64 {
        self.as_mut().take_torn()
    }
}
