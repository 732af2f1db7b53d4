//! The manifest of any published schema, as `sysmon -s VERSION` prints it.

use std::fmt::Write as _;

use crate::definition::{
    Definition, Event, Kind, OptionRow, PastEvent, PastField, PastOption, Published, WrittenDefault,
    schema_number,
};

/// A manifest in pieces; equal pieces of different schemas are equal texts.
pub struct Manifest {
    /// The schema.
    pub version: String,
    /// From the opening tag to the opening tag of the events.
    pub head: String,
    /// One piece for each event, with its name.
    pub events: Vec<(String, String)>,
}

/// What follows the last event.
pub const TAIL: &str = "    </events>\n  </manifest>\n";

/// Every manifest, newest first, as upstream lists them.
pub fn all(definition: &Definition) -> Vec<Manifest> {
    definition.options.schemas.iter().rev().map(|schema| one(definition, schema)).collect()
}

fn one(definition: &Definition, schema: &Published) -> Manifest {
    let version = number(&schema.version);
    let present: Vec<&Event> = definition.events.iter().filter(|e| number(&e.since) <= version).collect();
    let (last, mut ordered): (Vec<&Event>, Vec<&Event>) =
        present.into_iter().partition(|event| past_events(definition, event, version).any(|past| past.last));
    ordered.extend(last);
    Manifest {
        version: schema.version.clone(),
        head: head(definition, schema),
        events: ordered.into_iter().map(|e| (e.name.clone(), event(definition, e, version))).collect(),
    }
}

fn head(definition: &Definition, schema: &Published) -> String {
    let version = number(&schema.version);
    let (switches, settings): (Vec<_>, Vec<_>) =
        options(definition, version).into_iter().partition(|option| option.noconfig);
    let filters: Vec<&str> = definition
        .options
        .filters
        .iter()
        .filter(|filter| number(&filter.since) <= version)
        .map(|filter| filter.name.as_str())
        .collect();
    let mut out = String::from("  <manifest");
    attribute("schemaversion", &schema.version, &mut out);
    attribute("binaryversion", &schema.binary, &mut out);
    out.push_str(">\n    <configuration>\n      <options>\n");
    out.push_str("        <!-- Command-line only options -->\n");
    for option in switches {
        append_option(&option, &mut out);
    }
    out.push_str("        <!-- Configuration file -->\n");
    for option in settings {
        append_option(&option, &mut out);
    }
    let _ = writeln!(
        out,
        "      </options>\n      <filters default=\"{}\">{}</filters>\n    </configuration>\n    <events>",
        filters[0],
        filters.join(",")
    );
    out
}

/// The options of a schema, as they were and where they stood.
fn options(definition: &Definition, version: u16) -> Vec<OptionRow> {
    let mut rows: Vec<OptionRow> = Vec::new();
    for option in &definition.options.options {
        let gone = option.before.as_ref().is_some_and(|before| number(before) <= version);
        let past: Vec<&PastOption> = definition
            .history
            .option
            .iter()
            .filter(|past| past.name == option.name && holds(past.from.as_ref(), &past.before, version))
            .collect();
        if number(&option.since) <= version && !gone && !past.iter().any(|past| past.absent) {
            rows.push(past.into_iter().fold(option.clone(), amended));
        }
    }
    for order in definition.history.order.iter().filter(|order| version < number(&order.before)) {
        // The sort is stable: what the old order does not name stays ahead, as the switches do.
        rows.sort_by_key(|row| order.options.iter().position(|name| *name == row.name));
    }
    rows
}

fn amended(mut option: OptionRow, past: &PastOption) -> OptionRow {
    option.argument = past.argument.unwrap_or(option.argument);
    option.internal = past.internal.unwrap_or(option.internal);
    option.forceconfig = past.forceconfig.unwrap_or(option.forceconfig);
    option
}

fn append_option(option: &OptionRow, out: &mut String) {
    out.push_str("        <option");
    if let Some(switch) = &option.switch {
        attribute("switch", switch, out);
    }
    attribute("name", &option.name, out);
    attribute("argument", option.argument.word(), out);
    attribute("target", if option.internal { "internal" } else { "all" }, out);
    let marks = [
        ("noconfig", option.noconfig),
        ("exclusive", option.exclusive),
        ("rule", option.rule),
        ("forceconfig", option.forceconfig),
    ];
    for (name, _) in marks.into_iter().filter(|(_, is_set)| *is_set) {
        attribute(name, "true", out);
    }
    out.push_str(" />\n");
}

/// What the opening tag of an event says in a schema.
struct Opening<'a> {
    value: String,
    title: &'a str,
    version: u8,
    tag: Option<&'a str>,
    rule_default: Option<WrittenDefault>,
    stray: &'a str,
}

