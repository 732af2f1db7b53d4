//! Patterns as rules write them.

use crate::pattern::{Pattern, Token};

/// The pattern with its wildcards, those that are text escaped.
pub(crate) fn pattern(pattern: &Pattern) -> String {
    let mut shown = String::new();
    for token in &pattern.0 {
        match token {
            Token::Text(text) => {
                for c in text.chars() {
                    if matches!(c, '*' | '?') {
                        shown.push('\\');
                    }
                    shown.push(c);
                }
            }
            Token::Any => shown.push('*'),
            Token::One => shown.push('?'),
            Token::Dash => shown.push('-'),
            Token::Placeholder(name) => {
                shown.push('%');
                shown.push_str(name);
                shown.push('%');
            }
        }
    }
    shown
}
