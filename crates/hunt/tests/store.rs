//! What is stored is what was written, once.

mod events;

use std::collections::BTreeMap;

use events::{add, ask, event, guid, store};
use expect_test::expect;
use tuxmon_hunt::{Source, Store, ingest, remove_before};
use tuxmon_view::{Events, Item, Sieve};

fn ends(host: &str, record: u64, at: i64, pid: u32) -> String {
    event(
        host,
        record,
        at,
        5,
        &[
            ("ProcessGuid", &guid(record)),
            ("ProcessId", &pid.to_string()),
            ("Image", "/usr/bin/x"),
            ("User", "ada"),
        ],
    )
}

#[test]
fn an_event_is_stored_once() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let log: String = (0..100).map(|record| ends("a", record, record as i64, 5)).collect();
    let store = store(folder.path(), &[]);
    let twice = add(&store, folder.path(), &log.repeat(2)).stored;
    assert_eq!((twice.new, twice.known), (100, 100));
    let again = add(&store, folder.path(), &log).stored;
    assert_eq!((again.new, again.known), (0, 100));
    // Half of it and something new, in another order, of the same machine and of another one.
    let mixed: String = (50..150)
        .rev()
        .map(|record| ends("a", record, record as i64, 5))
        .chain([ends("b", 3, 3, 5)])
        .collect();
    let mixed = add(&store, folder.path(), &mixed).stored;
    assert_eq!((mixed.new, mixed.known), (51, 50));
    assert_eq!(ask(&store, "SELECT count(*) FROM process_terminate"), "count(*)\n151\n");
    assert_eq!(ask(&store, "SELECT count(DISTINCT event) FROM events"), "count(DISTINCT event)\n151\n");
}

#[test]
fn a_counter_that_starts_over_loses_nothing() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store(folder.path(), &[]);
    let month = 30 * 86_400_000;
    let first: String = (0..50).map(|record| ends("a", record, record as i64, 5)).collect();
    // Set up anew, and the same record numbers tell of another month; some of them of another kind of event.
    let second: String = (0..50)
        .map(|record| match record % 2 {
            0 => ends("a", record, month + record as i64, 6),
            _ => event(
                "a",
                record,
                month + record as i64,
                9,
                &[("ProcessGuid", &guid(9)), ("Device", "/dev/sda")],
            ),
        })
        .collect();
    for (log, new) in [(&first, 50), (&second, 50), (&first, 0), (&second, 0)] {
        let stored = add(&store, folder.path(), log).stored;
        assert_eq!((stored.new, stored.known), (new, 50 - new));
    }
    expect![[r#"
        stream,count
        1,50
        2,50
    "#]]
    .assert_eq(&ask(&store, "SELECT stream, count FROM record_numbers"));
}

/// An agent's record numbers start over at 2^31, and the logs around that moment come in any order and again.
#[test]
fn a_counter_that_wraps_stores_every_event_once() {
    let last = (1_u64 << 31) - 1;
    let numbers = [last - 40_000, last - 1, last, 0, 1, 40_000];
    let log = |places: std::ops::Range<usize>| -> String {
        places.map(|place| ends("a", numbers[place], place as i64, place as u32)).collect()
    };
    let (whole, before, behind) = (log(0..6), log(0..3), log(3..6));
    for order in [[&whole, &before, &behind], [&before, &behind, &whole], [&behind, &before, &whole]] {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let store = store(folder.path(), &[]);
        let stored = order.map(|log| add(&store, folder.path(), log).stored);
        assert_eq!(stored.iter().map(|stored| stored.new).sum::<u64>(), 6, "{stored:?}");
        assert_eq!(stored.iter().map(|stored| stored.known).sum::<u64>(), 6, "{stored:?}");
        assert_eq!(
            ask(&store, "SELECT ProcessId, EventRecordID FROM events ORDER BY time"),
            "ProcessId,EventRecordID\n0,2147443647\n1,2147483646\n2,2147483647\n3,0\n4,1\n5,40000\n"
        );
    }
}

/// The same within one batch, where most numbers of the round before are taken, and a second round has the same times of
/// writing but for a day.
#[test]
fn a_second_round_of_numbers_is_not_the_first() {
    let day = 86_400_000;
    let round = |number: i64| -> String {
        (0..300).map(|record| ends("a", record, number * day + record as i64, record as u32)).collect()
    };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store(folder.path(), &[]);
    let rounds = [round(0), round(1), round(2)];
    assert_eq!(add(&store, folder.path(), &rounds.concat()).stored.new, 900);
    for round in &rounds {
        let stored = add(&store, folder.path(), round).stored;
        assert_eq!((stored.new, stored.known), (0, 300));
    }
}

#[test]
fn events_without_a_number_are_told_apart_by_what_they_say() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store(folder.path(), &[]);
    let without = |pid| ends("a", 7, 7, pid).replace("<EventRecordID>7</EventRecordID>", "");
    let log = [without(1), without(2), without(1)].concat();
    let stored = add(&store, folder.path(), &log).stored;
    assert_eq!((stored.new, stored.known), (2, 1));
    assert_eq!(add(&store, folder.path(), &log).stored.known, 3);
}

