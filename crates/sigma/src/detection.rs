//! Search identifiers to questions: fields, modifiers, values.

use std::collections::BTreeMap;

use tuxmon_diag::{Diagnostic, Severity};

use crate::atom::{AtomId, Atoms, Comparison, FieldId, Question, Subject, number};
use crate::encode;
use crate::fault::{Fault, Place};
use crate::modifier::{Modifier, modifier};
use crate::moment::Part;
use crate::pattern::{Anchor, Pattern, Token};
use crate::pcre::Flags;
use crate::tree::Tree;
use crate::yaml::{self, Kind, Node};

/// Most values that the placeholders of one value may become.
const MAX_EXPANDED: usize = 10_000;

/// Values for `%name%`.
pub type Placeholders = BTreeMap<String, Vec<String>>;

/// Reads a YAML map of names and lists of values; `vars:` around it, as pySigma has it, is taken off.
pub fn placeholders(file: &str, text: &str) -> Result<Placeholders, Diagnostic> {
    read_placeholders(text).map_err(|fault| fault.in_file(file, Severity::Error))
}

fn read_placeholders(text: &str) -> Result<Placeholders, Fault> {
    let broken = |place| {
        Fault::new(place, "broken-placeholders", "a map of names and lists of values is expected", "")
    };
    let mut placeholders = Placeholders::new();
    for document in yaml::documents(text)? {
        let map = document.get("vars").unwrap_or(&document);
        for (name, values) in map.entries().ok_or_else(|| broken(map.place))? {
            let name = name.text().ok_or_else(|| broken(name.place))?;
            let values = values
                .items()
                .iter()
                .map(|value| value.text().map(str::to_owned).ok_or_else(|| broken(value.place)));
            placeholders.insert(name.to_owned(), values.collect::<Result<_, _>>()?);
        }
    }
    Ok(placeholders)
}

/// Why a rule gives no questions.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It is wrong.
    Broken(Fault),
    /// It is right, but cannot be used here.
    NotApplicable(String),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Broken(fault)
    }
}

/// Puts the questions of rules into one set.
pub(crate) struct Compiler<'a> {
    pub(crate) atoms: &'a mut Atoms,
    pub(crate) placeholders: &'a Placeholders,
}

/// The key of an item: the field and its modifiers.
struct Key {
    subject: Subject,
    modifiers: Vec<Modifier>,
    place: Place,
}

impl Key {
    fn has(&self, wanted: Modifier) -> bool {
        self.modifiers.contains(&wanted)
    }

    fn time(&self) -> Option<Part> {
        self.modifiers
            .iter()
            .find_map(|modifier| if let Modifier::Time(part) = modifier { Some(*part) } else { None })
    }

    /// A comparison other than `neq`, which is a negation of whatever else is asked.
    fn comparison(&self) -> Option<Comparison> {
        let mut comparisons = self.modifiers.iter().filter_map(|modifier| {
            if let Modifier::Compare(comparison) = modifier { Some(*comparison) } else { None }
        });
        comparisons.find(|comparison| *comparison != Comparison::NotEqual)
    }

    fn field(&self) -> Result<FieldId, Fault> {
        match self.subject {
            Subject::Field(field) => Ok(field),
            Subject::Anywhere => Err(Fault::new(
                self.place,
                "no-field",
                "this modifier asks of a field, and none is named",
                "name the field",
            )),
        }
    }

    fn anchor(&self) -> Anchor {
        if self.has(Modifier::Contains) {
            Anchor::Anywhere
        } else if self.has(Modifier::StartsWith) {
            Anchor::Start
        } else if self.has(Modifier::EndsWith) {
            Anchor::End
        } else {
            Anchor::Whole
        }
    }
}

/// A value on its way through the modifiers.
enum Step {
    Pattern(Pattern),
    Bytes(Vec<u8>),
}

