//! Every form in which events are found in the wild.

use std::io::BufReader;

use tuxmon_reader::{Form, ReadEvent, Reader, Reason};

const SYSTEM: &str = concat!(
    r#"<System><Provider Name="Linux-Sysmon" Guid="{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"/><EventID>11</EventID>"#,
    r#"<Version>2</Version><Level>4</Level><Task>11</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>"#,
    r#"<TimeCreated SystemTime="2026-11-21T05:31:51.156967000Z"/><EventRecordID>339</EventRecordID><Correlation/>"#,
    r#"<Execution ProcessID="24660" ThreadID="24661"/><Channel>Linux-Sysmon/Operational</Channel>"#,
    r#"<Computer>vm</Computer><Security UserId="0"/></System>"#
);

fn event(target: &str) -> String {
    format!(
        "<Event>{SYSTEM}<EventData><Data Name=\"RuleName\">-</Data><Data Name=\"TargetFilename\">{target}</Data></EventData></Event>"
    )
}

/// Reads with a tiny buffer too, so that every border between two reads is tried.
#[track_caller]
fn read(input: &[u8]) -> Vec<Result<ReadEvent, String>> {
    let simple = |buffer: usize| -> Vec<Result<ReadEvent, String>> {
        Reader::new(BufReader::with_capacity(buffer, input))
            .map(|item| item.map_err(|e| e.to_string()))
            .collect()
    };
    let items = simple(1 << 16);
    for buffer in [1, 3, 7, 64] {
        assert_eq!(simple(buffer), items, "with a buffer of {buffer}");
    }
    items
}

#[track_caller]
fn targets(input: &[u8]) -> Vec<String> {
    read(input)
        .into_iter()
        .map(|item| item.expect("an event").value("TargetFilename").expect("the field").to_owned())
        .collect()
}

#[test]
fn system_and_data_are_read_in_full() {
    let line = event("/a&amp;b");
    let input = format!("\n  \nNov 21 05:31:51 vm sysmon: {line}\n");
    let read = read(input.as_bytes()).remove(0).expect("an event");
    let system = &read.system;
    assert_eq!(
        (system.provider.as_str(), system.event_id, system.version, system.level, system.task, system.opcode),
        ("Linux-Sysmon", 11, 2, 4, 11, 0)
    );
    assert_eq!(system.keywords, "0x8000000000000000");
    assert_eq!(system.system_time, "2026-11-21T05:31:51.156967000Z");
    assert_eq!((system.record_id, system.process_id, system.thread_id), (Some(339), 24660, 24661));
    assert_eq!(
        (system.channel.as_str(), system.computer.as_str(), system.user_id.as_str()),
        ("Linux-Sysmon/Operational", "vm", "0")
    );
    assert_eq!(
        (read.value("RuleName"), read.value("TargetFilename"), read.value("Image")),
        (Some("-"), Some("/a&b"), None)
    );
    assert_eq!((read.raw.as_str(), read.form), (line.as_str(), Form::Xml));
    assert_eq!(read.place.line, 3);
    assert_eq!(&input.as_bytes()[read.place.start as usize..read.place.end as usize], line.as_bytes());
}

#[test]
fn prefixes_and_line_ends_do_not_matter() {
    let (a, b) = (event("/a"), event("/b"));
    for input in [
        format!("{a}\n{b}\n"),
        format!("{a}\r\n{b}"),
        format!("{a}{b}"),
        format!("Nov 21 05:31:51 vm sysmon: {a}\nNov 21 05:31:52 vm sysmon[12]: {b} \n"),
        format!(
            "<14>1 2026-11-21T05:31:51Z vm sysmon - - - {a}\nkernel: <EventID> is no event\n\n{{not json\n{b}\n"
        ),
        format!("\u{feff}<?xml version='1.0'?><Events>{a}\n  {b}</Events>"),
    ] {
        assert_eq!(targets(input.as_bytes()), ["/a", "/b"], "in {input}");
    }
}

