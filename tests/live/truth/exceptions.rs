//! What is known not to be told, or not to be told right, and why.

/// How an event can fall short of the truth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not come.
    Missing,
    /// It comes, and this field may hold something else.
    Wrong(&'static str),
}

/// A known shortcoming.
pub(crate) struct Exception {
    /// In which case, or in all.
    pub(crate) case: Option<&'static str>,
    /// In which tier, or in both.
    pub(crate) tier: Option<&'static str>,
    pub(crate) event: u16,
    pub(crate) fault: Fault,
    pub(crate) reason: &'static str,
}

/// All of them.
pub(crate) const EXCEPTIONS: &[Exception] = &[Exception {
    case: Some("overlay"),
    tier: Some("tracepoint"),
    event: 23,
    fault: Fault::Wrong("IsExecutable"),
    reason: "`-`: a file of the lower layer is not touched when an overlay hides it, so its mode is not known",
}];

/// The exception that allows a fault.
pub(crate) fn allowed(case: &str, tier: &str, event: u16, fault: Fault) -> Option<&'static Exception> {
    EXCEPTIONS.iter().find(|exception| {
        exception.case.is_none_or(|name| name == case)
            && exception.tier.is_none_or(|name| name == tier)
            && exception.event == event
            && exception.fault == fault
    })
}
