//! EventFiltering: which elements are event blocks, and what each says.

use std::sync::Arc;

use tuxmon_event::{EVENTS, EventSpec, specs_with_tag};

use crate::codes;
use crate::filters::Inside;
use crate::remarks::{note_attributes, note_long_name, note_text};
use crate::report::Report;
use crate::surroundings::{Dropped, Name, Surroundings, relation, relation_of};
use crate::xml::{Document, Element};
use crate::{Block, Config, OnMatch};

/// An element with the tag of an event, somewhere below EventFiltering.
struct Candidate<'d, 's> {
    element: &'d Element<'s>,
    group: Option<&'d Element<'s>>, // only a RuleGroup directly around it counts
}

/// Reads all blocks: by tag in the order of the schema, then as written.
pub(crate) fn read<'d, 's: 'd>(
    document: &'d Document<'s>,
    filtering: impl Iterator<Item = &'d Element<'s>>,
    config: &mut Config,
    report: &mut Report<'_>,
) {
    let mut candidates = Vec::new();
    for element in filtering {
        note_attributes(element, &[], report);
        collect(document, element, &mut candidates, report);
    }
    let mut rules_begun = 0;
    for tag in tags() {
        let mut of_tag = candidates.iter().filter(|candidate| candidate.element.name == tag);
        while let Some(candidate) = of_tag.next() {
            match block(document, candidate, tag, config, &mut rules_begun, report) {
                Ok(block) => config.blocks.push(block),
                Err(Dropped) => note_skipped(of_tag.by_ref(), candidate.element, report),
            }
        }
    }
}

/// Every tag once, in the order of the schema.
fn tags() -> impl Iterator<Item = &'static str> {
    let first = |event: &&EventSpec| {
        event.tag.is_some_and(|tag| specs_with_tag(tag).next().map(|one| one.id) == Some(event.id))
    };
    EVENTS.iter().filter(first).filter_map(|event| event.tag)
}

/// Walks everything below EventFiltering in document order, without recursion.
fn collect<'d, 's: 'd>(
    document: &'d Document<'s>,
    filtering: &'d Element<'s>,
    candidates: &mut Vec<Candidate<'d, 's>>,
    report: &mut Report<'_>,
) {
    note_text(filtering, report);
    let children = |parent: &'d Element<'s>, structural| {
        let mut children: Vec<_> =
            document.children(parent).map(|child| (child, parent, structural)).collect();
        children.reverse();
        children
    };
    let mut rest = children(filtering, true);
    while let Some((element, parent, structural)) = rest.pop() {
        let group = Some(parent).filter(|parent| parent.is_called("RuleGroup"));
        let known = specs_with_tag(element.name).next().is_some();
        let is_group = element.is_called("RuleGroup");
        if known {
            candidates.push(Candidate { element, group });
        } else if structural && is_group {
            note_group(element, report);
        } else if structural {
            note_unknown(element, report);
        }
        rest.extend(children(element, structural && is_group));
    }
}

fn note_group(group: &Element<'_>, report: &mut Report<'_>) {
    note_attributes(group, &["name", "groupRelation"], report);
    note_text(group, report);
    if let Some(attribute) = group.filled("name") {
        note_long_name(&attribute.value, attribute.at, "a filter that takes this name is left out", report);
    }
    if let Some(attribute) = group.filled("groupRelation") {
        relation(attribute, report);
    }
}

fn note_unknown(element: &Element<'_>, report: &mut Report<'_>) {
    const ONLY_ON_WINDOWS: [&str; 3] =
        ["FileBlockExecutable", "FileBlockShredding", "FileExecutableDetected"];
    let name = element.name;
    let (message, remedy) = if ONLY_ON_WINDOWS.contains(&name) {
        (
            format!("{name} exists only on Windows: this block does nothing"),
            "remove it from configurations for Linux".to_owned(),
        )
    } else if element.is_called("EventFiltering") {
        (
            "an EventFiltering inside an EventFiltering means nothing".to_owned(),
            "remove this level".to_owned(),
        )
    } else {
        let remedy = match report.nearest(name, tags()) {
            Some(meant) => format!("did you mean {meant}? Names are case-sensitive"),
            None => "remove it, or put filters into the element of their event".to_owned(),
        };
        (format!("unknown event {name}: this block does nothing"), remedy)
    };
    report.add(element.at, codes::UNKNOWN_EVENT, message, remedy);
}

