//! `tuxmon replay`: a recording through the line, without root and without a kernel.

mod measure;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use tuxmon_config::{Config, HashAlgorithms};
use tuxmon_host::hash::{Hasher, Limits, hash_bytes};
use tuxmon_pipeline::{Machine, ParkingLimits, Pipeline, Records, Settings, wanted_hashes};
use tuxmon_sinks::RecordIds;
use tuxmon_wire::{Fact, decode};

use crate::check;
use crate::detection::Detection;
use crate::run::args::{Additions, Format, OutputChoice, Place};
use crate::run::configuration::{self, Moment, Origin};
use crate::run::outputs::Outputs;

/// Make events of a recording, on any machine
///
/// Walks what `tuxmon record` has written through the whole line: needs no root and asks nothing of this machine.
/// What the records do not tell is absent: names of users other than root, hashes, and links in paths. Times count
/// from the boot of the recorded machine.
#[derive(clap::Args)]
#[command(after_help = "\
Stages of --measure: decode (bytes to records), assemble (who did it), rules (verdicts), render (the line as XML), and
output (as --output says, with its queue and its thread). Each is run with those before it; the time of one is what it
adds. Times are processor time of all threads, the best of --rounds.

Examples:
  tuxmon replay session.wire                                         events, to read
  tuxmon replay --config rules.xml --output file:out.xml build.wire
  tuxmon replay --measure --config rules.xml --output file:/tmp/out.xml build.wire")]
pub(crate) struct Args {
    /// Recordings; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Sysmon configuration (XML); without one everything is logged
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Where events go, as for tuxmon run
    #[arg(long = "output", value_name = "OUTPUT")]
    outputs: Vec<OutputChoice>,

    /// How events are written by outputs that have no format of their own
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Print the records themselves, as the kernel sent them
    #[arg(long, conflicts_with_all = ["measure", "config", "outputs", "format"])]
    raw: bool,

    /// Say how long each stage of the line takes, instead of showing events
    #[arg(long)]
    measure: bool,

    /// How often each stage is measured
    #[arg(long, value_name = "COUNT", default_value_t = 5, requires = "measure",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,

    /// Walk to this stage once and measure nothing: for a profiler
    #[arg(long, value_enum, value_name = "STAGE", conflicts_with_all = ["measure", "raw"])]
    until: Option<measure::Stage>,

    /// Print the measurement as JSON
    #[arg(long, requires = "measure")]
    json: bool,
}

/// Every event of Linux, unconditionally.
const EVERYTHING: &[u8] = include_bytes!("../../../benches/replay/everything.xml");

/// After so many records the outputs get time to write: a recording does not come at the speed of a machine.
const BREATH: usize = 4096;
/// How long they get.
const PATIENCE: Duration = Duration::from_mins(1);

/// Replays the files.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    crate::run::start_log();
    let stream = read(&args.files)?;
    if args.raw {
        return print_records(&stream);
    }
    let Some(config) = config(args.config.as_deref())? else { return Ok(ExitCode::from(check::REFUSED)) };
    let replay = Replay { stream: &stream, config, outputs: &args.outputs, format: args.format };
    match args.until {
        Some(stage) => replay.walk(stage).map(drop)?,
        None if args.measure => measure::report(&replay, args.rounds, args.json)?,
        None => replay.show()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A recording and what to do with it.
struct Replay<'a> {
    stream: &'a [u8],
    config: Config,
    outputs: &'a [OutputChoice],
    format: Option<Format>,
}

impl Replay<'_> {
    /// Writes the events. Hashes are not in a recording, so none are asked for.
    fn show(mut self) -> anyhow::Result<()> {
        self.config.hash_algorithms = HashAlgorithms::NONE;
        let hasher = Hasher::start(wanted_hashes(&self.config), Limits::default())?;
        let mut pipeline = pipeline(Machine::of_a_recording(hasher), &self.config);
        let mut outputs = self.open()?;
        self.through(&mut pipeline, &mut outputs)?;
        outputs.close(Instant::now() + PATIENCE);
        Ok(())
    }

    fn open(&self) -> anyhow::Result<Outputs> {
        let mut outputs = Outputs::open(
            self.outputs,
            self.format,
            RecordIds::unsaved(),
            Additions::None,
            Detection::off(),
        )?;
        outputs.configure(&self.config);
        Ok(outputs)
    }

    /// All records, and all that they lead to, out to the last byte.
    fn through(&self, pipeline: &mut Pipeline, outputs: &mut Outputs) -> anyhow::Result<u64> {
        let mut count = 0_usize;
        for record in Records::of(self.stream) {
            pipeline.record(record?, outputs);
            count += 1;
            if count.is_multiple_of(BREATH) {
                outputs.flush(Instant::now() + PATIENCE);
            }
        }
        pipeline.finish(Duration::ZERO, outputs);
        outputs.flush(Instant::now() + PATIENCE);
        Ok(count as u64)
    }

    /// The machine of the recording. Every executed file has a hash (that of its path, as its content is not here),
    /// so that the line has to look it up and to write it as it would.
    fn machine_with_hashes(&self) -> anyhow::Result<Machine> {
        let algorithms = wanted_hashes(&self.config);
        let mut hasher = Hasher::start(algorithms, Limits::default())?;
        for record in Records::of(self.stream) {
            if let Ok(record) = decode(record?)
                && let Fact::Exec(image) = &record.fact
                && hasher.lookup(&image.file).is_none()
            {
                hasher.remember(&image.file, hash_bytes(image.image.leaf_first, algorithms));
            }
        }
        Ok(Machine::of_a_recording(hasher))
    }

    fn writes_to_terminal(&self) -> bool {
        self.outputs.iter().any(|choice| choice.place == Place::Stdout)
    }
}

fn pipeline(machine: Machine, config: &Config) -> Pipeline {
    Pipeline::new(machine, config, Settings { own_pid: None, parking: ParkingLimits::default() })
}

fn read(files: &[PathBuf]) -> anyhow::Result<Vec<u8>> {
    let mut stream = Vec::new();
    for file in files {
        let read = if file.as_os_str() == "-" {
            io::stdin().lock().read_to_end(&mut stream).map(drop)
        } else {
            fs::read(file).map(|bytes| stream.extend_from_slice(&bytes))
        };
        read.with_context(|| format!("cannot read {}", file.display()))?;
    }
    Ok(stream)
}

fn config(file: Option<&Path>) -> anyhow::Result<Option<Config>> {
    let Some(file) = file else {
        let (config, _) = Config::parse(EVERYTHING, "everything");
        return Ok(Some(config.expect("our own configuration loads")));
    };
    let (loaded, diagnostics) = configuration::load(&Origin::File(file.into()), Moment::Start);
    check::print(&diagnostics)?;
    Ok(loaded.map(|loaded| loaded.config))
}

fn print_records(stream: &[u8]) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    for record in Records::of(stream) {
        match decode(record?) {
            Ok(record) => writeln!(out, "{record:#?}")?,
            Err(error) => writeln!(out, "cannot be read: {error}")?,
        }
    }
    Ok(ExitCode::SUCCESS)
}
