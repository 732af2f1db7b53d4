//! Real configurations, and what the original makes of them.
//!
//! The files are not part of this repository. Without them these tests say so and pass.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tuxmon_config::{Config, FieldSizes, dump};
use tuxmon_diag::{Diagnostic, Severity};
use tuxmon_testing::{corpus, files_below};

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the corpora are complete");
    serde_json::from_str(&text).expect("the corpora are JSON")
}

fn parse(path: &Path) -> (Option<Config>, Vec<Diagnostic>) {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Config::parse(&bytes, &path.to_string_lossy())
}

/// Every file with this ending below a folder, by its path without folder and ending.
fn files(folder: &Path, ending: &str) -> BTreeMap<String, PathBuf> {
    let named = |path: PathBuf| {
        let name = path.strip_prefix(folder).expect("it was found below").with_extension("");
        (name.to_string_lossy().into_owned(), path)
    };
    files_below(folder, ending).into_iter().map(named).collect()
}

fn lines_of(diagnostics: &[Diagnostic]) -> impl Iterator<Item = (u32, Severity)> {
    diagnostics.iter().map(|one| (one.line, one.severity))
}

#[test]
fn labelled_configurations_load_warn_and_are_refused_where_they_should() {
    let Some(corpora) = corpus("") else { return };
    let folder = corpora.join("configs");
    let mut wrong = Vec::new();
    for (name, label) in json(&folder.join("labels.json")).as_object().expect("labels by file") {
        let (config, diagnostics) = parse(&folder.join(name));
        let expect = &label["expect"];
        let refused = expect["load"] == "reject";
        if config.is_some() == refused {
            wrong.push(format!("{name}: expected {}, got {diagnostics:?}", expect["load"]));
        }
        if let Some(line) = expect["line"].as_u64()
            && !lines_of(&diagnostics).any(|found| found == (line as u32, Severity::Error))
        {
            wrong.push(format!("{name}: no error in line {line}: {diagnostics:?}"));
        }
        for warning in expect["warnings"].as_array().expect("a list") {
            let line = warning["line"].as_u64();
            if !lines_of(&diagnostics).any(|(found, _)| line.is_none_or(|line| line as u32 == found)) {
                wrong.push(format!("{name}: nothing in line {line:?}: {}", warning["why"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} labels are not met:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn dumps_are_those_of_the_original() {
    let Some(corpora) = corpus("") else { return };
    let tests = corpora.join("upstream_tests");
    let pairs = [
        (corpora.join("configs"), corpora.join("configs/expected_dump")),
        (tests.join("rulestest/configs"), tests.join("rulestest/baseline")),
        (tests.join("sysmoncommon"), tests.join("sysmoncommon_dump")),
    ];
    let (mut compared, mut wrong) = (0, Vec::new());
    for (configs, dumps) in pairs {
        for (name, path) in files(&dumps, ".rules") {
            let expected = std::fs::read(path).expect("a dump of the corpora");
            let (config, diagnostics) = parse(&configs.join(format!("{name}.xml")));
            let config = config.unwrap_or_else(|| panic!("{name} is refused: {diagnostics:?}"));
            // some of the recorded dumps have lost their last line end
            if dump(&config).as_bytes().trim_ascii_end() != expected.trim_ascii_end() {
                wrong.push(name);
            }
            compared += 1;
        }
    }
    assert!(wrong.is_empty(), "dumps that differ: {wrong:#?}");
    assert!(compared >= 300, "only {compared} dumps were found");
}

#[test]
fn invalid_configurations_are_refused() {
    let Some(corpora) = corpus("") else { return };
    let folder = corpora.join("upstream_tests/invalid_configs");
    for case in json(&folder.join("cases.json")).as_array().expect("a list of cases") {
        let name = case["file"].as_str().expect("a file name");
        let (config, diagnostics) = parse(&folder.join(name));
        match case["expect"].as_str() {
            Some("reject") => assert!(config.is_none() && !diagnostics.is_empty(), "{name} loads"),
            // it must neither hang nor crash; we also refuse the file that names another one
            Some("no-hang" | "no-crash") => assert_eq!(config.is_none(), name.starts_with("XXE"), "{name}"),
            other => panic!("{name}: unknown expectation {other:?}"),
        }
    }
}

#[test]
fn incorrect_configurations_load_with_a_remark() {
    let Some(corpora) = corpus("") else { return };
    for case in json(&corpora.join("upstream_tests/incorrect_xml.json")).as_array().expect("a list of cases")
    {
        let text = case["config"].as_str().expect("a configuration");
        let (config, diagnostics) = Config::parse(text.as_bytes(), "case.xml");
        assert!(config.is_some() && !diagnostics.is_empty(), "{}: {diagnostics:?}", case["description"]);
    }
}

#[test]
fn field_sizes_are_accepted_as_in_the_table() {
    let Some(corpora) = corpus("") else { return };
    for case in json(&corpora.join("upstream_tests/field_sizes.json")).as_array().expect("a list of cases") {
        let value = case["value"].as_str().unwrap_or("");
        assert_eq!(Some(FieldSizes::parse(value).is_ok()), case["accepted"].as_bool(), "{value}");
    }
}

#[test]
fn every_encoding_gives_the_same_rules() {
    let Some(corpora) = corpus("") else { return };
    let tests = corpora.join("upstream_tests");
    for case in json(&tests.join("encodings.json")).as_array().expect("a list of cases") {
        let name = case["file"].as_str().expect("a file name");
        let (config, diagnostics) = parse(&tests.join("sysmoncommon").join(name));
        assert!(config.is_some() && diagnostics.is_empty(), "{name}: {diagnostics:?}");
    }
}

#[test]
fn include_rules_are_found() {
    let Some(corpora) = corpus("") else { return };
    for group in json(&corpora.join("upstream_tests/has_include_rules.json")).as_array().expect("a list") {
        let text = group["config"].as_str().expect("a configuration");
        let config = Config::parse(text.as_bytes(), "case.xml").0.expect("it loads");
        for case in group["cases"].as_array().expect("a list of cases") {
            let id = case["event_id"].as_u64().expect("a number") as u16;
            let event = tuxmon_event::spec(id).expect("an event of the schema");
            assert_eq!(Some(config.has_include_rules(event)), case["has_include_rules"].as_bool(), "{text}");
        }
    }
}