fn note_skipped<'d, 's: 'd>(
    rest: impl Iterator<Item = &'d Candidate<'d, 's>>,
    cause: &Element<'_>,
    report: &mut Report<'_>,
) {
    let line = report.line(cause.at);
    for Candidate { element, .. } in rest {
        let message =
            format!("this {} block is skipped, because the one in line {line} is dropped", element.name);
        report.add(element.at, codes::SKIPPED_BLOCK, message, format!("mend line {line}"));
    }
}

fn block<'d, 's: 'd>(
    document: &'d Document<'s>,
    candidate: &Candidate<'d, 's>,
    tag: &'static str,
    config: &Config,
    rules_begun: &mut u32,
    report: &mut Report<'_>,
) -> Result<Block, Dropped> {
    let element = candidate.element;
    note_attributes(element, &["onmatch", "default"], report);
    note_text(element, report);
    note_newer(element, tag, config, report);
    let onmatch = onmatch(element, tag, report)?;
    let line = report.line(element.at);
    let surroundings = surroundings(candidate.group, config, report);
    let mut inside = Inside { document, surroundings: &surroundings, rules_begun, report };
    let (event, items) = inside.read(element, tag)?;
    Ok(Block { tag, event_id: event.id, onmatch, relation: surroundings.relation, items, line })
}

fn surroundings(group: Option<&Element<'_>>, config: &Config, report: &Report<'_>) -> Surroundings {
    let group_name = group.and_then(|group| {
        let attribute = group.filled("name")?;
        Some(Name { text: Arc::from(attribute.value.as_ref()), line: report.line(group.at) })
    });
    let relation = group
        .and_then(|group| group.filled("groupRelation"))
        .map_or(config.schema_version.default_relation(), |attribute| relation_of(&attribute.value));
    Surroundings { relation, group_name }
}

fn note_newer(element: &Element<'_>, tag: &str, config: &Config, report: &mut Report<'_>) {
    let since = specs_with_tag(tag).map(|event| event.since).min();
    if let Some(since) = since.filter(|&since| config.schema_version.is_before(since)) {
        let message = format!("{tag} came with schema {since}, the file says {}", config.schema_version);
        report.add(
            element.at,
            codes::NEWER_THAN_SCHEMA,
            message,
            format!("write schemaversion=\"{since}\" or newer"),
        );
    }
}

/// What the block does with what it matches.
///
/// Compat: xml.cpp — the older attribute `default` names what happens when nothing matches; a word
/// that is neither include nor exclude leaves the default of the event type.
fn onmatch(element: &Element<'_>, tag: &str, report: &mut Report<'_>) -> Result<OnMatch, Dropped> {
    let (attribute, include) = match (element.attribute("onmatch"), element.attribute("default")) {
        (Some(onmatch), None) => (onmatch, "include"),
        (None, Some(default)) => (default, "exclude"),
        (Some(_), Some(default)) => {
            let message =
                format!("Can't specify onmatch and default on {tag} (pick only one): the block is dropped");
            report.add(default.at, codes::ONMATCH_AND_DEFAULT, message, "remove default");
            return Err(Dropped);
        }
        (None, None) => {
            let message = format!("You need to specify the onmatch attribute on {tag}: the block is dropped");
            let remedy = "write onmatch=\"include\" or onmatch=\"exclude\"";
            report.add(element.at, codes::MISSING_ONMATCH, message, remedy);
            return Err(Dropped);
        }
    };
    match attribute.value.to_ascii_lowercase().as_str() {
        word if word == include => Ok(OnMatch::Include),
        "include" | "exclude" => Ok(OnMatch::Exclude),
        _ => {
            let event = specs_with_tag(tag).next().expect("a block is only made of a known tag");
            let onmatch = OnMatch::against_default(event.rule_default);
            let (name, value) = (attribute.name, &attribute.value);
            let message =
                format!("{name} '{value}' is not known: the block counts as onmatch=\"{}\"", onmatch.name());
            report.add(attribute.at, codes::UNKNOWN_ONMATCH, message, "write 'include' or 'exclude'");
            Ok(onmatch)
        }
    }
}
