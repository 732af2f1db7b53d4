//! An alert, and the line of JSON that it becomes. docs/detection.md shows each member.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tuxmon_event::Timestamp;

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
    pub event: Vec<(String, String)>,
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
        self.event.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// One object on one line, without a line feed.
    pub fn to_json(&self, envelope: &Envelope<'_>) -> String {
        let mut longest = MAX_VALUE;
        loop {
            let line = self.object(envelope, longest).to_string();
            if line.len() <= MAX_LINE || longest <= MIN_VALUE {
                return line;
            }
            longest /= 2;
        }
    }

    fn object(&self, envelope: &Envelope<'_>, longest: usize) -> Value {
        let mut object = Map::new();
        let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
        put("Alert", self.kind.word().into());
        put("Time", time(self.last));
        put("Written", envelope.written.into());
        put("Computer", envelope.computer.into());
        put("Rule", rule(&self.heading, longest));
        put("Count", self.count.into());
        if self.count > 1 {
            put("First", time(self.first));
        }
        if !self.matched.is_empty() {
            let one = |matched: &Matched| {
                json!({
                    "Field": matched.field,
                    "Value": cut(&matched.value, longest),
                    "Asked": cut(&matched.asked, longest),
                })
            };
            put("Matched", self.matched.iter().map(one).collect());
        }
        if let Some(correlated) = &self.correlated {
            put("Correlation", correlation(correlated, longest));
        }
        if let Some(subject) = self.subject() {
            put("ProcessGuid", subject.guid.into());
            put("Ancestors", envelope.ancestors.iter().map(|one| ancestor(one, longest)).collect());
        }
        if !self.event.is_empty() {
            let fields = self.event.iter().map(|(name, value)| (name.clone(), cut(value, longest)));
            put("Event", Value::Object(fields.collect()));
        }
        Value::Object(object)
    }
}

fn rule(heading: &Heading, longest: usize) -> Value {
    json!({
        "Id": cut(&heading.id, longest),
        "Title": cut(&heading.title, longest),
        "Level": heading.level,
        "Author": cut(&heading.author, longest),
        "Techniques": heading.techniques,
        "Source": cut(&heading.source, longest),
    })
}

fn correlation(correlated: &Correlated, longest: usize) -> Value {
    let group: Map<String, Value> =
        correlated.group.iter().map(|(name, value)| (name.clone(), cut(value, longest))).collect();
    let mut object = json!({ "Group": group, "Measured": correlated.measured });
    if let Some(value) = &correlated.value {
        object["Value"] = cut(value, longest);
    }
    object
}

fn ancestor(one: &Ancestor, longest: usize) -> Value {
    json!({ "ProcessGuid": one.guid, "ProcessId": one.pid, "Image": cut(&one.image, longest) })
}

/// The text, visibly cut where it is longer.
fn cut(text: &str, longest: usize) -> Value {
    if text.len() <= longest {
        return text.into();
    }
    let mut kept = text[..text.floor_char_boundary(longest)].to_owned();
    kept.push('…');
    kept.into()
}

/// The form of a time in events.
fn time(milliseconds: i64) -> Value {
    Timestamp(milliseconds.saturating_mul(1_000_000)).utc_time().into()
}
