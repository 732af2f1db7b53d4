//! `cargo xtask coverage`: what is told of what was done, by kernel and tier.
//!
//! The live test `truth` does scripted deeds, compares what was logged with what was done, and counts. Its result for
//! one kernel and tier is a file below `tests/live/truth/results`; docs/coverage.md is made of all of them. A result
//! comes from a run on this machine, or from the log of a guest that `cargo xtask kernels` booted.

mod page;
mod result;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

pub use self::page::page;
pub use self::result::Run;

/// Play the scripts of ground truth here and write docs/coverage.md
#[derive(clap::Args)]
pub struct Args {
    /// Take the result from the log of a guest (target/kernels/SERIES-TIER.log) instead
    #[arg(long, value_name = "LOG")]
    from: Vec<PathBuf>,
    /// Only write the page anew from the results that are there
    #[arg(long, conflicts_with = "from")]
    page: bool,
}

/// Where results are kept, below the root of the repository.
const RESULTS: &str = "tests/live/truth/results";

/// The page, below the root of the repository.
pub const PAGE: &str = "docs/coverage.md";

/// Does what the command line asks for.
pub fn run(args: &Args) -> Result<ExitCode> {
    if args.from.is_empty() && !args.page {
        keep(&play()?)?;
    }
    for log in &args.from {
        let said = fs::read(log).with_context(|| format!("cannot read {}", log.display()))?;
        keep(&result::from_guest(&String::from_utf8_lossy(&said)))
            .with_context(|| format!("no result in {}", log.display()))?;
    }
    let runs = results(&crate::root())?;
    fs::write(crate::root().join(PAGE), page(&runs)).context("cannot write the page")?;
    println!("wrote {PAGE} from {} results", runs.len());
    Ok(ExitCode::SUCCESS)
}

/// Runs the live test, and gives the lines of its result.
fn play() -> Result<String> {
    let path = std::env::temp_dir().join(format!("tuxmon-coverage.{}", std::process::id()));
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::root()).env("TUXMON_COVERAGE", &path);
    cargo.args(["test", "--locked", "--package", "tuxmon", "--test", "live", "--", "truth::"]);
    let status = cargo.status().context("cannot start cargo")?;
    let lines = fs::read_to_string(&path).context("no result: the live tests need root and eBPF");
    // There may be none.
    let _ = fs::remove_file(&path);
    ensure!(status.success(), "the run shows faults that have no reason yet; they are above");
    lines
}

/// Keeps a result, under the name of its kernel and tier.
fn keep(lines: &str) -> Result<()> {
    let run = Run::read(lines)?;
    let folder = crate::root().join(RESULTS);
    fs::create_dir_all(&folder).context("cannot make the folder of results")?;
    let path = folder.join(format!("{}-{}.jsonl", run.series(), run.tier));
    fs::write(&path, lines).with_context(|| format!("cannot write {}", path.display()))
}

/// All results that are kept, by kernel and tier.
pub fn results(root: &Path) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for entry in fs::read_dir(root.join(RESULTS)).context("no results")? {
        let path = entry.context("the folder of results cannot be read")?.path();
        let lines = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        runs.push(Run::read(&lines).with_context(|| format!("{} is no result", path.display()))?);
    }
    runs.sort_by_key(Run::place);
    Ok(runs)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_follows_from_the_results() {
        let root = crate::root();
        let runs = super::results(&root).expect("the results can be read");
        let page = std::fs::read_to_string(root.join(super::PAGE)).expect("the page is there");
        assert!(page == super::page(&runs), "run `cargo xtask coverage --page`");
    }
}
