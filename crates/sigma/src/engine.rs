//! All rules together, and what they say of an event.

use std::collections::{HashMap, HashSet};

use crate::atom::{Atom, AtomId, Atoms, FieldId, Method, Question, Subject, stands};
use crate::automaton::Automaton;
use crate::correlation::Correlation;
use crate::document::About;
use crate::event::Event;
use crate::logsource::LogSource;
use crate::origin::Origin;
use crate::tree::{Tree, literal};

/// Most origins of which is remembered what applies to them.
const MAX_ORIGINS: usize = 256;

/// A rule that can match.
#[derive(Debug)]
pub struct Rule {
    /// What it says of itself.
    pub about: About,
    /// The file it stands in.
    pub file: String,
    /// Its first line there.
    pub line: usize,
    /// Which events it is about.
    pub logsource: LogSource,
    /// Whether it only speaks through correlations.
    pub silent: bool,
    /// Whether it looks for words in the lines of any log, not in fields.
    pub(crate) for_lines: bool,
    pub(crate) tree: Tree,
}

/// A correlation rule that can match.
#[derive(Debug)]
pub struct CorrelationRule {
    /// What it says of itself.
    pub about: About,
    /// The file it stands in.
    pub file: String,
    /// Its first line there.
    pub line: usize,
    /// Whether it only speaks through other correlations.
    pub silent: bool,
    pub(crate) correlation: Correlation,
    pub(crate) inputs: Vec<Input>,
}

/// A rule whose matches a correlation takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) source: Source,
    /// The position of the rule in the correlation's list.
    pub(crate) position: usize,
    /// The fields that make the group, under this rule's names.
    pub(crate) group: Vec<String>,
}

/// Where a correlation's input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    Rule(usize),
    Correlation(usize),
}

/// The compiled rules. Matching changes nothing in them, so that threads can share them.
#[derive(Debug)]
pub struct Engine {
    pub(crate) rules: Vec<Rule>,
    /// Each behind those that it takes from.
    pub(crate) correlations: Vec<CorrelationRule>,
    pub(crate) atoms: Atoms,
    pub(crate) automata: Vec<Automaton>,
    /// For each question, the rules to look at when its literal is found.
    pub(crate) triggers: Vec<Vec<u32>>,
    /// Rules to look at for every event.
    pub(crate) untriggered: Vec<u32>,
}

/// A field that made a rule match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedField {
    /// Its name.
    pub field: String,
    /// Its value.
    pub value: String,
    /// What the rule asks of it.
    pub asked: String,
}

/// What is remembered of events of one origin.
#[derive(Debug)]
struct Known {
    /// For each rule, whether it is about these events.
    applies: Vec<bool>,
    /// The rules of `Engine::untriggered` that are.
    always: Vec<u32>,
    /// The automata of `Engine::automata` whose literals some of these rules ask for.
    automata: Vec<usize>,
    /// The names of the last event's fields: the next one very likely has the same.
    layout: Vec<(String, Option<FieldId>)>,
}

/// The working memory of one matching thread.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Counts the events; answers of other events are no answers.
    epoch: u32,
    /// For each question: the epoch, and the answer in the lowest bit.
    answers: Vec<u32>,
    /// For each rule, the epoch in which it became a candidate.
    seen: Vec<u32>,
    candidates: Vec<u32>,
    matched: Vec<u32>,
    /// For each field, its place in the event, from 1.
    slots: Vec<u16>,
    known: Vec<Known>,
    /// Where the origins stand in `known`.
    origins: HashMap<Origin, usize>,
    /// The origin of the last event, and where it stands.
    last: Option<(Origin, usize)>,
}

impl Engine {
    /// The rules in the order in which they were added.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The correlation rules.
    pub fn correlations(&self) -> &[CorrelationRule] {
        &self.correlations
    }

    /// Memory of the automata in bytes: by far the largest part.
    pub fn automata_memory(&self) -> usize {
        self.automata.iter().map(Automaton::memory).sum()
    }

