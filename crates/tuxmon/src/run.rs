//! `tuxmon run`: the agent.

mod agent;
pub(crate) mod args;
mod banner;
pub(crate) mod configuration;
pub(crate) mod kernel;
pub(crate) mod outputs;
mod outside;
mod pulse;
pub(crate) mod signals;
mod status;
mod tide;

use std::io::{self, IsTerminal, Write as _};
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tuxmon_host::alive::{LastAlive, Left};
use tuxmon_host::clock::{self, Clock};
use tuxmon_host::hash::{Hasher, Limits};
use tuxmon_host::state::StateDirectory;
use tuxmon_pipeline::{Collect, Machine, ParkingLimits, Pipeline, Trouble, wanted_hashes};
use tuxmon_render::Colour;
use tuxmon_sensor::Sensor;
use tuxmon_sinks::RecordIds;

use crate::check;
use crate::detection::Detection;
use crate::detection::settings::{self, SettingsFile};
use crate::selftest::schedule::Schedule;
use crate::service::layout::Layout;
use crate::service::privileges::{self, Writes};
use crate::service::stored::Stored;
use crate::sysmon::Settings;
use agent::Agent;
use args::{Additions, Format, OutputChoice, Place, SensorArgs};
use configuration::{Loaded, Moment, Origin};
use kernel::Kernel;
use outputs::Outputs;
use outside::Outside;
use signals::Requests;

/// Record what happens on this machine and write it as Sysmon for Linux does
///
/// Needs root. Without a configuration, starts and ends of processes are recorded.
#[derive(clap::Args)]
#[command(after_help = "\
Outputs: syslog (ident sysmon), stdout, file:PATH (appended). Give --output several times for several of them.
The format of an output is the one after its comma, else that of --format, else text on stdout and xml elsewhere.

Signals: SIGTERM and Ctrl-C end the agent within 5 s, with everything written that was collected. SIGHUP reads the
configuration again and opens files anew; a configuration that is refused changes nothing.

Exit code: 0, 87 when the configuration is refused, 1 when the agent cannot start or go on.

Examples:
  tuxmon run                                                   starts and ends of processes, to read
  tuxmon run --config rules.xml --output syslog                a service
  tuxmon run --config rules.xml --output stdout --output file:/var/log/events.json,format=json")]
pub(crate) struct Args {
    /// Sysmon configuration (XML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Where events go: syslog, stdout, file:PATH, each with ,format=xml|json|text if need be
    #[arg(long = "output", value_name = "OUTPUT", default_value = "stdout")]
    outputs: Vec<OutputChoice>,

    /// How events are written by outputs that have no format of their own
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Where the next EventRecordID and the boot's clock are kept; made when it is missing
    #[arg(long, value_name = "DIR", default_value = STATE_DIRECTORY)]
    state_dir: PathBuf,

    /// Settings beyond the original's, as detection by Sigma rules and lists of indicators (docs/detection.md)
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,

    #[command(flatten)]
    sensor: SensorArgs,

    /// Test each so many minutes whether everything is seen, as `tuxmon selftest` does; what is missing becomes event 255
    #[arg(long, value_name = "MINUTES")]
    selftest_every: Option<NonZeroU16>,

    /// What events say beyond the original's fields, behind the last one: ContainerId, ControlGroup, SystemdUnit. Rules
    /// may read these also when they are not written
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    additional_data: Additions,
}

/// Where an agent that is no installed service keeps its state.
pub(crate) const STATE_DIRECTORY: &str = "/var/lib/tuxmon";

/// Runs the agent until it is asked to end.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if !rustix::process::geteuid().is_root() {
        start_log();
        bail!("the agent loads programs into the kernel and must be root: sudo tuxmon run");
    }
    let origin = args.config.clone().map_or(Origin::Defaults, Origin::File);
    match run_with(args, &origin)? {
        ServiceEnd::Stopped => Ok(ExitCode::SUCCESS),
        ServiceEnd::Refused => Ok(ExitCode::from(check::REFUSED)),
    }
}

