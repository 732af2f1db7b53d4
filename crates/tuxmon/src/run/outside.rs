//! Who wants to know how the agent is: the service manager, and the clients of the control socket.

use std::time::Instant;

use tuxmon_event::Timestamp;
use tuxmon_host::alive::{LastAlive, Unwritten};
use tuxmon_host::clock;
use tuxmon_host::state::StateDirectory;
use tuxmon_pipeline::Pipeline;
use tuxmon_sensor::HookStatus;

use crate::control::server::{Control, Question};
use crate::selftest::schedule::Schedule;
use crate::service::detached;
use crate::service::notify::Notifier;

/// The agent's ties to the outside, for a source of kind `S`.
pub(crate) struct Outside<S> {
    state: StateDirectory,
    control: Option<Control>,
    notifier: Notifier,
    /// The trace for the next agent, while it can be written.
    alive: Option<LastAlive>,
    /// Self-tests, if they are wanted from time to time.
    selftest: Option<Schedule>,
    hooks: fn(&S) -> Vec<HookStatus>,
    /// When collection began.
    pub(crate) since: Timestamp,
    /// When the configuration in force was read.
    pub(crate) configured: Timestamp,
}

impl<S> Outside<S> {
    /// Opens the control socket. An agent that cannot be asked still does its work.
    pub(crate) fn open(
        state: StateDirectory,
        alive: LastAlive,
        selftest: Option<Schedule>,
        hooks: fn(&S) -> Vec<HookStatus>,
    ) -> Self {
        let control = Control::open(state.path());
        if let Err(error) = &control {
            tracing::warn!(%error, folder = %state.path().display(), "no control socket: the agent cannot be asked");
        }
        let now = clock::wall();
        let notifier = Notifier::from_environment();
        Self {
            state,
            control: control.ok(),
            notifier,
            alive: Some(alive),
            selftest,
            hooks,
            since: now,
            configured: now,
        }
    }

    /// Collection has begun.
    pub(crate) fn started(&mut self, configuration: &str) {
        self.since = clock::wall();
        self.configured = self.since;
        self.notifier.ready(&in_words(configuration));
        if std::env::var_os(detached::DETACHED).is_some()
            && let Err(error) = detached::leave_terminal()
        {
            tracing::warn!(%error, "the terminal of whoever started the service stays in use");
        }
    }

    /// Another configuration holds.
    pub(crate) fn configured(&mut self, configuration: &str) {
        self.configured = clock::wall();
        self.notifier.status(&in_words(configuration));
    }

    /// A turn of the line is done.
    pub(crate) fn alive(&mut self) {
        self.notifier.alive(Instant::now());
    }

    /// Lets a self-test begin when one is due.
    pub(crate) fn look_for_selftest(&mut self) {
        if let Some(schedule) = &mut self.selftest {
            schedule.look();
        }
    }

    /// Leaves the time for the next agent, should this one not end in order.
    pub(crate) fn stamp(&mut self) {
        let Some(alive) = &self.alive else { return };
        if let Err(error) = alive.stamp(clock::now(), clock::wall()) {
            tracing::warn!(%error, "the next agent will not know how long this one ran");
            self.alive = None;
        }
    }

    /// Leaves hashes of files for the next agent.
    pub(crate) fn keep_hashes(&self, pipeline: &Pipeline) {
        if let Err(error) = pipeline.keep_hashes(&self.state) {
            tracing::warn!(%error, "the next agent hashes all files anew");
        }
    }

    /// The end was in order, but for these lines.
    pub(crate) fn ended(&self, unwritten: Unwritten) {
        let Some(alive) = &self.alive else { return };
        if let Err(error) = alive.end(clock::now(), clock::wall(), unwritten) {
            tracing::warn!(%error, "the next agent will believe that this one was killed");
        }
    }

    /// The end has begun: whoever asks now is told so at once.
    pub(crate) fn stopping(&mut self) {
        self.control = None;
        self.selftest = None;
        self.notifier.stopping();
    }

    /// What somebody asks, if anyone does.
    pub(crate) fn question(&self) -> Option<Question> {
        self.control.as_ref()?.take()
    }

    /// The hooks of the source.
    pub(crate) fn hooks(&self, source: &S) -> Vec<HookStatus> {
        (self.hooks)(source)
    }
}

fn in_words(configuration: &str) -> String {
    match configuration {
        "" => "collecting by the default configuration".to_owned(),
        name => format!("collecting by {name}"),
    }
}
