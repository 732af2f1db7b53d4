//! What the line has done, in numbers.

/// Counts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Records that came.
    pub records: u64,
    /// Records that could not be parsed.
    pub unreadable: u64,
    /// Records on which the agent failed.
    pub failed: u64,
    /// Records that the kernel side could not send.
    pub lost: u64,
    /// Records that never came and that nobody counted.
    pub missing: u64,
    /// Events that were written.
    pub written: u64,
    /// Events that the rules dropped.
    pub dropped: u64,
    /// Events that went out without the hashes they should have.
    pub hashes_left_out: u64,
}
