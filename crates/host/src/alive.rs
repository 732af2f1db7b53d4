//! Until when an agent was alive: what the next one needs to say since when nobody looked.
//!
//! A file in the state directory holds the last moment at which the agent ran, and whether it has ended in order. It is
//! overwritten in place and not synced: what the machine's power takes away is at most what its kernel had not written.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use tuxmon_event::Timestamp;
use tuxmon_wire::BootTime;

use crate::clock::Clock;
use crate::machine::boot_id;
use crate::state::StateDirectory;

/// Its name in the state directory.
const FILE: &str = "last-alive";
/// Stands for a boot that the kernel does not name.
const UNKNOWN: &str = "-";

/// How the last agent was seen, and in what state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Ended,
}

/// What the last agent has left to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It has not ended in order, and was alive until then at least.
    Died(Timestamp),
    /// It ended in order, but what waited for its outputs could not be written.
    Unwritten(Unwritten),
}

/// Lines that no output took before the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unwritten {
    /// How many.
    pub count: u64,
    /// When the first of them was due.
    pub first: Timestamp,
    /// When the last of them was due.
    pub last: Timestamp,
}

/// The trace that a running agent leaves.
#[derive(Debug)]
pub struct LastAlive {
    file: File,
    boot: String,
}

impl LastAlive {
    /// Opens the trace. Gives also what the last agent has left to be told, if it has.
    pub fn open(state: &StateDirectory, clock: &Clock) -> io::Result<(Self, Option<Left>)> {
        let boot = boot_id().unwrap_or_default();
        let left = state.read(FILE)?.and_then(|bytes| parse(&bytes, &boot, clock));
        let file = state.open_in_place(FILE)?;
        let left = match left {
            Some((State::Running, at, _)) => Some(Left::Died(at)),
            Some((State::Ended, _, unwritten)) => (unwritten.count > 0).then_some(Left::Unwritten(unwritten)),
            None => None,
        };
        Ok((Self { file, boot }, left))
    }

    /// The agent runs.
    pub fn stamp(&self, now: BootTime, wall: Timestamp) -> io::Result<()> {
        self.write(State::Running, now, wall, Unwritten::default())
    }

    /// The agent ends in order; these lines it could not write.
    pub fn end(&self, now: BootTime, wall: Timestamp, unwritten: Unwritten) -> io::Result<()> {
        self.write(State::Ended, now, wall, unwritten)
    }

    fn write(&self, state: State, now: BootTime, wall: Timestamp, unwritten: Unwritten) -> io::Result<()> {
        let word = match state {
            State::Running => "running",
            State::Ended => "ended  ",
        };
        // Of one length, so that it is overwritten whole.
        let Unwritten { count, first, last } = unwritten;
        let boot = if self.boot.is_empty() { UNKNOWN } else { &self.boot };
        let line = format!(
            "{word} {:020} {:020} {boot:36} {count:020} {:020} {:020}\n",
            now.0, wall.0, first.0, last.0
        );
        self.file.write_all_at(line.as_bytes(), 0)
    }
}