/// A process that another event named first, with the number of a thread or of the program before: what the event of its
/// beginning says counts, however the log was cut into batches.
#[test]
fn the_beginning_says_what_a_process_is() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let process = guid(7);
    let said = |record, id, pid| {
        let fields = [("ProcessGuid", process.as_str()), ("ProcessId", pid), ("Image", "/usr/bin/x")];
        event("a", record, record as i64, id, &fields)
    };
    let (early, begin) = (said(1, 11, "50"), said(2, 1, "40"));
    for logs in [vec![early.clone(), begin.clone()], vec![begin.clone(), early.clone()], vec![early + &begin]]
    {
        let store = store(folder.path(), &logs.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ask(&store, "SELECT ProcessId FROM processes"), "ProcessId\n40\n");
        drop(store);
        std::fs::remove_file(folder.path().join("store")).expect("it is there");
    }
}

#[test]
fn a_place_names_its_program_as_long_as_that_is_the_only_one() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let day = 86_400_000;
    let connects = |record, at, image| {
        let fields = [
            ("ProcessGuid", guid(1)),
            ("Image", image),
            ("Protocol", "tcp".to_owned()),
            ("Initiated", "true".to_owned()),
            ("DestinationIp", "192.0.2.1".to_owned()),
            ("DestinationPort", "443".to_owned()),
        ];
        event("a", record, at, 3, &fields.each_ref().map(|(name, value)| (*name, value.as_str())))
    };
    let [curl, wget] = ["/usr/bin/curl", "/usr/bin/wget"].map(str::to_owned);
    let later = [connects(2, 2 * day, curl.clone()), connects(3, 2 * day + 1, curl)].concat();
    let store = store(folder.path(), &[&later]);
    let peers = || ask(&store, "SELECT RemoteIp, DestinationPort, Computer, Image, count FROM peers");
    let one = "RemoteIp,DestinationPort,Computer,Image,count\n192.0.2.1,443,a,/usr/bin/curl,2\n";
    assert_eq!(peers(), one);
    add(&store, folder.path(), &connects(1, 0, wget));
    assert_eq!(peers(), "RemoteIp,DestinationPort,Computer,Image,count\n192.0.2.1,443,a,,3\n");
    // The day of the other program goes.
    remove_before(&store, events::BEGIN * 1000 + day).expect("it is removed");
    assert_eq!(peers(), one);
}

#[test]
fn bad_lines_are_counted_and_shown() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store(folder.path(), &[]);
    let path = folder.path().join("log");
    let cut = &ends("a", 2, 2, 5)[..500];
    std::fs::write(&path, format!("{}{cut}\ncron: nothing\n{}", ends("a", 1, 1, 5), ends("a", 3, 3, 5)))
        .expect("the log is written");
    let mut remarks = Vec::new();
    let sources = [Source::File(path), Source::File(folder.path().join("nowhere"))];
    let totals = ingest(&store, &sources, |progress| match progress {
        tuxmon_hunt::Progress::Remark(remark) => remarks.push(remark.clone()),
        tuxmon_hunt::Progress::Read(_) | tuxmon_hunt::Progress::Stored(_) => {}
    })
    .expect("the log is stored");
    assert_eq!((totals.stored.new, totals.problems, totals.truncated, totals.unreadable), (2, 1, 1, 1));
    assert!(remarks[0].contains("line 2: the event is cut off before </Event>"), "{remarks:?}");
    assert!(remarks[1].contains("cannot read"), "{remarks:?}");
}

