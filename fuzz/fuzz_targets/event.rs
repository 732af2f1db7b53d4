//! Any bytes as a log, and any text in an event: what is read can be written again, and what is written reads back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tuxmon_event::generated::ErrorReport;
use tuxmon_event::{Event, Text, Timestamp};
use tuxmon_reader::{ReadEvent, Reader};
use tuxmon_render::{Envelope, FieldSizes, MAX_LINE, json, xml};

const ENVELOPE: Envelope<'static> = Envelope {
    record_id: 1,
    written: Timestamp(1_795_239_110_672_520_999),
    process_id: 2,
    thread_id: 3,
    computer: "vm",
    user_id: 0,
    additional: &[],
};

fuzz_target!(|bytes: &[u8]| {
    for event in Reader::new(bytes).flatten() {
        written_again(&event);
    }
    let text = String::from_utf8_lossy(bytes);
    rendered(&text);
});

/// The event on one line has the same fields; setting the same value once more changes nothing.
fn written_again(event: &ReadEvent) {
    let line = event.with_value("RuleName", "rule <1>");
    assert!(!line.contains(['\n', '\r']));
    let again = only(&line);
    assert_eq!(again.data.len(), event.data.len());
    assert_eq!(again.with_value("RuleName", "rule <1>"), line);
}

fn rendered(text: &str) {
    let event = Event::ErrorReport(ErrorReport {
        utc_time: Timestamp(0),
        id: Text::from("Fuzz"),
        description: Text::from(text),
    });
    for form in [xml, json] {
        let mut line = String::new();
        form(&event, &ENVELOPE, &FieldSizes::NONE, &mut line);
        assert!(line.len() <= MAX_LINE && !line.contains(['\n', '\r', '\0', '\u{1b}']));
        let read = only(&line);
        assert_eq!((read.system.event_id, read.data.len()), (255, 3));
        assert_eq!(read.value("ID"), Some("Fuzz"));
    }
}

fn only(line: &str) -> ReadEvent {
    let mut events: Vec<_> = Reader::new(line.as_bytes()).collect();
    assert_eq!(events.len(), 1, "{line}");
    events.remove(0).expect("a line of ours is an event")
}
