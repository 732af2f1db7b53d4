//! The `tuxmon` program: one module for each subcommand.

mod attack_map;
mod check;
#[cfg(test)]
mod completions;
mod control;
mod detection;
mod filter;
mod logview;
#[cfg(test)]
mod manual;
mod record;
mod replay;
mod run;
mod selftest;
mod service;
mod sigma;
mod status;
mod sysmon;
mod view;

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
    AttackMap(attack_map::Args),
    Check(check::Args),
    Filter(filter::Args),
    Record(record::Args),
    Replay(replay::Args),
    Run(run::Args),
    Selftest(selftest::Args),
    Sigma(sigma::Args),
    Status(status::Args),
    View(view::Args),
}

fn main() -> ExitCode {
    perform().unwrap_or_else(|error| {
        eprintln!("tuxmon: {error:#}");
        ExitCode::FAILURE
    })
}

fn perform() -> anyhow::Result<ExitCode> {
    let words: Vec<_> = std::env::args_os().collect();
    if let Some(call) = sysmon::call(&words, std::env::current_exe().ok().as_deref()) {
        return Ok(sysmon::run(&call));
    }
    if let Some(words) = logview::words(&words) {
        return Ok(logview::run(words));
    }
    match Arguments::parse().command {
        Command::AttackMap(args) => attack_map::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Filter(args) => filter::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Selftest(args) => selftest::run(&args),
        Command::Sigma(args) => sigma::run(&args),
        Command::Status(args) => status::run(&args),
        Command::View(args) => view::run(&args),
    }
}
