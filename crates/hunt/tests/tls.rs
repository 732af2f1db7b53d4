//! `clickhouses://`: a server that shows who it is gets the questions, and nobody else gets the password.
//!
//! What answers behind TLS is a few sentences of an engine, so this runs everywhere; where there are engines, they answer.

mod engines;
mod events;
#[path = "../../fetch/tests/server/mod.rs"]
mod server;

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use events::event;
use server::{Asked, Identity, Server, answer};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tuxmon-hunt");
const PASSWORD: &str = "open sesame";

/// What an engine with a store says to whoever asks it for the sum.
fn sentences(asked: &Asked) -> Vec<u8> {
    let sql = String::from_utf8_lossy(&asked.body);
    let said = if sql == "SELECT version()" {
        "24.8.1.1\n"
    } else if sql.contains("meta WHERE name = 'version'") {
        "1\n"
    } else if sql.starts_with("SELECT 40 + 2 AS sum") {
        "sum\nUInt16\n42\n"
    } else {
        return answer("500 Internal Server Error", &[], b"Code: 62. what?");
    };
    answer("200 OK", &[], said.as_bytes())
}

/// Runs the program with a password, which stands in a file of ours, and believes these certificates.
fn hunt(folder: &Path, store: &str, believed: Option<&Path>, arguments: &[&str]) -> Output {
    let secret = folder.join("password");
    if !secret.exists() {
        fs::write(&secret, PASSWORD).expect("the folder is ours");
        fs::set_permissions(&secret, Permissions::from_mode(0o600)).expect("it is ours");
    }
    let mut command = Command::new(PROGRAM);
    command.args(["--store", store]).args(arguments).env("TUXMON_CLICKHOUSE_PASSWORD_FILE", secret);
    // This machine trusts somebody else.
    let stranger = folder.join("stranger.pem");
    if !stranger.exists() {
        Server::tls(sentences).write_certificate(&stranger);
    }
    command.env_remove("TUXMON_CLICKHOUSE_CA").env_remove("SSL_CERT_DIR").env("SSL_CERT_FILE", stranger);
    if let Some(believed) = believed {
        command.env("TUXMON_CLICKHOUSE_CA", believed);
    }
    command.output().expect("the program is there")
}

fn sum(folder: &Path, store: &str, believed: Option<&Path>) -> Output {
    hunt(folder, store, believed, &["sql", "SELECT 40 + 2 AS sum", "--format", "csv"])
}

fn store(server: &Server, host: &str) -> String {
    format!("clickhouses://hunter@{host}:{}/tuxmon", server.address().port())
}

#[test]
fn a_server_that_shows_who_it_is_gets_the_questions() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    for (name, identity) in [
        ("127.0.0.1", Identity::new("127.0.0.1")),
        ("127.0.0.1", Identity::new("127.0.0.1").signed_by_authority()),
        ("localhost", Identity::new("localhost").signed_by_authority()),
    ] {
        let server = Server::tls_of(&identity, sentences);
        let believed = folder.path().join("ca.pem");
        server.write_certificate(&believed);
        let output = sum(folder.path(), &store(&server, name), Some(&believed));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "sum\n42\n", "{output:?}");
        let asked = server.asked();
        assert_eq!(asked.len(), 3);
        for one in asked {
            assert_eq!(one.header("x-clickhouse-user"), Some("hunter"));
            assert_eq!(one.header("x-clickhouse-key"), Some(PASSWORD));
        }
    }
}

#[test]
fn whoever_else_listens_is_told_nothing() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let refused = |identity: Identity, believes: bool, expected: &[&str]| {
        let server = Server::tls_of(&identity, sentences);
        let believed = folder.path().join("ca.pem");
        server.write_certificate(&believed);
        let address = store(&server, "127.0.0.1");
        let output = sum(folder.path(), &address, believes.then_some(&*believed));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
        for part in expected {
            assert!(said.contains(part), "{said}");
        }
        assert!(server.asked().is_empty(), "{said}");
    };
    let sound = || Identity::new("127.0.0.1").signed_by_authority();
    refused(sound(), false, &["is not signed by anybody who is trusted here", "TUXMON_CLICKHOUSE_CA"]);
    refused(Identity::new("127.0.0.1"), false, &["is not signed by anybody", "TUXMON_CLICKHOUSE_CA"]);
    let other = Identity::new("other.example").signed_by_authority();
    refused(other, true, &["is for other.example, and not for 127.0.0.1", "ask for it by a name"]);
    refused(sound().expired(), true, &["expired", "days ago", "needs a new one"]);
    refused(sound().expired(), false, &["certificate"]);
    refused(Identity::new("127.0.0.1").of_authority(), true, &["CA:TRUE", "CA:FALSE"]);
}

