//! `cargo xtask kernels`: runs the live tests on Debian's kernels, each booted in an emulator, in both tiers.
//!
//! Nothing is installed and no root is needed: packages are fetched with a private apt configuration from the mirror
//! that this machine already uses, the guest is one initramfs made of busybox, the agent and its live tests, and what
//! happens in it comes back over a serial port. docs/kernels.md shows what came out.

mod guest;
mod initramfs;
mod outcome;
mod programs;

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Result, bail};

use self::guest::Guest;
use self::outcome::{Outcome, Row};
use crate::guest::package;

/// What is booted when nothing else is asked for: the oldest, the stable ones, and the newest obtainable.
const SERIES: &[&str] = &["5.10", "6.1", "6.12", "7"];

/// Tests that keep a whole machine busy for minutes. Their bounds are those of real machines: in an emulator they would
/// measure the emulator.
const HEAVY: &[&str] = &[
    "identity::twenty_thousand_execs_from_non_leader_threads",
    "identity::a_hundred_thousand_short_processes",
    "hashes::large_files_delay_nothing",
    "output::",
];

/// Run the live tests on Debian's kernels in an emulator, and print what passed
#[derive(clap::Args)]
pub struct Args {
    /// A kernel series, like 6.12 or 7 (the newest); repeatable
    #[arg(long = "kernel", value_name = "SERIES")]
    kernels: Vec<String>,
    /// Only this tier; repeatable
    #[arg(long = "tier", value_name = "TIER")]
    tiers: Vec<Tier>,
    /// Only tests whose name contains this
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Also the tests that keep a machine busy for minutes
    #[arg(long)]
    heavy: bool,
    /// How many guests run at a time
    #[arg(long, value_name = "N", default_value = "1")]
    jobs: NonZeroUsize,
    /// How long one guest may take
    #[arg(long, value_name = "SECONDS", default_value = "1800")]
    within: u64,
}

/// How the agent in a guest gets its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Tier {
    /// Kernel functions only
    Deep,
    /// Tracepoints only
    Tracepoint,
}

impl Tier {
    /// Its name on the agent's command line.
    fn name(self) -> &'static str {
        match self {
            Tier::Deep => "deep",
            Tier::Tracepoint => "tracepoint",
        }
    }
}

/// Does what the command line asks for.
pub fn run(args: &Args) -> Result<ExitCode> {
    need_tools()?;
    let folder = crate::guest::folder("kernels");
    let programs = programs::build(&folder)?;
    let mut rows = Vec::new();
    let mut guests = Vec::new();
    for series in chosen(&args.kernels) {
        match package::fetch(&folder, &series) {
            Ok(kernel) => guests.extend(tiers(&args.tiers).into_iter().map(|tier| (kernel.clone(), tier))),
            Err(error) => {
                eprintln!("{series}: not obtainable: {error:#}");
                rows.push(Row::missing(&series, &format!("{error:#}")));
            }
        }
    }
    let arguments = live_arguments(args);
    let guests: Vec<Guest> = guests
        .into_iter()
        .map(|(kernel, tier)| {
            Ok(Guest {
                image: initramfs::build(&kernel, &programs, tier, &arguments)?,
                log: folder.join(format!("{}-{}.log", kernel.series, tier.name())),
                kernel,
                tier,
                within: Duration::from_secs(args.within),
            })
        })
        .collect::<Result<_>>()?;
    rows.extend(boot_all(guests, args.jobs));
    rows.sort_by(|one, other| one.place().cmp(&other.place()));
    print!("{}", outcome::table(&rows));
    if !args.heavy {
        println!("\nNot run, because an emulator is too slow for their bounds (`--heavy` runs them):");
        for name in HEAVY {
            println!("- {name}");
        }
    }
    Ok(if rows.iter().all(Row::is_good) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Boots guests, so many at a time, and says how each ended as soon as it is known.
fn boot_all(guests: Vec<Guest>, jobs: NonZeroUsize) -> Vec<Row> {
    let (waiting, rows) = (Mutex::new(guests.into_iter()), Mutex::new(Vec::new()));
    let next = || waiting.lock().expect("no thread panics with the lock").next();
    std::thread::scope(|scope| {
        for _ in 0..jobs.get() {
            scope.spawn(|| {
                while let Some(guest) = next() {
                    eprintln!("booting {} ({})", guest.kernel.release, guest.tier.name());
                    let row = Row { outcome: boot(&guest), ..guest.row() };
                    eprint!("{}", outcome::details(&row));
                    rows.lock().expect("no thread panics with the lock").push(row);
                }
            });
        }
    });
    rows.into_inner().expect("no thread panics with the lock")
}

fn boot(guest: &Guest) -> Outcome {
    match guest.boot() {
        Ok(said) => Outcome::read(&said),
        Err(error) => Outcome::not_run(&format!("{error:#}")),
    }
}

fn chosen(kernels: &[String]) -> Vec<String> {
    if kernels.is_empty() { SERIES.iter().map(ToString::to_string).collect() } else { kernels.to_vec() }
}

fn tiers(chosen: &[Tier]) -> Vec<Tier> {
    if chosen.is_empty() { vec![Tier::Deep, Tier::Tracepoint] } else { chosen.to_vec() }
}

/// What the live tests are started with in the guest.
fn live_arguments(args: &Args) -> Vec<String> {
    let mut arguments = Vec::new();
    arguments.extend(args.filter.clone());
    if !args.heavy {
        arguments.extend(HEAVY.iter().flat_map(|name| ["--skip".to_owned(), (*name).to_owned()]));
    }
    arguments
}

/// Says at once, and all together, what is missing on this machine.
fn need_tools() -> Result<()> {
    const TOOLS: &[(&str, &str)] = &[
        ("qemu-system-x86_64", "qemu-system-x86"),
        ("busybox", "busybox-static"),
        ("apt-get", "apt"),
        ("dpkg-deb", "dpkg"),
        ("ldd", "libc-bin"),
        ("strip", "binutils"),
        ("xz", "xz-utils"),
    ];
    let missing = crate::guest::missing(TOOLS);
    if missing.is_empty() { Ok(()) } else { bail!("needed and not found: {}", missing.join(", ")) }
}
