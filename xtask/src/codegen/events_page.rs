//! `docs/events.md`: the reference of all events, for those who write detections.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::definition::{Definition, Event, Kind, Stage, WrittenDefault};

/// The text of the file.
pub(super) fn file(definition: &Definition) -> String {
    let newest = &definition.options.schemas.last().expect("a schema was published").version;
    let mut out = String::from(
        "<!-- Generated from schema/ by `cargo xtask codegen`; edit the schema. -->\n\n# Events\n\n",
    );
    let _ = writeln!(out, "{}", INTRODUCTION.replace("{newest}", newest));
    out.push_str(&index(definition));
    out.push_str(&formats(definition));
    out.push_str("## Events of Linux\n");
    for event in by_id(definition).filter(|event| event.emitted) {
        out.push_str(&emitted(definition, event));
    }
    out.push_str(OTHERS);
    for event in by_id(definition).filter(|event| !event.emitted) {
        out.push_str(&of_windows(definition, event));
    }
    out
}

/// People look events up by number; the manifest has the error first.
fn by_id(definition: &Definition) -> impl Iterator<Item = &Event> {
    let mut events: Vec<&Event> = definition.events.iter().collect();
    events.sort_by_key(|event| event.id);
    events.into_iter()
}

const INTRODUCTION: &str = "\
Every event of schema {newest}, with what each field says. Names, order and formats are those of the original, so
rules and parsers that were written for it work here.

* Every field of an event is always there, in the order of its table. What is empty or unknown is written `-`.
* The *configuration element* filters the event. Without such an element in the configuration the event is *written*
  or *dropped*, as the index says; an event without an element is always written.
* *Always `-`* marks what only Windows knows. A rule on such a field sees the empty value.
* *ECS* is where Elastic's integration for Sysmon for Linux puts the value; other values stay under
  `winlog.event_data`.
";

const OTHERS: &str = "
## Events of Windows

Configurations may filter them and logs of Windows may hold them, so their fields are known here; this agent never
emits them.
";

fn index(definition: &Definition) -> String {
    let mut out = String::from("## Index\n\n");
    out.push_str("| id | event | configuration element | without a rule | on Linux | since schema |\n");
    out.push_str("| ---: | --- | --- | --- | --- | --- |\n");
    for event in by_id(definition) {
        let tag = event.tag.as_ref().map_or_else(|| "–".to_owned(), |tag| format!("`{tag}`"));
        let _ = writeln!(
            out,
            "| {} | [{}](#{}) | {tag} | {} | {} | {} |",
            event.id,
            event.title,
            anchor(event),
            without_a_rule(event),
            if event.emitted { "yes" } else { "no" },
            event.since,
        );
    }
    out.push('\n');
    out
}

fn without_a_rule(event: &Event) -> &'static str {
    match (&event.tag, event.rule_default) {
        (None, _) | (Some(_), Some(WrittenDefault::Include)) => "written",
        (Some(_), Some(WrittenDefault::Exclude) | None) => "dropped",
    }
}

fn formats(definition: &Definition) -> String {
    let kinds: BTreeSet<Kind> = definition.fields.values().map(|field| field.kind).collect();
    let mut out = String::from("## Formats\n\n| type | how it is written |\n| --- | --- |\n");
    for kind in kinds {
        let (name, format) = describe(kind);
        let _ = writeln!(out, "| {name} | {format} |");
    }
    out.push('\n');
    out
}

/// The name of a kind and its format.
fn describe(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Text => ("text", "UTF-8; `-` when empty"),
        Kind::Time => ("time", "`YYYY-MM-DD HH:MM:SS.mmm`, always UTC"),
        Kind::Guid => (
            "GUID",
            "`{8-4-4-4-12}` lower-case hexadecimal digits; the first eight are the machine, the next eight the second of the \
             start with its halves swapped, the rest a key; all zeros when unknown",
        ),
        Kind::ProcessId => ("process id", "decimal, as the host sees it, not the container"),
        Kind::Number => ("number", "decimal, 32 bits without sign"),
        Kind::Port => ("port", "decimal, 0 to 65535"),
        Kind::LogonId => ("login id", "decimal"),
        Kind::Hex => ("mask", "`0x` and lower-case hexadecimal digits"),
        Kind::Flag => ("flag", "`true` or `false`"),
        Kind::OptionalFlag => ("flag or unknown", "`true`, `false` or `-`"),
        Kind::Address => (
            "address",
            "IPv4 with points; IPv6 as eight groups without compression, `0:0:0:0:0:0:0:1`, mapped IPv4 too, \
             `0:0:0:0:0:ffff:7f00:1`",
        ),
    }
}

fn heading(event: &Event) -> String {
    format!("\n### {} {}\n\n", event.id, event.title)
}

/// The anchor that Markdown viewers make of the heading.
fn anchor(event: &Event) -> String {
    format!("{} {}", event.id, event.title).to_ascii_lowercase().replace(' ', "-")
}

fn emitted(definition: &Definition, event: &Event) -> String {
    let mut out = heading(event);
    let filter = match &event.tag {
        Some(tag) => format!("By `<{tag}>`; {} without such an element.", without_a_rule(event)),
        None => "None, it is always written.".to_owned(),
    };
    let _ = writeln!(out, "{}\n", event.meaning);
    let _ = writeln!(out, "* **When:** {}", event.emission);
    let _ = writeln!(out, "* **Filter:** {filter}");
    let _ = writeln!(out, "* **Envelope:** version {}, level {}\n", event.version, event.level);
    out.push_str("| field | type | example | meaning | ECS |\n| --- | --- | --- | --- | --- |\n");
    for name in &event.fields {
        let field = definition.field(name);
        let is_absent = field.stage == Stage::Absent || event.absent.contains(name);
        let example = if is_absent { "*always* `-`".to_owned() } else { format!("`{}`", field.example) };
        let note = event.notes.get(name).map(|note| format!(" {note}")).unwrap_or_default();
        let ecs = if field.ecs.is_empty() { String::new() } else { format!("`{}`", field.ecs) };
        let (kind, _) = describe(field.kind);
        let _ = writeln!(out, "| `{name}` | {kind} | {example} | {}{note} | {ecs} |", field.meaning);
    }
    out
}

fn of_windows(definition: &Definition, event: &Event) -> String {
    let mut out = heading(event);
    let tag =
        event.tag.as_deref().expect("only the agent's own events have no element, and Linux emits those");
    let _ = writeln!(out, "{} Filtered by `<{tag}>`.\n", event.meaning);
    out.push_str("| field | type | meaning |\n| --- | --- | --- |\n");
    for name in &event.fields {
        let field = definition.field(name);
        let (kind, _) = describe(field.kind);
        let _ = writeln!(out, "| `{name}` | {kind} | {} |", field.meaning);
    }
    out
}
