//! Batches of events into a server's store, each event once.
//!
//! An event's identity follows from its machine, its number, its kind and the time of its writing, so every importer
//! gives it the same one. Before a batch is sent, the server is asked which of its events it has; what it answers holds
//! after a lost connection too, and after this program was killed between an insert and its acknowledgement. A batch also
//! has a name that follows from its events: an insert that is still under way when its batch is sent again is waited for.
//! Where there are copies, one that has not yet all that the others have may not answer: it would know less than is stored.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tuxmon_event::Guid;

use super::block::Block;
use super::server::{Server, ServerError, Version};
use crate::answer::{AnswerError, Rows as _, Value};
use crate::batch::{Batch, Row};
use crate::dialect::literal;
use crate::layout::{Table, tables};
use crate::writer::Stored;

/// So often a batch is tried before its import ends, and so long is waited between two trials; the pause grows.
const TRIALS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(200);
/// The server says that a query of this name is running.
const RUNNING: u32 = 216;
/// So often a copy that lags behind is asked again: a minute and a half at the pauses above, which end at six seconds.
const TRIALS_OF_LATE: u32 = 20;
const LONGEST_PAUSE: Duration = Duration::from_secs(6);
/// What others stored so many seconds after the import began is of other machines, and need not be waited for. Clocks of
/// servers may differ by as much.
const MARGIN: i64 = 60;
/// The number of the error that a question ends with where a copy lags behind.
const LATE: u32 = 395;
/// With more machines in a batch than this, their times are not told one by one.
const MOST_MACHINES: usize = 200;

/// An event's identity.
type EventId = [u8; 16];

/// Writes into one store.
pub(crate) struct Writer<'s> {
    server: &'s Server,
    tables: Vec<Table>,
    /// Events before this time, in milliseconds, are no longer kept.
    horizon: i64,
    /// The table whose copies may lag behind one another, where there are copies.
    copied: Option<&'static str>,
    /// By the server's clock, in seconds: what was stored until then may be of ours, and has to be known to who is asked.
    /// Later than that we know ourselves what we stored.
    since: Cell<i64>,
}

impl<'s> Writer<'s> {
    pub(crate) fn open(server: &'s Server) -> Result<Self, ServerError> {
        let horizon = server.text("SELECT max(value) FROM meta WHERE name = 'horizon'")?;
        let tables = tables();
        let copied = server.text(
            "SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN ('raw_events', 'raw_events_local') \
             AND engine LIKE 'Replicated%'",
        )?;
        let copied = ["raw_events", "raw_events_local"].into_iter().find(|name| *name == copied);
        let horizon = horizon.parse().unwrap_or_default();
        let writer = Self { server, tables, horizon, copied, since: Cell::new(0) };
        writer.begin_anew()?;
        Ok(writer)
    }

    /// From here on we know ourselves what is stored of ours.
    fn begin_anew(&self) -> Result<(), ServerError> {
        if self.copied.is_some() {
            let now = self.server.text("SELECT toUInt32(now())")?;
            self.since.set(now.parse().unwrap_or(i64::MAX / 2));
        }
        Ok(())
    }

    /// What has a question end in an error where it is asked of a copy that has not got all that the others had. Each
    /// server that answers decides for itself, in the same question: another one might have answered before. An empty log
    /// of changes looks like one with a single change.
    fn unless_late(&self) -> String {
        let Some(table) = self.copied else { return String::new() };
        let then = self.since.get() + MARGIN;
        let database = &self.server.address().database;
        format!(
            " AND toUInt8(0) IN (SELECT throwIf(count() = 0 OR max(is_readonly OR is_session_expired \
             OR (inserts_in_queue > 0 AND toUInt32(inserts_oldest_time) <= {then}) \
             OR (log_pointer <= log_max_index AND log_max_index > 0 AND toUInt32(last_queue_update) <= {then})) = 1) \
             FROM system.replicas WHERE database = '{database}' AND table = '{table}')"
        )
    }

    /// Stores a batch. When this returns, the server has acknowledged it.
    pub(crate) fn write(&self, batch: &Batch) -> Result<Stored, ServerError> {
        let mut stored = Stored::default();
        let mut rows: BTreeMap<EventId, &Row> = BTreeMap::new();
        for row in &batch.rows {
            if row.time < self.horizon {
                stored.expired += 1;
            } else if rows.insert(identity(batch, row), row).is_some() {
                stored.known += 1;
            }
        }
        let (mut trial, mut late) = (0, 0);
        loop {
            match self
                .missing(batch, &rows)
                .and_then(|missing| self.send(batch, &missing).map(|()| missing.len()))
            {
                Ok(_) if trial > 0 => {
                    // An earlier trial may have stored some of what is there: it is new all the same.
                    stored.new = rows.len() as u64;
                    return Ok(stored);
                }
                Ok(new) => {
                    stored.new = new as u64;
                    stored.known += (rows.len() - new) as u64;
                    return Ok(stored);
                }
                Err(error) if is_late(&error) && late + 1 < TRIALS_OF_LATE => late += 1,
                Err(error) if is_late(&error) => return Err(ServerError::Late),
                Err(error) if trial + 1 < TRIALS && (error.is_passing() || is_running(&error)) => {
                    trial += 1;
                    // Nobody knows whether that was stored, nor where.
                    self.begin_anew()?;
                }
                Err(error) => return Err(error),
            }
            thread::sleep((PAUSE * 2_u32.pow((trial + late).min(10))).min(LONGEST_PAUSE));
        }
    }

