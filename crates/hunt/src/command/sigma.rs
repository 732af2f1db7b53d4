//! `tuxmon-hunt sigma`: rules over everything that is stored.

use std::fs;
use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use tuxmon_detect::{Alert, Detector, Envelope, Kind, Limits, Rules};
use tuxmon_event::Timestamp;
use tuxmon_hunt::{Place, Server, Store, count, count_remotely, look, look_remotely, visible};
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

/// How alerts are printed.
#[derive(clap::Args)]
pub(super) struct FormArgs {
    /// Print alerts in the form of the agent, an object on a line
    #[arg(long)]
    json: bool,
    /// No progress bar and no sums
    #[arg(long)]
    quiet: bool,
}

fn level(word: &str) -> Result<Level, String> {
    Level::of_word(word).ok_or_else(|| format!("'{word}' is no level"))
}

pub(super) fn run(args: &Args, store: &Place) -> anyhow::Result<ExitCode> {
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

/// Prints the alerts over all events; nothing is counted instead of told.
pub(super) fn past(store: &Place, rules: Rules, now: Option<i64>, form: &FormArgs) -> anyhow::Result<()> {
    let began = Instant::now();
    let bar = if form.quiet { ProgressBar::hidden() } else { ProgressBar::new(0) };
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
    let mut progress = |seen| bar.set_position(seen);
    let seen = match store {
        Place::File(path) => {
            let store = Store::open_to_read(path)?;
            bar.set_length(count(&store)?);
            look(&store, &mut detector, now, &mut tell, &mut progress)?
        }
        Place::Server(address) => {
            let server = Server::open(address.clone())?;
            bar.set_length(count_remotely(&server)?);
            look_remotely(&server, &mut detector, now, &mut tell, &mut progress)?
        }
    };
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

/// The clock, in milliseconds since 1970.
pub(super) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