    /// Numbers of the rules that match an event, ascending; silent ones too.
    pub fn matches<'s>(&self, event: &Event<'_>, scratch: &'s mut Scratch) -> &'s [u32] {
        scratch.begin(self);
        let origin = self.place_fields(event, scratch);
        scratch.candidates.extend_from_slice(&scratch.known[origin].always);
        self.scan(event, origin, scratch);
        let mut candidates = std::mem::take(&mut scratch.candidates);
        for &rule in &candidates {
            let applies = scratch.known[origin].applies[rule as usize];
            let tree = &self.rules[rule as usize].tree;
            if applies && tree.holds(&mut |atom| self.answer(atom, event, scratch)) {
                scratch.matched.push(rule);
            }
        }
        candidates.clear();
        scratch.candidates = candidates;
        scratch.matched.sort_unstable();
        &scratch.matched
    }

    /// The fields that made a rule match the event that was matched last with this memory.
    pub fn matched_fields(&self, rule: u32, event: &Event<'_>, scratch: &mut Scratch) -> Vec<MatchedField> {
        let mut reasons = Vec::new();
        let tree = &self.rules[rule as usize].tree;
        tree.reasons(&mut |atom| self.answer(atom, event, scratch), &mut reasons);
        let mut fields = Vec::new();
        for reason in reasons {
            let atom = &self.atoms.list[reason as usize];
            let named = match self.atoms.subject_name(&atom.question) {
                Some(name) => event.value(name).map(|value| (name, value)),
                None => event.fields.iter().find(|(_, value)| atom.fits(value)).copied(),
            };
            let Some((field, value)) = named else { continue };
            let asked = atom.shown(&self.atoms.fields);
            fields.push(MatchedField { field: field.to_owned(), value: value.to_owned(), asked });
        }
        fields
    }

    /// Notes where the fields that rules ask for stand in the event; gives the place of its origin in
    /// `Scratch::known`.
    fn place_fields(&self, event: &Event<'_>, scratch: &mut Scratch) -> usize {
        let origin = scratch.place_of(event.origin, self);
        let known = &mut scratch.known[origin];
        scratch.slots.fill(0);
        known.layout.truncate(event.fields.len());
        for (index, (name, _)) in event.fields.iter().enumerate() {
            let field = match known.layout.get_mut(index) {
                Some((same, field)) if same == name => *field,
                Some(other) => {
                    let field = self.atoms.field_numbers.get(*name).copied();
                    *other = ((*name).to_owned(), field);
                    field
                }
                None => {
                    let field = self.atoms.field_numbers.get(*name).copied();
                    known.layout.push(((*name).to_owned(), field));
                    field
                }
            };
            let (Some(field), Ok(place)) = (field, u16::try_from(index + 1)) else { continue };
            let slot = &mut scratch.slots[usize::from(field.0)];
            if *slot == 0 {
                *slot = place;
            }
        }
        origin
    }

    /// Finds the literals of all rules, answers what they answer, and makes candidates.
    fn scan(&self, event: &Event<'_>, origin: usize, scratch: &mut Scratch) {
        let Scratch { epoch, answers, seen, candidates, slots, known, .. } = scratch;
        let yes = *epoch << 1 | 1;
        let mut found = |atom: AtomId, answered: bool| {
            if answered {
                let answer = &mut answers[atom as usize];
                if *answer == yes {
                    return;
                }
                *answer = yes;
            }
            for &rule in &self.triggers[atom as usize] {
                let seen = &mut seen[rule as usize];
                if *seen != *epoch {
                    *seen = *epoch;
                    candidates.push(rule);
                }
            }
        };
        for &automaton in &known[origin].automata {
            let automaton = &self.automata[automaton];
            match automaton.subject {
                Subject::Field(field) => {
                    let place = usize::from(slots[usize::from(field.0)]);
                    if let Some((_, value)) = place.checked_sub(1).and_then(|place| event.fields.get(place)) {
                        automaton.scan(value, &mut found);
                    }
                }
                Subject::Anywhere => {
                    for (_, value) in event.fields {
                        automaton.scan(value, &mut found);
                    }
                }
            }
        }
    }

