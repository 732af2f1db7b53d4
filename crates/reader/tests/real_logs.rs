//! Logs that the original wrote; they are not part of the repository.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use tuxmon_reader::{ReadEvent, Reader};
use tuxmon_testing::corpus;

fn open(file: &PathBuf) -> BufReader<File> {
    BufReader::new(File::open(file).expect("the corpus can be read"))
}

fn as_expected(event: &ReadEvent) -> Value {
    let system = &event.system;
    json!({
        "line": event.place.line,
        "eid": system.event_id,
        "version": system.version,
        "level": system.level,
        "task": system.task,
        "keywords": system.keywords,
        "time": system.system_time,
        "record_id": system.record_id,
        "computer": system.computer,
        "data": event.data.iter().map(|datum| json!([datum.name, datum.value])).collect::<Vec<_>>(),
    })
}

#[test]
fn the_log_of_1_3_3_reads_as_expected() {
    let (Some(log), Some(expected)) =
        (corpus("logs/upstream_real_1.3.3.log"), corpus("logs/upstream_real_1.3.3.expected.json.gz"))
    else {
        return;
    };
    let mut text = String::new();
    GzDecoder::new(open(&expected)).read_to_string(&mut text).expect("the expectations are gzip");
    let expected: Value = serde_json::from_str(&text).expect("the expectations are JSON");

    let mut reader = Reader::new(open(&log));
    let mut events = Vec::new();
    let mut problems = Vec::new();
    for item in &mut reader {
        match item {
            Ok(event) => events.push(as_expected(&event)),
            Err(problem) => problems.push(problem.to_string()),
        }
    }
    let wanted = expected["events"].as_array().expect("a list of events");
    for (event, wanted) in events.iter().zip(wanted) {
        assert_eq!(event, wanted);
    }
    assert_eq!(events.len(), wanted.len());
    assert_eq!((problems.len(), reader.counts().truncated), (1, 1), "{problems:?}");
    assert_eq!(reader.counts().events, events.len() as u64);
}

#[test]
fn one_event_of_each_id_of_1_5_2_is_read() {
    let Some(log) = corpus("logs/upstream_real_1.5.2_one_per_event_id.log") else { return };
    let ids: Vec<_> = Reader::new(open(&log)).map(|item| item.expect("an event").system.event_id).collect();
    assert_eq!(ids, [1, 3, 4, 5, 9, 10, 11, 16, 23, 100]);
}

#[test]
fn published_journald_messages_are_read() {
    let Some(log) = corpus("logs/splunk_example_logs_journald_message.log") else { return };
    let ids: Vec<_> = Reader::new(open(&log)).map(|item| item.expect("an event").system.event_id).collect();
    assert_eq!(ids, [1, 11]);
}
