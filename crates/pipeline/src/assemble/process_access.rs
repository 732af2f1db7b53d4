//! Event 10: one process began to trace another.

use tuxmon_event::{Event, ProcessAccess, Text, Timestamp};
use tuxmon_wire::Ptrace;

use super::actor;
use crate::machine::Machine;

pub(crate) fn process_access(time: Timestamp, machine: &mut Machine, ptrace: &Ptrace) -> Event {
    let source = actor(machine, &ptrace.task);
    let target = actor(machine, &ptrace.target);
    Event::ProcessAccess(ProcessAccess {
        rule_name: Text::EMPTY,
        utc_time: time,
        source_process_guid: source.guid,
        source_process_id: source.pid,
        source_thread_id: ptrace.task.tid,
        source_image: source.image,
        target_process_guid: target.guid,
        target_process_id: target.pid,
        target_image: target.image,
        // Compat: sysmonforlinux.c — Linux knows no access mask and no call trace here: 0x0 and `-`.
        granted_access: 0,
        call_trace: Text::EMPTY,
        source_user: source.user,
        target_user: target.user,
    })
}
