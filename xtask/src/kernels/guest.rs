//! One guest: a kernel, its file system and a serial port, in an emulator without any help of the processor's.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Tier;
use super::outcome::{Outcome, Row};
use super::package::Kernel;

/// Everything that a boot needs.
pub(super) struct Guest {
    pub(super) kernel: Kernel,
    pub(super) tier: Tier,
    pub(super) image: Vec<u8>,
    /// What comes over the serial port is kept here.
    pub(super) log: PathBuf,
    /// It is ended after this time.
    pub(super) within: Duration,
}

impl Guest {
    /// Its row in the table, before it has run.
    pub(super) fn row(&self) -> Row {
        Row {
            release: self.kernel.release.clone(),
            tier: self.tier.name(),
            outcome: Outcome::not_run("it was not booted"),
        }
    }

    /// Boots, waits until it has powered itself off or its time is over, and returns what it said.
    pub(super) fn boot(&self) -> Result<String> {
        let initramfs = self.log.with_extension("initramfs");
        let console = self.log.with_extension("console");
        fs::write(&initramfs, &self.image)
            .with_context(|| format!("cannot write {}", initramfs.display()))?;
        File::create(&self.log).with_context(|| format!("cannot write {}", self.log.display()))?;
        let mut emulator =
            self.command(&initramfs, &console)?.spawn().context("cannot start the emulator")?;
        let ended = wait(&mut emulator, self.within);
        if !ended {
            // It may have ended in this very moment; either way it is gone after the wait.
            let _ = emulator.kill();
        }
        emulator.wait().context("cannot wait for the emulator")?;
        fs::remove_file(&initramfs).context("cannot remove the initramfs")?;
        let said = fs::read(&self.log).context("cannot read what the guest said")?;
        Ok(String::from_utf8_lossy(&said).replace('\r', ""))
    }

    fn command(&self, initramfs: &Path, console: &Path) -> Result<Command> {
        let mut command = Command::new("qemu-system-x86_64");
        command.args(["-M", "q35,hpet=off", "-cpu", "max", "-accel", "tcg", "-m", "2048", "-smp", "2"]);
        command.args(["-nodefaults", "-no-reboot", "-display", "none", "-monitor", "none"]);
        for port in [console, &self.log] {
            command.arg("-serial").arg(format!("file:{}", port.display()));
        }
        command.arg("-kernel").arg(&self.kernel.image).arg("-initrd").arg(initramfs);
        command.args(["-append", "console=ttyS0 quiet loglevel=4 panic=-1 random.trust_cpu=on"]);
        let errors = File::create(self.log.with_extension("emulator")).context("cannot write a log")?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
        Ok(command)
    }
}

/// Whether a process ends in time.
fn wait(child: &mut Child, within: Duration) -> bool {
    let deadline = Instant::now() + within;
    while Instant::now() < deadline {
        if !matches!(child.try_wait(), Ok(None)) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    false
}
