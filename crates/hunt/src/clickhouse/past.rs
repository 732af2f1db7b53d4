//! All events of a server's store in the order of time, for rules and lists over the past.

use tuxmon_detect::{Alert, Detector};
use tuxmon_event::{EventSpec, Kind, Timestamp};

use super::ddl;
use super::server::Server;
use crate::answer::{AnswerError, Rows, Value};
use crate::layout::{TIME_FIELD, encoding_of_process, tables};
use crate::past::{Next, STEP, add_extra, show};

/// So many events, about, are put in order at a time.
const PORTION: i64 = 1_000_000;
const HOUR: i64 = 3_600_000;

/// How many events there are, for a progress bar.
pub fn count_remotely(server: &Server) -> Result<u64, AnswerError> {
    Ok(server.text("SELECT count() FROM events")?.parse().unwrap_or_default())
}

/// Shows a detector every event of the store, in the order of time, and gives the number of events. `now` is when
/// indicators have to hold, in milliseconds since 1970.
pub fn look_remotely(
    server: &Server,
    detector: &mut Detector,
    now: Option<i64>,
    tell: &mut dyn FnMut(Alert),
    progress: &mut dyn FnMut(u64),
) -> Result<u64, AnswerError> {
    let mut seen = 0;
    for (from, to) in portions(server)? {
        let sql =
            format!("SELECT * FROM raw_events WHERE time >= {from} AND time < {to} ORDER BY time, event");
        let mut rows = server.rows(&sql)?;
        let places = Places::of(rows.columns());
        while let Some(row) = rows.next()? {
            let Some((next, spec)) = places.event(row) else { continue };
            show(&next, spec, detector, now.unwrap_or(next.time), tell);
            seen += 1;
            if seen % STEP == 0 {
                progress(seen);
            }
        }
    }
    detector.finish(i64::MAX, tell);
    progress(seen);
    Ok(seen)
}

/// Times between which there are so many events as can be put in order at once: whole hours.
fn portions(server: &Server) -> Result<Vec<(i64, i64)>, AnswerError> {
    let mut rows = server.rows(&format!(
        "SELECT intDiv(time, {HOUR}) AS hour, count() AS events FROM raw_events GROUP BY hour ORDER BY hour"
    ))?;
    let mut portions: Vec<(i64, i64)> = Vec::new();
    let mut room = 0;
    while let Some(row) = rows.next()? {
        let [Value::Integer(hour), Value::Integer(events)] = row else { continue };
        // Times before 1970 are rounded towards it.
        let from = if *hour <= 0 { (hour - 1) * HOUR + 1 } else { hour * HOUR };
        match portions.last_mut() {
            Some(last) if *events <= room => last.1 = (hour + 1) * HOUR,
            Some(_) | None => {
                let from = portions.last().map_or(from, |last| last.1.max(from));
                portions.push((from, (hour + 1) * HOUR));
                room = PORTION;
            }
        }
        room -= events;
    }
    Ok(portions)
}

/// Where the columns are.
struct Places {
    id: usize,
    computer: usize,
    time: usize,
    record: usize,
    extra: usize,
    /// For each table, the column of each field; `None`: the event's time.
    fields: Vec<(&'static EventSpec, Vec<Option<usize>>)>,
}

impl Places {
    fn of(columns: &[String]) -> Self {
        let place = |name: &str| {
            columns
                .iter()
                .position(|column| column == name)
                .expect("the store has the columns that it was made with")
        };
        let field = |field: &'static tuxmon_event::FieldSpec| {
            let name =
                if encoding_of_process(field) { format!("{}_id", field.name) } else { field.name.to_owned() };
            (field.name != TIME_FIELD).then(|| place(&name))
        };
        Self {
            id: place("EventID"),
            computer: place("Computer"),
            time: place("time"),
            record: place("EventRecordID"),
            extra: place("extra"),
            fields: tables()
                .iter()
                .map(|table| (table.spec, table.spec.fields.iter().map(field).collect()))
                .collect(),
        }
    }

    /// An event that the schema knows.
    fn event(&self, row: &[Value]) -> Option<(Next, &'static EventSpec)> {
        let number = |place: usize| if let Value::Integer(number) = row[place] { number } else { 0 };
        let (spec, places) = self.fields.iter().find(|(spec, _)| i64::from(spec.id) == number(self.id))?;
        let time = number(self.time);
        let mut fields = Vec::with_capacity(places.len() + 4);
        for (field, place) in spec.fields.iter().zip(places) {
            let value = match place {
                None => Some(Timestamp(time.saturating_mul(1_000_000)).utc_time()),
                Some(place) => text(&row[*place], field.kind, encoding_of_process(field)),
            };
            // As it stands in the log: the agent's rules find the same there.
            fields.push((field.name.to_owned(), value.unwrap_or_else(|| "-".to_owned())));
        }
        if let Value::Text(extra) = &row[self.extra] {
            add_extra(&mut fields, extra.as_bytes());
        }
        let computer =
            if let Value::Text(computer) = &row[self.computer] { computer.clone() } else { String::new() };
        Some((Next { fields, computer, event: number(self.record), time }, spec))
    }
}

/// A value as the event's line has it.
fn text(value: &Value, kind: Kind, is_process: bool) -> Option<String> {
    match (value, kind) {
        (Value::Text(text), _) if is_process => (text != ddl::NOBODY).then(|| format!("{{{text}}}")),
        (Value::Text(text), _) => Some(text.clone()),
        (Value::Integer(number), Kind::Flag | Kind::OptionalFlag) => Some((*number != 0).to_string()),
        (Value::Integer(number), _) => Some(number.to_string()),
        (Value::Real(number), _) => Some(number.to_string()),
        (Value::Null | Value::Bytes(_), _) => None,
    }
}
