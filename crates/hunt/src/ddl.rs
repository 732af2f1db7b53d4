//! The store's tables and views as SQL.

use std::fmt::Write as _;

use crate::layout::{Column, Encoding, TIME_FIELD, Table};
use crate::summary::{self, Summary};

/// The version of the tables; a store of another one is refused.
pub(crate) const VERSION: i64 = 3;

/// Bits of an event's id that are its record number; those above are the number of its stream.
pub(crate) const RECORD_BITS: u32 = 31;

/// Fields that say nothing in most events.
const SELDOM: &[&str] = &[
    "RuleName",
    "FileVersion",
    "Description",
    "Product",
    "Company",
    "OriginalFileName",
    "SourceHostname",
    "SourcePortName",
    "DestinationHostname",
    "DestinationPortName",
];

const FIXED: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE strings (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX strings_hash ON strings (hash);
CREATE TABLE streams (id INTEGER PRIMARY KEY, host INTEGER NOT NULL, base INTEGER);
CREATE TABLE chunks (id INTEGER PRIMARY KEY, least INTEGER NOT NULL, most INTEGER NOT NULL, count INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, bits BLOB NOT NULL);
CREATE TABLE filters (id INTEGER PRIMARY KEY, bits BLOB NOT NULL);
CREATE TABLE unnumbered (print BLOB PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE raw_processes (id INTEGER PRIMARY KEY, place INTEGER NOT NULL, guid BLOB NOT NULL, host INTEGER NOT NULL, parent INTEGER, created INTEGER, ended INTEGER, pid INTEGER, image, user);
CREATE INDEX raw_processes_place ON raw_processes (place);
CREATE INDEX raw_processes_parent ON raw_processes (parent) WHERE parent IS NOT NULL;
CREATE INDEX raw_processes_unborn ON raw_processes (pid, host) WHERE created IS NULL;
CREATE TABLE hash_values (hash BLOB NOT NULL, algorithm TEXT NOT NULL, hashes INTEGER NOT NULL, PRIMARY KEY (hash, algorithm, hashes)) WITHOUT ROWID;
CREATE TABLE raw_other (event INTEGER PRIMARY KEY, time INTEGER NOT NULL, lag INTEGER NOT NULL, envelope INTEGER NOT NULL, event_id INTEGER NOT NULL, extra TEXT);
";

/// All statements that make an empty store.
pub(crate) fn all(tables: &[Table], summaries: &[Summary]) -> String {
    let mut sql = FIXED.to_owned();
    for table in tables {
        append_table(table, &mut sql);
    }
    for summary in summaries {
        summary.append_table(&mut sql);
    }
    sql
}

/// All views, which later versions of the program may make anew.
pub(crate) fn views(tables: &[Table], summaries: &[Summary]) -> Vec<(String, String)> {
    let mut views: Vec<(String, String)> =
        tables.iter().map(|table| (table.spec.stem.to_owned(), view(table))).collect();
    views.push(("events".to_owned(), events(tables)));
    views.push(("processes".to_owned(), processes()));
    views.push(("record_numbers".to_owned(), record_numbers()));
    views.extend(summaries.iter().map(|summary| (summary.view.to_owned(), summary.view_sql())));
    views.extend(
        summary::SHARED_VIEWS
            .iter()
            .chain(summary::VIEWS)
            .map(|(name, sql)| ((*name).to_owned(), (*sql).to_owned())),
    );
    views
}

fn append_table(table: &Table, sql: &mut String) {
    let name = table.name();
    // Those that mostly say nothing stand last: at the end of a row that takes no room (see .cargo/config.toml).
    let (often, seldom): (Vec<&Column>, Vec<&Column>) =
        table.columns.iter().partition(|column| !SELDOM.contains(&column.field.name));
    let columns: Vec<String> =
        often.into_iter().chain(seldom).map(|column| format!("\"{}\"", column.field.name)).collect();
    let _ = writeln!(
        sql,
        "CREATE TABLE {name} (event INTEGER PRIMARY KEY, time INTEGER NOT NULL, lag INTEGER NOT NULL, \
         envelope INTEGER NOT NULL, {}, extra TEXT);",
        columns.join(", ")
    );
    // The events that begin and end a process are found through the process itself.
    if table.position("SourcePort").is_some() {
        // Where a connection arrived is found by its ports, among those that were taken.
        let _ = writeln!(
            sql,
            "CREATE INDEX {name}_inbound ON {name} (\"SourcePort\", \"DestinationPort\") WHERE \"Initiated\" = 0;"
        );
    }
    if let Some(subject) = table.subject.filter(|_| has_indexes(table)) {
        let column = columns[subject].as_str();
        let _ = writeln!(sql, "CREATE INDEX {name}_process ON {name} ({column});");
    }
}

/// Whether a table has indexes.
pub(crate) fn has_indexes(table: &Table) -> bool {
    table.subject.is_some() && !summary::begins(table.spec) && !summary::ends(table.spec)
}

fn view(table: &Table) -> String {
    let mut sql = format!("SELECT e.event AS event, {} AS Computer, e.time AS time", computer("e.event"));
    if table.spec.position(TIME_FIELD).is_some() {
        let _ = write!(sql, ", {} AS {TIME_FIELD}", time_text("e.time"));
    }
    if let Some(subject) = table.subject {
        let _ = write!(sql, ", e.\"{}\" AS process", table.columns[subject].field.name);
    }
    for column in &table.columns {
        let _ = write!(sql, ", {} AS \"{}\"", value(column, "e"), column.field.name);
    }
    let _ = write!(sql, ", e.extra AS extra FROM {} e", table.name());
    sql
}

/// Every event with what most have.
fn events(tables: &[Table]) -> String {
    const SHARED: &[&str] = &["RuleName", "ProcessId", "Image", "User"];
    let selects = tables.iter().map(|table| {
        let mut sql = format!(
            "SELECT e.event AS event, {} AS Computer, e.time AS time, {} AS UtcTime, {} AS EventID, '{}' AS EventName, \
             e.event & {} AS EventRecordID",
            computer("e.event"),
            time_text("e.time"),
            table.spec.id,
            table.spec.name,
            (1_u64 << RECORD_BITS) - 1
        );
        let subject = table.subject.map_or("NULL".to_owned(), |column| value(&table.columns[column], "e"));
        let _ = write!(sql, ", {subject} AS ProcessGuid");
        for name in SHARED {
            let column = table.position(name).or_else(|| table.position(&format!("Source{name}")));
            let shown = column.map_or("NULL".to_owned(), |column| value(&table.columns[column], "e"));
            let _ = write!(sql, ", {shown} AS {name}");
        }
        let _ = write!(sql, " FROM {} e", table.name());
        sql
    });
    selects.collect::<Vec<_>>().join(" UNION ALL ")
}

fn processes() -> String {
    let of_created = |name: &str| {
        format!(
            "(SELECT {} FROM raw_process_create e WHERE e.event = p.created)",
            text(&format!("e.\"{name}\""))
        )
    };
    format!(
        "SELECT p.id AS id, {guid} AS ProcessGuid, {host} AS Computer, coalesce({own_pid}, p.pid) AS ProcessId, \
         (SELECT e.time FROM raw_process_create e WHERE e.event = p.created) AS started, p.ended AS ended, \
         coalesce({image}, {own_image}) AS Image, {command} AS CommandLine, {directory} AS CurrentDirectory, \
         {hashes} AS Hashes, coalesce({user}, {own_user}) AS User, \
         (SELECT {parent} FROM raw_processes q WHERE q.id = p.parent) AS ParentProcessGuid, \
         {parent_image} AS ParentImage, {parent_command} AS ParentCommandLine, p.parent AS parent \
         FROM raw_processes p",
        guid = guid("p.guid"),
        host = string("p.host"),
        own_pid = "(SELECT e.ProcessId FROM raw_process_create e WHERE e.event = p.created AND typeof(e.ProcessId) = 'integer')",
        image = of_created("Image"),
        own_image = text("p.image"),
        command = of_created("CommandLine"),
        directory = of_created("CurrentDirectory"),
        hashes = of_created("Hashes"),
        user = of_created("User"),
        own_user = text("p.user"),
        parent = guid("q.guid"),
        parent_image = of_created("ParentImage"),
        parent_command = of_created("ParentCommandLine"),
    )
}

/// Which record numbers each machine's streams hold, in pieces.
fn record_numbers() -> String {
    format!(
        "SELECT {host} AS Computer, c.id >> 16 AS stream, c.low AS low, c.high AS high, c.count AS count, \
         c.least / 1000 AS first, c.most / 1000 AS last \
         FROM chunks c JOIN streams s ON s.id = c.id >> 16 WHERE s.base IS NOT NULL",
        host = string("s.host")
    )
}

/// What a column says, as SQL over the table `of`.
fn value(column: &Column, of: &str) -> String {
    let cell = format!("{of}.\"{}\"", column.field.name);
    match column.encoding {
        Encoding::Text => text(&cell),
        Encoding::Integer | Encoding::Flag => cell,
        Encoding::Moment => {
            format!("CASE typeof({cell}) WHEN 'integer' THEN {} ELSE {cell} END", time_text(&cell))
        }
        Encoding::Process => format!(
            "CASE typeof({cell}) WHEN 'integer' THEN (SELECT {} FROM raw_processes p WHERE p.id = {cell}) ELSE {cell} END",
            guid("p.guid")
        ),
    }
}

/// A text, whichever way it is kept.
fn text(cell: &str) -> String {
    format!("CASE typeof({cell}) WHEN 'integer' THEN {} ELSE {cell} END", string(cell))
}

/// The text with this number.
pub(crate) fn string(id: &str) -> String {
    format!("(SELECT text FROM strings WHERE strings.id = {id})")
}

/// The machine of the event with this id.
fn computer(id: &str) -> String {
    format!(
        "(SELECT text FROM strings JOIN streams ON strings.id = streams.host WHERE streams.id = {id} >> {RECORD_BITS})"
    )
}

/// A time as events write it.
fn time_text(millis: &str) -> String {
    format!(
        "strftime('%Y-%m-%d %H:%M:%S.', {millis} / 1000, 'unixepoch') || substr('00' || ({millis} % 1000), -3)"
    )
}

/// A process's identity as events write it.
fn guid(bytes: &str) -> String {
    let part = |from: u8, length: u8| format!("substr(lower(hex({bytes})), {from}, {length})");
    format!(
        "'{{' || {} || '-' || {} || '-' || {} || '-' || {} || '-' || {} || '}}'",
        part(1, 8),
        part(9, 4),
        part(13, 4),
        part(17, 4),
        part(21, 12)
    )
}
