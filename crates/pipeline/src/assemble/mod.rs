//! Records become events: one file for each event, by the stem of its definition.
//!
//! A function here asks the machine who and what a record speaks of, and fills the event's struct whole. It decides
//! nothing: the verdict is the rules'.

mod ebpf_event;
mod error_report;
mod file_create;
mod file_delete;
mod file_name;
mod file_open;
mod network_connect;
mod process_access;
mod process_create;
mod process_terminate;
mod raw_access_read;
mod service_configuration_change;
mod service_state_change;

use tuxmon_event::{Guid, Text};
use tuxmon_wire::{Path, Task};

pub(crate) use ebpf_event::ebpf_event;
pub(crate) use error_report::error_report;
pub(crate) use file_create::file_create;
pub(crate) use file_delete::file_delete;
pub(crate) use file_name::{changes, file_name};
pub(crate) use file_open::file_open;
pub(crate) use network_connect::network_connect;
pub(crate) use process_access::process_access;
pub(crate) use process_create::process_create;
pub(crate) use process_terminate::process_terminate;
pub(crate) use raw_access_read::raw_access_read;
pub(crate) use service_configuration_change::service_configuration_change;
pub(crate) use service_state_change::service_state_change;
pub use service_state_change::{COMPATIBLE_VERSION, SCHEMA_VERSION, State};

use crate::machine::Machine;

/// Who acted, in the words of events.
pub(crate) struct Actor {
    guid: Guid,
    pid: u32,
    image: Text,
    user: Text,
}

/// The image that acted, and the real user it had at that moment, which need not be the one it began with.
fn actor(machine: &mut Machine, task: &Task) -> Actor {
    let process = machine.processes.resolve(task, &mut machine.users);
    Actor {
        guid: process.guid,
        pid: task.identity.pid,
        image: process.image.clone(),
        user: machine.users.name(task.uid),
    }
}

/// A path that the kernel has walked.
fn path_text(path: &Path<'_>) -> Text {
    let mut bytes = Vec::with_capacity(path.leaf_first.len() + 1);
    path.append_to(&mut bytes);
    text(bytes)
}

/// Bytes of the kernel as text. A name may hold any bytes; what is not UTF-8 becomes U+FFFD.
fn text(bytes: Vec<u8>) -> Text {
    Text::from(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}
