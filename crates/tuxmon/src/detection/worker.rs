//! The thread that looks at events. The line never waits for it: what it cannot take is counted.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tuxmon_detect::{Alert, Counts, Detector, Rules};
use tuxmon_event::Timestamp;
use tuxmon_host::clock;

use super::offered::{Desk, Offered};
use super::settings::Settings;
use super::{limits, sources};

/// Events that are handed over together at most.
pub(super) const BATCH: usize = 1024;
/// Batches that may wait; with [`MAX_WEIGHT`] what bounds the queue.
const MAX_BATCHES: usize = 128;
/// Bytes of events that may wait.
const MAX_WEIGHT: usize = 32 << 20;
/// Alerts that may wait for the line.
const MAX_ALERTS: usize = 4096;
/// How often counts whose time is over are looked for while nothing happens.
const PAUSE: Duration = Duration::from_secs(1);
/// How often is looked whether somebody has replaced a list.
const LISTS: Duration = Duration::from_secs(10);

/// What the line asks of the thread.
enum Job {
    /// Look at these, which come from this machine.
    Look(Vec<Offered>, Arc<str>),
    /// From now on look for something else.
    Load(Box<Settings>),
    /// Nothing comes any more.
    Finish,
}

/// The line's end of the thread.
pub(super) struct Worker {
    jobs: SyncSender<Job>,
    shared: Arc<Shared>,
}

/// What both ends see.
#[derive(Default)]
struct Shared {
    /// Bytes of events that wait.
    weight: AtomicUsize,
    state: Mutex<State>,
    /// Told whenever a batch was looked at.
    looked: Condvar,
    finished: Condvar,
}

#[derive(Default)]
struct State {
    alerts: VecDeque<Alert>,
    looked: Looked,
    losses: Losses,
    /// Why parts of what was loaded last are left out, until somebody takes it.
    refused: Option<Vec<String>>,
    finished: bool,
}

/// What the thread has done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Looked {
    pub(super) rules: u64,
    pub(super) indicators: u64,
    pub(super) counts: Counts,
    /// Events and alerts that were lost since the start.
    pub(super) lost: u64,
}

/// What was lost since somebody asked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Losses {
    pub(super) events: u64,
    pub(super) alerts: u64,
    /// When the first of the events happened.
    pub(super) since: Option<Timestamp>,
}

impl Worker {
    /// Loads what the settings name, and starts to look.
    pub(super) fn start(settings: &Settings) -> io::Result<Self> {
        let (jobs, taken) = sync_channel(MAX_BATCHES);
        let shared = Arc::new(Shared::default());
        let thread = Thread::new(settings, taken, Arc::clone(&shared));
        thread::Builder::new().name("detection".to_owned()).spawn(move || thread.run())?;
        Ok(Self { jobs, shared })
    }

    /// Looks for something else, as soon as it is loaded. What was handed over before is judged by the old rules.
    pub(super) fn load(&self, settings: Settings) {
        if self.jobs.try_send(Job::Load(Box::new(settings))).is_err() {
            let refused =
                "detection has no time to load its rules anew; the old ones stay: reload again".to_owned();
            self.shared.lock().refused = Some(vec![refused]);
        }
    }

