//! `-i -service`: the service itself, as its manager starts it.

use std::env;
use std::ffi::OsString;
use std::time::SystemTime;

use super::Deed;
use super::console;
use super::exit::Exit;
use crate::run::{self, ServiceEnd};
use crate::service::detached::{self, Start};
use crate::service::patience::{self, Attempt};

/// Runs in the foreground for a manager that wants to be told when it is up; else goes into the background and returns
/// when it is up, as the original does.
pub(super) fn run(deed: &Deed<'_>) -> Exit {
    if !deed.layout.configuration().exists() {
        console::say("Error: Sysmon is not installed.");
        return Exit::Failure;
    }
    if env::var_os("NOTIFY_SOCKET").is_some() { foreground(deed) } else { background(deed) }
}

fn background(deed: &Deed<'_>) -> Exit {
    let words: [OsString; 3] = ["-i".into(), deed.layout.configuration().into_os_string(), "-service".into()];
    match detached::start(&deed.layout, &words) {
        Ok(Start::Up) => Exit::Success,
        Ok(Start::Ended(code)) => Exit::Service(code),
        Ok(Start::Silent) => failed("the service did not come up in time and was ended"),
        Err(error) => failed(&format!("The service cannot be started: {error}")),
    }
}

fn failed(reason: &str) -> Exit {
    console::note(reason);
    Exit::Failure
}

fn foreground(deed: &Deed<'_>) -> Exit {
    let attempt = if env::var_os(detached::DETACHED).is_some() {
        detached::leave_session();
        None
    } else {
        patient(deed)
    };
    let end = run::service(&deed.layout);
    if let (Ok(_), Some(attempt)) = (&end, attempt) {
        attempt.ended_in_order();
    }
    match end {
        Ok(ServiceEnd::Stopped) => Exit::Success,
        Ok(ServiceEnd::Refused) => Exit::Parameter,
        Err(error) => match telemetry(&error) {
            Some((number, text)) => {
                console::note(&format!("Telemetry failed to start: {text}"));
                console::note(&format!("{error:#}"));
                Exit::Service(number)
            }
            None => failed(&format!("{error:#}")),
        },
    }
}

/// Waits when the service manager has started it in vain again and again. That it cannot be counted is no reason not to
/// start.
fn patient(deed: &Deed<'_>) -> Option<Attempt> {
    let (attempt, pause) = Attempt::begin(&deed.layout, SystemTime::now()).ok()?;
    patience::wait(pause);
    Some(attempt)
}

/// The original's number and words for the reason why the kernel side did not start.
fn telemetry(error: &anyhow::Error) -> Option<(u8, &'static str)> {
    use tuxmon_sensor::SensorError;
    match error.downcast_ref::<SensorError>()? {
        SensorError::NoBtf(_) => Some((13, "kernel types could not be found")),
        SensorError::NotPermitted(_) | SensorError::Program { .. } | SensorError::Kernel { .. } => {
            Some((12, "eBPF object could not be loaded"))
        }
    }
}
