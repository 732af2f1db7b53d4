//! Event 11: a name has a new file behind it, or an old file was emptied.

use tuxmon_event::{Event, FileCreate, Text, Timestamp};

use super::Actor;

pub(crate) fn file_create(time: Timestamp, actor: Actor, target_filename: Text) -> Event {
    Event::FileCreate(FileCreate {
        rule_name: Text::EMPTY,
        utc_time: time,
        process_guid: actor.guid,
        process_id: actor.pid,
        image: actor.image,
        target_filename,
        // Compat: eventsCommon.cpp — the event's time, not the file's.
        creation_utc_time: time,
        user: actor.user,
    })
}
