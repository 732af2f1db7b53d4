//! Upstream's own table of rule cases.

use std::collections::BTreeMap;

use serde_json::Value;
use tuxmon_config::Config;
use tuxmon_rules::Rules;
use tuxmon_testing::corpus;

#[test]
fn every_case_of_the_table_is_met() {
    let Some(folder) = corpus("upstream_tests") else { return };
    let table =
        std::fs::read_to_string(folder.join("rule_engine_truth.json")).expect("a file of the corpora");
    let table: Value = serde_json::from_str(&table).expect("the table is JSON");
    let (mut cases, mut wrong) = (0, Vec::new());
    for group in table.as_array().expect("a list of groups") {
        let bytes = if let Some(text) = group["config"].as_str() {
            text.as_bytes().to_owned()
        } else {
            let name = group["config_file"].as_str().expect("a configuration or the name of its file");
            std::fs::read(folder.join("sysmoncommon").join(name)).expect("a file of the corpora")
        };
        let (config, diagnostics) = Config::parse(&bytes, "case.xml");
        let rules = Rules::compile(&config.unwrap_or_else(|| panic!("{diagnostics:?}")));
        for case in group["cases"].as_array().expect("a list of cases") {
            cases += 1;
            let id = case["event_id"].as_u64().expect("an id") as u16;
            let values: BTreeMap<_, _> =
                serde_json::from_value(case["fields"].clone()).expect("values by field");
            let name = case["rule_name"].as_str().unwrap_or("").to_owned();
            let expected = (case["expect"] == "include", name);
            let found = crate::support::judge(&rules, id, &values);
            if found.0 != expected.0 || found.0 && found != expected {
                wrong.push(format!("{}: {}: {found:?}", group["description"], case["description"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} cases differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases > 0, "the table is empty");
}