impl Compiler<'_> {
    /// The questions of one search identifier.
    pub(crate) fn identifier(&mut self, node: &Node) -> Result<Tree, Stop> {
        match &node.kind {
            Kind::Map(entries) if entries.is_empty() => Err(empty(node.place)),
            Kind::Map(entries) => {
                let parts = entries.iter().map(|(key, value)| self.item(key, value));
                Ok(Tree::all(parts.collect::<Result<_, _>>()?))
            }
            Kind::List(items) if items.is_empty() => Err(empty(node.place)),
            Kind::List(items) => {
                let parts = items.iter().map(|item| self.identifier(item));
                Ok(Tree::any(parts.collect::<Result<_, _>>()?))
            }
            Kind::Scalar { .. } => {
                let key = Key { subject: Subject::Anywhere, modifiers: Vec::new(), place: node.place };
                self.value(&key, node)
            }
        }
    }

    /// A field with its values.
    fn item(&mut self, key: &Node, values: &Node) -> Result<Tree, Stop> {
        let key = self.key(key)?;
        let items = values.items();
        if items.is_empty() {
            return Err(empty(values.place));
        }
        let parts: Vec<Tree> = items.iter().map(|value| self.value(&key, value)).collect::<Result<_, _>>()?;
        let tree = if key.has(Modifier::All) { Tree::all(parts) } else { Tree::any(parts) };
        Ok(if key.has(Modifier::Compare(Comparison::NotEqual)) { tree.not() } else { tree })
    }

    fn key(&mut self, node: &Node) -> Result<Key, Stop> {
        let Some(text) = node.text() else {
            return Err(
                Fault::new(node.place, "broken-detection", "a field's name is a list or map", "").into()
            );
        };
        let mut words = text.split('|');
        let name = words.next().unwrap_or_default();
        let subject =
            if name.is_empty() { Subject::Anywhere } else { Subject::Field(self.field(name, node.place)?) };
        let mut modifiers = Vec::new();
        for word in words {
            let Some(modifier) = modifier(word) else {
                let message = format!("unknown modifier '{word}'");
                return Err(Fault::new(
                    node.place,
                    "unknown-modifier",
                    message,
                    "the page on Sigma lists all modifiers",
                )
                .into());
            };
            let of_regex = [Modifier::RegexInsensitive, Modifier::RegexMultiLine, Modifier::RegexDotAll]
                .contains(&modifier);
            if of_regex && !modifiers.contains(&Modifier::Regex) {
                let message = format!("the modifier '{word}' stands behind 're' only");
                return Err(Fault::new(node.place, "misplaced-modifier", message, "").into());
            }
            modifiers.push(modifier);
        }
        Ok(Key { subject, modifiers, place: node.place })
    }

    fn field(&mut self, name: &str, place: Place) -> Result<FieldId, Fault> {
        self.atoms
            .field(name)
            .ok_or_else(|| Fault::new(place, "too-many", "the rules name more than 65,535 fields", ""))
    }

    /// One value of an item.
    fn value(&mut self, key: &Key, node: &Node) -> Result<Tree, Stop> {
        let Some(text) = node.text() else {
            let message = "a value is a list or map where text is expected";
            return Err(Fault::new(node.place, "broken-detection", message, "").into());
        };
        if key.has(Modifier::Exists) {
            return self.exists(key, node);
        }
        if node.is_null() {
            let field = key.field()?;
            return Ok(self.ask(Question::Exists { field }, node.place)?.not());
        }
        let special = key.has(Modifier::Regex)
            || key.has(Modifier::Cidr)
            || key.has(Modifier::FieldRef)
            || key.comparison().is_some()
            || key.time().is_some();
        if !special {
            return self.text_value(key, node, text);
        }
        let texts =
            if key.has(Modifier::Expand) { self.expand_text(text, key)? } else { vec![text.to_owned()] };
        let parts = texts.iter().map(|text| self.special_value(key, node.place, text));
        Ok(Tree::any(parts.collect::<Result<_, _>>()?))
    }

    fn exists(&mut self, key: &Key, node: &Node) -> Result<Tree, Stop> {
        let field = key.field()?;
        let Some(wanted) = node.flag() else {
            return Err(Fault::new(node.place, "broken-value", "exists is true or false", "").into());
        };
        let tree = self.ask(Question::Exists { field }, node.place)?;
        Ok(if wanted { tree } else { tree.not() })
    }

    /// Values that are no text patterns.
    fn special_value(&mut self, key: &Key, place: Place, text: &str) -> Result<Tree, Stop> {
        let wrong = |what: &str| Fault::new(place, "broken-value", format!("'{text}' is no {what}"), "");
        let question = if key.has(Modifier::Regex) {
            let flags = Flags {
                insensitive: key.has(Modifier::RegexInsensitive),
                multi_line: key.has(Modifier::RegexMultiLine),
                dot_matches_newline: key.has(Modifier::RegexDotAll),
            };
            Question::Regex { subject: key.subject, expression: text.to_owned(), flags }
        } else if key.has(Modifier::Cidr) {
            let network = text.parse().map_err(|_| wrong("network like 10.0.0.0/8"))?;
            Question::Cidr { field: key.field()?, network }
        } else if key.has(Modifier::FieldRef) {
            let other = self.field(text, place)?;
            Question::Reference {
                field: key.field()?,
                other,
                anchor: key.anchor(),
                cased: key.has(Modifier::Cased),
            }
        } else {
            let bits = number(text).ok_or_else(|| wrong("number"))?.to_bits();
            let comparison = key.comparison().unwrap_or(Comparison::Equal);
            let field = key.field()?;
            match key.time() {
                Some(part) => Question::Time { field, part, comparison, bits },
                None => Question::Number { field, comparison, bits },
            }
        };
        Ok(self.ask(question, place)?)
    }

    /// Text, with what the modifiers make of it.
    fn text_value(&mut self, key: &Key, node: &Node, text: &str) -> Result<Tree, Stop> {
        if key.modifiers.is_empty()
            && let Subject::Field(field) = key.subject
            && let Some(tree) = self.plain_value(field, node, text)?
        {
            return Ok(tree);
        }
        let mut steps = vec![Step::Pattern(Pattern::parse(text))];
        for modifier in &key.modifiers {
            steps = apply(*modifier, steps, node.place)?;
        }
        let mut parts = Vec::new();
        for step in steps {
            let pattern = match step {
                Step::Pattern(pattern) => pattern,
                Step::Bytes(bytes) => {
                    let Ok(text) = String::from_utf8(bytes) else {
                        let message = "the encoded value is no text and occurs in no event";
                        let remedy = "add base64 or base64offset";
                        return Err(Fault::new(node.place, "broken-value", message, remedy).into());
                    };
                    Pattern::literal(&text)
                }
            };
            for pattern in self.expand_pattern(pattern)? {
                parts.push(self.pattern(key, pattern, node.place)?);
            }
        }
        Ok(Tree::any(parts))
    }

    /// Numbers and truth values without quotes; `None` for text.
    fn plain_value(&mut self, field: FieldId, node: &Node, text: &str) -> Result<Option<Tree>, Fault> {
        let Kind::Scalar { plain: true, .. } = node.kind else { return Ok(None) };
        let subject = Subject::Field(field);
        let mut exactly = |text: &str| {
            let pattern = Pattern::literal(text);
            self.ask(Question::Text { subject, pattern, cased: false }, node.place)
        };
        if let Some(flag) = node.flag() {
            return Ok(Some(exactly(if flag { "true" } else { "false" })?));
        }
        let Some(value) = number(text) else { return Ok(None) };
        let written = exactly(text)?;
        let bits = value.to_bits();
        let equal = Question::Number { field, comparison: Comparison::Equal, bits };
        let decimal = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        Ok(Some(if decimal { written } else { Tree::any(vec![written, self.ask(equal, node.place)?]) }))
    }

    /// Asks whether a field, or for keywords any part of any field, fits.
    fn pattern(&mut self, key: &Key, pattern: Pattern, place: Place) -> Result<Tree, Fault> {
        let pattern = match key.subject {
            Subject::Field(_) => pattern,
            Subject::Anywhere => pattern.open_start().open_end(),
        };
        self.ask(Question::Text { subject: key.subject, pattern, cased: key.has(Modifier::Cased) }, place)
    }

    fn ask(&mut self, question: Question, place: Place) -> Result<Tree, Fault> {
        let atom: Result<AtomId, String> = self.atoms.ask(question);
        atom.map(Tree::Atom).map_err(|reason| {
            let message = format!("the regular expression cannot be used: {reason}");
            Fault::new(place, "broken-regex", message, "")
        })
    }

    /// A text with placeholders, once for each value; in regular expressions the values are text.
    fn expand_text(&self, text: &str, key: &Key) -> Result<Vec<String>, Stop> {
        let tokens = Pattern::literal(text).with_placeholders().0;
        let mut texts = vec![String::new()];
        for token in tokens {
            let values = match &token {
                Token::Placeholder(name) => self.values(name)?.to_vec(),
                Token::Text(text) => {
                    for whole in &mut texts {
                        whole.push_str(text);
                    }
                    continue;
                }
                Token::Any | Token::One | Token::Dash => continue,
            };
            let quoted = |value: &String| {
                if key.has(Modifier::Regex) { regex::escape(value) } else { value.clone() }
            };
            texts = values
                .iter()
                .flat_map(|value| texts.iter().map(move |text| text.clone() + &quoted(value)))
                .collect();
            if texts.len() > MAX_EXPANDED {
                return Err(Stop::NotApplicable(format!(
                    "its placeholders give more than {MAX_EXPANDED} values"
                )));
            }
        }
        Ok(texts)
    }

    /// A pattern with placeholders, once for each value.
    fn expand_pattern(&self, pattern: Pattern) -> Result<Vec<Pattern>, Stop> {
        if !pattern.0.iter().any(|token| matches!(token, Token::Placeholder(_))) {
            return Ok(vec![pattern]);
        }
        let mut patterns = vec![Pattern::default()];
        for token in pattern.0 {
            let Token::Placeholder(name) = &token else {
                for whole in &mut patterns {
                    whole.push(token.clone());
                }
                continue;
            };
            let mut longer = Vec::new();
            for value in self.values(name)? {
                for pattern in &patterns {
                    let mut pattern = pattern.clone();
                    for token in Pattern::parse(value).0 {
                        pattern.push(token);
                    }
                    longer.push(pattern);
                }
            }
            patterns = longer;
            if patterns.len() > MAX_EXPANDED {
                return Err(Stop::NotApplicable(format!(
                    "its placeholders give more than {MAX_EXPANDED} values"
                )));
            }
        }
        Ok(patterns)
    }

    fn values(&self, name: &str) -> Result<&[String], Stop> {
        match self.placeholders.get(name) {
            Some(values) if !values.is_empty() => Ok(values),
            Some(_) | None => {
                Err(Stop::NotApplicable(format!("its placeholder %{name}% has no values here")))
            }
        }
    }
}

