//! A destination with its queue and its thread.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::losses::Losses;
use crate::{Destination, Line, Loss, Rank, Stop, Why};

/// How much may wait for a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Lines.
    pub lines: usize,
    /// Bytes of text.
    pub bytes: usize,
}

impl Default for Limits {
    /// Some seconds of a busy machine.
    fn default() -> Limits {
        Limits { lines: 65_536, bytes: 64 << 20 }
    }
}

impl Limits {
    /// How much may wait for a line of this rank to be taken.
    fn of(self, rank: Rank) -> Limits {
        match rank {
            Rank::Reports => self,
            Rank::Leads => {
                Limits { lines: self.lines - self.lines / 16, bytes: self.bytes - self.bytes / 16 }
            }
            Rank::Yields => Limits { lines: self.lines / 2, bytes: self.bytes / 2 },
        }
    }
}

/// Something about a destination that its reader should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// It stopped taking lines; they wait.
    Failed(String),
    /// It takes lines again.
    Recovered,
    /// It will never take lines again.
    Gone(String),
    /// It could not be opened anew; the old one stays in use.
    NotReopened(String),
    /// So many lines in it have no end, or were written again after one.
    TornLines(u64),
    /// So many notices more than were kept.
    Omitted(u64),
}

/// A destination with its queue and its thread.
pub struct Sink {
    name: String,
    limits: Limits,
    shared: Arc<Shared>,
}

/// Between two attempts at a destination that failed; doubled after each.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Between two attempts at a destination that is merely full.
const BUSY_PAUSE: Duration = Duration::from_millis(10);
/// Lines that the thread takes from the queue at once.
const BATCH: usize = 1024;
/// Notices kept until they are taken.
const MOST_NOTICES: usize = 32;

struct Shared {
    state: Mutex<State>,
    /// Something came for the thread to do.
    work: Condvar,
    /// Lines were finished, or the thread ended.
    progress: Condvar,
}

#[derive(Default)]
struct State {
    /// Lines that were not finished, first the ones that the thread has at hand.
    pending: VecDeque<Line>,
    bytes: usize,
    reopen: bool,
    closing: bool,
    gone: bool,
    ended: bool,
    losses: Losses,
    /// Reports that were lost, which are told when there is room for more of them.
    lost_reports: Losses,
    notices: Vec<Notice>,
    omitted: u64,
    /// How many wait for progress: to wake nobody costs a call of the system too.
    awaited: usize,
}

impl Sink {
    /// Starts the thread for a destination.
    pub fn start(destination: impl Destination + 'static, limits: Limits) -> io::Result<Sink> {
        let name = destination.name();
        let shared =
            Arc::new(Shared { state: Mutex::default(), work: Condvar::new(), progress: Condvar::new() });
        let worker = Worker { destination, shared: Arc::clone(&shared), failing: false, pause: FIRST_PAUSE };
        // Not joined: a destination that hangs must not hold up the agent's end.
        thread::Builder::new().name("sink".to_owned()).spawn(move || worker.run())?;
        Ok(Sink { name, limits, shared })
    }

    /// The destination's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Queues a line, or counts it as lost when the queue is full. Never waits for the destination.
    pub fn offer(&self, line: &Line) {
        self.offer_all(std::slice::from_ref(line));
    }

    /// Queues lines in their order. Lines offered together wake the thread once.
    pub fn offer_all(&self, lines: &[Line]) {
        let mut state = self.shared.lock();
        let was_idle = state.pending.is_empty();
        for line in lines {
            state.queue(line, self.limits);
        }
        let has_work = was_idle && !state.pending.is_empty();
        // Whoever wakes needs the lock first.
        drop(state);
        if has_work {
            self.shared.work.notify_one();
        }
    }

    /// Asks for the destination to be opened anew.
    pub fn reopen(&self) {
        self.shared.lock().reopen = true;
        self.shared.work.notify_one();
    }

