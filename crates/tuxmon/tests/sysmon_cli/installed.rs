//! Installing, changing and removing, below a root of the test's own: the machine's own service is never touched.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde_json::Value;
use tempfile::TempDir;

use super::call::{Answer, answer, copy_program, is_root, program, skip};

/// The exit code of a service whose programs the kernel refuses.
const NOT_LOADED: i32 = 12;
const NO_TYPES: i32 = 13;

/// A machine without anything but a root folder.
struct Machine {
    root: TempDir,
}

impl Machine {
    /// None where services cannot be installed; it has been said why.
    fn new() -> Option<Self> {
        if !is_root() {
            skip("not root");
            return None;
        }
        let root = tempfile::Builder::new().prefix("tuxmon-root.").tempdir().expect("a temporary folder");
        Some(Self { root })
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn call(&self, line: &str) -> Answer {
        let mut command = Command::new(program());
        command.arg("sysmon").arg("--root").arg(self.root.path()).current_dir(self.root.path());
        answer(command.args(line.split_whitespace()))
    }

    /// Installs; `None` where this kernel loads no programs.
    fn install(&self, line: &str) -> Option<Answer> {
        let installed = self.call(line);
        if matches!(installed.code, Some(NOT_LOADED | NO_TYPES)) {
            skip(&format!("no eBPF here: {}", installed.stderr));
            return None;
        }
        assert_eq!(installed.code, Some(0), "{installed:?}");
        Some(installed)
    }

    fn configuration(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the folder is ours");
    }

    /// What `tuxmon status --json` says, with its exit code.
    fn status(&self, folder: &str) -> (Option<i32>, Value) {
        let mut command = Command::new(program());
        let said = answer(command.args(["status", "--json", "--state-dir"]).arg(self.path(folder)));
        (said.code, serde_json::from_str(&said.stdout).expect("it is JSON"))
    }

    /// Every file below the root.
    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.root.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder of ours") {
                let path = entry.expect("an entry of ours").path();
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                } else {
                    let short = path.strip_prefix(self.root.path()).expect("it was found below");
                    found.push(short.display().to_string());
                }
            }
        }
        found.sort();
        found
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Whatever a test that failed has left running. Where nothing runs this does nothing.
        for name in ["sysmon", "quiet"] {
            self.call(&format!("-u force -d {name}"));
        }
    }
}

const ONE: &str = r#"<Sysmon schemaversion="4.90">
  <EventFiltering><ProcessCreate onmatch="include"><Image condition="end with">/one</Image></ProcessCreate></EventFiltering>
</Sysmon>
"#;

const TWO: &str = r#"<Sysmon schemaversion="4.90">
  <HashAlgorithms>md5</HashAlgorithms>
  <EventFiltering><ProcessTerminate onmatch="include"/></EventFiltering>
</Sysmon>
"#;

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode()
        & 0o7777
}

#[test]
fn a_service_lives_from_installation_to_removal() {
    let Some(machine) = Machine::new() else { return };
    machine.configuration("one.xml", ONE);
    machine.configuration("two.xml", TWO);

    let Some(installed) = machine.install("-accepteula -i one.xml") else { return };
    assert!(installed.said().ends_with("validated.\nSysmon installed.\nSysmon started.\n"), "{installed:?}");
    assert_eq!(mode(&machine.path("opt/sysmon")), 0o700);
    for name in ["config.xml", "argc", "argv", "eventId", "control"] {
        assert_eq!(mode(&machine.path("opt/sysmon").join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&machine.path("opt/sysmon/sysmon")), 0o700);
    assert_eq!(
        fs::read(machine.path("opt/sysmon/argv")).expect("it is there"),
        b"sysmon\0-accepteula\0-i\0one.xml\0"
    );

    let (_, status) = machine.status("opt/sysmon");
    assert_eq!(status["configuration"]["name"], "one.xml");
    let pid = status["pid"].as_u64().expect("a number");
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).expect("it runs");
    assert_eq!(name, "sysmon\n");
    let privileges = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    assert!(privileges.contains("NoNewPrivs:\t1"), "{privileges}");

    changes(&machine);

    let removed = machine.call("-u");
    assert_eq!(removed.code, Some(0));
    assert!(removed.said().starts_with("Sysmon stopped.\nKept "), "{removed:?}");
    assert_eq!(machine.files(), ["one.xml", "opt/sysmon/config.xml", "opt/sysmon/eventId", "two.xml"]);
    // Its entry may wait for a parent that never looks; without a program it has ended.
    assert!(fs::read_link(format!("/proc/{pid}/exe")).is_err(), "it has ended");

    let counter = fs::read(machine.path("opt/sysmon/eventId")).expect("it was kept");
    machine.install("-i opt/sysmon/config.xml").expect("it could be installed before");
    assert_eq!(machine.status("opt/sysmon").1["configuration"]["name"], "opt/sysmon/config.xml");
    machine.call("-u force");
    assert_ne!(counter, [0; 8]);
    assert_eq!(machine.files(), ["one.xml", "two.xml"], "nothing is left");
    let again = machine.call("-u");
    assert_eq!((again.code, again.said().as_str()), (Some(0), "Sysmon stopped.\n"));
}

