//! Boot time becomes wall-clock time.
//!
//! The kernel side stamps everything with `CLOCK_BOOTTIME`. Two mappings to the wall clock exist for two needs:
//! times of events follow the wall clock, also after it was set; the start second in a GUID must never move while
//! the system is up, so its offset is measured once in each boot and kept in the state directory.

use rustix::time::{ClockId, clock_gettime};
use tuxmon_event::Timestamp;
use tuxmon_wire::BootTime;

use crate::machine::boot_id;
use crate::state::StateDirectory;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// Name of the file that holds the offset of this boot.
const FILE: &str = "boot-clock";

/// A bracket this narrow is as good as it gets; a wider one means that we were interrupted between the reads.
const NARROW_NS: i64 = 400;

/// How often an interrupted measurement is tried again.
const ATTEMPTS: u32 = 8;

/// The mapping from boot time to wall-clock time.
#[derive(Debug, Clone)]
pub struct Clock {
    offset_ns: i64,
    /// How long the machine has slept since it was started.
    slept_ns: i64,
    boot_offset_ns: i64,
    source: Source,
}

/// Something that happened to time itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    /// The wall clock was set.
    Set {
        /// What it would say now.
        from: Timestamp,
        /// What it says.
        to: Timestamp,
    },
    /// The machine slept: nothing ran.
    Slept {
        /// Since when, as near as can be known.
        from: Timestamp,
        /// Until when.
        to: Timestamp,
    },
}

/// A change of the offset that is not worth a word: no reading of the clocks is that wrong, and slewing moves both.
const SMALL_NS: i64 = 500_000_000;

/// Where the offset for times of events comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The clocks of this machine.
    Machine,
    /// Given: a recorded stream brings its own.
    Fixed,
}

impl Clock {
    /// Measures the clocks. With a state directory the offset for GUIDs is the one of this boot's first start;
    /// without one (or when it cannot be used, which is logged) it is the one measured now.
    pub fn start(state: Option<&StateDirectory>) -> Self {
        let offset_ns = measure();
        let boot_offset_ns = state.map_or(offset_ns, |state| offset_of_this_boot(state, offset_ns));
        Self { offset_ns, slept_ns: slept(), boot_offset_ns, source: Source::Machine }
    }

    /// A clock with a given offset, for recorded streams and tests.
    pub fn fixed(offset_ns: i64) -> Self {
        Self { offset_ns, slept_ns: 0, boot_offset_ns: offset_ns, source: Source::Fixed }
    }

    /// Follows the wall clock, and says what happened to it since the last time. Costs well under a microsecond: call it
    /// for each batch of records.
    pub fn refresh(&mut self) -> Option<Jump> {
        match self.source {
            Source::Machine => self.follow(now(), measure(), slept()),
            Source::Fixed => None,
        }
    }

    /// Takes over what the clocks say. A clock that was set while the machine slept is told first; the sleep, next time.
    fn follow(&mut self, now: BootTime, offset_ns: i64, slept_ns: i64) -> Option<Jump> {
        let from = self.timestamp(now);
        let step = offset_ns.saturating_sub(std::mem::replace(&mut self.offset_ns, offset_ns));
        let to = self.timestamp(now);
        if step.abs() >= SMALL_NS {
            return Some(Jump::Set { from, to });
        }
        let sleep = slept_ns.saturating_sub(self.slept_ns);
        self.slept_ns = slept_ns;
        (sleep >= SMALL_NS).then_some(Jump::Slept { from: Timestamp(to.0.saturating_sub(sleep)), to })
    }

    /// When that was, by the wall clock of now.
    pub fn timestamp(&self, time: BootTime) -> Timestamp {
        Timestamp((time.0 as i64).saturating_add(self.offset_ns))
    }

    /// The offset by which GUIDs count seconds, in nanoseconds.
    pub fn boot_offset_ns(&self) -> i64 {
        self.boot_offset_ns
    }
}

/// The boot time of now.
pub fn now() -> BootTime {
    BootTime(read(ClockId::Boottime) as u64)
}

/// What the wall clock says now: the time of what the agent itself has done.
pub fn wall() -> Timestamp {
    Timestamp(read(ClockId::Realtime))
}

/// The boot clock goes on while the machine sleeps, the monotonic clock does not.
fn slept() -> i64 {
    let monotonic = read(ClockId::Monotonic);
    read(ClockId::Boottime) - monotonic
}

/// Wall clock minus boot clock: the wall clock is read between two reads of the boot clock, and the narrowest
/// bracket wins, so the error is at most half of it.
fn measure() -> i64 {
    let mut best = (i64::MAX, 0);
    for _ in 0..ATTEMPTS {
        let before = read(ClockId::Boottime);
        let wall = read(ClockId::Realtime);
        let width = read(ClockId::Boottime) - before;
        if width < best.0 {
            best = (width, wall - before - width / 2);
        }
        if width <= NARROW_NS {
            break;
        }
    }
    best.1
}

fn read(clock: ClockId) -> i64 {
    let time = clock_gettime(clock);
    time.tv_sec * NANOS_PER_SECOND + time.tv_nsec
}

