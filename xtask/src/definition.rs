//! `schema/*.toml`, read and checked.

mod history;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

pub use history::{Argument, History, OptionRow, Options, PastEvent, PastField, PastOption, Published};

/// Everything that `schema/` says.
#[derive(Debug)]
pub struct Definition {
    /// The events, in the order of the manifest.
    pub events: Vec<Event>,
    /// What each field name means.
    pub fields: BTreeMap<String, Field>,
    /// The schemas, options and filters.
    pub options: Options,
    /// What older schemas wrote differently.
    pub history: History,
}

/// One `[[event]]` of `events.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The EventID.
    pub id: u16,
    /// Our name.
    pub name: String,
    /// The name in files and folders.
    pub stem: String,
    /// The manifest's symbol without `SYSMONEVENT_`.
    pub suffix: String,
    /// The element of the configuration.
    pub tag: Option<String>,
    /// Upstream's display name.
    pub title: String,
    /// The version in the envelope.
    pub version: u8,
    /// The level in the envelope.
    pub level: u8,
    /// What the manifest says about the default, if it says anything.
    pub rule_default: Option<WrittenDefault>,
    /// First schema that has the event.
    pub since: String,
    /// Whether this agent emits it.
    pub emitted: bool,
    /// The systems that the manifest names.
    #[serde(default = "all_systems")]
    pub target: String,
    /// What happened.
    pub meaning: String,
    /// When it is emitted.
    pub emission: String,
    /// Field names in output order.
    pub fields: Vec<String>,
    /// Fields that are younger than the event, by schema.
    #[serde(default)]
    pub added: BTreeMap<String, Vec<String>>,
    /// Fields that Linux leaves empty in this event, though it fills them in others.
    #[serde(default)]
    pub absent: Vec<String>,
    /// What the documentation adds to the meaning of a field in this event.
    #[serde(default)]
    pub notes: BTreeMap<String, String>,
}

fn all_systems() -> String {
    "all".to_owned()
}

/// The defaults that a manifest can write.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum WrittenDefault {
    /// Written without a rule.
    Include,
    /// Dropped without a rule.
    Exclude,
}

/// One field name of `fields.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// How the value is made and printed.
    pub kind: Kind,
    /// What it says.
    pub meaning: String,
    /// Where Elastic's integration puts it.
    #[serde(default)]
    pub ecs: String,
    /// When it is known.
    pub stage: Stage,
    /// A printed value.
    #[serde(default)]
    pub example: String,
}

/// The kinds of values; `tuxmon_event::Kind` says what they mean.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "documented where they are used")]
pub enum Kind {
    Text,
    Time,
    Guid,
    ProcessId,
    Number,
    Port,
    LogonId,
    Hex,
    Flag,
    OptionalFlag,
    Address,
}

/// The stages; `tuxmon_event::Stage` says what they mean.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "documented where they are used")]
pub enum Stage {
    Kernel,
    Host,
    Hash,
    Verdict,
    Absent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventsFile {
    event: Vec<Event>,
}

impl Definition {
    /// Reads the definition below the root of the repository.
    pub fn read(root: &Path) -> Result<Self> {
        let events = parse::<EventsFile>(&root.join("schema/events.toml"))?.event;
        let fields = parse(&root.join("schema/fields.toml"))?;
        let options = parse(&root.join("schema/options.toml"))?;
        let history = parse(&root.join("schema/history.toml"))?;
        let definition = Self { events, fields, options, history };
        definition.check()?;
        Ok(definition)
    }

    /// What a field name means.
    pub fn field(&self, name: &str) -> &Field {
        self.fields.get(name).expect("check() has seen that each name of an event is defined")
    }

    /// Refuses what no output could be made of; the laws about the content are tests.
    fn check(&self) -> Result<()> {
        for event in &self.events {
            schema_number(&event.since)?;
            for name in &event.fields {
                ensure!(self.fields.contains_key(name), "{}: fields.toml lacks {name}", event.name);
            }
            for schema in event.added.keys() {
                schema_number(schema)?;
            }
            let added = event.added.values().flatten();
            for name in added.chain(&event.absent).chain(event.notes.keys()) {
                ensure!(event.fields.contains(name), "{}: {name} is none of its fields", event.name);
            }
        }
        for name in self.fields.keys() {
            let is_used = self.events.iter().any(|event| event.fields.contains(name));
            ensure!(is_used, "fields.toml: no event has {name}");
        }
        self.options.check()?;
        self.history.check(&self.events, &self.options.options)
    }
}

impl Event {
    /// First schema in which this event has the field.
    pub fn field_since(&self, name: &str) -> &str {
        let added = self.added.iter().find(|(_, names)| names.iter().any(|n| n == name));
        added.map_or(&self.since, |(schema, _)| schema)
    }
}

/// A schema version in hundredths: `4.2` and `4.20` are 420.
pub fn schema_number(text: &str) -> Result<u16> {
    let hundredths = text.split_once('.').and_then(|(major, minor)| {
        let minor_number: u16 = minor.parse().ok()?;
        let scaled = match minor.len() {
            1 => minor_number * 10,
            2 => minor_number,
            _ => return None,
        };
        Some(major.parse::<u16>().ok()?.checked_mul(100)? + scaled)
    });
    match hundredths {
        Some(number) => Ok(number),
        None => bail!("{text:?} is not a schema version such as 4.90"),
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    toml::from_str(&text).with_context(|| format!("cannot understand {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schema_numbers_order_as_the_schemas_did() {
        let versions = ["2.0", "3.10", "3.2", "3.4", "4.0", "4.2", "4.21", "4.30", "4.90"];
        let numbers: Vec<u16> = versions.iter().map(|v| schema_number(v).expect("a version")).collect();
        assert_eq!(numbers, [200, 310, 320, 340, 400, 420, 421, 430, 490]);
        assert!(schema_number("4").is_err());
        assert!(schema_number("4.123").is_err());
        assert!(schema_number("four.1").is_err());
    }

    fn definition() -> Definition {
        Definition::read(&crate::root()).expect("the definition can be read")
    }

    /// Why a definition is refused after a change.
    fn refusal(change: impl FnOnce(&mut Definition)) -> String {
        let mut definition = definition();
        change(&mut definition);
        definition.check().expect_err("the change breaks the definition").to_string()
    }

    #[test]
    fn what_speaks_about_nothing_is_refused() {
        let name = || "Nothing".to_owned();
        let cases = [
            (refusal(|d| d.events[0].fields.push(name())), "ErrorReport: fields.toml lacks Nothing"),
            (refusal(|d| d.events[0].absent.push(name())), "ErrorReport: Nothing is none of its fields"),
            (refusal(|d| drop(d.events.pop())), "fields.toml: no event has BpfCommand"),
            (refusal(|d| d.events[0].since = name()), "\"Nothing\" is not a schema version such as 4.90"),
            (refusal(|d| d.history.event[0].name = name()), "history.toml: unknown event Nothing"),
            (refusal(|d| d.history.option[0].name = name()), "history.toml: unknown option Nothing"),
        ];
        for (refusal, expected) in cases {
            assert_eq!(refusal, expected);
        }
    }

    #[test]
    fn fields_stand_in_the_order_of_their_first_use() {
        let text = fs::read_to_string(crate::root().join("schema/fields.toml")).expect("it was read before");
        let headings = text.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
        let mut used: Vec<String> = Vec::new();
        for name in definition().events.into_iter().flat_map(|event| event.fields) {
            if !used.contains(&name) {
                used.push(name);
            }
        }
        assert_eq!(headings.collect::<Vec<_>>(), used);
    }
}
