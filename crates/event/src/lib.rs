//! What an event is: its definition, its typed form, and its uniform form.
//!
//! Typed when made: a producer fills one of the structs of [`generated`], and a forgotten field does
//! not compile. Uniform when used: everyone after it walks over `(field, value)` pairs and knows no
//! event by name.
//!
//! This crate does no IO, asks no clock and cannot fail on input. It must never learn where events
//! come from or where they go.

mod additional;
pub mod generated;
mod guid;
mod manifest;
mod network;
mod spec;
mod text;
mod timestamp;
mod value;

pub use additional::{ADDITIONAL, Additional};
pub use generated::*;
pub use guid::{Guid, ParseGuidError};
pub use manifest::{all_manifests, manifest_xml};
pub use network::{Network, ParseNetworkError};
pub use spec::{
    Argument, EventSpec, FieldSpec, Kind, OptionSpec, RuleDefault, Schema, Stage, spec, specs_with_tag,
};
pub use text::Text;
pub use timestamp::{Timestamp, days_from_civil};
pub use value::Value;
