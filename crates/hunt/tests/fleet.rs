//! A store on ClickHouse holds what a file holds, each event once, whatever happens on the way.

#[path = "engines/between.rs"]
mod between;
#[path = "engines/compare.rs"]
mod compare;
mod engines;
mod events;

use std::io::{Read, Write};
use std::net::TcpStream;

use between::{begin, swallow};
use compare::{compare, rows};
use events::{ask, event, guid, mixed, real_log};
use tuxmon_hunt::{
    Address, Asked, Plan, Server, Source, Store, ingest, ingest_remotely, install, recount_remotely,
    remove_remotely, shrink_remotely,
};

#[test]
fn every_view_holds_the_same() {
    for engine in engines::all() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let file = Store::open(&folder.path().join("store")).expect("a new store can be made");
        let server = engine.store();
        // What does not fit its column stays a text in a file, and goes to `extra` on a server.
        let log = mixed(300).replace(">0443<", ">443<");
        events::add(&file, folder.path(), &log);
        events::send(&server, folder.path(), &log);
        if let Some(log) = real_log() {
            ingest(&file, &[Source::File(log.clone())], |_| ()).expect("the log is stored");
            ingest_remotely(&server, &[Source::File(log)], |_| ()).expect("the log is stored");
        }
        compare(&file, &server, engine.name);
    }
}

#[test]
fn what_does_not_fit_is_kept_beside() {
    for engine in engines::all() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let server = engine.store();
        let said = [("DestinationPort", "0443"), ("ProcessGuid", "none"), ("Unheard", "of")];
        events::send(&server, folder.path(), &event("a", 1, 1, 3, &said));
        let answer = ask(&server, "SELECT DestinationPort, ProcessGuid, extra FROM network_connect");
        let kept = r#",,"{""Unheard"":""of"",""ProcessGuid"":""none"",""DestinationPort"":""0443""}""#;
        let same = |line: &str| {
            let mut parts: Vec<&str> = line.split([',', '{', '}']).collect();
            parts.sort_unstable();
            parts.join("|")
        };
        assert_eq!(answer.lines().nth(1).map(same), Some(same(kept)), "{}", engine.name);
    }
}

#[test]
fn an_event_is_stored_once() {
    for engine in engines::all() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let server = engine.store();
        let first = events::send(&server, folder.path(), &mixed(90));
        assert_eq!((first.stored.new, first.stored.known), (90, 0), "{}", engine.name);
        // The same log, longer, and with an event that stands in it twice.
        let again = events::send(&server, folder.path(), &(mixed(100) + &mixed(1)));
        assert_eq!((again.stored.new, again.stored.known), (10, 91), "{}", engine.name);
        counted(&server, 100);
    }
}

/// Events, identities and counts agree.
fn counted(server: &Server, count: u64) {
    let began = count.div_ceil(3);
    let events = ask(server, "SELECT count(), uniqExact(event), uniqExact(EventRecordID) FROM events");
    assert_eq!(events.lines().nth(1), Some(format!("{count},{count},{count}").as_str()));
    assert_eq!(ask(server, "SELECT sum(count) AS n FROM image_days"), format!("n\n{began}\n"));
    assert_eq!(ask(server, "SELECT sum(count) AS n FROM record_numbers"), format!("n\n{count}\n"));
}

#[test]
fn a_lost_acknowledgement_costs_nothing() {
    for engine in engines::all() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let server = engine.store();
        let (address, swallowed) = swallow(server.address(), 2);
        let between = Server::open(address).expect("it answers");
        let totals = events::send(&between, folder.path(), &mixed(60));
        assert_eq!((totals.stored.new, totals.stored.known), (60, 0), "{}", engine.name);
        swallowed.try_recv().expect("an answer was lost");
        counted(&server, 60);
    }
}

#[test]
fn killed_between_insert_and_acknowledgement() {
    for engine in engines::all() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let server = engine.store();
        let path = folder.path().join("log");
        std::fs::write(&path, mixed(60)).expect("the folder is ours");
        let (address, swallowed) = swallow(server.address(), u32::MAX);
        let mut client = begin(&address, &path);
        swallowed.recv().expect("an insert came");
        client.kill().expect("it is our child");
        client.wait().expect("it is our child");
        let again = begin(server.address(), &path).wait().expect("it is our child");
        assert!(again.success());
        counted(&server, 60);
    }
}

