//! The `tuxmon` program: one module for each subcommand.

mod check;
mod filter;
mod run;

use std::process::ExitCode;

use clap::Parser;

/// Records what happens on a Linux machine, as Sysmon does.
#[derive(Parser)]
#[command(version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Check(check::Args),
    Filter(filter::Args),
    Run(run::Args),
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command {
        Command::Check(args) => check::run(&args),
        Command::Filter(args) => filter::run(&args),
        Command::Run(args) => run::run(&args),
    }
}
