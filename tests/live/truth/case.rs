//! A case: deeds that belong together.

use crate::truth::script::Script;

/// A scripted list of deeds.
pub(crate) struct Case {
    /// How it is called.
    pub(crate) name: &'static str,
    /// What it is about, as docs/coverage.md says it.
    pub(crate) about: &'static str,
    /// Does the deeds.
    pub(crate) act: fn(&mut Script) -> anyhow::Result<()>,
}
