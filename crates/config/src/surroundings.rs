//! What stands around the filters of a block, and is meant for all of them.

use std::sync::Arc;

use crate::report::Report;
use crate::xml::Attribute;
use crate::{Relation, codes};

/// What a block takes from around it.
pub(crate) struct Surroundings {
    /// How its items combine.
    pub(crate) relation: Relation,
    /// Name of its RuleGroup.
    pub(crate) group_name: Option<Name>,
}

/// A name on a Rule, a RuleGroup or a field.
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) text: Arc<str>,
    /// Line of its element.
    pub(crate) line: u32,
}

/// A block that the original drops, and with it all later ones of the tag.
pub(crate) struct Dropped;

/// Compat: xml.cpp — everything but `or` is And.
pub(crate) fn relation(attribute: &Attribute<'_>, report: &mut Report<'_>) -> Relation {
    let value = attribute.value.as_ref();
    if !value.eq_ignore_ascii_case("or") && !value.eq_ignore_ascii_case("and") {
        let message = format!("groupRelation '{value}' counts as 'and'");
        report.add(attribute.at, codes::GROUP_RELATION, message, "write 'or' or 'and'");
    }
    relation_of(value)
}

/// The same, of a value that was looked at before.
pub(crate) fn relation_of(value: &str) -> Relation {
    if value.eq_ignore_ascii_case("or") { Relation::Or } else { Relation::And }
}
