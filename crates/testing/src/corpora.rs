//! The corpora: real configurations, logs, rules and tables of other projects, which are not part of this repository.

use std::fs;
use std::path::{Path, PathBuf};

/// Their folder, whether it is there or not: the one that `TUXMON_CORPORA` names, `../shared/corpora` beside the
/// repository otherwise.
pub fn corpora() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    std::env::var_os("TUXMON_CORPORA").map_or_else(beside, PathBuf::from)
}

/// A file or folder of the corpora; where it is absent, it is said that the test is skipped, and why.
pub fn corpus(name: &str) -> Option<PathBuf> {
    let path = corpora().join(name);
    if path.exists() {
        return Some(path);
    }
    println!("SKIP: there is no {}: set TUXMON_CORPORA to the folder of the corpora", path.display());
    None
}

/// Every file below a folder whose name ends so (`".xml"`), in the order of their paths.
///
/// # Panics
///
/// If a folder cannot be read.
pub fn files_below(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.map(|entry| entry.expect("an entry can be read").path()) {
            if path.is_dir() {
                waiting.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
