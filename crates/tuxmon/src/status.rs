//! `tuxmon status`: how the agent of this machine is.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::control::client::{Asked, ask};
use crate::control::protocol::{
    Answer, DetectionStatus, Fact, Health, LossCount, OutputStatus, ProcessTable, Request, Status,
};

/// Say how the running agent is: since when, by which configuration, what it sees, writes and loses
///
/// Needs root: the agent answers nobody else.
#[derive(clap::Args)]
#[command(after_help = "\
Exit code, as monitoring expects it:
  0  everything that the configuration asks for is seen and written
  1  something is not: this kernel lacks a hook, events were lost in the last ten minutes, or an output does not work
  2  no agent runs
  3  it cannot be known: not root, or no answer

Examples:
  tuxmon status                                the service, or else the agent of `tuxmon run`
  tuxmon status --json                         one object, for programs
  tuxmon status --state-dir /opt/quiet         a service of another name")]
pub(crate) struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// The state directory of the agent that is asked
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
}

/// Where agents of this machine usually are.
pub(crate) const USUAL: [&str; 2] = ["/opt/sysmon", crate::run::STATE_DIRECTORY];

const OK: u8 = 0;
const DEGRADED: u8 = 1;
const NOT_RUNNING: u8 = 2;
const UNKNOWN: u8 = 3;

/// Asks and prints.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let code = match find(args) {
        Ok(Some(status)) => {
            print(args, Some(&status))?;
            match status.health() {
                Health::Ok => OK,
                Health::Degraded => DEGRADED,
            }
        }
        Ok(None) => {
            print(args, None)?;
            NOT_RUNNING
        }
        Err(error) => {
            eprintln!("Error: {error:#}");
            if args.json {
                write(&format!("{}\n", serde_json::json!({"running": null, "error": format!("{error:#}")})))?;
            }
            UNKNOWN
        }
    };
    Ok(ExitCode::from(code))
}

/// The answer of the first agent that there is.
fn find(args: &Args) -> anyhow::Result<Option<Status>> {
    let usual = || USUAL.iter().map(PathBuf::from).collect();
    let folders: Vec<PathBuf> = args.state_dir.clone().map_or_else(usual, |folder| vec![folder]);
    for folder in folders {
        let asked = ask(&folder, &Request::Status)
            .with_context(|| format!("the agent of {} cannot be asked", folder.display()))?;
        match asked {
            Asked::NotRunning => {}
            Asked::Answered { answer: Answer::Status(status), .. } => return Ok(Some(*status)),
            Asked::Answered { answer: Answer::Error { reason }, .. } => bail!("the agent says: {reason}"),
            Asked::Answered { .. } => bail!("the agent answered something else"),
        }
    }
    Ok(None)
}

fn print(args: &Args, status: Option<&Status>) -> anyhow::Result<()> {
    let text = match (args.json, status) {
        (true, None) => "{\"running\":false}\n".to_owned(),
        (true, Some(status)) => json(status)?,
        (false, None) => "not running\n".to_owned(),
        (false, Some(status)) => text(status),
    };
    write(&text)
}

fn write(text: &str) -> anyhow::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn json(status: &Status) -> anyhow::Result<String> {
    let health = match status.health() {
        Health::Ok => "ok",
        Health::Degraded => "degraded",
    };
    let mut object = serde_json::Map::new();
    object.insert("running".to_owned(), true.into());
    object.insert("health".to_owned(), health.into());
    if let serde_json::Value::Object(rest) = serde_json::to_value(status)? {
        object.extend(rest);
    }
    Ok(format!("{}\n", serde_json::Value::Object(object)))
}

