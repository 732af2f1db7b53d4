//! Why an event is written or not, in terms of the configuration's lines.

use std::fmt;
use std::sync::Arc;

use tuxmon_config::{Condition, OnMatch};
use tuxmon_event::Text;

use crate::program::{Decided, Filter, Item, Run};

/// A verdict with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Whether the event is written.
    pub keep: bool,
    /// Its RuleName.
    pub rule_name: Text,
    /// What decided.
    pub reason: Reason,
}

/// What decided about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The schema has no event with this id.
    UnknownEvent,
    /// No rule can speak about this event.
    NeverFiltered,
    /// No block speaks about it, and this is the default of its type.
    Default,
    /// None of its blocks, in these lines, matched.
    Unmatched {
        /// Lines of the blocks, in file order.
        lines: Vec<u32>,
    },
    /// A block matched.
    Matched {
        /// Whether the block includes or excludes.
        onmatch: OnMatch,
        /// Line of the block.
        block: u32,
        /// Line of the compound rule that matched, if it was one.
        rule: Option<u32>,
        /// The filter that passed last.
        filter: Match,
        /// Line of the filter that gave the RuleName.
        named: Option<u32>,
    },
}

/// A filter that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Line of the filter.
    pub line: u32,
    /// Its field.
    pub field: &'static str,
    /// Its condition.
    pub condition: Condition,
    /// Its value, as written.
    pub value: Arc<str>,
}

impl Explanation {
    pub(crate) fn unknown_event() -> Self {
        Self { keep: false, rule_name: Text::EMPTY, reason: Reason::UnknownEvent }
    }

    pub(crate) fn of(run: &Run<'_>) -> Self {
        Self { keep: run.keeps(), rule_name: run.rule_name(), reason: reason(run) }
    }
}

fn reason(run: &Run<'_>) -> Reason {
    match &run.decided {
        Decided::NeverFiltered => Reason::NeverFiltered,
        Decided::Default(_) => Reason::Default,
        Decided::Unmatched { blocks, .. } => {
            let mut lines: Vec<_> = blocks.iter().map(|block| block.line).collect();
            lines.sort_unstable();
            Reason::Unmatched { lines }
        }
        Decided::Matched { block, item } => Reason::Matched {
            onmatch: block.onmatch,
            block: block.line,
            rule: match item {
                Item::Rule(rule) => Some(rule.line),
                Item::Field(_) => None,
            },
            filter: passed(run.last.expect("a block matches only after a filter has passed")),
            named: run.named.map(|filter| filter.line),
        },
    }
}

fn passed(filter: &Filter) -> Match {
    Match {
        line: filter.line,
        field: filter.field,
        condition: filter.condition,
        value: Arc::clone(&filter.value),
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.keep { "logged" } else { "dropped" })?;
        if !self.rule_name.is_empty() {
            write!(f, " as '{}'", self.rule_name)?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownEvent => f.write_str("the schema has no event with this id"),
            Self::NeverFiltered => f.write_str("this event is never filtered"),
            Self::Default => f.write_str("no block speaks about this event, this is its default"),
            Self::Unmatched { lines } => match lines.as_slice() {
                [line] => write!(f, "the only block, in line {line}, does not match"),
                lines => {
                    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
                    write!(f, "none of the blocks in lines {} matches", lines.join(", "))
                }
            },
            Self::Matched { onmatch, block, rule, filter, named } => {
                let Match { line, field, condition, value } = filter;
                write!(f, "line {line} ({field} {condition} '{value}')")?;
                if let Some(rule) = rule {
                    write!(f, " in the Rule of line {rule}")?;
                }
                write!(f, " in the {} block of line {block}", onmatch.name())?;
                match named {
                    Some(named) if named != line => write!(f, "; the name comes from line {named}"),
                    Some(_) | None => Ok(()),
                }
            }
        }
    }
}
