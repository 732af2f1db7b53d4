//! `tuxmon-hunt sigma` and `tuxmon-hunt intel`: rules and lists over everything that is stored.

use std::fs;
use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use tuxmon_detect::{Alert, Detector, Envelope, Kind, Limits, Rules};
use tuxmon_event::Timestamp;
use tuxmon_hunt::{Lists, Store, count, look, read_list, visible};
use tuxmon_intel::Indicators;
use tuxmon_sigma::{Level, Outcome, Placeholders, RuleFiles};

/// Find what Sigma rules describe in everything that is stored
///
/// The rules see the events as the agent does, and print the alerts that it would have told.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Rules: files, and folders with .yml and .yaml files below them
    #[arg(required = true, value_name = "RULES")]
    rules: Vec<PathBuf>,
    /// Only rules of this level and above: informational, low, medium, high, critical
    #[arg(long, value_parser = level)]
    level: Option<Level>,
    #[command(flatten)]
    form: FormArgs,
}

/// Lists of hashes, addresses, domains and URLs
#[derive(clap::Args)]
pub(super) struct IntelArgs {
    #[command(subcommand)]
    command: IntelCommand,
}

#[derive(clap::Subcommand)]
enum IntelCommand {
    /// Keep lists beside the store; a list of the same source is replaced
    Add(AddArgs),
    /// Show the lists that are kept
    List,
    /// Remove the list of a source
    Remove {
        /// Its name
        source: String,
    },
    /// Find what the lists name in everything that is stored
    Match(MatchArgs),
}

#[derive(clap::Args)]
struct AddArgs {
    /// Lists: plain text, CSV, STIX 2.1 or MISP JSON; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What alerts call the source; usually the name of the file
    #[arg(long)]
    source: Option<String>,
    /// Values without an expiry of their own mean nothing after so many days
    #[arg(long, value_name = "DAYS")]
    expires: Option<u32>,
}

#[derive(clap::Args)]
struct MatchArgs {
    /// Further lists, which are not kept
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    form: FormArgs,
}

#[derive(clap::Args)]
struct FormArgs {
    /// Print alerts in the form of the agent, an object on a line
    #[arg(long)]
    json: bool,
    /// No progress bar and no sums
    #[arg(long)]
    quiet: bool,
}

const DAY: i64 = 24 * 60 * 60 * 1000;

fn level(word: &str) -> Result<Level, String> {
    Level::of_word(word).ok_or_else(|| format!("'{word}' is no level"))
}

pub(super) fn run(args: &Args, store: &Path) -> anyhow::Result<ExitCode> {
    let mut files = RuleFiles::default();
    for path in &args.rules {
        add(path, &mut files)?;
    }
    let (engine, reports) = files.compile(&Placeholders::new());
    let mut broken = 0;
    for report in &reports {
        if let Outcome::Broken(fault) = &report.outcome {
            eprintln!("{fault}");
            broken += 1;
        }
    }
    past(store, Rules::new(engine, Indicators::default(), args.level), None, &args.form)?;
    Ok(ExitCode::from(u8::from(broken > 0)))
}

/// What cannot be read is a broken rule.
fn add(path: &Path, files: &mut RuleFiles) -> anyhow::Result<()> {
    let is_yaml = |path: &Path| path.extension().is_some_and(|end| end == "yml" || end == "yaml");
    let found =
        if path.is_dir() { tuxmon_input::files_below(path, is_yaml) } else { Ok(vec![path.to_owned()]) };
    for file in found.with_context(|| format!("cannot read {}", path.display()))? {
        let name = file.display().to_string();
        match fs::read_to_string(&file) {
            Ok(text) => files.add(&name, &text),
            Err(error) => files.refuse(&name, &error.to_string()),
        }
    }
    Ok(())
}

