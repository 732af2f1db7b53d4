//! The shape of the tables in [`crate::generated`].

use std::fmt;

use crate::EVENTS;

/// A schema version in hundredths, as the versions order: `3.10` is 310 and older than `3.2`, 320.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Schema(pub u16);

/// Two decimals, as upstream prints the version of a configuration.
impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// What happens to an event for which the configuration has no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleDefault {
    /// The event is written.
    Include,
    /// The event is dropped.
    Exclude,
    /// The event has no tag: no rule can speak about it and it is always written.
    Never,
}

/// How the value of a field is made and printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Any text; empty when unknown.
    Text,
    /// A time in UTC with milliseconds.
    Time,
    /// An identity in braces.
    Guid,
    /// A process id, decimal.
    ProcessId,
    /// A decimal number of 32 bits.
    Number,
    /// A port, decimal.
    Port,
    /// The user id of a login, decimal.
    LogonId,
    /// A mask of 32 bits, `0x%x`.
    Hex,
    /// `true` or `false`.
    Flag,
    /// `true`, `false`, or empty when it cannot be known.
    OptionalFlag,
    /// An IP address, IPv6 without compression.
    Address,
}

/// The latest step of the straight line that has to be done before the value of a field is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// It is in the kernel's record, or computed from it.
    Kernel,
    /// The tables of this machine are asked: processes, users, logins.
    Host,
    /// A file is read.
    Hash,
    /// The rules have decided.
    Verdict,
    /// Linux has no such fact: the value is always empty.
    Absent,
}

/// One field of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// Upstream's name, which is also the name in the output and in the configuration.
    pub name: &'static str,
    /// How the value is made and printed.
    pub kind: Kind,
    /// When the value is known.
    pub stage: Stage,
    /// First schema in which this event has the field.
    pub since: Schema,
    /// Where Elastic's integration puts the value; empty where it stays under `winlog.event_data`.
    pub ecs: &'static str,
    /// What the value says.
    pub meaning: &'static str,
    /// A value as it is printed; empty for fields that Linux never fills.
    pub example: &'static str,
}

impl FieldSpec {
    /// The same field in an event that has it since another schema.
    pub(crate) const fn since(mut self, hundredths: u16) -> Self {
        self.since = Schema(hundredths);
        self
    }

    /// The same field in an event in which Linux leaves it empty.
    pub(crate) const fn absent(mut self) -> Self {
        self.stage = Stage::Absent;
        self.example = "";
        self
    }
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventSpec {
    /// The EventID.
    pub id: u16,
    /// Our name, `ProcessCreate`.
    pub name: &'static str,
    /// The name in files and folders, `process_create`.
    pub stem: &'static str,
    /// The manifest's symbol without `SYSMONEVENT_`.
    pub suffix: &'static str,
    /// The element of the configuration that filters the event.
    pub tag: Option<&'static str>,
    /// Upstream's display name, `Process Create`.
    pub title: &'static str,
    /// The version in the envelope.
    pub version: u8,
    /// The level in the envelope: 2 is error, 4 informational.
    pub level: u8,
    /// What happens without a rule.
    pub rule_default: RuleDefault,
    /// First schema that has the event.
    pub since: Schema,
    /// Whether this agent emits the event on Linux.
    pub emitted: bool,
    /// What happened, in a sentence.
    pub meaning: &'static str,
    /// When the event is emitted, in a sentence.
    pub emission: &'static str,
    /// The fields, in output order.
    pub fields: &'static [FieldSpec],
}

impl EventSpec {
    /// The position of a field by its exact name.
    pub fn position(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == field)
    }
}

/// Whether a switch or option of upstream takes an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Argument {
    /// It takes none.
    None,
    /// It may take one.
    Optional,
    /// It must have one.
    Required,
}

/// One switch of upstream's command line, or option of its configuration, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionSpec {
    /// How the command line says it.
    pub switch: Option<&'static str>,
    /// How the configuration says it.
    pub name: &'static str,
    /// Whether it takes an argument.
    pub argument: Argument,
    /// The program's own, not for people.
    pub internal: bool,
    /// Only on the command line.
    pub noconfig: bool,
    /// At most one of these at a time.
    pub exclusive: bool,
    /// Makes a rule for the event of that name.
    pub rule: bool,
    /// Only through a configuration.
    pub forceconfig: bool,
    /// First schema that has it.
    pub since: Schema,
}

/// The event with this id.
pub fn spec(id: u16) -> Option<&'static EventSpec> {
    EVENTS.iter().find(|event| event.id == id)
}

/// The events that an element of the configuration filters; `RegistryEvent` stands for three.
pub fn specs_with_tag(tag: &str) -> impl Iterator<Item = &'static EventSpec> {
    EVENTS.iter().filter(move |event| event.tag == Some(tag))
}
