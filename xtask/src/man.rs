//! `cargo xtask man`: writes the manual pages in `packaging/man` and the completions in `packaging/completions`.
//!
//! They follow from the programs' own definitions, which this crate must not depend on: it also generates code that the
//! programs need to be built. So it asks the programs' tests, which compare them, to write them instead.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

/// Write the manual pages that follow from the programs' commands and switches
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; fail if a page is stale
    #[arg(long)]
    check: bool,
}

/// Does what the command line asks for.
pub fn run(args: &Args) -> Result<ExitCode> {
    for folder in ["packaging/man", "packaging/completions"].map(|name| crate::root().join(name)) {
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::root()).args([
        "test",
        "--quiet",
        "--package",
        "tuxmon",
        "--package",
        "tuxmon-hunt",
        "--bins",
        "--",
        "manual::",
        "completions::",
    ]);
    if !args.check {
        cargo.env("UPDATE_EXPECT", "1");
    }
    let status = cargo.status().context("cannot run cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