fn empty(place: Place) -> Stop {
    Fault::new(place, "broken-detection", "nothing is asked here", "").into()
}

fn on_pattern(step: Step, change: impl Fn(Pattern) -> Pattern) -> Step {
    match step {
        Step::Pattern(pattern) => Step::Pattern(change(pattern)),
        // Encoded text that is not hidden by Base64 as well is text with zeros in it.
        Step::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Step::Pattern(change(Pattern::literal(&text))),
            Err(error) => Step::Bytes(error.into_bytes()),
        },
    }
}

/// The bytes of a value that is to be encoded.
fn bytes(step: Step, place: Place) -> Result<Vec<u8>, Fault> {
    match step {
        Step::Bytes(bytes) => Ok(bytes),
        Step::Pattern(pattern) => match pattern.as_text() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Err(Fault::new(
                place,
                "broken-value",
                "a value with wildcards cannot be encoded",
                "put contains, startswith or endswith behind the encoding",
            )),
        },
    }
}

fn utf16(step: Step, of_unit: fn(u16) -> [u8; 2], mark: &[u8], place: Place) -> Result<Step, Fault> {
    let bytes = bytes(step, place)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Fault::new(place, "broken-value", "the value is encoded already", ""))?;
    let mut encoded = mark.to_vec();
    encoded.extend(encode::utf16(&text, of_unit));
    Ok(Step::Bytes(encoded))
}

