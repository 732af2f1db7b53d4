//! What the line asks about this machine.

use tuxmon_host::cgroups::ControlGroups;
use tuxmon_host::clock::Clock;
use tuxmon_host::executable::Executables;
use tuxmon_host::hash::Hasher;
use tuxmon_host::identity::Guids;
use tuxmon_host::logon::Logins;
use tuxmon_host::machine::machine_id;
use tuxmon_host::names::Names;
use tuxmon_host::process::{Limits, ProcessTable};
use tuxmon_host::users::Users;

/// All that is known of this machine. Its parts know nothing of each other, so that each can be asked alone.
#[derive(Debug)]
pub struct Machine {
    /// Boot time to wall-clock time.
    pub clock: Clock,
    /// Numbers of users to names.
    pub users: Users,
    /// Logins on terminals.
    pub logins: Logins,
    /// GUIDs of processes and logins.
    pub guids: Guids,
    /// Processes.
    pub processes: ProcessTable,
    /// Control groups, containers and units.
    pub groups: ControlGroups,
    /// Names of files as system calls took them to paths.
    pub names: Names,
    /// Files that are programs.
    pub executables: Executables,
    /// Hashes of executed files.
    pub hasher: Hasher,
}

impl Machine {
    /// This machine, as nothing has told of it yet.
    pub fn this(clock: Clock, hasher: Hasher) -> Self {
        let guids = Guids { machine_id: machine_id(), boot_offset_ns: clock.boot_offset_ns() };
        Self {
            clock,
            users: Users::of_this_machine(),
            logins: Logins::of_this_machine(),
            guids,
            processes: ProcessTable::new(guids, Limits::default()),
            groups: ControlGroups::of_this_machine(),
            names: Names::of_this_machine(),
            executables: Executables::default(),
            hasher,
        }
    }

    /// The machine of a recording, which cannot be asked any more: all that is known of it is what the records tell.
    /// Its time begins with the epoch, as its records count from its boot.
    pub fn of_a_recording(hasher: Hasher) -> Self {
        let guids = Guids { machine_id: 0, boot_offset_ns: 0 };
        Self {
            clock: Clock::fixed(0),
            users: Users::of_a_recording(),
            logins: Logins::of_a_recording(),
            guids,
            processes: ProcessTable::of_a_recording(guids, Limits::default()),
            groups: ControlGroups::of_a_recording(),
            names: Names::of_a_recording(),
            executables: Executables::default(),
            hasher,
        }
    }
}
