//! MISP's JSON: one event or many, with attributes and objects.

use serde_json::Value;

use crate::indicator::{Indicator, Kind};
use crate::json::{self, word};
use crate::reading::{Reading, shown};

pub(crate) fn read(text: &str, reading: &mut Reading<'_>) {
    let Some(value) = json::parse(text, reading) else { return };
    let mut attributes = Vec::new();
    collect(&value, "", &mut attributes);
    if attributes.is_empty() {
        let remedy = "an export of MISP has an Event with Attributes; STIX has a bundle with indicators";
        return reading.problem(1, "no-indicators", "there is no attribute in it".to_owned(), remedy);
    }
    for (event, attribute) in attributes {
        one(text, event, attribute, reading);
    }
}

/// Every attribute with what its event is about. Exports nest them in a few ways; none is deep.
fn collect<'a>(value: &'a Value, event: &'a str, attributes: &mut Vec<(&'a str, &'a Value)>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, event, attributes)),
        Value::Object(object) => {
            let event = object.get("info").and_then(Value::as_str).unwrap_or(event);
            for name in ["response", "Event", "Object"] {
                if let Some(inner) = object.get(name) {
                    collect(inner, event, attributes);
                }
            }
            if let Some(Value::Array(own)) = object.get("Attribute") {
                attributes.extend(own.iter().map(|attribute| (event, attribute)));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn one(text: &str, event: &str, attribute: &Value, reading: &mut Reading<'_>) {
    let is = |name: &str| attribute.get(name).and_then(Value::as_bool);
    // What its author does not want to be detected, and what was taken back.
    if is("to_ids") == Some(false) || is("deleted") == Some(true) {
        return;
    }
    let value = word(attribute, "value");
    let kind = word(attribute, "type");
    let Some(parts) = parts(kind, value) else { return };
    let comment = word(attribute, "comment");
    let note = if comment.is_empty() { event } else { comment };
    for (kind, part) in parts {
        if let Some(indicator) = Indicator::of(kind, part).or_else(|| Indicator::guess(part)) {
            reading.add(indicator.with(note, None));
        } else {
            let message = format!("'{}' is no {}", shown(part), kind.word());
            json::problem(text, word(attribute, "uuid"), reading, "not-an-indicator", message, "");
        }
    }
}

/// The values in an attribute of this type; nothing for types that events have no values of.
fn parts<'a>(kind: &str, value: &'a str) -> Option<Vec<(Kind, &'a str)>> {
    let first = || value.split('|').next().unwrap_or_default();
    let second = || value.split('|').nth(1).unwrap_or_default();
    Some(match kind {
        "md5" | "sha1" | "sha256" => vec![(Kind::Hash, value)],
        "filename|md5" | "filename|sha1" | "filename|sha256" => vec![(Kind::Hash, second())],
        "ip-src" | "ip-dst" => vec![(Kind::Ip, value)],
        "ip-src|port" | "ip-dst|port" => vec![(Kind::Ip, first())],
        "domain" | "hostname" => vec![(Kind::Domain, value)],
        "hostname|port" => vec![(Kind::Domain, first())],
        "domain|ip" => vec![(Kind::Domain, first()), (Kind::Ip, second())],
        "url" | "uri" | "link" => vec![(Kind::Url, value)],
        _ => return None,
    })
}
