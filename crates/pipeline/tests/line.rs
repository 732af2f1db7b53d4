//! The whole line, from the bytes of records to events, without a kernel.

mod support;

use std::net::SocketAddr;

use expect_test::{Expect, expect};
use support::wire_bytes::{EXEC, FileBytes, ImageBytes, KERNEL_THREAD, Kernel, NameBytes, SEED, TaskBytes};
use support::{EVERYTHING, OWN_PID, field, line, shown, tick, walk, whole};
use tuxmon_event::Event;
use tuxmon_pipeline::{Loss, State, Trouble};
use tuxmon_wire::{BootTime, Kind};

const SECOND: u64 = 1_000_000_000;

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(text);
}

/// `init` runs, and starts a shell: what stands before most tests.
struct Stage {
    kernel: Kernel,
    init: TaskBytes,
    shell: TaskBytes,
    records: Vec<Vec<u8>>,
}

impl Stage {
    fn new() -> Self {
        let mut kernel = Kernel::default();
        let init = TaskBytes::new(1, 1);
        let shell = TaskBytes { uid: 0, ..TaskBytes::new(100, 2) };
        let forked = TaskBytes { exec_id: 1, ..shell };
        let records = vec![
            kernel.image(
                SEED,
                SECOND,
                &image(init, TaskBytes::new(0, 0), "/sbin/init", b"/sbin/init\0splash\0"),
            ),
            kernel.fork(2 * SECOND, &forked, &init),
            kernel.image(EXEC, 3 * SECOND, &image(shell, init, "/usr/bin/bash", b"bash\0-l\0")),
        ];
        Self { kernel, init, shell, records }
    }

    fn run(&self) -> Vec<Event> {
        walk(&mut line(EVERYTHING), &self.records)
    }

    /// The events after those of the shell's start.
    fn run_after_start(&self) -> Vec<Event> {
        self.run().split_off(1)
    }
}

fn image<'a>(task: TaskBytes, parent: TaskBytes, image: &'a str, arguments: &'a [u8]) -> ImageBytes<'a> {
    let file = FileBytes { inode: 5, size: 9, mode: 0o100_755, ..FileBytes::default() };
    ImageBytes { task, parent, file, image, directory: "/home/ann", arguments }
}

