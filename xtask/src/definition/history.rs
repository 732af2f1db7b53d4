//! `schema/options.toml` and `schema/history.toml`: the manifest beside its events, and its past.

use anyhow::{Result, ensure};
use serde::Deserialize;

use super::{Event, WrittenDefault, schema_number};

/// `options.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Every schema that was published, oldest first.
    pub schemas: Vec<Published>,
    /// Conditions of filters; the first is the default.
    pub filters: Vec<Condition>,
    /// Switches and options.
    pub options: Vec<OptionRow>,
}

/// One published schema.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Its version.
    pub version: String,
    /// The version of the binary form of the rules.
    pub binary: String,
}

/// One condition of filters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What a configuration writes.
    pub name: String,
    /// First schema that has it.
    pub since: String,
}

/// One switch or option; `options.toml` says what the columns mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in options.toml")]
pub struct OptionRow {
    pub switch: Option<String>,
    pub name: String,
    pub argument: Argument,
    #[serde(default)]
    pub internal: bool,
    #[serde(default)]
    pub noconfig: bool,
    #[serde(default)]
    pub exclusive: bool,
    #[serde(default)]
    pub rule: bool,
    #[serde(default)]
    pub forceconfig: bool,
    pub since: String,
    pub before: Option<String>,
}

/// Whether a switch takes an argument.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Argument {
    None,
    Optional,
    Required,
}

impl Argument {
    /// The word in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }
}

/// `history.toml`; the file says what its tables mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in history.toml")]
pub struct History {
    pub event: Vec<PastEvent>,
    pub field: Vec<PastField>,
    pub option: Vec<PastOption>,
    pub order: Vec<PastOrder>,
}

/// How an event was written once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in history.toml")]
pub struct PastEvent {
    pub name: String,
    pub from: Option<String>,
    pub before: String,
    pub value: Option<String>,
    pub title: Option<String>,
    pub version: Option<u8>,
    pub tag: Option<String>,
    pub rule_default: Option<WrittenDefault>,
    #[serde(default)]
    pub last: bool,
    pub stray: Option<String>,
}

/// Where a field stood once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in history.toml")]
pub struct PastField {
    pub name: String,
    pub in_type: Option<String>,
    pub out_type: Option<String>,
    pub ahead_of: Option<String>,
    pub from: Option<String>,
    pub before: String,
    pub events: Vec<String>,
}

/// How an option was written once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in history.toml")]
pub struct PastOption {
    pub name: String,
    pub from: Option<String>,
    pub before: String,
    pub argument: Option<Argument>,
    pub internal: Option<bool>,
    pub forceconfig: Option<bool>,
    #[serde(default)]
    pub absent: bool,
}

/// In which order the options of the configuration file stood once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastOrder {
    /// First schema with another order.
    pub before: String,
    /// Their names.
    pub options: Vec<String>,
}

impl Options {
    /// Refuses versions that are none.
    pub(super) fn check(&self) -> Result<()> {
        let schemas = self.schemas.iter().map(|schema| &schema.version);
        let filters = self.filters.iter().map(|filter| &filter.since);
        let options = self.options.iter().flat_map(|option| [Some(&option.since), option.before.as_ref()]);
        schemas.chain(filters).chain(options.flatten()).try_for_each(|text| schema_number(text).map(drop))
    }
}

impl History {
    /// Refuses what speaks about nothing: a change to an unknown event or option would be lost.
    pub(super) fn check(&self, events: &[Event], options: &[OptionRow]) -> Result<()> {
        let known_event = |name: &str| events.iter().any(|event| event.name == name);
        let known_option = |name: &str| options.iter().any(|option| option.name == name);
        for past in &self.event {
            ensure!(known_event(&past.name), "history.toml: unknown event {}", past.name);
            check_range(past.from.as_deref(), &past.before)?;
        }
        for past in &self.field {
            for event in &past.events {
                ensure!(known_event(event), "history.toml: unknown event {event}");
            }
            check_range(past.from.as_deref(), &past.before)?;
        }
        for past in &self.option {
            ensure!(known_option(&past.name), "history.toml: unknown option {}", past.name);
            check_range(past.from.as_deref(), &past.before)?;
        }
        for past in &self.order {
            for option in &past.options {
                ensure!(known_option(option), "history.toml: unknown option {option}");
            }
            check_range(None, &past.before)?;
        }
        Ok(())
    }
}

/// Refuses a range that no schema lies in.
fn check_range(from: Option<&str>, before: &str) -> Result<()> {
    let end = schema_number(before)?;
    let start = from.map_or(Ok(0), schema_number)?;
    ensure!(start < end, "history.toml: nothing lies from {from:?} to {before}");
    Ok(())
}
