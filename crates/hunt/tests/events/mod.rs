//! Events as the agent writes them, and stores that hold them.
#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use std::fmt::Write as _;
use std::path::Path;

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
