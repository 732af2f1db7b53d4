//! The threads that open and read files.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{Receiver, Select, SendTimeoutError, Sender, TryRecvError, bounded};
use rustix::fs::Advice;
use tuxmon_event::Text;

use super::digest::Digests;
use super::open::{Opened, Opener};
use super::{Job, Key, PIECE, Request};

/// How much of one file is read before the next one's turn.
const SLICE_BYTES: usize = 32 * PIECE;
const SLICE_TIME: Duration = Duration::from_millis(250);

/// Open files that wait in each lane.
const LANE_FILES: usize = 128;

/// A thread that has been at one step for so long is blocked by a file system.
const BLOCKED: Duration = Duration::from_secs(10);

/// Threads are replaced so many times at most; what blocks even more stops the hashing, and is counted.
const REPLACEMENTS_MAX: usize = 8;

/// Change times are stamped with a clock that moves by this at most; see [`let_the_grain_pass`].
const GRAIN: Duration = Duration::from_millis(10);

/// How often the opener, waiting for room, looks whether it is still wanted.
const LOOK_UP: Duration = Duration::from_secs(1);

/// Hashing may take what the others leave.
const NICENESS: i32 = 10;

/// The end of a computation.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) key: Key,
    pub(crate) ticket: u64,
    pub(crate) outcome: Outcome,
}

/// What came of a computation.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The hashes.
    Hashes(Text),
    /// The file could not be had as it was executed.
    Absent,
}

/// A file that is being read.
struct Work {
    key: Key,
    ticket: u64,
    opened: Opened,
    digests: Digests,
}

/// What a thread is at, since when. `None`: it waits for work.
type Step = Arc<Mutex<Option<(Key, u64, Instant)>>>;

/// What a thread does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Duty {
    Open,
    Quick,
    Slow,
}

/// The threads, and the channels between them.
#[derive(Debug)]
pub(crate) struct Crew {
    posts: Vec<(Duty, Step)>,
    channels: Channels,
    replacements: usize,
    /// Dropped with the crew; the threads end when they see that.
    _stay: Sender<()>,
}

#[derive(Debug, Clone)]
struct Channels {
    jobs: Receiver<Job>,
    quick: (Sender<Work>, Receiver<Work>),
    slow: (Sender<Work>, Receiver<Work>),
    done: Sender<Done>,
    stop: Receiver<()>,
}

impl Crew {
    pub(crate) fn start(jobs: Receiver<Job>, done: Sender<Done>) -> std::io::Result<Self> {
        let (stay, stop) = bounded(0);
        let channels = Channels { jobs, quick: bounded(LANE_FILES), slow: bounded(LANE_FILES), done, stop };
        let mut crew = Self { posts: Vec::new(), channels, replacements: 0, _stay: stay };
        for duty in [Duty::Open, Duty::Quick, Duty::Slow] {
            let step = crew.hire(duty)?;
            crew.posts.push((duty, step));
        }
        Ok(crew)
    }

    /// Puts a new thread in the place of each one that is blocked, and gives up what that one was at.
    pub(crate) fn replace_blocked(&mut self) -> Vec<Done> {
        let mut given_up = Vec::new();
        for position in 0..self.posts.len() {
            let (duty, step) = &self.posts[position];
            let blocked = seen(step).filter(|(_, _, since)| since.elapsed() > BLOCKED);
            let Some((key, ticket, _)) = blocked else { continue };
            if self.replacements >= REPLACEMENTS_MAX {
                continue;
            }
            match self.hire(*duty) {
                Ok(step) => {
                    self.replacements += 1;
                    self.posts[position].1 = step;
                    given_up.push(Done { key, ticket, outcome: Outcome::Absent });
                }
                Err(error) => tracing::warn!(%error, "cannot replace a blocked hash thread"),
            }
        }
        given_up
    }

    fn hire(&self, duty: Duty) -> std::io::Result<Step> {
        let step = Step::default();
        let channels = self.channels.clone();
        let post = Arc::clone(&step);
        thread::Builder::new().name("hash".to_owned()).spawn(move || {
            // On Linux this is about the calling thread only. Without it hashing is merely less polite.
            let _ = rustix::process::setpriority_process(None, NICENESS);
            match duty {
                Duty::Open => open_all(&channels, &post),
                Duty::Quick | Duty::Slow => read_all(duty, &channels, &post),
            }
        })?;
        Ok(step)
    }
}

/// Never waits: a step that is being changed right now is not blocked.
fn seen(step: &Step) -> Option<(Key, u64, Instant)> {
    step.try_lock().ok().and_then(|step| *step)
}

fn at(step: &Step, work: Option<(Key, u64)>) {
    let now = work.map(|(key, ticket)| (key, ticket, Instant::now()));
    *step.lock().unwrap_or_else(PoisonError::into_inner) = now;
}

/// Opens what is asked for, in order.
fn open_all(channels: &Channels, step: &Step) {
    let mut opener = Opener::new();
    loop {
        let Some(Job { key, request }) = channels.next(&channels.jobs) else { return };
        let ticket = request.ticket;
        at(step, Some((key, ticket)));
        let work = begin(&mut opener, key, &request);
        at(step, None); // a full lane is no blocked file system
        let sent = match work {
            Some(work) => channels.pass(work),
            None => channels.done.send(Done { key, ticket, outcome: Outcome::Absent }).is_ok(),
        };
        if !sent {
            return;
        }
    }
}

fn begin(opener: &mut Opener, key: Key, request: &Request) -> Option<Work> {
    let opened = opener.open(request)?;
    Some(Work { key, ticket: request.ticket, opened, digests: Digests::new(key.algorithms) })
}

