//! What others do with our lines.

#[allow(dead_code, reason = "each test file uses its part")]
mod samples;

use std::process::Command;

use samples::ENVELOPE;
use tuxmon_event::{Event, Text};
use tuxmon_render::{FieldSizes, xml};
use tuxmon_testing::corpus;

const HOSTILE: &[&str] = &[
    "",
    "-",
    " ",
    "\n",
    "a\nb\r\nc",
    "\0\u{7}\u{1b}[31m",
    "</Data><Data Name=\"User\">root</Data>",
    "<Event>",
    "]]>",
    "&amp;&#10;&#x0;",
    "\"quoted\" 'too'",
    "{3d1219c7-0000}",
    "}</Data>",
    "\u{85}\u{2028}\u{2029}\u{9b}\u{7f}",
    "\u{fffe}\u{ffff}",
    "żółć 日本 😀",
    "\u{202e}gpj",
    "#012 \\n %s",
    "\u{feff}",
];

#[test]
fn sentinel_parses_every_hostile_event() {
    let Some(checker) = corpus("tools/check_asim.py") else { return };
    let file = std::env::temp_dir().join(format!("tuxmon-asim-{}.log", std::process::id()));
    std::fs::write(&file, hostile_lines()).expect("the temporary folder can be written");
    let answer = Command::new("python3").arg(&checker).arg(&file).output();
    std::fs::remove_file(&file).expect("the file was just written");
    let Ok(answer) = answer else {
        eprintln!("SKIP: python3 is not here");
        return;
    };
    let said = String::from_utf8_lossy(&answer.stdout);
    assert!(
        answer.status.success() && said.contains("failed 0"),
        "{said}{}",
        String::from_utf8_lossy(&answer.stderr)
    );
    assert!(!said.contains("checked 0 "), "{said}");
}

fn hostile_lines() -> String {
    let mut lines = String::new();
    for &hostile in HOSTILE {
        for event in samples::events(|_, _| Text::from(hostile)) {
            append_line(&event, &mut lines);
        }
    }
    for long in ["&", "a", "\u{1b}"].map(|character| character.repeat(100_000)) {
        append_line(&samples::events(|_, _| Text::from(long.as_str()))[0], &mut lines);
    }
    lines
}

fn append_line(event: &Event, lines: &mut String) {
    xml(event, &ENVELOPE, &FieldSizes::NONE, lines);
    lines.push('\n');
}

#[test]
fn lines_have_the_shape_of_the_originals() {
    let Some(log) = corpus("logs/upstream_real_1.5.2_one_per_event_id.log") else { return };
    let log = std::fs::read_to_string(log).expect("the log is text");
    let mut compared = 0;
    for event in samples::usual() {
        let mut ours = String::new();
        xml(&event, &ENVELOPE, &FieldSizes::NONE, &mut ours);
        let id = format!("<EventID>{}</EventID>", event.id());
        let Some(theirs) = log.lines().find(|line| line.contains(&id)) else { continue };
        let theirs = &theirs[theirs.find("<Event>").expect("an event")..];
        assert_eq!(shape(&ours), shape(theirs));
        compared += 1;
    }
    assert_eq!(compared, 10, "every event but 255, which the original never writes");
}

/// The markup without what differs from event to event: texts, and digits within tags.
fn shape(line: &str) -> String {
    let mut out = String::new();
    for piece in line.split_inclusive('>') {
        let tag = piece.find('<').expect("every piece ends with a tag");
        out.extend(piece[tag..].chars().filter(|character| !character.is_ascii_digit()));
    }
    out
}
