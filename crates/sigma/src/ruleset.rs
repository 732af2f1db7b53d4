//! Files of rules to an [`Engine`], and what became of each document.

use std::collections::HashMap;

use tuxmon_diag::{Diagnostic, Severity};

use crate::atom::Atoms;
use crate::automaton;
use crate::condition::{Condition, Names, Quantity};
use crate::correlation::{Correlation, Measure};
use crate::detection::{Compiler, Placeholders, Stop};
use crate::document::{About, Content, Detection, Document, Target, about};
use crate::engine::{CorrelationRule, Engine, Input, Rule, Source};
use crate::fault::{Fault, Place};
use crate::logsource::LogSource;
use crate::tree::Tree;
use crate::yaml;

/// Names that stand in every event beside its own fields.
pub const ENVELOPE_FIELDS: &[&str] = &["EventID", "Provider_Name", "Channel", "Computer", "ComputerName"];

/// What became of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in use for our own events.
    Compiled {
        /// The ids of these events; none for a correlation or a filter.
        events: Vec<u16>,
        /// What may surprise its author.
        remarks: Vec<String>,
    },
    /// It is right, but says nothing about our own events.
    NotApplicable(String),
    /// It is wrong.
    Broken(Diagnostic),
}

/// A document and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The file.
    pub file: String,
    /// Its first line there.
    pub line: usize,
    /// What it says of itself, as far as that can be read.
    pub about: About,
    /// What became of it.
    pub outcome: Outcome,
}

/// The files with rules, read but not compiled.
#[derive(Debug, Default)]
pub struct RuleFiles {
    read: Vec<Read>,
}

#[derive(Debug)]
struct Read {
    file: String,
    place: Place,
    about: About,
    document: Result<Document, Fault>,
}

/// A filter, ready for rules.
struct Filter<'a> {
    source: &'a LogSource,
    target: &'a Target,
    /// What it leaves of a rule.
    rest: Tree,
}

impl RuleFiles {
    /// Reads a file; it may hold many documents.
    pub fn add(&mut self, file: &str, text: &str) {
        let documents = match yaml::documents(text) {
            Ok(documents) => documents,
            Err(fault) => return self.push(file, Place::START, About::default(), Err(fault)),
        };
        if documents.is_empty() {
            let fault = Fault::new(Place::START, "not-a-rule", "the file is empty", "");
            self.push(file, Place::START, About::default(), Err(fault));
        }
        for node in documents {
            self.push(file, node.place, about(&node), Document::read(&node));
        }
    }

    /// Notes a file that cannot be read.
    pub fn refuse(&mut self, file: &str, reason: &str) {
        let message = format!("the file cannot be read: {reason}");
        let fault = Fault::new(Place::START, "unreadable", message, "check its path and permissions");
        self.push(file, Place::START, About::default(), Err(fault));
    }

    fn push(&mut self, file: &str, place: Place, about: About, document: Result<Document, Fault>) {
        self.read.push(Read { file: file.to_owned(), place, about, document });
    }

    /// Compiles everything; the reports stand in the order of the documents.
    pub fn compile(&self, placeholders: &Placeholders) -> (Engine, Vec<Report>) {
        let mut building = Building {
            files: self,
            placeholders,
            atoms: Atoms::default(),
            rules: Vec::new(),
            correlations: Vec::new(),
            sources: HashMap::new(),
            outcomes: HashMap::new(),
        };
        building.add_rules();
        building.add_correlations();
        building.finish()
    }
}

struct Building<'a> {
    files: &'a RuleFiles,
    placeholders: &'a Placeholders,
    atoms: Atoms,
    rules: Vec<Rule>,
    correlations: Vec<CorrelationRule>,
    /// Ids and names, and the rules that are called so.
    sources: HashMap<&'a str, Vec<Source>>,
    /// By the number of the document.
    outcomes: HashMap<usize, Outcome>,
}

impl<'a> Building<'a> {
    fn broken(&mut self, number: usize, fault: Fault) {
        let diagnostic = fault.in_file(&self.files.read[number].file, Severity::Error);
        self.outcomes.insert(number, Outcome::Broken(diagnostic));
    }

