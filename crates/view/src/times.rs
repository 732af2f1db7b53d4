//! When events happened, as people read it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::Event;
use crate::safe::append_safely;

/// Characters of `2026-11-21 05:31:50.672`.
pub(crate) const TIME_WIDTH: usize = 23;

/// In which time zone the table shows times; the other forms show them as they were written, in UTC.
#[derive(Debug, Clone)]
pub enum Zone {
    /// As written.
    Utc,
    /// In this zone.
    Local(TimeZone),
}

/// Appends when it happened, or was written when it does not say so, as `2026-11-21 05:31:50.672`.
pub(crate) fn append_time(event: &Event<'_>, zone: &Zone, out: &mut String) {
    append_written_time(written_time(event), zone, out);
}

/// When it happened, or was written when it does not say so, as it says.
pub(crate) fn written_time<'a>(event: &Event<'a>) -> &'a str {
    event.first_of(&["UtcTime"]).unwrap_or_else(|| event.system_time())
}

/// Appends a time that an event says as `2026-11-21 05:31:50.672`.
pub(crate) fn append_written_time(written: &str, zone: &Zone, out: &mut String) {
    let instant = match zone {
        Zone::Utc => None,
        Zone::Local(zone) => instant(written).map(|instant| instant.to_zoned(zone.clone())),
    };
    if let Some(local) = instant {
        out.push_str(&local.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string());
    } else {
        let text = written.get(..TIME_WIDTH).unwrap_or(written);
        append_safely(&text.replace('T', " "), out);
    }
}

fn instant(utc: &str) -> Option<Timestamp> {
    let text = utc.trim_end_matches('Z');
    format!("{text}Z").parse().ok()
}
