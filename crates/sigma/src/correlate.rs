//! Correlation rules at work: what they remember of the matches so far.
//!
//! A correlation that more events cannot take back (a count that is to be reached) is told at once, and again only after
//! it has ceased to hold. Every other one is judged when its time span, which begins with a group's first event, is over.
//!
//! Everything remembered is bounded; what had to be forgotten before its time is counted.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::atom::number;
use crate::correlation::{Correlation, Measure};
use crate::engine::{Engine, Source};
use crate::event::Event;

/// Most groups of one correlation.
const MAX_GROUPS: usize = 10_000;
/// Most events that are remembered of one group.
const MAX_EVENTS: usize = 10_000;

/// A match of a correlation rule.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelationHit {
    /// The number of the rule in [`Engine::correlations`].
    pub rule: usize,
    /// The fields of the group with their values.
    pub group: Vec<(String, String)>,
    /// What was counted or computed.
    pub measured: f64,
    /// The value that is so rare or frequent, where the share of values is judged.
    pub value: Option<String>,
    /// When the first of the events happened, in milliseconds since 1970.
    pub first: i64,
    /// When the last of them happened.
    pub last: i64,
    /// How many events took part.
    pub events: usize,
}

/// The memory of all correlations of an engine.
#[derive(Debug, Default)]
pub struct Correlator {
    /// For each correlation, its groups.
    groups: Vec<BTreeMap<Vec<String>, Group>>,
    /// For each source, the correlations and inputs that take from it.
    takers: HashMap<Source, Vec<(usize, usize)>>,
    /// The time of the latest event.
    now: i64,
    /// When the next group has to be judged.
    next_judgement: Option<i64>,
    /// Events and groups that were forgotten for lack of room.
    pub forgotten: u64,
}

/// One event that took part.
#[derive(Debug)]
struct Taken {
    time: i64,
    value: Option<String>,
    number: f64,
}

/// What is remembered of one group.
#[derive(Debug, Default)]
struct Group {
    opened: i64,
    touched: i64,
    taken: VecDeque<Taken>,
    values: HashMap<String, u32>,
    sum: f64,
    /// For each rule of the list, when it matched last.
    last: Vec<Option<i64>>,
    /// For each rule of the list, when the latest sequence up to it began.
    sequence: Vec<Option<i64>>,
    /// Whether the condition holds, and has been told.
    told: bool,
}

/// What a correlation takes from one match.
struct Match<'a> {
    source: Source,
    time: i64,
    value: &'a dyn Fn(&str) -> Option<String>,
}

impl Correlator {
    /// An empty memory for these rules.
    pub fn new(engine: &Engine) -> Self {
        let mut takers: HashMap<Source, Vec<(usize, usize)>> = HashMap::new();
        for (rule, correlation) in engine.correlations().iter().enumerate() {
            for (input, taken) in correlation.inputs.iter().enumerate() {
                takers.entry(taken.source).or_default().push((rule, input));
            }
        }
        let groups = engine.correlations().iter().map(|_| BTreeMap::new()).collect();
        Self { groups, takers, now: i64::MIN, ..Self::default() }
    }

    /// Takes the rules that matched an event, and gives the correlations that match by it or whose time is over.
    pub fn take(&mut self, engine: &Engine, event: &Event<'_>, matched: &[u32]) -> Vec<CorrelationHit> {
        if self.groups.is_empty() {
            return Vec::new();
        }
        self.now = self.now.max(event.time);
        let mut hits = Vec::new();
        if self.next_judgement.is_some_and(|time| time <= self.now) {
            hits = self.judge(engine, Some(self.now));
        }
        let value = |name: &str| event.value(name).map(str::to_owned);
        for &rule in matched {
            let one = Match { source: Source::Rule(rule as usize), time: event.time, value: &value };
            self.feed(engine, &one, &mut hits);
        }
        self.chain(engine, hits)
    }

    /// Judges what still waits for its time: the input has ended.
    pub fn finish(&mut self, engine: &Engine) -> Vec<CorrelationHit> {
        let hits = self.judge(engine, None);
        self.chain(engine, hits)
    }

