//! Whatever the values hold, a line is one line, well-formed, bounded, and reads back as what was meant.

mod samples;

use proptest::prelude::*;
use samples::ENVELOPE;
use tuxmon_event::{Event, Text, Value};
use tuxmon_reader::{ReadEvent, Reader};
use tuxmon_render::{Colour, Envelope, FieldSizes, MAX_LINE, json, text, verbose, xml};

/// Text of the worst kind: markup, entities, escapes of others, controls, line separators, non-characters.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -~]{0,20}",
        3 => any::<String>(),
        2 => prop::sample::select(vec![
            "&", "<", ">", "\"", "'", "\n", "\r\n", "\t", "\0", "\u{1b}[2J", "&amp;", "&#10;", "&#x0;", "]]>", "<![CDATA[",
            "</Data>", "<Event>", "</Event>", "#012", "\\", "\\u0000", "-", "...", "\u{7f}", "\u{85}", "\u{9b}", "\u{2028}",
            "\u{202e}", "\u{fffe}", "\u{ffff}", "\u{fffd}", "\u{10ffff}", "😀", "żółć", "<!--", "<?xml",
        ]).prop_map(str::to_owned),
    ]
}

/// Mostly short values, now and then one of up to 100 KiB.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        60 => prop::collection::vec(piece(), 0..6).prop_map(|pieces| pieces.concat()),
        1 => (piece(), 1..=102_400_usize).prop_map(|(piece, length)| {
            piece.repeat(length / piece.len().max(1) + 1).chars().scan(0, |used, character| {
                *used += character.len_utf8();
                (*used <= length).then_some(character)
            }).collect()
        }),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    (prop::collection::vec(value(), 20), 0..samples::usual().len()).prop_map(|(values, which)| {
        let next = std::cell::Cell::new(0);
        let fill = |_: &str, _: &str| {
            next.set(next.get() + 1);
            Text::from(values[next.get() % values.len()].as_str())
        };
        samples::events(fill).swap_remove(which)
    })
}

fn read_back(line: &str) -> ReadEvent {
    let mut events: Vec<_> = Reader::new(line.as_bytes()).collect();
    assert_eq!(events.len(), 1, "one event in {line}");
    events.remove(0).expect("a readable event")
}

/// What XML 1.0 cannot hold is U+FFFD.
fn as_xml_holds_it(text: &str) -> String {
    let illegal = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.chars().map(|character| if illegal(character) { '\u{fffd}' } else { character }).collect()
}

fn printed(value: Value<'_>) -> String {
    let mut out = String::new();
    value.append_to(&mut out);
    if out.is_empty() { "-".to_owned() } else { out }
}

/// Equal, or cut with the mark at the end.
fn assert_same(read: &str, meant: &str, field: &str, may_be_cut: bool) {
    if read != meant {
        let kept = read.strip_suffix("...").unwrap_or_else(|| panic!("{field}: {read:?} is not {meant:?}"));
        assert!(may_be_cut && meant.starts_with(kept), "{field}: {read:?} is not {meant:?}");
    }
}

fn check_line(line: &str) {
    assert!(line.len() <= MAX_LINE, "{} bytes", line.len());
    let breaks = |c: char| {
        c != '\t' && (c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}'))
    };
    assert!(!line.contains(breaks), "a control character in {line:?}");
}

fn check_xml(event: &Event) {
    let mut line = String::new();
    xml(event, &ENVELOPE, &FieldSizes::NONE, &mut line);
    check_line(&line);
    let document = roxmltree::Document::parse(&line).expect("well-formed");
    let strict = document.descendants().filter(|node| node.has_tag_name("Data"));
    let read = read_back(&line);
    assert_eq!(read.raw, line);
    assert_eq!(read.system.event_id, event.id());
    assert_eq!(read.data.len(), event.spec().fields.len());
    let long = line.len() > MAX_LINE - 100;
    for (((field, value), datum), node) in event.values().zip(&read.data).zip(strict) {
        assert_eq!((node.attribute("Name"), datum.name.as_str()), (Some(field.name), field.name));
        assert_eq!(node.text().unwrap_or_default(), datum.value, "both parsers read the same");
        assert_same(&datum.value, &as_xml_holds_it(&printed(value)), field.name, long);
    }
}

