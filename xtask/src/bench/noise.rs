//! How much of what a configuration does not want never leaves the kernel.
//!
//! The configuration is a real one, published for servers; the noise is that of a server that unpacks, compiles, makes
//! temporary files and talks. Starts and ends of processes are always sent, because everything else is told in terms of
//! them: where the rules drop them, they count as sent.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use serde::Deserialize;

use super::contender::{Contender, Destination, How, Running};
use super::work::Workload;

/// Show how much of what a published configuration drops is left in the kernel
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The configuration; that of Microsoft's threat intelligence for Linux where the test data is
    #[arg(long, value_name = "FILE")]
    configuration: Option<PathBuf>,
    /// The program to measure; built when it is not given
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// The noise: what, how often, how many times.
const NOISE: &[(Workload, u64)] = &[
    (Workload::Create, 5000),
    (Workload::Tcp, 2000),
    (Workload::Udp, 2000),
    (Workload::Untar, 4),
    (Workload::Compile, 20),
];

/// How long the agent gets to come to rest before it is asked.
const CALM: Duration = Duration::from_secs(1);

/// What the agent says of itself, as far as it is of interest.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Told {
    dropped_by_rules: u64,
    left_out_in_kernel: u64,
}

impl Told {
    fn since(self, before: Self) -> Self {
        Self {
            dropped_by_rules: self.dropped_by_rules - before.dropped_by_rules,
            left_out_in_kernel: self.left_out_in_kernel - before.left_out_in_kernel,
        }
    }

    /// Of a hundred deeds that nobody wants, how many stayed in the kernel.
    fn share(self) -> f64 {
        let all = self.dropped_by_rules + self.left_out_in_kernel;
        self.left_out_in_kernel as f64 / all.max(1) as f64 * 100.0
    }
}

/// Makes the noise under the agent, and prints a table.
pub(crate) fn run(args: &Args) -> Result<()> {
    let configuration = args.configuration.clone().or_else(published);
    let Some(configuration) = configuration else {
        println!("SKIP no published configuration: no corpora (TUXMON_CORPORA), and no --configuration");
        return Ok(());
    };
    let program = args.program.clone().map_or_else(super::build, Ok)?;
    let folder = std::env::temp_dir().join(format!("tuxmon-noise-{}", std::process::id()));
    let contender =
        Contender { name: "noise".to_owned(), how: How::Agent { configuration, to: Destination::File } };
    let watcher = folder.join("watcher");
    let running = Running::start(&contender, &program, &watcher)?;
    let table = make_noise(&program, &watcher.join("state"), &folder.join("work"));
    running.stop()?;
    fs::remove_dir_all(&folder)?;
    println!("{}", table?);
    Ok(())
}

fn make_noise(program: &Path, state: &Path, work: &Path) -> Result<String> {
    let mut table = "| noise | left in the kernel | sent and dropped | left in the kernel, of 100 |\n\
                     | --- | --- | --- | --- |\n"
        .to_owned();
    let began = told(program, state)?;
    let mut before = began;
    let mut row = |name: &str, told: Told| {
        let Told { dropped_by_rules, left_out_in_kernel } = told;
        let share = told.share();
        writeln!(table, "| {name} | {left_out_in_kernel} | {dropped_by_rules} | {share:.1} |")
    };
    for (workload, count) in NOISE {
        super::work_apart(*workload, *count, 0, work)?;
        thread::sleep(CALM);
        let now = told(program, state)?;
        let name = workload.to_possible_value().expect("none is hidden").get_name().to_owned();
        row(&format!("{name}, {count} times"), now.since(before))?;
        before = now;
    }
    row("all", before.since(began))?;
    Ok(table)
}

fn told(program: &Path, state: &Path) -> Result<Told> {
    // It ends with 1 where a hook is missing, as kernel functions may be, and answers all the same.
    let output = Command::new(program).args(["status", "--json", "--state-dir"]).arg(state).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(!output.stdout.is_empty(), "the agent does not answer: {}", said.trim());
    serde_json::from_slice(&output.stdout).context("the agent's answer cannot be read")
}

/// A configuration for Linux servers as it was published, where the third-party test data is.
fn published() -> Option<PathBuf> {
    Some(tuxmon_testing::corpora().join("configs/linux/mstic/main.xml")).filter(|file| file.exists())
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn the_share_is_of_what_nobody_wants() {
        let before = Told { dropped_by_rules: 10, left_out_in_kernel: 5 };
        let now = Told { dropped_by_rules: 20, left_out_in_kernel: 95 };
        assert!((now.since(before).share() - 90.0).abs() < 1e-9);
        assert!(Told::default().share().abs() < 1e-9);
    }
}
