//! Published configurations: the index decides as the filters do one by one.
//!
//! They are not part of this repository: `TUXMON_CORPORA` names the folder of the corpora,
//! `../shared/corpora` beside the repository otherwise.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tuxmon_config::{Config, Filter, Item};
use tuxmon_event::{EVENTS, EventSpec};
use tuxmon_rules::Rules;

/// Events judged for each event type of each configuration.
const EVENTS_EACH: usize = 40;

#[test]
fn index_and_filters_agree_on_published_configurations() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder = std::env::var_os("TUXMON_CORPORA").map_or_else(beside, PathBuf::from).join("configs");
    let mut files = Vec::new();
    collect(&folder, &mut files);
    if files.is_empty() {
        println!("SKIP: no corpora: set TUXMON_CORPORA to their folder");
        return;
    }
    files.sort();
    let (mut kept, mut dropped) = (0, 0);
    for file in files {
        let bytes = std::fs::read(&file).expect("a readable configuration");
        let (Some(config), _) = Config::parse(&bytes, "real.xml") else { continue };
        let rules = Rules::compile(&config);
        for event in EVENTS {
            let filters = filters(&config, event);
            if filters.is_empty() {
                continue;
            }
            let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
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

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            files.push(path);
        }
    }
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

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}
