//! What events a deed must cause, and the comparison with those that came.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use tuxmon_event::Guid;
use tuxmon_reader::ReadEvent;

use crate::process::{Process, printed_path, session};
use crate::time::Span;

/// An event that must come.
pub(crate) struct Expected {
    pub(crate) id: u16,
    pub(crate) fields: Vec<(&'static str, Want)>,
}

/// What a field must hold.
#[derive(Clone)]
pub(crate) enum Want {
    /// Exactly this text.
    Is(String),
    /// The beginning of this text, at least so many bytes of it, and a mark that the rest is missing.
    CutFrom { whole: String, at_least: usize },
    /// A time within the span.
    During(Span),
    /// The GUID of a process.
    Guid { of: String, pid: u32, start_seconds: RangeInclusive<i64> },
    /// The test knows nothing about it.
    Any,
}

impl Expected {
    /// The same event with another want for one field.
    pub(crate) fn with(mut self, field: &str, want: Want) -> Expected {
        let slot = self.fields.iter_mut().find(|(name, _)| *name == field).expect("the event has this field");
        slot.1 = want;
        self
    }
}

fn is<T: ToString + ?Sized>(text: &T) -> Want {
    Want::Is(text.to_string())
}

fn absent() -> Want {
    is("-")
}

fn guid(process: &Process) -> Want {
    Want::Guid { of: process.name.clone(), pid: process.pid, start_seconds: process.start_seconds.clone() }
}

/// Event 1: the process executed its image.
pub(crate) fn process_create(process: &Process) -> Expected {
    let parent = process.parent.as_deref().expect("a deed has a parent");
    Expected {
        id: 1,
        fields: vec![
            ("RuleName", absent()),
            ("UtcTime", Want::During(process.lifetime)),
            ("ProcessGuid", guid(process)),
            ("ProcessId", is(&process.pid)),
            ("Image", is(&process.image)),
            ("FileVersion", absent()),
            ("Description", absent()),
            ("Product", absent()),
            ("Company", absent()),
            ("OriginalFileName", absent()),
            ("CommandLine", is(&process.command_line)),
            ("CurrentDirectory", is(&process.directory)),
            ("User", is(&process.user.name)),
            ("LogonGuid", logon_guid()),
            ("LogonId", is(&process.user.uid)),
            ("TerminalSessionId", is(&session())),
            ("IntegrityLevel", is("no level")),
            ("Hashes", process.hashes.clone()),
            ("ParentProcessGuid", guid(parent)),
            ("ParentProcessId", is(&parent.pid)),
            ("ParentImage", is(&parent.image)),
            ("ParentCommandLine", is(&parent.command_line)),
            ("ParentUser", is(&parent.user.name)),
        ],
    }
}

/// Event 5: the process ended.
pub(crate) fn process_terminate(process: &Process) -> Expected {
    Expected {
        id: 5,
        fields: vec![
            ("RuleName", absent()),
            ("UtcTime", Want::During(process.lifetime)),
            ("ProcessGuid", guid(process)),
            ("ProcessId", is(&process.pid)),
            ("Image", is(&process.image)),
            ("User", is(&process.user.name)),
        ],
    }
}

/// The events of a whole life: executed, did these, ended.
pub(crate) fn life(process: &Process, deeds: impl IntoIterator<Item = Expected>) -> Vec<Expected> {
    let mut all = vec![process_create(process)];
    all.extend(deeds);
    all.push(process_terminate(process));
    all
}

/// Event 11: the process created or overwrote the file.
pub(crate) fn file_create(process: &Process, path: &Path) -> Expected {
    Expected {
        id: 11,
        fields: vec![
            ("RuleName", absent()),
            ("UtcTime", Want::During(process.lifetime)),
            ("ProcessGuid", guid(process)),
            ("ProcessId", is(&process.pid)),
            ("Image", is(&process.image)),
            ("TargetFilename", is(&printed_path(path))),
            ("CreationUtcTime", Want::During(process.lifetime)),
            ("User", is(&process.user.name)),
        ],
    }
}

/// Event 23: the process deleted the file. Where the agent says that it cannot know what the file was, it must not
/// guess.
pub(crate) fn file_delete(process: &Process, path: &Path, executable: Want) -> Expected {
    let executable = if crate::agent::knows_what_names_were() { executable } else { absent() };
    Expected {
        id: 23,
        fields: vec![
            ("RuleName", absent()),
            ("UtcTime", Want::During(process.lifetime)),
            ("ProcessGuid", guid(process)),
            ("ProcessId", is(&process.pid)),
            ("User", is(&process.user.name)),
            ("Image", is(&process.image)),
            ("TargetFilename", is(&printed_path(path))),
            ("Hashes", absent()),
            ("IsExecutable", executable),
            ("Archived", absent()),
        ],
    }
}

/// Event 9: the process opened the block device.
pub(crate) fn raw_access_read(process: &Process, device: &Path) -> Expected {
    Expected {
        id: 9,
        fields: vec![
            ("RuleName", absent()),
            ("UtcTime", Want::During(process.lifetime)),
            ("ProcessGuid", guid(process)),
            ("ProcessId", is(&process.pid)),
            ("Image", is(&process.image)),
            ("Device", is(&printed_path(device))),
            ("User", is(&process.user.name)),
        ],
    }
}

/// Event 10: a thread of the source began to trace the target.
pub(crate) fn process_access(source: &Process, thread: u32, target: &Process) -> Expected {
    Expected {
        id: 10,
        fields: vec![
            ("RuleName", absent()),
            ("UtcTime", Want::During(source.lifetime)),
            ("SourceProcessGUID", guid(source)),
            ("SourceProcessId", is(&source.pid)),
            ("SourceThreadId", is(&thread)),
            ("SourceImage", is(&source.image)),
            ("TargetProcessGUID", guid(target)),
            ("TargetProcessId", is(&target.pid)),
            ("TargetImage", is(&target.image)),
            ("GrantedAccess", is("0x0")),
            ("CallTrace", absent()),
            ("SourceUser", is(&source.user.name)),
            ("TargetUser", is(&target.user.name)),
        ],
    }
}

/// Two ends of a connection as an event prints them.
pub(crate) struct Ends<'a> {
    pub(crate) protocol: &'a str,
    pub(crate) initiated: bool,
    pub(crate) source: (&'a str, u16),
    pub(crate) destination: (&'a str, u16),
}

/// Event 3: the process and a peer began to talk.
pub(crate) fn network_connect(process: &Process, ends: &Ends<'_>) -> Expected {
    let is_v6 = |address: &str| is(&address.contains(':'));
    Expected {
        id: 3,
        fields: vec![
            ("RuleName", absent()),
            ("UtcTime", Want::During(process.lifetime)),
            ("ProcessGuid", guid(process)),
            ("ProcessId", is(&process.pid)),
            ("Image", is(&process.image)),
            ("User", is(&process.user.name)),
            ("Protocol", is(&ends.protocol)),
            ("Initiated", is(&ends.initiated)),
            ("SourceIsIpv6", is_v6(ends.source.0)),
            ("SourceIp", is(&ends.source.0)),
            ("SourceHostname", absent()),
            ("SourcePort", is(&ends.source.1)),
            ("SourcePortName", absent()),
            ("DestinationIsIpv6", is_v6(ends.destination.0)),
            ("DestinationIp", is(&ends.destination.0)),
            ("DestinationHostname", absent()),
            ("DestinationPort", is(&ends.destination.1)),
            ("DestinationPortName", absent()),
        ],
    }
}

/// Event 100: the process loaded or attached an eBPF program.
pub(crate) fn ebpf_event(
    process: &Process,
    command: &str,
    program_type: &str,
    id: u64,
    name: &str,
) -> Expected {
    Expected {
        id: 100,
        fields: vec![
            ("RuleName", absent()),
            ("UtcTime", Want::During(process.lifetime)),
            ("ProcessGuid", guid(process)),
            ("ProcessId", is(&process.pid)),
            ("Image", is(&process.image)),
            ("User", is(&process.user.name)),
            ("BpfCommand", is(&command)),
            ("BpfProgramType", is(&program_type)),
            ("BpfProgramId", is(&id)),
            ("BpfProgramName", is(&name)),
        ],
    }
}

/// The number of this machine, as GUIDs carry it.
pub(crate) fn machine() -> u32 {
    let id = fs::read_to_string("/etc/machine-id").unwrap_or_default();
    id.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

/// Without a terminal a login is known by its machine alone; with one, the record of logins is not ours to judge.
fn logon_guid() -> Want {
    if fs::File::open("/dev/tty").is_ok() {
        return Want::Any;
    }
    is(&Guid::new(machine(), 0, [0; 8]))
}

/// How many events of each kind are still to come.
pub(crate) struct Counts(BTreeMap<u16, usize>);

impl Counts {
    /// Of these.
    pub(crate) fn of(expected: &[Expected]) -> Counts {
        let mut counts = BTreeMap::new();
        for event in expected {
            *counts.entry(event.id).or_default() += 1;
        }
        Counts(counts)
    }

    /// One came.
    pub(crate) fn take(&mut self, event: &ReadEvent) {
        if let Some(left) = self.0.get_mut(&event.system.event_id) {
            *left -= 1;
            if *left == 0 {
                self.0.remove(&event.system.event_id);
            }
        }
    }

    /// Whether all came.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a comparison found.
#[derive(Default)]
pub(crate) struct Judgement<'a> {
    /// Came as expected.
    pub(crate) right: Vec<&'a Expected>,
    /// Came with other values.
    pub(crate) wrong: Vec<Wrong<'a>>,
    /// Did not come.
    pub(crate) missing: Vec<&'a Expected>,
    /// Came and was not expected.
    pub(crate) extra: Vec<&'a ReadEvent>,
    guids: Guids,
}

/// An event with other values than expected.
pub(crate) struct Wrong<'a> {
    pub(crate) expected: &'a Expected,
    pub(crate) differences: Vec<Difference>,
}

/// A field that is not as wanted.
pub(crate) struct Difference {
    pub(crate) field: &'static str,
    pub(crate) expected: String,
    pub(crate) got: String,
}

/// Pairs what came with what was expected: what is as expected first, then of the rest the most similar.
pub(crate) fn judge<'a>(came: &[&'a ReadEvent], expected: &'a [Expected]) -> Judgement<'a> {
    let mut left: Vec<&ReadEvent> = came.to_vec();
    let mut judgement = Judgement::default();
    let mut unmatched = Vec::new();
    for event in expected {
        let match_at = left.iter().position(|seen| differences(seen, event, &judgement.guids).is_empty());
        match match_at {
            Some(at) => {
                judgement.guids.learn(left.remove(at), event);
                judgement.right.push(event);
            }
            None => unmatched.push(event),
        }
    }
    for event in unmatched {
        // The most similar of the rest is probably the one that was meant.
        let nearest = left
            .iter()
            .enumerate()
            .filter(|(_, seen)| seen.system.event_id == event.id)
            .map(|(at, seen)| (at, differences(seen, event, &judgement.guids)))
            .min_by_key(|(_, differences)| differences.len());
        match nearest {
            Some((at, differences)) => {
                left.remove(at);
                judgement.wrong.push(Wrong { expected: event, differences });
            }
            None => judgement.missing.push(event),
        }
    }
    judgement.extra = left;
    judgement
}

/// Holds what came against what was expected; the error says every difference.
pub(crate) fn compare(came: &[&ReadEvent], expected: &[Expected]) -> Result<(), String> {
    let report = judge(came, expected).report();
    if report.is_empty() { Ok(()) } else { Err(report) }
}

impl Judgement<'_> {
    /// Every difference in words; nothing when there is none.
    pub(crate) fn report(&self) -> String {
        let mut lines = Vec::new();
        for wrong in &self.wrong {
            lines.push(format!("WRONG event {}:", wrong.expected.id));
            for Difference { field, expected, got } in &wrong.differences {
                lines.push(format!("  {field}: expected {}", shortened(expected)));
                lines.push(format!("  {field}:      got {}", shortened(got)));
            }
        }
        for event in &self.missing {
            lines.push(format!("MISSING event {}:", event.id));
            for (name, want) in &event.fields {
                lines.push(format!("  {name}: {}", shortened(&want.text(&self.guids))));
            }
        }
        for seen in &self.extra {
            lines.push(format!("NOT EXPECTED (invented or duplicate):\n  {}", seen.raw));
        }
        lines.join("\n")
    }
}

