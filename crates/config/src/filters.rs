//! The inside of an event block: filters and compound rules.
//!
//! A filter that cannot be evaluated is left out, and never makes what it stood in wider: an And
//! that needed it is left out too. Only an Or gets narrower by it.

use std::collections::HashSet;
use std::sync::Arc;

use tuxmon_event::{EventSpec, specs_with_tag};

use crate::codes;
use crate::remarks::{is_long, note_attributes, note_long_name, note_text};
use crate::report::Report;
use crate::surroundings::{Dropped, Name, Surroundings, relation};
use crate::xml::{Document, Element};
use crate::{CompoundRule, Condition, Filter, Item, Relation};

/// A filter that cannot be evaluated; why is already reported.
struct Unusable;

/// The reader of one block.
pub(crate) struct Inside<'a, 'd, 's, 'p> {
    pub(crate) document: &'d Document<'s>,
    pub(crate) surroundings: &'a Surroundings,
    /// How many Rules were begun in the whole file: the number of a Rule without a name.
    pub(crate) rules_begun: &'a mut u32,
    pub(crate) report: &'a mut Report<'p>,
}

impl<'d, 's: 'd> Inside<'_, 'd, 's, '_> {
    /// The items of a block, and the first event of its tag that has all their fields.
    pub(crate) fn read(
        &mut self,
        block: &'d Element<'s>,
        tag: &str,
    ) -> Result<(&'static EventSpec, Vec<Item>), Dropped> {
        let Some(event) = self.event_of(block, tag) else {
            self.note_unknown_fields(block, tag);
            return Err(Dropped);
        };
        Ok((event, self.items(block, event)))
    }

    /// Compat: xml.cpp — the block is read for one event of the tag after the other until one has
    /// all fields; the Rules that were begun in vain keep their numbers.
    fn event_of(&mut self, block: &'d Element<'s>, tag: &str) -> Option<&'static EventSpec> {
        specs_with_tag(tag).find(|event| {
            let mut begun = 0;
            let has = |field: &Element<'_>| event.place(field.name).is_some();
            let has_all = self.document.children(block).all(|child| {
                if !child.is_called("Rule") {
                    return has(child);
                }
                begun += 1;
                self.document.children(child).all(has)
            });
            if !has_all {
                *self.rules_begun += begun;
            }
            has_all
        })
    }

    /// Reports every field that no event of the tag has beside those before it.
    fn note_unknown_fields(&mut self, block: &'d Element<'s>, tag: &str) {
        let line = self.report.line(block.at);
        let mut events: Vec<_> = specs_with_tag(tag).collect();
        let document = self.document;
        for child in document.children(block) {
            let inner = child.is_called("Rule").then(|| document.children(child)).into_iter().flatten();
            let outer = Some(child).filter(|child| !child.is_called("Rule"));
            for field in outer.into_iter().chain(inner) {
                if events.iter().any(|event| event.place(field.name).is_some()) {
                    events.retain(|event| event.place(field.name).is_some());
                } else {
                    note_unknown_field(field, tag, line, self.report);
                }
            }
        }
    }

    fn items(&mut self, block: &'d Element<'s>, event: &'static EventSpec) -> Vec<Item> {
        let relation = self.surroundings.relation;
        let mut items = Vec::new();
        let mut missing_rule = false;
        let mut missing_fields = Vec::new();
        for child in self.document.children(block) {
            if child.is_called("Rule") {
                match self.rule(child, event) {
                    Ok(rule) => items.push(Item::Rule(rule)),
                    Err(Unusable) => missing_rule = true,
                }
            } else {
                let group_name = self.surroundings.group_name.as_ref();
                match self.filter(child, event, group_name, Context::Block(relation)) {
                    Ok(filter) => items.push(Item::Filter(filter)),
                    Err(Unusable) => missing_fields.push(child.name),
                }
            }
        }
        let fields: HashSet<_> = items.iter().filter_map(Item::field).collect();
        let complete = !missing_rule && missing_fields.iter().all(|field| fields.contains(field));
        match relation {
            Relation::And if !complete => Vec::new(), // an And without one of its parts matches nothing
            Relation::And | Relation::Or => items,
        }
    }

    fn rule(
        &mut self,
        element: &'d Element<'s>,
        event: &'static EventSpec,
    ) -> Result<CompoundRule, Unusable> {
        note_attributes(element, &["name", "groupRelation"], self.report);
        note_text(element, self.report);
        *self.rules_begun += 1;
        let number = *self.rules_begun;
        let line = self.report.line(element.at);
        let relation = match element.filled("groupRelation") {
            Some(attribute) => relation(attribute, self.report),
            None => Relation::Or,
        };
        let own = element.filled("name").map(|attribute| {
            note_long_name(
                &attribute.value,
                attribute.at,
                "a filter that takes this name is left out",
                self.report,
            );
            Name { text: Arc::from(attribute.value.as_ref()), line }
        });
        let name = own.as_ref().or(self.surroundings.group_name.as_ref());
        let context = Context::Rule(relation, line, self.surroundings.relation);
        let mut filters = Vec::new();
        for child in self.document.children(element) {
            match self.filter(child, event, name, context) {
                Ok(filter) => filters.push(filter),
                Err(Unusable) if relation == Relation::And => return Err(Unusable),
                // Compat: xml.cpp — the rest of the Rule goes with it.
                Err(Unusable) => break,
            }
        }
        if self.document.children(element).next().is_none() {
            let message = "a Rule without a filter is left out";
            self.report.add(element.at, codes::EMPTY_RULE, message, "add a filter or remove it");
        }
        if filters.is_empty() {
            return Err(Unusable);
        }
        Ok(CompoundRule { name: own.map(|own| own.text), number, relation, filters, line })
    }

    fn filter(
        &mut self,
        element: &'d Element<'s>,
        event: &'static EventSpec,
        inherited: Option<&Name>,
        context: Context,
    ) -> Result<Filter, Unusable> {
        note_attributes(element, &["name", "condition"], self.report);
        let place = event.place(element.name).expect("event_of has found all fields");
        let field = event.field_at(place).expect("it has a field at each of its places").name;
        let line = self.report.line(element.at);
        let rule_name = filter_name(element, inherited, context, self.report)?;
        let condition = condition(element, context, self.report)?;
        if let Some(child) = self.document.children(element).next() {
            let message =
                format!("{field} contains <{}> instead of text: {}", child.name, context.consequence(field));
            let remedy = format!("write text between <{field}> and </{field}>");
            self.report.add(child.at, codes::FIELD_WITH_ELEMENTS, message, remedy);
            return Err(Unusable);
        }
        note_list(element, condition, self.report);
        Ok(Filter { field, condition, value: Arc::from(element.text.as_str()), rule_name, line })
    }
}

