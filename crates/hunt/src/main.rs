//! `tuxmon-hunt`: keeps the events of many machines in one file, and answers questions about them.
//!
//! It changes nothing but its own store.

mod command;
#[cfg(test)]
mod manual;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run().unwrap_or_else(|error| {
        eprintln!("tuxmon-hunt: {error:#}");
        ExitCode::FAILURE
    })
}
