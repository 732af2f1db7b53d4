//! `tuxmon sigma match`: which recorded events rules describe.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use jiff::Timestamp;
use serde_json::{Value, json};
use tuxmon_sigma::{About, CorrelationHit, Correlator, Engine, Event, Level, Outcome, Scratch};

use super::check::shown;
use super::events::{self, Recorded};
use super::rules;

/// Problems that are told one by one; the rest is counted.
const MOST_PROBLEMS: u64 = 10;

/// Find the events of logs that rules describe
///
/// Reads every form of log that `tuxmon view` reads, compressed or not, and JSON objects of other tools.
/// Each match names the rule with its author, the event, and the fields that made it match.
#[derive(clap::Args)]
#[command(after_help = "\
Exit code: 0, or 1 when a rule is broken (the others are matched all the same). Folders and files called .yml or .yaml
are rules, everything else is a log.

Examples:
  tuxmon sigma match rules/linux /var/log/syslog           what the rules say of a log
  journalctl -f -t sysmon -o json | tuxmon sigma match rules/linux -    from now on, each match as it happens
  tuxmon sigma match --count rules/linux /var/log/syslog*  only how often each rule matched
  tuxmon sigma match --json --level high rules/linux log   the worse ones, for machines")]
pub(crate) struct Args {
    /// Rules, then logs; - or nothing is the standard input
    #[arg(required = true, value_name = "RULES… [LOG…]")]
    paths: Vec<PathBuf>,

    /// YAML with a list of values for each placeholder
    #[arg(long, value_name = "FILE")]
    placeholders: Option<PathBuf>,

    /// Only rules of this level and above: informational, low, medium, high, critical
    #[arg(long, value_parser = level)]
    level: Option<Level>,

    /// Print a JSON object for each match
    #[arg(long, conflicts_with = "count")]
    json: bool,

    /// Print only how often each rule matched
    #[arg(long)]
    count: bool,
}

fn level(word: &str) -> Result<Level, String> {
    Level::of_word(word).ok_or_else(|| format!("'{word}' is no level"))
}

/// Matches the logs.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (rule_paths, logs): (Vec<PathBuf>, Vec<PathBuf>) =
        args.paths.iter().cloned().partition(|path| rules::holds_rules(path));
    if rule_paths.is_empty() {
        bail!("there are no rules: give a folder, or files called .yml or .yaml");
    }
    let placeholders = rules::placeholders(args.placeholders.as_deref())?;
    let (engine, reports) = rules::read(&rule_paths)?.compile(&placeholders);
    let mut broken = 0;
    for report in &reports {
        if let Outcome::Broken(fault) = &report.outcome {
            eprintln!("{fault}");
            broken += 1;
        }
    }
    let logs = if logs.is_empty() { vec![PathBuf::from("-")] } else { logs };
    let out = BufWriter::new(io::stdout().lock());
    let form = if args.json {
        Form::Json
    } else if args.count {
        Form::Count
    } else {
        Form::Text
    };
    let mut matching = Matching::new(&engine, form, args.level, out);
    match matching.all(&logs) {
        Ok(()) => matching.report(reports.len()),
        // Whoever read us has enough.
        Err(error) if is_broken_pipe(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(ExitCode::from(u8::from(broken > 0)))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// What is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    Count,
}

struct Matching<'a, W: Write> {
    engine: &'a Engine,
    scratch: Scratch,
    correlator: Correlator,
    form: Form,
    level: Option<Level>,
    out: W,
    events: u64,
    matches: u64,
    problems: u64,
    /// Matches by rule: level, title, author.
    counts: BTreeMap<(std::cmp::Reverse<Option<Level>>, String, String), u64>,
}

impl<'a, W: Write> Matching<'a, W> {
    fn new(engine: &'a Engine, form: Form, level: Option<Level>, out: W) -> Self {
        Self {
            engine,
            scratch: Scratch::default(),
            correlator: Correlator::new(engine),
            form,
            level,
            out,
            events: 0,
            matches: 0,
            problems: 0,
            counts: BTreeMap::new(),
        }
    }

    fn all(&mut self, logs: &[PathBuf]) -> anyhow::Result<()> {
        for log in logs {
            let input = if log.as_os_str() == "-" {
                tuxmon_input::decompressed(Box::new(io::stdin()))
            } else {
                tuxmon_input::file(log)
            };
            let reading = || format!("cannot read {}", log.display());
            for event in events::of(input.with_context(reading)?).with_context(reading)? {
                match event {
                    Ok(event) => self.one(log, &event)?,
                    Err(problem) => self.problem(log, &problem),
                }
            }
        }
        for hit in self.correlator.finish(self.engine) {
            self.correlated(&hit)?;
        }
        if self.form == Form::Count {
            self.print_counts()?;
        }
        Ok(self.out.flush()?)
    }

    fn one(&mut self, log: &Path, recorded: &Recorded) -> io::Result<()> {
        self.events += 1;
        recorded.with(|event| {
            let matched = self.engine.matches(event, &mut self.scratch);
            if matched.is_empty() && self.engine.correlations().is_empty() {
                return Ok(());
            }
            let matched = matched.to_vec();
            for &rule in &matched {
                self.matched(rule, log, recorded, event)?;
            }
            for hit in self.correlator.take(self.engine, event, &matched) {
                self.correlated(&hit)?;
            }
            // Whoever reads a log as it is written waits for matches, not for full buffers.
            self.out.flush()
        })
    }

