//! Files in a folder and those in it, in the order of their names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Deepest folder that is looked into.
const MAX_DEPTH: usize = 32;
/// Most files that are found.
const MAX_FILES: usize = 100_000;

/// All wanted files below a folder, each folder's in the order of names.
pub fn files_below(folder: &Path, is_wanted: fn(&Path) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(folder, is_wanted, 0, &mut found)?;
    Ok(found)
}

/// Links to folders are not followed: a link to a folder above would never end.
fn walk(
    folder: &Path,
    is_wanted: fn(&Path) -> bool,
    depth: usize,
    found: &mut Vec<PathBuf>,
) -> io::Result<()> {
    if depth > MAX_DEPTH {
        return Err(io::Error::other(format!("folders are nested deeper than {MAX_DEPTH}")));
    }
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, is_wanted, depth + 1, found)?;
        } else if is_wanted(&path) {
            if found.len() == MAX_FILES {
                return Err(io::Error::other(format!("there are more than {MAX_FILES} files")));
            }
            found.push(path);
        }
    }
    Ok(())
}
