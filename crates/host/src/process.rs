//! The processes of this machine.
//!
//! The table is seeded with every process that runs, and then kept exactly by fork, exec and exit. It is asked by
//! identity, never by pid alone: a record that comes late still finds the image that acted, though the process has
//! executed another one since, or has ended, or its pid belongs to somebody else.
//!
//! A process's parent is who made it, with the image, command line and user it had at that moment. That is kept
//! with the child: it stays true when the parent executes something else, ends, or is traced.

mod texts;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use hashlink::{DefaultHashBuilder, LinkedHashMap};
use tuxmon_event::{Guid, Text};
use tuxmon_wire::{BootTime, Exit, File, Fork, Identity, Image, Task};

use crate::deadline::Deadline;
use crate::identity::Guids;
use crate::proc;
use crate::users::Users;

pub use texts::command_line;
use texts::{Paths, shortened};

/// What upstream calls a process of which nothing is known.
pub const UNKNOWN_IMAGE: &str = "<unknown process>";

/// Older images of one process that are kept; more than this many execs within the grace are an exec loop.
const OLDER_MAX: usize = 8;

/// What is left of command lines when all together they take more than their share.
const SHORT_COMMAND_LINE: usize = 4096;

/// A table of so many is not worth making smaller.
const SMALL_TABLE: usize = 4096;

/// What bounds the table.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Processes, ended ones included.
    pub processes: usize,
    /// How long an ended process or a replaced image is kept for records that come late.
    pub grace: Duration,
    /// Ended processes, which a storm would fill the memory with: the first of them go before their grace is over.
    pub ended: usize,
    /// How long the line waits for `/proc`, whose answer may depend on the process's own memory.
    pub patience: Duration,
    /// Bytes of command lines; beyond it new ones are kept shortened.
    pub command_line_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            processes: 131_072,
            grace: Duration::from_mins(1),
            ended: 4096,
            patience: Duration::from_millis(20),
            command_line_bytes: 64 * 1024 * 1024,
        }
    }
}

/// How a process came to be known, from the poorest knowledge to the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nothing but its identity is known.
    Unknown,
    /// From `/proc`, after it acted.
    Proc,
    /// Found running by the task iterator.
    Seed,
    /// Seen being made; it runs what its maker ran.
    Fork,
    /// Seen executing this image.
    Exec,
}

/// One image of one process, as it was when it began. Shared, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Which image of which process.
    pub identity: Identity,
    /// Its ProcessGuid.
    pub guid: Guid,
    /// Path of the executed file; `[name]` for a thread of the kernel.
    pub image: Text,
    /// The arguments.
    pub command_line: Text,
    /// Working directory when the image began.
    pub directory: Text,
    /// Name of the real user when the image began.
    pub user: Text,
    /// Real user id, audit session and further numbers when the image began.
    pub task: Task,
    /// Index of the controlling pseudo terminal.
    pub tty: Option<u32>,
    /// Id of its cgroup (version 2), 0 when not known.
    pub cgroup_id: u64,
    /// The executed file, `None` when not known.
    pub file: Option<File>,
    /// Who made the process.
    pub parent: Arc<Parent>,
    /// How it came to be known.
    pub origin: Origin,
}

/// The maker of a process, as it was then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parent {
    /// Which image made it.
    pub identity: Identity,
    /// Its ProcessGuid.
    pub guid: Guid,
    /// Its image.
    pub image: Text,
    /// Its command line.
    pub command_line: Text,
    /// Its user.
    pub user: Text,
}

/// What the table holds and has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Processes in the table, ended ones included.
    pub processes: usize,
    /// Ended processes of these.
    pub ended: usize,
    /// Processes that were dropped before their time because the table was full.
    pub evicted: u64,
    /// Processes that acted before anything told of them.
    pub surprises: u64,
    /// Surprises of which `/proc` knew nothing either.
    pub unknown: u64,
    /// Bytes of command lines.
    pub command_line_bytes: usize,
}

