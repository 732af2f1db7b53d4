//! `tuxmon selftest` against the real agent.

use std::process::{Command, Output};
use std::time::Duration;

use serde_json::Value;

use crate::agent::{EVERYTHING, Home};
use crate::deed::Deed;
use crate::tests;

tests![
    everything_that_is_collected_is_seen,
    what_is_not_collected_is_not_missed,
    without_an_agent_it_says_so,
    the_agent_tests_itself_on_a_schedule,
];

pub(crate) const DEEDS: &[Deed] = &[];

const ONLY_PROCESSES: &str = r#"<Sysmon schemaversion="4.90"><EventFiltering/></Sysmon>"#;

fn selftest(home: &Home) -> (Output, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuxmon"));
    command.args(["selftest", "--json", "--state-dir"]).arg(home.path("state"));
    let output = command.output().expect("it was built with this test");
    let printed = serde_json::from_slice(&output.stdout).expect("one object");
    (output, printed)
}

/// The deeds with this result.
fn with_result(printed: &Value, result: &str) -> Vec<String> {
    let deeds = printed["deeds"].as_array().expect("a list");
    let named = deeds.iter().filter(|deed| deed["result"] == result);
    named.map(|deed| deed["deed"].as_str().expect("a name").to_owned()).collect()
}

fn everything_that_is_collected_is_seen() {
    let home = Home::new(EVERYTHING);
    let agent = home.start();
    let mut watch = agent.watch();
    let (output, printed) = selftest(&home);
    assert_eq!(with_result(&printed, "missed"), [""; 0], "{printed}: {}", agent.log());
    // Small guests have no block device; everything else can be done anywhere.
    let undone = with_result(&printed, "undone");
    assert!(undone.iter().all(|deed| deed == "block device opened"), "{printed}");
    assert_eq!(with_result(&printed, "seen").len(), 12 - undone.len(), "{printed}");
    assert_eq!(output.status.code(), Some(if undone.is_empty() { 0 } else { 3 }), "{printed}");
    watch.settle();
    let reports = watch.seen.iter().filter(|event| event.system.event_id == 255).count();
    assert_eq!(reports, 0, "nothing is missing, so nothing is reported");
}

fn what_is_not_collected_is_not_missed() {
    let home = Home::new(ONLY_PROCESSES);
    let _agent = home.start();
    let (output, printed) = selftest(&home);
    assert_eq!(with_result(&printed, "seen"), ["process made", "program executed", "process ended"]);
    assert_eq!(with_result(&printed, "unwanted").len(), 9, "{printed}");
    assert_eq!(output.status.code(), Some(0), "{printed}");
}

fn without_an_agent_it_says_so() {
    let (output, printed) = selftest(&Home::new(EVERYTHING));
    assert_eq!((output.status.code(), &printed["running"]), (Some(2), &Value::Bool(false)));
}

/// A minute is the shortest interval, so this belongs to the long versions.
fn the_agent_tests_itself_on_a_schedule() {
    if !crate::overload::heavy() {
        return println!(
            "SKIP selftest::the_agent_tests_itself_on_a_schedule: takes a minute: make test-heavy"
        );
    }
    let home = Home::new(EVERYTHING);
    let agent = home.start_with(&["--selftest-every".into(), "1".into()]);
    let mut watch = agent.watch();
    // The start of the test waits for the program's hashes; its deeds may be logged before.
    let (mut tested, mut loaded) = (false, false);
    watch.within(Duration::from_secs(110));
    watch.until(|event| {
        let words = event.value("CommandLine").unwrap_or_default();
        tested |= event.system.event_id == 1
            && words.starts_with("/proc/self/exe selftest")
            && event.value("ParentProcessId") == Some(&agent.pid().to_string());
        loaded |= event.value("BpfProgramName") == Some("tuxmon_canary");
        tested && loaded
    });
    assert!(tested, "{}", agent.log());
    assert!(loaded, "the last deed is logged, too: {}", agent.log());
}
