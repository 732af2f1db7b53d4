//! Growing pauses between starts of a service that keeps failing.
//!
//! The service manager starts it again for ever, after two seconds; one that lets these pauses grow itself (systemd from
//! version 254 on) is newer than most that are in use. So the service waits itself before it begins, longer each time,
//! after starts that came to no good. One that has run for a while, or has ended in order, begins anew.

use std::io;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tuxmon_host::state::{StateDirectory, StateError};

use super::layout::Layout;

/// The file in the service's folder: how many starts have failed, and when the last one was.
const FILE: &str = "starts";
/// Whoever has run for so long did not fail at once.
const CALM: Duration = Duration::from_mins(10);
/// The unit's `TimeoutStartSec=` leaves as much again for the start itself.
const LONGEST: Duration = Duration::from_secs(64);

/// A start that has not come to an end yet.
pub(crate) struct Attempt {
    state: StateDirectory,
}

impl Attempt {
    /// Counts this start, and gives how long it should wait: the first two starts do not, since a single failure has
    /// many harmless reasons.
    pub(crate) fn begin(layout: &Layout, now: SystemTime) -> io::Result<(Self, Duration)> {
        let state =
            StateDirectory::open(&layout.folder()).map_err(|error: StateError| io::Error::other(error))?;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let before = state.read(FILE)?.and_then(|bytes| parse(&bytes));
        let failed = before.filter(|(_, at)| now.saturating_sub(*at) < CALM).map_or(0, |(failed, _)| failed);
        let pause = pause(failed);
        let text = format!("{} {}\n", failed.saturating_add(1), (now + pause).as_secs());
        state.write(FILE, text.as_bytes())?;
        Ok((Self { state }, pause))
    }

    /// It was asked to end, and did: the next start is the first one again.
    pub(crate) fn ended_in_order(self) {
        // What cannot be removed costs a pause, once.
        let _ = std::fs::remove_file(self.state.path().join(FILE));
    }
}

/// Forgets failed starts: somebody has changed something.
pub(crate) fn forget(layout: &Layout) -> io::Result<()> {
    super::files::remove_file(&layout.folder().join(FILE))
}

/// Waits. A signal to end ends it at once, since nothing has begun.
pub(crate) fn wait(pause: Duration) {
    if !pause.is_zero() {
        let seconds = pause.as_secs();
        crate::run::tell(&format!("the last starts failed: waiting for {seconds} s before the next one\n"));
        thread::sleep(pause);
    }
}

fn pause(failed: u32) -> Duration {
    match failed {
        0 | 1 => Duration::ZERO,
        more => Duration::from_secs(2).saturating_mul(1 << (more - 2).min(5)).min(LONGEST),
    }
}

fn parse(bytes: &[u8]) -> Option<(u32, Duration)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (failed, at) = text.trim_end().split_once(' ')?;
    Some((failed.parse().ok()?, Duration::from_secs(at.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::super::layout::ServiceName;
    use super::*;

    fn machine() -> (tempfile::TempDir, Layout) {
        let root = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(root.path().join("opt")).expect("the folder is ours");
        let layout = Layout::new(root.path(), ServiceName::original());
        (root, layout)
    }

    fn begin(layout: &Layout, at: u64) -> (Attempt, u64) {
        let now = UNIX_EPOCH + Duration::from_secs(at);
        let (attempt, pause) = Attempt::begin(layout, now).expect("the folder is ours");
        (attempt, pause.as_secs())
    }

    #[test]
    fn pauses_grow_while_starts_fail() {
        let (_root, layout) = machine();
        let mut now = 1_000_000;
        let pauses: Vec<u64> = (0..10)
            .map(|_| {
                let pause = begin(&layout, now).1;
                now += pause + 3;
                pause
            })
            .collect();
        assert_eq!(pauses, [0, 0, 2, 4, 8, 16, 32, 64, 64, 64]);
        // It then ran for long enough.
        assert_eq!(begin(&layout, now + 600).1, 0);
    }

    #[test]
    fn an_orderly_end_and_an_installation_begin_anew() {
        let (_root, layout) = machine();
        for ended in [true, false] {
            for _ in 0..4 {
                begin(&layout, 1_000_000);
            }
            let (attempt, pause) = begin(&layout, 1_000_000);
            assert_eq!(pause, 8);
            if ended {
                attempt.ended_in_order();
            } else {
                forget(&layout).expect("the folder is ours");
            }
            let (attempt, pause) = begin(&layout, 1_000_000);
            assert_eq!(pause, 0);
            attempt.ended_in_order();
        }
    }

    #[test]
    fn what_is_no_count_is_none() {
        let (_root, layout) = machine();
        let (attempt, _) = begin(&layout, 1_000_000);
        for nonsense in ["", "7", "x 1000000", "99999999999 1000000", "-1 1", "7 \u{1}"] {
            attempt.state.write(FILE, nonsense.as_bytes()).expect("the folder is ours");
            assert_eq!(begin(&layout, 1_000_000).1, 0, "{nonsense}");
        }
        // A clock that was set back makes no pause longer than the longest.
        attempt.state.write(FILE, b"4294967295 99999999999").expect("the folder is ours");
        assert_eq!(begin(&layout, 1_000_000).1, 64);
    }
}
