//! The smallest questions that rules ask of an event, each asked once however many rules need the answer.

use std::collections::HashMap;

use regex::Regex;

use tuxmon_event::Network;

use crate::moment::Part;
use crate::pattern::{Anchor, Glob, Pattern, fold};
use crate::pcre::{self, Flags};

/// A field that some rule names; an index into [`Atoms::fields`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FieldId(pub(crate) u16);

/// Where a question looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// One field.
    Field(FieldId),
    /// Every field: keywords have no name.
    Anywhere,
}

/// One question, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    /// Does the text fit?
    Text { subject: Subject, pattern: Pattern, cased: bool },
    /// Does the regular expression occur?
    Regex { subject: Subject, expression: String, flags: Flags },
    /// Is the address in the network?
    Cidr { field: FieldId, network: Network },
    /// Is the number so?
    Number { field: FieldId, comparison: Comparison, bits: u64 },
    /// Is a part of the time so?
    Time { field: FieldId, part: Part, comparison: Comparison, bits: u64 },
    /// Is the field in the event?
    Exists { field: FieldId },
    /// Does the field stand so in another one?
    Reference { field: FieldId, other: FieldId, anchor: Anchor, cased: bool },
}

/// How numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
    /// `eq`, and a number without a modifier
    Equal,
    /// `neq`
    NotEqual,
}

impl Comparison {
    /// Whether `value` is so, compared with `limit`.
    pub(crate) fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Less => value < limit,
            Self::LessOrEqual => value <= limit,
            Self::Greater => value > limit,
            Self::GreaterOrEqual => value >= limit,
            Self::Equal => (value - limit).abs() < f64::EPSILON,
            Self::NotEqual => (value - limit).abs() >= f64::EPSILON,
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "=",
            Self::NotEqual => "!=",
        }
    }
}

/// How an answer is found.
#[derive(Debug)]
pub(crate) enum Method {
    /// The automaton of the subject has said all there is to say.
    Scanned,
    Glob(Glob),
    /// Text with nothing but letters that fold by Unicode or are compared with regard to case.
    Regex(Regex),
    Direct,
}

/// A question with what is needed to answer it.
#[derive(Debug)]
pub(crate) struct Atom {
    pub(crate) question: Question,
    pub(crate) method: Method,
}

/// The number of an atom.
pub(crate) type AtomId = u32;

/// All questions and fields of a set of rules, each once.
#[derive(Debug, Default)]
pub(crate) struct Atoms {
    pub(crate) list: Vec<Atom>,
    numbers: HashMap<Question, AtomId>,
    pub(crate) fields: Vec<String>,
    pub(crate) field_numbers: HashMap<String, FieldId>,
}

impl Atoms {
    /// The number of a field; `None` when there are more than anyone writes.
    pub(crate) fn field(&mut self, name: &str) -> Option<FieldId> {
        if let Some(id) = self.field_numbers.get(name) {
            return Some(*id);
        }
        let id = FieldId(u16::try_from(self.fields.len()).ok()?);
        self.fields.push(name.to_owned());
        self.field_numbers.insert(name.to_owned(), id);
        Some(id)
    }

    /// The number of a question; fails only on a regular expression that does not compile.
    pub(crate) fn ask(&mut self, question: Question) -> Result<AtomId, String> {
        if let Some(id) = self.numbers.get(&question) {
            return Ok(*id);
        }
        let method = match &question {
            Question::Text { pattern, cased, .. } => match scanned(pattern, *cased) {
                Some(_) => Method::Scanned,
                None => Method::Glob(pattern.glob(*cased)),
            },
            Question::Regex { expression, flags, .. } => Method::Regex(pcre::compile(expression, *flags)?),
            Question::Cidr { .. }
            | Question::Number { .. }
            | Question::Time { .. }
            | Question::Exists { .. }
            | Question::Reference { .. } => Method::Direct,
        };
        let id =
            AtomId::try_from(self.list.len()).expect("a set of rules is bounded far below 2^32 questions");
        self.numbers.insert(question.clone(), id);
        self.list.push(Atom { question, method });
        Ok(id)
    }

