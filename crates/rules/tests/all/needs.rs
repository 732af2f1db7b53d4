//! What the rules ask of the rest of the agent, and how they explain themselves.

use std::collections::BTreeMap;

use crate::support::Values;
use tuxmon_config::Config;
use tuxmon_event::{Event, EventSpec, Guid, Text, Timestamp, generated, spec};
use tuxmon_rules::{Known, Rules, Scratch, Verdict, collects};

fn rules(filtering: &str) -> Rules {
    Rules::compile(&config(filtering))
}

fn config(filtering: &str) -> Config {
    let text =
        format!("<Sysmon schemaversion='4.90'><EventFiltering>\n{filtering}\n</EventFiltering></Sysmon>");
    let (config, diagnostics) = Config::parse(text.as_bytes(), "needs.xml");
    config.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

fn event(id: u16) -> &'static EventSpec {
    spec(id).expect("an event of the schema")
}

#[test]
fn only_what_a_block_speaks_about_is_collected() {
    let config = config(
        "<NetworkConnect onmatch='exclude'/><FileDeleteDetected onmatch='exclude'/><PipeEvent onmatch='exclude'/>",
    );
    let collected: Vec<u16> =
        tuxmon_event::EVENTS.iter().map(|event| event.id).filter(|&id| collects(&config, id)).collect();
    assert_eq!(collected, [255, 1, 3, 4, 5, 16, 17, 18]);
    assert!(!collects(&config, 999));
}

#[test]
fn what_every_block_drops_is_not_collected() {
    let collected = |filtering: &str| collects(&config(filtering), 3);
    assert!(!collected("<NetworkConnect onmatch='include'/>"));
    assert!(!collected("<NetworkConnect onmatch='exclude'/><NetworkConnect onmatch='include'/>"));
    assert!(collected(
        "<NetworkConnect onmatch='include'/>\
         <NetworkConnect onmatch='include'><Image condition='contains'>x</Image></NetworkConnect>"
    ));
    assert!(collected(
        "<NetworkConnect onmatch='exclude'><Image condition='contains'>x</Image></NetworkConnect>"
    ));
}

#[test]
fn only_filtered_fields_are_read() {
    let rules =
        rules("<FileDelete onmatch='include'><Hashes>x</Hashes><Rule><User>root</User></Rule></FileDelete>");
    let delete = event(23);
    let read: Vec<_> = delete
        .fields
        .iter()
        .enumerate()
        .filter(|&(at, _)| rules.reads(23, at))
        .map(|(_, field)| field.name)
        .collect();
    assert_eq!(read, ["User", "Hashes"]);
    assert!(!rules.reads(23, 200) && !rules.reads(999, 0));
}

#[test]
fn our_events_are_judged_by_their_printed_values() {
    let rules = rules(
        "<RawAccessRead onmatch='include'><ProcessId name='by pid' condition='begin with'>12</ProcessId></RawAccessRead>",
    );
    let event = Event::RawAccessRead(generated::RawAccessRead {
        rule_name: Text::EMPTY,
        utc_time: Timestamp(0),
        process_guid: Guid::NIL,
        process_id: 1234,
        image: Text::from("/bin/dd"),
        device: Text::from("/dev/sda"),
        user: Text::EMPTY,
    });
    let verdict = rules.verdict(event.id(), &event, &mut Scratch::new());
    assert_eq!(verdict, Verdict::Keep { rule_name: Text::from("by pid") });
}

/// Whether all FileCreate events of an image are dropped.
#[track_caller]
fn drops_all(filtering: &str, image: &str, expected: bool) {
    let position = event(11).position("Image").expect("it has an image");
    assert_eq!(
        rules(filtering).drops_all(11, &[(position, Known::Is(image))]),
        expected,
        "{image}: {filtering}"
    );
}

#[test]
fn one_field_may_decide_alone() {
    const NOISY: &str =
        "<FileCreate onmatch='exclude'><Image condition='begin with'>/usr/</Image></FileCreate>";
    drops_all(NOISY, "/USR/bin/x", true);
    drops_all(NOISY, "/opt/x", false);
    drops_all("", "/opt/x", true);
    drops_all("<FileCreate onmatch='exclude'/>", "/opt/x", false);
    drops_all("<FileCreate onmatch='include'/>", "/opt/x", true);
    drops_all("<FileCreate onmatch='include'><User>root</User></FileCreate>", "/opt/x", false);
    drops_all("<FileCreate onmatch='include'><Image>/opt/y</Image></FileCreate>", "/opt/x", true);
    // An exclusion decides only when it matches whatever the rest is, an inclusion when it cannot match.
    drops_all(
        "<FileCreate onmatch='exclude'><Rule groupRelation='and'><Image>/opt/x</Image><User>root</User></Rule>\
         </FileCreate>",
        "/opt/x",
        false,
    );
    drops_all(
        "<FileCreate onmatch='include'><Rule groupRelation='and'><Image>/opt/y</Image><User>root</User></Rule>\
         </FileCreate>",
        "/opt/x",
        true,
    );
    // Several blocks that exclude drop what none of them matches.
    drops_all(&NOISY.repeat(2), "/opt/x", true);
    let two =
        format!("{NOISY}<FileCreate onmatch='include'><TargetFilename>/x</TargetFilename></FileCreate>");
    drops_all(&two, "/usr/x", true);
    drops_all(&two, "/opt/x", false);
    let never = rules("");
    assert!(!never.drops_all(255, &[]) && never.drops_all(999, &[]));
}

#[track_caller]
fn explains(filtering: &str, id: u16, image: &str, expected: &str) {
    let values = BTreeMap::from([("Image".to_owned(), image.to_owned())]);
    let source = Values { event: event(id), values: &values };
    assert_eq!(rules(filtering).explain(id, &source, &mut Scratch::new()).to_string(), expected);
}

#[test]
fn explanations_name_lines() {
    const BLOCKS: &str = "<ProcessCreate onmatch='include'>\n\
        <Rule name='n' groupRelation='and'>\n\
        <Image condition='begin with'>/usr</Image>\n\
        <Image condition='end with'>ls</Image></Rule></ProcessCreate>\n\
        <ProcessCreate onmatch='exclude'>\n\
        <Image>/bin/ls</Image></ProcessCreate>";
    explains(
        BLOCKS,
        1,
        "/usr/bin/ls",
        "logged as 'n': line 5 (Image end with 'ls') in the Rule of line 3 in the include block of line 2",
    );
    explains(BLOCKS, 1, "/bin/ls", "dropped: line 7 (Image is '/bin/ls') in the exclude block of line 6");
    explains(BLOCKS, 1, "/opt/ls", "dropped: none of the blocks in lines 2, 6 matches");
    explains(BLOCKS, 5, "/bin/ls", "logged: no block speaks about this event, this is its default");
    explains(BLOCKS, 4, "", "logged: this event is never filtered");
    explains("<FileCreate onmatch='exclude'/>", 11, "", "logged: the only block, in line 2, does not match");
}
