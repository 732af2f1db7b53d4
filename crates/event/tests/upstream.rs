//! The tables against upstream's own.

use std::fs;

use roxmltree::{Document, Node};
use serde_json::Value as Json;
use tuxmon_event::{EVENTS, EventSpec, RuleDefault, all_manifests, manifest_xml};

/// A file of the corpora.
fn corpus(file: &str) -> Option<String> {
    tuxmon_testing::corpus(file).map(|path| fs::read_to_string(path).expect("it is text"))
}

/// The lines of an element: tag, attributes in their order and own text, then its children.
fn lines(node: Node<'_, '_>) -> Vec<String> {
    let mut line = format!("<{}", node.tag_name().name());
    for attribute in node.attributes() {
        line.extend([" ", attribute.name(), "=", attribute.value()]);
    }
    line.push('>');
    for text in node.children().filter(Node::is_text) {
        line.push_str(text.text().unwrap_or("").trim());
    }
    let mut out = vec![line];
    for child in node.children().filter(Node::is_element) {
        out.extend(lines(child));
    }
    out
}

fn parsed(xml: &str) -> Vec<String> {
    lines(Document::parse(xml).expect("a manifest is well-formed").root_element())
}

/// Shows the first difference instead of two long lists.
#[track_caller]
fn assert_same(what: &str, ours: &[String], theirs: &[String]) {
    for (place, (our, their)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!(our, their, "{what}, element {place}");
    }
    assert_eq!(ours.len(), theirs.len(), "{what}: number of elements");
}

#[test]
fn every_manifest_equals_upstreams() {
    let Some(text) = corpus("upstream_tests/manifest.xml") else { return };
    let document = Document::parse(&text).expect("upstream's manifest is well-formed");
    let theirs: Vec<Node<'_, '_>> = document.root_element().children().filter(Node::is_element).collect();
    let versions: Vec<&str> = theirs.iter().filter_map(|node| node.attribute("schemaversion")).collect();
    assert_eq!(all_manifests().map(|(version, _)| version).collect::<Vec<_>>(), versions);
    assert_eq!(versions.len(), 21);
    for (node, version) in theirs.into_iter().zip(versions) {
        let ours = manifest_xml(version).expect("each version has a manifest");
        assert_same(version, &parsed(&ours), &lines(node));
    }
}

#[test]
fn the_schema_that_1_0_0_printed_lacks_only_the_switch_that_came_later() {
    let Some(text) = corpus("upstream_tests/schemas/linux_sysmon_v1.0.0_print_schema.xml") else { return };
    // Upstream added -btf to 4.81 without making a new version of it.
    let btf = "<option switch=btf name=BTF argument=optional target=all noconfig=true>";
    let mut ours = parsed(&manifest_xml("4.81").expect("4.81 has a manifest"));
    ours.retain(|line| line != btf);
    assert_same("4.81 of 1.0.0", &ours, &parsed(&text));
}

#[test]
fn the_events_equal_the_newest_manifest() {
    let Some(text) = corpus("upstream_tests/manifest.xml") else { return };
    let document = Document::parse(&text).expect("upstream's manifest is well-formed");
    let newest = document.descendants().find(|node| node.has_tag_name("manifest")).expect("a manifest");
    let theirs: Vec<_> = newest.descendants().filter(|node| node.has_tag_name("event")).collect();
    assert_eq!(EVENTS.len(), theirs.len());
    for (event, node) in EVENTS.iter().zip(theirs) {
        let attribute = |name| node.attribute(name);
        assert_eq!(Some(event.id.to_string().as_str()), attribute("value"));
        assert_eq!(Some(format!("SYSMONEVENT_{}", event.suffix).as_str()), attribute("name"));
        assert_eq!(Some(event.title), attribute("template"));
        assert_eq!(Some(event.version.to_string().as_str()), attribute("version"));
        assert_eq!(event.tag, attribute("rulename"));
        assert_eq!(event.level, if attribute("level") == Some("Error") { 2 } else { 4 });
        assert_eq!(event.rule_default, rule_default(event, attribute("ruledefault")));
        let fields: Vec<_> = node.children().filter_map(|data| data.attribute("name")).collect();
        assert_eq!(names(event), fields);
    }
}

#[test]
fn the_events_equal_the_contract_with_consumers() {
    let Some(text) = corpus("upstream_tests/event_contract.json") else { return };
    let contract: Json = serde_json::from_str(&text).expect("the contract is JSON");
    let theirs = contract["events"].as_array().expect("the contract lists events");
    assert_eq!(EVENTS.len(), theirs.len());
    for (event, their) in EVENTS.iter().zip(theirs) {
        assert_eq!(Some(u64::from(event.id)), their["event_id"].as_u64());
        assert_eq!(Some(u64::from(event.version)), their["version"].as_u64());
        assert_eq!(event.tag, their["rule"].as_str());
        assert_eq!(event.rule_default, rule_default(event, their["rule_default"].as_str()));
        assert_eq!(Some(event.emitted), their["emitted_on_linux_by_upstream"].as_bool(), "{}", event.name);
        let fields = their["fields"].as_array().expect("an event has fields");
        assert_eq!(names(event), fields.iter().filter_map(Json::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn ecs_paths_are_those_of_elastic() {
    let Some(mapping) = corpus("elastic/ecs_mapping.json") else { return };
    for field in EVENTS.iter().flat_map(|event| event.fields) {
        let is_known = mapping.contains(field.ecs) || field.ecs.starts_with("process.pe.");
        assert!(is_known, "{}: {}", field.name, field.ecs);
    }
}

fn names(event: &EventSpec) -> Vec<&'static str> {
    event.fields.iter().map(|field| field.name).collect()
}

/// What a default in a manifest means; silence means exclude.
fn rule_default(event: &EventSpec, written: Option<&str>) -> RuleDefault {
    match (event.tag, written) {
        (None, _) => RuleDefault::Never,
        (Some(_), Some("include")) => RuleDefault::Include,
        (Some(_), Some("exclude") | None) => RuleDefault::Exclude,
        (Some(_), Some(other)) => panic!("{}: unknown default {other}", event.name),
    }
}
