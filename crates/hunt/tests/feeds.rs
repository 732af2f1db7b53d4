//! Lists that come from a server on loopback, or from a file, and come again.

#[path = "../../fetch/tests/server/mod.rs"]
mod server;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use server::{Asked, Server, answer};
use tuxmon_hunt::{Feed, FeedError, Lists, News};

const DAY: i64 = 24 * 60 * 60 * 1000;

struct Place {
    folder: tempfile::TempDir,
    lists: Lists,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let lists = Lists::in_folder(&folder.path().join("lists"));
        Self { folder, lists }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// A feed from this server, whose certificate is believed.
    fn feed(&self, server: &Server) -> Feed {
        let certificate = self.path("ca.pem");
        server.write_certificate(&certificate);
        Feed { certificates: Some(certificate), ..feed(&server.url("/list.txt?key=secret")) }
    }

    fn values(&self) -> Vec<(String, Option<i64>)> {
        let list = self.lists.read_one("test").expect("it is kept");
        list.indicators.into_iter().map(|one| (one.value, one.expires)).collect()
    }
}

fn feed(from: &str) -> Feed {
    Feed {
        source: "test".to_owned(),
        from: from.to_owned(),
        expires_days: Some(1),
        most_bytes: 1000,
        certificates: None,
        plain: false,
        headers: None,
        last: None,
    }
}

/// Answers as servers of lists do: the document, or that it is the one that you have.
fn of_etag(etag: &str, text: &str, asked: &Asked) -> Vec<u8> {
    if asked.header("if-none-match") == Some(etag) {
        return answer("304 Not Modified", &[], b"");
    }
    answer("200 OK", &[("ETag", etag), ("Last-Modified", "Sat, 21 Nov 2026 00:00:00 GMT")], text.as_bytes())
}

#[test]
fn a_list_comes_once_and_lives_as_long_as_its_origin_has_it() {
    let place = Place::new();
    let server = Server::tls(|asked| of_etag("\"1\"", "evil.example\n192.0.2.1 noted\n", asked));
    let mut feed = place.feed(&server);
    let news = place.lists.update(&mut feed, 0).expect("it comes");
    assert_eq!(news, News::Replaced { values: 2, diagnostics: Vec::new() });
    let first = feed.last.clone().expect("it was seen");
    assert_eq!((first.bytes, first.changed, first.confirmed, first.until), (29, 0, 0, Some(DAY)));
    assert_eq!(first.sha256, "29d3478d76892ffe1f80b82c32ce44d853d9cdbb8ae80670f1ce4958b859b671");
    assert_eq!(place.values(), [("evil.example".to_owned(), Some(DAY)), ("192.0.2.1".to_owned(), Some(DAY))]);

    // Another process reads what the first one remembered.
    let mut feed = place.lists.feeds().expect("it is remembered").remove(0);
    assert_eq!(place.lists.update(&mut feed, 5).expect("it answers"), News::Same);
    assert_eq!(server.asked()[1].header("if-none-match"), Some("\"1\""));
    assert_eq!(server.asked()[1].header("if-modified-since"), Some("Sat, 21 Nov 2026 00:00:00 GMT"));
    let last = feed.last.clone().expect("it was seen");
    assert_eq!((last.changed, last.confirmed), (0, 5));
    assert_eq!(place.values()[0].1, Some(DAY + 5), "its origin still has it");

    // Who removed the list gets it again.
    assert!(place.lists.remove("test").expect("the folder is ours"));
    assert!(matches!(place.lists.update(&mut feed, 6), Ok(News::Replaced { values: 2, .. })));
}

#[test]
fn what_is_no_list_does_not_replace_one() {
    let place = Place::new();
    let turn = AtomicUsize::new(0);
    let server = Server::tls(move |_| match turn.fetch_add(1, Ordering::SeqCst) {
        0 => answer("200 OK", &[], b"evil.example\n"),
        1 => answer("200 OK", &[], b"<html><body>Please try later</body></html>"),
        2 => answer("200 OK", &[], b""),
        3 => answer("503 Service Unavailable", &[], b"other.example\n"),
        4 => answer("200 OK", &[], &[0xff, 0xfe, 0x00]),
        5 => answer("200 OK", &[], "a.example\n".repeat(200).as_bytes()),
        6 => b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nother.example\n".to_vec(),
        7 => answer("304 Not Modified", &[], b""),
        _ => answer("200 OK", &[], b"new.example\n"),
    });
    let mut feed = place.feed(&server);
    place.lists.update(&mut feed, 0).expect("the first one is a list");
    for expected in ["<html>", "has no hash", "status 503", "no text", "longer than 1000", "list.txt"] {
        let error = place.lists.update(&mut feed, 1).expect_err(expected).to_string();
        assert!(error.contains(expected) && !error.contains("secret"), "{expected}: {error}");
        assert_eq!(place.values(), [("evil.example".to_owned(), Some(DAY))], "{expected}");
    }
    assert_eq!(place.lists.update(&mut feed, 2).expect("the same"), News::Same);
    assert!(matches!(place.lists.update(&mut feed, 3), Ok(News::Replaced { .. })));
    assert_eq!(place.values()[0].0, "new.example");
    let left: Vec<_> = fs::read_dir(place.lists.folder())
        .expect("it is there")
        .map(|entry| entry.expect("it can be read").file_name())
        .collect();
    assert_eq!(left.len(), 2, "the list and what is remembered: {left:?}");
}

