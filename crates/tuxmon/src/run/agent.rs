//! The agent's life: start, turn after turn of the line, reload, end.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tuxmon_event::Timestamp;
use tuxmon_host::clock;
use tuxmon_pipeline::{
    Broken, Canary, Collect, Counters, FilterEntry, Pipeline, Source, SourceError, State, Trouble,
};
use tuxmon_wire::Kind;

use super::configuration::{self, Loaded, Moment, Origin};
use super::outputs::Outputs;
use super::outside::Outside;
use super::pulse::Pulse;
use super::signals::Requests;
use super::status;
use super::tide::Tide;
use crate::check;
use crate::control::protocol::{Answer, Reloaded, Request, Stage};

/// How long the line waits for records before it looks at signals and clocks.
const TURN: Duration = Duration::from_millis(100);
/// The same while events wait for their hashes.
const SHORT_TURN: Duration = Duration::from_millis(10);
/// How often losses and notices are asked for.
const ROUND: Duration = Duration::from_secs(1);
/// How often the kernel is asked whether all hooks are where they belong: with a turn that just began it is noticed
/// within a second, and a slow machine has room.
const WATCH: Duration = Duration::from_millis(400);
/// How often lost records of processes lead to a new look at all of them.
const RESEED: Duration = Duration::from_secs(10);

/// The parts of the end, from the moment it was asked for: until when records are looked at, hashes waited for, alerts
/// found and lines written. Together less than the 5 s that everybody waits at most.
const RECORDS_UNTIL: Duration = Duration::from_millis(2500);
const HASHES_UNTIL: Duration = Duration::from_millis(3200);
const ALERTS_UNTIL: Duration = Duration::from_millis(3900);
const LINES_UNTIL: Duration = Duration::from_millis(4500);

/// Everything that runs.
pub(crate) struct Agent<S> {
    pub(crate) source: S,
    pub(crate) pipeline: Pipeline,
    pub(crate) outputs: Outputs,
    pub(crate) requests: Arc<Requests>,
    /// What to read again when asked to.
    pub(crate) origin: Origin,
    /// Who wants to know how it is.
    pub(crate) outside: Outside<S>,
    /// The configuration in force.
    pub(crate) loaded: Loaded,
    round: Instant,
    watch: Instant,
    reseed: Option<Instant>,
    pulse: Pulse,
    tide: Tide,
    /// When all hooks were last seen where they belong.
    whole: Timestamp,
    /// How long to leave records alone after a turn that took some, see [`rest`].
    rest: Duration,
}

/// How long the line leaves the ring alone after it began to take what was there.
///
/// The kernel wakes a reader when it writes a record to a ring that was read to its end. A reader that looks at once is
/// woken for each record, which costs both sides more than the record does; one that comes back a little later finds
/// all records of that time, for one wake-up. After a time without records it waits again, and the first one wakes it
/// at once. The ring must not run full meanwhile, at a rate that no machine of today reaches.
///
/// A turn costs a fixed part, whatever it brings, most of it because the caches are others' by then; a line may be 20 ms
/// late. docs/decisions/0024-records-in-batches.md has the measurements.
pub(crate) fn rest(ring_bytes: u32) -> Duration {
    const LONGEST: Duration = Duration::from_millis(14);
    const BYTES_PER_SECOND: u64 = 512 << 20;
    Duration::from_nanos(u64::from(ring_bytes) * 1_000_000_000 / BYTES_PER_SECOND).min(LONGEST)
}

/// Records after which a turn ends although there are more.
const FULL_TURN: usize = 1024;

impl<S: Source> Agent<S> {
    /// An agent that has not started yet.
    pub(crate) fn new(
        source: S,
        pipeline: Pipeline,
        outputs: Outputs,
        requests: Arc<Requests>,
        origin: Origin,
        outside: Outside<S>,
        loaded: Loaded,
    ) -> Self {
        Self {
            source,
            pipeline,
            outputs,
            requests,
            origin,
            outside,
            loaded,
            round: Instant::now(),
            watch: Instant::now(),
            reseed: None,
            pulse: Pulse::start(),
            tide: Tide::default(),
            whole: clock::wall(),
            rest: Duration::ZERO,
        }
    }