    /// What was lost since the last call. Reporting it makes a line too, so ask at intervals, not after every line.
    /// Reports that were lost are told when there is room for reports again: one that tells at once of the last one
    /// would be lost as well, for ever.
    pub fn take_losses(&self) -> Vec<Loss> {
        let mut state = self.shared.lock();
        let mut losses = state.losses.take();
        if state.has_room(self.limits) {
            losses.append(&mut state.lost_reports.take());
        }
        losses
    }

    /// Whether a report that is offered now will be taken.
    pub fn has_room(&self) -> bool {
        self.shared.lock().has_room(self.limits)
    }

    /// What happened to the destination since the last call.
    pub fn take_notices(&self) -> Vec<Notice> {
        let mut state = self.shared.lock();
        let mut notices = std::mem::take(&mut state.notices);
        if state.omitted > 0 {
            notices.push(Notice::Omitted(std::mem::take(&mut state.omitted)));
        }
        notices
    }

    /// Whether the destination is closed for good, as a pipe without a reader is.
    pub fn is_gone(&self) -> bool {
        self.shared.lock().gone
    }

    /// Lines that wait.
    pub fn pending(&self) -> usize {
        self.shared.lock().pending.len()
    }

    /// Waits until everything offered is written, at most until `deadline`; says whether it is.
    pub fn flush(&self, deadline: Instant) -> bool {
        let state = self.shared.lock();
        self.shared.wait_for_progress(state, deadline, |state| state.pending.is_empty()).pending.is_empty()
    }

    /// Writes what waits, at most until `deadline`, and ends. The answer is what was lost since the last time, with
    /// what still waited.
    pub fn close(self, deadline: Instant) -> Vec<Loss> {
        let mut state = self.shared.lock();
        state.closing = true;
        self.shared.work.notify_one();
        let mut state = self.shared.wait_for_progress(state, deadline, |state| state.ended);
        state.abandon(Why::Ended);
        let mut losses = state.losses.take();
        losses.append(&mut state.lost_reports.take());
        losses
    }
}

impl Drop for Sink {
    /// A sink that is dropped without [`Sink::close`] leaves its thread to write what waits, and to end.
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.work.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock; and if it did, the queue would still be whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for_progress<'s>(
        &self,
        mut state: MutexGuard<'s, State>,
        deadline: Instant,
        done: impl Fn(&State) -> bool,
    ) -> MutexGuard<'s, State> {
        state.awaited += 1;
        while !done(&state) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.awaited -= 1;
        state
    }

    /// Waits for work, but not longer than `pause` when there is one.
    fn wait_for_work<'s>(
        &self,
        state: MutexGuard<'s, State>,
        pause: Option<Duration>,
    ) -> MutexGuard<'s, State> {
        match pause {
            Some(pause) => self.work.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0,
            None => self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
        }
    }
}

impl State {
    fn queue(&mut self, line: &Line, limits: Limits) {
        let Limits { lines, bytes } = limits.of(line.rank);
        if self.gone {
            self.lose(line, Why::Gone);
        } else if self.pending.len() >= lines || self.bytes + line.text.len() > bytes {
            self.lose(line, Why::QueueFull);
        } else {
            self.bytes += line.text.len();
            self.pending.push_back(line.clone());
        }
    }

    /// Whether nothing but reports takes from the room of reports.
    fn has_room(&self, limits: Limits) -> bool {
        let Limits { lines, bytes } = limits.of(Rank::Leads);
        !self.gone && self.pending.len() <= lines && self.bytes <= bytes
    }

    fn lose(&mut self, line: &Line, why: Why) {
        match line.rank {
            Rank::Reports => self.lost_reports.count(line, why),
            Rank::Leads | Rank::Yields => self.losses.count(line, why),
        }
    }

    fn notice(&mut self, notice: Notice) {
        if self.notices.len() < MOST_NOTICES {
            self.notices.push(notice);
        } else {
            self.omitted += 1;
        }
    }

