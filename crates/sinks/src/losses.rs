//! Counting what could not be written.

use std::collections::BTreeMap;

use tuxmon_event::Timestamp;

use crate::Line;

/// Lines of one event that were lost for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// The event's id.
    pub event_id: u16,
    /// Why they were lost.
    pub why: Why,
    /// How many.
    pub count: u64,
    /// When the first of them was written.
    pub first: Timestamp,
    /// When the last of them was written.
    pub last: Timestamp,
}

/// Why a line was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The destination was too slow or absent for too long.
    QueueFull,
    /// The destination does not take a line of this length.
    TooLong,
    /// The destination is closed for good.
    Gone,
    /// The agent ended before the destination took it.
    Ended,
}

impl Why {
    /// The reason in words, for event 255.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::QueueFull => "queue full",
            Why::TooLong => "line too long",
            Why::Gone => "destination closed",
            Why::Ended => "agent ended",
        }
    }
}

/// Losses since they were last taken; at most one entry for each event and reason.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    counted: BTreeMap<(u16, Why), Loss>,
}

impl Losses {
    pub(crate) fn count(&mut self, line: &Line, why: Why) {
        let event_id = line.event_id;
        let fresh = Loss { event_id, why, count: 0, first: line.written, last: line.written };
        let loss = self.counted.entry((event_id, why)).or_insert(fresh);
        loss.count += 1;
        loss.first = loss.first.min(line.written);
        loss.last = loss.last.max(line.written);
    }

    pub(crate) fn take(&mut self) -> Vec<Loss> {
        std::mem::take(&mut self.counted).into_values().collect()
    }
}