/// Runs the agent of an installation, with what it has stored, as the original does: to the system log.
pub(crate) fn service(layout: &Layout) -> anyhow::Result<ServiceEnd> {
    let settings = Settings::of_stored(&Stored::read(layout).unwrap_or_default().words);
    let mut outputs = vec![OutputChoice { place: Place::Syslog, format: Some(Format::Xml) }];
    if settings.debug {
        outputs.push(OutputChoice { place: Place::Stdout, format: Some(Format::Text) });
    }
    let args = Args {
        config: None,
        outputs,
        format: None,
        state_dir: layout.folder(),
        settings: settings_of_service(layout),
        sensor: SensorArgs { btf: settings.btf.map(PathBuf::from), ..SensorArgs::default() },
        selftest_every: selftest_of_service(),
        additional_data: additions_of_service(),
    };
    run_with(&args, &Origin::Installed(layout.clone()))
}

/// The service has the original's command line, which has no place for this; its unit has the environment.
fn selftest_of_service() -> Option<NonZeroU16> {
    let minutes = std::env::var("TUXMON_SELFTEST_EVERY").ok()?;
    let number = minutes.parse().ok();
    if number.is_none() {
        eprintln!("TUXMON_SELFTEST_EVERY={minutes} is no number of minutes from 1 to 65535");
    }
    number
}

/// The same for the settings beyond the original's; without it they are those of the machine, if it has any.
fn settings_of_service(layout: &Layout) -> Option<PathBuf> {
    let usual = || Some(layout.system(settings::OF_SERVICE)).filter(|file| file.exists());
    std::env::var_os("TUXMON_SETTINGS").map(PathBuf::from).or_else(usual)
}

/// The same for what events say beyond the original's fields.
fn additions_of_service() -> Additions {
    let Ok(word) = std::env::var("TUXMON_ADDITIONAL_DATA") else { return Additions::None };
    Additions::from_str(&word, false).unwrap_or_else(|_| {
        eprintln!("TUXMON_ADDITIONAL_DATA={word} is neither none nor container");
        Additions::None
    })
}

/// How the agent ended, when nothing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServiceEnd {
    /// It was asked to.
    Stopped,
    /// Its configuration was refused before it began.
    Refused,
}

fn run_with(args: &Args, origin: &Origin) -> anyhow::Result<ServiceEnd> {
    start_log();
    let (loaded, diagnostics) = configuration::load(origin, Moment::Start);
    check::print(&diagnostics)?;
    let Some(loaded) = loaded else { return Ok(ServiceEnd::Refused) };
    let settings = args.settings.as_deref().map(SettingsFile::read);
    if let Some(SettingsFile { diagnostics, .. }) = &settings {
        check::print(diagnostics)?;
        // A service goes on to record, and says in its events that nothing is looked for.
        if tuxmon_diag::refuses(diagnostics) && !matches!(origin, Origin::Installed(_)) {
            return Ok(ServiceEnd::Refused);
        }
    }
    let writes = writes(&args.outputs, settings.as_ref());
    // Before any thread is started, and before anything is made that would have to be left in order.
    privileges::keep_what_the_start_needs(writes);
    let requests = Requests::listen().context("cannot listen to signals")?;
    let since = clock::wall();
    let detection = settings.map_or_else(Detection::off, Detection::open);
    let agent = agent(args, origin, loaded, requests, detection)?;
    privileges::keep_what_collecting_needs(writes);
    let outcome = agent.run();
    tracing::info!("{}", agent::summary(&outcome.0, since));
    outcome.1.map_err(|error| anyhow::anyhow!("the agent cannot go on: {error}"))?;
    Ok(ServiceEnd::Stopped)
}