    fn matched(&mut self, number: u32, log: &Path, recorded: &Recorded, event: &Event<'_>) -> io::Result<()> {
        let rule = &self.engine.rules()[number as usize];
        if rule.silent || !self.counts_for(&rule.about) || self.form == Form::Count {
            return Ok(());
        }
        let fields = self.engine.matched_fields(number, event, &mut self.scratch);
        let time = written(event.time);
        let host = event.value("Computer").unwrap_or_default();
        if self.form == Form::Json {
            let fields: Vec<Value> = fields
                .iter()
                .map(|field| json!({"field": field.field, "value": field.value, "asked": field.asked}))
                .collect();
            let guid = event.value("ProcessGuid").or_else(|| event.value("SourceProcessGUID"));
            return writeln!(
                self.out,
                "{}",
                json!({
                    "time": time,
                    "computer": host,
                    "rule": about(&rule.about, &rule.file),
                    "matched": fields,
                    "event_id": event.value("EventID"),
                    "event_record_id": recorded.record_id(),
                    "process_guid": guid,
                    "log": log.display().to_string(),
                    "line": recorded.line(),
                })
            );
        }
        let number = recorded.record_id().map_or_else(String::new, |number| format!(" record {number}"));
        writeln!(
            self.out,
            "{time} {} event {}{number} {}",
            shown(host),
            shown(event.value("EventID").unwrap_or("?")),
            heading(&rule.about)
        )?;
        for field in fields {
            writeln!(
                self.out,
                "  {}: {}  ~  {}",
                shown(&field.field),
                shown(&field.value),
                shown(&field.asked)
            )?;
        }
        Ok(())
    }

    fn correlated(&mut self, hit: &CorrelationHit) -> io::Result<()> {
        let rule = &self.engine.correlations()[hit.rule];
        if rule.silent || !self.counts_for(&rule.about) || self.form == Form::Count {
            return Ok(());
        }
        if self.form == Form::Json {
            let group: serde_json::Map<String, Value> =
                hit.group.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            return writeln!(
                self.out,
                "{}",
                json!({
                    "time": written(hit.last),
                    "rule": about(&rule.about, &rule.file),
                    "group": group,
                    "measured": hit.measured,
                    "value": hit.value,
                    "first": written(hit.first),
                    "last": written(hit.last),
                    "events": hit.events,
                })
            );
        }
        writeln!(
            self.out,
            "{} {} events since {} {}",
            written(hit.last),
            hit.events,
            written(hit.first),
            heading(&rule.about)
        )?;
        for (name, value) in &hit.group {
            writeln!(self.out, "  {}: {}", shown(name), shown(value))?;
        }
        let value = hit.value.as_ref().map_or_else(String::new, |value| format!(" for {}", shown(value)));
        writeln!(self.out, "  measured: {}{value}", hit.measured)
    }

    /// Counts a match of this rule, unless its level is too low.
    fn counts_for(&mut self, about: &About) -> bool {
        if self.level.is_some_and(|level| about.level.is_none_or(|own| own < level)) {
            return false;
        }
        self.matches += 1;
        let author = about.author.clone().unwrap_or_default();
        *self.counts.entry((std::cmp::Reverse(about.level), about.title.clone(), author)).or_default() += 1;
        true
    }

    fn print_counts(&mut self) -> io::Result<()> {
        for ((level, title, author), count) in &self.counts {
            let level = level.0.map_or("-", Level::word);
            let author = if author.is_empty() { String::new() } else { format!(" (by {})", shown(author)) };
            writeln!(self.out, "{count:>8}  {level:<13}  {}{author}", shown(title))?;
        }
        Ok(())
    }

    fn problem(&mut self, log: &Path, problem: &str) {
        self.problems += 1;
        if self.problems <= MOST_PROBLEMS {
            eprintln!("{}: {}", log.display(), shown(problem));
        }
    }

    fn report(&self, documents: usize) {
        let rules = self.engine.rules().len() + self.engine.correlations().len();
        eprintln!(
            "{} events, {} matches of {} rules; {rules} of {documents} documents were used; {} unreadable",
            self.events,
            self.matches,
            self.counts.len(),
            self.problems
        );
        if self.correlator.forgotten > 0 {
            eprintln!("{} events of correlations were forgotten for lack of room", self.correlator.forgotten);
        }
    }
}

/// Level, title, techniques and author: the licence of most rules wants the author to be named.
fn heading(about: &About) -> String {
    let level = about.level.map_or("-", Level::word);
    let techniques = about.techniques().join(" ");
    let techniques = if techniques.is_empty() { techniques } else { format!(" [{techniques}]") };
    let author = about.author.as_ref().map_or_else(String::new, |author| format!(" (by {})", shown(author)));
    format!("{level}: {}{techniques}{author}", shown(&about.title))
}

fn about(about: &About, file: &str) -> Value {
    json!({
        "id": about.id,
        "title": about.title,
        "level": about.level.map(Level::word),
        "author": about.author,
        "techniques": about.techniques(),
        "file": file,
    })
}

fn written(time: i64) -> String {
    Timestamp::from_millisecond(time).map_or_else(|_| "-".to_owned(), |time| format!("{time:.3}"))
}