/// What `-c` does to a running service.
fn changes(machine: &Machine) {
    let stored = |name: &str| fs::read(machine.path("opt/sysmon").join(name)).expect("it is there");
    let dump = machine.call("-c");
    assert_eq!(dump.code, Some(0));
    assert_eq!(
        dump.said(),
        "Rule configuration (version 4.90):\n \
         - ProcessCreate                      onmatch: include   combine rules using 'And'\n\
         \tImage                          filter: end with     value: '/one'\n"
    );

    // Refused before anything is touched.
    machine.configuration("bad.xml", "<Sysmon schemaversion=\"4.90\"><Event");
    let refused = machine.call("-c bad.xml");
    assert_eq!(refused.code, Some(87));
    assert!(refused.stderr.contains("bad.xml:1:"), "{refused:?}");
    fs::remove_file(machine.path("bad.xml")).expect("it is ours");
    assert_eq!(stored("config.xml"), ONE.as_bytes());
    assert_eq!(stored("argv"), b"sysmon\0-accepteula\0-i\0one.xml\0");
    assert_eq!(machine.call("-c").said(), dump.said());

    // When it returns, the new rules hold.
    let changed = machine.call("-c two.xml");
    assert_eq!(changed.code, Some(0), "{changed:?}");
    assert!(changed.said().ends_with("Configuration file validated.\nConfiguration updated.\n"));
    assert!(machine.call("-c").said().contains(" - ProcessTerminate "));
    let (_, status) = machine.status("opt/sysmon");
    assert_eq!(status["configuration"]["name"], "two.xml");
    assert!(
        status["configuration"]["hash"].as_str().is_some_and(|hash| hash.starts_with("MD5=")),
        "{status}"
    );
    assert_eq!(stored("config.xml"), TWO.as_bytes());
    assert_eq!(stored("argc"), [3, 0, 0, 0]);

    let defaults = machine.call("-c --");
    assert_eq!(defaults.code, Some(0));
    assert_eq!(defaults.said(), "Updating configuration to use all defaults.\nConfiguration updated.\n");
    assert_eq!(machine.call("-c").said(), "No rules installed\n");
    let switched = machine.call("-c -h sha1 -n curl");
    assert_eq!(switched.code, Some(0));
    assert!(machine.call("-c").said().contains("filter: image        value: 'curl'"));
}

#[test]
fn without_an_installation_nothing_is_made() {
    let Some(machine) = Machine::new() else { return };
    machine.configuration("one.xml", ONE);
    fs::create_dir(machine.path("opt")).expect("the folder is ours");
    let dump = machine.call("-c");
    assert_eq!((dump.code, dump.said().as_str()), (Some(87), "Sysmon is not running\n"));
    let change = machine.call("-c one.xml");
    assert_eq!(change.code, Some(1));
    assert!(
        change.said().ends_with("Error: Sysmon is not installed.\nCannot copy the config file\n"),
        "{change:?}"
    );
    let service = machine.call("-i one.xml -service");
    assert_eq!((service.code, service.said().as_str()), (Some(1), "Error: Sysmon is not installed.\n"));
    machine.configuration("bad.xml", "<Sysmon");
    assert_eq!(machine.call("-i bad.xml").code, Some(87));
    assert_eq!(machine.files(), ["bad.xml", "one.xml"]);
    assert!(!machine.path("opt/sysmon").exists());
    assert_eq!(machine.status("opt/sysmon"), (Some(2), serde_json::json!({"running": false})));
}

