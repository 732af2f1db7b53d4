//! `tuxmon replay`: a recording becomes events, on any machine and as anyone.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn streams() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/streams")
}

fn replay(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuxmon"));
    command.arg("replay").args(arguments).arg(streams().join("session.wire"));
    command.output().expect("the program runs")
}

/// Ids of the events in lines of XML.
fn ids(lines: &str) -> Vec<&str> {
    lines.lines().filter_map(|line| line.split("<EventID>").nth(1)?.split('<').next()).collect()
}

#[test]
fn a_recording_becomes_the_events_of_its_session() {
    let expected = std::fs::read_to_string(streams().join("session.xml")).expect("it is there");
    let output = replay(&["--output", "stdout,format=xml"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("lines are UTF-8");
    assert!(!ids(&expected).is_empty());
    assert_eq!(ids(&lines), ids(&expected));
    assert!(lines.contains("<Data Name=\"Image\">/usr/bin/dash</Data>"), "{lines}");
}

#[test]
fn two_replays_of_a_recording_tell_the_same() {
    let told = || {
        let lines = String::from_utf8(replay(&["--output", "stdout,format=json"]).stdout).expect("UTF-8");
        // What stands before is of the replay: the moment of writing, and the writer's process.
        let data = |line: &str| line.split_once("\"RuleName\"").map(|(_, data)| data.to_owned());
        let told: Vec<_> = lines.lines().filter_map(data).collect();
        assert!(told.len() > 5, "{lines}");
        told
    };
    assert_eq!(told(), told());
}

#[test]
fn records_are_shown_as_they_came() {
    let output = replay(&["--raw"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("kind: Exec") && text.contains("pid: 200"), "{text}");
}

#[test]
fn a_measurement_names_every_stage_up_to_the_output() {
    let output = replay(&["--measure", "--rounds", "1"]);
    let text = String::from_utf8_lossy(&output.stdout);
    for stage in ["decode", "assemble", "rules", "render"] {
        assert!(text.contains(stage), "{text}");
    }
    assert!(!text.contains("output"), "nobody asked for one: {text}");
}

#[test]
fn a_cut_recording_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let cut = folder.path().join("cut.wire");
    let whole = std::fs::read(streams().join("session.wire")).expect("it is there");
    std::fs::write(&cut, &whole[..whole.len() - 1]).expect("it is ours");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuxmon"));
    let output = command.args(["replay", "--raw"]).arg(cut).output().expect("the program runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("ends inside the record"));
}
