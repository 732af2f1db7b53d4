//! The developer's tasks: `cargo xtask TASK`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Developer tasks of tuxmon.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct CommandLine {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run the atomics of the test data in an emulator, and look for each event and rule that they should make
    Attack(xtask::attack::Args),
    /// Measure what the agent costs, beside nobody, its floor and others; as root
    Bench(xtask::bench::Args),
    /// Measure tuxmon-hunt beside grep, jq, DuckDB and sigma-cli with SQLite
    BenchHunt(xtask::bench_hunt::Args),
    /// Write the code and documents that follow from schema/
    Codegen(xtask::codegen::Args),
    /// Play the scripts of ground truth here and write docs/coverage.md
    Coverage(xtask::coverage::Args),
    /// Make the packages in dist/ of the program that scripts/build-dist built
    Dist(xtask::dist::Args),
    /// Run the live tests on Debian's kernels in an emulator
    Kernels(xtask::kernels::Args),
    /// Write a long log of events, always the same one, to measure tuxmon-hunt with
    Log(xtask::log::Args),
    /// Write the manual pages and completions in packaging/
    Man(xtask::man::Args),
    /// Test the package on real systems in an emulator
    Vm(xtask::vm::Args),
}

fn main() -> anyhow::Result<ExitCode> {
    match CommandLine::parse().task {
        Task::Attack(args) => xtask::attack::run(&args),
        Task::Bench(args) => xtask::bench::run(&args),
        Task::BenchHunt(args) => xtask::bench_hunt::run(&args),
        Task::Codegen(args) => xtask::codegen::run(&args),
        Task::Coverage(args) => xtask::coverage::run(&args),
        Task::Dist(args) => xtask::dist::run(&args),
        Task::Kernels(args) => xtask::kernels::run(&args),
        Task::Log(args) => xtask::log::run(&args),
        Task::Man(args) => xtask::man::run(&args),
        Task::Vm(args) => xtask::vm::run(&args),
    }
}
