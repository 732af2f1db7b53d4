//! The rules against a second reading of the same text: slow, literal, and without any of their code.

use std::collections::BTreeMap;
use std::fmt::Write;

use proptest::prelude::*;
use tuxmon_config::Config;
use tuxmon_event::CONDITIONS;
use tuxmon_rules::Rules;

/// A block as it stands in a configuration.
#[derive(Debug, Clone)]
struct Block {
    include: bool,
    group: Option<(String, Option<bool>)>, // name and whether it is And
    items: Vec<Item>,
}

#[derive(Debug, Clone)]
enum Item {
    Filter(Filter),
    Rule { name: String, and: Option<bool>, filters: Vec<Filter> },
}

#[derive(Debug, Clone)]
struct Filter {
    field: &'static str,
    name: String,
    condition: &'static str,
    value: String,
}

const FIELDS: [&str; 3] = ["Image", "CommandLine", "User"];

fn lower(text: &str) -> Vec<u16> {
    text.encode_utf16().map(|unit| if (65..=90).contains(&unit) { unit + 32 } else { unit }).collect()
}

fn contains(field: &[u16], word: &[u16]) -> bool {
    !field.is_empty() && (word.is_empty() || field.windows(word.len()).any(|window| window == word))
}

fn words(value: &[u16]) -> Vec<Vec<u16>> {
    const SEPARATOR: u16 = b';' as u16;
    let mut found = Vec::new();
    let mut rest = value.to_vec();
    while !rest.is_empty() || found.is_empty() {
        if rest.first() == Some(&SEPARATOR) && rest.len() > 1 {
            found.push(rest);
            break;
        }
        let Some(at) = rest.iter().position(|&unit| unit == SEPARATOR) else {
            found.push(rest);
            break;
        };
        found.push(rest[..at].to_vec());
        rest = rest[at + 1..].to_vec();
        if rest.is_empty() {
            found.push(Vec::new());
            break;
        }
    }
    found
}

fn behind(field: &[u16], separators: &str) -> Vec<u16> {
    let last = field.iter().rposition(|unit| separators.encode_utf16().any(|one| one == *unit));
    field[last.map_or(0, |last| last + 1)..].to_vec()
}

fn passes(filter: &Filter, values: &BTreeMap<String, String>) -> bool {
    let (value, field) = (lower(&filter.value), lower(values.get(filter.field).map_or("", String::as_str)));
    match filter.condition {
        "is" => field == value,
        "is not" => field != value,
        "contains" => contains(&field, &value),
        "excludes" => !contains(&field, &value),
        "is any" => words(&value).contains(&field),
        "contains any" => words(&value).iter().any(|word| contains(&field, word)),
        "contains all" => words(&value).iter().all(|word| contains(&field, word)),
        "excludes any" => !words(&value).iter().any(|word| contains(&field, word)),
        "excludes all" => !words(&value).iter().all(|word| contains(&field, word)),
        "begin with" => field.starts_with(&value),
        "not begin with" => !field.starts_with(&value),
        "end with" => field.ends_with(&value),
        "not end with" => !field.ends_with(&value),
        "less than" => field < value,
        "more than" => field > value,
        "image" if filter.value.contains('\\') || filter.value.starts_with('/') => field == value,
        "image" if filter.value.contains('/') => behind(&field, "\\") == value,
        "image" => behind(&field, "\\/") == value,
        other => panic!("no condition {other}"),
    }
}

/// `rule_oracle.py` once more: the name is noted by every filter that passes.
fn judge_slowly(blocks: &[Block], newer: bool, values: &BTreeMap<String, String>) -> (bool, String) {
    if blocks.is_empty() {
        return (true, String::new()); // ProcessCreate
    }
    let mut name = String::new();
    let excludes = blocks.iter().rev().filter(|block| !block.include);
    let includes = blocks.iter().rev().filter(|block| block.include);
    for block in excludes.chain(includes) {
        let group_name = block.group.as_ref().map_or("", |(name, _)| name);
        let and = block.group.as_ref().and_then(|(_, and)| *and).unwrap_or(newer);
        let mut grouped: Vec<Vec<&Item>> = Vec::new();
        for item in &block.items {
            let same = grouped.iter_mut().find(|group| match (group[0], item) {
                (Item::Filter(a), Item::Filter(b)) => a.field == b.field,
                _ => false,
            });
            match same {
                Some(group) => group.push(item),
                None => grouped.push(vec![item]),
            }
        }
        let mut note = |filter: &Filter, inherited: &str| {
            let passed = passes(filter, values);
            let own = [&filter.name, inherited].into_iter().find(|name| !name.is_empty());
            if let Some(own) = own.filter(|_| passed) {
                own.clone_into(&mut name);
            }
            passed
        };
        let mut answer = |item: &Item| match item {
            Item::Filter(filter) => note(filter, group_name),
            Item::Rule { name, and, filters } => {
                let inherited = if name.is_empty() { group_name } else { name };
                match and {
                    Some(true) => filters.iter().all(|filter| note(filter, inherited)),
                    _ => filters.iter().any(|filter| note(filter, inherited)),
                }
            }
        };
        let mut one = |group: &Vec<&Item>| group.iter().any(|item| answer(item));
        let matches =
            !grouped.is_empty() && if and { grouped.iter().all(&mut one) } else { grouped.iter().any(one) };
        if matches {
            return (block.include, if block.include { name } else { String::new() });
        }
    }
    (blocks.len() == 1 && !blocks[0].include, String::new())
}