/// What a modifier makes of values.
fn apply(modifier: Modifier, steps: Vec<Step>, place: Place) -> Result<Vec<Step>, Fault> {
    let mut changed = Vec::new();
    for step in steps {
        match modifier {
            Modifier::Contains => changed.push(on_pattern(step, |it| it.open_start().open_end())),
            Modifier::StartsWith => changed.push(on_pattern(step, Pattern::open_end)),
            Modifier::EndsWith => changed.push(on_pattern(step, Pattern::open_start)),
            Modifier::Windash => changed.push(on_pattern(step, |it| it.with_any_dash())),
            Modifier::Expand => changed.push(on_pattern(step, |it| it.with_placeholders())),
            Modifier::Base64 => {
                changed.push(Step::Pattern(Pattern::literal(&encode::base64(&bytes(step, place)?))));
            }
            Modifier::Base64Offset => changed.extend(
                encode::base64_offsets(&bytes(step, place)?)
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .map(|text| Step::Pattern(Pattern::literal(&text))),
            ),
            Modifier::Utf16Le => changed.push(utf16(step, u16::to_le_bytes, &[], place)?),
            Modifier::Utf16Be => changed.push(utf16(step, u16::to_be_bytes, &[], place)?),
            Modifier::Utf16 => changed.push(utf16(step, u16::to_le_bytes, &[0xff, 0xfe], place)?),
            Modifier::All
            | Modifier::Cased
            | Modifier::Cidr
            | Modifier::Compare(_)
            | Modifier::Exists
            | Modifier::FieldRef
            | Modifier::Regex
            | Modifier::RegexDotAll
            | Modifier::RegexInsensitive
            | Modifier::RegexMultiLine
            | Modifier::Time(_) => changed.push(step),
        }
    }
    Ok(changed)
}
