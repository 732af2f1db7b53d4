//! Following the output of an agent.
//!
//! Nothing here assumes that a quiet output is a finished one. Whoever wants to know that everything is out does a
//! sentinel deed and waits for its events: what happened before it has been written before it, or is parked for its
//! hashes, and then the sentinel's own process event is parked behind it.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;
use tuxmon_reader::{ReadEvent, Reader, Reason};

use crate::expected::{self, Expected};
use crate::{deed, laws};

/// How long a test waits for what must come: the bound is for what hangs, not for what is slow. An emulated machine
/// takes longer.
pub(crate) fn patience() -> Duration {
    Duration::from_mins(if std::env::var_os("TUXMON_SLOW").is_some() { 4 } else { 1 })
}

/// The events that an agent writes from some moment on.
pub(crate) struct Watch {
    reader: Reader<Follow>,
    deadline: Rc<Cell<Instant>>,
    laws: laws::Stream,
    /// An agent died meanwhile, and the next one may say so.
    crashed: bool,
    path: PathBuf,
    /// Every event read so far.
    pub(crate) seen: Vec<ReadEvent>,
}

impl Watch {
    /// What is appended to this file from now on.
    pub(crate) fn of_file(path: &Path) -> Watch {
        let deadline = Rc::new(Cell::new(Instant::now() + patience()));
        let follow = Follow::end_of(path, Rc::clone(&deadline)).expect("the file exists and can be watched");
        Watch {
            reader: Reader::new(follow),
            deadline,
            laws: laws::Stream::default(),
            crashed: false,
            path: path.to_owned(),
            seen: Vec::new(),
        }
    }

    /// Waits no longer than this from now on.
    pub(crate) fn within(&mut self, longest: Duration) {
        self.deadline.set(Instant::now() + longest);
    }

    /// The next event, or nothing when the time is over. Each is held against the laws that all events obey.
    pub(crate) fn next(&mut self) -> Option<ReadEvent> {
        match self.reader.next()? {
            Ok(event) => {
                self.laws.check(&event);
                Some(event)
            }
            Err(problem) if matches!(problem.reason, Reason::Input(_)) => None,
            Err(problem) => panic!("the output cannot be read: {problem}"),
        }
    }

    /// Reads until an event satisfies; `false` when the time is over before that.
    pub(crate) fn until(&mut self, mut satisfies: impl FnMut(&ReadEvent) -> bool) -> bool {
        while let Some(event) = self.next() {
            let found = satisfies(&event);
            self.seen.push(event);
            if found {
                return true;
            }
        }
        false
    }

    /// Reads until everything is out that happened before this call.
    #[track_caller]
    pub(crate) fn settle(&mut self) {
        let mut seen = Vec::new();
        self.settle_within(patience(), |event| seen.push(event.clone()));
        self.seen.append(&mut seen);
    }

    /// The same with another patience, and for more events than one wants to keep: each is only shown.
    #[track_caller]
    pub(crate) fn settle_within(&mut self, patience: Duration, mut show: impl FnMut(&ReadEvent)) {
        let mut missing = vec![deed::Sentinel::perform().events()];
        let (mut lost, mut last) = (self.laws.missing(), Instant::now());
        self.within(patience);
        while missing.iter().all(|sentinel| !sentinel.is_empty()) {
            let Some(event) = self.next() else {
                panic!("the sentinel's events did not come within {patience:?}: {missing:?}");
            };
            for sentinel in &mut missing {
                sentinel.retain(|sign| !sign.is_in(&event));
            }
            show(&event);
            // Where lines may be lost, the sentinel's may be among them.
            if self.laws.missing() > lost && last.elapsed() > Duration::from_secs(1) {
                missing.push(deed::Sentinel::perform().events());
                (lost, last) = (self.laws.missing(), Instant::now());
            }
        }
    }

    /// The output may lose lines from now on, if the stream tells how many.
    pub(crate) fn account_for_losses(&mut self) {
        self.laws.account_for(&format!("file:{}", self.path.display()));
    }

    /// Reads until every missing line is told of; gives how many those are.
    #[track_caller]
    pub(crate) fn balance(&mut self, patience: Duration) -> u64 {
        self.within(patience);
        loop {
            let account = self.laws.account().expect("it was asked for");
            if account.is_even() {
                return account.told;
            }
            let account = format!("{account:?}");
            assert!(self.next().is_some(), "lines are missing of which nothing tells: {account}");
        }
    }