/// Opens everything: what is ours first, so that the kernel side, which comes last, does not see it.
fn agent(
    args: &Args,
    origin: &Origin,
    loaded: Loaded,
    requests: std::sync::Arc<Requests>,
    detection: Detection,
) -> anyhow::Result<Agent<Kernel>> {
    let state = StateDirectory::open(&args.state_dir)?;
    let ids = record_ids(&state)?;
    let outputs = Outputs::open(&args.outputs, args.format, ids, args.additional_data, detection)?;
    let mut hasher = Hasher::start(wanted_hashes(&loaded.config), Limits::default())
        .context("cannot start the threads that hash files")?;
    match hasher.recall(&state) {
        Ok(count) => tracing::debug!(count, "hashes of files known from the last agent"),
        Err(error) => {
            let folder = state.path().display();
            tracing::warn!(%error, %folder, "the hashes that the last agent kept are not used: files are hashed anew");
        }
    }
    let clock = Clock::start(Some(&state));
    let (alive, left) =
        LastAlive::open(&state, &clock).context("cannot keep the time of the last sign of life")?;
    let machine = Machine::this(clock, hasher);
    let own_pid = tuxmon_host::machine::has_its_process_ids().then(std::process::id);
    let settings = tuxmon_pipeline::Settings { own_pid, parking: ParkingLimits::default() };
    let selftest = args
        .selftest_every
        .map(|minutes| Schedule::new(Duration::from_mins(minutes.get().into()), &args.state_dir));
    let outside = Outside::open(state, alive, selftest, |kernel: &Kernel| kernel.0.hooks());
    let mut pipeline = Pipeline::new(machine, &loaded.config, settings);
    if args.additional_data == Additions::Container {
        pipeline.tell_additional();
    }
    let collect = kernel::collect(Collect::for_config(&loaded.config));
    let sensor = Sensor::start(&args.sensor.options(collect))?;
    match left {
        None => {}
        Some(Left::Died(at)) => pipeline.note(Trouble::AgentDied, "everything", 1, at, clock::wall()),
        Some(Left::Unwritten(lines)) => {
            let subject = "all sorts for outputs of the last agent (agent ended)";
            pipeline.note(Trouble::OutputLost, subject, lines.count, lines.first, lines.last);
        }
    }
    let places: Vec<String> = args.outputs.iter().map(|choice| choice.describe(args.format)).collect();
    tell(&banner::banner(&loaded.name, &places.join(", "), &sensor.hooks()));
    let agent = Agent::new(Kernel(sensor), pipeline, outputs, requests, origin.clone(), outside, loaded);
    Ok(agent.resting(agent::rest(args.sensor.ring_size.0)))
}

/// Whether outputs may be files of other users.
fn writes(outputs: &[OutputChoice], settings: Option<&SettingsFile>) -> Writes {
    let alerts =
        settings.and_then(|file| file.settings.as_ref()).map_or(&[][..], |settings| &settings.outputs);
    let mut places = outputs.iter().map(|choice| &choice.place).chain(alerts);
    if places.any(|place| matches!(place, Place::File(_))) { Writes::AnyFile } else { Writes::OwnFolder }
}

fn record_ids(state: &StateDirectory) -> anyhow::Result<RecordIds> {
    let path = state.path().join("eventId");
    let (ids, complaint) =
        RecordIds::open(&path).with_context(|| format!("cannot use the file {}", path.display()))?;
    if let Some(complaint) = complaint {
        tracing::warn!(file = %path.display(), complaint, "the file of record ids was not in order");
    }
    Ok(ids)
}

/// Says something on standard error. Who reads there may end before the agent does, as journald does where it is stopped:
/// then events are still written, and nobody is told.
pub(crate) fn tell(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// The agent's own log goes to standard error; `TUXMON_LOG` says how much of it. What cannot be written there is no reason
/// to end (complaining of it on standard error would be).
pub(crate) fn start_log() {
    let filter = EnvFilter::try_from_env("TUXMON_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let colour = outputs::colour(&io::stderr()) == Colour::Always && io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colour)
        .log_internal_errors(false)
        .init();
}