    /// The same, that leaves records alone for so long after a turn that took some.
    pub(crate) fn resting(self, rest: Duration) -> Self {
        Self { rest, ..self }
    }

    /// Runs until it is asked to end, or cannot go on: then the answer is why.
    pub(crate) fn run(mut self) -> (Counters, Result<(), SourceError>) {
        let Self { pipeline, outputs, loaded, .. } = &mut self;
        outputs.configure(&loaded.config);
        pipeline.configured(&loaded.name, loaded.hash.clone(), outputs);
        self.pipeline.state_changed(State::Started, &mut self.outputs);
        self.outside.stamp();
        let mut result = self.seed();
        if result.is_ok() {
            self.outside.started(&self.loaded.name);
        }
        while result.is_ok() && !self.requests.stop() && !self.outputs.all_gone() {
            if self.requests.take_reload() {
                self.reload();
            }
            self.answer();
            self.outputs.hand_over();
            result = self.turn();
            self.outside.alive();
        }
        self.outside.stopping();
        (self.end(), result)
    }

    /// Takes the records that are there, and does what time asks for.
    fn turn(&mut self) -> Result<(), SourceError> {
        let is_awaited = self.pipeline.waiting() > 0 || self.outputs.detection.is_busy();
        let patience = if is_awaited { SHORT_TURN } else { TURN };
        let Self { source, pipeline, outputs, .. } = self;
        let mut began = None;
        let taken = source.poll(patience, &mut |bytes| {
            began.get_or_insert_with(Instant::now);
            pipeline.record(bytes, outputs);
        })?;
        leave_out(source, &pipeline.take_filter_entries());
        if self.round.elapsed() >= ROUND {
            self.round = Instant::now();
            self.look_for_losses()?;
            self.outside.stamp();
            self.outside.look_for_selftest();
            if self.tide.has_gone(self.pipeline.processes().processes) {
                tuxmon_sensor::give_back_memory();
            }
        }
        if self.watch.elapsed() >= WATCH {
            self.watch = Instant::now();
            self.look_for_gaps()?;
        }
        self.feel_pulse();
        self.pipeline.tick(clock::now(), &mut self.outputs);
        self.outputs.hand_over();
        self.outputs.detection.write_alerts(&self.pipeline);
        if let Some(began) = began.filter(|_| taken < FULL_TURN) {
            self.leave_records_alone(began + self.rest);
        }
        Ok(())
    }

    /// Rests until then. What is found meanwhile in the events of this turn is told at once, and not a turn later.
    fn leave_records_alone(&mut self, until: Instant) {
        while self.outputs.detection.wait_for_alerts(until) {
            self.outputs.detection.write_alerts(&self.pipeline);
        }
        thread::sleep(until.saturating_duration_since(Instant::now()));
    }

    fn look_for_losses(&mut self) -> Result<(), SourceError> {
        let losses = self.source.losses()?;
        self.pipeline.lost(clock::now(), &losses);
        self.outputs.report(clock::wall(), &mut self.pipeline);
        if losses.iter().any(|loss| tells_of_processes(loss.kind)) {
            self.reseed.get_or_insert(Instant::now() + RESEED);
        }
        if self.reseed.is_some_and(|at| at <= Instant::now()) {
            self.reseed = None;
            self.seed()?;
        }
        Ok(())
    }

    /// Finds out what was not collected because somebody stopped the agent or took its hooks away.
    fn look_for_gaps(&mut self) -> Result<(), SourceError> {
        let now = clock::wall();
        let since = std::mem::replace(&mut self.whole, now);
        for Broken { hook, mended } in self.source.mend()? {
            match mended {
                Ok(()) => self.pipeline.note(Trouble::HookLost, &hook, 1, since, now),
                Err(reason) => {
                    self.pipeline.note(Trouble::HookGone, &format!("{hook} ({reason})"), 1, since, now);
                }
            }
        }
        Ok(())
    }

