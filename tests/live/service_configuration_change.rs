//! Event 16: which configuration is in use; and what a new one does to the events that happen meanwhile.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use crate::agent::{Agent, EVERYTHING, Home};
use crate::deed::{self, Deed, Doing, Folder, tell};
use crate::expected::{Expected, Want, compare, file_create, life};
use crate::process::{printed_path, sha256_field};
use crate::tests;
use crate::time::{Span, now};
use crate::watch::{Watch, actor, patience, read_all};

tests![
    names_the_file_and_its_hash,
    a_new_configuration_loses_nothing,
    a_new_configuration_is_obeyed,
    a_bad_configuration_is_refused,
];

pub(crate) const DEEDS: &[Deed] = &[Deed { name: "create-until-told", run: create_until_told }];

fn configuration(home: &Home, when: Span) -> Expected {
    Expected {
        id: 16,
        fields: vec![
            ("UtcTime", Want::During(when)),
            ("Configuration", Want::Is(printed_path(&home.configuration()))),
            ("ConfigurationFileHash", Want::Is(sha256_field(&home.configuration()))),
        ],
    }
}

fn names_the_file_and_its_hash() {
    let home = Home::new(EVERYTHING);
    let (_agent, starting) = Span::of(|| home.start());
    let events = read_all(&home.events());
    compare(&[&events[0]], &[configuration(&home, starting)])
        .unwrap_or_else(|difference| panic!("{difference}"));
}

/// Asks for the new configuration and waits until the agent says that it has it, or not.
#[track_caller]
fn reload(agent: &Agent, watch: &mut Watch, answer: u16) {
    agent.signal(Signal::HUP);
    watch.within(patience());
    let answered = watch.until(|event| event.system.event_id == answer);
    assert!(answered, "no event {answer} within 10 seconds: {}", agent.log());
}

fn a_new_configuration_loses_nothing() {
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    let agent = home.start();
    let mut watch = agent.watch();
    let mut doing = Doing::start(deed::command("create-until-told", &[folder.path().as_os_str()]));
    doing.truth();
    for change in 0..5 {
        home.configure(&format!("{EVERYTHING}<!-- change {change} -->"));
        let since = now();
        reload(&agent, &mut watch, 16);
        let event = watch.seen.last().expect("it has just come");
        let expected = configuration(&home, Span::since(since));
        compare(&[event], &[expected]).unwrap_or_else(|difference| panic!("{difference}"));
    }
    doing.go_on();
    let made = doing.truth()["made"].as_u64().expect("the deed tells a number");
    let process = doing.finish();
    let created = (0..made).map(|number| file_create(&process, &folder.join(format!("file {number}"))));
    watch.expect(&[process.pid], &life(&process, created));
}

/// Creates files, a thousand in a second, until the test says that it is enough.
fn create_until_told(arguments: &[OsString]) -> anyhow::Result<()> {
    let told = std::thread::spawn(deed::wait_for_word);
    let deadline = Instant::now() + patience();
    tell(&json!("begun"))?;
    let mut made = 0;
    while !told.is_finished() && Instant::now() < deadline {
        File::create_new(Path::new(&arguments[0]).join(format!("file {made}")))?;
        made += 1;
        std::thread::sleep(Duration::from_millis(1));
    }
    tell(&json!({ "made": made }))
}

fn a_new_configuration_is_obeyed() {
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    let agent = home.start();
    let mut watch = agent.watch();
    let without_files =
        EVERYTHING.replace("<FileCreate onmatch=\"exclude\"/>", "<FileCreate onmatch=\"include\"/>");
    let named = without_files.replace(
        "<ProcessCreate onmatch=\"exclude\"/>",
        "<ProcessCreate onmatch=\"include\"><Image name=\"T1 ours\" condition=\"begin with\">/</Image></ProcessCreate>",
    );
    home.configure(&named);
    reload(&agent, &mut watch, 16);
    let unseen = folder.join("unseen");
    let doing = Doing::start(deed::command("create", &[unseen.as_os_str()]));
    let process = doing.finish();
    // The usual sentinel creates a file, which this configuration does not log. Both processes wait for the same hash.
    let last = deed::perform("nothing", &[]);
    let mut missing = BTreeSet::from([(process.pid, 1), (process.pid, 5), (last.pid, 1), (last.pid, 5)]);
    watch.within(patience());
    let complete = watch.until(|event| {
        missing.remove(&(actor(event).unwrap_or(0), event.system.event_id));
        missing.is_empty()
    });
    assert!(complete, "still missing: {missing:?}");
    let mut expected = life(&process, []);
    expected[0] = crate::expected::process_create(&process).with("RuleName", Want::Is("T1 ours".to_owned()));
    compare(&watch.of(&[process.pid]), &expected).unwrap_or_else(|differences| panic!("{differences}"));

    home.configure(EVERYTHING);
    reload(&agent, &mut watch, 16);
    let seen = folder.join("seen again");
    let process = deed::perform("create", &[seen.as_os_str()]);
    watch.expect(&[process.pid], &life(&process, [file_create(&process, &seen)]));
}

fn a_bad_configuration_is_refused() {
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    let agent = home.start();
    let mut watch = agent.watch();
    home.configure("<Sysmon schemaversion=\"4.90\">\n  <EventFiltering>\n    <ProcessCreate onmatch=\"ex");
    reload(&agent, &mut watch, 255);
    let report = watch.seen.pop().expect("it has just come");
    assert_eq!(report.value("ID"), Some("ConfigurationRefused"), "{}", report.raw);
    let description = report.value("Description").unwrap_or_default();
    assert!(description.contains("config.xml:3:"), "it names file and line: {description}");
    // The old one stays.
    let made = folder.join("made");
    let process = deed::perform("create", &[made.as_os_str()]);
    watch.expect(&[process.pid], &life(&process, [file_create(&process, &made)]));
    let changes = watch.seen.iter().filter(|event| event.system.event_id == 16).count();
    assert_eq!(changes, 0, "no new configuration is in use");
}