#[test]
fn every_value_comes_back() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let command = "a \u{1b}[31m 'b' <&> \u{202e}";
    let guid = guid(1);
    let said = [
        ("ProcessGuid", guid.as_str()),
        ("ProcessId", "007"),
        ("Image", "12"),
        ("CommandLine", command),
        ("TerminalSessionId", "4294967295"),
        ("ParentProcessGuid", "no guid"),
    ];
    let unheard = [("Unheard", "of")];
    // The second time, texts have numbers.
    let log: String =
        (1..4).map(|record| event("a", record, 1, 1, &[&said[..], &unheard].concat())).collect();
    let store = store(folder.path(), &[&log]);
    for record in 1..4 {
        let kept = values(&store, "process_create", record);
        for (name, value) in said {
            assert_eq!(kept[name].as_deref(), Some(value), "{name} of event {record}");
        }
        assert_eq!(kept["extra"].as_deref(), Some(r#"{"Unheard":"of"}"#));
    }
}

/// The events of the corpora, value by value, as another program read them.
#[test]
fn real_logs_come_back_value_by_value() {
    let Some(log) = tuxmon_testing::corpus("logs/upstream_real_1.3.3.log") else { return };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = Store::open(&folder.path().join("store")).expect("a new store can be made");
    ingest(&store, &[Source::File(log.clone())], |_| ()).expect("the log is stored");
    let mut events = Events::new(std::fs::File::open(&log).expect("it is there"), Sieve::default());
    let mut compared = 0;
    loop {
        match events.next() {
            Item::Event(event) => {
                let record = event.system().record_id.expect("it has a number");
                let spec = tuxmon_event::spec(event.id).expect("the schema has it");
                let kept = values(&store, spec.stem, record);
                for (name, value) in event.fields() {
                    let expected = Some(value).filter(|value| {
                        !matches!(*value, "-" | "" | "{00000000-0000-0000-0000-000000000000}")
                    });
                    let kept = kept[name].as_deref().map(|kept| match (value, kept) {
                        ("true", "1") => "true",
                        ("false", "0") => "false",
                        (_, kept) => kept,
                    });
                    assert_eq!(kept, expected, "{name} of event {record}");
                    compared += 1;
                }
            }
            Item::Problem(_) | Item::Pause => {}
            Item::End => break,
        }
    }
    assert!(compared > 5000, "{compared}");
}

fn values(store: &Store, view: &str, record: u64) -> BTreeMap<String, Option<String>> {
    let sql = format!("SELECT * FROM {view} WHERE event & 2147483647 = {record}");
    let mut statement = store.connection().prepare(&sql).expect("the view is there");
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([]).expect("it is answered");
    let row = rows.next().expect("it is answered").unwrap_or_else(|| panic!("{view} has no {record}"));
    let value = |index| match row.get_ref(index).expect("there is such a column") {
        rusqlite::types::ValueRef::Integer(number) => Some(number.to_string()),
        rusqlite::types::ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
        _ => None,
    };
    names.iter().enumerate().map(|(index, name)| (name.clone(), value(index))).collect()
}

#[test]
fn documents_of_elastic_are_stored() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let document = "{\"@timestamp\":\"2026-11-21T05:31:50.672Z\",\"event\":{\"code\":\"5\",\"provider\":\"Linux-Sysmon\",\
        \"created\":\"2026-11-21T05:31:50.673Z\"},\"winlog\":{\"record_id\":\"17\",\"computer_name\":\"vm\"},\
        \"process\":{\"pid\":771,\"executable\":\"/usr/bin/curl\"}}\n";
    let store = store(folder.path(), &[document]);
    assert_eq!(add(&store, folder.path(), document).stored.known, 1);
    expect![[r#"
        Computer,UtcTime,ProcessId,Image
        vm,2026-11-21 05:31:50.672,771,/usr/bin/curl
    "#]]
    .assert_eq(&ask(&store, "SELECT Computer, UtcTime, ProcessId, Image FROM process_terminate"));
}