    fn feel_pulse(&mut self) {
        // Asked first: were the agent stopped right here, the interval would begin too early, but never too late.
        let now = clock::wall();
        let Some(still) = self.pulse.beat() else { return };
        let since = Timestamp(now.0.saturating_sub(i64::try_from(still.as_nanos()).unwrap_or(i64::MAX)));
        self.pipeline.note(Trouble::AgentStoodStill, "the agent", 1, since, now);
    }

    /// Looks at all processes that run now.
    fn seed(&mut self) -> Result<(), SourceError> {
        let began = clock::now();
        let Self { source, pipeline, outputs, .. } = self;
        let count = source.seed(&mut |bytes| pipeline.record(bytes, outputs))?;
        pipeline.seeded(began);
        tracing::debug!(count, "processes found running");
        Ok(())
    }

    /// Answers who asks on the control socket.
    fn answer(&mut self) {
        let Some(question) = self.outside.question() else { return };
        let answer = match &question.request {
            Request::Status => Answer::Status(Box::new(status::of(self))),
            Request::Rules => Answer::Rules { text: tuxmon_config::dump(&self.loaded.config) },
            Request::Reload => Answer::Reload(self.reload()),
            Request::Selftest { stage } => self.selftest(stage, question.pid),
        };
        question.answer(answer);
    }

    /// One step of a self-test that this process does.
    fn selftest(&mut self, stage: &Stage, pid: Option<u32>) -> Answer {
        // Events carry the machine's numbers. Among others nobody would be found, and that would be taken for blindness.
        let Some(pid) = pid.filter(|_| tuxmon_host::machine::has_its_process_ids()) else {
            let reason = "a self-test needs the machine's process ids, and this agent or who asks has others";
            return Answer::Error { reason: reason.to_owned() };
        };
        let collect = Collect::for_config(&self.loaded.config);
        let seen: Vec<Canary> = match stage {
            Stage::Begin => {
                // Whatever the rules say of the program that does the test, its deeds have to come.
                if let Err(error) = self.source.leave_nothing_out() {
                    return Answer::Error {
                        reason: format!("the kernel side goes on to leave out: {error}"),
                    };
                }
                self.pipeline.expect_canaries(pid);
                Canary::ALL.into_iter().filter(|canary| canary.is_collected(collect)).collect()
            }
            Stage::Look | Stage::End { .. } => match self.pipeline.canaries_of(pid) {
                Some(seen) => seen.to_vec(),
                None => return Answer::Error { reason: "no self-test of yours is under way".to_owned() },
            },
        };
        if let Stage::End { missed } = stage {
            let missed: Vec<Canary> = missed.iter().filter_map(|name| Canary::of_name(name)).collect();
            self.pipeline.canaries_missed(&missed);
        }
        Answer::Selftest { canaries: seen.iter().map(|canary| canary.name().to_owned()).collect() }
    }

    /// Reads the configuration again, and says what came of it. What happened before is judged by the old rules.
    fn reload(&mut self) -> Reloaded {
        self.outputs.reopen();
        self.outputs.detection.read_again(&self.pipeline);
        if let Origin::Defaults = self.origin {
            tracing::info!("no configuration file to read again; outputs are opened anew");
            return Reloaded { accepted: true, ..Reloaded::default() };
        }
        let (loaded, diagnostics) = configuration::load(&self.origin, Moment::Reload);
        if let Err(error) = check::print(&diagnostics) {
            tracing::warn!(%error, "the remarks on the configuration cannot be printed");
        }
        let remarks: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        let Some(loaded) = loaded else {
            let reasons = configuration::refusal(&self.origin, &diagnostics);
            tracing::error!(file = %self.origin, "the configuration is refused, the old one stays");
            self.pipeline.report(Trouble::ConfigurationRefused, &reasons, &mut self.outputs);
            return Reloaded { remarks, ..Reloaded::default() };
        };
        Reloaded { accepted: true, remarks, unchanged: self.take_over(loaded) }
    }

