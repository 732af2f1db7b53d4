//! Event 255: what kept the agent from doing its work whole.
//!
//! Troubles are added up by their sort and what they concern, and go out together at most once per second, so that
//! a flood of losses cannot become a flood of events.

use std::collections::BTreeMap;
use std::time::Duration;

use tuxmon_event::{Event, Timestamp};
use tuxmon_wire::Kind;

use crate::assemble::error_report;

/// Sorts of trouble. Each is an `ID` of event 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The ring between kernel and agent had no room.
    EventsLost,
    /// A hook could not read what it had to know.
    EventsMissed,
    /// The numbers of records have gaps that no account explains.
    RecordsMissing,
    /// The bytes of a record could not be parsed.
    RecordsUnreadable,
    /// A fault of the agent's own stopped one record.
    RecordsFailed,
    /// Events were written without hashes, as these took too long.
    HashesLeftOut,
    /// The agent ended before it came to them.
    EventsLeft,
    /// A destination was too slow or away for too long.
    OutputLost,
    /// A destination stopped taking events, or could not be opened anew.
    OutputFailed,
    /// A destination has lines without an end.
    OutputTorn,
    /// The file with the next record id cannot be written.
    RecordIdsUnsaved,
    /// Record ids have reached their largest number.
    RecordIdsStartedOver,
    /// A new configuration was refused, the old one stays.
    ConfigurationRefused,
    /// The kernel side could not be told what a new configuration collects.
    CollectionUnchanged,
    /// An earlier agent was killed, or its machine lost its power.
    AgentDied,
    /// The agent was stopped, or got no processor.
    AgentStoodStill,
    /// Somebody detached a hook, or put another program in its place.
    HookLost,
    /// The same, and it could not be attached anew.
    HookGone,
    /// The wall clock was set.
    ClockSet,
    /// The machine was suspended.
    MachineSlept,
    /// The self-test did something that was not seen.
    CanaryMissed,
    /// Detection was too slow for events, or its alerts had no room.
    DetectionLost,
    /// What detection is to look for could not be read, all or some of it.
    DetectionRefused,
}

