//! Finds and reads files of rules.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tuxmon_sigma::{MAX_BYTES, Placeholders, RuleFiles};

/// Reads every file of rules at the paths; what cannot be read is a broken rule.
pub(crate) fn read(paths: &[PathBuf]) -> anyhow::Result<RuleFiles> {
    let mut files = RuleFiles::default();
    read_into(paths, &mut files)?;
    Ok(files)
}

/// The same, beside those that were read before.
pub(crate) fn read_into(paths: &[PathBuf], files: &mut RuleFiles) -> anyhow::Result<()> {
    for path in paths_of(paths)? {
        let name = path.display().to_string();
        match text(&path) {
            Ok(text) => files.add(&name, &text),
            Err(error) => files.refuse(&name, &error.to_string()),
        }
    }
    Ok(())
}

/// The files that the paths mean.
fn paths_of(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let below = tuxmon_input::files_below(path, is_yaml)
                .with_context(|| format!("cannot read the folder {}", path.display()))?;
            if below.is_empty() {
                bail!("{}: there is no .yml or .yaml file below", path.display());
            }
            found.extend(below);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
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

/// Never takes more than one byte over the longest file: that one refuses it.
fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| io::Error::other("the file is not UTF-8"))
}
