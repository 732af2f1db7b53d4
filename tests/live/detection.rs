//! Alerts: what Sigma rules and lists of indicators find goes out as a stream of its own, beside events that stay as
//! they are.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use crate::agent::{EVERYTHING, Home};
use crate::deed::{Deed, Folder};
use crate::process::sha256_field;
use crate::tests;
use crate::watch::read_all;

tests![a_deed_becomes_an_alert, new_rules_hold_after_a_reload, indicators_are_found_in_events];

pub(crate) const DEEDS: &[Deed] = &[];

/// Longer than any machine takes from a deed to its alert, however busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// A rule for processes with this word in their command line.
fn rule(id: &str, word: &str) -> String {
    format!(
        "title: Found {word}\nid: {id}\nauthor: a tester\nlevel: high\ntags: [attack.t1059.004]\n\
         logsource: {{category: process_creation, product: linux}}\n\
         detection: {{selection: {{CommandLine|contains: {word}}}, condition: selection}}\n"
    )
}

/// A home whose agent looks for what is in its folders `rules` and `lists`.
struct Detecting {
    home: Home,
}

impl Detecting {
    fn new() -> Self {
        let home = Home::new(EVERYTHING);
        for folder in ["rules", "lists"] {
            fs::create_dir(home.path(folder)).expect("the folder is ours");
        }
        let settings = format!(
            "[detection]\nrules = [\"{}\"]\nindicators = [\"{}\"]\noutputs = [\"file:{}\"]\n",
            home.path("rules").display(),
            home.path("lists").display(),
            home.path("alerts.json").display()
        );
        fs::write(home.path("tuxmon.toml"), settings).expect("the folder is ours");
        Self { home }
    }

    fn add(&self, path: &str, text: &str) {
        fs::write(self.home.path(path), text).expect("the folder is ours");
    }

    fn arguments(&self) -> [OsString; 2] {
        ["--settings".into(), self.home.path("tuxmon.toml").into()]
    }

