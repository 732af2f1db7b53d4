//! What a story asks of a store, whichever engine answers.

use super::{Deed, Process, Subject};
use crate::processes::ProcessId;

/// A store that knows processes and what they did. Processes go by numbers that hold as long as the archive is open.
pub(crate) trait Archive {
    /// Why there is no answer.
    type Error;

    /// The processes that a story is about, the first ones first.
    fn subjects(&mut self, subject: &Subject) -> Result<Vec<ProcessId>, Self::Error>;

    /// The parent of a process.
    fn parent(&mut self, id: ProcessId) -> Result<Option<ProcessId>, Self::Error>;

    /// The children of a process, the first ones first.
    fn children(&mut self, id: ProcessId) -> Result<Vec<ProcessId>, Self::Error>;

    /// A process, without what the story adds, and its parent.
    fn process(&mut self, id: ProcessId) -> Result<Option<(Process, Option<ProcessId>)>, Self::Error>;

    /// These processes will be asked for their deeds: who has far to go fetches all at once.
    fn expect(&mut self, ids: &[ProcessId]) -> Result<(), Self::Error>;

    /// What a process did, in any order.
    fn deeds(&mut self, id: ProcessId) -> Result<Deeds, Self::Error>;

    /// Who took a connection of a process.
    fn arrivals(&mut self, from: ProcessId, time: i64, four: &Four) -> Result<Vec<ProcessId>, Self::Error>;

    /// Who ran a file since it was written, the first ones first.
    fn runs(&mut self, path: &str, since: i64) -> Result<Vec<ProcessId>, Self::Error>;

    /// From where the first connection came that a process took.
    fn came_from(&mut self, id: ProcessId) -> Result<Option<String>, Self::Error>;
}

/// Deeds, each with the four numbers of a connection that went out, and how many more there were.
pub(crate) type Deeds = (Vec<(Deed, Option<Four>)>, u64);

/// The addresses and ports of a connection that went out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Four {
    pub(crate) from: String,
    pub(crate) from_port: i64,
    pub(crate) to: String,
    pub(crate) to_port: i64,
}

/// A connection arrives within this time, by clocks that may differ; milliseconds.
pub(crate) const ARRIVAL: i64 = 600_000;

/// Fields that are said of every process: of an event without an address, the first other text is what it is about.
pub(crate) const COMMON: &[&str] =
    &["RuleName", "EventType", "Image", "User", "SourceImage", "SourceUser", "Hashes"];
