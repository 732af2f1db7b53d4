//! The rules in `packaging/sigma`: each with events of `tests/sigma` that it matches, and events that it does not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tuxmon_sigma::{Event, Origin, Outcome, Placeholders, Product, RuleFiles, Scratch};

fn below_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The names of the files in a folder without their end, sorted.
fn stems(folder: &str, end: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(below_root(folder)).expect("the folder is there");
    let names =
        entries.map(|entry| entry.expect("it can be read").file_name().into_string().expect("a plain name"));
    names
        .map(|name| name.strip_suffix(end).unwrap_or_else(|| panic!("{folder}/{name}: not {end}")).to_owned())
        .collect()
}

#[test]
fn every_rule_is_for_our_events_and_says_what_it_is() {
    let mut ids = BTreeSet::new();
    for stem in stems("packaging/sigma", ".yml") {
        let text =
            fs::read_to_string(below_root(&format!("packaging/sigma/{stem}.yml"))).expect("it can be read");
        let mut files = RuleFiles::default();
        files.add(&stem, &text);
        let (_, reports) = files.compile(&Placeholders::new());
        let [report] = reports.as_slice() else { panic!("{stem}: one rule in a file") };
        assert!(
            matches!(&report.outcome, Outcome::Compiled { remarks, .. } if remarks.is_empty()),
            "{stem}: {report:?}"
        );
        let about = &report.about;
        assert!(!about.techniques().is_empty(), "{stem}: no ATT&CK technique");
        assert!(
            about.level.is_some() && about.author.is_some() && about.description.is_some(),
            "{stem}: {about:?}"
        );
        assert!(ids.insert(about.id.clone().expect("an id")), "{stem}: its id stands in another file");
    }
}

#[test]
fn every_rule_matches_exactly_the_events_made_for_it() {
    let rules = stems("packaging/sigma", ".yml");
    assert_eq!(rules, stems("tests/sigma", ".jsonl"), "left: rules, right: their events");
    let mut files = RuleFiles::default();
    for stem in &rules {
        let text =
            fs::read_to_string(below_root(&format!("packaging/sigma/{stem}.yml"))).expect("it can be read");
        files.add(stem, &text);
    }
    let (engine, _) = files.compile(&Placeholders::new());
    let mut wrong = Vec::new();
    for stem in &rules {
        let cases =
            fs::read_to_string(below_root(&format!("tests/sigma/{stem}.jsonl"))).expect("it can be read");
        let mut seen = [0, 0];
        for case in cases.lines() {
            let case: Value =
                serde_json::from_str(case).unwrap_or_else(|error| panic!("{stem}: {error}: {case}"));
            let matches = matched(&engine, &case).iter().any(|rule| rule == stem);
            let wanted = case["matches"].as_bool().expect("true or false");
            seen[usize::from(wanted)] += 1;
            if matches != wanted {
                wrong.push(format!("{stem}: {}: matches {matches}", case["why"]));
            }
        }
        assert!(seen.iter().all(|count| *count > 0), "{stem}: an event that matches and one that does not");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files of the rules that match an event.
fn matched(engine: &tuxmon_sigma::Engine, case: &Value) -> Vec<String> {
    let event_id = u16::try_from(case["event_id"].as_u64().expect("a number")).expect("an event id");
    let spec = tuxmon_event::spec(event_id).expect("an event of the schema");
    let id = event_id.to_string();
    let mut fields: Vec<(&str, &str)> = vec![("EventID", &id)];
    for (name, value) in case["fields"].as_object().expect("a map of fields") {
        assert!(spec.position(name).is_some(), "event {event_id} has no field {name}");
        fields.push((name, value.as_str().expect("text")));
    }
    let event = Event { origin: Origin::Sysmon(Product::Linux, event_id), time: 0, fields: &fields };
    let mut scratch = Scratch::default();
    engine
        .matches(&event, &mut scratch)
        .iter()
        .map(|rule| engine.rules()[*rule as usize].file.clone())
        .collect()
}
