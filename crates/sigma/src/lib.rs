//! Sigma rules, version 2.1 of the specification: text to an [`Engine`], an event to the rules that match it.
//!
//! [`RuleFiles`] reads YAML and says of every document what became of it; nothing is dropped in silence.
//! [`Engine::matches`] asks each question once however many rules need it: literal text of all rules is found by one
//! automaton for each field, and a rule is only looked at when text has been found without which it cannot match.
//! [`Correlator`] remembers matches for correlation rules.
//!
//! This crate must never open a file, never panic on a rule or an event, and never take longer than in proportion to an
//! event's length.

mod atom;
mod automaton;
mod condition;
mod correlate;
mod correlation;
mod detection;
mod document;
mod encode;
mod engine;
mod event;
mod fault;
mod json;
mod logsource;
mod modifier;
mod moment;
mod origin;
mod pattern;
mod pcre;
mod ruleset;
mod show;
mod tree;
mod yaml;

pub use correlate::{CorrelationHit, Correlator};
pub use detection::{Placeholders, placeholders};
pub use document::{About, Level};
pub use engine::{CorrelationRule, Engine, MatchedField, Rule, Scratch};
pub use event::Event;
pub use json::JsonEvent;
pub use logsource::LogSource;
pub use moment::milliseconds;
pub use origin::{Origin, Product};
pub use ruleset::{ENVELOPE_FIELDS, Outcome, Report, RuleFiles};
pub use yaml::MAX_BYTES;