/// A process, whatever it executes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    pid: u32,
    start: BootTime,
}

impl Key {
    fn of(identity: &Identity) -> Self {
        Self { pid: identity.pid, start: identity.start }
    }
}

/// The images of one process.
#[derive(Debug)]
struct Slot {
    current: Arc<Process>,
    /// Images that were replaced, newest last.
    older: Vec<Arc<Process>>,
    /// The current image as its children's parent, rendered once.
    as_parent: Option<Arc<Parent>>,
    /// Its making was seen, so its parent is its maker and not who has adopted it since.
    maker_known: bool,
    ended: bool,
    /// Number of the last seeding that saw it.
    seeding: u32,
}

/// Something to be forgotten when its grace is over.
#[derive(Debug)]
enum Retired {
    Process(Key),
    Images(Key),
}

/// All processes.
#[derive(Debug)]
pub struct ProcessTable {
    guids: Guids,
    limits: Limits,
    /// Least recently asked for first.
    slots: LinkedHashMap<Key, Slot>,
    /// The newest process with each pid.
    newest: HashMap<u32, BootTime, DefaultHashBuilder>,
    /// The most that were in the table since it was made smaller.
    peak: usize,
    /// In the order of retirement, which is the order of forgetting.
    retired: VecDeque<(BootTime, Retired)>,
    /// Processes whose parents were not known yet when they were seeded.
    orphans: Vec<(Key, Task)>,
    /// Number of the seeding under way, or of the last one.
    seeding: u32,
    seeding_is_open: bool,
    /// The latest time that a record has told.
    now: BootTime,
    unknown_image: Text,
    paths: Paths,
    proc: Deadline<Task, (Task, Option<proc::Found>)>,
    counts: Counts,
}

impl ProcessTable {
    /// An empty table.
    pub fn new(guids: Guids, limits: Limits) -> Self {
        Self {
            guids,
            limits,
            slots: LinkedHashMap::new(),
            newest: HashMap::default(),
            peak: 0,
            retired: VecDeque::new(),
            orphans: Vec::new(),
            seeding: 0,
            seeding_is_open: false,
            now: BootTime(0),
            unknown_image: Text::from(UNKNOWN_IMAGE),
            paths: Paths::new(),
            proc: Deadline::new("proc", limits.patience, |task: Task| (task, proc::find(&task.identity))),
            counts: Counts::default(),
        }
    }

    /// An empty table for a recording, whose processes `/proc` does not know.
    pub fn of_a_recording(guids: Guids, limits: Limits) -> Self {
        Self { proc: Deadline::nobody("proc"), ..Self::new(guids, limits) }
    }

    /// A process was found running. What records have told is never overwritten: the same process may come
    /// again, and may come after its own fork, exec or exit.
    pub fn seed(&mut self, image: &Image<'_>, at: BootTime, users: &mut Users) {
        if !self.seeding_is_open {
            self.seeding_is_open = true;
            self.seeding = self.seeding.wrapping_add(1);
        }
        let key = Key::of(&image.task.identity);
        let Some(slot) = self.slots.get_mut(&key) else {
            let parent = self.seeded_parent(key, image, users);
            let process = self.process_of(image, parent, Origin::Seed, users);
            self.insert(process, false);
            return;
        };
        slot.seeding = self.seeding;
        let known = &slot.current;
        let is_newer = image.task.identity.exec_id > known.identity.exec_id;
        let is_same = image.task.identity.exec_id == known.identity.exec_id;
        let is_poor = known.origin < Origin::Seed || known.image == self.unknown_image;
        if slot.ended || !(is_newer || is_same && is_poor) {
            return;
        }
        let keeps_parent = slot.maker_known || known.origin >= Origin::Seed;
        let parent =
            if keeps_parent { Arc::clone(&known.parent) } else { self.seeded_parent(key, image, users) };
        let process = self.process_of(image, parent, Origin::Seed, users);
        self.replace(key, process, at);
    }

