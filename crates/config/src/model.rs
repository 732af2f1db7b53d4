//! What a configuration says, once it is read.

use std::fmt;
use std::sync::Arc;

use tuxmon_event::{ADDITIONAL, EventSpec, RuleDefault, Schema};

use crate::{Condition, FieldSizes, HashAlgorithms};

/// A configuration that loads: options, and the blocks that filter events.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The version on the Sysmon element.
    pub schema_version: SchemaVersion,
    /// Which hashes fill the field Hashes.
    pub hash_algorithms: HashAlgorithms,
    /// Whether it is the configuration that says so, and not the default; only the default gives way to a switch `-h`.
    pub names_hashes: bool,
    /// Longest values of single fields.
    pub field_sizes: FieldSizes,
    /// The blocks that filter events: by tag in the order of the schema, then as written.
    pub blocks: Vec<Block>,
}

impl Config {
    /// The configuration of no file: every event type has its default.
    pub fn empty() -> Self {
        Self {
            schema_version: SchemaVersion(4.90),
            hash_algorithms: HashAlgorithms::default(),
            names_hashes: false,
            field_sizes: FieldSizes::default(),
            blocks: Vec::new(),
        }
    }

    /// The blocks that speak about an event type, as written.
    pub fn blocks_of(&self, event: &EventSpec) -> impl Iterator<Item = &Block> {
        let tag = event.tag;
        self.blocks.iter().filter(move |block| Some(block.tag) == tag)
    }

    /// Whether a filter reads an additional field.
    pub fn reads_additional(&self) -> bool {
        let is_additional = |field: &str| ADDITIONAL.iter().any(|additional| additional.name == field);
        self.blocks.iter().flat_map(|block| &block.items).any(|item| match item {
            Item::Filter(filter) => is_additional(filter.field),
            Item::Rule(rule) => rule.filters.iter().any(|filter| is_additional(filter.field)),
        })
    }

    /// Whether an include block with a filter speaks about an event type.
    pub fn has_include_rules(&self, event: &EventSpec) -> bool {
        self.blocks_of(event).any(|block| block.onmatch == OnMatch::Include && !block.items.is_empty())
    }
}

/// What is nearer to a version than this is that version.
const EPSILON: f64 = 1e-9;

/// A schema version as a number, because only its order against 4.10 means anything.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct SchemaVersion(pub f64);

impl SchemaVersion {
    /// How filters outside a RuleGroup combine.
    pub fn default_relation(self) -> Relation {
        if self.0 > 4.1 + EPSILON { Relation::And } else { Relation::Or }
    }

    /// Whether this version is older than a published schema.
    pub(crate) fn is_before(self, schema: Schema) -> bool {
        self.0 + EPSILON < f64::from(schema.0) / 100.0
    }
}

impl fmt::Display for SchemaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}

/// One event element with its filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The element, `ProcessCreate`; `RegistryEvent` and its like stand for several events.
    pub tag: &'static str,
    /// The first event type of the tag that has all fields of the block.
    pub event_id: u16,
    /// What happens to an event that matches.
    pub onmatch: OnMatch,
    /// How the items combine.
    pub relation: Relation,
    /// The filters and compound rules, as written.
    pub items: Vec<Item>,
    /// Line of the element.
    pub line: u32,
}

/// What happens to an event that matches a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnMatch {
    /// It is written.
    Include,
    /// It is dropped.
    Exclude,
}

impl OnMatch {
    /// The block whose opposite is an event type's default.
    pub(crate) fn against_default(default: RuleDefault) -> Self {
        match default {
            RuleDefault::Include => Self::Exclude,
            RuleDefault::Exclude | RuleDefault::Never => Self::Include,
        }
    }

    /// `include` or `exclude`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
        }
    }
}

/// How several filters make one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// One of them is enough.
    Or,
    /// All of them are needed; in a block, one for each field.
    And,
}

impl Relation {
    /// `Or` or `And`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Or => "Or",
            Self::And => "And",
        }
    }
}

/// One line of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A field element of its own.
    Filter(Filter),
    /// A Rule element.
    Rule(CompoundRule),
}

impl Item {
    /// The field of a filter.
    pub(crate) fn field(&self) -> Option<&'static str> {
        match self {
            Self::Filter(filter) => Some(filter.field),
            Self::Rule(_) => None,
        }
    }
}

/// A Rule element: several filters with one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompoundRule {
    /// Its own name.
    pub name: Option<Arc<str>>,
    /// Its number among the Rules of the file, as the original counts them.
    pub number: u32,
    /// How its filters combine.
    pub relation: Relation,
    /// Its filters, as written; at least one.
    pub filters: Vec<Filter>,
    /// Line of the element.
    pub line: u32,
}

/// A field element: one comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The field, by its exact name.
    pub field: &'static str,
    /// How it is compared.
    pub condition: Condition,
    /// With what, in original case.
    pub value: Arc<str>,
    /// What the RuleName of a matching event becomes: the name of the filter, else of its Rule, else
    /// of its RuleGroup.
    pub rule_name: Option<Arc<str>>,
    /// Line of the element.
    pub line: u32,
}
