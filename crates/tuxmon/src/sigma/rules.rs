//! Finds and reads files of rules.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tuxmon_sigma::{MAX_BYTES, Placeholders, RuleFiles};

/// Deepest folder that is looked into.
const MAX_DEPTH: usize = 32;
/// Most files of rules.
const MAX_FILES: usize = 100_000;

/// Reads every file of rules at the paths; what cannot be read is a broken rule.
pub(crate) fn read(paths: &[PathBuf]) -> anyhow::Result<RuleFiles> {
    let mut files = RuleFiles::default();
    read_into(paths, &mut files)?;
    Ok(files)
}

/// The same, beside those that were read before.
pub(crate) fn read_into(paths: &[PathBuf], files: &mut RuleFiles) -> anyhow::Result<()> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            walk(path, 0, &mut found)?;
            if found.len() == before {
                bail!("{}: there is no .yml or .yaml file below", path.display());
            }
        } else {
            found.push(path.clone());
        }
    }
    for path in found {
        let name = path.display().to_string();
        match text(&path) {
            Ok(text) => files.add(&name, &text),
            Err(error) => files.refuse(&name, &error.to_string()),
        }
    }
    Ok(())
}

/// The values for placeholders that stand in a file; without a file there are none.
pub(crate) fn placeholders(file: Option<&Path>) -> anyhow::Result<Placeholders> {
    let Some(file) = file else { return Ok(Placeholders::new()) };
    let text = text(file).with_context(|| format!("cannot read {}", file.display()))?;
    tuxmon_sigma::placeholders(&file.display().to_string(), &text).map_err(|fault| anyhow::anyhow!("{fault}"))
}

/// Whether a path means rules, not a log.
pub(crate) fn holds_rules(path: &Path) -> bool {
    path.is_dir() || is_yaml(path)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "yml" || end == "yaml")
}

/// Links to folders are not followed: a link to a folder above would never end.
fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if depth > MAX_DEPTH {
        bail!("{}: folders are nested deeper than {MAX_DEPTH}", folder.display());
    }
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder)
        .and_then(Iterator::collect)
        .with_context(|| format!("cannot read the folder {}", folder.display()))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, depth + 1, found)?;
        } else if is_yaml(&path) {
            if found.len() == MAX_FILES {
                bail!("there are more than {MAX_FILES} files of rules");
            }
            found.push(path);
        }
    }
    Ok(())
}

/// Never takes more than one byte over the longest file: that one refuses it.
fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| io::Error::other("the file is not UTF-8"))
}
