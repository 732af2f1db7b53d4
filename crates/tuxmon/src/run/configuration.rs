//! The configuration that the agent runs with.

use std::fmt;
use std::path::PathBuf;

use tuxmon_config::Config;
use tuxmon_diag::Diagnostic;
use tuxmon_event::Text;
use tuxmon_host::hash::hash_bytes;
use tuxmon_pipeline::wanted_hashes;

use crate::check;
use crate::service::layout::Layout;
use crate::service::stored::Stored;
use crate::sysmon::Settings;

/// A configuration that loads, and what event 16 says of it.
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// As the user named it.
    pub(crate) name: String,
    /// Hashes of the very bytes that were read.
    pub(crate) hash: Text,
}

/// Where the configuration comes from.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// Nowhere: every event has its default.
    Defaults,
    /// A file.
    File(PathBuf),
    /// What an installation has stored: a configuration, and the command line that set it.
    Installed(Layout),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Defaults => f.write_str(DEFAULTS),
            Self::File(file) => file.display().fmt(f),
            Self::Installed(layout) => layout.configuration().display().fmt(f),
        }
    }
}

/// When a configuration is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// As the agent starts.
    Start,
    /// While it runs.
    Reload,
}

/// What event 16 calls the configuration of no file.
///
/// Compat: sysmonforlinux.c.
const DEFAULTS: &str = "Defaults";

/// Reads the configuration. Diagnostics come also with one that loads.
pub(crate) fn load(origin: &Origin, moment: Moment) -> (Option<Loaded>, Vec<Diagnostic>) {
    match origin {
        Origin::Defaults => {
            let loaded = Loaded { config: Config::empty(), name: DEFAULTS.to_owned(), hash: Text::EMPTY };
            (Some(loaded), Vec::new())
        }
        Origin::File(file) => match check::bytes(file) {
            Ok(bytes) => parse(&bytes, file.to_string_lossy().into_owned(), &Settings::default()),
            Err(_) => (None, check::read(file).1),
        },
        Origin::Installed(layout) => load_installed(layout, moment),
    }
}

/// Compat: sysmonforlinux.c — event 16 names the file that the administrator gave, not the stored copy; without one the
/// command line at the start, and nothing later.
fn load_installed(layout: &Layout, moment: Moment) -> (Option<Loaded>, Vec<Diagnostic>) {
    let stored = Stored::read(layout).unwrap_or_else(|error| {
        tracing::error!(folder = %layout.folder().display(), %error, "the installation cannot be read");
        Stored::default()
    });
    let settings = Settings::of_stored(&stored.words);
    let Some(bytes) = stored.configuration else { return (None, check::read(&layout.configuration()).1) };
    let Some(file) = &settings.file else {
        let words: Vec<_> = stored.words.iter().map(|word| word.to_string_lossy()).collect();
        let name = match moment {
            Moment::Start if words.len() > 1 => words.join(" "),
            Moment::Start => DEFAULTS.to_owned(),
            Moment::Reload => String::new(),
        };
        let (loaded, diagnostics) = parse(&bytes, name, &settings);
        return (loaded.map(|loaded| Loaded { hash: Text::EMPTY, ..loaded }), diagnostics);
    };
    parse(&bytes, file.to_string_lossy().into_owned(), &settings)
}

fn parse(bytes: &[u8], name: String, settings: &Settings) -> (Option<Loaded>, Vec<Diagnostic>) {
    let (config, diagnostics) = Config::parse(bytes, &name);
    let loaded = config.map(|mut config| {
        settings.apply(&mut config);
        let hash = hash_bytes(bytes, wanted_hashes(&config));
        Loaded { config, name, hash }
    });
    (loaded, diagnostics)
}

/// The reasons of a refusal in one text, for event 255.
pub(crate) fn refusal(origin: &Origin, diagnostics: &[Diagnostic]) -> String {
    let reasons: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    format!("{} is refused, the old configuration stays: {}", origin, reasons.join("; "))
}