fn note_unknown_field(field: &Element<'_>, tag: &str, line: u32, report: &mut Report<'_>) {
    let name = field.name;
    let consequence = format!("the whole {tag} block of line {line} is dropped, and every later one");
    if field.is_called("Rule") {
        let message = format!("a Rule inside a Rule is not known: {consequence}");
        report.add(field.at, codes::NESTED_RULE, message, "write the inner filters into Rules of their own");
    } else if field.is_called("RuleGroup") {
        let message = format!("a RuleGroup inside an event is not known: {consequence}");
        let remedy = format!("write the RuleGroup around <{tag}>, or <Rule> instead");
        report.add(field.at, codes::MISPLACED_RULE_GROUP, message, remedy);
    } else {
        let names = specs_with_tag(tag).flat_map(|event| event.fields).map(|field| field.name);
        let remedy = match report.nearest(name, names) {
            Some(meant) if meant != name => format!("did you mean {meant}? Names are case-sensitive"),
            Some(_) => format!("no single event of {tag} has all these fields: write two blocks"),
            None => format!("docs/events.md lists the fields of {tag}"),
        };
        report.add(
            field.at,
            codes::UNKNOWN_FIELD,
            format!("{tag} has no field {name}: {consequence}"),
            remedy,
        );
    }
}

