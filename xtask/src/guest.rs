//! Machines in an emulator, as `cargo xtask kernels` and `cargo xtask vm` boot them: Debian's kernels, the archive that a
//! kernel takes as its first file system, and the emulator itself, without any help of the processor's (TCG), so that it
//! runs anywhere. What a guest says comes over a serial port.

pub(crate) mod archive;
pub(crate) mod emulator;
pub(crate) mod machine;
pub(crate) mod package;
pub(crate) mod program;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A folder below `target/` that stays for the next time.
pub(crate) fn folder(name: &str) -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from);
    target.join(name)
}

/// Which of these tools, named with Debian's package, are not here.
pub(crate) fn missing(tools: &[(&str, &str)]) -> Vec<String> {
    tools
        .iter()
        .filter(|(tool, _)| !is_in_path(tool))
        .map(|(tool, package)| format!("{tool} (Debian: {package})"))
        .collect()
}

fn is_in_path(tool: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|at| at.join(tool).is_file()))
}

/// What a tool prints; its failure with what it complained of.
pub(crate) fn output_of(command: &mut Command) -> Result<Vec<u8>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot run {name}"))?;
    if !output.status.success() {
        bail!("{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}
