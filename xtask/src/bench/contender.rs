//! Who watches while a workload runs: nobody, this agent in some configurations, its floor, or another agent.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;

use super::auditd;

/// How long anyone may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody whose cost is measured.
#[derive(Clone, Debug)]
pub(crate) struct Contender {
    pub(crate) name: String,
    pub(crate) how: How,
}

/// How it is started.
#[derive(Clone, Debug)]
pub(crate) enum How {
    /// Not at all: what everything else is compared with.
    Nobody,
    /// `tuxmon run` with a configuration, which writes to a file or to the system log.
    Agent { configuration: PathBuf, to: Destination },
    /// The same programs in the kernel, and a reader that throws everything away.
    ThrownAway,
    /// The same programs, and a ring that is full and that nobody reads: nothing is submitted.
    NotSubmitted,
    /// Other software, by shell commands.
    Peer { start: String, stop: String },
}

/// Where the agent writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    File,
    Syslog,
    /// A file, and alerts to another one: of each program that the workload starts.
    FileAndAlerts,
}

/// `NAME=START,STOP` of the command line, or the name of one that we know how to start.
impl FromStr for Contender {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == auditd::NAME {
            return auditd::contender().map_err(|error| format!("{error:#}"));
        }
        let (name, commands) = text.split_once('=').ok_or("NAME=START,STOP is wanted")?;
        let (start, stop) = commands.rsplit_once(',').ok_or("a command that stops it is missing")?;
        let how = How::Peer { start: start.to_owned(), stop: stop.to_owned() };
        Ok(Self { name: name.to_owned(), how })
    }
}

/// Somebody who runs.
pub(crate) struct Running {
    child: Option<Child>,
    stop: Option<String>,
    /// The processes that are its.
    processes: BTreeSet<u32>,
    log: Option<thread::JoinHandle<String>>,
    /// Seconds from its start to the moment when it was ready.
    pub(crate) ready: f64,
    /// The file to which it writes lines, if it does.
    pub(crate) lines: Option<PathBuf>,
    /// The same for alerts.
    pub(crate) alerts: Option<PathBuf>,
}

/// Seconds of processor time. Hashing is told apart: each program is hashed once, whoever starts it, so on a machine
/// with other work its time is not that of the workload.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Worked {
    pub(crate) watching: f64,
    pub(crate) hashing: f64,
}

/// What it said at its end.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Farewell {
    pub(crate) records: u64,
    pub(crate) written: u64,
    pub(crate) lost: u64,
}

/// What it holds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Memory {
    /// KiB of its own.
    pub(crate) anonymous: u64,
    /// KiB of files, and of the ring, which the kernel maps twice in a row and counts both times.
    pub(crate) file: u64,
    /// KiB of maps (the ring is one) and programs in the kernel.
    pub(crate) kernel: u64,
}

/// Settings with our own rules, and one that matches each program that the workload starts.
fn settings(folder: &Path, alerts: &Path) -> Result<PathBuf> {
    let rule = folder.join("rule.yml");
    fs::write(&rule, include_str!("../../../benches/replay/each_exec.yml"))?;
    let own = crate::root().join("packaging/sigma");
    let text = format!(
        "[detection]\nrules = ['{}', '{}']\noutputs = ['file:{}']\n\
         same_again_seconds = 0\nalerts_per_minute = 10000000\n",
        rule.display(),
        own.display(),
        alerts.display()
    );
    let settings = folder.join("tuxmon.toml");
    fs::write(&settings, text)?;
    Ok(settings)
}

impl Running {
    pub(crate) fn start(contender: &Contender, program: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let (lines, alerts) = (folder.join("events.xml"), folder.join("alerts.json"));
        let mut command = Command::new(program);
        match &contender.how {
            How::Nobody => return Ok(Self::nobody()),
            How::Peer { start, stop } => return Self::peer(start, stop),
            How::Agent { configuration, to } => {
                let place = match to {
                    Destination::File | Destination::FileAndAlerts => format!("file:{}", lines.display()),
                    Destination::Syslog => "syslog".to_owned(),
                };
                command.args(["run", "--output", &place, "--config"]).arg(configuration);
                command.arg("--state-dir").arg(folder.join("state"));
                if *to == Destination::FileAndAlerts {
                    command.arg("--settings").arg(settings(folder, &alerts)?);
                }
            }
            How::ThrownAway => drop(command.args(["record", "/dev/null"])),
            How::NotSubmitted => drop(command.args(["record", "--ring-size", "64K", "/dev/null"])),
        }
        let mut running = Self::child(command)?;
        match contender.how {
            How::Agent { to: Destination::File, .. } => running.lines = Some(lines),
            How::Agent { to: Destination::FileAndAlerts, .. } => {
                running.lines = Some(lines);
                running.alerts = Some(alerts);
            }
            // A reader that does not run leaves the ring as full as the first records make it.
            How::NotSubmitted => running.processes.iter().try_for_each(|pid| signal(*pid, "STOP"))?,
            How::Agent { to: Destination::Syslog, .. } | How::Nobody | How::ThrownAway | How::Peer { .. } => {
            }
        }
        Ok(running)
    }

    fn nobody() -> Self {
        let processes = BTreeSet::new();
        Self { child: None, stop: None, processes, log: None, ready: 0.0, lines: None, alerts: None }
    }

    /// Starts a program of ours: it says on its standard error when it is ready.
    fn child(mut command: Command) -> Result<Self> {
        let began = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
        let (mut line, mut all) = (String::new(), String::new());
        while !line.trim_start().starts_with("output ") && !line.contains("recording") {
            line.clear();
            ensure!(said.read_line(&mut line)? > 0, "it does not start:\n{all}");
            all.push_str(&line);
        }
        let ready = began.elapsed().as_secs_f64();
        let log = thread::spawn(move || {
            said.lines().map_while(Result::ok).fold(String::new(), |all, line| all + &line + "\n")
        });
        let processes = BTreeSet::from([child.id()]);
        Ok(Self {
            child: Some(child),
            stop: None,
            processes,
            log: Some(log),
            ready,
            lines: None,
            alerts: None,
        })
    }