    /// Hands events over, or counts them as lost.
    pub(super) fn offer(&self, events: Vec<Offered>, computer: &str) {
        let weight = weight_of(&events);
        let fits = self.shared.weight.load(Ordering::Relaxed) + weight <= MAX_WEIGHT;
        let refused = if fits {
            self.shared.weight.fetch_add(weight, Ordering::Relaxed);
            match self.jobs.try_send(Job::Look(events, computer.into())) {
                Ok(()) => return,
                Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) => {
                    self.shared.weight.fetch_sub(weight, Ordering::Relaxed);
                    job
                }
            }
        } else {
            Job::Look(events, computer.into())
        };
        if let Job::Look(events, _) = refused {
            let mut state = self.shared.lock();
            let first = events.first().map(|offered| offered.event.utc_time());
            state.losses.events += events.len() as u64;
            state.losses.since = state.losses.since.or(first);
            state.looked.lost += events.len() as u64;
        }
    }

    /// Whether events or alerts wait.
    pub(super) fn is_busy(&self) -> bool {
        self.shared.weight.load(Ordering::Relaxed) > 0 || !self.shared.lock().alerts.is_empty()
    }

    /// Waits until there are alerts, until nothing is looked at any more, or until this time; tells whether there are
    /// alerts.
    pub(super) fn wait_for_alerts(&self, until: Instant) -> bool {
        let mut state = self.shared.lock();
        while state.alerts.is_empty() && self.shared.weight.load(Ordering::SeqCst) > 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.shared.looked.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        !state.alerts.is_empty()
    }

    /// The alerts that are there.
    pub(super) fn take_alerts(&self) -> VecDeque<Alert> {
        std::mem::take(&mut self.shared.lock().alerts)
    }

    /// What was lost since the last call.
    pub(super) fn take_losses(&self) -> Losses {
        std::mem::take(&mut self.shared.lock().losses)
    }

    /// What could not be loaded, once after each load.
    pub(super) fn take_refused(&self) -> Option<Vec<String>> {
        self.shared.lock().refused.take()
    }

    /// What the thread has done so far.
    pub(super) fn looked(&self) -> Looked {
        self.shared.lock().looked
    }

    /// Lets the thread finish what it has, until `deadline` at most; tells whether it did.
    pub(super) fn finish(&self, deadline: Instant) -> bool {
        while let Err(TrySendError::Full(_)) = self.jobs.try_send(Job::Finish) {
            if Instant::now() >= deadline {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let mut state = self.shared.lock();
        while !state.finished {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.shared.finished.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

/// The other end.
struct Thread {
    settings: Settings,
    detector: Detector,
    lists: Lists,
    jobs: Receiver<Job>,
    shared: Arc<Shared>,
    desk: Desk,
}

/// The lists as they were when they were read.
struct Lists {
    shape: sources::Shape,
    looked: Instant,
    /// Why some of the rules beside them are not used; told together with what is wrong with the lists.
    refused_rules: Vec<String>,
}

impl Thread {
    fn new(settings: &Settings, jobs: Receiver<Job>, shared: Arc<Shared>) -> Self {
        let (detector, lists) = load(settings, &shared);
        Self { settings: settings.clone(), detector, lists, jobs, shared, desk: Desk::default() }
    }

    fn run(mut self) {
        loop {
            match self.jobs.recv_timeout(PAUSE) {
                Ok(Job::Look(events, computer)) => self.look(&events, &computer),
                Ok(Job::Load(settings)) => self.load(&settings),
                Ok(Job::Finish) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.tell(|detector, tell| detector.tick(wall(), tell)),
            }
            self.look_at_lists();
        }
        self.tell(|detector, tell| detector.finish(wall(), tell));
        self.shared.lock().finished = true;
        self.shared.finished.notify_all();
    }

    fn look(&mut self, events: &[Offered], computer: &str) {
        let mut found = Vec::new();
        let now = wall();
        for offered in events {
            let Self { detector, desk, .. } = self;
            // A fault of ours in one event must not end detection: nobody would notice.
            let looked = catch_unwind(AssertUnwindSafe(|| {
                desk.with(offered, computer, |event| {
                    detector.look(event, now, &mut |alert| found.push(alert));
                });
            }));
            if looked.is_err() {
                let mut state = self.shared.lock();
                state.losses.events += 1;
                state.looked.lost += 1;
            }
        }
        self.detector.tick(now, &mut |alert| found.push(alert));
        self.keep(found);
        // Behind the lock of who waits, so that it does not miss the word.
        let state = self.shared.lock();
        self.shared.weight.fetch_sub(weight_of(events), Ordering::SeqCst);
        drop(state);
        self.shared.looked.notify_all();
    }

    /// What the old detector has only counted is told before it goes.
    fn load(&mut self, settings: &Settings) {
        let (detector, lists) = load(settings, &self.shared);
        self.tell(|old, tell| old.finish(wall(), tell));
        self.detector = detector;
        self.lists = lists;
        self.settings = settings.clone();
        tracing::info!("detection looks for what the settings say now");
    }

    /// Lists are replaced by whoever fetches them, who may not be one who may ask the agent for anything.
    fn look_at_lists(&mut self) {
        if self.lists.looked.elapsed() < LISTS {
            return;
        }
        let shape = sources::shape(&self.settings);
        self.lists.looked = Instant::now();
        if shape == self.lists.shape {
            return;
        }
        self.lists.shape = shape;
        let (indicators, refused) = sources::indicators(&self.settings);
        let mut state = self.shared.lock();
        state.looked.indicators = indicators.len() as u64;
        state.refused = Some(self.lists.refused_rules.iter().cloned().chain(refused).collect());
        drop(state);
        self.tell(|detector, tell| detector.take_indicators(indicators, tell));
        tracing::info!("detection looks for what the lists say now");
    }

    fn tell(&mut self, tick: impl FnOnce(&mut Detector, &mut dyn FnMut(Alert))) {
        let mut found = Vec::new();
        tick(&mut self.detector, &mut |alert| found.push(alert));
        self.keep(found);
    }

    fn keep(&mut self, found: Vec<Alert>) {
        let mut state = self.shared.lock();
        state.looked.counts = self.detector.counts();
        for alert in found {
            if state.alerts.len() < MAX_ALERTS {
                state.alerts.push_back(alert);
            } else {
                state.losses.alerts += 1;
                state.looked.lost += 1;
            }
        }
    }
}

impl Shared {
    /// A panic while it was held leaves counts and whole alerts: it can be used on.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn load(settings: &Settings, shared: &Shared) -> (Detector, Lists) {
    // Looked at first: what changes while they are read is read again.
    let shape = sources::shape(settings);
    let (engine, refused_rules) = sources::rules(settings);
    let (indicators, refused) = sources::indicators(settings);
    let rules = Rules::new(engine, indicators, settings.level);
    let mut state = shared.lock();
    state.looked.rules = rules.len() as u64;
    state.looked.indicators = rules.indicators().len() as u64;
    state.refused = Some(refused_rules.iter().cloned().chain(refused).collect());
    let lists = Lists { shape, looked: Instant::now(), refused_rules };
    (Detector::new(rules, limits(settings)), lists)
}

fn weight_of(events: &[Offered]) -> usize {
    events.iter().map(|offered| offered.weight).sum()
}

/// The wall clock in milliseconds since 1970.
fn wall() -> i64 {
    clock::wall().0.div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use tuxmon_event::{Additional, Event, ServiceStateChange, Text};

    use super::*;

    fn offered(weight: usize) -> Offered {
        let event = Event::ServiceStateChange(ServiceStateChange {
            utc_time: Timestamp(1_000_000_000),
            state: Text::from("Started"),
            version: Text::from("1"),
            schema_version: Text::from("4.90"),
        });
        Offered { event, additional: Additional::default(), record_id: 1, weight }
    }

    #[test]
    fn what_does_not_fit_is_counted_and_the_rest_is_looked_at() {
        let worker = Worker::start(&Settings::default()).expect("threads can be started");
        worker.offer(vec![offered(1), offered(1)], "vm");
        worker.offer(vec![offered(MAX_WEIGHT), offered(1)], "vm");
        assert!(worker.finish(Instant::now() + Duration::from_mins(1)), "it ends");
        let losses = worker.take_losses();
        assert_eq!((losses.events, losses.alerts), (2, 0));
        assert_eq!(losses.since, Some(Timestamp(1_000_000_000)));
        assert_eq!(worker.looked().counts.events, 2);
        assert_eq!(worker.looked().lost, 2);
        assert!(!worker.is_busy());
        assert_eq!(worker.take_losses().events, 0, "they are told once");
    }

    #[test]
    fn who_rests_is_woken_by_an_alert_and_by_the_last_event() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let rule = "title: Started\nlogsource: {product: linux, service: sysmon}\n\
                    detection: {selection: {State: Started}, condition: selection}\n";
        std::fs::write(folder.path().join("rule.yml"), rule).expect("the folder is ours");
        let settings = Settings { rules: vec![folder.path().to_owned()], ..Settings::default() };
        let patience = Instant::now() + Duration::from_mins(5);
        let silent = Worker::start(&Settings::default()).expect("threads can be started");
        assert!(!silent.wait_for_alerts(patience), "nothing is looked at");
        silent.offer(vec![offered(1)], "vm");
        assert!(!silent.wait_for_alerts(patience), "it was looked at, and nothing was found");
        let worker =
            Worker::start(&Settings { alerts_per_minute: 9, ..settings }).expect("threads can be started");
        worker.offer(vec![offered(1)], "vm");
        assert!(worker.wait_for_alerts(patience));
        assert_eq!(worker.take_alerts().len(), 1);
        assert!(!worker.wait_for_alerts(patience), "there are no others");
        assert!(Instant::now() < patience, "nobody waited for the time to pass");
    }
}
