//! Events of other tools: JSON objects of any shape.
//!
//! Nested objects become names with dots. Of an export of the Windows event log (`Event`, `System`, `EventData`) the
//! fields get the names that rules use, as they have them in our own events.

use serde_json::Value;

use crate::moment::milliseconds;
use crate::origin::Origin;

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 32;

/// An event that was a JSON object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonEvent {
    /// Where it comes from.
    pub origin: Origin,
    /// When it happened, in milliseconds since 1970; 0 when it does not say.
    pub time: i64,
    /// Names and values.
    pub fields: Vec<(String, String)>,
}

impl JsonEvent {
    /// The event of an object; `None` for anything else.
    pub fn read(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        let event = object.get("Event").unwrap_or(value);
        let mut fields = Vec::new();
        match event.get("System") {
            Some(system) if event.is_object() => {
                read_system(system, &mut fields);
                for (name, part) in event.as_object().into_iter().flatten() {
                    if name.ends_with("Data") || name == "EventData" {
                        flatten("", part, 0, &mut fields);
                    }
                }
            }
            Some(_) | None => flatten("", value, 0, &mut fields),
        }
        let find =
            |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
        let event_id = find("EventID").and_then(|id| id.parse().ok()).unwrap_or_default();
        let provider = find("Provider_Name").unwrap_or_default();
        let origin = Origin::of_envelope(provider, find("Channel").unwrap_or_default(), event_id);
        let times = ["UtcTime", "TimeCreated", "@timestamp", "timestamp", "time", "_time", "EventTime"];
        let time = times.iter().find_map(|name| find(name).and_then(milliseconds)).unwrap_or_default();
        Some(Self { origin, time, fields })
    }

    /// The fields as the engine takes them.
    pub fn borrowed(&self) -> Vec<(&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// The envelope, in the forms in which tools export it.
fn read_system(system: &Value, fields: &mut Vec<(String, String)>) {
    let attribute = |part: &str, name: &str| {
        let part = system.get(part)?;
        let direct = part.get(name).or_else(|| part.get(format!("@{name}")));
        text(direct.or_else(|| part.get("#attributes")?.get(name))?)
    };
    let plain = |name: &str| {
        let value = system.get(name)?;
        text(value).or_else(|| text(value.get("#text")?))
    };
    for (name, value) in [
        ("EventID", plain("EventID")),
        ("Provider_Name", attribute("Provider", "Name")),
        ("Channel", plain("Channel")),
        ("Computer", plain("Computer")),
        ("ComputerName", plain("Computer")),
        ("Security_UserID", attribute("Security", "UserID")),
        ("TimeCreated", attribute("TimeCreated", "SystemTime")),
    ] {
        if let Some(value) = value {
            fields.push((name.to_owned(), value));
        }
    }
}

/// Every value below, under its path.
fn flatten(path: &str, value: &Value, depth: usize, fields: &mut Vec<(String, String)>) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                if name == "#attributes" {
                    continue;
                }
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, depth + 1, fields);
            }
        }
        Value::Array(items) => {
            for item in items {
                match (
                    item.get("@Name").or_else(|| item.get("Name")),
                    item.get("#text").or_else(|| item.get("Value")),
                ) {
                    (Some(Value::String(name)), Some(value)) => flatten(name, value, depth + 1, fields),
                    (_, _) => flatten(path, item, depth + 1, fields),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            if let Some(text) = text(value) {
                fields.push((path.to_owned(), text));
            }
        }
    }
}

/// A scalar as text; null is no value.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::Product;

    fn read(text: &str) -> JsonEvent {
        JsonEvent::read(&serde_json::from_str(text).expect("it is JSON")).expect("it is an object")
    }

    #[test]
    fn an_export_of_the_event_log_has_the_names_of_rules() {
        let event = read(
            r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,
            "Channel":"Microsoft-Windows-Sysmon/Operational","TimeCreated":{"#attributes":{"SystemTime":"2025-10-25T13:21:33.116889Z"}}},
            "EventData":{"Image":"C:\\a.exe","ProcessId":7}}}"##,
        );
        assert_eq!(event.origin, Origin::Sysmon(Product::Windows, 1));
        assert_eq!(event.time, 1_761_398_493_116);
        assert!(event.fields.contains(&("Image".to_owned(), r"C:\a.exe".to_owned())));
        assert!(event.fields.contains(&("ProcessId".to_owned(), "7".to_owned())));
    }

    #[test]
    fn other_objects_have_names_with_dots() {
        let event = read(r#"{"dns":{"question":{"name":"x"}},"tags":["a","b"],"none":null,"ok":true}"#);
        assert_eq!(event.origin, Origin::Unknown);
        let expected = [("dns.question.name", "x"), ("tags", "a"), ("tags", "b"), ("ok", "true")];
        assert_eq!(event.borrowed(), expected);
    }
}
