//! The fan-out: one event becomes a line in each format that is wanted, and goes to each sink.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use tuxmon_config::Config;
use tuxmon_event::{Additional, EVENTS, Event, Timestamp};
use tuxmon_host::alive::Unwritten;
use tuxmon_host::clock;
use tuxmon_host::machine::host_name;
use tuxmon_pipeline::{Output, Pipeline, Trouble};
use tuxmon_render::{Colour, Envelope, FieldSizes};
use tuxmon_sinks::{
    AppendedFile, Limits, Line, LineText, Loss, Notice, Rank, RecordIds, Sink, StandardOutput, Syslog, Why,
};

use super::args::{Additions, Format, OutputChoice, Place};
use crate::control::protocol::OutputStatus;
use crate::detection::{ALERT, Detection};

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
    additional: Additions,
    /// Looks at whatever is written.
    pub(crate) detection: Detection,
    /// One for each form that some sink wants.
    batches: Vec<Batch>,
}

/// Lines of one form that no sink has yet.
struct Batch {
    form: Form,
    text: String,
    /// The text before this one, which the sinks may still need.
    before: Option<Arc<String>>,
    /// Event, time, and where in the text it begins and ends.
    lines: Vec<(u16, Timestamp, usize, usize)>,
}

/// Lines that are kept back at most, and bytes of one form: a batch is handed over when either is reached.
const BATCH_LINES: usize = 1024;
const BATCH_BYTES: usize = 1 << 20;
/// Memory that is kept for the next batch at most, so that a flood does not leave it large for ever.
const KEPT_BYTES: usize = 256 << 10;

impl Batch {
    fn of(form: Form) -> Self {
        Self { form, text: String::new(), before: None, lines: Vec::new() }
    }

    fn is_full(&self) -> bool {
        self.lines.len() >= BATCH_LINES || self.text.len() >= BATCH_BYTES
    }

    fn add(&mut self, event: &Event, envelope: &Envelope<'_>, sizes: &FieldSizes) {
        let start = self.text.len();
        match self.form {
            Form::Xml => tuxmon_render::xml(event, envelope, sizes, &mut self.text),
            Form::Json => tuxmon_render::json(event, envelope, sizes, &mut self.text),
            Form::Text(colour) => tuxmon_render::text(event, envelope, sizes, colour, &mut self.text),
        }
        self.lines.push((event.spec().id, envelope.written, start, self.text.len()));
    }

    /// The lines, which share one text. The memory of the text before is used again, where the sinks are done with it.
    fn take(&mut self) -> Vec<Line> {
        let spare = self.before.take().and_then(|before| Arc::try_unwrap(before).ok());
        let is_queued = spare.is_none();
        let next = match spare {
            Some(mut spare) => {
                spare.clear();
                spare
            }
            None => String::with_capacity(self.text.len()),
        };
        let mut text = std::mem::replace(&mut self.text, next);
        if (is_queued || text.capacity() > KEPT_BYTES) && text.capacity() / 4 * 3 > text.len() {
            // Where texts queue up, the bytes of their lines are counted: there should not be many more.
            text.shrink_to_fit();
        }
        let whole = Arc::new(text);
        self.before = (whole.capacity() <= KEPT_BYTES).then(|| Arc::clone(&whole));
        let line = |(event_id, written, start, end)| {
            let text = LineText::part(&whole, start, end);
            Line { event_id, rank: rank(event_id), written, text }
        };
        self.lines.drain(..).map(line).collect()
    }
}

