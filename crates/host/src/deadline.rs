//! Questions that may block, asked with a deadline.
//!
//! A name service may wait for a network, a path may lead into a file system whose server is gone. Such work is
//! done on a thread of its own. The line waits for the answer for some milliseconds, and goes on without it when
//! it is late; the late answer is handed over with a later question. A file system that is slow on purpose costs
//! the line at most one part in [`REST`]: after each missed deadline nobody waits for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

/// After a missed deadline, this many times the patience passes before anybody waits again.
const REST: u32 = 20;

/// A worker that is silent for so long is given up, and another takes its place.
const GIVE_UP: Duration = Duration::from_secs(2);

/// So many workers may be blocked at once before there are no answers any more.
const WORKERS_MAX: usize = 4;

/// A worker thread, and how long to wait for it.
pub(crate) struct Deadline<Q, A> {
    name: &'static str,
    /// `None`: nobody is ever asked.
    work: Option<Work<Q, A>>,
    patience: Duration,
    desk: Option<Desk<Q, A>>,
    workers: Arc<AtomicUsize>,
    rest_until: Option<Instant>,
    missed: u64,
}

/// How a question is answered.
type Work<Q, A> = Arc<dyn Fn(Q) -> A + Send + Sync>;

/// The two ends of a worker.
struct Desk<Q, A> {
    questions: Sender<Q>,
    answers: Receiver<A>,
    /// Since when an answer is owed.
    owed_since: Option<Instant>,
}

impl<Q: Send + 'static, A: Send + 'static> Deadline<Q, A> {
    /// A worker that answers with `work`. Its thread starts with the first question.
    pub(crate) fn new(
        name: &'static str,
        patience: Duration,
        work: impl Fn(Q) -> A + Send + Sync + 'static,
    ) -> Self {
        Self { work: Some(Arc::new(work)), patience, ..Self::nobody(name) }
    }

    /// Nobody to ask: there is no answer, at once, and no thread.
    pub(crate) fn nobody(name: &'static str) -> Self {
        let workers = Arc::new(AtomicUsize::new(0));
        let patience = Duration::ZERO;
        Self { name, work: None, patience, desk: None, workers, rest_until: None, missed: 0 }
    }

    /// Asks. `None`: no answer in time. An answer to an earlier question goes to `late`.
    pub(crate) fn ask(&mut self, question: Q, late: &mut dyn FnMut(A)) -> Option<A> {
        let now = Instant::now();
        let desk = self.free_desk(now, late)?;
        if desk.questions.try_send(question).is_err() {
            self.desk = None;
            return None;
        }
        if self.rest_until.is_some_and(|until| now < until) {
            let desk = self.desk.as_mut()?;
            desk.owed_since = Some(now);
            return None;
        }
        let patience = self.patience;
        let desk = self.desk.as_mut()?;
        if let Ok(answer) = desk.answers.recv_timeout(patience) {
            return Some(answer);
        }
        desk.owed_since = Some(now);
        self.rest_until = Some(Instant::now() + patience * REST);
        self.missed += 1;
        None
    }

    /// Takes an answer that came late, if one is there.
    pub(crate) fn late(&mut self) -> Option<A> {
        let desk = self.desk.as_mut()?;
        desk.owed_since?;
        let answer = desk.answers.try_recv().ok()?;
        desk.owed_since = None;
        Some(answer)
    }

    /// How often an answer did not come in time.
    pub(crate) fn missed(&self) -> u64 {
        self.missed
    }

    /// A worker that owes nothing.
    fn free_desk(&mut self, now: Instant, late: &mut dyn FnMut(A)) -> Option<&mut Desk<Q, A>> {
        if let Some(desk) = &mut self.desk
            && let Some(since) = desk.owed_since
        {
            if let Ok(answer) = desk.answers.try_recv() {
                late(answer);
                desk.owed_since = None;
            } else if now.duration_since(since) < GIVE_UP {
                return None;
            } else {
                self.desk = None;
            }
        }
        if self.desk.is_none() {
            self.desk = self.hire();
        }
        self.desk.as_mut()
    }

    /// Starts a worker; it ends when its desk is gone, at the latest after the call that blocks it.
    fn hire(&self) -> Option<Desk<Q, A>> {
        let work = Arc::clone(self.work.as_ref()?);
        if self.workers.load(Ordering::Relaxed) >= WORKERS_MAX {
            return None;
        }
        let (questions, inbox) = bounded::<Q>(1);
        let (outbox, answers) = bounded(1);
        let workers = Arc::clone(&self.workers);
        workers.fetch_add(1, Ordering::Relaxed);
        let run = move || {
            for question in inbox {
                if outbox.send(work(question)).is_err() {
                    break;
                }
            }
            workers.fetch_sub(1, Ordering::Relaxed);
        };
        if let Err(error) = thread::Builder::new().name(self.name.to_owned()).spawn(run) {
            self.workers.fetch_sub(1, Ordering::Relaxed);
            tracing::warn!(%error, worker = self.name, "cannot start a thread");
            return None;
        }
        Some(Desk { questions, answers, owed_since: None })
    }
}

impl<Q, A> std::fmt::Debug for Deadline<Q, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deadline")
            .field("name", &self.name)
            .field("missed", &self.missed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_in_time_is_given() {
        let mut deadline = Deadline::new("test", Duration::from_secs(5), |n: u32| n + 1);
        for n in 0..100 {
            assert_eq!(deadline.ask(n, &mut |_| panic!("nothing is late")), Some(n + 1));
        }
        assert_eq!(deadline.missed(), 0);
    }

    #[test]
    fn a_blocked_worker_costs_one_wait_and_answers_late() {
        let (open_gate, gate) = bounded::<()>(1);
        let mut deadline = Deadline::new("test", Duration::from_millis(10), move |n: u32| {
            if n == 1 {
                let _ = gate.recv();
            }
            n
        });
        let begin = Instant::now();
        assert_eq!(deadline.ask(1, &mut |_| {}), None);
        for _ in 0..1_000 {
            assert_eq!(deadline.ask(2, &mut |_| {}), None);
        }
        assert!(begin.elapsed() < Duration::from_secs(1), "only the first question waits");
        assert_eq!(deadline.missed(), 1);
        open_gate.send(()).expect("the worker waits for it");
        let mut late = Vec::new();
        let opened = Instant::now();
        while late.is_empty() && opened.elapsed() < GIVE_UP {
            thread::yield_now();
            deadline.ask(3, &mut |answer| late.push(answer));
        }
        assert_eq!(late.first(), Some(&1));
    }
}