    /// New hooks are attached before the rules that want their records hold, and old records are taken before.
    /// Returns what is not as the new configuration wants it.
    fn take_over(&mut self, loaded: Loaded) -> Option<String> {
        let wanted = Collect::for_config(&loaded.config);
        // What the old rules drop may be wanted from now on.
        let changed = self.source.leave_nothing_out().and_then(|()| self.source.set_collect(&wanted));
        let Self { source, pipeline, outputs, .. } = self;
        if let Err(error) = source.drain(&mut |bytes| pipeline.record(bytes, outputs)) {
            tracing::warn!(%error, "the ring could not be read before the configuration changed");
        }
        pipeline.reconfigure(&loaded.config);
        outputs.configure(&loaded.config);
        pipeline.configured(&loaded.name, loaded.hash.clone(), outputs);
        let unchanged = changed.err().map(|error| format!("the kernel side collects as before: {error}"));
        if let Some(reason) = &unchanged {
            pipeline.report(Trouble::CollectionUnchanged, reason, outputs);
        }
        tracing::info!(configuration = loaded.name, "the new configuration holds");
        self.outside.configured(&loaded.name);
        self.loaded = loaded;
        unchanged
    }

    /// Ends collection, writes what was collected, says so, and closes the outputs; all by the clock.
    fn end(mut self) -> Counters {
        let began = Instant::now();
        self.source.stop_collection();
        self.drain_until(began + RECORDS_UNTIL);
        match self.source.losses() {
            Ok(losses) => self.pipeline.lost(clock::now(), &losses),
            Err(error) => tracing::warn!(%error, "the last losses are not known"),
        }
        self.outputs.report(clock::wall(), &mut self.pipeline);
        let patience = (began + HASHES_UNTIL).saturating_duration_since(Instant::now());
        self.pipeline.finish(patience, &mut self.outputs);
        self.pipeline.state_changed(State::Stopped, &mut self.outputs);
        self.outputs.detection.close(Some(&self.pipeline), began + ALERTS_UNTIL);
        let unwritten = self.outputs.close(began + LINES_UNTIL);
        self.outside.keep_hashes(&self.pipeline);
        self.outside.ended(unwritten);
        *self.pipeline.counters()
    }

    /// Takes all records that are left; those that come after the time is over are counted only.
    fn drain_until(&mut self, deadline: Instant) {
        let Self { source, pipeline, outputs, .. } = self;
        loop {
            let taken = source.drain(&mut |bytes| {
                if Instant::now() < deadline {
                    pipeline.record(bytes, outputs);
                } else {
                    pipeline.abandon(bytes);
                }
            });
            match taken {
                Ok(0) => return,
                Ok(_) if Instant::now() >= deadline => return,
                Ok(_) => {}
                Err(error) => return tracing::warn!(%error, "the ring could not be read to its end"),
            }
        }
    }
}

/// What cannot be left out comes and is dropped here.
fn leave_out<S: Source>(source: &mut S, entries: &[FilterEntry]) {
    if let Err(error) = source.leave_out(entries) {
        tracing::debug!(%error, "the kernel side cannot be told what is not wanted");
    }
}

/// Whether the process table misses something without such a record.
fn tells_of_processes(kind: Kind) -> bool {
    match kind {
        Kind::Seed | Kind::Fork | Kind::Exec | Kind::Exit => true,
        Kind::FileOpen | Kind::FileName | Kind::Network | Kind::Ptrace | Kind::Bpf => false,
    }
}

/// The times of the start, for the agent's own log.
pub(crate) fn summary(counters: &Counters, since: Timestamp) -> String {
    let Counters { records, unreadable, failed, lost, missing, written, dropped, hashes_left_out } =
        *counters;
    format!(
        "since {}: {records} records, {written} events written, {dropped} dropped by rules; \
         {lost} lost, {missing} missing, {unreadable} unreadable, {failed} failed, \
         {hashes_left_out} without hashes",
        since.utc_time()
    )
}
