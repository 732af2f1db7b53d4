//! What is wrong with a rule, before it is known in which file.

use tuxmon_diag::{Diagnostic, Severity};

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Line, from 1.
    pub(crate) line: usize,
    /// Column in characters, from 1.
    pub(crate) column: usize,
}

impl Place {
    /// Where a file begins.
    pub(crate) const START: Self = Self { line: 1, column: 1 };
}

/// Why a rule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    place: Place,
    code: &'static str,
    message: String,
    remedy: String,
}

impl Fault {
    pub(crate) fn new(
        place: Place,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { place, code, message: message.into(), remedy: remedy.into() }
    }

    /// The remark for people.
    pub(crate) fn in_file(self, file: &str, severity: Severity) -> Diagnostic {
        Diagnostic {
            file: file.to_owned(),
            line: u32::try_from(self.place.line).unwrap_or(u32::MAX),
            column: u32::try_from(self.place.column).unwrap_or(u32::MAX),
            severity,
            code: self.code,
            message: self.message,
            remedy: self.remedy,
        }
    }
}
