//! `crates/event/src/generated/tables.rs`: the table of all events.

use super::fields;
use super::layout::{self, literal};
use crate::definition::{Definition, Event, WrittenDefault, schema_number};

/// The text of the file.
pub(super) fn file(definition: &Definition) -> String {
    let mut out = String::from(layout::HEADER);
    out.push_str("//! The table of all events.\n\n");
    out.push_str("use super::fields as field;\nuse crate::{EventSpec, RuleDefault, Schema};\n\n");
    out.push_str("/// Every event of the schema, in the order of the manifest.\n");
    out.push_str("pub static EVENTS: &[EventSpec] = &[\n");
    for event in &definition.events {
        out.push_str(&one(event));
    }
    out.push_str("];\n");
    out
}

fn one(event: &Event) -> String {
    let parts = [
        format!("id: {}", event.id),
        format!("name: {}", literal(&event.name)),
        format!("stem: {}", literal(&event.stem)),
        format!("suffix: {}", literal(&event.suffix)),
        match &event.tag {
            Some(tag) => format!("tag: Some({})", literal(tag)),
            None => "tag: None".to_owned(),
        },
        format!("title: {}", literal(&event.title)),
        format!("version: {}", event.version),
        format!("level: {}", event.level),
        format!("rule_default: RuleDefault::{}", rule_default(event)),
        format!("since: {}", schema(&event.since)),
        format!("emitted: {}", event.emitted),
        format!("meaning: {}", literal(&event.meaning)),
        format!("emission: {}", literal(&event.emission)),
        field_list(event),
    ];
    layout::list(4, "EventSpec {", &parts, "},")
}

/// What no rule means: an event without a tag cannot be filtered, and silence means exclude.
fn rule_default(event: &Event) -> &'static str {
    match (&event.tag, event.rule_default) {
        (None, _) => "Never",
        (Some(_), Some(WrittenDefault::Include)) => "Include",
        (Some(_), Some(WrittenDefault::Exclude) | None) => "Exclude",
    }
}

fn field_list(event: &Event) -> String {
    let item = |name: &String| {
        let absent = if event.absent.contains(name) { ".absent()" } else { "" };
        format!("field::{}.since({}){absent}", fields::rust_name(name), number(event.field_since(name)))
    };
    let items: Vec<String> = event.fields.iter().map(item).collect();
    layout::list(8, "fields: &[", &items, "]").trim().to_owned()
}

fn schema(version: &str) -> String {
    format!("Schema({})", number(version))
}

fn number(version: &str) -> u16 {
    schema_number(version).expect("check() has read each version")
}
