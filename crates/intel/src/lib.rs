//! Threat intelligence: lists of hashes, addresses, networks, domains and URLs, and whether an event has one of them.
//!
//! [`List::read`] takes plain text, CSV, STIX 2.1 and MISP JSON, and says of every line and object that it cannot use
//! why, and where it stands. [`Indicators`] looks the values of an event up: hashes, addresses and names in tables, so
//! that it does not matter how long the lists are.
//!
//! This crate must never open a file or a connection, never read a clock, and never make an indicator wider than it was
//! written.

mod csv;
mod indicator;
mod json;
mod list;
mod matcher;
mod misp;
mod reading;
mod stix;
mod text;

pub use indicator::{Indicator, Kind};
pub use list::{Form, List, MAX_BYTES};
pub use matcher::{Hit, Indicators};
pub use reading::{MAX_INDICATORS, Origin};
