//! A store over two shards with two replicas each: the answers of a file, each event once, whoever is away.

#[path = "engines/between.rs"]
mod between;
#[path = "engines/compare.rs"]
mod compare;
mod engines;
mod events;

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use between::{begin, listen, swallow};
use compare::compare;
use engines::cluster::{Cluster, NAME, NODES};
use events::{ask, event, guid, mixed, real_log};
use tuxmon_hunt::story::{Subject, json, story, story_remotely};
use tuxmon_hunt::{
    Asked, Form, Server, Source, Store, find_hunt, hunts, ingest, ingest_remotely, print, recount_remotely,
    remove_remotely, shrink_remotely,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tuxmon-hunt");
const DAY: i64 = 86_400_000;

/// The cluster, for one test at a time, with all its servers.
fn cluster() -> Option<MutexGuard<'static, Cluster>> {
    static CLUSTER: OnceLock<Option<Mutex<Cluster>>> = OnceLock::new();
    let cluster = CLUSTER.get_or_init(|| Cluster::start().map(Mutex::new)).as_ref()?;
    let mut cluster = cluster.lock().unwrap_or_else(PoisonError::into_inner);
    cluster.wake();
    Some(cluster)
}

fn new_name() -> String {
    static NAMES: AtomicU32 = AtomicU32::new(0);
    format!("fleet_{}", NAMES.fetch_add(1, Ordering::Relaxed))
}

fn hunt(cluster: &Cluster, node: usize, database: &str, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(["--store", &cluster.address(node, database).to_string()])
        .args(arguments)
        .output()
        .expect("the program is there")
}

#[track_caller]
fn install(cluster: &Cluster, node: usize, database: &str, more: &[&str]) {
    let install = ["store", "install", "--cluster", NAME, "--replicated", "--sharded"];
    let output = hunt(cluster, node, database, &[&install, more].concat());
    assert!(output.status.success(), "{output:?}");
}

/// A store that was made at the first node for all of them.
fn store(cluster: &Cluster) -> String {
    let database = new_name();
    install(cluster, 0, &database, &[]);
    database
}

/// The same tables, made at each node for itself, which takes less time.
fn quick_store(cluster: &Cluster) -> String {
    let database = new_name();
    cluster.store(&database);
    cluster.settle(&database);
    database
}

fn open(cluster: &Cluster, node: usize, database: &str) -> Server {
    Server::open(cluster.address(node, database)).expect("there is a store")
}

/// Events of eight machines, so that each shard has some; by record `number`, `at` milliseconds.
fn of_many(records: std::ops::Range<u64>) -> String {
    let one = |number: u64| {
        let process = guid(number);
        let fields = [
            ("ProcessGuid", process.as_str()),
            ("ProcessId", "7"),
            ("Image", "/usr/bin/x"),
            ("Hashes", "SHA256=00ff"),
            ("User", "ada"),
        ];
        event(&format!("host{}", number % 8), number, i64::try_from(number).expect("small"), 1, &fields)
    };
    records.map(one).collect()
}

/// Events, identities and counts of a store of [`of_many`] agree.
#[track_caller]
fn counted(server: &Server, count: u64) {
    let events = ask(server, "SELECT count(), uniqExact(event), uniqExact(EventRecordID) FROM events");
    assert_eq!(events.lines().nth(1), Some(format!("{count},{count},{count}").as_str()));
    for view in ["image_days", "images", "record_numbers"] {
        assert_eq!(
            ask(server, &format!("SELECT sum(count) AS n FROM {view}")),
            format!("n\n{count}\n"),
            "{view}"
        );
    }
    assert_eq!(ask(server, "SELECT count() AS n FROM processes"), format!("n\n{count}\n"));
}

/// The rows that a node has itself.
fn own_rows(cluster: &Cluster, node: usize, database: &str) -> u64 {
    let rows = cluster.ask(node, &format!("SELECT count() FROM {database}.raw_events_local"));
    rows.trim().parse().expect("a number")
}

fn answer(store: &dyn Asked, name: &str, given: &[(String, String)]) -> String {
    let hunt = find_hunt(name).expect("it is one of them");
    let arguments = hunt.arguments(given).expect("the parameters are the hunt's");
    let mut out = Vec::new();
    store
        .run(&hunt, &arguments, &mut |rows| print(rows, &hunt.times, Form::Csv, &mut out).map(drop))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    String::from_utf8(out).expect("values are UTF-8")
}

