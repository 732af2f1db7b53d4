//! What a rule asks, as a tree of questions, and which of them cannot be left out.

use crate::atom::{AtomId, Atoms, Question, Subject, scanned};

/// A combination of questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tree {
    Atom(AtomId),
    Not(Box<Tree>),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    AtLeast(usize, Vec<Tree>),
}

impl Tree {
    /// All of them; one alone is itself.
    pub(crate) fn all(mut parts: Vec<Tree>) -> Self {
        if parts.len() == 1 { parts.remove(0) } else { Self::All(parts) }
    }

    /// Any of them; one alone is itself.
    pub(crate) fn any(mut parts: Vec<Tree>) -> Self {
        if parts.len() == 1 { parts.remove(0) } else { Self::Any(parts) }
    }

    pub(crate) fn not(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// The answer, from those of the questions.
    pub(crate) fn holds(&self, answer: &mut impl FnMut(AtomId) -> bool) -> bool {
        match self {
            Self::Atom(atom) => answer(*atom),
            Self::Not(inner) => !inner.holds(answer),
            Self::All(parts) => parts.iter().all(|part| part.holds(answer)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(answer)),
            Self::AtLeast(count, parts) => {
                parts.iter().filter(|part| part.holds(answer)).take(*count).count() == *count
            }
        }
    }

    /// The questions whose yes made the answer yes.
    pub(crate) fn reasons(&self, answer: &mut impl FnMut(AtomId) -> bool, found: &mut Vec<AtomId>) {
        match self {
            Self::Atom(atom) => {
                if answer(*atom) && !found.contains(atom) {
                    found.push(*atom);
                }
            }
            Self::Not(_) => {}
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => {
                for part in parts {
                    if part.holds(answer) {
                        part.reasons(answer, found);
                    }
                }
            }
        }
    }

    /// Every question.
    pub(crate) fn atoms(&self, found: &mut Vec<AtomId>) {
        match self {
            Self::Atom(atom) => found.push(*atom),
            Self::Not(inner) => inner.atoms(found),
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => {
                for part in parts {
                    part.atoms(found);
                }
            }
        }
    }

    /// Questions about literal text of which at least one is answered with yes whenever the tree is: a rule is looked
    /// at only when an automaton has found one of them. `None` when the rule has to be looked at for every event.
    pub(crate) fn cover(&self, atoms: &Atoms) -> Option<Cover> {
        match self {
            Self::Atom(atom) => Cover::of(*atom, atoms),
            Self::Not(_) => None,
            Self::All(parts) => {
                parts.iter().filter_map(|part| part.cover(atoms)).min_by(|a, b| a.cost.total_cmp(&b.cost))
            }
            Self::Any(parts) | Self::AtLeast(_, parts) => {
                let mut all = Cover { atoms: Vec::new(), cost: 0.0 };
                for part in parts {
                    let cover = part.cover(atoms)?;
                    all.cost += cover.cost;
                    all.atoms.extend(cover.atoms);
                }
                (!all.atoms.is_empty()).then_some(all)
            }
        }
    }
}

/// Questions of which one must be answered with yes.
#[derive(Debug)]
pub(crate) struct Cover {
    pub(crate) atoms: Vec<AtomId>,
    /// How often one of them will be found, roughly: short text is found often.
    cost: f64,
}

impl Cover {
    fn of(atom: AtomId, atoms: &Atoms) -> Option<Self> {
        let (text, _) = literal(&atoms.list[atom as usize].question)?;
        let length = text.len().min(32);
        Some(Self { atoms: vec![atom], cost: 1.0 / (length * length) as f64 })
    }
}

/// The ASCII text that has to occur in the subject for a yes.
pub(crate) fn literal(question: &Question) -> Option<(&str, Subject)> {
    match question {
        Question::Text { subject, pattern, cased } => {
            let text = match scanned(pattern, *cased) {
                Some((text, _)) => Some(text),
                None => pattern.longest_ascii(),
            };
            text.map(|text| (text, *subject))
        }
        Question::Regex { .. }
        | Question::Cidr { .. }
        | Question::Number { .. }
        | Question::Time { .. }
        | Question::Exists { .. }
        | Question::Reference { .. } => None,
    }
}
