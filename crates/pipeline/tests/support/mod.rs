//! A line without a kernel: records written by hand, a machine with fixed clocks.

// Each test program uses its own part of this.
#![allow(dead_code)]

pub(crate) mod wire_bytes;

use std::time::Duration;

use tuxmon_config::Config;
use tuxmon_event::{Event, Value};
use tuxmon_host::clock::Clock;
use tuxmon_host::hash::{Hasher, Limits};
use tuxmon_host::identity::Guids;
use tuxmon_host::process::{Limits as ProcessLimits, ProcessTable};
use tuxmon_pipeline::{Machine, ParkingLimits, Pipeline, Settings, wanted_hashes};
use tuxmon_wire::BootTime;

/// Boot was at this time of the wall clock: 2023-11-14 22:13:20.
pub(crate) const BOOT_NS: i64 = 1_700_000_000_000_000_000;

/// The agent's own process.
pub(crate) const OWN_PID: u32 = 4242;

/// Every event of Linux, and no hashes, which would need real files.
pub(crate) const EVERYTHING: &str = "<HashAlgorithms>IMPHASH</HashAlgorithms><EventFiltering>\
    <ProcessCreate onmatch='exclude'/><ProcessTerminate onmatch='exclude'/><NetworkConnect onmatch='exclude'/>\
    <RawAccessRead onmatch='exclude'/><ProcessAccess onmatch='exclude'/><FileCreate onmatch='exclude'/>\
    <FileDelete onmatch='exclude'/><eBPFEvent onmatch='exclude'/></EventFiltering>";

/// A configuration from what stands inside `Sysmon`.
pub(crate) fn config(inside: &str) -> Config {
    let text = format!("<Sysmon schemaversion='4.90'>{inside}</Sysmon>");
    Config::parse(text.as_bytes(), "test.xml").0.expect("the test's configuration loads")
}

/// A line with that configuration.
pub(crate) fn line(inside: &str) -> Pipeline {
    line_with(inside, ParkingLimits::default(), Limits::default())
}

/// The same with other bounds.
pub(crate) fn line_with(inside: &str, parking: ParkingLimits, limits: Limits) -> Pipeline {
    let config = config(inside);
    let clock = Clock::fixed(BOOT_NS);
    let hasher = Hasher::start(wanted_hashes(&config), limits).expect("threads can be started");
    let guids = Guids { machine_id: 0x1234_abcd, boot_offset_ns: BOOT_NS };
    let machine = Machine {
        guids,
        processes: ProcessTable::new(guids, ProcessLimits::default()),
        ..Machine::this(clock, hasher)
    };
    Pipeline::new(machine, &config, Settings { own_pid: Some(OWN_PID), parking })
}

/// Walks records through a line, and says what came out.
pub(crate) fn walk(pipeline: &mut Pipeline, records: &[Vec<u8>]) -> Vec<Event> {
    let mut events = Vec::new();
    for record in records {
        pipeline.record(record, &mut events);
    }
    events
}

/// Lets hashes come, then asks for troubles. The time is far behind the last record.
pub(crate) fn finish(pipeline: &mut Pipeline, patience: Duration) -> Vec<Event> {
    let mut events = Vec::new();
    pipeline.finish(patience, &mut events);
    events
}

/// Looks after time.
pub(crate) fn tick(pipeline: &mut Pipeline, now: u64) -> Vec<Event> {
    let mut events = Vec::new();
    pipeline.tick(BootTime(now), &mut events);
    events
}

/// The printed value of a field.
pub(crate) fn field(event: &Event, name: &str) -> String {
    let position =
        event.spec().position(name).unwrap_or_else(|| panic!("{} has no {name}", event.spec().name));
    let mut out = String::new();
    event.value(position).append_to(&mut out);
    out
}

/// Name and some fields of each event, a line each.
pub(crate) fn shown(events: &[Event], fields: &[&str]) -> String {
    let mut out = String::new();
    for event in events {
        out.push_str(event.spec().name);
        for name in fields.iter().filter(|name| event.spec().position(name).is_some()) {
            for text in [" ", name, "=", &field(event, name)] {
                out.push_str(text);
            }
        }
        out.push('\n');
    }
    out
}

/// All fields of an event that have a value, a line each.
pub(crate) fn whole(event: &Event) -> String {
    let mut out = format!("{}\n", event.spec().name);
    for (spec, value) in event.values() {
        if !matches!(value, Value::Absent | Value::Text("")) {
            out.push_str("  ");
            out.push_str(spec.name);
            out.push_str(": ");
            value.append_to(&mut out);
            out.push('\n');
        }
    }
    out
}
