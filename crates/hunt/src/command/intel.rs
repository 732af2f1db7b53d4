//! `tuxmon-hunt intel`: lists of indicators, where they come from, and what they name in everything that is stored.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use indicatif::HumanCount;
use tuxmon_detect::Rules;
use tuxmon_event::Timestamp;
use tuxmon_hunt::{DAY, Feed, FeedError, Lists, News, Place, read_list, visible};
use tuxmon_intel::Indicators;
use tuxmon_sigma::{Placeholders, RuleFiles};

use super::sigma::{FormArgs, now, past};

/// Lists of hashes, addresses, domains and URLs
#[derive(clap::Args)]
pub(super) struct Args {
    /// Where the lists are kept; usually a folder beside the store. The agent can be given the same folder
    #[arg(long, global = true, value_name = "FOLDER")]
    lists: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Keep lists, and remember where they come from; a list of the same source is replaced
    Add(AddArgs),
    /// Ask the origins of lists for new ones
    Update {
        /// Their names; without one, all of them
        #[arg(value_name = "SOURCE")]
        sources: Vec<String>,
    },
    /// Show the lists that are kept
    List,
    /// Remove the list of a source, and forget where it comes from
    Remove {
        /// Its name
        source: String,
    },
    /// Find what the lists name in everything that is stored
    Match(MatchArgs),
}

#[derive(clap::Args)]
struct AddArgs {
    /// Lists: plain text, CSV, STIX 2.1 or MISP JSON, compressed or not; https:// too; - is the standard input
    #[arg(required = true, value_name = "FILE|URL")]
    from: Vec<PathBuf>,
    /// What alerts call the source; usually the name of the file
    #[arg(long)]
    source: Option<String>,
    /// Values without an expiry of their own mean nothing so many days after their origin last had them
    #[arg(long, value_name = "DAYS")]
    expires: Option<u32>,
    /// The longest list that is taken
    #[arg(long, value_name = "MB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=256))]
    megabytes: u64,
    /// A file with headers for the server, such as a key; only its owner may read it
    #[arg(long, value_name = "FILE")]
    headers: Option<PathBuf>,
    /// Certificates (PEM) to believe instead of those that this system believes
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Allow http://, where whoever is on the way can change the list
    #[arg(long)]
    unencrypted: bool,
}

