//! Who writes next: whoever waits, before the one who has just written.
//!
//! A file has one writer at a time, and SQLite has the others ask again after a pause. An import of a whole log leaves
//! them no gap: it begins its next transaction before they wake up. So whoever wants to write queues first, at a lock on a
//! file beside the store, and leaves the queue when the transaction has begun: who comes back has to queue behind.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;

use rusqlite::Connection;

/// Begins to write, after those who wait already.
pub(crate) fn begin(connection: &Connection) -> rusqlite::Result<()> {
    let queue = queue(connection);
    if let Some(queue) = &queue {
        // Without the lock, chance decides who writes next; nothing else depends on it.
        let _ = queue.lock();
    }
    connection.execute_batch("BEGIN IMMEDIATE")
}

/// The file of the queue; none where the store is in memory. Who can open it can hold up all who write, so nobody else can.
fn queue(connection: &Connection) -> Option<File> {
    let store = connection.path().filter(|path| !path.is_empty())?;
    File::options().create(true).append(true).mode(0o600).open(format!("{store}.queue")).ok()
}

#[cfg(test)]
mod tests {
    use std::fs::TryLockError;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    fn note(connection: &Connection, who: &str) {
        connection.execute("INSERT INTO notes VALUES (?1)", [who]).expect("a transaction has begun");
    }

    #[test]
    fn nobody_else_can_hold_up_who_writes() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let connection = Connection::open(folder.path().join("store")).expect("a file");
        let line = queue(&connection).expect("the store is a file");
        assert_eq!(line.metadata().expect("it is open").permissions().mode() & 0o077, 0);
    }

    #[test]
    fn who_waits_comes_before_who_was_there() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let path = folder.path().join("store");
        let open = || {
            let connection = Connection::open(&path).expect("a file");
            // Nobody gives up, however slow the machine is.
            connection.busy_timeout(std::time::Duration::from_hours(1)).expect("a number");
            connection
        };
        let first = open();
        first.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE notes (who)").expect("SQL");
        begin(&first).expect("nobody else is there");
        note(&first, "first");
        let (asked, listening) = channel();
        let second = thread::scope(|scope| {
            let second = scope.spawn(|| {
                let second = open();
                asked.send(()).expect("the first one listens");
                begin(&second).expect("it waits for its turn");
                note(&second, "second");
                second.execute_batch("COMMIT").expect("it writes");
            });
            listening.recv().expect("the second one comes");
            let line = queue(&first).expect("the store is a file");
            while !matches!(line.try_lock(), Err(TryLockError::WouldBlock)) {
                line.unlock().expect("it was ours");
                thread::yield_now();
            }
            // The second one waits for us alone now.
            first.execute_batch("COMMIT").expect("it writes");
            begin(&first).expect("it waits for the second one");
            note(&first, "first again");
            first.execute_batch("COMMIT").expect("it writes");
            second.join()
        });
        second.expect("no panic");
        let said: Vec<String> = first
            .prepare("SELECT who FROM notes ORDER BY rowid")
            .and_then(|mut asked| asked.query_map([], |row| row.get(0))?.collect())
            .expect("SQL");
        assert_eq!(said, ["first", "second", "first again"]);
    }
}
