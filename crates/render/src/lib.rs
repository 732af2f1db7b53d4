//! Events as text (being written).
pub mod escape;
