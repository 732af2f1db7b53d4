//! YAML text to [`Node`]s that know their place.
//!
//! Rules are written for a loader of YAML 1.1, and quoted text is never anything but text: a scalar keeps its text and
//! whether it was plain, and whoever uses it decides what it means. Aliases are copied, within the bound on nodes.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::fault::{Fault, Place};

/// Longest file that is read.
pub const MAX_BYTES: usize = 1 << 20;
/// Most nodes of one file, copies by alias included.
const MAX_NODES: usize = 100_000;
/// Deepest nesting.
const MAX_DEPTH: usize = 64;

/// A value of a document, with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Text, and whether it was written without quotes.
    Scalar { text: String, plain: bool },
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order of the file; no key stands twice.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// Whether the node is YAML's null: nothing at all, `~` or `null`, without quotes.
    pub(crate) fn is_null(&self) -> bool {
        match &self.kind {
            Kind::Scalar { text, plain: true } => {
                matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            Kind::Scalar { .. } | Kind::List(_) | Kind::Map(_) => false,
        }
    }

    /// The truth value of a plain scalar, by the words of YAML 1.1.
    pub(crate) fn flag(&self) -> Option<bool> {
        let text = self.text()?.to_ascii_lowercase();
        match text.as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    /// The entries of a map.
    pub(crate) fn entries(&self) -> Option<&[(Node, Node)]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            Kind::Scalar { .. } | Kind::List(_) => None,
        }
    }

    /// The value below a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// The items of a list, or the node itself as the only one.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Scalar { .. } | Kind::Map(_) => std::slice::from_ref(self),
        }
    }

    fn count(&self) -> usize {
        1 + match &self.kind {
            Kind::Scalar { .. } => 0,
            Kind::List(items) => items.iter().map(Node::count).sum(),
            Kind::Map(entries) => entries.iter().map(|(key, value)| key.count() + value.count()).sum(),
        }
    }
}

/// The documents of a file, in order; an empty document is left out.
pub(crate) fn documents(text: &str) -> Result<Vec<Node>, Fault> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_BYTES} are read", text.len());
        return Err(Fault::new(Place::START, "too-long", message, "split the file"));
    }
    let mut reading = Reading::default();
    for step in Parser::new_from_str(text) {
        let (event, span) = step.map_err(|error| {
            let place = Place { line: error.marker().line(), column: error.marker().col() + 1 };
            Fault::new(place, "broken-yaml", format!("the YAML is broken: {}", error.info()), "")
        })?;
        reading.take(event, span)?;
    }
    Ok(reading.documents)
}

/// A list or map that is not closed yet.
struct Open {
    node: Node,
    anchor: usize,
    /// A key that waits for its value.
    key: Option<Node>,
}

#[derive(Default)]
struct Reading {
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

impl Reading {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        let place = Place { line: span.start.line(), column: span.start.col() + 1 };
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let kind = Kind::Scalar { text: Cow::into_owned(text), plain: style == ScalarStyle::Plain };
                self.close(Node { place, kind }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.begin(Kind::List(Vec::new()), place, anchor),
            Event::MappingStart(anchor, _) => self.begin(Kind::Map(Vec::new()), place, anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.close(open.node, open.anchor),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let copy = self.anchors.get(&anchor).cloned().ok_or_else(|| {
                    Fault::new(place, "broken-yaml", "the alias stands for nothing".to_owned(), "")
                })?;
                self.nodes += copy.count();
                self.close(copy, 0)
            }
            Event::DocumentEnd => {
                self.anchors.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => Ok(()),
        }
    }

    fn begin(&mut self, kind: Kind, place: Place, anchor: usize) -> Result<(), Fault> {
        if self.open.len() == MAX_DEPTH {
            let message = format!("lists and maps are nested deeper than {MAX_DEPTH}");
            return Err(Fault::new(place, "too-deep", message, ""));
        }
        self.open.push(Open { node: Node { place, kind }, anchor, key: None });
        Ok(())
    }

    fn close(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("the file has more than {MAX_NODES} values");
            return Err(Fault::new(node.place, "too-many", message, "split the file"));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            if !node.is_null() {
                self.documents.push(node);
            }
            return Ok(());
        };
        match &mut open.node.kind {
            Kind::List(items) => items.push(node),
            Kind::Map(entries) => {
                if let Some(key) = open.key.take() {
                    entries.push((key, node));
                    return Ok(());
                }
                if let Some(text) = node.text()
                    && entries.iter().any(|(key, _)| key.text() == Some(text))
                {
                    let message = format!("the key '{text}' stands twice; one of them would be lost");
                    return Err(Fault::new(node.place, "twice", message, "give the values as one list"));
                }
                open.key = Some(node);
            }
            Kind::Scalar { .. } => {}
        }
        Ok(())
    }
}