/// Reads `STATE BOOT-TIME WALL-TIME BOOT-ID COUNT FIRST LAST`; older agents have written no more than the boot. Within one
/// boot the wall clock of now says when that was, though it was set meanwhile.
fn parse(bytes: &[u8], boot: &str, clock: &Clock) -> Option<(State, Timestamp, Unwritten)> {
    let mut words = std::str::from_utf8(bytes).ok()?.lines().next()?.split_ascii_whitespace();
    let state = match words.next()? {
        "running" => State::Running,
        "ended" => State::Ended,
        _ => return None,
    };
    let boot_time: u64 = words.next()?.parse().ok()?;
    let wall: i64 = words.next()?.parse().ok()?;
    let is_this_boot = words.next().is_some_and(|word| word == boot && word != UNKNOWN);
    let mut number = || words.next().and_then(|word| word.parse::<i64>().ok()).unwrap_or_default();
    let unwritten = Unwritten {
        count: u64::try_from(number()).unwrap_or_default(),
        first: Timestamp(number()),
        last: Timestamp(number()),
    };
    let at = if is_this_boot { clock.timestamp(BootTime(boot_time)) } else { Timestamp(wall) };
    Some((state, at, unwritten))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened() -> (tempfile::TempDir, StateDirectory) {
        let parent = tempfile::tempdir().expect("a temporary directory");
        let state = StateDirectory::open(&parent.path().join("state")).expect("it is made");
        (parent, state)
    }

    fn left(state: &StateDirectory, clock: &Clock) -> Option<Left> {
        LastAlive::open(state, clock).expect("it can be opened").1
    }

    fn died(state: &StateDirectory, clock: &Clock) -> Option<Timestamp> {
        match left(state, clock) {
            Some(Left::Died(at)) => Some(at),
            Some(other @ Left::Unwritten(_)) => panic!("{other:?}"),
            None => None,
        }
    }

    #[test]
    fn an_agent_that_has_not_ended_is_known_with_its_last_moment() {
        let (_parent, state) = opened();
        let clock = Clock::fixed(1_000);
        let (alive, before) = LastAlive::open(&state, &clock).expect("it can be opened");
        assert_eq!(before, None, "the first agent follows nobody");
        alive.stamp(BootTime(5), Timestamp(1_005)).expect("it can be written");
        alive.stamp(BootTime(70), Timestamp(1_070)).expect("it can be written");
        assert_eq!(died(&state, &clock), Some(Timestamp(1_070)));
        assert_eq!(died(&state, &Clock::fixed(5_000)), Some(Timestamp(5_070)), "the clock was set since");
        alive.end(BootTime(80), Timestamp(1_080), Unwritten::default()).expect("it can be written");
        assert_eq!(died(&state, &clock), None);
    }

    #[test]
    fn what_could_not_be_written_before_the_end_is_told_once() {
        let (_parent, state) = opened();
        let clock = Clock::fixed(1_000);
        let (alive, _) = LastAlive::open(&state, &clock).expect("it can be opened");
        let unwritten = Unwritten { count: 4_096, first: Timestamp(1_002), last: Timestamp(1_079) };
        alive.end(BootTime(80), Timestamp(1_080), unwritten).expect("it can be written");
        let (alive, told) = LastAlive::open(&state, &clock).expect("it can be opened");
        assert_eq!(told, Some(Left::Unwritten(unwritten)));
        alive.stamp(BootTime(90), Timestamp(1_090)).expect("it can be written");
        assert_eq!(died(&state, &clock), Some(Timestamp(1_090)), "an agent that runs has told it");
    }

    #[test]
    fn an_older_agent_has_left_its_state_only() {
        let (_parent, state) = opened();
        state
            .write(FILE, b"ended   00000000000000000070 00000000000000001070 x\n")
            .expect("it can be written");
        assert_eq!(left(&state, &Clock::fixed(0)), None);
    }

    #[test]
    fn an_agent_of_another_boot_is_known_by_the_wall_clock() {
        let (_parent, state) = opened();
        let line =
            b"running 00000000000000000070 00000000000000001070 00000000-0000-0000-0000-000000000000\n";
        state.write(FILE, line).expect("it can be written");
        assert_eq!(died(&state, &Clock::fixed(5_000)), Some(Timestamp(1_070)));
    }

    #[test]
    fn a_damaged_trace_tells_nothing() {
        let (_parent, state) = opened();
        for bytes in [&b""[..], b"\xff\xff", b"running", b"running x y z", b"asleep 1 2 3", b"\n\n"] {
            state.write(FILE, bytes).expect("it can be written");
            assert_eq!(died(&state, &Clock::fixed(0)), None, "{bytes:?}");
        }
    }
}
