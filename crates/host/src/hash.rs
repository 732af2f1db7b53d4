//! Hashes of executed files, computed off the line.
//!
//! ```text
//! line ─ submit ─▶ opener ─▶ quick lane ─▶ slow lane ─▶ line: collect
//!                  opens at    one slice     slices in
//!                  once        of each       turn
//! ```
//!
//! The opener takes hold of a file within the moment, before its process is gone. Each file gets one slice of
//! work in the quick lane, enough for almost all programs; what is longer goes on in the slow lane, where files
//! take turns. So neither many files nor a huge, sparse or slow one keeps the hash of a small program waiting.
//! A thread that a file system blocks is replaced, and its file has no hash.
//!
//! All bookkeeping is done by the line's own calls and needs no lock: the cache, and who waits for what. Several
//! executions of one file are one computation. A hash is given only for the very file executed, unchanged while it
//! was read; see `docs/decisions/0011-hashing.md`.

mod digest;
mod kept;
mod lane;
mod open;

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use hashlink::LruCache;
use tuxmon_event::Text;
use tuxmon_wire::Identity;

use crate::state::StateDirectory;

pub use digest::Algorithms;
use digest::Digests;
pub use kept::KeptError;
use lane::{Crew, Done, Outcome};

/// Files are read in pieces of this size.
const PIECE: usize = 1024 * 1024;

/// What bounds the hashing.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Files whose hashes are remembered.
    pub remembered: usize,
    /// Files that wait to be opened.
    pub queued: usize,
    /// Executions that wait for a file's hash, all files together.
    pub waiting: usize,
    /// Larger files have no hash.
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { remembered: 8192, queued: 4096, waiting: 65_536, file_bytes: u64::MAX }
    }
}

/// Which file, for whom.
#[derive(Debug, Clone)]
pub struct Request {
    /// Chosen by the caller; stands on the answer.
    pub ticket: u64,
    /// The process that executes it.
    pub identity: Identity,
    /// Its path, as the process's mount namespace has it.
    pub path: Vec<u8>,
    /// The file.
    pub file: tuxmon_wire::File,
    /// The process's mount namespace.
    pub mount_namespace: u32,
}

/// What came of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submission {
    /// The hashes are known; nothing more will come.
    Known(Text),
    /// An [`Answer`] will come.
    Taken,
    /// There will be no hash: none is wanted, the file is too large, or too much is waiting already.
    Refused,
}

/// The hashes for a request, empty when the file could not be had as it was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The ticket of the request.
    pub ticket: u64,
    /// The text of the Hashes field.
    pub hashes: Text,
}

/// What has been counted since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files computed.
    pub computed: u64,
    /// Requests answered from memory or by a computation that was under way.
    pub shared: u64,
    /// Requests refused because too much was waiting.
    pub refused: u64,
    /// Files that could not be had, or changed while they were read.
    pub absent: u64,
    /// Threads replaced because a file system blocked them.
    pub replaced: u64,
}

/// A file's content as far as the kernel tells it apart, and what is computed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    device: u32,
    inode: u64,
    size: u64,
    ctime_ns: u64,
    algorithms: Algorithms,
}

/// A request on its way.
#[derive(Debug)]
pub(crate) struct Job {
    key: Key,
    request: Request,
}

/// Hashes executed files.
#[derive(Debug)]
pub struct Hasher {
    algorithms: Algorithms,
    limits: Limits,
    remembered: LruCache<Key, Text>,
    /// For each computation under way those who came later.
    under_way: HashMap<Key, Vec<Request>>,
    /// Where the computation of each key now under way began.
    leaders: HashMap<Key, u64>,
    waiting: usize,
    jobs: Sender<Job>,
    done: Receiver<Done>,
    crew: Crew,
    counts: Counts,
}

impl Hasher {
    /// Starts the threads.
    pub fn start(algorithms: Algorithms, limits: Limits) -> std::io::Result<Self> {
        let (jobs, inbox) = bounded(limits.queued);
        let (outbox, done) = unbounded(); // bounded by the computations under way
        let crew = Crew::start(inbox, outbox)?;
        Ok(Self {
            algorithms,
            limits,
            remembered: LruCache::new(limits.remembered),
            under_way: HashMap::new(),
            leaders: HashMap::new(),
            waiting: 0,
            jobs,
            done,
            crew,
            counts: Counts::default(),
        })
    }

    /// Changes what is wanted. What was submitted before is answered as it was wanted then.
    pub fn want(&mut self, algorithms: Algorithms) {
        self.algorithms = algorithms;
    }

    /// The hashes of a file when they are remembered.
    pub fn lookup(&mut self, file: &tuxmon_wire::File) -> Option<Text> {
        let key = self.key(file);
        self.remembered.get(&key).cloned()
    }

