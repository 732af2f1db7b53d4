//! The literal text of all rules, found in one pass over each value.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::atom::{AtomId, Atoms, Question, Subject, scanned};
use crate::pattern::Anchor;
use crate::tree::literal;

/// Up to so many bytes of literals an automaton is a table of states, fast and large; beyond, it is compact.
const MAX_TABLE: usize = 64 << 10;

/// What follows when a literal is found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finding {
    pub(crate) atom: AtomId,
    /// Where the literal has to stand to answer the question; `None` when it is only a part of what is asked.
    pub(crate) anchor: Option<Anchor>,
}

/// The literals of one subject.
#[derive(Debug)]
pub(crate) struct Automaton {
    pub(crate) subject: Subject,
    search: AhoCorasick,
    /// For each pattern of `search`.
    findings: Vec<Vec<Finding>>,
}

impl Automaton {
    /// Finds every literal in a value.
    pub(crate) fn scan(&self, value: &str, mut found: impl FnMut(AtomId, bool)) {
        for hit in self.search.find_overlapping_iter(value) {
            for finding in &self.findings[hit.pattern().as_usize()] {
                match finding.anchor {
                    None => found(finding.atom, false),
                    Some(anchor) if anchor.admits(hit.start(), hit.end(), value.len()) => {
                        found(finding.atom, true);
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// Memory in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.search.memory_usage()
            + self.findings.iter().map(|list| list.len() * size_of::<Finding>()).sum::<usize>()
    }
}

/// One automaton for each subject of which some rule asks for text. Of questions whose answer needs more than the
/// literal, only those in `wanted` are put in: they tell when to look at a rule.
pub(crate) fn build(atoms: &Atoms, wanted: &[bool]) -> Result<Vec<Automaton>, String> {
    let mut literals: BTreeMap<(Subject, String), Vec<Finding>> = BTreeMap::new();
    for (number, atom) in atoms.list.iter().enumerate() {
        let Some((text, subject)) = literal(&atom.question) else { continue };
        let anchor = if let Question::Text { pattern, cased, .. } = &atom.question {
            scanned(pattern, *cased).map(|(_, anchor)| anchor)
        } else {
            None
        };
        if anchor.is_none() && !wanted[number] {
            continue;
        }
        let atom = AtomId::try_from(number).expect("atoms are numbered with this type");
        literals.entry((subject, text.to_ascii_lowercase())).or_default().push(Finding { atom, anchor });
    }
    let mut subjects: Vec<Subject> = literals.keys().map(|(subject, _)| *subject).collect();
    subjects.dedup();
    subjects.into_iter().map(|subject| of_subject(subject, &literals)).collect()
}

fn of_subject(
    subject: Subject,
    literals: &BTreeMap<(Subject, String), Vec<Finding>>,
) -> Result<Automaton, String> {
    let own = || literals.iter().filter(|((of, _), _)| *of == subject);
    let bytes: usize = own().map(|((_, text), _)| text.len()).sum();
    let kind = if bytes <= MAX_TABLE { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
    let search = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(kind))
        .build(own().map(|((_, text), _)| text))
        .map_err(|error| error.to_string())?;
    Ok(Automaton { subject, search, findings: own().map(|(_, findings)| findings.clone()).collect() })
}
