//! Questions to events that were written: which of them, in what form, and what they tell together.
//!
//! [`Events`] walks over any input that `tuxmon-reader` understands, at the speed at which bytes can be searched: an
//! event that the [`Sieve`] rejects by its head (id, record number, time) is never parsed, and one that is parsed is not
//! copied. The forms ([`Format`]) print one event after the other in constant memory; [`Forest`] (tree and story of
//! processes) and [`Stats`] keep what they need, within bounds, and say what they left out.
//!
//! This crate must never open a file, ask a clock or a time zone by itself, or let a character of an event reach a
//! terminal that would obey it.

mod block;
mod canonical;
mod clock_words;
mod columns;
mod entry;
mod event;
mod fields;
mod filter;
mod forest;
mod format;
mod head;
mod json;
mod safe;
mod scan;
mod stats;
mod table;
mod times;
mod tree;
mod xml;

pub use block::{NO_VALUE, append_field};
pub use clock_words::{TimeError, moment};
pub use event::{Event, Events, Item};
pub use fields::{FieldError, Shown, field_names, shown_fields};
pub use filter::{FieldFilter, FilterError};
pub use forest::{Forest, MAX_BYTES, Subject};
pub use format::{Format, Printer};
pub use head::{EventIds, IdError, Sieve};
pub use stats::Stats;
pub use times::Zone;
pub use tree::Tree;
pub use tuxmon_reader::{Counts, Problem, Reason};
