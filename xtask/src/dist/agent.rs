//! The package of the agent.

use super::contents::{Item, Kind, item};
use super::{Package, sbom::Library};

/// The version of the original that whoever depends on its package gets.
pub const COMPATIBLE_WITH: &str = "1.5.2";

/// What makes the package.
pub(super) fn package() -> Package {
    Package {
        name: "tuxmon",
        summary: "records what happens on a machine, as Sysmon does",
        description: "\
Which programs run, who started them, what they connect to, which files they
create and delete, as the events of Sysmon for Linux in the system log. It
takes the same configurations and has the same command line. Nothing starts
until `sysmon -i`.
",
        largest: 8_000_000,
        contents: CONTENTS,
        libraries: &[
            Library { name: "libelf", license: "GPL-2.0-or-later OR LGPL-3.0-or-later" },
            Library { name: "zlib", license: "Zlib" },
        ],
        // It says nothing of a conflict with the original's package, since apt would then remove that first, and with it
        // all of /opt/sysmon, before any script of ours has run. Without, dpkg replaces its files one by one, which ends
        // it just the same, after our `preinst`.
        debian: format!(
            "Suggests: rsyslog, logrotate\nReplaces: sysmonforlinux\nProvides: sysmonforlinux (= {COMPATIBLE_WITH})\n"
        ),
        debian_scripts: &["preinst", "postinst", "prerm", "postrm"],
        rpm: format!(
            "License: MIT AND Apache-2.0 AND GPL-2.0-only\nProvides: sysmonforlinux = {COMPATIBLE_WITH}\n\
             Conflicts: sysmonforlinux\nObsoletes: sysmonforlinux < 2\n"
        ),
        rpm_scripts: &["pre", "preun", "posttrans"],
        scripts: "packaging",
    }
}

