//! What it costs to match Sigma rules: `cargo bench -p tuxmon-sigma`.
//!
//! The rules and logs are those of the corpora (`TUXMON_CORPORA`, `../shared/corpora` beside the repository otherwise):
//! `real` is a log of a machine at work, of which rules match little, `made` are events made to match or to miss by a
//! hair. Without the corpora, our own rules are matched against a few events written here. The table also counts
//! allocations: an event that nothing matches must make none.
//!
//! Instructions, which depend on nothing else that runs:
//!
//! ```sh
//! valgrind --tool=callgrind --toggle-collect='*match_round*' PROGRAM --test 'matches.*real'
//! ```
//!
//! counts those of one round over all events, made right after another one.

use std::fs;
use std::path::{Path, PathBuf};

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher, black_box};
use tuxmon_reader::{ReadEvent, Reader};
use tuxmon_sigma::{Engine, Event, Origin, Placeholders, Product, RuleFiles, Scratch};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const LOGS: &[&str] = &["own", "real", "made"];

#[divan::bench(args = LOGS)]
fn matches(bencher: Bencher, log: &str) {
    let (Some(engine), Some(events)) = (engine(log), events(log)) else { return };
    let fields: Vec<Vec<(&str, &str)>> = events.iter().map(fields).collect();
    let events: Vec<Event<'_>> =
        events.iter().zip(&fields).map(|(event, fields)| seen(event, fields)).collect();
    let mut scratch = Scratch::default();
    match_warm(&engine, &events, &mut scratch);
    bencher
        .counter(ItemsCount::new(events.len()))
        .bench_local(|| match_round(black_box(&engine), black_box(&events), &mut scratch));
}

#[divan::bench(args = LOGS)]
fn compile(bencher: Bencher, log: &str) {
    let Some(files) = rule_files(log) else { return };
    bencher.bench_local(|| black_box(&files).compile(&Placeholders::new()));
}

/// The one whose instructions are counted.
#[inline(never)]
fn match_round(engine: &Engine, events: &[Event<'_>], scratch: &mut Scratch) -> usize {
    count(engine, events, scratch)
}

/// The same in a function that is not counted.
#[inline(never)]
fn match_warm(engine: &Engine, events: &[Event<'_>], scratch: &mut Scratch) -> usize {
    black_box(count(engine, events, scratch))
}

fn count(engine: &Engine, events: &[Event<'_>], scratch: &mut Scratch) -> usize {
    events.iter().map(|event| engine.matches(event, scratch).len()).sum()
}

fn engine(log: &str) -> Option<Engine> {
    Some(rule_files(log)?.compile(&Placeholders::new()).0)
}

fn rule_files(log: &str) -> Option<RuleFiles> {
    let folder = if log == "own" {
        root().join("packaging/sigma")
    } else {
        tuxmon_testing::corpora().join("sigma/rules")
    };
    let mut files = RuleFiles::default();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).ok()?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "yml") {
                files.add(&path.to_string_lossy(), &fs::read_to_string(&path).ok()?);
            }
        }
    }
    Some(files)
}

fn events(log: &str) -> Option<Vec<ReadEvent>> {
    let text = match log {
        "own" => OWN_EVENTS.as_bytes().to_vec(),
        "real" => fs::read(tuxmon_testing::corpora().join("logs/upstream_real_1.3.3.log")).ok()?,
        _ => fs::read(tuxmon_testing::corpora().join("sigma/truth/events.log")).ok()?,
    };
    Some(Reader::new(text.as_slice()).flatten().collect())
}

fn fields(event: &ReadEvent) -> Vec<(&str, &str)> {
    event.data.iter().map(|datum| (datum.name.as_str(), datum.value.as_str())).collect()
}

fn seen<'a>(event: &ReadEvent, fields: &'a [(&'a str, &'a str)]) -> Event<'a> {
    Event { origin: Origin::Sysmon(Product::Linux, event.system.event_id), time: 0, fields }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Events as they come about on a server.
const OWN_EVENTS: &str = concat!(
    r#"{"EventID":1,"Image":"/usr/bin/grep","CommandLine":"grep -rn --color=auto TODO src","User":"alice","ParentImage":"/usr/bin/bash"}"#,
    "\n",
    r#"{"EventID":1,"Image":"/usr/bin/dash","CommandLine":"sh -c 'command -v debian-sa1 > /dev/null'","User":"root","ParentImage":"/usr/sbin/cron"}"#,
    "\n",
    r#"{"EventID":11,"Image":"/usr/bin/x86_64-linux-gnu-as","TargetFilename":"/home/build/project/target/main.o","User":"build"}"#,
    "\n",
    r#"{"EventID":3,"Image":"/usr/bin/curl","Protocol":"tcp","DestinationIp":"192.0.2.7","DestinationPort":443,"User":"alice"}"#,
    "\n",
    r#"{"EventID":5,"Image":"/usr/bin/grep","User":"alice"}"#,
    "\n",
);