    /// The name of where a question looks; `None` for keywords.
    pub(crate) fn subject_name(&self, question: &Question) -> Option<&str> {
        let field = match question {
            Question::Text { subject: Subject::Field(field), .. }
            | Question::Regex { subject: Subject::Field(field), .. }
            | Question::Cidr { field, .. }
            | Question::Number { field, .. }
            | Question::Time { field, .. }
            | Question::Exists { field }
            | Question::Reference { field, .. } => *field,
            Question::Text { subject: Subject::Anywhere, .. }
            | Question::Regex { subject: Subject::Anywhere, .. } => return None,
        };
        Some(&self.fields[usize::from(field.0)])
    }
}

/// The text and place that an automaton finds, if that alone answers the question.
pub(crate) fn scanned(pattern: &Pattern, cased: bool) -> Option<(&str, Anchor)> {
    pattern.simple().filter(|(text, _)| !cased && text.is_ascii())
}

impl Atom {
    /// The answer for one value; questions about two fields or none are not asked here.
    pub(crate) fn fits(&self, value: &str) -> bool {
        match &self.method {
            Method::Scanned => match &self.question {
                Question::Text { pattern, cased, .. } => pattern.glob(*cased).fits(value),
                Question::Regex { .. }
                | Question::Cidr { .. }
                | Question::Number { .. }
                | Question::Time { .. }
                | Question::Exists { .. }
                | Question::Reference { .. } => false,
            },
            Method::Glob(glob) => glob.fits(value),
            Method::Regex(regex) => regex.is_match(value),
            Method::Direct => match &self.question {
                Question::Cidr { network, .. } => network.contains_text(value),
                Question::Number { comparison, bits, .. } => {
                    number(value).is_some_and(|value| comparison.holds(value, f64::from_bits(*bits)))
                }
                Question::Time { part, comparison, bits, .. } => part
                    .of(value)
                    .is_some_and(|value| comparison.holds(f64::from(value), f64::from_bits(*bits))),
                Question::Exists { .. } => true,
                Question::Text { .. } | Question::Regex { .. } | Question::Reference { .. } => false,
            },
        }
    }

    /// The question in words for people.
    pub(crate) fn shown(&self, fields: &[String]) -> String {
        match &self.question {
            Question::Text { pattern, .. } => crate::show::pattern(pattern),
            Question::Regex { expression, flags, .. } => pcre::shown(expression, *flags),
            Question::Cidr { network, .. } => network.to_string(),
            Question::Number { comparison, bits, .. } => {
                format!("{} {}", comparison.sign(), f64::from_bits(*bits))
            }
            Question::Time { part, comparison, bits, .. } => {
                format!("{part:?} {} {}", comparison.sign(), f64::from_bits(*bits)).to_ascii_lowercase()
            }
            Question::Exists { .. } => "exists".to_owned(),
            Question::Reference { other, .. } => format!("the field {}", fields[usize::from(other.0)]),
        }
    }
}

/// The number that a value is; digits are not text here, `0x1f` is 31.
pub(crate) fn number(value: &str) -> Option<f64> {
    let value = value.trim();
    match value.strip_prefix("0x").or_else(|| value.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(|number| number as f64),
        None => value.parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

/// Whether one text stands in another as asked.
pub(crate) fn stands(value: &str, other: &str, anchor: Anchor, cased: bool) -> bool {
    let folded =
        |text: &str| -> String { if cased { text.to_owned() } else { text.chars().map(fold).collect() } };
    let (value, other) = (folded(value), folded(other));
    match anchor {
        Anchor::Whole => value == other,
        Anchor::Start => value.starts_with(&other),
        Anchor::End => value.ends_with(&other),
        Anchor::Anywhere => value.contains(&other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal_or_hexadecimal() {
        assert_eq!(number("0x1F"), Some(31.0));
        assert_eq!(number(" 42 "), Some(42.0));
        assert_eq!(number("-"), None);
        assert_eq!(number("inf"), None);
    }
}