#[test]
fn a_parent_is_known_before_it_acts() {
    let events = Stage::new().run();
    check(
        &whole(&events[0]),
        &expect![[r"
            ProcessCreate
              UtcTime: 2023-11-14 22:13:23.000
              ProcessGuid: {1234abcd-f100-6553-00e1-f50519002000}
              ProcessId: 100
              Image: /usr/bin/bash
              CommandLine: bash -l
              CurrentDirectory: /home/ann
              User: root
              LogonGuid: {1234abcd-0000-0000-0000-000000000000}
              LogonId: 0
              TerminalSessionId: 4294967295
              IntegrityLevel: no level
              ParentProcessGuid: {1234abcd-f100-6553-4042-0f4000001000}
              ParentProcessId: 1
              ParentImage: /sbin/init
              ParentCommandLine: /sbin/init splash
              ParentUser: root
        "]],
    );
}

#[test]
fn several_executions_have_their_own_times() {
    let mut stage = Stage::new();
    let again = TaskBytes { exec_id: 3, ..stage.shell };
    let exec = image(again, stage.init, "/usr/bin/env", b"env\0\0x\xffy\0");
    stage.records.push(stage.kernel.image(EXEC, 4 * SECOND, &exec));
    let events = stage.run();
    check(
        &shown(&events, &["UtcTime", "Image", "CommandLine", "ParentImage"]),
        &expect![[r"
            ProcessCreate UtcTime=2023-11-14 22:13:23.000 Image=/usr/bin/bash CommandLine=bash -l ParentImage=/sbin/init
            ProcessCreate UtcTime=2023-11-14 22:13:24.000 Image=/usr/bin/env CommandLine=env  x�y ParentImage=/sbin/init
        "]],
    );
    assert_ne!(field(&events[0], "ProcessGuid"), field(&events[1], "ProcessGuid"));
}

#[test]
fn one_termination_per_process() {
    let mut stage = Stage::new();
    let other_thread = TaskBytes { tid: 101, ..stage.shell };
    let child = TaskBytes::new(200, stage.shell.exec_id);
    stage.records.push(stage.kernel.fork(4 * SECOND, &child, &stage.shell));
    stage.records.push(stage.kernel.exit(5 * SECOND, &child));
    stage.records.push(stage.kernel.exit(6 * SECOND, &stage.shell));
    stage.records.push(stage.kernel.exit(6 * SECOND, &other_thread));
    check(
        &shown(&stage.run_after_start(), &["UtcTime", "ProcessId", "Image", "User"]),
        &expect![[r"
            ProcessTerminate UtcTime=2023-11-14 22:13:25.000 ProcessId=200 Image=/usr/bin/bash User=root
            ProcessTerminate UtcTime=2023-11-14 22:13:26.000 ProcessId=100 Image=/usr/bin/bash User=root
        "]],
    );
}

#[test]
fn kernel_threads_are_no_processes() {
    let mut stage = Stage::new();
    let thread = TaskBytes { flags: KERNEL_THREAD, ..TaskBytes::new(200, 0) };
    stage.records.push(stage.kernel.fork(4 * SECOND, &thread, &stage.shell));
    stage.records.push(stage.kernel.exit(5 * SECOND, &thread));
    check(&shown(&stage.run_after_start(), &[]), &expect![[""]]);
}

#[test]
fn network_source_is_the_initiator() {
    let mut stage = Stage::new();
    let here: SocketAddr = "10.0.0.1:1000".parse().expect("an address");
    let there: SocketAddr = "10.0.0.2:443".parse().expect("an address");
    let here6: SocketAddr = "[::ffff:10.0.0.1]:53".parse().expect("an address");
    let there6: SocketAddr = "[fe80::1]:5353".parse().expect("an address");
    for (protocol, direction, ends) in
        [(6, 1, (here, there)), (6, 2, (here, there)), (17, 1, (here6, there6)), (17, 2, (here6, there6))]
    {
        stage.records.push(stage.kernel.network(4 * SECOND, &stage.shell, protocol, direction, ends));
    }
    check(
        &shown(
            &stage.run_after_start(),
            &[
                "Image",
                "Protocol",
                "Initiated",
                "SourceIsIpv6",
                "SourceIp",
                "SourcePort",
                "DestinationIsIpv6",
                "DestinationIp",
                "DestinationPort",
            ],
        ),
        &expect![[r"
            NetworkConnect Image=/usr/bin/bash Protocol=tcp Initiated=true SourceIsIpv6=false SourceIp=10.0.0.1 SourcePort=1000 DestinationIsIpv6=false DestinationIp=10.0.0.2 DestinationPort=443
            NetworkConnect Image=/usr/bin/bash Protocol=tcp Initiated=false SourceIsIpv6=false SourceIp=10.0.0.2 SourcePort=443 DestinationIsIpv6=false DestinationIp=10.0.0.1 DestinationPort=1000
            NetworkConnect Image=/usr/bin/bash Protocol=udp Initiated=true SourceIsIpv6=true SourceIp=0:0:0:0:0:ffff:a00:1 SourcePort=53 DestinationIsIpv6=true DestinationIp=fe80:0:0:0:0:0:0:1 DestinationPort=5353
            NetworkConnect Image=/usr/bin/bash Protocol=udp Initiated=false SourceIsIpv6=true SourceIp=fe80:0:0:0:0:0:0:1 SourcePort=5353 DestinationIsIpv6=true DestinationIp=0:0:0:0:0:ffff:a00:1 DestinationPort=53
        "]],
    );
}

const TMPFILE: u32 = 0o20_200_000;

#[test]
fn file_events_name_the_user() {
    let mut stage = Stage::new();
    let nobody = TaskBytes { uid: 65_534, ..stage.shell };
    for (who, deed, flags, path) in [
        (stage.shell, 1, 0, "/tmp/new"),
        (nobody, 2, 0, "/tmp/emptied"),
        (stage.shell, 3, 0, "/dev/sda"),
        (stage.shell, 1, TMPFILE, "/tmp/#17"),
    ] {
        stage.records.push(stage.kernel.file_open(4 * SECOND, &who, deed, flags, path));
    }
    check(
        &shown(&stage.run_after_start(), &["Image", "TargetFilename", "CreationUtcTime", "Device", "User"]),
        &expect![[r"
            FileCreate Image=/usr/bin/bash TargetFilename=/tmp/new CreationUtcTime=2023-11-14 22:13:24.000 User=root
            FileCreate Image=/usr/bin/bash TargetFilename=/tmp/emptied CreationUtcTime=2023-11-14 22:13:24.000 User=nobody
            RawAccessRead Image=/usr/bin/bash Device=/dev/sda User=root
        "]],
    );
}

const UNLINK: u32 = 1;
const RENAME: u32 = 2;
const LINK: u32 = 3;
const SYMLINK: u32 = 4;
const MKNOD: u32 = 5;
const TRUNCATE: u32 = 6;
const EXCHANGE: u32 = 2;

/// One call by the shell in `/w`, and the events of it.
fn named(deed: u32, flags: u32, from: &str, to: &str, touched: Option<&[(FileBytes, &str)]>) -> String {
    let mut stage = Stage::new();
    let name =
        NameBytes { task: stage.shell, deed, call_flags: flags, from: ("/w", from), to: ("/w", to), touched };
    stage.records.push(stage.kernel.file_name(4 * SECOND, &name));
    shown(&stage.run_after_start(), &["TargetFilename", "IsExecutable"])
}

fn file(inode: u64, mode: u32) -> FileBytes {
    FileBytes { inode, mode, device: 1, ..FileBytes::default() }
}

#[test]
fn names_that_change() {
    let script = file(1, 0o100_755);
    let text = file(2, 0o100_644);
    let mut out = String::new();
    let mut case = |title: &str, events: String| {
        out.push_str(title);
        out.push('\n');
        out.push_str(&events);
    };
    case("unlink", named(UNLINK, 0, "a", "", Some(&[(script, "a")])));
    case("unlink, nothing told", named(UNLINK, 0, "a", "", None));
    case("rmdir", named(UNLINK, 0x200, "a", "", Some(&[])));
    case("link", named(LINK, 0, "a", "b", None));
    case("symlink", named(SYMLINK, 0, "", "b", None));
    case("mknod", named(MKNOD, 0o010_644, "", "b", None));
    case("truncate", named(TRUNCATE, 0, "a", "", None));
    case("rename a directory, or a file onto itself", named(RENAME, 0, "a", "b", Some(&[])));
    case("rename, nothing told", named(RENAME, 0, "a", "b", None));
    case("rename", named(RENAME, 0, "a", "b", Some(&[(text, "a")])));
    case("rename over", named(RENAME, 0, "a", "b", Some(&[(text, "a"), (script, "b")])));
    case(
        "rename over, told twice",
        named(RENAME, 0, "a", "b", Some(&[(text, "a"), (script, "b"), (text, "a")])),
    );
    case("rename a link", named(RENAME, 0, "a", "b", Some(&[(text, "other")])));
    case("rename over a link", named(RENAME, 0, "a", "b", Some(&[(text, "a"), (script, "other")])));
    case("rename over the same name", named(RENAME, 0, "a", "d/a", Some(&[(text, "a"), (script, "a")])));
    case("exchange", named(RENAME, EXCHANGE, "a", "b", Some(&[(text, "a"), (script, "b")])));
    case("exchange with a directory", named(RENAME, EXCHANGE, "a", "b", Some(&[(text, "a")])));
    check(
        &out,
        &expect![[r"
            unlink
            FileDelete TargetFilename=/w/a IsExecutable=true
            unlink, nothing told
            FileDelete TargetFilename=/w/a IsExecutable=
            rmdir
            link
            FileCreate TargetFilename=/w/b
            symlink
            FileCreate TargetFilename=/w/b
            mknod
            FileCreate TargetFilename=/w/b
            truncate
            FileCreate TargetFilename=/w/a
            rename a directory, or a file onto itself
            rename, nothing told
            FileCreate TargetFilename=/w/b
            rename
            FileCreate TargetFilename=/w/b
            rename over
            FileDelete TargetFilename=/w/b IsExecutable=true
            FileCreate TargetFilename=/w/b
            rename over, told twice
            FileDelete TargetFilename=/w/b IsExecutable=true
            FileCreate TargetFilename=/w/b
            rename a link
            FileCreate TargetFilename=/w/b
            rename over a link
            FileDelete TargetFilename=/w/b IsExecutable=true
            FileCreate TargetFilename=/w/b
            rename over the same name
            FileDelete TargetFilename=/w/d/a IsExecutable=
            FileCreate TargetFilename=/w/d/a
            exchange
            FileCreate TargetFilename=/w/b
            FileCreate TargetFilename=/w/a
            exchange with a directory
            FileCreate TargetFilename=/w/b
        "]],
    );
}

#[test]
fn bpf_programs_have_their_ids() {
    let mut stage = Stage::new();
    let own = TaskBytes::new(OWN_PID, 1);
    for (who, command, id, name) in [
        (stage.shell, 5, 77, "probe"),
        (stage.shell, 8, 77, ""),
        (stage.shell, 28, 78, "x"),
        (own, 5, 79, "own"),
    ] {
        stage.records.push(stage.kernel.bpf(4 * SECOND, &who, command, id, name));
    }
    check(
        &shown(
            &stage.run_after_start(),
            &["ProcessId", "BpfCommand", "BpfProgramType", "BpfProgramId", "BpfProgramName"],
        ),
        &expect![[r"
            EbpfEvent ProcessId=100 BpfCommand=BPF_PROG_LOAD BpfProgramType=SOCKET_FILTER BpfProgramId=77 BpfProgramName=probe
            EbpfEvent ProcessId=100 BpfCommand=BPF_PROG_ATTACH BpfProgramType=SOCKET_FILTER BpfProgramId=77 BpfProgramName=
            EbpfEvent ProcessId=100 BpfCommand=BPF_LINK_CREATE BpfProgramType=SOCKET_FILTER BpfProgramId=78 BpfProgramName=x
        "]],
    );
}

#[test]
fn tracers_and_their_targets() {
    let mut stage = Stage::new();
    let thread = TaskBytes { tid: 105, uid: 65_534, ..stage.shell };
    stage.records.push(stage.kernel.ptrace(4 * SECOND, &thread, &stage.init));
    check(
        &whole(&stage.run_after_start()[0]),
        &expect![[r"
            ProcessAccess
              UtcTime: 2023-11-14 22:13:24.000
              SourceProcessGUID: {1234abcd-f100-6553-00e1-f50519002000}
              SourceProcessId: 100
              SourceThreadId: 105
              SourceImage: /usr/bin/bash
              TargetProcessGUID: {1234abcd-f100-6553-4042-0f4000001000}
              TargetProcessId: 1
              TargetImage: /sbin/init
              GrantedAccess: 0x0
              SourceUser: nobody
              TargetUser: root
        "]],
    );
}

#[test]
fn rules_decide_and_name() {
    let mut stage = Stage::new();
    let rules = "<HashAlgorithms>IMPHASH</HashAlgorithms><EventFiltering><ProcessCreate onmatch='include'>\
        <Image name='a shell' condition='end with'>bash</Image></ProcessCreate></EventFiltering>";
    let again = TaskBytes { exec_id: 3, ..stage.shell };
    let exec = image(again, stage.init, "/usr/bin/env", b"env\0");
    stage.records.push(stage.kernel.image(EXEC, 4 * SECOND, &exec));
    stage.records.push(stage.kernel.file_open(4 * SECOND, &again, 1, 0, "/tmp/new"));
    let mut pipeline = line(rules);
    let events = walk(&mut pipeline, &stage.records);
    check(
        &shown(&events, &["RuleName", "Image"]),
        &expect![[r"
        ProcessCreate RuleName=a shell Image=/usr/bin/bash
    "]],
    );
    assert_eq!((pipeline.counters().written, pipeline.counters().dropped), (1, 2));
}

#[test]
fn losses_become_error_reports() {
    let mut stage = Stage::new();
    let mut pipeline = line(EVERYTHING);
    walk(&mut pipeline, &stage.records);
    let loss = |kind, lost, missed| Loss {
        kind,
        lost,
        missed,
        first: BootTime(4 * SECOND),
        last: BootTime(5 * SECOND),
    };
    stage.kernel.lose(0);
    stage.kernel.lose(1);
    stage.kernel.lose(1);
    let records = [
        stage.kernel.exit(6 * SECOND, &stage.init),
        stage.kernel.exit(6 * SECOND + 1, &stage.shell),
        vec![1, 2, 3],
    ];
    walk(&mut pipeline, &records);
    pipeline.lost(BootTime(6 * SECOND), &[loss(Kind::Exec, 1, 0), loss(Kind::FileName, 0, 1)]);
    pipeline.lost(BootTime(7 * SECOND), &[]);
    let told = tick(&mut pipeline, 8 * SECOND);
    let (unreadable, rest): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|event| field(event, "ID") == "RecordsUnreadable");
    check(
        &shown(&rest, &["ID", "Description"]),
        &expect![[r"
            ErrorReport ID=EventsLost Description=1 record of ProcessCreate from 2023-11-14 22:13:24.000 to 2023-11-14 22:13:25.000: the ring buffer had no room
            ErrorReport ID=EventsMissed Description=1 record of FileCreate or FileDelete from 2023-11-14 22:13:24.000 to 2023-11-14 22:13:25.000: the hook could not read what it needs
        "]],
    );
    assert_eq!(unreadable.len(), 1);
    let counters = pipeline.counters();
    assert_eq!((counters.lost, counters.missing, counters.unreadable), (2, 0, 1));
}

#[test]
fn gaps_that_nobody_counted_are_told() {
    let mut stage = Stage::new();
    let mut pipeline = line(EVERYTHING);
    walk(&mut pipeline, &stage.records);
    (0..5).for_each(|_| stage.kernel.lose(0));
    let exit = stage.kernel.exit(6 * SECOND, &stage.init);
    walk(&mut pipeline, &[exit]);
    pipeline.lost(BootTime(6 * SECOND), &[]);
    assert_eq!(tick(&mut pipeline, 6 * SECOND), [], "it may still come");
    pipeline.lost(BootTime(7 * SECOND), &[]);
    check(
        &shown(&tick(&mut pipeline, 7 * SECOND), &["ID", "Description"]),
        &expect![[r"
        ErrorReport ID=RecordsMissing Description=5 records of unknown kind from 2023-11-14 22:13:27.000 to 2023-11-14 22:13:27.000: their numbers never came
    "]],
    );
}

/// The list of processes is read at once, while older records still wait in the ring, for longer than two looks.
#[test]
fn a_list_of_processes_ahead_of_the_ring_is_no_gap() {
    let mut stage = Stage::new();
    let mut pipeline = line(EVERYTHING);
    walk(&mut pipeline, &stage.records);
    let waiting: Vec<Vec<u8>> =
        (6..12).map(|second| stage.kernel.exit(second * SECOND, &stage.init)).collect();
    let sleeper = image(TaskBytes::new(77, 2), stage.init, "/usr/bin/sleep", b"sleep\0");
    let listed = stage.kernel.image(SEED, 12 * SECOND, &sleeper);
    walk(&mut pipeline, &[listed]);
    for look in 12..16 {
        pipeline.lost(BootTime(look * SECOND), &[]);
        assert_eq!(tick(&mut pipeline, look * SECOND), []);
    }
    walk(&mut pipeline, &waiting);
    pipeline.lost(BootTime(17 * SECOND), &[]);
    assert_eq!(pipeline.counters().missing, 0);
}

#[test]
fn the_agent_reports_itself() {
    let mut pipeline = line(EVERYTHING);
    let mut events = Vec::new();
    pipeline.configured("/etc/x.xml", "SHA256=00".into(), &mut events);
    pipeline.state_changed(State::Started, &mut events);
    pipeline.report(Trouble::ConfigurationRefused, "x.xml:1:1: error", &mut events);
    pipeline.state_changed(State::Stopped, &mut events);
    check(
        &shown(
            &events,
            &[
                "State",
                "Version",
                "SchemaVersion",
                "Configuration",
                "ConfigurationFileHash",
                "ID",
                "Description",
            ],
        ),
        &expect![[r"
            ServiceConfigurationChange Configuration=/etc/x.xml ConfigurationFileHash=SHA256=00
            ServiceStateChange State=Started Version=1.5.2 SchemaVersion=4.90
            ErrorReport ID=ConfigurationRefused Description=x.xml:1:1: error
            ServiceStateChange State=Stopped Version=1.5.2 SchemaVersion=4.90
        "]],
    );
}