    fn peer(start: &str, stop: &str) -> Result<Self> {
        let (before, began) = (processes(), Instant::now());
        if let Err(error) = shell(start) {
            // What it has begun is taken back; the error is that of the start.
            let _ = shell(stop);
            return Err(error);
        }
        let ready = began.elapsed().as_secs_f64();
        thread::sleep(Duration::from_secs(1));
        let processes = processes().difference(&before).copied().collect();
        Ok(Self {
            child: None,
            stop: Some(stop.to_owned()),
            processes,
            log: None,
            ready,
            lines: None,
            alerts: None,
        })
    }

    /// Seconds of processor time that its processes have had so far.
    pub(crate) fn processor_time(&self) -> Worked {
        let mut worked = Worked::default();
        for (is_hashing, nanoseconds) in self.processes.iter().flat_map(|pid| threads(*pid)) {
            let seconds = nanoseconds as f64 / 1e9;
            *(if is_hashing { &mut worked.hashing } else { &mut worked.watching }) += seconds;
        }
        worked
    }

    pub(crate) fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        for pid in &self.processes {
            let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            memory.anonymous += number_after(&status, "RssAnon:");
            memory.file += number_after(&status, "RssFile:") + number_after(&status, "RssShmem:");
            memory.kernel += kernel_bytes(*pid) / 1024;
        }
        memory
    }

    /// Stops it, and says what it said.
    pub(crate) fn stop(mut self) -> Result<Farewell> {
        if let Some(stop) = self.stop.take() {
            shell(&stop)?;
        }
        let Some(mut child) = self.child.take() else { return Ok(Farewell::default()) };
        signal(child.id(), "CONT")?;
        signal(child.id(), "TERM")?;
        let until = Instant::now() + PATIENCE;
        while child.try_wait()?.is_none() {
            if Instant::now() > until {
                child.kill()?;
                bail!("it does not end");
            }
            thread::sleep(Duration::from_millis(5));
        }
        let log = self.log.take().map(|log| log.join().unwrap_or_default()).unwrap_or_default();
        let last = log.lines().rev().find(|line| line.contains(" records")).unwrap_or_default();
        Ok(Farewell {
            records: number_before(last, " records"),
            written: number_before(last, " events written"),
            lost: number_before(last, " lost") + number_before(last, " missing"),
        })
    }
}

fn signal(pid: u32, name: &str) -> Result<()> {
    let status = Command::new("kill").args(["-s", name, &pid.to_string()]).status()?;
    ensure!(status.success(), "{name} cannot be sent");
    Ok(())
}

fn shell(command: &str) -> Result<()> {
    let output = Command::new("sh").args(["-c", command]).output().context("cannot run sh")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{command}` fails: {}", said.trim());
    Ok(())
}

fn processes() -> BTreeSet<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// For each thread whether it hashes, and its nanoseconds on a processor.
fn threads(pid: u32) -> Vec<(bool, u64)> {
    let entries = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let time = |folder: PathBuf| -> Option<(bool, u64)> {
        let is_hashing = fs::read_to_string(folder.join("comm")).ok()?.trim_end() == "hash";
        let nanoseconds =
            fs::read_to_string(folder.join("schedstat")).ok()?.split(' ').next()?.parse().ok()?;
        Some((is_hashing, nanoseconds))
    };
    entries.filter_map(|entry| time(entry.path())).collect()
}

/// What the maps and programs of a process take, as the kernel counts it.
fn kernel_bytes(pid: u32) -> u64 {
    let entries = fs::read_dir(format!("/proc/{pid}/fdinfo")).into_iter().flatten().flatten();
    let mut seen = BTreeSet::new();
    let mut total = 0;
    for entry in entries {
        let info = fs::read_to_string(entry.path()).unwrap_or_default();
        let id = (number_after(&info, "map_id:"), number_after(&info, "prog_id:"));
        // A map or program may be open several times; a link tells its program's id and takes nothing itself.
        if id != (0, 0) && info.contains("memlock:") && seen.insert(id) {
            total += number_after(&info, "memlock:");
        }
    }
    total
}

fn number_after(text: &str, name: &str) -> u64 {
    let rest = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    rest.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

fn number_before(text: &str, name: &str) -> u64 {
    let before = text.split(name).next().filter(|before| before.len() < text.len()).unwrap_or_default();
    before.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Contender, How, number_after, number_before};

    #[test]
    fn numbers_are_found_by_what_stands_beside_them() {
        let last =
            "since 2026-11-21 11:35:12.941: 11468 records, 8202 events written, 0 dropped by rules; 3 lost";
        assert_eq!(number_before(last, " records"), 11468);
        assert_eq!(number_before(last, " events written"), 8202);
        assert_eq!(number_before(last, " lost"), 3);
        assert_eq!(number_before(last, " missing"), 0);
        assert_eq!(number_after("Name:\tx\nRssAnon:\t    7520 kB\n", "RssAnon:"), 7520);
    }

    #[test]
    fn a_peer_has_a_name_and_two_commands() {
        let peer: Contender =
            "other=systemctl start other,systemctl stop other".parse().expect("it is right");
        assert_eq!(peer.name, "other");
        assert!(matches!(peer.how, How::Peer { start, stop }
            if start == "systemctl start other" && stop == "systemctl stop other"));
        assert!("other".parse::<Contender>().is_err());
        assert!("other=start".parse::<Contender>().is_err());
    }
}
