//! Documents of the Elastic Common Schema, as Elastic's integration for Sysmon for Linux makes them, back into events.
//!
//! Where a field went is in the schema (`FieldSpec::ecs`); what has no place there stays below `winlog.event_data`. The
//! integration loses some values (user names, for one): what is not in the document is not in the event.

use serde_json::{Map, Value};
use tuxmon_event::{FieldSpec, Kind, spec};

use crate::{Datum, Form, Place, ReadEvent, System};

/// The event of a document. `None`: it is none of Sysmon's.
pub(crate) fn event(object: &Map<String, Value>, text: &str, place: Place) -> Option<ReadEvent> {
    let document = match object.get("_source") {
        Some(Value::Object(source)) => source,
        Some(_) | None => object,
    };
    let number = |path| text_at(document, path).and_then(|text| text.parse().ok());
    let event_id: u64 = number("event.code").or_else(|| number("winlog.event_id"))?;
    let provider =
        text_at(document, "event.provider").or_else(|| text_at(document, "winlog.provider_name"))?;
    if !provider.to_ascii_lowercase().contains("sysmon") {
        return None;
    }
    let event_id = u16::try_from(event_id).ok()?;
    let spec = spec(event_id)?;
    let first = |paths: &[&str]| paths.iter().find_map(|path| text_at(document, path)).unwrap_or_default();
    let system = System {
        provider,
        event_id,
        version: number("winlog.version").and_then(|it| u8::try_from(it).ok()).unwrap_or(spec.version),
        level: spec.level,
        task: event_id,
        record_id: number("winlog.record_id"),
        system_time: first(&["event.created", "winlog.time_created", "@timestamp"]),
        process_id: number("winlog.process.pid").and_then(|it| u32::try_from(it).ok()).unwrap_or_default(),
        channel: first(&["winlog.channel"]),
        computer: first(&["winlog.computer_name", "host.hostname", "host.name", "log.syslog.hostname"]),
        user_id: first(&["winlog.user.identifier"]),
        ..System::default()
    };
    let data = spec.fields.iter().map(|field| Datum {
        name: field.name.to_owned(),
        value: value(document, field).unwrap_or_else(|| "-".to_owned()),
        span: None,
    });
    Some(ReadEvent { system, data: data.collect(), raw: text.to_owned(), form: Form::Json, place })
}

/// The value of a field as our events print it.
fn value(document: &Map<String, Value>, field: &FieldSpec) -> Option<String> {
    let kept = text_at(document, &format!("winlog.event_data.{}", field.name));
    if kept.is_some() || field.ecs.is_empty() {
        return kept;
    }
    if let Some(Value::Object(hashes)) = at(document, field.ecs) {
        let parts = hashes.iter().filter_map(|(algorithm, hash)| {
            Some(format!("{}={}", algorithm.to_ascii_uppercase(), hash.as_str()?))
        });
        return Some(parts.collect::<Vec<_>>().join(",")).filter(|text| !text.is_empty());
    }
    let text = text_at(document, field.ecs)?;
    Some(match (field.kind, text.as_str()) {
        (Kind::Time, time) => utc_time(time),
        (Kind::Flag | Kind::OptionalFlag, "egress" | "ipv6") => "true".to_owned(),
        (Kind::Flag | Kind::OptionalFlag, "ingress" | "ipv4") => "false".to_owned(),
        (Kind::Guid, guid) if !guid.starts_with('{') => format!("{{{guid}}}"),
        _ => text,
    })
}

/// `2026-11-21T05:31:50.672Z` as UtcTime is printed.
fn utc_time(time: &str) -> String {
    let plain = time.trim_end_matches('Z').replacen('T', " ", 1);
    let (seconds, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    format!("{seconds}.{millis}")
}

/// What stands at a path, whether its parts are nested or joined by dots.
fn at<'v>(object: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    path.match_indices('.').find_map(|(dot, _)| match object.get(&path[..dot]) {
        Some(Value::Object(inner)) => at(inner, &path[dot + 1..]),
        Some(_) | None => None,
    })
}

fn text_at(object: &Map<String, Value>, path: &str) -> Option<String> {
    match at(object, path)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<ReadEvent> {
        let object = serde_json::from_str(text).expect("it is JSON");
        event(&object, text, Place { line: 1, start: 0, end: 0 })
    }

    const CONNECTION: &str = r#"{"@timestamp":"2026-11-21T05:31:50.67Z",
        "event":{"code":"3","provider":"Linux-Sysmon","created":"2026-11-21T05:31:50.672Z"},
        "winlog":{"record_id":"17","channel":"Linux-Sysmon/Operational","computer_name":"vm",
        "event_data":{"DestinationPortName":"https"}},
        "process":{"entity_id":"{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}","pid":771,"executable":"/usr/bin/curl"},
        "network.transport":"tcp","network":{"direction":"egress","type":"ipv4"},
        "destination":{"ip":"192.0.2.1","port":443}}"#;

    #[test]
    fn a_document_is_an_event_again() {
        for text in [CONNECTION.to_owned(), format!("{{\"_index\":\"x\",\"_source\":{CONNECTION}}}")] {
            let event = read(&text).expect("it is one of Sysmon's");
            let system = &event.system;
            assert_eq!((system.event_id, system.record_id, system.computer.as_str()), (3, Some(17), "vm"));
            for (name, value) in [
                ("UtcTime", "2026-11-21 05:31:50.670"),
                ("ProcessGuid", "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}"),
                ("ProcessId", "771"),
                ("Image", "/usr/bin/curl"),
                ("Protocol", "tcp"),
                ("Initiated", "true"),
                ("DestinationIsIpv6", "false"),
                ("DestinationIp", "192.0.2.1"),
                ("DestinationPort", "443"),
                ("DestinationPortName", "https"),
                ("SourceIp", "-"),
            ] {
                assert_eq!(event.value(name), Some(value), "{name}");
            }
        }
    }

    #[test]
    fn hashes_are_joined_again() {
        let text =
            r#"{"event.code":1,"event.provider":"Linux-Sysmon","process.hash":{"md5":"00ff","sha256":"aa"}}"#;
        assert_eq!(read(text).expect("it is one").value("Hashes"), Some("MD5=00ff,SHA256=aa"));
    }

    #[test]
    fn other_documents_are_not_taken() {
        for text in [
            r#"{"event":{"code":"3","provider":"auditd"}}"#,
            r#"{"event":{"code":"x","provider":"Linux-Sysmon"}}"#,
            r#"{"event":{"code":"31000","provider":"Linux-Sysmon"}}"#,
            r#"{"message":"x"}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
