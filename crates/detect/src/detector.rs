//! Rules, correlations and indicators together, over one event after another.

use std::sync::Arc;

use tuxmon_intel::{Hit, Indicators};
use tuxmon_sigma::{About, CorrelationHit, Correlator, Engine, Event, Level, Scratch};

use crate::alert::{Alert, Correlated, Heading, Kind, Matched};
use crate::fields::Fields;
use crate::quiet::{Limits, Quiet};

/// What is looked for. Made once, then shared and never changed.
#[derive(Debug)]
pub struct Rules {
    engine: Engine,
    indicators: Indicators,
    /// Of each rule, then of each correlation.
    headings: Vec<Arc<Heading>>,
    /// Of these, whether it is loud and its level is high enough.
    speaks: Vec<bool>,
}

/// What a detector has done.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Events looked at.
    pub events: u64,
    /// Alerts told, counts included.
    pub alerts: u64,
    /// Matches that were only counted because the same was told before.
    pub repeated: u64,
    /// Matches that were only counted because there were too many.
    pub too_many: u64,
    /// Events that correlations forgot for lack of room.
    pub forgotten: u64,
}

/// Looks at one event after another.
#[derive(Debug)]
pub struct Detector {
    rules: Rules,
    scratch: Scratch,
    correlator: Correlator,
    quiet: Quiet,
    events: u64,
    alerts: u64,
}

impl Rules {
    /// What these say, of this level and above; a rule that says no level counts as the lowest one.
    pub fn new(engine: Engine, indicators: Indicators, level: Option<Level>) -> Self {
        let mut headings = Vec::new();
        let mut speaks = Vec::new();
        let rules = engine.rules().iter().map(|rule| (&rule.about, &rule.file, rule.silent));
        let correlations = engine.correlations().iter().map(|rule| (&rule.about, &rule.file, rule.silent));
        for (about, file, silent) in rules.chain(correlations) {
            headings.push(Arc::new(heading(about, file)));
            let is_high = level.is_none_or(|level| about.level.is_some_and(|own| own >= level));
            speaks.push(!silent && is_high);
        }
        Self { engine, indicators, headings, speaks }
    }

    /// How many rules and correlations there are.
    pub fn len(&self) -> usize {
        self.headings.len()
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.headings.is_empty() && self.indicators.is_empty()
    }

    /// The indicators.
    pub fn indicators(&self) -> &Indicators {
        &self.indicators
    }
}

impl Detector {
    /// A detector that has seen nothing yet.
    pub fn new(rules: Rules, limits: Limits) -> Self {
        Self {
            correlator: Correlator::new(&rules.engine),
            rules,
            scratch: Scratch::default(),
            quiet: Quiet::new(limits),
            events: 0,
            alerts: 0,
        }
    }

    /// Looks at an event at this time, in milliseconds since 1970. Alerts name silent rules only as parts of
    /// correlations.
    pub fn look(&mut self, event: &Event<'_>, now: i64, tell: &mut dyn FnMut(Alert)) {
        self.events += 1;
        let mut found = Vec::new();
        let Rules { engine, indicators, headings, speaks } = &self.rules;
        let matched = engine.matches(event, &mut self.scratch);
        if !matched.is_empty() || !engine.correlations().is_empty() {
            let matched = matched.to_vec();
            for &rule in matched.iter().filter(|rule| speaks[**rule as usize]) {
                let fields = engine.matched_fields(rule, event, &mut self.scratch);
                let fields = fields.into_iter().map(|one| Matched {
                    field: one.field,
                    value: one.value,
                    asked: one.asked,
                });
                let rule = rule as usize;
                found.push((rule, alert(Kind::Sigma, &headings[rule], event, fields.collect())));
            }
            for hit in self.correlator.take(engine, event, &matched) {
                let place = engine.rules().len() + hit.rule;
                if speaks[place] {
                    let own = alert(Kind::Correlation, &headings[place], event, Vec::new());
                    found.push((place, correlated(own, hit)));
                }
            }
        }
        for hit in indicators.of_event(event.fields, now) {
            found.push((headings.len() + hit.list, of_indicator(event, &hit)));
        }
        for (speaker, alert) in found {
            self.pass(speaker, alert, now, tell);
        }
    }

