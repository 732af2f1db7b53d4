//! Disks with a freshly installed Debian: one with systemd, and the same after sysvinit has taken its place. Made by
//! mmdebstrap from packages alone, kept below `target/` until what they are made of changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::System;
use crate::guest::machine::Machine;
use crate::guest::package::source;

/// What is installed besides the essential packages: what a small server has.
pub(crate) const PACKAGES: &str =
    "systemd,systemd-sysv,udev,dbus,rsyslog,logrotate,cron,procps,kmod,passwd,iproute2";

/// Run in the finished system, whose root is `$1`: what makes an image of it, and what replaces systemd.
const MAKE_DISK: &str = include_str!("make-disk.sh");
const TO_SYSVINIT: &str = "DEBIAN_FRONTEND=noninteractive apt-get -qq --yes --no-install-recommends install \
    sysvinit-core orphan-sysvinit-scripts && dpkg --purge systemd libpam-systemd systemd-sysv";

/// Disks that are made of one installation.
pub(crate) struct Disks<'a> {
    /// Under this name is remembered what they were made of.
    pub(crate) name: &'a str,
    /// Debian's release.
    pub(crate) suite: &'a str,
    /// What is installed besides the essential packages.
    pub(crate) packages: &'a str,
    /// What is done with it, in order: commands, and disks that are made of what there is by then.
    pub(crate) steps: &'a [Step<'a>],
}

/// What is done with an installation.
pub(crate) enum Step<'a> {
    /// Run in it.
    Run(&'a str),
    /// Made of it; the name without an ending.
    Disk(&'a str),
}

/// Where the disk of a system lies.
pub(super) fn of(system: System, suite: &str, folder: &Path) -> PathBuf {
    folder.join(format!("{suite}-{}.ext4", system.name()))
}

/// Makes the disks of both systems, unless they are there already.
pub(super) fn make(suite: &str, folder: &Path) -> Result<()> {
    let steps =
        [Step::Disk(System::Systemd.name()), Step::Run(TO_SYSVINIT), Step::Disk(System::Sysvinit.name())];
    Disks { name: suite, suite, packages: PACKAGES, steps: &steps }.make(folder)
}

impl Disks<'_> {
    /// Makes them as `SUITE-NAME.ext4` in `folder`, unless they are there already.
    pub(crate) fn make(&self, folder: &Path) -> Result<()> {
        let Self { name, suite, packages, steps } = self;
        let steps_text = steps.iter().map(|step| match step {
            Step::Run(text) | Step::Disk(text) => *text,
        });
        let recipe =
            [*suite, *packages, MAKE_DISK].into_iter().chain(steps_text).collect::<Vec<_>>().join("\n");
        let made_of = folder.join(format!("{name}.recipe"));
        if fs::read_to_string(&made_of).is_ok_and(|text| text == recipe) {
            return Ok(());
        }
        eprintln!("installing Debian {suite} into images below {}", folder.display());
        let work = folder.join(format!("{name}.image"));
        if work.exists() {
            fs::remove_dir_all(&work)?;
        }
        fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
        fs::write(work.join("make-disk.sh"), MAKE_DISK)?;
        fs::write(work.join("debian.sources"), source(Machine::Amd64, suite)?)?;
        let log = folder.join(format!("{name}.image.log"));
        let said = fs::File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let status = self.mmdebstrap().current_dir(&work).stdout(said.try_clone()?).stderr(said).status();
        let status = status.context("cannot run mmdebstrap")?;
        ensure!(status.success(), "mmdebstrap failed; {} says why", log.display());
        for step in *steps {
            if let Step::Disk(disk) = step {
                fs::rename(work.join(format!("{disk}.ext4")), folder.join(format!("{suite}-{disk}.ext4")))?;
            }
        }
        fs::remove_dir_all(&work)?;
        fs::write(&made_of, recipe).context("cannot write")
    }

    fn mmdebstrap(&self) -> Command {
        let mut command = Command::new("mmdebstrap");
        command.args(["--mode=root", "--variant=minbase", "--format=null", "--include", self.packages]);
        command.arg("--aptopt=Acquire::Retries \"5\"");
        // A third of the bytes, which nothing here reads.
        for folder in ["man", "doc", "locale"] {
            command.arg(format!("--dpkgopt=path-exclude=/usr/share/{folder}/*"));
        }
        for step in self.steps {
            command.arg(match step {
                Step::Run(text) => format!("--customize-hook=chroot \"$1\" sh -c '{text}'"),
                Step::Disk(disk) => format!("--customize-hook=sh ./make-disk.sh \"$1\" {disk}.ext4"),
            });
        }
        command.args([self.suite, "-", "./debian.sources"]);
        command
    }
}
