//! Counts the events of a flood while they are written: there are too many to keep, or to parse one by one.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::ChildStdout;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::process::printed_path;
use crate::watch;

/// The word with which the flood executes its program.
pub(crate) const WORD: &str = "tuxmon-flood";

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// The agent collects.
    pub(crate) started: bool,
    /// The port that the flood connects to.
    pub(crate) port: u16,
    pub(crate) execs: u64,
    pub(crate) exits: u64,
    pub(crate) outgoing: u64,
    pub(crate) incoming: u64,
    pub(crate) files: u64,
    pub(crate) removals: u64,
    /// By who attached.
    pub(crate) attachments: BTreeMap<u32, u64>,
    /// Processes that ended and were not part of the flood.
    pub(crate) ended: BTreeSet<u32>,
    /// What event 255 told, by its ID and subject.
    pub(crate) lost: BTreeMap<(String, String), u64>,
    /// Numbers of lines that did not come.
    pub(crate) missing: u64,
    /// Lines that event 255 told as lost.
    pub(crate) told_lines: u64,
    last: Option<u64>,
    /// GUIDs of executions of the flood that have not ended.
    running: HashSet<String>,
}

impl Tally {
    /// How many are told as lost of a subject, in the ring or on the way out.
    pub(crate) fn lost_of(&self, subject: &str) -> u64 {
        let is_one = |told: &str| {
            told == subject || subject.split(" or ").any(|event| told.starts_with(&format!("{event} for ")))
        };
        let told = self.lost.iter().filter(|((_, told), _)| is_one(told));
        told.map(|(_, count)| count).sum()
    }

    fn take(&mut self, line: &str, folder: &str, words: &str) {
        let id: u64 =
            field(line, "<EventRecordID>").and_then(|id| id.parse().ok()).expect("each has a number");
        self.missing += self.last.map_or(0, |last| id.checked_sub(last + 1).expect("numbers grow"));
        self.last = Some(id);
        match field(line, "<EventID>") {
            Some("4") => self.started |= line.contains("<Data Name=\"State\">Started</Data>"),
            Some("1") if data(line, "CommandLine").is_some_and(|line| line == words) => {
                self.execs += 1;
                self.running.insert(data(line, "ProcessGuid").unwrap_or_default().to_owned());
            }
            Some("5") if self.running.remove(data(line, "ProcessGuid").unwrap_or_default()) => {
                self.exits += 1;
            }
            Some("5") => self.ended.extend(data(line, "ProcessId").and_then(|pid| pid.parse::<u32>().ok())),
            Some("3") if data(line, "DestinationPort") == Some(&self.port.to_string()) => {
                match data(line, "Initiated") {
                    Some("true") => self.outgoing += 1,
                    _ => self.incoming += 1,
                }
            }
            Some("10") => {
                let source = data(line, "SourceProcessId").and_then(|pid| pid.parse().ok());
                *self.attachments.entry(source.unwrap_or_default()).or_default() += 1;
            }
            Some("11") if is_in(line, folder) => self.files += 1,
            Some("23") if is_in(line, folder) => self.removals += 1,
            Some("255") => self.told(line),
            _ => {}
        }
    }

    /// `12 records of FileCreate or FileDelete from … to …: …`
    fn told(&mut self, line: &str) {
        let (id, description) = (data(line, "ID"), data(line, "Description").unwrap_or_default());
        let count = description.split(' ').next().and_then(|word| word.parse::<u64>().ok());
        let subject = description.split_once(" of ").and_then(|(_, rest)| rest.split_once(" from "));
        if let (Some(id), Some(count), Some((subject, _))) = (id, count, subject) {
            self.told_lines += if id == "OutputLost" { count } else { 0 };
            *self.lost.entry((id.to_owned(), subject.to_owned())).or_default() += count;
        }
    }
}

fn is_in(line: &str, folder: &str) -> bool {
    data(line, "TargetFilename").is_some_and(|path| path.starts_with(folder))
}

fn data<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    field(line, &format!("<Data Name=\"{name}\">"))
}

fn field<'l>(line: &'l str, tag: &str) -> Option<&'l str> {
    let (_, rest) = line.split_once(tag)?;
    rest.split('<').next()
}

/// Reads an agent's standard output to its end.
pub(crate) struct Counter {
    tally: Arc<Mutex<Tally>>,
    reading: JoinHandle<()>,
}

impl Counter {
    /// Begins to read; files are counted when they are in this folder, and executions of this program.
    pub(crate) fn start(output: ChildStdout, folder: &Path, program: &Path) -> Counter {
        let tally: Arc<Mutex<Tally>> = Arc::default();
        let (into, folder) = (Arc::clone(&tally), printed_path(folder));
        let words = format!("{} {WORD}", printed_path(program));
        let reading = std::thread::spawn(move || {
            let mut output = BufReader::with_capacity(1 << 20, output);
            let mut line = String::new();
            while output.read_line(&mut line).expect("events are text") > 0 {
                lock(&into).take(&line, &folder, &words);
                line.clear();
            }
        });
        Counter { tally, reading }
    }

    /// Changes what is counted.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut lock(&self.tally));
    }

    /// Waits until what was counted satisfies; `false` when the time is over before.
    pub(crate) fn wait(&self, longest: Duration, satisfies: impl Fn(&Tally) -> bool) -> bool {
        let asked = || satisfies(&lock(&self.tally)).then_some(());
        watch::poll_until(Instant::now() + longest, asked).is_some()
    }

    /// Reads to the end, which the agent's end makes.
    pub(crate) fn finish(self) -> Tally {
        self.reading.join().expect("the output can be read");
        std::mem::take(&mut lock(&self.tally))
    }
}

fn lock(tally: &Mutex<Tally>) -> MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}
