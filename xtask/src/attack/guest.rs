//! What the guest gets: the package, the rules, and each atomic as a folder with a step that does what it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::atomic::Atomic;
use crate::guest::archive::Archive;

/// The step that hands out what was seen.
pub(super) const LAST_STEP: &str = "99-end";

/// Where the test data has rules for Linux.
const RULES: &[&str] = &["sigma/rules/rules/linux", "sigma/rules/rules-threat-hunting/linux"];

/// Makes the archive that the kernel takes as its first file system.
pub(super) fn build(atomics: &[Atomic], deb: &[u8], hunt: Option<&[u8]>, corpora: &Path) -> Result<Vec<u8>> {
    let root = crate::root();
    let mut archive = Archive::default();
    archive.file("/bin/busybox", 0o755, &read(Path::new("/bin/busybox"))?);
    archive.file("/init", 0o755, &read(&root.join("tests/vm/init"))?);
    archive.file("/vm/system", 0o644, b"systemd");
    archive.file("/vm/tuxmon.deb", 0o644, deb);
    if let Some(hunt) = hunt {
        archive.file("/vm/tuxmon-hunt.deb", 0o644, hunt);
    }
    for name in ["run-steps", "vm-steps.service"] {
        archive.file(&format!("/vm/{name}"), 0o755, &read(&root.join("tests/vm").join(name))?);
    }
    let attack = root.join("tests/attack");
    let words = [read(&root.join("tests/vm/words"))?, read(&attack.join("words"))?].concat();
    archive.file("/vm/words", 0o644, &words);
    archive.file("/vm/everything.xml", 0o644, &read(&attack.join("everything.xml"))?);
    archive.file("/vm/shipped.xml", 0o644, &read(&root.join("packaging/config/default.xml"))?);
    archive.file("/vm/steps/10-begin.sh", 0o644, &read(&attack.join("begin.sh"))?);
    archive.file(&format!("/vm/steps/{LAST_STEP}.sh"), 0o644, &read(&attack.join("end.sh"))?);
    for (number, atomic) in atomics.iter().enumerate() {
        add(atomic, number, &mut archive);
    }
    archive.file("/vm/rules/mark.yml", 0o644, &read(&attack.join("mark.yml"))?);
    for folder in RULES {
        each_rule(&corpora.join(folder), "/vm/rules/data", &mut |path, text| {
            archive.file(&path, 0o644, text);
        })?;
    }
    let own = root.join("packaging/sigma");
    each_rule(&own, "/vm/rules/own", &mut |path, text| archive.file(&path, 0o644, text))?;
    Ok(archive.finish())
}

/// The titles of the rules that the guest gets.
pub(super) fn titles(corpora: &Path) -> Result<BTreeSet<String>> {
    let mut titles = BTreeSet::new();
    for folder in RULES {
        each_rule(&corpora.join(folder), "", &mut |_, text| {
            let text = String::from_utf8_lossy(text).into_owned();
            titles.extend(
                text.lines().filter_map(|line| Some(line.strip_prefix("title: ")?.trim().to_owned())),
            );
        })?;
    }
    Ok(titles)
}

fn add(atomic: &Atomic, number: usize, archive: &mut Archive) {
    let id = atomic.id();
    let user = if atomic.needs_root { "root" } else { "atomic" };
    let parts = [
        ("shell", atomic.shell.as_str()),
        ("user", user),
        ("prerequisite", prerequisite(atomic)),
        ("command", &atomic.command),
        ("beside", &atomic.beside),
        ("cleanup", &atomic.cleanup),
    ];
    for (name, text) in parts {
        archive.file(&format!("/vm/atomics/{id}/{name}"), 0o644, text.as_bytes());
    }
    archive.file(&format!("/vm/steps/{}-{id}.sh", 20 + number), 0o644, format!("atomic {id}\n").as_bytes());
}

/// Some prerequisites are sentences about the machine, which the image fulfils.
fn prerequisite(atomic: &Atomic) -> &str {
    let sentence = ["cron must be installed", "cron running"].contains(&atomic.prerequisite.as_str());
    if sentence { "" } else { &atomic.prerequisite }
}

/// Every rule below a folder, with its path behind `to`.
fn each_rule(folder: &Path, to: &str, take: &mut dyn FnMut(String, &[u8])) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            each_rule(&path, &format!("{to}/{name}"), take)?;
        } else if path.extension().is_some_and(|kind| kind == "yml") {
            take(format!("{to}/{name}"), &read(&path)?);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
