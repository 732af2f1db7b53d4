//! The story of a process, a file or an address: who began it, what came of it, and where it went on.
//!
//! Every step follows an exact identity: a process by its GUID, its events by the process, a file that was written by the
//! programs that ran it later, a connection by its four numbers on the machine where it arrived. What was left out to
//! keep the story within bounds is counted.

mod archive;
mod file;
mod gather;
mod page;
mod show;
mod subject;

use std::collections::HashMap;

use crate::answer::AnswerError;
use crate::clickhouse::{RemoteArchive, Server};
use crate::processes::ProcessId;
use crate::store::{Store, StoreError};

pub(crate) use archive::{ARRIVAL, Archive, COMMON, Deeds, Four};
pub use page::html;
pub use show::{dot, json, tree};
pub(crate) use subject::MOST;
pub use subject::{Subject, SubjectError};

/// Processes in a story.
pub const MOST_PROCESSES: usize = 2000;
/// Deeds told of one process.
pub(crate) const MOST_DEEDS: usize = 50;
/// Ancestors of a process.
const MOST_ANCESTORS: usize = 100;

/// A story.
#[derive(Debug, Default)]
pub struct Story {
    /// Its processes: parents stand before their children.
    pub processes: Vec<Process>,
    /// Where each process stands in the list.
    places: HashMap<ProcessId, usize>,
    /// Processes that were left out.
    pub left_out: u64,
}

/// One process of a story.
#[derive(Debug, Clone)]
pub struct Process {
    /// The number in the store.
    pub id: ProcessId,
    /// `ProcessGuid`.
    pub guid: String,
    /// The machine.
    pub computer: String,
    /// `ProcessId`.
    pub pid: Option<i64>,
    /// `Image`; empty where no event tells.
    pub image: String,
    /// `CommandLine`, likewise.
    pub command: String,
    /// `User`, likewise.
    pub user: String,
    /// `Hashes`, likewise.
    pub hashes: String,
    /// Milliseconds since 1970.
    pub started: Option<i64>,
    /// Milliseconds since 1970.
    pub ended: Option<i64>,
    /// Where the parent stands in the story.
    pub parent: Option<usize>,
    /// Why it is told of.
    pub role: Role,
    /// What kind of entry it is, where it is one: `ssh session from 192.0.2.7`.
    pub entry: Option<String>,
    /// What it did, in the order of time.
    pub deeds: Vec<Deed>,
    /// Deeds that were left out.
    pub more_deeds: u64,
}

/// Why a process is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It is what was asked for.
    Subject,
    /// It is an ancestor of one.
    Ancestor,
    /// It descends from one.
    Descendant,
    /// It ran a file that the story wrote, or took a connection that the story opened.
    Consequence,
}

/// What a process did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Milliseconds since 1970.
    pub time: i64,
    /// `FileCreate` and the like.
    pub event: &'static str,
    /// A path, an address with its port, or whatever the event is about.
    pub about: String,
    /// Where it went on: places in the story of those who ran the file or took the connection.
    pub leads_to: Vec<usize>,
}

/// Tells a story; empty if the store knows nothing of the subject.
pub fn story(store: &Store, subject: &Subject) -> Result<Story, StoreError> {
    let tell = || {
        // Thousands of questions about one moment: what comes in meanwhile is another story, and would cost each of them
        // all that the ones before it have read.
        let _moment = store.connection().unchecked_transaction()?;
        gather::Gathering::of(file::FileArchive::open(store.connection())?).tell(subject)
    };
    tell().map_err(|error| store.failed(error))
}

/// Tells a story from a server, likewise.
pub fn story_remotely(server: &Server, subject: &Subject) -> Result<Story, AnswerError> {
    gather::Gathering::of(RemoteArchive::open(server)).tell(subject)
}

impl Story {
    /// The processes that have no parent in the story.
    pub fn roots(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.processes.len()).filter(|index| self.processes[*index].parent.is_none())
    }

    /// The children of each process.
    pub fn children(&self) -> Vec<Vec<usize>> {
        let mut children = vec![Vec::new(); self.processes.len()];
        for (index, process) in self.processes.iter().enumerate() {
            if let Some(parent) = process.parent {
                children[parent].push(index);
            }
        }
        for of_one in &mut children {
            of_one.sort_by_key(|index| (self.processes[*index].started, self.processes[*index].id));
        }
        children
    }
}
