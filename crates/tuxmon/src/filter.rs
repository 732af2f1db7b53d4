//! `tuxmon filter`: what a configuration makes of events that were recorded before.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use tuxmon_event::{EventSpec, spec};
use tuxmon_reader::{ReadEvent, Reader};
use tuxmon_rules::{Explanation, FieldSource, Rules, Scratch, Verdict};

use crate::check;

/// Print the events that a configuration would log
///
/// Reads recorded events, one a line, with or without what syslog writes before them, judges each
/// by the rules, and prints those that would be logged, with RuleName as the rules give it. An
/// absent field, and `-`, is the empty value.
#[derive(clap::Args)]
#[command(after_help = "\
Exit code: 0, or 87 when the configuration is refused. Events that cannot be read or are not in the schema are
reported on the standard error and counted.

Examples:
  tuxmon filter --config new.xml /var/log/syslog          what a new configuration would have kept
  journalctl -t sysmon | tuxmon filter --config new.xml   the same from the journal
  tuxmon filter --config new.xml --explain events.xml     and which line of it decided about each event")]
pub(crate) struct Args {
    /// The configuration that judges
    #[arg(long, value_name = "FILE")]
    config: PathBuf,

    /// Recorded events; - or nothing is the standard input
    #[arg(value_name = "EVENTS")]
    events: Option<PathBuf>,

    /// Also say which rule decided about each event, in a line that begins with #
    #[arg(long)]
    explain: bool,
}

/// Filters the events.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (config, diagnostics) = check::read(&args.config);
    check::print(&diagnostics)?;
    let Some(config) = config else { return Ok(ExitCode::from(check::REFUSED)) };
    let input: Box<dyn BufRead> = match args.events.as_deref() {
        Some(file) if file.as_os_str() != "-" => Box::new(BufReader::new(
            File::open(file).with_context(|| format!("cannot open {}", file.display()))?,
        )),
        Some(_) | None => Box::new(io::stdin().lock()),
    };
    let mut output = BufWriter::new(io::stdout().lock());
    let told = if args.explain { Told::EventsAndReasons } else { Told::Events };
    let done = filter(input, &Rules::compile(&config), told, &mut output, &mut io::stderr().lock());
    let finished = done.and_then(|counts| output.flush().map(|()| counts));
    match finished {
        Ok(counts) => eprintln!("{counts}"),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {} // whoever read us has enough
        Err(error) => return Err(error).context("cannot write the events"),
    }
    Ok(ExitCode::SUCCESS)
}

/// What is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Events,
    EventsAndReasons,
}

/// What became of the events.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    logged: u64,
    dropped: u64,
    unknown: u64,
    unreadable: u64,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { logged, dropped, unknown, unreadable } = self;
        write!(f, "{logged} logged, {dropped} dropped, {unknown} not in the schema, {unreadable} unreadable")
    }
}

/// Judges every event of `input`; `notes` takes what is said about those that cannot be judged.
fn filter(
    input: impl BufRead,
    rules: &Rules,
    told: Told,
    output: &mut impl Write,
    notes: &mut impl Write,
) -> io::Result<Counts> {
    let mut counts = Counts::default();
    let mut scratch = Scratch::new();
    for read in Reader::new(input) {
        let event = match read {
            Ok(event) => event,
            Err(problem) => {
                counts.unreadable += 1;
                writeln!(notes, "{problem}")?;
                continue;
            }
        };
        let Some(spec) = spec(event.system.event_id) else {
            counts.unknown += 1;
            writeln!(notes, "line {}: the schema has no event {}", event.place.line, event.system.event_id)?;
            continue;
        };
        let values = Values { event: &event, spec };
        if told == Told::EventsAndReasons {
            let reason = rules.explain(spec.id, &values, &mut scratch);
            write_reason(&event, spec, &reason, output)?;
        }
        match rules.verdict(spec.id, &values, &mut scratch) {
            Verdict::Drop => counts.dropped += 1,
            Verdict::Keep { rule_name } => {
                counts.logged += 1;
                let name = if rule_name.is_empty() { ABSENT } else { rule_name.as_str() };
                writeln!(output, "{}", event.with_value("RuleName", name))?;
            }
        }
    }
    Ok(counts)
}