    /// The answer to a question, found at most once for each event.
    fn answer(&self, atom: AtomId, event: &Event<'_>, scratch: &mut Scratch) -> bool {
        let known = scratch.answers[atom as usize];
        if known >> 1 == scratch.epoch {
            return known & 1 == 1;
        }
        let asked = &self.atoms.list[atom as usize];
        let answer = match asked.method {
            Method::Scanned => false,
            Method::Glob(_) | Method::Regex(_) | Method::Direct => compute(asked, event, &scratch.slots),
        };
        scratch.answers[atom as usize] = scratch.epoch << 1 | u32::from(answer);
        answer
    }
}

/// Answers a question by looking at the event.
fn compute(atom: &Atom, event: &Event<'_>, slots: &[u16]) -> bool {
    let value = |field: FieldId| {
        let place = usize::from(slots[usize::from(field.0)]).checked_sub(1)?;
        event.fields.get(place).map(|(_, value)| *value)
    };
    match &atom.question {
        Question::Text { subject: Subject::Anywhere, .. }
        | Question::Regex { subject: Subject::Anywhere, .. } => {
            event.fields.iter().any(|(_, value)| atom.fits(value))
        }
        Question::Text { subject: Subject::Field(field), .. }
        | Question::Regex { subject: Subject::Field(field), .. }
        | Question::Cidr { field, .. }
        | Question::Number { field, .. }
        | Question::Time { field, .. }
        | Question::Exists { field } => value(*field).is_some_and(|value| atom.fits(value)),
        Question::Reference { field, other, anchor, cased } => match (value(*field), value(*other)) {
            (Some(value), Some(other)) => stands(value, other, *anchor, *cased),
            (_, _) => false,
        },
    }
}

impl Known {
    fn of(origin: Origin, engine: &Engine) -> Self {
        let applies: Vec<bool> = engine.rules.iter().map(|rule| rule.is_about(origin)).collect();
        let always = engine.untriggered.iter().copied().filter(|rule| applies[*rule as usize]).collect();
        let mut asked = Vec::new();
        for (rule, _) in engine.rules.iter().zip(&applies).filter(|(_, applies)| **applies) {
            rule.tree.atoms(&mut asked);
        }
        let subjects: HashSet<Subject> = asked
            .iter()
            .filter_map(|atom| Some(literal(&engine.atoms.list[*atom as usize].question)?.1))
            .collect();
        let automata = engine.automata.iter().enumerate();
        let automata = automata.filter(|(_, automaton)| subjects.contains(&automaton.subject));
        let automata = automata.map(|(place, _)| place).collect();
        Self { applies, always, automata, layout: Vec::new() }
    }
}

impl Rule {
    /// Whether the rule is about events of this origin. Names of another taxonomy are not those of a Sysmon, and its
    /// events are not lines of a log.
    pub fn is_about(&self, origin: Origin) -> bool {
        let is_special = self.for_lines || self.about.taxonomy.is_some();
        self.logsource.means(origin) && (!is_special || origin == Origin::Unknown)
    }
}

impl Scratch {
    /// Where an origin stands in `known`, made known if need be.
    fn place_of(&mut self, origin: Origin, engine: &Engine) -> usize {
        if let Some((last, place)) = self.last
            && last == origin
        {
            return place;
        }
        if self.known.len() >= MAX_ORIGINS && !self.origins.contains_key(&origin) {
            self.known.clear();
            self.origins.clear();
        }
        let place = *self.origins.entry(origin).or_insert(self.known.len());
        if place == self.known.len() {
            self.known.push(Known::of(origin, engine));
        }
        self.last = Some((origin, place));
        place
    }

    /// Makes room for the rules and begins a new event.
    fn begin(&mut self, engine: &Engine) {
        if self.answers.len() != engine.atoms.list.len() || self.seen.len() != engine.rules.len() {
            *self = Self {
                answers: vec![0; engine.atoms.list.len()],
                seen: vec![0; engine.rules.len()],
                slots: vec![0; engine.atoms.fields.len()],
                ..Self::default()
            };
        }
        // The lowest bit of an answer is taken.
        if self.epoch == u32::MAX >> 1 {
            self.answers.fill(0);
            self.seen.fill(0);
            self.epoch = 0;
        }
        self.epoch += 1;
        self.matched.clear();
        self.candidates.clear();
    }
}
