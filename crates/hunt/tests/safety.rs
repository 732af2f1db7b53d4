//! A batch that was acknowledged is there, whatever happens; and old events go, and stay away.

mod events;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use events::{BEGIN, add, ask, event, guid, store};
use tuxmon_hunt::{Source, Store, ingest, remove_before, shrink_to};

fn starts(record: u64, at: i64) -> String {
    event(
        "a",
        record,
        at,
        1,
        &[
            ("ProcessGuid", &guid(record)),
            ("ProcessId", &record.to_string()),
            ("Image", &format!("/usr/bin/program{}", record / 50)),
            ("CommandLine", &format!("program {record}")),
            ("ParentProcessGuid", &guid(record / 10)),
        ],
    )
}

/// The number after `name = ` in the answer to a question.
fn number(store: &Store, sql: &str) -> i64 {
    ask(store, sql).lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or_else(|| panic!("{sql}"))
}

/// Whether a store is whole in itself: SQLite says so, and what is counted is what is there.
#[track_caller]
fn check_whole(path: &Path) -> i64 {
    let store = Store::open(path).expect("the store opens");
    assert_eq!(ask(&store, "PRAGMA integrity_check"), "integrity_check\nok\n");
    let events = number(&store, "SELECT count(*) FROM events");
    assert_eq!(number(&store, "SELECT coalesce(sum(count), 0) FROM record_numbers"), events);
    assert_eq!(number(&store, "SELECT coalesce(sum(count), 0) FROM image_days"), events);
    assert_eq!(number(&store, "SELECT coalesce(sum(count), 0) FROM images"), events);
    assert_eq!(number(&store, "SELECT count(*) FROM processes WHERE started IS NOT NULL"), events);
    events
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("store");
    let mut acknowledged_before = 0;
    for round in 0..3_u64 {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tuxmon-hunt"))
            .args(["ingest", "--acknowledge", "-"])
            .env("TUXMON_STORE", &path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut input = program.stdin.take().expect("it was asked for");
        let feeder = std::thread::spawn(move || {
            // Far more than is read before the kill; writing ends when the reader is gone.
            for record in round * 1_000_000..(round + 1) * 1_000_000 {
                if input.write_all(starts(record, record as i64).as_bytes()).is_err() {
                    break;
                }
            }
        });
        let mut output = BufReader::new(program.stdout.take().expect("it was asked for"));
        let mut acknowledged = 0;
        for _ in 0..2 {
            let mut line = String::new();
            output.read_line(&mut line).expect("it acknowledges");
            acknowledged = line.trim().parse::<i64>().unwrap_or_else(|_| panic!("'{line}'"));
        }
        program.kill().expect("it runs");
        // Batches that it told of between our look and the kill count too.
        let mut rest = String::new();
        output.read_to_string(&mut rest).expect("the pipe ends");
        let last = rest.lines().rfind(|_| rest.ends_with('\n')).and_then(|line| line.parse().ok());
        acknowledged = last.unwrap_or(acknowledged);
        program.wait().expect("it ends");
        feeder.join().expect("the feeder ends");
        let there = check_whole(&path);
        assert!(
            there >= acknowledged_before + acknowledged,
            "{there} of {acknowledged_before} + {acknowledged}"
        );
        acknowledged_before = there;
    }
}

/// After a loss of power the file is as it was when SQLite last had it written through, and of the log any beginning is
/// there, perhaps with a page torn: copies of both are cut and torn at many places, and what was acknowledged by then is
/// there.
#[test]
fn what_was_acknowledged_survives_a_loss_of_power() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("store");
    let log = folder.path().join("log");
    let store = Store::open(&path).expect("a new store");
    let wal = folder.path().join("store-wal");
    // How long the log was when each batch had been acknowledged, and how many events there were.
    let mut marks = Vec::new();
    for batch in 0..6_u64 {
        let text: String =
            (batch * 50..batch * 50 + 50).map(|record| starts(record, record as i64)).collect();
        std::fs::write(&log, text).expect("the log is written");
        ingest(&store, &[Source::File(log.clone())], |_| ()).expect("it is stored");
        marks.push((std::fs::metadata(&wal).expect("it is there").len(), (batch as i64 + 1) * 50));
    }
    let main = std::fs::read(&path).expect("it is readable");
    let whole = std::fs::read(&wal).expect("it is readable");
    let copy = folder.path().join("copy");
    let first = marks[0].0;
    for cut in (0..40).map(|step| first + (whole.len() as u64 - first) * step / 39) {
        for torn in [false, true] {
            let mut wal = whole[..cut as usize].to_vec();
            if torn {
                // Something else stands where the disk was about to write.
                wal.extend([0x5a; 5000]);
            }
            std::fs::write(&copy, &main).expect("it is written");
            std::fs::write(folder.path().join("copy-wal"), wal).expect("it is written");
            let _ = std::fs::remove_file(folder.path().join("copy-shm"));
            let acknowledged =
                marks.iter().rfind(|(length, _)| *length <= cut).map_or(0, |(_, events)| *events);
            let there = check_whole(&copy);
            assert!(there >= acknowledged && there % 50 == 0, "cut at {cut}: {there} of {acknowledged}");
        }
    }
}

