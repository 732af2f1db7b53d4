//! How long each stage of the line takes.

use std::hint::black_box;

use clap::ValueEnum;
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use tuxmon_config::Config;
use tuxmon_event::{EVENTS, Event, Timestamp};
use tuxmon_host::hash::{Hasher, Limits};
use tuxmon_pipeline::{Machine, Output, Records};
use tuxmon_render::{Envelope, FieldSizes};
use tuxmon_wire::decode;

use super::{Replay, pipeline};

/// Stages of the line, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Bytes to records.
    Decode,
    /// Records to events: who did it, to what.
    Assemble,
    /// Verdicts.
    Rules,
    /// Events to lines of XML.
    Render,
    /// Lines to where they go.
    Output,
}

impl Stage {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// What a walk came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Walked {
    /// Records that came.
    records: u64,
    /// Events that were kept.
    events: u64,
    /// Bytes of lines.
    bytes: u64,
    /// Processor time of all threads, in nanoseconds.
    nanoseconds: u64,
}

/// One stage, with all before it.
#[derive(Debug, Serialize)]
struct Row {
    stage: String,
    /// Nanoseconds of a record, from its bytes to this stage.
    nanoseconds: f64,
    /// What this stage adds.
    added: f64,
    records_per_second: f64,
    events: u64,
}

/// The measurement of a recording.
#[derive(Debug, Serialize)]
struct Report {
    records: u64,
    bytes_per_record: f64,
    bytes_per_line: f64,
    stages: Vec<Row>,
}

/// Measures each stage and prints what came out.
pub(super) fn report(replay: &Replay<'_>, rounds: u32, json: bool) -> anyhow::Result<()> {
    anyhow::ensure!(
        !replay.writes_to_terminal(),
        "a measurement does not write to the standard output; use file:PATH"
    );
    let mut report = Report { records: 0, bytes_per_record: 0.0, bytes_per_line: 0.0, stages: Vec::new() };
    let mut before = 0.0;
    for &stage in Stage::value_variants() {
        if stage == Stage::Output && replay.outputs.is_empty() {
            continue;
        }
        let mut best = replay.walk(stage)?;
        for _ in 1..rounds {
            let walked = replay.walk(stage)?;
            best = if walked.nanoseconds < best.nanoseconds { walked } else { best };
        }
        anyhow::ensure!(best.records > 0, "the recording is empty");
        let nanoseconds = best.nanoseconds as f64 / best.records as f64;
        let row = Row {
            stage: stage.name(),
            nanoseconds,
            added: nanoseconds - before,
            records_per_second: 1e9 / nanoseconds,
            events: best.events,
        };
        before = nanoseconds;
        report.records = best.records;
        report.bytes_per_record = replay.stream.len() as f64 / best.records as f64;
        if stage == Stage::Render {
            report.bytes_per_line = best.bytes as f64 / best.events.max(1) as f64;
        }
        report.stages.push(row);
    }
    print(&report, json)
}

fn print(report: &Report, json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    let Report { records, bytes_per_record, bytes_per_line, stages } = report;
    println!("{records} records of {bytes_per_record:.0} bytes; a line has {bytes_per_line:.0} bytes");
    println!("{:<10} {:>12} {:>12} {:>14} {:>10}", "stage", "ns a record", "added", "records/s", "events");
    for Row { stage, nanoseconds, added, records_per_second, events } in stages {
        println!("{stage:<10} {nanoseconds:>12.0} {added:>12.0} {records_per_second:>14.0} {events:>10}");
    }
    Ok(())
}

impl Replay<'_> {
    /// Walks all records to a stage. What is made before the first record is not part of the time.
    pub(super) fn walk(&self, until: Stage) -> anyhow::Result<Walked> {
        match until {
            Stage::Decode => self.decode(),
            Stage::Assemble => {
                let config = nothing();
                let hasher = Hasher::start(tuxmon_pipeline::wanted_hashes(&config), Limits::default())?;
                self.to(Machine::of_a_recording(hasher), &config, &mut Counted::default())
            }
            Stage::Rules => self.to(self.machine_with_hashes()?, &self.config, &mut Counted::default()),
            Stage::Render => {
                let mut rendered = Rendered::new(&self.config);
                let walked = self.to(self.machine_with_hashes()?, &self.config, &mut rendered)?;
                Ok(Walked { bytes: rendered.bytes, ..walked })
            }
            Stage::Output => self.to_outputs(),
        }
    }

    fn decode(&self) -> anyhow::Result<Walked> {
        let began = processor_time();
        let mut records = 0;
        for record in Records::of(self.stream) {
            black_box(decode(record?).is_ok());
            records += 1;
        }
        Ok(Walked { records, nanoseconds: processor_time() - began, ..Walked::default() })
    }

    fn to(&self, machine: Machine, config: &Config, output: &mut dyn Output) -> anyhow::Result<Walked> {
        let mut pipeline = pipeline(machine, config);
        let began = processor_time();
        for record in Records::of(self.stream) {
            pipeline.record(record?, output);
        }
        let nanoseconds = processor_time() - began;
        let counters = pipeline.counters();
        Ok(Walked { records: counters.records, events: counters.written, bytes: 0, nanoseconds })
    }

    fn to_outputs(&self) -> anyhow::Result<Walked> {
        let mut outputs = self.open()?;
        let mut pipeline = pipeline(self.machine_with_hashes()?, &self.config);
        let began = processor_time();
        let records = self.through(&mut pipeline, &mut outputs)?;
        let nanoseconds = processor_time() - began;
        outputs.close(std::time::Instant::now() + super::PATIENCE);
        Ok(Walked { records, events: pipeline.counters().written, bytes: 0, nanoseconds })
    }
}

/// A configuration that keeps no event.
fn nothing() -> Config {
    let tags = EVENTS.iter().filter_map(|event| event.tag);
    let nodes = tags.map(|tag| format!("<{tag} onmatch='include'/>")).collect::<Vec<_>>().concat();
    let text = format!("<Sysmon schemaversion='4.90'><EventFiltering>{nodes}</EventFiltering></Sysmon>");
    Config::parse(text.as_bytes(), "nothing").0.unwrap_or_else(Config::empty)
}

/// Counts events, and does nothing with them.
#[derive(Debug, Default)]
struct Counted(u64);

impl Output for Counted {
    fn write(&mut self, event: &Event) {
        self.0 += u64::from(event.spec().id > 0);
    }
}

/// Renders events, and throws the lines away.
struct Rendered {
    sizes: FieldSizes,
    line: String,
    bytes: u64,
    count: u64,
}

impl Rendered {
    fn new(config: &Config) -> Self {
        let fields = EVENTS.iter().flat_map(|event| event.fields);
        let sizes = fields.filter_map(|field| Some((field.name, config.field_sizes.limit(field.name)?)));
        Self { sizes: FieldSizes::new(sizes), line: String::new(), bytes: 0, count: 0 }
    }
}

impl Output for Rendered {
    fn write(&mut self, event: &Event) {
        let envelope = Envelope {
            record_id: self.count,
            written: Timestamp(0),
            process_id: 1,
            thread_id: 1,
            computer: "machine",
            user_id: 0,
            additional: &[],
        };
        self.line.clear();
        tuxmon_render::xml(event, &envelope, &self.sizes, &mut self.line);
        self.count += 1;
        self.bytes += self.line.len() as u64 + 1;
    }
}

/// What all threads of this process have had of processors so far, in nanoseconds.
fn processor_time() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
