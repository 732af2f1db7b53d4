//! `crates/event/src/generated/types.rs`: one struct per event, and the enum of them all.

use std::fmt::Write as _;

use super::layout::{self, member};
use crate::definition::{Definition, Event, Kind};

/// The text of the file.
pub(super) fn file(definition: &Definition) -> String {
    let mut out = String::from(layout::HEADER);
    out.push_str("//! One struct per event, and the enum of them all.\n\n");
    out.push_str("use std::net::IpAddr;\n\nuse super::EVENTS;\n");
    out.push_str("use crate::{EventSpec, Guid, Text, Timestamp, Value};\n\n");
    out.push_str(&event_enum(definition));
    out.push_str(&event_methods(definition));
    for event in &definition.events {
        out.push('\n');
        out.push_str(&structure(definition, event));
        out.push_str(&structure_value(definition, event));
        out.push_str(&conversion(event));
    }
    out
}

fn event_enum(definition: &Definition) -> String {
    let mut out = String::from("/// Any event of the schema.\n");
    out.push_str("#[derive(Debug, Clone, PartialEq, Eq)]\n");
    out.push_str("pub enum Event {\n");
    for event in &definition.events {
        let _ = writeln!(out, "    /// {}\n    {}({}),", event.meaning, event.name, event.name);
    }
    out.push_str("}\n\n");
    out
}

fn event_methods(definition: &Definition) -> String {
    let arms = |arm: &dyn Fn(usize, &Event) -> String| -> String {
        let one = |(place, event)| format!("            {}\n", arm(place, event));
        definition.events.iter().enumerate().map(one).collect()
    };
    let method = |doc: &str, signature: &str, arms: &str| {
        format!("    /// {doc}\n    pub fn {signature} {{\n        match self {{\n{arms}        }}\n    }}\n")
    };
    let methods = [
        method(
            "The row of this event in [`EVENTS`].",
            "spec(&self) -> &'static EventSpec",
            &arms(&|place, event| format!("Self::{}(_) => &EVENTS[{place}],", event.name)),
        ),
        method(
            "The value of the field at this position of the row; nothing beyond the last one.",
            "value(&self, position: usize) -> Value<'_>",
            &arms(&|_, event| format!("Self::{}(event) => event.value(position),", event.name)),
        ),
        method(
            "When it happened.",
            "utc_time(&self) -> Timestamp",
            &arms(&|_, event| format!("Self::{}(event) => event.utc_time,", event.name)),
        ),
        method(
            "Names the rule that let the event through; events that are never filtered have no such field.",
            "set_rule_name(&mut self, rule_name: Text)",
            &arms(&|_, event| {
                if event.fields.iter().any(|field| field == "RuleName") {
                    format!("Self::{}(event) => event.rule_name = rule_name,", event.name)
                } else {
                    format!("Self::{}(_) => {{}}", event.name)
                }
            }),
        ),
    ];
    format!("impl Event {{\n{}}}\n", methods.join("\n"))
}

fn structure(definition: &Definition, event: &Event) -> String {
    let mut out = format!("/// {}\n", event.meaning);
    out.push_str("#[derive(Debug, Clone, PartialEq, Eq)]\n");
    let _ = writeln!(out, "pub struct {} {{", event.name);
    for name in &event.fields {
        let field = definition.field(name);
        let _ =
            writeln!(out, "    /// {}\n    pub {}: {},", field.meaning, member(name), rust_type(field.kind));
    }
    out.push_str("}\n\n");
    out
}

fn structure_value(definition: &Definition, event: &Event) -> String {
    let mut out = format!("impl {} {{\n", event.name);
    out.push_str("    fn value(&self, position: usize) -> Value<'_> {\n        match position {\n");
    for (place, name) in event.fields.iter().enumerate() {
        let value = rust_value(definition.field(name).kind, &member(name));
        let _ = writeln!(out, "            {place} => {value},");
    }
    out.push_str("            _ => Value::Absent,\n        }\n    }\n}\n\n");
    out
}

fn conversion(event: &Event) -> String {
    let name = &event.name;
    format!(
        "impl From<{name}> for Event {{\n    fn from(event: {name}) -> Self {{\n        Self::{name}(event)\n    }}\n}}\n"
    )
}

fn rust_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "Text",
        Kind::Time => "Timestamp",
        Kind::Guid => "Guid",
        Kind::ProcessId | Kind::Number | Kind::Hex => "u32",
        Kind::Port => "u16",
        Kind::LogonId => "u64",
        Kind::Flag => "bool",
        Kind::OptionalFlag => "Option<bool>",
        Kind::Address => "IpAddr",
    }
}

fn rust_value(kind: Kind, member: &str) -> String {
    match kind {
        Kind::Text => format!("Value::Text(self.{member}.as_str())"),
        Kind::Time => format!("Value::Time(self.{member})"),
        Kind::Guid => format!("Value::Guid(self.{member})"),
        Kind::ProcessId | Kind::Number | Kind::Port => format!("Value::Number(u64::from(self.{member}))"),
        Kind::LogonId => format!("Value::Number(self.{member})"),
        Kind::Hex => format!("Value::Hex(u64::from(self.{member}))"),
        Kind::Flag => format!("Value::Flag(self.{member})"),
        Kind::OptionalFlag => format!("self.{member}.map_or(Value::Absent, Value::Flag)"),
        Kind::Address => format!("Value::Address(self.{member})"),
    }
}
