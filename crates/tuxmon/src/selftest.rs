//! `tuxmon selftest`: does harmless things and asks the agent whether it saw them.

mod deeds;
pub(crate) mod schedule;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Serialize;
use tuxmon_pipeline::Canary;

use crate::control::client::{self, Asked};
use crate::control::protocol::{Answer, Request, Stage};
use crate::status::USUAL;

/// Do harmless things of every kind that is collected, and check that the running agent sees each
///
/// A child process, a connection and a datagram on the loopback interface, a file in the agent's own folder, a block device
/// opened for reading, a tracer, an eBPF program that is never attached. What the agent does not see is reported by it as
/// event 255, too. The deeds are real, so their events are logged if the rules keep them. Needs root.
#[derive(clap::Args)]
#[command(after_help = "\
Exit code, as monitoring expects it:
  0  everything that the configuration asks for was seen
  1  something was done and not seen
  2  no agent runs
  3  it cannot be known: not root, no answer, or a deed could not be done

Examples:
  tuxmon selftest                          the service, or else the agent of `tuxmon run`
  tuxmon selftest --json                   one object, for programs
  tuxmon run --selftest-every 60           each hour, by the agent itself")]
pub(crate) struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// The state directory of the agent that is tested
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
}

const ALL_SEEN: u8 = 0;
const MISSED: u8 = 1;
const NOT_RUNNING: u8 = 2;
const UNKNOWN: u8 = 3;

/// How long the agent has for what was done: a busy machine writes late, and never is not late.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// What became of a deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "lowercase")]
enum Outcome {
    /// The agent saw it.
    Seen,
    /// It did not.
    Missed,
    /// The configuration does not ask for it, so it was not done.
    Unwanted,
    /// It could not be done here.
    Undone {
        /// Why.
        reason: String,
    },
}

/// Tests and prints.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let code = match test(args.state_dir.as_deref(), PATIENCE) {
        Ok(Some(outcomes)) => {
            print(&if args.json { json(&outcomes) } else { text(&outcomes) })?;
            exit_code(&outcomes)
        }
        Ok(None) => {
            print(if args.json { "{\"running\":false}\n" } else { "not running\n" })?;
            NOT_RUNNING
        }
        Err(error) => {
            eprintln!("Error: {error:#}");
            UNKNOWN
        }
    };
    Ok(ExitCode::from(code))
}

fn exit_code(outcomes: &[(Canary, Outcome)]) -> u8 {
    if outcomes.iter().any(|(_, outcome)| *outcome == Outcome::Missed) {
        return MISSED;
    }
    let undone = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Undone { .. }));
    if undone { UNKNOWN } else { ALL_SEEN }
}

/// Nothing, when no agent runs.
fn test(folder: Option<&Path>, patience: Duration) -> anyhow::Result<Option<Vec<(Canary, Outcome)>>> {
    let usual = || USUAL.iter().map(PathBuf::from).collect();
    let folders: Vec<PathBuf> = folder.map_or_else(usual, |folder| vec![folder.to_owned()]);
    for folder in &folders {
        if let Some(wanted) = ask(folder, Stage::Begin)? {
            return test_agent(folder, &wanted, patience).map(Some);
        }
    }
    Ok(None)
}

fn test_agent(
    folder: &Path,
    wanted: &[Canary],
    patience: Duration,
) -> anyhow::Result<Vec<(Canary, Outcome)>> {
    let done = deeds::perform(folder, wanted);
    let waits_for: Vec<Canary> =
        done.iter().filter(|(_, result)| result.is_ok()).map(|(canary, _)| *canary).collect();
    let deadline = Instant::now() + patience;
    let missed = loop {
        let Some(seen) = ask(folder, Stage::Look)? else { bail!("the agent has ended meanwhile") };
        let missed: Vec<Canary> = waits_for.iter().filter(|canary| !seen.contains(canary)).copied().collect();
        if missed.is_empty() || Instant::now() >= deadline {
            break missed;
        }
        std::thread::sleep(PAUSE);
    };
    ask(folder, Stage::End { missed: missed.iter().map(|canary| canary.name().to_owned()).collect() })?;
    Ok(outcomes(&done, &missed))
}

fn outcomes(done: &[(Canary, Result<(), String>)], missed: &[Canary]) -> Vec<(Canary, Outcome)> {
    let mut outcomes = Vec::new();
    for canary in Canary::ALL {
        let result = done.iter().find(|(other, _)| *other == canary).map(|(_, result)| result);
        let outcome = match result {
            None => Outcome::Unwanted,
            Some(Err(reason)) => Outcome::Undone { reason: reason.clone() },
            Some(Ok(())) if missed.contains(&canary) => Outcome::Missed,
            Some(Ok(())) => Outcome::Seen,
        };
        outcomes.push((canary, outcome));
    }
    outcomes
}

/// One step; nothing when no agent uses this folder.
fn ask(folder: &Path, stage: Stage) -> anyhow::Result<Option<Vec<Canary>>> {
    let asked = client::ask(folder, &Request::Selftest { stage })
        .with_context(|| format!("the agent of {} cannot be asked", folder.display()))?;
    match asked {
        Asked::NotRunning => Ok(None),
        Asked::Answered { answer: Answer::Selftest { canaries }, .. } => {
            Ok(Some(canaries.iter().filter_map(|name| Canary::of_name(name)).collect()))
        }
        Asked::Answered { answer: Answer::Error { reason }, .. } => bail!("the agent says: {reason}"),
        Asked::Answered { .. } => bail!("the agent answered something else"),
    }
}