/// What a filter stands in.
#[derive(Clone, Copy)]
enum Context {
    Block(Relation),
    Rule(Relation, u32, Relation),
}

impl Context {
    /// What follows from leaving out a filter.
    fn consequence(self, field: &str) -> String {
        match self {
            Self::Block(Relation::Or) => "this filter is left out".to_owned(),
            Self::Block(Relation::And) => {
                format!(
                    "this filter is left out, and the And block matches nothing unless another filter on {field} remains"
                )
            }
            Self::Rule(Relation::Or, ..) => {
                "this filter and those after it in its Rule are left out".to_owned()
            }
            Self::Rule(Relation::And, line, Relation::Or) => {
                format!("the And Rule of line {line}, which needs it, is left out")
            }
            Self::Rule(Relation::And, line, Relation::And) => {
                format!(
                    "the And Rule of line {line}, which needs it, is left out, and its And block matches nothing"
                )
            }
        }
    }
}

/// The name that a matching event gets: the filter's own, else the inherited one.
fn filter_name(
    element: &Element<'_>,
    inherited: Option<&Name>,
    context: Context,
    report: &mut Report<'_>,
) -> Result<Option<Arc<str>>, Unusable> {
    let consequence = context.consequence(element.name);
    if let Some(own) = element.filled("name") {
        let long = note_long_name(&own.value, own.at, &consequence, report);
        return if long { Err(Unusable) } else { Ok(Some(Arc::from(own.value.as_ref()))) };
    }
    let Some(name) = inherited else { return Ok(None) };
    if is_long(&name.text) {
        let message = format!("this filter takes the too long name of line {}: {consequence}", name.line);
        report.add(element.at, codes::LONG_NAME, message, "shorten that name, or give this filter its own");
        return Err(Unusable);
    }
    Ok(Some(Arc::clone(&name.text)))
}

fn condition(
    element: &Element<'_>,
    context: Context,
    report: &mut Report<'_>,
) -> Result<Condition, Unusable> {
    let Some(attribute) = element.filled("condition") else { return Ok(Condition::Is) };
    Condition::parse(&attribute.value).ok_or_else(|| {
        let message =
            format!("Unknown condition: {}: {}", attribute.value, context.consequence(element.name));
        let remedy = meant_condition(&attribute.value, report);
        report.add(attribute.at, codes::UNKNOWN_CONDITION, message, remedy);
        Unusable
    })
}

fn meant_condition(written: &str, report: &Report<'_>) -> String {
    let names = Condition::ALL.iter().map(|&(_, name)| name);
    let started = written.to_ascii_lowercase().starts_with("start").then_some("begin with");
    match started.or_else(|| report.nearest(written.trim(), names.clone())) {
        Some(meant) => format!("did you mean '{meant}'?"),
        None => format!("expected values are {}", names.collect::<Vec<_>>().join(", ")),
    }
}

/// Reports lists that do not say what they seem to say.
fn note_list(element: &Element<'_>, condition: Condition, report: &mut Report<'_>) {
    let value = element.text.as_str();
    if !condition.takes_list() || value.is_empty() {
        return;
    }
    let at = element.text_at.unwrap_or(element.at);
    if !value.contains(';') && value.split('|').filter(|word| word.trim().len() > 1).count() > 1 {
        let message = format!("'|' separates nothing: '{condition}' takes the value as one word");
        report.add(at, codes::PIPE_SEPARATOR, message, "write ';' between the words");
    }
    if value.ends_with(';') {
        let message = format!(
            "the list ends with ';': its last word is empty, and '{condition}' takes it as one that every value contains"
        );
        report.add(at, codes::EMPTY_ALTERNATIVE, message, "remove the last ';'");
    } else if value.starts_with(';') || value.contains(";;") {
        let message = "an empty word in a list: everything from its ';' on is taken as one word";
        report.add(at, codes::EMPTY_ALTERNATIVE, message, "remove the second ';'");
    }
}
