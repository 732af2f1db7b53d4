//! Old events go from a server, before their time if the tables have one.

use super::server::{Server, ServerError};

/// Removes what happened before `horizon`, in milliseconds since 1970, and gives the number of events. Events that are
/// older are not taken again. The server does it in the background.
pub fn remove_remotely(server: &Server, horizon: i64) -> Result<u64, ServerError> {
    let events = server.text(&format!("SELECT count() FROM raw_events WHERE time < {horizon}"))?;
    // First, so that nothing comes back behind what is removed.
    server.execute(&format!("INSERT INTO meta (name, value) VALUES ('horizon', {horizon})"))?;
    let (suffix, everywhere) = match cluster(server)? {
        Some(cluster) => ("_local", format!(" ON CLUSTER {cluster}")),
        None => ("", String::new()),
    };
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
        server.execute(&format!("ALTER TABLE {table}{suffix}{everywhere} DELETE WHERE {condition}"))?;
    }
    Ok(events.parse().unwrap_or_default())
}

/// The time of the last event, in milliseconds since 1970.
pub fn last_time_remotely(server: &Server) -> Result<Option<i64>, ServerError> {
    let last = server.text("SELECT maxMerge(lasts) FROM sum_records")?;
    Ok(last.parse().ok().map(|micros: i64| micros / 1000).filter(|last| *last > 0))
}

/// The cluster over which the store's tables are spread.
pub(super) fn cluster(server: &Server) -> Result<Option<String>, ServerError> {
    let asked = "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'raw_events' AND engine = 'Distributed'";
    let engine = server.text(asked)?;
    let name = engine.strip_prefix("Distributed(").and_then(|rest| rest.split(',').next());
    Ok(name.map(|name| name.trim_matches(['\'', '\\', ' ']).to_owned()))
}