#[test]
fn a_stopped_installation_takes_a_configuration_for_later() {
    let Some(machine) = Machine::new() else { return };
    machine.configuration("one.xml", ONE);
    fs::create_dir_all(machine.path("opt/sysmon")).expect("the folder is ours");
    fs::set_permissions(machine.path("opt/sysmon"), Permissions::from_mode(0o700))
        .expect("the folder is ours");
    let change = machine.call("-c one.xml");
    assert_eq!(change.code, Some(0));
    assert!(change.said().ends_with("Error: Sysmon is not installed.\n"), "{change:?}");
    assert_eq!(fs::read(machine.path("opt/sysmon/config.xml")).expect("it was stored"), ONE.as_bytes());
}

/// Programs that run while a test does.
struct Bystander(Child);

impl Drop for Bystander {
    fn drop(&mut self) {
        // It is ours, and the test is over.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn no_process_is_ended_by_its_name() {
    let Some(machine) = Machine::new() else { return };
    let sleep = ["/usr/bin/sleep", "/bin/sleep"].into_iter().find(|path| Path::new(path).exists());
    let Some(sleep) = sleep else { return skip("no sleep") };
    let other = machine.path("elsewhere/sysmon");
    fs::create_dir(machine.path("elsewhere")).expect("the folder is ours");
    copy_program(Path::new(sleep), &other);
    let child = Command::new(&other).arg("600").stdin(Stdio::null()).spawn().expect("it is a program");
    let mut bystander = Bystander(child);
    if machine.install("-i").is_none() {
        return;
    }
    machine.call("-c --");
    machine.call("-u force");
    assert_eq!(bystander.0.try_wait().expect("it is our child"), None, "it must still run");
}

#[test]
fn another_name_is_a_service_of_its_own() {
    let Some(machine) = Machine::new() else { return };
    machine.configuration("one.xml", ONE);
    if machine.install("-i one.xml -d quiet").is_none() {
        return;
    }
    assert!(machine.path("opt/quiet/quiet").exists());
    assert!(!machine.path("opt/sysmon").exists());
    let pid = machine.status("opt/quiet").1["pid"].as_u64().expect("it runs");
    assert_eq!(fs::read_to_string(format!("/proc/{pid}/comm")).expect("it runs"), "quiet\n");
    assert_eq!(machine.call("-c").said(), "Sysmon is not running\n");
    let by_name = machine.call("-c -d quiet").said();
    assert!(by_name.contains("value: '/one'"), "{by_name}");
    // The installed program knows its own name.
    let own = answer(Command::new(machine.path("opt/quiet/quiet")).arg("-c"));
    assert_eq!(own.said(), by_name);
    machine.call("-u force -d quiet");
    assert_eq!(machine.files(), ["one.xml"]);
}

#[test]
fn what_the_original_left_is_taken_over() {
    let Some(machine) = Machine::new() else { return };
    let folder = machine.path("opt/sysmon");
    fs::create_dir_all(&folder).expect("the folder is ours");
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).expect("the folder is ours");
    fs::write(folder.join("config.xml"), ONE).expect("the folder is ours");
    fs::write(folder.join("eventId"), 4711u64.to_le_bytes()).expect("the folder is ours");
    let words = b"sysmon\0-i\0/root/one.xml\0-h\0md5\0";
    fs::write(folder.join("argv"), words).expect("the folder is ours");
    for left in ["rules.bin", "sysmonEBPFkern5.6-_core.o", "sysmonEBPFkern4.15.o", "sysmonLogView", "sysmon"]
    {
        fs::write(folder.join(left), "of the original").expect("the folder is ours");
    }
    // As its package does after an upgrade.
    if machine.install("-i opt/sysmon/config.xml").is_none() {
        return;
    }
    assert!(machine.call("-c").said().contains("value: '/one'"));
    assert!(!folder.join("sysmonEBPFkern4.15.o").exists());
    // What set it stays: the hashes, and the path that event 16 names.
    assert_eq!(fs::read(folder.join("argv")).expect("it is there"), words);
    let (_, status) = machine.status("opt/sysmon");
    assert_eq!(status["configuration"]["name"], "/root/one.xml");
    machine.install("-i opt/sysmon/config.xml -h sha1").expect("programs loaded before");
    let argv = fs::read(folder.join("argv")).expect("it is there");
    assert_eq!(argv, b"sysmon\0-i\0opt/sysmon/config.xml\0-h\0sha1\0");
    machine.call("-u");
    let counter = fs::read(folder.join("eventId")).expect("it is kept");
    let counter = u64::from_le_bytes(counter.try_into().expect("eight bytes"));
    assert!((4712..5711).contains(&counter), "{counter}");
    assert_eq!(machine.files(), ["opt/sysmon/config.xml", "opt/sysmon/eventId"]);
}

