//! The line from records to events.
//!
//! [`Pipeline::record`] takes the bytes of one record, makes its events, asks the rules, and hands what they keep to
//! an [`Output`]. Everything happens on the caller's thread and in the order of the records; only an event that needs
//! the hash of a file waits aside, within bounds, while all others pass.
//!
//! This crate must never load anything into the kernel, open an output, or wait for either: the agent brings a
//! [`Source`] and an [`Output`], tests bring a recorded stream and a vector.

mod assemble;
mod canary;
mod counters;
mod filter;
mod hashes;
mod line;
mod machine;
mod output;
mod parking;
mod recorded;
mod sequence;
mod source;
mod trouble;

pub use assemble::{COMPATIBLE_VERSION, SCHEMA_VERSION, State};
pub use canary::Canary;
pub use counters::Counters;
pub use filter::FilterEntry;
pub use hashes::wanted_hashes;
pub use line::{Pipeline, Settings};
pub use machine::Machine;
pub use output::Output;
pub use parking::ParkingLimits;
pub use recorded::{CutStream, Recorded, Records};
pub use source::{Broken, Collect, Loss, Source, SourceError};
pub use trouble::{TROUBLES, Trouble, TroubleSpec, TroubleTotal, events_of};
