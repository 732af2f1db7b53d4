//! From events to alerts: Sigma rules, correlations and lists of indicators look at one event after another.
//!
//! A [`Detector`] is the same in the agent, which gives it events as they happen, and over a store, which gives it
//! those of the past: the same events make the same alerts. An [`Alert`] that says the same again, or comes too often,
//! is counted instead of told, and the count is told ([`Limits`]).
//!
//! This crate must never open a file, read a clock or resolve a name; time comes with the events, or is given. What it
//! remembers is bounded, and what it had to forget is counted.

mod alert;
mod detector;
mod fields;
mod quiet;

pub use alert::{Alert, Ancestor, Correlated, Envelope, Heading, Kind, Matched, Subject};
pub use detector::{Counts, Detector, Rules};
pub use fields::Fields;
pub use quiet::Limits;
