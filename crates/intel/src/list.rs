//! A list of indicators, in whatever form it comes.

use tuxmon_diag::{Diagnostic, Severity};

use crate::indicator::Indicator;
use crate::{csv, misp, stix, text};

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

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One value on each line.
    Text,
    /// Columns, with or without a line of names.
    Csv,
    /// A bundle of STIX 2.1.
    Stix,
    /// Events of MISP, as it exports them.
    Misp,
}

/// Values of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// What alerts call it.
    pub source: String,
    /// In the order of the file.
    pub indicators: Vec<Indicator>,
}

/// Longest list.
pub const MAX_BYTES: usize = 256 << 20;
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

impl List {
    /// Reads a list. What cannot be used is told, and the rest is used.
    pub fn read(origin: Origin<'_>, text: &str) -> (Self, Vec<Diagnostic>) {
        Self::read_as(Form::of(origin.file, text), origin, text)
    }

    /// The same for a list whose form is known.
    pub fn read_as(form: Form, origin: Origin<'_>, text: &str) -> (Self, Vec<Diagnostic>) {
        let mut reading =
            Reading { origin, indicators: Vec::new(), diagnostics: Vec::new(), unsaid: 0, left_out: 0 };
        if text.len() > MAX_BYTES {
            reading.problem(1, "list-too-long", format!("the list is longer than {MAX_BYTES} bytes"), "");
        } else {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            match form {
                Form::Text => text::read(text, &mut reading),
                Form::Csv => csv::read(text, &mut reading),
                Form::Stix => stix::read(text, &mut reading),
                Form::Misp => misp::read(text, &mut reading),
            }
        }
        reading.finish()
    }
}

impl Form {
    /// The form by what a file begins with, and how it is called.
    pub fn of(file: &str, text: &str) -> Self {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        if start.starts_with(['{', '[']) && !start.starts_with("[.]") {
            // The words of STIX stand near the beginning of a bundle, those of MISP in every event.
            let head = &start[..start.floor_char_boundary(64 * 1024)];
            let is_stix = head.contains("\"bundle\"")
                || head.contains("\"spec_version\"")
                || head.contains("\"pattern\"");
            return if is_stix { Self::Stix } else { Self::Misp };
        }
        if file.to_ascii_lowercase().ends_with(".csv") || csv::has_names(text) {
            Self::Csv
        } else {
            Self::Text
        }
    }
}

impl Reading<'_> {
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

    fn finish(mut self) -> (List, Vec<Diagnostic>) {
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
        (List { source: self.origin.source.to_owned(), indicators: self.indicators }, self.diagnostics)
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
