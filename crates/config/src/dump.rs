//! The rules as `sysmon -c` prints them.

use std::fmt::Write;

use crate::{Block, CompoundRule, Config, Filter, Item, OnMatch};

/// What `sysmon -c` prints after its banner: the sizes, if there are any, and the rules.
pub fn dump(config: &Config) -> String {
    let mut out = String::new();
    if !config.field_sizes.is_empty() {
        let _ = writeln!(out, "\n{:<34}{}\n", " - Field Sizes:", config.field_sizes.text());
    }
    dump_rules(config, &mut out);
    out
}

/// The rules alone, from `Rule configuration` on.
///
/// Compat: dumpConfiguration.c — a block is left out when the one before it has the same tag and
/// the same `onmatch`.
pub fn dump_rules(config: &Config, out: &mut String) {
    if config.blocks.is_empty() {
        out.push_str("No rules installed\n");
        return;
    }
    let mut lines = Lines { out };
    let _ = writeln!(lines.out, "Rule configuration (version {}):", config.schema_version);
    let mut previous: Option<(&str, OnMatch)> = None;
    for block in &config.blocks {
        if previous.replace((block.tag, block.onmatch)) != Some((block.tag, block.onmatch)) {
            lines.block(block);
        }
    }
}

/// Writing into a `String` cannot fail: the results of `writeln!` are dropped here.
struct Lines<'o> {
    out: &'o mut String,
}

impl Lines<'_> {
    fn block(&mut self, block: &Block) {
        let (onmatch, relation) = (block.onmatch.name(), block.relation.name());
        let _ =
            writeln!(self.out, " - {:<34} onmatch: {onmatch}   combine rules using '{relation}'", block.tag);
        for item in &block.items {
            match item {
                Item::Filter(filter) => self.filter("\t", filter),
                Item::Rule(rule) => self.rule(rule),
            }
        }
    }

    fn rule(&mut self, rule: &CompoundRule) {
        const SHOWN: usize = 32;
        let name = match &rule.name {
            Some(name) => name.chars().take(SHOWN).collect(),
            None => format!("{:04}", rule.number),
        };
        let _ = writeln!(self.out, "\tCompound Rule {name}   combine using {}", rule.relation.name());
        for filter in &rule.filters {
            self.filter("\t    ", filter);
        }
    }

    fn filter(&mut self, indent: &str, filter: &Filter) {
        let Filter { field, condition, value, .. } = filter;
        let _ = writeln!(self.out, "{indent}{field:<30} filter: {condition:<12} value: '{value}'");
    }
}
