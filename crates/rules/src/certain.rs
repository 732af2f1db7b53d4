//! What is known of a verdict when only one field is known.

use tuxmon_config::{OnMatch, Relation};
use tuxmon_event::RuleDefault;

use crate::program::{Block, Filter, Item, Program, Rule};

/// An answer when not everything is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Open,
}

/// The value of one field, lower-cased; the others may be anything.
pub(crate) struct Known<'v> {
    pub(crate) position: usize,
    pub(crate) value: &'v str,
}

impl Program {
    /// Whether every event with this value is dropped, whatever its other fields are.
    pub(crate) fn drops_all(&self, known: &Known<'_>) -> bool {
        if self.rule_default == RuleDefault::Never {
            return false;
        }
        for block in &self.blocks {
            match (block.onmatch, known.block(block)) {
                (OnMatch::Exclude, Answer::Yes) => return true,
                // An exclusion that may match only makes more dropped.
                (OnMatch::Exclude, Answer::Open | Answer::No) | (OnMatch::Include, Answer::No) => {}
                (OnMatch::Include, Answer::Yes | Answer::Open) => return false,
            }
        }
        !self.keeps_unmatched()
    }
}

impl Known<'_> {
    fn block(&self, block: &Block) -> Answer {
        let items = block.items.iter().map(|item| self.item(item));
        match block.relation {
            Relation::Or => any(items),
            Relation::And if block.items.is_empty() => Answer::No,
            Relation::And => all(items),
        }
    }

    fn item(&self, item: &Item) -> Answer {
        match item {
            Item::Rule(Rule { relation: Relation::And, filters, .. }) => {
                all(filters.iter().map(|filter| self.filter(filter)))
            }
            Item::Field(filters) | Item::Rule(Rule { relation: Relation::Or, filters, .. }) => {
                any(filters.iter().map(|filter| self.filter(filter)))
            }
        }
    }

    fn filter(&self, filter: &Filter) -> Answer {
        let value = match filter.position {
            None => "",
            Some(position) if position == self.position => self.value,
            Some(_) => return Answer::Open,
        };
        if filter.test.passes(value) { Answer::Yes } else { Answer::No }
    }
}

fn any(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut found = Answer::No;
    for answer in answers {
        match answer {
            Answer::Yes => return Answer::Yes,
            Answer::Open => found = Answer::Open,
            Answer::No => {}
        }
    }
    found
}

fn all(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut found = Answer::Yes;
    for answer in answers {
        match answer {
            Answer::No => return Answer::No,
            Answer::Open => found = Answer::Open,
            Answer::Yes => {}
        }
    }
    found
}
