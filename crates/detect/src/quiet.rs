//! What keeps alerts from burying each other: one that says the same again is counted, and so is what a rule tells
//! beyond its share. Each count is told when its time is over.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::BuildHasher;
use std::sync::Arc;

use crate::alert::{Alert, Heading, Kind, Matched};
use crate::fields::Fields;

/// How often an alert is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For so many milliseconds an alert with the same rule and the same matched values is counted instead.
    pub same_again: i64,
    /// So many alerts of one rule or list are told in a minute; the rest of that minute is counted.
    pub per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { same_again: 5 * MINUTE, per_minute: 60 }
    }
}

const MINUTE: i64 = 60_000;
/// Most alerts of which is remembered that they were told.
const MAX_REMEMBERED: usize = 4096;
/// Longest value that is remembered of them.
const MAX_VALUE: usize = 512;

/// What was told, and is counted when it comes again.
#[derive(Debug)]
struct Remembered {
    heading: Arc<Heading>,
    matched: Vec<Matched>,
    tally: Tally,
}

/// So many, and when.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    count: u64,
    first: i64,
    last: i64,
}

/// What a rule or list has told in its minute.
#[derive(Debug)]
struct Share {
    heading: Arc<Heading>,
    until: i64,
    told: u32,
    rest: Tally,
}

/// The memory of what was told.
#[derive(Debug, Default)]
pub(crate) struct Quiet {
    limits: Limits,
    told: HashMap<u64, Remembered>,
    /// When each is over; the first one is the next.
    order: VecDeque<(i64, u64)>,
    /// By the place of the rule, or of the list behind the rules.
    shares: BTreeMap<usize, Share>,
    state: RandomState,
    /// Alerts that were counted because they came again.
    pub(crate) repeated: u64,
    /// Alerts that were counted because there were too many.
    pub(crate) too_many: u64,
}

impl Quiet {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Passes an alert on, or counts it. `speaker` is the place of its rule or list.
    pub(crate) fn pass(&mut self, speaker: usize, alert: Alert, now: i64, tell: &mut dyn FnMut(Alert)) {
        self.tick(now, tell);
        let key = self.key(speaker, &alert);
        if let Some(before) = self.told.get_mut(&key) {
            before.tally.add(alert.last);
            self.repeated += 1;
            return;
        }
        let until = now.saturating_add(MINUTE);
        let share = self.shares.entry(speaker).or_insert_with(|| Share {
            heading: Arc::clone(&alert.heading),
            until,
            told: 0,
            rest: Tally::default(),
        });
        if share.told >= self.limits.per_minute {
            share.rest.add(alert.last);
            self.too_many += 1;
            return;
        }
        share.told += 1;
        self.remember(key, &alert, now, tell);
        tell(alert);
    }

    /// Tells the counts whose time is over.
    pub(crate) fn tick(&mut self, now: i64, tell: &mut dyn FnMut(Alert)) {
        while self.order.front().is_some_and(|(until, _)| *until <= now) {
            self.forget_first(tell);
        }
        if self.shares.values().all(|share| share.until > now) {
            return;
        }
        self.shares.retain(|_, share| {
            if share.until > now {
                return true;
            }
            share.report(tell);
            false
        });
    }

    /// Tells all counts: nothing comes any more.
    pub(crate) fn finish(&mut self, tell: &mut dyn FnMut(Alert)) {
        while !self.order.is_empty() {
            self.forget_first(tell);
        }
        for share in std::mem::take(&mut self.shares).into_values() {
            share.report(tell);
        }
    }

    fn remember(&mut self, key: u64, alert: &Alert, now: i64, tell: &mut dyn FnMut(Alert)) {
        if self.limits.same_again <= 0 {
            return;
        }
        if self.order.len() >= MAX_REMEMBERED {
            self.forget_first(tell);
        }
        let matched = alert.matched.iter().map(shortened).collect();
        let heading = Arc::clone(&alert.heading);
        self.told.insert(key, Remembered { heading, matched, tally: Tally::default() });
        self.order.push_back((now.saturating_add(self.limits.same_again), key));
    }

