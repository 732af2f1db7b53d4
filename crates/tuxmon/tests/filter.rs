//! `tuxmon filter` as people run it: upstream's rule cases as recorded events.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tuxmon_event::{Event, Text, Timestamp, generated};
use tuxmon_reader::Reader;
use tuxmon_testing::corpus;

fn filter(config: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tuxmon"))
        .args(["filter", "--config"])
        .arg(config)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it was piped");
    stdin.write_all(input.as_bytes()).expect("the program reads its input");
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

/// A case as an event line, with `-` for what the case does not name.
fn line(case: &Value, record: usize) -> String {
    let id = case["event_id"].as_u64().expect("an id") as u16;
    let spec = tuxmon_event::spec(id).expect("an event of the schema");
    let mut data = String::new();
    for field in spec.fields {
        data.push_str("<Data Name=\"");
        data.push_str(field.name);
        data.push_str("\">");
        tuxmon_render::escape::XML.append(case["fields"][field.name].as_str().unwrap_or("-"), &mut data);
        data.push_str("</Data>");
    }
    format!(
        "Nov 21 05:31:50 vm sysmon: <Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>{id}</EventID>\
         <EventRecordID>{record}</EventRecordID></System><EventData>{data}</EventData></Event>\n"
    )
}

#[test]
fn upstreams_rule_cases_pass_through_the_filter() {
    let Some(corpora) = corpus("upstream_tests") else { return };
    let table = std::fs::read(corpora.join("rule_engine_truth.json")).expect("a file of the corpora");
    let table: Value = serde_json::from_slice(&table).expect("the table is JSON");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (number, group) in table.as_array().expect("a list of groups").iter().enumerate() {
        let config = folder.path().join(format!("{number}.xml"));
        match group["config_file"].as_str() {
            Some(name) => std::fs::copy(corpora.join("sysmoncommon").join(name), &config).map(drop),
            None => std::fs::write(&config, group["config"].as_str().expect("a configuration")),
        }
        .expect("a file in the temporary folder");
        let cases = group["cases"].as_array().expect("a list of cases");
        let input: String = cases.iter().enumerate().map(|(record, case)| line(case, record)).collect();
        let output = filter(&config, &[], &input);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

        let logged: Vec<_> = Reader::new(&output.stdout[..]).map(|event| event.expect("an event")).collect();
        let found: Vec<_> =
            logged.iter().map(|event| (event.system.record_id, event.value("RuleName"))).collect();
        let expected: Vec<_> = cases
            .iter()
            .enumerate()
            .filter(|(_, case)| case["expect"] == "include")
            .map(|(record, case)| {
                let name = case["rule_name"].as_str().filter(|name| !name.is_empty());
                (Some(record as u64), Some(name.unwrap_or("-")))
            })
            .collect();
        assert_eq!(found, expected, "{}", group["description"]);
    }
}

#[test]
fn our_own_events_are_filtered_in_xml_and_json() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = folder.path().join("c.xml");
    let rules = "<Sysmon schemaversion=\"4.90\"><EventFiltering><RawAccessRead onmatch=\"include\">\
                 <Device name=\"raw &lt;read&gt;\">/dev/sda</Device></RawAccessRead></EventFiltering></Sysmon>";
    std::fs::write(&config, rules).expect("a file in the temporary folder");
    let event = Event::RawAccessRead(generated::RawAccessRead {
        rule_name: Text::EMPTY,
        utc_time: Timestamp(0),
        process_guid: tuxmon_event::Guid::NIL,
        process_id: 7,
        image: Text::from("/bin/dd"),
        device: Text::from("/dev/sda"),
        user: Text::from("root"),
    });
    let envelope = tuxmon_render::Envelope {
        record_id: 1,
        written: Timestamp(0),
        process_id: 1,
        thread_id: 1,
        computer: "vm",
        user_id: 0,
        additional: &[],
    };
    for render in [tuxmon_render::xml, tuxmon_render::json] {
        let mut line = String::new();
        render(&event, &envelope, &tuxmon_render::FieldSizes::NONE, &mut line);
        let output = filter(&config, &["--explain"], &format!("{line}\n"));
        let text = String::from_utf8(output.stdout).expect("output is UTF-8");
        let (reason, logged) = text.split_once('\n').expect("a reason and an event");
        assert_eq!(
            reason,
            "# line 1: event 9 RawAccessRead logged as 'raw <read>': line 1 (Device is '/dev/sda') in the include \
             block of line 1"
        );
        let logged = Reader::new(logged.as_bytes()).next().expect("an event").expect("a sound one");
        assert_eq!(logged.value("RuleName"), Some("raw <read>"));
    }
}

#[test]
fn a_refused_configuration_filters_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = folder.path().join("c.xml");
    std::fs::write(&config, "<Sysmon/>").expect("a file in the temporary folder");
    let output = filter(&config, &[], "");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(87), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains(": error: "));
}
