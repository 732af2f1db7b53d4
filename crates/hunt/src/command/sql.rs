//! `tuxmon-hunt sql`: a question in SQL, which can change nothing.

use std::io::{BufWriter, Write, stdout};

use tuxmon_hunt::{Place, Rows, print};

use super::FormChoice;

/// Ask the store in SQL; it can be read only
#[derive(clap::Args)]
pub(super) struct Args {
    /// The question, over the views that docs/hunting.md lists
    sql: String,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = FormChoice::Table)]
    format: FormChoice,
}

pub(super) fn run(args: &Args, store: &Place) -> anyhow::Result<()> {
    let store = store.open()?;
    let mut out = BufWriter::new(stdout().lock());
    let mut show = |rows: &mut dyn Rows| print(rows, &[], args.format.into(), &mut out).map(drop);
    store.ask(&args.sql, &[], &mut show)?;
    out.flush()?;
    Ok(())
}