    /// The documents that could be read, with their numbers.
    fn documents(&self) -> impl Iterator<Item = (usize, &'a Document)> + use<'a> {
        let files = self.files;
        files
            .read
            .iter()
            .enumerate()
            .filter_map(|(number, read)| Some((number, read.document.as_ref().ok()?)))
    }

    fn add_rules(&mut self) {
        let filters = self.filters();
        for (number, document) in self.documents() {
            let Content::Rule(source, detection) = &document.content else { continue };
            let tree = match self.tree(detection) {
                Ok(tree) => tree,
                Err(stop) => {
                    self.stopped(number, stop);
                    continue;
                }
            };
            let tree = apply(&filters, &document.about, source, tree);
            let for_lines = source.is_any_log() && self.asks_of_no_field(&tree);
            let outcome = self.outcome_of_rule(&document.about, source, &tree, for_lines);
            self.outcomes.insert(number, outcome);
            self.name(&document.about, Source::Rule(self.rules.len()));
            self.rules.push(Rule {
                about: document.about.clone(),
                file: self.files.read[number].file.clone(),
                line: document.place.line,
                logsource: source.clone(),
                silent: false,
                for_lines,
                tree,
            });
        }
    }

    fn filters(&mut self) -> Vec<Filter<'a>> {
        let mut filters = Vec::new();
        for (number, document) in self.documents() {
            let Content::Filter(source, target, detection) = &document.content else { continue };
            match self.tree(detection) {
                Ok(tree) => {
                    // The specification's examples name what is not to match, others write down what may.
                    let rest = if detection.condition.is_negative() { tree } else { tree.not() };
                    filters.push(Filter { source, target, rest });
                    let outcome = if self.is_for_any(source, target) {
                        Outcome::Compiled { events: Vec::new(), remarks: Vec::new() }
                    } else {
                        Outcome::NotApplicable("none of its rules is among these".to_owned())
                    };
                    self.outcomes.insert(number, outcome);
                }
                Err(stop) => self.stopped(number, stop),
            }
        }
        filters
    }

    fn is_for_any(&self, source: &LogSource, target: &Target) -> bool {
        self.documents().any(|(_, document)| match &document.content {
            Content::Rule(of_rule, _) => is_for(source, target, &document.about, of_rule),
            Content::Correlation(_) | Content::Filter(..) => false,
        })
    }

    fn stopped(&mut self, number: usize, stop: Stop) {
        match stop {
            Stop::Broken(fault) => self.broken(number, fault),
            Stop::NotApplicable(reason) => {
                self.outcomes.insert(number, Outcome::NotApplicable(reason));
            }
        }
    }

    /// The questions of a detection, put together by its condition.
    fn tree(&mut self, detection: &Detection) -> Result<Tree, Stop> {
        let mut compiler = Compiler { atoms: &mut self.atoms, placeholders: self.placeholders };
        let mut identifiers = Vec::new();
        for (name, node) in &detection.identifiers {
            identifiers.push((name.as_str(), compiler.identifier(node)?));
        }
        combine(&detection.condition, &identifiers, detection.place).map_err(Stop::Broken)
    }

    fn asks_of_no_field(&self, tree: &Tree) -> bool {
        let mut atoms = Vec::new();
        tree.atoms(&mut atoms);
        let question = |atom: &u32| &self.atoms.list[*atom as usize].question;
        atoms.iter().all(|atom| self.atoms.subject_name(question(atom)).is_none())
    }

    fn outcome_of_rule(&self, about: &About, source: &LogSource, tree: &Tree, for_lines: bool) -> Outcome {
        if for_lines {
            return Outcome::NotApplicable(
                "it looks for words in the lines of a log, and names no kind of event".to_owned(),
            );
        }
        if let Some(taxonomy) = &about.taxonomy {
            return Outcome::NotApplicable(format!("its field names are those of the taxonomy {taxonomy}"));
        }
        match source.ours() {
            Ok(events) => {
                let remarks = self.unknown_fields(&events, tree);
                Outcome::Compiled { events, remarks }
            }
            Err(reason) => Outcome::NotApplicable(reason),
        }
    }

    /// Fields that none of these events has.
    fn unknown_fields(&self, events: &[u16], tree: &Tree) -> Vec<String> {
        let mut atoms = Vec::new();
        tree.atoms(&mut atoms);
        let mut names: Vec<&str> = atoms
            .iter()
            .filter_map(|atom| self.atoms.subject_name(&self.atoms.list[*atom as usize].question))
            .collect();
        names.sort_unstable();
        names.dedup();
        let specs: Vec<_> = events.iter().filter_map(|id| tuxmon_event::spec(*id)).collect();
        names.retain(|name| {
            !ENVELOPE_FIELDS.contains(name) && !specs.iter().any(|spec| spec.position(name).is_some())
        });
        names.iter().map(|name| format!("none of its events has a field {name}")).collect()
    }

