//! From the blocks of one event type to their index.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use tuxmon_config::{OnMatch, Relation};

use crate::index::{BlockSteps, Check, Consequence, Index, Logic, Step};
use crate::literals::{Literals, Place};
use crate::marks::Marks;
use crate::program::{Block, Filter, Item, Rule};
use crate::test::{Separators, Test, Words};

/// The index of blocks in the order in which they are asked.
pub(crate) fn index(blocks: &[Block]) -> Index {
    let mut arrangement = Arrangement { names_leak: names_leak(blocks), ..Arrangement::default() };
    let blocks: Vec<_> = blocks.iter().map(|block| arrangement.block(block)).collect();
    arrangement.finish(blocks)
}

/// Whether an event can be written under a name that a compound rule noted before it failed: only if some
/// filter that keeps events has no name of its own.
fn names_leak(blocks: &[Block]) -> bool {
    let including = blocks.iter().filter(|block| block.onmatch == OnMatch::Include);
    including.flat_map(filters).any(|filter| filter.rule_name.is_empty())
}

fn filters(block: &Block) -> impl Iterator<Item = &Filter> {
    block.items.iter().flat_map(|item| match item {
        Item::Field(filters) | Item::Rule(Rule { filters, .. }) => filters,
    })
}

#[derive(Default)]
struct Arrangement {
    names_leak: bool,
    /// The fact of each value, by position.
    values: BTreeMap<usize, HashMap<(Place, Box<str>), u32>>,
    /// The fact that one of these holds.
    lists: HashMap<Box<[u32]>, u32>,
    facts: Vec<FactNotes>,
    steps: Vec<Step>,
    /// The steps that no fact wakes.
    always: Vec<u32>,
    checks: Vec<Check>,
}

#[derive(Default)]
struct FactNotes {
    consequences: Vec<Consequence>,
    /// How seldom it is thought to hold.
    rareness: usize,
}

/// When a check has to be asked.
enum Wake {
    Never,
    Always,
    /// It fails unless this fact holds.
    By(u32),
}

impl Arrangement {
    fn block(&mut self, block: &Block) -> BlockSteps {
        let mut items: Vec<_> = block.items.iter().map(|item| self.item(item)).collect();
        if block.relation == Relation::Or {
            let end = self.steps.len() as u32;
            items.truncate(1);
            for all in &mut items {
                all.end = end;
            }
        }
        let positions = filters(block).filter_map(|filter| filter.position);
        let read = positions.fold(0, |read, position| read | 1 << position);
        BlockSteps { onmatch: block.onmatch, relation: block.relation, items, read }
    }

    fn item(&mut self, item: &Item) -> Range<u32> {
        let start = self.steps.len() as u32;
        match item {
            Item::Rule(Rule { relation: Relation::And, filters, .. }) => self.step(filters),
            Item::Field(filters) | Item::Rule(Rule { relation: Relation::Or, filters, .. }) => {
                for filter in filters {
                    self.step(std::slice::from_ref(filter));
                }
            }
        }
        start..self.steps.len() as u32
    }

    fn step(&mut self, filters: &[Filter]) {
        let step = self.steps.len() as u32;
        let checks: Vec<_> = filters.iter().map(|filter| self.check(filter)).collect();
        match self.wake(&checks) {
            Wake::Never => {}
            Wake::Always => self.always.push(step),
            Wake::By(fact) => self.facts[fact as usize].consequences.push(Consequence::Ask(step)),
        }
        let start = self.checks.len() as u32;
        self.checks.extend(checks);
        self.steps.push(Step { checks: start..self.checks.len() as u32 });
    }

    fn check(&mut self, filter: &Filter) -> Check {
        let logic = match filter.position {
            Some(position) => self.logic(position, &filter.test),
            None => Logic::Known(filter.test.passes("")),
        };
        Check { logic, rule_name: filter.rule_name.clone() }
    }

    /// A step is woken by the rarest fact without which it fails; but if the names that it notes before it
    /// fails matter, already by the first check.
    fn wake(&self, checks: &[Check]) -> Wake {
        let notes = checks
            .split_last()
            .is_some_and(|(_, before)| before.iter().any(|check| !check.rule_name.is_empty()));
        if self.names_leak && notes {
            return checks.first().map_or(Wake::Never, |first| self.wake_one(first));
        }
        let mut rarest: Option<u32> = None;
        for check in checks {
            match self.wake_one(check) {
                Wake::Never => return Wake::Never,
                Wake::Always => {}
                Wake::By(fact) => {
                    if rarest.is_none_or(|other| self.rareness(fact) > self.rareness(other)) {
                        rarest = Some(fact);
                    }
                }
            }
        }
        rarest.map_or(Wake::Always, Wake::By)
    }

