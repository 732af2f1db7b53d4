//! The result of one run, as the live test writes it: one JSON object a line.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What one run counted.
#[derive(Debug, Default)]
pub struct Run {
    /// `uname -r`.
    pub kernel: String,
    /// By which hooks.
    pub tier: String,
    /// By event.
    pub(super) events: Vec<Event>,
    /// In the order of the script.
    pub(super) cases: Vec<Case>,
}

/// One line.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Run { kernel: String, tier: String },
    Event { id: u16, count: Count },
    Case(Case),
}

/// One event with its counts.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) id: u16,
    pub(super) count: Count,
}

/// How often an event was due and came.
#[derive(Debug, Deserialize)]
pub(super) struct Count {
    pub(super) name: String,
    pub(super) expected: usize,
    pub(super) logged: usize,
    pub(super) paired: usize,
    pub(super) duplicate: usize,
    pub(super) invented: usize,
    pub(super) fields: Vec<Field>,
}

/// How often the value of a field was known and right.
#[derive(Debug, Deserialize)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) expected: usize,
    pub(super) logged: usize,
    pub(super) right: usize,
}

/// One case of the script.
#[derive(Debug, Deserialize)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) deeds: usize,
    pub(super) expected: usize,
    pub(super) right: usize,
    pub(super) skipped: Option<String>,
    #[serde(default)]
    pub(super) exceptions: Vec<Exception>,
    #[serde(default)]
    pub(super) unexplained: Vec<String>,
}

/// A difference with its reason.
#[derive(Debug, Deserialize)]
pub(super) struct Exception {
    pub(super) what: String,
    pub(super) reason: String,
    pub(super) times: usize,
}

impl Run {
    /// Reads the lines of a result.
    pub fn read(lines: &str) -> Result<Run> {
        let mut run = Run::default();
        for line in lines.lines() {
            match serde_json::from_str(line).with_context(|| format!("not of a result: {line}"))? {
                Line::Run { kernel, tier } => (run.kernel, run.tier) = (kernel, tier),
                Line::Event { id, count } => run.events.push(Event { id, count }),
                Line::Case(case) => run.cases.push(case),
            }
        }
        ensure!(!run.kernel.is_empty() && !run.cases.is_empty(), "it says no kernel, or no case");
        Ok(run)
    }

    /// The first two numbers of the kernel's version.
    pub(super) fn series(&self) -> String {
        let numbers: Vec<&str> = self.kernel.splitn(3, '.').take(2).collect();
        numbers.join(".")
    }

    /// By version, then by tier.
    pub(super) fn place(&self) -> (Vec<u64>, String) {
        let series = self.series();
        (series.split('.').filter_map(|number| number.parse().ok()).collect(), self.tier.clone())
    }

    /// The case of this name.
    pub(super) fn case(&self, name: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.name == name)
    }
}

/// The lines that a guest marked.
pub(super) fn from_guest(said: &str) -> String {
    let mut lines = String::new();
    for line in said.lines().filter_map(|line| line.trim_end().strip_prefix("@coverage ")) {
        let _ = writeln!(lines, "{line}");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Run, from_guest};

    #[test]
    fn a_guest_marks_its_lines() {
        let said = "noise\r\n@coverage {\"run\":{\"kernel\":\"6.12.1-x\",\"tier\":\"deep\"}}\r\n@coverage \
            {\"case\":{\"name\":\"a\",\"about\":\"b\",\"deeds\":1,\"expected\":2,\"right\":2}}\r\n@end 0\n";
        let run = Run::read(&from_guest(said)).expect("it is a result");
        assert_eq!((run.series().as_str(), run.tier.as_str()), ("6.12", "deep"));
        assert!(run.case("a").is_some_and(|case| case.deeds == 1 && case.exceptions.is_empty()));
        assert!(Run::read("").is_err() && Run::read("{}").is_err());
    }
}