/// Every hunt, about something that the store has.
fn compare_hunts(file: &Store, server: &Server, name: &str) {
    let first = |sql: &str| ask(file, sql).lines().nth(1).unwrap_or("none").to_owned();
    let known = [
        ("address", first("SELECT ip FROM ips ORDER BY count DESC, ip")),
        ("domain", first("SELECT domain FROM domains ORDER BY count DESC, domain")),
        ("hash", first("SELECT hash FROM hashes ORDER BY count DESC, hash")),
    ];
    for hunt in hunts() {
        let needed = hunt.parameters.iter().filter(|parameter| parameter.default.is_none());
        let given: Vec<(String, String)> = needed
            .map(|parameter| {
                let value = known.iter().find(|(name, _)| *name == parameter.name);
                let (name, value) = value.expect("the test knows what each hunt needs");
                ((*name).to_owned(), value.clone())
            })
            .collect();
        let (here, there) = (answer(file, hunt.name, &given), answer(server, hunt.name, &given));
        assert_eq!(there, here, "{} {given:?} at {name}", hunt.name);
    }
}

/// What `cargo xtask log` wrote for this, twenty machines at work.
fn varied_log() -> Option<PathBuf> {
    let log = std::env::var_os("TUXMON_VARIED_LOG").map(PathBuf::from).filter(|log| log.is_file());
    if log.is_none() {
        eprintln!(
            "SKIP a log of many machines: TUXMON_VARIED_LOG names none; make test-clickhouse writes one"
        );
    }
    log
}

#[test]
fn every_answer_is_that_of_a_file() {
    let Some(cluster) = cluster() else { return };
    let database = store(&cluster);
    // What is there stays.
    install(&cluster, 3, &database, &[]);
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = Store::open(&folder.path().join("store")).expect("a new store can be made");
    let first = open(&cluster, 0, &database);
    let last = open(&cluster, 3, &database);
    for (log, server) in [(mixed(300).replace(">0443<", ">443<"), &first), (of_many(1000..1100), &last)] {
        events::add(&file, folder.path(), &log);
        events::send(server, folder.path(), &log);
    }
    for (log, server) in [(real_log(), &last), (varied_log(), &first)] {
        if let Some(log) = log {
            ingest(&file, &[Source::File(log.clone())], |_| ()).expect("the log is stored");
            ingest_remotely(server, &[Source::File(log)], |_| ()).expect("the log is stored");
        }
    }
    cluster.settle(&database);
    let rows: Vec<u64> = (0..NODES).map(|node| own_rows(&cluster, node, &database)).collect();
    assert!(rows[0] > 0 && rows[2] > 0, "each shard has some: {rows:?}");
    assert_eq!((rows[0], rows[2]), (rows[1], rows[3]), "replicas have the same");
    for node in 0..NODES {
        let (server, name) = (open(&cluster, node, &database), format!("node {node}"));
        compare(&file, &server, &name);
        compare_hunts(&file, &server, &name);
        for subject in [guid(1001), "7@host3".to_owned(), "/usr/bin/x".to_owned(), "198.51.100.9".to_owned()]
        {
            let subject: Subject = subject.parse().expect("it is a subject");
            let here = json(&story(&file, &subject).expect("it is told"));
            let there =
                story_remotely(&server, &subject).unwrap_or_else(|error| panic!("{subject:?}: {error}"));
            assert_eq!(json(&there), here, "{subject:?} at {name}");
        }
    }
}

#[test]
fn an_event_is_stored_once_whichever_server_takes_it() {
    let Some(cluster) = cluster() else { return };
    let database = quick_store(&cluster);
    let folder = tempfile::tempdir().expect("a temporary directory");
    // Answers get lost, and the import goes on.
    let (address, swallowed) = swallow(&cluster.address(1, &database), 2);
    let between = Server::open(address).expect("it answers");
    let totals = events::send(&between, folder.path(), &of_many(0..60));
    assert_eq!((totals.stored.new, totals.stored.known), (60, 0));
    swallowed.try_recv().expect("an answer was lost");
    counted(&open(&cluster, 1, &database), 60);
    // The importer is killed before it has its answer, and another one begins at another server.
    let path = folder.path().join("log");
    std::fs::write(&path, of_many(0..160)).expect("the folder is ours");
    let (address, swallowed) = swallow(&cluster.address(2, &database), u32::MAX);
    let mut importer = begin(&address, &path);
    swallowed.recv().expect("an insert came");
    importer.kill().expect("it is our child");
    importer.wait().expect("it is our child");
    let again = begin(&cluster.address(1, &database), &path).wait().expect("it is our child");
    assert!(again.success());
    cluster.settle(&database);
    (0..NODES).for_each(|node| counted(&open(&cluster, node, &database), 160));
}

