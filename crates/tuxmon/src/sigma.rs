//! `tuxmon sigma`: detection rules in Sigma's language, checked and matched.

mod check;
mod events;
mod matching;
pub(crate) mod rules;

use std::process::ExitCode;

pub(crate) use check::shown;

/// Check Sigma rules, and find what they describe in recorded events
///
/// Rules of product linux apply to our events as they are. A folder stands for every .yml and .yaml file
/// below it; a file may hold several rules, correlations and filters.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Check(check::Args),
    Match(matching::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Check(args) => check::run(args),
        Command::Match(args) => matching::run(args),
    }
}
