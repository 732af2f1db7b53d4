//! A list of indicators, in whatever form it comes.

use tuxmon_diag::Diagnostic;

use crate::indicator::Indicator;
use crate::reading::{Origin, Reading};
use crate::{csv, misp, stix, text};

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
impl List {
    /// Reads a list. What cannot be used is told, and the rest is used.
    pub fn read(origin: Origin<'_>, text: &str) -> (Self, Vec<Diagnostic>) {
        Self::read_as(Form::of(origin.file, text), origin, text)
    }

    /// The same for a list whose form is known.
    pub fn read_as(form: Form, origin: Origin<'_>, text: &str) -> (Self, Vec<Diagnostic>) {
        let mut reading = Reading::of(origin);
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
        let (indicators, diagnostics) = reading.finish();
        (Self { source: origin.source.to_owned(), indicators }, diagnostics)
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