/// A server may be asked what it has while another one's copies have not come to it yet.
#[test]
fn a_replica_that_lags_behind_is_not_believed() {
    let Some(cluster) = cluster() else { return };
    let database = quick_store(&cluster);
    let folder = tempfile::tempdir().expect("a temporary directory");
    for node in [1, 3] {
        cluster.ask(node, &format!("SYSTEM STOP FETCHES {database}.raw_events_local"));
    }
    let path = folder.path().join("log");
    std::fs::write(&path, of_many(0..80)).expect("the folder is ours");
    assert!(begin(&cluster.address(0, &database), &path).wait().expect("it is our child").success());
    let all = own_rows(&cluster, 0, &database) + own_rows(&cluster, 2, &database);
    let (address, asks) = listen(&cluster.address(1, &database), b"SELECT event FROM raw_events");
    let mut importer = begin(&address, &path);
    // It asks again, since it is not answered; or it believes what it hears, and ends.
    let mut asked = 0;
    engines::cluster::wait_for("the importer", || {
        asked += asks.try_iter().count();
        asked > 1 || importer.try_wait().expect("it is our child").is_some()
    });
    for node in [1, 3] {
        cluster.ask(node, &format!("SYSTEM START FETCHES {database}.raw_events_local"));
    }
    assert!(importer.wait().expect("it is our child").success());
    cluster.settle(&database);
    assert!(all > 0);
    (0..NODES).for_each(|node| counted(&open(&cluster, node, &database), 80));
}

/// What a server is sent again as it was, it knows by itself.
#[test]
fn a_block_that_comes_twice_counts_once() {
    let Some(cluster) = cluster() else { return };
    let database = quick_store(&cluster);
    let folder = tempfile::tempdir().expect("a temporary directory");
    events::send(&open(&cluster, 0, &database), folder.path(), &of_many(0..80));
    let other = quick_store(&cluster);
    // Two servers of one shard are given the same rows at one moment.
    let copy = format!(
        "INSERT INTO {other}.raw_events_local SELECT * FROM {database}.raw_events_local ORDER BY event"
    );
    cluster.settle(&database);
    for node in 0..NODES {
        cluster.ask(node, &copy);
    }
    cluster.settle(&other);
    (0..NODES).for_each(|node| counted(&open(&cluster, node, &other), 80));
}

#[test]
fn who_was_away_is_not_missed_and_comes_back() {
    let Some(mut cluster) = cluster() else { return };
    let database = quick_store(&cluster);
    let folder = tempfile::tempdir().expect("a temporary directory");
    events::send(&open(&cluster, 1, &database), folder.path(), &of_many(0..80));
    cluster.settle(&database);
    cluster.stop(1);
    cluster.stop(2);
    for node in [0, 3] {
        let server = open(&cluster, node, &database);
        counted(&server, 80);
        assert!(answer(&server, "images", &[]).contains("/usr/bin/x"));
    }
    let more = events::send(&open(&cluster, 0, &database), folder.path(), &of_many(40..200));
    assert_eq!((more.stored.new, more.stored.known), (120, 40));
    counted(&open(&cluster, 3, &database), 200);
    cluster.wake();
    // At once, at one that may not have all yet.
    let again = events::send(&open(&cluster, 1, &database), folder.path(), &of_many(0..240));
    assert_eq!((again.stored.new, again.stored.known), (40, 200));
    cluster.settle(&database);
    let rows: Vec<u64> = (0..NODES).map(|node| own_rows(&cluster, node, &database)).collect();
    assert_eq!((rows[0], rows[2], rows[0] + rows[2]), (rows[1], rows[3], 240));
    (0..NODES).for_each(|node| counted(&open(&cluster, node, &database), 240));
}

