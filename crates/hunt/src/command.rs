//! The command line: one module for each subcommand.

mod hunts;
mod ingest;
mod install;
mod intel;
mod known;
mod lookup;
mod retain;
mod sigma;
mod sql;
mod story;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use tuxmon_hunt::{AnswerError, Form, Place};

/// Keeps the events of many machines in one file, and answers questions about them.
#[derive(Parser)]
#[command(
    name = "tuxmon-hunt",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Arguments {
    /// The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE
    #[arg(long, global = true, value_name = "FILE|URL", default_value_t = default_store(), hide_default_value = true)]
    store: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Ingest(ingest::Args),
    /// Name the hunts
    List,
    Retain(retain::Args),
    Run(hunts::RunArgs),
    Explain(hunts::ExplainArgs),
    Sql(sql::Args),
    Store(install::StoreArgs),
    Story(story::Args),
    Sigma(sigma::Args),
    Intel(intel::Args),
    Known(known::Args),
    Lookup(lookup::Args),
}

/// How an answer is printed.
#[derive(Clone, Copy, ValueEnum)]
enum FormChoice {
    /// Columns for people
    Table,
    /// One JSON object a line
    Json,
    /// Comma-separated values
    Csv,
}

impl From<FormChoice> for Form {
    fn from(choice: FormChoice) -> Self {
        match choice {
            FormChoice::Table => Self::Table,
            FormChoice::Json => Self::Json,
            FormChoice::Csv => Self::Csv,
        }
    }
}

fn default_store() -> Place {
    let file = |name: std::ffi::OsString| Place::File(PathBuf::from(name));
    match std::env::var_os("TUXMON_STORE") {
        // What is wrong with an address is said when it is opened, as that of a file that cannot be.
        Some(name) => name.to_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| file(name)),
        None => file("tuxmon-hunt.sqlite".into()),
    }
}

pub(super) fn run() -> anyhow::Result<ExitCode> {
    let Arguments { store, command } = Arguments::parse();
    let outcome = match command {
        Command::Ingest(args) => return ingest::run(&args, &store),
        Command::Sigma(args) => return quietly(sigma::run(&args, &store)),
        Command::Intel(args) => return quietly(intel::run(&args, &store)),
        Command::Known(args) => return quietly(known::run(&args, &store)),
        Command::Lookup(args) => return quietly(lookup::run(&args, &store)),
        Command::List => hunts::list(),
        Command::Retain(args) => retain::run(&args, &store),
        Command::Run(args) => hunts::run(&args, &store),
        Command::Explain(args) => hunts::explain(&args),
        Command::Sql(args) => sql::run(&args, &store),
        Command::Store(args) => install::run(&args, &store),
        Command::Story(args) => story::run(&args, &store),
    };
    quietly(outcome.map(|()| ExitCode::SUCCESS))
}

/// Whoever read our output, and closed it, has seen enough.
fn quietly(outcome: anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    match outcome {
        Err(error) if is_closed(&error) => Ok(ExitCode::SUCCESS),
        other => other,
    }
}

fn is_closed(error: &anyhow::Error) -> bool {
    let kind = match error.downcast_ref::<AnswerError>() {
        Some(AnswerError::Output(error)) => Some(error.kind()),
        Some(AnswerError::Sqlite(_) | AnswerError::Server(_)) | None => {
            error.downcast_ref::<io::Error>().map(io::Error::kind)
        }
    };
    kind == Some(io::ErrorKind::BrokenPipe)
}
