//! Which event the opening of a file is: FileCreate or RawAccessRead.

use tuxmon_event::{Event, Timestamp};
use tuxmon_wire::{FileOpen, OpenDeed};

use super::{actor, file_create, path_text, raw_access_read};
use crate::machine::Machine;

/// `__O_TMPFILE`, the same on x86 and arm64.
const TMPFILE: u32 = 0o20_000_000;

/// A file that is made without a name has none to report; its event comes when `linkat` gives it one.
pub(crate) fn file_open(time: Timestamp, machine: &mut Machine, open: &FileOpen<'_>) -> Option<Event> {
    if open.open_flags & TMPFILE != 0 {
        return None;
    }
    let actor = actor(machine, &open.task);
    let path = path_text(&open.path);
    Some(match open.deed {
        OpenDeed::Created | OpenDeed::Overwritten => file_create(time, actor, path),
        OpenDeed::RawDevice => raw_access_read(time, actor, path),
    })
}
