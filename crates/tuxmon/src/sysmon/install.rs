//! `-i [FILE]`: installs the service and starts it.

use std::ffi::OsString;
use std::fs;
use std::io;

use tuxmon_host::state::StateDirectory;

use super::exit::Exit;
use super::table::Switch;
use super::{Deed, console};
use crate::service::files;
use crate::service::patience;
use crate::service::stop::{self, Manner, Stopped};
use crate::service::stored::{self, Stored};
use crate::service::supervisor::{Supervisor, SupervisorError};

/// The configuration of no file, as the original writes it: every event has its default.
pub(super) const EMPTY: &[u8] =
    b"<Sysmon schemaversion=\"4.22\">\n  <EventFiltering>\n  </EventFiltering>\n</Sysmon>\n";

/// Installs over whatever is there: an older one of ours, or the original. Its event counter goes on.
pub(super) fn run(deed: &Deed<'_>) -> Exit {
    let supervisor = Supervisor::of(&deed.layout);
    if let Err(reason) = stop_old(deed, supervisor) {
        console::say("Cannot install Sysmon files");
        console::note(&reason);
        return Exit::Failure;
    }
    let stored = stored_again(deed).unwrap_or_else(|| to_store(deed));
    if let Err((message, error)) = lay_out(deed, &stored) {
        console::say(message);
        console::note(&error.to_string());
        return Exit::Failure;
    }
    if let Err(error) = supervisor.install(&deed.layout) {
        console::say("Cannot install Sysmon files");
        console::note(&error.to_string());
        return Exit::Failure;
    }
    console::say("Sysmon installed.");
    match supervisor.start(&deed.layout) {
        Ok(()) => {
            console::say("Sysmon started.");
            Exit::Success
        }
        Err(error) => {
            console::note(&error.to_string());
            match error {
                SupervisorError::Failed { code, .. } => Exit::Service(code),
                SupervisorError::Io { .. } => Exit::Failure,
            }
        }
    }
}

/// Only the service of this name is stopped, through its manager or its own socket; no process by its name.
fn stop_old(deed: &Deed<'_>, supervisor: Supervisor) -> Result<(), String> {
    supervisor.stop(&deed.layout).map_err(|error| error.to_string())?;
    match stop::stop(&deed.layout, Manner::Forced) {
        Ok(Stopped::WasNot | Stopped::Ended) => Ok(()),
        Ok(Stopped::StillRuns) => Err("the running service does not end".to_owned()),
        Err(error) => Err(format!("the running service cannot be stopped: {error}")),
    }
}

/// The configuration and the command line that the service starts with.
pub(super) fn to_store(deed: &Deed<'_>) -> Stored {
    let program: OsString = deed.call.program.clone();
    let configuration = deed.loaded.as_ref().map_or(EMPTY, |loaded| &loaded.bytes);
    Stored { configuration: Some(configuration.to_vec()), words: stored::words(&program, &deed.call.words) }
}

/// What is stored, if that is what is installed again: `-i /opt/sysmon/config.xml`, as packages do at an update. Then the
/// words that set it stay: hash algorithms, say, and the path that event 16 names.
fn stored_again(deed: &Deed<'_>) -> Option<Stored> {
    let named = deed.settings.file.as_ref()?;
    let same = fs::canonicalize(named).ok()? == fs::canonicalize(deed.layout.configuration()).ok()?;
    if !same || deed.switches.given().any(Switch::is_setting) {
        return None;
    }
    let stored = Stored::read(&deed.layout).ok()?;
    (!stored.words.is_empty()).then(|| Stored { words: stored.words, ..to_store(deed) })
}

type Step<T> = Result<T, (&'static str, io::Error)>;

/// Makes the folder and fills it.
fn lay_out(deed: &Deed<'_>, stored: &Stored) -> Step<()> {
    let files = |error| ("Cannot install Sysmon files", error);
    let folder = deed.layout.folder();
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(files)?;
    }
    let state = StateDirectory::open(&folder).map_err(|error| files(io::Error::other(error)))?;
    let program = std::env::current_exe().map_err(files)?;
    files::install(&deed.layout, &program).map_err(files)?;
    patience::forget(&deed.layout).map_err(files)?;
    let message =
        if deed.loaded.is_some() { "Cannot copy the config file" } else { "Cannot create empty config file" };
    stored.write(&state).map_err(|error| (message, error))
}
