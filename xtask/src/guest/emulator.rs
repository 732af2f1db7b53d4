//! One machine: a kernel, its file systems and a serial port, in an emulator.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::machine::Machine;
use super::output_of;

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
    /// The image of a disk, which stays as it is: the guest writes to a copy, which is thrown away at the end.
    pub(crate) disk: Option<&'a Path>,
    /// How its clock goes.
    pub(crate) clock: Clock,
    /// What comes over the serial port is kept here.
    pub(crate) log: &'a Path,
    /// The machine is ended after this time, all its boots together.
    pub(crate) within: Duration,
}

/// The line of a guest that is about to boot again, which it does in an emulator of its own. One that goes on after a reset
/// gets stuck in the boot of Debian's 6.1: it takes pages for programs which were some in the life before, and stores to
/// them byte by byte (seen in QEMU 7.2 without the help of a processor, at the first and at the second reset).
const BOOT_AGAIN: &str = "@reboot";

/// So often a guest is booted whose kernel gives up before the guest has said a word: what it was to show has not been
/// tried then. Without the help of a processor that happens now and then, and the next boot is a sound one.
const TRIALS: u32 = 3;

/// Of a console, so many lines are shown.
const LAST_LINES: usize = 30;

/// What time is in a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// That of the world; two processors.
    Real,
    /// A nanosecond for each instruction of its only processor: what something takes is how many instructions it is,
    /// whatever else this machine has to do.
    Instructions,
}

impl Emulator<'_> {
    /// Boots, waits until the machine has powered itself off or its time is over, and returns what it said. Meanwhile
    /// `heard` is called with all that it has said so far.
    pub(crate) fn boot(&self, heard: &mut dyn FnMut(&str)) -> Result<String> {
        let initramfs = self.log.with_extension("initramfs");
        fs::write(&initramfs, self.initramfs)
            .with_context(|| format!("cannot write {}", initramfs.display()))?;
        // The ports are written on at their end.
        for port in [self.log.to_path_buf(), self.console()] {
            File::create(&port).with_context(|| format!("cannot write {}", port.display()))?;
        }
        let disk = self.disk.map(|image| self.copy(image)).transpose()?;
        let ended = self.all_boots(&initramfs, disk.as_deref(), heard);
        for file in [Some(initramfs), disk].into_iter().flatten() {
            fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
        ended?;
        self.said()
    }

    /// One emulator after the other, for as long as the guest boots again, or has to be booted again.
    fn all_boots(&self, initramfs: &Path, disk: Option<&Path>, heard: &mut dyn FnMut(&str)) -> Result<()> {
        let deadline = Instant::now() + self.within;
        let mut silent = 0;
        loop {
            let before = self.said()?.len();
            let mut emulator = self.command(initramfs, disk)?.spawn().context("cannot start the emulator")?;
            let waited = self.wait(&mut emulator, deadline, heard);
            // It may have ended in this very moment; either way it is gone after the wait.
            let _ = emulator.kill();
            emulator.wait().context("cannot wait for the emulator")?;
            waited?;
            let said = self.said()?;
            let new = said.get(before..).unwrap_or_default();
            if new.is_empty() {
                silent += 1;
                eprintln!(
                    "a kernel gave up before its guest said a word; its last lines:\n{}",
                    self.last_lines()?
                );
            }
            let again = new.lines().any(|line| line == BOOT_AGAIN) || new.is_empty() && silent < TRIALS;
            if !again || Instant::now() >= deadline {
                return Ok(());
            }
        }
    }

    /// Until it has ended, or its time is over.
    fn wait(&self, emulator: &mut Child, deadline: Instant, heard: &mut dyn FnMut(&str)) -> Result<()> {
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

    /// The file with what the kernel wrote, and the system where it has no log yet.
    fn console(&self) -> PathBuf {
        self.log.with_extension("console")
    }

    /// What the emulator complained of, and the end of the console, indented.
    pub(crate) fn last_lines(&self) -> Result<String> {
        let mut all = Vec::new();
        for file in [emulator_log(self.log), self.console()] {
            let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            all.extend(String::from_utf8_lossy(&content).lines().map(str::to_owned));
        }
        Ok(format!("    {}", all[all.len().saturating_sub(LAST_LINES)..].join("\n    ")))
    }

    /// A disk to write to; mostly holes, which stay holes.
    fn copy(&self, image: &Path) -> Result<PathBuf> {
        let copy = self.log.with_extension("disk");
        let mut cp = Command::new("cp");
        output_of(cp.args(["--sparse=always", "--reflink=auto"]).arg(image).arg(&copy))?;
        Ok(copy)
    }

    fn command(&self, initramfs: &Path, disk: Option<&Path>) -> Result<Command> {
        let mut command = Command::new(self.machine.emulator());
        command.args(self.machine.hardware()).args(["-accel", "tcg", "-m", "2048"]);
        command.args(match self.clock {
            Clock::Real => &["-smp", "2"][..],
            Clock::Instructions => &["-smp", "1", "-icount", "shift=0,sleep=off"],
        });
        command.args(["-nodefaults", "-display", "none", "-monitor", "none", "-no-reboot"]);
        command.args(self.machine.ports(&self.console(), self.log));
        if let Some(disk) = disk {
            // Debian's kernels for virtual machines have the driver built in. Nobody reads the copy after this machine has
            // gone down, so nothing waits for the real disk.
            let drive = format!("if=none,id=disk,format=raw,cache=unsafe,file={}", disk.display());
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
