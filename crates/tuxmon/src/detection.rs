//! Detection in the stream: what the rules keep is also looked at by Sigma rules and lists of indicators, and what they
//! find goes out as alerts, a stream of its own.
//!
//! The line only hands events over and takes alerts back; looking happens on a thread of its own, behind a bounded
//! queue. docs/decisions/0034-detection-beside-the-line.md has the reasons, docs/detection.md what users see.

mod offered;
pub(crate) mod settings;
mod sources;
mod worker;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use tuxmon_detect::{Alert, Ancestor, Counts, Envelope, Limits};
use tuxmon_event::{Additional, Event, Guid, Timestamp};
use tuxmon_host::clock;
use tuxmon_pipeline::{Pipeline, Trouble};
use tuxmon_sinks::{AppendedFile, Limits as QueueLimits, Line, LineText, Rank, Sink, StandardOutput, Syslog};

use crate::control::protocol::{DetectionStatus, OutputStatus};
use crate::run::args::Place;
use offered::Offered;
use settings::{Settings, SettingsFile};
use worker::Worker;

/// What `Line::event_id` is in lines that are alerts: no event has this number.
pub(crate) const ALERT: u16 = 0;
/// Most ancestors that an alert names.
const MOST_ANCESTORS: usize = 16;
/// How long a change of the settings waits for what still has to be written under the old ones.
const PATIENCE: Duration = Duration::from_millis(500);
/// Most reasons for refusing parts of the settings that are kept for who asks.
const MOST_REMARKS: usize = 20;
/// Alerts that are handed to an output together: each may be long.
const LINES_AT_ONCE: usize = 64;

/// The line's end of detection.
pub(crate) struct Detection {
    /// Where the settings are read again.
    file: Option<PathBuf>,
    /// What holds; without these nothing is looked for.
    active: Option<Active>,
    /// Why the settings were refused when they were read last.
    remarks: Vec<String>,
    /// Why parts of what is looked for were left out when they were loaded last.
    left_out: Vec<String>,
    /// Whether that was not reported yet.
    unreported: bool,
    computer: String,
}

/// Detection that is switched on.
struct Active {
    settings: Settings,
    worker: Worker,
    sinks: Vec<Sink>,
    /// Events that the worker has not been given yet.
    batch: Vec<Offered>,
    written: u64,
}

impl Detection {
    /// Nothing is looked for, and nobody said what to look for.
    pub(crate) fn off() -> Self {
        Self {
            file: None,
            active: None,
            remarks: Vec::new(),
            left_out: Vec::new(),
            unreported: false,
            computer: String::new(),
        }
    }

    /// What a file of settings says. Where it is wrong the rest holds.
    pub(crate) fn open(file: SettingsFile) -> Self {
        let mut detection = Self { file: Some(file.path.clone()), ..Self::off() };
        detection.take(file, None);
        detection
    }

    /// Reads the settings again. Settings that are refused change nothing; rules and lists that are refused are left
    /// out.
    pub(crate) fn read_again(&mut self, pipeline: &Pipeline) {
        if let Some(file) = &self.file {
            self.take(SettingsFile::read(file), Some(pipeline));
        }
    }

    fn take(&mut self, file: SettingsFile, pipeline: Option<&Pipeline>) {
        let SettingsFile { path, settings, diagnostics } = file;
        self.remarks = diagnostics.iter().map(ToString::to_string).collect();
        if let Some(settings) = settings
            && let Err(error) = self.take_over(settings, pipeline)
        {
            self.remarks.push(format!("{}: {error:#}", path.display()));
        }
        self.unreported = !self.remarks.is_empty();
    }

    fn take_over(&mut self, settings: Settings, pipeline: Option<&Pipeline>) -> anyhow::Result<()> {
        if !settings.is_on() {
            if self.active.is_some() {
                tracing::info!("detection is switched off");
            }
            self.close(pipeline, Instant::now() + PATIENCE);
            return Ok(());
        }
        let Some(active) = &mut self.active else {
            let sinks = sinks_of(&settings)?;
            let worker = Worker::start(&settings).context("cannot start the thread that looks at events")?;
            self.active = Some(Active { settings, worker, sinks, batch: Vec::new(), written: 0 });
            return Ok(());
        };
        if active.settings.outputs != settings.outputs {
            let old = std::mem::replace(&mut active.sinks, sinks_of(&settings)?);
            close_all(old, Instant::now() + PATIENCE);
        }
        // What was seen before is judged by the old rules.
        active.hand_over(&self.computer);
        active.worker.load(settings.clone());
        active.settings = settings;
        Ok(())
    }