fn opening<'a>(definition: &'a Definition, event: &'a Event, version: u16) -> Opening<'a> {
    let mut opening = Opening {
        value: event.id.to_string(),
        title: &event.title,
        version: event.version,
        tag: event.tag.as_deref(),
        rule_default: event.rule_default,
        stray: "",
    };
    for past in past_events(definition, event, version) {
        opening.value = past.value.clone().unwrap_or(opening.value);
        opening.title = past.title.as_deref().unwrap_or(opening.title);
        opening.version = past.version.unwrap_or(opening.version);
        opening.tag = past.tag.as_deref().or(opening.tag);
        opening.rule_default = past.rule_default.or(opening.rule_default);
        opening.stray = past.stray.as_deref().unwrap_or(opening.stray);
    }
    opening.tag = opening.tag.filter(|tag| !tag.is_empty());
    opening
}

fn event(definition: &Definition, event: &Event, version: u16) -> String {
    let opening = opening(definition, event, version);
    let mut out = String::from("      <event");
    attribute("name", &format!("SYSMONEVENT_{}", event.suffix), &mut out);
    attribute("value", &opening.value, &mut out);
    attribute("level", if event.level == 2 { "Error" } else { "Informational" }, &mut out);
    attribute("template", opening.title, &mut out);
    if let Some(tag) = opening.tag {
        attribute("rulename", tag, &mut out);
    }
    match opening.rule_default {
        Some(WrittenDefault::Include) => attribute("ruledefault", "include", &mut out),
        Some(WrittenDefault::Exclude) => attribute("ruledefault", "exclude", &mut out),
        None => {}
    }
    attribute("version", &opening.version.to_string(), &mut out);
    attribute("target", &event.target, &mut out);
    out.push('>');
    out.push_str(opening.stray);
    out.push('\n');
    for field in fields(definition, event, version) {
        append_field(field, &mut out);
    }
    out.push_str("      </event>\n");
    out
}

fn append_field(field: Data<'_>, out: &mut String) {
    out.push_str("        <data");
    attribute("name", field.name, out);
    attribute("inType", field.in_type, out);
    if let Some(out_type) = field.out_type {
        attribute("outType", out_type, out);
    }
    out.push_str(" />\n");
}

/// One `<data>` element.
#[derive(Clone, Copy)]
struct Data<'a> {
    name: &'a str,
    in_type: &'a str,
    out_type: Option<&'a str>,
}

/// The fields of an event in a schema, as they were and where they stood.
fn fields<'a>(definition: &'a Definition, event: &'a Event, version: u16) -> Vec<Data<'a>> {
    let mut data: Vec<Data<'a>> = event
        .fields
        .iter()
        .filter(|name| number(event.field_since(name)) <= version)
        .map(|name| {
            let (in_type, out_type) = types(definition.field(name).kind);
            Data { name, in_type, out_type }
        })
        .collect();
    let placed = |past: &&PastField| {
        past.events.contains(&event.name) && holds(past.from.as_ref(), &past.before, version)
    };
    for past in definition.history.field.iter().filter(placed) {
        place(past, &mut data);
    }
    data
}

/// Moves a field to where it stood, or adds it there.
fn place<'a>(past: &'a PastField, data: &mut Vec<Data<'a>>) {
    let field = match (&past.in_type, data.iter().position(|field| field.name == past.name)) {
        (Some(in_type), None) => Data { name: &past.name, in_type, out_type: past.out_type.as_deref() },
        (_, Some(place)) => data.remove(place),
        // The field is younger than this schema: there is nothing to move.
        (None, None) => return,
    };
    let ahead_of = |other: &String| data.iter().position(|field| field.name == other);
    let place = past.ahead_of.as_ref().and_then(ahead_of).unwrap_or(0);
    data.insert(place, field);
}

/// How the manifest types a value.
fn types(kind: Kind) -> (&'static str, Option<&'static str>) {
    match kind {
        Kind::Text | Kind::Time | Kind::Address => ("win:UnicodeString", Some("xs:string")),
        Kind::Guid => ("win:GUID", None),
        Kind::ProcessId => ("win:UInt32", Some("win:PID")),
        Kind::Number => ("win:UInt32", None),
        Kind::Port => ("win:UInt16", None),
        Kind::LogonId => ("win:HexInt64", None),
        Kind::Hex => ("win:HexInt32", None),
        Kind::Flag | Kind::OptionalFlag => ("win:Boolean", None),
    }
}

fn past_events<'a>(
    definition: &'a Definition,
    event: &'a Event,
    version: u16,
) -> impl Iterator<Item = &'a PastEvent> {
    let concerns =
        move |past: &&PastEvent| past.name == event.name && holds(past.from.as_ref(), &past.before, version);
    definition.history.event.iter().filter(concerns)
}

fn holds(from: Option<&String>, before: &str, version: u16) -> bool {
    from.is_none_or(|from| number(from) <= version) && version < number(before)
}

/// Values of the definition are names and need no escaping; a test reads every manifest as XML.
fn attribute(name: &str, value: &str, out: &mut String) {
    let _ = write!(out, " {name}=\"{value}\"");
}

fn number(version: &str) -> u16 {
    schema_number(version).expect("Definition::read has read each version")
}
