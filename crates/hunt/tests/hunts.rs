//! Each hunt finds what it is for, and nothing in what only looks like it.

mod engines;
mod events;

use events::{event, guid, store};
use expect_test::{Expect, expect};
use tuxmon_hunt::{Asked, Dialect, Form, find_hunt, hunts, print};

const HOUR: i64 = 3_600_000;

/// The answer of a hunt as comma-separated values.
fn answer(store: &dyn Asked, name: &str, parameters: &[(&str, &str)]) -> String {
    let hunt = find_hunt(name).unwrap_or_else(|| panic!("there is no hunt {name}"));
    let given: Vec<_> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let arguments = hunt.arguments(&given).expect("the parameters are the hunt's");
    let mut out = Vec::new();
    store
        .run(&hunt, &arguments, &mut |rows| print(rows, &hunt.times, Form::Csv, &mut out).map(drop))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    String::from_utf8(out).expect("values are UTF-8")
}

/// Asks a hunt about `good` events alone, which must find nothing, and about those and `bad` ones.
#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "an expectation is written where it is used")]
fn check(name: &str, parameters: &[(&str, &str)], good: &[String], bad: &[String], expected: Expect) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store(folder.path(), &[&good.concat()]);
    let nothing = answer(&store, name, parameters);
    assert_eq!(nothing.lines().count(), 1, "{name} finds in what is good:\n{nothing}");
    events::add(&store, folder.path(), &bad.concat());
    expected.assert_eq(&answer(&store, name, parameters));
    for engine in engines::everywhere() {
        let server = engine.store();
        engine.send(&server, folder.path(), &good.concat());
        assert_eq!(answer(&server, name, parameters), nothing, "{}", engine.name);
        engine.send(&server, folder.path(), &bad.concat());
        expected.assert_eq(&answer(&server, name, parameters));
    }
}

/// A program that begins.
struct Start<'a> {
    host: &'a str,
    record: u64,
    at: i64,
    process: u64,
    parent: u64,
    image: &'a str,
    parent_image: &'a str,
    command: &'a str,
    login: Option<u32>,
}

impl Default for Start<'_> {
    fn default() -> Self {
        Self {
            host: "a",
            record: 1,
            at: 0,
            process: 1,
            parent: 0,
            image: "/usr/bin/ls",
            parent_image: "/usr/bin/bash",
            command: "ls",
            login: None,
        }
    }
}

impl Start<'_> {
    fn event(&self) -> String {
        let login = self.login.map_or("{00000000-0000-0000-0000-000000000000}".to_owned(), |login| {
            format!("{{74d9a3a2-d5a0-6a1f-e803-{login:012}}}")
        });
        let user_id = self.login.map_or("4294967295", |_| "1000");
        event(
            self.host,
            self.record,
            self.at,
            1,
            &[
                ("ProcessGuid", &guid(self.process)),
                ("ProcessId", &self.process.to_string()),
                ("Image", self.image),
                ("CommandLine", self.command),
                ("User", "ada"),
                ("LogonGuid", &login),
                ("LogonId", user_id),
                ("Hashes", &format!("SHA256={:04x}", self.image.len())),
                ("ParentProcessGuid", &guid(self.parent)),
                ("ParentProcessId", &self.parent.to_string()),
                ("ParentImage", self.parent_image),
            ],
        )
    }
}

fn start(record: u64, image: &str, parent_image: &str) -> String {
    Start { record, at: record as i64, process: record, image, parent_image, ..Start::default() }.event()
}

#[allow(clippy::too_many_arguments, reason = "each is a field of the event")]
fn connection(
    host: &str,
    record: u64,
    at: i64,
    process: u64,
    initiated: bool,
    from: &str,
    to: &str,
    port: u16,
) -> String {
    event(
        host,
        record,
        at,
        3,
        &[
            ("ProcessGuid", &guid(process)),
            ("ProcessId", &process.to_string()),
            ("Image", "/usr/bin/curl"),
            ("User", "ada"),
            ("Protocol", "tcp"),
            ("Initiated", if initiated { "true" } else { "false" }),
            ("SourceIp", from),
            ("SourcePort", "40000"),
            ("DestinationIp", to),
            ("DestinationPort", &port.to_string()),
        ],
    )
}

