//! Counts made anew from the events: after two importers stored the same events at one moment, or a server died between
//! an insert and its counts.

use super::ddl::{self, Engine};
use super::server::{Server, ServerError};
use super::spread::Spread;
use crate::layout;
use crate::summary::DAY;

/// Counts all that the tables beside the events hold anew, each event once, and gives the number of events. Until it
/// returns, counts are missing, and nobody must import; if it does not, it can be begun again.
pub fn recount_remotely(server: &Server) -> Result<u64, ServerError> {
    let spread = Spread::of(server)?;
    // Who cannot tell the other shards to forget their counts counts those of his own.
    let all_events = spread.table("raw_events");
    let days =
        server.text(&format!("SELECT DISTINCT intDiv(time, {DAY}) AS day FROM {all_events} ORDER BY day"))?;
    let days: Vec<i64> = days.lines().filter_map(|day| day.parse().ok()).collect();
    let all = layout::tables();
    for table in ddl::tables(&all, super::install::abilities(server.version())) {
        // In the others an event that comes twice is one row.
        if table.engine != Engine::Aggregating {
            continue;
        }
        server.execute(&format!("TRUNCATE TABLE {}", spread.rows_of(server, &table.name)))?;
        let columns: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        for feed in ddl::feeds(&all).iter().filter(|feed| feed.to == table.name) {
            let rest = feed.rest.strip_prefix("WHERE ").expect("every feed takes some of the events");
            for day in &days {
                // A day at a time: the states of all processes would not fit in memory.
                server.execute(&format!(
                    "INSERT INTO {} ({columns}) SELECT {columns} FROM (SELECT {} FROM {all_events} FINAL \
                     WHERE time >= {} AND time < {} AND {rest})",
                    spread.table(&table.name),
                    feed.select,
                    day * DAY,
                    (day + 1) * DAY,
                    columns = columns.join(", "),
                ))?;
            }
        }
    }
    let events = server.text(&format!("SELECT uniqExact(event) FROM {all_events}"))?;
    Ok(events.parse().unwrap_or_default())
}
