//! Answers as the server writes them: values between tabs, below a line with their names and one with their types.

use std::io::{BufRead, BufReader, Read};

use crate::answer::{AnswerError, Rows, Value};
use crate::clickhouse::ServerError;

/// The form in which answers are asked for; every version writes it.
pub(super) const FORMAT: &str = "TabSeparatedWithNamesAndTypes";

/// The longest line of an answer.
const LONGEST: u64 = 64 << 20;

/// How the values of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Integer,
    Real,
    Text,
}

/// The rows of an answer, read as they come.
pub(super) struct ServerRows<R> {
    input: BufReader<R>,
    columns: Vec<String>,
    types: Vec<Type>,
    line: Vec<u8>,
    row: Vec<Value>,
}

impl<R: Read> ServerRows<R> {
    pub(super) fn read(input: R) -> Result<Self, ServerError> {
        let mut rows = Self {
            input: BufReader::with_capacity(1 << 16, input),
            columns: Vec::new(),
            types: Vec::new(),
            line: Vec::new(),
            row: Vec::new(),
        };
        if rows.next_line()? {
            rows.columns = rows.line.split(|byte| *byte == b'\t').map(text).collect();
        }
        if rows.next_line()? {
            rows.types = rows.line.split(|byte| *byte == b'\t').map(|name| kind(&text(name))).collect();
        }
        Ok(rows)
    }

    /// Reads a line into `line`; `false` at the end.
    fn next_line(&mut self) -> Result<bool, ServerError> {
        self.line.clear();
        let read = (&mut self.input).take(LONGEST).read_until(b'\n', &mut self.line);
        read.map_err(|error| ServerError::Broken(error.to_string()))?;
        match self.line.pop() {
            Some(b'\n') => Ok(true),
            Some(_) => Err(ServerError::Broken("the answer is cut off".to_owned())),
            None => Ok(false),
        }
    }
}

impl<R: Read> Rows for ServerRows<R> {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> Result<Option<&[Value]>, AnswerError> {
        if !self.next_line()? {
            return Ok(None);
        }
        self.row.clear();
        let written = self.line.split(|byte| *byte == b'\t');
        self.row.extend(written.zip(&self.types).map(|(written, kind)| value(written, *kind)));
        if self.row.len() != self.columns.len() {
            // Once rows are on the way, an error can only be said among them.
            return Err(ServerError::Broken(text(&self.line)).into());
        }
        Ok(Some(&self.row))
    }
}

fn kind(name: &str) -> Type {
    let inner = |name: &str, outer: &str| {
        name.strip_prefix(outer).and_then(|rest| rest.strip_suffix(')')).map(str::to_owned)
    };
    let name = inner(name, "LowCardinality(").unwrap_or_else(|| name.to_owned());
    let name = inner(&name, "Nullable(").unwrap_or(name);
    if name.starts_with("Int") || name.starts_with("UInt") || name == "Bool" {
        Type::Integer
    } else if name.starts_with("Float") {
        Type::Real
    } else {
        Type::Text
    }
}

fn value(written: &[u8], kind: Type) -> Value {
    if written == b"\\N" {
        return Value::Null;
    }
    let text = text(written);
    match kind {
        // Numbers beyond 63 bits stay texts, and `nan` of no rows is nothing.
        Type::Integer => text.parse().map_or(Value::Text(text), Value::Integer),
        Type::Real => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Real(number),
            Ok(_) | Err(_) => Value::Null,
        },
        Type::Text => Value::Text(text),
    }
}

/// A value without its escapes.
fn text(written: &[u8]) -> String {
    let mut out = Vec::with_capacity(written.len());
    let mut bytes = written.iter();
    while let Some(byte) = bytes.next() {
        out.push(match (byte, byte == &b'\\') {
            (byte, false) => *byte,
            (_, true) => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'r') => b'\r',
                Some(b'0') => 0,
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(other) => *other,
                None => b'\\',
            },
        });
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_their_types() {
        let answer = "a\tb\tc\nNullable(Int64)\tLowCardinality(Nullable(String))\tFloat64\n-7\ta\\tb\\\\\t0.5\n\\N\t\\N\tnan\n";
        let mut rows = ServerRows::read(answer.as_bytes()).expect("it is whole");
        assert_eq!(rows.columns(), ["a", "b", "c"]);
        let first = rows.next().expect("it is whole").expect("a row").to_vec();
        assert_eq!(first, [Value::Integer(-7), Value::Text("a\tb\\".to_owned()), Value::Real(0.5)]);
        assert_eq!(
            rows.next().expect("it is whole").expect("a row"),
            [Value::Null, Value::Null, Value::Null]
        );
        assert!(rows.next().expect("it is whole").is_none());
    }

    #[test]
    fn an_answer_that_breaks_off_is_none() {
        let mut rows =
            ServerRows::read(&b"a\tb\nInt64\tInt64\n1\t2\nCode: 241. Memory limit\n"[..]).expect("a heading");
        assert!(rows.next().expect("it is whole").is_some());
        assert!(rows.next().expect_err("it is an error").to_string().contains("Memory limit"));
        let mut rows = ServerRows::read(&b"a\nInt64\n1"[..]).expect("a heading");
        assert!(rows.next().is_err());
    }
}
