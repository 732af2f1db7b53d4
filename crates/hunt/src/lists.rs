//! Lists of indicators beside a store: read from whatever form they come in, kept as CSV that any tool can read, and the
//! agent too.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tuxmon_diag::Diagnostic;
use tuxmon_event::Timestamp;
use tuxmon_intel::{Indicator, List, MAX_BYTES, Origin};

/// A folder of lists, one file for each source.
#[derive(Debug, Clone)]
pub struct Lists {
    folder: PathBuf,
}

/// A list that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The name of its source.
    pub source: String,
    /// How many values it has.
    pub count: usize,
    /// How many of these have expired.
    pub expired: usize,
}

impl Lists {
    /// The lists that belong to a store: in a folder beside it.
    pub fn of_store(store: &Path) -> Self {
        let mut name = store.file_name().unwrap_or_default().to_owned();
        name.push(".lists");
        Self { folder: store.with_file_name(name) }
    }

    /// The lists in this folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps a list, in place of an older one of the same source.
    pub fn keep(&self, list: &List) -> io::Result<()> {
        let mut text = String::from("type,indicator,valid_until,description\n");
        for one in &list.indicators {
            append(one, &mut text);
        }
        write_whole(&self.file(&list.source), text.as_bytes())
    }

    /// Whether there is a list of this source.
    pub fn has(&self, source: &str) -> bool {
        self.file(source).is_file()
    }

    /// The list of one source.
    pub fn read_one(&self, source: &str) -> io::Result<List> {
        Ok(read(&self.file(source), Some(source), None)?.0)
    }

    fn file(&self, source: &str) -> PathBuf {
        self.folder.join(format!("{}.csv", file_name(source)))
    }

    /// Removes the list of a source; says whether there was one.
    pub fn remove(&self, source: &str) -> io::Result<bool> {
        match fs::remove_file(self.file(source)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// All lists, in the order of their names.
    pub fn read(&self) -> io::Result<Vec<List>> {
        if !self.folder.is_dir() {
            return Ok(Vec::new());
        }
        let is_list = |path: &Path| {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            path.extension().is_some_and(|end| end == "csv") && !hidden
        };
        let files = tuxmon_input::files_below(&self.folder, is_list)?;
        files.iter().map(|file| Ok(read(file, None, None)?.0)).collect()
    }

    /// What there is, at this time in milliseconds since 1970.
    pub fn kept(&self, now: i64) -> io::Result<Vec<Kept>> {
        let lists = self.read()?;
        let kept = |list: List| Kept {
            expired: list.indicators.iter().filter(|one| !one.holds(now)).count(),
            count: list.indicators.len(),
            source: list.source,
        };
        Ok(lists.into_iter().map(kept).collect())
    }
}

/// Reads a list from a file, in any of its forms; `-` is the standard input.
pub fn read(file: &Path, source: Option<&str>, expires: Option<i64>) -> io::Result<(List, Vec<Diagnostic>)> {
    let mut text = String::new();
    let input: Box<dyn Read> =
        if file.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(File::open(file)?) };
    input.take(MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
    let usual = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = file.to_string_lossy();
    Ok(List::read(Origin { file: &name, source: source.unwrap_or(&usual), expires }, &text))
}

/// Writes a file that others read at any time: it has another, hidden name until it is whole, so that nobody reads half
/// of one, and two writers do not mix.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = folder.join(format!(".{name}.{}.part", std::process::id()));
    let mut file = File::create(&part)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        drop(fs::remove_file(&part));
    }
    written
}

/// A name of a file that is not a path.
pub(crate) fn file_name(source: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let name: String = source.chars().take(100).map(plain).collect();
    name.trim_start_matches('.').to_owned()
}

fn append(one: &Indicator, text: &mut String) {
    let until = one
        .expires
        .map_or_else(String::new, |until| Timestamp(until.saturating_mul(1_000_000)).system_time());
    let note = one.note.replace('"', "\"\"").replace(['\n', '\r'], " ");
    writeln!(text, "{},\"{}\",{until},\"{note}\"", one.kind.word(), one.value.replace('"', "\"\""))
        .expect("a String takes everything");
}