    /// Takes an event that is written. What it weighs is about the length of its line.
    pub(crate) fn offer(&mut self, event: &Event, additional: &Additional, record_id: u64, weight: usize) {
        let Some(active) = &mut self.active else { return };
        active.batch.push(Offered {
            event: event.clone(),
            additional: additional.clone(),
            record_id,
            weight,
        });
        if active.batch.len() >= worker::BATCH {
            active.hand_over(&self.computer);
        }
    }

    /// Gives the worker what was offered since the last call.
    pub(crate) fn hand_over(&mut self, computer: &str) {
        computer.clone_into(&mut self.computer);
        if let Some(active) = &mut self.active {
            active.hand_over(computer);
        }
    }

    /// Whether alerts may come soon: the line should not sleep long.
    pub(crate) fn is_busy(&self) -> bool {
        self.active.as_ref().is_some_and(|active| active.worker.is_busy())
    }

    /// Waits until there are alerts, until nothing is looked at any more, or until this time; tells whether there are
    /// alerts.
    pub(crate) fn wait_for_alerts(&self, until: Instant) -> bool {
        self.active.as_ref().is_some_and(|active| active.worker.wait_for_alerts(until))
    }

    /// Writes the alerts that are there.
    pub(crate) fn write_alerts(&mut self, pipeline: &Pipeline) {
        if let Some(active) = &mut self.active {
            active.write_alerts(&self.computer, Some(pipeline));
        }
    }

    /// Opens files anew, after they were renamed.
    pub(crate) fn reopen(&self) {
        self.active.iter().flat_map(|active| &active.sinks).for_each(Sink::reopen);
    }

    /// The outputs of alerts, to ask what they lost and met.
    pub(crate) fn sinks(&self) -> impl Iterator<Item = &Sink> {
        self.active.iter().flat_map(|active| &active.sinks)
    }

    /// Tells the line what detection has lost and refused since the last call.
    pub(crate) fn report(&mut self, now: Timestamp, pipeline: &mut Pipeline) {
        if let Some(active) = &self.active {
            let lost = active.worker.take_losses();
            pipeline.note(Trouble::DetectionLost, "events", lost.events, lost.since.unwrap_or(now), now);
            pipeline.note(Trouble::DetectionLost, "alerts", lost.alerts, now, now);
            if let Some(refused) = active.worker.take_refused() {
                self.unreported |= !refused.is_empty();
                self.left_out = refused;
            }
        }
        if std::mem::take(&mut self.unreported) {
            for remark in self.refused().take(MOST_REMARKS) {
                tracing::warn!("{remark}");
            }
            let first =
                self.refused().next().and_then(|reason| reason.lines().next()).unwrap_or_default().to_owned();
            let count = self.refused().count() as u64;
            pipeline.note(Trouble::DetectionRefused, &first, count, now, now);
        }
    }

    fn refused(&self) -> impl Iterator<Item = &String> {
        self.remarks.iter().chain(&self.left_out)
    }

    /// How it is, for who asks; nothing when nobody asked for detection.
    pub(crate) fn status(&self) -> Option<DetectionStatus> {
        let file = self.file.as_ref()?;
        let mut status = DetectionStatus {
            settings: file.display().to_string(),
            on: self.active.is_some(),
            refused: self.refused().take(MOST_REMARKS).cloned().collect(),
            refused_count: self.refused().count() as u64,
            ..DetectionStatus::default()
        };
        if let Some(active) = &self.active {
            let looked = active.worker.looked();
            let Counts { events, alerts: _, repeated, too_many, forgotten } = looked.counts;
            status.rules = looked.rules;
            status.indicators = looked.indicators;
            status.events = events;
            status.alerts = active.written;
            status.repeated = repeated;
            status.too_many = too_many;
            status.forgotten = forgotten;
            status.lost = looked.lost;
            status.outputs = active.sinks.iter().map(output_status).collect();
        }
        Some(status)
    }