    /// The seeding has gone through all processes: parents that came after their children are filled in, and
    /// processes that it should have met and did not, because records of their end were lost, are retired.
    pub fn seeded(&mut self, began: BootTime, users: &mut Users) {
        self.seeding_is_open = false;
        for (key, parent) in std::mem::take(&mut self.orphans) {
            let parent = self.parent_of(&parent, users);
            if let Some(slot) = self.slots.get_mut(&key) {
                Arc::make_mut(&mut slot.current).parent = parent;
            }
        }
        let seeding = self.seeding;
        let missed = |(_, slot): &(&Key, &Slot)| !slot.ended && slot.seeding != seeding;
        let gone: Vec<Key> =
            self.slots.iter().filter(missed).map(|(key, _)| *key).filter(|key| key.start < began).collect();
        for key in gone {
            self.end(key, began);
        }
    }

    /// A process was made: it has the image of its parent, and an identity of its own.
    pub fn fork(&mut self, fork: &Fork, at: BootTime, users: &mut Users) -> Arc<Process> {
        self.forget(at);
        let identity = fork.task.identity;
        let key = Key::of(&identity);
        let maker = self.resolve(&fork.parent, users);
        let parent = self.parent_of(&fork.parent, users);
        if let Some(slot) = self.slots.get_mut(&key) {
            // Seeded between its making and now: its parent now may be another than its maker.
            Arc::make_mut(&mut slot.current).parent = Arc::clone(&parent);
            slot.maker_known = true;
            if slot.current.identity == identity {
                return Arc::clone(&slot.current);
            }
            let child = Arc::new(self.child_of(&maker, fork, parent, users));
            self.keep_older(key, Arc::clone(&child), at);
            return child;
        }
        // With CLONE_PARENT the parent is not the maker, and may run another image.
        let shares_image = maker.identity.exec_id == identity.exec_id || maker.identity.pid == 0;
        if !shares_image {
            let process = self.surprise(&fork.task, Some(parent), users);
            return self.insert(process, true);
        }
        let child = self.child_of(&maker, fork, parent, users);
        self.insert(child, true)
    }

    /// A process executes a new image. Its maker stays who it was.
    pub fn exec(&mut self, image: &Image<'_>, at: BootTime, users: &mut Users) -> Arc<Process> {
        self.forget(at);
        let identity = image.task.identity;
        let key = Key::of(&identity);
        let slot = self.slots.get(&key);
        let newest = slot.map(|slot| slot.current.identity.exec_id);
        let known = slot.filter(|slot| slot.maker_known || slot.current.origin >= Origin::Seed);
        let parent = match known {
            Some(slot) => Arc::clone(&slot.current.parent),
            None => self.parent_of(&image.parent, users),
        };
        let process = self.process_of(image, parent, Origin::Exec, users);
        match newest {
            None => self.insert(process, false),
            Some(newest) if newest > identity.exec_id => {
                let whole = Arc::new(process);
                let kept = self.kept(&whole);
                self.keep_older(key, kept, at);
                whole
            }
            Some(_) => self.replace(key, process, at),
        }
    }

    /// A process ended. `None` when that was known already. It stays for late records until its grace is over.
    pub fn exit(&mut self, exit: &Exit, at: BootTime, users: &mut Users) -> Option<Arc<Process>> {
        self.forget(at);
        let key = Key::of(&exit.task.identity);
        if self.slots.get(&key).is_some_and(|slot| slot.ended) {
            return None;
        }
        let process = self.resolve(&exit.task, users);
        self.end(key, at);
        Some(process)
    }

