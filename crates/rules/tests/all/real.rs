//! Published configurations: the index decides as the filters do one by one.

use std::collections::BTreeMap;

use tuxmon_config::{Config, Filter, Item};
use tuxmon_event::{EVENTS, EventSpec};
use tuxmon_rules::Rules;
use tuxmon_testing::{Dice, corpus, files_below};

/// Events judged for each event type of each configuration.
const EVENTS_EACH: usize = 40;

#[test]
fn index_and_filters_agree_on_published_configurations() {
    let Some(folder) = corpus("configs") else { return };
    let (mut kept, mut dropped) = (0, 0);
    for file in files_below(&folder, ".xml") {
        let bytes = std::fs::read(&file).expect("a readable configuration");
        let (Some(config), _) = Config::parse(&bytes, "real.xml") else { continue };
        let rules = Rules::compile(&config);
        for event in EVENTS {
            let filters = filters(&config, event);
            if filters.is_empty() {
                continue;
            }
            let mut dice = Dice::new(0x9E37_79B9_7F4A_7C15);
            for _ in 0..EVENTS_EACH {
                // `judge` compares the verdict with the explanation, which asks the filters one by one.
                let values = made_event(&filters, &mut dice);
                let keep = crate::support::judge(&rules, event.id, &values).0;
                crate::support::check_known(&rules, event.id, &values, keep);
                if keep {
                    kept += 1;
                } else {
                    dropped += 1;
                }
            }
        }
    }
    assert!(kept > 1000 && dropped > 1000, "{kept} kept and {dropped} dropped: too few of one of them");
}

fn filters<'c>(config: &'c Config, event: &EventSpec) -> Vec<&'c Filter> {
    let items = config.blocks_of(event).flat_map(|block| &block.items);
    items
        .flat_map(|item| match item {
            Item::Filter(filter) => std::slice::from_ref(filter),
            Item::Rule(rule) => &rule.filters,
        })
        .collect()
}

/// An event out of the values of the configuration itself, so that many filters pass.
fn made_event(filters: &[&Filter], dice: &mut Dice) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for _ in 0..dice.below(6) {
        let filter = filters[dice.below(filters.len())];
        values.insert(filter.field.to_owned(), made_value(filter, filters, dice));
    }
    values
}

fn made_value(filter: &Filter, filters: &[&Filter], dice: &mut Dice) -> String {
    let words: Vec<_> = filter.value.split(';').collect();
    let word = words[dice.below(words.len())];
    let other = &filters[dice.below(filters.len())].value;
    match dice.below(7) {
        0 => word.to_owned(),
        1 => word.to_ascii_uppercase(),
        2 => format!("/usr/bin/{word}"),
        3 => format!("{word} -x"),
        4 => format!("{word}{other}"),
        5 => filter.value.replace(';', " "),
        _ => filter.value.to_string(),
    }
}
