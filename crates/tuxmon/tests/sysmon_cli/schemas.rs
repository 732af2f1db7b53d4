//! `-s`: every version, equal as XML to the original's.

use std::fs;

use roxmltree::{Document, Node};

use super::call::Sysmon;

/// Tag, attributes and own text of an element and of all below it.
fn shape(node: Node<'_, '_>) -> Vec<String> {
    let elements = node.descendants().filter(Node::is_element);
    elements
        .map(|element| {
            let attributes: Vec<_> =
                element.attributes().map(|it| format!("{}={:?}", it.name(), it.value())).collect();
            let text = element.text().unwrap_or_default().trim();
            format!("{} {} {text}", element.tag_name().name(), attributes.join(" "))
        })
        .collect()
}

#[test]
fn every_version_is_the_originals() {
    let Some(corpora) = tuxmon_testing::corpus("") else { return };
    let sysmon = Sysmon::new();
    let text =
        fs::read_to_string(corpora.join("upstream_tests/manifest.xml")).expect("the corpora are complete");
    let theirs = Document::parse(&text).expect("the corpora are sound");
    let mut versions = 0;
    for manifest in theirs.root_element().children().filter(Node::is_element) {
        let version = manifest.attribute("schemaversion").expect("each has one");
        let answer = sysmon.call_as_nobody(&format!("-s {version}"));
        assert_eq!(answer.code, Some(0), "{version}");
        let said = answer.said();
        let ours = Document::parse(&said).expect("it is well-formed");
        assert_eq!(shape(ours.root_element()), shape(manifest), "{version}");
        versions += 1;
    }
    assert!(versions > 20, "{versions}");
}

#[test]
fn the_newest_comes_unasked_and_all_on_request() {
    let sysmon = Sysmon::new();
    let newest = sysmon.call_as_nobody("-s").said();
    assert!(newest.trim_start().starts_with(r#"<manifest schemaversion="4.90" binaryversion="18">"#));
    assert_eq!(sysmon.call_as_nobody("-s 4.90").said(), newest);
    assert_eq!(sysmon.call_as_nobody("-S -nologo").said(), newest);
    let all = sysmon.call_as_nobody("-s all").said();
    assert!(all.starts_with(&newest));
    assert_eq!(all.matches("</manifest>").count(), 21);
}