#[test]
fn old_events_go_and_stay_away() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let day = 86_400_000;
    let log: String = (0..400).map(|record| starts(record, record as i64 * day / 40)).collect();
    let store = store(folder.path(), &[&log]);
    let removed = remove_before(&store, BEGIN * 1000 + 5 * day).expect("it is removed");
    assert_eq!(removed.events, 200);
    assert!(removed.processes > 100 && removed.strings > 0, "{removed:?}");
    assert_eq!(number(&store, "SELECT count(*) FROM events"), 200);
    for counts in ["image_days", "parent_days", "images", "parents"] {
        assert_eq!(number(&store, &format!("SELECT sum(count) FROM {counts}")), 200, "{counts}");
    }
    assert_eq!(
        ask(&store, "SELECT Image, sum(count), min(first), max(last) FROM images GROUP BY 1 ORDER BY 1"),
        ask(&store, "SELECT Image, sum(count), min(first), max(last) FROM image_days GROUP BY 1 ORDER BY 1"),
    );
    assert_eq!(ask(&store, "PRAGMA integrity_check"), "integrity_check\nok\n");
    assert_eq!(
        ask(&store, "SELECT CommandLine FROM process_create ORDER BY event LIMIT 1"),
        "CommandLine\nprogram 200\n"
    );
    let again = add(&store, folder.path(), &log).stored;
    assert_eq!((again.new, again.known, again.expired), (0, 200, 200));
}

#[test]
fn a_store_shrinks_to_a_size() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let day = 86_400_000;
    let log: String = (0..20_000).map(|record| starts(record, record as i64 * day / 2000)).collect();
    let store = store(folder.path(), &[&log]);
    let size = || number(&store, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    let before = size();
    let removed = shrink_to(&store, before as u64 / 2).expect("it shrinks");
    assert!(removed.events > 5000 && removed.events < 20_000, "{removed:?}");
    assert!(size() <= before / 2, "{} of {before}", size());
    shrink_to(&store, 1).expect("it shrinks");
    assert!(number(&store, "SELECT count(*) FROM events") > 0, "the last day stays");
}

/// Live events are safe soon after they were written, however few they are, and also across a rotation.
#[test]
fn a_growing_file_is_followed() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("store");
    let log = folder.path().join("log");
    std::fs::write(&log, starts(0, 0)).expect("the log is written");
    let mut program = Command::new(env!("CARGO_BIN_EXE_tuxmon-hunt"))
        .args(["ingest", "--acknowledge", "--follow"])
        .arg(&log)
        .env("TUXMON_STORE", &path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let output = BufReader::new(program.stdout.take().expect("it was asked for"));
    let mut acknowledged = output.lines().map(|line| line.expect("it is text"));
    assert_eq!(acknowledged.next().as_deref(), Some("1"));
    let append = |record| {
        let mut file = std::fs::File::options().append(true).open(&log).expect("it is there");
        file.write_all(starts(record, record as i64).as_bytes()).expect("it is written");
    };
    append(1);
    assert_eq!(acknowledged.next().as_deref(), Some("2"));
    std::fs::rename(&log, folder.path().join("log.1")).expect("it is rotated");
    std::fs::write(&log, starts(2, 2)).expect("the log is written");
    assert_eq!(acknowledged.next().as_deref(), Some("3"));
    // Others read meanwhile.
    let reader = Store::open_to_read(&path).expect("it can be read");
    assert_eq!(number(&reader, "SELECT count(*) FROM processes WHERE started IS NOT NULL"), 3);
    program.kill().expect("it runs");
    program.wait().expect("it ends");
}

