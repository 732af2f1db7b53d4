//! From inputs to the store: one thread parses, another one writes, and a bounded queue stands between them.

use std::cell::Cell;
use std::io::{self, Read};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

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
    /// Events of a stream that never rests are stored after this time even if they are few.
    patience: Duration,
    /// Batches that wait for the writer.
    queue: usize,
}

/// Of a file: small batches are in memory once.
const FILE: Portion =
    Portion { events: 20_000, text: 16 << 20, patience: Duration::from_millis(500), queue: 3 };
/// Of a server: each insert makes files there that it has to merge later, so they should be few and large.
const SERVER: Portion =
    Portion { events: 200_000, text: 128 << 20, patience: Duration::from_secs(10), queue: 1 };
/// So many problems of an input are told one by one.
const TOLD: u64 = 3;
/// Events are acknowledged after this time even if more come all the time: soon at first, and the longer that lasts, the later,
/// because what is written together is written cheaply.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Each commit waits for the disk: where events trickle in, some are stored together.
const BETWEEN_COMMITS: Duration = Duration::from_millis(100);

/// What is read.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file, compressed or not.
    File(PathBuf),
    /// A file that grows; it never ends.
    Followed(PathBuf),
    /// The standard input.
    StandardInput,
    /// The journal of this machine.
    Journal {
        /// Only from this time on.
        since: Option<SystemTime>,
        /// Whether to wait for what comes; then it never ends.
        follow: bool,
    },
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
    /// All that there is was sent.
    CaughtUp,
    Read(u64),
    Remark(String),
    Ended {
        problems: u64,
        truncated: u64,
        foreign_lines: u64,
        unreadable: bool,
    },
}

/// Stores the events of all sources. `tell` is called from this thread.
pub fn ingest(store: &Store, sources: &[Source], tell: impl FnMut(&Progress)) -> Result<Totals, StoreError> {
    let failed = |error| store.failed(error);
    let printer = store.printer().map_err(failed)?;
    let mut writer = Writer::open(&store.connection, printer).map_err(failed)?;
    flow(sources, printer, FILE, &mut writer, tell).map_err(failed)
}

/// Stores the events of all sources on a server, likewise.
pub fn ingest_remotely(
    server: &Server,
    sources: &[Source],
    tell: impl FnMut(&Progress),
) -> Result<Totals, ServerError> {
    let mut remote = Remote { writer: clickhouse::Writer::open(server)?, sent: None };
    // Every importer has to see the same fingerprint of an event without a number.
    flow(sources, Printer::new([0; 16]), SERVER, &mut remote, tell)
}

/// Where batches are kept.
trait Keeper {
    type Error;

    /// Adds a batch, which is safe after the next commit.
    fn add(&mut self, batch: &Batch) -> Result<(), Self::Error>;

    /// Whether something was added since the last commit.
    fn is_open(&self) -> bool;

    /// Whether so much was added that it should be committed.
    fn is_full(&self) -> bool;

    /// Says what became of the events since the last commit, which are safe now.
    fn commit(&mut self) -> Result<Stored, Self::Error>;
}

impl Keeper for Writer<'_> {
    type Error = rusqlite::Error;

    fn add(&mut self, batch: &Batch) -> rusqlite::Result<()> {
        Writer::add(self, batch)
    }

    fn is_open(&self) -> bool {
        Writer::is_open(self)
    }

    fn is_full(&self) -> bool {
        Writer::is_full(self)
    }

    fn commit(&mut self) -> rusqlite::Result<Stored> {
        Writer::commit(self)
    }
}

/// A server, where each batch is safe when it was taken.
struct Remote<'s> {
    writer: clickhouse::Writer<'s>,
    sent: Option<Stored>,
}

impl Keeper for Remote<'_> {
    type Error = ServerError;

    fn add(&mut self, batch: &Batch) -> Result<(), ServerError> {
        self.sent = Some(self.writer.write(batch)?);
        Ok(())
    }

    fn is_open(&self) -> bool {
        self.sent.is_some()
    }

    fn is_full(&self) -> bool {
        self.sent.is_some()
    }

    fn commit(&mut self) -> Result<Stored, ServerError> {
        Ok(self.sent.take().unwrap_or_default())
    }
}

fn flow<K: Keeper>(
    sources: &[Source],
    printer: Printer,
    portion: Portion,
    keeper: &mut K,
    mut tell: impl FnMut(&Progress),
) -> Result<Totals, K::Error> {
    let (sender, receiver) = sync_channel(portion.queue);
    // What was written goes back to be filled again.
    let (emptied, empty) = channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut decoder = Decoder::new(tables(), printer);
            let batches = Batches { sender, empty };
            for source in sources {
                if !parse(source, &mut decoder, portion, &batches) {
                    break;
                }
            }
        });
        let outcome = write_all(&receiver, &emptied, keeper, &mut tell);
        // The parser ends when nobody listens.
        drop(receiver);
        outcome
    })
}