#[test]
fn dumps_of_the_running_service_are_the_originals() {
    let Some(corpora) = tuxmon_testing::corpus("") else { return };
    let Some(machine) = Machine::new() else { return };
    if machine.install("-i").is_none() {
        return;
    }
    let configs = corpora.join("configs");
    let mut compared = 0;
    for name in ["msticpy", "sysmonforlinux", "mstic"] {
        let folder = configs.join("expected_dump/linux").join(name);
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let mut dumps: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
        dumps.sort();
        for dump in dumps.into_iter().filter(|path| path.extension().is_some_and(|it| it == "rules")).take(5)
        {
            let file = dump.file_stem().expect("it has a name").to_string_lossy().into_owned();
            let config = configs.join("linux").join(name).join(format!("{file}.xml"));
            let changed = machine.call(&format!("-c {}", config.display()));
            assert_eq!(changed.code, Some(0), "{file}: {changed:?}");
            let expected = fs::read_to_string(&dump).expect("the corpora are complete");
            assert_eq!(machine.call("-c").said().trim_end(), expected.trim_end(), "{file}");
            compared += 1;
        }
    }
    assert!(compared > 3, "only {compared} dumps were compared");
}

#[test]
fn systemd_gets_a_unit_and_is_asked_to_start_it() {
    let Some(machine) = Machine::new() else { return };
    for folder in ["run/systemd/system", "etc/systemd/system", "usr/bin"] {
        fs::create_dir_all(machine.path(folder)).expect("the folder is ours");
    }
    let log = machine.path("asked");
    let systemctl = machine.path("usr/bin/systemctl");
    let script = format!("#!/bin/sh\necho \"$@\" >> {}\n[ \"$1\" != start ] || exit 5\n", log.display());
    let draft = machine.path("draft");
    fs::write(&draft, script).expect("the folder is ours");
    fs::set_permissions(&draft, Permissions::from_mode(0o755)).expect("the folder is ours");
    copy_program(&draft, &systemctl);
    fs::remove_file(&draft).expect("the folder is ours");

    let installed = machine.call("-i -d quiet");
    assert_eq!(installed.code, Some(5), "systemctl's own code: {installed:?}");
    let unit = fs::read_to_string(machine.path("etc/systemd/system/quiet.service")).expect("it was written");
    let binary = machine.path("opt/quiet/quiet");
    let start = format!(
        "ExecStart={} -i {}/config.xml -service\n",
        binary.display(),
        machine.path("opt/quiet").display()
    );
    assert!(unit.contains(&start), "{unit}");
    assert!(unit.contains("Type=notify\n") && unit.contains("NoNewPrivileges=yes\n"));
    assert_eq!(mode(&machine.path("etc/systemd/system/quiet.service")), 0o644);
    assert!(machine.path("etc/systemd/system/multi-user.target.wants/quiet.service").is_symlink());

    assert_eq!(machine.call("-u force -d quiet").code, Some(0));
    let asked = fs::read_to_string(&log).expect("it was asked");
    let expected =
        "daemon-reload\nreset-failed quiet.service\nstart quiet.service\nstop quiet.service\ndaemon-reload\n";
    assert_eq!(asked, expected);
    assert_eq!(machine.files(), ["asked", "usr/bin/systemctl"]);
}