fn check_json(event: &Event) {
    let mut line = String::new();
    json(event, &ENVELOPE, &FieldSizes::NONE, &mut line);
    check_line(&line);
    let object: serde_json::Value = serde_json::from_str(&line).expect("well-formed");
    assert_eq!(object["EventID"], event.id());
    let read = read_back(&line);
    let long = line.len() > MAX_LINE - 100;
    for ((field, value), datum) in event.values().zip(&read.data) {
        assert_eq!(datum.name, field.name);
        assert_same(&datum.value, &printed(value), field.name, long);
        match value {
            Value::Number(number) => assert_eq!(object[field.name], number),
            Value::Flag(flag) => assert_eq!(object[field.name], flag),
            Value::Absent | Value::Text("") => assert!(object[field.name].is_null()),
            Value::Text(_) | Value::Time(_) | Value::Guid(_) | Value::Hex(_) | Value::Address(_) => {
                assert!(object[field.name].is_string());
            }
        }
    }
}

fn check_texts(event: &Event) {
    let mut line = String::new();
    text(event, &ENVELOPE, &FieldSizes::NONE, Colour::Never, &mut line);
    check_line(&line);
    assert!(!line.contains('\t'));
    let mut lines = String::new();
    verbose(event, &FieldSizes::NONE, &mut lines);
    assert!(lines.len() <= MAX_LINE);
    assert_eq!(lines.lines().count(), 1 + event.spec().fields.len());
    lines.lines().skip(1).for_each(check_line);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_event_is_one_good_line(event in any_event()) {
        check_xml(&event);
        check_json(&event);
        check_texts(&event);
    }
}

#[test]
fn the_worst_values_of_all_fields_at_once_stay_within_the_bound() {
    for worst in ["&", "\u{1b}", "\"", "\u{9b}", "\u{2028}", "\u{202e}", "a", "😀", "\n"] {
        let long = worst.repeat(40_000 / worst.len());
        // The event with the most texts; the others differ only in having fewer.
        let event = &samples::events(|_, _| Text::from(long.as_str()))[0];
        check_xml(event);
        check_json(event);
        check_texts(event);
    }
    let computer = "&".repeat(100_000);
    let envelope = Envelope { computer: &computer, record_id: u64::MAX, ..ENVELOPE };
    let mut line = String::new();
    xml(&samples::events(|_, _| Text::from(computer.as_str()))[0], &envelope, &FieldSizes::NONE, &mut line);
    check_line(&line);
}

#[test]
fn command_lines_are_shortened_before_anything_else() {
    let cut = |parent: usize, own: usize, image: usize| {
        let long = |name: &str, usual: &str| match name {
            "ParentCommandLine" => Text::from("p".repeat(parent)),
            "CommandLine" => Text::from("c".repeat(own)),
            "Image" => Text::from("i".repeat(image)),
            _ => Text::from(usual),
        };
        let mut line = String::new();
        xml(&samples::events(long)[0], &ENVELOPE, &FieldSizes::NONE, &mut line);
        assert!(line.len() <= MAX_LINE);
        let read = read_back(&line);
        ["ParentCommandLine", "CommandLine", "Image"].map(|name| {
            let value = read.value(name).expect("the field");
            (value.len(), value.ends_with("..."))
        })
    };
    assert_eq!(cut(30_000, 30_000, 100), [(30_000, false), (30_000, false), (100, false)]);
    let [parent, own, image] = cut(40_000, 40_000, 100);
    assert!(parent.1 && parent.0 > 20_000 && !own.1 && !image.1);
    let [parent, own, image] = cut(40_000, 90_000, 100);
    assert!(parent == (1024, true) && own.1 && own.0 > 50_000 && !image.1);
    let [parent, own, image] = cut(500, 90_000, 90_000);
    assert!(parent == (500, false) && own == (1024, true) && image.1 && image.0 > 50_000);
}

#[test]
fn the_same_string_is_reused() {
    let mut out = String::from("before|");
    xml(&samples::usual()[0], &ENVELOPE, &FieldSizes::NONE, &mut out);
    assert!(out.starts_with("before|<Event><System><Provider Name=\"Linux-Sysmon\" Guid="));
    let long = samples::events(|_, _| Text::from("&".repeat(70_000)));
    out.truncate("before|".len());
    xml(&long[0], &ENVELOPE, &FieldSizes::NONE, &mut out);
    assert!(out.starts_with("before|<Event>") && out.ends_with("</Event>"));
}
