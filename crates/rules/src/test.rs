//! One comparison of a field with a value.

use std::cmp::Ordering;

use memchr::memmem::Finder;
use tuxmon_config::Condition;

/// A condition with its value, ready to compare with lower-cased text.
pub(crate) enum Test {
    Is(Box<str>),
    IsNot(Box<str>),
    BeginWith(Box<str>),
    NotBeginWith(Box<str>),
    EndWith(Box<str>),
    NotEndWith(Box<str>),
    Contains(Word),
    Excludes(Word),
    IsAny(Box<[Box<str>]>),
    ContainsAny(Box<[Word]>),
    ContainsAll(Box<[Word]>),
    ExcludesAny(Box<[Word]>),
    ExcludesAll(Box<[Word]>),
    LessThan(Box<str>),
    MoreThan(Box<str>),
    /// The last part of a path behind one of these separators.
    Name(&'static [char], Box<str>),
}

/// A word to look for.
pub(crate) struct Word(Finder<'static>);

impl Word {
    fn new(word: &str) -> Self {
        Self(Finder::new(word.as_bytes()).into_owned())
    }

    /// Compat: an empty value contains nothing, not even the empty word.
    fn is_in(&self, field: &str) -> bool {
        !field.is_empty() && self.0.find(field.as_bytes()).is_some()
    }
}

impl Test {
    /// Prepares a condition.
    pub(crate) fn new(condition: Condition, value: &str) -> Self {
        let value = value.to_ascii_lowercase();
        let whole = || Box::from(value.as_str());
        let words = || tokens(&value).into_iter().map(Word::new).collect();
        match condition {
            Condition::Is => Self::Is(whole()),
            Condition::IsNot => Self::IsNot(whole()),
            Condition::BeginWith => Self::BeginWith(whole()),
            Condition::NotBeginWith => Self::NotBeginWith(whole()),
            Condition::EndWith => Self::EndWith(whole()),
            Condition::NotEndWith => Self::NotEndWith(whole()),
            Condition::Contains => Self::Contains(Word::new(&value)),
            Condition::Excludes => Self::Excludes(Word::new(&value)),
            Condition::IsAny => Self::IsAny(tokens(&value).into_iter().map(Box::from).collect()),
            Condition::ContainsAny => Self::ContainsAny(words()),
            Condition::ContainsAll => Self::ContainsAll(words()),
            Condition::ExcludesAny => Self::ExcludesAny(words()),
            Condition::ExcludesAll => Self::ExcludesAll(words()),
            Condition::LessThan => Self::LessThan(whole()),
            Condition::MoreThan => Self::MoreThan(whole()),
            Condition::Image => image(&value),
        }
    }

    /// Whether a lower-cased field passes.
    pub(crate) fn passes(&self, field: &str) -> bool {
        match self {
            Self::Is(value) => field == &**value,
            Self::IsNot(value) => field != &**value,
            Self::BeginWith(value) => field.starts_with(&**value),
            Self::NotBeginWith(value) => !field.starts_with(&**value),
            Self::EndWith(value) => field.ends_with(&**value),
            Self::NotEndWith(value) => !field.ends_with(&**value),
            Self::Contains(word) => word.is_in(field),
            Self::Excludes(word) => !word.is_in(field),
            Self::IsAny(values) => values.iter().any(|value| field == &**value),
            Self::ContainsAny(words) => words.iter().any(|word| word.is_in(field)),
            Self::ContainsAll(words) => words.iter().all(|word| word.is_in(field)),
            Self::ExcludesAny(words) => !words.iter().any(|word| word.is_in(field)),
            // Compat: the opposite of `contains all`, not "contains none of them"
            Self::ExcludesAll(words) => !words.iter().all(|word| word.is_in(field)),
            Self::LessThan(value) => by_unit(field, value) == Ordering::Less,
            Self::MoreThan(value) => by_unit(field, value) == Ordering::Greater,
            Self::Name(separators, value) => field.rsplit(*separators).next() == Some(value),
        }
    }
}

/// Compat: the original cuts the field behind its last `\` unless the value contains one, so on Linux
/// a program's name never matches. Ours also cuts behind `/` for a bare name; and a value that begins
/// with `/` is a whole path, or `/tmp/x\/usr/bin/ls` would pass for `/usr/bin/ls`.
fn image(value: &str) -> Test {
    if value.contains('\\') || value.starts_with('/') {
        Test::Is(Box::from(value))
    } else if value.contains('/') {
        Test::Name(&['\\'], Box::from(value))
    } else {
        Test::Name(&['\\', '/'], Box::from(value))
    }
}

/// The order of the original: by units of UTF-16, in which the planes above the first come before
/// its end.
fn by_unit(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

/// The words of a list.
///
/// Compat: they are not trimmed; a `;` where a word should begin makes a word of all that follows,
/// itself included, unless it is the last character; a last `;` is followed by an empty word.
fn tokens(value: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = value;
    loop {
        if rest.len() > 1 && rest.starts_with(';') {
            words.push(rest);
            return words;
        }
        let Some((word, after)) = rest.split_once(';') else {
            words.push(rest);
            return words;
        };
        words.push(word);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(condition: Condition, value: &str, passing: &[&str], failing: &[&str]) {
        let test = Test::new(condition, value);
        for field in passing {
            assert!(test.passes(&field.to_ascii_lowercase()), "{field:?} should pass {condition} {value:?}");
        }
        for field in failing {
            assert!(
                !test.passes(&field.to_ascii_lowercase()),
                "{field:?} should not pass {condition} {value:?}"
            );
        }
    }

    #[test]
    fn lists_split_as_upstreams() {
        assert_eq!(tokens("a;b"), ["a", "b"]);
        assert_eq!(tokens("a;b;"), ["a", "b", ""]);
        assert_eq!(tokens("a;;b"), ["a", ";b"]);
        assert_eq!(tokens(";a"), [";a"]);
        assert_eq!(tokens("a;;"), ["a", "", ""]);
        assert_eq!(tokens(";"), ["", ""]);
        assert_eq!(tokens(""), [""]);
    }

    #[test]
    fn image_takes_names_and_paths() {
        check(
            Condition::Image,
            "CURL",
            &["/usr/bin/curl", "curl", r"C:\bin\curl"],
            &["/usr/bin/xcurl", "/curl/x"],
        );
        check(Condition::Image, "/usr/bin/ls", &["/usr/bin/LS"], &[r"/tmp/x\/usr/bin/ls", "ls"]);
        check(Condition::Image, r"C:\a.exe", &[r"c:\A.EXE"], &["a.exe", r"x\c:\a.exe"]);
        check(Condition::Image, "bin/ls", &["bin/ls", r"c:\bin/ls"], &["/usr/bin/ls", "ls"]);
    }

    #[test]
    fn order_is_that_of_utf16_without_case() {
        check(Condition::MoreThan, "10", &["9", "100"], &["10", "1"]);
        check(Condition::LessThan, "B", &["a", ""], &["b", "C"]);
        check(Condition::LessThan, "\u{ff00}", &["\u{1f600}"], &[]);
    }

    #[test]
    fn empty_fields_contain_nothing() {
        check(Condition::Contains, "", &["a"], &[""]);
        check(Condition::Excludes, "", &[""], &["a"]);
        check(Condition::ContainsAny, "a;b;", &["x"], &[""]);
        check(Condition::BeginWith, "", &["", "a"], &[]);
    }
}
