//! Recorded events, in the form in which rules look at them.

use std::io::{self, BufRead, BufReader, Cursor, Read};

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
    let start = first_line(&mut input)?;
    let is_foreign = is_foreign_json(&start);
    let input = Cursor::new(start).chain(input);
    if is_foreign {
        let values = serde_json::Deserializer::from_reader(input).into_iter::<Value>();
        return Ok(Box::new(values.flat_map(objects)));
    }
    Ok(Box::new(Reader::new(input).map(|read| {
        read.map(|event| Recorded::Sysmon(Box::new(event))).map_err(|problem| problem.to_string())
    })))
}

/// Longest first line that is looked at.
const MAX_FIRST_LINE: u64 = 1 << 20;

/// Everything up to the end of the first line with something in it: an input may give less at a time.
fn first_line(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let mut input = input.take(MAX_FIRST_LINE);
    while input.read_until(b'\n', &mut start)? > 0 && start.trim_ascii().is_empty() {}
    Ok(start)
}

/// Whether an input that begins with this line is JSON, and neither our own nor the journal's.
fn is_foreign_json(start: &[u8]) -> bool {
    let line = start.trim_ascii();
    match line.first() {
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

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::{Recorded, of};

    /// Gives a byte at a time, as a pipe may, and a file whose first bytes have been looked at.
    struct Drops(&'static [u8]);

    impl Read for Drops {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let size = to.len().min(1);
            self.0.read(&mut to[..size])
        }
    }

    fn kinds(text: &'static str) -> Vec<&'static str> {
        let events = of(Box::new(Drops(text.as_bytes()))).expect("it can be read");
        events
            .map(|event| match event.expect("it is an event") {
                Recorded::Sysmon(_) => "ours",
                Recorded::Other(_) => "other",
            })
            .collect()
    }

    #[test]
    fn our_own_json_is_told_from_that_of_others_however_little_comes_at_a_time() {
        let own = "\n \n{\"EventID\":11,\"ProviderName\":\"Linux-Sysmon\",\"Image\":\"/usr/bin/bash\"}\n{\"EventID\":5}\n";
        assert_eq!(kinds(own), ["ours", "ours"]);
        assert_eq!(kinds("{\"Image\":\"/usr/bin/bash\"}\n{\n\"a\":1}\n"), ["other", "other"]);
        assert_eq!(kinds(" [{\"a\":1},\n{\"b\":2}]"), ["other", "other"]);
        assert_eq!(kinds(""), [""; 0]);
    }
}
