//! The configuration that the agent runs with.

use std::path::{Path, PathBuf};

use tuxmon_config::Config;
use tuxmon_diag::Diagnostic;
use tuxmon_event::Text;
use tuxmon_host::hash::hash_bytes;
use tuxmon_pipeline::wanted_hashes;

use crate::check;

/// A configuration that loads, and what event 16 says of it.
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// As the user named it.
    pub(crate) name: String,
    /// Hashes of the very bytes that were read.
    pub(crate) hash: Text,
}

/// What the agent runs with when it is given no file.
///
/// Compat: sysmonforlinux.c — event 16 calls it `Defaults`.
fn defaults() -> Loaded {
    Loaded { config: Config::empty(), name: "Defaults".to_owned(), hash: Text::EMPTY }
}

/// Reads the file, or takes the defaults. Diagnostics come also with a configuration that loads.
pub(crate) fn load(file: Option<&PathBuf>) -> (Option<Loaded>, Vec<Diagnostic>) {
    let Some(file) = file else { return (Some(defaults()), Vec::new()) };
    let name = file.to_string_lossy().into_owned();
    let bytes = match check::bytes(file) {
        Ok(bytes) => bytes,
        Err(_) => return (None, check::read(file).1),
    };
    let (config, diagnostics) = Config::parse(&bytes, &name);
    let loaded = config.map(|config| {
        let hash = hash_bytes(&bytes, wanted_hashes(&config));
        Loaded { config, name, hash }
    });
    (loaded, diagnostics)
}

/// The reasons of a refusal in one text, for event 255.
pub(crate) fn refusal(file: &Path, diagnostics: &[Diagnostic]) -> String {
    let reasons: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    format!("{} is refused, the old configuration stays: {}", file.display(), reasons.join("; "))
}