#[test]
fn certificates_that_are_not_there_are_named() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let server = Server::tls(sentences);
    let nowhere = folder.path().join("nowhere.pem");
    let output = sum(folder.path(), &store(&server, "127.0.0.1"), Some(&nowhere));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("nowhere.pem"), "{said}");
    fs::write(&nowhere, "no certificate").expect("the folder is ours");
    let output = sum(folder.path(), &store(&server, "127.0.0.1"), Some(&nowhere));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("there is no certificate in it"), "{said}");
    assert!(server.asked().is_empty());
}

/// Somebody who does not encrypt, and answers with HTTP; gives all that was said to it.
#[test]
fn a_port_without_tls_is_told_nothing() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let heard = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("the time is not zero");
        let mut heard = vec![0; 1 << 16];
        let length = stream.read(&mut heard).expect("it says something");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").expect("it listens");
        heard.truncate(length);
        let _ = stream.read_to_end(&mut heard);
        heard
    });
    let output = sum(folder.path(), &format!("clickhouses://hunter@127.0.0.1:{port}/tuxmon"), None);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("does not speak TLS") && said.contains("8443"), "{said}");
    let heard = heard.join().expect("it heard something");
    let names = |text: &[u8]| heard.windows(text.len()).any(|part| part == text);
    assert!(!names(PASSWORD.as_bytes()) && !names(b"hunter") && !names(b"version"), "{heard:?}");
}

#[test]
fn nobody_leads_the_password_elsewhere() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let other = Server::plain(sentences);
        let there = other.url("/");
        let server = Server::tls(move |_| answer(status, &[("Location", &there)], b""));
        let believed = folder.path().join("ca.pem");
        server.write_certificate(&believed);
        let output = sum(folder.path(), &store(&server, "127.0.0.1"), Some(&believed));
        assert!(!output.status.success(), "{output:?}");
        assert!(other.asked().is_empty(), "{status}");
    }
}

/// Passes one question on to an engine.
fn forward(port: u16, asked: &Asked) -> Vec<u8> {
    let mut engine = TcpStream::connect(("127.0.0.1", port)).expect("the engine listens");
    let lines =
        asked.head.trim_end().lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head: String = lines.flat_map(|line| [line, "\r\n"]).collect();
    let whole = [head.as_bytes(), b"Connection: close\r\n\r\n", &asked.body].concat();
    engine.write_all(&whole).expect("the engine listens");
    let mut answer = Vec::new();
    engine.read_to_end(&mut answer).expect("the engine answers");
    // Not every engine says that it closes; a client that does not know may ask for more on a connection that is gone.
    let end_of_status = answer.iter().position(|byte| *byte == b'\n').expect("the engine speaks HTTP") + 1;
    answer.splice(end_of_status..end_of_status, *b"Connection: close\r\n");
    answer
}

#[test]
fn an_engine_behind_tls_is_a_store() {
    let log: String = (0..30)
        .map(|record| event("a", record, record as i64, 1, &[("Image", "/usr/bin/x"), ("Hashes", "MD5=aa")]))
        .collect();
    for engine in engines::all() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let port = engine.address().port;
        let server = Server::tls_of(&Identity::new("127.0.0.1").signed_by_authority(), move |asked| {
            forward(port, asked)
        });
        let believed = folder.path().join("ca.pem");
        server.write_certificate(&believed);
        let path = folder.path().join("log");
        fs::write(&path, &log).expect("the folder is ours");
        fs::write(folder.path().join("password"), "").expect("the folder is ours");
        fs::set_permissions(folder.path().join("password"), Permissions::from_mode(0o600))
            .expect("it is ours");
        let store =
            format!("clickhouses://127.0.0.1:{}/{}", server.address().port(), engine.address().database);
        let run = |arguments: &[&str]| {
            let output = hunt(folder.path(), &store, Some(&believed), arguments);
            assert!(output.status.success(), "{}: {output:?}", engine.name);
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        run(&["store", "install"]);
        run(&["ingest", "--quiet", path.to_str().expect("a plain path")]);
        let counted = run(&["run", "images", "--format", "csv"]);
        assert!(counted.contains(",30,"), "{counted}");
    }
}
