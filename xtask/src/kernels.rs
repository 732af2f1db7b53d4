//! `cargo xtask kernels`: runs the live tests on Debian's kernels, each booted in an emulator, in both tiers.
//!
//! Nothing is installed and no root is needed: packages are fetched with a private apt configuration from the mirror
//! that this machine already uses, the guest is one initramfs made of busybox, the agent and its live tests, and what
//! happens in it comes back over a serial port. docs/kernels.md shows what came out.

mod budget;
mod condition;
mod guest;
mod initramfs;
mod kept;
mod outcome;
mod programs;
mod report;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Result, bail};

use self::budget::Budget;
use self::condition::Condition;
use self::guest::Guest;
use self::outcome::{Outcome, Row};
use crate::guest::machine::Machine;
use crate::guest::package::{self, Flavour, Kernel};

/// What is booted when nothing else is asked for: the oldest, the stable ones, and the newest obtainable.
const SERIES: &[&str] = &["5.10", "6.1", "6.12", "6.18", "7"];

/// The same for arm64: the oldest and the newest.
const SERIES_OF_ARM64: &[&str] = &["6.1", "7"];

/// Tests that keep a whole machine busy for minutes. Their bounds are those of real machines: in an emulator they would
/// measure the emulator.
const HEAVY: &[&str] = &[
    "identity::twenty_thousand_execs_from_non_leader_threads",
    "identity::a_hundred_thousand_short_processes",
    "hashes::large_files_delay_nothing",
    "output::",
    "overload::",
    "blinding::",
];

/// What does not depend on the kernel, so that `--quick` leaves it out: each of these starts agents of its own, or
/// wants programs that are in no guest.
const NOT_THE_KERNELS: &[&str] = &[
    "identity::",
    "hashes::",
    "service_state_change::",
    "service_configuration_change::",
    "error_report::",
    "hunting::",
];

/// What depends on how a kernel takes system calls: all that runs where it has x32 calls.
const X32S: &[&str] = &["compat_calls::", "truth::"];

