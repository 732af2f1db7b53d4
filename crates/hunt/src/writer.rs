//! Batches into the store: each in one transaction, after which it is safe.

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Statement, ToSql};

use crate::batch::{Batch, Cell, Row, Text};
use crate::ddl;
use crate::filters::{Filters, Sought};
use crate::layout::{Column, Encoding, Table, tables};
use crate::processes::{ProcessId, Processes, Said};
use crate::store;
use crate::streams::{EventRow, Placed, Streams};
use crate::strings::{NONE, Printer, StringId, Strings};
use crate::summary::{self, Counter};
use crate::turn;

/// Columns of every table before those of its fields: id, time, lag, envelope.
const FIXED: usize = 4;

/// Events, and different things that are counted, between two commits; whichever is reached first.
const MOST_EVENTS: u64 = 500_000;
const MOST_COUNTS: usize = 800_000;

/// So many rows of a table without indexes are written by one statement, where there are so many. SQLite keeps what is on
/// a page before such a statement: over indexes, where each row is on other pages, that costs more than it saves.
const TOGETHER: usize = 32;

/// What became of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stored {
    /// Events that are new in the store.
    pub new: u64,
    /// Events that were there.
    pub known: u64,
    /// Events that are older than what the store keeps.
    pub expired: u64,
}

/// Writes into one store.
pub(crate) struct Writer<'c> {
    connection: &'c Connection,
    tables: Vec<Target<'c>>,
    other: Statement<'c>,
    strings: Strings<'c>,
    streams: Streams<'c>,
    processes: Processes<'c>,
    counter: Counter<'c>,
    filters: Filters<'c>,
    /// Events before this time, in milliseconds, are no longer kept.
    horizon: i64,
    /// What was added since the last commit; `None` when there is nothing to commit.
    open: Option<Stored>,
    printer: Printer,
    /// What SQLite counts up when somebody else writes to the store.
    version: i64,
    ids: Vec<StringId>,
    processes_of_row: Vec<ProcessId>,
}

/// A table, and what its columns are good for.
struct Target<'c> {
    insert: Statement<'c>,
    /// For [`TOGETHER`] events.
    insert_many: Option<Statement<'c>>,
    /// Whether a column's texts have numbers from the first on.
    is_key: Vec<bool>,
    /// Whether a column's texts may have numbers: in a column of numbers they would be taken for those.
    is_text: Vec<bool>,
    /// The processes that an event names: first the one that did the deed, and in the event of a beginning the parent.
    actors: Vec<Actor>,
    /// The columns by which its events are looked for without an index.
    sought: Vec<usize>,
    begins: bool,
    ends: bool,
}

/// Where an event says what of a process.
struct Actor {
    column: usize,
    pid: Option<usize>,
    image: Option<usize>,
    user: Option<usize>,
}

/// The number that no process has.
const NOBODY: ProcessId = 0;

