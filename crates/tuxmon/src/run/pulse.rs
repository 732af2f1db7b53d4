//! Whether the agent itself has run all the time.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// A turn takes a tenth of a second. Who needs this long, and has not worked, was stopped or got no processor.
const LONGEST: Duration = Duration::from_secs(5);

/// How old the processor time may be that a beat is compared with: to ask for it is a call of the system.
const FRESH: Duration = Duration::from_millis(500);

/// The agent's pulse: felt once in each turn.
pub(crate) struct Pulse {
    last: Instant,
    /// Processor time, and when it was asked for: at most [`FRESH`] before the last beat.
    worked: Duration,
    asked: Instant,
}

impl Pulse {
    /// From now on.
    pub(crate) fn start() -> Self {
        let now = Instant::now();
        Self { last: now, worked: worked(), asked: now }
    }

    /// A turn is done; the answer is how long the agent stood still before it, if it did. A machine that was suspended
    /// stood still itself, and its monotonic clock with it.
    pub(crate) fn beat(&mut self) -> Option<Duration> {
        self.beat_at(Instant::now(), worked)
    }

    fn beat_at(&mut self, now: Instant, worked: impl Fn() -> Duration) -> Option<Duration> {
        let gap = now.saturating_duration_since(std::mem::replace(&mut self.last, now));
        if now.saturating_duration_since(self.asked) < FRESH {
            return None;
        }
        let worked = worked();
        let work = worked.saturating_sub(std::mem::replace(&mut self.worked, worked));
        self.asked = now;
        (gap >= LONGEST && work < gap / 4).then_some(gap)
    }
}

/// Processor time of this thread.
fn worked() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), nanoseconds)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pulse;

    #[test]
    fn only_a_long_turn_without_work_is_a_standstill() {
        let second = Duration::from_secs(1);
        let mut pulse = Pulse::start();
        let (start, worked) = (pulse.last, pulse.worked);
        assert_eq!(pulse.beat_at(start + second, || worked), None);
        assert_eq!(pulse.beat_at(start + 4 * second, || worked), None, "three seconds are a busy machine");
        assert_eq!(pulse.beat_at(start + 12 * second, || worked), Some(8 * second));
        assert_eq!(pulse.beat_at(start + 12 * second, || worked), None, "it is told once");
        let work = worked + 5 * second;
        assert_eq!(pulse.beat_at(start + 20 * second, || work), None, "a long turn with much work");
    }
}
