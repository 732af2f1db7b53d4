//! `tuxmon-hunt ingest`: events of any log into the store.

use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::bail;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use tuxmon_hunt::{Place, Progress, Server, Source, Store, Totals, ingest, ingest_remotely};

/// Store the events of logs; what is there already is left out
#[derive(clap::Args)]
pub(super) struct Args {
    /// Logs with events in any form that `tuxmon view` reads, compressed or not; `-` is the standard input
    #[arg(required_unless_present_any = ["follow", "journal"], value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read what comes, for ever: the last FILE as it grows, across rotations, or the journal; without either, the first
    /// of /var/log/sysmon.log, the journal, /var/log/syslog and /var/log/messages that is there
    #[arg(long)]
    follow: bool,
    /// Read this machine's journal, after all files
    #[arg(long)]
    journal: bool,
    /// Print the number of new events on the standard output each time that they are safe on the disk
    #[arg(long)]
    acknowledge: bool,
    /// No progress bar and no sums
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(args: &Args, store: &Place) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let bar = bar(args);
    let mut before = 0;
    let mut last = 0;
    let tell = |progress: &Progress| match progress {
        Progress::Read(bytes) => {
            // Each file begins to count anew.
            if *bytes < last {
                before += last;
            }
            last = *bytes;
            bar.set_position(before + last);
        }
        Progress::Stored(totals) => {
            if args.acknowledge {
                // Nobody reads it any more: the events are stored all the same.
                let _ = writeln!(stdout(), "{}", totals.stored.new);
            }
            bar.set_message(message(totals, began));
        }
        Progress::Remark(remark) => bar.suspend(|| eprintln!("tuxmon-hunt ingest: {remark}")),
    };
    let totals = match store {
        Place::File(path) => {
            let store = Store::open(path)?;
            let since = if args.follow { last_stored_here(&store)? } else { None };
            ingest(&store, &sources(args, since)?, tell)?
        }
        Place::Server(address) => {
            ingest_remotely(&Server::open(address.clone())?, &sources(args, None)?, tell)?
        }
    };
    bar.finish_and_clear();
    if !args.quiet {
        eprintln!("tuxmon-hunt ingest: {}", sums(&totals, began));
    }
    Ok(if totals.unreadable == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where the events of a machine are when nobody says it.
const LOGS_OF_EVENTS: &[&str] = &["/var/log/sysmon.log", "/var/log/sysmon/sysmon.log"];
const JOURNAL: &str = "/run/systemd/journal";
const SYSTEM_LOGS: &[&str] = &["/var/log/syslog", "/var/log/messages"];

/// Events overtake each other on their way into a log, and clocks are set: so long before the last one that is stored
/// what is followed is read again.
const OVERLAP: Duration = Duration::from_mins(10);

/// What is to be read; of what is followed, only what was written since this time.
fn sources(args: &Args, since: Option<SystemTime>) -> anyhow::Result<Vec<Source>> {
    let mut files = args.files.clone();
    let mut journal = args.journal;
    if files.is_empty() && !journal {
        let exists = |path: &&&str| Path::new(path).exists();
        if let Some(log) = LOGS_OF_EVENTS.iter().find(exists) {
            files.push(PathBuf::from(log));
        } else if Path::new(JOURNAL).exists() {
            journal = true;
        } else if let Some(log) = SYSTEM_LOGS.iter().find(exists) {
            files.push(PathBuf::from(log));
        } else {
            bail!("this machine has no log to follow; name a FILE");
        }
    }
    let followed = files.len() - usize::from(args.follow && !journal);
    let source = |file: &PathBuf| match file.as_os_str() {
        name if name == "-" => Source::StandardInput,
        _ => Source::File(file.clone()),
    };
    let mut sources: Vec<Source> = files[..followed].iter().map(source).collect();
    if let Some(file) = files.get(followed) {
        // What was rotated while nobody followed comes first.
        let mut with_brothers = tuxmon_input::with_rotated(file, since);
        with_brothers.pop();
        sources.extend(with_brothers.into_iter().map(Source::File));
        sources.push(if file.as_os_str() == "-" {
            Source::StandardInput
        } else {
            Source::Followed(file.clone())
        });
    }
    if journal {
        sources.push(Source::Journal { since, follow: args.follow });
    }
    Ok(sources)
}

/// A while before the last event of this machine that the store has.
fn last_stored_here(store: &Store) -> anyhow::Result<Option<SystemTime>> {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let last = store.last_time_of(host.trim())?.and_then(|millis| u64::try_from(millis).ok());
    Ok(last.map(|millis| UNIX_EPOCH + Duration::from_millis(millis).saturating_sub(OVERLAP)))
}

fn bar(args: &Args) -> ProgressBar {
    if args.quiet {
        return ProgressBar::hidden();
    }
    let lengths = args.files.iter().map(|file| file.metadata().map(|file| file.len()));
    let known: Option<u64> = lengths.map(Result::ok).sum();
    match known.filter(|_| !args.follow && !args.journal) {
        Some(length) => ProgressBar::new(length).with_style(
            ProgressStyle::with_template("{bar:30} {percent}% {bytes_per_sec} {msg}, {eta} left")
                .expect("the template is ours"),
        ),
        None => ProgressBar::new_spinner().with_style(
            ProgressStyle::with_template("{spinner} {bytes} {msg}").expect("the template is ours"),
        ),
    }
}

fn rate(events: u64, began: Instant) -> String {
    let rate = events as f64 / began.elapsed().as_secs_f64().max(0.001);
    format!("{} events/s", HumanCount(rate as u64))
}

fn message(totals: &Totals, began: Instant) -> String {
    let seen = totals.stored.new + totals.stored.known + totals.stored.expired;
    format!("{} events, {}", HumanCount(seen), rate(seen, began))
}

fn sums(totals: &Totals, began: Instant) -> String {
    let stored = totals.stored;
    let mut text = format!("{} new events, {} known", HumanCount(stored.new), HumanCount(stored.known));
    for (count, what) in [
        (stored.expired, "older than what is kept"),
        (totals.problems, "pieces of events skipped"),
        (totals.truncated, "of them cut off before </Event>"),
        (totals.foreign_lines, "lines of others"),
        (totals.unreadable, "files not read to their end"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {} {what}", HumanCount(count));
        }
    }
    let seen = stored.new + stored.known + stored.expired;
    format!("{text}; {:.1} s, {}", began.elapsed().as_secs_f64(), rate(seen, began))
}
