//! From a configuration to programs.

use tuxmon_config::{Config, OnMatch};
use tuxmon_event::{EventSpec, Text};

use crate::arrange;
use crate::program::{Block, Filter, Item, Program, Rule};
use crate::test::Test;

/// The program of one event type.
///
/// A block of a tag that stands for several events is asked for each of them; a field that only
/// another of them has is empty.
pub(crate) fn program(config: &Config, event: &EventSpec) -> Program {
    let mut blocks: Vec<_> = config.blocks_of(event).map(|written| block(written, event)).collect();
    // Compat: rules.c — excludes first, and inside both classes the last written first.
    blocks.reverse();
    blocks.sort_by_key(|block| block.onmatch != OnMatch::Exclude);
    let filters = blocks.iter().flat_map(|block| &block.items).flat_map(|item| match item {
        Item::Field(filters) | Item::Rule(Rule { filters, .. }) => filters,
    });
    let read = filters.filter_map(|filter| filter.position).fold(0, |read, position| read | 1 << position);
    let index = arrange::index(&blocks);
    Program { rule_default: event.rule_default, blocks, read, index }
}

fn block(written: &tuxmon_config::Block, event: &EventSpec) -> Block {
    let mut items = Vec::new();
    let mut places = std::collections::HashMap::new(); // of fields in `items`
    for item in &written.items {
        match item {
            tuxmon_config::Item::Rule(rule) => items.push(Item::Rule(Rule {
                relation: rule.relation,
                filters: rule.filters.iter().map(|one| filter(one, event)).collect(),
                line: rule.line,
            })),
            tuxmon_config::Item::Filter(one) => {
                let place = *places.entry(one.field).or_insert_with(|| {
                    items.push(Item::Field(Vec::new()));
                    items.len() - 1
                });
                if let Item::Field(filters) = &mut items[place] {
                    filters.push(filter(one, event));
                }
            }
        }
    }
    Block { onmatch: written.onmatch, relation: written.relation, items, line: written.line }
}

fn filter(written: &tuxmon_config::Filter, event: &EventSpec) -> Filter {
    Filter {
        position: event.place(written.field),
        test: Test::new(written.condition, &written.value),
        rule_name: written.rule_name.clone().map_or(Text::EMPTY, Text::from),
        line: written.line,
        field: written.field,
        condition: written.condition,
        value: written.value.clone(),
    }
}