pub(super) fn intel(args: &IntelArgs, store: &Path) -> anyhow::Result<ExitCode> {
    let lists = Lists::of_store(store);
    match &args.command {
        IntelCommand::Add(args) => keep(args, &lists)?,
        IntelCommand::List => {
            let mut out = stdout().lock();
            for kept in lists.kept(now())? {
                writeln!(out, "{:>9} values, {:>9} expired  {}", kept.count, kept.expired, kept.source)?;
            }
        }
        IntelCommand::Remove { source } => {
            if !lists.remove(source)? {
                bail!("there is no list of {source} in {}", lists.folder().display());
            }
        }
        IntelCommand::Match(args) => {
            let mut all = lists.read()?;
            for file in &args.files {
                all.push(told(file, None, None)?);
            }
            if all.is_empty() {
                bail!("there are no lists: name files, or keep some with: tuxmon-hunt intel add");
            }
            let (engine, _) = RuleFiles::default().compile(&Placeholders::new());
            past(store, Rules::new(engine, Indicators::new(all), None), Some(now()), &args.form)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn keep(args: &AddArgs, lists: &Lists) -> anyhow::Result<()> {
    if args.source.is_some() && args.files.len() > 1 {
        bail!("--source names one list, and there are {}", args.files.len());
    }
    if args.source.is_none() && args.files.iter().any(|file| file.as_os_str() == "-") {
        bail!("--source has to name what comes from the standard input");
    }
    let expires = args.expires.map(|days| now().saturating_add(i64::from(days) * DAY));
    for file in &args.files {
        let list = told(file, args.source.as_deref(), expires)?;
        lists.keep(&list).with_context(|| format!("cannot write to {}", lists.folder().display()))?;
        eprintln!(
            "tuxmon-hunt intel: {} values of {}",
            HumanCount(list.indicators.len() as u64),
            list.source
        );
    }
    Ok(())
}

/// Reads a list and says what is wrong with it.
fn told(file: &Path, source: Option<&str>, expires: Option<i64>) -> anyhow::Result<tuxmon_intel::List> {
    let (list, diagnostics) =
        read_list(file, source, expires).with_context(|| format!("cannot read {}", file.display()))?;
    for diagnostic in &diagnostics {
        eprintln!("{diagnostic}");
    }
    Ok(list)
}

/// Prints the alerts over all events; nothing is counted instead of told.
fn past(store: &Path, rules: Rules, now: Option<i64>, form: &FormArgs) -> anyhow::Result<()> {
    let began = Instant::now();
    let store = Store::open_to_read(store)?;
    let bar = if form.quiet { ProgressBar::hidden() } else { ProgressBar::new(count(&store)?) };
    bar.set_style(
        ProgressStyle::with_template("{bar:30} {percent}% {human_pos} events, {per_sec}, {eta} left")
            .expect("the template is ours"),
    );
    let mut detector = Detector::new(rules, Limits { same_again: 0, per_minute: u32::MAX });
    let mut out = BufWriter::new(stdout().lock());
    let mut problem = None;
    let mut alerts = 0_u64;
    let mut tell = |alert: Alert| {
        alerts += 1;
        let written = if form.json { json(&alert, &mut out) } else { line(&alert, &mut out) };
        problem = problem.take().or(written.err());
    };
    let seen = look(&store, &mut detector, now, &mut tell, &mut |seen| bar.set_position(seen))?;
    bar.finish_and_clear();
    if let Some(error) = problem {
        return Err(error.into());
    }
    out.flush()?;
    if !form.quiet {
        let seconds = began.elapsed().as_secs_f64();
        let rate = seen as f64 / seconds.max(0.001);
        eprintln!(
            "tuxmon-hunt: {} events, {} alerts of {} rules and {} indicators; {seconds:.1} s, {} events/s",
            HumanCount(seen),
            HumanCount(alerts),
            detector.rules().len(),
            HumanCount(detector.rules().indicators().len() as u64),
            HumanCount(rate as u64)
        );
    }
    Ok(())
}

fn json(alert: &Alert, out: &mut impl Write) -> std::io::Result<()> {
    let computer = alert.value("Computer").unwrap_or_default();
    let written = Timestamp(now().saturating_mul(1_000_000)).utc_time();
    writeln!(out, "{}", alert.to_json(&Envelope { written: &written, computer, ancestors: &[] }))
}

/// When, where, what and who; below it the fields that made it match.
fn line(alert: &Alert, out: &mut impl Write) -> std::io::Result<()> {
    let heading = &alert.heading;
    let time = Timestamp(alert.last.saturating_mul(1_000_000)).utc_time();
    let value = |name: &str| alert.value(name).unwrap_or("-");
    let techniques = if heading.techniques.is_empty() {
        String::new()
    } else {
        format!(" [{}]", heading.techniques.join(" "))
    };
    let author = if heading.author.is_empty() { String::new() } else { format!(" (by {})", heading.author) };
    let level = if heading.level.is_empty() { "-" } else { heading.level };
    let event = match alert.kind {
        Kind::Correlation => format!("{} events", alert.count),
        Kind::Sigma | Kind::Indicator | Kind::Repeated | Kind::TooMany => {
            format!("{} event {} record {}", value("Computer"), value("EventID"), value("EventRecordID"))
        }
    };
    writeln!(out, "{}", visible(&format!("{time} {event} {level}: {}{techniques}{author}", heading.title)))?;
    for one in &alert.matched {
        writeln!(out, "{}", visible(&format!("  {}: {}  ~  {}", one.field, one.value, one.asked)))?;
    }
    for (name, value) in alert.correlated.iter().flat_map(|correlated| &correlated.group) {
        writeln!(out, "{}", visible(&format!("  {name}: {value}")))?;
    }
    if let Some(subject) = alert.subject() {
        writeln!(out, "  ProcessGuid: {}", subject.guid)?;
    }
    Ok(())
}

fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