    /// Looks for other indicators from now on, and goes on with its rules: what correlations remember stays. Counts are
    /// told, because the lists that they are of may be gone.
    pub fn take_indicators(&mut self, indicators: Indicators, tell: &mut dyn FnMut(Alert)) {
        self.rules.indicators = indicators;
        self.tell_counts(tell);
    }

    /// Tells the counts whose time is over.
    pub fn tick(&mut self, now: i64, tell: &mut dyn FnMut(Alert)) {
        let alerts = &mut self.alerts;
        self.quiet.tick(now, &mut |alert| {
            *alerts += 1;
            tell(alert);
        });
    }

    /// Judges what waits for its time, and tells all counts: nothing comes any more.
    pub fn finish(&mut self, now: i64, tell: &mut dyn FnMut(Alert)) {
        let first = self.rules.engine.rules().len();
        for hit in self.correlator.finish(&self.rules.engine) {
            let place = first + hit.rule;
            if self.rules.speaks[place] {
                let nothing = Event { origin: tuxmon_sigma::Origin::Unknown, time: hit.last, fields: &[] };
                let own = alert(Kind::Correlation, &self.rules.headings[place], &nothing, Vec::new());
                self.pass(place, correlated(own, hit), now, tell);
            }
        }
        self.tell_counts(tell);
    }

    /// What it has done so far.
    pub fn counts(&self) -> Counts {
        Counts {
            events: self.events,
            alerts: self.alerts,
            repeated: self.quiet.repeated,
            too_many: self.quiet.too_many,
            forgotten: self.correlator.forgotten,
        }
    }

    /// What is looked for.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    fn tell_counts(&mut self, tell: &mut dyn FnMut(Alert)) {
        let alerts = &mut self.alerts;
        self.quiet.finish(&mut |alert| {
            *alerts += 1;
            tell(alert);
        });
    }

    fn pass(&mut self, speaker: usize, alert: Alert, now: i64, tell: &mut dyn FnMut(Alert)) {
        let alerts = &mut self.alerts;
        self.quiet.pass(speaker, alert, now, &mut |alert| {
            *alerts += 1;
            tell(alert);
        });
    }
}

fn heading(about: &About, file: &str) -> Heading {
    Heading {
        id: about.id.clone().unwrap_or_default(),
        title: about.title.clone(),
        level: about.level.map_or("", Level::word),
        author: about.author.clone().unwrap_or_default(),
        techniques: about.techniques(),
        source: file.to_owned(),
    }
}

fn alert(kind: Kind, heading: &Arc<Heading>, event: &Event<'_>, matched: Vec<Matched>) -> Alert {
    Alert {
        kind,
        heading: Arc::clone(heading),
        count: 1,
        first: event.time,
        last: event.time,
        matched,
        correlated: None,
        event: Fields::of(event.fields),
    }
}

fn correlated(alert: Alert, hit: CorrelationHit) -> Alert {
    let CorrelationHit { group, measured, value, first, last, events, .. } = hit;
    let correlated = Some(Correlated { group, measured, value });
    Alert { correlated, first, last, count: events as u64, ..alert }
}

fn of_indicator(event: &Event<'_>, hit: &Hit<'_>) -> Alert {
    let heading = Heading {
        id: hit.indicator.value.clone(),
        title: hit.title(),
        level: "high",
        source: hit.source.to_owned(),
        ..Heading::default()
    };
    let asked = hit.indicator.value.clone();
    let matched = Matched { field: hit.field.to_owned(), value: hit.value.clone(), asked };
    alert(Kind::Indicator, &Arc::new(heading), event, vec![matched])
}