    /// The image that acted. One that nothing has told of is looked up in `/proc`.
    pub fn resolve(&mut self, task: &Task, users: &mut Users) -> Arc<Process> {
        let identity = task.identity;
        let key = Key::of(&identity);
        let Some(slot) = self.slots.to_back(&key) else {
            let process = self.surprise(task, None, users);
            return if identity.pid == 0 { Arc::new(process) } else { self.insert(process, false) };
        };
        if slot.current.identity == identity {
            let known = Arc::clone(&slot.current);
            return if known.origin == Origin::Unknown { self.known_by_now(known) } else { known };
        }
        if let Some(older) = slot.older.iter().find(|older| older.identity == identity) {
            return Arc::clone(older);
        }
        let (newest, parent) = (slot.current.identity.exec_id, Arc::clone(&slot.current.parent));
        if newest > identity.exec_id {
            // Its grace is over. What it ran is forgotten, who it was is not.
            return Arc::new(self.nameless(task, parent, users));
        }
        let process = self.surprise(task, Some(parent), users);
        self.replace(key, process, self.now)
    }

    /// The image that acted, only from memory.
    pub fn lookup(&self, identity: &Identity) -> Option<Arc<Process>> {
        let slot = self.slots.get(&Key::of(identity))?;
        let images = std::iter::once(&slot.current).chain(&slot.older);
        images.into_iter().find(|image| image.identity == *identity).cloned()
    }

    /// The process that has this pid now, or had it last.
    pub fn lookup_pid(&self, pid: u32) -> Option<Arc<Process>> {
        let start = *self.newest.get(&pid)?;
        self.slots.get(&Key { pid, start }).map(|slot| Arc::clone(&slot.current))
    }

    /// The processes from which an image descends, its parent first, as far as they are known and at most so many.
    pub fn ancestors(&self, pid: u32, guid: Guid, most: usize) -> Vec<Arc<Parent>> {
        let mut ancestors = Vec::new();
        let newest = self.newest.get(&pid).and_then(|start| self.slots.get(&Key { pid, start: *start }));
        let mut images =
            newest.into_iter().flat_map(|slot| std::iter::once(&slot.current).chain(&slot.older));
        let mut next = images.find(|image| image.guid == guid).cloned();
        while let Some(process) = next.take().filter(|_| ancestors.len() < most) {
            if process.parent.guid.is_nil() {
                break;
            }
            ancestors.push(Arc::clone(&process.parent));
            next = self.lookup(&process.parent.identity);
        }
        ancestors
    }

    /// What the table holds and has done.
    pub fn counts(&self) -> Counts {
        Counts { processes: self.slots.len(), ..self.counts }
    }
}

/// Making processes.
impl ProcessTable {
    fn process_of(
        &mut self,
        image: &Image<'_>,
        parent: Arc<Parent>,
        origin: Origin,
        users: &mut Users,
    ) -> Process {
        let path = if image.task.flags.kernel_thread() {
            self.paths.text_of(&bracketed(image.comm))
        } else {
            self.paths.text(&image.image)
        };
        Process {
            image: path,
            command_line: command_line(image.arguments),
            directory: self.paths.text(&image.directory),
            tty: image.tty,
            cgroup_id: image.cgroup_id,
            file: (image.file.inode != 0).then_some(image.file),
            origin,
            ..self.nameless(&image.task, parent, users)
        }
    }

    fn child_of(&self, maker: &Process, fork: &Fork, parent: Arc<Parent>, users: &mut Users) -> Process {
        let identity = fork.task.identity;
        Process {
            identity,
            guid: self.guids.process(&identity),
            user: users.name(fork.task.uid),
            task: fork.task,
            parent,
            origin: Origin::Fork,
            ..maker.clone()
        }
    }

    /// A process of which only the record's own numbers are known.
    fn nameless(&self, task: &Task, parent: Arc<Parent>, users: &mut Users) -> Process {
        let identity = task.identity;
        let is_kernel = identity.pid == 0;
        Process {
            identity,
            guid: self.guids.process(&identity),
            image: if is_kernel { Text::EMPTY } else { self.unknown_image.clone() },
            command_line: Text::EMPTY,
            directory: Text::EMPTY,
            user: users.name(task.uid),
            task: *task,
            tty: None,
            cgroup_id: 0,
            file: None,
            parent,
            origin: Origin::Unknown,
        }
    }

