//! What a file and a server answer, side by side.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use tuxmon_hunt::{Asked, Server, Store};

use crate::events::ask;

/// Columns that are each engine's own: identities, and texts for numbers.
const OWN: &[&str] = &["event", "process", "id", "parent", "hash_bytes", "stream"];

/// The rows of a view, without what is each engine's own, in order.
pub fn rows(store: &dyn Asked, view: &str, columns: &str) -> Vec<String> {
    let answer = ask(store, &format!("SELECT {columns} FROM {view}"));
    let mut lines: Vec<String> = answer.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Every view has the same rows.
pub fn compare(file: &Store, server: &Server, name: &str) {
    let views = ask(file, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name");
    for view in views.lines().skip(1) {
        let mut columns = Vec::new();
        file.ask(&format!("SELECT * FROM {view} LIMIT 0"), &[], &mut |rows| {
            columns = rows.columns().to_vec();
            Ok(())
        })
        .expect("the view is there");
        let shared = |column: &&String| !OWN.contains(&column.as_str()) && !column.ends_with("_id");
        let columns: Vec<&str> = columns.iter().filter(shared).map(String::as_str).collect();
        let columns = columns.join(", ");
        // Logs of others give two images to a process whose beginning nobody saw; which one is kept depends on the order
        // in which the file's tables are written.
        let from = if view == "processes" { "processes WHERE started IS NOT NULL" } else { view };
        let (ours, theirs) = (rows(file, from, &columns), rows(server, from, &columns));
        let differ = ours.iter().zip(&theirs).find(|(ours, theirs)| ours != theirs);
        assert_eq!(differ, None, "{view} in a file, and in {name}");
        assert_eq!(ours.len(), theirs.len(), "{view} of {name}");
    }
}
