//! The line itself: the bytes of a record go in, finished events come out.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hashlink::DefaultHashBuilder;
use tuxmon_config::Config;
use tuxmon_event::{Additional, Event, Guid, Text, Timestamp};
use tuxmon_host::clock::{self, Jump};
use tuxmon_host::hash::{Algorithms, KeptError, Request, Submission};
use tuxmon_host::process::Parent;
use tuxmon_host::state::StateDirectory;
use tuxmon_rules::{FieldSource, Rules, Scratch, Verdict};
use tuxmon_wire::{BootTime, DecodeError, Fact, Identity, Image, Record, Task, decode};

use crate::assemble::{self, State};
use crate::canary::{Canaries, Canary};
use crate::counters::Counters;
use crate::filter::{Filter, FilterEntry};
use crate::hashes::wanted_hashes;
use crate::machine::Machine;
use crate::output::Output;
use crate::parking::{Parking, ParkingLimits, Ticket};
use crate::sequence::Sequences;
use crate::source::Loss;
use crate::trouble::{Trouble, TroubleBook, TroubleTotal, describe_once, events_of};

/// What the line needs to know before the first record.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The agent's own process: its eBPF programs are not reported. Nothing where its number is not the machine's; the
    /// kernel side knows it even so.
    pub own_pid: Option<u32>,
    /// How much may wait for hashes.
    pub parking: ParkingLimits,
}

/// Walks each record through the line.
pub struct Pipeline {
    machine: Machine,
    rules: Arc<Rules>,
    settings: Settings,
    parking: Parking<Waiting>,
    /// Whether the outputs write what can be added to events.
    writes_additional: bool,
    /// Whether a rule reads it.
    reads_additional: bool,
    /// The processes whose creation waits, and their end, when that came meanwhile: nobody should read that a process
    /// ended before it began. Bounded by the parking.
    unborn: HashMap<Guid, Option<Told>, DefaultHashBuilder>,
    sequences: Sequences,
    troubles: TroubleBook,
    counters: Counters,
    filter: Filter,
    /// The self-test under way, if one is.
    canaries: Option<Canaries>,
    scratch: Scratch,
    /// Which hashes the configuration asks for.
    algorithms: Algorithms,
    /// Where Hashes stands in ProcessCreate.
    hashes_position: usize,
}

/// Nobody's deeds are left out for so long after a self-test began.
const SELFTEST_MAX: Duration = Duration::from_mins(1);

/// Id of ProcessCreate.
const PROCESS_CREATE: u16 = 1;

/// An event that waits for hashes.
struct Waiting {
    told: Told,
    judgement: Judgement,
}

/// An event, and what can be added to it.
struct Told {
    event: Event,
    additional: Additional,
}

impl FieldSource for Told {
    fn text<'a>(&'a self, position: usize, scratch: &'a mut String) -> &'a str {
        match position.checked_sub(self.event.spec().fields.len()) {
            None => self.event.text(position, scratch),
            Some(at) => self.additional.values.get(at).map_or("", Text::as_str),
        }
    }
}

/// Whether the rules have spoken.
enum Judgement {
    /// They keep it.
    Kept,
    /// They read the hashes. These are the rules of the moment when the record came.
    Open(Arc<Rules>),
}

impl Pipeline {
    /// A line for this machine, with this configuration.
    pub fn new(mut machine: Machine, config: &Config, settings: Settings) -> Self {
        let algorithms = wanted_hashes(config);
        machine.hasher.want(algorithms);
        Self {
            machine,
            rules: Arc::new(Rules::compile(config)),
            settings,
            parking: Parking::new(settings.parking),
            writes_additional: false,
            reads_additional: config.reads_additional(),
            unborn: HashMap::default(),
            sequences: Sequences::default(),
            troubles: TroubleBook::default(),
            counters: Counters::default(),
            filter: Filter::default(),
            canaries: None,
            scratch: Scratch::new(),
            algorithms,
            hashes_position: position_of(PROCESS_CREATE, "Hashes"),
        }
    }

