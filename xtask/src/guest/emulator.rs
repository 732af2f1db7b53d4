//! One machine: a kernel, its file systems and a serial port, in an emulator.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::machine::Machine;

/// Everything that a boot needs.
pub(crate) struct Emulator<'a> {
    /// What is emulated.
    pub(crate) machine: Machine,
    /// The kernel.
    pub(crate) kernel: &'a Path,
    /// What it is told beside what each is.
    pub(crate) arguments: &'a str,
    /// Its first file system.
    pub(crate) initramfs: &'a [u8],
    /// The image of a disk, which stays as it is: what the guest writes is thrown away at the end.
    pub(crate) disk: Option<&'a Path>,
    /// What the guest does when it wants to boot again.
    pub(crate) reboot: Reboot,
    /// What comes over the serial port is kept here.
    pub(crate) log: &'a Path,
    /// The machine is ended after this time.
    pub(crate) within: Duration,
}

/// What becomes of a guest that boots again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reboot {
    /// It has ended.
    Ends,
    /// It boots.
    Boots,
}

impl Emulator<'_> {
    /// Boots, waits until the machine has powered itself off or its time is over, and returns what it said. Meanwhile
    /// `heard` is called with all that it has said so far.
    pub(crate) fn boot(&self, heard: &mut dyn FnMut(&str)) -> Result<String> {
        let initramfs = self.log.with_extension("initramfs");
        let console = self.log.with_extension("console");
        fs::write(&initramfs, self.initramfs)
            .with_context(|| format!("cannot write {}", initramfs.display()))?;
        File::create(self.log).with_context(|| format!("cannot write {}", self.log.display()))?;
        let mut emulator =
            self.command(&initramfs, &console)?.spawn().context("cannot start the emulator")?;
        let waited = self.wait(&mut emulator, heard);
        // It may have ended in this very moment; either way it is gone after the wait.
        let _ = emulator.kill();
        emulator.wait().context("cannot wait for the emulator")?;
        fs::remove_file(&initramfs).context("cannot remove the initramfs")?;
        waited?;
        self.said()
    }

    /// Until it has ended, or its time is over.
    fn wait(&self, emulator: &mut Child, heard: &mut dyn FnMut(&str)) -> Result<()> {
        let deadline = Instant::now() + self.within;
        while Instant::now() < deadline {
            if !matches!(emulator.try_wait(), Ok(None)) {
                break;
            }
            heard(&self.said()?);
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    fn said(&self) -> Result<String> {
        let said = fs::read(self.log).context("cannot read what the guest said")?;
        Ok(String::from_utf8_lossy(&said).replace('\r', ""))
    }

    fn command(&self, initramfs: &Path, console: &Path) -> Result<Command> {
        let mut command = Command::new(self.machine.emulator());
        command.args(self.machine.hardware()).args(["-accel", "tcg", "-m", "2048", "-smp", "2"]);
        command.args(["-nodefaults", "-display", "none", "-monitor", "none"]);
        if self.reboot == Reboot::Ends {
            command.arg("-no-reboot");
        }
        command.args(self.machine.ports(console, self.log));
        if let Some(disk) = self.disk {
            // Debian's kernels for virtual machines have the driver built in.
            let drive = format!("if=none,id=disk,format=raw,snapshot=on,file={}", disk.display());
            command.args(["-drive", &drive, "-device", "nvme,drive=disk,serial=disk"]);
        }
        command.arg("-kernel").arg(self.kernel).arg("-initrd").arg(initramfs);
        let console = self.machine.console();
        // On a busy machine ticks come late, and a kernel that counts them gives up (`no_timer_check` is of PCs).
        let always = "quiet loglevel=4 panic=-1 random.trust_cpu=on no_timer_check";
        command.arg("-append").arg(format!("{console} {always} {}", self.arguments));
        let errors = File::create(emulator_log(self.log)).context("cannot write a log")?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
        Ok(command)
    }
}

/// What the emulator itself complained of.
fn emulator_log(log: &Path) -> PathBuf {
    log.with_extension("emulator")
}