/// What a sort of trouble is called in events and in print.
#[derive(Clone, Copy, Debug)]
pub struct TroubleSpec {
    /// The sort.
    pub trouble: Trouble,
    /// `ID` of event 255.
    pub id: &'static str,
    /// What is counted, in the description.
    pub counted: &'static str,
    /// What follows count, subject and interval in the description.
    pub cause: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// All sorts of trouble, in the order of the enum.
pub const TROUBLES: [TroubleSpec; 23] = [
    TroubleSpec {
        trouble: Trouble::EventsLost,
        id: "EventsLost",
        counted: "records",
        cause: "the ring buffer had no room",
        remedy: "a larger --ring-size, or a configuration that collects less",
    },
    TroubleSpec {
        trouble: Trouble::EventsMissed,
        id: "EventsMissed",
        counted: "records",
        cause: "the hook could not read what it needs",
        remedy: "report it with the kernel's version",
    },
    TroubleSpec {
        trouble: Trouble::RecordsMissing,
        id: "RecordsMissing",
        counted: "records",
        cause: "their numbers never came",
        remedy: "report it with the kernel's version",
    },
    TroubleSpec {
        trouble: Trouble::RecordsUnreadable,
        id: "RecordsUnreadable",
        counted: "records",
        cause: "their bytes are not of the wire format",
        remedy: "report it with the kernel's version",
    },
    TroubleSpec {
        trouble: Trouble::RecordsFailed,
        id: "RecordsFailed",
        counted: "records",
        cause: "the agent failed on them",
        remedy: "report it with the agent's own log",
    },
    TroubleSpec {
        trouble: Trouble::HashesLeftOut,
        id: "HashesLeftOut",
        counted: "events",
        cause: "their hashes took too long, the events have none",
        remedy: "fewer hash algorithms, or rules that drop executions of very large files",
    },
    TroubleSpec {
        trouble: Trouble::EventsLeft,
        id: "EventsLeft",
        counted: "records",
        cause: "the agent had to end before it came to them",
        remedy: "a smaller --ring-size, or a configuration that collects less",
    },
    TroubleSpec {
        trouble: Trouble::OutputLost,
        id: "OutputLost",
        counted: "events",
        cause: "it was too slow or away",
        remedy: "mend that output, or drop more by configuration",
    },
    TroubleSpec {
        trouble: Trouble::OutputFailed,
        id: "OutputFailed",
        counted: "failures",
        cause: "its events wait, in bounds, until it works again",
        remedy: "mend that output",
    },
    TroubleSpec {
        trouble: Trouble::OutputTorn,
        id: "OutputTorn",
        counted: "lines",
        cause: "they have no end, or come again whole",
        remedy: "give that output room; readers skip such lines",
    },
    TroubleSpec {
        trouble: Trouble::RecordIdsUnsaved,
        id: "RecordIdsUnsaved",
        counted: "failures",
        cause: "a crash could now make record ids come again",
        remedy: "mend the state directory",
    },
    TroubleSpec {
        trouble: Trouble::RecordIdsStartedOver,
        id: "RecordIdsStartedOver",
        counted: "times",
        cause: "record ids reached 2^31 and start over at 0",
        remedy: "nothing; record id and SystemTime together stay unique",
    },
    TroubleSpec {
        trouble: Trouble::ConfigurationRefused,
        id: "ConfigurationRefused",
        counted: "times",
        cause: "the old configuration stays",
        remedy: "tuxmon check shows what is wrong",
    },
    TroubleSpec {
        trouble: Trouble::CollectionUnchanged,
        id: "CollectionUnchanged",
        counted: "times",
        cause: "the kernel side collects as before",
        remedy: "restart the agent; its own log has the reason",
    },
    TroubleSpec {
        trouble: Trouble::AgentDied,
        id: "AgentDied",
        counted: "interruptions",
        cause: "an earlier agent did not end in order, and nothing was collected until this one",
        remedy: "find out what ended it: the system's log, or whoever may kill it",
    },
    TroubleSpec {
        trouble: Trouble::AgentStoodStill,
        id: "AgentStoodStill",
        counted: "interruptions",
        cause: "the agent did not run; what the ring held comes late, the rest is told as EventsLost",
        remedy: "find out who stopped it, or give the machine more processors",
    },
    TroubleSpec {
        trouble: Trouble::HookLost,
        id: "HookLost",
        counted: "detachments",
        cause: "somebody else detached or replaced it; it is attached anew",
        remedy: "find out who did it: it takes root",
    },
    TroubleSpec {
        trouble: Trouble::HookGone,
        id: "HookGone",
        counted: "detachments",
        cause: "somebody else detached or replaced it, and it cannot be attached anew",
        remedy: "tuxmon status says what is not seen; restart the agent, and find out who did it",
    },
    TroubleSpec {
        trouble: Trouble::ClockSet,
        id: "ClockSet",
        counted: "steps",
        cause: "the wall clock was set; earlier events have times of the old one",
        remedy: "nothing, if it was meant",
    },
    TroubleSpec {
        trouble: Trouble::MachineSlept,
        id: "MachineSlept",
        counted: "times",
        cause: "the machine was suspended: nothing ran, so nothing was missed",
        remedy: "nothing",
    },
    TroubleSpec {
        trouble: Trouble::CanaryMissed,
        id: "CanaryMissed",
        counted: "canaries",
        cause: "the self-test did it and the agent did not see it",
        remedy: "tuxmon status shows the hooks; restart the agent",
    },
    TroubleSpec {
        trouble: Trouble::DetectionLost,
        id: "DetectionLost",
        counted: "times",
        cause: "detection was too slow for them; the events themselves are written",
        remedy: "fewer rules, or a configuration that drops more",
    },
    TroubleSpec {
        trouble: Trouble::DetectionRefused,
        id: "DetectionRefused",
        counted: "times",
        cause: "what is wrong is not looked for, the rest is",
        remedy: "tuxmon status shows the reasons, tuxmon sigma check those of rules",
    },
];

impl Trouble {
    /// Its row of the table.
    pub fn spec(self) -> &'static TroubleSpec {
        &TROUBLES[self as usize]
    }
}

