//! `tuxmon view`: the events of this machine, or of any log, for people.

mod agents;
mod print;
mod probe;
mod screen;
mod source;
mod sources;

use std::cell::Cell;
use std::io::{self, IsTerminal};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use anyhow::{Context, bail};
use clap::ValueEnum;
use jiff::Zoned;
use jiff::tz::TimeZone;
use tuxmon_event::{Guid, Timestamp};
use tuxmon_render::Colour;
use tuxmon_view::{EventIds, FieldFilter, Format, Sieve, Subject, Zone, moment, shown_fields};

use print::{Output, View, What};
use source::Source;

/// Events shown before the first new one, as `tail` does.
const LAST_BEFORE_FOLLOWING: usize = 10;

/// Show events: this machine's, or those of any log
///
/// Without a FILE it finds the events of this machine itself: it asks the running agent for the file that
/// it writes, else takes the first of these that holds events: /var/log/sysmon.log, the journal,
/// /var/log/syslog, /var/log/messages, with rotated and compressed ones. A FILE may be compressed (gzip, xz, zstd); it is read in every form in which events are found:
/// with or without a syslog prefix, journalctl -o json, tuxmon's JSON, an export of Windows' event log.
#[derive(clap::Args)]
#[command(after_help = "\
Filters: FIELD CONDITION VALUE, with the conditions of a configuration, which take no notice of case:
  is, is not, is any, contains, contains any, contains all, excludes, excludes any, excludes all,
  begin with, not begin with, end with, not end with, less than, more than, image
  FIELD=VALUE and FIELD!=VALUE are short for is and is not; the field 'any' is any field; lists take ;

Examples:
  tuxmon view                                              everything there is, in a pager
  tuxmon view -F                                           what happens now
  tuxmon view --since '10 minutes ago' -e ProcessCreate    programs that were started
  tuxmon view --since 'yesterday 14:00' --until 'yesterday 15:00' -e 3
  tuxmon view -f 'Image end with /bash' -f 'User is not root'
  tuxmon view -e 3 --fields Image,DestinationIp,DestinationPort
  tuxmon view --tree --since today                         who started what, and did what
  tuxmon view --proc 1234                                  the story of one process
  tuxmon view -e 1 --stats Image,Hashes                    what runs here: the list to allow from
  journalctl -t sysmon -o json | tuxmon view - --format csv > events.csv")]
pub(crate) struct Args {
    /// Logs to read, in this order; - is the standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Go on with what is written from now on, also when the file is rotated
    #[arg(short = 'F', long)]
    follow: bool,

    /// Only these events: ids or names, such as 1,NetworkConnect
    #[arg(short, long, value_name = "LIST")]
    events: Vec<String>,

    /// Only events that pass; of several filters all must
    #[arg(short, long, value_name = "FILTER")]
    filter: Vec<String>,

    /// Only events written at TIME or later: '10 minutes ago', 2h, today, 'yesterday 14:00', 14:30, 2026-11-21,
    /// 2026-11-21T05:31:50Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,

    /// Only events written at TIME or earlier
    #[arg(long, value_name = "TIME")]
    until: Option<String>,

    /// Read and show times in UTC rather than in local time
    #[arg(long)]
    utc: bool,

    /// Only events with these record numbers: 10,20 or ,20 or 10,
    #[arg(short, long, value_name = "MIN,MAX")]
    records: Option<String>,

    /// Only the last N events
    #[arg(short = 'n', long, value_name = "N")]
    last: Option<usize>,

    /// How events are printed
    #[arg(long, value_enum, default_value = "table")]
    format: FormatChoice,

    /// Only these fields: Image,CommandLine
    #[arg(long, value_name = "LIST")]
    fields: Option<String>,

    /// Show the processes as a tree, with what each of them did under it
    #[arg(long, conflicts_with_all = ["follow", "last", "stats", "proc", "fields", "format"])]
    tree: bool,

    /// Tell the story of one process: its ancestors, what it did, its descendants
    #[arg(long, value_name = "GUID|PID", conflicts_with_all = ["follow", "last", "stats", "fields", "format"])]
    proc: Option<String>,

    /// Count how often each combination of these fields occurs, the most frequent first
    #[arg(long, value_name = "LIST", conflicts_with_all = ["follow", "last", "fields"])]
    stats: Option<String>,

    /// Colours: on a terminal, always or never
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: ColourChoice,

