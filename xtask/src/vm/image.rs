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
const PACKAGES: &str = "systemd,systemd-sysv,udev,dbus,rsyslog,logrotate,cron,procps,kmod,passwd,iproute2";

/// Run in the finished system, whose root is `$1`: what makes an image of it, and what replaces systemd.
const MAKE_DISK: &str = include_str!("make-disk.sh");
const TO_SYSVINIT: &str = "DEBIAN_FRONTEND=noninteractive apt-get -qq --yes --no-install-recommends install \
    sysvinit-core orphan-sysvinit-scripts && dpkg --purge systemd libpam-systemd systemd-sysv";

/// Where the disk of a system lies.
pub(super) fn of(system: System, suite: &str, folder: &Path) -> PathBuf {
    folder.join(format!("{suite}-{}.ext4", system.name()))
}

/// Makes the disks, unless they are there already.
pub(super) fn make(suite: &str, folder: &Path) -> Result<()> {
    let recipe = [suite, PACKAGES, MAKE_DISK, TO_SYSVINIT].join("\n");
    let made_of = folder.join(format!("{suite}.recipe"));
    if fs::read_to_string(&made_of).is_ok_and(|text| text == recipe) {
        return Ok(());
    }
    eprintln!("installing Debian {suite} into images below {}", folder.display());
    let work = folder.join("image");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
    fs::write(work.join("make-disk.sh"), MAKE_DISK)?;
    fs::write(work.join("debian.sources"), source(Machine::Amd64, suite)?)?;
    let log = folder.join("image.log");
    let said = fs::File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let status = mmdebstrap(suite).current_dir(&work).stdout(said.try_clone()?).stderr(said).status();
    let status = status.context("cannot run mmdebstrap")?;
    ensure!(status.success(), "mmdebstrap failed; {} says why", log.display());
    for system in System::ALL {
        fs::rename(work.join(format!("{}.ext4", system.name())), of(system, suite, folder))?;
    }
    fs::remove_dir_all(&work)?;
    fs::write(&made_of, recipe).context("cannot write")
}

fn mmdebstrap(suite: &str) -> Command {
    let mut command = Command::new("mmdebstrap");
    command.args(["--mode=root", "--variant=minbase", "--format=null", "--include", PACKAGES]);
    command.arg("--aptopt=Acquire::Retries \"5\"");
    // A third of the bytes, which nothing here reads.
    for folder in ["man", "doc", "locale"] {
        command.arg(format!("--dpkgopt=path-exclude=/usr/share/{folder}/*"));
    }
    command.arg("--customize-hook=sh ./make-disk.sh \"$1\" systemd.ext4");
    command.arg(format!("--customize-hook=chroot \"$1\" sh -c '{TO_SYSVINIT}'"));
    command.arg("--customize-hook=sh ./make-disk.sh \"$1\" sysvinit.ext4");
    command.args([suite, "-", "./debian.sources"]);
    command
}
