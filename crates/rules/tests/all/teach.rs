//! Runs the explanations in `tests/rules`: each table row is an event, judged by the configuration
//! above the table.

use std::collections::BTreeMap;
use std::path::Path;

use tuxmon_config::Config;
use tuxmon_event::EVENTS;
use tuxmon_rules::Rules;

#[test]
fn every_explanation_is_true() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/rules");
    let entries = std::fs::read_dir(folder).expect("the folder of the explanations");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an explanation").path()).collect();
    paths.sort();
    let (mut rows, mut wrong) = (0, Vec::new());
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a readable explanation");
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        rows += run(&name, &text, &mut wrong);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(rows > 0, "there is no row");
}

/// Runs one file and returns its number of rows.
fn run(name: &str, text: &str, wrong: &mut Vec<String>) -> usize {
    let mut rules = None;
    let mut xml: Option<String> = None;
    let mut rows = 0;
    for (number, line) in text.lines().enumerate() {
        match &mut xml {
            Some(done) if line == "```" => {
                let (config, diagnostics) = Config::parse(done.as_bytes(), name);
                rules = Some(Rules::compile(&config.unwrap_or_else(|| panic!("{name}: {diagnostics:?}"))));
                xml = None;
            }
            Some(open) => {
                open.push_str(line);
                open.push('\n');
            }
            None if line == "```xml" => xml = Some(String::new()),
            None if is_row(line) => {
                rows += 1;
                let rules = rules.as_ref().expect("a configuration stands above each table");
                if let Err(difference) = check(rules, line) {
                    wrong.push(format!("{name}:{}: {difference}: {line}", number + 1));
                }
            }
            None => {}
        }
    }
    rows
}

fn is_row(line: &str) -> bool {
    line.starts_with('|') && !line.starts_with("| event ") && !line.starts_with("| --- ")
}

fn check(rules: &Rules, row: &str) -> Result<(), String> {
    let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
    let [event, fields, verdict, name] = cells[..] else { return Err("a row has four cells".to_owned()) };
    let spec = EVENTS.iter().find(|spec| spec.name == event).ok_or("no such event")?;
    let mut values = BTreeMap::new();
    for field in fields.split('`').skip(1).step_by(2) {
        let (field, value) = field.split_once('=').ok_or("a field is `Name=value`")?;
        spec.position(field).ok_or("no such field")?;
        values.insert(field.to_owned(), value.to_owned());
    }
    let found = crate::support::judge(rules, spec.id, &values);
    let expected = (verdict == "logged", name.to_owned());
    if found == expected { Ok(()) } else { Err(format!("it is {found:?}")) }
}
