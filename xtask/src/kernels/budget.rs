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
# tenth, with programs of the same compiler, on the same release of a kernel. Written by `cargo xtask kernels
# --accept-counts`, for the kernels that it was run on.
";

/// Counts by program, then by kernel.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Budget {
    /// The version of the compiler that made the programs: another one makes others, for which the counts mean nothing.
    compiler: String,
    /// Which release of each kernel was counted on: mirrors bring later ones, whose verifier may walk more.
    releases: BTreeMap<String, String>,
    counts: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Begins the line that names the compiler.
const COMPILER: &str = "@clang ";
/// Begins each line that names the release of a kernel.
const RELEASE: &str = "@kernel ";

/// What a program costs too much.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excess {
    /// The program, the kernel, and by how much.
    pub(super) text: String,
    /// Whether the budget is of this very release. If not, the kernel may have changed, not the program.
    pub(super) is_ours: bool,
}

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
            if let Some(kernel) = line.strip_prefix(RELEASE) {
                let (kernel, release) = kernel.split_once(' ').with_context(|| line.to_owned())?;
                budget.releases.insert(kernel.to_owned(), release.to_owned());
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
            self = Budget { compiler: compiler.to_owned(), ..Budget::default() };
        }
        for Counted { program, kernel, release, count } in counts(rows) {
            self.releases.insert(kernel.clone(), release.to_owned());
            self.counts.entry(program.to_owned()).or_default().insert(kernel, count);
        }
        fs::write(path(), self.print()).with_context(|| format!("cannot write {}", path().display()))
    }

    fn print(&self) -> String {
        let mut out = format!("{HEAD}{COMPILER}{}\n", self.compiler);
        for (kernel, release) in &self.releases {
            let _ = writeln!(out, "{RELEASE}{kernel} {release}");
        }
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

    /// The programs that exceed their budget by more than a tenth.
    pub(super) fn exceeded(&self, rows: &[Row]) -> Vec<Excess> {
        let over = |Counted { program, kernel, release, count }: Counted| {
            let allowed = *self.counts.get(program)?.get(&kernel)?;
            (count > allowed + allowed / 10).then(|| Excess {
                text: format!("{program} on {kernel}: the verifier walks {count}, the budget is {allowed}"),
                is_ours: self.releases.get(&kernel).is_some_and(|measured| measured == release),
            })
        };
        counts(rows).filter_map(over).collect()
    }

    /// What is to be said of kernels that were surveyed and not measured like this.
    pub(super) fn remarks(&self, rows: &[Row]) -> Vec<String> {
        let remark = |Counted { kernel, release, .. }: Counted| match self.releases.get(&kernel) {
            None => Some(format!("{release} has no budget for the verifier yet: nothing is compared there.")),
            Some(measured) if measured == release => None,
            Some(measured) => Some(format!(
                "The budget of {kernel} is of {measured}, this was {release}: what exceeds it there is no failure."
            )),
        };
        let mut remarks: Vec<String> = counts(rows).filter_map(remark).collect();
        remarks.sort();
        remarks.dedup();
        remarks
    }
}

/// What the verifier of one kernel walked for a program.
struct Counted<'a> {
    program: &'a str,
    kernel: String,
    release: &'a str,
    count: u64,
}

fn counts(rows: &[Row]) -> impl Iterator<Item = Counted<'_>> {
    rows.iter().flat_map(|row| {
        // Without the kernel's own types another kernel side is loaded.
        let suffix = if row.condition == Some(Condition::BtfLess) { "-btf-less" } else { "" };
        let kernel = format!("{}{suffix}", row.kernel_name());
        row.outcome.survey.iter().filter_map(move |(program, verified)| {
            let count = *verified.as_ref().ok()?;
            Some(Counted { program, kernel: kernel.clone(), release: &row.release, count })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Budget, Excess, Row};
    use crate::kernels::outcome::Outcome;

    fn surveyed(release: &str, count: u64) -> Vec<Row> {
        let outcome = Outcome::read(&format!("@up 5 6.12\n@verified exit_open {count}\n@end 0\n"));
        vec![Row { release: release.to_owned(), condition: None, outcome }]
    }

    fn budget() -> Budget {
        let text = "# words\n@kernel 6.12 6.12.117-cloud-amd64\nexit_open 5.10=9 6.12=1000\n";
        Budget::parse(text).expect("it is well formed")
    }

    #[test]
    fn a_tenth_more_is_let_pass_and_not_more() {
        let at = |count| surveyed("6.12.117-cloud-amd64", count);
        assert_eq!(budget().exceeded(&at(1100)), []);
        let text = "exit_open on 6.12: the verifier walks 1101, the budget is 1000".to_owned();
        assert_eq!(budget().exceeded(&at(1101)), [Excess { text, is_ours: true }]);
        assert_eq!(budget().remarks(&at(1)), Vec::<String>::new());
    }

    #[test]
    fn kernels_that_were_not_measured_are_named_and_are_no_failure() {
        let later = surveyed("6.12.118-cloud-amd64", 2000);
        let excess: Vec<bool> = budget().exceeded(&later).iter().map(|excess| excess.is_ours).collect();
        assert_eq!(excess, [false]);
        assert!(budget().remarks(&later)[0].contains("this was 6.12.118-cloud-amd64"));
        let unknown = surveyed("7.9.1-cloud-amd64", 2000);
        assert_eq!(budget().exceeded(&unknown), []);
        assert!(budget().remarks(&unknown)[0].starts_with("7.9.1-cloud-amd64 has no budget"));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "@clang 19\nb 6.1=2\n@kernel 6.1 6.1.0-56\na 5.10=1 6.12=3\n";
        let budget = Budget::parse(text).expect("it is well formed");
        assert!(budget.print().ends_with("\n@clang 19\n@kernel 6.1 6.1.0-56\na 5.10=1 6.12=3\nb 6.1=2\n"));
        assert!(budget.is_of("19") && !budget.is_of("20"));
        assert_eq!(Budget::parse(&budget.print()).expect("we wrote it"), budget);
        assert!(Budget::parse("a 6.1\n").is_err());
    }
}
