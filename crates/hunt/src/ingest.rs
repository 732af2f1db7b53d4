//! From inputs to the store: one thread parses, another one writes, and a bounded queue stands between them.

use std::cell::Cell;
use std::io::{self, Read};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use tuxmon_view::{Events, Item, Problem, Sieve};

use crate::batch::{Batch, Decoder};
use crate::clickhouse::{self, Server, ServerError};
use crate::layout::tables;
use crate::store::{Store, StoreError};
use crate::strings::Printer;
use crate::writer::{Stored, Writer};

/// How much is stored at a time.
#[derive(Debug, Clone, Copy)]
struct Portion {
    /// Events in a batch, and bytes of their texts; whichever is reached first.
    events: usize,
    text: usize,
    /// Live events are stored after this time even if they are few.
    patience: Duration,
}

/// Of a file: small batches are in memory once.
const FILE: Portion = Portion { events: 20_000, text: 16 << 20, patience: Duration::from_millis(500) };
/// Of a server: each insert makes files there that it has to merge later, so they should be few and large.
const SERVER: Portion = Portion { events: 100_000, text: 64 << 20, patience: Duration::from_secs(2) };
/// Batches that wait for the writer.
const QUEUE: usize = 3;
/// So many problems of an input are told one by one.
const TOLD: u64 = 3;

/// What is read.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file, compressed or not.
    File(PathBuf),
    /// A file that grows; it never ends.
    Followed(PathBuf),
    /// The standard input.
    StandardInput,
}

/// What there is to tell while events come in.
#[derive(Debug)]
pub enum Progress {
    /// So many bytes of the input's file have been read.
    Read(u64),
    /// A batch is safe; this is the sum so far.
    Stored(Totals),
    /// A piece of an input gives no event, or an input cannot be read.
    Remark(String),
}

/// Sums over all inputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// What became of the events.
    pub stored: Stored,
    /// Pieces that gave no event.
    pub problems: u64,
    /// Of these, events without an end.
    pub truncated: u64,
    /// Lines of others.
    pub foreign_lines: u64,
    /// Inputs that could not be read, or not to their end.
    pub unreadable: u64,
}

/// What the parsing thread sends.
enum Message {
    Batch(Batch),
    Read(u64),
    Remark(String),
    Ended { problems: u64, truncated: u64, foreign_lines: u64, unreadable: bool },
}

/// Stores the events of all sources. `tell` is called from this thread.
pub fn ingest(store: &Store, sources: &[Source], tell: impl FnMut(&Progress)) -> Result<Totals, StoreError> {
    let failed = |error| store.failed(error);
    let printer = store.printer().map_err(failed)?;
    let mut writer = Writer::open(&store.connection, store.horizon().map_err(failed)?).map_err(failed)?;
    flow(sources, printer, FILE, |batch| writer.write(batch), tell).map_err(failed)
}

/// Stores the events of all sources on a server, likewise.
pub fn ingest_remotely(
    server: &Server,
    sources: &[Source],
    tell: impl FnMut(&Progress),
) -> Result<Totals, ServerError> {
    let writer = clickhouse::Writer::open(server)?;
    // Every importer has to see the same fingerprint of an event without a number.
    flow(sources, Printer::new([0; 16]), SERVER, |batch| writer.write(batch), tell)
}

fn flow<E>(
    sources: &[Source],
    printer: Printer,
    portion: Portion,
    write: impl FnMut(&Batch) -> Result<Stored, E>,
    mut tell: impl FnMut(&Progress),
) -> Result<Totals, E> {
    let (sender, receiver) = sync_channel(QUEUE);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut decoder = Decoder::new(tables(), printer);
            for source in sources {
                if !parse(source, &mut decoder, portion, &sender) {
                    break;
                }
            }
            drop(sender);
        });
        let outcome = write_all(&receiver, write, &mut tell);
        // The parser ends when nobody listens.
        drop(receiver);
        outcome
    })
}

fn write_all<E>(
    receiver: &Receiver<Message>,
    mut write: impl FnMut(&Batch) -> Result<Stored, E>,
    tell: &mut impl FnMut(&Progress),
) -> Result<Totals, E> {
    let mut totals = Totals::default();
    for message in receiver {
        match message {
            Message::Batch(batch) => {
                let stored = write(&batch)?;
                totals.stored.new += stored.new;
                totals.stored.known += stored.known;
                totals.stored.expired += stored.expired;
                tell(&Progress::Stored(totals));
            }
            Message::Read(bytes) => tell(&Progress::Read(bytes)),
            Message::Remark(remark) => tell(&Progress::Remark(remark)),
            Message::Ended { problems, truncated, foreign_lines, unreadable } => {
                totals.problems += problems;
                totals.truncated += truncated;
                totals.foreign_lines += foreign_lines;
                totals.unreadable += u64::from(unreadable);
            }
        }
    }
    Ok(totals)
}

