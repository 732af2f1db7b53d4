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
    engine.send(&server, folder.path(), log);
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
        for engine in engines::everywhere() {
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
    for engine in engines::everywhere() {
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
    for engine in engines::everywhere() {
        assert_eq!(on_server(engine, &log, alive()).len(), 1, "{}", engine.name);
    }
    let expired = rules(&[], Indicators::new(lists.read().expect("they can be read")));
    assert_eq!(in_store(&log, expired), Vec::<String>::new());
    assert!(lists.remove("feed").expect("the folder is ours"));
    assert_eq!(lists.read().expect("they can be read"), []);
}

/// Rules that ask in every way: texts, wildcards, expressions, networks, absence, numbers, and two correlations.
const ASKING: &str = "title: Starts\nname: starts\nlogsource: {category: process_creation, product: linux}\n\
    detection: {a: {Image|endswith: [/sh, '/p?thon']}, b: {CommandLine|contains|all: [' -', é]}, condition: a or b}\n---\n\
    title: Nobody\nlogsource: {category: process_creation, product: linux}\n\
    detection: {a: {User: null}, b: {User: '-'}, c: {Image|exists: true}, condition: (a or b) and c}\n---\n\
    title: Expression\nlogsource: {category: process_creation, product: linux}\n\
    detection: {a: {CommandLine|re: '^[a-z]+ -[0-9]{1,3}$'}, condition: a}\n---\n\
    title: Network\nname: network\nlogsource: {category: network_connection, product: linux}\n\
    detection: {a: {DestinationIp|cidr: [10.0.0.0/9, '2001:db8::/33']}, b: {DestinationPort|gt: 1000}, condition: a and not b}\n---\n\
    title: Keyword\nlogsource: {product: linux, service: sysmon}\ndetection: {a: ['ada', '*x*y*'], condition: a}\n---\n\
    title: Many Starts\ncorrelation: {type: event_count, rules: [starts], group-by: [User], timespan: 5s, condition: {gte: 3}, generate: true}\n---\n\
    title: Then Connects\ncorrelation: {type: temporal_ordered, rules: [starts, network], group-by: [Computer], timespan: 3s, generate: true}\n";

/// Events that nobody would make up, and that come in the order of records, not of time.
fn thrown(dice: &mut tuxmon_testing::Dice) -> String {
    let mut log = String::new();
    for record in 1..=199_u64 {
        let own = guid(dice.below(9) as u64 + 1);
        let pid = dice.below(9).to_string();
        let image = dice.of(&["/bin/sh", "/usr/bin/python", "/bin/true", "/tmp/ é <x>&y", "-"]);
        let user = dice.of(&["ada", "root", "-"]);
        let number = dice.below(2000).to_string();
        let line =
            format!("{} -{number}{}", dice.of(&["tool", "x y", "é"]), dice.of(&["", " é", "\"", " ada"]));
        let ip = dice.of(&["10.1.2.3", "10.200.2.3", "2001:db8::1", "2001:db8:8000::1", "-"]);
        let mut fields = vec![("ProcessGuid", own.as_str()), ("ProcessId", &pid), ("Image", image)];
        // In the order of the schema, in which the store has them.
        let id = if dice.below(3) == 0 {
            fields.extend([("User", user), ("DestinationIp", ip), ("DestinationPort", number.as_str())]);
            3
        } else {
            fields.extend([("CommandLine", line.as_str()), ("User", user)]);
            1
        };
        // No two events at one moment: their order is nobody's promise.
        let at = (record as i64 * 7919) % 199 * 50;
        log += &event(dice.of(&["a", "b"]), record, at, id, &fields);
    }
    log
}

#[test]
fn whatever_happens_store_and_stream_tell_the_same() {
    let texts = [("asking.yml".to_owned(), ASKING.to_owned())];
    let (mut dice, mut told) = (tuxmon_testing::Dice::new(7), 0);
    for round in 0..8 {
        let log = thrown(&mut dice);
        let stream = in_stream(&log, rules(&texts, Indicators::default()));
        let store = in_store(&log, rules(&texts, Indicators::default()));
        told += stream.len();
        let only = |these: &[String], others: &[String]| -> Vec<String> {
            these.iter().filter(|alert| !others.contains(alert)).cloned().collect()
        };
        let differ = (only(&store, &stream), only(&stream, &store));
        assert_eq!(
            differ,
            (Vec::new(), Vec::new()),
            "round {round}: in the store alone, in the stream alone"
        );
        assert_eq!(store.len(), stream.len(), "round {round}");
        for title in ["Starts", "Nobody", "Expression", "Network", "Keyword", "Many Starts", "Then Connects"]
        {
            assert!(stream.iter().any(|alert| alert.contains(title)), "round {round}: {title} never spoke");
        }
    }
    assert!(told > 1000, "{told} alerts");
}
