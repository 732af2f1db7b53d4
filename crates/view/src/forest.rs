//! Which process started which, and what each of them did.

use std::collections::HashMap;

use tuxmon_event::Guid;
use tuxmon_render::Colour;

use crate::event::Event;
use crate::fields::append_event_name;
use crate::table::append_about;
use crate::times::written_time;

/// What events say is kept up to so many bytes; the events after that are counted and left out.
pub const MAX_BYTES: usize = 1024 * 1024 * 1024;
/// What a process or a row takes besides its texts.
const ENTRY_BYTES: usize = 200;
/// Longer descriptions of what a process did are cut, in characters.
const LONGEST_ROW: usize = 2000;

/// Processes with what they did, as events tell it.
#[derive(Default)]
pub struct Forest {
    pub(crate) processes: Vec<Process>,
    places: HashMap<Key, usize>,
    bytes: usize,
    left_out: u64,
    apart: u64,
}

/// Which process is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The one with this identity.
    Guid(Guid),
    /// Those that had this number; there may be several, one after the other.
    Pid(u32),
}

/// A process whose identity is not known is told from others by its number: the original writes such parents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Guid(Guid),
    Pid(u32),
}

/// One process.
#[derive(Debug, Default)]
pub(crate) struct Process {
    pub(crate) guid: Option<Guid>,
    pub(crate) pid: Option<u32>,
    pub(crate) parent: Option<usize>,
    pub(crate) children: Vec<usize>,
    pub(crate) rows: Vec<Row>,
    /// When it began, as its first event says; empty when it was not seen to begin.
    pub(crate) started: String,
    /// When it was first heard of.
    pub(crate) known: String,
    pub(crate) ended: String,
    pub(crate) image: String,
    pub(crate) user: String,
    pub(crate) command_line: String,
    pub(crate) directory: String,
    pub(crate) hashes: String,
    pub(crate) rule: String,
}

/// Something that a process did.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) time: String,
    pub(crate) text: String,
}

const PROCESS_CREATE: u16 = 1;
const PROCESS_TERMINATE: u16 = 5;

impl Forest {
    /// A forest without processes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Events that were left out, because there were too many.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Events that speak about no process: configuration, state and errors of the agent.
    pub fn apart(&self) -> u64 {
        self.apart
    }

    /// Adds what an event says.
    pub fn add(&mut self, event: &Event<'_>) {
        let guid = event.first_of(&["ProcessGuid", "SourceProcessGUID", "SourceProcessGuid"]);
        let pid = event.first_of(&["ProcessId", "SourceProcessId"]);
        let Some(key) = key(guid, pid) else {
            self.apart += 1;
            return;
        };
        if self.bytes >= MAX_BYTES {
            self.left_out += 1;
            return;
        }
        let place = self.place(key, pid);
        let time = written_time(event);
        self.processes[place].hear(time);
        if event.id == PROCESS_CREATE {
            self.created(place, event);
        } else {
            self.did(place, event);
        }
    }

    fn created(&mut self, place: usize, event: &Event<'_>) {
        let process = &mut self.processes[place];
        let keep = |field: &str, slot: &mut String| {
            event.first_of(&[field]).unwrap_or_default().clone_into(slot);
        };
        keep("Image", &mut process.image);
        keep("User", &mut process.user);
        keep("CommandLine", &mut process.command_line);
        keep("CurrentDirectory", &mut process.directory);
        keep("Hashes", &mut process.hashes);
        keep("RuleName", &mut process.rule);
        written_time(event).clone_into(&mut process.started);
        self.bytes += process.image.len() + process.command_line.len() + process.hashes.len();
        let parent_pid = event.value("ParentProcessId");
        let Some(parent_key) = key(event.value("ParentProcessGuid"), parent_pid) else { return };
        let parent = self.place(parent_key, parent_pid);
        if parent != place && self.processes[place].parent.is_none() {
            self.processes[place].parent = Some(parent);
            self.processes[parent].children.push(place);
            self.describe_parent(parent, event);
        }
    }

    /// What an event says about a parent that was not seen to begin.
    fn describe_parent(&mut self, parent: usize, event: &Event<'_>) {
        let process = &mut self.processes[parent];
        process.hear(written_time(event));
        let told = [
            ("ParentImage", &mut process.image),
            ("ParentUser", &mut process.user),
            ("ParentCommandLine", &mut process.command_line),
        ];
        for (field, slot) in told {
            if slot.is_empty() {
                event.first_of(&[field]).unwrap_or_default().clone_into(slot);
                self.bytes += slot.len();
            }
        }
    }

    fn did(&mut self, place: usize, event: &Event<'_>) {
        let process = &mut self.processes[place];
        let time = written_time(event).to_owned();
        let told =
            [(["Image", "SourceImage"], &mut process.image), (["User", "SourceUser"], &mut process.user)];
        for (fields, slot) in told {
            if slot.is_empty() {
                event.first_of(&fields).unwrap_or_default().clone_into(slot);
            }
        }
        if event.id == PROCESS_TERMINATE {
            process.ended.clone_from(&time);
        }
        let mut text = String::new();
        append_event_name(event.id, &mut text);
        append_about(event, Colour::Never, LONGEST_ROW, &mut text);
        self.bytes += ENTRY_BYTES + text.len();
        process.rows.push(Row { time, text });
    }

    fn place(&mut self, key: Key, pid: Option<&str>) -> usize {
        *self.places.entry(key).or_insert_with(|| {
            let guid = match key {
                Key::Guid(guid) => Some(guid),
                Key::Pid(_) => None,
            };
            self.bytes += ENTRY_BYTES;
            let pid = pid.and_then(|pid| pid.parse().ok());
            self.processes.push(Process { guid, pid, ..Process::default() });
            self.processes.len() - 1
        })
    }

    /// The processes that are meant, in the order in which they were first heard of.
    pub(crate) fn find(&self, subject: Subject) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.processes.len())
            .filter(|&place| match subject {
                Subject::Guid(guid) => self.processes[place].guid == Some(guid),
                Subject::Pid(pid) => self.processes[place].pid == Some(pid),
            })
            .collect();
        places.sort_by_key(|&place| (&self.processes[place].known, place));
        places
    }
}

impl Process {
    fn hear(&mut self, time: &str) {
        if self.known.is_empty() || *time < *self.known {
            time.clone_into(&mut self.known);
        }
    }

    /// When it began, else when it was first heard of.
    pub(crate) fn since(&self) -> &str {
        if self.started.is_empty() { &self.known } else { &self.started }
    }
}

fn key(guid: Option<&str>, pid: Option<&str>) -> Option<Key> {
    let guid = guid.and_then(|guid| guid.parse::<Guid>().ok()).filter(|guid| !guid.is_nil());
    match guid {
        Some(guid) => Some(Key::Guid(guid)),
        None => pid?.parse().ok().map(Key::Pid),
    }
}