    /// The events that the server has not got.
    fn missing<'r>(
        &self,
        batch: &Batch,
        rows: &BTreeMap<EventId, &'r Row>,
    ) -> Result<BTreeMap<EventId, &'r Row>, ServerError> {
        let mut spans: HashMap<&str, (i64, i64)> = HashMap::new();
        let mut kinds = BTreeSet::new();
        for row in rows.values() {
            let span = spans.entry(batch.text(row.host)).or_insert((row.time, row.time));
            *span = (span.0.min(row.time), span.1.max(row.time));
            kinds.insert(row.event_id.to_string());
        }
        let mut missing = rows.clone();
        if missing.is_empty() {
            return Ok(missing);
        }
        let condition = if spans.len() > MOST_MACHINES {
            let least = spans.values().map(|span| span.0).min().unwrap_or_default();
            let most = spans.values().map(|span| span.1).max().unwrap_or_default();
            format!("time BETWEEN {least} AND {most}")
        } else {
            let machine = |(host, (least, most)): (&&str, &(i64, i64))| {
                format!("(Computer = {} AND time BETWEEN {least} AND {most})", literal(host))
            };
            spans.iter().map(machine).collect::<Vec<_>>().join(" OR ")
        };
        let kinds = kinds.into_iter().collect::<Vec<_>>().join(", ");
        let late = self.unless_late();
        let sql = format!("SELECT event FROM raw_events WHERE EventID IN ({kinds}) AND ({condition}){late}");
        let mut known = self.server.rows(&sql)?;
        let mut found = HashSet::new();
        while let Some(row) = known.next().map_err(|error| broken(&error))? {
            if let [Value::Text(event)] = row
                && let Ok(Guid(id)) = event.parse()
                && rows.contains_key(&id)
            {
                found.insert(id);
            }
        }
        missing.retain(|id, _| !found.contains(id));
        Ok(missing)
    }

    fn send(&self, batch: &Batch, rows: &BTreeMap<EventId, &Row>) -> Result<(), ServerError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut name = Sha256::new();
        for id in rows.keys() {
            name.update(id);
        }
        let mut sorted: Vec<(&EventId, &&Row)> = rows.iter().collect();
        sorted.sort_by_cached_key(|(id, row)| order(batch, row, id));
        let mut block = Block::new(&self.tables);
        for (id, row) in sorted {
            block.add(batch, row, *id);
        }
        let digest = name.finalize();
        let name = format!(
            "tuxmon-{}",
            Guid(std::array::from_fn(|place| digest[place])).to_string().trim_matches(['{', '}'])
        );
        let mut settings = vec![("query_id", name.as_str()), ("insert_distributed_sync", "1")];
        if self.server.version() >= Version(22, 3) {
            settings.push(("insert_deduplication_token", &name));
            settings.push(("deduplicate_blocks_in_dependent_materialized_views", "1"));
        }
        let (columns, bytes) = block.written();
        self.server.insert(&format!("raw_events ({columns})"), &settings, &bytes)
    }
}

/// Where an event is in the table, so that the server finds the block sorted. It compares the second halves of UUIDs first.
fn order<'b>(batch: &'b Batch, row: &Row, id: &EventId) -> (u16, &'b str, i64, u128) {
    (row.event_id, batch.text(row.host), row.time, u128::from_be_bytes(*id).rotate_left(64))
}

fn is_running(error: &ServerError) -> bool {
    matches!(error, ServerError::Refused { code: RUNNING, .. })
}

fn is_late(error: &ServerError) -> bool {
    matches!(error, ServerError::Refused { code: LATE, .. })
}

fn broken(error: &AnswerError) -> ServerError {
    ServerError::Broken(error.to_string())
}

fn identity(batch: &Batch, row: &Row) -> EventId {
    let mut digest = Sha256::new();
    digest.update(batch.text(row.host));
    digest.update([0]);
    digest.update(row.event_id.to_be_bytes());
    digest.update((row.time * 1000 + row.lag).to_be_bytes());
    match (row.record, row.print) {
        (Some(record), _) => digest.update(record.to_be_bytes()),
        (None, Some(print)) => digest.update(print.bytes()),
        (None, None) => unreachable!("an event without a number has a print"),
    }
    let digest = digest.finalize();
    std::array::from_fn(|place| digest[place])
}