    /// Lets the worker look at what it has, writes its alerts and closes their outputs; until `deadline` at most.
    pub(crate) fn close(&mut self, pipeline: Option<&Pipeline>, deadline: Instant) {
        let Some(mut active) = self.active.take() else { return };
        active.hand_over(&self.computer);
        if !active.worker.finish(deadline) {
            tracing::error!("detection did not come to all events before the end");
        }
        active.write_alerts(&self.computer, pipeline);
        let lost = active.worker.take_losses();
        if lost.events + lost.alerts > 0 {
            tracing::error!(events = lost.events, alerts = lost.alerts, "detection lost these");
        }
        close_all(active.sinks, deadline);
    }
}

impl Active {
    fn hand_over(&mut self, computer: &str) {
        if !self.batch.is_empty() {
            self.worker.offer(std::mem::take(&mut self.batch), computer);
        }
    }

    /// Writes the alerts that are there: several at a time, because each call may wake a sink's thread.
    fn write_alerts(&mut self, computer: &str, pipeline: Option<&Pipeline>) {
        let alerts = self.worker.take_alerts();
        self.written += alerts.len() as u64;
        let mut lines = Vec::with_capacity(alerts.len().min(LINES_AT_ONCE));
        for (at, alert) in alerts.iter().enumerate() {
            lines.push(line(alert, computer, pipeline));
            if lines.len() == LINES_AT_ONCE || at + 1 == alerts.len() {
                self.sinks.iter().for_each(|sink| sink.offer_all(&lines));
                lines.clear();
            }
        }
    }
}

fn line(alert: &Alert, computer: &str, pipeline: Option<&Pipeline>) -> Line {
    let written = clock::wall();
    let ancestors = pipeline.map_or_else(Vec::new, |pipeline| ancestors(alert, pipeline));
    let time = written.utc_time();
    let envelope = Envelope { written: &time, computer, ancestors: &ancestors };
    let text = LineText::from(alert.to_json(&envelope));
    Line { event_id: ALERT, rank: Rank::Leads, written, text }
}

/// The line knows whose child a process is.
fn ancestors(alert: &Alert, pipeline: &Pipeline) -> Vec<Ancestor> {
    let Some(subject) = alert.subject() else { return Vec::new() };
    let Ok(guid) = subject.guid.parse::<Guid>() else { return Vec::new() };
    let known = pipeline.ancestors(subject.pid, guid, MOST_ANCESTORS);
    let one = |parent: &std::sync::Arc<tuxmon_host::process::Parent>| Ancestor {
        guid: parent.guid.to_string(),
        pid: parent.identity.pid,
        image: parent.image.as_str().to_owned(),
    };
    known.iter().map(one).collect()
}

fn output_status(sink: &Sink) -> OutputStatus {
    OutputStatus { name: sink.name().to_owned(), working: !sink.is_gone(), waiting: sink.pending() as u64 }
}

fn sinks_of(settings: &Settings) -> anyhow::Result<Vec<Sink>> {
    settings.outputs.iter().map(open).collect()
}

fn close_all(sinks: Vec<Sink>, deadline: Instant) {
    for sink in sinks {
        let name = sink.name().to_owned();
        let count: u64 = sink.close(deadline).iter().map(|loss| loss.count).sum();
        if count > 0 {
            tracing::error!(output = name, count, "alerts were not written");
        }
    }
}

fn open(place: &Place) -> anyhow::Result<Sink> {
    let limits = QueueLimits { lines: 8192, bytes: 16 << 20 };
    let started: io::Result<Sink> = match place {
        Place::Syslog => Sink::start(Syslog::for_alerts(Path::new(Syslog::DEV_LOG)), limits),
        Place::Stdout => Sink::start(StandardOutput::new().context("standard output is closed")?, limits),
        Place::File(path) => {
            let file = AppendedFile::open(path)
                .with_context(|| format!("cannot open the file for alerts {}", path.display()))?;
            Sink::start(file, limits)
        }
    };
    Ok(started?)
}

/// How often alerts are told, as the settings say.
fn limits(settings: &Settings) -> Limits {
    Limits {
        same_again: i64::from(settings.same_again_seconds) * 1000,
        per_minute: settings.alerts_per_minute,
    }
}
