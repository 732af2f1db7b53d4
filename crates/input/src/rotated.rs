//! A log's older, rotated brothers.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file behind its rotated brothers (`syslog.1`, `syslog.2.gz`, `messages-20261121.xz`), the oldest first; only what was
/// written to after a moment.
pub fn with_rotated(file: &Path, since: Option<SystemTime>) -> Vec<PathBuf> {
    let name = file.file_name().unwrap_or_default().as_bytes();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut older: Vec<(SystemTime, PathBuf)> = entries
        .filter(|entry| is_rotated(name, entry.file_name().as_bytes()))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        // A file that was last written before a moment holds nothing that was written after it.
        .filter(|(modified, _)| since.is_none_or(|since| *modified >= since))
        .collect();
    older.sort();
    older.into_iter().map(|(_, path)| path).chain([file.to_owned()]).collect()
}

/// Whether `other` is what logrotate makes of `name`: a number or a date behind it, and perhaps a compression.
fn is_rotated(name: &[u8], other: &[u8]) -> bool {
    let Some(rest) = other.strip_prefix(name) else { return false };
    let rest =
        [".gz", ".xz", ".zst"].iter().find_map(|end| rest.strip_suffix(end.as_bytes())).unwrap_or(rest);
    match rest.split_first() {
        Some((b'.' | b'-', number)) => {
            number.first().is_some_and(u8::is_ascii_digit)
                && number.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
        }
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brothers_are_what_logrotate_makes() {
        for name in [
            "syslog.1",
            "syslog.2.gz",
            "syslog-20261121",
            "syslog-20261121.xz",
            "syslog.10.zst",
            "syslog-2026-11-21",
        ] {
            assert!(is_rotated(b"syslog", name.as_bytes()), "{name}");
        }
        for name in ["syslog", "syslog.d", "syslogd.1", "syslog.1.bak", "syslog.gz", "auth.log.1"] {
            assert!(!is_rotated(b"syslog", name.as_bytes()), "{name}");
        }
    }
}