    /// Feeds matches of correlations to those that take from them. Each stands behind its inputs, so this ends.
    fn chain(&mut self, engine: &Engine, hits: Vec<CorrelationHit>) -> Vec<CorrelationHit> {
        let mut waiting = VecDeque::from(hits);
        let mut all = Vec::new();
        while let Some(hit) = waiting.pop_front() {
            let value = |name: &str| {
                hit.group.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
            };
            let one = Match { source: Source::Correlation(hit.rule), time: hit.last, value: &value };
            let mut more = Vec::new();
            self.feed(engine, &one, &mut more);
            waiting.extend(more);
            all.push(hit);
        }
        all
    }

    fn feed(&mut self, engine: &Engine, one: &Match<'_>, hits: &mut Vec<CorrelationHit>) {
        let Some(takers) = self.takers.get(&one.source) else { return };
        for &(rule, input) in &takers.clone() {
            let taker = &engine.correlations()[rule];
            let input = &taker.inputs[input];
            // An event without one of the group's fields belongs to no group.
            let Some(key) = input.group.iter().map(|field| (one.value)(field)).collect::<Option<Vec<_>>>()
            else {
                continue;
            };
            let correlation = &taker.correlation;
            let value = match correlation.fields.as_slice() {
                [] => None,
                [field] => (one.value)(field),
                fields => fields
                    .iter()
                    .map(|field| (one.value)(field))
                    .collect::<Option<Vec<_>>>()
                    .map(|all| all.join("\u{1f}")),
            };
            if value.is_none() && !correlation.fields.is_empty() {
                continue;
            }
            self.make_room(rule, &key);
            let group = self.groups[rule].entry(key.clone()).or_default();
            self.forgotten += group.add(correlation, one.time, value, input.position);
            if correlation.is_rising() {
                let measured = group.measure(correlation, one.time);
                let holds =
                    correlation.limits.iter().all(|(comparison, limit)| comparison.holds(measured, *limit));
                if holds && !group.told {
                    hits.push(group.hit(rule, correlation, &key, measured, None));
                }
                group.told = holds;
            } else {
                let due = group.opened.saturating_add(correlation.timespan);
                self.next_judgement = Some(self.next_judgement.map_or(due, |next| next.min(due)));
            }
        }
    }

    /// Forgets groups whose time is over, and if that is not enough the one that was quiet for longest.
    fn make_room(&mut self, rule: usize, key: &[String]) {
        let groups = &mut self.groups[rule];
        if groups.len() < MAX_GROUPS || groups.contains_key(key) {
            return;
        }
        let mut touched: Vec<i64> = groups.values().map(|group| group.touched).collect();
        let (_, median, _) = touched.select_nth_unstable(groups.len() / 10);
        let limit = *median;
        let before = groups.len();
        groups.retain(|_, group| group.touched > limit);
        self.forgotten += (before - groups.len()) as u64;
    }

    /// Judges the groups whose time is over at `now`, or all of them.
    fn judge(&mut self, engine: &Engine, now: Option<i64>) -> Vec<CorrelationHit> {
        let mut hits = Vec::new();
        let mut next: Option<i64> = None;
        for (rule, groups) in self.groups.iter_mut().enumerate() {
            let correlation = &engine.correlations()[rule].correlation;
            if correlation.is_rising() {
                continue;
            }
            groups.retain(|key, group| {
                let due = group.opened.saturating_add(correlation.timespan);
                if now.is_some_and(|now| due > now) {
                    next = Some(next.map_or(due, |next| next.min(due)));
                    return true;
                }
                group.judge(rule, correlation, key, &mut hits);
                false
            });
        }
        self.next_judgement = next;
        hits
    }
}

