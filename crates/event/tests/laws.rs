//! The laws of the tables.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;
use std::net::IpAddr;

use tuxmon_event::{
    CONDITIONS, EVENTS, EventSpec, FieldSpec, Guid, Kind, OPTIONS, RuleDefault, Schema, Stage, spec,
    specs_with_tag,
};

fn fields() -> impl Iterator<Item = (&'static EventSpec, &'static FieldSpec)> {
    EVENTS.iter().flat_map(|event| event.fields.iter().map(move |field| (event, field)))
}

#[track_caller]
fn assert_unique<T: Hash + Eq + Debug + Copy>(values: impl Iterator<Item = T>) {
    let mut seen = HashSet::new();
    for value in values {
        assert!(seen.insert(value), "{value:?} stands twice");
    }
}

#[test]
fn ids_names_stems_suffixes_and_titles_are_unique() {
    assert_unique(EVENTS.iter().map(|event| event.id));
    assert_unique(EVENTS.iter().map(|event| event.name));
    assert_unique(EVENTS.iter().map(|event| event.stem));
    assert_unique(EVENTS.iter().map(|event| event.suffix));
    assert_unique(EVENTS.iter().map(|event| event.title));
}

#[test]
fn the_error_comes_first_and_the_others_are_sorted() {
    assert_eq!(EVENTS[0].id, 255);
    assert!(EVENTS[1..].is_sorted_by_key(|event| event.id));
}

#[test]
fn the_stem_is_the_name_in_small_letters() {
    for event in EVENTS {
        let mut stem = String::new();
        for letter in event.name.chars() {
            if letter.is_ascii_uppercase() && !stem.is_empty() {
                stem.push('_');
            }
            stem.push(letter.to_ascii_lowercase());
        }
        assert_eq!(event.stem, stem);
    }
}

#[test]
fn events_are_found_by_id_and_by_tag() {
    for event in EVENTS {
        assert_eq!(spec(event.id), Some(event));
        for (position, field) in event.fields.iter().enumerate() {
            assert_eq!(event.position(field.name), Some(position));
        }
    }
    assert_eq!(spec(27), None);
    let registry: Vec<u16> = specs_with_tag("RegistryEvent").map(|event| event.id).collect();
    assert_eq!(registry, [12, 13, 14]);
    assert_eq!(specs_with_tag("eBPFEvent").count(), 1);
    assert_eq!(specs_with_tag("registryevent").count(), 0);
}

#[test]
fn an_event_without_a_tag_is_never_filtered_and_has_no_rule_name() {
    for event in EVENTS {
        assert_eq!(event.tag.is_none(), event.rule_default == RuleDefault::Never, "{}", event.name);
        assert_eq!(event.tag.is_some(), event.position("RuleName") == Some(0), "{}", event.name);
    }
}

#[test]
fn every_event_has_a_time_and_unique_fields() {
    for event in EVENTS {
        let has_time = event.fields.iter().any(|field| field.name == "UtcTime" && field.kind == Kind::Time);
        assert!(has_time, "{}", event.name);
        assert_unique(event.fields.iter().map(|field| field.name));
    }
}

#[test]
fn everything_is_documented_in_sentences() {
    let texts = EVENTS.iter().flat_map(|event| [event.meaning, event.emission]);
    for text in texts.chain(fields().map(|(_, field)| field.meaning)) {
        assert!(text.ends_with('.') && text.starts_with(char::is_uppercase), "{text:?}");
        assert!(!text.contains(['\n', '|']), "{text:?} breaks the tables of docs/events.md");
    }
}

#[test]
fn a_field_of_linux_has_an_example_of_its_kind() {
    for (_, field) in fields() {
        assert_eq!(field.example.is_empty(), field.stage == Stage::Absent, "{}", field.name);
        let fits = field.example.is_empty() || is_of_kind(field.example, field.kind);
        assert!(fits, "{}: {}", field.name, field.example);
    }
}

fn is_of_kind(text: &str, kind: Kind) -> bool {
    match kind {
        Kind::Text => true,
        Kind::Time => text.len() == "1970-01-01 00:00:00.000".len(),
        Kind::Guid => text.parse::<Guid>().is_ok_and(|guid| guid.to_string() == text),
        Kind::ProcessId | Kind::Number => text.parse::<u32>().is_ok(),
        Kind::Port => text.parse::<u16>().is_ok(),
        Kind::LogonId => text.parse::<u64>().is_ok(),
        Kind::Hex => text.strip_prefix("0x").is_some_and(|hex| u32::from_str_radix(hex, 16).is_ok()),
        Kind::Flag | Kind::OptionalFlag => matches!(text, "true" | "false"),
        Kind::Address => text.parse::<IpAddr>().is_ok(),
    }
}

#[test]
fn no_field_is_older_than_its_event_or_younger_than_the_schema() {
    for (event, field) in fields() {
        assert!(event.since <= field.since, "{}: {}", event.name, field.name);
        assert!(field.since <= Schema(490), "{}: {}", event.name, field.name);
    }
}

#[test]
fn options_and_conditions_are_unique() {
    assert_unique(OPTIONS.iter().map(|option| option.name));
    // The program itself passes -s DIRECTORY to its service; people say -s for the schema.
    assert_unique(OPTIONS.iter().filter_map(|option| Some((option.switch?, option.internal))));
    assert_unique(CONDITIONS.iter());
}