#[test]
fn new_lines_in_values_are_read_in_every_spelling() {
    assert_eq!(targets(event("a\nb\n<").replace("\n<<", "\n<").as_bytes()), ["a\nb\n"]);
    assert_eq!(targets(event("a&#10;b&#13;c&#07;&#27;").as_bytes()), ["a\nb\rc\u{7}\u{1b}"]);
    assert_eq!(
        targets(format!("Nov 21 05:31:51 vm sysmon: {}", event("a#012b#011c")).as_bytes()),
        ["a\nb\tc"]
    );
    assert_eq!(targets(event("a#012b").as_bytes()), ["a#012b"], "not behind a syslog prefix");
}

#[test]
fn bytes_that_are_neither_text_nor_legal_are_kept_readable() {
    let mut input = event("/x[\u{7}\u{1b}\r]").into_bytes();
    let at = input.iter().position(|&byte| byte == b'[').expect("the bracket");
    input[at] = 0xff;
    assert_eq!(targets(&input), ["/x\u{fffd}\u{7}\u{1b}\r]"]);
}

#[test]
fn a_cut_event_is_reported_and_the_next_one_read() {
    let (a, b) = (event("/a"), event("/b"));
    let cut = &a[..a.len() - 20];
    for between in ["\n", "", "\nNov 21 05:31:51 vm kernel: something else\nNov 21 05:31:51 vm sysmon: "] {
        let items = read(format!("{cut}{between}{b}\n{cut}").as_bytes());
        let [Err(first), Ok(second), Err(third)] = &items[..] else { panic!("{items:?}") };
        assert_eq!(first, "line 1: the event is cut off before </Event>");
        assert_eq!(second.value("TargetFilename"), Some("/b"));
        assert!(third.ends_with("cut off before </Event>"), "{third}");
    }
    let mut reader = Reader::new(cut.as_bytes());
    assert!(matches!(reader.next(), Some(Err(problem)) if matches!(problem.reason, Reason::Truncated)));
    assert!(reader.next().is_none());
    assert_eq!((reader.counts().truncated, reader.counts().problems, reader.counts().events), (1, 1, 0));
}

#[test]
fn windows_events_are_read() {
    let input = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
        <Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'/>\
        <EventID>29</EventID><Version>5</Version><Security UserID='S-1-5-18'/></System>\r\n\
        <EventData>\r\n<Data Name='Image'>C:\\a \"b\".exe</Data><Data>bare</Data><Data Name='Empty'/></EventData>\
        <RenderingInfo Culture='en'><Message>x</Message></RenderingInfo></Event>";
    let event = read(input.as_bytes()).remove(0).expect("an event");
    assert_eq!((event.system.event_id, event.system.user_id.as_str()), (29, "S-1-5-18"));
    let pairs: Vec<_> = event.data.iter().map(|datum| (datum.name.as_str(), datum.value.as_str())).collect();
    assert_eq!(pairs, [("Image", "C:\\a \"b\".exe"), ("", "bare"), ("Empty", "")]);
}

#[test]
fn journald_exports_are_read() {
    let xml = event("/a&quot;\n");
    let text =
        serde_json::json!({"__CURSOR": "s=1", "MESSAGE": xml, "SYSLOG_IDENTIFIER": "sysmon"}).to_string();
    let bytes = serde_json::json!({"MESSAGE": xml.as_bytes()}).to_string();
    let foreign = r#"{"MESSAGE":"no event","text":"<Event>"}"#;
    assert_eq!(targets(format!("{text}\n{foreign}\n{bytes}\n").as_bytes()), ["/a\"\n", "/a\"\n"]);
}

