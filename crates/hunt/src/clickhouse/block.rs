//! Events as a block of ClickHouse's Native format: column after column, as the engine itself keeps them, so it has
//! nothing to parse. A column in which no event of a block says anything is left out.

use tuxmon_event::{Guid, Timestamp};

use super::ddl;
use crate::batch::{Batch, Cell, Row};
use crate::layout::{Encoding, Table};

/// Columns of every event, before those of its fields.
const OWN: [(&str, Kind); 8] = [
    ("event", Kind::Uuid),
    ("EventID", Kind::Short),
    ("time", Kind::Number),
    ("lag", Kind::Number),
    ("Computer", Kind::Text),
    ("envelope", Kind::Text),
    ("EventRecordID", Kind::Nullable(Value::Unsigned)),
    ("extra", Kind::Nullable(Value::Text)),
];
const RECORD: usize = 6;
const EXTRA: usize = 7;

/// How a column's values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Uuid,
    Short,
    Number,
    Text,
    Nullable(Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Text,
    Number,
    Unsigned,
    Flag,
}

/// Events that become one insert.
pub(super) struct Block<'t> {
    tables: &'t [Table],
    columns: Vec<Column>,
    /// For each table, where its columns are.
    places: Vec<Vec<usize>>,
    rows: usize,
}

struct Column {
    name: String,
    kind: Kind,
    /// So many rows are written; those behind them say nothing yet.
    rows: usize,
    nulls: Vec<u8>,
    values: Vec<u8>,
}

impl<'t> Block<'t> {
    pub(super) fn new(tables: &'t [Table]) -> Self {
        let column =
            |name: String, kind| Column { name, kind, rows: 0, nulls: Vec::new(), values: Vec::new() };
        let mut columns: Vec<Column> =
            OWN.iter().map(|(name, kind)| column((*name).to_owned(), *kind)).collect();
        let shared = ddl::columns(tables);
        columns.extend(shared.iter().map(|own| column(ddl::column_name(own), kind(own.encoding))));
        let place = |name: &str| {
            let found = shared.iter().position(|column| column.field.name == name);
            OWN.len() + found.expect("the columns are those of all tables")
        };
        let places =
            tables.iter().map(|table| table.columns.iter().map(|own| place(own.field.name)).collect());
        Self { tables, places: places.collect(), columns, rows: 0 }
    }

    /// Adds an event.
    pub(super) fn add(&mut self, batch: &Batch, row: &Row, id: [u8; 16]) {
        let at = self.rows;
        self.rows += 1;
        self.columns[0].uuid(at, id);
        self.columns[1].bytes(at, &row.event_id.to_le_bytes());
        self.columns[2].bytes(at, &row.time.to_le_bytes());
        self.columns[3].bytes(at, &row.lag.to_le_bytes());
        self.columns[4].text(at, batch.text(row.host));
        self.columns[5].text(at, batch.text(row.envelope));
        if let Some(record) = row.record {
            self.columns[RECORD].bytes(at, &record.to_le_bytes());
        }
        let mut extra = row.extra.map(|extra| batch.text(extra).to_owned());
        if let Some(table) = row.table {
            let columns = self.tables[table].columns.iter().zip(&self.places[table]);
            for ((own, place), cell) in columns.zip(batch.cells(row)) {
                let column = &mut self.columns[*place];
                match (*cell, own.encoding) {
                    (Cell::None, _) => {}
                    (Cell::Integer(millis), Encoding::Moment) => {
                        column.text(at, &Timestamp(millis.saturating_mul(1_000_000)).utc_time());
                    }
                    (Cell::Integer(flag), Encoding::Flag) => column.bytes(at, &[u8::from(flag == 1)]),
                    (Cell::Integer(number), _) => column.bytes(at, &number.to_le_bytes()),
                    (Cell::Process(Guid(id)), _) => column.uuid(at, id),
                    (Cell::Text(text), Encoding::Text | Encoding::Moment) => {
                        column.text(at, batch.text(text));
                    }
                    // What does not fit its column is kept beside them.
                    (Cell::Text(text), Encoding::Integer | Encoding::Flag | Encoding::Process) => {
                        let member = format!("{}:{}", quoted(own.field.name), quoted(batch.text(text)));
                        extra = Some(match extra {
                            Some(object) => format!("{},{member}}}", object.trim_end_matches('}')),
                            None => format!("{{{member}}}"),
                        });
                    }
                }
            }
        }
        if let Some(extra) = extra {
            self.columns[EXTRA].text(at, &extra);
        }
    }

