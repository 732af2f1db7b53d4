//! `tuxmon-hunt ingest`: events of any log into the store.

use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use tuxmon_hunt::{Place, Progress, Server, Source, Store, Totals, ingest, ingest_remotely};

/// Store the events of logs; what is there already is left out
#[derive(clap::Args)]
pub(super) struct Args {
    /// Logs with events in any form that `tuxmon view` reads, compressed or not; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read the last file on as it grows, across rotations
    #[arg(long)]
    follow: bool,
    /// Print the number of new events on the standard output each time that they are safe on the disk
    #[arg(long)]
    acknowledge: bool,
    /// No progress bar and no sums
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(args: &Args, store: &Place) -> anyhow::Result<ExitCode> {
    let sources = sources(args);
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
        Place::File(path) => ingest(&Store::open(path)?, &sources, tell)?,
        Place::Server(address) => ingest_remotely(&Server::open(address.clone())?, &sources, tell)?,
    };
    bar.finish_and_clear();
    if !args.quiet {
        eprintln!("tuxmon-hunt ingest: {}", sums(&totals, began));
    }
    Ok(if totals.unreadable == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn sources(args: &Args) -> Vec<Source> {
    let last = args.files.len() - 1;
    let source = |(index, file): (usize, &PathBuf)| match file.as_os_str() {
        name if name == "-" => Source::StandardInput,
        _ if args.follow && index == last => Source::Followed(file.clone()),
        _ => Source::File(file.clone()),
    };
    args.files.iter().enumerate().map(source).collect()
}

fn bar(args: &Args) -> ProgressBar {
    if args.quiet {
        return ProgressBar::hidden();
    }
    let lengths = args.files.iter().map(|file| file.metadata().map(|file| file.len()));
    let known: Option<u64> = lengths.map(Result::ok).sum();
    match known.filter(|_| !args.follow) {
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