fn out(record: u64, at: i64, to: &str) -> String {
    connection("a", record, at, 1, true, "10.0.0.1", to, 443)
}

fn many(count: u64, one: impl Fn(u64) -> String) -> Vec<String> {
    (0..count).map(one).collect()
}

#[test]
fn every_hunt_says_what_it_is() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store(folder.path(), &[]);
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/hunts")).expect("it is there");
    let mut names: Vec<String> = files
        .map(|file| file.expect("it is readable").path())
        .filter(|path| path.is_file())
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        hunts().iter().map(|hunt| hunt.name).collect::<Vec<_>>(),
        "left: files, right: the table"
    );
    let this = include_str!("hunts.rs");
    for hunt in hunts() {
        assert!(!hunt.title.is_empty() && hunt.tells.ends_with('.'), "{}: title and tells", hunt.name);
        let sql = hunt.written(Dialect::Sqlite, &[]);
        let statement =
            store.connection().prepare(&sql).unwrap_or_else(|error| panic!("{}: {error}", hunt.name));
        let columns: Vec<&str> = statement.column_names().collect();
        for time in &hunt.times {
            assert!(columns.contains(&time.as_str()), "{}: no column {time}", hunt.name);
        }
        let named: Vec<&str> =
            (1..=statement.parameter_count()).filter_map(|index| statement.parameter_name(index)).collect();
        for parameter in &hunt.parameters {
            assert!(
                named.contains(&format!(":{}", parameter.name).as_str()),
                "{}: {}",
                hunt.name,
                parameter.name
            );
        }
        assert_eq!(named.len(), hunt.parameters.len(), "{}: {named:?}", hunt.name);
        assert!(this.contains(&format!("\"{}\",", hunt.name)), "{}: no test", hunt.name);
    }
}

#[test]
fn wrong_parameters_are_answered() {
    let hunt = find_hunt("spread").expect("it is there");
    let error = hunt.arguments(&[]).expect_err("it needs one");
    expect!["spread needs --param hash=…: the hash, hexadecimal"].assert_eq(&error.to_string());
    let error = hunt.arguments(&[("hsah".to_owned(), "1".to_owned())]).expect_err("it has none such");
    expect!["spread has no parameter 'hsah'; it has: hash"].assert_eq(&error.to_string());
    let images = find_hunt("images").expect("it is there");
    let error = images.arguments(&[("since".to_owned(), "monday".to_owned())]).expect_err("it is no time");
    expect!["images: 'monday' is no value for since: not what ran last before this time"]
        .assert_eq(&error.to_string());
    let arguments = images.arguments(&[("since".to_owned(), "1970-01-02".to_owned())]).expect("it is a time");
    assert_eq!(arguments[0], ("since", tuxmon_hunt::Argument::Number(86_400_000)));
}