    fn forget_first(&mut self, tell: &mut dyn FnMut(Alert)) {
        let Some((_, key)) = self.order.pop_front() else { return };
        let Some(one) = self.told.remove(&key) else { return };
        if one.tally.count > 0 {
            tell(one.tally.alert(Kind::Repeated, one.heading, one.matched));
        }
    }

    /// The same for alerts that say the same. The key of the hash is another one in each process, so that nobody can
    /// make an alert that passes for another.
    fn key(&self, speaker: usize, alert: &Alert) -> u64 {
        let values: Vec<(&str, &str)> =
            alert.matched.iter().map(|one| (one.field.as_str(), one.value.as_str())).collect();
        let group = alert.correlated.as_ref().map(|correlated| (&correlated.group, &correlated.value));
        self.state.hash_one((speaker, values, group))
    }
}

impl Tally {
    fn add(&mut self, time: i64) {
        if self.count == 0 {
            self.first = time;
        }
        self.count += 1;
        self.last = time;
    }

    fn alert(self, kind: Kind, heading: Arc<Heading>, matched: Vec<Matched>) -> Alert {
        let Self { count, first, last } = self;
        Alert { kind, heading, count, first, last, matched, correlated: None, event: Fields::default() }
    }
}

impl Share {
    fn report(&self, tell: &mut dyn FnMut(Alert)) {
        if self.rest.count > 0 {
            tell(self.rest.alert(Kind::TooMany, Arc::clone(&self.heading), Vec::new()));
        }
    }
}

fn shortened(matched: &Matched) -> Matched {
    let cut = |text: &str| text[..text.floor_char_boundary(MAX_VALUE)].to_owned();
    Matched { field: matched.field.clone(), value: cut(&matched.value), asked: cut(&matched.asked) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(value: &str, time: i64) -> Alert {
        let matched = Matched { field: "Image".to_owned(), value: value.to_owned(), asked: "*".to_owned() };
        let tally = Tally { count: 1, first: time, last: time };
        tally.alert(Kind::Sigma, Arc::default(), vec![matched])
    }

    /// Kinds and counts of what is told of alerts with these values and times.
    fn told(limits: Limits, alerts: &[(&str, i64)]) -> Vec<(Kind, u64)> {
        let mut quiet = Quiet::new(limits);
        let mut told = Vec::new();
        for (value, time) in alerts {
            quiet.pass(0, alert(value, *time), *time, &mut |one| told.push((one.kind, one.count)));
        }
        quiet.finish(&mut |one| told.push((one.kind, one.count)));
        told
    }

    #[test]
    fn the_same_again_is_counted_and_the_count_is_told() {
        let limits = Limits { same_again: 1000, per_minute: 60 };
        let alerts = [("a", 0), ("a", 10), ("b", 20), ("a", 999), ("a", 1000)];
        let expected = [(Kind::Sigma, 1), (Kind::Sigma, 1), (Kind::Repeated, 2), (Kind::Sigma, 1)];
        assert_eq!(told(limits, &alerts), expected);
    }

    #[test]
    fn more_than_its_share_is_counted_and_the_count_is_told() {
        let limits = Limits { same_again: 1000, per_minute: 2 };
        let alerts = [("a", 0), ("b", 1), ("c", 2), ("d", 3), ("e", MINUTE)];
        let expected = [(Kind::Sigma, 1), (Kind::Sigma, 1), (Kind::TooMany, 2), (Kind::Sigma, 1)];
        assert_eq!(told(limits, &alerts), expected);
    }

    #[test]
    fn nothing_is_lost_between_what_comes_and_what_is_told() {
        let limits = Limits { same_again: 50_000, per_minute: 1000 };
        let values: Vec<String> = (0..20_000).map(|number| (number % 7919).to_string()).collect();
        let alerts: Vec<(&str, i64)> = values.iter().map(String::as_str).zip(0..).collect();
        let total: u64 = told(limits, &alerts).iter().map(|(_, count)| count).sum();
        assert_eq!(total, 20_000);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let limits = Limits { same_again: i64::MAX, per_minute: u32::MAX };
        let mut quiet = Quiet::new(limits);
        for number in 0..10_000 {
            quiet.pass(0, alert(&number.to_string(), number), number, &mut drop);
        }
        assert_eq!(quiet.told.len(), MAX_REMEMBERED);
        assert_eq!(quiet.order.len(), MAX_REMEMBERED);
    }
}