    /// A process that acted before anything told of it.
    fn surprise(&mut self, task: &Task, parent: Option<Arc<Parent>>, users: &mut Users) -> Process {
        let identity = task.identity;
        if identity.pid == 0 {
            return self.nameless(task, Arc::default(), users);
        }
        self.counts.surprises += 1;
        let mut late = None;
        let answer = self.proc.ask(*task, &mut |answer| late = Some(answer));
        if let Some((of, Some(found))) = late {
            self.keep_late(&of, &found);
        }
        let found = answer.and_then(|(_, found)| found);
        let parent_pid = found.as_ref().map(|found| found.stat.parent);
        let parent = match (parent, parent_pid) {
            (Some(parent), _) => parent,
            (None, Some(pid)) => self.parent_by_pid(pid, task),
            (None, None) => Arc::default(),
        };
        let nameless = self.nameless(task, parent, users);
        let process = found.and_then(|found| self.found(&nameless, task, &found));
        process.unwrap_or_else(|| {
            self.counts.unknown += 1;
            nameless
        })
    }

    /// What `/proc` says, together with what is known without it; nothing when the image is gone, because the process has
    /// ended and was not waited for yet.
    fn found(&mut self, nameless: &Process, task: &Task, found: &proc::Found) -> Option<Process> {
        let image = if task.flags.kernel_thread() {
            self.paths.text_of(&bracketed(&found.stat.name))
        } else if found.image.is_empty() {
            return None;
        } else {
            self.paths.text_of(&found.image)
        };
        Some(Process {
            image,
            command_line: command_line(&found.arguments),
            directory: self.paths.text_of(&found.directory),
            origin: Origin::Proc,
            ..nameless.clone()
        })
    }

    /// A process of which nothing was known when it was asked for: `/proc` may have answered since.
    fn known_by_now(&mut self, unknown: Arc<Process>) -> Arc<Process> {
        let Some((of, Some(found))) = self.proc.late() else { return unknown };
        self.keep_late(&of, &found);
        let slot = self.slots.get_mut(&Key::of(&unknown.identity));
        slot.map_or(unknown, |slot| Arc::clone(&slot.current))
    }

    /// An answer that came late still serves what is told of the process from now on.
    fn keep_late(&mut self, task: &Task, found: &proc::Found) {
        let key = Key::of(&task.identity);
        let Some(slot) = self.slots.get_mut(&key) else { return };
        let current = Arc::clone(&slot.current);
        if current.origin == Origin::Unknown
            && current.identity == task.identity
            && let Some(process) = self.found(&current, task, found)
        {
            self.counts.unknown = self.counts.unknown.saturating_sub(1);
            self.replace(key, process, self.now);
        }
    }

    /// `/proc` tells a parent's pid only. It is believed when the table knows a process with it that is older.
    fn parent_by_pid(&mut self, pid: u32, child: &Task) -> Arc<Parent> {
        match self.lookup_pid(pid) {
            Some(parent) if parent.identity.start <= child.identity.start => Arc::new(Parent {
                identity: parent.identity,
                guid: parent.guid,
                image: parent.image.clone(),
                command_line: parent.command_line.clone(),
                user: parent.user.clone(),
            }),
            Some(_) | None => {
                let identity = Identity { pid, ..Identity::default() };
                Arc::new(Parent { identity, ..Parent::default() })
            }
        }
    }