/// Parses one source. `false`: nobody listens any more.
fn parse(source: &Source, decoder: &mut Decoder, portion: Portion, sender: &SyncSender<Message>) -> bool {
    let caught_up = Rc::new(Cell::new(false));
    let read = Rc::new(Cell::new(0));
    match open(source, &caught_up, &read) {
        Ok((name, input)) => Parsing { name, decoder, portion, sender, caught_up, read }.run(input),
        Err(error) => {
            let ended = Message::Ended { problems: 0, truncated: 0, foreign_lines: 0, unreadable: true };
            sender.send(Message::Remark(error)).is_ok() && sender.send(ended).is_ok()
        }
    }
}

fn open(
    source: &Source,
    caught_up: &Rc<Cell<bool>>,
    read: &Rc<Cell<u64>>,
) -> Result<(String, Box<dyn Read>), String> {
    let counted = |input: Box<dyn Read>| Box::new(Counted { input, read: Rc::clone(read) });
    let (name, input) = match source {
        Source::File(path) => (
            path.display().to_string(),
            std::fs::File::open(path).and_then(|file| tuxmon_input::decompressed(counted(Box::new(file)))),
        ),
        Source::Followed(path) => (
            path.display().to_string(),
            tuxmon_input::Followed::open(path, Rc::clone(caught_up))
                .map(|file| Box::new(file) as Box<dyn Read>),
        ),
        Source::StandardInput => {
            ("standard input".to_owned(), tuxmon_input::decompressed(counted(Box::new(io::stdin()))))
        }
    };
    match input {
        Ok(input) => Ok((name, input)),
        Err(error) => Err(format!("cannot read {name}: {error}")),
    }
}

/// Counts the bytes that go through it.
struct Counted {
    input: Box<dyn Read>,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.read.set(self.read.get() + length as u64);
        Ok(length)
    }
}

/// One source that is being parsed.
struct Parsing<'p> {
    name: String,
    decoder: &'p mut Decoder,
    portion: Portion,
    sender: &'p SyncSender<Message>,
    caught_up: Rc<Cell<bool>>,
    read: Rc<Cell<u64>>,
}

impl Parsing<'_> {
    fn run(self, input: Box<dyn Read>) -> bool {
        let mut events = Events::new(input, Sieve::default());
        let mut batch = Batch::default();
        let mut told = 0;
        let mut unreadable = false;
        let mut sent = Instant::now();
        loop {
            let listened_to = match events.next() {
                Item::Event(event) => {
                    self.decoder.add(&event, &mut batch);
                    let full = batch.rows.len() >= self.portion.events || batch.size() >= self.portion.text;
                    !full || self.send(&mut batch, &mut sent)
                }
                Item::Problem(problem) => {
                    told += 1;
                    unreadable |= matches!(problem.reason, tuxmon_view::Reason::Input(_));
                    told > TOLD || self.remark(&problem)
                }
                // Of a growing file there may be no more for long: what there is must not wait.
                Item::Pause if self.caught_up.get() || sent.elapsed() > self.portion.patience => {
                    self.send(&mut batch, &mut sent)
                }
                Item::Pause => true,
                Item::End => break,
            };
            if !listened_to {
                return false;
            }
        }
        let counts = events.counts();
        let ended = Message::Ended {
            problems: counts.problems,
            truncated: counts.truncated,
            foreign_lines: counts.foreign_lines,
            unreadable,
        };
        self.send(&mut batch, &mut sent) && self.sender.send(ended).is_ok()
    }

    fn send(&self, batch: &mut Batch, sent: &mut Instant) -> bool {
        *sent = Instant::now();
        let read = self.sender.send(Message::Read(self.read.get())).is_ok();
        if batch.rows.is_empty() {
            return read;
        }
        read && self.sender.send(Message::Batch(std::mem::take(batch))).is_ok()
    }

    fn remark(&self, problem: &Problem) -> bool {
        self.sender.send(Message::Remark(format!("{}: {problem}", self.name))).is_ok()
    }
}
