//! Event 255: what could not be recorded is counted, exactly.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;

use crate::agent::{EVERYTHING, Home, output};
use crate::deed::{self, Deed, Folder};
use crate::tests;
use crate::watch::{Watch, actor};

tests![a_full_ring_is_counted, a_sink_that_nobody_reads_stops_nothing];

pub(crate) const DEEDS: &[Deed] = &[Deed { name: "create-many", run: create_many }];

/// Far more than the smallest ring holds, and than a pipe and a queue hold together.
const MANY: u64 = 20_000;

fn create_many(arguments: &[OsString]) -> anyhow::Result<()> {
    let number: u64 = arguments[1].to_string_lossy().parse()?;
    for at in 0..number {
        File::create_new(Path::new(&arguments[0]).join(at.to_string()))?;
    }
    Ok(())
}

/// While the agent stands still the ring overflows: what was seen and what was lost make up the whole.
fn a_full_ring_is_counted() {
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    let agent = home.start_with(&[OsString::from("--ring-size"), OsString::from("64K")]);
    let mut watch = agent.watch();
    agent.signal(Signal::STOP);
    let many = MANY.to_string();
    let process = deed::perform("create-many", &[folder.path().as_os_str(), OsStr::new(&many)]);
    agent.signal(Signal::CONT);
    let (mut seen, mut lost) = (0, 0);
    watch.within(Duration::from_secs(20));
    while seen + lost < MANY {
        let Some(event) = watch.next() else { break };
        seen += u64::from(event.system.event_id == 11 && actor(&event) == Some(process.pid));
        if event.value("ID") == Some("EventsLost") {
            lost += lost_files(event.value("Description").unwrap_or_default());
        }
    }
    assert!(lost > 0, "nothing is reported lost, {seen} of {MANY} were seen: {}", agent.log());
    assert_eq!(seen + lost, MANY, "{seen} seen, {lost} reported lost: {}", agent.log());
    watch.settle();
}

/// The count in `N records of FileCreate or … from … to …`.
fn lost_files(description: &str) -> u64 {
    let mut words = description.split(' ');
    let count = words.next().and_then(|word| word.parse().ok());
    if !description.contains("FileCreate or RawAccessRead") {
        return 0;
    }
    assert!(
        description.contains(" from 20") && description.contains(" to 20"),
        "it tells when: {description}"
    );
    count.unwrap_or_else(|| panic!("no count: {description}"))
}

fn a_sink_that_nobody_reads_stops_nothing() {
    let (home, folder) = (Home::new(EVERYTHING), Folder::new());
    File::create_new(home.events()).expect("the folder is ours");
    let mut watch = Watch::of_file(&home.events());
    let arguments = [
        OsString::from("--output"),
        output("file", &home.events()),
        OsString::from("--output"),
        OsString::from("stdout,format=xml"),
    ];
    // The pipe is held open and never read.
    let agent = home.launch(&arguments, Stdio::piped());
    watch.within(Duration::from_secs(30));
    assert!(watch.until(|event| event.value("State") == Some("Started")), "{}", agent.log());
    let many = MANY.to_string();
    let process = deed::perform("create-many", &[folder.path().as_os_str(), OsStr::new(&many)]);
    let (mut seen, mut reports) = (0, Vec::new());
    watch.settle_within(Duration::from_secs(60), |event| {
        seen += u64::from(event.system.event_id == 11 && actor(event) == Some(process.pid));
        if event.system.event_id == 255 {
            reports.push(event.clone());
        }
    });
    assert_eq!(seen, MANY, "the other sink has everything: {}", agent.log());
    assert!(
        reports.iter().any(|report| report.value("ID") == Some("OutputLost")),
        "{reports:?}: {}",
        agent.log()
    );
    let (took, status) = agent.stop().expect("it ends, though nobody reads");
    assert!(took <= Duration::from_secs(5), "{took:?}");
    assert!(status.success(), "{status}");
}
