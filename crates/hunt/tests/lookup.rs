//! Questions to a service on loopback, and what becomes of its answers.

#[path = "../../fetch/tests/server/mod.rs"]
mod server;

use std::cell::{Cell, RefCell};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use server::{Server, answer};
use tuxmon_fetch::{Client, Limits, Plain, Settings, Trust};
use tuxmon_hunt::{Clock, LookupError, Opinion, Secret, Service, Store, VIRUSTOTAL};

const HASH: &str = "d41d8cd98f00b204e9800998ecf8427e";
const ANSWER: &str = r#"{"data": {"attributes": {"meaningful_name": "tool",
    "last_analysis_stats": {"malicious": 3, "suspicious": 1, "undetected": 50, "harmless": 6}}}}"#;

/// A store, a key, and a clock that only moves when somebody sleeps.
struct Desk {
    _folder: tempfile::TempDir,
    store: Store,
    key: Secret,
    client: Client,
    service: Service,
    time: Cell<i64>,
    slept: RefCell<Vec<u64>>,
}

impl Desk {
    fn new(server: &Server) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let path = |name: &str| folder.path().join(name);
        server.write_certificate(&path("ca.pem"));
        fs::write(path("key"), "the-key\n").expect("the folder is ours");
        fs::set_permissions(path("key"), fs::Permissions::from_mode(0o600)).expect("it is ours");
        let limits = Limits { bytes: 10_000, time: Duration::from_mins(2), redirections: 0 };
        let settings = Settings { limits, trust: Trust::File(path("ca.pem")), plain: Plain::Refused };
        let text = VIRUSTOTAL.replace("https://www.virustotal.com", &server.url(""));
        Self {
            store: Store::open(&path("store")).expect("a new store"),
            key: Secret::of_file(&path("key")).expect("it is ours alone"),
            client: Client::new(&settings).expect("the settings are sound"),
            service: Service::parse(&text).expect("the example is one"),
            time: Cell::new(1_000_000_000),
            slept: RefCell::new(Vec::new()),
            _folder: folder,
        }
    }

    fn ask(&self, value: &str) -> Result<Opinion, LookupError> {
        let now = || self.time.get();
        let sleep = |time: Duration| {
            let milliseconds = time.as_millis() as u64;
            self.slept.borrow_mut().push(milliseconds);
            self.time.set(self.time.get() + milliseconds as i64);
        };
        let clock = Clock { now: &now, sleep: &sleep };
        self.service.opinion(value, &self.client, &self.key, self.store.connection(), &clock)
    }

    fn refused(&self, value: &str) -> String {
        let error = self.ask(value).expect_err(value).to_string();
        assert!(!error.contains("the-key"), "{error}");
        error
    }
}

#[test]
fn an_answer_is_asked_once_and_remembered_as_long_as_it_is_good() {
    let server = Server::tls(|_| answer("200 OK", &[], ANSWER.as_bytes()));
    let desk = Desk::new(&server);
    let first = desk.ask(&HASH.to_ascii_uppercase()).expect("it answers");
    assert_eq!((first.known, first.bad, first.total, first.name.as_str()), (true, 3, 60, "tool"));
    assert_eq!(desk.ask(HASH).expect("it is remembered"), first);
    assert_eq!(server.asked().len(), 1);
    assert_eq!(server.asked()[0].target(), format!("/api/v3/files/{HASH}"));
    assert_eq!(server.asked()[0].header("x-apikey"), Some("the-key"));
    desk.time.set(desk.time.get() + 7 * 24 * 3_600_000);
    assert_ne!(desk.ask(HASH).expect("it answers again").asked, first.asked);
    assert_eq!(server.asked().len(), 2);
    desk.ask("8.8.8.8").expect("it answers");
    desk.ask("evil.example").expect("it answers");
    assert_eq!(server.asked()[2].target(), "/api/v3/ip_addresses/8.8.8.8");
    assert_eq!(server.asked()[3].target(), "/api/v3/domains/evil.example");
}