    /// Takes away lines from the front that are done with.
    fn finish(&mut self, lines: usize) {
        let lines = lines.min(self.pending.len());
        let done: usize = self.pending.drain(..lines).map(|line| line.text.len()).sum();
        self.bytes -= done;
    }

    fn lose_first(&mut self, why: Why) {
        if let Some(line) = self.pending.pop_front() {
            self.bytes -= line.text.len();
            self.lose(&line, why);
        }
    }

    fn abandon(&mut self, why: Why) {
        while !self.pending.is_empty() {
            self.lose_first(why);
        }
    }
}

/// What the thread does next.
enum Task {
    Write(Vec<Line>),
    Reopen,
    End,
}

struct Worker<D> {
    destination: D,
    shared: Arc<Shared>,
    failing: bool,
    pause: Duration,
}

impl<D: Destination> Worker<D> {
    fn run(mut self) {
        self.report_torn();
        loop {
            match self.next_task() {
                Task::Write(lines) => self.write(&lines),
                Task::Reopen => self.reopen(),
                Task::End => break,
            }
        }
        self.destination.finish();
        self.report_torn();
        self.shared.lock().ended = true;
        self.shared.progress.notify_all();
    }

    fn next_task(&self) -> Task {
        let mut state = self.shared.lock();
        loop {
            if state.gone {
                return Task::End;
            }
            if std::mem::take(&mut state.reopen) {
                return Task::Reopen;
            }
            if !state.pending.is_empty() {
                return Task::Write(state.pending.iter().take(BATCH).cloned().collect());
            }
            if state.closing {
                return Task::End;
            }
            state = self.shared.wait_for_work(state, None);
        }
    }

    /// Writes until all lines are done with, something else is to be done, or the destination is gone.
    fn write(&mut self, mut lines: &[Line]) {
        while !lines.is_empty() {
            let outcome = self.destination.write(lines);
            lines = &lines[outcome.finished..];
            let mut state = self.shared.lock();
            state.finish(outcome.finished);
            if state.awaited > 0 {
                self.shared.progress.notify_all();
            }
            if self.failing && outcome.finished > 0 {
                self.failing = false;
                self.pause = FIRST_PAUSE;
                state.notice(Notice::Recovered);
            }
            let pause = match outcome.stop {
                None => continue,
                Some(Stop::TooLong) => {
                    state.lose_first(Why::TooLong);
                    lines = &lines[1..];
                    continue;
                }
                Some(Stop::Gone(error)) => {
                    state.gone = true;
                    state.notice(Notice::Gone(error.to_string()));
                    state.abandon(Why::Gone);
                    return;
                }
                Some(Stop::Busy) => BUSY_PAUSE,
                Some(Stop::Failed(error)) => {
                    if !self.failing {
                        self.failing = true;
                        state.notice(Notice::Failed(error.to_string()));
                    }
                    let pause = self.pause;
                    self.pause = (pause * 2).min(LONGEST_PAUSE);
                    // At the end of the agent every moment counts.
                    if state.closing { FIRST_PAUSE } else { pause }
                }
            };
            if self.rest(state, pause) {
                return;
            }
        }
    }

    /// Pauses; says whether the batch has to be left, because lines were taken away or the destination shall be opened
    /// anew. The end of the agent cuts the pause short, but is no reason to give up.
    fn rest(&self, state: MutexGuard<'_, State>, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        let was_closing = state.closing;
        let mut state = state;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if state.reopen || state.pending.is_empty() {
                return true;
            }
            if left.is_zero() || (state.closing && !was_closing) {
                return false;
            }
            state = self.shared.wait_for_work(state, Some(left));
        }
    }

    fn reopen(&mut self) {
        let result = self.destination.reopen();
        if let Err(error) = result {
            self.shared.lock().notice(Notice::NotReopened(error.to_string()));
        }
        self.report_torn();
    }

    fn report_torn(&mut self) {
        match self.destination.take_torn() {
            0 => {}
            torn => self.shared.lock().notice(Notice::TornLines(torn)),
        }
    }
}
