//! A list while it is read: what was found, and what is wrong with it. All forms of lists fill this.

use tuxmon_diag::{Diagnostic, Severity};

use crate::indicator::Indicator;

/// Where a list comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The file or address, for diagnostics.
    pub file: &'a str,
    /// What alerts call it.
    pub source: &'a str,
    /// For whatever has no expiry of its own, in milliseconds since 1970.
    pub expires: Option<i64>,
}

/// Most indicators of one list.
pub const MAX_INDICATORS: usize = 2_000_000;
/// Most diagnostics of one list; the last one says how many more there are.
const MAX_DIAGNOSTICS: usize = 100;

/// Collects what a list has, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) origin: Origin<'a>,
    indicators: Vec<Indicator>,
    diagnostics: Vec<Diagnostic>,
    unsaid: usize,
    left_out: usize,
}

impl<'a> Reading<'a> {
    pub(crate) fn of(origin: Origin<'a>) -> Self {
        Self { origin, indicators: Vec::new(), diagnostics: Vec::new(), unsaid: 0, left_out: 0 }
    }

    pub(crate) fn add(&mut self, indicator: Indicator) {
        if self.indicators.len() >= MAX_INDICATORS {
            self.left_out += 1;
            return;
        }
        let expires = indicator.expires.or(self.origin.expires);
        self.indicators.push(Indicator { expires, ..indicator });
    }

    /// Whether a problem would be told, not only counted.
    pub(crate) fn tells_more(&self) -> bool {
        self.diagnostics.len() < MAX_DIAGNOSTICS
    }

    pub(crate) fn problem(&mut self, line: usize, code: &'static str, message: String, remedy: &str) {
        if !self.tells_more() {
            self.unsaid += 1;
            return;
        }
        self.diagnostics.push(Diagnostic {
            file: self.origin.file.to_owned(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: 1,
            severity: Severity::Warning,
            code,
            message,
            remedy: remedy.to_owned(),
        });
    }

    /// All that was collected; what was left out is said at the end.
    pub(crate) fn finish(mut self) -> (Vec<Indicator>, Vec<Diagnostic>) {
        if self.left_out > 0 {
            let message =
                format!("{} indicators beyond the first {MAX_INDICATORS} are left out", self.left_out);
            self.problem(1, "too-many-indicators", message, "split the list");
        }
        if self.unsaid > 0 {
            let message = format!("{} more remarks like these are not shown", self.unsaid);
            self.diagnostics.push(Diagnostic {
                file: self.origin.file.to_owned(),
                line: 1,
                column: 1,
                severity: Severity::Warning,
                code: "more-remarks",
                message,
                remedy: String::new(),
            });
        }
        (self.indicators, self.diagnostics)
    }
}

/// A text of the input in a message: not more of it than one wants to read.
pub(crate) fn shown(text: &str) -> String {
    const MAX: usize = 80;
    if text.len() <= MAX {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(MAX)])
}

/// A time as lists write it: with a zone, or without one and then UTC, or only a date.
pub(crate) fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    let civil = text.trim_end_matches(" UTC").parse::<jiff::civil::DateTime>().ok()?;
    Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}
