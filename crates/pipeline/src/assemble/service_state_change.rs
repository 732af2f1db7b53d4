//! Event 4: the agent started or stopped.

use tuxmon_event::{Event, ServiceStateChange, Text, Timestamp};

/// The release of Sysmon for Linux whose events these are. Consumers read it as a statement about the form of
/// events, so it is not the agent's own version, which its log and `tuxmon --version` tell.
pub const COMPATIBLE_VERSION: &str = "1.5.2";

/// The newest schema of that release.
pub const SCHEMA_VERSION: &str = "4.90";

/// What the agent came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It collects.
    Started,
    /// It has written its last event.
    Stopped,
}

pub(crate) fn service_state_change(time: Timestamp, state: State) -> Event {
    let state = match state {
        State::Started => "Started",
        State::Stopped => "Stopped",
    };
    Event::ServiceStateChange(ServiceStateChange {
        utc_time: time,
        state: Text::from(state),
        version: Text::from(COMPATIBLE_VERSION),
        schema_version: Text::from(SCHEMA_VERSION),
    })
}
