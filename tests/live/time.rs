//! When a deed was done: between two looks at the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use tuxmon_event::Timestamp;

/// What the agent's mapping of clocks and an adjustment of the wall clock may differ by.
const SLACK_NS: i64 = 5_000_000;

/// From one look at the clock to another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    from: Timestamp,
    to: Timestamp,
}

impl Span {
    /// The time that `deed` takes, with what it gives.
    pub(crate) fn of<T>(deed: impl FnOnce() -> T) -> (T, Span) {
        let from = now();
        let done = deed();
        (done, Span { from, to: now() })
    }

    /// From one look at the clock to another.
    pub(crate) fn between(from: Timestamp, to: Timestamp) -> Span {
        Span { from, to }
    }

    /// From a look at the clock until now.
    pub(crate) fn since(from: Timestamp) -> Span {
        Span { from, to: now() }
    }

    /// The seconds since the Unix epoch that it touches.
    pub(crate) fn seconds(self) -> std::ops::RangeInclusive<i64> {
        (self.from.0 - SLACK_NS).div_euclid(1_000_000_000)..=(self.to.0 + SLACK_NS).div_euclid(1_000_000_000)
    }

    /// Whether it holds a time that is written as UtcTime; such texts order as the times do.
    pub(crate) fn holds(self, utc_time: &str) -> bool {
        let [from, to] = self.texts();
        utc_time.len() == from.len() && (from.as_str()..=to.as_str()).contains(&utc_time)
    }

    /// Its ends as UtcTime writes them.
    pub(crate) fn texts(self) -> [String; 2] {
        [Timestamp(self.from.0 - SLACK_NS).utc_time(), Timestamp(self.to.0 + SLACK_NS).utc_time()]
    }
}

/// The wall clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970");
    Timestamp(since.as_nanos() as i64)
}

/// A time as UtcTime or TimeCreated write it.
pub(crate) fn moment(text: &str) -> Timestamp {
    let number = |range: std::ops::Range<usize>| -> i64 {
        text.get(range).and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("not a time: {text}"))
    };
    // Days since 1970-01-01 by counting, which is enough for the present.
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = |year| [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (year, month) = (number(0..4), number(5..7));
    let days: i64 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum::<i64>()
        + lengths(year)[..usize::try_from(month - 1).expect("months count from 1")].iter().sum::<i64>()
        + number(8..10)
        - 1;
    let seconds = days * 86_400 + number(11..13) * 3_600 + number(14..16) * 60 + number(17..19);
    Timestamp(seconds * 1_000_000_000 + number(20..23) * 1_000_000)
}
