//! Points in time as events write them, to numbers.

use tuxmon_event::days_from_civil;

/// Microseconds since 1970 of `YYYY-MM-DD HH:MM:SS`, with a `T` or a blank, any fraction, and perhaps a `Z`.
pub(crate) fn microseconds(text: &str) -> Option<i64> {
    let text = text.as_bytes();
    let text = text.strip_suffix(b"Z").unwrap_or(text);
    let seconds = seconds(text.get(..19)?)?;
    let micros = match text.get(19..)? {
        [] => 0,
        [b'.', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => (0..6)
            .fold(0, |sum, place| sum * 10 + digits.get(place).map_or(0, |digit| i64::from(digit - b'0'))),
        [..] => return None,
    };
    Some(seconds * 1_000_000 + micros)
}

/// Milliseconds since 1970 of a text that is written exactly as `YYYY-MM-DD HH:MM:SS.mmm`.
pub(crate) fn milliseconds(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    (bytes.len() == 23 && bytes[10] == b' ' && bytes[19] == b'.').then_some(())?;
    microseconds(text).map(|micros| micros / 1000)
}

fn seconds(text: &[u8]) -> Option<i64> {
    let form = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if form.iter().any(|(place, byte)| text[*place] != *byte) || !matches!(text[10], b' ' | b'T') {
        return None;
    }
    let number = |from: usize, to: usize| {
        text[from..to]
            .iter()
            .try_fold(0_i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let fits = (1..=12).contains(&month)
        && (1..=length(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    fits.then(|| ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn length(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use tuxmon_event::Timestamp;

    use super::*;

    #[test]
    fn what_events_write_comes_back() {
        for micros in
            [0, 951_782_399_999_000, 951_782_400_000_000, 1_795_238_596_982_627, 4_102_444_799_999_999]
        {
            let time = Timestamp(micros * 1000);
            assert_eq!(microseconds(&time.system_time()), Some(micros));
            assert_eq!(milliseconds(&time.utc_time()), Some(micros / 1000));
        }
        assert_eq!(microseconds("2026-11-21T05:31:50Z"), microseconds("2026-11-21 05:31:50.000"));
        assert_eq!(microseconds("2026-11-21T05:31:50.5Z"), microseconds("2026-11-21 05:31:50.500"));
    }

    #[test]
    fn other_texts_are_no_time() {
        for wrong in [
            "",
            "-",
            "2026-13-01 00:00:00",
            "2026-02-29 00:00:00",
            "2026-11-21 24:00:00",
            "2026-11-21 05:31:50.",
            "2026-11-21 05:31:50+01:00",
        ] {
            assert_eq!(microseconds(wrong), None, "{wrong}");
        }
        assert_eq!(milliseconds("2026-11-21T05:31:50.672"), None);
        assert_eq!(milliseconds("2026-11-21 05:31:50.6725"), None);
    }
}