/// One test of each event, for machines that are busy or slow.
const SMOKE: &[&str] = &[
    "process_create::every_field_of_a_plain_execution",
    "process_terminate::fork_without_exec",
    "network_connect::tcp_both_directions",
    "network_connect::udp_connected_or_not",
    "file_create::opened_for_the_first_time",
    "file_create::renamed",
    "file_create::two_hundred_components_of_four_thousand_bytes",
    "file_delete::unlinked",
    "file_delete::replaced_by_rename",
    "compat_calls::by_int_0x80",
    "raw_access_read::opened_for_reading",
    "process_access::attached",
    "ebpf_event::loaded",
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
    /// Only guests whose kernel hides its types, which the agent is given as a file
    #[arg(long)]
    btf_less: bool,
    /// Only guests booted with lockdown=integrity
    #[arg(long)]
    lockdown: bool,
    /// Only guests whose kernel has x32 calls: the flavour for all machines, which is large
    #[arg(long)]
    x32: bool,
    /// Only arm64, where programs are loaded and no test runs
    #[arg(long)]
    arm64: bool,
    /// Only tests whose name contains this
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Only one test of each event
    #[arg(long)]
    smoke: bool,
    /// Beside these, tests whose name contains this; repeatable
    #[arg(long, value_name = "NAME", requires = "smoke")]
    also: Vec<String>,
    /// Leave out the tests that do not depend on the kernel
    #[arg(long)]
    quick: bool,
    /// Also the tests that keep a machine busy for minutes
    #[arg(long)]
    heavy: bool,
    /// Floods, rewriters and the like in full length, as `make test-heavy` runs them
    #[arg(long)]
    full: bool,
    /// How often callers rewrite the arguments of each kind of call, instead of 150 times
    #[arg(long, value_name = "N")]
    rewrites: Option<u32>,
    /// The agent of this package, and tests as `make test` builds them, instead of both from here and optimised
    #[arg(long, value_name = "FILE")]
    deb: Option<PathBuf>,
    /// How many guests run at a time
    #[arg(long, value_name = "N", default_value = "1")]
    jobs: NonZeroUsize,
    /// How long one guest may take
    #[arg(long, value_name = "SECONDS", default_value = "1800")]
    within: u64,
    /// Only say which needed programs are missing here; exit 1 if any is
    #[arg(long)]
    check: bool,
    /// Make what the verifier walked the new budget
    #[arg(long)]
    accept_counts: bool,
    /// Keep what comes out of each guest as soon as it has ended, and put the tables of all that is kept into
    /// docs/kernels.md
    #[arg(long)]
    keep: bool,
    /// Leave out what is kept and passed
    #[arg(long)]
    go_on: bool,
    /// Only write the tables of what is kept into docs/kernels.md
    #[arg(long)]
    page: bool,
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
    if args.check {
        let missing = crate::guest::missing(AMD64_TOOLS);
        for tool in &missing {
            println!("{tool}");
        }
        return Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if args.page {
        let kept = kept::all(&crate::root())?;
        report::write_into_page(&kept)?;
        if args.accept_counts {
            Budget::read()?.accept(&kept, &compiler()?)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let folder = crate::guest::folder("kernels");
    let mut rows = Vec::new();
    let mut guests = Vec::new();
    if !args.arm64 {
        need(AMD64_TOOLS)?;
        guests.extend(amd64_guests(args, &folder, &mut rows)?);
    }
    if args.arm64 || is_everything(args) {
        match need(ARM64_TOOLS).and_then(|()| arm64_guests(args, &folder, &mut rows)) {
            Ok(some) => guests.extend(some),
            Err(error) => rows.push(Row::missing("arm64", &format!("{error:#}"))),
        }
    }
    rows.extend(boot_all(guests, args)?);
    rows.sort_by_key(Row::place);
    print!("{}", report::tables(&rows));
    say_what_did_not_run(args);
    if args.keep {
        report::write_into_page(&kept::all(&crate::root())?)?;
    }
    let within_budget = compare_with_budget(args, &rows)?;
    println!("\n{}{}", report::skips(&rows), report::summary(&rows));
    Ok(if within_budget && rows.iter().all(Row::is_good) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether no kind of guest was picked.
fn is_everything(args: &Args) -> bool {
    !(args.arm64
        || args.x32
        || args.btf_less
        || args.lockdown
        || !args.tiers.is_empty()
        || !args.kernels.is_empty())
}

/// Each kernel in both tiers; the special conditions on the newest kernel alone, unless they were asked for.
fn amd64_guests(args: &Args, folder: &Path, rows: &mut Vec<Row>) -> Result<Vec<Guest>> {
    let programs = programs::build(folder, args.deb.as_deref())?;
    let series = chosen(&args.kernels, SERIES);
    let kernels = obtain(folder, Machine::Amd64, Flavour::Cloud, &series, rows);
    let mut booted = Vec::new();
    for (position, kernel) in kernels.iter().enumerate() {
        for (order, condition) in conditions(args, position + 1 == kernels.len()).into_iter().enumerate() {
            // Loading is the same in each guest of a kernel, but where another kernel side is loaded.
            let survey = order == 0 || condition == Condition::BtfLess;
            booted.push((kernel.clone(), condition, survey));
        }
    }
    if args.x32 || is_everything(args) {
        let newest = series.last().map_or(&[][..], std::slice::from_ref);
        let kernels = obtain(folder, Machine::Amd64, Flavour::Full, newest, rows);
        for (kernel, tier) in
            kernels.iter().flat_map(|kernel| tiers(&args.tiers).into_iter().map(move |tier| (kernel, tier)))
        {
            booted.push((kernel.clone(), Condition::X32(tier), false));
        }
    }
    let mut guests = Vec::new();
    for (kernel, condition, mut survey) in booted {
        let mut tests = chosen_tests(args, &programs.tests);
        if matches!(condition, Condition::X32(_)) {
            tests.retain(|test| X32S.iter().any(|name| test.contains(name)));
        }
        let mut guest = guest(args, folder, &kernel, condition, Vec::new());
        if args.go_on
            && let Some(kept) = kept::of(&guest.row())?
        {
            tests.retain(|test| !kept::is_done(&kept, test));
            survey &= kept.outcome.survey.is_empty();
        }
        if !tests.is_empty() || survey {
            guest.image = initramfs::build(&kernel, &programs, condition, survey, &tests, &length(args))?;
            guests.push(guest);
        }
    }
    Ok(guests)
}

fn conditions(args: &Args, is_newest: bool) -> Vec<Condition> {
    let only_special = args.btf_less || args.lockdown || args.x32;
    let mut conditions = Vec::new();
    if !only_special {
        conditions.extend(tiers(&args.tiers).into_iter().map(Condition::Usual));
    }
    if args.btf_less || (is_everything(args) && is_newest) {
        conditions.push(Condition::BtfLess);
    }
    if args.lockdown || (is_everything(args) && is_newest) {
        conditions.push(Condition::Lockdown);
    }
    conditions
}

fn arm64_guests(args: &Args, folder: &Path, rows: &mut Vec<Row>) -> Result<Vec<Guest>> {
    let foreign = programs::build_foreign(folder)?;
    let kernels =
        obtain(folder, Machine::Arm64, Flavour::Cloud, &chosen(&args.kernels, SERIES_OF_ARM64), rows);
    let load_only = |kernel: &Kernel| {
        let image = initramfs::build_load_only(kernel, &foreign);
        guest(args, folder, kernel, Condition::LoadOnly, image)
    };
    Ok(kernels.iter().map(load_only).collect())
}

fn guest(args: &Args, folder: &Path, kernel: &Kernel, condition: Condition, image: Vec<u8>) -> Guest {
    Guest {
        image,
        log: folder.join(format!("{}-{}.log", kernel.release, condition.short())),
        kernel: kernel.clone(),
        condition,
        within: Duration::from_secs(args.within),
    }
}

/// Fetches kernels; one that cannot be had becomes a row with the reason.
fn obtain(
    folder: &Path,
    machine: Machine,
    flavour: Flavour,
    series: &[String],
    rows: &mut Vec<Row>,
) -> Vec<Kernel> {
    let mut kernels = Vec::new();
    for series in series {
        match package::fetch(folder, machine, flavour, series) {
            Ok(kernel) => kernels.push(kernel),
            Err(error) => {
                let name = format!("{series} ({})", machine.name());
                eprintln!("{name}: not obtainable: {error:#}");
                rows.push(Row::missing(&name, &format!("{error:#}")));
            }
        }
    }
    kernels
}

/// Boots guests, so many at a time, says how each ended as soon as it is known, and keeps it if that is wanted.
fn boot_all(guests: Vec<Guest>, args: &Args) -> Result<Vec<Row>> {
    let count = guests.len();
    let (waiting, rows) = (Mutex::new(guests.into_iter().enumerate()), Mutex::new(Vec::new()));
    let next = || waiting.lock().expect("no thread panics with the lock").next();
    std::thread::scope(|scope| {
        for _ in 0..args.jobs.get().min(count) {
            scope.spawn(|| {
                while let Some((position, guest)) = next() {
                    eprintln!("booting {} ({})", guest.kernel.release, guest.condition.name());
                    let row = Row { outcome: boot(&guest), ..guest.row() };
                    eprint!("{}", report::details(&row));
                    let kept = if args.keep { kept::keep(&row) } else { Ok(()) };
                    rows.lock().expect("no thread panics with the lock").push((position, kept.map(|()| row)));
                }
            });
        }
    });
    let mut rows = rows.into_inner().expect("no thread panics with the lock");
    rows.sort_by_key(|(position, _)| *position);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn boot(guest: &Guest) -> Outcome {
    match guest.boot() {
        Ok(said) => Outcome::read(&said),
        Err(error) => Outcome::not_run(&format!("{error:#}")),
    }
}

/// Whether no program costs the verifier more than it may.
fn compare_with_budget(args: &Args, rows: &[Row]) -> Result<bool> {
    let budget = Budget::read()?;
    let compiler = compiler()?;
    if args.accept_counts {
        budget.accept(rows, &compiler)?;
        return Ok(true);
    }
    if !budget.is_of(&compiler) {
        println!(
            "\nThe verifier's budget is for programs of another compiler than clang {compiler}: nothing is compared."
        );
        return Ok(true);
    }
    for remark in budget.remarks(rows) {
        println!("\n{remark}");
    }
    let exceeded = budget.exceeded(rows);
    for excess in &exceeded {
        println!("{}: {}", if excess.is_ours { "TOO MUCH" } else { "more" }, excess.text);
    }
    Ok(!exceeded.iter().any(|excess| excess.is_ours))
}

/// The version of the compiler that makes the programs, as far as it matters to them.
fn compiler() -> Result<String> {
    let version = crate::guest::output_of(std::process::Command::new("clang").arg("-dumpversion"))?;
    let version = String::from_utf8_lossy(&version);
    Ok(version.split('.').next().unwrap_or_default().trim().to_owned())
}

fn say_what_did_not_run(args: &Args) {
    if !args.heavy {
        println!("\nNot run, because an emulator is too slow for their bounds (`--heavy` runs them):");
        for name in HEAVY {
            println!("- {name}");
        }
    }
    if args.smoke {
        println!("\nRun, of all tests (`--smoke`):");
        for name in SMOKE {
            println!("- {name}");
        }
    }
    if args.quick {
        println!("\nNot run, because they do not depend on the kernel (`--quick`):");
        for name in NOT_THE_KERNELS {
            println!("- {name}");
        }
    }
}

fn chosen(kernels: &[String], all: &[&str]) -> Vec<String> {
    if kernels.is_empty() { all.iter().map(ToString::to_string).collect() } else { kernels.to_vec() }
}

fn tiers(chosen: &[Tier]) -> Vec<Tier> {
    if chosen.is_empty() { vec![Tier::Deep, Tier::Tracepoint] } else { chosen.to_vec() }
}

/// What tells the tests in a guest how much to do.
fn length(args: &Args) -> String {
    let full = if args.full { "export TUXMON_HEAVY=1\n" } else { "" };
    let rewrites = args.rewrites.map(|count| format!("export TUXMON_REWRITES={count}\n")).unwrap_or_default();
    format!("{full}{rewrites}")
}

/// Which of all tests run in a guest.
fn chosen_tests<'a>(args: &Args, all: &'a [String]) -> Vec<&'a str> {
    let has = |names: &[&str], test: &str| names.iter().any(|name| test.contains(name));
    let is_smoke =
        |test: &str| SMOKE.contains(&test) || args.also.iter().any(|name| test.contains(name.as_str()));
    all.iter()
        .map(String::as_str)
        .filter(|test| args.filter.as_ref().is_none_or(|part| test.contains(part)))
        .filter(|test| args.heavy || !has(HEAVY, test))
        .filter(|test| !(args.quick && has(NOT_THE_KERNELS, test)))
        .filter(|test| !args.smoke || is_smoke(test))
        .collect()
}

/// Programs that are needed, each with the package of Debian that has it.
type Tools = &'static [(&'static str, &'static str)];

const AMD64_TOOLS: Tools = &[
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("busybox", "busybox-static"),
    ("apt-get", "apt"),
    ("dpkg-deb", "dpkg"),
    ("ldd", "libc-bin"),
    ("strip", "binutils"),
    ("xz", "xz-utils"),
];

const ARM64_TOOLS: Tools = &[
    ("qemu-system-aarch64", "qemu-system-arm"),
    ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu and libc6-dev-arm64-cross"),
    ("apt-get", "apt"),
    ("dpkg-deb", "dpkg"),
];

/// Says at once, and all together, what is missing on this machine.
fn need(tools: Tools) -> Result<()> {
    let missing = crate::guest::missing(tools);
    if missing.is_empty() { Ok(()) } else { bail!("needed and not found: {}", missing.join(", ")) }
}
