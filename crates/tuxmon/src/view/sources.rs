//! Where the events of this machine are.
//!
//! Running agents are asked first, over their control sockets, and their command lines are read: the files that they
//! write to are where events are. Without such a file it is the first of these in which events are found: the file to
//! which administrators split events, the journal, the system log. Of a file also its older, rotated brothers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tuxmon_event::Timestamp;

use super::agents;
use super::probe::Probe;
use super::source::Source;

/// Files that hold events on many machines, with other lines or without.
const SPLIT_FILES: [&str; 2] = ["/var/log/sysmon.log", "/var/log/sysmon/sysmon.log"];
const SYSTEM_LOGS: [&str; 2] = ["/var/log/syslog", "/var/log/messages"];

/// The places where this machine's events are, the oldest first; only what can hold events written since `since`.
/// `root` is `/`, but in tests.
pub(super) fn of_this_machine(root: &Path, since: Option<Timestamp>) -> Vec<Source> {
    let below = |path: &str| root.join(path.trim_start_matches('/'));
    let readable =
        |path: &PathBuf| fs::File::open(path).is_ok_and(|file| file.metadata().is_ok_and(|it| it.is_file()));
    let with_brothers = |file: PathBuf| with_rotated(&file, since);
    let mut agents = agents::files(root).into_iter().filter(readable).map(with_brothers);
    // A new file of an agent is the right place before the first event is in it. One in a form for people never is.
    if let Some(found) = agents.find(|files| Probe::new(None).may_hold_events(files)) {
        return found;
    }
    let split = SPLIT_FILES.map(below).into_iter().filter(readable).map(with_brothers);
    let journal = below("/run/systemd/journal").exists().then(|| vec![Source::Journal]);
    let logs = SYSTEM_LOGS.map(below).into_iter().filter(readable).map(with_brothers);
    let places: Vec<Vec<Source>> = split.chain(journal).chain(logs).collect();
    let with_events = places.iter().position(|place| match place.as_slice() {
        [Source::Journal] => journal_has_events(),
        files => Probe::new(since).holds_events(files),
    });
    // Where there are none yet they will come to the first place.
    places.into_iter().nth(with_events.unwrap_or(0)).unwrap_or_default()
}

/// A file behind its rotated brothers, the oldest first.
fn with_rotated(file: &Path, since: Option<Timestamp>) -> Vec<Source> {
    let since = since.map(moment);
    tuxmon_input::with_rotated(file, since).into_iter().map(Source::File).collect()
}

/// A time as the system's clock tells it.
pub(super) fn moment(time: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(u64::try_from(time.0).unwrap_or_default())
}

fn journal_has_events() -> bool {
    let asked = Command::new("journalctl")
        .args(["--quiet", "--identifier=sysmon", "--lines=1", "--output=cat"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    asked.is_ok_and(|answer| !answer.stdout.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = "Nov 21 05:31:50 vm sysmon: <Event><System><EventID>5</EventID>\
        <TimeCreated SystemTime=\"2026-11-21T05:31:50.672520000Z\"/><EventRecordID>17</EventRecordID></System>\
        <EventData><Data Name=\"ProcessId\">1</Data></EventData></Event>\n";
    const OTHER: &str = "Nov 21 05:31:50 vm cron: nothing\n";

    /// A machine with these files below `/var/log`.
    fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a temporary directory");
        let log = root.path().join("var/log");
        fs::create_dir_all(&log).expect("it is made");
        for (name, text) in files {
            fs::write(log.join(name), text).expect("it is written");
        }
        root
    }

    #[track_caller]
    fn finds(root: &tempfile::TempDir, since: Option<Timestamp>, expected: &[&str]) {
        let file = |name: &&str| Source::File(root.path().join("var/log").join(name));
        let expected: Vec<Source> = expected.iter().map(file).collect();
        assert_eq!(of_this_machine(root.path(), since), expected);
    }

    #[test]
    fn rotated_files_come_before_the_current_one() {
        let root = machine(&[("syslog", EVENT), ("syslog.1", EVENT), ("syslog.2.gz", ""), ("other", EVENT)]);
        let now = SystemTime::now();
        for (name, age) in [("syslog.1", 100), ("syslog.2.gz", 200)] {
            let path = root.path().join("var/log").join(name);
            let file = fs::File::options().append(true).open(path).expect("it is there");
            file.set_modified(now - Duration::from_secs(age)).expect("it is ours");
        }
        finds(&root, None, &["syslog.2.gz", "syslog.1", "syslog"]);
        let recent = now.duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as i64 - 150_000_000_000;
        finds(&root, Some(Timestamp(recent)), &["syslog.1", "syslog"]);
    }

    #[test]
    fn the_first_place_with_events_is_read() {
        finds(&machine(&[("sysmon.log", EVENT), ("syslog", EVENT)]), None, &["sysmon.log"]);
        // An empty split file, left by a rule that is no more or rotated a moment ago, hides nothing.
        finds(&machine(&[("sysmon.log", ""), ("syslog", EVENT)]), None, &["syslog"]);
        finds(&machine(&[("sysmon.log", OTHER), ("syslog", EVENT)]), None, &["syslog"]);
        finds(&machine(&[("syslog", OTHER), ("messages", EVENT)]), None, &["messages"]);
        // Rotated a moment ago: its events are in the older file.
        let root = machine(&[("sysmon.log.1", EVENT), ("sysmon.log", ""), ("syslog", OTHER)]);
        finds(&root, None, &["sysmon.log.1", "sysmon.log"]);
    }

    #[test]
    fn without_events_it_is_the_place_where_they_will_come() {
        finds(&machine(&[("sysmon.log", ""), ("syslog", OTHER)]), None, &["sysmon.log"]);
        finds(&machine(&[("syslog", OTHER)]), None, &["syslog"]);
        finds(&machine(&[]), None, &[]);
    }

    #[test]
    fn an_agents_own_file_comes_first() {
        let root =
            machine(&[("sysmon.log", EVENT), ("own.json", ""), ("people.txt", "05:31:50 ProcessCreate\n")]);
        let process = root.path().join("proc/77");
        fs::create_dir_all(&process).expect("it is made");
        let told = |file: &str| {
            let path = root.path().join("var/log").join(file);
            fs::write(process.join("cmdline"), format!("tuxmon\0run\0--output\0file:{}\0", path.display()))
                .expect("it is written");
        };
        // Nothing has happened yet, but it will be written there.
        told("own.json");
        finds(&root, None, &["own.json"]);
        told("people.txt");
        finds(&root, None, &["sysmon.log"]);
        told("gone.json");
        finds(&root, None, &["sysmon.log"]);
    }
}