/// The status for people.
fn text(status: &Status) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        writeln!(out, "{name:<16}{value}").expect("writing to a String cannot fail");
    };
    let health = match status.health() {
        Health::Ok => "running",
        Health::Degraded => "running, but not whole",
    };
    line("agent", &format!("{health}, process {} since {} UTC", status.pid, status.since));
    line(
        "version",
        &format!(
            "tuxmon {}, events as of Sysmon for Linux {}, schema {}",
            status.version, status.compatible_with, status.schema
        ),
    );
    let configuration = &status.configuration;
    let name = if configuration.name.is_empty() { "-" } else { &configuration.name };
    line("configuration", &format!("{name} since {} UTC", configuration.since));
    if !configuration.hash.is_empty() {
        line("", &configuration.hash);
    }
    line("memory", &format!("{:.1} MiB", status.memory_bytes as f64 / f64::from(1 << 20)));
    let ProcessTable { known, evicted, surprises } = status.processes;
    line("known processes", &format!("{known}, {evicted} dropped for want of room, {surprises} found late"));
    for fact in &status.collection {
        line(&fact.kind, &collection(fact));
        for missing in fact.degraded.iter().filter(|_| fact.wanted) {
            line("", &format!("not seen: {} ({}: {})", missing.loses, missing.hook, missing.reason));
        }
    }
    let total: u64 = status.events.values().sum();
    let Status { dropped_by_rules, left_out_in_kernel, .. } = status;
    line(
        "events",
        &format!(
            "{total} written, {dropped_by_rules} dropped by rules, {left_out_in_kernel} of no interest left in the kernel"
        ),
    );
    for (name, count) in &status.events {
        line("", &format!("{name} {count}"));
    }
    for output in &status.outputs {
        line("output", &output_line(output));
    }
    if let Some(detection) = &status.detection {
        for (place, text) in detection_lines(detection).iter().enumerate() {
            line(if place == 0 { "detection" } else { "" }, text);
        }
    }
    for loss in &status.losses {
        line("lost", &loss_line(loss));
    }
    out
}

fn collection(fact: &Fact) -> String {
    if !fact.wanted {
        return "off: the configuration does not ask for them".to_owned();
    }
    let tier = if fact.tier.is_empty() { String::new() } else { format!(", {} tier", fact.tier) };
    format!("{} hooks{tier}", fact.hooks.len())
}

fn output_line(output: &OutputStatus) -> String {
    let OutputStatus { name, working, waiting } = output;
    let state = if *working { "works" } else { "does not work" };
    format!("{name} {state}, {waiting} events wait")
}

fn detection_lines(detection: &DetectionStatus) -> Vec<String> {
    let DetectionStatus { settings, on, rules, indicators, events, alerts, repeated, too_many, .. } =
        detection;
    let mut lines = Vec::new();
    if *on {
        lines.push(format!("{rules} rules, {indicators} indicators, by {settings}"));
        lines.push(format!(
            "{events} events looked at, {alerts} alerts, {repeated} more that said the same, {too_many} too many"
        ));
        let DetectionStatus { forgotten, lost, .. } = detection;
        lines.push(format!("{lost} lost, {forgotten} forgotten by correlations"));
        lines.extend(detection.outputs.iter().map(|output| format!("alerts to {}", output_line(output))));
    } else {
        lines.push(format!("off, by {settings}"));
    }
    lines.extend(detection.refused.iter().map(|reason| format!("refused: {reason}")));
    let more = detection.refused_count.saturating_sub(detection.refused.len() as u64);
    if more > 0 {
        lines.push(format!("refused: {more} more"));
    }
    lines
}

