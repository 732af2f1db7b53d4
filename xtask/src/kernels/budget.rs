//! How much work each program may be for the verifier: a committed file, and the comparison with it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::condition::Condition;
use super::outcome::Row;

const HEAD: &str = "\
# Instructions that the kernel's verifier walks until it believes a program, by kernel: what a start costs, and how far
# a program is from the million at which it is refused. `cargo xtask kernels` fails where one is exceeded by more than a
# tenth, with programs of the same compiler. Written by `cargo xtask kernels --accept-counts`, for the kernels that it
# was run on.
";

/// Counts by program, then by kernel.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Budget {
    /// The version of the compiler that made the programs: another one makes others, for which the counts mean nothing.
    compiler: String,
    counts: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Begins the line that names the compiler.
const COMPILER: &str = "@clang ";

/// The committed file.
fn path() -> PathBuf {
    crate::root().join("tests/kernels/verifier.txt")
}

impl Budget {
    /// Reads the committed file; an absent one allows everything.
    pub(super) fn read() -> Result<Budget> {
        match fs::read_to_string(path()) {
            Ok(text) => Budget::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Budget::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path().display())),
        }
    }

    fn parse(text: &str) -> Result<Budget> {
        let mut budget = Budget::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(version) = line.strip_prefix(COMPILER) {
                version.clone_into(&mut budget.compiler);
                continue;
            }
            let mut words = line.split_whitespace();
            let program = words.next().context("a line begins with the name of a program")?;
            for word in words {
                let (kernel, count) = word.split_once('=').with_context(|| format!("{program}: {word}"))?;
                let count = count.parse().with_context(|| format!("{program}: {word}"))?;
                budget.counts.entry(program.to_owned()).or_default().insert(kernel.to_owned(), count);
            }
        }
        Ok(budget)
    }

    /// Takes what was counted, with programs of this compiler, as the new measure and writes the file.
    pub(super) fn accept(mut self, rows: &[Row], compiler: &str) -> Result<()> {
        if self.compiler != compiler {
            self = Budget { compiler: compiler.to_owned(), counts: BTreeMap::new() };
        }
        for (program, kernel, count) in counts(rows) {
            self.counts.entry(program.to_owned()).or_default().insert(kernel, count);
        }
        fs::write(path(), self.print()).with_context(|| format!("cannot write {}", path().display()))
    }

    fn print(&self) -> String {
        let mut out = format!("{HEAD}{COMPILER}{}\n", self.compiler);
        for (program, kernels) in &self.counts {
            let counts: Vec<String> =
                kernels.iter().map(|(kernel, count)| format!("{kernel}={count}")).collect();
            let _ = writeln!(out, "{program} {}", counts.join(" "));
        }
        out
    }

    /// Whether it was counted with programs of this compiler.
    pub(super) fn is_of(&self, compiler: &str) -> bool {
        self.compiler == compiler
    }

    /// A line for each program that exceeds its budget by more than a tenth.
    pub(super) fn exceeded(&self, rows: &[Row]) -> Vec<String> {
        let over = |(program, kernel, count): (&str, String, u64)| {
            let allowed = *self.counts.get(program)?.get(&kernel)?;
            (count > allowed + allowed / 10).then(|| {
                format!("{program} on {kernel}: the verifier walks {count}, the budget is {allowed}")
            })
        };
        counts(rows).filter_map(over).collect()
    }

    /// Kernels that were surveyed and have no budget: nothing is compared there.
    pub(super) fn without(&self, rows: &[Row]) -> Vec<String> {
        let known = |kernel: &String| self.counts.values().any(|kernels| kernels.contains_key(kernel));
        let mut without: Vec<String> =
            counts(rows).map(|(_, kernel, _)| kernel).filter(|kernel| !known(kernel)).collect();
        without.sort();
        without.dedup();
        without
    }
}

/// What was counted: program, kernel, instructions.
fn counts(rows: &[Row]) -> impl Iterator<Item = (&str, String, u64)> {
    rows.iter().flat_map(|row| {
        // Without the kernel's own types another kernel side is loaded.
        let suffix = if row.condition == Some(Condition::BtfLess) { "-btf-less" } else { "" };
        let kernel = format!("{}{suffix}", row.kernel_name());
        row.outcome.survey.iter().filter_map(move |(program, verified)| {
            Some((program.as_str(), kernel.clone(), *verified.as_ref().ok()?))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Budget, Row};
    use crate::kernels::outcome::Outcome;

    fn surveyed(count: u64) -> Vec<Row> {
        let outcome = Outcome::read(&format!("@up 5 6.12\n@verified exit_open {count}\n@end 0\n"));
        vec![Row { release: "6.12.117+deb13-cloud-amd64".to_owned(), condition: None, outcome }]
    }

    #[test]
    fn a_tenth_more_is_let_pass_and_not_more() {
        let budget = Budget::parse("# words\nexit_open 5.10=9 6.12=1000\n").expect("it is well formed");
        assert_eq!(budget.exceeded(&surveyed(1100)), Vec::<String>::new());
        assert_eq!(
            budget.exceeded(&surveyed(1101)),
            ["exit_open on 6.12: the verifier walks 1101, the budget is 1000"]
        );
        assert!(budget.without(&surveyed(1)).is_empty());
        assert_eq!(Budget::default().without(&surveyed(1)), ["6.12"]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let budget = Budget::parse("@clang 19\nb 6.1=2\na 5.10=1 6.12=3\n").expect("it is well formed");
        assert!(budget.print().ends_with("\n@clang 19\na 5.10=1 6.12=3\nb 6.1=2\n"));
        assert!(budget.is_of("19") && !budget.is_of("20"));
        assert_eq!(Budget::parse(&budget.print()).expect("we wrote it"), budget);
        assert!(Budget::parse("a 6.1\n").is_err());
    }
}