    fn name(&mut self, about: &'a About, source: Source) {
        for name in about.id.iter().chain(&about.name) {
            self.sources.entry(name).or_default().push(source);
        }
    }

    /// Adds correlations as soon as everything they refer to is there.
    fn add_correlations(&mut self) {
        let mut waiting: Vec<(usize, &'a Document, &'a Correlation)> = self
            .documents()
            .filter_map(|(number, document)| match &document.content {
                Content::Correlation(correlation) => Some((number, document, correlation)),
                Content::Rule(..) | Content::Filter(..) => None,
            })
            .collect();
        loop {
            let before = waiting.len();
            let mut still = Vec::new();
            for (number, document, correlation) in waiting {
                if correlation.rules.iter().all(|rule| self.sources.contains_key(rule.as_str())) {
                    self.add_correlation(number, document, correlation);
                } else {
                    still.push((number, document, correlation));
                }
            }
            waiting = still;
            if waiting.len() == before {
                break;
            }
        }
        for (number, document, correlation) in waiting {
            let missing = correlation.rules.iter().find(|rule| !self.sources.contains_key(rule.as_str()));
            let message = format!(
                "it refers to '{}', which is not among the rules, is broken, or refers back to it",
                missing.map_or("", String::as_str)
            );
            self.broken(
                number,
                Fault::new(document.place, "unknown-rule", message, "give the files of both rules"),
            );
        }
    }

    fn add_correlation(&mut self, number: usize, document: &'a Document, correlation: &Correlation) {
        let mut inputs = Vec::new();
        for (position, rule) in correlation.rules.iter().enumerate() {
            for source in &self.sources[rule.as_str()] {
                let name = match source {
                    Source::Rule(index) => &self.rules[*index].about,
                    Source::Correlation(index) => &self.correlations[*index].about,
                };
                let group = correlation
                    .group_by
                    .iter()
                    .map(|field| field_of(correlation, field, rule, name))
                    .collect();
                inputs.push(Input { source: *source, position, group });
            }
        }
        let outcome = self.outcome_of_correlation(correlation, &inputs);
        self.outcomes.insert(number, outcome);
        self.name(&document.about, Source::Correlation(self.correlations.len()));
        self.correlations.push(CorrelationRule {
            about: document.about.clone(),
            file: self.files.read[number].file.clone(),
            line: document.place.line,
            silent: false,
            correlation: correlation.clone(),
            inputs,
        });
    }

    fn outcome_of_correlation(&self, correlation: &Correlation, inputs: &[Input]) -> Outcome {
        let of_ours = |input: &Input| self.is_ours(input.source);
        let enough = match correlation.measure {
            Measure::Temporal | Measure::TemporalOrdered => inputs.iter().all(of_ours),
            Measure::EventCount
            | Measure::ValueCount
            | Measure::ValueSum
            | Measure::ValueAvg
            | Measure::ValuePercentile
            | Measure::ValueMedian => inputs.iter().any(of_ours),
        };
        if enough {
            Outcome::Compiled { events: Vec::new(), remarks: Vec::new() }
        } else {
            Outcome::NotApplicable("the rules it refers to are not about our events".to_owned())
        }
    }

    fn is_ours(&self, source: Source) -> bool {
        match source {
            Source::Rule(index) => {
                let rule = &self.rules[index];
                rule.about.taxonomy.is_none() && !rule.for_lines && rule.logsource.ours().is_ok()
            }
            Source::Correlation(index) => {
                self.correlations[index].inputs.iter().any(|input| self.is_ours(input.source))
            }
        }
    }

    /// Rules that others refer to are silent, unless one of these says otherwise.
    fn silence(&mut self) {
        let mut loud: HashMap<Source, bool> = HashMap::new();
        for rule in &self.correlations {
            for input in &rule.inputs {
                *loud.entry(input.source).or_default() |= rule.correlation.generate;
            }
        }
        for (source, loud) in loud {
            match source {
                Source::Rule(index) => self.rules[index].silent = !loud,
                Source::Correlation(index) => self.correlations[index].silent = !loud,
            }
        }
    }

