//! Reads what the settings name: rules and lists. What is wrong with them is told, and the rest holds.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use tuxmon_intel::{Indicators, List, Origin};
use tuxmon_sigma::{Engine, Outcome, Placeholders};

use super::settings::Settings;
use crate::sigma::rules;

/// Most files of lists.
const MAX_LISTS: usize = 1000;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// What lists looked like on the disk: their names, when they were written, how long they are, and as which file.
pub(super) type Shape = Vec<(PathBuf, Option<(SystemTime, u64, u64)>)>;

/// The rules, and why some of them are not used.
pub(super) fn rules(settings: &Settings) -> (Engine, Vec<String>) {
    let mut refused = Vec::new();
    let placeholders = match rules::placeholders(settings.placeholders.as_deref()) {
        Ok(placeholders) => placeholders,
        Err(error) => {
            refused.push(format!("{error:#}"));
            Placeholders::new()
        }
    };
    let mut files = tuxmon_sigma::RuleFiles::default();
    for path in &settings.rules {
        if let Err(error) = rules::read_into(std::slice::from_ref(path), &mut files) {
            refused.push(format!("{error:#}"));
        }
    }
    let (engine, reports) = files.compile(&placeholders);
    refused.extend(reports.iter().filter_map(|report| match &report.outcome {
        Outcome::Broken(fault) => Some(fault.to_string()),
        Outcome::Compiled { .. } | Outcome::NotApplicable(_) => None,
    }));
    (engine, refused)
}

/// The indicators of all lists, and why some of them are not used.
pub(super) fn indicators(settings: &Settings) -> (Indicators, Vec<String>) {
    let mut refused = Vec::new();
    let mut lists = Vec::new();
    for path in files_of(&settings.indicators, &mut refused) {
        match list(&path, settings.indicators_expire_days) {
            Ok((list, diagnostics)) => {
                refused.extend(diagnostics.iter().map(ToString::to_string));
                lists.push(list);
            }
            Err(error) => refused.push(format!("{}: the list cannot be read: {error}", path.display())),
        }
    }
    (Indicators::new(lists), refused)
}

/// How the lists look now, without reading them. Whoever replaces a list makes another file.
pub(super) fn shape(settings: &Settings) -> Shape {
    let look = |path: PathBuf| {
        let found = fs::metadata(&path).ok();
        let looks = found.and_then(|found| Some((found.modified().ok()?, found.len(), found.ino())));
        (path, looks)
    };
    files_of(&settings.indicators, &mut Vec::new()).into_iter().map(look).collect()
}

/// The files that paths mean: of a folder those in it, by name. Hidden ones are not whole yet, or something else.
fn files_of(paths: &[PathBuf], refused: &mut Vec<String>) -> Vec<PathBuf> {
    let is_hidden = |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => {
                let seen = entries.iter().filter(|entry| !is_hidden(entry));
                let mut own: Vec<PathBuf> =
                    seen.map(fs::DirEntry::path).filter(|path| path.is_file()).collect();
                own.sort();
                files.extend(own);
            }
            Err(error) => refused.push(format!("{}: the folder cannot be read: {error}", path.display())),
        }
    }
    if files.len() > MAX_LISTS {
        refused.push(format!("of {} lists only the first {MAX_LISTS} are used", files.len()));
        files.truncate(MAX_LISTS);
    }
    files
}

fn list(path: &Path, days: Option<u32>) -> io::Result<(List, Vec<tuxmon_diag::Diagnostic>)> {
    let mut file = File::open(path)?;
    let written = file.metadata()?.modified()?;
    let mut text = String::new();
    file.by_ref().take(tuxmon_intel::MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
    let name = path.display().to_string();
    let source = path.file_name().map_or_else(|| name.clone(), |name| name.to_string_lossy().into_owned());
    let expires = days.map(|days| milliseconds(written).saturating_add(i64::from(days) * DAY));
    Ok(List::read(Origin { file: &name, source: &source, expires }, &text))
}

fn milliseconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
