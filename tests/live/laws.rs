//! What holds for every event that an agent writes, whatever it is about.

use tuxmon_event::{ADDITIONAL, spec};
use tuxmon_reader::ReadEvent;

/// The longest line, in bytes.
const LONGEST_LINE: usize = 65_536;

/// The laws over a stream of events.
#[derive(Default)]
pub(crate) struct Stream {
    last_record_id: Option<u64>,
    crashed: bool,
}

impl Stream {
    /// Holds the next event of the stream against the laws.
    #[track_caller]
    pub(crate) fn check(&mut self, event: &ReadEvent) {
        let record_id = event.system.record_id.unwrap_or_else(|| panic!("no EventRecordID: {}", event.raw));
        if let Some(last) = self.last_record_id {
            let jump = record_id != last + 1;
            let allowed = !jump || self.crashed && record_id > last;
            assert!(
                allowed,
                "EventRecordID grows by one, and once after a crash by more; it was {last}: {}",
                event.raw
            );
            self.crashed &= !jump;
        }
        self.last_record_id = Some(record_id);
        check_line(&event.raw);
        check_envelope(event);
    }

    /// The agent crashed: behind the last event that it wrote the numbers jump, but never back.
    pub(crate) fn after_a_crash(&mut self) {
        self.crashed = true;
    }
}

/// The line of an event: one, not too long, well-formed.
#[track_caller]
pub(crate) fn check_line(line: &str) {
    assert!(
        line.len() <= LONGEST_LINE,
        "{} bytes: {}…",
        line.len(),
        line.chars().take(2000).collect::<String>()
    );
    let control = line.chars().find(|&character| character.is_control() && character != '\t');
    assert_eq!(control, None, "a control character stands in the line: {line:?}");
    if let Err(error) = roxmltree::Document::parse(line) {
        panic!("not well-formed: {error}: {line}");
    }
}

#[track_caller]
fn check_envelope(event: &ReadEvent) {
    let system = &event.system;
    let Some(spec) = spec(system.event_id) else { panic!("no such event: {}", event.raw) };
    let raw = &event.raw;
    assert_eq!(system.provider, "Linux-Sysmon", "{raw}");
    assert_eq!(system.channel, "Linux-Sysmon/Operational", "{raw}");
    assert_eq!(system.keywords, "0x8000000000000000", "{raw}");
    assert_eq!(system.user_id, "0", "{raw}");
    assert_eq!((system.version, system.level, system.task), (spec.version, spec.level, spec.id), "{raw}");
    let names: Vec<&str> = event.data.iter().map(|datum| datum.name.as_str()).collect();
    let fields: Vec<&str> = spec.fields.iter().map(|field| field.name).collect();
    // What an agent adds stands behind the last field, all of it.
    let added = names.strip_prefix(fields.as_slice()).unwrap_or_else(|| panic!("not {fields:?}: {raw}"));
    assert!(added.is_empty() || added.iter().copied().eq(ADDITIONAL.iter().map(|field| field.name)), "{raw}");
    assert!(event.data.iter().all(|datum| !datum.value.is_empty()), "an empty value is written as -: {raw}");
}