    /// The next event is written by an agent that starts after a crash: its number need not follow at once.
    pub(crate) fn after_a_crash(&mut self) {
        self.laws.after_a_crash();
        self.crashed = true;
    }

    /// The events in which these processes act.
    pub(crate) fn of(&self, pids: &[u32]) -> Vec<&ReadEvent> {
        self.seen.iter().filter(|event| actor(event).is_some_and(|pid| pids.contains(&pid))).collect()
    }

    /// Waits for the expected events of these processes, then for all others before a sentinel, and compares: each
    /// expected event came once with exactly these values, and no other came.
    #[track_caller]
    pub(crate) fn expect(&mut self, pids: &[u32], expected: &[Expected]) {
        let mut wanting = expected::Counts::of(expected);
        for event in self.of(pids) {
            wanting.take(event);
        }
        self.within(patience());
        let came = wanting.is_empty()
            || self.until(|event| {
                if actor(event).is_some_and(|pid| pids.contains(&pid)) {
                    wanting.take(event);
                }
                wanting.is_empty()
            });
        if came {
            self.settle();
        }
        if let Err(differences) = expected::compare(&self.of(pids), expected) {
            let patience = if came { String::new() } else { format!(" (after waiting {:?})", patience()) };
            panic!("events of the processes {pids:?}{patience}:\n{differences}");
        }
        let is_expected = |event: &&ReadEvent| match event.value("ID") {
            Some("AgentDied") => self.crashed,
            Some(_) | None => is_of_a_busy_machine(event),
        };
        let mut reports = self.seen.iter().filter(|event| event.system.event_id == 255);
        if let Some(report) = reports.find(|event| !is_expected(event)) {
            panic!("the agent reports trouble: {}", report.raw);
        }
    }
}

/// Whether a report (event 255) is true where a machine has no time for the agent, and no fault: what hangs is found by
/// the patience, what is lost has a report of its own, and a missing hash is found by the comparison.
pub(crate) fn is_of_a_busy_machine(report: &ReadEvent) -> bool {
    matches!(report.value("ID"), Some("AgentStoodStill" | "HashesLeftOut"))
}

/// The process that an event says did it.
pub(crate) fn actor(event: &ReadEvent) -> Option<u32> {
    event.value("ProcessId").or_else(|| event.value("SourceProcessId"))?.parse().ok()
}

/// A file that grows: reading waits for more, until the deadline.
struct Follow {
    file: io::BufReader<File>,
    changes: OwnedFd,
    deadline: Rc<Cell<Instant>>,
}

impl Follow {
    fn end_of(path: &Path, deadline: Rc<Cell<Instant>>) -> io::Result<Follow> {
        let changes = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
        inotify::add_watch(&changes, path, inotify::WatchFlags::MODIFY)?;
        let mut file = File::open(path)?;
        io::Seek::seek(&mut file, io::SeekFrom::End(0))?;
        Ok(Follow { file: io::BufReader::with_capacity(1 << 16, file), changes, deadline })
    }

    fn wait_for_change(&self) -> io::Result<()> {
        let left = self.deadline.get().saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let timeout = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
        match poll(&mut [PollFd::new(&self.changes, PollFlags::IN)], Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        // What changed is of no interest, only that something did.
        while rustix::io::read(&self.changes, &mut [0_u8; 4096]).is_ok() {}
        Ok(())
    }
}

impl Read for Follow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let length = ready.len().min(buffer.len());
        buffer[..length].copy_from_slice(&ready[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Follow {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.file.fill_buf()?.is_empty() {
            self.wait_for_change()?;
        }
        self.file.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.file.consume(length);
    }
}

/// Asks again and again, with short pauses, until there is an answer or the time is over: for what cannot be waited for.
pub(crate) fn poll_until<T>(deadline: Instant, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() >= deadline {
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Every event that is in a file now.
#[track_caller]
pub(crate) fn read_all(path: &Path) -> Vec<ReadEvent> {
    let file = File::open(path).expect("the file is there");
    Reader::new(io::BufReader::new(file))
        .map(|event| event.unwrap_or_else(|problem| panic!("the output cannot be read: {problem}")))
        .collect()
}