/// Reads what is open, one slice of each file.
fn read_all(duty: Duty, channels: &Channels, step: &Step) {
    let inbox = if duty == Duty::Quick { &channels.quick.1 } else { &channels.slow.1 };
    let mut piece = vec![0; PIECE];
    let mut kept: Option<Work> = None;
    loop {
        let Some(mut work) = kept.take().or_else(|| channels.next(inbox)) else { return };
        let (key, ticket) = (work.key, work.ticket);
        if duty == Duty::Quick {
            at(step, Some((key, ticket)));
            let_the_grain_pass(work.opened.stamp.ctime_ns);
        }
        let outcome = match read_slice(&mut work, &mut piece, step) {
            Slice::End => {
                at(step, Some((key, ticket)));
                finish(work)
            }
            Slice::More => match channels.slow.0.try_send(work) {
                Ok(()) => {
                    at(step, None);
                    continue;
                }
                Err(refused) if duty == Duty::Slow && channels.is_open() => {
                    kept = Some(refused.into_inner());
                    continue;
                }
                Err(_) => Outcome::Absent,
            },
            Slice::Failed => Outcome::Absent,
        };
        at(step, None);
        if channels.done.send(Done { key, ticket, outcome }).is_err() {
            return;
        }
    }
}

impl Channels {
    /// Waits for work. `None`: the crew is no longer wanted.
    fn next<T>(&self, inbox: &Receiver<T>) -> Option<T> {
        let mut select = Select::new();
        let work = select.recv(inbox);
        select.recv(&self.stop);
        let ready = select.select();
        if ready.index() == work {
            ready.recv(inbox).ok()
        } else {
            // Nothing is ever sent there: it was closed.
            let _ = ready.recv(&self.stop);
            None
        }
    }

    /// Hands work to the quick lane and waits for room there. Tells whether the crew is still wanted.
    fn pass(&self, mut work: Work) -> bool {
        loop {
            match self.quick.0.send_timeout(work, LOOK_UP) {
                Ok(()) => return true,
                Err(SendTimeoutError::Timeout(back)) if self.is_open() => work = back,
                Err(SendTimeoutError::Timeout(_) | SendTimeoutError::Disconnected(_)) => return false,
            }
        }
    }

    /// Whether the crew is still wanted.
    fn is_open(&self) -> bool {
        matches!(self.stop.try_recv(), Err(TryRecvError::Empty))
    }
}

/// How far a slice went.
enum Slice {
    End,
    More,
    Failed,
}

fn read_slice(work: &mut Work, piece: &mut [u8], step: &Step) -> Slice {
    let begin = Instant::now();
    let mut read = 0;
    let _ = rustix::fs::fadvise(&work.opened.file, 0, None, Advice::Sequential);
    while read < SLICE_BYTES && begin.elapsed() < SLICE_TIME {
        at(step, Some((work.key, work.ticket)));
        match work.opened.file.read(piece) {
            Ok(0) => return Slice::End,
            Ok(count) => {
                work.digests.update(&piece[..count]);
                read += count;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Slice::Failed,
        }
    }
    Slice::More
}

fn finish(work: Work) -> Outcome {
    if work.opened.is_unchanged() { Outcome::Hashes(work.digests.finish()) } else { Outcome::Absent }
}

/// A file that was changed twice within one tick of the kernel's clock has the same change time both times. So a
/// change that comes while we read can be seen for certain only when the file's change time is older than a tick:
/// for a file this fresh the tick is waited for. What has that change time after the tick has it for good.
fn let_the_grain_pass(ctime_ns: u64) {
    let changed = UNIX_EPOCH + Duration::from_nanos(ctime_ns);
    // A change time in the future (the clock was set back) says nothing about its age.
    let age = SystemTime::now().duration_since(changed).unwrap_or_default();
    thread::sleep(GRAIN.saturating_sub(age));
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::unbounded;
    use tuxmon_wire::{BootTime, File, Identity};

    use super::*;
    use crate::hash::Algorithms;

    const KEY: Key = Key {
        device: 1,
        inode: 2,
        size: 3,
        ctime_ns: 4,
        algorithms: Algorithms { md5: true, sha1: false, sha256: false },
    };

    #[test]
    fn a_blocked_thread_is_replaced_and_its_file_given_up() {
        let (jobs, inbox) = bounded(1);
        let (outbox, done) = unbounded();
        let mut crew = Crew::start(inbox, outbox).expect("threads can be started");
        assert!(crew.replace_blocked().is_empty());
        let long_ago = Instant::now().checked_sub(BLOCKED * 2).expect("the machine is up for longer");
        for (_, step) in &crew.posts {
            *step.lock().expect("nobody panics") = Some((KEY, 5, long_ago));
        }
        let given_up = crew.replace_blocked();
        assert_eq!(given_up.len(), 3);
        assert!(given_up.iter().all(|done| done.ticket == 5 && matches!(done.outcome, Outcome::Absent)));
        assert!(crew.replace_blocked().is_empty(), "the new ones wait for work");
        let request = Request {
            ticket: 6,
            identity: Identity { pid: 1, start: BootTime(1), exec_id: 0 },
            path: Vec::new(),
            file: File::default(),
            mount_namespace: 0,
        };
        jobs.send(Job { key: KEY, request }).expect("the crew is there");
        let answer = done.recv_timeout(Duration::from_secs(30)).expect("they work");
        assert_eq!(answer.ticket, 6);
    }

    #[test]
    fn the_threads_end_with_the_crew() {
        let (jobs, inbox) = bounded(1);
        let (outbox, done) = unbounded::<Done>();
        let crew = Crew::start(inbox, outbox).expect("threads can be started");
        drop(crew);
        drop(jobs);
        let end = done.recv_timeout(Duration::from_secs(30)).expect_err("nothing was asked");
        assert!(end.is_disconnected(), "each thread has let go of its end");
    }
}
