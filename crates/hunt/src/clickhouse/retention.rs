//! Old events go from a server, before their time if the tables have one.

use super::server::{Server, ServerError};
use super::spread::Spread;
use crate::summary::DAY;

/// Removes what happened before `horizon`, in milliseconds since 1970, and gives the number of events. Events that are
/// older are not taken again. The server does it in the background.
pub fn remove_remotely(server: &Server, horizon: i64) -> Result<u64, ServerError> {
    let spread = Spread::of(server)?;
    let all = spread.table("raw_events");
    let events = server.text(&format!("SELECT count() FROM {all} WHERE time < {horizon}"))?;
    // First, so that nothing comes back behind what is removed.
    server.execute(&format!("INSERT INTO meta (name, value) VALUES ('horizon', {horizon})"))?;
    for (table, condition) in [
        ("raw_events", format!("time < {horizon}")),
        ("raw_deeds", format!("time < {horizon}")),
        ("raw_children", format!("time < {horizon}")),
        // A day's counts go with the day.
        ("sum_images", format!("(day_id + 1) * 86400000 <= {horizon}")),
        ("sum_parents", format!("(day_id + 1) * 86400000 <= {horizon}")),
        ("sum_peers", format!("(day_id + 1) * 86400000 <= {horizon}")),
        ("sum_records", format!("(hour + 1) * 3600000 <= {horizon}")),
    ] {
        server.execute(&format!("ALTER TABLE {} DELETE WHERE {condition}", spread.rows_of(server, table)))?;
    }
    Ok(events.parse().unwrap_or_default())
}

/// Removes the oldest days until what stays has about so many bytes, by the mean of an event with all that is kept of it;
/// gives the number of events. The last day stays, however large it is. Asked again before the server came to it, it
/// removes the same.
pub fn shrink_remotely(server: &Server, most: u64) -> Result<u64, ServerError> {
    if Spread::of(server)? != Spread::Here {
        let reason = "the sizes of a cluster's servers are not known to one of them; say days".to_owned();
        return Err(ServerError::Refused { code: 0, reason });
    }
    let bytes = "SELECT sum(bytes) FROM system.parts WHERE database = currentDatabase() AND active";
    let bytes: u64 = server.text(bytes)?.parse().unwrap_or_default();
    let days = server.text(&format!(
        "SELECT intDiv(time, {DAY}) AS day, count() FROM raw_events GROUP BY day ORDER BY day DESC"
    ))?;
    let days: Vec<(i64, u64)> = (days.lines())
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(day, events)| Some((day.parse().ok()?, events.parse().ok()?)))
        .collect();
    let all: u64 = days.iter().map(|(_, events)| events).sum();
    let mut kept = 0;
    let mut first = None;
    for (day, events) in days {
        kept += events;
        let size = u128::from(bytes) * u128::from(kept) / u128::from(all.max(1));
        if first.is_some() && size > u128::from(most) {
            break;
        }
        first = Some(day);
    }
    match first {
        Some(first) => remove_remotely(server, first * DAY),
        None => Ok(0),
    }
}

/// The time of the last event, in milliseconds since 1970.
pub fn last_time_remotely(server: &Server) -> Result<Option<i64>, ServerError> {
    let last = server.text("SELECT maxMerge(lasts) FROM sum_records")?;
    Ok(last.parse().ok().map(|micros: i64| micros / 1000).filter(|last| *last > 0))
}