#[test]
fn counts_are_made_anew_on_all_shards() {
    let Some(cluster) = cluster() else { return };
    let database = store(&cluster);
    let folder = tempfile::tempdir().expect("a temporary directory");
    let server = open(&cluster, 0, &database);
    events::send(&server, folder.path(), &of_many(0..80));
    cluster.settle(&database);
    // Each shard gets some again, in another order, so that nobody knows the block.
    for node in [0, 2] {
        let table = format!("{database}.raw_events_local");
        let twice = "SELECT * FROM {} WHERE EventRecordID % 3 = 0 ORDER BY EventRecordID DESC";
        cluster.ask(node, &format!("INSERT INTO {table} {}", twice.replace("{}", &table)));
    }
    assert_ne!(ask(&server, "SELECT sum(count) AS n FROM image_days"), "n\n80\n");
    for _ in 0..2 {
        assert_eq!(recount_remotely(&server).expect("it is counted"), 80);
        cluster.settle(&database);
        cluster.ask(0, &format!("OPTIMIZE TABLE {database}.raw_events_local FINAL"));
        cluster.ask(2, &format!("OPTIMIZE TABLE {database}.raw_events_local FINAL"));
        (0..NODES).for_each(|node| counted(&open(&cluster, node, &database), 80));
    }
    events::send(&server, folder.path(), &of_many(0..100));
    cluster.settle(&database);
    (0..NODES).for_each(|node| counted(&open(&cluster, node, &database), 100));
}

/// Waits until no server has anything left to remove.
fn removed(cluster: &Cluster, database: &str, left: u64) {
    for node in 0..NODES {
        let own =
            format!("SELECT count() FROM system.mutations WHERE database = '{database}' AND NOT is_done");
        engines::cluster::wait_for("a removal", || cluster.ask(node, &own) == "0\n");
    }
    let rows: u64 = [0, 2].iter().map(|node| own_rows(cluster, *node, database)).sum();
    assert_eq!(rows, left);
    assert_eq!(own_rows(cluster, 1, database) + own_rows(cluster, 3, database), left);
}

/// Events of three days, ten on each, of many machines.
fn of_days() -> String {
    (0..30_u64)
        .map(|record| {
            let number = |number: u64| i64::try_from(number).expect("small");
            let at = number(record / 10) * DAY + number(record);
            event(
                &format!("host{}", record % 8),
                record,
                at,
                11,
                &[("ProcessGuid", &guid(record)), ("Image", "/x")],
            )
        })
        .collect()
}

#[test]
fn days_that_are_over_go_from_all_shards() {
    let Some(cluster) = cluster() else { return };
    let database = store(&cluster);
    let folder = tempfile::tempdir().expect("a temporary directory");
    let server = open(&cluster, 3, &database);
    events::send(&server, folder.path(), &of_days());
    cluster.settle(&database);
    assert_eq!(remove_remotely(&server, events::BEGIN * 1000 + DAY).expect("it can be removed"), 10);
    removed(&cluster, &database, 20);
    let again = events::send(&open(&cluster, 0, &database), folder.path(), &of_days());
    assert_eq!((again.stored.new, again.stored.expired), (0, 10));
    let error = shrink_remotely(&server, 1).expect_err("nobody knows the sizes").to_string();
    assert!(error.contains("say days"), "{error}");
    let output = hunt(&cluster, 1, &database, &["retain", "--days", "1"]);
    assert!(output.status.success(), "{output:?}");
    removed(&cluster, &database, 10);
}

/// Servers that cannot pass statements on are told one by one.
#[test]
fn each_server_can_be_told_for_itself() {
    let Some(cluster) = cluster() else { return };
    let database = new_name();
    for node in [2, 0, 3, 1] {
        install(&cluster, node, &database, &["--each"]);
    }
    let folder = tempfile::tempdir().expect("a temporary directory");
    let server = open(&cluster, 0, &database);
    events::send(&server, folder.path(), &of_many(0..80));
    cluster.settle(&database);
    (0..NODES).for_each(|node| counted(&open(&cluster, node, &database), 80));
    let own: Vec<String> = [1, 2]
        .iter()
        .map(|node| {
            let output = hunt(&cluster, *node, &database, &["store", "recount"]);
            assert!(output.status.success(), "{output:?}");
            String::from_utf8_lossy(&output.stderr).into_owned()
        })
        .collect();
    assert!(own.iter().all(|said| said.contains("one server of each other shard")), "{own:?}");
    cluster.settle(&database);
    (0..NODES).for_each(|node| counted(&open(&cluster, node, &database), 80));
    events::send(&server, folder.path(), &of_days().replace("/x<", "/y<"));
    cluster.settle(&database);
    for node in [0, 3] {
        let output = hunt(&cluster, node, &database, &["retain", "--days", "1"]);
        assert!(output.status.success(), "{output:?}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("one server of each other shard"),
            "{output:?}"
        );
    }
    removed(&cluster, &database, 10);
}

#[test]
fn what_is_wrong_with_a_plan_is_said() {
    let Some(cluster) = cluster() else { return };
    let output = hunt(&cluster, 0, &new_name(), &["store", "install", "--cluster", "nobody", "--replicated"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("nobody"), "{said}");
}
