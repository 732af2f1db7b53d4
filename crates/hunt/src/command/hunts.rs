//! `tuxmon-hunt list`, `run` and `explain`: the named hunts.

use std::io::{BufWriter, Write, stdout};

use anyhow::Context;
use tuxmon_hunt::{Dialect, Hunt, Place, Rows, hunts, print};

use super::FormChoice;

/// Ask one of the named questions
#[derive(clap::Args)]
pub(super) struct RunArgs {
    /// The hunt, as `tuxmon-hunt list` names it
    hunt: String,
    /// A parameter of the hunt; repeatable
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = FormChoice::Table)]
    format: FormChoice,
}

/// Say what a hunt asks, what its answer means, and what can be set
#[derive(clap::Args)]
pub(super) struct ExplainArgs {
    /// The hunt, as `tuxmon-hunt list` names it
    hunt: String,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) fn list() -> anyhow::Result<()> {
    let mut out = stdout().lock();
    let width = hunts().iter().map(|hunt| hunt.name.len()).max().unwrap_or_default();
    for hunt in hunts() {
        writeln!(out, "{:width$}  {}", hunt.name, hunt.title)?;
    }
    Ok(())
}

pub(super) fn run(args: &RunArgs, store: &Place) -> anyhow::Result<()> {
    let hunt = find(&args.hunt)?;
    let arguments = hunt.arguments(&args.parameters)?;
    let store = store.open()?;
    let mut out = BufWriter::new(stdout().lock());
    let mut show = |rows: &mut dyn Rows| print(rows, &hunt.times, args.format.into(), &mut out).map(drop);
    store.run(&hunt, &arguments, &mut show)?;
    out.flush()?;
    Ok(())
}

pub(super) fn explain(args: &ExplainArgs) -> anyhow::Result<()> {
    let hunt = find(&args.hunt)?;
    let mut out = stdout().lock();
    writeln!(out, "{}: {}\n\n{}", hunt.name, hunt.title, hunt.tells)?;
    if !hunt.attack.is_empty() {
        writeln!(out, "\nATT&CK: {}", hunt.attack.join(", "))?;
    }
    if !hunt.parameters.is_empty() {
        writeln!(out, "\nParameters:")?;
    }
    for parameter in &hunt.parameters {
        let default =
            parameter.default.map_or("must be given".to_owned(), |value| format!("default {value}"));
        writeln!(out, "  {}: {} ({default})", parameter.name, parameter.meaning)?;
    }
    writeln!(out, "\n{}", hunt.written(Dialect::Sqlite, &[]))?;
    Ok(())
}

fn find(name: &str) -> anyhow::Result<Hunt> {
    hunts()
        .into_iter()
        .find(|hunt| hunt.name == name)
        .with_context(|| format!("there is no hunt '{name}'; tuxmon-hunt list names them"))
}
