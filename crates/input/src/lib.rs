//! Files of events, opened: decompressed where their first bytes say so, or read on as they grow.
//!
//! This crate gives bytes and must never look at what they mean; it changes nothing that it reads.

mod folder;
mod follow;
mod open;

pub use folder::files_below;
pub use follow::Followed;
pub use open::{decompressed, file};
