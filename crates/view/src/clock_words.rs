//! Points in time as people say them.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp as Instant, Zoned};
use tuxmon_event::Timestamp;

/// A text that names no point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no time: write for example '10 minutes ago', 2h, 'yesterday 14:00', monday, 14:30, \
     2026-11-21, '2026-11-21 05:31:50' or 2026-11-21T05:31:50Z"
)]
pub struct TimeError(String);

/// The moment that `text` names. `now` gives the moment and the time zone of the speaker; a text that names a zone of
/// its own (`Z`, `UTC`, `+02:00`) is in that zone.
pub fn moment(text: &str, now: &Zoned) -> Result<Timestamp, TimeError> {
    let words = text.trim().to_ascii_lowercase();
    let found = iso(text.trim())
        .or_else(|| ago(&words, now))
        .or_else(|| match words.strip_suffix(" utc") {
            Some(rest) => calendar(rest, &now.with_time_zone(TimeZone::UTC)),
            None => calendar(&words, now),
        })
        .ok_or_else(|| TimeError(text.to_owned()))?;
    i64::try_from(found.as_nanosecond()).map(Timestamp).map_err(|_| TimeError(text.to_owned()))
}

/// A full time with its zone, as RFC 3339 writes it.
fn iso(text: &str) -> Option<Instant> {
    text.parse().ok()
}

/// `10 minutes ago`, `an hour ago`, `2h30m ago`, `2h`.
fn ago(words: &str, now: &Zoned) -> Option<Instant> {
    let length = words.strip_suffix("ago").map_or(words, str::trim_end);
    let length = length.strip_prefix('-').unwrap_or(length);
    let mut rest = length.trim_start();
    let mut span = Span::new();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (count, unit, after) = count_and_unit(rest)?;
        span = add(span, count, unit)?;
        rest = after.trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
    Some(now.checked_sub(span).ok()?.timestamp())
}

fn count_and_unit(text: &str) -> Option<(i64, &str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, rest) = if digits > 0 {
        (text[..digits].parse().ok()?, text[digits..].trim_start())
    } else {
        let rest = ["a ", "an ", "one "].iter().find_map(|article| text.strip_prefix(article))?;
        (1, rest.trim_start())
    };
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    Some((count, &rest[..end], &rest[end..]))
}

fn add(span: Span, count: i64, unit: &str) -> Option<Span> {
    let seconds = |span: Span| span.get_seconds().checked_add(count);
    match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => span.try_seconds(seconds(span)?).ok(),
        "m" | "min" | "mins" | "minute" | "minutes" => {
            span.try_minutes(span.get_minutes().checked_add(count)?).ok()
        }
        "h" | "hour" | "hours" => span.try_hours(i64::from(span.get_hours()).checked_add(count)?).ok(),
        "d" | "day" | "days" => span.try_days(i64::from(span.get_days()).checked_add(count)?).ok(),
        "w" | "week" | "weeks" => span.try_weeks(i64::from(span.get_weeks()).checked_add(count)?).ok(),
        "month" | "months" => span.try_months(i64::from(span.get_months()).checked_add(count)?).ok(),
        "y" | "year" | "years" => span.try_years(i64::from(span.get_years()).checked_add(count)?).ok(),
        _ => None,
    }
}

/// A day, a time of day, or both: `yesterday 14:00`, `last monday`, `2026-11-21 05:31:50.672`, `noon`.
fn calendar(words: &str, now: &Zoned) -> Option<Instant> {
    if words == "now" {
        return Some(now.timestamp());
    }
    if let Ok(both) = words.replacen(' ', "T", 1).to_ascii_uppercase().parse::<DateTime>()
        && words.contains(['-', '/'])
    {
        return in_zone(both, now);
    }
    let words = words.strip_prefix("last ").unwrap_or(words);
    let (first, rest) = words.split_once([' ', ',']).unwrap_or((words, ""));
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("at ").unwrap_or(rest);
    match (day(first, now), rest) {
        (Some(day), "") => in_zone(day.to_datetime(Time::midnight()), now),
        (Some(day), rest) => in_zone(day.to_datetime(time_of_day(rest)?), now),
        (None, "") => in_zone(now.date().to_datetime(time_of_day(first)?), now),
        (None, _) => None,
    }
}

