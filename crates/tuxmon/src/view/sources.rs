//! Where the events of this machine are.
//!
//! In this order, the first that there is: files that a running agent writes to (its command line says which), the file
//! to which administrators split events, the journal, the system log. Of a file also its older, rotated brothers.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tuxmon_event::Timestamp;

/// Files that hold events on many machines, with other lines or without.
const SPLIT_FILES: [&str; 2] = ["/var/log/sysmon.log", "/var/log/sysmon/sysmon.log"];
const SYSTEM_LOGS: [&str; 2] = ["/var/log/syslog", "/var/log/messages"];
/// More processes than this are not looked at for an agent.
const MOST_PROCESSES: usize = 100_000;

/// A place with events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The standard input.
    StandardInput,
    /// A file.
    File(PathBuf),
    /// The journal, through `journalctl`.
    Journal,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardInput => f.write_str("the standard input"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Journal => f.write_str("the journal"),
        }
    }
}

/// The places where this machine's events are, the oldest first; only what can hold events written since `since`.
/// `root` is `/`, but in tests.
pub(super) fn of_this_machine(root: &Path, since: Option<Timestamp>) -> Vec<Source> {
    let below = |path: &str| root.join(path.trim_start_matches('/'));
    let readable =
        |path: &PathBuf| fs::File::open(path).is_ok_and(|file| file.metadata().is_ok_and(|it| it.is_file()));
    let mut files = agents_files(root);
    files.extend(SPLIT_FILES.map(below));
    if let Some(file) = files.into_iter().find(readable) {
        return with_rotated(&file, since);
    }
    if below("/run/systemd/journal").exists() && journal_has_events() {
        return vec![Source::Journal];
    }
    SYSTEM_LOGS
        .map(below)
        .iter()
        .find(|path| readable(path))
        .map_or_else(Vec::new, |file| with_rotated(file, since))
}

/// A file behind its rotated brothers (`syslog.1`, `syslog.2.gz`, `messages-20261121.xz`), the oldest first.
fn with_rotated(file: &Path, since: Option<Timestamp>) -> Vec<Source> {
    let name = file.file_name().unwrap_or_default().as_bytes();
    let since =
        since.map(|time| UNIX_EPOCH + Duration::from_nanos(u64::try_from(time.0).unwrap_or_default()));
    let folder = file.parent().unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut older: Vec<(SystemTime, PathBuf)> = entries
        .filter(|entry| is_rotated(name, entry.file_name().as_bytes()))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        // A file that was last written before a moment holds nothing that was written after it.
        .filter(|(modified, _)| since.is_none_or(|since| *modified >= since))
        .collect();
    older.sort();
    older.into_iter().map(|(_, path)| path).chain([file.to_owned()]).map(Source::File).collect()
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

/// The files that running agents were told to write to.
fn agents_files(root: &Path) -> Vec<PathBuf> {
    let mut processes: Vec<PathBuf> = fs::read_dir(root.join("proc"))
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().as_bytes().iter().all(u8::is_ascii_digit))
        .map(|entry| entry.path())
        .take(MOST_PROCESSES)
        .collect();
    processes.sort();
    let command_lines = processes.iter().filter_map(|process| fs::read(process.join("cmdline")).ok());
    command_lines.flat_map(|line| files_of(&line)).collect()
}

/// The files in the command line of an agent; of another program there are none.
fn files_of(command_line: &[u8]) -> Vec<PathBuf> {
    let words: Vec<&[u8]> = command_line.split(|&byte| byte == 0).collect();
    let program =
        words.first().copied().unwrap_or_default().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    if !matches!(program, b"tuxmon" | b"sysmon") {
        return Vec::new();
    }
    let outputs = words.iter().filter_map(|word| {
        word.strip_prefix(b"--output=".as_slice()).unwrap_or(word).strip_prefix(b"file:".as_slice())
    });
    outputs
        .map(|output| {
            let path = match output.windows(8).rposition(|window| window == b",format=") {
                Some(end) => &output[..end],
                None => output,
            };
            PathBuf::from(OsString::from_vec(path.to_vec()))
        })
        .filter(|path| path.is_absolute())
        .collect()
}

fn journal_has_events() -> bool {
    let asked = Command::new("journalctl")
        .args(["--quiet", "--identifier=sysmon", "--lines=1", "--output=cat"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    asked.is_ok_and(|answer| !answer.stdout.is_empty())
}

/// The command that prints the journal's events as JSON.
pub(super) fn journal(since: Option<Timestamp>, follow: bool) -> Command {
    let mut command = Command::new("journalctl");
    // Without --all, journalctl writes null for a long message.
    command.args([
        "--quiet",
        "--no-pager",
        "--identifier=sysmon",
        "--output=json",
        "--output-fields=MESSAGE",
        "--all",
    ]);
    if let Some(since) = since {
        command.arg(format!("--since=@{}", since.0.div_euclid(1_000_000_000)));
    }
    if follow {
        command.args(["--follow", "--no-tail"]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
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

    #[test]
    fn an_agents_command_line_names_its_files() {
        let files = |line: &[u8]| files_of(line);
        assert_eq!(
            files(b"/usr/bin/tuxmon\0run\0--output\0file:/var/log/a,b,format=json\0"),
            [PathBuf::from("/var/log/a,b")]
        );
        assert_eq!(files(b"tuxmon\0run\0--output=file:/x\0--output\0syslog\0"), [PathBuf::from("/x")]);
        assert!(files(b"vi\0file:/x\0").is_empty());
        assert!(files(b"tuxmon\0run\0--output\0file:x\0").is_empty());
    }

    #[test]
    fn the_split_file_comes_before_the_system_log() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let log = root.path().join("var/log");
        fs::create_dir_all(&log).expect("it is made");
        for name in ["syslog", "syslog.1", "syslog.2.gz", "other"] {
            fs::write(log.join(name), name).expect("it is written");
        }
        let now = SystemTime::now();
        for (name, age) in [("syslog.1", 100), ("syslog.2.gz", 200)] {
            let file = fs::File::options().append(true).open(log.join(name)).expect("it is there");
            file.set_modified(now - Duration::from_secs(age)).expect("it is ours");
        }
        let found = |since| of_this_machine(root.path(), since);
        let file = |name: &str| Source::File(log.join(name));
        assert_eq!(found(None), [file("syslog.2.gz"), file("syslog.1"), file("syslog")]);
        let recent = now.duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as i64 - 150_000_000_000;
        assert_eq!(found(Some(Timestamp(recent))), [file("syslog.1"), file("syslog")]);
        fs::write(log.join("sysmon.log"), "x").expect("it is written");
        assert_eq!(found(None), [file("sysmon.log")]);
    }
}
