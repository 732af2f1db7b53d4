//! Event 1: a process executed a new image.

use tuxmon_event::{Event, ProcessCreate, Text, Timestamp};
use tuxmon_wire::{BootTime, Image};

use crate::machine::Machine;

/// The time is that of the execution, not of the fork: several executions of one process each have their own. The
/// hashes are filled in when they are there.
pub(crate) fn process_create(
    time: Timestamp,
    at: BootTime,
    machine: &mut Machine,
    image: &Image<'_>,
) -> Event {
    machine.executables.remember(&image.file);
    let process = machine.processes.exec(image, at, &mut machine.users);
    let terminal = image.tty.map(|index| machine.logins.terminal(index, process.user.as_str()));
    let parent = &process.parent;
    Event::ProcessCreate(ProcessCreate {
        rule_name: Text::EMPTY,
        utc_time: time,
        process_guid: process.guid,
        process_id: process.identity.pid,
        image: process.image.clone(),
        // Linux files have no version resource.
        file_version: Text::EMPTY,
        description: Text::EMPTY,
        product: Text::EMPTY,
        company: Text::EMPTY,
        original_file_name: Text::EMPTY,
        command_line: process.command_line.clone(),
        current_directory: process.directory.clone(),
        user: process.user.clone(),
        logon_guid: machine.guids.logon(image.task.uid, terminal),
        logon_id: image.task.uid.into(),
        terminal_session_id: image.task.session_id,
        // Compat: sysmonforlinux.c — Linux has no integrity levels.
        integrity_level: Text::from("no level"),
        hashes: Text::EMPTY,
        parent_process_guid: parent.guid,
        parent_process_id: parent.identity.pid,
        parent_image: parent.image.clone(),
        parent_command_line: parent.command_line.clone(),
        parent_user: parent.user.clone(),
    })
}
