//! What is kept for how long, and how large the store may get.
//!
//! What is older goes: its events, the processes of which nothing is left, the counts of days that are gone, and the
//! texts that nothing names any more. Events that are older than what was removed are not taken again, or an old log,
//! imported once more, would come back as new.

use rusqlite::Connection;

use crate::ddl::RECORD_BITS;
use crate::layout::{Encoding, Table, tables};
use crate::store::{self, Store, StoreError};
use crate::summary::{DAY, SUMMARIES, Summary};
use crate::turn;

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Events.
    pub events: u64,
    /// Processes.
    pub processes: u64,
    /// Texts.
    pub strings: u64,
    /// Bytes by which the file got shorter.
    pub bytes: u64,
}

/// Removes what happened before `horizon`, in milliseconds since 1970.
pub fn remove_before(store: &Store, horizon: i64) -> Result<Removed, StoreError> {
    let remove = || -> rusqlite::Result<Removed> {
        let connection = &store.connection;
        let horizon = horizon.max(store::horizon(connection)?);
        let before = size(connection)?;
        turn::begin(connection)?;
        let mut removed = remove(connection, horizon)?;
        connection.execute_batch("COMMIT")?;
        // One row for each page that is given back.
        let mut vacuum = connection.prepare("PRAGMA incremental_vacuum")?;
        let mut rows = vacuum.query([])?;
        while rows.next()?.is_some() {}
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
        removed.bytes = before.saturating_sub(size(connection)?);
        Ok(removed)
    };
    remove().map_err(|error| store.failed(error))
}

/// Removes the oldest days until the store has at most so many bytes. The last day stays, however large it is.
pub fn shrink_to(store: &Store, most: u64) -> Result<Removed, StoreError> {
    let failed = |error| store.failed(error);
    let mut sum = Removed::default();
    while size(&store.connection).map_err(failed)? > most {
        let Some((first, last)) = days(&store.connection).map_err(failed)? else { break };
        if first >= last {
            break;
        }
        let removed = remove_before(store, (first + 1) * DAY)?;
        sum.events += removed.events;
        sum.processes += removed.processes;
        sum.strings += removed.strings;
        sum.bytes += removed.bytes;
    }
    Ok(sum)
}

/// The store's bytes, without those of its log.
fn size(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        [],
        |row| row.get::<_, i64>(0).map(|size| size as u64),
    )
}

/// The first and the last day of which there are events.
fn days(connection: &Connection) -> rusqlite::Result<Option<(i64, i64)>> {
    let horizon = "(SELECT coalesce(max(value), 0) FROM meta WHERE name = 'horizon')";
    let asked = format!(
        "SELECT max(min(least) / 1000, {horizon}) / {DAY}, max(most) / 1000 / {DAY} FROM chunks WHERE most / 1000 >= {horizon}"
    );
    connection.query_row(&asked, [], |row| Ok(row.get::<_, Option<i64>>(0)?.zip(row.get(1)?)))
}

fn remove(connection: &Connection, horizon: i64) -> rusqlite::Result<Removed> {
    connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('horizon', ?1)", [horizon])?;
    let mut removed = Removed::default();
    let mut names: Vec<String> = tables().iter().map(Table::name).collect();
    names.push("raw_other".to_owned());
    for (low, high) in pieces(connection, horizon)? {
        for name in &names {
            let sql = format!("DELETE FROM {name} WHERE event BETWEEN ?1 AND ?2 AND time < ?3");
            removed.events += connection.prepare_cached(&sql)?.execute((low, high, horizon))? as u64;
        }
    }
    for summary in SUMMARIES {
        connection.execute(&format!("DELETE FROM {} WHERE last < ?1", summary.name), [horizon])?;
    }
    for rebuild in SUMMARIES.iter().filter_map(Summary::rebuild) {
        connection.execute_batch(&rebuild)?;
    }
    connection.execute(
        "DELETE FROM filters WHERE id IN (SELECT id FROM chunks WHERE most / 1000 + 86400000 < ?1)",
        [horizon],
    )?;
    connection.execute("DELETE FROM hash_values WHERE hashes NOT IN (SELECT Hashes FROM sum_hashes)", [])?;
    removed.processes = remove_processes(connection, horizon)?;
    removed.strings = remove_strings(connection)?;
    Ok(removed)
}

/// The ranges of numbers in which events before a time are.
fn pieces(connection: &Connection, horizon: i64) -> rusqlite::Result<Vec<(i64, i64)>> {
    // An event's own time may be before that of its writing, but not behind it by more than clocks are wrong.
    let mut statement =
        connection.prepare("SELECT id >> 16, low, high FROM chunks WHERE least / 1000 - 86400000 < ?1")?;
    let piece = |row: &rusqlite::Row<'_>| {
        let stream = row.get::<_, i64>(0)? << RECORD_BITS;
        Ok((stream | row.get::<_, i64>(1)?, stream | row.get::<_, i64>(2)?))
    };
    statement.query_map([horizon], piece)?.collect()
}

/// Removes processes of which nothing is left: no event names them, and no child.
fn remove_processes(connection: &Connection, horizon: i64) -> rusqlite::Result<u64> {
    connection.execute_batch("CREATE TEMP TABLE named (id INTEGER PRIMARY KEY)")?;
    for table in tables() {
        for column in table.columns.iter().filter(|column| column.encoding == Encoding::Process) {
            let name = column.field.name;
            connection.execute_batch(&format!(
                "INSERT OR IGNORE INTO temp.named SELECT \"{name}\" FROM {} WHERE typeof(\"{name}\") = 'integer'",
                table.name()
            ))?;
        }
    }
    let removed = connection.execute(
        "DELETE FROM raw_processes WHERE id NOT IN (SELECT id FROM temp.named) AND coalesce(ended, 0) < ?1",
        [horizon],
    )?;
    connection.execute_batch(
        "DROP TABLE temp.named; \
         UPDATE raw_processes SET created = NULL WHERE created IS NOT NULL AND created NOT IN (SELECT event FROM raw_process_create); \
         UPDATE raw_processes SET parent = NULL WHERE parent IS NOT NULL AND parent NOT IN (SELECT id FROM raw_processes);",
    )?;
    Ok(removed as u64)
}

/// Removes texts that no cell names.
fn remove_strings(connection: &Connection) -> rusqlite::Result<u64> {
    connection.execute_batch("CREATE TEMP TABLE named (id INTEGER PRIMARY KEY)")?;
    let note = |table: &str, column: &str| {
        connection.execute_batch(&format!(
            "INSERT OR IGNORE INTO temp.named SELECT \"{column}\" FROM {table} WHERE typeof(\"{column}\") = 'integer'"
        ))
    };
    for table in tables() {
        note(&table.name(), "envelope")?;
        for column in table.columns.iter().filter(|column| column.encoding == Encoding::Text) {
            note(&table.name(), column.field.name)?;
        }
    }
    for summary in SUMMARIES {
        for key in summary.text_columns() {
            note(summary.name, key)?;
        }
    }
    for (table, column) in [
        ("raw_other", "envelope"),
        ("streams", "host"),
        ("raw_processes", "host"),
        ("raw_processes", "image"),
        ("raw_processes", "user"),
    ] {
        note(table, column)?;
    }
    let removed =
        connection.execute("DELETE FROM strings WHERE id NOT IN (SELECT id FROM temp.named)", [])?;
    connection.execute_batch("DROP TABLE temp.named")?;
    Ok(removed as u64)
}