/// Follows a log, or reads what is written to it, until it is dropped.
struct Live {
    program: std::process::Child,
    acknowledged: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Live {
    fn start(store: &Path, args: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tuxmon-hunt"))
            .args(["ingest", "--acknowledge"])
            .args(args)
            .env("TUXMON_STORE", store)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let output = program.stdout.take().expect("it was asked for");
        Self { program, acknowledged: BufReader::new(output).lines() }
    }

    /// Waits until so many new events are safe.
    #[track_caller]
    fn wait_for(&mut self, count: u64) {
        for line in self.acknowledged.by_ref() {
            let told = line.expect("it is text").parse::<u64>().expect("it is a number");
            assert!(told <= count, "{told} of {count}");
            if told == count {
                return;
            }
        }
        panic!("it ended before {count} were safe");
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.program.kill().ok();
        self.program.wait().ok();
    }
}

#[test]
fn a_stream_is_stored_while_it_stays_open() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("store");
    let mut live = Live::start(&path, &["-"]);
    for record in 0..3 {
        let input = live.program.stdin.as_mut().expect("it was asked for");
        input.write_all(starts(record, record as i64).as_bytes()).expect("it listens");
        live.wait_for(record + 1);
    }
    // Whoever imports the same later finds them known.
    let log: String = (0..4).map(|record| starts(record, record as i64)).collect();
    let store = Store::open(&path).expect("the store opens");
    let stored = add(&store, folder.path(), &log).stored;
    assert_eq!((stored.new, stored.known), (1, 3));
}

#[test]
fn what_was_rotated_while_nobody_followed_is_read() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("store");
    let log = folder.path().join("events.log");
    let name = log.to_str().expect("the path is text");
    let write = |name: &Path, records: std::ops::Range<u64>| {
        let text: String = records.map(|record| starts(record, record as i64)).collect();
        std::fs::write(name, text).expect("the log is written");
    };
    write(&log, 0..5);
    Live::start(&path, &["--follow", name]).wait_for(5);
    write(&folder.path().join("events.log.1"), 0..9);
    write(&log, 9..12);
    // It counts what is new.
    Live::start(&path, &["--follow", name]).wait_for(7);
    assert_eq!(check_whole(&path), 12);
}

/// One who follows a log remembers much of the store, and others change it meanwhile: a log is imported, and old days go
/// with texts and processes that are in the follower's memory.
#[test]
fn others_may_write_while_a_log_is_followed() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let day = 86_400_000;
    let path = folder.path().join("store");
    let log = folder.path().join("events.log");
    let text = |records: std::ops::Range<u64>| -> String {
        records.map(|record| starts(record, record as i64 * day / 100)).collect()
    };
    std::fs::write(&log, text(0..100)).expect("the log is written");
    let mut live = Live::start(&path, &["--follow", log.to_str().expect("the path is text")]);
    live.wait_for(100);
    let store = Store::open(&path).expect("the store opens");
    assert_eq!(add(&store, folder.path(), &text(100..400)).stored.new, 300);
    assert_eq!(remove_before(&store, BEGIN * 1000 + 3 * day).expect("it is removed").events, 300);
    // The same programs as on the days that are gone, and children of processes of those days.
    let again: String = (400..500)
        .map(|record| {
            starts(record, 4 * day + record as i64)
                .replace(&format!("program{}", record / 50), &format!("program{}", record % 4))
                .replace(&guid(record / 10), &guid(record % 40))
        })
        .collect();
    let mut file = std::fs::File::options().append(true).open(&log).expect("it is there");
    file.write_all(again.as_bytes()).expect("it is written");
    live.wait_for(200);
    assert_eq!(ask(&store, "PRAGMA integrity_check"), "integrity_check\nok\n");
    for (what, count) in [
        ("count(*) FROM events", 200),
        ("sum(count) FROM image_days", 200),
        ("sum(count) FROM images", 200),
        ("count(*) FROM processes WHERE started IS NOT NULL", 200),
    ] {
        assert_eq!(number(&store, &format!("SELECT {what}")), count, "{what}");
    }
    let nameless = "SELECT count(*) FROM process_create WHERE Image IS NULL OR ParentProcessGuid IS NULL";
    assert_eq!(number(&store, nameless), 0);
}
