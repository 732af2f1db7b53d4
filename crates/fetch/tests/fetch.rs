//! A client against servers on loopback: with and without TLS, and what they may do to it.

mod server;

use std::io::Read;
use std::time::Duration;

use server::{Identity, Server, answer};
use tuxmon_fetch::{Client, FetchError, Limits, Plain, Settings, Trust};

const LIMITS: Limits = Limits { bytes: 1000, time: Duration::from_mins(2), redirections: 2 };

fn open() -> Client {
    client(Trust::System, Plain::Allowed)
}

fn client(trust: Trust, plain: Plain) -> Client {
    Client::new(&Settings { limits: LIMITS, trust, plain }).expect("the settings are sound")
}

/// A client that trusts this server, and asks nothing unencrypted.
fn trusting(server: &Server) -> Client {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("ca.pem");
    server.write_certificate(&file);
    client(Trust::File(file), Plain::Refused)
}

#[test]
fn a_document_comes_encrypted_from_whom_we_trust() {
    let server = Server::tls(|_| answer("200 OK", &[("ETag", "\"1\"")], b"evil.example\n"));
    let client = trusting(&server);
    let found = client.get(&server.url("/list?a=b"), &[("If-None-Match", "\"0\"")]).expect("it answers");
    assert_eq!((found.status, found.header("etag")), (200, Some("\"1\"")));
    assert_eq!(found.bytes().expect("it is short"), b"evil.example\n");
    let asked = server.asked();
    assert_eq!(asked[0].target(), "/list?a=b");
    assert_eq!(asked[0].header("if-none-match"), Some("\"0\""));
    assert!(asked[0].header("user-agent").is_some_and(|name| name.starts_with("tuxmon/")));
}

#[test]
fn whom_we_do_not_trust_is_told_nothing() {
    let strange = Server::tls(|_| answer("200 OK", &[], b""));
    let error = client(Trust::System, Plain::Refused).get(&strange.url("/"), &[]).expect_err("unknown");
    assert!(error.to_string().contains("certificate"), "{error}");
    let elsewhere = Server::tls_for("other.example", |_| answer("200 OK", &[], b""));
    let error = trusting(&elsewhere).get(&elsewhere.url("/"), &[]).expect_err("another name");
    assert!(error.to_string().contains("certificate"), "{error}");
    assert!(strange.asked().is_empty() && elsewhere.asked().is_empty());
}

#[test]
fn what_is_wrong_with_a_certificate_is_said() {
    let said = |identity: Identity| {
        let server = Server::tls_of(&identity, |_| answer("200 OK", &[], b"x"));
        let outcome = trusting(&server).get(&server.url("/"), &[]);
        let told = server.asked().len();
        match outcome {
            Ok(_) => format!("{told} asked"),
            Err(FetchError::Untrusted { why, .. }) => format!("{told} asked; {why}"),
            Err(other) => panic!("{other}"),
        }
    };
    let sound = Identity::new("127.0.0.1");
    assert_eq!(said(sound.signed_by_authority()), "1 asked");
    assert_eq!(
        said(Identity::new("other.example").signed_by_authority()),
        "0 asked; its certificate is for other.example, and not for 127.0.0.1"
    );
    let over = said(Identity::new("127.0.0.1").signed_by_authority().expired());
    let days = over
        .strip_prefix("0 asked; its certificate expired ")
        .and_then(|rest| rest.strip_suffix(" days ago"));
    assert!(days.is_some_and(|days| days.parse::<u32>().is_ok_and(|days| days > 2000)), "{over}");
    let authority = said(Identity::new("127.0.0.1").of_authority());
    assert!(authority.contains("CA:TRUE"), "{authority}");
}

#[test]
fn what_is_not_encrypted_is_not_asked_unless_allowed() {
    let server = Server::plain(|_| answer("200 OK", &[], b"x"));
    let refused = client(Trust::System, Plain::Refused).get(&server.url("/"), &[]);
    assert!(matches!(refused, Err(FetchError::Unencrypted { .. })), "{refused:?}");
    assert!(server.asked().is_empty());
    assert_eq!(open().get(&server.url("/"), &[]).expect("allowed").bytes().expect("short"), b"x");
    for url in ["ftp://127.0.0.1/", "file:///etc/passwd", "nonsense", "https://"] {
        let refused = open().get(url, &[]);
        assert!(matches!(refused, Err(FetchError::NotHttp { .. })), "{url}: {refused:?}");
    }
}

#[test]
fn nobody_leads_from_encrypted_to_unencrypted() {
    let open_server = Server::plain(|_| answer("200 OK", &[], b"x"));
    let there = open_server.url("/");
    let server = Server::tls(move |_| answer("302 Found", &[("Location", &there)], b""));
    let error = trusting(&server).get(&server.url("/"), &[]).expect_err("it leads astray");
    assert!(matches!(error, FetchError::Unencrypted { .. }), "{error}");
    assert!(open_server.asked().is_empty());
}

