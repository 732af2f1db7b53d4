//! An alert, and the line of JSON that it becomes. docs/detection.md shows each member.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use tuxmon_event::Timestamp;

use crate::fields::Fields;

/// What speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A Sigma rule matched an event.
    Sigma,
    /// A correlation of Sigma rules came about.
    Correlation,
    /// An event has a value that a list of indicators names.
    Indicator,
    /// An alert came again, and was counted.
    Repeated,
    /// A rule or list had more to tell than it may in a minute, and the rest was counted.
    TooMany,
}

impl Kind {
    /// Its word in an alert.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sigma => "sigma",
            Self::Correlation => "correlation",
            Self::Indicator => "indicator",
            Self::Repeated => "repeated",
            Self::TooMany => "too-many",
        }
    }
}

/// The rule, or the list, that speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heading {
    /// Its id; that of an indicator is its value.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// How bad that is.
    pub level: &'static str,
    /// Who wrote it.
    pub author: String,
    /// ATT&CK techniques.
    pub techniques: Vec<String>,
    /// The file, or the name of the list.
    pub source: String,
}

/// A field that made the alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// Its name.
    pub field: String,
    /// Its value.
    pub value: String,
    /// What was asked of it, or the indicator that it is.
    pub asked: String,
}

/// What a correlation counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlated {
    /// The fields that the events have in common.
    pub group: Vec<(String, String)>,
    /// What was counted or computed.
    pub measured: f64,
    /// The value that it was computed for, where values are judged one by one.
    pub value: Option<String>,
}

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// What speaks.
    pub kind: Kind,
    /// Its rule or list.
    pub heading: Arc<Heading>,
    /// How many matches this stands for.
    pub count: u64,
    /// When the first of them happened, in milliseconds since 1970.
    pub first: i64,
    /// When the last of them happened.
    pub last: i64,
    /// The fields that made it.
    pub matched: Vec<Matched>,
    /// What was counted.
    pub correlated: Option<Correlated>,
    /// The event, or the last of the events; none in a count.
    pub event: Fields,
}

/// The process that an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// Its ProcessGuid, with which its story begins.
    pub guid: &'a str,
    /// Its number.
    pub pid: u32,
}

/// A process from which the alert's process descends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestor {
    /// Its ProcessGuid.
    pub guid: String,
    /// Its number.
    pub pid: u32,
    /// Its image.
    pub image: String,
}

/// What a line says besides the alert.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// When the line is written, as text.
    pub written: &'a str,
    /// The machine.
    pub computer: &'a str,
    /// The processes from which the alert's process descends, its parent first.
    pub ancestors: &'a [Ancestor],
}

/// Longest line. A datagram to the system's log holds it with its header.
const MAX_LINE: usize = 60 * 1024;
/// Longest value that is not cut, unless even that is too much for a line.
const MAX_VALUE: usize = 4096;
/// Shortest length to which values are cut: with this any line is short enough.
const MIN_VALUE: usize = 128;

impl Alert {
    /// The process that it is about, if it is about one.
    pub fn subject(&self) -> Option<Subject<'_>> {
        let guid = self.value("ProcessGuid").or_else(|| self.value("SourceProcessGUID"))?;
        let pid = self.value("ProcessId").or_else(|| self.value("SourceProcessId"))?;
        Some(Subject { guid, pid: pid.parse().ok()? })
    }

    /// A field of its event.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.event.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// One object on one line, without a line feed.
    pub fn to_json(&self, envelope: &Envelope<'_>) -> String {
        let mut longest = MAX_VALUE;
        loop {
            let object = self.object(envelope, longest);
            let line = serde_json::to_string(&object).expect("texts and numbers are JSON");
            if line.len() <= MAX_LINE || longest <= MIN_VALUE {
                return line;
            }
            longest /= 2;
        }
    }

    fn object<'a>(&'a self, envelope: &Envelope<'a>, longest: usize) -> Object<'a> {
        let subject = self.subject();
        let ancestors = envelope.ancestors.iter().map(|one| AncestorPart::of(one, longest));
        Object {
            alert: self.kind.word(),
            time: time(self.last),
            written: envelope.written,
            computer: envelope.computer,
            rule: RulePart::of(&self.heading, longest),
            count: self.count,
            first: (self.count > 1).then(|| time(self.first)),
            matched: self.matched.iter().map(|matched| MatchedPart::of(matched, longest)).collect(),
            correlation: self.correlated.as_ref().map(|one| CorrelationPart::of(one, longest)),
            process_guid: subject.map(|subject| subject.guid),
            ancestors: subject.map(|_| ancestors.collect()),
            event: (!self.event.is_empty()).then_some(EventPart { fields: &self.event, longest }),
        }
    }
}

/// The line, as it is written: the parts are those of the alert, and nothing is copied that is not cut.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Object<'a> {
    alert: &'static str,
    time: String,
    written: &'a str,
    computer: &'a str,
    rule: RulePart<'a>,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matched: Vec<MatchedPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation: Option<CorrelationPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_guid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ancestors: Option<Vec<AncestorPart<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EventPart<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RulePart<'a> {
    id: Cow<'a, str>,
    title: Cow<'a, str>,
    level: &'static str,
    author: Cow<'a, str>,
    techniques: &'a [String],
    source: Cow<'a, str>,
}

impl<'a> RulePart<'a> {
    fn of(heading: &'a Heading, longest: usize) -> Self {
        Self {
            id: cut(&heading.id, longest),
            title: cut(&heading.title, longest),
            level: heading.level,
            author: cut(&heading.author, longest),
            techniques: &heading.techniques,
            source: cut(&heading.source, longest),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MatchedPart<'a> {
    field: &'a str,
    value: Cow<'a, str>,
    asked: Cow<'a, str>,
}

impl<'a> MatchedPart<'a> {
    fn of(matched: &'a Matched, longest: usize) -> Self {
        Self {
            field: &matched.field,
            value: cut(&matched.value, longest),
            asked: cut(&matched.asked, longest),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CorrelationPart<'a> {
    group: GroupPart<'a>,
    measured: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Cow<'a, str>>,
}

impl<'a> CorrelationPart<'a> {
    fn of(correlated: &'a Correlated, longest: usize) -> Self {
        let Correlated { group, measured, value } = correlated;
        let value = value.as_ref().map(|value| cut(value, longest));
        Self { group: GroupPart { group, longest }, measured: *measured, value }
    }
}

struct GroupPart<'a> {
    group: &'a [(String, String)],
    longest: usize,
}

impl Serialize for GroupPart<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.group.iter().map(|(name, value)| (name, cut(value, self.longest))))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AncestorPart<'a> {
    process_guid: &'a str,
    process_id: u32,
    image: Cow<'a, str>,
}

impl<'a> AncestorPart<'a> {
    fn of(one: &'a Ancestor, longest: usize) -> Self {
        Self { process_guid: &one.guid, process_id: one.pid, image: cut(&one.image, longest) }
    }
}

struct EventPart<'a> {
    fields: &'a Fields,
    longest: usize,
}

impl Serialize for EventPart<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.fields.iter().map(|(name, value)| (name, cut(value, self.longest))))
    }
}

/// The text, visibly cut where it is longer.
fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest {
        return text.into();
    }
    let mut kept = text[..text.floor_char_boundary(longest)].to_owned();
    kept.push('…');
    kept.into()
}

/// The form of a time in events.
fn time(milliseconds: i64) -> String {
    Timestamp(milliseconds.saturating_mul(1_000_000)).utc_time()
}
