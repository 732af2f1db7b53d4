//! What came out: read from what a guest said, printed as one table.

use std::fmt::Write as _;

/// One guest's result, or why there is none.
pub(super) struct Row {
    pub(super) release: String,
    pub(super) tier: &'static str,
    pub(super) outcome: Outcome,
}

impl Row {
    /// A kernel that cannot be had.
    pub(super) fn missing(series: &str, reason: &str) -> Row {
        let outcome = Outcome::not_run(&format!("not obtainable: {reason}"));
        Row { release: series.to_owned(), tier: "", outcome }
    }

    /// By version, then by tier.
    pub(super) fn place(&self) -> (Vec<u64>, &'static str) {
        let numbers = self.release.split(|letter: char| !letter.is_ascii_digit());
        (numbers.filter_map(|number| number.parse().ok()).collect(), self.tier)
    }

    /// Whether everything ran and passed, and that was not nothing.
    pub(super) fn is_good(&self) -> bool {
        self.outcome.ended && !self.outcome.tests.is_empty() && self.outcome.count(Verdict::Failed) == 0
    }
}

/// How one test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    /// It passed without doing anything, and said why.
    Skipped,
    /// It was running when the guest ended.
    Unfinished,
}

/// Everything that a guest told.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Hundredths of a second until the agent collected; nothing when it did not.
    pub(super) load: Option<u64>,
    pub(super) tests: Vec<(String, Verdict)>,
    /// The guest went all the way.
    pub(super) ended: bool,
    pub(super) note: String,
}

impl Outcome {
    /// Nothing came out, for this reason.
    pub(super) fn not_run(reason: &str) -> Outcome {
        Outcome { note: reason.to_owned(), ..Outcome::default() }
    }

    /// Reads the lines of a guest: its own, that begin with `@`, and those of the test program. What tests print
    /// stands between the name of a test and its verdict.
    pub(super) fn read(said: &str) -> Outcome {
        let mut outcome = Outcome::default();
        let mut up = false;
        for line in said.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["@up", ..] => up = true,
                ["@load", "yes", hundredths] => outcome.load = hundredths.parse().ok(),
                ["@end", _] => outcome.ended = true,
                ["test", name, "...", ..] => outcome.begin(name, line),
                _ => outcome.go_on(line),
            }
        }
        outcome.note = match (up, outcome.load, outcome.ended) {
            (false, ..) => "the kernel did not come up".to_owned(),
            (true, None, false) => "no end, and the agent had not started".to_owned(),
            (true, Some(_), false) => "no end in the time it was given".to_owned(),
            (true, None, true) => "the agent did not start".to_owned(),
            (true, Some(_), true) => String::new(),
        };
        outcome
    }

    /// How many tests ended so.
    pub(super) fn count(&self, verdict: Verdict) -> usize {
        self.tests.iter().filter(|(_, is)| *is == verdict).count()
    }

    fn begin(&mut self, name: &str, line: &str) {
        self.tests.push((name.to_owned(), Verdict::Unfinished));
        self.go_on(line.split_once("... ").map_or("", |(_, rest)| rest));
    }

    fn go_on(&mut self, line: &str) {
        let Some((name, verdict)) = self.tests.last_mut() else { return };
        if *verdict != Verdict::Unfinished && *verdict != Verdict::Skipped {
            return;
        }
        if line.starts_with(&format!("SKIP {name}:")) {
            *verdict = Verdict::Skipped;
        } else if line.ends_with("FAILED") {
            *verdict = Verdict::Failed;
        } else if *verdict == Verdict::Unfinished && (line == "ok" || line.ends_with(" ok")) {
            *verdict = Verdict::Passed;
        }
    }
}

/// The table, in Markdown.
pub(super) fn table(rows: &[Row]) -> String {
    let mut out = "| kernel | tier | start of the agent | passed | failed | skipped | |\n".to_owned();
    out.push_str("| --- | --- | ---: | ---: | ---: | ---: | --- |\n");
    for row in rows {
        let outcome = &row.outcome;
        let failed = outcome.count(Verdict::Failed) + outcome.count(Verdict::Unfinished);
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {failed} | {} | {} |",
            row.release,
            row.tier,
            load(outcome),
            outcome.count(Verdict::Passed),
            outcome.count(Verdict::Skipped),
            remarks(outcome),
        );
    }
    out
}

/// How one guest ended, for who waits at the terminal.
pub(super) fn details(row: &Row) -> String {
    let outcome = &row.outcome;
    let mut out = format!(
        "{} ({}): the agent started in {}; {} passed {}\n",
        row.release,
        row.tier,
        load(outcome),
        outcome.count(Verdict::Passed),
        outcome.note
    );
    for (name, verdict) in &outcome.tests {
        match verdict {
            Verdict::Failed | Verdict::Unfinished => {
                let _ = writeln!(out, "  {verdict:?}: {name}");
            }
            Verdict::Passed | Verdict::Skipped => {}
        }
    }
    out
}

fn load(outcome: &Outcome) -> String {
    outcome
        .load
        .map_or_else(|| "never".to_owned(), |hundredths| format!("{:.1} s", hundredths as f64 / 100.0))
}

fn remarks(outcome: &Outcome) -> String {
    let mut remarks: Vec<&str> = outcome
        .tests
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Failed | Verdict::Unfinished))
        .map(|(name, _)| name.as_str())
        .collect();
    if !outcome.note.is_empty() {
        remarks.push(&outcome.note);
    }
    remarks.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Verdict};

    const SAID: &str = "@up 655 6.12\nwarning: whatever\n@load yes 1172\nrunning 4 tests\n\
        test a::one   ... ok\ntest a::two   ... own name\n\nthread 'main' panicked\nFAILED\n\
        test a::three ... 707 executions\nok\ntest a::four  ... SKIP a::four: not root\nok\n\
        failures:\n    a::two\ntest result: FAILED. 3 passed; 1 failed;\n@end 101\n";

    #[test]
    fn verdicts_stand_behind_whatever_tests_print() {
        let outcome = Outcome::read(SAID);
        let verdicts: Vec<_> =
            outcome.tests.iter().map(|(name, verdict)| (name.as_str(), *verdict)).collect();
        assert_eq!(
            verdicts,
            [
                ("a::one", Verdict::Passed),
                ("a::two", Verdict::Failed),
                ("a::three", Verdict::Passed),
                ("a::four", Verdict::Skipped)
            ]
        );
        assert_eq!((outcome.load, outcome.ended, outcome.note.as_str()), (Some(1172), true, ""));
    }

    #[test]
    fn a_guest_that_ends_early_says_where() {
        let cut = &SAID[..SAID.find("707").expect("it is there")];
        let outcome = Outcome::read(cut);
        assert_eq!(outcome.tests.last(), Some(&("a::three".to_owned(), Verdict::Unfinished)));
        assert!(!outcome.ended && outcome.note.contains("no end"));
        assert!(Outcome::read("").note.contains("did not come up"));
    }
}