#[test]
fn images_are_counted_by_hash() {
    let bad = many(3, |record| start(record, "/usr/bin/ls", "/usr/bin/bash"));
    check(
        "images",
        &[("least", "2")],
        &[start(7, "/usr/bin/cat", "/usr/bin/bash")],
        &bad,
        expect![[r#"
        Image,Hashes,count,hosts,first,last
        /usr/bin/ls,SHA256=000b,3,1,2026-11-21 00:00:00.000,2026-11-21 00:00:00.002
    "#]],
    );
}

#[test]
fn images_that_are_rare() {
    let good = many(9, |record| start(record, "/usr/bin/ls", "/usr/bin/bash"));
    check(
        "rare-images",
        &[],
        &good,
        &[start(20, "/opt/tool", "/usr/bin/bash")],
        expect![[r#"
        Image,Hashes,count,hosts,Computer,first,last
        /opt/tool,SHA256=0009,1,1,a,2026-11-21 00:00:00.020,2026-11-21 00:00:00.020
    "#]],
    );
}

#[test]
fn parents_that_are_rare() {
    let good = many(9, |record| start(record, "/usr/bin/bash", "/usr/sbin/sshd"));
    check(
        "rare-parents",
        &[],
        &good,
        &[start(20, "/usr/bin/bash", "/usr/sbin/nginx")],
        expect![[r#"
        ParentImage,Image,count,hosts,Computer,first,last
        /usr/sbin/nginx,/usr/bin/bash,1,1,a,2026-11-21 00:00:00.020,2026-11-21 00:00:00.020
    "#]],
    );
}

#[test]
fn destinations_that_are_rare() {
    let good = many(9, |record| out(record, record as i64, "192.0.2.1"));
    check(
        "rare-destinations",
        &[],
        &good,
        &[out(20, 20, "192.0.2.66")],
        expect![[r#"
        RemoteIp,DestinationPort,Protocol,Image,count,hosts,Computer,first,last
        192.0.2.66,443,tcp,/usr/bin/curl,1,1,a,2026-11-21 00:00:00.020,2026-11-21 00:00:00.020
    "#]],
    );
}

#[test]
fn the_way_of_a_hash() {
    let seen = |host, at, image| Start { host, at, image, ..Start::default() }.event();
    let bad = [seen("b", 50, "/tmp/evil"), seen("c", 90, "/tmp/evil"), seen("d", 70, "/tmp/evil")];
    check(
        "spread",
        &[("hash", "0009")],
        &[seen("a", 1, "/usr/bin/ls")],
        &bad,
        expect![[r#"
            algorithm,Computer,first,last,count
            SHA256,b,2026-11-21 00:00:00.050,2026-11-21 00:00:00.050,1
            SHA256,d,2026-11-21 00:00:00.070,2026-11-21 00:00:00.070,1
            SHA256,c,2026-11-21 00:00:00.090,2026-11-21 00:00:00.090,1
        "#]],
    );
}

#[test]
fn an_address_in_either_direction() {
    let bad = [out(2, 2, "198.51.100.7"), connection("b", 3, 3, 1, false, "198.51.100.9", "10.0.0.2", 22)];
    check(
        "address",
        &[("address", "198.51.100.0/24")],
        &[out(1, 1, "192.0.2.1")],
        &bad,
        expect![[r#"
        Computer,direction,RemoteIp,DestinationPort,Protocol,Image,count,first,last
        a,to,198.51.100.7,443,tcp,/usr/bin/curl,1,2026-11-21 00:00:00.002,2026-11-21 00:00:00.002
        b,from,198.51.100.9,22,tcp,/usr/bin/curl,1,2026-11-21 00:00:00.003,2026-11-21 00:00:00.003
    "#]],
    );
}

#[test]
fn a_domain_and_what_is_below() {
    let asks = |record, name| {
        event(
            "a",
            record,
            1,
            22,
            &[("ProcessGuid", &guid(1)), ("Image", "/usr/bin/curl"), ("QueryName", name)],
        )
    };
    let bad = [asks(2, "evil.example"), asks(3, "a.EVIL.example")];
    check(
        "domain",
        &[("domain", "evil.example")],
        &[asks(1, "notevil.example")],
        &bad,
        expect![[r#"
        domain,Computer,Image,count,first,last
        a.EVIL.example,a,/usr/bin/curl,1,2026-11-21 00:00:00.001,2026-11-21 00:00:00.001
        evil.example,a,/usr/bin/curl,1,2026-11-21 00:00:00.001,2026-11-21 00:00:00.001
    "#]],
    );
}

#[test]
fn command_lines_that_hide_something() {
    let says = |record, command: &str| Start { record, command, ..Start::default() }.event();
    let bad = [says(2, "sh -c echo aWQK | base64 -d | sh"), says(3, &"A".repeat(40))];
    let good = [says(1, "base64 -w0 photo.jpg")];
    check(
        "long-commands",
        &[("length", "40")],
        &good,
        &bad,
        expect![[r#"
        time,Computer,User,Image,ParentImage,length,CommandLine,ProcessGuid
        2026-11-21 00:00:00.000,a,ada,/usr/bin/ls,/usr/bin/bash,32,sh -c echo aWQK | base64 -d | sh,{74d9a3a2-d5b6-6a1f-0000-000000000001}
        2026-11-21 00:00:00.000,a,ada,/usr/bin/ls,/usr/bin/bash,40,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,{74d9a3a2-d5b6-6a1f-0000-000000000001}
    "#]],
    );
}

#[test]
fn shells_of_servers() {
    let good = [start(1, "/usr/bin/bash", "/usr/sbin/sshd"), start(2, "/usr/sbin/nginx", "/usr/sbin/nginx")];
    let bad = [
        start(3, "/usr/bin/dash", "/usr/sbin/php-fpm8.2"),
        start(4, "/usr/bin/python3.11", "/usr/sbin/nginx"),
    ];
    check(
        "server-shells",
        &[],
        &good,
        &bad,
        expect![[r#"
        Computer,ParentImage,Image,count,first,last
        a,/usr/sbin/php-fpm8.2,/usr/bin/dash,1,2026-11-21 00:00:00.003,2026-11-21 00:00:00.003
        a,/usr/sbin/nginx,/usr/bin/python3.11,1,2026-11-21 00:00:00.004,2026-11-21 00:00:00.004
    "#]],
    );
}

#[test]
fn files_that_make_something_run_again() {
    let writes = |record, image, path| {
        event(
            "a",
            record,
            record as i64,
            11,
            &[("ProcessGuid", &guid(1)), ("Image", image), ("TargetFilename", path)],
        )
    };
    let good = [writes(1, "/usr/bin/vi", "/home/ada/notes"), writes(2, "/usr/bin/dpkg", "/etc/cron.d/x")];
    let bad = [
        writes(3, "/usr/bin/tee", "/etc/cron.d/x"),
        writes(4, "/usr/bin/bash", "/root/.ssh/authorized_keys"),
        writes(5, "/usr/bin/bash", "/etc/ld.so.preload"),
    ];
    check(
        "persistence",
        &[],
        &good,
        &bad,
        expect![[r#"
        time,Computer,User,Image,TargetFilename,ProcessGuid
        2026-11-21 00:00:00.003,a,,/usr/bin/tee,/etc/cron.d/x,{74d9a3a2-d5b6-6a1f-0000-000000000001}
        2026-11-21 00:00:00.004,a,,/usr/bin/bash,/root/.ssh/authorized_keys,{74d9a3a2-d5b6-6a1f-0000-000000000001}
        2026-11-21 00:00:00.005,a,,/usr/bin/bash,/etc/ld.so.preload,{74d9a3a2-d5b6-6a1f-0000-000000000001}
    "#]],
    );
}

#[test]
fn programs_in_odd_places() {
    let good = [start(1, "/usr/bin/ls", "/usr/bin/bash"), start(2, "/usr/lib/tmp/x", "/usr/bin/bash")];
    let bad = [start(3, "/memfd:payload", "/usr/bin/bash"), start(4, "/dev/shm/x", "/usr/bin/bash")];
    check(
        "odd-places",
        &[],
        &good,
        &bad,
        expect![[r#"
        Computer,Image,Hashes,count,first,last
        a,/memfd:payload,SHA256=000e,1,2026-11-21 00:00:00.003,2026-11-21 00:00:00.003
        a,/dev/shm/x,SHA256=000a,1,2026-11-21 00:00:00.004,2026-11-21 00:00:00.004
    "#]],
    );
}

#[test]
fn disks_read_raw() {
    let reads =
        event("a", 2, 2, 9, &[("ProcessGuid", &guid(1)), ("Image", "/usr/bin/dd"), ("Device", "/dev/sda")]);
    check(
        "raw-reads",
        &[],
        &[start(1, "/usr/bin/dd", "/usr/bin/bash")],
        &[reads],
        expect![[r#"
        Computer,Image,User,Device,count,first,last
        a,/usr/bin/dd,,/dev/sda,1,2026-11-21 00:00:00.002,2026-11-21 00:00:00.002
    "#]],
    );
}

#[test]
fn programs_loaded_into_the_kernel() {
    let loads = event(
        "a",
        2,
        2,
        100,
        &[
            ("ProcessGuid", &guid(1)),
            ("Image", "/tmp/x"),
            ("BpfCommand", "BPF_PROG_LOAD"),
            ("BpfProgramType", "XDP"),
        ],
    );
    check(
        "bpf-loads",
        &[],
        &[start(1, "/usr/sbin/bpftool", "/usr/bin/bash")],
        &[loads],
        expect![[r#"
        Computer,Image,User,BpfCommand,BpfProgramType,BpfProgramName,count,first,last
        a,/tmp/x,,BPF_PROG_LOAD,XDP,,1,2026-11-21 00:00:00.002,2026-11-21 00:00:00.002
    "#]],
    );
}

#[test]
fn logins_at_night() {
    let at = |record, hour, login| {
        Start { record, at: hour * HOUR, process: record, login, ..Start::default() }.event()
    };
    // By day, and by night without a login; a session that began by day goes on into the night.
    let good = [at(1, 9, Some(1)), at(2, 3, None), at(3, 22, Some(1))];
    check(
        "odd-hours",
        &[],
        &good,
        &[at(4, 23, Some(2)), at(5, 27, Some(3))],
        expect![[r#"
        first,Computer,User,LogonId,LogonGuid,programs
        2026-11-21 23:00:00.000,a,ada,1000,{74d9a3a2-d5a0-6a1f-e803-000000000002},1
        2026-11-22 03:00:00.000,a,ada,1000,{74d9a3a2-d5a0-6a1f-e803-000000000003},1
    "#]],
    );
}

#[test]
fn calls_at_regular_intervals() {
    // Somebody who clicks, and a transfer that opens many connections at once.
    let clicks = [1, 40, 45, 200, 260, 261, 500, 900, 905, 1500, 1510, 4000];
    let good: Vec<String> = clicks
        .iter()
        .zip(0..)
        .map(|(second, record)| out(record, second * 1000, "192.0.2.1"))
        .chain((0..20).map(|record| out(100 + record, record as i64, "192.0.2.2")))
        .collect();
    let bad =
        many(12, |record| out(200 + record, record as i64 * 60_000 + record as i64 % 3 * 900, "192.0.2.66"));
    check(
        "beaconing",
        &[],
        &good,
        &bad,
        expect![[r#"
        Computer,Image,DestinationIp,DestinationPort,count,pause,spread,first,last
        a,/usr/bin/curl,192.0.2.66,443,12,60.164,0.020,2026-11-21 00:00:00.000,2026-11-21 00:11:01.800
    "#]],
    );
}

#[test]
fn from_machine_to_machine() {
    let child = |record, process, parent| {
        Start { record, at: record as i64, process, parent, ..Start::default() }.event()
    };
    // Somebody else's connection on the same machine is no part of it.
    let good = [
        connection("a", 1, 1, 10, false, "198.51.100.7", "10.0.0.1", 22),
        child(2, 11, 10),
        child(3, 20, 19),
        connection("a", 4, 4, 20, true, "10.0.0.1", "10.0.0.5", 22),
    ];
    let bad = [child(5, 12, 11), connection("a", 6, 6, 12, true, "10.0.0.1", "10.0.0.9", 22)];
    check(
        "lateral",
        &[],
        &good,
        &bad,
        expect![[r#"
        entered,came_from,Computer,User,Image,left,went_to,port,ProcessGuid
        2026-11-21 00:00:00.001,198.51.100.7,a,ada,/usr/bin/curl,2026-11-21 00:00:00.006,10.0.0.9,22,{74d9a3a2-d5b6-6a1f-0000-00000000000c}
    "#]],
    );
}

#[test]
fn events_that_are_missing() {
    let at = |record| Start { record, at: record as i64, process: record, ..Start::default() }.event();
    check(
        "gaps",
        &[],
        &[at(5), at(6), at(7)],
        &[at(10), at(40_000)],
        expect![[r#"
        Computer,missing,from_number,after,before
        a,2,5,2026-11-21 00:00:00.005,2026-11-21 00:00:00.010
        a,39989,11,2026-11-21 00:00:00.010,2026-11-21 00:00:40.000
    "#]],
    );
}

#[test]
fn what_agents_lost() {
    let lost = event(
        "a",
        2,
        2,
        255,
        &[("ID", "EventsLost"), ("Description", "12 events of type FileCreate were lost")],
    );
    check(
        "losses",
        &[],
        &[start(1, "/usr/bin/ls", "/usr/bin/bash")],
        &[lost],
        expect![[r#"
        Computer,ID,Description,count,first,last
        a,EventsLost,12 events of type FileCreate were lost,1,2026-11-21 00:00:00.002,2026-11-21 00:00:00.002
    "#]],
    );
}
