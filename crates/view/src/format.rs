//! The forms in which events are printed one after the other.

use tuxmon_render::Colour;

use crate::event::Event;
use crate::fields::Shown;
use crate::head::EventIds;
use crate::times::Zone;
use crate::{block, columns, json, table, xml};

/// How events are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The list of fields of the original's viewer.
    Text,
    /// One line each, in columns.
    Table,
    /// One JSON object each.
    Json,
    /// The XML line.
    Xml,
    /// Values separated by commas, below a line with their names.
    Csv,
}

/// Prints events in one form. No form lets a control character through, and every line is one of its own.
#[derive(Debug, Clone)]
pub struct Printer {
    format: Format,
    shown: Shown,
    colour: Colour,
    zone: Zone,
    /// The columns of CSV: what is shown, or every field that the chosen events can have.
    columns: Vec<Vec<&'static str>>,
    longest: usize,
}

/// Longer values are cut in the table where `narrow` asks for it, in characters.
const LONGEST_IN_TABLE: usize = 400;

impl Printer {
    /// Prints all fields, or those of `shown`. `ids` are the events that can come.
    pub fn new(format: Format, shown: Shown, ids: Option<EventIds>, colour: Colour, zone: Zone) -> Self {
        let columns = match &shown {
            Some(shown) => shown.clone(),
            None => columns::of_events(ids),
        };
        Self { format, shown, colour, zone, columns, longest: usize::MAX }
    }

    /// Cuts long values in the table, for a screen.
    #[must_use]
    pub fn narrow(mut self) -> Self {
        self.longest = LONGEST_IN_TABLE;
        self
    }

    /// Appends what stands above the events in CSV, and in a table for a person.
    pub fn append_heading(&self, out: &mut String) {
        match self.format {
            Format::Text | Format::Json | Format::Xml => {}
            Format::Table => table::append_heading(self.shown.as_deref(), self.colour, out),
            Format::Csv => columns::append_heading(&self.columns, out),
        }
    }

    /// Appends an event and a line feed.
    pub fn append(&self, event: &Event<'_>, out: &mut String) {
        match (self.format, &self.shown) {
            (Format::Text, None) => block::append(event, out),
            (Format::Text, Some(shown)) => block::append_some(event, shown, out),
            (Format::Table, None) => {
                table::append(event, &self.zone, self.colour, self.longest, out);
                out.push('\n');
            }
            (Format::Table, Some(shown)) => table::append_some(event, shown, &self.zone, self.longest, out),
            (Format::Json, None) => json::append(event, out),
            (Format::Json, Some(shown)) => json::append_some(event, shown, out),
            (Format::Xml, _) => xml::append(event, out),
            (Format::Csv, _) => columns::append(event, &self.columns, out),
        }
    }
}
