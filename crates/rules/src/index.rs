//! The filters of one event type by what makes them pass.
//!
//! A *fact* is something that one look at a field tells: a value stands in it as it should, or one of a
//! list of values does. Filters that ask the same share it. A *step* is what an event passes or fails in one
//! go: a filter of its own, or a compound rule of which all filters have to pass. Steps are numbered in the
//! order of evaluation, each fact knows the steps that it can make pass, and only these are asked: what an
//! event costs depends on the values found in it, not on the filters of the configuration.
//!
//! The names that a compound rule notes before it fails are part of the order of evaluation (see
//! `Run::rule_name`), and therefore of what is reproduced here.

use std::ops::Range;

use tuxmon_config::{OnMatch, Relation};
use tuxmon_event::Text;

use crate::literals::Literals;
use crate::marks::{Marks, next_of};
use crate::test::Test;
use crate::{FieldSource, Scratch};

pub(crate) struct Index {
    /// By position; the fields that are compared with values.
    pub(crate) fields: Vec<Option<Literals>>,
    /// By fact: where its part of `consequences` ends; it begins where the one before it ends.
    pub(crate) consequence_ends: Box<[u32]>,
    pub(crate) consequences: Box<[Consequence]>,
    pub(crate) steps: Box<[Step]>,
    /// The steps that are asked whatever is found.
    pub(crate) always: Marks,
    pub(crate) checks: Box<[Check]>,
    pub(crate) blocks: Box<[BlockSteps]>,
}

/// What follows from a fact.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Consequence {
    /// This step may pass.
    Ask(u32),
    /// This fact holds as well.
    Holds(u32),
}

/// A block as steps.
pub(crate) struct BlockSteps {
    pub(crate) onmatch: OnMatch,
    pub(crate) relation: Relation,
    /// The steps of each item, one of which is enough; in an Or block there is one item.
    pub(crate) items: Vec<Range<u32>>,
    /// One bit for each position that the block reads.
    pub(crate) read: u64,
}

/// All of these checks have to pass, in their order.
pub(crate) struct Step {
    pub(crate) checks: Range<u32>,
}

pub(crate) struct Check {
    pub(crate) logic: Logic,
    /// Empty when no name is given.
    pub(crate) rule_name: Text,
}

/// What a filter asks.
pub(crate) enum Logic {
    /// The field is always empty, so the answer is known.
    Known(bool),
    /// Whether a fact holds.
    Fact { fact: u32, wanted: bool },
    /// Whether all facts hold.
    All { facts: Box<[u32]>, wanted: bool },
    /// An order, which is asked of the text itself.
    Order { position: usize, test: Test },
}

/// The block that matched, and the name noted last.
pub(crate) struct Match<'p> {
    pub(crate) onmatch: OnMatch,
    pub(crate) named: Option<&'p Text>,
}

impl Index {
    /// Asks the blocks one after the other; the first that matches decides. The outcome is that of
    /// `Program::run`, which walks the filters one by one.
    pub(crate) fn run<S: FieldSource>(&self, source: &S, scratch: &mut Scratch) -> Option<Match<'_>> {
        scratch.begin();
        scratch.facts.clear();
        scratch.facts.make_room(self.consequence_ends.len());
        scratch.woken.clear();
        scratch.woken.make_room(self.steps.len());
        let mut evaluation = Evaluation { index: self, source, scratch, seen: 0, named: None };
        let block = self.blocks.iter().find(|block| evaluation.block(block))?;
        Some(Match { onmatch: block.onmatch, named: evaluation.named })
    }

    /// Notes a fact and what follows from it.
    fn holds(&self, fact: u32, facts: &mut Marks, woken: &mut Marks) {
        if !facts.insert(fact) {
            return;
        }
        let fact = fact as usize;
        let start = fact.checked_sub(1).map_or(0, |before| self.consequence_ends[before]);
        for consequence in &self.consequences[start as usize..self.consequence_ends[fact] as usize] {
            match *consequence {
                Consequence::Ask(step) => {
                    woken.insert(step);
                }
                Consequence::Holds(other) => self.holds(other, facts, woken),
            }
        }
    }
}

struct Evaluation<'p, 'e, S> {
    index: &'p Index,
    source: &'e S,
    scratch: &'e mut Scratch,
    /// One bit for each position that has been looked at.
    seen: u64,
    named: Option<&'p Text>,
}

impl<'p, S: FieldSource> Evaluation<'p, '_, S> {
    /// Whether a block matches. One without items never does.
    fn block(&mut self, block: &BlockSteps) -> bool {
        self.look(block.read & !self.seen);
        match block.relation {
            Relation::Or => block.items.iter().any(|item| self.item(item)),
            Relation::And => !block.items.is_empty() && block.items.iter().all(|item| self.item(item)),
        }
    }

    /// Finds out which facts hold about the fields at these positions.
    fn look(&mut self, mut positions: u64) {
        self.seen |= positions;
        while positions != 0 {
            let position = positions.trailing_zeros() as usize;
            positions &= positions - 1;
            if let Some(Some(literals)) = self.index.fields.get(position) {
                let Scratch { values, backwards, facts, woken } = self.scratch;
                let text = values.folded(self.source, position);
                literals.find(text, backwards, &mut |fact| self.index.holds(fact, facts, woken));
            }
        }
    }

    /// Whether one of the steps passes.
    fn item(&mut self, steps: &Range<u32>) -> bool {
        let mut at = steps.start;
        while let Some(step) = next_of(&self.index.always, &self.scratch.woken, at)
            && step < steps.end
        {
            if self.step(&self.index.steps[step as usize]) {
                return true;
            }
            at = step + 1;
        }
        false
    }

    fn step(&mut self, step: &Step) -> bool {
        let checks = &self.index.checks[step.checks.start as usize..step.checks.end as usize];
        checks.iter().all(|check| self.check(check))
    }

    fn check(&mut self, check: &'p Check) -> bool {
        let facts = &self.scratch.facts;
        let passes = match &check.logic {
            Logic::Known(answer) => *answer,
            Logic::Fact { fact, wanted } => facts.contains(*fact) == *wanted,
            Logic::All { facts: all, wanted } => all.iter().all(|&fact| facts.contains(fact)) == *wanted,
            Logic::Order { position, test } => {
                test.passes(self.scratch.values.folded(self.source, *position))
            }
        };
        if passes && !check.rule_name.is_empty() {
            self.named = Some(&check.rule_name);
        }
        passes
    }
}
