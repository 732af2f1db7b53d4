//! Which table keeps which event, and how each field becomes a cell: all of it follows from `schema/`.

use tuxmon_event::{EVENTS, EventSpec, FieldSpec, Kind};

/// The field whose value is kept as the event's `time`.
pub(crate) const TIME_FIELD: &str = "UtcTime";

/// How a table of the store is called; the view without the prefix is for people.
pub(crate) const RAW: &str = "raw_";

/// Where the events of one kind are kept.
#[derive(Debug)]
pub(crate) struct Table {
    /// The event's definition.
    pub(crate) spec: &'static EventSpec,
    /// One column for each field but the time, in the order of the schema.
    pub(crate) columns: Vec<Column>,
    /// The column of the process that did the deed.
    pub(crate) subject: Option<usize>,
}

/// Where one field is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// The field's definition.
    pub(crate) field: &'static FieldSpec,
    /// How its values are kept.
    pub(crate) encoding: Encoding,
}

/// How a value is kept. A value that does not come back from this as it was is kept as text, so nothing is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// The number of a string, or the string itself where it was seen once.
    Text,
    /// Milliseconds since 1970.
    Moment,
    /// The number of a process.
    Process,
    /// An integer.
    Integer,
    /// 1 or 0.
    Flag,
}

/// One table for each event of the schema.
pub(crate) fn tables() -> Vec<Table> {
    EVENTS.iter().map(table).collect()
}

fn table(spec: &'static EventSpec) -> Table {
    let columns: Vec<Column> = spec
        .fields
        .iter()
        .filter(|field| field.name != TIME_FIELD)
        .map(|field| Column { field, encoding: encoding(field) })
        .collect();
    let subject = columns.iter().position(|column| column.encoding == Encoding::Process);
    Table { spec, columns, subject }
}

fn encoding(field: &FieldSpec) -> Encoding {
    match field.kind {
        Kind::Guid if field.name.contains("Process") => Encoding::Process,
        // Logins are few: their identities are texts like others.
        Kind::Guid | Kind::Text | Kind::Hex | Kind::Address => Encoding::Text,
        Kind::Time => Encoding::Moment,
        Kind::ProcessId | Kind::Number | Kind::Port | Kind::LogonId => Encoding::Integer,
        Kind::Flag | Kind::OptionalFlag => Encoding::Flag,
    }
}

/// Whether a field is kept as the identity of a process.
pub(crate) fn encoding_of_process(field: &FieldSpec) -> bool {
    encoding(field) == Encoding::Process
}

impl Table {
    /// The table's name.
    pub(crate) fn name(&self) -> String {
        format!("{RAW}{}", self.spec.stem)
    }

    /// The position of a field's column.
    pub(crate) fn position(&self, field: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.field.name == field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SQLite does not tell `ID` from `id`.
    #[test]
    fn no_field_is_called_like_a_column_of_ours() {
        const OURS: &[&str] = &["event", "time", "lag", "envelope", "extra", "process", "Computer"];
        for field in EVENTS.iter().flat_map(|event| event.fields) {
            assert!(!OURS.iter().any(|ours| ours.eq_ignore_ascii_case(field.name)), "{}", field.name);
        }
    }
}
