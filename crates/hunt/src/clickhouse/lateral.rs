//! The hunt `lateral` on a server, generation by generation: old versions know no recursion, and new ones would add up
//! all processes for each generation.

use std::collections::{BTreeSet, HashMap};

use super::server::Server;
use crate::answer::{AnswerError, Rows, Value};
use crate::dialect::Dialect;
use crate::hunts::Argument;

/// So many identities stand in one question.
const PORTION: usize = 1000;
/// So many generations below an entry are followed, as in the file's question.
const MOST_GENERATIONS: usize = 64;

const COLUMNS: [&str; 9] =
    ["entered", "came_from", "Computer", "User", "Image", "left", "went_to", "port", "ProcessGuid"];

/// An entry: when, from where, and into which process.
type Entry = (i64, String, String);

/// Rows that were put together here.
struct Gathered {
    columns: Vec<String>,
    rows: std::vec::IntoIter<Vec<Value>>,
    row: Vec<Value>,
}

impl Rows for Gathered {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> Result<Option<&[Value]>, AnswerError> {
        Ok(self.rows.next().map(|row| {
            self.row = row;
            self.row.as_slice()
        }))
    }
}

/// The answer of the hunt.
pub(super) fn lateral(
    server: &Server,
    arguments: &[(&str, Argument)],
) -> Result<impl Rows + use<>, AnswerError> {
    let asked = "SELECT DISTINCT time, SourceIp, toString(process) AS whose FROM network_connect \
                 WHERE Initiated = 0 AND DestinationPort = :port AND time >= :since";
    let mut entries: BTreeSet<Entry> = BTreeSet::new();
    for row in all(server, &Dialect::ClickHouse.write(asked, arguments))? {
        if let [Value::Integer(time), from, Value::Text(whose)] = row.as_slice() {
            let from = if let Value::Text(from) = from { from.clone() } else { String::new() };
            entries.insert((*time, from, whose.clone()));
        }
    }
    let below = descendants(server, &entries)?;
    let mut rows = Vec::new();
    let processes: Vec<&String> = below.keys().collect();
    for portion in processes.chunks(PORTION) {
        let named = quoted(portion);
        let went = format!(
            "SELECT toString(process) AS whose, Computer, User, Image, time, DestinationIp, DestinationPort, ProcessGuid \
             FROM network_connect WHERE Initiated = 1 AND time IN (SELECT time FROM raw_deeds WHERE process IN ({named}) AND EventID = 3) \
             AND process IN ({named})"
        );
        for row in all(server, &went)? {
            let [Value::Text(whose), computer, user, image, Value::Integer(left), to, port, guid] =
                row.as_slice()
            else {
                continue;
            };
            for (entered, from, _) in below[whose].iter().filter(|entry| entry.0 <= *left) {
                let from = if from.is_empty() { Value::Null } else { Value::Text(from.clone()) };
                let (entered, left) = (Value::Integer(*entered), Value::Integer(*left));
                let told = [&entered, &from, computer, user, image, &left, to, port, guid];
                rows.push(told.map(Clone::clone).to_vec());
            }
        }
    }
    rows.sort_by_cached_key(|row| {
        (number(&row[0]), number(&row[5]), row[6].shown(), row[8].shown(), number(&row[7]))
    });
    Ok(Gathered { columns: COLUMNS.map(str::to_owned).to_vec(), rows: rows.into_iter(), row: Vec::new() })
}

/// The processes below those of entries, and the entries that each is below of.
fn descendants(
    server: &Server,
    entries: &BTreeSet<Entry>,
) -> Result<HashMap<String, BTreeSet<Entry>>, AnswerError> {
    let mut generation: HashMap<String, BTreeSet<Entry>> = HashMap::new();
    for entry in entries {
        generation.entry(entry.2.clone()).or_default().insert(entry.clone());
    }
    let mut below: HashMap<String, BTreeSet<Entry>> = HashMap::new();
    for _ in 0..MOST_GENERATIONS {
        let mut next: HashMap<String, BTreeSet<Entry>> = HashMap::new();
        let parents: Vec<&String> = generation.keys().collect();
        for portion in parents.chunks(PORTION) {
            let sql = format!(
                "SELECT DISTINCT toString(parent) AS above, toString(id) AS below FROM raw_children WHERE parent IN ({})",
                quoted(portion)
            );
            for row in all(server, &sql)? {
                let [Value::Text(parent), Value::Text(child)] = row.as_slice() else { continue };
                let known = below.entry(child.clone()).or_default();
                for entry in &generation[parent] {
                    if known.insert(entry.clone()) {
                        next.entry(child.clone()).or_default().insert(entry.clone());
                    }
                }
            }
        }
        if next.is_empty() {
            break;
        }
        generation = next;
    }
    Ok(below)
}

fn quoted(processes: &[&String]) -> String {
    processes.iter().map(|process| format!("'{process}'")).collect::<Vec<_>>().join(", ")
}

fn all(server: &Server, sql: &str) -> Result<Vec<Vec<Value>>, AnswerError> {
    let mut rows = server.rows(sql)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(row.to_vec());
    }
    Ok(all)
}

fn number(value: &Value) -> i64 {
    if let Value::Integer(number) = value { *number } else { 0 }
}
