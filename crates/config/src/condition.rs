//! The sixteen conditions of a filter.

use std::fmt;

/// How a filter compares its field with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names are upstream's; docs and tests/rules say what they mean
pub enum Condition {
    Is,
    IsNot,
    Contains,
    ContainsAny,
    IsAny,
    ContainsAll,
    Excludes,
    ExcludesAny,
    ExcludesAll,
    BeginWith,
    EndWith,
    LessThan,
    MoreThan,
    Image,
    NotBeginWith,
    NotEndWith,
}

impl Condition {
    /// All of them with their names, in the order in which the original lists them.
    pub const ALL: [(Self, &'static str); 16] = [
        (Self::Is, "is"),
        (Self::IsNot, "is not"),
        (Self::Contains, "contains"),
        (Self::ContainsAny, "contains any"),
        (Self::IsAny, "is any"),
        (Self::ContainsAll, "contains all"),
        (Self::Excludes, "excludes"),
        (Self::ExcludesAny, "excludes any"),
        (Self::ExcludesAll, "excludes all"),
        (Self::BeginWith, "begin with"),
        (Self::EndWith, "end with"),
        (Self::LessThan, "less than"),
        (Self::MoreThan, "more than"),
        (Self::Image, "image"),
        (Self::NotBeginWith, "not begin with"),
        (Self::NotEndWith, "not end with"),
    ];

    /// The condition of a name, in any case; no name is `is`.
    pub fn parse(name: &str) -> Option<Self> {
        if name.is_empty() {
            return Some(Self::Is);
        }
        Self::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|&(condition, _)| condition)
    }

    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Whether the value is a list with `;` between the words.
    pub fn takes_list(self) -> bool {
        match self {
            Self::ContainsAny | Self::IsAny | Self::ContainsAll | Self::ExcludesAny | Self::ExcludesAll => {
                true
            }
            Self::Is
            | Self::IsNot
            | Self::Contains
            | Self::Excludes
            | Self::BeginWith
            | Self::EndWith
            | Self::LessThan
            | Self::MoreThan
            | Self::Image
            | Self::NotBeginWith
            | Self::NotEndWith => false,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_has_the_same_conditions() {
        let mut ours: Vec<_> = Condition::ALL.iter().map(|(_, name)| *name).collect();
        let mut schemas: Vec<_> = tuxmon_event::generated::CONDITIONS.to_vec();
        ours.sort_unstable();
        schemas.sort_unstable();
        assert_eq!(ours, schemas);
    }

    #[test]
    fn each_name_is_its_condition() {
        for (place, (condition, name)) in Condition::ALL.into_iter().enumerate() {
            assert_eq!(place, condition as usize);
            assert_eq!(condition.name(), name);
            assert_eq!(Condition::parse(&name.to_ascii_uppercase()), Some(condition));
        }
        assert_eq!(Condition::parse(""), Some(Condition::Is));
        assert_eq!(Condition::parse("is "), None);
    }
}