fn differences(seen: &ReadEvent, expected: &Expected, guids: &Guids) -> Vec<Difference> {
    if seen.system.event_id != expected.id {
        let (expected, got) = (expected.id.to_string(), seen.system.event_id.to_string());
        return vec![Difference { field: "EventID", expected, got }];
    }
    let wrong = |(field, want): &(&'static str, Want)| {
        let value = seen.value(field).unwrap_or("(no such field)");
        (!want.accepts(value, guids)).then(|| Difference {
            field,
            expected: want.text(guids),
            got: format!("{value:?}"),
        })
    };
    expected.fields.iter().filter_map(wrong).collect()
}

impl Want {
    fn accepts(&self, value: &str, guids: &Guids) -> bool {
        match self {
            Want::Is(text) => value == text,
            Want::CutFrom { whole, at_least } => value
                .strip_suffix("...")
                .is_some_and(|kept| kept.len() >= *at_least && whole.starts_with(kept)),
            Want::During(span) => span.holds(value),
            Want::Guid { of, pid, start_seconds } => {
                well_formed(value, *pid, start_seconds) && guids.may_be(of, value)
            }
            Want::Any => true,
        }
    }

    fn text(&self, guids: &Guids) -> String {
        match self {
            Want::Is(text) => format!("{text:?}"),
            Want::CutFrom { whole, at_least } => format!("at least {at_least} bytes of {whole:?} and ..."),
            Want::During(span) => format!("from {:?} to {:?}", span.texts()[0], span.texts()[1]),
            Want::Guid { of, pid, start_seconds } => format!(
                "the GUID of {of} (pid {pid}, started in {start_seconds:?}), known as {:?}",
                guids.0.get(of.as_str())
            ),
            Want::Any => "anything".to_owned(),
        }
    }
}

/// Which GUID the processes of a comparison were seen to have.
#[derive(Default)]
struct Guids(BTreeMap<String, String>);

impl Guids {
    fn may_be(&self, name: &str, value: &str) -> bool {
        match self.0.get(name) {
            Some(known) => known == value,
            None => self.0.values().all(|other| other != value),
        }
    }

    fn learn(&mut self, seen: &ReadEvent, expected: &Expected) {
        for (field, want) in &expected.fields {
            if let (Want::Guid { of, .. }, Some(value)) = (want, seen.value(field)) {
                self.0.insert(of.clone(), value.to_owned());
            }
        }
    }
}

/// A GUID tells machine, start and process (docs/decisions/0010-process-guid.md).
pub(crate) fn well_formed(text: &str, pid: u32, start_seconds: &RangeInclusive<i64>) -> bool {
    let Ok(guid) = text.parse::<Guid>() else { return false };
    let key_pid = (u64::from_le_bytes(guid.key()) >> 30) & 0x3f_ffff;
    guid.to_string() == text
        && guid.machine() == machine()
        && start_seconds.contains(&i64::from(guid.start_seconds()))
        && key_pid == u64::from(pid)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(600) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}
