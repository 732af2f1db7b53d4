//! Parts of a time as it is written, for the modifiers `minute` to `year`; no time zone is converted.

use tuxmon_event::days_from_civil;

/// A part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A time as it is written.
struct Written {
    year: i32,
    month: i32,
    day: i32,
    hour: Option<i32>,
    minute: Option<i32>,
}

impl Part {
    /// This part of a time like `2026-11-21 12:30:00.000` or `2026-11-21T12:30:00Z`.
    pub(crate) fn of(self, text: &str) -> Option<i32> {
        let time = Written::parse(text)?;
        match self {
            Self::Minute => time.minute,
            Self::Hour => time.hour,
            Self::Day => Some(time.day),
            Self::Week => Some(time.iso_week()),
            Self::Month => Some(time.month),
            Self::Year => Some(time.year),
        }
    }
}

/// Milliseconds since 1970 of a time that is written in UTC.
pub fn milliseconds(text: &str) -> Option<i64> {
    let time = Written::parse(text)?;
    let days = i64::from(time.days());
    let minutes = i64::from(time.hour.unwrap_or(0) * 60 + time.minute.unwrap_or(0));
    let rest = text.get(16..).and_then(|rest| rest.strip_prefix(':')).unwrap_or_default();
    let seconds: i64 = rest.get(..2).and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    let fraction = rest.get(2..).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    let thousandths = digits
        .map(|byte| if byte.is_ascii_digit() { i64::from(byte - b'0') } else { 0 })
        .fold(0, |sum, digit| sum * 10 + digit);
    Some(((days * 1440 + minutes) * 60 + seconds) * 1000 + thousandths)
}

impl Written {
    fn parse(text: &str) -> Option<Self> {
        let digits = |from: usize, to: usize| -> Option<i32> {
            let part = text.get(from..to)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
        };
        let mark = |at: usize, marks: &[u8]| text.as_bytes().get(at).is_some_and(|byte| marks.contains(byte));
        if !(mark(4, b"-/") && mark(7, b"-/")) {
            return None;
        }
        let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let has_clock = mark(10, b" T") && mark(13, b":");
        let hour = if has_clock { digits(11, 13).filter(|hour| *hour < 24) } else { None };
        let minute = if has_clock { digits(14, 16).filter(|minute| *minute < 60) } else { None };
        Some(Self { year, month, day, hour, minute })
    }

    /// Days since 1970-01-01.
    fn days(&self) -> i32 {
        let (year, month, day) = (self.year.into(), self.month.into(), self.day.into());
        days_from_civil(year, month, day).try_into().expect("a year has four digits")
    }

    /// The week by ISO 8601: the first is the one with the year's first Thursday.
    fn iso_week(&self) -> i32 {
        let days = self.days();
        // 1970-01-01 was a Thursday.
        let weekday = (days + 3).rem_euclid(7);
        let thursday = days - weekday + 3;
        let new_year = |year: i32| Self { year, month: 1, day: 1, hour: None, minute: None }.days();
        let year = [self.year + 1, self.year, self.year - 1]
            .into_iter()
            .find(|year| new_year(*year) <= thursday)
            .unwrap_or(self.year);
        (thursday - new_year(year)) / 7 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_as_written() {
        let text = "2026-11-21 12:30:59.123";
        let parts = [Part::Minute, Part::Hour, Part::Day, Part::Week, Part::Month, Part::Year];
        assert_eq!(parts.map(|part| part.of(text)), [30, 12, 21, 47, 11, 2026].map(Some));
        assert_eq!(Part::Hour.of("2026-11-21"), None);
        assert_eq!(Part::Day.of("2026-11-21"), Some(21));
        assert_eq!(Part::Day.of("yesterday"), None);
    }

    #[test]
    fn weeks_are_those_of_iso_8601() {
        for (day, week) in
            [("2021-01-03", 53), ("2021-01-04", 1), ("2024-12-30", 1), ("2026-01-01", 1), ("2027-01-01", 53)]
        {
            assert_eq!(Part::Week.of(day), Some(week), "{day}");
        }
    }

    #[test]
    fn times_become_numbers() {
        assert_eq!(milliseconds("1970-01-01 00:00:00.000"), Some(0));
        assert_eq!(milliseconds("2026-01-01T00:00:01.5Z"), Some(1_767_225_601_500));
        assert_eq!(milliseconds("-"), None);
    }
}
