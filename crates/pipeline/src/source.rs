//! Where records come from: the kernel, or a stream that was recorded from one.

use std::time::Duration;

use tuxmon_config::Config;
use tuxmon_wire::{BootTime, Kind};

use crate::filter::FilterEntry;

/// Why a source cannot go on. The agent only prints it.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Gives the bytes of records, one by one, in the order in which they were written.
pub trait Source {
    /// Gives every process that runs now.
    fn seed(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<usize, SourceError>;

    /// Gives every record that is there, waiting for the first one as long as `timeout`. Returns how many.
    fn poll(&mut self, timeout: Duration, each: &mut dyn FnMut(&[u8])) -> Result<usize, SourceError>;

    /// Gives every record that is there now.
    fn drain(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<usize, SourceError>;

    /// What was lost since the last call.
    fn losses(&mut self) -> Result<Vec<Loss>, SourceError>;

    /// Looks whether everything still collects that should, and mends what does not. Gives what was found broken.
    fn mend(&mut self) -> Result<Vec<Broken>, SourceError> {
        Ok(Vec::new())
    }

    /// Ends collection; what was collected can still be drained.
    fn stop_collection(&mut self);

    /// Changes what is collected.
    fn set_collect(&mut self, collect: &Collect) -> Result<(), SourceError>;

    /// Need not give certain records any more. A source may give them all the same.
    fn leave_out(&mut self, _entries: &[FilterEntry]) -> Result<(), SourceError> {
        Ok(())
    }

    /// Gives all records again.
    fn leave_nothing_out(&mut self) -> Result<(), SourceError> {
        Ok(())
    }

    /// How many records it has left out since the start.
    fn left_out(&self) -> Result<u64, SourceError> {
        Ok(0)
    }
}

/// A part of the source that somebody else has put out of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its name.
    pub hook: String,
    /// Whether it works again, or why not.
    pub mended: Result<(), String>,
}

/// Records of one kind that never came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Their kind.
    pub kind: Kind,
    /// Those for which the ring had no room.
    pub lost: u64,
    /// Those whose hook could not find out what it must know.
    pub missed: u64,
    /// When the first of them was lost.
    pub first: BootTime,
    /// When the last of them was lost.
    pub last: BootTime,
}

/// What the kernel side collects. Processes always are: every other event names one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collect {
    /// NetworkConnect.
    pub network: bool,
    /// RawAccessRead.
    pub raw_access: bool,
    /// ProcessAccess.
    pub process_access: bool,
    /// FileCreate.
    pub file_create: bool,
    /// FileDelete.
    pub file_delete: bool,
    /// eBPFEvent.
    pub ebpf: bool,
}

impl Collect {
    /// What this configuration needs: an event type is collected when it has a node for it that may keep one.
    pub fn for_config(config: &Config) -> Self {
        let collects = |id| tuxmon_rules::collects(config, id);
        Self {
            network: collects(3),
            raw_access: collects(9),
            process_access: collects(10),
            file_create: collects(11),
            file_delete: collects(23),
            ebpf: collects(100),
        }
    }
}
