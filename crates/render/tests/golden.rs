//! The exact lines of each event. `UPDATE_EXPECT=1` rewrites them; read the difference before you accept it.

mod samples;

use std::path::PathBuf;

use expect_test::{expect, expect_file};
use samples::ENVELOPE;
use tuxmon_event::{EVENTS, Event};
use tuxmon_render::{Colour, FieldSizes, json, text, verbose, xml};

fn golden(event: &Event, extension: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    folder
        .canonicalize()
        .expect("the folder is part of the repository")
        .join(event.spec().stem)
        .with_extension(extension)
}

#[test]
fn every_emitted_event_has_a_sample() {
    let emitted: Vec<_> = EVENTS.iter().filter(|event| event.emitted).map(|event| event.id).collect();
    let mut samples: Vec<_> = samples::usual().iter().map(Event::id).collect();
    samples.sort_unstable_by_key(|&id| emitted.iter().position(|&other| other == id));
    assert_eq!(samples, emitted);
}

#[test]
fn each_event_has_its_line_of_xml() {
    for event in samples::usual() {
        let mut line = String::new();
        xml(&event, &ENVELOPE, &FieldSizes::NONE, &mut line);
        expect_file![golden(&event, "xml")].assert_eq(&(line + "\n"));
    }
}

#[test]
fn each_event_has_its_line_of_json() {
    for event in samples::usual() {
        let mut line = String::new();
        json(&event, &ENVELOPE, &FieldSizes::NONE, &mut line);
        expect_file![golden(&event, "json")].assert_eq(&(line + "\n"));
    }
}

#[test]
fn each_event_has_its_texts_for_people() {
    for event in samples::usual() {
        let mut lines = String::new();
        text(&event, &ENVELOPE, &FieldSizes::NONE, Colour::Never, &mut lines);
        lines.push('\n');
        verbose(&event, &FieldSizes::NONE, &mut lines);
        expect_file![golden(&event, "txt")].assert_eq(&(lines + "\n"));
    }
}

#[test]
fn colour_is_written_when_asked_for() {
    let event = samples::usual().remove(0);
    let mut line = String::new();
    text(
        &event,
        &ENVELOPE,
        &FieldSizes::new([("Image", 5), ("User", 2), ("CommandLine", 9)]),
        Colour::Always,
        &mut line,
    );
    expect!["ESC[2m05:31:50.671ESC[0m ESC[32mProcessCreate             ESC[0m ESC[2mESC[0m ESC[1m/u...ESC[0m[ESC[2m24865ESC[0m] sh -c ... in ESC[2m/home/żółwESC[0m by ESC[2m/usr/bin/bashESC[0m[ESC[2m24863ESC[0m]  [ESC[33mtechnique_id=T1059.004,technique_name=Unix ShellESC[0m]"].assert_eq(&line.replace('\u{1b}', "ESC"));
}

#[test]
fn field_sizes_cut_texts_in_every_form() {
    let sizes = FieldSizes::new([("Image", 5), ("User", 2), ("ProcessId", 1), ("UtcTime", 1)]);
    let event = samples::usual().remove(0);
    let mut out = String::new();
    xml(&event, &ENVELOPE, &sizes, &mut out);
    assert!(out.contains("<Data Name=\"Image\">/u...</Data>"), "{out}");
    assert!(out.contains("<Data Name=\"User\">-</Data>"), "{out}");
    assert!(out.contains("<Data Name=\"ProcessId\">24865</Data>"), "{out}");
    assert!(out.contains("<Data Name=\"ParentImage\">/usr/bin/bash</Data>"), "{out}");
    out.clear();
    json(&event, &ENVELOPE, &sizes, &mut out);
    assert!(out.contains(r#""Image":"/u...""#) && out.contains(r#""User":null"#), "{out}");
    out.clear();
    verbose(&event, &sizes, &mut out);
    assert!(out.contains("\tImage: /u...\n") && out.contains("\tUser: -\n"), "{out}");
}