    fn wake_one(&self, check: &Check) -> Wake {
        match &check.logic {
            Logic::Known(false) => Wake::Never,
            Logic::Fact { fact, wanted: true } => Wake::By(*fact),
            Logic::All { facts, wanted: true } => {
                let rarest = facts.iter().max_by_key(|&&fact| self.rareness(fact));
                rarest.map_or(Wake::Always, |&fact| Wake::By(fact))
            }
            Logic::Known(true) | Logic::Order { .. } => Wake::Always,
            Logic::Fact { wanted: false, .. } | Logic::All { wanted: false, .. } => Wake::Always,
        }
    }

    fn rareness(&self, fact: u32) -> usize {
        self.facts[fact as usize].rareness
    }

    fn logic(&mut self, position: usize, test: &Test) -> Logic {
        let mut one =
            |place, value: &str, wanted| Logic::Fact { fact: self.value(position, place, value), wanted };
        match test {
            Test::Is(value) => one(Place::Whole, value, true),
            Test::IsNot(value) => one(Place::Whole, value, false),
            Test::BeginWith(value) => one(Place::Begin, value, true),
            Test::NotBeginWith(value) => one(Place::Begin, value, false),
            Test::EndWith(value) => one(Place::End, value, true),
            Test::NotEndWith(value) => one(Place::End, value, false),
            Test::Contains(value) => one(Place::Inside, value, true),
            Test::Excludes(value) => one(Place::Inside, value, false),
            Test::Name(Separators::Backslash, value) => one(Place::BehindBackslash, value, true),
            Test::Name(Separators::Both, value) => one(Place::BehindSeparator, value, true),
            Test::IsAny(words) => self.any(position, Place::Whole, words, true),
            Test::ContainsAny(words) => self.any(position, Place::Inside, words, true),
            Test::ExcludesAny(words) => self.any(position, Place::Inside, words, false),
            Test::ContainsAll(words) => self.all(position, words, true),
            Test::ExcludesAll(words) => self.all(position, words, false),
            Test::LessThan(_) | Test::MoreThan(_) => Logic::Order { position, test: test.clone() },
        }
    }

    fn any(&mut self, position: usize, place: Place, words: &Words, wanted: bool) -> Logic {
        let facts = self.of_words(position, place, words);
        let fact = match *facts {
            [only] => only,
            _ => match self.lists.get(&facts) {
                Some(&known) => known,
                None => self.list(facts),
            },
        };
        Logic::Fact { fact, wanted }
    }

    /// A new fact: one of these holds.
    fn list(&mut self, facts: Box<[u32]>) -> u32 {
        let list = self.facts.len() as u32;
        let rareness = facts.iter().map(|&fact| self.rareness(fact)).min().unwrap_or(0);
        self.facts.push(FactNotes { consequences: Vec::new(), rareness });
        for &fact in &facts {
            self.facts[fact as usize].consequences.push(Consequence::Holds(list));
        }
        self.lists.insert(facts, list);
        list
    }

    fn all(&mut self, position: usize, words: &Words, wanted: bool) -> Logic {
        Logic::All { facts: self.of_words(position, Place::Inside, words), wanted }
    }

    fn of_words(&mut self, position: usize, place: Place, words: &Words) -> Box<[u32]> {
        let mut facts: Vec<_> = words.iter().map(|word| self.value(position, place, word)).collect();
        facts.sort_unstable();
        facts.dedup();
        facts.into()
    }

    fn value(&mut self, position: usize, place: Place, value: &str) -> u32 {
        let fact = self.facts.len() as u32;
        let known =
            *self.values.entry(position).or_default().entry((place, Box::from(value))).or_insert(fact);
        if known == fact {
            self.facts.push(FactNotes { consequences: Vec::new(), rareness: rareness(place, value) });
        }
        known
    }

    fn finish(self, blocks: Vec<BlockSteps>) -> Index {
        let last = self.values.last_key_value().map(|(&position, _)| position);
        let mut fields: Vec<_> =
            std::iter::repeat_with(|| None).take(last.map_or(0, |last| last + 1)).collect();
        for (position, values) in &self.values {
            let mut values: Vec<_> =
                values.iter().map(|((place, text), &fact)| (*place, &**text, fact)).collect();
            values.sort_unstable_by_key(|&(_, _, fact)| fact);
            fields[*position] = Some(Literals::new(&values));
        }
        let mut consequences = Vec::new();
        let mut consequence_ends = Vec::with_capacity(self.facts.len());
        for fact in self.facts {
            consequences.extend(fact.consequences);
            consequence_ends.push(consequences.len() as u32);
        }
        let mut always = Marks::default();
        always.make_room(self.steps.len());
        for step in self.always {
            always.insert(step);
        }
        Index {
            fields,
            consequence_ends: consequence_ends.into(),
            consequences: consequences.into(),
            steps: self.steps.into(),
            always,
            checks: self.checks.into(),
            blocks: blocks.into(),
        }
    }
}

/// A long value is found less often than a short one, and less often at one place than anywhere.
fn rareness(place: Place, value: &str) -> usize {
    match place {
        Place::Inside => value.len(),
        Place::Begin | Place::End => 2 * value.len(),
        Place::Whole | Place::BehindBackslash | Place::BehindSeparator => 64 + 2 * value.len(),
    }
}
