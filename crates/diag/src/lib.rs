//! What we tell a person about a text of theirs: where, what, why, and the way out.
//!
//! A [`Diagnostic`] is not an error of ours. Whoever reads input collects them all and returns them
//! beside the result; whoever has a terminal prints them. This crate does no IO.

use std::fmt;

use serde::Serialize;

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The input is refused.
    Error,
    /// The input is used, but not as its author may think.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One remark about one place of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Name of the input, as the person gave it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Whether the input is refused for it.
    pub severity: Severity,
    /// Stable name of this kind of remark, `unknown-condition`.
    pub code: &'static str,
    /// What is wrong and what follows from it.
    pub message: String,
    /// What to write instead; empty when there is nothing to advise.
    pub remedy: String,
}

/// Whether a diagnostic is printed with colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text only, for files and pipes.
    Plain,
    /// With ANSI colours, for terminals.
    Coloured,
}

impl Diagnostic {
    /// The lines a compiler would print: `FILE:LINE:COLUMN: error: MESSAGE [CODE]`, then the remedy.
    pub fn render(&self, style: Style) -> String {
        let (bold, severity, reset) = match (style, self.severity) {
            (Style::Plain, _) => ("", "", ""),
            (Style::Coloured, Severity::Error) => ("\x1b[1m", "\x1b[1;31m", "\x1b[0m"),
            (Style::Coloured, Severity::Warning) => ("\x1b[1m", "\x1b[1;33m", "\x1b[0m"),
        };
        let mut text = format!(
            "{bold}{}:{}:{}:{reset} {severity}{}:{reset} {bold}{}{reset} [{}]",
            visible(&self.file),
            self.line,
            self.column,
            self.severity,
            visible(&self.message),
            self.code
        );
        if !self.remedy.is_empty() {
            text.push_str("\n  help: ");
            text.push_str(&visible(&self.remedy));
        }
        text
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

/// Whether any of them refuses the input.
pub fn refuses(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|one| one.severity == Severity::Error)
}

/// Words of the input stand in messages, and a terminal must not obey them: control characters
/// become their escape.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn sample(severity: Severity) -> Diagnostic {
        Diagnostic {
            file: "rules.xml".to_owned(),
            line: 4,
            column: 12,
            severity,
            code: "unknown-condition",
            message: "unknown condition 'ends\x1b with'".to_owned(),
            remedy: "write 'end with'".to_owned(),
        }
    }

    fn check(shown: &str, expected: &Expect) {
        expected.assert_eq(shown);
    }

    #[test]
    fn a_diagnostic_reads_like_a_compilers() {
        check(
            &sample(Severity::Error).to_string(),
            &expect![[r"
                rules.xml:4:12: error: unknown condition 'ends\u{1b} with' [unknown-condition]
                  help: write 'end with'"]],
        );
        let bare = Diagnostic { remedy: String::new(), ..sample(Severity::Warning) };
        check(
            &bare.to_string(),
            &expect![[r"rules.xml:4:12: warning: unknown condition 'ends\u{1b} with' [unknown-condition]"]],
        );
    }

    #[test]
    fn colours_are_only_ours() {
        let shown = sample(Severity::Error).render(Style::Coloured);
        assert!(shown.contains("\x1b[1;31merror:\x1b[0m"));
        assert!(!shown.contains("ends\x1b"));
    }

    #[test]
    fn json_has_every_part() {
        check(
            &serde_json::to_string(&sample(Severity::Warning))
                .expect("a diagnostic is plain text and numbers"),
            &expect![[
                r#"{"file":"rules.xml","line":4,"column":12,"severity":"warning","code":"unknown-condition","message":"unknown condition 'ends\u001b with'","remedy":"write 'end with'"}"#
            ]],
        );
    }

    #[test]
    fn only_errors_refuse() {
        assert!(!refuses(&[sample(Severity::Warning)]));
        assert!(refuses(&[sample(Severity::Warning), sample(Severity::Error)]));
    }
}
