//! What was measured, as a table for people, as JSON for programs, and as charts for the documentation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use super::chart::{self, Bar};
use super::contender::{Farewell, Memory};
use super::latency::Latency;
use super::replay::Replay;

/// One workload, once.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Sample {
    /// How often the deed was done.
    pub(crate) count: u64,
    /// Seconds by the clock.
    pub(crate) wall: f64,
    /// Seconds of processor time of the workload and its children.
    pub(crate) cpu: f64,
    /// Seconds of processor time of the watcher, without hashing.
    pub(crate) watcher: f64,
    /// Seconds of processor time of its hashing, which is also that of programs that others start.
    pub(crate) hashing: f64,
}

/// One contender in one round.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Visit {
    pub(crate) round: usize,
    pub(crate) contender: String,
    /// Seconds from its start to the moment when it was ready.
    pub(crate) ready: f64,
    pub(crate) samples: BTreeMap<String, Sample>,
    /// By rate.
    pub(crate) latencies: BTreeMap<u64, Latency>,
    /// Those of alerts.
    pub(crate) alerts: BTreeMap<u64, Latency>,
    pub(crate) memory: Memory,
    pub(crate) farewell: Farewell,
}

/// Middle, smallest and largest of some numbers.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Spread {
    pub(crate) middle: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

/// One contender with one workload, over all rounds.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) contender: String,
    pub(crate) workload: String,
    /// Processor time of the workload, as a multiple of the same round's without a watcher.
    pub(crate) cpu: Option<Spread>,
    /// The same by the clock.
    pub(crate) wall: Option<Spread>,
    /// Microseconds of the watcher for each deed.
    pub(crate) watcher: Spread,
}

/// Everything.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    rows: Vec<Row>,
    visits: Vec<Visit>,
    replays: Vec<Replay>,
}

const NOBODY: &str = "nobody";

impl Spread {
    /// Of no numbers there is none.
    pub(super) fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.retain(|number| number.is_finite());
        numbers.sort_by(f64::total_cmp);
        let (least, most) = (*numbers.first()?, *numbers.last()?);
        let half = numbers.len() / 2;
        let middle = if numbers.len() % 2 == 1 {
            numbers[half]
        } else {
            f64::midpoint(numbers[half - 1], numbers[half])
        };
        Some(Self { middle, least, most })
    }
}

impl Report {
    pub(crate) fn new(visits: Vec<Visit>, replays: Vec<Replay>) -> Self {
        let mut rows = Vec::new();
        let workloads: BTreeSet<&String> = visits.iter().flat_map(|visit| visit.samples.keys()).collect();
        for workload in workloads {
            for contender in contenders(&visits) {
                rows.extend(row(&visits, &contender, workload));
            }
        }
        Self { rows, visits, replays }
    }

    /// Writes `bench.json`, `bench.md` and the charts, and prints the tables.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let tables = self.tables();
        fs::write(folder.join("bench.json"), serde_json::to_string_pretty(self)?)?;
        fs::write(folder.join("bench.md"), &tables)?;
        self.charts(folder)?;
        println!("{tables}");
        eprintln!("bench: bench.json, bench.md and charts are in {}", folder.display());
        Ok(())
    }

    fn charts(&self, folder: &Path) -> Result<()> {
        let workload_bars: Vec<Bar> = self
            .rows
            .iter()
            .filter_map(|row| Some(Bar::new(&row.workload, &row.contender, row.cpu?)))
            .collect();
        chart::bars(
            &folder.join("workloads.svg"),
            "Processor time of the workload, 1 = nobody watches",
            &workload_bars,
        )?;
        let watcher_bars: Vec<Bar> = self
            .rows
            .iter()
            .filter(|row| row.contender != NOBODY && (row.workload == "exec" || row.workload == "create"))
            .map(|row| Bar::new(&row.workload, &row.contender, row.watcher))
            .collect();
        chart::bars(
            &folder.join("watcher.svg"),
            "Processor time of the watcher, µs for each deed",
            &watcher_bars,
        )
    }

    fn tables(&self) -> String {
        let mut out = String::new();
        self.workload_table(&mut out);
        self.contender_table(&mut out);
        self.replay_table(&mut out);
        out
    }

    fn workload_table(&self, out: &mut String) {
        out.push_str("| workload | watched by | CPU of the workload | wall | watcher, µs a deed |\n| --- | --- | --- | --- | --- |\n");
        for Row { contender, workload, cpu, wall, watcher } in
            self.rows.iter().filter(|row| row.contender != NOBODY)
        {
            let (cpu, wall) = (times(*cpu), times(*wall));
            let watcher = format!("{:.1} ({:.1}–{:.1})", watcher.middle, watcher.least, watcher.most);
            let _ = writeln!(out, "| {workload} | {contender} | {cpu} | {wall} | {watcher} |");
        }
    }

    fn contender_table(&self, out: &mut String) {
        out.push_str(
            "\n| watcher | ready, s | own memory, MiB | mapped, MiB | in the kernel, MiB | records | lost \
             | latency p50 / p99 / max, ms |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for name in contenders(&self.visits).into_iter().filter(|name| name != NOBODY) {
            let of: Vec<&Visit> = self.visits.iter().filter(|visit| visit.contender == name).collect();
            let middle = |value: &dyn Fn(&Visit) -> f64| {
                Spread::of(of.iter().map(|visit| value(visit)).collect()).map_or(0.0, |s| s.middle)
            };
            let mib = |value: &dyn Fn(&Memory) -> u64| middle(&|visit| value(&visit.memory) as f64 / 1024.0);
            let sum =
                |value: fn(&Farewell) -> u64| of.iter().map(|visit| value(&visit.farewell)).sum::<u64>();
            let _ = writeln!(
                out,
                "| {name} | {:.2} | {:.1} | {:.1} | {:.1} | {} | {} | {} |",
                middle(&|visit| visit.ready),
                mib(&|memory| memory.anonymous),
                mib(&|memory| memory.file),
                mib(&|memory| memory.kernel),
                sum(|farewell| farewell.records),
                sum(|farewell| farewell.lost),
                latencies(&of),
            );
        }
    }

    fn replay_table(&self, out: &mut String) {
        out.push_str("\n| replay of | configuration | bytes a record | bytes a line | stage: ns a record (added) | records/s |\n| --- | --- | --- | --- | --- | --- |\n");
        for Replay { workload, configuration, measured } in &self.replays {
            let stages: Vec<String> = measured
                .stages
                .iter()
                .map(|stage| format!("{} {:.0} ({:.0})", stage.name, stage.nanoseconds, stage.added))
                .collect();
            let rate = measured.stages.last().map_or(0.0, |stage| stage.records_per_second);
            let _ = writeln!(
                out,
                "| {workload} | {configuration} | {:.0} | {:.0} | {} | {rate:.0} |",
                measured.bytes_per_record,
                measured.bytes_per_line,
                stages.join(", "),
            );
        }
    }
}