/// The offset that an earlier start in this boot has left, or else this one, left for the next start.
fn offset_of_this_boot(state: &StateDirectory, measured: i64) -> i64 {
    let Some(boot) = boot_id() else {
        tracing::warn!("the kernel tells no boot id: GUIDs may differ by a second after a restart");
        return measured;
    };
    match state.read(FILE) {
        Ok(Some(bytes)) => {
            if let Some(offset) = parse(&bytes, &boot) {
                return offset;
            }
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, file = FILE, "cannot read a state file"),
    }
    if let Err(error) = state.write(FILE, format!("{boot} {measured}\n").as_bytes()) {
        tracing::warn!(%error, file = FILE, "cannot keep the clock offset: GUIDs may differ after a restart");
    }
    measured
}

/// Reads `BOOT_ID OFFSET`, `None` when it is of another boot or not of this form.
fn parse(bytes: &[u8], boot: &str) -> Option<i64> {
    let (id, offset) = std::str::from_utf8(bytes).ok()?.trim_end().split_once(' ')?;
    if id == boot { offset.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;

    #[test]
    fn the_boot_clock_maps_to_the_wall_clock() {
        let clock = Clock::start(None);
        let before = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as i64;
        let mapped = clock.timestamp(now()).0;
        let after = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as i64;
        let slack = 20_000; // an adjustment of the clock between the reads
        assert!(before - slack <= mapped && mapped <= after + slack, "{before} {mapped} {after}");
    }

    #[test]
    fn the_offset_of_guids_is_kept_for_the_boot() {
        let parent = tempfile::tempdir().expect("a temporary directory");
        let state = StateDirectory::open(&parent.path().join("state")).expect("it is made");
        let first = Clock::start(Some(&state)).boot_offset_ns();
        assert_eq!(Clock::start(Some(&state)).boot_offset_ns(), first);
        let boot = boot_id().expect("the kernel has one");
        state.write(FILE, format!("{boot} 12345\n").as_bytes()).expect("it can be written");
        let clock = Clock::start(Some(&state));
        assert_eq!(clock.boot_offset_ns(), 12345);
        assert_ne!(clock.timestamp(BootTime(0)).0, 12345, "times of events follow the wall clock");
    }

    #[test]
    fn an_offset_of_another_boot_or_a_damaged_file_is_replaced() {
        let parent = tempfile::tempdir().expect("a temporary directory");
        let state = StateDirectory::open(&parent.path().join("state")).expect("it is made");
        for bytes in [&b"00000000-0000-0000-0000-000000000000 5\n"[..], b"", b"\xff\xff", b"x y z", b"5"] {
            state.write(FILE, bytes).expect("it can be written");
            let first = Clock::start(Some(&state)).boot_offset_ns();
            assert_ne!(first, 5);
            assert_eq!(Clock::start(Some(&state)).boot_offset_ns(), first);
        }
    }

    #[test]
    fn a_clock_that_is_set_is_followed_and_told_once() {
        let mut clock = Clock::fixed(1_000 * NANOS_PER_SECOND);
        let hour = 3600 * NANOS_PER_SECOND;
        let now = BootTime(5);
        for step in [hour, -hour, -hour, NANOS_PER_SECOND] {
            let (before, guids) = (clock.timestamp(now), clock.boot_offset_ns());
            let after = Timestamp(before.0 + step);
            let told = clock.follow(now, clock.offset_ns + step, 0);
            assert_eq!(told, Some(Jump::Set { from: before, to: after }));
            assert_eq!(clock.timestamp(now), after, "events have the new time at once");
            assert_eq!(clock.boot_offset_ns(), guids, "identities do not move");
            assert_eq!(clock.follow(now, clock.offset_ns, 0), None);
        }
        assert_eq!(clock.follow(now, clock.offset_ns + SMALL_NS - 1, 0), None, "slewing");
    }

    #[test]
    fn a_sleep_is_told_once_and_moves_no_time() {
        let mut clock = Clock::fixed(1_000 * NANOS_PER_SECOND);
        let night = 8 * 3600 * NANOS_PER_SECOND;
        let morning = BootTime(night as u64 + 7);
        let to = clock.timestamp(morning);
        let told = clock.follow(morning, clock.offset_ns, night);
        assert_eq!(told, Some(Jump::Slept { from: Timestamp(to.0 - night), to }));
        assert_eq!(clock.timestamp(morning), to);
        assert_eq!(clock.follow(morning, clock.offset_ns, night + 1), None);
    }

    #[test]
    fn a_clock_set_during_a_sleep_is_told_with_it() {
        let mut clock = Clock::fixed(0);
        let (now, hour) = (BootTime(3600 * NANOS_PER_SECOND as u64), 3600 * NANOS_PER_SECOND);
        let first = clock.follow(now, hour, hour);
        assert_eq!(first, Some(Jump::Set { from: Timestamp(hour), to: Timestamp(2 * hour) }));
        let second = clock.follow(now, hour, hour);
        assert_eq!(second, Some(Jump::Slept { from: Timestamp(hour), to: Timestamp(2 * hour) }));
    }

    #[test]
    fn the_clocks_of_this_machine_jump_nowhere() {
        let mut clock = Clock::start(None);
        assert_eq!(clock.refresh(), None);
    }

    #[test]
    fn a_fixed_clock_stays() {
        let mut clock = Clock::fixed(1_000);
        assert_eq!(clock.refresh(), None);
        assert_eq!(clock.timestamp(BootTime(5)), Timestamp(1_005));
        assert_eq!(clock.boot_offset_ns(), 1_000);
    }
}
