//! The program as the original's viewer.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tuxmon_testing::corpus;

const EVENT: &str = r#"<Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"/><EventID>ID</EventID><TimeCreated SystemTime="2026-11-21T05:31:51.156967000Z"/><EventRecordID>339</EventRecordID></System><EventData><Data Name="User">root</Data><Data Name="Image">VALUE</Data><Data Name="Empty"></Data></EventData></Event>"#;

fn event(id: u16, value: &str) -> String {
    EVENT
        .replace("ID<", &format!("{id}<"))
        .replacen(&format!("EventRecord{id}<"), "EventRecordID<", 1)
        .replace("VALUE", value)
}

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tuxmon"))
        .arg("sysmonLogView")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdin.take().expect("it was piped");
    let input = input.to_vec();
    // A program that prints its usage reads nothing.
    let writer = std::thread::spawn(move || pipe.write_all(&input).ok());
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("writing does not panic");
    output
}

#[track_caller]
fn prints(arguments: &[&str], input: &str, expected: &str) {
    let output = run(arguments, input.as_bytes());
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert!(output.status.success());
}

fn block(name: &str, value: &str) -> String {
    format!("Event {name}\n\tUser: root\n\tImage: {value}\n\tEmpty: --NULL--\n")
}

#[test]
fn every_form_of_event_is_printed() {
    let syslog = "Nov 21 05:31:51 vm sysmon: ";
    let journal = serde_json::json!({ "MESSAGE": event(5, "/j\n2") }).to_string();
    let input = format!(
        "{syslog}{}\n{}\r\n{syslog}{}\nother line\n{}\n{journal}\n{}\n{}\n{}\n",
        event(1, "/a &lt;&amp;&gt; &quot;q&quot;"),
        event(3, "b&#10;c"),
        event(11, "x#012y"),
        event(23, "raw\nline"),
        event(100, "/e").replace('"', "'"),
        event(255, "-"),
        event(77, "-"),
    );
    let expected = [
        block("SYSMONEVENT_CREATE_PROCESS", "/a <&> \"q\""),
        block("SYSMONEVENT_NETWORK_CONNECT", "b\nc"),
        block("SYSMONEVENT_FILE_CREATE", "x\ny"),
        block("SYSMONEVENT_FILE_DELETE", "raw\nline"),
        block("SYSMONEVENT_PROCESS_TERMINATE", "/j\n2"),
        block("SYSMONEVENT_EBPF_EVENT", "/e"),
        block("UNKNOWN_EVENT", "-"),
        block("UNKNOWN_EVENT", "-"),
    ];
    prints(&[], &input, &expected.concat());
}

#[test]
fn flags_choose_events_and_fields() {
    let input = format!("{}\n{}\n{}\n", event(1, "/a"), event(3, "/b"), event(5, "/c"));
    let (a, b, c) = (
        block("SYSMONEVENT_CREATE_PROCESS", "/a"),
        block("SYSMONEVENT_NETWORK_CONNECT", "/b"),
        block("SYSMONEVENT_PROCESS_TERMINATE", "/c"),
    );
    prints(&["-e", "1,5"], &input, &format!("{a}{c}"));
    prints(&["-e3"], &input, &b);
    prints(&["-r", "340,"], &input, "");
    prints(&["-r", ",339", "-e", "3"], &input, &b);
    prints(&["-t", "2026-11-21 05:31:51.156,2026-11-21 05:31:51.157", "-e", "1"], &input, &a);
    prints(&["-t", ",2026-11-21 05:31:51"], &input, "");
    prints(&["-f", "Image=/a,/c"], &input, &format!("{a}{c}"));
    prints(&["-f", "Image=/a", "-f", "Image=/b", "-f", "User=root"], &input, &format!("{a}{b}"));
    prints(&["-f", "NoSuchField=x", "-e", "1"], &input, &a);
    prints(&["-f", "Image=/A"], &input, "");
    prints(&["-X", "-E", "1=Image", "-e", "1"], &input, "Event SYSMONEVENT_CREATE_PROCESS\n\tImage: /a\n\n");
}

#[test]
fn cut_events_are_counted_on_the_standard_error() {
    let whole = event(1, "/a");
    let input = format!("vm sysmon: {}\nvm sysmon: {whole}\nvm sysmon: {}", &whole[..300], &whole[..200]);
    let output = run(&[], input.as_bytes());
    assert_eq!(String::from_utf8_lossy(&output.stdout), block("SYSMONEVENT_CREATE_PROCESS", "/a"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("XML parse failed: line 1: "), "{said}");
    assert!(said.ends_with("2 events skipped, 2 of them truncated\n"), "{said}");
}

#[test]
fn the_usage_is_the_answer_to_what_is_not_understood() {
    for wrong in ["-h", "-?", "--help", "-Z"] {
        let output = run(&[wrong], b"");
        assert!(output.status.success(), "{wrong}");
        assert!(String::from_utf8_lossy(&output.stdout).starts_with("SysmonLogView v1.0 - "), "{wrong}");
    }
}

/// The original's real log, compared with what others read in it.
#[test]
fn a_real_log_is_printed_as_the_original_prints_it() {
    let (Some(log), Some(packed)) =
        (corpus("logs/upstream_real_1.3.3.log"), corpus("logs/upstream_real_1.3.3.expected.json.gz"))
    else {
        return;
    };
    let log = std::fs::read(log).expect("it can be read");
    let packed = std::fs::File::open(packed).expect("it can be read");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("it is packed text");
    let expected: Value = serde_json::from_str(&text).expect("it is JSON");
    let mut blocks = String::new();
    for event in expected["events"].as_array().expect("a list of events") {
        let id = event["eid"].as_u64().and_then(|id| u16::try_from(id).ok()).expect("an id");
        let suffix = tuxmon_event::spec(id).expect("a known event").suffix;
        writeln!(blocks, "Event SYSMONEVENT_{suffix}").expect("writing to a String cannot fail");
        for pair in event["data"].as_array().expect("a list of fields") {
            let value = pair[1].as_str().expect("a value");
            let value = if value.is_empty() { "--NULL--" } else { value };
            let name = pair[0].as_str().expect("a name");
            writeln!(blocks, "\t{name}: {value}").expect("writing to a String cannot fail");
        }
    }
    let output = run(&[], &log);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), blocks.lines().count());
    for (number, (ours, theirs)) in
        String::from_utf8_lossy(&output.stdout).lines().zip(blocks.lines()).enumerate()
    {
        assert_eq!(ours, theirs, "line {}", number + 1);
    }
    assert!(output.stdout == blocks.as_bytes());
}