    /// The names of the columns that say something, and the block.
    pub(super) fn written(mut self) -> (String, Vec<u8>) {
        let rows = self.rows;
        self.columns.retain(|column| column.rows > 0);
        self.columns.iter_mut().for_each(|column| column.silent(rows));
        let mut out = Vec::with_capacity(self.columns.iter().map(|column| column.values.len() + rows).sum());
        length(self.columns.len(), &mut out);
        length(rows, &mut out);
        for column in &self.columns {
            append(&column.name, &mut out);
            append(column.kind.name(), &mut out);
            out.extend_from_slice(&column.nulls);
            out.extend_from_slice(&column.values);
        }
        (self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", "), out)
    }
}

impl Column {
    /// The rows before `row` that were not written say nothing.
    fn silent(&mut self, row: usize) {
        let missing = row - self.rows;
        self.rows = row;
        self.values.resize(self.values.len() + missing * self.kind.nothing(), 0);
        if matches!(self.kind, Kind::Nullable(_)) {
            self.nulls.resize(self.nulls.len() + missing, 1);
        }
    }

    fn begin(&mut self, row: usize) {
        self.silent(row);
        self.rows += 1;
        if matches!(self.kind, Kind::Nullable(_)) {
            self.nulls.push(0);
        }
    }

    fn bytes(&mut self, row: usize, bytes: &[u8]) {
        self.begin(row);
        self.values.extend_from_slice(bytes);
    }

    fn text(&mut self, row: usize, text: &str) {
        self.begin(row);
        append(text, &mut self.values);
    }

    /// Two numbers of 64 bits, each with its low byte first.
    fn uuid(&mut self, row: usize, mut id: [u8; 16]) {
        id[..8].reverse();
        id[8..].reverse();
        self.bytes(row, &id);
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Uuid => "UUID",
            Self::Short => "UInt16",
            Self::Number => "Int64",
            Self::Text => "String",
            Self::Nullable(Value::Text) => "Nullable(String)",
            Self::Nullable(Value::Number) => "Nullable(Int64)",
            Self::Nullable(Value::Unsigned) => "Nullable(UInt64)",
            Self::Nullable(Value::Flag) => "Nullable(UInt8)",
        }
    }

    /// The bytes of a value that says nothing; all are 0.
    fn nothing(self) -> usize {
        match self {
            Self::Uuid => 16,
            Self::Short => 2,
            Self::Number | Self::Nullable(Value::Number | Value::Unsigned) => 8,
            Self::Text | Self::Nullable(Value::Text | Value::Flag) => 1,
        }
    }
}

fn kind(encoding: Encoding) -> Kind {
    match encoding {
        Encoding::Text | Encoding::Moment => Kind::Nullable(Value::Text),
        Encoding::Process => Kind::Uuid,
        Encoding::Integer => Kind::Nullable(Value::Number),
        Encoding::Flag => Kind::Nullable(Value::Flag),
    }
}

fn append(text: &str, out: &mut Vec<u8>) {
    length(text.len(), out);
    out.extend_from_slice(text.as_bytes());
}

/// A length in groups of seven bits, the low ones first.
fn length(mut length: usize, out: &mut Vec<u8>) {
    while length >= 1 << 7 {
        out.push(length as u8 | 1 << 7);
        length >>= 7;
    }
    out.push(length as u8);
}

/// A text as JSON writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