    /// Takes hashes of a file as they are known from elsewhere.
    pub fn remember(&mut self, file: &tuxmon_wire::File, hashes: Text) {
        let key = self.key(file);
        self.remembered.insert(key, hashes);
    }

    /// Remembers what the agent before this one has kept; says of how many files.
    pub fn recall(&mut self, state: &StateDirectory) -> Result<usize, KeptError> {
        let entries = kept::read(state)?;
        let count = entries.len().min(self.limits.remembered);
        for (key, hashes) in entries {
            self.remembered.insert(key, hashes);
        }
        Ok(count)
    }

    /// Keeps what is remembered for the next agent, least recently used first.
    pub fn keep(&self, state: &StateDirectory) -> Result<(), KeptError> {
        kept::write(state, self.remembered.iter())
    }

    /// Asks for the hashes of a file. Never blocks.
    pub fn submit(&mut self, request: Request) -> Submission {
        if self.algorithms.is_empty() || request.file.inode == 0 || request.file.size > self.limits.file_bytes
        {
            return Submission::Refused;
        }
        let key = self.key(&request.file);
        if let Some(text) = self.remembered.get(&key) {
            self.counts.shared += 1;
            return Submission::Known(text.clone());
        }
        if self.waiting >= self.limits.waiting {
            self.counts.refused += 1;
            return Submission::Refused;
        }
        if let Some(others) = self.under_way.get_mut(&key) {
            others.push(request);
            self.waiting += 1;
            self.counts.shared += 1;
            return Submission::Taken;
        }
        if self.begin(key, request) {
            self.under_way.insert(key, Vec::new());
            self.waiting += 1;
            Submission::Taken
        } else {
            self.counts.refused += 1;
            Submission::Refused
        }
    }

    /// Hands over the answers that are there. Never blocks.
    pub fn collect(&mut self, each: &mut dyn FnMut(Answer)) {
        while let Ok(done) = self.done.try_recv() {
            self.settle(done, each);
        }
        for done in self.crew.replace_blocked() {
            self.counts.replaced += 1;
            self.settle(done, each);
        }
    }

    /// Waits for the first answer, at most so long, then hands over all that are there.
    pub fn collect_within(&mut self, patience: Duration, each: &mut dyn FnMut(Answer)) {
        match self.done.recv_timeout(patience) {
            Ok(done) => self.settle(done, each),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        self.collect(each);
    }

    /// How many requests wait for an answer.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// What has been counted.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn key(&self, file: &tuxmon_wire::File) -> Key {
        let tuxmon_wire::File { device, inode, size, ctime_ns, .. } = *file;
        Key { device, inode, size, ctime_ns, algorithms: self.algorithms }
    }

    /// Sends a computation on its way.
    fn begin(&mut self, key: Key, request: Request) -> bool {
        let ticket = request.ticket;
        let sent = self.jobs.try_send(Job { key, request }).is_ok();
        if sent {
            self.leaders.insert(key, ticket);
        }
        sent
    }

    /// A computation has ended: everybody who waits for it is answered. When this one could not have the file,
    /// the next who executes it tries, with a process of its own.
    fn settle(&mut self, done: Done, each: &mut dyn FnMut(Answer)) {
        let Done { key, ticket, outcome } = done;
        let hashes = match outcome {
            Outcome::Hashes(text) => {
                self.remembered.insert(key, text.clone());
                text
            }
            Outcome::Absent => Text::EMPTY,
        };
        if self.leaders.get(&key) != Some(&ticket) {
            return; // given up earlier, and answered then
        }
        self.leaders.remove(&key);
        let mut others = self.under_way.remove(&key).unwrap_or_default();
        self.waiting -= 1;
        each(Answer { ticket, hashes: hashes.clone() });
        if !hashes.is_empty() {
            self.counts.computed += 1;
            self.waiting -= others.len();
            for other in others {
                each(Answer { ticket: other.ticket, hashes: hashes.clone() });
            }
            return;
        }
        self.counts.absent += 1;
        while let Some(next) = others.pop() {
            let ticket = next.ticket;
            if self.begin(key, next) {
                self.under_way.insert(key, others);
                return;
            }
            self.waiting -= 1;
            each(Answer { ticket, hashes: Text::EMPTY });
        }
    }
}

/// The hashes of a file by its path, for files of our own; `None` when it cannot be read.
pub fn hash_file(path: &Path, algorithms: Algorithms) -> Option<Text> {
    let mut file = File::open(path).ok()?;
    let mut digests = Digests::new(algorithms);
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Some(digests.finish()),
            Ok(count) => digests.update(&piece[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// The hashes of bytes that were read already.
pub fn hash_bytes(bytes: &[u8], algorithms: Algorithms) -> Text {
    let mut digests = Digests::new(algorithms);
    digests.update(bytes);
    digests.finish()
}

#[cfg(test)]
mod tests;
