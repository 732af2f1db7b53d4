//! Collects the diagnostics of one file.

use tuxmon_diag::{Diagnostic, Severity};

use crate::codes::{self, Code};
use crate::nearest::nearest;
use crate::source::Source;

/// Nobody reads more remarks than this, and a hostile file could earn millions.
const MAX_DIAGNOSTICS: usize = 1000;

/// The marker of a refused configuration; what refused it is in the [`Report`].
#[derive(Debug)]
pub(crate) struct Refused;

/// The diagnostics of one file.
pub(crate) struct Report<'s> {
    file: &'s str,
    source: &'s Source,
    diagnostics: Vec<Diagnostic>,
    not_shown: usize,
    refused: bool,
}

impl<'s> Report<'s> {
    pub(crate) fn new(file: &'s str, source: &'s Source) -> Self {
        Self { file, source, diagnostics: Vec::new(), not_shown: 0, refused: false }
    }

    /// Adds a remark about the place at `at`, an offset into the decoded text.
    pub(crate) fn add(
        &mut self,
        at: usize,
        code: Code,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.refused |= code.severity == Severity::Error;
        if self.diagnostics.len() >= MAX_DIAGNOSTICS && code.severity == Severity::Warning {
            self.not_shown += 1;
            return;
        }
        let (line, column) = self.source.place(at);
        self.diagnostics.push(Diagnostic {
            file: self.file.to_owned(),
            line,
            column,
            severity: code.severity,
            code: code.name,
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    /// Adds the error that ends the reading.
    pub(crate) fn refuse(
        &mut self,
        at: usize,
        code: Code,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Refused {
        debug_assert_eq!(code.severity, Severity::Error, "{} does not refuse", code.name);
        self.add(at, code, message, remedy);
        Refused
    }

    /// The first line that earned one of these remarks.
    pub(crate) fn first_line(&self, codes: &[Code]) -> Option<u32> {
        let earned = |one: &&Diagnostic| codes.iter().any(|code| code.name == one.code);
        self.diagnostics.iter().filter(earned).map(|one| one.line).min()
    }

    /// What was tolerated so far, like an unclosed comment, is the likely cause of the error that
    /// has ended the reading: it becomes an error too.
    pub(crate) fn stop_tolerating(&mut self) {
        for diagnostic in &mut self.diagnostics {
            diagnostic.severity = Severity::Error;
        }
    }

    /// The word that an author most likely meant. Looking for it costs more than anything else here,
    /// so what will not be shown is not looked for.
    pub(crate) fn nearest<'c>(
        &self,
        word: &str,
        candidates: impl Iterator<Item = &'c str>,
    ) -> Option<&'c str> {
        if self.diagnostics.len() < MAX_DIAGNOSTICS { nearest(word, candidates) } else { None }
    }

    /// Line of an offset, from 1.
    pub(crate) fn line(&self, at: usize) -> u32 {
        self.source.line(at)
    }

    /// Whether the configuration is refused, and all diagnostics by place.
    pub(crate) fn finish(mut self) -> (bool, Vec<Diagnostic>) {
        if self.not_shown > 0 {
            let message = format!("{} more warnings are not shown", self.not_shown);
            self.not_shown = 0;
            self.diagnostics.pop();
            self.add(
                self.source.text.len(),
                codes::TOO_MANY_DIAGNOSTICS,
                message,
                "mend those that are shown first",
            );
        }
        self.diagnostics.sort_by_key(|one| (one.line, one.column));
        (self.refused, self.diagnostics)
    }
}

/// The diagnostic of a file that is too long to be read at all.
pub(crate) fn too_large(file: &str) -> Diagnostic {
    Diagnostic {
        file: file.to_owned(),
        line: 1,
        column: 1,
        severity: Severity::Error,
        code: codes::TOO_LARGE.name,
        message: format!(
            "the file is longer than {} MiB, the longest configuration that is read",
            crate::MAX_BYTES >> 20
        ),
        remedy: "take out what is not configuration, or split long lists over `contains any` filters"
            .to_owned(),
    }
}
