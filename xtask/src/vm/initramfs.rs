//! What a guest gets besides its disk: the packages under test, configurations and the steps, in the archive that the
//! kernel takes as its first file system. `tests/vm/init` copies them to the disk and goes on there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::System;
use super::package::Packages;
use crate::guest::archive::Archive;

/// A configuration as people publish them, from the test data that is no part of this repository; the one that we ship
/// where that is absent.
const PUBLISHED: &str = "configs/linux/mstic/main.xml";
const SHIPPED: &str = "packaging/config/default.xml";

/// Makes it.
pub(super) fn build(system: System, packages: &Packages, chosen: &[String]) -> Result<Vec<u8>> {
    let tests = crate::root().join("tests/vm");
    let mut archive = Archive::default();
    archive.file("/bin/busybox", 0o755, &read(Path::new("/bin/busybox"))?);
    archive.file("/init", 0o755, &read(&tests.join("init"))?);
    archive.file("/vm/system", 0o644, system.name().as_bytes());
    archive.file("/vm/tuxmon.deb", 0o644, &packages.current);
    archive.file("/vm/older.deb", 0o644, &packages.older);
    archive.file("/vm/published.xml", 0o644, &published()?);
    for name in ["run-steps", "words", "vm-steps.service", "deeds.xml", "refused.xml"] {
        archive.file(&format!("/vm/{name}"), 0o755, &read(&tests.join(name))?);
    }
    let steps = steps(&tests.join(system.name()), chosen)?;
    for step in &steps {
        let name = step.file_name().context("every file has a name")?.to_string_lossy();
        archive.file(&format!("/vm/steps/{name}"), 0o644, &read(step)?);
    }
    Ok(archive.finish())
}

/// The files of the steps, in their order.
fn steps(folder: &Path, chosen: &[String]) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut steps: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    steps.retain(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        chosen.is_empty() || chosen.iter().any(|start| name.starts_with(start.as_str()))
    });
    steps.sort();
    ensure!(!steps.is_empty(), "{} has no such step", folder.display());
    Ok(steps)
}

fn published() -> Result<Vec<u8>> {
    match fs::read(tuxmon_testing::corpora().join(PUBLISHED)) {
        Ok(content) => Ok(content),
        Err(_) => read(&crate::root().join(SHIPPED)),
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