fn xml(blocks: &[Block], newer: bool) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let filter = |out: &mut String, one: &Filter| {
        let Filter { field, name, condition, value } = one;
        let _ = write!(out, "<{field} name=\"{name}\" condition=\"{condition}\">{}</{field}>", escape(value));
    };
    let relation = |and: Option<bool>| match and {
        Some(true) => " groupRelation=\"and\"",
        Some(false) => " groupRelation=\"or\"",
        None => "",
    };
    let mut out =
        format!("<Sysmon schemaversion=\"{}\"><EventFiltering>", if newer { "4.90" } else { "4.10" });
    for block in blocks {
        if let Some((name, and)) = &block.group {
            let _ = write!(out, "<RuleGroup name=\"{name}\"{}>", relation(*and));
        }
        let _ =
            write!(out, "<ProcessCreate onmatch=\"{}\">", if block.include { "include" } else { "exclude" });
        for item in &block.items {
            match item {
                Item::Filter(one) => filter(&mut out, one),
                Item::Rule { name, and, filters } => {
                    let _ = write!(out, "<Rule name=\"{name}\"{}>", relation(*and));
                    for one in filters {
                        filter(&mut out, one);
                    }
                    out.push_str("</Rule>");
                }
            }
        }
        out.push_str("</ProcessCreate>");
        if block.group.is_some() {
            out.push_str("</RuleGroup>");
        }
    }
    out.push_str("</EventFiltering></Sysmon>");
    out
}

/// Few letters, so that comparisons often succeed.
fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop::sample::select(&["a", "A", "b", ";", "\\", "/", "é", "\u{1f600}"][..]),
        0..4,
    )
    .prop_map(|parts| parts.concat())
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(&["", "", "n1", "n2", "n3"][..]).prop_map(str::to_owned)
}

fn filters() -> impl Strategy<Value = Filter> {
    let field = prop::sample::select(&FIELDS[..]);
    let condition = prop::sample::select(CONDITIONS);
    (field, name(), condition, text()).prop_map(|(field, name, condition, value)| Filter {
        field,
        name,
        condition,
        value,
    })
}

fn items() -> impl Strategy<Value = Item> {
    let rule = (name(), any::<Option<bool>>(), proptest::collection::vec(filters(), 1..4));
    prop_oneof![
        2 => filters().prop_map(Item::Filter),
        1 => rule.prop_map(|(name, and, filters)| Item::Rule { name, and, filters }),
    ]
}

fn blocks() -> impl Strategy<Value = Block> {
    let group = proptest::option::of((name(), any::<Option<bool>>()));
    (any::<bool>(), group, proptest::collection::vec(items(), 0..5))
        .prop_map(|(include, group, items)| Block { include, group, items })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rules_agree_with_the_slow_reading(
        blocks in proptest::collection::vec(blocks(), 0..4),
        newer in any::<bool>(),
        texts in proptest::collection::vec(text(), 3),
    ) {
        let text = xml(&blocks, newer);
        let (config, diagnostics) = Config::parse(text.as_bytes(), "made.xml");
        let rules = Rules::compile(&config.unwrap_or_else(|| panic!("{diagnostics:?}")));
        let values = FIELDS.iter().map(|field| (*field).to_owned()).zip(texts).collect();
        let verdict = crate::support::judge(&rules, 1, &values);
        crate::support::check_known(&rules, 1, &values, verdict.0);
        prop_assert_eq!(verdict, judge_slowly(&blocks, newer, &values), "{}", text);
    }
}
