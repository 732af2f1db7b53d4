//! EventRecordID: a running number that outlives the agent.
//!
//! The file is upstream's `eventId`: eight bytes, little endian, the next number. A crash must not make a number come
//! twice, and saving each one would cost a disk access for each event; so the file is kept a block ahead, by a thread of
//! its own, and set back to the exact number at an orderly end. After a crash the numbers jump over what was left of the
//! block. They start over at 2^31, see docs/decisions/0006-event-record-id.md.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags};

/// Numbers from 0 on before they start over: consumers read a signed 32-bit number, and nothing at all above it.
pub const IDS_PER_CYCLE: u64 = 1 << 31;

/// How far the file is ahead; about a second of a very busy machine.
const BLOCK: u64 = 8192;
/// How long the line waits for a disk that does not answer, before it goes on without a saved block.
const PATIENCE: Duration = Duration::from_secs(1);

/// The source of numbers.
pub struct RecordIds {
    /// The next number, not reduced to its cycle.
    next: u64,
    /// The number at which to look after the file.
    look_at: u64,
    saver: Option<Saver>,
}

/// One number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issued {
    /// The number.
    pub id: u64,
    /// Whether the numbers started over with this one.
    pub started_over: bool,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file system refused.
    #[error(transparent)]
    File(#[from] io::Error),
    /// The path leads to a directory, a device or the like.
    #[error("not a regular file")]
    NotAFile,
    /// Two agents would issue the same numbers.
    #[error("another agent is using it")]
    InUse,
}

struct Saver {
    shared: Arc<Shared>,
    thread: JoinHandle<File>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    wanted: u64,
    granted: u64,
    problem: Option<io::Error>,
    ending: bool,
}

impl RecordIds {
    /// Opens or creates the file, and says what was wrong with its content.
    pub fn open(path: &Path) -> Result<(RecordIds, Option<String>), OpenError> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(flags.bits().cast_signed())
            .open(path)?;
        if !file.metadata()?.is_file() {
            return Err(OpenError::NotAFile);
        }
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|error| match error {
            rustix::io::Errno::WOULDBLOCK => OpenError::InUse,
            other => OpenError::File(other.into()),
        })?;
        let (next, complaint) = stored(&file)?;
        let granted = next + BLOCK;
        save(&file, granted)?;
        let saver = Saver::start(file, granted)?;
        Ok((RecordIds { next, look_at: granted - BLOCK / 2, saver: Some(saver) }, complaint))
    }

    /// Numbers that nothing keeps, for runs without a state directory.
    pub fn unsaved() -> RecordIds {
        RecordIds { next: 0, look_at: u64::MAX, saver: None }
    }

    /// The next number.
    pub fn issue(&mut self) -> Issued {
        if self.next >= self.look_at {
            self.look_after_file();
        }
        let id = self.next % IDS_PER_CYCLE;
        let started_over = id == 0 && self.next > 0;
        self.next += 1;
        Issued { id, started_over }
    }

    /// Why the file could not be written since the last call. Numbers are issued all the same, but a crash could now
    /// make some of them come again.
    pub fn take_problem(&mut self) -> Option<io::Error> {
        self.saver.as_ref()?.shared.lock().problem.take()
    }

    /// Saves the exact next number, so that the next start goes on without a gap.
    pub fn close(mut self) -> io::Result<()> {
        let Some(saver) = self.saver.take() else { return Ok(()) };
        saver.shared.lock().ending = true;
        saver.shared.changed.notify_all();
        let file =
            saver.thread.join().map_err(|_| io::Error::other("the thread that saves numbers has died"))?;
        save(&file, self.next)
    }

    /// Has the next block saved while half of the last one is left, so that the line never waits for the disk; only when
    /// it falls a whole block behind, the line waits for a moment.
    fn look_after_file(&mut self) {
        let Some(saver) = &self.saver else { return };
        let next = self.next;
        let mut state = saver.shared.lock();
        if state.wanted == state.granted {
            state.wanted = state.granted.max(next) + BLOCK;
            saver.shared.changed.notify_all();
        }
        if next >= state.granted {
            let behind = |state: &mut State| state.granted <= next && state.problem.is_none();
            let waited = saver.shared.changed.wait_timeout_while(state, PATIENCE, behind);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        self.look_at = match state.granted.checked_sub(next) {
            Some(ahead) if ahead > BLOCK / 2 => state.granted - BLOCK / 2,
            Some(ahead @ 1..) => next + ahead.min(64),
            Some(0) | None => next + BLOCK,
        };
    }
}

impl Saver {
    fn start(file: File, granted: u64) -> io::Result<Saver> {
        let state = State { wanted: granted, granted, problem: None, ending: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let of_thread = Arc::clone(&shared);
        let thread =
            thread::Builder::new().name("record-ids".to_owned()).spawn(move || of_thread.run(file))?;
        Ok(Saver { shared, thread })
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Saves what is wanted until the end, and gives the file back.
    fn run(&self, file: File) -> File {
        let mut state = self.lock();
        while !state.ending {
            if state.wanted == state.granted {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let wanted = state.wanted;
            drop(state);
            let result = save(&file, wanted);
            state = self.lock();
            match result {
                Ok(()) => state.granted = wanted,
                Err(error) => {
                    state.wanted = state.granted;
                    state.problem = Some(error);
                }
            }
            self.changed.notify_all();
        }
        file
    }
}

/// The number in the file, and what is wrong with it.
fn stored(file: &File) -> io::Result<(u64, Option<String>)> {
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok((0, None));
    }
    if length < 8 {
        return Ok((0, Some(format!("{length} bytes instead of 8; record ids start at 0"))));
    }
    let mut bytes = [0; 8];
    file.read_exact_at(&mut bytes, 0)?;
    let number = u64::from_le_bytes(bytes);
    if number >= IDS_PER_CYCLE {
        return Ok((0, Some(format!("{number} is no record id below 2^31; record ids start at 0"))));
    }
    let complaint = (length > 8).then(|| format!("{length} bytes instead of 8; the first 8 are used"));
    Ok((number, complaint))
}

fn save(file: &File, next: u64) -> io::Result<()> {
    file.write_all_at(&(next % IDS_PER_CYCLE).to_le_bytes(), 0)?;
    file.sync_data()
}