impl<'c> Writer<'c> {
    pub(crate) fn open(connection: &'c Connection, printer: Printer) -> rusqlite::Result<Self> {
        let tables = tables();
        let counter = Counter::open(connection, &tables)?;
        let targets = tables
            .iter()
            .enumerate()
            .map(|(index, table)| Target::new(connection, table, counter.key_columns(index)));
        let mut names: Vec<String> = tables.iter().map(Table::name).collect();
        names.push("raw_other".to_owned());
        Ok(Self {
            connection,
            tables: targets.collect::<rusqlite::Result<_>>()?,
            other: connection.prepare(
                "INSERT INTO raw_other (event, time, lag, envelope, event_id, extra) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?,
            strings: Strings::open(connection)?,
            streams: Streams::open(connection, &names)?,
            processes: Processes::open(connection, printer)?,
            counter,
            filters: Filters::open(connection)?,
            horizon: store::horizon(connection)?,
            open: None,
            printer,
            // Looked at when the first batch comes: until then others may write.
            version: 0,
            ids: Vec::new(),
            processes_of_row: Vec::new(),
        })
    }

    /// Adds a batch, which is safe after the next [`commit`](Self::commit). After an error the writer is of no more use.
    pub(crate) fn add(&mut self, batch: &Batch) -> rusqlite::Result<()> {
        let mut stored = match self.open {
            Some(stored) => stored,
            None => self.begin()?,
        };
        let mut placed = Vec::with_capacity(batch.rows.len());
        for (index, row) in batch.rows.iter().enumerate() {
            if row.time < self.horizon {
                stored.expired += 1;
                continue;
            }
            let host = self.string(batch, row.host)?;
            let table = row.table.unwrap_or(self.tables.len());
            match self.streams.place(row, host, table)? {
                Placed::Known => stored.known += 1,
                Placed::New(id) => placed.push((table, id, index, host)),
            }
        }
        stored.new += placed.len() as u64;
        // In the order of the tables, their pages are visited once.
        placed.sort_unstable();
        for of_table in placed.chunk_by(|one, next| one.0 == next.0) {
            let many = of_table[0].0 < self.tables.len() && self.tables[of_table[0].0].insert_many.is_some();
            for group in of_table.chunks(if many { TOGETHER } else { 1 }) {
                self.insert(batch, group)?;
            }
        }
        self.streams.settle();
        if self.processes.is_due() {
            self.processes.flush()?;
        }
        self.open = Some(stored);
        Ok(())
    }

    fn begin(&mut self) -> rusqlite::Result<Stored> {
        turn::begin(self.connection)?;
        let version = data_version(self.connection)?;
        if version != self.version {
            // Somebody else wrote meanwhile: what is remembered of the store may be true no longer.
            *self = Self::open(self.connection, self.printer)?;
            self.version = version;
        }
        Ok(Stored::default())
    }

    /// Whether enough was added that it should be committed. Before, it is cheaper to wait: what many batches count, and
    /// the pages that they share, are then written once.
    pub(crate) fn is_full(&self) -> bool {
        self.open.is_some_and(|stored| stored.new >= MOST_EVENTS)
            || self.counter.waiting() >= MOST_COUNTS
            || self.streams.is_large()
            || self.filters.is_large()
    }

    /// Whether something was added since the last commit.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Says what became of the events since the last commit. When this returns, they survive whatever happens to the
    /// machine.
    pub(crate) fn commit(&mut self) -> rusqlite::Result<Stored> {
        let Some(stored) = self.open.take() else { return Ok(Stored::default()) };
        self.processes.flush()?;
        self.counter.flush()?;
        self.streams.flush()?;
        self.filters.flush()?;
        self.connection.execute_batch("COMMIT")?;
        Ok(stored)
    }

    fn string(&mut self, batch: &Batch, text: Text) -> rusqlite::Result<StringId> {
        self.strings.id(|| batch.text(text), text.print)
    }

    /// Inserts events of one table, at most [`TOGETHER`]: by one statement if there are so many.
    fn insert(
        &mut self,
        batch: &Batch,
        group: &[(usize, EventRow, usize, StringId)],
    ) -> rusqlite::Result<()> {
        let together = group.len() == TOGETHER;
        for (place, (_, id, index, host)) in group.iter().enumerate() {
            let row = &batch.rows[*index];
            let Some(table) = row.table else {
                let envelope = self.string(batch, row.envelope)?;
                let extra = row.extra.map(|extra| batch.text(extra));
                self.other.execute((id, row.time, row.lag, envelope, row.event_id, extra))?;
                continue;
            };
            self.bind(batch, (table, row), *id, *host, together.then_some(place))?;
            let target = &mut self.tables[table];
            match &mut target.insert_many {
                Some(many) if together && place + 1 == TOGETHER => drop(many.raw_execute()?),
                Some(_) if together => {}
                Some(_) | None => drop(target.insert.raw_execute()?),
            }
            let cells = batch.cells(row);
            for sought in target.sought.iter().filter_map(|column| Sought::of(cells[*column])) {
                self.filters.add(*id, sought)?;
            }
            self.counter.add(table, row, batch, *host, &self.ids);
            self.note(table, row, batch, *id)?;
        }
        Ok(())
    }

    /// Gives an event's values to the statement for many at its place there, or to that for one.
    fn bind(
        &mut self,
        batch: &Batch,
        (table, row): (usize, &Row),
        id: EventRow,
        host: StringId,
        place: Option<usize>,
    ) -> rusqlite::Result<()> {
        let envelope = self.string(batch, row.envelope)?;
        let extra = row.extra.map(|extra| batch.text(extra));
        let cells = batch.cells(row);
        let first = 1 + place.unwrap_or(0) * (FIXED + cells.len() + 1);
        self.ids.clear();
        self.ids.resize(cells.len(), NONE);
        self.processes_of_row.clear();
        self.processes_of_row.resize(cells.len(), 0);
        let target = &mut self.tables[table];
        let insert = match &mut target.insert_many {
            Some(many) if place.is_some() => many,
            Some(_) | None => &mut target.insert,
        };
        for (place, value) in [id, row.time, row.lag, envelope].into_iter().enumerate() {
            insert.raw_bind_parameter(first + place, value)?;
        }
        for (column, cell) in cells.iter().enumerate() {
            let value = match *cell {
                Cell::None => Bound(ValueRef::Null),
                Cell::Integer(number) => Bound(ValueRef::Integer(number)),
                Cell::Process(guid) => {
                    let process = self.processes.id(guid, host)?;
                    self.processes_of_row[column] = process;
                    Bound(ValueRef::Integer(process))
                }
                Cell::Text(text) => {
                    let number = if !target.is_text[column] {
                        None
                    } else if target.is_key[column] {
                        Some(self.strings.id(|| batch.text(text), text.print)?)
                    } else {
                        self.strings.id_if_seen(|| batch.text(text), text.print)?
                    };
                    self.ids[column] = number.unwrap_or(NONE);
                    Bound(
                        number.map_or_else(|| ValueRef::Text(batch.text(text).as_bytes()), ValueRef::Integer),
                    )
                }
            };
            insert.raw_bind_parameter(first + FIXED + column, value)?;
        }
        insert.raw_bind_parameter(first + FIXED + cells.len(), extra)
    }

    /// Notes what the event says of the processes that it names.
    fn note(&mut self, table: usize, row: &Row, batch: &Batch, id: EventRow) -> rusqlite::Result<()> {
        let target = &self.tables[table];
        let cells = batch.cells(row);
        let text = |column: Option<usize>| match cells[column?] {
            Cell::Text(text) => Some(text),
            Cell::None | Cell::Integer(_) | Cell::Process(_) => None,
        };
        for (index, actor) in target.actors.iter().enumerate() {
            let process = self.processes_of_row[actor.column];
            let is_subject = index == 0;
            let tells = is_subject && (target.begins || target.ends);
            if process == NOBODY || !tells && !self.processes.is_news(process) {
                continue;
            }
            let (image, user) = (text(actor.image), text(actor.user));
            let said = Said {
                pid: actor.pid.and_then(|column| match cells[column] {
                    Cell::Integer(pid) => Some(pid),
                    Cell::None | Cell::Process(_) | Cell::Text(_) => None,
                }),
                parent: match (target.begins && is_subject, target.actors.get(1)) {
                    (true, Some(parent)) => {
                        Some(self.processes_of_row[parent.column]).filter(|id| *id != NOBODY)
                    }
                    (true, None) | (false, _) => None,
                },
                created: (target.begins && is_subject).then_some(id),
                ended: (target.ends && is_subject).then_some(row.time),
                image: image.map(|text| self.strings.id(|| batch.text(text), text.print)).transpose()?,
                user: user.map(|text| self.strings.id(|| batch.text(text), text.print)).transpose()?,
            };
            self.processes.note(process, said);
        }
        Ok(())
    }
}

impl<'c> Target<'c> {
    fn new<'t>(
        connection: &'c Connection,
        table: &Table,
        keys: impl Iterator<Item = &'t usize>,
    ) -> rusqlite::Result<Self> {
        let columns: Vec<String> =
            table.columns.iter().map(|column| format!("\"{}\"", column.field.name)).collect();
        let insert = |rows| {
            connection.prepare(&format!(
                "INSERT INTO {} (event, time, lag, envelope, {}, extra) VALUES {}",
                table.name(),
                columns.join(", "),
                values(FIXED + columns.len() + 1, rows)
            ))
        };
        let mut is_key = vec![false; columns.len()];
        keys.for_each(|column| is_key[*column] = true);
        Ok(Self {
            insert: insert(1)?,
            insert_many: (!ddl::has_indexes(table)).then(|| insert(TOGETHER)).transpose()?,
            is_key,
            is_text: table.columns.iter().map(|column| column.encoding == Encoding::Text).collect(),
            actors: actors(table),
            sought: summary::sought(table),
            begins: summary::begins(table.spec),
            ends: summary::ends(table.spec),
        })
    }
}

/// Places for the values of so many rows: `(?, ?), (?, ?)`.
fn values(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA data_version", [], |row| row.get(0))
}

/// The fields about one process share a beginning: `ParentProcessGuid`, `ParentProcessId`, `ParentImage`.
fn actors(table: &Table) -> Vec<Actor> {
    let processes =
        table.columns.iter().enumerate().filter(|(_, column)| column.encoding == Encoding::Process);
    let actor = |(index, column): (usize, &Column)| {
        let beginning = column.field.name.split("Process").next().unwrap_or_default();
        let about = |name: &str| table.position(&format!("{beginning}{name}"));
        Actor { column: index, pid: about("ProcessId"), image: about("Image"), user: about("User") }
    };
    processes.map(actor).collect()
}

/// A value that is bound without a copy.
struct Bound<'a>(ValueRef<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            ValueRef::Null => ToSqlOutput::Owned(Value::Null),
            borrowed => ToSqlOutput::Borrowed(borrowed),
        })
    }
}
