//! Exit codes that scripts know.

/// How a command line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It was done.
    Success,
    /// Something on this machine stood in the way.
    Failure,
    /// The command line or the configuration is wrong: ERROR_INVALID_PARAMETER.
    Parameter,
    /// Only root may do this: the low byte of ERROR_ELEVATION_REQUIRED, 740.
    NotRoot,
    /// `-x` found another rule blob than the one it was to compare with: the low byte of -2.
    Mismatch,
    /// The kernel side could not be started, by the original's number for the reason.
    Telemetry(u8),
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Parameter => 87,
            Self::NotRoot => 228,
            Self::Mismatch => 254,
            Self::Telemetry(number) => number,
        }
    }
}