fn text(outcomes: &[(Canary, Outcome)]) -> String {
    let mut out = String::new();
    for (canary, outcome) in outcomes {
        let words = match outcome {
            Outcome::Seen => "seen".to_owned(),
            Outcome::Missed => "NOT SEEN".to_owned(),
            Outcome::Unwanted => "not collected: the configuration does not ask for it".to_owned(),
            Outcome::Undone { reason } => format!("could not be done: {reason}"),
        };
        writeln!(out, "{:<21}{words}", canary.name()).expect("writing to a String cannot fail");
    }
    out
}

#[derive(Serialize)]
struct Whole<'o> {
    running: bool,
    passed: bool,
    deeds: Vec<Row<'o>>,
}

#[derive(Serialize)]
struct Row<'o> {
    deed: &'static str,
    #[serde(flatten)]
    outcome: &'o Outcome,
}

fn json(outcomes: &[(Canary, Outcome)]) -> String {
    let rows: Vec<Row<'_>> =
        outcomes.iter().map(|(canary, outcome)| Row { deed: canary.name(), outcome }).collect();
    let whole = Whole { running: true, passed: exit_code(outcomes) == ALL_SEEN, deeds: rows };
    let mut text = serde_json::to_string(&whole).expect("its names are text");
    text.push('\n');
    text
}

fn print(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use expect_test::expect;
    use tuxmon_pipeline::Canary;

    use super::{ALL_SEEN, MISSED, Outcome, UNKNOWN, exit_code, json, outcomes, test, text};
    use crate::control::protocol::{Answer, Request, Stage};
    use crate::control::server::Control;

    fn some() -> Vec<(Canary, Outcome)> {
        let done = vec![
            (Canary::Fork, Ok(())),
            (Canary::Create, Ok(())),
            (Canary::RawDevice, Err("no block device".to_owned())),
        ];
        outcomes(&done, &[Canary::Create])
    }

    #[test]
    fn every_deed_is_named_with_what_became_of_it() {
        expect![[r#"
            process made         seen
            program executed     not collected: the configuration does not ask for it
            process ended        not collected: the configuration does not ask for it
            connection made      not collected: the configuration does not ask for it
            connection taken     not collected: the configuration does not ask for it
            datagram sent        not collected: the configuration does not ask for it
            block device opened  could not be done: no block device
            process traced       not collected: the configuration does not ask for it
            file made            NOT SEEN
            file renamed         not collected: the configuration does not ask for it
            file removed         not collected: the configuration does not ask for it
            eBPF program loaded  not collected: the configuration does not ask for it
        "#]]
        .assert_eq(&text(&some()));
        let printed = json(&some()[6..9]);
        expect![[r#"
            {"running":true,"passed":false,"deeds":[{"deed":"block device opened","result":"undone","reason":"no block device"},{"deed":"process traced","result":"unwanted"},{"deed":"file made","result":"missed"}]}
        "#]]
        .assert_eq(&printed);
    }

    /// An agent that sees connections and no files.
    fn blind_agent(control: &Control) -> Vec<Stage> {
        let mut stages = Vec::new();
        while !matches!(stages.last(), Some(Stage::End { .. })) {
            let Some(question) = control.take() else {
                std::thread::sleep(Duration::from_millis(1));
                continue;
            };
            let Request::Selftest { stage } = question.request.clone() else {
                panic!("{:?}", question.request)
            };
            let canaries: &[Canary] = match stage {
                Stage::Begin => &[Canary::Connect, Canary::Accept, Canary::Create],
                Stage::Look | Stage::End { .. } => &[Canary::Accept, Canary::Connect],
            };
            assert_eq!(question.pid, Some(std::process::id()));
            stages.push(stage);
            let canaries = canaries.iter().map(|canary| canary.name().to_owned()).collect();
            question.answer(Answer::Selftest { canaries });
        }
        stages
    }

    #[test]
    fn what_the_agent_does_not_see_is_told_to_it_at_the_end() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().to_owned();
        let nobody = test(Some(&path), Duration::ZERO).expect("nobody is no error");
        assert_eq!(nobody, None);
        let control = Control::open(&path).expect("the folder is ours");
        let testing = std::thread::spawn(move || test(Some(&path), Duration::from_millis(200)));
        let stages = blind_agent(&control);
        let outcomes = testing.join().expect("it does not panic").expect("it was answered").expect("it runs");
        let of = |canary| outcomes.iter().find(|(other, _)| *other == canary).map(|(_, outcome)| outcome);
        assert_eq!(of(Canary::Connect), Some(&Outcome::Seen));
        assert_eq!(of(Canary::Create), Some(&Outcome::Missed));
        assert_eq!(of(Canary::Remove), Some(&Outcome::Unwanted));
        assert_eq!(stages.last(), Some(&Stage::End { missed: vec!["file made".to_owned()] }));
    }

    #[test]
    fn the_exit_code_tells_what_a_monitor_must_know() {
        let all = some();
        assert_eq!(exit_code(&all), MISSED, "more urgent than what could not be done");
        assert_eq!(exit_code(&all[..8]), UNKNOWN);
        assert_eq!(exit_code(&all[..6]), ALL_SEEN, "what is not wanted is not missed");
    }
}
