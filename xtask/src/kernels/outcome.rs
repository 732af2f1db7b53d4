//! What came out of a guest, read from what it said.

use std::fmt::Write as _;

use super::condition::Condition;

/// One guest's result, or why there is none.
pub(super) struct Row {
    pub(super) release: String,
    /// Nothing for a kernel that was not booted.
    pub(super) condition: Option<Condition>,
    pub(super) outcome: Outcome,
}

impl Row {
    /// A kernel that cannot be had.
    pub(super) fn missing(name: &str, reason: &str) -> Row {
        let outcome = Outcome::not_run(&format!("not obtainable: {reason}"));
        Row { release: name.to_owned(), condition: None, outcome }
    }

    /// By machine, then by version; what is the same stays in order.
    pub(super) fn place(&self) -> (bool, Vec<u64>) {
        let version = self.release.split('-').next().unwrap_or_default();
        let numbers = version.split(|letter: char| !letter.is_ascii_digit());
        (self.is_foreign(), numbers.filter_map(|number| number.parse().ok()).collect())
    }

    /// The kernel in few words: `6.12`, `6.1-arm64`.
    pub(super) fn kernel_name(&self) -> String {
        let series: Vec<&str> = self.release.split(['.', '-', '+']).take(2).collect();
        format!("{}{}", series.join("."), if self.is_foreign() { "-arm64" } else { "" })
    }

    fn is_foreign(&self) -> bool {
        self.release.ends_with("arm64")
    }

    /// Whether everything ran and passed, and that was not nothing. A kernel that cannot be had is no fault of ours.
    pub(super) fn is_good(&self) -> bool {
        let outcome = &self.outcome;
        match self.condition {
            None => true,
            Some(Condition::LoadOnly) => {
                outcome.ended
                    && outcome.survey.iter().any(|(_, verified)| verified.is_ok())
                    && outcome.refusals().next().is_none()
            }
            Some(Condition::Usual(_) | Condition::BtfLess | Condition::Lockdown | Condition::X32(_)) => {
                outcome.ended
                    && !outcome.tests.is_empty()
                    && outcome.count(Verdict::Failed) + outcome.count(Verdict::Unfinished) == 0
                    && outcome.refusals().next().is_none()
            }
        }
    }
}

/// How one test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Passed,
    Failed,
    /// It passed without doing anything, and said why.
    Skipped,
    /// It was running when the guest ended.
    Unfinished,
}

/// Everything that a guest told.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Hundredths of a second until the agent collected; nothing when it did not.
    pub(super) load: Option<u64>,
    pub(super) tests: Vec<(String, Verdict)>,
    /// `TEST: REASON` of each test that was skipped.
    pub(super) skips: Vec<String>,
    /// What the verifier walked for each program, or why the kernel has or takes none.
    pub(super) survey: Vec<(String, Result<u64, String>)>,
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
                ["@verified", program, count] => {
                    outcome.survey.extend(count.parse().ok().map(|count| (program.to_owned(), Ok(count))));
                }
                ["@refused", program, ..] => {
                    let reason = words[2..].join(" ");
                    outcome.survey.push((program.to_owned(), Err(reason)));
                }
                ["@end", _] => outcome.ended = true,
                ["test", name, "...", ..] => outcome.begin(name, line),
                _ => outcome.go_on(line),
            }
        }
        let load_only = outcome.load.is_none() && !said.contains("@load");
        outcome.note = match (up, outcome.load, outcome.ended) {
            (true, _, true) if load_only && !outcome.survey.is_empty() => String::new(),
            (false, ..) => "the kernel did not come up".to_owned(),
            (true, None, false) => "no end, and the agent had not started".to_owned(),
            (true, Some(_), false) => "no end in the time it was given".to_owned(),
            (true, None, true) => "the agent did not start".to_owned(),
            (true, Some(_), true) => String::new(),
        };
        outcome
    }

    /// In the words of a guest, so that it can be read again; without what tests printed.
    pub(super) fn print(&self) -> String {
        let mut out = String::from("@up\n");
        if let Some(load) = self.load {
            let _ = writeln!(out, "@load yes {load}");
        }
        for (program, verified) in &self.survey {
            let _ = match verified {
                Ok(count) => writeln!(out, "@verified {program} {count}"),
                Err(reason) => writeln!(out, "@refused {program} {reason}"),
            };
        }
        for (name, verdict) in &self.tests {
            let skip = self.skips.iter().find(|skip| skip.starts_with(&format!("{name}:")));
            let _ = match (verdict, skip) {
                (Verdict::Passed, _) => writeln!(out, "test {name} ... ok"),
                (Verdict::Skipped, Some(skip)) => writeln!(out, "test {name} ... SKIP {skip}\nok"),
                (Verdict::Skipped, None) => writeln!(out, "test {name} ... SKIP {name}: no reason\nok"),
                (Verdict::Failed, _) => writeln!(out, "test {name} ... FAILED"),
                (Verdict::Unfinished, _) => writeln!(out, "test {name} ..."),
            };
        }
        if self.ended {
            out.push_str("@end 0\n");
        }
        out
    }

    /// Programs that the kernel has a place for and refused, with its reason.
    pub(super) fn refusals(&self) -> impl Iterator<Item = (&str, &str)> {
        self.survey.iter().filter_map(|(program, verified)| {
            let reason = verified.as_ref().err()?;
            let no_place =
                ["this kernel has no", "the kernel does not know", "kernel functions cannot be hooked"];
            let refused = !no_place.iter().any(|start| reason.starts_with(start));
            refused.then_some((program.as_str(), reason.as_str()))
        })
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
        if let Some(skip) = line.strip_prefix("SKIP ")
            && skip.starts_with(&format!("{name}:"))
        {
            self.skips.push(skip.to_owned());
            *verdict = Verdict::Skipped;
        } else if line.ends_with("FAILED") {
            *verdict = Verdict::Failed;
        } else if *verdict == Verdict::Unfinished && (line == "ok" || line.ends_with(" ok")) {
            *verdict = Verdict::Passed;
        }
    }
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
        assert_eq!(outcome.skips, ["a::four: not root"]);
    }

    #[test]
    fn a_guest_that_ends_early_says_where() {
        let cut = &SAID[..SAID.find("707").expect("it is there")];
        let outcome = Outcome::read(cut);
        assert_eq!(outcome.tests.last(), Some(&("a::three".to_owned(), Verdict::Unfinished)));
        assert!(!outcome.ended && outcome.note.contains("no end"));
        assert!(Outcome::read("").note.contains("did not come up"));
    }

    #[test]
    fn a_survey_tells_counts_and_refusals_apart() {
        let outcome = Outcome::read(
            "@up 6 6.1\n@verified exit_open 920\n@refused deep_bpf_tcx this kernel has no function x\n\
             @refused exit_bpf invalid func unknown#158\n@survey 0\n@end 0\n",
        );
        assert_eq!(outcome.survey[0], ("exit_open".to_owned(), Ok(920)));
        assert_eq!(outcome.refusals().collect::<Vec<_>>(), [("exit_bpf", "invalid func unknown#158")]);
        assert_eq!(outcome.note, "");
    }
}
