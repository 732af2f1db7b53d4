//! Rules and lists over a store find what they find in the log that it was filled from.

mod engines;
mod events;

use events::{event, guid, store};
use tuxmon_detect::{Alert, Detector, Limits, Rules};
use tuxmon_hunt::{Lists, look, look_remotely, read_list};
use tuxmon_intel::Indicators;
use tuxmon_reader::{ReadEvent, Reader};
use tuxmon_sigma::{ENVELOPE_FIELDS, Event, Origin, Placeholders, RuleFiles, milliseconds};

const EVERYTHING: Limits = Limits { same_again: 0, per_minute: u32::MAX };

fn rules(texts: &[(String, String)], indicators: Indicators) -> Rules {
    let mut files = RuleFiles::default();
    for (name, text) in texts {
        files.add(name, text);
    }
    Rules::new(files.compile(&Placeholders::new()).0, indicators, None)
}

/// What makes two alerts the same, wherever they were found.
fn key(alert: &Alert) -> String {
    let record = alert.value("EventRecordID").unwrap_or_default();
    format!("{} {} {record} {:?}", alert.last, alert.heading.title, alert.matched)
}

fn in_store(log: &str, rules: Rules) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store(folder.path(), &[log]);
    let mut found = Vec::new();
    let mut detector = Detector::new(rules, EVERYTHING);
    look(&store, &mut detector, None, &mut |alert| found.push(key(&alert)), &mut |_| ())
        .expect("it can be read");
    found.sort();
    found
}

/// The same on a server.
fn on_server(engine: &engines::Engine, log: &str, rules: Rules) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let server = engine.store();
    events::send(&server, folder.path(), log);
    let mut found = Vec::new();
    let mut detector = Detector::new(rules, EVERYTHING);
    look_remotely(&server, &mut detector, None, &mut |alert| found.push(key(&alert)), &mut |_| ())
        .expect("it can be read");
    found.sort();
    found
}

/// The same as the agent and `tuxmon sigma match` see it: one event after another.
fn in_stream(log: &str, rules: Rules) -> Vec<String> {
    let mut found = Vec::new();
    let mut detector = Detector::new(rules, EVERYTHING);
    let mut tell = |alert: Alert| found.push(key(&alert));
    let mut read: Vec<ReadEvent> = Reader::new(log.as_bytes()).flatten().collect();
    let time = |event: &ReadEvent| event.value("UtcTime").and_then(milliseconds).unwrap_or_default();
    read.sort_by_key(time);
    for event in &read {
        let system = &event.system;
        let (id, record) = (system.event_id.to_string(), system.record_id.unwrap_or_default().to_string());
        let envelope = [&id, &system.provider, &system.channel, &system.computer, &system.computer];
        let own = event.data.iter().map(|datum| (datum.name.as_str(), datum.value.as_str()));
        let envelope = ENVELOPE_FIELDS.iter().copied().zip(envelope.map(String::as_str));
        let fields: Vec<(&str, &str)> =
            own.chain(envelope).chain([("EventRecordID", record.as_str())]).collect();
        let origin = Origin::of_envelope(&system.provider, &system.channel, system.event_id);
        detector.look(&Event { origin, time: time(event), fields: &fields }, time(event), &mut tell);
    }
    detector.finish(i64::MAX, &mut tell);
    found.sort();
    found
}

#[test]
fn the_store_and_the_stream_give_the_same_answers() {
    let Some(corpora) = tuxmon_testing::corpus("") else { return };
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/sigma");
    let texts: Vec<(String, String)> = [corpora.join("sigma/rules"), own]
        .iter()
        .flat_map(|folder| tuxmon_testing::files_below(folder, ".yml"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(path).expect("rules are text")))
        .collect();
    for (log, least) in [("sigma/truth/events.log", 100), ("logs/upstream_real_1.3.3.log", 1)] {
        // Whatever is no UTF-8 in it is the same in both.
        let log = std::fs::read(corpora.join(log)).expect("it can be read");
        let log = String::from_utf8_lossy(&log);
        let stream = in_stream(&log, rules(&texts, Indicators::default()));
        let store = in_store(&log, rules(&texts, Indicators::default()));
        assert!(stream.len() >= least, "{} alerts", stream.len());
        assert_eq!(store, stream);
        for engine in engines::all() {
            let server = on_server(engine, &log, rules(&texts, Indicators::default()));
            assert_eq!(server, stream, "{}", engine.name);
        }
    }
}

#[test]
fn correlations_see_the_events_of_all_tables_in_the_order_of_time() {
    let rule = "title: Starts\nname: starts\nlogsource: {category: process_creation, product: linux}\n\
                detection: {a: {Image: /bin/sh}, condition: a}\n---\n\
                title: Connects\nname: connects\nlogsource: {category: network_connection, product: linux}\n\
                detection: {a: {Image: /bin/sh}, condition: a}\n---\n\
                title: Started and Connected\ncorrelation: {type: temporal_ordered, rules: [starts, connects], group-by: [ProcessGuid], timespan: 1m}\n";
    let own = guid(7);
    let fields = [("ProcessGuid", own.as_str()), ("ProcessId", "7"), ("Image", "/bin/sh"), ("User", "ada")];
    // The connection is stored before the start, and happened after it.
    let log = event("a", 1, 2000, 3, &fields) + &event("a", 2, 1000, 1, &fields);
    let texts = [("r.yml".to_owned(), rule.to_owned())];
    let found = in_store(&log, rules(&texts, Indicators::default()));
    assert_eq!(found, in_stream(&log, rules(&texts, Indicators::default())));
    assert!(found.iter().any(|alert| alert.contains("Started and Connected")), "{found:?}");
    for engine in engines::all() {
        let server = on_server(engine, &log, rules(&texts, Indicators::default()));
        assert_eq!(server, found, "{}", engine.name);
    }
}

#[test]
fn lists_that_are_kept_find_what_they_name() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("feed.txt");
    std::fs::write(&file, "192.0.2.0/24 a \"network\", noted\nevil.example\n").expect("the folder is ours");
    let lists = Lists::of_store(&folder.path().join("store"));
    let (list, diagnostics) = read_list(&file, None, Some(5000)).expect("it can be read");
    assert_eq!(diagnostics, []);
    lists.keep(&list).expect("the folder is ours");
    assert_eq!(lists.read().expect("they can be read"), [list], "what is kept comes back as it was");
    let kept = lists.kept(5000).expect("they can be read");
    assert_eq!((kept[0].source.as_str(), kept[0].count, kept[0].expired), ("feed", 2, 2));
    let own = guid(7);
    let fields = [
        ("ProcessGuid", own.as_str()),
        ("ProcessId", "7"),
        ("Image", "/usr/bin/curl"),
        ("User", "ada"),
        ("DestinationIp", "192.0.2.9"),
    ];
    let log = event("a", 1, 2000, 3, &fields);
    let alive = || {
        let (list, _) = read_list(&file, None, None).expect("it can be read");
        rules(&[], Indicators::new(vec![list]))
    };
    assert_eq!(in_store(&log, alive()).len(), 1);
    for engine in engines::all() {
        assert_eq!(on_server(engine, &log, alive()).len(), 1, "{}", engine.name);
    }
    let expired = rules(&[], Indicators::new(lists.read().expect("they can be read")));
    assert_eq!(in_store(&log, expired), Vec::<String>::new());
    assert!(lists.remove("feed").expect("the folder is ours"));
    assert_eq!(lists.read().expect("they can be read"), []);
}
