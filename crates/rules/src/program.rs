//! The compiled rules of one event type, and how they run.

use tuxmon_config::{Condition, OnMatch, Relation};
use tuxmon_event::{RuleDefault, Text};

use crate::index::{Index, Match};
use crate::test::Test;
use crate::{FieldSource, Scratch, Verdict};

/// All blocks about one event type, in the order in which they are asked.
pub(crate) struct Program {
    pub(crate) rule_default: RuleDefault,
    pub(crate) blocks: Vec<Block>,
    /// One bit for each position that a filter reads.
    pub(crate) read: u64,
    /// The same blocks, by what makes their filters pass.
    pub(crate) index: Index,
}

pub(crate) struct Block {
    pub(crate) onmatch: OnMatch,
    pub(crate) relation: Relation,
    pub(crate) items: Vec<Item>,
    pub(crate) line: u32,
}

/// What counts as one answer of a block.
pub(crate) enum Item {
    /// All filters on one field, of which one is enough.
    Field(Vec<Filter>),
    /// A compound rule.
    Rule(Rule),
}

pub(crate) struct Rule {
    pub(crate) relation: Relation,
    pub(crate) filters: Vec<Filter>,
    pub(crate) line: u32,
}

pub(crate) struct Filter {
    /// `None` for a field that another event of the same tag has: it is always empty.
    pub(crate) position: Option<usize>,
    pub(crate) test: Test,
    /// Empty when no name is given: then an earlier one stays.
    pub(crate) rule_name: Text,
    pub(crate) line: u32,
    // what the author wrote, for explanations
    pub(crate) field: &'static str,
    pub(crate) condition: Condition,
    pub(crate) value: std::sync::Arc<str>,
}

/// What decided.
pub(crate) enum Decided<'p> {
    /// The event has no tag.
    NeverFiltered,
    /// No block speaks about the event type.
    Default(bool),
    /// None of the blocks matched.
    Unmatched { keep: bool, blocks: &'p [Block] },
    /// This block matched, and this item was the last to do so.
    Matched { block: &'p Block, item: &'p Item },
}

/// One evaluation.
pub(crate) struct Run<'p> {
    pub(crate) decided: Decided<'p>,
    /// The last filter that passed.
    pub(crate) last: Option<&'p Filter>,
    /// The last filter with a name that passed.
    pub(crate) named: Option<&'p Filter>,
}

impl Run<'_> {
    pub(crate) fn keeps(&self) -> bool {
        match self.decided {
            Decided::NeverFiltered => true,
            Decided::Default(keep) | Decided::Unmatched { keep, .. } => keep,
            Decided::Matched { block, .. } => block.onmatch == OnMatch::Include,
        }
    }

    /// Compat: rules.c — only a match reports a name, but it reports the last one that was noted,
    /// even in an And that failed later or in another block.
    pub(crate) fn rule_name(&self) -> Text {
        match &self.decided {
            Decided::Matched { .. } => printed(self.named.map(|filter| &filter.rule_name)),
            Decided::NeverFiltered | Decided::Default(_) | Decided::Unmatched { .. } => Text::EMPTY,
        }
    }
}

/// The name that an event gets. `-`, as which no name is printed, is none: with it a filter can take back
/// what an earlier one noted.
fn printed(named: Option<&Text>) -> Text {
    named.filter(|name| name.as_str() != "-").cloned().unwrap_or_default()
}

impl Program {
    /// Whether a filter reads this position.
    pub(crate) fn reads(&self, position: usize) -> bool {
        position < u64::BITS as usize && self.read & 1 << position != 0
    }

    /// What becomes of an event.
    pub(crate) fn verdict<S: FieldSource>(&self, source: &S, scratch: &mut Scratch) -> Verdict {
        if self.rule_default == RuleDefault::Never {
            return Verdict::Keep { rule_name: Text::EMPTY };
        }
        match self.index.run(source, scratch) {
            Some(Match { onmatch: OnMatch::Include, named }) => Verdict::Keep { rule_name: printed(named) },
            None if self.keeps_unmatched() => Verdict::Keep { rule_name: Text::EMPTY },
            Some(Match { onmatch: OnMatch::Exclude, .. }) | None => Verdict::Drop,
        }
    }

    /// What becomes of an event that no block matches.
    ///
    /// Compat: rules.c — one block means the opposite for all else, several mean drop, even when all of
    /// them exclude.
    pub(crate) fn keeps_unmatched(&self) -> bool {
        match self.blocks.as_slice() {
            [] => self.rule_default == RuleDefault::Include,
            [only] => only.onmatch == OnMatch::Exclude,
            _ => false,
        }
    }

    /// Asks the blocks one after the other, and their filters one by one; the first block that matches
    /// decides. This is slow, knows why, and is what `verdict` is tested against.
    pub(crate) fn run<S: FieldSource>(&self, source: &S, scratch: &mut Scratch) -> Run<'_> {
        scratch.begin();
        let mut evaluation = Evaluation { source, scratch, last: None, named: None };
        let decided = self.decide(&mut evaluation);
        Run { decided, last: evaluation.last, named: evaluation.named }
    }

    fn decide<'p, S: FieldSource>(&'p self, evaluation: &mut Evaluation<'p, '_, S>) -> Decided<'p> {
        if self.rule_default == RuleDefault::Never {
            return Decided::NeverFiltered;
        }
        for block in &self.blocks {
            if let Some(item) = evaluation.block(block) {
                return Decided::Matched { block, item };
            }
        }
        match self.blocks.as_slice() {
            [] => Decided::Default(self.keeps_unmatched()),
            blocks => Decided::Unmatched { keep: self.keeps_unmatched(), blocks },
        }
    }
}

struct Evaluation<'p, 'e, S> {
    source: &'e S,
    scratch: &'e mut Scratch,
    last: Option<&'p Filter>,
    named: Option<&'p Filter>,
}

impl<'p, S: FieldSource> Evaluation<'p, '_, S> {
    /// The item that made the block match. A block without items never does.
    fn block(&mut self, block: &'p Block) -> Option<&'p Item> {
        match block.relation {
            Relation::Or => block.items.iter().find(|item| self.item(item)),
            Relation::And => {
                let last = block.items.last()?;
                block.items.iter().all(|item| self.item(item)).then_some(last)
            }
        }
    }

    fn item(&mut self, item: &'p Item) -> bool {
        match item {
            Item::Field(filters) => filters.iter().any(|filter| self.filter(filter)),
            Item::Rule(rule) => match rule.relation {
                Relation::Or => rule.filters.iter().any(|filter| self.filter(filter)),
                Relation::And => rule.filters.iter().all(|filter| self.filter(filter)),
            },
        }
    }

    fn filter(&mut self, filter: &'p Filter) -> bool {
        let field = match filter.position {
            Some(position) => self.scratch.values.folded(self.source, position),
            None => "",
        };
        let passes = filter.test.passes(field);
        if passes {
            self.last = Some(filter);
            if !filter.rule_name.is_empty() {
                self.named = Some(filter);
            }
        }
        passes
    }
}