#[test]
fn what_is_there_is_installed_again_without_harm() {
    for engine in engines::all() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let address = engine.address();
        let error = Server::open(address.clone()).err().expect("there is no store").to_string();
        assert!(error.contains("store install"), "{error}");
        let connected = Server::connect(address.clone()).expect("it answers");
        assert!(install(&connected, &Plan::default(), false).expect("it is a plan").len() > 100);
        assert!(Server::open(address.clone()).is_err(), "printing makes nothing");
        install(&connected, &Plan::default(), true).expect("it can be made");
        let server = Server::open(address).expect("it is there");
        events::send(&server, folder.path(), &mixed(30));
        install(&connected, &Plan::default(), true).expect("it is there already");
        counted(&server, 30);
    }
}

/// Sends a statement that is no question.
fn execute(address: &Address, statement: &str) {
    let mut stream = TcpStream::connect((address.host.as_str(), address.port)).expect("the engine listens");
    let head = format!(
        "POST /?database={} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        address.database,
        address.host,
        statement.len()
    );
    stream.write_all((head + statement).as_bytes()).expect("it listens");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("it answers");
    assert_eq!(answer, *b"HTTP/1.1 200", "{statement}");
    let _ = stream.read_to_end(&mut Vec::new());
}

/// What two importers do who store the same events at one moment: here it is done by hand, so that it always happens.
#[test]
fn what_was_counted_twice_is_counted_anew() {
    for engine in engines::all() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let server = engine.store();
        events::send(&server, folder.path(), &mixed(90));
        let counts = || -> Vec<String> {
            ["image_days", "parents", "peers", "ip_hosts", "hash_hosts", "record_numbers", "processes"]
                .map(|view| rows(&server, view, "*").join("\n"))
                .to_vec()
        };
        let once = counts();
        execute(server.address(), "INSERT INTO raw_events SELECT * FROM raw_events WHERE EventRecordID < 50");
        assert_ne!(counts(), once, "{}", engine.name);
        assert_eq!(recount_remotely(&server).expect("it is counted"), 90);
        assert_eq!(counts(), once, "{}", engine.name);
        // A recount changes nothing where nothing is wrong, and events come in as before.
        assert_eq!(recount_remotely(&server).expect("it is counted"), 90);
        events::send(&server, folder.path(), &mixed(100));
        assert_eq!(ask(&server, "SELECT sum(count) AS n FROM record_numbers"), "n\n100\n");
    }
}

#[test]
fn removed_events_do_not_come_back() {
    for engine in engines::all() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let server = engine.store();
        events::send(&server, folder.path(), &mixed(30));
        let horizon = events::BEGIN * 1000 + 10;
        assert_eq!(remove_remotely(&server, horizon).expect("it can be removed"), 10);
        let again = events::send(&server, folder.path(), &mixed(30));
        assert_eq!((again.stored.new, again.stored.expired), (0, 10), "{}", engine.name);
    }
}

#[test]
fn the_oldest_days_go_when_a_store_is_too_large() {
    let day = 86_400_000;
    let log: String = (0..200)
        .map(|record| {
            let fields = [("ProcessGuid", &*guid(record)), ("Image", "/usr/bin/x")];
            event("a", record, record as i64 / 50 * day, 11, &fields)
        })
        .collect();
    for engine in engines::all() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let server = engine.store();
        events::send(&server, folder.path(), &log);
        let bytes = "SELECT sum(bytes) AS n FROM system.parts WHERE database = currentDatabase() AND active";
        let bytes: u64 = ask(&server, bytes)[2..].trim().parse().expect("a sum");
        let shrink = |most| shrink_remotely(&server, most).expect("it can be removed");
        assert_eq!(shrink(bytes * 2), 0, "{}", engine.name);
        // Of four days like each other two fit; what the engine writes anew meanwhile may be a little larger or smaller.
        assert_eq!(shrink(bytes * 5 / 8), 100, "{}", engine.name);
        let again = events::send(&server, folder.path(), &log);
        assert_eq!((again.stored.new, again.stored.expired), (0, 100), "{}", engine.name);
        // Whatever is asked, the last day stays.
        shrink(0);
        let again = events::send(&server, folder.path(), &log);
        assert_eq!((again.stored.new, again.stored.expired), (0, 150), "{}", engine.name);
    }
}

#[test]
fn a_question_that_is_wrong_is_answered() {
    for engine in engines::all() {
        let server = engine.store();
        let error =
            server.ask("SELECT nothing FROM nowhere", &[], &mut |_| Ok(())).expect_err("there is none");
        assert!(error.to_string().contains("nowhere"), "{error}");
    }
}
