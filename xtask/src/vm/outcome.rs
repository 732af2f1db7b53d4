//! What came out, read from what a guest said.

use std::fmt::Write as _;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    Failed,
    /// It was running when the guest ended.
    Unfinished,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) verdict: Verdict,
    /// How long it took, by the guest's clock.
    pub(crate) seconds: u64,
    /// What it said.
    pub(crate) said: String,
}

/// Everything that a guest told.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) steps: Vec<Step>,
    /// How many there are.
    planned: usize,
    /// The guest went all the way.
    pub(crate) ended: bool,
}

impl Outcome {
    /// Reads the lines of a guest. Those of `tests/vm/run-steps` begin with `@`; a step that reboots the machine goes on
    /// after it, under its name.
    pub(crate) fn read(said: &str) -> Outcome {
        let mut outcome = Outcome::default();
        for line in said.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["@plan", count] => outcome.planned = count.parse().unwrap_or(usize::MAX),
                ["@step", name] => outcome.begin(name),
                ["@done", name, code, seconds] => outcome.done(name, code, seconds),
                ["@reboot"] => (),
                ["@end"] => outcome.ended = true,
                _ => outcome.go_on(line),
            }
        }
        outcome
    }

    /// Whether every step ran and passed, and that was not nothing.
    pub(crate) fn is_good(&self) -> bool {
        self.ended
            && self.planned == self.steps.len()
            && !self.steps.is_empty()
            && self.steps.iter().all(|step| step.verdict == Verdict::Passed)
    }

    /// How many passed, for the end.
    pub(crate) fn end(&self) -> String {
        let passed = self.steps.iter().filter(|step| step.verdict == Verdict::Passed).count();
        let mut out = format!("{passed} of {} steps passed", self.planned);
        if !self.ended {
            out.push_str("; the machine did not come to the end in its time");
        }
        out
    }

    fn begin(&mut self, name: &str) {
        if self.steps.last().is_some_and(|step| step.name == name) {
            return;
        }
        let name = name.to_owned();
        self.steps.push(Step { name, verdict: Verdict::Unfinished, seconds: 0, said: String::new() });
    }

    fn done(&mut self, name: &str, code: &str, seconds: &str) {
        let Some(step) = self.steps.last_mut().filter(|step| step.name == name) else { return };
        step.verdict = if code == "0" { Verdict::Passed } else { Verdict::Failed };
        step.seconds = seconds.parse().unwrap_or(0);
    }

    fn go_on(&mut self, line: &str) {
        if let Some(step) = self.steps.last_mut()
            && step.verdict == Verdict::Unfinished
        {
            let _ = writeln!(step.said, "    {line}");
        }
    }
}

impl Step {
    /// Its line; what it said goes along when that is worth reading: lines after a `|`, everything of one that failed.
    pub(crate) fn line(&self, system: &str) -> String {
        let verdict = match self.verdict {
            Verdict::Passed => "ok",
            Verdict::Failed => "FAILED",
            Verdict::Unfinished => "FAILED (it did not end)",
        };
        let mut out = format!("test {system}::{} ... {verdict} ({} s)\n", self.name, self.seconds);
        match self.verdict {
            Verdict::Passed => {
                for line in self.said.lines().filter(|line| line.trim_start().starts_with("| ")) {
                    let _ = writeln!(out, "{line}");
                }
            }
            Verdict::Failed | Verdict::Unfinished => out.push_str(&self.said),
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Verdict};

    const SAID: &str = "noise\n@plan 3\n@step 10-install\nUnpacking\n| 12 MB\n@done 10-install 0 7\n@step 20-reboot\n\
        before\n@reboot\n@step 20-reboot\nafter\n@done 20-reboot 0 40\n@step 30-kill\nno event\n@done 30-kill 1 3\n@end\n";

    #[test]
    fn steps_and_how_they_ended_are_read() {
        let outcome = Outcome::read(SAID);
        let verdicts: Vec<_> = outcome.steps.iter().map(|step| (step.name.as_str(), step.verdict)).collect();
        assert_eq!(
            verdicts,
            [("10-install", Verdict::Passed), ("20-reboot", Verdict::Passed), ("30-kill", Verdict::Failed)]
        );
        assert!(!outcome.is_good());
        assert_eq!(outcome.end(), "2 of 3 steps passed");
        assert_eq!(outcome.steps[0].line("systemd"), "test systemd::10-install ... ok (7 s)\n    | 12 MB\n");
        assert_eq!(
            outcome.steps[2].line("systemd"),
            "test systemd::30-kill ... FAILED (3 s)\n    no event\n"
        );
    }

    #[test]
    fn only_all_steps_and_the_end_are_good() {
        let good = SAID.replace("30-kill 1", "30-kill 0");
        assert!(Outcome::read(&good).is_good());
        assert!(!Outcome::read(&good.replace("@end\n", "")).is_good());
        assert!(!Outcome::read(&good.replace("@plan 3", "@plan 4")).is_good());
        assert!(!Outcome::read("").is_good());
        let cut = &good[..good.find("no event").expect("it is there")];
        assert_eq!(Outcome::read(cut).steps[2].verdict, Verdict::Unfinished);
    }
}
