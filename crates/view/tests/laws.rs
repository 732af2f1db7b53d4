//! The fast way and the thorough way see the same: `Events` against `tuxmon_reader::Reader`.

use std::io::{BufReader, Read};

use tuxmon_reader::{Counts, Reader};
use tuxmon_testing::corpus;
use tuxmon_view::{Events, Item, Sieve};

/// An event or a problem, in a form that compares.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Event(u16, Option<u64>, String, Vec<(String, String)>, String),
    Problem(String),
}

/// Gives the input in pieces of one size, so that borders fall everywhere.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.0.len().min(self.1).min(buffer.len());
        buffer[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

fn thorough(input: &[u8]) -> (Vec<Seen>, Counts) {
    let mut reader = Reader::new(BufReader::new(input));
    let mut seen = Vec::new();
    for item in &mut reader {
        seen.push(match item {
            Ok(event) => Seen::Event(
                event.system.event_id,
                event.system.record_id,
                event.system.system_time,
                event.data.into_iter().map(|datum| (datum.name, datum.value)).collect(),
                event.raw,
            ),
            Err(problem) => Seen::Problem(problem.to_string()),
        });
    }
    (seen, reader.counts())
}

fn fast(input: impl Read) -> (Vec<Seen>, Counts) {
    let mut events = Events::new(input, Sieve::default());
    let mut seen = Vec::new();
    loop {
        match events.next() {
            Item::Event(event) => {
                let fields = event.fields().map(|(name, value)| (name.to_owned(), value.to_owned()));
                let time = event.system_time().to_owned();
                let record_id = event.system().record_id;
                seen.push(Seen::Event(event.id, record_id, time, fields.collect(), event.raw.to_owned()));
            }
            Item::Problem(problem) => seen.push(Seen::Problem(problem.to_string())),
            Item::Pause => {}
            Item::End => return (seen, events.counts()),
        }
    }
}

#[track_caller]
fn check(input: &[u8], pieces: &[usize]) {
    let (expected, expected_counts) = thorough(input);
    for &piece in pieces {
        let (seen, counts) = fast(Pieces(input, piece));
        for (number, (ours, theirs)) in seen.iter().zip(&expected).enumerate() {
            assert_eq!(ours, theirs, "item {number}, in pieces of {piece}");
        }
        assert_eq!(seen.len(), expected.len(), "in pieces of {piece}");
        assert_eq!(counts, expected_counts, "in pieces of {piece}");
    }
}

const LINUX: &str = r#"<Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"/><EventID>11</EventID><Version>2</Version><TimeCreated SystemTime="2026-11-21T05:31:51.156967000Z"/><EventRecordID>339</EventRecordID><Computer>vm</Computer></System><EventData><Data Name="RuleName">-</Data><Data Name="TargetFilename">VALUE</Data><Data Name="Empty"></Data></EventData></Event>"#;
const WINDOWS: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/><EventID>13</EventID><TimeCreated SystemTime='2026-11-21T05:31:51.1569670Z'/><EventRecordID>5</EventRecordID><Security UserID='S-1-5-18'/></System><EventData><Data Name='Details'>VALUE</Data><Data Name='None'/></EventData></Event>";

fn event(value: &str) -> String {
    LINUX.replace("VALUE", value)
}

fn windows(value: &str) -> String {
    WINDOWS.replace("VALUE", value)
}

#[test]
fn every_form_is_seen_alike() {
    let (a, b, w) = (event("/a&amp;b"), event("x&#10;y #012 z"), windows("1 &gt; 0"));
    let journald = format!(
        r#"{{"MESSAGE":{},"SYSLOG_IDENTIFIER":"sysmon"}}"#,
        serde_json_string(&event("a\\nb").replace("\\n", "&#10;"))
    );
    let bytes: Vec<String> = event("\u{7}").bytes().map(|byte| byte.to_string()).collect();
    let journald_bytes = format!(r#"{{"MESSAGE":[{}]}}"#, bytes.join(","));
    let own = r#"{"EventID":3,"EventName":"NetworkConnect","EventRecordID":9,"SystemTime":"2026-11-21T05:31:51Z","SourcePort":80,"Image":null}"#;
    let inputs = [
        String::new(),
        "\n \n\nno event\n".to_owned(),
        format!("{a}\n{b}\r\n{w}\n"),
        format!("{a}{b}{w}{w}{a}"),
        format!(
            "Nov 21 05:31:51 vm sysmon: {b}\n<14>1 - vm sysmon - - - {a}\nkernel: <EventID> no\n{{no\n{a}"
        ),
        format!("<Events>\n  {w}\n  {w}\n</Events>\n"),
        format!("Nov 21 vm sysmon: {}\n second line\n{a}\n", event("first\nsecond")),
        format!(
            "{{ \"x\": 1, {a}\n  {own}\n{journald}\n{journald_bytes}\n{{\"EventID\":1\n{{\"MESSAGE\":\"<Event>\"}}\n{b}"
        ),
        a.replace("</System>", "</System>\n  ").replace("><Data", ">\n<Data"),
        a.replace('"', "'"),
        a.replace("Name=", "Other='1' Name="),
        a.replace("<EventID>11</EventID>", ""),
        a.replace("<EventID>11</EventID>", "<EventID>x</EventID>"),
        a.replace("</EventData>", "</EventData><RenderingInfo/>"),
        a.replace("<Data Name=\"Empty\">", "<Data Name=\"Empty"),
    ];
    for input in &inputs {
        check(input.as_bytes(), &[1, 7, 64, 1000, 1 << 20]);
    }
}

fn serde_json_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[test]
fn cut_events_are_seen_alike() {
    let (a, w) = (event("/a"), windows("b"));
    for whole in [&a, &w] {
        for cut in (0..whole.len()).step_by(7) {
            let start = &whole[..cut];
            if cut > "<Event".len() && start.ends_with("<Event") {
                // What is left of `<EventID>` at the end of a line looks like one more start, which the thorough way
                // reports as one more cut event.
                continue;
            }
            check(format!("p sysmon: {start}\np sysmon: {a}\n{start}\n{w}\n{start}").as_bytes(), &[13, 4096]);
        }
    }
    // On one line nothing tells where a cut event of one kind ends and one of the other kind begins, but the start tag.
    check(format!("{}{a}\n{}{w}\n", &a[..300], &w[..300]).as_bytes(), &[64]);
}

#[test]
fn long_events_are_seen_alike() {
    let long = "x".repeat(1 << 20);
    for input in [
        format!("{}\n{}\n", event(&long), event("/b")),
        format!("{}\n{}\n", &event(&long)[..1 << 20], event("/b")),
        format!("{{\"EventID\":1,{long}\n{}\n", event("/b")),
        format!("{long}\n{}", event(&long[..900_000])),
    ] {
        let (seen, _) = fast(input.as_bytes());
        let events = seen.iter().filter(|item| matches!(item, Seen::Event(..))).count();
        assert!(events >= 1, "the event behind it is read");
    }
}

#[test]
fn other_bytes_are_seen_alike() {
    let mut input = event("/a\u{1b}[31m").into_bytes();
    input.extend_from_slice(b"\n\xff\xfe sysmon: ");
    input.extend_from_slice(&event("BYTES").replace("BYTES", "/x").into_bytes());
    let at = input.len() - 60;
    input[at] = 0xff;
    check(&input, &[1, 100, 1 << 20]);
}

#[test]
fn real_logs_are_seen_alike() {
    for name in [
        "logs/upstream_real_1.3.3.log",
        "logs/upstream_real_1.5.2_one_per_event_id.log",
        "logs/splunk_example_logs_journald_message.log",
        "sigma/truth/events.log",
    ] {
        let Some(log) = corpus(name) else { continue };
        let log = std::fs::read(log).expect("it can be read");
        check(&log, &[4096, 100_003, 1 << 24]);
        let crlf = String::from_utf8_lossy(&log).replace('\n', "\r\n");
        check(crlf.as_bytes(), &[100_003]);
    }
}
