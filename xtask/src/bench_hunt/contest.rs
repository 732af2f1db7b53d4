//! One question, asked of several: how long each takes, and whether all say the same.

use std::fmt::Write as _;
use std::time::Instant;

use anyhow::Result;
use nix::sys::resource::{Usage, UsageWho, getrusage};

use super::shell;

/// A question and those who answer it, ourselves first.
pub(super) struct Contest {
    pub(super) question: String,
    pub(super) contestants: Vec<Contestant>,
}

/// One way to answer.
pub(super) struct Contestant {
    pub(super) name: String,
    /// Prints the answer.
    pub(super) script: String,
}

impl Contestant {
    pub(super) fn new(name: &str, script: String) -> Self {
        Self { name: name.to_owned(), script }
    }
}

/// What one run took.
#[derive(Clone, Copy)]
struct Cost {
    elapsed: f64,
    processor: f64,
}

impl Contest {
    /// A table in Markdown, and whether all gave the answer of the first.
    pub(super) fn hold(&self, rounds: u32) -> Result<(String, bool)> {
        let mut out = format!(
            "| {} | elapsed, s | processor, s | elapsed, to the first | answer |\n| --- | --- | --- | --- | --- |\n",
            self.question
        );
        let mut ours: Option<(Cost, String)> = None;
        let mut same = true;
        for contestant in &self.contestants {
            let (cost, answer) = best(&contestant.script, rounds)?;
            let (first, expected) = ours.get_or_insert_with(|| (cost, answer.clone()));
            let judged = if answer == *expected {
                let lines = answer.lines().count();
                if lines == 1 && answer.len() < 20 {
                    answer.trim().to_owned()
                } else {
                    format!("{lines} lines")
                }
            } else {
                same = false;
                difference(expected, &answer)
            };
            let ratio = cost.elapsed / first.elapsed;
            let Cost { elapsed, processor } = cost;
            writeln!(out, "| {} | {elapsed:.2} | {processor:.2} | {ratio:.1} | {judged} |", contestant.name)?;
        }
        Ok((out, same))
    }
}

/// The most memory that any child of ours has had, in MB.
pub(super) fn most_memory() -> Result<f64> {
    Ok(getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss() as f64 / 1000.0)
}

/// The lines that only one of two answers has, the first few of them.
fn difference(expected: &str, answer: &str) -> String {
    let only = |one: &str, other: &str, sign: char| {
        let other: std::collections::BTreeSet<&str> = other.lines().collect();
        let lines = one.lines().filter(|line| !other.contains(line)).map(|line| format!("{sign}{line}"));
        lines.collect::<Vec<_>>()
    };
    let mut lines = only(expected, answer, '-');
    lines.extend(only(answer, expected, '+'));
    let count = lines.len();
    lines.truncate(12);
    format!("{count} lines differ: {}", lines.join("; ").replace('\t', " "))
}

/// The quickest of several runs, and the answer.
fn best(script: &str, rounds: u32) -> Result<(Cost, String)> {
    let mut best: Option<(Cost, String)> = None;
    for _ in 0..rounds.max(1) {
        let (before, begin) = (processor_time()?, Instant::now());
        let answer = shell(script)?;
        let cost = Cost { elapsed: begin.elapsed().as_secs_f64(), processor: processor_time()? - before };
        if best.as_ref().is_none_or(|(known, _)| cost.elapsed < known.elapsed) {
            best = Some((cost, answer));
        }
        // What takes long varies little, and the machine is asked to be quiet meanwhile.
        if cost.elapsed > 5.0 {
            break;
        }
    }
    Ok(best.expect("there was a round"))
}

/// Of all children that have ended.
fn processor_time() -> Result<f64> {
    let seconds = |usage: Usage| {
        let (user, system) = (usage.user_time(), usage.system_time());
        (user.tv_sec() + system.tv_sec()) as f64 + (user.tv_usec() + system.tv_usec()) as f64 / 1e6
    };
    Ok(seconds(getrusage(UsageWho::RUSAGE_CHILDREN)?))
}

#[cfg(test)]
mod tests {
    use super::{Contest, Contestant};

    fn contest(second: &str) -> Contest {
        let first = Contestant::new("one", "printf 'a\\nb\\n'".to_owned());
        let contestants = vec![first, Contestant::new("two", second.to_owned())];
        Contest { question: "what".to_owned(), contestants }
    }

    #[test]
    fn answers_are_compared() {
        let (text, same) = contest("echo a; echo b").hold(1).expect("it runs");
        assert!(same && text.contains("| 2 lines |"), "{text}");
        let (text, same) = contest("echo a; echo c").hold(1).expect("it runs");
        assert!(!same && text.contains("2 lines differ: -b; +c"), "{text}");
        assert!(contest("exit 3").hold(1).is_err());
    }
}
