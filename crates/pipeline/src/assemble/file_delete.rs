//! Event 23: a file lost a name.

use tuxmon_event::{Event, FileDelete, Text, Timestamp};

use super::Actor;

/// A file that is gone can only be judged by its mode, and by whether it was executed: `is_executable` is nothing
/// when the kernel could not tell which file had the name.
pub(crate) fn file_delete(
    time: Timestamp,
    actor: Actor,
    target_filename: Text,
    is_executable: Option<bool>,
) -> Event {
    Event::FileDelete(FileDelete {
        rule_name: Text::EMPTY,
        utc_time: time,
        process_guid: actor.guid,
        process_id: actor.pid,
        user: actor.user,
        image: actor.image,
        target_filename,
        // Compat: sysmonforlinux.c — a file is neither hashed nor archived when it goes.
        hashes: Text::EMPTY,
        is_executable,
        archived: Text::EMPTY,
    })
}