    fn finish(mut self) -> (Engine, Vec<Report>) {
        self.silence();
        let mut triggers = vec![Vec::new(); self.atoms.list.len()];
        let mut untriggered = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            let index = u32::try_from(index).expect("there are fewer rules than bytes of them");
            match rule.tree.cover(&self.atoms) {
                Some(cover) => {
                    for atom in cover.atoms {
                        triggers[atom as usize].push(index);
                    }
                }
                None => untriggered.push(index),
            }
        }
        let wanted: Vec<bool> = triggers.iter().map(|rules: &Vec<u32>| !rules.is_empty()).collect();
        let automata = automaton::build(&self.atoms, &wanted);
        let reports = self.reports();
        let (atoms, rules, correlations) = (self.atoms, self.rules, self.correlations);
        let automata = automata.expect("bounded files hold far fewer literals than an automaton has states");
        (Engine { rules, correlations, atoms, automata, triggers, untriggered }, reports)
    }

    fn reports(&mut self) -> Vec<Report> {
        let mut reports = Vec::new();
        for (number, read) in self.files.read.iter().enumerate() {
            let outcome = match &read.document {
                Err(fault) => Outcome::Broken(fault.clone().in_file(&read.file, Severity::Error)),
                Ok(_) => {
                    self.outcomes.remove(&number).expect("each document that could be read has an outcome")
                }
            };
            let (file, line, about) = (read.file.clone(), read.place.line, read.about.clone());
            reports.push(Report { file, line, about, outcome });
        }
        reports
    }
}

/// Puts the questions of the identifiers together.
fn combine(condition: &Condition, identifiers: &[(&str, Tree)], place: Place) -> Result<Tree, Fault> {
    let each = |parts: &[Condition]| -> Result<Vec<Tree>, Fault> {
        parts.iter().map(|part| combine(part, identifiers, place)).collect()
    };
    let unknown = |name: &str| {
        let message = format!("the condition names '{name}', and there is no such search identifier");
        Fault::new(place, "unknown-identifier", message, "")
    };
    match condition {
        Condition::Name(name) => match identifiers.iter().find(|(known, _)| known == name) {
            Some((_, tree)) => Ok(tree.clone()),
            None => Err(unknown(name)),
        },
        Condition::Not(inner) => Ok(combine(inner, identifiers, place)?.not()),
        Condition::All(parts) => Ok(Tree::all(each(parts)?)),
        Condition::Any(parts) => Ok(Tree::any(each(parts)?)),
        Condition::Of(quantity, names) => {
            let meant: Vec<Tree> = identifiers
                .iter()
                .filter(|(name, _)| names.fits(name))
                .map(|(_, tree)| tree.clone())
                .collect();
            match (quantity, names) {
                (_, Names::Like(pattern)) if meant.is_empty() => Err(unknown(pattern)),
                (_, Names::Them) if meant.is_empty() => Err(unknown("them")),
                (Quantity::All, _) => Ok(Tree::all(meant)),
                (Quantity::AtLeast(1), _) => Ok(Tree::any(meant)),
                (Quantity::AtLeast(count), _) => Ok(Tree::AtLeast(*count, meant)),
            }
        }
    }
}

/// The rule as the filters for it leave it.
fn apply(filters: &[Filter<'_>], about: &About, source: &LogSource, tree: Tree) -> Tree {
    let mut parts = vec![tree];
    parts.extend(
        filters
            .iter()
            .filter(|filter| is_for(filter.source, filter.target, about, source))
            .map(|filter| filter.rest.clone()),
    );
    Tree::all(parts)
}

/// Whether a filter is for a rule.
fn is_for(source: &LogSource, target: &Target, about: &About, of_rule: &LogSource) -> bool {
    let named =
        |name: &Option<String>, names: &[String]| name.as_ref().is_some_and(|name| names.contains(name));
    source.contains(of_rule)
        && match target {
            Target::Every => true,
            Target::These(names) => named(&about.id, names) || named(&about.name, names),
        }
}

/// What a field of a correlation's group is called in one of its rules.
fn field_of(correlation: &Correlation, field: &str, rule: &str, about: &About) -> String {
    let alias = correlation.aliases.iter().find(|alias| alias.name == field);
    let of_rule = |(name, _): &&(String, String)| {
        name == rule || Some(name) == about.name.as_ref() || Some(name) == about.id.as_ref()
    };
    match alias.and_then(|alias| alias.fields.iter().find(of_rule)) {
        Some((_, name)) => name.clone(),
        None => field.to_owned(),
    }
}
