//! Points in time, and their two texts.

/// Nanoseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

const NANOS_PER_SECOND: i64 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
/// From the first day of March in the year 0 to the Unix epoch.
const DAYS_FROM_MARCH_0000: i64 = 719_468;

/// A point in time as people write it.
struct Civil {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
}

impl Timestamp {
    /// The text of UtcTime and its like, `2026-11-21 05:31:50.672`.
    pub fn utc_time(self) -> String {
        let mut out = String::new();
        self.append_utc_time(&mut out);
        out
    }

    /// Appends the text of UtcTime and its like.
    pub fn append_utc_time(self, out: &mut String) {
        let mut text = *b"0000-00-00 00:00:00.000";
        let civil = self.civil();
        civil.write_date_and_time(&mut text);
        write_digits(&mut text[20..23], civil.nanos / 1_000_000);
        push_ascii(&text, out);
    }

    /// The text of TimeCreated in the envelope, `2026-11-21T05:31:50.672520000Z`.
    pub fn system_time(self) -> String {
        let mut out = String::new();
        self.append_system_time(&mut out);
        out
    }

    /// Appends the text of TimeCreated in the envelope.
    ///
    /// Compat: outputxml.cpp — nine digits after the point, of which the last three are always zero.
    pub fn append_system_time(self, out: &mut String) {
        let mut text = *b"0000-00-00T00:00:00.000000000Z";
        let civil = self.civil();
        civil.write_date_and_time(&mut text);
        write_digits(&mut text[20..26], civil.nanos / 1_000);
        push_ascii(&text, out);
    }

    /// Splits the time by the Gregorian calendar.
    ///
    /// Years are counted from March, so that a leap day is the last day of its year, and in cycles of
    /// 400 years, after which the calendar repeats itself; see Howard Hinnant, "chrono-compatible
    /// low-level date algorithms". Sixty-four bits of nanoseconds reach from 1677 to 2262.
    fn civil(self) -> Civil {
        let seconds = self.0.div_euclid(NANOS_PER_SECOND);
        let nanos = self.0.rem_euclid(NANOS_PER_SECOND) as u32;
        let second_of_day = seconds.rem_euclid(SECONDS_PER_DAY) as u32;
        let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
        Civil {
            year,
            month,
            day,
            hour: second_of_day / 3600,
            minute: second_of_day / 60 % 60,
            second: second_of_day % 60,
            nanos,
        }
    }
}

/// Year, month and day of a day counted from the Unix epoch.
fn civil_from_days(days: i64) -> (u32, u32, u32) {
    const DAYS_PER_CYCLE: i64 = 146_097;
    let shifted = days + DAYS_FROM_MARCH_0000;
    let cycle = shifted.div_euclid(DAYS_PER_CYCLE);
    let day_of_cycle = shifted.rem_euclid(DAYS_PER_CYCLE) as u32;
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = cycle * 400 + i64::from(year_of_cycle) + i64::from(month <= 2);
    (year as u32, month, day)
}

/// The days from the Unix epoch to a day of the Gregorian calendar, by the same reckoning backwards. A month is 1 to 12;
/// a day that the month does not have is counted on into the next one.
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + day_of_year - DAYS_FROM_MARCH_0000
}

impl Civil {
    /// Writes the digits of `YYYY-MM-DD HH:MM:SS` into a text of that form.
    fn write_date_and_time(&self, text: &mut [u8]) {
        write_digits(&mut text[0..4], self.year);
        write_digits(&mut text[5..7], self.month);
        write_digits(&mut text[8..10], self.day);
        write_digits(&mut text[11..13], self.hour);
        write_digits(&mut text[14..16], self.minute);
        write_digits(&mut text[17..19], self.second);
    }
}

/// Fills the places with the last decimal digits of a number.
fn write_digits(places: &mut [u8], mut number: u32) {
    for place in places.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn push_ascii(text: &[u8], out: &mut String) {
    out.push_str(str::from_utf8(text).expect("digits and separators are ASCII"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64, nanos: i64) -> Timestamp {
        Timestamp(seconds * NANOS_PER_SECOND + nanos)
    }

    #[test]
    fn known_moments_print_as_upstream_prints_them() {
        assert_eq!(at(0, 0).utc_time(), "1970-01-01 00:00:00.000");
        assert_eq!(at(951_826_554, 999_999_999).utc_time(), "2000-02-29 12:15:54.999");
        assert_eq!(at(1_795_239_110, 672_520_999).utc_time(), "2026-11-21 05:31:50.672");
        assert_eq!(at(1_795_239_110, 672_520_999).system_time(), "2026-11-21T05:31:50.672520000Z");
        assert_eq!(at(-1, 0).utc_time(), "1969-12-31 23:59:59.000");
    }

    #[test]
    fn extremes_do_not_panic() {
        assert_eq!(Timestamp(i64::MAX).utc_time(), "2262-04-11 23:47:16.854");
        assert_eq!(Timestamp(i64::MIN).utc_time(), "1677-09-21 00:12:43.145");
    }

    #[test]
    fn every_day_from_1970_to_9999_follows_the_day_before() {
        let mut expected = (1970, 1, 1);
        let mut days = 0;
        while expected.0 < 10_000 {
            assert_eq!(civil_from_days(days), expected);
            let (year, month, day) = expected;
            assert_eq!(days_from_civil(year.into(), month.into(), day.into()), days);
            expected = day_after(expected);
            days += 1;
        }
        assert_eq!(days, 2_932_897);
    }

    fn day_after((year, month, day): (u32, u32, u32)) -> (u32, u32, u32) {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        match (month, day == length) {
            (_, false) => (year, month, day + 1),
            (12, true) => (year + 1, 1, 1),
            (_, true) => (year, month + 1, 1),
        }
    }
}
