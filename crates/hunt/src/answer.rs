//! Answers to questions in SQL, for people and for programs.

use std::fmt::Write as _;
use std::io::{self, Write};

use rusqlite::Statement;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value as Json};
use tuxmon_event::Timestamp;

use crate::clickhouse::ServerError;

/// One value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing is known.
    Null,
    /// A number, or a time in milliseconds since 1970.
    Integer(i64),
    /// A number with a fraction.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// The rows of an answer, one after another, whichever engine gives them.
pub trait Rows {
    /// What the columns are called.
    fn columns(&self) -> &[String];
    /// The next row, with a value for each column.
    fn next(&mut self) -> Result<Option<&[Value]>, AnswerError>;
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Columns for people.
    Table,
    /// One JSON object a row.
    Json,
    /// Comma-separated values with a heading.
    Csv,
}

/// More rows than this are not laid out as a table.
const MOST_ROWS: usize = 10_000;
/// A wider value is cut in a table.
const WIDEST: usize = 100;

/// Why an answer could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The store says so.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The server says so.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The output is closed or full.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// The rows of a statement of SQLite whose parameters are bound.
pub(crate) struct SqliteRows<'s> {
    columns: Vec<String>,
    rows: rusqlite::Rows<'s>,
    row: Vec<Value>,
}

impl<'s> SqliteRows<'s> {
    pub(crate) fn of(statement: &'s mut Statement<'_>) -> Self {
        let columns = statement.column_names().map(str::to_owned).collect();
        Self { columns, rows: statement.raw_query(), row: Vec::new() }
    }
}

impl Rows for SqliteRows<'_> {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> Result<Option<&[Value]>, AnswerError> {
        let Some(row) = self.rows.next()? else { return Ok(None) };
        self.row.clear();
        for index in 0..self.columns.len() {
            self.row.push(match row.get_ref(index)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Integer(number),
                ValueRef::Real(number) => Value::Real(number),
                ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(bytes) => Value::Bytes(bytes.to_owned()),
            });
        }
        Ok(Some(&self.row))
    }
}

/// Prints all rows of an answer, and says how many there were. The columns in `times` hold milliseconds since 1970.
pub fn print(
    rows: &mut dyn Rows,
    times: &[String],
    form: Form,
    out: &mut impl Write,
) -> Result<usize, AnswerError> {
    let columns = rows.columns().to_vec();
    let is_time: Vec<bool> = columns.iter().map(|column| times.contains(column)).collect();
    match form {
        Form::Table => table(rows, &columns, &is_time, out),
        Form::Json => json(rows, &columns, &is_time, out),
        Form::Csv => csv(rows, &columns, &is_time, out),
    }
}

fn table(
    rows: &mut dyn Rows,
    columns: &[String],
    is_time: &[bool],
    out: &mut impl Write,
) -> Result<usize, AnswerError> {
    let mut lines: Vec<Vec<String>> = vec![columns.to_vec()];
    let mut numbers = vec![true; columns.len()];
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        if count > MOST_ROWS {
            continue;
        }
        let mut line = Vec::with_capacity(columns.len());
        for (index, is_time) in is_time.iter().enumerate() {
            let value = &row[index];
            numbers[index] &= !is_time && matches!(value, Value::Integer(_) | Value::Real(_) | Value::Null);
            line.push(cut(&visible(&shown(value, *is_time))));
        }
        lines.push(line);
    }
    let widths: Vec<usize> = (0..columns.len())
        .map(|index| lines.iter().map(|line| line[index].chars().count()).max().unwrap_or_default())
        .collect();
    for line in &lines {
        let mut text = String::new();
        for ((cell, width), number) in line.iter().zip(&widths).zip(&numbers) {
            let blanks = " ".repeat(width - cell.chars().count());
            let (before, behind) = if *number { (blanks.as_str(), "") } else { ("", blanks.as_str()) };
            let _ = write!(text, "{before}{cell}{behind}  ");
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    if count > MOST_ROWS {
        writeln!(out, "… and {} more rows; --format csv or json prints all", count - MOST_ROWS)?;
    }
    Ok(count)
}

fn json(
    rows: &mut dyn Rows,
    columns: &[String],
    is_time: &[bool],
    out: &mut impl Write,
) -> Result<usize, AnswerError> {
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        let mut object = Map::new();
        for (index, column) in columns.iter().enumerate() {
            let value = match &row[index] {
                Value::Null => Json::Null,
                Value::Integer(number) if !is_time[index] => (*number).into(),
                Value::Real(number) => (*number).into(),
                other => shown(other, is_time[index]).into(),
            };
            object.insert(column.clone(), value);
        }
        writeln!(out, "{}", Json::Object(object))?;
    }
    Ok(count)
}

fn csv(
    rows: &mut dyn Rows,
    columns: &[String],
    is_time: &[bool],
    out: &mut impl Write,
) -> Result<usize, AnswerError> {
    let quoted = |text: &str| {
        if text.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let heading: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    writeln!(out, "{}", heading.join(","))?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        let mut line = Vec::with_capacity(columns.len());
        for (index, is_time) in is_time.iter().enumerate() {
            line.push(quoted(&shown(&row[index], *is_time)));
        }
        writeln!(out, "{}", line.join(","))?;
    }
    Ok(count)
}

impl Value {
    /// The value as it is printed: bytes as hexadecimal digits.
    pub(crate) fn shown(&self) -> String {
        shown(self, false)
    }
}

fn shown(value: &Value, is_time: bool) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(millis) if is_time => Timestamp(millis.saturating_mul(1_000_000)).utc_time(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:.3}"),
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => hexadecimal(bytes),
    }
}

/// Bytes as small hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("a String takes everything");
        digits
    })
}

/// A text in which nothing is left that a terminal would obey.
pub fn visible(text: &str) -> String {
    let bidirectional =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || bidirectional(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
