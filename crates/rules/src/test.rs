//! One comparison of a field with a value.

use std::cmp::Ordering;

use memchr::memmem;
use tuxmon_config::Condition;

/// A condition with its value, ready to compare with lower-cased text.
#[derive(Clone)]
pub(crate) enum Test {
    Is(Box<str>),
    IsNot(Box<str>),
    BeginWith(Box<str>),
    NotBeginWith(Box<str>),
    EndWith(Box<str>),
    NotEndWith(Box<str>),
    Contains(Box<str>),
    Excludes(Box<str>),
    IsAny(Words),
    ContainsAny(Words),
    ContainsAll(Words),
    ExcludesAny(Words),
    ExcludesAll(Words),
    LessThan(Box<str>),
    MoreThan(Box<str>),
    /// The last part of a path.
    Name(Separators, Box<str>),
}

/// Behind which characters the last part of a path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separators {
    Backslash,
    Both,
}

impl Separators {
    fn chars(self) -> &'static [char] {
        match self {
            Self::Backslash => &['\\'],
            Self::Both => &['\\', '/'],
        }
    }
}

/// The words of a list, in little more memory than its text: a configuration may be one long list.
///
/// Compat: words are not trimmed; a `;` where a word should begin makes a word of all that follows,
/// itself included, unless it is the last character; a last `;` is followed by an empty word.
#[derive(Clone)]
pub(crate) struct Words {
    text: Box<str>,
    ends: Box<[u32]>, // each word begins one behind the end of the one before it
}

impl Words {
    fn new(text: &str) -> Self {
        let mut ends = Vec::new();
        let mut start = 0;
        loop {
            let rest = &text[start..];
            let literal = rest.len() > 1 && rest.starts_with(';');
            let Some(length) = rest.find(';').filter(|_| !literal) else {
                ends.push(text.len() as u32);
                return Self { text: Box::from(text), ends: ends.into() };
            };
            ends.push((start + length) as u32);
            start += length + 1;
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.ends.iter().scan(0, |start, &end| {
            let word = &self.text[*start..end as usize];
            *start = end as usize + 1;
            Some(word)
        })
    }
}

/// Compat: an empty value contains nothing, not even the empty word.
fn contains(field: &str, word: &str) -> bool {
    !field.is_empty() && memmem::find(field.as_bytes(), word.as_bytes()).is_some()
}

impl Test {
    /// Prepares a condition.
    pub(crate) fn new(condition: Condition, value: &str) -> Self {
        let value = value.to_ascii_lowercase();
        let whole = || Box::from(value.as_str());
        let words = || Words::new(&value);
        match condition {
            Condition::Is => Self::Is(whole()),
            Condition::IsNot => Self::IsNot(whole()),
            Condition::BeginWith => Self::BeginWith(whole()),
            Condition::NotBeginWith => Self::NotBeginWith(whole()),
            Condition::EndWith => Self::EndWith(whole()),
            Condition::NotEndWith => Self::NotEndWith(whole()),
            Condition::Contains => Self::Contains(whole()),
            Condition::Excludes => Self::Excludes(whole()),
            Condition::IsAny => Self::IsAny(words()),
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
            Self::Contains(word) => contains(field, word),
            Self::Excludes(word) => !contains(field, word),
            Self::IsAny(values) => values.iter().any(|value| field == value),
            Self::ContainsAny(words) => words.iter().any(|word| contains(field, word)),
            Self::ContainsAll(words) => words.iter().all(|word| contains(field, word)),
            Self::ExcludesAny(words) => !words.iter().any(|word| contains(field, word)),
            // Compat: the opposite of `contains all`, not "contains none of them"
            Self::ExcludesAll(words) => !words.iter().all(|word| contains(field, word)),
            Self::LessThan(value) => by_unit(field, value) == Ordering::Less,
            Self::MoreThan(value) => by_unit(field, value) == Ordering::Greater,
            Self::Name(separators, value) => field.rsplit(separators.chars()).next() == Some(value),
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
        Test::Name(Separators::Backslash, Box::from(value))
    } else {
        Test::Name(Separators::Both, Box::from(value))
    }
}

/// The order of the original: by units of UTF-16, in which the planes above the first come before
/// its end.
fn by_unit(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
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
        #[track_caller]
        fn check(list: &str, words: &[&str]) {
            assert!(Words::new(list).iter().eq(words.iter().copied()), "{list:?}");
        }
        check("a;b;", &["a", "b", ""]);
        check("a;b", &["a", "b"]);
        check("a;;b", &["a", ";b"]);
        check(";a", &[";a"]);
        check("a;;", &["a", "", ""]);
        check(";", &["", ""]);
        check("", &[""]);
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