#[test]
fn a_server_may_lead_on_so_often_and_no_more() {
    let server = Server::plain(|asked| match asked.target() {
        "/2" => answer("302 Found", &[("Location", "/1")], b""),
        "/1" => answer("301 Moved Permanently", &[("Location", "/0")], b""),
        "/0" => answer("200 OK", &[], b"here"),
        _ => answer("302 Found", &[("Location", "/round")], b""),
    });
    let found = open().get(&server.url("/2"), &[("Authorization", "Basic secret")]).expect("two are allowed");
    assert_eq!(found.url, server.url("/0"));
    assert_eq!(found.bytes().expect("it is short"), b"here");
    assert_eq!(server.asked()[0].header("authorization"), Some("Basic secret"));
    assert_eq!(server.asked()[1].header("authorization"), None, "the next place does not see the password");
    let error = open().get(&server.url("/round"), &[]).expect_err("it never ends");
    assert!(matches!(error, FetchError::TooManyRedirections { limit: 2, .. }), "{error}");
}

#[test]
fn an_answer_is_whole_or_an_error() {
    let server = Server::plain(|asked| match asked.target() {
        "/limit" => answer("200 OK", &[], &[b'a'; 1000]),
        "/long" => answer("200 OK", &[], &[b'a'; 1001]),
        "/endless" => format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{:a<60000}", "").into_bytes(),
        "/short" => b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf".to_vec(),
        "/junk" => b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec(),
        _ => Vec::new(),
    });
    let client = open();
    let get = |path: &str| client.get(&server.url(path), &[]).and_then(tuxmon_fetch::Answer::bytes);
    assert_eq!(get("/limit").expect("this is the limit").len(), 1000);
    for path in ["/long", "/endless"] {
        let error = get(path).expect_err("it is too long");
        assert!(matches!(error, FetchError::TooLarge { limit: 1000, .. }), "{path}: {error}");
        let mut text = Vec::new();
        let mut reader = client.get(&server.url(path), &[]).expect("it answers").into_reader();
        let error = reader.read_to_end(&mut text).expect_err("it is too long");
        assert!(error.to_string().contains("longer than 1000 bytes"), "{path}: {error}");
    }
    for path in ["/short", "/junk", "/nothing"] {
        let error = get(path).expect_err("it is no answer");
        assert!(matches!(error, FetchError::Failed { .. }), "{path}: {error}");
    }
}

#[test]
fn who_does_not_answer_is_left() {
    // It takes connections, and never answers one.
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
    let url = format!("http://{}/?key=secret", silent.local_addr().expect("it is bound"));
    let limits = Limits { time: Duration::from_secs(1), ..LIMITS };
    let client =
        Client::new(&Settings { limits, trust: Trust::System, plain: Plain::Allowed }).expect("sound");
    let error = client.get(&url, &[]).expect_err("nobody answers");
    assert!(matches!(error, FetchError::TooSlow { seconds: 1, .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn errors_of_servers_are_answers() {
    let server = Server::plain(|asked| {
        assert_eq!(asked.body, b"question");
        answer("429 Too Many Requests", &[("Retry-After", "7")], b"slow down")
    });
    let found = open().post(&server.url("/"), &[], b"question").expect("it answers");
    assert_eq!((found.status, found.header("Retry-After")), (429, Some("7")));
    let mut text = String::new();
    found.into_reader().read_to_string(&mut text).expect("it is short");
    assert_eq!(text, "slow down");
}

#[test]
fn a_proxy_is_asked_but_never_for_this_machine() {
    let proxy = Server::plain(|_| answer("200 OK", &[], b"through"));
    let server = Server::plain(|_| answer("200 OK", &[], b"direct"));
    let settings = Settings { limits: LIMITS, trust: Trust::System, plain: Plain::Allowed };
    let client =
        Client::with_proxy(&settings, &format!("http://{}", proxy.address())).expect("the proxy is one");
    let direct = client.get(&server.url("/"), &[]).expect("it answers").bytes().expect("it is short");
    assert_eq!(direct, b"direct");
    assert!(proxy.asked().is_empty());
    // The name is never resolved here: that is the proxy's part.
    let through = client.get("http://feeds.invalid/list", &[]);
    drop(through);
    assert!(proxy.asked().iter().any(|asked| asked.head.contains("feeds.invalid")), "{:?}", proxy.asked());
}

#[test]
fn certificates_that_are_none_are_refused_at_once() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("ca.pem");
    let made = |trust| Client::new(&Settings { limits: LIMITS, trust, plain: Plain::Refused });
    assert!(matches!(made(Trust::File(file.clone())), Err(FetchError::Trust { .. })));
    std::fs::write(&file, "no certificate").expect("the folder is ours");
    assert!(matches!(made(Trust::File(file)), Err(FetchError::Trust { .. })));
}