/// Everything, by path.
pub const CONTENTS: &[Item] = &[
    item("packaging/logrotate/tuxmon", "/etc/logrotate.d/tuxmon", Kind::Configuration),
    item("packaging/config/default.xml", "/etc/tuxmon/config.xml", Kind::Configuration),
    item("packaging/settings/tuxmon.toml", "/etc/tuxmon/tuxmon.toml", Kind::Configuration),
    item("tuxmon", "/usr/bin/sysmon", Kind::Link),
    item("tuxmon", "/usr/bin/sysmonLogView", Kind::Link),
    item("", "/usr/bin/tuxmon", Kind::Program),
    item("packaging/completions/tuxmon.bash", "/usr/share/bash-completion/completions/tuxmon", Kind::Plain),
    item("LICENSE-APACHE", "/usr/share/doc/tuxmon/LICENSE-APACHE", Kind::Plain),
    item("bpf/LICENSE", "/usr/share/doc/tuxmon/LICENSE-GPL-2.0", Kind::Plain),
    item("packaging/licences/GPL-3.0", "/usr/share/doc/tuxmon/LICENSE-GPL-3.0", Kind::Plain),
    item("packaging/licences/LGPL-3.0", "/usr/share/doc/tuxmon/LICENSE-LGPL-3.0", Kind::Plain),
    item("LICENSE-MIT", "/usr/share/doc/tuxmon/LICENSE-MIT", Kind::Plain),
    item("README.md", "/usr/share/doc/tuxmon/README.md", Kind::Plain),
    item("", "/usr/share/doc/tuxmon/THIRD-PARTY", Kind::Notices),
    item("packaging/deb/copyright", "/usr/share/doc/tuxmon/copyright", Kind::Plain),
    item("packaging/rsyslog/00-sysmon.conf", "/usr/share/doc/tuxmon/examples/00-sysmon.conf", Kind::Plain),
    item(
        "packaging/container/kubernetes.yaml",
        "/usr/share/doc/tuxmon/examples/kubernetes.yaml",
        Kind::Plain,
    ),
    item("packaging/systemd/sysmon.service", "/usr/share/doc/tuxmon/examples/sysmon.service", Kind::Plain),
    item("docs/install.md", "/usr/share/doc/tuxmon/install.md", Kind::Plain),
    item("docs/migrate.md", "/usr/share/doc/tuxmon/migrate.md", Kind::Plain),
    item("docs/rsyslog-and-journald.md", "/usr/share/doc/tuxmon/rsyslog-and-journald.md", Kind::Plain),
    item("docs/troubleshooting.md", "/usr/share/doc/tuxmon/troubleshooting.md", Kind::Plain),
    item(
        "packaging/completions/tuxmon.fish",
        "/usr/share/fish/vendor_completions.d/tuxmon.fish",
        Kind::Plain,
    ),
    item("packaging/man/sysmonLogView.1", "/usr/share/man/man1/sysmonLogView.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-attack-map.1", "/usr/share/man/man1/tuxmon-attack-map.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-check.1", "/usr/share/man/man1/tuxmon-check.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-filter.1", "/usr/share/man/man1/tuxmon-filter.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-record.1", "/usr/share/man/man1/tuxmon-record.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-replay.1", "/usr/share/man/man1/tuxmon-replay.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-run.1", "/usr/share/man/man1/tuxmon-run.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-selftest.1", "/usr/share/man/man1/tuxmon-selftest.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-sigma.1", "/usr/share/man/man1/tuxmon-sigma.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-status.1", "/usr/share/man/man1/tuxmon-status.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-view.1", "/usr/share/man/man1/tuxmon-view.1.gz", Kind::Plain),
    item("packaging/man/tuxmon.1", "/usr/share/man/man1/tuxmon.1.gz", Kind::Plain),
    item("packaging/man/sysmon.8", "/usr/share/man/man8/sysmon.8.gz", Kind::Plain),
    item(
        "packaging/sigma/agent_files_deleted.yml",
        "/usr/share/tuxmon/sigma/agent_files_deleted.yml",
        Kind::Plain,
    ),
    item(
        "packaging/sigma/agent_loses_events.yml",
        "/usr/share/tuxmon/sigma/agent_loses_events.yml",
        Kind::Plain,
    ),
    item(
        "packaging/sigma/agent_reconfigured.yml",
        "/usr/share/tuxmon/sigma/agent_reconfigured.yml",
        Kind::Plain,
    ),
    item(
        "packaging/sigma/agent_stopped_by_command.yml",
        "/usr/share/tuxmon/sigma/agent_stopped_by_command.yml",
        Kind::Plain,
    ),
    item("packaging/sigma/ebpf_by_unknown.yml", "/usr/share/tuxmon/sigma/ebpf_by_unknown.yml", Kind::Plain),
    item("packaging/sigma/ebpf_traffic.yml", "/usr/share/tuxmon/sigma/ebpf_traffic.yml", Kind::Plain),
    item(
        "packaging/sigma/history_file_deleted.yml",
        "/usr/share/tuxmon/sigma/history_file_deleted.yml",
        Kind::Plain,
    ),
    item("packaging/sigma/history_wiped.yml", "/usr/share/tuxmon/sigma/history_wiped.yml", Kind::Plain),
    item(
        "packaging/sigma/io_uring_switched_on.yml",
        "/usr/share/tuxmon/sigma/io_uring_switched_on.yml",
        Kind::Plain,
    ),
    item("packaging/sigma/io_uring_tool.yml", "/usr/share/tuxmon/sigma/io_uring_tool.yml", Kind::Plain),
    item("packaging/sigma/log_emptied.yml", "/usr/share/tuxmon/sigma/log_emptied.yml", Kind::Plain),
    item("packaging/sigma/log_file_deleted.yml", "/usr/share/tuxmon/sigma/log_file_deleted.yml", Kind::Plain),
    item("packaging/sigma/memory_image.yml", "/usr/share/tuxmon/sigma/memory_image.yml", Kind::Plain),
    item("packaging/sigma/memory_writer.yml", "/usr/share/tuxmon/sigma/memory_writer.yml", Kind::Plain),
    item(
        "packaging/sigma/module_file_placed.yml",
        "/usr/share/tuxmon/sigma/module_file_placed.yml",
        Kind::Plain,
    ),
    item(
        "packaging/sigma/module_load_odd_place.yml",
        "/usr/share/tuxmon/sigma/module_load_odd_place.yml",
        Kind::Plain,
    ),
    item("packaging/sigma/preload_written.yml", "/usr/share/tuxmon/sigma/preload_written.yml", Kind::Plain),
    item(
        "packaging/sigma/process_memory_written.yml",
        "/usr/share/tuxmon/sigma/process_memory_written.yml",
        Kind::Plain,
    ),
    item(
        "packaging/sigma/raw_disk_by_unknown.yml",
        "/usr/share/tuxmon/sigma/raw_disk_by_unknown.yml",
        Kind::Plain,
    ),
    item(
        "packaging/sigma/shared_memory_execution.yml",
        "/usr/share/tuxmon/sigma/shared_memory_execution.yml",
        Kind::Plain,
    ),
    item("packaging/sigma/timestomp.yml", "/usr/share/tuxmon/sigma/timestomp.yml", Kind::Plain),
    item("packaging/sigma/trace_by_unknown.yml", "/usr/share/tuxmon/sigma/trace_by_unknown.yml", Kind::Plain),
    item(
        "packaging/sigma/trace_of_guardian.yml",
        "/usr/share/tuxmon/sigma/trace_of_guardian.yml",
        Kind::Plain,
    ),
    item("packaging/completions/_tuxmon", "/usr/share/zsh/vendor-completions/_tuxmon", Kind::Plain),
];