/// What a kind of record would have become.
pub fn events_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Seed => "running process",
        Kind::Fork => "process fork",
        Kind::Exec => "ProcessCreate",
        Kind::Exit => "ProcessTerminate",
        Kind::FileOpen => "FileCreate or RawAccessRead",
        Kind::FileName => "FileCreate or FileDelete",
        Kind::Network => "NetworkConnect",
        Kind::Ptrace => "ProcessAccess",
        Kind::Bpf => "eBPFEvent",
    }
}

/// One sort of trouble with one subject.
#[derive(Clone, Copy, Debug)]
struct Tally {
    count: u64,
    first: Timestamp,
    last: Timestamp,
}

/// How often a trouble was noted since the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TroubleTotal {
    /// How many.
    pub count: u64,
    /// The last time.
    pub last: Timestamp,
}

/// Sorts and subjects that are told apart in totals.
const MOST_TOTALS: usize = 256;

/// Troubles that wait to be told.
#[derive(Debug, Default)]
pub(crate) struct TroubleBook {
    totals: BTreeMap<(Trouble, String), TroubleTotal>,
    tallies: BTreeMap<(Trouble, String), Tally>,
    told: Option<Timestamp>,
}

impl TroubleBook {
    /// Adds `count` of them, which happened from `first` to `last`.
    pub(crate) fn note(
        &mut self,
        trouble: Trouble,
        subject: &str,
        count: u64,
        first: Timestamp,
        last: Timestamp,
    ) {
        if count == 0 {
            return;
        }
        let tally =
            self.tallies.entry((trouble, subject.to_owned())).or_insert(Tally { count: 0, first, last });
        tally.count = tally.count.saturating_add(count);
        tally.first = tally.first.min(first);
        tally.last = tally.last.max(last);
        self.add_to_totals(trouble, subject, count, last);
    }

    fn add_to_totals(&mut self, trouble: Trouble, subject: &str, count: u64, last: Timestamp) {
        // Subjects hold the system's words, of which there may be many; the last place is for all others.
        let full = self.totals.len() >= MOST_TOTALS;
        let known = self.totals.contains_key(&(trouble, subject.to_owned()));
        let subject = if full && !known { "others" } else { subject };
        let total =
            self.totals.entry((trouble, subject.to_owned())).or_insert(TroubleTotal { count: 0, last });
        total.count = total.count.saturating_add(count);
        total.last = total.last.max(last);
    }

    /// Everything that was noted since the start, by sort and subject.
    pub(crate) fn totals(&self) -> impl Iterator<Item = (Trouble, &str, TroubleTotal)> {
        self.totals.iter().map(|((trouble, subject), total)| (*trouble, subject.as_str(), *total))
    }

    /// Events for all that was noted, when a second has passed since the last ones.
    pub(crate) fn due(&mut self, now: Timestamp) -> Vec<Event> {
        let second = Duration::from_secs(1).as_nanos() as i64;
        // A clock that was set back must not silence the book.
        let waits = self.told.is_some_and(|told| (0..second).contains(&now.0.saturating_sub(told.0)));
        if self.tallies.is_empty() || waits {
            return Vec::new();
        }
        self.told = Some(now);
        self.take(now)
    }

    /// Events for all that was noted, at once.
    pub(crate) fn take(&mut self, now: Timestamp) -> Vec<Event> {
        std::mem::take(&mut self.tallies)
            .into_iter()
            .map(|((trouble, subject), tally)| {
                tracing::error!(
                    id = trouble.spec().id,
                    subject,
                    count = tally.count,
                    "{}",
                    trouble.spec().cause
                );
                error_report(now, trouble.spec().id, &describe(trouble, &subject, tally))
            })
            .collect()
    }
}

