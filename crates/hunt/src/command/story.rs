//! `tuxmon-hunt story`: who began it, what came of it, and where it went on.

use std::io::{Write, stdout};

use anyhow::ensure;
use clap::ValueEnum;
use tuxmon_hunt::{Place, Server, Store, story};

/// Tell who began something, what came of it, and where it went on
#[derive(clap::Args)]
pub(super) struct Args {
    /// A ProcessGuid, PID@HOST, a hash, the path of a file, or an IP address
    subject: story::Subject,
    /// How the story is written
    #[arg(long, value_enum, default_value_t = Form::Tree)]
    format: Form,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// An indented text
    #[value(alias = "text")]
    Tree,
    /// One JSON object
    Json,
    /// A graph for Graphviz
    Dot,
    /// A page
    Html,
}

pub(super) fn run(args: &Args, store: &Place) -> anyhow::Result<()> {
    let told = match store {
        Place::File(path) => story::story(&Store::open_to_read(path)?, &args.subject)?,
        Place::Server(address) => story::story_remotely(&Server::open(address.clone())?, &args.subject)?,
    };
    ensure!(!told.processes.is_empty(), "the store knows nothing of it");
    let text = match args.format {
        Form::Tree => story::tree(&told),
        Form::Json => format!("{}\n", story::json(&told)),
        Form::Dot => story::dot(&told),
        Form::Html => story::html(&told),
    };
    stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}