fn in_zone(local: DateTime, now: &Zoned) -> Option<Instant> {
    Some(local.to_zoned(now.time_zone().clone()).ok()?.timestamp())
}

fn day(word: &str, now: &Zoned) -> Option<Date> {
    let today = now.date();
    match word {
        "today" => Some(today),
        "yesterday" => today.yesterday().ok(),
        "tomorrow" => today.tomorrow().ok(),
        _ => word.parse().ok().or_else(|| today.nth_weekday(-1, weekday(word)?).ok()),
    }
}

/// A day of the week means the last one before today.
fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    const SHORTEST: usize = 3;
    if word.len() < SHORTEST {
        return None;
    }
    DAYS.iter().find(|(name, _)| name.starts_with(word)).map(|&(_, day)| day)
}

fn time_of_day(word: &str) -> Option<Time> {
    match word {
        "noon" => Some(Time::constant(12, 0, 0, 0)),
        "midnight" => Some(Time::midnight()),
        _ if word.contains(':') => {
            let padded = if word.find(':') == Some(1) { format!("0{word}") } else { word.to_owned() };
            padded.parse().ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Zoned {
        "2026-11-21T09:30:00+01:00[Europe/Berlin]".parse().expect("a time in a known zone")
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(moment(text, &now()).map(Timestamp::utc_time).as_deref(), Ok(expected), "{text}");
    }

    #[test]
    fn lengths_of_time_count_back_from_now() {
        check("now", "2026-11-21 08:30:00.000");
        check("10 minutes ago", "2026-11-21 08:20:00.000");
        check("10m", "2026-11-21 08:20:00.000");
        check("-10min", "2026-11-21 08:20:00.000");
        check("an hour ago", "2026-11-21 07:30:00.000");
        check("2h30m ago", "2026-11-21 06:00:00.000");
        check("1 day, 2 hours and 5 seconds ago", "2026-11-20 06:29:55.000");
        check("2 weeks ago", "2026-11-07 08:30:00.000");
        check("1 month ago", "2026-10-21 07:30:00.000");
    }

    #[test]
    fn days_and_times_are_local() {
        check("today", "2026-11-20 23:00:00.000");
        check("Yesterday 14:00", "2026-11-20 13:00:00.000");
        check("yesterday at 9:05:07.5", "2026-11-20 08:05:07.500");
        check("noon", "2026-11-21 11:00:00.000");
        check("14:30", "2026-11-21 13:30:00.000");
        check("saturday", "2026-11-13 23:00:00.000");
        check("last fri 12:00", "2026-11-20 11:00:00.000");
        check("2026-07-01", "2026-06-30 22:00:00.000");
        check("2026-11-21 05:31", "2026-11-21 04:31:00.000");
        check("2026-11-21T05:31:50.672", "2026-11-21 04:31:50.672");
    }

    #[test]
    fn a_zone_in_the_text_wins() {
        check("2026-11-21T05:31:50.672520000Z", "2026-11-21 05:31:50.672");
        check("2026-11-21 05:31:50+02:00", "2026-11-21 03:31:50.000");
        check("2026-11-21 05:31:50 UTC", "2026-11-21 05:31:50.000");
        check("yesterday 14:00 utc", "2026-11-20 14:00:00.000");
    }

    #[test]
    fn other_words_are_refused() {
        for wrong in
            ["", "ago", "soon", "10", "10 parsecs ago", "yesterday noonish", "25:00", "2026-13-01", "mo", "a"]
        {
            assert!(moment(wrong, &now()).is_err(), "{wrong}");
        }
        assert!(moment("99999999999999 years ago", &now()).is_err());
        assert!(moment("9999 years ago", &now()).is_err());
    }
}