/// In the order of their first visit.
fn contenders(visits: &[Visit]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for visit in visits {
        if !names.contains(&visit.contender) {
            names.push(visit.contender.clone());
        }
    }
    names
}

fn row(visits: &[Visit], contender: &str, workload: &str) -> Option<Row> {
    let sample = |visit: &Visit| visit.samples.get(workload).copied();
    let of: Vec<(usize, Sample)> = visits
        .iter()
        .filter(|visit| visit.contender == contender)
        .filter_map(|visit| Some((visit.round, sample(visit)?)))
        .collect();
    let alone = |round: usize| {
        visits.iter().find(|visit| visit.contender == NOBODY && visit.round == round).and_then(sample)
    };
    let ratios = |value: fn(&Sample) -> f64| {
        Spread::of(
            of.iter().filter_map(|(round, sample)| Some(value(sample) / value(&alone(*round)?))).collect(),
        )
    };
    Some(Row {
        contender: contender.to_owned(),
        workload: workload.to_owned(),
        cpu: ratios(|sample| sample.cpu),
        wall: ratios(|sample| sample.wall),
        watcher: Spread::of(
            of.iter().map(|(_, sample)| sample.watcher / sample.count as f64 * 1e6).collect(),
        )?,
    })
}

fn times(spread: Option<Spread>) -> String {
    spread.map_or_else(String::new, |Spread { middle, least, most }| {
        format!("{middle:.2} × ({least:.2}–{most:.2})")
    })
}

/// From the deed to the line, and to the alert.
fn latencies(visits: &[&Visit]) -> String {
    let lines = middles(visits, |visit| &visit.latencies);
    let alerts = middles(visits, |visit| &visit.alerts);
    if alerts.is_empty() { lines } else { format!("{lines}; alerts: {alerts}") }
}

/// The middle of the rounds, for each rate.
fn middles(visits: &[&Visit], of_visit: fn(&Visit) -> &BTreeMap<u64, Latency>) -> String {
    let rates: BTreeSet<u64> = visits.iter().flat_map(|visit| of_visit(visit).keys().copied()).collect();
    let of = |rate: u64| {
        let found: Vec<Latency> =
            visits.iter().filter_map(|visit| of_visit(visit).get(&rate).copied()).collect();
        let middle = |value: fn(&Latency) -> f64| {
            Spread::of(found.iter().map(value).collect()).map_or(0.0, |s| s.middle)
        };
        let (half, most, longest) = (middle(|l| l.half), middle(|l| l.most), middle(|l| l.longest));
        format!("{rate}/s: {half:.0} / {most:.0} / {longest:.0}")
    };
    rates.into_iter().map(of).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Report, Sample, Spread, Visit};

    #[test]
    fn a_spread_is_middle_and_ends() {
        let spread = Spread::of(vec![3.0, 1.0, 2.0, f64::NAN]).expect("there are numbers");
        assert_eq!(format!("{spread:?}"), "Spread { middle: 2.0, least: 1.0, most: 3.0 }");
        let even = Spread::of(vec![1.0, 2.0]).expect("there are numbers");
        assert!((even.middle - 1.5).abs() < 1e-9);
        assert!(Spread::of(Vec::new()).is_none());
    }

    #[test]
    fn ratios_are_those_of_the_same_round() {
        let visit = |round, contender: &str, cpu| Visit {
            round,
            contender: contender.to_owned(),
            samples: BTreeMap::from([(
                "exec".to_owned(),
                Sample { count: 10, wall: cpu, cpu, watcher: 0.001, hashing: 0.0 },
            )]),
            ..Visit::default()
        };
        let visits =
            vec![visit(0, "nobody", 1.0), visit(0, "a", 1.5), visit(1, "nobody", 10.0), visit(1, "a", 11.0)];
        let report = Report::new(visits, Vec::new());
        let row = report.rows.iter().find(|row| row.contender == "a").expect("it took part");
        let cpu = row.cpu.expect("nobody took part too");
        assert!((cpu.least - 1.1).abs() < 1e-9 && (cpu.most - 1.5).abs() < 1e-9);
        assert!((row.watcher.middle - 100.0).abs() < 1e-9);
    }
}
