//! Where lines go: syslog, a file, standard output.
//!
//! Each [`Sink`] has a thread and a bounded queue of its own. Offering a line to it never waits: what a slow or absent
//! destination does not take in time is dropped, counted by event and reported ([`Sink::take_losses`]), and so are the
//! destination's failures and recoveries ([`Sink::take_notices`]). Every destination keeps one contract, and one test
//! (`tests/contract.rs`) holds all of them to it.
//!
//! This crate must never look into a line, reorder lines, write a line twice to one destination, or leave half a line in
//! front of another one.

mod destination;
mod file;
mod losses;
mod record_ids;
mod sink;
mod stdout;
mod stream;
mod syslog;

pub use destination::{Destination, Line, LineText, Outcome, Rank, Stop};
pub use file::AppendedFile;
pub use losses::{Loss, Why};
pub use record_ids::{IDS_PER_CYCLE, Issued, OpenError, RecordIds};
pub use sink::{Limits, Notice, Sink};
pub use stdout::StandardOutput;
pub use syslog::Syslog;
