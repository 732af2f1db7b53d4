//! `cargo xtask vm`: tests the package on real systems, each booted in an emulator: a Debian with systemd, journald and
//! rsyslog, and one with sysvinit. What is done there and what has to come out stands in `tests/vm/`, one file for each
//! step. docs/testing.md says how to read it, and how to add one.

pub(crate) mod image;
mod initramfs;
pub(crate) mod outcome;
pub(crate) mod package;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use self::outcome::{Outcome, Verdict};
use self::package::Packages;
use crate::guest::emulator::{Clock, Emulator};
use crate::guest::machine::Machine;
use crate::guest::package as kernel;

/// Debian's release, and the series of its kernel.
pub(crate) const SUITE: &str = "bookworm";
pub(crate) const KERNEL: &str = "6.1";

/// Test the package on real systems in an emulator, and print each step and how it ended
#[derive(clap::Args)]
pub struct Args {
    /// Only this system; repeatable
    #[arg(long = "system", value_name = "SYSTEM")]
    systems: Vec<System>,
    /// The package to test, instead of one that is built from here
    #[arg(long, value_name = "FILE")]
    deb: Option<PathBuf>,
    /// Only steps whose name begins with one of these, with what they need; repeatable
    #[arg(long = "step", value_name = "NAME")]
    steps: Vec<String>,
    /// How long one system may take
    #[arg(long, value_name = "SECONDS", default_value = "1500")]
    within: u64,
    /// Only say what is missing on this machine; nothing printed means that the test can run
    #[arg(long)]
    check: bool,
}

/// What boots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum System {
    /// systemd, journald and rsyslog
    Systemd,
    /// sysvinit and rsyslog
    Sysvinit,
}

impl System {
    const ALL: [System; 2] = [System::Systemd, System::Sysvinit];

    /// The folder of its steps in `tests/vm`, and the name of its image.
    fn name(self) -> &'static str {
        match self {
            System::Systemd => "systemd",
            System::Sysvinit => "sysvinit",
        }
    }
}

/// Does what the command line asks for.
pub fn run(args: &Args) -> Result<ExitCode> {
    let missing = missing();
    if args.check {
        for tool in &missing {
            println!("{tool}");
        }
        return Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if !missing.is_empty() {
        bail!("needed and not found: {}", missing.join(", "));
    }
    let folder = crate::guest::folder("vm");
    // One waits for the compiler, the other for the mirror and the disk.
    let (packages, kernel) = std::thread::scope(|scope| {
        let images = scope.spawn(|| {
            image::make(SUITE, &folder)?;
            kernel::fetch(&crate::guest::folder("kernels"), Machine::Amd64, kernel::Flavour::Cloud, KERNEL)
        });
        let packages = package::get(args.deb.as_deref(), &folder);
        (packages, images.join().expect("a failure is returned"))
    });
    let (packages, kernel) = (packages?, kernel?);
    println!("real systems: Debian {SUITE}, Linux {}", kernel.release);
    let systems = if args.systems.is_empty() { System::ALL.to_vec() } else { args.systems.clone() };
    let outcomes = boot_all(args, &systems, &packages, &kernel.image, &folder)?;
    for (system, outcome) in systems.iter().zip(&outcomes) {
        println!("{}: {}", system.name(), outcome.end());
    }
    let good = outcomes.iter().all(Outcome::is_good);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Boots all at a time: each of them waits for something most of the time.
fn boot_all(
    args: &Args,
    systems: &[System],
    packages: &Packages,
    kernel: &Path,
    folder: &Path,
) -> Result<Vec<Outcome>> {
    std::thread::scope(|scope| {
        let guests: Vec<_> = systems
            .iter()
            .map(|system| {
                let initramfs = initramfs::build(*system, packages, &args.steps)?;
                Ok(scope.spawn(move || boot(args, *system, kernel, &initramfs, folder)))
            })
            .collect::<Result<_>>()?;
        guests.into_iter().map(|guest| guest.join().expect("a failure is returned")).collect()
    })
}

/// Boots one, and says how each step ended as soon as it is known.
fn boot(args: &Args, system: System, kernel: &Path, initramfs: &[u8], folder: &Path) -> Result<Outcome> {
    let emulator = Emulator {
        machine: Machine::Amd64,
        kernel,
        arguments: "",
        initramfs,
        disk: Some(&image::of(system, SUITE, folder)),
        clock: Clock::Real,
        log: &folder.join(format!("{}.log", system.name())),
        within: Duration::from_secs(args.within),
    };
    let mut told = BTreeSet::new();
    let said = emulator.boot(&mut |said| {
        for step in Outcome::read(said).steps {
            if step.verdict != Verdict::Unfinished && told.insert(step.name.clone()) {
                print!("{}", step.line(system.name()));
            }
        }
    })?;
    let outcome = Outcome::read(&said);
    for step in outcome.steps.iter().filter(|step| !told.contains(&step.name)) {
        print!("{}", step.line(system.name()));
    }
    if !outcome.ended {
        println!("{}: the last lines of its console:\n{}", system.name(), emulator.last_lines()?);
    }
    Ok(outcome)
}

/// What this machine lacks, all together.
pub(crate) fn missing() -> Vec<String> {
    let mut missing = crate::guest::missing(&[
        ("qemu-system-x86_64", "qemu-system-x86"),
        ("busybox", "busybox-static"),
        ("mmdebstrap", "mmdebstrap"),
        ("mke2fs", "e2fsprogs"),
        ("apt-get", "apt"),
        ("dpkg-deb", "dpkg"),
        ("xz", "xz-utils"),
    ]);
    if std::env::consts::ARCH != "x86_64" {
        missing.push("a PC: the emulated machine is one, and runs the program that is built here".to_owned());
    }
    if let Err(error) = kernel::source(Machine::Amd64, SUITE) {
        missing.push(format!("a mirror with Debian {SUITE} ({error:#})"));
    }
    if !rustix::process::geteuid().is_root() {
        missing.push("root, to install Debian packages into an image".to_owned());
    }
    missing
}
