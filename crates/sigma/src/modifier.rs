//! The modifiers behind a field's name.

use crate::atom::Comparison;
use crate::moment::Part;

/// One modifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Modifier {
    All,
    Base64,
    Base64Offset,
    Cased,
    Cidr,
    Compare(Comparison),
    Contains,
    EndsWith,
    Exists,
    Expand,
    FieldRef,
    RegexDotAll,
    RegexInsensitive,
    RegexMultiLine,
    Regex,
    StartsWith,
    Time(Part),
    Utf16,
    Utf16Be,
    Utf16Le,
    Windash,
}

/// Every modifier of the specification, by name.
pub(crate) const MODIFIERS: &[(&str, Modifier)] = &[
    ("all", Modifier::All),
    ("base64", Modifier::Base64),
    ("base64offset", Modifier::Base64Offset),
    ("cased", Modifier::Cased),
    ("cidr", Modifier::Cidr),
    ("contains", Modifier::Contains),
    ("day", Modifier::Time(Part::Day)),
    ("endswith", Modifier::EndsWith),
    ("exists", Modifier::Exists),
    ("expand", Modifier::Expand),
    ("fieldref", Modifier::FieldRef),
    ("gt", Modifier::Compare(Comparison::Greater)),
    ("gte", Modifier::Compare(Comparison::GreaterOrEqual)),
    ("hour", Modifier::Time(Part::Hour)),
    ("i", Modifier::RegexInsensitive),
    ("lt", Modifier::Compare(Comparison::Less)),
    ("lte", Modifier::Compare(Comparison::LessOrEqual)),
    ("m", Modifier::RegexMultiLine),
    ("minute", Modifier::Time(Part::Minute)),
    ("month", Modifier::Time(Part::Month)),
    ("neq", Modifier::Compare(Comparison::NotEqual)),
    ("re", Modifier::Regex),
    ("s", Modifier::RegexDotAll),
    ("startswith", Modifier::StartsWith),
    ("utf16", Modifier::Utf16),
    ("utf16be", Modifier::Utf16Be),
    ("utf16le", Modifier::Utf16Le),
    ("week", Modifier::Time(Part::Week)),
    ("wide", Modifier::Utf16Le),
    ("windash", Modifier::Windash),
    ("year", Modifier::Time(Part::Year)),
];

/// The modifier of this name.
pub(crate) fn modifier(name: &str) -> Option<Modifier> {
    MODIFIERS.iter().find(|(known, _)| *known == name).map(|(_, modifier)| *modifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_once() {
        assert!(MODIFIERS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