/// The queue between both threads, as the one sees it that parses.
struct Batches {
    sender: SyncSender<Message>,
    empty: Receiver<Batch>,
}

impl Batches {
    /// `false`: nobody listens any more.
    fn send(&self, message: Message) -> bool {
        self.sender.send(message).is_ok()
    }

    /// Sends a batch, and puts an empty one in its place.
    fn send_batch(&self, batch: &mut Batch) -> bool {
        let empty = self.empty.try_recv().unwrap_or_default();
        self.send(Message::Batch(std::mem::replace(batch, empty)))
    }
}

fn write_all<K: Keeper>(
    receiver: &Receiver<Message>,
    emptied: &Sender<Batch>,
    keeper: &mut K,
    tell: &mut impl FnMut(&Progress),
) -> Result<Totals, K::Error> {
    let mut totals = Totals::default();
    let mut began = Instant::now();
    let mut committed: Option<Instant> = None;
    let mut caught_up = false;
    let mut patience = FIRST_WAIT;
    loop {
        // What was added does not wait for what may never come.
        let message = if keeper.is_open() {
            receiver.recv_timeout(if caught_up { BETWEEN_COMMITS } else { patience })
        } else {
            began = Instant::now();
            receiver.recv().map_err(RecvTimeoutError::from)
        };
        let ended = matches!(message, Err(RecvTimeoutError::Disconnected));
        let waited = message.is_err();
        match message {
            Ok(Message::Batch(mut batch)) => {
                caught_up = false;
                keeper.add(&batch)?;
                batch.clear();
                // The parser may have ended.
                let _ = emptied.send(batch);
            }
            Ok(Message::CaughtUp) => caught_up = true,
            Ok(Message::Read(bytes)) => tell(&Progress::Read(bytes)),
            Ok(Message::Remark(remark)) => tell(&Progress::Remark(remark)),
            Ok(Message::Ended { problems, truncated, foreign_lines, unreadable }) => {
                totals.problems += problems;
                totals.truncated += truncated;
                totals.foreign_lines += foreign_lines;
                totals.unreadable += u64::from(unreadable);
            }
            Err(_) => {}
        }
        let rested = committed.is_none_or(|last| last.elapsed() >= BETWEEN_COMMITS);
        let is_due = waited || caught_up && rested || keeper.is_full() || began.elapsed() > patience;
        if keeper.is_open() && is_due {
            let stored = keeper.commit()?;
            committed = Some(Instant::now());
            patience = if caught_up { FIRST_WAIT } else { (patience * 2).min(LONGEST_WAIT) };
            totals.stored.new += stored.new;
            totals.stored.known += stored.known;
            totals.stored.expired += stored.expired;
            tell(&Progress::Stored(totals));
        }
        if ended {
            return Ok(totals);
        }
    }
}

/// Parses one source. `false`: nobody listens any more.
fn parse(source: &Source, decoder: &mut Decoder, portion: Portion, batches: &Batches) -> bool {
    let caught_up = Rc::new(Cell::new(false));
    let read = Rc::new(Cell::new(0));
    match open(source, &caught_up, &read) {
        Ok((name, input)) => Parsing { name, decoder, portion, batches, caught_up, read }.run(input),
        Err(error) => {
            let ended = Message::Ended { problems: 0, truncated: 0, foreign_lines: 0, unreadable: true };
            batches.send(Message::Remark(error)) && batches.send(ended)
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
            let input = tuxmon_input::Flowing::new(io::stdin(), Rc::clone(caught_up));
            ("standard input".to_owned(), tuxmon_input::decompressed(counted(Box::new(input))))
        }
        Source::Journal { since, follow } => (
            "the journal (journalctl)".to_owned(),
            tuxmon_input::Journal::open(*since, *follow)
                .map(|journal| tuxmon_input::Flowing::new(journal, Rc::clone(caught_up)))
                .map(|journal| Box::new(journal) as Box<dyn Read>),
        ),
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
    batches: &'p Batches,
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
                // Of a growing input there may be no more for long: what there is must not wait.
                Item::Pause if self.caught_up.get() => {
                    self.send(&mut batch, &mut sent) && self.batches.send(Message::CaughtUp)
                }
                Item::Pause if sent.elapsed() > self.portion.patience => self.send(&mut batch, &mut sent),
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
        self.send(&mut batch, &mut sent) && self.batches.send(ended)
    }

    fn send(&self, batch: &mut Batch, sent: &mut Instant) -> bool {
        let mut listened_to = self.batches.send(Message::Read(self.read.get()));
        if !batch.rows.is_empty() {
            listened_to = listened_to && self.batches.send_batch(batch);
        }
        // Only now: while the writer was waited for nothing was read, and what is read next is not late.
        *sent = Instant::now();
        listened_to
    }

    fn remark(&self, problem: &Problem) -> bool {
        self.batches.send(Message::Remark(format!("{}: {problem}", self.name)))
    }
}
