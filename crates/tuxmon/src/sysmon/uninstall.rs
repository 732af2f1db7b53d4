//! `-u [force]`: stops the service and removes what was installed.

use super::exit::Exit;
use super::table::Switch;
use super::{Deed, console, usage};
use crate::service::files;
use crate::service::stop::{self, Manner, Stopped};
use crate::service::supervisor::Supervisor;

/// Stops and removes; says what stays. Where nothing is installed, nothing is left to do.
pub(super) fn run(deed: &Deed<'_>) -> Exit {
    let force = match deed.switches.value(Switch::UnInstall) {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("force") => true,
        Some(_) => {
            console::say("Invalid option for -u.");
            return usage(deed.call);
        }
    };
    match remove(deed, force) {
        Ok(()) => Exit::Success,
        Err(reason) => {
            console::note(&reason);
            Exit::Failure
        }
    }
}

fn remove(deed: &Deed<'_>, force: bool) -> Result<(), String> {
    let layout = &deed.layout;
    let supervisor = Supervisor::of(layout);
    let manner = if force { Manner::Forced } else { Manner::Orderly };
    if let Err(error) = supervisor.stop(layout) {
        // Its own socket is the second way.
        console::note(&error.to_string());
    }
    match stop::stop(layout, manner) {
        Ok(Stopped::WasNot | Stopped::Ended) => {}
        Ok(Stopped::StillRuns) => {
            return Err("The service does not end; nothing was removed. '-u force' kills it.".to_owned());
        }
        Err(error) => return Err(format!("The service cannot be stopped: {error}")),
    }
    console::say("Sysmon stopped.");
    supervisor.remove(layout).map_err(|error| error.to_string())?;
    let removal = files::remove(layout, force)
        .map_err(|error| format!("{} cannot be removed: {error}", layout.folder().display()))?;
    for path in &removal.kept {
        console::say(&format!("Kept {}; '-u force' removes it too.", path.display()));
    }
    for path in &removal.foreign {
        console::say(&format!("Kept {}, which was not installed.", path.display()));
    }
    Ok(())
}
