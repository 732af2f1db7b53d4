//! `cargo xtask codegen`: writes the code and documents that follow from `schema/`.
//!
//! The outputs are committed. They are laid out as rustfmt lays them out, so that formatting them
//! changes nothing, and a test fails when they are not what the definition says.

mod events_page;
mod fields;
mod layout;
mod manifests;
mod options;
mod tables;
mod types;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::definition::Definition;

/// Write the code and documents that follow from schema/
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; name the files that are stale and fail if there are any
    #[arg(long)]
    check: bool,
}

/// One file that follows from the definition.
pub struct Output {
    /// Where it is, below the root of the repository.
    pub path: &'static str,
    /// What it must hold.
    pub text: String,
}

/// Does what the command line asks for.
pub fn run(args: &Args) -> Result<ExitCode> {
    let root = crate::root();
    let stale = stale(&root, outputs(&Definition::read(&root)?));
    for output in &stale {
        if args.check {
            println!("stale: {}", output.path);
        } else {
            write(&root, output)?;
            println!("wrote {}", output.path);
        }
    }
    let failed = args.check && !stale.is_empty();
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Every file that follows from the definition.
pub fn outputs(definition: &Definition) -> Vec<Output> {
    vec![
        Output { path: "crates/event/src/generated/fields.rs", text: fields::file(definition) },
        Output { path: "crates/event/src/generated/manifests.rs", text: manifests::file(definition) },
        Output { path: "crates/event/src/generated/options.rs", text: options::file(definition) },
        Output { path: "crates/event/src/generated/tables.rs", text: tables::file(definition) },
        Output { path: "crates/event/src/generated/types.rs", text: types::file(definition) },
        Output { path: "docs/events.md", text: events_page::file(definition) },
    ]
}

/// The outputs that differ from what is on disk.
pub fn stale(root: &Path, outputs: Vec<Output>) -> Vec<Output> {
    let differs = |output: &Output| {
        fs::read_to_string(root.join(output.path)).map_or(true, |on_disk| on_disk != output.text)
    };
    outputs.into_iter().filter(differs).collect()
}

fn write(root: &Path, output: &Output) -> Result<()> {
    let path = root.join(output.path);
    let folder = path.parent().expect("each output lies in a folder");
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(&path, &output.text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_fresh() {
        let root = crate::root();
        let definition = Definition::read(&root).expect("the definition can be read");
        let stale: Vec<_> = stale(&root, outputs(&definition)).iter().map(|output| output.path).collect();
        assert!(stale.is_empty(), "run `cargo xtask codegen`: {stale:?} do not follow from schema/");
    }
}
