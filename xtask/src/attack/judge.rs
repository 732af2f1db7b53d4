//! Whether an atomic made what it should: its events and its alerts, among all that the guest saw between its mark and
//! the next one.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::atomic::{Atomic, Expected, HASHES_OF_SH};
use super::trigger::HASH_OF_ECHO;

/// What the guest saw.
#[derive(Debug, Default)]
pub(super) struct Seen {
    events: Vec<Value>,
    alerts: Vec<Value>,
    /// Record ids of events that the configuration as it is shipped would keep.
    kept: BTreeSet<u64>,
}

/// What became of an atomic.
#[derive(Debug)]
pub(super) struct Verdict {
    id: String,
    name: String,
    /// How many of the expected events came, and how many are expected.
    events: (usize, usize),
    /// The same of rules.
    rules: (usize, usize),
    /// What did not come, in words.
    missing: Vec<String>,
    /// Rules that are expected and that the test data does not have.
    unknown: Vec<String>,
    /// Of the expected events those that the configuration as it is shipped would keep.
    kept: usize,
    /// Rules that nobody expected, and that matched what it did.
    others: BTreeSet<String>,
    /// What nobody can have, in words.
    lacking: String,
}

impl Seen {
    /// Reads the last step's words.
    pub(super) fn read(said: &str) -> Result<Self> {
        let lines = |name: &str| -> Result<Vec<String>> {
            let text = unpacked(said, name)?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        let objects = |name: &str| -> Result<Vec<Value>> {
            let parse = |line: &String| serde_json::from_str(line).with_context(|| format!("{name}: {line}"));
            lines(name)?.iter().map(parse).collect()
        };
        let kept = lines("kept")?.iter().map(|line| Ok(line.trim().parse()?)).collect::<Result<_>>()?;
        Ok(Self { events: objects("events")?, alerts: objects("alerts")?, kept })
    }

    /// The events between the mark of an atomic and the next mark of a beginning, or the end.
    fn of(&self, id: &str) -> Vec<&Value> {
        let time = |event: &Value| event["UtcTime"].as_str().unwrap_or_default().to_owned();
        let mark = |event: &&Value| {
            let line = event["CommandLine"].as_str()?;
            // Behind the end of all is what hands out the events.
            let name = if line == "/usr/local/bin/deed end all" {
                ""
            } else {
                line.strip_prefix("/usr/local/bin/deed begin ")?
            };
            (event["EventID"] == 1).then(|| (time(event), name.to_owned()))
        };
        let marks: BTreeSet<(String, String)> = self.events.iter().filter_map(|event| mark(&event)).collect();
        let Some((begin, _)) = marks.iter().find(|(_, name)| name == id) else { return Vec::new() };
        let end = marks.iter().map(|(time, _)| time).find(|time| *time > begin);
        let is_within = |event: &&Value| {
            let time = time(event);
            time >= *begin && end.is_none_or(|end| time < *end)
        };
        self.events.iter().filter(is_within).collect()
    }

    /// The titles of rules that matched an event.
    fn rules_of(&self, record: u64) -> BTreeSet<&str> {
        let record = record.to_string();
        let is_of = |alert: &&Value| alert["Event"]["EventRecordID"] == record.as_str();
        self.alerts.iter().filter(is_of).filter_map(|alert| alert["Rule"]["Title"].as_str()).collect()
    }

    /// What the events say of the shell itself.
    fn hashes_of_sh(&self) -> Option<&str> {
        let of_sh = |event: &&Value| event["Image"] == "/usr/bin/dash" || event["Image"] == "/bin/dash";
        self.events.iter().filter(of_sh).find_map(|event| event["Hashes"].as_str())
    }

    /// What the guest's own `sha256sum` says of its `/bin/echo`.
    fn hash_of_echo(&self) -> Option<&str> {
        let mut lines = self.events.iter().filter_map(|event| event["CommandLine"].as_str());
        lines.find_map(|line| line.strip_prefix("/bin/echo marker "))
    }
}

/// What stands between the words of a section, decoded by the tools that everybody has.
fn unpacked(said: &str, name: &str) -> Result<String> {
    let (begin, end) = (format!("begin-{name}"), format!("end-{name}"));
    let inner = said.lines().map(str::trim).skip_while(|line| *line != begin).skip(1);
    let packed: Vec<&str> = inner.take_while(|line| *line != end).collect();
    ensure!(!packed.is_empty(), "the guest handed out no {name}");
    let mut child = Command::new("sh")
        .args(["-c", "base64 -d | gzip -dc"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run sh")?;
    let mut input = child.stdin.take().context("its input is ours")?;
    let packed = packed.join("\n");
    let writer = std::thread::spawn(move || input.write_all(packed.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().expect("writing does not panic")?;
    ensure!(output.status.success(), "{name}: {}", output.status);
    String::from_utf8(output.stdout).with_context(|| format!("{name} are no text"))
}

/// Looks for all that an atomic should have made, with rules of these titles.
pub(super) fn judge(atomic: &Atomic, seen: &Seen, titles: &BTreeSet<String>) -> Verdict {
    let own = seen.of(&atomic.id());
    let (unknown, rules): (Vec<_>, Vec<_>) =
        atomic.sigma.iter().cloned().partition(|title| !titles.contains(title));
    let mut missing = Vec::new();
    let (mut came, mut kept) = (0, 0);
    // Rules that did not match the event for which they are expected.
    let mut silent = BTreeSet::new();
    for expected in &atomic.expect {
        let found: Vec<u64> =
            own.iter().filter(|event| fits(event, expected, seen)).map(|it| id(it)).collect();
        if expected.exactly.map_or(!found.is_empty(), |count| count == found.len()) {
            came += 1;
        } else {
            missing.push(format!("{} of: {}", found.len(), words(expected)));
        }
        kept += usize::from(found.iter().any(|record| seen.kept.contains(record)));
        for title in expected.sigma.iter().filter(|title| titles.contains(*title)) {
            if !found.iter().any(|record| seen.rules_of(*record).contains(title.as_str())) {
                missing.push(format!("rule '{title}' on: {}", words(expected)));
                silent.insert(title.clone());
            }
        }
    }
    let told: BTreeSet<String> =
        own.iter().flat_map(|event| seen.rules_of(id(event))).map(str::to_owned).collect();
    for title in rules.iter().filter(|title| !told.contains(*title) && !silent.contains(*title)) {
        missing.push(format!("rule '{title}'"));
    }
    let spoke = rules.iter().filter(|title| told.contains(*title) && !silent.contains(*title)).count();
    Verdict {
        id: atomic.id(),
        name: atomic.name.clone(),
        events: (came, atomic.expect.len()),
        rules: (spoke, rules.len()),
        missing,
        unknown,
        kept,
        others: told.into_iter().filter(|title| !atomic.sigma.contains(title)).collect(),
        lacking: atomic.lacking.clone(),
    }
}

fn id(event: &Value) -> u64 {
    event["EventRecordID"].as_u64().unwrap_or(u64::MAX)
}

fn fits(event: &Value, expected: &Expected, seen: &Seen) -> bool {
    event["EventID"] == expected.event_id
        && expected.matched.iter().all(|(asked, text)| {
            let (field, predicate) = asked.split_once('|').unwrap_or((asked, "is"));
            let value = match &event[field] {
                Value::String(text) => text.clone(),
                Value::Null => "-".to_owned(),
                other => other.to_string(),
            };
            let text = if text == HASHES_OF_SH { seen.hashes_of_sh().unwrap_or(text) } else { text };
            let text = text.replace(HASH_OF_ECHO, seen.hash_of_echo().unwrap_or(HASH_OF_ECHO));
            match predicate {
                "is" => value == text,
                "endswith" => value.ends_with(&text),
                "contains" => value.contains(&text),
                _ => false,
            }
        })
}

fn words(expected: &Expected) -> String {
    let fields = expected.matched.iter().map(|(asked, text)| format!("{asked}: {text}"));
    format!("event {} with {}", expected.event_id, fields.collect::<Vec<_>>().join(", "))
}

impl Verdict {
    /// Whether nothing is missing.
    pub(super) fn is_good(&self) -> bool {
        self.missing.is_empty()
    }
}

/// The table, in Markdown, and what is missing below it.
pub(super) fn table(verdicts: &[Verdict]) -> String {
    let mut out = String::from(
        "| atomic | what it does | events | expected rules | further rules | kept by the shipped configuration |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for verdict in verdicts {
        let Verdict { id, name, events, rules, kept, others, .. } = verdict;
        let others = others.iter().map(String::as_str).collect::<Vec<_>>().join("; ");
        let _ = writeln!(
            out,
            "| {id} | {name} | {} of {} | {} of {} | {others} | {kept} of {} |",
            events.0, events.1, rules.0, rules.1, events.1,
        );
    }
    for verdict in verdicts {
        for missing in &verdict.missing {
            let _ = writeln!(out, "MISSING {}: {missing}", verdict.id);
        }
        for title in &verdict.unknown {
            let _ = writeln!(out, "SKIP {}: the test data has no rule '{title}'", verdict.id);
        }
        if !verdict.lacking.is_empty() {
            let _ = writeln!(out, "SKIP {}: {}", verdict.id, verdict.lacking);
        }
    }
    let good = verdicts.iter().filter(|verdict| verdict.is_good()).count();
    let _ = writeln!(out, "{good} of {} atomics with all their events and alerts", verdicts.len());
    out
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::json;

    use super::{Seen, judge};
    use crate::attack::atomic::{Atomic, Expected};

    fn seen() -> Seen {
        let event = |record: u64, at: u64, id: u64, fields: &[(&str, &str)]| {
            let mut event = json!({"EventID": id, "EventRecordID": record, "UtcTime": format!("2026-11-21 00:00:0{at}.000")});
            for (name, value) in fields {
                event[*name] = json!(value);
            }
            event
        };
        let mark = |name: &str| format!("/usr/local/bin/deed begin {name}");
        Seen {
            events: vec![
                event(1, 1, 1, &[("CommandLine", &mark("T1-1"))]),
                event(2, 2, 11, &[("TargetFilename", "/tmp/one")]),
                // Written late, and still of the first.
                event(4, 3, 1, &[("CommandLine", &mark("T2-1"))]),
                event(3, 2, 1, &[("Image", "/usr/bin/cat")]),
                event(5, 4, 11, &[("TargetFilename", "/tmp/two")]),
            ],
            alerts: vec![json!({"Rule": {"Title": "Cat"}, "Event": {"EventRecordID": "3"}})],
            kept: BTreeSet::from([2]),
        }
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn expected(event_id: u64, field: &str, text: &str, sigma: &[&str], exactly: Option<usize>) -> Expected {
        let matched = BTreeMap::from([(field.to_owned(), text.to_owned())]);
        Expected { event_id, matched, sigma: texts(sigma), exactly }
    }

    fn atomic(expect: Vec<Expected>, sigma: &[&str]) -> Atomic {
        Atomic {
            technique: "T1".to_owned(),
            test: Some(1),
            name: String::new(),
            shell: String::new(),
            needs_root: false,
            prerequisite: String::new(),
            command: String::new(),
            cleanup: String::new(),
            expect,
            sigma: texts(sigma),
            beside: String::new(),
            lacking: String::new(),
        }
    }

    #[test]
    fn what_an_atomic_made_is_found_between_its_mark_and_the_next() {
        let titles = BTreeSet::from(["Cat".to_owned()]);
        let expect = vec![
            expected(11, "TargetFilename|is", "/tmp/one", &[], Some(1)),
            expected(1, "Image|endswith", "/cat", &["Cat", "Elsewhere"], None),
        ];
        let verdict = judge(&atomic(expect, &["Cat", "Elsewhere"]), &seen(), &titles);
        assert!(verdict.is_good(), "{verdict:?}");
        assert_eq!((verdict.events, verdict.rules, verdict.kept), ((2, 2), (1, 1), 1));
        assert_eq!(verdict.unknown, ["Elsewhere"]);
    }

    #[test]
    fn what_is_missing_is_said() {
        let titles = BTreeSet::from(["Cat".to_owned(), "Dog".to_owned()]);
        let expect = vec![
            // That was the other atomic.
            expected(11, "TargetFilename|is", "/tmp/two", &[], None),
            expected(11, "TargetFilename|contains", "/tmp", &["Cat"], Some(2)),
        ];
        let verdict = judge(&atomic(expect, &["Cat", "Dog"]), &seen(), &titles);
        assert_eq!((verdict.events, verdict.rules), ((0, 2), (0, 2)));
        assert_eq!(
            verdict.missing,
            [
                "0 of: event 11 with TargetFilename|is: /tmp/two",
                "1 of: event 11 with TargetFilename|contains: /tmp",
                "rule 'Cat' on: event 11 with TargetFilename|contains: /tmp",
                "rule 'Dog'",
            ]
        );
    }
}