/// Rule names and values are the author's; a line break in them must not begin a line of ours.
fn write_reason(
    event: &ReadEvent,
    spec: &EventSpec,
    reason: &Explanation,
    output: &mut impl Write,
) -> io::Result<()> {
    let mut shown = String::new();
    tuxmon_render::escape::TERMINAL.append(&reason.to_string(), &mut shown);
    writeln!(output, "# line {}: event {} {} {shown}", event.place.line, spec.id, spec.name)
}

/// What stands for a value that is not known.
const ABSENT: &str = "-";

/// A recorded event as the rules see it.
struct Values<'e> {
    event: &'e ReadEvent,
    spec: &'static EventSpec,
}

impl FieldSource for Values<'_> {
    fn text<'a>(&'a self, position: usize, _scratch: &'a mut String) -> &'a str {
        let value = self.spec.field_at(position).and_then(|field| self.event.value(field.name));
        value.filter(|&value| value != ABSENT).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use tuxmon_config::Config;

    use super::*;

    const CONFIG: &str = "<Sysmon schemaversion=\"4.90\"><EventFiltering>\n\
        <ProcessCreate onmatch=\"include\">\n\
        <Image name=\"copy &amp; paste\" condition=\"image\">cp</Image></ProcessCreate>\n\
        </EventFiltering></Sysmon>";

    fn line(id: u16, image: &str) -> String {
        format!(
            "<Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>{id}</EventID></System><EventData>\
             <Data Name=\"RuleName\">-</Data><Data Name=\"Image\">{image}</Data></EventData></Event>"
        )
    }

    fn filtered(input: &str, told: Told) -> (String, String, Counts) {
        let rules =
            Rules::compile(&Config::parse(CONFIG.as_bytes(), "c.xml").0.expect("a sound configuration"));
        let (mut output, mut notes) = (Vec::new(), Vec::new());
        let counts =
            filter(input.as_bytes(), &rules, told, &mut output, &mut notes).expect("a Vec takes everything");
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        (text(output), text(notes), counts)
    }

    #[test]
    fn logged_events_get_their_name() {
        let input = format!("Nov 21 05:31:50 vm sysmon: {}\n{}\n", line(1, "/bin/cp"), line(1, "/bin/ls"));
        let (output, notes, counts) = filtered(&input, Told::Events);
        assert_eq!(output, format!("{}\n", line(1, "/bin/cp").replace("\">-<", "\">copy &amp; paste<")));
        assert_eq!(notes, "");
        assert_eq!(counts, Counts { logged: 1, dropped: 1, ..Counts::default() });
    }

    #[test]
    fn reasons_name_the_lines_of_the_configuration() {
        let input = format!("{}\n{}\n", line(1, "/bin/cp"), line(1, "/bin/ls"));
        let (output, _, _) = filtered(&input, Told::EventsAndReasons);
        let reasons: Vec<_> = output.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(
            reasons,
            [
                "# line 1: event 1 ProcessCreate logged as 'copy & paste': line 3 (Image image 'cp') in the \
                 include block of line 2",
                "# line 2: event 1 ProcessCreate dropped: the only block, in line 2, does not match",
            ]
        );
    }

    #[test]
    fn what_cannot_be_judged_is_told_and_counted() {
        let input = format!("{}\n<Event><System><EventID>1\n", line(29, "/bin/cp"));
        let (output, notes, counts) = filtered(&input, Told::Events);
        assert_eq!(output, "");
        assert!(notes.starts_with("line 1: the schema has no event 29\nline 2: "), "{notes}");
        assert_eq!(counts, Counts { unknown: 1, unreadable: 1, ..Counts::default() });
    }
}
