//! What is known not to be told, or not to be told right, and why.

/// How an event can fall short of the truth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not come.
    Missing,
    /// It comes, and nothing of the kind was done.
    Invented,
    /// It comes, and this field may hold something else.
    Wrong(&'static str),
}

/// A known shortcoming.
pub(crate) struct Exception {
    /// In which cases; in all, if none is named.
    pub(crate) cases: &'static [&'static str],
    /// By which hooks.
    pub(crate) place: Place,
    pub(crate) event: u16,
    pub(crate) fault: Fault,
    pub(crate) reason: &'static str,
}

/// Where a shortcoming is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this tier.
    Tier(&'static str),
    /// Where the agent itself says that it does not have this hook.
    Without(&'static str),
}

const NOT_TOUCHED: Place = Place::Without("touch_set");
const NO_REQUESTS: Place = Place::Without("uring_complete");

const URING_FILES: &[&str] = &["uring-files", "uring-files-sqpoll"];
const URING_NETWORK: &[&str] = &["uring-network", "uring-network-sqpoll"];
const URING_SILENT: &[&str] = &["uring-silent"];

/// Cases in which a rename replaces a file.
const REPLACED: &[&str] = &[
    "file-rename",
    "uring-files",
    "uring-files-sqpoll",
    "bind-mount",
    "overlay",
    "tmpfs",
    "chroot",
    "pivot-root",
    "user-namespace",
];
const REWRITTEN: &[&str] = &["rewritten-open"];

const BEFORE_6_13: &str = "before 6.13 the tracepoint tier is not told which files a call has touched";
const DIRECTORY: &str = "before 6.13 the tracepoint tier is not told what a call has touched: whether a directory was \
    renamed is looked up afterwards, when it may be gone";
const ANOTHERS: &str =
    "before 6.13: a name that is told wrong may be that of another deed, whose time it is held against";
const BEFORE_6_0: &str = "before 6.0 the tracepoint tier cannot read requests of io_uring";
const SILENT: &str = "the tracepoint tier is told of a request by its report, and this one asked for none \
    (IOSQE_CQE_SKIP_SUCCESS), or for one that is no request's own (multishot)";

const fn exception(
    cases: &'static [&'static str],
    place: Place,
    event: u16,
    fault: Fault,
    reason: &'static str,
) -> Exception {
    Exception { cases, place, event, fault, reason }
}

/// All of them.
pub(crate) const EXCEPTIONS: &[Exception] = &[
    exception(
        &["overlay"],
        Place::Tier("tracepoint"),
        23,
        Fault::Wrong("IsExecutable"),
        "`-`: a file of the lower layer is not touched when an overlay hides it, so its mode is not known",
    ),
    exception(URING_SILENT, Place::Tier("tracepoint"), 11, Fault::Missing, SILENT),
    exception(URING_SILENT, Place::Tier("tracepoint"), 23, Fault::Missing, SILENT),
    exception(URING_SILENT, Place::Tier("tracepoint"), 3, Fault::Missing, SILENT),
    exception(&[], NOT_TOUCHED, 23, Fault::Wrong("IsExecutable"), BEFORE_6_13),
    exception(REPLACED, NOT_TOUCHED, 23, Fault::Missing, BEFORE_6_13),
    exception(&["file-rename"], NOT_TOUCHED, 11, Fault::Invented, DIRECTORY),
    exception(REWRITTEN, NOT_TOUCHED, 23, Fault::Wrong("TargetFilename"), BEFORE_6_13),
    exception(REWRITTEN, NOT_TOUCHED, 11, Fault::Wrong("TargetFilename"), BEFORE_6_13),
    exception(REWRITTEN, NOT_TOUCHED, 23, Fault::Wrong("UtcTime"), ANOTHERS),
    exception(REWRITTEN, NOT_TOUCHED, 11, Fault::Wrong("UtcTime"), ANOTHERS),
    exception(REWRITTEN, NOT_TOUCHED, 11, Fault::Wrong("CreationUtcTime"), ANOTHERS),
    exception(URING_FILES, NO_REQUESTS, 11, Fault::Missing, BEFORE_6_0),
    exception(URING_FILES, NO_REQUESTS, 23, Fault::Missing, BEFORE_6_0),
    exception(URING_NETWORK, NO_REQUESTS, 3, Fault::Missing, BEFORE_6_0),
];

/// What an agent has, as far as exceptions ask for it.
pub(crate) struct Hooks {
    /// The tier that serves.
    pub(crate) tier: String,
    /// What the agent says that it does not have.
    pub(crate) missing: Vec<String>,
}

/// The exception that allows a fault.
pub(crate) fn allowed(case: &str, hooks: &Hooks, event: u16, fault: Fault) -> Option<&'static Exception> {
    EXCEPTIONS.iter().find(|exception| {
        (exception.cases.is_empty() || exception.cases.contains(&case))
            && match exception.place {
                Place::Tier(tier) => tier == hooks.tier,
                Place::Without(hook) => hooks.missing.iter().any(|missing| missing == hook),
            }
            && exception.event == event
            && exception.fault == fault
    })
}
