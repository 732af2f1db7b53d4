//! What the agent would have told of the events of a store: rules and indicators over the past.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rusqlite::types::ValueRef;
use rusqlite::{Row, Rows};
use tuxmon_detect::{Alert, Detector};
use tuxmon_event::{EventSpec, Kind};
use tuxmon_sigma::{ENVELOPE_FIELDS, Event, Origin, Product};

use crate::ddl::RECORD_BITS;
use crate::layout::tables;
use crate::store::{Store, StoreError};

/// The next event of one table.
pub(crate) struct Next {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) computer: String,
    pub(crate) event: i64,
    pub(crate) time: i64,
}

/// After so many events the progress is told.
pub(crate) const STEP: u64 = 1 << 14;
/// What the agent calls itself in every event.
const PROVIDER: &str = "Linux-Sysmon";
const CHANNEL: &str = "Linux-Sysmon/Operational";

/// How many events there are, for a progress bar.
pub fn count(store: &Store) -> Result<u64, StoreError> {
    let failed = |error| store.failed(error);
    let mut count = 0;
    for table in tables() {
        let sql = format!("SELECT count(*) FROM {}", table.name());
        let own: i64 = store.connection.query_row(&sql, [], |row| row.get(0)).map_err(failed)?;
        count += own.unsigned_abs();
    }
    Ok(count)
}

/// Shows a detector every event of the store, in the order of time, and gives the number of events. `now` is when
/// indicators have to hold, in milliseconds since 1970.
pub fn look(
    store: &Store,
    detector: &mut Detector,
    now: Option<i64>,
    tell: &mut dyn FnMut(Alert),
    progress: &mut dyn FnMut(u64),
) -> Result<u64, StoreError> {
    let failed = |error| store.failed(error);
    let tables = tables();
    let mut statements = Vec::new();
    for table in &tables {
        let sql = format!("SELECT * FROM \"{}\" ORDER BY time, event", table.spec.stem);
        statements.push(store.connection.prepare(&sql).map_err(failed)?);
    }
    let mut cursors: Vec<Rows<'_>> = Vec::new();
    for statement in &mut statements {
        cursors.push(statement.query([]).map_err(failed)?);
    }
    let mut heads: Vec<Option<Next>> = Vec::new();
    let mut order = BinaryHeap::new();
    for (place, rows) in cursors.iter_mut().enumerate() {
        let head = next(rows, tables[place].spec).map_err(failed)?;
        order.extend(head.as_ref().map(|head| Reverse((head.time, head.event, place))));
        heads.push(head);
    }
    let mut seen = 0;
    while let Some(Reverse((time, _, place))) = order.pop() {
        if let Some(head) = heads[place].take() {
            show(&head, tables[place].spec, detector, now.unwrap_or(time), tell);
            seen += 1;
            if seen % STEP == 0 {
                progress(seen);
            }
        }
        let head = next(&mut cursors[place], tables[place].spec).map_err(failed)?;
        order.extend(head.as_ref().map(|head| Reverse((head.time, head.event, place))));
        heads[place] = head;
    }
    detector.finish(i64::MAX, tell);
    progress(seen);
    Ok(seen)
}

pub(crate) fn show(
    head: &Next,
    spec: &EventSpec,
    detector: &mut Detector,
    now: i64,
    tell: &mut dyn FnMut(Alert),
) {
    let id = spec.id.to_string();
    let record = (head.event & ((1 << RECORD_BITS) - 1)).to_string();
    let envelope = [id.as_str(), PROVIDER, CHANNEL, &head.computer, &head.computer];
    let own = head.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<(&str, &str)> = own
        .chain(ENVELOPE_FIELDS.iter().copied().zip(envelope))
        .chain([("EventRecordID", record.as_str())])
        .collect();
    let origin = Origin::Sysmon(Product::Linux, spec.id);
    detector.look(&Event { origin, time: head.time, fields: &fields }, now, tell);
}

fn next(rows: &mut Rows<'_>, spec: &EventSpec) -> rusqlite::Result<Option<Next>> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut fields = Vec::with_capacity(spec.fields.len() + 8);
    for field in spec.fields {
        // As it stands in the log: the agent's rules find the same there.
        let value = text(row, field.name, field.kind)?.unwrap_or_else(|| "-".to_owned());
        fields.push((field.name.to_owned(), value));
    }
    if let ValueRef::Text(extra) = row.get_ref("extra")? {
        add_extra(&mut fields, extra);
    }
    let computer = row.get::<_, Option<String>>("Computer")?.unwrap_or_default();
    Ok(Some(Next { fields, computer, event: row.get("event")?, time: row.get("time")? }))
}

/// Adds the fields that the schema does not know, which are kept as an object of JSON.
pub(crate) fn add_extra(fields: &mut Vec<(String, String)>, extra: &[u8]) {
    if let Ok(serde_json::Value::Object(more)) = serde_json::from_slice(extra) {
        fields.extend(more.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))));
    }
}

/// A value as the event's line has it.
fn text(row: &Row<'_>, name: &str, kind: Kind) -> rusqlite::Result<Option<String>> {
    Ok(match (row.get_ref(name)?, kind) {
        (ValueRef::Null, _) => None,
        (ValueRef::Integer(number), Kind::Flag | Kind::OptionalFlag) => Some((number != 0).to_string()),
        (ValueRef::Integer(number), _) => Some(number.to_string()),
        (ValueRef::Text(bytes) | ValueRef::Blob(bytes), _) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        (ValueRef::Real(number), _) => Some(number.to_string()),
    })
}
