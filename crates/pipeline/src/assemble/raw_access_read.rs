//! Event 9: a block device was opened.

use tuxmon_event::{Event, RawAccessRead, Text, Timestamp};

use super::Actor;

pub(crate) fn raw_access_read(time: Timestamp, actor: Actor, device: Text) -> Event {
    Event::RawAccessRead(RawAccessRead {
        rule_name: Text::EMPTY,
        utc_time: time,
        process_guid: actor.guid,
        process_id: actor.pid,
        image: actor.image,
        device,
        user: actor.user,
    })
}