    /// From now on events come with what can be added to them.
    pub fn tell_additional(&mut self) {
        self.writes_additional = true;
    }

    /// Takes one record. Whatever is wrong with it, the line goes on.
    pub fn record(&mut self, bytes: &[u8], output: &mut dyn Output) {
        self.counters.records += 1;
        let record = match decode(bytes) {
            Ok(record) => record,
            Err(error) => return self.unreadable(&error),
        };
        self.sequences.seen(record.header.cpu, record.header.sequence);
        if let Some(canaries) = &mut self.canaries {
            canaries.look(&record.fact);
        }
        // What a panic leaves half done is one record's entry in a table, and every entry may be missing anyway.
        let done = catch_unwind(AssertUnwindSafe(|| self.fact(&record, output)));
        if done.is_err() {
            self.counters.failed += 1;
            let time = self.machine.clock.timestamp(record.header.time);
            self.troubles.note(Trouble::RecordsFailed, events_of(record.header.kind), 1, time, time);
        }
    }

    /// Does what has to be done from time to time: writes events whose hashes came, or did not come in time, and
    /// tells of troubles.
    pub fn tick(&mut self, now: BootTime, output: &mut dyn Output) {
        self.follow_clock(output);
        self.collect_hashes(Duration::ZERO, output);
        while let Some(waiting) = self.parking.take_overdue(now) {
            self.leave_out_hashes(waiting, output);
        }
        if !output.takes_reports() {
            return;
        }
        let now = self.machine.clock.timestamp(now);
        for event in self.troubles.due(now) {
            self.write(&event, output);
        }
    }

    /// Everything that kept the line from doing its work whole since the start.
    pub fn troubles(&self) -> impl Iterator<Item = (Trouble, &str, TroubleTotal)> {
        self.troubles.totals()
    }

    /// Takes note of what the source could not give.
    pub fn lost(&mut self, now: BootTime, losses: &[Loss]) {
        for loss in losses {
            self.counters.lost += loss.lost + loss.missed;
            self.sequences.lost(loss.lost.saturating_add(loss.missed));
            let (first, last) =
                (self.machine.clock.timestamp(loss.first), self.machine.clock.timestamp(loss.last));
            let subject = events_of(loss.kind);
            self.troubles.note(Trouble::EventsLost, subject, loss.lost, first, last);
            self.troubles.note(Trouble::EventsMissed, subject, loss.missed, first, last);
        }
        let missing = self.sequences.missing();
        self.counters.missing += missing;
        let now = self.machine.clock.timestamp(now);
        self.troubles.note(Trouble::RecordsMissing, "unknown kind", missing, now, now);
    }

    /// Takes note of a trouble, to be told with the next ones.
    pub fn note(&mut self, trouble: Trouble, subject: &str, count: u64, first: Timestamp, last: Timestamp) {
        self.troubles.note(trouble, subject, count, first, last);
    }

    /// From now on the deeds of a self-test are looked for: those of this process and its children.
    pub fn expect_canaries(&mut self, pid: u32) {
        self.filter = Filter::paused(Instant::now() + SELFTEST_MAX);
        self.canaries = Some(Canaries::of(pid));
    }

    /// Which of them were seen; nothing when no self-test of this process is under way.
    pub fn canaries_of(&self, pid: u32) -> Option<&[Canary]> {
        self.canaries.as_ref().filter(|canaries| canaries.pid == pid).map(|canaries| canaries.seen.as_slice())
    }

    /// The self-test is over, and these were not seen.
    pub fn canaries_missed(&mut self, missed: &[Canary]) {
        self.canaries = None;
        let now = self.now();
        for canary in missed {
            self.troubles.note(Trouble::CanaryMissed, canary.name(), 1, now, now);
        }
    }

