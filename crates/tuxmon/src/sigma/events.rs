//! Recorded events, in the form in which rules look at them.

use std::io::{self, BufRead, BufReader, Read};

use serde_json::Value;
use tuxmon_reader::{JsonLine, Place, ReadEvent, Reader, parse_json};
use tuxmon_sigma::{Event, JsonEvent, Origin, milliseconds};

/// Whatever an event was read from.
pub(super) enum Recorded {
    /// A Sysmon's event.
    Sysmon(Box<ReadEvent>),
    /// An object of another tool.
    Other(JsonEvent),
}

impl Recorded {
    /// Hands the event as rules see it to `look`.
    pub(super) fn with<T>(&self, look: impl FnOnce(&Event<'_>) -> T) -> T {
        match self {
            Self::Sysmon(event) => {
                let system = &event.system;
                let id = system.event_id.to_string();
                let mut fields: Vec<(&str, &str)> = Vec::with_capacity(event.data.len() + 5);
                fields.extend(event.data.iter().map(|datum| (datum.name.as_str(), datum.value.as_str())));
                let envelope: [&str; 5] =
                    [&id, &system.provider, &system.channel, &system.computer, &system.computer];
                fields.extend(tuxmon_sigma::ENVELOPE_FIELDS.iter().copied().zip(envelope));
                let origin = Origin::of_envelope(&system.provider, &system.channel, system.event_id);
                let time = event
                    .value("UtcTime")
                    .and_then(milliseconds)
                    .or_else(|| milliseconds(&system.system_time));
                look(&Event { origin, time: time.unwrap_or_default(), fields: &fields })
            }
            Self::Other(event) => {
                let fields = event.borrowed();
                look(&Event { origin: event.origin, time: event.time, fields: &fields })
            }
        }
    }

    /// The running number that its writer gave it.
    pub(super) fn record_id(&self) -> Option<u64> {
        match self {
            Self::Sysmon(event) => event.system.record_id,
            Self::Other(event) => event
                .fields
                .iter()
                .find(|(name, _)| name == "EventRecordID")
                .and_then(|(_, id)| id.parse().ok()),
        }
    }

    /// The line on which it starts, where that is known.
    pub(super) fn line(&self) -> Option<u64> {
        match self {
            Self::Sysmon(event) => Some(event.place.line),
            Self::Other(_) => None,
        }
    }
}

/// Every event of an input: of logs with a Sysmon's events, or of JSON values of any other tool.
pub(super) fn of(input: Box<dyn Read>) -> io::Result<Box<dyn Iterator<Item = Result<Recorded, String>>>> {
    let mut input = BufReader::with_capacity(1 << 20, input);
    if is_foreign_json(input.fill_buf()?) {
        let values = serde_json::Deserializer::from_reader(input).into_iter::<Value>();
        return Ok(Box::new(values.flat_map(objects)));
    }
    Ok(Box::new(Reader::new(input).map(|read| {
        read.map(|event| Recorded::Sysmon(Box::new(event))).map_err(|problem| problem.to_string())
    })))
}

/// Whether an input that begins so is JSON, and neither our own nor the journal's.
fn is_foreign_json(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    match start.first() {
        Some(b'[') => true,
        Some(b'{') => match parse_json(line, Place { line: 1, start: 0, end: 0 }) {
            JsonLine::Event(_) => false,
            // An object over many lines, or one that is no event; the journal also has those.
            JsonLine::NotJson => !line.starts_with(b"{\"__CURSOR\""),
            JsonLine::Foreign => {
                !line.starts_with(b"{\"__") && !line.windows(9).any(|part| part == b"\"MESSAGE\"")
            }
        },
        Some(_) | None => false,
    }
}

/// The events of one JSON value: of an array each of its items.
fn objects(value: serde_json::Result<Value>) -> Vec<Result<Recorded, String>> {
    let one = |value: &Value| match JsonEvent::read(value) {
        Some(event) => Ok(Recorded::Other(event)),
        None => Err("a JSON value is no object".to_owned()),
    };
    match value {
        Ok(Value::Array(items)) => items.iter().map(one).collect(),
        Ok(value) => vec![one(&value)],
        Err(error) => vec![Err(format!("the JSON is broken: {error}"))],
    }
}
