//! The fan-out: one event becomes a line in each format that is wanted, and goes to each sink.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use tuxmon_config::Config;
use tuxmon_event::{EVENTS, Event, Timestamp};
use tuxmon_host::machine::host_name;
use tuxmon_pipeline::{Output, Pipeline, Trouble};
use tuxmon_render::{Colour, Envelope, FieldSizes};
use tuxmon_sinks::{AppendedFile, Limits, Line, Loss, Notice, Rank, RecordIds, Sink, StandardOutput, Syslog};

use super::args::{Format, OutputChoice, Place};
use crate::control::protocol::OutputStatus;

/// How lines look: a format, and for text whether it is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Xml,
    Json,
    Text(Colour),
}

/// All outputs.
pub(crate) struct Outputs {
    sinks: Vec<(Form, Sink)>,
    /// By position, whether the sink has taken lines since it last failed.
    working: Vec<bool>,
    /// Events written, by id.
    written: BTreeMap<u16, u64>,
    ids: RecordIds,
    /// Record ids have started over since the last report.
    started_over: bool,
    sizes: FieldSizes,
    computer: String,
    process_id: u32,
    user_id: u32,
    text: String,
}

impl Outputs {
    /// Opens what was chosen; without a choice, standard output.
    pub(crate) fn open(
        choices: &[OutputChoice],
        format: Option<Format>,
        ids: RecordIds,
    ) -> anyhow::Result<Self> {
        let usual = [OutputChoice { place: Place::Stdout, format: None }];
        let choices = if choices.is_empty() { &usual } else { choices };
        let sinks = choices.iter().map(|choice| open(choice, format)).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self {
            working: vec![true; sinks.len()],
            written: BTreeMap::new(),
            sinks,
            ids,
            started_over: false,
            sizes: FieldSizes::NONE,
            computer: host_name(),
            process_id: std::process::id(),
            user_id: rustix::process::getuid().as_raw(),
            text: String::new(),
        })
    }

    /// Shortens fields from now on as the configuration says.
    pub(crate) fn configure(&mut self, config: &Config) {
        let fields = EVENTS.iter().flat_map(|event| event.fields);
        self.sizes = FieldSizes::new(
            fields.filter_map(|field| Some((field.name, config.field_sizes.limit(field.name)?))),
        );
    }

    /// Opens files anew, after they were renamed, and connects anew to syslog.
    pub(crate) fn reopen(&self) {
        self.sinks.iter().for_each(|(_, sink)| sink.reopen());
    }

    /// Whether no output will ever take an event again.
    pub(crate) fn all_gone(&self) -> bool {
        self.sinks.iter().all(|(_, sink)| sink.is_gone())
    }

    /// Tells the line what the sinks have lost and met since the last call.
    pub(crate) fn report(&mut self, now: Timestamp, pipeline: &mut Pipeline) {
        self.computer = host_name();
        for ((_, sink), working) in self.sinks.iter().zip(&mut self.working) {
            report_losses(sink, pipeline);
            for notice in sink.take_notices() {
                match notice {
                    Notice::Failed(_) | Notice::Gone(_) => *working = false,
                    Notice::Recovered => *working = true,
                    Notice::NotReopened(_) | Notice::TornLines(_) | Notice::Omitted(_) => {}
                }
                report_notice(sink.name(), notice, now, pipeline);
            }
        }
        if let Some(error) = self.ids.take_problem() {
            pipeline.note(Trouble::RecordIdsUnsaved, &format!("saving ({error})"), 1, now, now);
        }
        if std::mem::take(&mut self.started_over) {
            pipeline.note(Trouble::RecordIdsStartedOver, "record ids", 1, now, now);
        }
    }

    /// How the outputs are, for who asks.
    pub(crate) fn status(&self) -> Vec<OutputStatus> {
        let status = |((_, sink), working): (&(Form, Sink), &bool)| OutputStatus {
            name: sink.name().to_owned(),
            working: *working,
            waiting: sink.pending() as u64,
        };
        self.sinks.iter().zip(&self.working).map(status).collect()
    }

    /// How many events of which id were written.
    pub(crate) fn written(&self) -> &BTreeMap<u16, u64> {
        &self.written
    }

    /// Writes what waits, at most until `deadline`. What is lost now can be told in the log only.
    pub(crate) fn close(self, deadline: Instant) {
        for (_, sink) in self.sinks {
            let name = sink.name().to_owned();
            for loss in sink.close(deadline) {
                let Loss { event_id, why, count, .. } = loss;
                tracing::error!(
                    output = name,
                    event_id,
                    count,
                    why = why.as_str(),
                    "events were not written"
                );
            }
        }
        if let Err(error) = self.ids.close() {
            tracing::warn!(%error, "the next record id could not be saved: the next start leaves some out");
        }
    }

    fn render(&mut self, form: Form, event: &Event, envelope: &Envelope<'_>) -> Arc<str> {
        self.text.clear();
        match form {
            Form::Xml => tuxmon_render::xml(event, envelope, &self.sizes, &mut self.text),
            Form::Json => tuxmon_render::json(event, envelope, &self.sizes, &mut self.text),
            Form::Text(colour) => {
                tuxmon_render::text(event, envelope, &self.sizes, colour, &mut self.text);
            }
        }
        Arc::from(self.text.as_str())
    }
}