#[derive(clap::Args)]
struct MatchArgs {
    /// Further lists, which are not kept
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, store: &Place) -> anyhow::Result<ExitCode> {
    let lists = args.lists.as_deref().map_or_else(|| Lists::of_store(&store.lists()), Lists::in_folder);
    match &args.command {
        Command::Add(args) => add(args, &lists)?,
        Command::Update { sources } => return update(sources, &lists),
        Command::List => list(&lists)?,
        Command::Remove { source } => {
            let forgotten = lists.forget_feed(source)?;
            if !lists.remove(source)? && !forgotten {
                bail!("there is no list of {source} in {}", lists.folder().display());
            }
        }
        Command::Match(args) => {
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

fn add(args: &AddArgs, lists: &Lists) -> anyhow::Result<()> {
    ensure!(
        args.source.is_none() || args.from.len() == 1,
        "--source names one list, and there are {}",
        args.from.len()
    );
    for from in &args.from {
        if from.as_os_str() == "-" {
            let source = args.source.as_deref();
            let source = source.context("--source has to name what comes from the standard input")?;
            let expires = args.expires.map(|days| now().saturating_add(i64::from(days) * DAY));
            let list = told(from, Some(source), expires)?;
            lists.forget_feed(source)?;
            lists.keep(&list).with_context(|| format!("cannot write to {}", lists.folder().display()))?;
            eprintln!("tuxmon-hunt intel: {source}: {} values", HumanCount(list.indicators.len() as u64));
        } else {
            let mut feed = feed(args, from)?;
            bring(&mut feed, lists)?;
        }
    }
    Ok(())
}

fn feed(args: &AddArgs, from: &Path) -> anyhow::Result<Feed> {
    let whole = |path: &Path| std::path::absolute(path).with_context(|| path.display().to_string());
    let named = from.to_str().with_context(|| format!("{}: the name is no text", from.display()))?;
    let (from, usual) = if named.contains("://") {
        (named.to_owned(), name_of(named))
    } else {
        let usual = from.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        (whole(from)?.to_string_lossy().into_owned(), usual)
    };
    Ok(Feed {
        source: args.source.clone().unwrap_or(usual),
        from,
        expires_days: args.expires,
        most_bytes: args.megabytes << 20,
        certificates: args.ca.as_deref().map(whole).transpose()?,
        plain: args.unencrypted,
        headers: args.headers.as_deref().map(whole).transpose()?,
        last: None,
    })
}

/// What a list from the network is called: its server and its last step, without its query, which may hold a key.
fn name_of(url: &str) -> String {
    let shown = tuxmon_fetch::shown(url);
    let place = shown.split_once("://").map_or(shown.as_str(), |(_, place)| place);
    let (server, path) = place.split_once('/').unwrap_or((place, ""));
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let stem = last.split('.').next().unwrap_or_default();
    if stem.is_empty() { server.to_owned() } else { format!("{server}-{stem}") }
}

/// One that fails is told, and the rest is updated.
fn update(sources: &[String], lists: &Lists) -> anyhow::Result<ExitCode> {
    let feeds = lists.feeds()?;
    for source in sources {
        ensure!(
            feeds.iter().any(|feed| feed.source == *source),
            "where the list of {source} comes from is not known"
        );
    }
    ensure!(!feeds.is_empty(), "no list says where it comes from: tuxmon-hunt intel add");
    let mut failed = false;
    for mut feed in feeds {
        if !sources.is_empty() && !sources.contains(&feed.source) {
            continue;
        }
        if let Err(error) = bring(&mut feed, lists) {
            eprintln!("tuxmon-hunt intel: {}: {}", feed.source, visible(&error.to_string()));
            failed = true;
        }
    }
    Ok(ExitCode::from(u8::from(failed)))
}

fn bring(feed: &mut Feed, lists: &Lists) -> Result<(), FeedError> {
    match lists.update(feed, now())? {
        News::Same => eprintln!("tuxmon-hunt intel: {}: has not changed", feed.source),
        News::Replaced { values, diagnostics } => {
            for diagnostic in &diagnostics {
                eprintln!("{}", visible(&diagnostic.to_string()));
            }
            let hash = feed.last.as_ref().map_or("", |last| last.sha256.as_str());
            eprintln!(
                "tuxmon-hunt intel: {}: {} values, SHA256 {hash}",
                feed.source,
                HumanCount(values as u64)
            );
        }
    }
    Ok(())
}

fn list(lists: &Lists) -> anyhow::Result<()> {
    let feeds = lists.feeds()?;
    let mut out = stdout().lock();
    for kept in lists.kept(now())? {
        writeln!(out, "{:>9} values, {:>9} expired  {}", kept.count, kept.expired, visible(&kept.source))?;
        let Some(feed) = feeds.iter().find(|feed| feed.source == kept.source) else { continue };
        writeln!(out, "{:34}from {}", "", visible(&feed.shown()))?;
        if let Some(last) = &feed.last {
            let time = |milliseconds: i64| Timestamp(milliseconds.saturating_mul(1_000_000)).utc_time();
            writeln!(out, "{:34}of {}, still so {}", "", time(last.changed), time(last.confirmed))?;
            writeln!(out, "{:34}{} bytes, SHA256 {}", "", last.bytes, last.sha256)?;
        }
    }
    Ok(())
}

/// Reads a list and says what is wrong with it.
fn told(file: &Path, source: Option<&str>, expires: Option<i64>) -> anyhow::Result<tuxmon_intel::List> {
    let (list, diagnostics) =
        read_list(file, source, expires).with_context(|| format!("cannot read {}", file.display()))?;
    for diagnostic in &diagnostics {
        eprintln!("{}", visible(&diagnostic.to_string()));
    }
    Ok(list)
}