    /// Every alert that is written by now.
    fn alerts(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.home.path("alerts.json")).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole
            .lines()
            .map(|line| serde_json::from_str(line).expect("each alert is an object on a line"))
            .collect()
    }

    /// The first alert that is meant.
    #[track_caller]
    fn alert(&self, what: &str, is_meant: impl Fn(&Value) -> bool) -> Value {
        self.wait(what, || self.alerts().into_iter().find(|alert| is_meant(alert)))
    }

    /// Waits for something, and says what came instead.
    #[track_caller]
    fn wait<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(
                Instant::now() < deadline,
                "{what}: not among {:#?}\n{}",
                self.alerts(),
                self.home.status()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn run(program: &Path, arguments: &[&str]) -> u32 {
    let mut child =
        Command::new(program).args(arguments).stdout(std::process::Stdio::null()).spawn().expect("it runs");
    let pid = child.id();
    child.wait().expect("it is our child");
    pid
}

fn word(name: &str) -> String {
    format!("{name}-{}", std::process::id())
}

fn a_deed_becomes_an_alert() {
    let detecting = Detecting::new();
    let marker = word("tuxmon-detect");
    detecting.add("rules/own.yml", &rule("00000000-0000-4000-8000-000000000001", &marker));
    let agent = detecting.home.start_with(&detecting.arguments());
    let pid = run(Path::new("/bin/echo"), &[&marker]).to_string();
    let alert = detecting.alert("an alert of the rule", |alert| alert["Event"]["ProcessId"] == pid.as_str());

    assert_eq!(alert["Alert"], "sigma");
    assert_eq!(alert["Rule"]["Id"], "00000000-0000-4000-8000-000000000001");
    assert_eq!(alert["Rule"]["Author"], "a tester");
    assert_eq!(alert["Rule"]["Level"], "high");
    assert_eq!(alert["Rule"]["Techniques"][0], "T1059.004");
    assert_eq!(alert["Matched"][0]["Field"], "CommandLine");
    assert_eq!(alert["Matched"][0]["Value"], format!("/bin/echo {marker}"));
    let parent = &alert["Ancestors"][0];
    assert_eq!(parent["ProcessId"], std::process::id());
    assert_eq!(parent["ProcessGuid"], alert["Event"]["ParentProcessGuid"]);

    // The same again is counted, and the event stream has each of them and no alert.
    run(Path::new("/bin/echo"), &[&marker]);
    detecting.wait("the second one counted", || {
        (detecting.home.status()["detection"]["repeated"] == 1).then_some(())
    });
    agent.stop().expect("it ends when it is asked to");
    let events = read_all(&detecting.home.events());
    let own: Vec<_> = events
        .iter()
        .filter(|event| {
            event.system.event_id == 1
                && event.value("CommandLine").is_some_and(|line| line.contains(&marker))
        })
        .collect();
    assert_eq!(own.len(), 2);
    assert_eq!(own[0].value("ProcessGuid"), alert["ProcessGuid"].as_str());
    assert_eq!(
        own[0].system.record_id.map(|id| id.to_string()).as_deref(),
        alert["Event"]["EventRecordID"].as_str()
    );
    let stream = fs::read_to_string(detecting.home.events()).expect("the agent wrote it");
    assert!(!stream.contains("\"Alert\""), "alerts are a stream of their own");
    // What was counted is told before the end.
    let counted: Vec<Value> =
        detecting.alerts().into_iter().filter(|alert| alert["Alert"] == "repeated").collect();
    assert_eq!(counted.len(), 1, "{counted:#?}");
    assert_eq!(counted[0]["Count"], 1);
}

fn new_rules_hold_after_a_reload() {
    let detecting = Detecting::new();
    let (first, second) = (word("tuxmon-first"), word("tuxmon-second"));
    detecting.add("rules/first.yml", &rule("00000000-0000-4000-8000-000000000001", &first));
    let agent = detecting.home.start_with(&detecting.arguments());
    detecting.add("rules/second.yml", &rule("00000000-0000-4000-8000-000000000002", &second));
    detecting.add("rules/broken.yml", "title: broken\ndetection: {}\n");
    agent.signal(Signal::HUP);
    detecting.wait("two rules in force, and the broken one named", || {
        let detection = detecting.home.status()["detection"].clone();
        let refused = detection["refused"].to_string();
        (detection["rules"] == 2 && refused.contains("broken.yml:2")).then_some(())
    });
    run(Path::new("/bin/echo"), &[&second]);
    detecting.alert("an alert of the new rule", |alert| {
        alert["Rule"]["Id"] == "00000000-0000-4000-8000-000000000002"
    });
    // Settings that are refused leave what holds.
    detecting.add("tuxmon.toml", "[detection]\nnonsense = 1\n");
    agent.signal(Signal::HUP);
    detecting.wait("the refusal in the status", || {
        let refused = detecting.home.status()["detection"]["refused"].to_string();
        refused.contains("unknown field `nonsense`").then_some(())
    });
    run(Path::new("/bin/echo"), &[&first]);
    detecting.alert("an alert of the old rule", |alert| {
        alert["Rule"]["Id"] == "00000000-0000-4000-8000-000000000001"
    });
    detecting.wait("event 255 that tells of the refusal", || {
        read_all(&detecting.home.events())
            .iter()
            .any(|event| event.system.event_id == 255 && event.value("ID") == Some("DetectionRefused"))
            .then_some(())
    });
}

fn indicators_are_found_in_events() {
    let detecting = Detecting::new();
    let folder = Folder::new();
    let program: PathBuf = folder.join("program");
    fs::copy("/bin/true", &program).expect("there is /bin/true");
    let mut file = fs::File::options().append(true).open(&program).expect("the copy is ours");
    file.write_all(word("only here").as_bytes()).expect("the copy is ours");
    drop(file);
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the copy is ours");
    let hash = sha256_field(&program);
    let hash = hash.strip_prefix("SHA256=").expect("that is its form");
    let name = format!("{}.example", word("evil"));
    detecting.add("lists/feed.csv", &format!("indicator,description\n{hash},a dropper\n{name},a server\n"));
    let _agent = detecting.home.start_with(&detecting.arguments());
    let pid = run(&program, &[&format!("http://www.{name}/x")]);
    let of = |id: &str| {
        let (id, pid) = (id.to_ascii_lowercase(), pid.to_string());
        detecting.alert(&id, |alert| {
            alert["Rule"]["Id"] == id.as_str() && alert["Event"]["ProcessId"] == pid.as_str()
        })
    };
    let dropper = of(hash);
    assert_eq!(dropper["Alert"], "indicator");
    assert_eq!(dropper["Rule"]["Source"], "feed.csv");
    assert_eq!(dropper["Rule"]["Title"], "Hash Named by feed.csv: a dropper");
    assert_eq!(dropper["Matched"][0]["Field"], "Hashes");
    let server = of(&name);
    assert_eq!(server["Matched"][0]["Value"], format!("www.{name}"));

    // Another list is noticed without a word to the agent; what is not whole yet has a hidden name.
    let other = format!("{}.example", word("worse"));
    detecting.add("lists/.feed.csv.part", "half a li");
    detecting.add("lists/.next", &format!("{other}\n"));
    fs::rename(detecting.home.path("lists/.next"), detecting.home.path("lists/feed.csv")).expect("ours");
    detecting.wait("one indicator instead of two, and no list refused", || {
        let detection = detecting.home.status()["detection"].clone();
        (detection["indicators"] == 1 && !detection["refused"].to_string().contains("/lists/")).then_some(())
    });
    run(Path::new("/bin/echo"), &[&other]);
    detecting.alert("an alert of the new list", |alert| alert["Rule"]["Id"] == other.as_str());
}