    /// Takes note of a record that came too late to be looked at.
    pub fn abandon(&mut self, bytes: &[u8]) {
        self.counters.records += 1;
        let Ok(record) = decode(bytes) else { return };
        self.sequences.seen(record.header.cpu, record.header.sequence);
        let time = self.machine.clock.timestamp(record.header.time);
        self.troubles.note(Trouble::EventsLeft, events_of(record.header.kind), 1, time, time);
    }

    /// Writes an event 255 at once.
    pub fn report(&mut self, trouble: Trouble, description: &str, output: &mut dyn Output) {
        let event = assemble::error_report(self.now(), trouble.spec().id, description);
        self.write(&event, output);
    }

    /// Writes event 16: the agent has this configuration.
    pub fn configured(&mut self, configuration: &str, hash: Text, output: &mut dyn Output) {
        let event = assemble::service_configuration_change(self.now(), Text::from(configuration), hash);
        self.write(&event, output);
    }

    /// Writes event 4.
    pub fn state_changed(&mut self, state: State, output: &mut dyn Output) {
        let event = assemble::service_state_change(self.now(), state);
        self.write(&event, output);
    }

    /// From the next record on this configuration holds. What waits for hashes is judged by the rules under which
    /// its record came.
    pub fn reconfigure(&mut self, config: &Config) {
        self.rules = Arc::new(Rules::compile(config));
        self.filter = Filter::default();
        self.reads_additional = config.reads_additional();
        self.algorithms = wanted_hashes(config);
        self.machine.hasher.want(self.algorithms);
    }

    /// All running processes have been given as records, beginning at this time.
    pub fn seeded(&mut self, began: BootTime) {
        self.machine.processes.seeded(began, &mut self.machine.users);
    }