#[test]
fn an_init_script_starts_and_stops_the_service() {
    let Some(machine) = Machine::new() else { return };
    for folder in ["etc/init.d", "etc/rc0.d", "etc/rc3.d", "run"] {
        fs::create_dir_all(machine.path(folder)).expect("the folder is ours");
    }
    if machine.install("-i").is_none() {
        return;
    }
    let script = machine.path("etc/init.d/sysmon");
    assert_eq!(mode(&script), 0o755);
    assert!(machine.path("etc/rc0.d/K99sysmon").is_symlink());
    assert!(machine.path("etc/rc3.d/S99sysmon").is_symlink());
    let verb = |verb: &str| answer(Command::new(&script).arg(verb));
    let check = |name: &str, code: i32, said: &str| {
        let answer = verb(name);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(code), said), "{name}: {answer:?}");
    };
    check("status", 0, "sysmon is running\n");
    check("start", 0, "sysmon is running\n");
    check("stop", 0, "");
    check("status", 3, "sysmon is not running\n");
    check("restart", 0, "");
    check("status", 0, "sysmon is running\n");
    check("reload", 0, "");
    assert_eq!(verb("nonsense").code, Some(2));
    assert_eq!(machine.call("-u force").code, Some(0));
    assert_eq!(machine.files(), Vec::<String>::new());
}

/// What a service manager hears: one datagram, or nothing for 30 s.
fn heard(socket: &UnixDatagram) -> String {
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("it is a socket");
    let mut bytes = [0; 1024];
    let length = socket.recv(&mut bytes).expect("the service speaks");
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

#[test]
fn a_service_manager_hears_of_start_life_reload_and_end() {
    let Some(machine) = Machine::new() else { return };
    machine.configuration("one.xml", ONE);
    if machine.install("-i one.xml").is_none() {
        return;
    }
    // The same installation, now under a manager that listens.
    let pid = machine.status("opt/sysmon").1["pid"].as_i64().expect("it runs");
    // It no longer answers at once, but its files are free only when it has ended.
    end(pid);
    assert_eq!(machine.status("opt/sysmon").0, Some(2));
    let socket = UnixDatagram::bind(machine.path("manager")).expect("the folder is ours");
    let child = Command::new(machine.path("opt/sysmon/sysmon"))
        .args(["-i", "config.xml", "-service"])
        .env("NOTIFY_SOCKET", machine.path("manager"))
        .env("WATCHDOG_USEC", "400000")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it is installed");
    let mut service = Bystander(child);
    assert_eq!(heard(&socket), "READY=1\nSTATUS=collecting by one.xml\n");
    assert_eq!(heard(&socket), "WATCHDOG=1\n");
    assert_eq!(heard(&socket), "WATCHDOG=1\n");
    machine.configuration("two.xml", TWO);
    assert_eq!(machine.call("-c two.xml").code, Some(0));
    let words = (0..50).map(|_| heard(&socket)).find(|words| words != "WATCHDOG=1\n");
    assert_eq!(words.as_deref(), Some("STATUS=collecting by two.xml\n"));
    end(i64::from(service.0.id()));
    let words = (0..50).map(|_| heard(&socket)).find(|words| words != "WATCHDOG=1\n");
    assert_eq!(words.as_deref(), Some("STOPPING=1\n"));
    assert!(service.0.wait().expect("it is our child").success());
}

/// Asks a process of ours to end, and waits until it has.
fn end(pid: i64) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process");
    let process = pidfd_open(pid, PidfdFlags::empty()).expect("it runs");
    pidfd_send_signal(&process, Signal::TERM).expect("it runs");
    let patience = Timespec { tv_sec: 10, tv_nsec: 0 };
    let ended = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&patience));
    assert_eq!(ended, Ok(1), "it does not end");
}
