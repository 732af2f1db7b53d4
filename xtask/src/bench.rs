//! `cargo xtask bench`: what this agent costs the machine that it watches, beside nobody, its own floor and others.
//!
//! Each round lets every contender watch all workloads, one contender after the other, and begins with nobody: so what
//! is compared ran within the same minute, and a ratio is one of the same round. docs/performance.md explains the
//! figures, and holds those of the last run.

mod auditd;
mod chart;
mod contender;
mod guest;
mod latency;
mod noise;
mod replay;
mod report;
mod work;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;

use contender::{Contender, Destination, How, Running};
use report::{Report, Sample, Visit};
use work::{Cost, Workload};

/// Measure what the agent costs, beside nobody, its floor and others; as root
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// A tenth of the work, at most 3 minutes
    #[arg(long)]
    quick: bool,
    /// Other software, with the shell commands that start and stop it, or just `auditd`; repeatable
    #[arg(long = "peer", value_name = "NAME=START,STOP")]
    peers: Vec<Contender>,
    /// Only contenders and workloads with these names; repeatable
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// No new round after so many minutes
    #[arg(long)]
    minutes: Option<u64>,
    /// How many rounds
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The program to measure; built when it is not given
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Where table, JSON and charts go
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    to: PathBuf,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(clap::Subcommand)]
enum Part {
    /// Do one workload here and print its cost
    #[command(hide = true)]
    Work(work::Args),
    Noise(noise::Args),
    Guest(guest::Args),
}

/// How often each deed is done.
const COUNTS: &[(Workload, u64)] = &[
    (Workload::Exec, 3000),
    (Workload::Create, 20_000),
    (Workload::Open, 100_000),
    (Workload::Tcp, 5000),
    (Workload::Udp, 10_000),
    (Workload::Getppid, 3_000_000),
    (Workload::Compile, 30),
    (Workload::Untar, 6),
];

/// Rates of the steady workload, in execs a second, and for how many seconds each is kept.
const RATES: &[u64] = &[100, 400, 1000, 1600];
const STEADY_SECONDS: u64 = 4;

/// What a contender gets to settle before the first workload, and to catch up after each.
const SETTLE: Duration = Duration::from_millis(1500);
const CATCH_UP: Duration = Duration::from_millis(300);

/// Does what the command line asks for.
pub fn run(args: &Args) -> Result<ExitCode> {
    match &args.part {
        Some(Part::Work(work)) => return work::run(work).map(|()| ExitCode::SUCCESS),
        Some(Part::Guest(guest)) => return guest::run(guest).map(|()| ExitCode::SUCCESS),
        Some(Part::Noise(_)) | None => {}
    }
    ensure!(nix::unistd::geteuid().is_root(), "the agent needs root, so the benchmark does: sudo make bench");
    if let Some(Part::Noise(noise)) = &args.part {
        noise::run(noise)?;
        return Ok(ExitCode::SUCCESS);
    }
    let began = Instant::now();
    let limit = Duration::from_mins(args.minutes.unwrap_or(if args.quick { 3 } else { 15 }));
    let program = args.program.clone().map_or_else(build, Ok)?;
    let folder = std::env::temp_dir().join(format!("tuxmon-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let log = SystemLog::open();
    let bench = Bench { args, program, folder: folder.clone() };
    let outcome = bench.rounds(began + limit, log.is_some());
    drop(log);
    let outcome = outcome.and_then(|visits| {
        let replays = replay::all(&bench.program, &folder, args.quick)?;
        Report::new(visits, replays).write(&args.to)
    });
    fs::remove_dir_all(&folder)?;
    outcome?;
    Ok(ExitCode::SUCCESS)
}

fn build() -> Result<PathBuf> {
    Ok(build_as("release", &["--package", "tuxmon"])?.join("tuxmon"))
}

/// Builds programs with this profile, and says in which folder they are.
fn build_as(profile: &str, programs: &[&str]) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["build", "--locked", "--profile", profile];
    let status = Command::new(cargo).current_dir(crate::root()).args(arguments).args(programs).status()?;
    ensure!(status.success(), "the program does not build");
    Ok(crate::guest::folder(profile))
}

/// A system log that throws everything away, where the machine has none of its own.
struct SystemLog {
    end: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

const DEV_LOG: &str = "/dev/log";

impl SystemLog {
    /// `None`: there is one already, which would keep what we write.
    fn open() -> Option<Self> {
        if Path::new(DEV_LOG).exists() {
            eprintln!("bench: SKIPPED the system log: {DEV_LOG} is somebody else's");
            return None;
        }
        let socket = std::os::unix::net::UnixDatagram::bind(DEV_LOG).ok()?;
        socket.set_read_timeout(Some(Duration::from_millis(200))).ok()?;
        let end = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let shared = std::sync::Arc::clone(&end);
        thread::spawn(move || {
            let mut buffer = vec![0; 1 << 17];
            while !shared.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = socket.recv(&mut buffer);
            }
        });
        Some(Self { end })
    }
}

impl Drop for SystemLog {
    fn drop(&mut self) {
        self.end.store(true, std::sync::atomic::Ordering::Relaxed);
        let _ = fs::remove_file(DEV_LOG);
    }
}

/// A run of the benchmark.
struct Bench<'a> {
    args: &'a Args,
    program: PathBuf,
    folder: PathBuf,
}

