//! JSON lines: our own events, journald's export whose MESSAGE is an event, and Elastic's documents.

use std::borrow::Cow;

use memchr::memmem;
use serde_json::{Map, Value};

use crate::entities::Transport;
use crate::{Datum, Form, Place, Problem, ReadEvent, Reason, System, ecs, xml};

/// What a line that begins with `{` is.
pub enum Line {
    /// An event, or the remains of one.
    Event(Box<Result<ReadEvent, Problem>>),
    /// An object that is no event.
    Foreign,
    /// No JSON at all; it may still hold an event's XML.
    NotJson,
}

/// Reads one line that begins with `{`.
pub fn parse(line: &[u8], place: Place) -> Line {
    let text = String::from_utf8_lossy(line);
    let text = text.trim();
    let object = match serde_json::from_str::<Map<String, Value>>(text) {
        Ok(object) => object,
        Err(error) if text.starts_with("{\"EventID\":") => {
            return Line::Event(Box::new(Err(Problem {
                place,
                reason: Reason::BrokenJson(error.to_string()),
            })));
        }
        Err(_) => return Line::NotJson,
    };
    if object.contains_key("EventID") {
        return Line::Event(Box::new(own(&object, text, place)));
    }
    match object.get("MESSAGE").and_then(message).and_then(|message| event_xml(&message).map(str::to_owned)) {
        Some(xml) => Line::Event(Box::new(xml::parse(xml, place, Transport::Plain))),
        None => match ecs::event(&object, text, place) {
            Some(event) => Line::Event(Box::new(Ok(event))),
            None => Line::Foreign,
        },
    }
}

/// The event with one field replaced.
pub(crate) fn with_value(event: &ReadEvent, name: &str, value: &str) -> String {
    let Ok(mut object) = serde_json::from_str::<Map<String, Value>>(&event.raw) else {
        return event.raw.clone();
    };
    if let Some(slot) = object.get_mut(name) {
        *slot = if value == "-" { Value::Null } else { Value::from(value) };
    }
    Value::Object(object).to_string()
}

fn own(object: &Map<String, Value>, text: &str, place: Place) -> Result<ReadEvent, Problem> {
    let mut system = System::default();
    let mut data = Vec::with_capacity(object.len());
    let mut event_id = None;
    for (name, value) in object {
        match name.as_str() {
            "EventID" => event_id = number(value),
            "EventName" | "ProviderGuid" => {}
            "ProviderName" => system.provider = printed(value),
            "EventVersion" => system.version = number(value).unwrap_or_default(),
            "Level" => system.level = number(value).unwrap_or_default(),
            "Task" => system.task = number(value).unwrap_or_default(),
            "Opcode" => system.opcode = number(value).unwrap_or_default(),
            "Keywords" => system.keywords = printed(value),
            "SystemTime" => system.system_time = printed(value),
            "EventRecordID" => system.record_id = number(value),
            "ExecutionProcessID" => system.process_id = number(value).unwrap_or_default(),
            "ExecutionThreadID" => system.thread_id = number(value).unwrap_or_default(),
            "Channel" => system.channel = printed(value),
            "Computer" => system.computer = printed(value),
            "SecurityUserId" => system.user_id = printed(value),
            field => data.push(Datum { name: field.to_owned(), value: printed(value), span: None }),
        }
    }
    let Some(event_id) = event_id else { return Err(Problem { place, reason: Reason::NoEventId }) };
    system.event_id = event_id;
    Ok(ReadEvent { system, data, raw: text.to_owned(), form: Form::Json, place })
}

fn number<N: TryFrom<u64>>(value: &Value) -> Option<N> {
    N::try_from(value.as_u64()?).ok()
}

/// A value as the XML form prints it.
fn printed(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// journald writes a message that is not printable UTF-8 as an array of bytes.
fn message(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Array(bytes) => {
            let bytes: Option<Vec<u8>> = bytes.iter().map(number).collect();
            Some(Cow::Owned(String::from_utf8_lossy(&bytes?).into_owned()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

fn event_xml(message: &str) -> Option<&str> {
    const END_TAG: &str = "</Event>";
    let start = memmem::find(message.as_bytes(), b"<Event")?;
    let end = memmem::find(&message.as_bytes()[start..], END_TAG.as_bytes())?;
    Some(&message[start..start + end + END_TAG.len()])
}
