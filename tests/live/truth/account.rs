//! From what a script wrote down to the events that must be logged.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::rc::Rc;

use tuxmon_event::Timestamp;

use crate::deed::Folder;
use crate::expected::{
    Ends, Expected, Want, file_create, file_delete, network_connect, process_create, process_terminate,
    raw_access_read,
};
use crate::process::{Process, User, printed_path};
use crate::time::Span;
use crate::truth::case::Case;
use crate::truth::script::{Fact, Image, Truth};

/// A case that was played.
pub(crate) struct Account {
    pub(crate) case: &'static Case,
    pub(crate) deeds: usize,
    pub(crate) skipped: Option<String>,
    /// All events of all its processes.
    pub(crate) expected: Vec<Expected>,
    processes: BTreeMap<u32, Process>,
    _folder: Folder,
}

impl Account {
    /// Of what this process told, which began not before this moment and has ended.
    pub(crate) fn new(
        case: &'static Case,
        begun: Timestamp,
        process: &Process,
        truths: &[Truth],
        skipped: Option<String>,
        folder: Folder,
    ) -> Account {
        let process = process.named(case.name);
        let first = process_create(&process);
        let pid = process.pid;
        let mut account = Account {
            case,
            deeds: truths.len(),
            skipped,
            expected: vec![first],
            processes: BTreeMap::from([(pid, process)]),
            _folder: folder,
        };
        for truth in truths {
            account.enter(truth, begun);
        }
        // The process that was started ends last, as whatever it has executed.
        account.expected.push(process_terminate(&account.processes[&pid]));
        account
    }

    /// The processes whose every event is accounted for.
    pub(crate) fn pids(&self) -> Vec<u32> {
        self.processes.keys().copied().collect()
    }

    fn enter(&mut self, truth: &Truth, begun: Timestamp) {
        let span = Span::between(Timestamp(truth.from), Timestamp(truth.to));
        for fact in &truth.facts {
            let known = self.processes.get(&truth.pid).expect("a process is made before it acts");
            let process = Process { lifetime: span, ..known.clone() };
            self.expected.extend(match fact {
                Fact::FileCreate { path } => Some(file_create(&process, path)),
                Fact::FileDelete { path, executable } => {
                    Some(file_delete(&process, path, Want::Is(executable.to_string())))
                }
                Fact::RawRead { device } => Some(raw_access_read(&process, device)),
                Fact::Network { protocol, initiated, source, destination } => {
                    let ends = Ends {
                        protocol,
                        initiated: *initiated,
                        source: (&source.0, source.1),
                        destination: (&destination.0, destination.1),
                    };
                    Some(network_connect(&process, &ends))
                }
                Fact::Process { pid } => {
                    let child = Process {
                        name: format!("{} {pid}", self.case.name),
                        pid: *pid,
                        start_seconds: Span::between(begun, Timestamp(truth.to)).seconds(),
                        parent: Some(Rc::new(process)),
                        ..known.clone()
                    };
                    self.processes.insert(*pid, child);
                    None
                }
                Fact::Exec(image) => {
                    let after = executed(&process, image);
                    let event = process_create(&after);
                    self.processes.insert(truth.pid, after);
                    Some(event)
                }
                Fact::User { uid } => {
                    self.processes.insert(truth.pid, Process { user: User::of(*uid), ..known.clone() });
                    None
                }
                Fact::End => Some(process_terminate(&process)),
            });
        }
    }
}

fn executed(process: &Process, image: &Image) -> Process {
    let words: Vec<&OsStr> = image.words.iter().map(OsStr::new).collect();
    // Its own program stands in for one that is not at hand.
    let file = image.file.clone().unwrap_or_else(|| "/proc/self/exe".into());
    let after = process.after_exec(&file, &words);
    let hashes = if image.file.is_some() { after.hashes.clone() } else { Want::Any };
    Process { image: printed_path(&image.path), hashes, ..after }
}
