//! Regular expressions as Sigma's authors write them, for PCRE, in the words of the `regex` crate.
//!
//! The crate's time is linear in the value, whatever the expression; for that it has no look-around and no
//! back-references, which Sigma's flavour does not have either.

use std::fmt::Write;

use regex::{Regex, RegexBuilder};

/// Most memory of one compiled expression.
const MAX_COMPILED: usize = 4 << 20;

/// The sub-modifiers of `re`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Flags {
    pub(crate) insensitive: bool,
    pub(crate) multi_line: bool,
    pub(crate) dot_matches_newline: bool,
}

/// Compiles an expression.
pub(crate) fn compile(expression: &str, flags: Flags) -> Result<Regex, String> {
    RegexBuilder::new(&translate(expression))
        .case_insensitive(flags.insensitive)
        .multi_line(flags.multi_line)
        .dot_matches_new_line(flags.dot_matches_newline)
        .size_limit(MAX_COMPILED)
        .dfa_size_limit(MAX_COMPILED)
        .build()
        .map_err(|error| {
            let text = error.to_string();
            // The crate draws the expression and an arrow; its last line is the sentence.
            let last = text.lines().last().unwrap_or_default();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        })
}

/// The same expression where both languages differ: what is only text in PCRE, but a word of its own in the crate.
fn translate(expression: &str) -> String {
    let mut out = String::with_capacity(expression.len() + 8);
    let mut rest = expression.chars().peekable();
    let mut in_class = false;
    let mut class_is_empty = false;
    while let Some(c) = rest.next() {
        let opens_class = c == '[' && !in_class;
        match c {
            '\\' => escape(rest.next(), &mut out),
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                if rest.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
            }
            '[' if rest.peek() == Some(&':') => out.push('['),
            '[' => out.push_str(r"\["),
            ']' if in_class && class_is_empty => out.push_str(r"\]"),
            ']' if in_class && out.ends_with(':') && is_named_class(&out) => out.push(']'),
            ']' => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            '{' if !in_class && !is_repetition(rest.clone()) => out.push_str(r"\{"),
            _ => out.push(c),
        }
        class_is_empty = opens_class;
    }
    out
}

/// Escapes that mean another thing, or nothing, to the crate.
fn escape(escaped: Option<char>, out: &mut String) {
    match escaped {
        // Angle brackets are word boundaries there.
        Some(c @ ('<' | '>')) => out.push(c),
        Some('e') => out.push_str(r"\x1b"),
        Some('h') => out.push_str(r"[\t ]"),
        Some('R') => out.push_str(r"(?:\r\n|\n|\r)"),
        Some('Z') => out.push_str(r"\z"),
        // A letter without a meaning is an error in both, a backslash before anything else is that thing.
        Some(c) if c.is_ascii() => {
            out.push('\\');
            out.push(c);
        }
        Some(c) => out.push(c),
        None => out.push('\\'),
    }
}

/// Whether the text so far ends within `[:name:`.
fn is_named_class(so_far: &str) -> bool {
    so_far.rfind("[:").is_some_and(|at| {
        let name = &so_far[at + 2..so_far.len() - 1];
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'^')
    })
}

/// Whether what follows a `{` makes it a repetition.
fn is_repetition(rest: std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let inside: String = rest.take_while(|c| *c != '}').take(16).collect();
    let mut parts = inside.splitn(2, ',');
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let first = parts.next().unwrap_or_default();
    !first.is_empty() && number(first) && parts.next().is_none_or(number)
}

/// The flags as Sigma writes them, for showing an expression.
pub(crate) fn shown(expression: &str, flags: Flags) -> String {
    let mut text = format!("/{expression}/");
    for (set, letter) in [(flags.insensitive, 'i'), (flags.multi_line, 'm'), (flags.dot_matches_newline, 's')]
    {
        if set {
            text.write_char(letter).expect("a String takes everything");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(expression: &str, value: &str) -> bool {
        compile(expression, Flags::default()).expect("it compiles").is_match(value)
    }

    #[test]
    fn what_is_text_in_pcre_is_text() {
        for (expression, value) in [
            (r"a\<b\>", "a<b>"),
            (r"x{y}", "x{y}"),
            (r"\d{2}z{1,}", "12z"),
            (r"[a&&b]", "&"),
            (r"[[x]", "["),
            (r"[]x]", "]"),
            (r"[[:alpha:]_]1", "b1"),
            (r"\/a\-b\%\#\@\'", "/a-b%#@'"),
            (r"${IFS}", "${IFS}"),
            (r"[^]]a", "xa"),
        ] {
            if expression.starts_with('$') {
                assert!(compile(expression, Flags::default()).is_ok());
            } else {
                assert!(fits(expression, value), "{expression}");
            }
        }
    }

    #[test]
    fn case_matters_unless_told() {
        let insensitive = Flags { insensitive: true, ..Flags::default() };
        assert!(!fits("abc", "xABC"));
        assert!(compile("abc", insensitive).expect("it compiles").is_match("xABC"));
    }

    #[test]
    fn what_cannot_be_is_told_in_a_sentence() {
        let reason = compile("(?!x)y", Flags::default()).expect_err("no look-around");
        assert!(reason.contains("look-around"), "{reason}");
        assert!(compile("(a{1000}){1000}", Flags::default()).is_err());
    }
}
