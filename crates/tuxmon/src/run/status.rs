//! What the running agent says of itself.

use std::fs;

use tuxmon_event::Timestamp;
use tuxmon_host::clock;
use tuxmon_pipeline::{COMPATIBLE_VERSION, Collect, SCHEMA_VERSION, Source};
use tuxmon_sensor::{Domain, HookState, HookStatus, Tier};

use super::agent::Agent;
use super::banner::DOMAINS;
use crate::control::protocol::{Configuration, Degraded, Fact, LossCount, ProcessTable, Status};

/// How an agent is, now.
pub(crate) fn of<S: Source>(agent: &Agent<S>) -> Status {
    let Agent { outside, loaded, pipeline, .. } = agent;
    let wanted = Collect::for_config(&loaded.config);
    let hooks = outside.hooks(&agent.source);
    let name = |id: u16| tuxmon_event::spec(id).map_or_else(|| id.to_string(), |spec| spec.name.to_owned());
    Status {
        pid: std::process::id(),
        since: outside.since.utc_time(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        compatible_with: COMPATIBLE_VERSION.to_owned(),
        schema: SCHEMA_VERSION.to_owned(),
        configuration: Configuration {
            name: loaded.name.clone(),
            hash: loaded.hash.as_str().to_owned(),
            since: outside.configured.utc_time(),
        },
        collection: DOMAINS.iter().map(|(domain, words)| fact(*domain, words, wanted, &hooks)).collect(),
        events: agent.outputs.written().iter().map(|(id, count)| (name(*id), *count)).collect(),
        dropped_by_rules: pipeline.counters().dropped,
        left_out_in_kernel: agent.source.left_out().unwrap_or_default(),
        losses: losses(agent, clock::wall()),
        outputs: agent.outputs.status(),
        detection: agent.outputs.detection.status(),
        memory_bytes: resident_bytes(),
        processes: processes(&pipeline.processes()),
    }
}

fn fact(domain: Domain, words: &str, wanted: Collect, hooks: &[HookStatus]) -> Fact {
    let serving: Vec<_> = hooks.iter().filter(|hook| hook.serves.contains(&domain)).collect();
    let attached = || serving.iter().filter(|hook| matches!(hook.state, HookState::Attached));
    let tier = tier(attached().map(|hook| hook.tier));
    // A hook of the tier that does not serve takes nothing away.
    let of_tier =
        serving.iter().filter(|hook| tier.is_none() || hook.tier == Tier::Both || Some(hook.tier) == tier);
    let degraded = of_tier.filter_map(|hook| match &hook.state {
        HookState::Unavailable(reason) => Some(Degraded {
            hook: hook.program.to_owned(),
            loses: hook.loses.to_owned(),
            reason: reason.clone(),
        }),
        HookState::Attached | HookState::NotWanted | HookState::OtherTier => None,
    });
    Fact {
        kind: words.to_owned(),
        wanted: is_wanted(domain, wanted),
        tier: tier.map_or("", tier_name).to_owned(),
        hooks: attached().map(|hook| hook.program.to_owned()).collect(),
        degraded: degraded.collect(),
    }
}

fn is_wanted(domain: Domain, wanted: Collect) -> bool {
    match domain {
        Domain::Process => true,
        Domain::Network => wanted.network,
        Domain::RawAccess => wanted.raw_access,
        Domain::ProcessAccess => wanted.process_access,
        Domain::FileCreate => wanted.file_create,
        Domain::FileDelete => wanted.file_delete,
        Domain::Ebpf => wanted.ebpf,
    }
}

fn losses<S: Source>(agent: &Agent<S>, now: Timestamp) -> Vec<LossCount> {
    let count =
        |(trouble, subject, total): (tuxmon_pipeline::Trouble, &str, tuxmon_pipeline::TroubleTotal)| {
            let nanoseconds = u64::try_from(now.0.saturating_sub(total.last.0)).unwrap_or(0);
            LossCount {
                cause: trouble.spec().id.to_owned(),
                subject: subject.to_owned(),
                count: total.count,
                last: total.last.utc_time(),
                seconds_ago: nanoseconds / 1_000_000_000,
            }
        };
    agent.pipeline.troubles().map(count).collect()
}

fn processes(counts: &tuxmon_host::process::Counts) -> ProcessTable {
    ProcessTable { known: counts.processes as u64, evicted: counts.evicted, surprises: counts.surprises }
}

/// The tier of a fact: that of its hooks, as far as they have one.
fn tier(tiers: impl Iterator<Item = Tier>) -> Option<Tier> {
    tiers.filter(|tier| *tier != Tier::Both).last()
}

fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Both => "",
        Tier::Deep => "deep",
        Tier::Tracepoint => "tracepoint",
    }
}

/// The second number of statm, in pages.
fn resident_bytes() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * rustix::param::page_size() as u64
}