#[test]
fn a_server_that_nobody_vouches_for_gives_no_list() {
    let place = Place::new();
    let server = Server::tls(|_| answer("200 OK", &[], b"evil.example\n"));
    let mut unknown = feed(&server.url("/"));
    assert!(matches!(place.lists.update(&mut unknown, 0), Err(FeedError::Fetch(_))));
    let open = Server::plain(|_| answer("200 OK", &[], b"evil.example\n"));
    let mut plain = feed(&open.url("/"));
    let error = place.lists.update(&mut plain, 0).expect_err("it is not encrypted").to_string();
    assert!(error.contains("not encrypted"), "{error}");
    assert!(!place.lists.has("test"));
    plain.plain = true;
    assert!(matches!(place.lists.update(&mut plain, 0), Ok(News::Replaced { values: 1, .. })));
}

#[test]
fn the_same_bytes_are_the_same_list_whatever_the_server_says() {
    let place = Place::new();
    // It knows no versions.
    let server = Server::tls(|_| answer("200 OK", &[], b"evil.example\n"));
    let mut feed = place.feed(&server);
    place.lists.update(&mut feed, 0).expect("it comes");
    assert_eq!(place.lists.update(&mut feed, 7).expect("it comes again"), News::Same);
    assert_eq!(place.values(), [("evil.example".to_owned(), Some(DAY + 7))]);
}

#[test]
fn a_key_goes_in_a_header_from_a_file_that_nobody_else_reads() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let server = Server::tls(|asked| match asked.header("x-key") {
        Some("word") => answer("200 OK", &[], b"evil.example\n"),
        _ => answer("403 Forbidden", &[], b""),
    });
    let mut feed = place.feed(&server);
    assert!(matches!(place.lists.update(&mut feed, 0), Err(FeedError::Status { status: 403, .. })));
    let key = place.path("key");
    fs::write(&key, "X-Key: word\n").expect("the folder is ours");
    feed.headers = Some(key.clone());
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("it is ours");
    assert!(matches!(place.lists.update(&mut feed, 0), Err(FeedError::Secret(_))));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("it is ours");
    assert!(matches!(place.lists.update(&mut feed, 0), Ok(News::Replaced { .. })));
    let remembered = fs::read_to_string(place.lists.folder().join(".feeds/test.json")).expect("it is there");
    assert!(!remembered.contains("word"), "{remembered}");
}

#[test]
fn a_file_is_read_again_too_and_may_be_compressed() {
    let place = Place::new();
    let path = place.path("list.txt");
    fs::write(&path, "evil.example\n").expect("the folder is ours");
    let mut feed = feed(&path.to_string_lossy());
    assert!(matches!(place.lists.update(&mut feed, 0), Ok(News::Replaced { values: 1, .. })));
    assert_eq!(place.lists.update(&mut feed, 1).expect("it is there"), News::Same);
    fs::write(&path, gzip(b"a.example\nb.example\n")).expect("the folder is ours");
    assert!(matches!(place.lists.update(&mut feed, 2), Ok(News::Replaced { values: 2, .. })));
    // A small file that becomes a long one.
    fs::write(&path, gzip("a.example\n".repeat(1000).as_bytes())).expect("the folder is ours");
    let error = place.lists.update(&mut feed, 3).expect_err("it is too long").to_string();
    assert!(error.contains("longer than 1000 bytes"), "{error}");
    fs::remove_file(&path).expect("it is ours");
    assert!(matches!(place.lists.update(&mut feed, 3), Err(FeedError::File { .. })));
    assert_eq!(place.values().len(), 2, "what was known stays");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).expect("a Vec takes everything");
    out.finish().expect("a Vec takes everything")
}

#[test]
fn the_program_adds_updates_lists_and_removes() {
    let place = Place::new();
    let version = std::sync::Arc::new(AtomicUsize::new(0));
    let served = std::sync::Arc::clone(&version);
    let server = Server::tls(move |asked| {
        let count = served.load(Ordering::SeqCst);
        let names: Vec<String> = (0..=count).map(|number| format!("n{number}.example")).collect();
        of_etag(&format!("\"{count}\""), &names.join("\n"), asked)
    });
    server.write_certificate(&place.path("ca.pem"));
    let run = |arguments: &[&str]| hunt(place.folder.path(), arguments);
    let url = server.url("/list.txt");
    let (code, _, said) = run(&["intel", "add", &url, "--source", "own", "--ca", "ca.pem", "--expires", "7"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("own: 1 values, SHA256 "), "{said}");
    let (_, _, said) = run(&["intel", "update"]);
    assert!(said.contains("own: has not changed"), "{said}");
    version.store(2, Ordering::SeqCst);
    let (_, _, said) = run(&["intel", "update", "own"]);
    assert!(said.contains("own: 3 values"), "{said}");
    let (_, listed, _) = run(&["intel", "list"]);
    assert!(listed.contains("3 values") && listed.contains(&url) && listed.contains("SHA256"), "{listed}");
    drop(server);
    let (code, _, said) = run(&["intel", "update"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("own: ") && said.contains(&url), "{said}");
    assert_eq!(run(&["intel", "remove", "own"]).0, Some(0));
    assert_eq!(run(&["intel", "list"]), (Some(0), String::new(), String::new()));
    assert_ne!(run(&["intel", "update"]).0, Some(0), "nothing is left to update");
}

fn hunt(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_tuxmon-hunt"))
        .args(["--store", "store"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}
