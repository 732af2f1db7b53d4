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
    /// What the service or its manager said: for the service, the original's number for the reason.
    Service(u8),
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Parameter => 87,
            Self::NotRoot => 228,
            Self::Service(number) => number,
        }
    }
}
