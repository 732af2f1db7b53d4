//! The language of `condition`: names, `and`, `or`, `not`, brackets, `1 of`, `all of`, `them`.

use crate::fault::{Fault, Place};

/// Longest nesting of brackets and `not`.
const MAX_DEPTH: usize = 64;

/// A condition as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// One search identifier.
    Name(String),
    /// So many of the search identifiers that fit.
    Of(Quantity, Names),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// How many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    AtLeast(usize),
    All,
}

/// Which search identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Names {
    /// Every one that does not begin with `_`.
    Them,
    /// Those that fit a pattern with `*`.
    Like(String),
}

impl Names {
    /// Whether a search identifier is meant.
    pub(crate) fn fits(&self, name: &str) -> bool {
        match self {
            Self::Them => !name.starts_with('_'),
            Self::Like(pattern) => {
                glob(pattern, name) && (pattern.starts_with('_') || !name.starts_with('_'))
            }
        }
    }
}

impl Condition {
    /// Reads a condition.
    pub(crate) fn parse(text: &str, place: Place) -> Result<Self, Fault> {
        let words = words(text, place)?;
        let mut parsing = Parsing { words: &words, at: 0, depth: 0, place };
        let condition = parsing.any()?;
        match parsing.peek() {
            None => Ok(condition),
            Some(word) => Err(parsing.fault(format!("'{word}' stands where 'and' or 'or' is expected"))),
        }
    }

    /// Whether the condition only says what must not be: the way in which some write a filter.
    pub(crate) fn is_negative(&self) -> bool {
        match self {
            Self::Not(_) => true,
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_negative),
            Self::Name(_) | Self::Of(..) => false,
        }
    }
}

/// The words of a condition; brackets are words of their own.
fn words(text: &str, place: Place) -> Result<Vec<String>, Fault> {
    let mut words = Vec::new();
    for part in text.split_whitespace() {
        let mut rest = part;
        while let Some(at) = rest.find(['(', ')', '|']) {
            if rest.as_bytes()[at] == b'|' {
                return Err(Fault::new(
                    place,
                    "old-aggregation",
                    "aggregations behind '|' were taken out of Sigma with version 2",
                    "write a correlation rule that refers to this one",
                ));
            }
            if at > 0 {
                words.push(rest[..at].to_owned());
            }
            words.push(rest[at..=at].to_owned());
            rest = &rest[at + 1..];
        }
        if !rest.is_empty() {
            words.push(rest.to_owned());
        }
    }
    Ok(words)
}

struct Parsing<'a> {
    words: &'a [String],
    at: usize,
    depth: usize,
    place: Place,
}

impl<'a> Parsing<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Option<&'a str> {
        let word = self.peek();
        self.at += 1;
        word
    }

    fn accept(&mut self, word: &str) -> bool {
        let here = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(here);
        here
    }

    fn fault(&self, message: String) -> Fault {
        Fault::new(
            self.place,
            "broken-condition",
            message,
            "conditions are made of names, and, or, not, 1 of, all of, them, ( )",
        )
    }

    fn any(&mut self) -> Result<Condition, Fault> {
        let mut parts = vec![self.all()?];
        while self.accept("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Result<Condition, Fault> {
        let mut parts = vec![self.one()?];
        while self.accept("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    fn one(&mut self) -> Result<Condition, Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.fault(format!("the condition is nested deeper than {MAX_DEPTH}")));
        }
        let condition = if self.accept("not") {
            Condition::Not(Box::new(self.one()?))
        } else if self.accept("(") {
            let inner = self.any()?;
            if !self.accept(")") {
                return Err(self.fault("a bracket is not closed".to_owned()));
            }
            inner
        } else {
            self.name()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn name(&mut self) -> Result<Condition, Fault> {
        let Some(word) = self.next() else {
            return Err(self.fault("the condition ends where a name is expected".to_owned()));
        };
        if ["and", "or", "of", ")"].contains(&word.to_ascii_lowercase().as_str()) {
            return Err(self.fault(format!("'{word}' stands where a name is expected")));
        }
        if !self.accept("of") {
            return Ok(Condition::Name(word.to_owned()));
        }
        let quantity = match word.to_ascii_lowercase().as_str() {
            "all" => Quantity::All,
            "any" => Quantity::AtLeast(1),
            number => match number.parse() {
                Ok(number) if number > 0 => Quantity::AtLeast(number),
                Ok(_) | Err(_) => return Err(self.fault(format!("'{word} of' is no quantity"))),
            },
        };
        match self.next() {
            Some(word) if word.eq_ignore_ascii_case("them") => Ok(Condition::Of(quantity, Names::Them)),
            Some(word) if word != "(" && word != ")" => {
                Ok(Condition::Of(quantity, Names::Like(word.to_owned())))
            }
            Some(_) | None => Err(self.fault("'of' has no names behind it".to_owned())),
        }
    }
}

/// Whether `text` fits a pattern in which `*` stands for anything.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Condition, Fault> {
        Condition::parse(text, Place::START)
    }

    fn name(text: &str) -> Condition {
        Condition::Name(text.to_owned())
    }

    #[test]
    fn not_binds_before_and_before_or() {
        let read = parse("a or not b and c").expect("it is right");
        let not_b = Condition::Not(Box::new(name("b")));
        assert_eq!(read, Condition::Any(vec![name("a"), Condition::All(vec![not_b, name("c")])]));
        assert_eq!(
            parse("(a or b)and c").expect("it is right"),
            Condition::All(vec![Condition::Any(vec![name("a"), name("b")]), name("c")])
        );
    }

    #[test]
    fn quantities_have_names() {
        assert_eq!(
            parse("all of sel_*").expect("it is right"),
            Condition::Of(Quantity::All, Names::Like("sel_*".to_owned()))
        );
        assert_eq!(
            parse("2 of them").expect("it is right"),
            Condition::Of(Quantity::AtLeast(2), Names::Them)
        );
        assert!(Names::Them.fits("a") && !Names::Them.fits("_a"));
        assert!(
            Names::Like("sel*_x".to_owned()).fits("sel_a_x") && !Names::Like("sel".to_owned()).fits("sela")
        );
    }

    #[test]
    fn faults_are_told() {
        for text in ["", "a b", "a and", "(a", "a)", "0 of them", "1 of", "a | count() > 3", "and a", "not"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"(".repeat(10_000)).is_err());
    }

    #[test]
    fn negative_conditions_are_known() {
        for (text, negative) in [
            ("not a", true),
            ("not a and not b", true),
            ("a", false),
            ("a and not b", false),
            ("not (a and b)", true),
        ] {
            assert_eq!(parse(text).expect("it is right").is_negative(), negative, "{text}");
        }
    }
}
