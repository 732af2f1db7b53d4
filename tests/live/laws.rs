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
    account: Option<Account>,
}

/// Numbers that an output lacks, against what the stream tells of its losses.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// What the output is called in reports.
    output: String,
    /// EventRecordIDs between two lines that follow each other.
    pub(crate) missing: u64,
    /// Lines that event 255 `OutputLost` tells of.
    pub(crate) told: u64,
}

impl Account {
    /// Whether no line is missing of which nobody told.
    pub(crate) fn is_even(&self) -> bool {
        self.missing == self.told
    }

    /// `12 events of FileCreate for file:/events.xml (queue full) from … to …: …`
    fn take(&mut self, event: &ReadEvent) {
        let description = event.value("Description").unwrap_or_default();
        if event.value("ID") == Some("OutputLost") && description.contains(&format!(" for {} (", self.output))
        {
            let count = description.split(' ').next().and_then(|word| word.parse::<u64>().ok());
            self.told += count.unwrap_or_else(|| panic!("no count: {description}"));
        }
    }
}

impl Stream {
    /// Holds the next event of the stream against the laws.
    #[track_caller]
    pub(crate) fn check(&mut self, event: &ReadEvent) {
        let record_id = event.system.record_id.unwrap_or_else(|| panic!("no EventRecordID: {}", event.raw));
        if let Some(last) = self.last_record_id {
            let jump = record_id != last + 1;
            let accounted = self.account.is_some() || self.crashed;
            let allowed = !jump || accounted && record_id > last;
            assert!(
                allowed,
                "EventRecordID grows by one, and once after a crash by more; it was {last}: {}",
                event.raw
            );
            self.crashed &= !jump;
            if let Some(account) = &mut self.account {
                account.missing += record_id - last - 1;
            }
        }
        self.last_record_id = Some(record_id);
        if let Some(account) = &mut self.account {
            account.take(event);
        }
        check_line(&event.raw);
        check_envelope(event);
    }

    /// From now on numbers may be missing of which the stream tells that this output has lost them.
    pub(crate) fn account_for(&mut self, output: &str) {
        self.account = Some(Account { output: output.to_owned(), ..Account::default() });
    }

    /// What is missing and what was told.
    pub(crate) fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// How many numbers are missing so far.
    pub(crate) fn missing(&self) -> u64 {
        self.account.as_ref().map_or(0, |account| account.missing)
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