impl Bench<'_> {
    /// Every contender once in each round, until the rounds or the time are over.
    fn rounds(&self, until: Instant, has_log: bool) -> Result<Vec<Visit>> {
        let contenders = self.contenders(has_log)?;
        let mut visits = Vec::new();
        let mut longest = Duration::ZERO;
        for round in 0..self.args.rounds {
            if Instant::now() + longest > until {
                eprintln!("bench: no time for round {} of {}", round + 1, self.args.rounds);
                break;
            }
            let began = Instant::now();
            for contender in &contenders {
                eprintln!("bench: round {}, {}", round + 1, contender.name);
                match self.visit(round, contender) {
                    Ok(visit) => visits.push(visit),
                    Err(error) if matches!(contender.how, How::Peer { .. }) => {
                        eprintln!("bench: SKIPPED {}: {error:#}", contender.name);
                    }
                    Err(error) => return Err(error.context(contender.name.clone())),
                }
            }
            longest = longest.max(began.elapsed());
        }
        Ok(visits)
    }

    fn contenders(&self, has_log: bool) -> Result<Vec<Contender>> {
        let everything = self.folder.join("everything.xml");
        fs::write(&everything, include_str!("../../benches/replay/everything.xml"))?;
        let agent = |name: &str, configuration: &Path, to| Contender {
            name: name.to_owned(),
            how: How::Agent { configuration: configuration.to_owned(), to },
        };
        let mut all = vec![
            Contender { name: "nobody".to_owned(), how: How::Nobody },
            agent("default", &crate::root().join("packaging/config/default.xml"), Destination::File),
            agent("everything", &everything, Destination::File),
            agent("everything, alerts", &everything, Destination::FileAndAlerts),
        ];
        if has_log {
            all.push(agent("everything, syslog", &everything, Destination::Syslog));
        }
        match replay::large_configuration() {
            Some(file) => all.push(agent("large configuration", &file, Destination::File)),
            None => eprintln!("bench: SKIPPED the large configuration: no corpora (TUXMON_CORPORA)"),
        }
        all.push(Contender { name: "floor: thrown away".to_owned(), how: How::ThrownAway });
        all.push(Contender { name: "floor: not submitted".to_owned(), how: How::NotSubmitted });
        if !self.args.peers.iter().any(|peer| peer.name == auditd::NAME) {
            match auditd::contender() {
                Ok(auditd) => all.push(auditd),
                Err(error) => eprintln!("bench: SKIPPED auditd: {error:#}"),
            }
        }
        all.extend(self.args.peers.iter().cloned());
        let wanted =
            |contender: &Contender| self.wants(&contender.name) || matches!(contender.how, How::Nobody);
        all.retain(wanted);
        if all.len() == 1 {
            bail!("--only names no contender");
        }
        Ok(all)
    }

    /// `--only` may name contenders, workloads, or both; who is not named of a sort that is, is left out.
    fn wants(&self, name: &str) -> bool {
        let is_workload = |name: &str| name == STEADY || Workload::from_str(name, true).is_ok();
        let of_sort: Vec<&String> =
            self.args.only.iter().filter(|only| is_workload(only) == is_workload(name)).collect();
        of_sort.is_empty() || of_sort.iter().any(|only| name.starts_with(only.as_str()))
    }

    /// One contender through all workloads.
    fn visit(&self, round: usize, contender: &Contender) -> Result<Visit> {
        let folder = self.folder.join("watcher");
        let running = Running::start(contender, &self.program, &folder)?;
        thread::sleep(SETTLE);
        let mut visit =
            Visit { round, contender: contender.name.clone(), ready: running.ready, ..Visit::default() };
        let result = self.workloads(contender, &running, &mut visit);
        visit.memory = running.memory();
        visit.farewell = running.stop()?;
        fs::remove_dir_all(&folder)?;
        result.map(|()| visit)
    }

    fn workloads(&self, contender: &Contender, running: &Running, visit: &mut Visit) -> Result<()> {
        for (workload, count) in COUNTS {
            let name = workload.to_possible_value().expect("none is hidden").get_name().to_owned();
            if self.wants(&name) {
                let count = if self.args.quick { (count / 10).max(2) } else { *count };
                let sample = self.sample(running, *workload, count, 0)?;
                visit.samples.insert(name, sample);
            }
        }
        if matches!(contender.how, How::Nobody) || !self.wants(STEADY) {
            return Ok(());
        }
        for rate in if self.args.quick { &RATES[1..2] } else { RATES } {
            let watch = |file: &Option<PathBuf>| file.as_deref().map(latency::Watch::start);
            let (lines, alerts) = (watch(&running.lines), watch(&running.alerts));
            let sample = self.sample(running, Workload::Exec, rate * STEADY_SECONDS, *rate)?;
            visit.samples.insert(format!("{STEADY} {rate}/s"), sample);
            if let Some(lines) = lines {
                visit.latencies.insert(*rate, lines.stop()?);
            }
            if let Some(alerts) = alerts {
                visit.alerts.insert(*rate, alerts.stop()?);
            }
        }
        Ok(())
    }

    fn sample(&self, running: &Running, workload: Workload, count: u64, rate: u64) -> Result<Sample> {
        let before = running.processor_time();
        let folder = self.folder.join("work");
        let Cost { wall, cpu } = work_apart(workload, count, rate, &folder)?;
        // What the watcher still has to do belongs to what was done.
        thread::sleep(CATCH_UP);
        let after = running.processor_time();
        let (watcher, hashing) = (after.watching - before.watching, after.hashing - before.hashing);
        Ok(Sample { count, wall, cpu, watcher, hashing })
    }
}

/// Does a workload in a process and a folder of its own, and leaves no trace of it.
fn work_apart(workload: Workload, count: u64, rate: u64, folder: &Path) -> Result<Cost> {
    let output = Command::new(std::env::current_exe()?)
        .args(["bench", "work"])
        .arg(workload.to_possible_value().expect("none is hidden").get_name())
        .arg(count.to_string())
        .arg(folder)
        .args(["--rate", &rate.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{workload:?} fails: {}", said.trim());
    let cost = serde_json::from_slice(&output.stdout).context("the workload tells no cost")?;
    fs::remove_dir_all(folder)?;
    Ok(cost)
}

const STEADY: &str = "steady";
