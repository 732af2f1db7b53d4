//! `cargo xtask attack`: the atomics of the test data (Atomic Red Team's attacks, of which it marks some as safe), done for
//! real in an emulated machine in which the package is installed, and whether each makes all events and alerts that it
//! should. So are the deeds with which the original's own tests begin. docs/detection.md has the table of a run.

mod atomic;
mod guest;
mod judge;
mod trigger;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use self::atomic::Atomic;
use self::judge::{Seen, Verdict, judge, table};
use crate::guest::emulator::{Clock, Emulator};
use crate::guest::machine::Machine;
use crate::guest::package as kernel;
use crate::vm::image::{Disks, PACKAGES, Step};
use crate::vm::outcome::{self, Outcome};
use crate::vm::{KERNEL, SUITE, missing, package};

/// What the atomics use, beside what a small server has.
const USED: &str = "sudo,python3,iputils-ping,strace";
/// The name of the disk.
const DISK: &str = "attack";

/// Run the atomics of the test data in an emulator, and look for each event and rule that they should make
#[derive(clap::Args)]
pub struct Args {
    /// Only atomics whose technique begins with one of these (U: the deeds of the original's tests); repeatable
    #[arg(long, value_name = "TECHNIQUE")]
    only: Vec<String>,
    /// The package to test, instead of one that is built from here
    #[arg(long, value_name = "FILE")]
    deb: Option<PathBuf>,
    /// The package of tuxmon-hunt, whose units are then switched on beside the agent: the last mark has to come into their
    /// store
    #[arg(long, value_name = "FILE")]
    hunt_deb: Option<PathBuf>,
    /// How long the machine may take
    #[arg(long, value_name = "SECONDS", default_value = "2400")]
    within: u64,
    /// Make disk, kernel and package, and do not boot
    #[arg(long)]
    prepare: bool,
    /// Judge what the guest said last time, and do not boot
    #[arg(long)]
    again: bool,
}

/// Does what the command line asks for.
pub fn run(args: &Args) -> Result<ExitCode> {
    let corpora = std::env::var_os("TUXMON_CORPORA")
        .map_or_else(|| crate::root().join("../shared/corpora"), PathBuf::from);
    if !corpora.is_dir() {
        println!("SKIP attacks: the test data is not here (TUXMON_CORPORA names its folder)");
        return Ok(ExitCode::SUCCESS);
    }
    let mut atomics = atomic::read(&corpora.join("attack/atomic_e2e.json"))?;
    atomics.retain(|atomic| {
        args.only.is_empty() || args.only.iter().any(|only| atomic.technique.starts_with(only.as_str()))
    });
    if atomics.is_empty() {
        bail!("no atomic is of these techniques");
    }
    let log = crate::guest::folder("vm").join("attack.log");
    let said = if args.again {
        std::fs::read_to_string(&log)?.replace('\r', "")
    } else {
        let Some(said) = boot(args, &atomics, &corpora, &log)? else { return Ok(ExitCode::SUCCESS) };
        said
    };
    let outcome = Outcome::read(&said);
    for step in outcome.steps.iter().filter(|step| step.name != guest::LAST_STEP) {
        print!("{}", step.line(DISK));
    }
    let Some(last) = outcome.steps.iter().find(|step| step.name == guest::LAST_STEP) else {
        bail!("the machine did not come to the end; {} has what it said", log.display());
    };
    if last.verdict != outcome::Verdict::Passed {
        bail!("the events did not come out:\n{}", last.said);
    }
    let (seen, titles) = (Seen::read(&last.said)?, guest::titles(&corpora)?);
    let verdicts: Vec<Verdict> = atomics.iter().map(|atomic| judge(atomic, &seen, &titles)).collect();
    print!("{}", table(&verdicts));
    let good = outcome.is_good() && verdicts.iter().all(Verdict::is_good);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the machine said; nothing when it was only to be prepared.
fn boot(
    args: &Args,
    atomics: &[Atomic],
    corpora: &std::path::Path,
    log: &std::path::Path,
) -> Result<Option<String>> {
    let missing = missing();
    if !missing.is_empty() {
        bail!("needed and not found: {}", missing.join(", "));
    }
    let folder = crate::guest::folder("vm");
    std::fs::create_dir_all(&folder)?;
    let packages = format!("{PACKAGES},{USED}");
    let name = format!("{SUITE}-{DISK}");
    Disks { name: &name, suite: SUITE, packages: &packages, steps: &[Step::Disk(DISK)] }.make(&folder)?;
    let kernel =
        kernel::fetch(&crate::guest::folder("kernels"), Machine::Amd64, kernel::Flavour::Cloud, KERNEL)?;
    let deb = match &args.deb {
        Some(deb) => deb.clone(),
        None => package::build(&folder)?,
    };
    let hunt = args.hunt_deb.as_deref().map(std::fs::read).transpose()?;
    let initramfs = guest::build(atomics, &std::fs::read(&deb)?, hunt.as_deref(), corpora)?;
    if args.prepare {
        return Ok(None);
    }
    println!("attacks: {} atomics on Debian {SUITE}, Linux {}", atomics.len(), kernel.release);
    let emulator = Emulator {
        machine: Machine::Amd64,
        kernel: &kernel.image,
        arguments: "",
        initramfs: &initramfs,
        disk: Some(&folder.join(format!("{name}.ext4"))),
        clock: Clock::Real,
        log,
        within: Duration::from_secs(args.within),
    };
    emulator.boot(&mut |_| ()).map(Some)
}
