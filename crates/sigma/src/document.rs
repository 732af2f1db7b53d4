//! What a YAML document says: a rule, a correlation of rules, or a filter for rules.

use crate::condition::Condition;
use crate::correlation::Correlation;
use crate::fault::{Fault, Place};
use crate::logsource::LogSource;
use crate::yaml::{Kind, Node};

/// What every document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// `title`
    pub title: String,
    /// `id`, usually a UUID.
    pub id: Option<String>,
    /// `name`, by which correlations call it.
    pub name: Option<String>,
    /// `level`
    pub level: Option<Level>,
    /// `author`, whom the licence of most rules wants to be named.
    pub author: Option<String>,
    /// `status`
    pub status: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `taxonomy`, if it is not Sigma's own.
    pub taxonomy: Option<String>,
    /// `tags`
    pub tags: Vec<String>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth counting.
    Informational,
    /// Worth reading.
    Low,
    /// Worth looking into.
    Medium,
    /// Worth acting.
    High,
    /// Worth waking someone up.
    Critical,
}

impl Level {
    /// Sigma's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The level with this word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|level| level.word().eq_ignore_ascii_case(word))
    }
}

impl About {
    /// The ATT&CK techniques of the tags: `T1059.004`.
    pub fn techniques(&self) -> Vec<String> {
        self.tags
            .iter()
            .filter_map(|tag| tag.to_ascii_lowercase().strip_prefix("attack.t").map(str::to_owned))
            .filter(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
            .map(|number| format!("T{number}"))
            .collect()
    }
}

/// A detection: named questions, and how they make a match.
#[derive(Debug, Clone)]
pub(crate) struct Detection {
    pub(crate) identifiers: Vec<(String, Node)>,
    pub(crate) condition: Condition,
    pub(crate) place: Place,
}

/// Which rules a filter is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Every,
    These(Vec<String>),
}

/// What a document is.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Rule(LogSource, Detection),
    Correlation(Correlation),
    Filter(LogSource, Target, Detection),
}

/// One document.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) about: About,
    pub(crate) place: Place,
    pub(crate) content: Content,
}

/// What can be said of a document before it is known to be right.
pub(crate) fn about(node: &Node) -> About {
    let text = |key: &str| {
        let value = node.get(key).filter(|value| !value.is_null())?;
        match &value.kind {
            Kind::Scalar { text, .. } => Some(text.trim().to_owned()),
            Kind::List(items) => Some(items.iter().filter_map(Node::text).collect::<Vec<_>>().join(", ")),
            Kind::Map(_) => None,
        }
    };
    let tags = node.get("tags").filter(|tags| !tags.is_null()).map_or(&[][..], Node::items);
    About {
        title: text("title").unwrap_or_default(),
        id: text("id"),
        name: text("name"),
        level: text("level").and_then(|word| Level::of_word(&word)),
        author: text("author"),
        status: text("status"),
        description: text("description"),
        taxonomy: text("taxonomy").filter(|taxonomy| taxonomy != "sigma"),
        tags: tags.iter().filter_map(Node::text).map(str::to_owned).collect(),
    }
}

impl Document {
    pub(crate) fn read(node: &Node) -> Result<Self, Fault> {
        let about = about(node);
        let broken = |message: &str, remedy: &str| Fault::new(node.place, "not-a-rule", message, remedy);
        if node.entries().is_none() {
            return Err(broken("this is no Sigma rule: it is no map of keys and values", ""));
        }
        let content = match (node.get("detection"), node.get("correlation"), node.get("filter")) {
            (Some(detection), None, None) => {
                let (detection, _) = read_detection(detection, false)?;
                Content::Rule(read_source(node)?, detection)
            }
            (None, Some(correlation), None) => Content::Correlation(Correlation::read(correlation, node)?),
            (None, None, Some(filter)) => {
                let (detection, target) = read_detection(filter, true)?;
                Content::Filter(read_source(node)?, target, detection)
            }
            (None, None, None) => {
                let message = "this is no Sigma rule: it has no detection, correlation or filter";
                return Err(broken(message, ""));
            }
            (..) => {
                return Err(broken(
                    "a document is one of detection, correlation and filter",
                    "separate them with ---",
                ));
            }
        };
        if about.title.is_empty() {
            return Err(broken("the rule has no title", "add a line 'title: …'"));
        }
        if let Some(level) = node.get("level").filter(|level| !level.is_null())
            && about.level.is_none()
        {
            let message = format!("'{}' is no level", level.text().unwrap_or_default());
            let remedy = "write informational, low, medium, high or critical";
            return Err(Fault::new(level.place, "unknown-level", message, remedy));
        }
        Ok(Self { about, place: node.place, content })
    }
}

fn read_source(node: &Node) -> Result<LogSource, Fault> {
    match node.get("logsource") {
        Some(source) => LogSource::read(source),
        None => Err(Fault::new(
            node.place,
            "broken-logsource",
            "the rule has no logsource",
            "say of which events it speaks",
        )),
    }
}

/// The identifiers and condition of a rule, or those of a filter with its rules.
fn read_detection(node: &Node, of_filter: bool) -> Result<(Detection, Target), Fault> {
    let Some(entries) = node.entries() else {
        return Err(Fault::new(node.place, "broken-detection", "there are no search identifiers", ""));
    };
    let mut identifiers = Vec::new();
    let mut conditions = Vec::new();
    let mut place = node.place;
    let mut target = Target::Every;
    for (key, value) in entries {
        match key.text() {
            Some("condition") => {
                place = value.place;
                conditions = read_conditions(value)?;
            }
            Some("timeframe") if !of_filter => {}
            Some("rules") if of_filter => target = read_target(value)?,
            Some(name) => identifiers.push((name.to_owned(), value.clone())),
            None => return Err(Fault::new(key.place, "broken-detection", "a name is a list or map", "")),
        }
    }
    let condition = match conditions.len() {
        0 => {
            let message = "there is no condition";
            return Err(Fault::new(
                node.place,
                "broken-condition",
                message,
                "add a line 'condition: selection'",
            ));
        }
        1 => conditions.remove(0),
        _ => Condition::Any(conditions),
    };
    Ok((Detection { identifiers, condition, place }, target))
}

/// A condition, or a list of them of which any is enough.
fn read_conditions(node: &Node) -> Result<Vec<Condition>, Fault> {
    let one = |item: &Node| match item.text() {
        Some(text) => Condition::parse(text, item.place),
        None => Err(Fault::new(item.place, "broken-condition", "a condition is text", "")),
    };
    node.items().iter().map(one).collect()
}

fn read_target(node: &Node) -> Result<Target, Fault> {
    let names: Vec<String> = node.items().iter().filter_map(Node::text).map(str::to_owned).collect();
    match names.as_slice() {
        [any] if any == "any" || any == "*" || any.is_empty() => Ok(Target::Every),
        [] => Ok(Target::Every),
        [..] if names.len() == node.items().len() => Ok(Target::These(names)),
        [..] => Err(Fault::new(node.place, "broken-filter", "the rules of a filter are ids or names", "")),
    }
}
