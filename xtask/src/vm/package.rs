//! The package under test, and the same program as an older package, for the test of an upgrade.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::dist;
use crate::guest::output_of;

/// The version that the older package says it is.
const OLDER: &str = "0.0.1";

/// What the program is built with: quickly, since here it is a matter of the package, not of its speed. Everything else is
/// as `scripts/build-dist` has it.
const QUICK: &[(&str, &str)] = &[
    ("CARGO_PROFILE_DIST_LTO", "off"),
    ("CARGO_PROFILE_DIST_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_DIST_CODEGEN_UNITS", "16"),
];

/// Packages as files.
pub(super) struct Packages {
    /// Contents of the package under test.
    pub(super) current: Vec<u8>,
    /// Contents of the older one.
    pub(super) older: Vec<u8>,
}

/// Takes the package that is given, or builds one, and makes the older one of it.
pub(super) fn get(given: Option<&Path>, folder: &Path) -> Result<Packages> {
    let current = match given {
        Some(deb) => deb.to_path_buf(),
        None => build(folder)?,
    };
    Ok(Packages { older: read(&older(&current, folder)?)?, current: read(&current)? })
}

/// Builds the package from here.
pub(crate) fn build(folder: &Path) -> Result<PathBuf> {
    // A folder of its own: with these settings nothing of other builds fits.
    let target = folder.join("build");
    let mut script = Command::new(crate::root().join("scripts/build-dist"));
    script.env("CARGO_TARGET_DIR", &target).envs(QUICK.iter().copied());
    let status = script.status().context("cannot run scripts/build-dist")?;
    anyhow::ensure!(status.success(), "scripts/build-dist failed");
    let out = folder.join("package");
    let program = target.join("dist/tuxmon");
    dist::run(&dist::Args { program, hunt: None, out: out.clone(), only_deb: true })?;
    let mut debs = fs::read_dir(&out)?.filter_map(|entry| Some(entry.ok()?.path()));
    debs.find(|path| path.extension().is_some_and(|kind| kind == "deb")).context("no .deb was made")
}

/// The same package under another version.
fn older(deb: &Path, folder: &Path) -> Result<PathBuf> {
    let work = folder.join("older");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    output_of(Command::new("dpkg-deb").arg("-R").arg(deb).arg(&work))?;
    let control = work.join("DEBIAN/control");
    let text = fs::read_to_string(&control)?;
    let lines = text.lines().map(|line| {
        let line = if line.starts_with("Version: ") { format!("Version: {OLDER}") } else { line.to_owned() };
        line + "\n"
    });
    fs::write(&control, lines.collect::<String>())?;
    let to = folder.join("older.deb");
    output_of(Command::new("dpkg-deb").args(["--root-owner-group", "-Znone", "-b"]).arg(&work).arg(&to))?;
    Ok(to)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
