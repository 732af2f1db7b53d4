//! Ends the agent of an installation: the very process that listens on its socket, never one by its name.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::layout::Layout;
use crate::control::client;

/// An agent ends within five seconds of its own accord; on a machine that hardly gets on, the kernel takes its time to let
/// go of hooks before the process is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// How an agent is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It is asked, and waited for.
    Orderly,
    /// The same; one that does not end in time is killed.
    Forced,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// None was running.
    WasNot,
    /// It has ended.
    Ended,
    /// It still runs.
    StillRuns,
}

/// Ends the agent that uses the folder of an installation.
pub(crate) fn stop(layout: &Layout, manner: Manner) -> io::Result<Stopped> {
    let Some(pid) = client::agent(&layout.folder())? else { return Ok(Stopped::WasNot) };
    let pid = Pid::from_raw(pid.cast_signed()).ok_or(io::ErrorKind::InvalidData)?;
    let process = match pidfd_open(pid, PidfdFlags::empty()) {
        Err(Errno::SRCH) => return Ok(Stopped::Ended),
        other => other?,
    };
    for signal in [Signal::TERM, Signal::KILL] {
        match pidfd_send_signal(&process, signal) {
            Ok(()) | Err(Errno::SRCH) => {}
            Err(errno) => return Err(errno.into()),
        }
        let limit = Timespec::try_from(PATIENCE).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut ends = [PollFd::new(&process, PollFlags::IN)];
        if poll(&mut ends, Some(&limit))? > 0 {
            return Ok(Stopped::Ended);
        }
        if manner == Manner::Orderly {
            break;
        }
    }
    Ok(Stopped::StillRuns)
}