    /// Waits for hashes at most so long, then writes everything that still waits, and all troubles.
    pub fn finish(&mut self, patience: Duration, output: &mut dyn Output) {
        let end = Instant::now() + patience;
        while self.parking.len() > 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.collect_hashes(left, output);
        }
        while let Some(waiting) = self.parking.take_oldest() {
            self.leave_out_hashes(waiting, output);
        }
        for event in self.troubles.take(self.now()) {
            self.write(&event, output);
        }
    }

    /// Keeps the hashes that are known for the next agent.
    pub fn keep_hashes(&self, state: &StateDirectory) -> Result<(), KeptError> {
        self.machine.hasher.keep(state)
    }

    /// What the source need not give any more, as far as was not told yet.
    pub fn take_filter_entries(&mut self) -> Vec<FilterEntry> {
        self.filter.follow(self.machine.users.renamed());
        self.filter.take()
    }

    /// How many events wait for hashes.
    pub fn waiting(&self) -> usize {
        self.parking.len()
    }

    /// The processes from which an image descends, its parent first, as far as they are known and at most so many.
    pub fn ancestors(&self, pid: u32, guid: Guid, most: usize) -> Vec<Arc<Parent>> {
        self.machine.processes.ancestors(pid, guid, most)
    }

    /// What the table of processes holds and has done.
    pub fn processes(&self) -> tuxmon_host::process::Counts {
        self.machine.processes.counts()
    }

    /// What the line has done so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    fn now(&self) -> Timestamp {
        self.machine.clock.timestamp(clock::now())
    }

    /// Told at once and not added up: what happens to time is no trouble of the agent's.
    fn follow_clock(&mut self, output: &mut dyn Output) {
        let (trouble, subject, from, to) = match self.machine.clock.refresh() {
            None => return,
            Some(Jump::Set { from, to }) => (Trouble::ClockSet, "the wall clock", from, to),
            Some(Jump::Slept { from, to }) => (Trouble::MachineSlept, "the machine", from, to),
        };
        self.report(trouble, &describe_once(trouble, subject, from, to), output);
    }

    fn unreadable(&mut self, error: &DecodeError) {
        tracing::warn!(%error, "a record cannot be read");
        self.counters.unreadable += 1;
        // Its number will be missing, and this is why.
        self.sequences.lost(1);
        let now = self.now();
        self.troubles.note(Trouble::RecordsUnreadable, "unknown kind", 1, now, now);
    }

    fn fact(&mut self, record: &Record<'_>, output: &mut dyn Output) {
        let at = record.header.time;
        let time = self.machine.clock.timestamp(at);
        let task = *record.fact.task();
        let who = &task;
        let machine = &mut self.machine;
        match &record.fact {
            Fact::Seed(image) => machine.processes.seed(image, at, &mut machine.users),
            Fact::Fork(fork) => drop(machine.processes.fork(fork, at, &mut machine.users)),
            Fact::Exec(image) => self.exec(time, at, image, output),
            Fact::Exit(exit) => {
                if let Some(event) = assemble::process_terminate(time, at, machine, exit) {
                    self.terminate(event, who.identity, output);
                }
            }
            Fact::FileOpen(open) => {
                if let Some(event) = assemble::file_open(time, machine, open) {
                    self.judge(event, who, output);
                }
            }
            Fact::FileName(name) => {
                for change in assemble::changes(name).into_iter().flatten() {
                    if let Some(event) = assemble::file_name(time, &mut self.machine, &name.task, &change) {
                        self.judge(event, who, output);
                    }
                }
            }
            Fact::Network(network) => {
                let event = assemble::network_connect(time, machine, network);
                self.judge(event, who, output);
            }
            Fact::Ptrace(ptrace) => {
                let event = assemble::process_access(time, machine, ptrace);
                self.judge(event, who, output);
            }
            // Whoever watches the loading of programs must not watch themselves.
            Fact::Bpf(bpf) if Some(bpf.task.identity.pid) == self.settings.own_pid => {}
            Fact::Bpf(bpf) => {
                let event = assemble::ebpf_event(time, machine, bpf);
                self.judge(event, who, output);
            }
        }
    }

    /// The rules speak before the hashes are asked for, unless they read them: what they drop is never hashed.
    fn exec(&mut self, time: Timestamp, at: BootTime, image: &Image<'_>, output: &mut dyn Output) {
        let event = assemble::process_create(time, at, &mut self.machine, image);
        let told = self.add(event, image.task.identity);
        let waiting = if self.rules.reads(PROCESS_CREATE, self.hashes_position) {
            Waiting { told, judgement: Judgement::Open(Arc::clone(&self.rules)) }
        } else {
            let rules = Arc::clone(&self.rules);
            let Some(told) = self.verdict(&rules, told) else { return };
            Waiting { told, judgement: Judgement::Kept }
        };
        self.ask_for_hashes(waiting, at, image, output);
    }

    fn ask_for_hashes(&mut self, waiting: Waiting, at: BootTime, image: &Image<'_>, output: &mut dyn Output) {
        if self.algorithms.is_empty() {
            return self.complete(waiting, Text::EMPTY, output);
        }
        let Some(ticket) = self.parking.next_ticket() else {
            return match self.machine.hasher.lookup(&image.file) {
                Some(hashes) => self.complete(waiting, hashes, output),
                None => self.leave_out_hashes(waiting, output),
            };
        };
        let mut path = Vec::with_capacity(image.image.leaf_first.len() + 1);
        image.image.append_to(&mut path);
        let request = Request {
            ticket: ticket.0,
            identity: image.task.identity,
            path,
            file: image.file,
            mount_namespace: image.task.mount_namespace,
        };
        match self.machine.hasher.submit(request) {
            Submission::Known(hashes) => self.complete(waiting, hashes, output),
            Submission::Taken => {
                self.unborn.insert(process_of(&waiting.told.event), None);
                self.parking.park(at, waiting);
            }
            Submission::Refused => self.leave_out_hashes(waiting, output),
        }
    }

    /// Completes the events whose hashes are there, or come within `patience`.
    fn collect_hashes(&mut self, patience: Duration, output: &mut dyn Output) {
        let mut answers = Vec::new();
        if patience.is_zero() {
            self.machine.hasher.collect(&mut |answer| answers.push(answer));
        } else {
            self.machine.hasher.collect_within(patience, &mut |answer| answers.push(answer));
        }
        for answer in answers {
            if let Some(waiting) = self.parking.take(Ticket(answer.ticket)) {
                self.complete(waiting, answer.hashes, output);
            }
        }
    }

    fn leave_out_hashes(&mut self, waiting: Waiting, output: &mut dyn Output) {
        self.counters.hashes_left_out += 1;
        let time = waiting.told.event.utc_time();
        self.troubles.note(Trouble::HashesLeftOut, "ProcessCreate", 1, time, time);
        self.complete(waiting, Text::EMPTY, output);
    }

    fn complete(&mut self, waiting: Waiting, hashes: Text, output: &mut dyn Output) {
        let Waiting { mut told, judgement } = waiting;
        let end = self.unborn.remove(&process_of(&told.event)).flatten();
        if let Event::ProcessCreate(create) = &mut told.event {
            create.hashes = hashes;
        }
        let kept = match judgement {
            Judgement::Kept => Some(told),
            Judgement::Open(rules) => self.verdict(&rules, told),
        };
        for told in kept.into_iter().chain(end) {
            self.tell(&told, output);
        }
    }

    fn terminate(&mut self, event: Event, who: Identity, output: &mut dyn Output) {
        let rules = Arc::clone(&self.rules);
        let told = self.add(event, who);
        let Some(told) = self.verdict(&rules, told) else { return };
        match self.unborn.get_mut(&process_of(&told.event)) {
            Some(end) => *end = Some(told),
            None => self.tell(&told, output),
        }
    }

    fn judge(&mut self, event: Event, who: &Task, output: &mut dyn Output) {
        let rules = Arc::clone(&self.rules);
        let mut told = self.add(event, who.identity);
        if self.keeps(&rules, &mut told) {
            self.tell(&told, output);
        } else {
            self.filter.follow(self.machine.users.renamed());
            self.filter.dropped(&rules, who, &told.event);
        }
    }

    /// The event with what can be added to it, if anybody wants that.
    fn add(&mut self, event: Event, who: Identity) -> Told {
        if !(self.writes_additional || self.reads_additional) {
            return Told { event, additional: Additional::default() };
        }
        let process = self.machine.processes.lookup(&who);
        let group = process.map(|process| self.machine.groups.get(process.cgroup_id, who.pid));
        let values = group.map_or_else(Default::default, |group| {
            [group.container.clone(), group.path.clone(), group.unit.clone()]
        });
        Told { event, additional: Additional { values } }
    }

    /// The event with the name of the rule that keeps it; nothing when it is dropped.
    fn verdict(&mut self, rules: &Rules, mut told: Told) -> Option<Told> {
        self.keeps(rules, &mut told).then_some(told)
    }

    /// Whether the event is kept; then it has the name of the rule that keeps it.
    fn keeps(&mut self, rules: &Rules, told: &mut Told) -> bool {
        match rules.verdict(told.event.spec().id, told, &mut self.scratch) {
            Verdict::Keep { rule_name } => {
                told.event.set_rule_name(rule_name);
                true
            }
            Verdict::Drop => {
                self.counters.dropped += 1;
                false
            }
        }
    }

    fn tell(&mut self, told: &Told, output: &mut dyn Output) {
        self.counters.written += 1;
        output.write_with(&told.event, &told.additional);
    }

    fn write(&mut self, event: &Event, output: &mut dyn Output) {
        self.counters.written += 1;
        output.write(event);
    }
}

/// The process that an event of its life is about.
fn process_of(event: &Event) -> Guid {
    if let Event::ProcessCreate(create) = event {
        return create.process_guid;
    }
    if let Event::ProcessTerminate(terminate) = event {
        return terminate.process_guid;
    }
    Guid::NIL
}

fn position_of(event_id: u16, field: &str) -> usize {
    let spec = tuxmon_event::spec(event_id).expect("the schema has it");
    spec.position(field).expect("the schema has it")
}
