//! Event 255: something kept the agent from doing its work whole.

use tuxmon_event::{ErrorReport, Event, Text, Timestamp};

/// The longest description; a refused configuration can have thousands of diagnostics.
const DESCRIPTION_BYTES: usize = 8 * 1024;

pub(crate) fn error_report(time: Timestamp, id: &str, description: &str) -> Event {
    Event::ErrorReport(ErrorReport {
        utc_time: time,
        id: Text::from(id),
        description: Text::from(bounded(description)),
    })
}

fn bounded(description: &str) -> String {
    if description.len() <= DESCRIPTION_BYTES {
        return description.to_owned();
    }
    format!("{} ...", &description[..description.floor_char_boundary(DESCRIPTION_BYTES)])
}

#[cfg(test)]
mod tests {
    use super::{DESCRIPTION_BYTES, bounded};

    #[test]
    fn a_description_is_bounded_at_a_character() {
        assert_eq!(bounded("short"), "short");
        assert_eq!(bounded(&"ä".repeat(10_000)).len(), DESCRIPTION_BYTES + " ...".len());
        assert_eq!(bounded(&format!("a{}", "ä".repeat(10_000))).len(), DESCRIPTION_BYTES - 1 + " ...".len());
    }
}