#[test]
fn own_json_is_read() {
    let line = r#"{"EventID":1,"EventName":"ProcessCreate","EventVersion":5,"Level":4,"Task":1,"Opcode":0,"EventRecordID":7,"SystemTime":"2026-11-21T05:31:51.156967000Z","Computer":"vm","RuleName":null,"ProcessId":12,"IsExecutable":true,"CommandLine":"a\n\u001bb"}"#;
    let event = read(line.as_bytes()).remove(0).expect("an event");
    assert_eq!((event.system.event_id, event.system.record_id, event.system.version), (1, Some(7), 5));
    let pairs: Vec<_> = event.data.iter().map(|datum| (datum.name.as_str(), datum.value.as_str())).collect();
    assert_eq!(
        pairs,
        [("RuleName", "-"), ("ProcessId", "12"), ("IsExecutable", "true"), ("CommandLine", "a\n\u{1b}b")]
    );
    let cut = read(&line.as_bytes()[..50]);
    assert!(matches!(&cut[..], [Err(reason)] if reason.contains("JSON is broken")), "{cut:?}");
    assert!(event.with_value("RuleName", "x\"y").contains(r#""RuleName":"x\"y""#));
}

#[test]
fn a_field_is_replaced_in_place() {
    let input = format!("Nov 21 05:31:51 vm sysmon: {}", event("a\nb\r&#07;\"#012&amp;"));
    let event = read(input.as_bytes()).remove(0).expect("an event");
    let line = event.with_value("RuleName", "T1059 <\"x\">");
    let expected =
        self::event("a&#10;b&#13;\u{fffd}&quot;&#10;&amp;").replace(">-<", ">T1059 &lt;&quot;x&quot;&gt;<");
    assert_eq!(line, expected);
    assert_eq!(event.with_value("NoSuchField", "x"), expected.replace("T1059 &lt;&quot;x&quot;&gt;", "-"));
}

#[test]
fn endless_input_stays_bounded_and_is_passed_over() {
    let long = "x".repeat(tuxmon_reader::MAX_EVENT + 100);
    let input = format!("{long}\n{}\n{{{long}\n{}\n{}\n", event(&long), event("/a"), event("/b"));
    let items: Vec<_> = Reader::new(input.as_bytes()).collect();
    let summary: Vec<_> = items
        .iter()
        .map(|item| match item {
            Ok(event) => event.value("TargetFilename").unwrap_or_default().to_owned(),
            Err(problem) => problem.to_string(),
        })
        .collect();
    assert_eq!(
        summary,
        [
            "line 2: the event is longer than 1048576 bytes",
            "line 3: the event is longer than 1048576 bytes",
            "/a",
            "/b"
        ]
    );
}

#[test]
fn malicious_input_takes_no_more_than_its_length() {
    let whole = event("/a");
    for piece in [
        "<Event>",
        "<Event",
        "</Event>",
        "{",
        "{\n",
        "\n",
        "<Event>\n",
        "&",
        "<a '>",
        "<Data Name=\"",
        &whole[..300],
    ] {
        let input = piece.repeat(tuxmon_reader::MAX_EVENT / 2 / piece.len() + 1);
        let before = std::time::Instant::now();
        let count = Reader::new(format!("{input}\n{whole}").as_bytes()).flatten().count();
        assert_eq!(count, 1, "{piece:?}");
        let inside = format!("<Event>{SYSTEM}<EventData>{}", &input[..tuxmon_reader::MAX_EVENT / 2]);
        Reader::new(format!("{inside}</EventData></Event>\n").as_bytes()).for_each(drop);
        assert!(before.elapsed().as_secs() < 20, "{piece:?} took {:?}", before.elapsed());
    }
}

#[test]
fn failing_input_is_reported_once() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let messages: Vec<_> =
        Reader::new(BufReader::new(Broken)).map(|item| item.expect_err("no event").to_string()).collect();
    assert_eq!(messages, ["line 1: cannot read on: the disk is gone"]);
}

#[test]
fn broken_events_are_problems() {
    for (input, reason) in [
        ("<Event></Event>", "no EventID"),
        ("<Event><System><EventID>x</EventID></System></Event>", "no EventID"),
        ("<Event><System><EventID>1</EventID><></Event>", "no name"),
    ] {
        let items = read(input.as_bytes());
        assert!(matches!(&items[..], [Err(message)] if message.contains(reason)), "{input}: {items:?}");
    }
}