impl Outputs {
    /// Opens what was chosen; without a choice, standard output.
    pub(crate) fn open(
        choices: &[OutputChoice],
        format: Option<Format>,
        ids: RecordIds,
        additional: Additions,
        detection: Detection,
    ) -> anyhow::Result<Self> {
        let usual = [OutputChoice { place: Place::Stdout, format: None }];
        let choices = if choices.is_empty() { &usual } else { choices };
        let sinks = choices.iter().map(|choice| open(choice, format)).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self {
            working: vec![true; sinks.len()],
            written: BTreeMap::new(),
            batches: batches(&sinks),
            sinks,
            ids,
            started_over: false,
            sizes: FieldSizes::NONE,
            computer: host_name(),
            process_id: std::process::id(),
            user_id: rustix::process::getuid().as_raw(),
            additional,
            detection,
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
    pub(crate) fn reopen(&mut self) {
        // What was written before goes to the old files.
        self.hand_over();
        self.sinks.iter().for_each(|(_, sink)| sink.reopen());
        self.detection.reopen();
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
        for sink in self.detection.sinks() {
            report_losses(sink, pipeline);
            sink.take_notices()
                .into_iter()
                .for_each(|notice| report_notice(sink.name(), notice, now, pipeline));
        }
        self.detection.report(now, pipeline);
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

    /// Waits until everything is written, at most until `deadline`.
    pub(crate) fn flush(&mut self, deadline: Instant) {
        self.hand_over();
        for (_, sink) in &self.sinks {
            sink.flush(deadline);
        }
    }

    /// Writes what waits, at most until `deadline`. What is lost now can be told in the log, and by the next agent.
    pub(crate) fn close(mut self, deadline: Instant) -> Unwritten {
        self.hand_over();
        let mut unwritten: Option<Unwritten> = None;
        for (_, sink) in self.sinks {
            let name = sink.name().to_owned();
            for loss in sink.close(deadline) {
                let Loss { event_id, why, count, first, last } = loss;
                // A reader that left knows what it did not read.
                if why != Why::Gone {
                    let sum = unwritten.get_or_insert(Unwritten { count: 0, first, last });
                    sum.count += count;
                    sum.first = sum.first.min(first);
                    sum.last = sum.last.max(last);
                }
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
        unwritten.unwrap_or_default()
    }

    /// Gives the sinks what was written since the last call. Together, because each call may wake a sink's thread.
    pub(crate) fn hand_over(&mut self) {
        for batch in self.batches.iter_mut().filter(|batch| !batch.lines.is_empty()) {
            let lines = batch.take();
            for (_, sink) in self.sinks.iter().filter(|(form, _)| *form == batch.form) {
                sink.offer_all(&lines);
            }
        }
        self.detection.hand_over(&self.computer);
    }
}

/// A batch for each form.
fn batches(sinks: &[(Form, Sink)]) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for (form, _) in sinks {
        if batches.iter().all(|batch| batch.form != *form) {
            batches.push(Batch::of(*form));
        }
    }
    batches
}

impl Output for Outputs {
    fn write(&mut self, event: &Event) {
        self.write_with(event, &Additional::default());
    }

    fn write_with(&mut self, event: &Event, additional: &Additional) {
        let pairs: Vec<(&str, &str)> = match self.additional {
            Additions::None => Vec::new(),
            Additions::Container if event.spec().has_additional() => additional.pairs().collect(),
            Additions::Container => Vec::new(),
        };
        let event_id = event.spec().id;
        *self.written.entry(event_id).or_default() += 1;
        let issued = self.ids.issue();
        if issued.started_over {
            tracing::warn!("record ids have reached 2^31 and start over at 0");
            self.started_over = true;
        }
        let written = clock::wall();
        let computer = std::mem::take(&mut self.computer);
        let envelope = Envelope {
            record_id: issued.id,
            written,
            process_id: self.process_id,
            // Compat: outputxml.cpp — the process id stands for the thread too.
            thread_id: self.process_id,
            computer: &computer,
            user_id: self.user_id,
            additional: &pairs,
        };
        for batch in &mut self.batches {
            batch.add(event, &envelope, &self.sizes);
        }
        self.computer = computer;
        let line = self.batches.first().and_then(|batch| batch.lines.last());
        let weight = line.map_or(0, |(_, _, start, end)| end - start);
        self.detection.offer(event, additional, issued.id, weight);
        if self.batches.iter().any(Batch::is_full) {
            self.hand_over();
        }
    }

    fn takes_reports(&self) -> bool {
        self.sinks.iter().any(|(_, sink)| sink.has_room())
    }
}

/// What nobody may crowd out: who ran and ended, who was spoken to, and what the agent says of itself.
/// docs/decisions/0021-who-may-fill-the-ring.md has the same order for the ring.
const LEADING: [u16; 5] = [1, 3, 4, 5, 16];

fn rank(event_id: u16) -> Rank {
    match event_id {
        ERROR_REPORT => Rank::Reports,
        leading if LEADING.contains(&leading) => Rank::Leads,
        _ => Rank::Yields,
    }
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

const ERROR_REPORT: u16 = 255;

/// A sink tells of lost reports when it has room for more: an output that stays away would get one each second for ever.
fn report_losses(sink: &Sink, pipeline: &mut Pipeline) {
    for loss in sink.take_losses() {
        let Loss { event_id, why, count, first, last } = loss;
        let unknown = if event_id == ALERT { "alerts" } else { "unknown" };
        let event = tuxmon_event::spec(event_id).map_or(unknown, |spec| spec.name);
        let subject = format!("{event} for {} ({})", sink.name(), why.as_str());
        pipeline.note(Trouble::OutputLost, &subject, count, first, last);
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

#[cfg(test)]
mod tests;
