//! Event 5: the last thread of a process ended.

use tuxmon_event::{Event, ProcessTerminate, Text, Timestamp};
use tuxmon_wire::{BootTime, Exit};

use crate::machine::Machine;

/// Nothing when the end of this process was told before: two last threads may both find themselves the last. Nothing
/// for a thread of the kernel: it never was a program, and its beginning is no event either.
pub(crate) fn process_terminate(
    time: Timestamp,
    at: BootTime,
    machine: &mut Machine,
    exit: &Exit,
) -> Option<Event> {
    let process = machine.processes.exit(exit, at, &mut machine.users)?;
    if exit.task.flags.kernel_thread() {
        return None;
    }
    Some(Event::ProcessTerminate(ProcessTerminate {
        rule_name: Text::EMPTY,
        utc_time: time,
        process_guid: process.guid,
        process_id: process.identity.pid,
        image: process.image.clone(),
        user: machine.users.name(exit.task.uid),
    }))
}
