//! Events as the agent writes them, and stores that hold them.
#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tuxmon_hunt::{Asked, Form, Server, Source, Store, Totals, ingest, ingest_remotely, print};

/// Seconds since 1970 at which the tests' events begin: 2026-11-21 00:00:00, a Saturday.
pub const BEGIN: i64 = 1_795_219_200;

/// One event; `at` is in milliseconds after [`BEGIN`].
pub fn event(host: &str, record: u64, at: i64, id: u16, fields: &[(&str, &str)]) -> String {
    let time = tuxmon_event::Timestamp((BEGIN * 1000 + at) * 1_000_000);
    let mut text = format!(
        "<Event><System><Provider Name=\"Linux-Sysmon\" Guid=\"{{ff032593-a8d3-4f13-b0d6-01fc615a0f97}}\"/>\
         <EventID>{id}</EventID><Version>5</Version><Level>4</Level><Task>{id}</Task><Opcode>0</Opcode>\
         <Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime=\"{}\"/>\
         <EventRecordID>{record}</EventRecordID><Correlation/><Execution ProcessID=\"7\" ThreadID=\"7\"/>\
         <Channel>Linux-Sysmon/Operational</Channel><Computer>{host}</Computer><Security UserId=\"0\"/></System>\
         <EventData><Data Name=\"RuleName\">-</Data><Data Name=\"UtcTime\">{}</Data>",
        time.system_time(),
        time.utc_time()
    );
    for (name, value) in fields {
        let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(text, "<Data Name=\"{name}\">{value}</Data>");
    }
    text + "</EventData></Event>\n"
}

/// The identity of a process of the tests.
pub fn guid(number: u64) -> String {
    format!("{{74d9a3a2-d5b6-6a1f-0000-{number:012x}}}")
}

/// Processes of two machines, and their files and connections.
pub fn mixed(count: u64) -> String {
    let mut log = String::new();
    for number in 0..count {
        let host = if number % 2 == 0 { "a" } else { "b" };
        let (process, pid) = (guid(number / 3), (number / 3).to_string());
        let more: (u16, Vec<(&str, &str)>) = match number % 3 {
            0 => (
                1,
                vec![
                    ("Image", "/usr/bin/x'\\\t\u{e9}"),
                    ("Hashes", "SHA256=00ff,MD5=aa"),
                    ("CommandLine", "x \"y\"\n{}"),
                ],
            ),
            1 => (11, vec![("Image", "/usr/bin/x"), ("TargetFilename", "/tmp/file"), ("Unheard", "of")]),
            _ => (
                3,
                vec![
                    ("Initiated", "true"),
                    ("DestinationIp", "192.0.2.1"),
                    ("SourceIp", "10.0.0.1"),
                    ("DestinationPort", "0443"),
                ],
            ),
        };
        let fields = [&[("ProcessGuid", process.as_str()), ("ProcessId", &pid)], &more.1[..]].concat();
        log += &event(host, number, number as i64, more.0, &fields);
    }
    log
}

/// A log that the original wrote, if the test data is here.
pub fn real_log() -> Option<PathBuf> {
    let corpora = std::env::var_os("TUXMON_CORPORA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora"),
        PathBuf::from,
    );
    let log = corpora.join("logs/upstream_real_1.3.3.log");
    if log.exists() {
        return Some(log);
    }
    println!("SKIP the real logs: there is no {}", log.display());
    None
}

/// A new store in `folder`, with these logs.
pub fn store(folder: &Path, logs: &[&str]) -> Store {
    let store = Store::open(&folder.join("store")).expect("a new store can be made");
    for log in logs {
        add(&store, folder, log);
    }
    store
}

/// Adds a log to a store.
pub fn add(store: &Store, folder: &Path, log: &str) -> Totals {
    let path = folder.join("log");
    std::fs::write(&path, log).expect("the log is written");
    ingest(store, &[Source::File(path)], |_| ()).expect("the log is stored")
}

/// Adds a log to a store on a server.
pub fn send(server: &Server, folder: &Path, log: &str) -> Totals {
    let path = folder.join("log");
    std::fs::write(&path, log).expect("the log is written");
    ingest_remotely(server, &[Source::File(path)], |_| ()).expect("the log is stored")
}

/// The answer to a question, as comma-separated values.
pub fn ask(store: &dyn Asked, sql: &str) -> String {
    let mut out = Vec::new();
    store
        .ask(sql, &[], &mut |rows| print(rows, &[], Form::Csv, &mut out).map(drop))
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    String::from_utf8(out).expect("values are UTF-8")
}
