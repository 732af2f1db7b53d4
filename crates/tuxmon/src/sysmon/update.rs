//! `-c`: shows the rules in force, or changes them.

use tuxmon_host::state::StateDirectory;

use super::Deed;
use super::console;
use super::exit::Exit;
use super::install::{EMPTY, to_store};
use super::table::Switch;
use crate::control::client::{self, Asked};
use crate::control::protocol::{Answer, Request};
use crate::service::stored::Stored;

/// Shows or changes.
pub(super) fn run(deed: &Deed<'_>) -> Exit {
    let sets = deed.switches.given().any(Switch::is_setting);
    if deed.switches.has(Switch::ConfigDefault) {
        if sets || deed.settings.file.is_some() {
            console::say("Cannot use specific settings with enforcing defaults.");
            return Exit::Parameter;
        }
        console::say("Updating configuration to use all defaults.");
        return change(deed);
    }
    if sets || deed.settings.file.is_some() { change(deed) } else { show(deed) }
}

/// The rules that the running agent judges by, not those of a file that it may not have read.
fn show(deed: &Deed<'_>) -> Exit {
    match client::ask(&deed.layout.folder(), &Request::Rules) {
        Ok(Asked::Answered { answer: Answer::Rules { text }, .. }) => {
            console::print(&text);
            Exit::Success
        }
        Ok(Asked::NotRunning) => {
            console::say("Sysmon is not running");
            Exit::Parameter
        }
        other => unexpected(other),
    }
}

/// Stores the new configuration and has the agent read it. If it refuses, everything is as before.
fn change(deed: &Deed<'_>) -> Exit {
    let folder = deed.layout.folder();
    let running = matches!(client::agent(&folder), Ok(Some(_)));
    if !running {
        console::say("Error: Sysmon is not installed.");
    }
    if !folder.is_dir() {
        return cannot_store("there is no installation");
    }
    let stored = Stored::read(&deed.layout)
        .and_then(|old| Ok((old, StateDirectory::open(&folder).map_err(std::io::Error::other)?)));
    let (old, state) = match stored {
        Ok(found) => found,
        Err(error) => return cannot_store(&error.to_string()),
    };
    if let Err(error) = to_store(deed).write(&state) {
        return cannot_store(&error.to_string());
    }
    if !running {
        console::note("The configuration is stored; the service reads it when it starts.");
        return Exit::Success;
    }
    let exit = ask_to_reload(deed);
    if exit != Exit::Success {
        let old = Stored { configuration: old.configuration.or_else(|| Some(EMPTY.to_vec())), ..old };
        if let Err(error) = old.write(&state) {
            console::note(&format!("The configuration before could not be put back: {error}"));
        }
    }
    exit
}

fn ask_to_reload(deed: &Deed<'_>) -> Exit {
    match client::ask(&deed.layout.folder(), &Request::Reload) {
        Ok(Asked::Answered { answer: Answer::Reload(reloaded), .. }) if reloaded.accepted => {
            if let Some(reason) = &reloaded.unchanged {
                console::note(&format!("The new rules hold, but {reason}"));
            }
            console::say("Configuration updated.");
            Exit::Success
        }
        Ok(Asked::Answered { answer: Answer::Reload(reloaded), .. }) => {
            for remark in &reloaded.remarks {
                console::note(remark);
            }
            console::say("Error: The running service refused the configuration; the one before stays.");
            Exit::Parameter
        }
        other => unexpected(other),
    }
}

fn unexpected(asked: std::io::Result<Asked>) -> Exit {
    let reason = match asked {
        Ok(Asked::Answered { answer: Answer::Error { reason }, .. }) => reason,
        Ok(Asked::Answered { .. }) => "it answered something else".to_owned(),
        Ok(Asked::NotRunning) => "it has ended".to_owned(),
        Err(error) => error.to_string(),
    };
    console::say(&format!("Error: The running service gave no answer: {reason}"));
    Exit::Failure
}

fn cannot_store(reason: &str) -> Exit {
    console::say("Cannot copy the config file");
    console::note(reason);
    Exit::Failure
}
