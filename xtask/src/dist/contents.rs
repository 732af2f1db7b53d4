//! What the packages hold: one table for all of them.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use anyhow::{Context, Result};

/// One file of the packages.
pub struct Item {
    /// Below the root of the repository; of a link, what it points at.
    pub from: &'static str,
    /// On the system; what ends in `.gz` is compressed on the way.
    pub to: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// How a file is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The program itself; where it lies, the command line says.
    Program,
    /// The licence texts of what it is linked from, gathered when it is packed.
    Notices,
    /// A link.
    Link,
    /// The administrator may change it, and an update keeps that.
    Configuration,
    /// Everything else.
    Plain,
}

const fn item(from: &'static str, to: &'static str, kind: Kind) -> Item {
    Item { from, to, kind }
}

/// Everything, by path.
pub const CONTENTS: &[Item] = &[
    item("packaging/logrotate/tuxmon", "/etc/logrotate.d/tuxmon", Kind::Configuration),
    item("packaging/config/default.xml", "/etc/tuxmon/config.xml", Kind::Configuration),
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

impl Item {
    /// Permissions; of a link, those of every link.
    pub fn mode(&self) -> u32 {
        match self.kind {
            Kind::Program => 0o755,
            Kind::Link => 0o777,
            Kind::Configuration | Kind::Plain | Kind::Notices => 0o644,
        }
    }

    /// Where it lies below a root.
    pub fn below(&self, root: &Path) -> std::path::PathBuf {
        root.join(self.to.trim_start_matches('/'))
    }
}

/// Lays everything out below `root`, which does not exist yet.
pub(super) fn stage(root: &Path, program: &Path) -> Result<()> {
    for item in CONTENTS {
        let to = item.below(root);
        let folder = to.parent().context("every path has a folder")?;
        fs::create_dir_all(folder)?;
        let from = crate::root().join(item.from);
        match item.kind {
            Kind::Link => {
                symlink(item.from, &to)?;
                continue;
            }
            Kind::Program => drop(fs::copy(program, &to)?),
            Kind::Notices => fs::write(&to, super::sbom::notices()?)?,
            Kind::Configuration | Kind::Plain
                if to.extension().is_some_and(|extension| extension == "gz") =>
            {
                let packed = std::process::Command::new("gzip").arg("-9nc").arg(&from).output()?;
                anyhow::ensure!(packed.status.success(), "gzip failed on {}", from.display());
                fs::write(&to, packed.stdout)?;
            }
            Kind::Configuration | Kind::Plain => {
                fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
            }
        }
        fs::set_permissions(&to, Permissions::from_mode(item.mode()))?;
    }
    folders_for_all(root)
}

/// Folders are open to read for everybody, whatever the umask of whoever builds.
fn folders_for_all(folder: &Path) -> Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders_for_all(&entry.path())?;
        }
    }
    Ok(())
}