    /// Print to the terminal itself rather than to $PAGER or less
    #[arg(long)]
    no_pager: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatChoice {
    /// The list of fields of the original's viewer
    Text,
    /// One line each, in columns
    Table,
    /// The XML line
    Xml,
    /// One JSON object each
    Json,
    /// Values separated by commas, below their names
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ColourChoice {
    Auto,
    Always,
    Never,
}

/// Shows the events.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let view = view(args)?;
    let sources = sources(args, &view);
    if sources.is_empty() {
        bail!(
            "this machine has no events that can be read: there is no /var/log/sysmon.log, nothing of sysmon in the \
             journal, no /var/log/syslog and no /var/log/messages; run as root, or name a FILE"
        );
    }
    if args.files.is_empty() && io::stderr().is_terminal() {
        let names: Vec<String> = sources.iter().map(Source::to_string).collect();
        eprintln!("tuxmon view: reading {}", names.join(", "));
    }
    let paged = screen::is_watched() && !args.no_pager && !args.follow;
    let screen = if paged { screen::Screen::paged() } else { screen::Screen::direct() };
    let mut output = Output::new(view, screen);
    let result = show(args, &sources, &mut output);
    match output.finish(result) {
        // Whoever read our output has seen enough.
        Err(error) if is_closed(&error) => Ok(ExitCode::SUCCESS),
        other => other,
    }
}

fn is_closed(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn sources(args: &Args, view: &View) -> Vec<Source> {
    if args.files.is_empty() {
        let mut found = sources::of_this_machine(Path::new("/"), view.sieve.since);
        if args.follow && args.since.is_none() {
            found.drain(..found.len().saturating_sub(1));
        }
        return found;
    }
    let source = |file: &PathBuf| match file.as_os_str() {
        name if name == "-" => Source::StandardInput,
        _ => Source::File(file.clone()),
    };
    args.files.iter().map(source).collect()
}

fn show(args: &Args, sources: &[Source], output: &mut Output) -> anyhow::Result<()> {
    output.heading();
    for (number, source) in sources.iter().enumerate() {
        let follow = args.follow && number + 1 == sources.len();
        let caught_up = Rc::new(Cell::new(false));
        match source {
            Source::StandardInput => {
                let input = tuxmon_input::decompressed(Box::new(io::stdin().lock()))?;
                output.read("standard input", input, &caught_up)?;
            }
            Source::File(path) => {
                let name = path.display().to_string();
                let input: Box<dyn io::Read> = if follow {
                    let file = tuxmon_input::Followed::open(path, Rc::clone(&caught_up));
                    Box::new(file.with_context(|| format!("cannot follow {name}"))?)
                } else {
                    tuxmon_input::file(path).with_context(|| format!("cannot read {name}"))?
                };
                output.read(&name, input, &caught_up)?;
            }
            Source::Journal => {
                let since = output.view().sieve.since.map(sources::moment);
                let journal = tuxmon_input::Journal::open(since, follow)
                    .context("cannot run journalctl, which reads the journal")?;
                output.read("the journal", Box::new(journal), &caught_up)?;
            }
        }
    }
    Ok(())
}

/// What is asked for, checked.
fn view(args: &Args) -> anyhow::Result<View> {
    let zone = if args.utc { TimeZone::UTC } else { TimeZone::system() };
    let now = Zoned::now().with_time_zone(zone.clone());
    let time = |text: &Option<String>| -> anyhow::Result<Option<Timestamp>> {
        Ok(text.as_deref().map(|text| moment(text, &now)).transpose()?)
    };
    let mut ids = (!args.events.is_empty()).then_some(EventIds::NONE);
    for list in &args.events {
        ids.get_or_insert(EventIds::NONE).insert_list(list)?;
    }
    let sieve = Sieve {
        ids,
        records: args.records.as_deref().map(record_range).transpose()?,
        since: time(&args.since)?,
        until: time(&args.until)?,
    };
    let filters = args.filter.iter().map(|text| FieldFilter::parse(text)).collect::<Result<_, _>>()?;
    let fields = |list: &Option<String>| list.as_deref().map(shown_fields).transpose();
    let what = match (args.tree, &args.proc, fields(&args.stats)?) {
        (true, ..) => What::Tree,
        (false, Some(process), _) => What::Story(subject(process)?),
        (false, None, Some(fields)) => What::Stats(fields),
        (false, None, None) => What::Events,
    };
    let last = match (args.last, args.follow && args.since.is_none()) {
        (None, true) => Some(LAST_BEFORE_FOLLOWING),
        (last, _) => last,
    };
    Ok(View {
        sieve,
        filters,
        what,
        last,
        follow: args.follow,
        format: args.format.into(),
        shown: fields(&args.fields)?,
        colour: colour(args.color),
        zone: if args.utc || zone == TimeZone::UTC { Zone::Utc } else { Zone::Local(zone) },
    })
}

impl From<FormatChoice> for Format {
    fn from(choice: FormatChoice) -> Self {
        match choice {
            FormatChoice::Text => Self::Text,
            FormatChoice::Table => Self::Table,
            FormatChoice::Xml => Self::Xml,
            FormatChoice::Json => Self::Json,
            FormatChoice::Csv => Self::Csv,
        }
    }
}

fn colour(choice: ColourChoice) -> Colour {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match choice {
        ColourChoice::Always => Colour::Always,
        ColourChoice::Auto if screen::is_watched() && !set("NO_COLOR") && !dumb => Colour::Always,
        ColourChoice::Auto | ColourChoice::Never => Colour::Never,
    }
}

/// A range such as `10,20`, in which either side may be missing.
pub(crate) fn record_range(text: &str) -> anyhow::Result<RangeInclusive<u64>> {
    let number = |side: &str, missing: u64| match side.trim() {
        "" => Ok(missing),
        digits => digits.parse().with_context(|| format!("'{text}' is no range: write 10,20 or ,20 or 10,")),
    };
    let (least, most) = text.split_once(',').unwrap_or((text, text));
    Ok(number(least, 0)?..=number(most, u64::MAX)?)
}

fn subject(text: &str) -> anyhow::Result<Subject> {
    if let Ok(pid) = text.parse() {
        return Ok(Subject::Pid(pid));
    }
    let guid: Guid =
        text.parse().with_context(|| format!("'{text}' is neither a process id nor a ProcessGuid"))?;
    Ok(Subject::Guid(guid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_may_be_open() {
        for (text, range) in
            [("10,20", 10..=20), (",20", 0..=20), ("10,", 10..=u64::MAX), ("7", 7..=7), (" 1 , 2 ", 1..=2)]
        {
            assert_eq!(record_range(text).ok(), Some(range), "{text}");
        }
        for wrong in ["a", "1,b", "1,2,3", "-1,2"] {
            assert!(record_range(wrong).is_err(), "{wrong}");
        }
    }
}