impl Output for Outputs {
    fn write(&mut self, event: &Event) {
        let event_id = event.spec().id;
        *self.written.entry(event_id).or_default() += 1;
        let issued = self.ids.issue();
        if issued.started_over {
            tracing::warn!("record ids have reached 2^31 and start over at 0");
            self.started_over = true;
        }
        let written = now();
        let computer = std::mem::take(&mut self.computer);
        let envelope = Envelope {
            record_id: issued.id,
            written,
            process_id: self.process_id,
            // Compat: outputxml.cpp — the process id stands for the thread too.
            thread_id: self.process_id,
            computer: &computer,
            user_id: self.user_id,
        };
        let mut rendered: Vec<(Form, Arc<str>)> = Vec::new();
        for position in 0..self.sinks.len() {
            let form = self.sinks[position].0;
            let known = rendered.iter().find(|(other, _)| *other == form).map(|(_, text)| Arc::clone(text));
            let text = known.unwrap_or_else(|| {
                let text = self.render(form, event, &envelope);
                rendered.push((form, Arc::clone(&text)));
                text
            });
            self.sinks[position].1.offer(&Line { event_id, rank: rank(event_id), written, text });
        }
        self.computer = computer;
    }
}

/// What nobody may crowd out: who ran and ended, who was spoken to, and what the agent says of itself.
/// docs/decisions/0021-who-may-fill-the-ring.md has the same order for the ring.
const LEADING: [u16; 6] = [1, 3, 4, 5, 16, ERROR_REPORT];

fn rank(event_id: u16) -> Rank {
    if LEADING.contains(&event_id) { Rank::Leads } else { Rank::Yields }
}

fn open(choice: &OutputChoice, format: Option<Format>) -> anyhow::Result<(Form, Sink)> {
    let form = match choice.format(format) {
        Format::Xml => Form::Xml,
        Format::Json => Form::Json,
        Format::Text if choice.place == Place::Stdout => Form::Text(colour(&io::stdout())),
        Format::Text => Form::Text(Colour::Never),
    };
    let limits = Limits::default();
    let sink = match &choice.place {
        Place::Syslog => Sink::start(Syslog::new(Path::new(Syslog::DEV_LOG)), limits)?,
        Place::Stdout => {
            let output = StandardOutput::new().context("standard output is closed")?;
            Sink::start(output, limits)?
        }
        Place::File(path) => {
            let file = AppendedFile::open(path)
                .with_context(|| format!("cannot open the output file {}", path.display()))?;
            Sink::start(file, limits)?
        }
    };
    Ok((form, sink))
}

/// Colours are for terminals, and for those who want them.
pub(crate) fn colour(stream: &impl IsTerminal) -> Colour {
    if stream.is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        Colour::Always
    } else {
        Colour::Never
    }
}

/// The wall clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

const ERROR_REPORT: u16 = 255;

/// A report that is lost makes no report of its own: an output that stays away would get one each second for ever.
fn report_losses(sink: &Sink, pipeline: &mut Pipeline) {
    for loss in sink.take_losses() {
        let Loss { event_id, why, count, first, last } = loss;
        let event = tuxmon_event::spec(event_id).map_or("unknown", |spec| spec.name);
        if event_id == ERROR_REPORT {
            tracing::warn!(output = sink.name(), count, why = why.as_str(), "error reports were lost");
        } else {
            let subject = format!("{event} for {} ({})", sink.name(), why.as_str());
            pipeline.note(Trouble::OutputLost, &subject, count, first, last);
        }
    }
}

fn report_notice(output: &str, notice: Notice, now: Timestamp, pipeline: &mut Pipeline) {
    let mut failed = |reason: &str| {
        pipeline.note(Trouble::OutputFailed, &format!("{output} ({reason})"), 1, now, now);
    };
    match notice {
        Notice::Failed(reason) => failed(&reason),
        Notice::Gone(reason) => failed(&format!("closed for good: {reason}")),
        Notice::NotReopened(reason) => failed(&format!("not opened anew: {reason}")),
        Notice::Recovered => tracing::info!(output, "takes events again"),
        Notice::TornLines(count) => pipeline.note(Trouble::OutputTorn, output, count, now, now),
        Notice::Omitted(count) => tracing::warn!(output, count, "there were more notices than were kept"),
    }
}