fn loss_line(loss: &LossCount) -> String {
    let LossCount { cause, subject, count, last, .. } = loss;
    format!("{cause}: {count} of {subject}, the last one at {last} UTC")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use expect_test::expect;

    use super::{json, text};
    use crate::control::protocol::{
        Configuration, Degraded, DetectionStatus, Fact, Health, LossCount, OutputStatus, ProcessTable, Status,
    };

    fn sample() -> Status {
        let fact = |words: &str, wanted: bool, tier: &str, hooks: &[&str]| Fact {
            kind: words.to_owned(),
            wanted,
            tier: tier.to_owned(),
            hooks: hooks.iter().map(|hook| (*hook).to_owned()).collect(),
            degraded: Vec::new(),
        };
        Status {
            pid: 77,
            since: "2026-11-21 08:00:00.000".to_owned(),
            version: "0.1.0".to_owned(),
            compatible_with: "1.5.2".to_owned(),
            schema: "4.90".to_owned(),
            configuration: Configuration {
                name: "/root/rules.xml".to_owned(),
                hash: "SHA256=AB".to_owned(),
                since: "2026-11-21 08:00:00.000".to_owned(),
            },
            collection: vec![
                fact("processes", true, "", &["process_exec", "process_exit"]),
                fact("connections", false, "", &[]),
            ],
            events: BTreeMap::from([("ProcessCreate".to_owned(), 3)]),
            dropped_by_rules: 4,
            left_out_in_kernel: 5,
            losses: Vec::new(),
            outputs: vec![OutputStatus { name: "syslog".to_owned(), working: true, waiting: 0 }],
            detection: None,
            memory_bytes: 12 << 20,
            processes: ProcessTable { known: 120, evicted: 0, surprises: 1 },
        }
    }

    #[test]
    fn people_read_lines() {
        expect![[r"
            agent           running, process 77 since 2026-11-21 08:00:00.000 UTC
            version         tuxmon 0.1.0, events as of Sysmon for Linux 1.5.2, schema 4.90
            configuration   /root/rules.xml since 2026-11-21 08:00:00.000 UTC
                            SHA256=AB
            memory          12.0 MiB
            known processes 120, 0 dropped for want of room, 1 found late
            processes       2 hooks
            connections     off: the configuration does not ask for them
            events          3 written, 4 dropped by rules, 5 of no interest left in the kernel
                            ProcessCreate 3
            output          syslog works, 0 events wait
        "]]
        .assert_eq(&text(&sample()));
    }

    #[test]
    fn people_read_what_detection_does() {
        let detection = DetectionStatus {
            settings: "/etc/tuxmon/tuxmon.toml".to_owned(),
            on: true,
            rules: 23,
            events: 100,
            alerts: 2,
            repeated: 3,
            refused_count: 2,
            refused: vec!["a.yml:1:1: error: it is empty".to_owned()],
            outputs: vec![OutputStatus { name: "syslog".to_owned(), working: true, waiting: 0 }],
            ..DetectionStatus::default()
        };
        expect![[r"
            23 rules, 0 indicators, by /etc/tuxmon/tuxmon.toml
            100 events looked at, 2 alerts, 3 more that said the same, 0 too many
            0 lost, 0 forgotten by correlations
            alerts to syslog works, 0 events wait
            refused: a.yml:1:1: error: it is empty
            refused: 1 more"]]
        .assert_eq(&super::detection_lines(&detection).join("\n"));
    }

    #[test]
    fn programs_read_one_object() {
        let text = json(&sample()).expect("it is plain");
        let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(value["running"], true);
        assert_eq!(value["health"], "ok");
        assert_eq!(value["events"]["ProcessCreate"], 3);
        assert_eq!(value["configuration"]["hash"], "SHA256=AB");
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn what_is_not_whole_is_degraded() {
        assert_eq!(sample().health(), Health::Ok);
        let loss = |seconds_ago| LossCount { count: 1, seconds_ago, ..LossCount::default() };
        let lost = |seconds_ago| Status { losses: vec![loss(seconds_ago)], ..sample() };
        assert_eq!(lost(10).health(), Health::Degraded);
        assert_eq!(lost(3600).health(), Health::Ok);
        let mut blind = sample();
        blind.collection[1].degraded.push(Degraded::default());
        assert_eq!(blind.health(), Health::Ok, "nobody asked for connections");
        blind.collection[1].wanted = true;
        assert_eq!(blind.health(), Health::Degraded);
        let mut stuck = sample();
        stuck.outputs[0].working = false;
        assert_eq!(stuck.health(), Health::Degraded);
    }
}