/// The description of something that happened once.
pub(crate) fn describe_once(trouble: Trouble, subject: &str, first: Timestamp, last: Timestamp) -> String {
    describe(trouble, subject, Tally { count: 1, first, last })
}

fn describe(trouble: Trouble, subject: &str, tally: Tally) -> String {
    let Tally { count, first, last } = tally;
    let TroubleSpec { counted, cause, .. } = trouble.spec();
    let counted = if count == 1 { counted.trim_end_matches('s') } else { counted };
    format!("{count} {counted} of {subject} from {} to {}: {cause}", first.utc_time(), last.utc_time())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tuxmon_event::{Event, Timestamp};
    use tuxmon_wire::Kind;

    use super::{TROUBLES, Trouble, TroubleBook, events_of};

    const SECOND: i64 = 1_000_000_000;

    fn descriptions(events: &[Event]) -> Vec<String> {
        events
            .iter()
            .map(|event| match event {
                Event::ErrorReport(report) => {
                    format!("{}: {}", report.id.as_str(), report.description.as_str())
                }
                other => panic!("not an error report: {other:?}"),
            })
            .collect()
    }

    #[test]
    fn the_table_is_in_order_and_its_ids_are_unique() {
        for (position, spec) in TROUBLES.iter().enumerate() {
            assert_eq!(spec.trouble as usize, position);
            assert_eq!(format!("{:?}", spec.trouble), spec.id);
        }
        let ids: BTreeSet<_> = TROUBLES.iter().map(|spec| spec.id).collect();
        assert_eq!(ids.len(), TROUBLES.len());
    }

    #[test]
    fn every_sort_is_documented() {
        let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        let pages =
            ["compat.d/pipeline.md", "compat.md"].map(|page| std::fs::read_to_string(docs.join(page)));
        let text: String = pages.into_iter().flatten().collect();
        for spec in &TROUBLES {
            assert!(text.contains(&format!("| `{}` |", spec.id)), "{} is in no table of docs/", spec.id);
        }
    }

    #[test]
    fn every_kind_of_record_names_events() {
        for kind in Kind::ALL {
            for word in events_of(kind).split(" or ").filter(|word| word.starts_with(char::is_uppercase)) {
                assert!(tuxmon_event::EVENTS.iter().any(|spec| spec.tag == Some(word)), "{word}");
            }
        }
    }

    #[test]
    fn troubles_are_added_up_and_told_once_a_second() {
        let mut book = TroubleBook::default();
        let at = |seconds| Timestamp(seconds * SECOND);
        book.note(Trouble::EventsLost, events_of(Kind::Exec), 3, at(10), at(11));
        book.note(Trouble::EventsLost, events_of(Kind::Exec), 2, at(9), at(12));
        book.note(Trouble::EventsLost, events_of(Kind::Bpf), 1, at(9), at(9));
        book.note(Trouble::OutputLost, "syslog", 0, at(9), at(9));
        assert_eq!(
            descriptions(&book.due(at(20))),
            [
                "EventsLost: 5 records of ProcessCreate from 1970-01-01 00:00:09.000 to 1970-01-01 00:00:12.000: \
                 the ring buffer had no room",
                "EventsLost: 1 record of eBPFEvent from 1970-01-01 00:00:09.000 to 1970-01-01 00:00:09.000: \
                 the ring buffer had no room",
            ]
        );
        book.note(Trouble::EventsLost, events_of(Kind::Exec), 1, at(20), at(20));
        assert_eq!(book.due(Timestamp(20 * SECOND + SECOND / 2)), []);
        assert_eq!(book.due(at(21)).len(), 1);
        book.note(Trouble::EventsLost, events_of(Kind::Exec), 1, at(20), at(20));
        assert_eq!(book.due(at(5)).len(), 1, "the clock was set back");
    }
}
