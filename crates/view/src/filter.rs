//! A condition on one field, in the words of a configuration.

use tuxmon_config::Condition;
use tuxmon_rules::Comparison;

use crate::event::Event;
use crate::fields::{self, FieldError};

/// The condition that every field of an event is asked, of which one must pass.
const ANY_FIELD: &str = "any";

/// One filter, such as `Image end with /bash`.
pub struct FieldFilter {
    /// Spellings of the field's name; none for any field.
    field: Vec<&'static str>,
    comparison: Comparison,
    value: String,
    folded: String,
}

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// There is nothing behind the field.
    #[error("'{0}' is no filter: write FIELD CONDITION VALUE, for example 'Image end with /bash'")]
    NoCondition(String),
    /// No condition is called so.
    #[error("'{0}' does not begin with a condition; they are: {all}", all = conditions())]
    UnknownCondition(String),
    /// No field is called so.
    #[error(transparent)]
    Field(#[from] FieldError),
}

fn conditions() -> String {
    let mut names: Vec<_> = Condition::ALL.iter().map(|(_, name)| *name).collect();
    names.sort_unstable();
    names.join(", ")
}

impl FieldFilter {
    /// Reads a filter: `FIELD CONDITION VALUE`, `FIELD=VALUE` (is) or `FIELD!=VALUE` (is not).
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let rest = rest.trim_start();
        let (condition, value) = if let Some(value) = rest.strip_prefix("!=") {
            (Condition::IsNot, value)
        } else if let Some(value) = rest.strip_prefix('=') {
            (Condition::Is, value)
        } else if rest.is_empty() || name.is_empty() {
            return Err(FilterError::NoCondition(text.to_owned()));
        } else {
            split_condition(rest).ok_or_else(|| FilterError::UnknownCondition(rest.to_owned()))?
        };
        let field = if name.eq_ignore_ascii_case(ANY_FIELD) { Vec::new() } else { fields::spellings(name)? };
        let comparison = Comparison::new(condition, value);
        Ok(Self { field, comparison, value: String::new(), folded: String::new() })
    }

    /// Whether the event passes. One that does not have the field never does.
    pub fn passes(&mut self, event: &Event<'_>) -> bool {
        if self.field.is_empty() {
            return event.fields().any(|(_, value)| self.comparison.passes(value, &mut self.folded));
        }
        if let [name] = self.field.as_slice()
            && let Some(value) = event.value(name)
        {
            return self.comparison.passes(value, &mut self.folded);
        }
        self.value.clear();
        fields::append_value(event, &self.field, &mut self.value)
            && self.comparison.passes(&self.value, &mut self.folded)
    }
}

/// The condition at the start of a text and the value behind it; the longest name wins, so that `contains any a` is not
/// `contains`.
fn split_condition(text: &str) -> Option<(Condition, &str)> {
    let fits = |name: &str| {
        let start = text.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name))?;
        let rest = &text[start.len()..];
        (rest.is_empty() || rest.starts_with(' ')).then(|| rest.strip_prefix(' ').unwrap_or(rest))
    };
    let all = Condition::ALL.iter().filter_map(|&(condition, name)| Some((name, condition, fits(name)?)));
    all.max_by_key(|(name, ..)| name.len()).map(|(_, condition, value)| (condition, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_condition_is_meant() {
        assert_eq!(split_condition("contains any a;b"), Some((Condition::ContainsAny, "a;b")));
        assert_eq!(split_condition("contains anything"), Some((Condition::Contains, "anything")));
        assert_eq!(split_condition("IS NOT x y"), Some((Condition::IsNot, "x y")));
        assert_eq!(split_condition("is "), Some((Condition::Is, "")));
        assert_eq!(split_condition("equals x"), None);
    }

    #[test]
    fn what_is_no_filter_says_what_is_missing() {
        let refused = |text: &str| FieldFilter::parse(text).err().expect("no filter").to_string();
        assert!(refused("Image").contains("FIELD CONDITION VALUE"));
        assert!(refused("Image equals x").contains("begin with, contains, contains all"));
        assert_eq!(refused("Imag is x"), "no event has a field 'Imag'; do you mean Image?");
    }
}
