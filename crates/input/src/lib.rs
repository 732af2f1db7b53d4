//! Files of events, opened: decompressed where their first bytes say so, or read on as they grow.
//!
//! This crate gives bytes and must never look at what they mean; it changes nothing that it reads.

mod flow;
mod folder;
mod follow;
mod journal;
mod open;
mod rotated;

pub use flow::Flowing;
pub use folder::files_below;
pub use follow::Followed;
pub use journal::Journal;
pub use open::{decompressed, file};
pub use rotated::with_rotated;
