//! The events of the schema: tables and types, written by `cargo xtask codegen` from `schema/`.
//!
//! Only this file is written by hand; it adds what is the same for all events.

mod fields;
pub(crate) mod manifests;
mod options;
mod tables;
mod types;

pub use options::{BINARY_VERSION, CONDITIONS, OPTIONS, SCHEMA_VERSION};
pub use tables::EVENTS;
pub use types::*;

use crate::{FieldSpec, Value};

impl Event {
    /// The EventID.
    pub fn id(&self) -> u16 {
        self.spec().id
    }

    /// Every field with its value, in output order.
    pub fn values(&self) -> impl Iterator<Item = (&'static FieldSpec, Value<'_>)> {
        self.spec().fields.iter().enumerate().map(|(position, field)| (field, self.value(position)))
    }
}
