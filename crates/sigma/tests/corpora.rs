//! The engine against rules, events and verdicts of others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tuxmon_reader::{ReadEvent, Reader};
use tuxmon_sigma::{
    Engine, Event, JsonEvent, Origin, Outcome, Placeholders, Product, Report, RuleFiles, Scratch,
    milliseconds,
};
use tuxmon_testing::{corpus, files_below};

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&text(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A log's bytes; not all of them are text.
fn text_of_log(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn compile(paths: &[PathBuf]) -> (Engine, Vec<Report>) {
    let mut files = RuleFiles::default();
    for path in paths {
        files.add(&path.to_string_lossy(), &text(path));
    }
    files.compile(&Placeholders::new())
}

fn linux_rules(corpora: &Path) -> (Engine, Vec<Report>) {
    compile(&files_below(&corpora.join("sigma/rules"), ".yml"))
}

/// The numbers of the events of a log that each rule matches, by the rule's id.
fn matches(engine: &Engine, log: &Path) -> BTreeMap<String, BTreeSet<u64>> {
    let mut matches: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let mut scratch = Scratch::default();
    for event in Reader::new(text_of_log(log).as_slice()) {
        // Real logs have cut lines; they are told to whoever reads them, and hold no event.
        let Ok(event) = event else { continue };
        let number = event.system.record_id.expect("every event has a number");
        for rule in rules_of(engine, &event, &mut scratch) {
            matches.entry(rule).or_default().insert(number);
        }
    }
    matches
}

fn rules_of(engine: &Engine, event: &ReadEvent, scratch: &mut Scratch) -> Vec<String> {
    let id = event.system.event_id.to_string();
    let mut fields: Vec<(&str, &str)> =
        event.data.iter().map(|datum| (datum.name.as_str(), datum.value.as_str())).collect();
    fields.push(("EventID", &id));
    fields.push(("Computer", &event.system.computer));
    let origin = Origin::of_envelope(&event.system.provider, &event.system.channel, event.system.event_id);
    let time = milliseconds(&event.system.system_time).unwrap_or_default();
    ids(engine, engine.matches(&Event { origin, time, fields: &fields }, scratch))
}

fn ids(engine: &Engine, rules: &[u32]) -> Vec<String> {
    let id = |rule: &u32| {
        engine.rules()[*rule as usize].about.id.clone().expect("the rules of the corpora have ids")
    };
    rules.iter().map(id).collect()
}

/// What a verdict file expects: rules by id, with the numbers of their events under `key`.
fn expected(path: &Path, key: &str) -> BTreeMap<String, BTreeSet<u64>> {
    let of_rule = |rule: &Value| -> BTreeSet<u64> {
        rule[key].as_array().expect("a list of events").iter().filter_map(Value::as_u64).collect()
    };
    let verdicts = json(path);
    let rules = verdicts.as_object().expect("a map of rules").iter();
    rules.map(|(id, rule)| (id.clone(), of_rule(rule))).filter(|(_, events)| !events.is_empty()).collect()
}

#[test]
fn made_events_match_exactly_the_expected_rules() {
    let Some(corpora) = corpus("") else { return };
    let (engine, _) = linux_rules(&corpora);
    let expected = expected(&corpora.join("sigma/truth/expected.json"), "matches");
    assert_eq!(matches(&engine, &corpora.join("sigma/truth/events.log")), expected, "as XML in syslog");
    assert_eq!(matches_of_lines(&engine, &corpora.join("sigma/truth/events.jsonl")), expected, "as JSON");
}

/// The same for lines of JSON with `id`, `event_id` and `data`.
fn matches_of_lines(engine: &Engine, lines: &Path) -> BTreeMap<String, BTreeSet<u64>> {
    let mut matches: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let mut scratch = Scratch::default();
    for line in text(lines).lines() {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let event_id = line["event_id"].as_u64().expect("a number") as u16;
        let data = line["data"].as_object().expect("a map of fields");
        let fields: Vec<(&str, &str)> =
            data.iter().map(|(name, value)| (name.as_str(), value.as_str().expect("text"))).collect();
        let event = Event { origin: Origin::Sysmon(Product::Linux, event_id), time: 0, fields: &fields };
        for rule in ids(engine, engine.matches(&event, &mut scratch)) {
            matches.entry(rule).or_default().insert(line["id"].as_u64().expect("a number"));
        }
    }
    matches
}

#[test]
fn real_logs_match_exactly_the_expected_rules() {
    let Some(corpora) = corpus("") else { return };
    let (engine, _) = linux_rules(&corpora);
    let mut compared = 0;
    for verdicts in files_below(&corpora.join("logs"), ".sigma_hits.json") {
        let log = PathBuf::from(verdicts.to_string_lossy().replace(".sigma_hits.json", ".log"));
        let mut expected = expected(&verdicts, "event_record_ids");
        // The verdicts also speak of rules that are not among these.
        let known: BTreeSet<_> = engine.rules().iter().filter_map(|rule| rule.about.id.clone()).collect();
        expected.retain(|id, _| known.contains(id));
        assert_eq!(matches(&engine, &log), expected, "{}", log.display());
        compared += 1;
    }
    assert!(compared > 0, "there are no verdicts in {}", corpora.join("logs").display());
}

#[test]
fn regression_events_are_seen_by_their_rules() {
    let Some(corpora) = corpus("") else { return };
    let folder = corpora.join("sigma/regression");
    let (engine, reports) = compile(&files_below(&folder.join("rules"), ".yml"));
    for report in &reports {
        assert!(!matches!(report.outcome, Outcome::Broken(_)), "{report:?}");
    }
    let mut wrong = Vec::new();
    let cases = json(&folder.join("expected.json"));
    for case in cases.as_array().expect("a list of cases") {
        let id = case["rule_id"].as_str().expect("an id");
        let events = text(&folder.join(case["event_file"].as_str().expect("a path")));
        let mut scratch = Scratch::default();
        let mut count = 0;
        for value in serde_json::Deserializer::from_str(&events).into_iter::<Value>() {
            let event = JsonEvent::read(&value.expect("it is JSON")).expect("it is an event");
            let fields = event.borrowed();
            let event = Event { origin: event.origin, time: event.time, fields: &fields };
            let rules = ids(&engine, engine.matches(&event, &mut scratch));
            count += u64::from(rules.iter().any(|rule| rule == id));
        }
        if Some(count) != case["match_count_ast"].as_u64() {
            wrong.push(format!("{id} {}: {count} of {}", case["rule_path"], case["match_count_ast"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_the_corpora_is_answered() {
    let Some(corpora) = corpus("") else { return };
    let paths = files_below(&corpora.join("sigma"), ".yml");
    let (_, reports) = compile(&paths);
    let answered: BTreeSet<&str> = reports.iter().map(|report| report.file.as_str()).collect();
    for path in &paths {
        assert!(answered.contains(&*path.to_string_lossy()), "{} was dropped in silence", path.display());
    }
    for report in &reports {
        if let Outcome::Broken(why) = &report.outcome {
            assert!(!why.message.is_empty() && why.line >= 1, "{report:?}");
            // Only what is no rule of version 2 is refused.
            let known = ["not-a-rule", "old-aggregation", "unknown-rule"];
            assert!(known.contains(&why.code), "{why}");
        }
    }
}
