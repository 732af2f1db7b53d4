//! Processes: one row for each identity, whichever event names it first.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rusqlite::{Connection, OptionalExtension, Statement};
use tuxmon_event::Guid;

use crate::generations::{Generations, Scattered};
use crate::streams::EventRow;
use crate::strings::{Printer, StringId};

/// So many processes are remembered with their numbers.
const REMEMBERED: usize = 1 << 19;
/// What is said of so many waits in memory at most, to be written at once.
const MOST_CHANGED: usize = 1 << 18;

/// A process's number in the store.
pub(crate) type ProcessId = i64;

/// Where a process stands in the index: by the second of its beginning, so that those of today lie together, and among
/// those of one second, which anybody can write, by a fingerprint. SQLite keeps it in six bytes.
pub(crate) fn place(guid: Guid, printer: Printer) -> i64 {
    let second = i64::from(guid.start_seconds().cast_signed());
    second << 16 | printer.of(&guid.0).short() & 0xffff
}

/// What an event says of a process.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said {
    pub(crate) pid: Option<i64>,
    pub(crate) parent: Option<ProcessId>,
    pub(crate) created: Option<EventRow>,
    pub(crate) ended: Option<i64>,
    pub(crate) image: Option<StringId>,
    pub(crate) user: Option<StringId>,
}

/// The table of processes, for one who adds to it.
pub(crate) struct Processes<'c> {
    printer: Printer,
    known: Generations<Guid, ProcessId, RandomState>,
    changed: HashMap<ProcessId, Change, Scattered>,
    /// How far `known` had turned when all was written: what it forgets is in the table by then.
    written: u64,
    next: ProcessId,
    select: Statement<'c>,
    insert: Statement<'c>,
    update: Statement<'c>,
}

/// What is said of a process, and not written yet.
struct Change {
    /// The identity and the machine of a process that is new.
    new: Option<(Guid, StringId)>,
    said: Said,
}

impl<'c> Processes<'c> {
    pub(crate) fn open(connection: &'c Connection, printer: Printer) -> rusqlite::Result<Self> {
        let last: i64 =
            connection.query_row("SELECT coalesce(max(id), 0) FROM raw_processes", [], |row| row.get(0))?;
        Ok(Self {
            printer,
            known: Generations::new(REMEMBERED),
            changed: HashMap::default(),
            written: 0,
            next: last + 1,
            select: connection.prepare("SELECT id FROM raw_processes WHERE place = ?1 AND guid = ?2")?,
            insert: connection.prepare(
                "INSERT INTO raw_processes (id, guid, host, pid, parent, created, ended, image, user, place) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?,
            update: connection.prepare(
                "UPDATE raw_processes SET pid = coalesce(pid, ?2), parent = coalesce(parent, ?3), \
                 created = coalesce(created, ?4), ended = coalesce(ended, ?5), image = coalesce(image, ?6), \
                 user = coalesce(user, ?7) WHERE id = ?1",
            )?,
        })
    }

    /// The number of a process; it gets one now if it had none.
    pub(crate) fn id(&mut self, guid: Guid, host: StringId) -> rusqlite::Result<ProcessId> {
        if let Some(id) = self.known.get(&guid) {
            return Ok(id);
        }
        let kept =
            self.select.query_row((place(guid, self.printer), &guid.0), |row| row.get(0)).optional()?;
        let id = kept.unwrap_or_else(|| {
            let id = self.next;
            self.next += 1;
            self.changed.insert(id, Change { new: Some((guid, host)), said: Said::default() });
            id
        });
        self.known.insert(guid, id);
        Ok(id)
    }

    /// Notes what an event says of a process.
    pub(crate) fn note(&mut self, id: ProcessId, said: Said) {
        let change = self.changed.entry(id).or_insert(Change { new: None, said });
        let known = &mut change.said;
        known.pid = known.pid.or(said.pid);
        known.parent = known.parent.or(said.parent);
        known.created = known.created.or(said.created);
        known.ended = known.ended.or(said.ended);
        known.image = known.image.or(said.image);
        known.user = known.user.or(said.user);
    }

    /// Whether nothing was heard of a process yet, nor was it met before.
    pub(crate) fn is_news(&self, id: ProcessId) -> bool {
        self.changed.get(&id).is_some_and(|change| change.new.is_some() && change.said.image.is_none())
    }

    /// Whether to write what has changed: else as late as can be, since most processes end soon, and a row that grows when
    /// it is written a second time leaves no room in its page.
    pub(crate) fn is_due(&self) -> bool {
        self.known.turns() != self.written || self.changed.len() >= MOST_CHANGED
    }

    /// Writes what has changed.
    pub(crate) fn flush(&mut self) -> rusqlite::Result<()> {
        let mut changes: Vec<(ProcessId, Change)> = self.changed.drain().collect();
        changes.sort_unstable_by_key(|(id, _)| *id);
        for (id, Change { new, said }) in changes {
            // What the event of its beginning says is not kept twice.
            let (pid, image, user) =
                if said.created.is_some() { (None, None, None) } else { (said.pid, said.image, said.user) };
            match new {
                Some((guid, host)) => self.insert.execute((
                    id,
                    guid.0,
                    host,
                    pid,
                    said.parent,
                    said.created,
                    said.ended,
                    image,
                    user,
                    place(guid, self.printer),
                ))?,
                None => self.update.execute((id, pid, said.parent, said.created, said.ended, image, user))?,
            };
        }
        self.written = self.known.turns();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_lie_in_the_order_of_their_beginning() {
        let printer = Printer::new([7; 16]);
        let at = |machine, second, key| place(Guid::new(machine, second, [key; 8]), printer);
        assert!(at(9, 100, 1) < at(1, 101, 0));
        assert_ne!(at(1, 100, 1), at(1, 100, 2));
        let six_bytes = -(1_i64 << 47)..1 << 47;
        assert!(six_bytes.contains(&at(1, u32::MAX, 1)) && six_bytes.contains(&at(1, i32::MAX as u32, 1)));
    }
}