#[test]
fn what_nobody_knows_is_remembered_too() {
    let server = Server::tls(|_| answer("404 Not Found", &[], b"{}"));
    let desk = Desk::new(&server);
    assert!(!desk.ask(HASH).expect("it answers").known);
    assert!(!desk.ask(HASH).expect("it is remembered").known);
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn no_more_is_asked_in_a_minute_than_may_be() {
    let server = Server::tls(|_| answer("404 Not Found", &[], b""));
    let desk = Desk::new(&server);
    let names: Vec<String> = (0..9).map(|number| format!("n{number}.example")).collect();
    for name in &names {
        desk.ask(name).expect("it answers");
    }
    // Four at once, four a minute later, and the last one after another minute.
    assert_eq!(*desk.slept.borrow(), [60_000, 60_000]);
}

#[test]
fn who_was_asked_too_often_is_left_alone_as_long_as_it_says() {
    let turn = AtomicUsize::new(0);
    let server = Server::tls(move |_| match turn.fetch_add(1, Ordering::SeqCst) {
        0 => answer("429 Too Many Requests", &[("Retry-After", "7")], b""),
        1 => answer("200 OK", &[], ANSWER.as_bytes()),
        2 => answer("429 Too Many Requests", &[("Retry-After", "86400")], b""),
        _ => answer("429 Too Many Requests", &[("Retry-After", "soon")], b""),
    });
    let desk = Desk::new(&server);
    assert_eq!(desk.ask(HASH).expect("it answers the second time").bad, 3);
    assert_eq!(*desk.slept.borrow(), [7000]);
    let error = desk.refused("a.example");
    assert!(error.contains("86400 seconds"), "{error}");
    let error = desk.refused("b.example");
    assert!(error.contains("asked too often"), "{error}");
    assert_eq!(server.asked().len(), 6, "three times, and no more");
}

#[test]
fn junk_is_told_and_not_remembered() {
    let turn = AtomicUsize::new(0);
    let server = Server::tls(move |_| match turn.fetch_add(1, Ordering::SeqCst) {
        0 => answer("200 OK", &[], b"<html>later</html>"),
        1 => answer("200 OK", &[], br#"{"data": {"attributes": {}}}"#),
        2 => answer("200 OK", &[], ANSWER.replace("50", "\"many\"").as_bytes()),
        3 => answer("500 Internal Server Error", &[], b""),
        4 => answer("302 Found", &[("Location", "https://elsewhere.example/")], b""),
        5 => answer("200 OK", &[], &[b' '; 10_001]),
        6 => answer("403 Forbidden", &[], b""),
        _ => answer("200 OK", &[], ANSWER.as_bytes()),
    });
    let desk = Desk::new(&server);
    let expected = [
        "no JSON",
        "no number at /data/attributes/last_analysis_stats/malicious",
        "no number at /data/attributes/last_analysis_stats/undetected",
        "status 500",
        "status 302",
        "longer than 10000 bytes",
        "refuses the key (status 403)",
    ];
    for expected in expected {
        let error = desk.refused(HASH);
        assert!(error.contains(expected), "{expected}: {error}");
    }
    assert_eq!(desk.ask(HASH).expect("now it answers").bad, 3);
}

#[test]
fn nobody_is_told_of_ones_own_network() {
    let server = Server::tls(|_| answer("200 OK", &[], ANSWER.as_bytes()));
    let desk = Desk::new(&server);
    for value in ["10.1.2.3", "127.0.0.1", "192.168.0.1", "fe80::1", "fd00::1", "::ffff:10.0.0.1"] {
        assert!(desk.refused(value).contains("own network"), "{value}");
    }
    for value in ["10.0.0.0/8", "https://evil.example/x", "localhost", "nonsense", ""] {
        assert!(matches!(desk.ask(value), Err(LookupError::Value { .. })), "{value}");
    }
    assert!(server.asked().is_empty());
}

#[test]
fn a_description_that_is_wrong_is_refused() {
    for (from, to, expected) in [
        ("{value}", "", "does not say where {value} goes"),
        ("per_minute = 4", "per_minute = 0", "per_minute"),
        ("bad = \"/data", "bad = \"data", "JSON pointer"),
        ("days = 7", "days = 7\nkey = \"secret\"", "unknown field"),
    ] {
        let error = Service::parse(&VIRUSTOTAL.replace(from, to)).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
}