    /// A task as a parent, with the user it has now.
    fn parent_of(&mut self, task: &Task, users: &mut Users) -> Arc<Parent> {
        if task.identity.pid == 0 {
            return Arc::default();
        }
        let process = self.resolve(task, users);
        let user = users.name(task.uid);
        let slot = self.slots.get_mut(&Key::of(&task.identity));
        if let Some(slot) = slot
            && slot.current.identity == task.identity
        {
            if let Some(parent) = &slot.as_parent
                && parent.user == user
            {
                return Arc::clone(parent);
            }
            // The table's own text, which may be shortened, is what children share.
            let parent = Arc::new(as_parent(&slot.current, user));
            slot.as_parent = Some(Arc::clone(&parent));
            return parent;
        }
        Arc::new(as_parent(&process, user))
    }

    /// The parent of a seeded process; when it has not been seeded itself yet, for now only who it is.
    fn seeded_parent(&mut self, child: Key, image: &Image<'_>, users: &mut Users) -> Arc<Parent> {
        let task = &image.parent;
        if task.identity.pid == 0 {
            return Arc::default();
        }
        if self.lookup(&task.identity).is_some() {
            return self.parent_of(task, users);
        }
        self.orphans.push((child, *task));
        let user = users.name(task.uid);
        let guid = self.guids.process(&task.identity);
        Arc::new(Parent { identity: task.identity, guid, user, ..Parent::default() })
    }
}

/// Keeping processes.
impl ProcessTable {
    /// A process that is new to the table. The answer is whole; what is kept may have its command line shortened.
    fn insert(&mut self, process: Process, maker_known: bool) -> Arc<Process> {
        while self.slots.len() >= self.limits.processes.max(1) {
            self.evict();
        }
        let identity = process.identity;
        let key = Key::of(&identity);
        let whole = Arc::new(process);
        let current = self.kept(&whole);
        let seeding = self.seeding;
        let slot = Slot { current, older: Vec::new(), as_parent: None, maker_known, ended: false, seeding };
        self.slots.insert(key, slot);
        self.peak = self.peak.max(self.slots.len());
        match self.newest.get(&key.pid).copied() {
            Some(newest) if newest > key.start => {}
            Some(newest) if newest < key.start => {
                // The pid was given out again: the end of who had it before was not told.
                self.newest.insert(key.pid, key.start);
                self.end(Key { pid: key.pid, start: newest }, key.start);
            }
            Some(_) | None => {
                self.newest.insert(key.pid, key.start);
            }
        }
        whole
    }

    /// A process has another image, or more is known of the one it has.
    fn replace(&mut self, key: Key, process: Process, at: BootTime) -> Arc<Process> {
        if !self.slots.contains_key(&key) {
            return self.insert(process, false); // its parent needed the room
        }
        let whole = Arc::new(process);
        let current = self.kept(&whole);
        let Some(slot) = self.slots.to_back(&key) else { return whole };
        slot.as_parent = None;
        slot.seeding = self.seeding;
        let before = std::mem::replace(&mut slot.current, current);
        if before.identity == whole.identity {
            self.release(&before);
        } else {
            self.keep_older(key, before, at);
        }
        whole
    }

    /// Keeps an image that is not the newest for records that come late.
    fn keep_older(&mut self, key: Key, image: Arc<Process>, at: BootTime) {
        let Some(slot) = self.slots.get_mut(&key) else { return self.release(&image) };
        slot.older.push(image);
        let dropped = if slot.older.len() > OLDER_MAX { Some(slot.older.remove(0)) } else { None };
        match dropped {
            Some(dropped) => self.release(&dropped),
            None => self.retired.push_back((self.in_order(at), Retired::Images(key))),
        }
    }

    fn end(&mut self, key: Key, at: BootTime) {
        let at = self.in_order(at);
        if let Some(slot) = self.slots.get_mut(&key)
            && !slot.ended
        {
            slot.ended = true;
            self.counts.ended += 1;
            self.retired.push_back((at, Retired::Process(key)));
        }
    }