impl Group {
    /// Takes an event; gives how many were forgotten for it.
    fn add(&mut self, correlation: &Correlation, time: i64, value: Option<String>, position: usize) -> u64 {
        if self.last.is_empty() {
            self.opened = time;
            self.touched = time;
            self.last = vec![None; correlation.rules.len()];
            self.sequence = vec![None; correlation.rules.len()];
        }
        self.touched = self.touched.max(time);
        let mut forgotten = 0;
        if correlation.is_rising() {
            let oldest = time.saturating_sub(correlation.timespan);
            while self.taken.front().is_some_and(|taken| taken.time < oldest) {
                self.forget();
            }
        }
        if self.taken.len() == MAX_EVENTS {
            self.forget();
            forgotten = 1;
        }
        self.last[position] = Some(time);
        self.sequence[position] = match position.checked_sub(1) {
            None => Some(time),
            Some(before) => self.sequence[before].or(self.sequence[position]),
        };
        let number = value.as_deref().and_then(number).unwrap_or(f64::NAN);
        if number.is_finite() {
            self.sum += number;
        }
        if let Some(value) = &value {
            *self.values.entry(value.clone()).or_default() += 1;
        }
        self.taken.push_back(Taken { time, value, number });
        forgotten
    }

    fn forget(&mut self) {
        let Some(taken) = self.taken.pop_front() else { return };
        if taken.number.is_finite() {
            self.sum -= taken.number;
        }
        if let Some(value) = taken.value
            && let Some(count) = self.values.get_mut(&value)
        {
            *count -= 1;
            if *count == 0 {
                self.values.remove(&value);
            }
        }
    }

    /// What is compared with the condition's limits.
    fn measure(&self, correlation: &Correlation, now: i64) -> f64 {
        let oldest = now.saturating_sub(correlation.timespan);
        let recent = |time: &Option<i64>| time.is_some_and(|time| time >= oldest);
        match correlation.measure {
            Measure::EventCount => self.taken.len() as f64,
            Measure::ValueCount => self.values.len() as f64,
            Measure::Temporal => self.last.iter().filter(|time| recent(time)).count() as f64,
            Measure::TemporalOrdered => {
                self.sequence.iter().rposition(recent).map_or(0.0, |place| (place + 1) as f64)
            }
            Measure::ValueSum => self.sum,
            Measure::ValueAvg => self.sum / self.numbers().len() as f64,
            Measure::ValuePercentile => self.percentile(correlation.percentile.unwrap_or(50.0)),
            Measure::ValueMedian => self.percentile(50.0),
        }
    }

    fn numbers(&self) -> Vec<f64> {
        let mut numbers: Vec<f64> =
            self.taken.iter().map(|taken| taken.number).filter(|it| it.is_finite()).collect();
        numbers.sort_by(f64::total_cmp);
        numbers
    }

    /// The percentile, with values between two neighbours in proportion.
    fn percentile(&self, percent: f64) -> f64 {
        let numbers = self.numbers();
        let Some(last) = numbers.len().checked_sub(1) else { return f64::NAN };
        let place = percent / 100.0 * last as f64;
        let (below, above) = (place.floor() as usize, place.ceil() as usize);
        numbers[below] + (numbers[above] - numbers[below]) * (place - place.floor())
    }

    fn judge(&self, rule: usize, correlation: &Correlation, key: &[String], hits: &mut Vec<CorrelationHit>) {
        let holds = |measured: f64| {
            !measured.is_nan()
                && correlation.limits.iter().all(|(comparison, limit)| comparison.holds(measured, *limit))
        };
        if correlation.measure == Measure::ValuePercentile && correlation.percentile.is_none() {
            let mut values: Vec<(&String, &u32)> = self.values.iter().collect();
            values.sort();
            for (value, count) in values {
                let share = f64::from(*count) * 100.0 / self.taken.len() as f64;
                if holds(share) {
                    hits.push(self.hit(rule, correlation, key, share, Some(value.clone())));
                }
            }
            return;
        }
        let last = self.taken.back().map_or(self.opened, |taken| taken.time);
        let measured = self.measure(correlation, last);
        if holds(measured) {
            hits.push(self.hit(rule, correlation, key, measured, None));
        }
    }

    fn hit(
        &self,
        rule: usize,
        correlation: &Correlation,
        key: &[String],
        measured: f64,
        value: Option<String>,
    ) -> CorrelationHit {
        let times = || self.taken.iter().map(|taken| taken.time);
        CorrelationHit {
            rule,
            group: correlation.group_by.iter().cloned().zip(key.iter().cloned()).collect(),
            measured,
            value,
            first: times().min().unwrap_or(self.opened),
            last: times().max().unwrap_or(self.opened),
            events: self.taken.len(),
        }
    }
}
