//! Configurations that are named on the command line: verdicts, messages, rules; none of it needs root.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::call::Sysmon;

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("the corpora are complete");
    serde_json::from_str(&text).expect("the corpora are JSON")
}

#[test]
fn messages_are_those_that_scripts_look_for() {
    let sysmon = Sysmon::new();
    let check = |text: &str, code: i32, said: &str| {
        sysmon.file("x.xml", text);
        let answer = sysmon.call_words(&["-c", "x.xml", "-y", "/dev/null"]);
        assert_eq!((answer.code, answer.said().as_str()), (Some(code), said), "{text}");
        // People find the place and what to do on the other stream.
        assert_eq!(answer.stderr.contains("x.xml:1:"), code == 87, "{text}: {}", answer.stderr);
    };
    let validated = "Configuration file validated.\n";
    let loading = "Loading configuration file with schema version";
    check(r#"<Sysmon schemaversion="4.90"/>"#, 0, &format!("{loading} 4.90\n{validated}"));
    let older = format!("{loading} 4.22\nSysmon schema version: 4.90\n{validated}");
    check(r#"<Sysmon schemaversion="4.22"/>"#, 0, &older);
    check("<Other/>", 87, "Error: Failed to find Sysmon tag in configuration: x.xml\n");
    check(
        r#"<Sysmon schemaversion="3.3"/>"#,
        87,
        "Error: Incorrect or unsupported schema version 3.30. Current Sysmon schema version 4.90\n",
    );
    check("<Sysmon/>", 87, "Error: Invalid schema version number ()  for configuration: x.xml\n");
    check(
        r#"<Sysmon schemaversion="new"/>"#,
        87,
        "Error: Invalid schema version number (new)  for configuration: x.xml\n",
    );
    check(&" ".repeat(3000), 87, "Error: Too much white space\n");
    let hashes = r#"<Sysmon schemaversion="4.90"><HashAlgorithms>foo</HashAlgorithms></Sysmon>"#;
    check(hashes, 87, "Invalid hashing algorithm: foo\n");
    let sizes = r#"<Sysmon schemaversion="4.90"><FieldSizes>Image: 20</FieldSizes></Sysmon>"#;
    check(sizes, 87, "FieldSizes option ('Image: 20') has invalid character: ' '.\n");
}

#[test]
fn a_missing_file_is_named_with_the_systems_reason() {
    let sysmon = Sysmon::new();
    for switch in ["-c", "-i"] {
        let answer = sysmon.call_as_nobody(&format!("{switch} /nowhere/x.xml"));
        let said = "Error: Failed to open xml configuration: /nowhere/x.xml (No such file or directory)\n";
        assert_eq!((answer.code, answer.said().as_str()), (Some(87), said));
        assert!(answer.has_usage());
    }
}

#[test]
fn options_of_windows_load_with_a_remark() {
    let sysmon = Sysmon::new();
    let text =
        r#"<Sysmon schemaversion="4.90"><CheckRevocation/><ArchiveDirectory>x</ArchiveDirectory></Sysmon>"#;
    sysmon.file("x.xml", text);
    let answer = sysmon.call("-c x.xml -y /dev/null");
    assert_eq!(answer.code, Some(0));
    assert_eq!(answer.stderr.matches("[option-without-effect]").count(), 2, "{}", answer.stderr);
}

#[test]
fn invalid_configurations_are_refused_in_the_originals_words() {
    let Some(corpora) = tuxmon_testing::corpus("") else { return };
    let sysmon = Sysmon::new();
    let folder = corpora.join("upstream_tests/invalid_configs");
    for case in json(&folder.join("cases.json")).as_array().expect("a list of cases") {
        let file = folder.join(case["file"].as_str().expect("a file name"));
        let file = file.to_str().expect("the corpora have plain names");
        let answer = sysmon.call_words(&[case["flag"].as_str().expect("a switch"), file, "-y", "/dev/null"]);
        let real = &case["real"]["1.5.2"];
        // The original loads a file that declares an entity of the network; we do not.
        let refused = real["verdict"] == "reject" || case["name"] == "XXE_NetworkEntity";
        assert_eq!(answer.code, Some(if refused { 87 } else { 0 }), "{case}");
        for message in real["messages"].as_array().expect("a list of messages") {
            let message = message.as_str().expect("a text").replace("FILE", file);
            // Where its parser stopped is nobody's business.
            let text = message.split(" at offset ").next().unwrap_or_default();
            assert!(answer.said().contains(text), "{message}: {answer:?}");
        }
    }
}

#[test]
fn real_configurations_have_the_verdict_and_the_rules_of_the_original() {
    let Some(corpora) = tuxmon_testing::corpus("") else { return };
    let sysmon = Sysmon::new();
    let tests = corpora.join("upstream_tests");
    let out = sysmon.file("out.rules", "");
    let mut compared = 0;
    for (name, real) in json(&tests.join("real_program_results.json")).as_object().expect("results by file") {
        if name.starts_with("invalid_configs/") {
            continue;
        }
        let file = tests.join(name);
        let words = ["-c".as_ref(), file.as_os_str(), "-y".as_ref(), out.as_os_str()];
        let answer = sysmon.call_words(&words);
        assert_eq!(answer.code == Some(0), real["1.5.2"]["verdict"] == "accept", "{name}: {answer:?}");
        assert!(answer.said().ends_with("Configuration file validated.\n"), "{name}");
        let dump = name
            .replace("rulestest/configs/", "rulestest/baseline/")
            .replace("sysmoncommon/", "sysmoncommon_dump/")
            .replace(".xml", ".rules");
        if let Ok(expected) = fs::read(tests.join(dump)) {
            let ours = fs::read(&out).expect("it was written");
            assert_eq!(ours.trim_ascii(), expected.trim_ascii(), "{name}");
            compared += 1;
        }
    }
    assert!(compared > 50, "only {compared} rules were compared");
}
