//! Reads a Sysmon configuration: bytes in, a [`Config`] and [`Diagnostic`]s out.
//!
//! The original takes what its XML parser (pugixml) takes and drops what it does not understand,
//! mostly without a word. We load the same files with the same rules, and say for every part that
//! does not do what it seems to say where it stands, why, and what to write instead. Never is a rule
//! wider than it was written: where the original would match more after dropping a filter, the rule
//! is left out.
//!
//! This crate does no IO, follows no reference out of the file, and its time and memory are bounded
//! by [`MAX_BYTES`] and the limits of the XML reader, whatever the input.

mod blocks;
mod codes;
mod condition;
mod dump;
mod field_sizes;
mod filters;
mod model;
mod nearest;
mod options;
mod remarks;
mod report;
mod root;
mod source;
mod surroundings;
mod xml;

use tuxmon_diag::Diagnostic;

pub use codes::{ALL as CODES, Code};
pub use condition::Condition;
pub use dump::{dump, dump_rules};
pub use field_sizes::FieldSizes;
pub use model::{Block, CompoundRule, Config, Filter, Item, OnMatch, Relation, SchemaVersion};
pub use options::{HashAlgorithm, HashAlgorithms};

use report::Report;
use source::Source;

/// Longest configuration that is read; the longest published one is a quarter of a megabyte.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

impl Config {
    /// Reads a configuration. `None` means that it is refused, and then a diagnostic is an error;
    /// `file_name` only stands in the diagnostics, which come sorted by place.
    pub fn parse(bytes: &[u8], file_name: &str) -> (Option<Self>, Vec<Diagnostic>) {
        if bytes.len() > MAX_BYTES {
            return (None, vec![report::too_large(file_name)]);
        }
        let source = Source::decode(bytes);
        let mut report = Report::new(file_name, &source);
        let config = xml::read(&source, &mut report).and_then(|document| root::read(&document, &mut report));
        let (refused, diagnostics) = report.finish();
        (config.ok().filter(|_| !refused), diagnostics)
    }
}