    /// Records of different CPUs may come slightly out of order; the queue must not.
    fn in_order(&self, at: BootTime) -> BootTime {
        self.retired.back().map_or(at, |(last, _)| at.max(*last))
    }

    /// Forgets what has been retired for longer than the grace, or is too much.
    fn forget(&mut self, now: BootTime) {
        self.now = self.now.max(now);
        let grace = self.limits.grace.as_nanos() as u64;
        while let Some((at, _)) = self.retired.front()
            && (at.0.saturating_add(grace) < now.0 || self.counts.ended > self.limits.ended)
        {
            let Some((_, retired)) = self.retired.pop_front() else { return };
            self.drop_retired(&retired);
        }
        self.give_back();
    }

    /// What a storm of processes took is given back when most of them are forgotten: tables keep their room otherwise.
    fn give_back(&mut self) {
        if self.peak <= SMALL_TABLE || self.slots.len() > self.peak / 4 {
            return;
        }
        self.slots.shrink_to_fit();
        self.newest.shrink_to_fit();
        self.retired.shrink_to_fit();
        self.peak = self.slots.len();
    }

    fn drop_retired(&mut self, retired: &Retired) {
        match retired {
            Retired::Process(key) => self.remove(key),
            Retired::Images(key) => {
                let Some(slot) = self.slots.get_mut(key) else { return };
                if !slot.older.is_empty() {
                    let image = slot.older.remove(0);
                    self.release(&image);
                }
            }
        }
    }

    /// Makes room: who ended first goes first; when all are alive, who was not heard of for the longest time.
    fn evict(&mut self) {
        self.counts.evicted += 1;
        if self.counts.ended > 0 {
            while let Some((_, retired)) = self.retired.pop_front() {
                let is_process = matches!(retired, Retired::Process(_));
                self.drop_retired(&retired);
                if is_process {
                    return;
                }
            }
        }
        if let Some(key) = self.slots.front().map(|(key, _)| *key) {
            self.remove(&key);
        }
    }

    fn remove(&mut self, key: &Key) {
        let Some(slot) = self.slots.remove(key) else { return };
        if slot.ended {
            self.counts.ended -= 1;
        }
        if self.newest.get(&key.pid) == Some(&key.start) {
            self.newest.remove(&key.pid);
        }
        self.release(&slot.current);
        for older in &slot.older {
            self.release(older);
        }
    }

    /// What the table keeps of a process: all of it, while command lines do not take more than their share.
    fn kept(&mut self, whole: &Arc<Process>) -> Arc<Process> {
        let bytes = owned_bytes(whole);
        if bytes <= SHORT_COMMAND_LINE
            || self.counts.command_line_bytes + bytes <= self.limits.command_line_bytes
        {
            self.counts.command_line_bytes += bytes;
            return Arc::clone(whole);
        }
        let command_line = shortened(&whole.command_line, SHORT_COMMAND_LINE);
        let short = Process { command_line, ..Process::clone(whole) };
        self.counts.command_line_bytes += owned_bytes(&short);
        Arc::new(short)
    }

    fn release(&mut self, process: &Process) {
        self.counts.command_line_bytes = self.counts.command_line_bytes.saturating_sub(owned_bytes(process));
    }
}

/// Bytes of command line that a process brought along; a child made by fork shares its maker's.
fn owned_bytes(process: &Process) -> usize {
    match process.origin {
        Origin::Fork | Origin::Unknown => 0,
        Origin::Proc | Origin::Seed | Origin::Exec => process.command_line.as_str().len(),
    }
}

fn as_parent(process: &Process, user: Text) -> Parent {
    Parent {
        identity: process.identity,
        guid: process.guid,
        image: process.image.clone(),
        command_line: process.command_line.clone(),
        user,
    }
}

/// The name of a kernel thread, as ps shows it.
fn bracketed(name: &[u8]) -> Vec<u8> {
    [b"[", name, b"]"].concat()
}

#[cfg(test)]
mod tests;
