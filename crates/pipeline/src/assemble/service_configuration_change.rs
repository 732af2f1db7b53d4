//! Event 16: the agent has a configuration.

use tuxmon_event::{Event, ServiceConfigurationChange, Text, Timestamp};

/// `configuration` is the path as the user gave it, `Defaults` without one.
pub(crate) fn service_configuration_change(time: Timestamp, configuration: Text, hash: Text) -> Event {
    Event::ServiceConfigurationChange(ServiceConfigurationChange {
        utc_time: time,
        configuration,
        configuration_file_hash: hash,
    })
}
