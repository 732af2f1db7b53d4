//! `tuxmon record`: the kernel's records as they come, for `tuxmon replay`.
//!
//! Nothing is made of a record but the decision whether it belongs to the command that is watched.

mod family;

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, bail};
use tuxmon_pipeline::{Collect, Recorded};
use tuxmon_sensor::Sensor;
use tuxmon_wire::decode;

use crate::check;
use crate::run::args::SensorArgs;
use crate::run::configuration::{self, Moment, Origin};
use crate::run::kernel;
use crate::run::signals::Requests;
use family::Family;

/// Record what the kernel tells, to replay it elsewhere
///
/// Needs root. Writes the records of the kernel side as they come, before anything is made of them, until Ctrl-C;
/// with a COMMAND, those of the command and of what it starts, until it ends. A recording holds command lines and
/// paths: the file is for its owner only. `tuxmon replay` turns it into events, without root, on any machine.
#[derive(clap::Args)]
#[command(after_help = "\
Exit code: 0, 87 when the configuration is refused, 1 when nothing can be recorded.

Examples:
  tuxmon record session.wire                          everything, until Ctrl-C
  tuxmon record build.wire -- make                    what make and its children do
  tuxmon record - -- make | tuxmon replay --raw -     to see what the hooks send")]
pub(crate) struct Args {
    /// Where the recording goes; - is the standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Collect only what this configuration collects, instead of everything
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    sensor: SensorArgs,

    /// A command to run; only it and what it starts are recorded
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// How long a turn waits for records.
const TURN: Duration = Duration::from_millis(50);

/// Records until asked to end, or until the command has ended.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    crate::run::start_log();
    if !rustix::process::geteuid().is_root() {
        bail!("the recorder loads programs into the kernel and must be root: sudo tuxmon record");
    }
    let Some(collect) = collect(args.config.as_deref())? else { return Ok(ExitCode::from(check::REFUSED)) };
    let requests = Requests::listen().context("cannot listen to signals")?;
    let mut tape = Tape::create(&args.file)?;
    let mut sensor = Sensor::start(&args.sensor.options(collect))?;
    let mut command = None;
    if let Some((program, arguments)) = args.command.split_first() {
        command = Some(start(program, arguments, &mut tape)?);
    } else {
        sensor.seed(&mut |record| tape.take(record))?;
    }
    eprintln!("tuxmon: recording{}", if command.is_some() { "" } else { "; Ctrl-C ends it" });
    while !requests.stop() && tape.problem.is_none() {
        sensor.poll(TURN, &mut |record| tape.take(record))?;
        if let Some(child) = &mut command
            && child.try_wait()?.is_some()
        {
            break;
        }
    }
    sensor.stop_collection();
    sensor.drain(&mut |record| tape.take(record))?;
    let lost: u64 = sensor.losses()?.iter().map(|loss| loss.lost + loss.missed).sum();
    let records = tape.finish().with_context(|| format!("cannot write {}", args.file.display()))?;
    eprintln!("tuxmon: {records} records in {}, {lost} lost", args.file.display());
    Ok(ExitCode::SUCCESS)
}

/// What is to be collected; nothing when the configuration is refused.
fn collect(file: Option<&Path>) -> anyhow::Result<Option<tuxmon_sensor::Collect>> {
    let Some(file) = file else { return Ok(Some(tuxmon_sensor::Collect::ALL)) };
    let (loaded, diagnostics) = configuration::load(&Origin::File(file.into()), Moment::Start);
    check::print(&diagnostics)?;
    Ok(loaded.map(|loaded| kernel::collect(Collect::for_config(&loaded.config))))
}

/// Starts the command. From now on only its family is recorded.
fn start(program: &str, arguments: &[String], tape: &mut Tape) -> anyhow::Result<Child> {
    let child = Command::new(program).args(arguments).spawn();
    let child = child.with_context(|| format!("cannot run {program}"))?;
    tape.family = Some(Family::of(std::process::id(), child.id()));
    Ok(child)
}

/// The recording.
struct Tape {
    to: BufWriter<Box<dyn Write>>,
    family: Option<Family>,
    records: u64,
    /// Why no more can be written.
    problem: Option<io::Error>,
}

impl Tape {
    fn create(file: &Path) -> anyhow::Result<Self> {
        let to: Box<dyn Write> = if file.as_os_str() == "-" {
            Box::new(io::stdout())
        } else {
            let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file);
            Box::new(opened.with_context(|| format!("cannot write {}", file.display()))?)
        };
        Ok(Self { to: BufWriter::with_capacity(1 << 20, to), family: None, records: 0, problem: None })
    }

    fn take(&mut self, record: &[u8]) {
        if self.problem.is_some() || !self.wants(record) {
            return;
        }
        self.records += 1;
        self.problem = Recorded::append(&mut self.to, record).err();
    }

    fn wants(&mut self, record: &[u8]) -> bool {
        let Some(family) = &mut self.family else { return true };
        // What cannot be read is recorded all the same: it is what one would want to look at.
        decode(record).map_or(true, |record| family.takes(&record.fact))
    }

    fn finish(mut self) -> io::Result<u64> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        self.to.flush()?;
        Ok(self.records)
    }
}
