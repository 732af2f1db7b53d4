//! The options, as getopt(3) reads `h?e:r:t:f:E:XT`.

use std::ffi::OsString;

use jiff::civil::DateTime;
use tuxmon_event::Timestamp;
use tuxmon_view::{Event, EventIds, Sieve};

/// What a call asks for.
pub(super) enum Asked {
    /// The usage: asked for, or because an option is not understood.
    Usage,
    /// To show how the options were understood.
    Settings(Options),
    /// Events.
    Events(Options),
}

/// The options of a call.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) sieve: Sieve,
    /// Fields with the values that they may have.
    filters: Vec<(String, Vec<String>)>,
    /// Ids with the fields that are printed of their events.
    chosen: Vec<(u16, Vec<String>)>,
    pub(super) blank_lines: bool,
}

/// Options that take an argument.
const WITH_ARGUMENT: &[u8] = b"ertfE";

impl Options {
    /// Reads the words. Words that are no options are passed over, as the original does.
    pub(super) fn parse(words: &[OsString]) -> Asked {
        let mut options = Self::default();
        let mut settings = false;
        let mut words = words.iter().map(|word| word.to_string_lossy());
        while let Some(word) = words.next() {
            if word == "--" {
                break;
            }
            let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                continue;
            };
            for (position, letter) in letters.char_indices() {
                match letter {
                    'X' => options.blank_lines = true,
                    'T' => settings = true,
                    _ if letter.is_ascii() && WITH_ARGUMENT.contains(&(letter as u8)) => {
                        let rest = &letters[position + 1..];
                        let argument = if rest.is_empty() { words.next() } else { Some(rest.into()) };
                        if argument.and_then(|argument| options.take(letter, &argument)).is_none() {
                            return Asked::Usage;
                        }
                        break;
                    }
                    _ => return Asked::Usage,
                }
            }
        }
        if settings { Asked::Settings(options) } else { Asked::Events(options) }
    }

    /// `None` when the argument is not understood.
    fn take(&mut self, letter: char, argument: &str) -> Option<()> {
        match letter {
            'e' => self.sieve.ids.get_or_insert(EventIds::NONE).insert_list(argument).ok(),
            'r' => {
                self.sieve.records = Some(crate::view::record_range(argument).ok()?);
                Some(())
            }
            't' => {
                let (start, end) = argument.split_once(',').unwrap_or((argument, ""));
                self.sieve.since = time(start)?;
                self.sieve.until = time(end)?;
                Some(())
            }
            'f' => {
                let (field, values) = argument.split_once('=')?;
                let values = values.split(',').map(str::to_owned);
                match self.filters.iter_mut().find(|(known, _)| known == field) {
                    Some((_, known)) => known.extend(values),
                    None => self.filters.push((field.to_owned(), values.collect())),
                }
                Some(())
            }
            _ => {
                let (id, fields) = argument.split_once('=')?;
                let id = id.trim().parse().ok()?;
                let fields = fields.split(',').map(str::to_owned);
                match self.chosen.iter_mut().find(|(known, _)| *known == id) {
                    Some((_, known)) => known.extend(fields),
                    None => self.chosen.push((id, fields.collect())),
                }
                Some(())
            }
        }
    }

    /// Whether an event passes the filters. One that lacks a field passes that field's.
    pub(super) fn takes(&self, event: &Event<'_>) -> bool {
        self.filters.iter().all(|(field, values)| {
            event.value(field).is_none_or(|value| values.iter().any(|wanted| wanted == value))
        })
    }

    /// The fields to print of events with this id; `None` is all.
    pub(super) fn fields_of(&self, id: u16) -> Option<&[String]> {
        self.chosen.iter().find(|(chosen, _)| *chosen == id).map(|(_, fields)| fields.as_slice())
    }

    /// The settings, one on a line.
    pub(super) fn describe(&self) -> String {
        let ids: Vec<String> = self.sieve.ids.map_or_else(Vec::new, |ids| {
            (0..=255).filter(|&id| ids.contains(id)).map(|id| id.to_string()).collect()
        });
        let time = |time: Option<Timestamp>| time.map(Timestamp::utc_time).unwrap_or_default();
        let mut lines = vec![format!("Event ids: {}", ids.join(","))];
        if let Some(records) = &self.sieve.records {
            lines.push(format!("Event record ids: {},{}", records.start(), records.end()));
        }
        if self.sieve.since.is_some() || self.sieve.until.is_some() {
            lines.push(format!("Times (UTC): {},{}", time(self.sieve.since), time(self.sieve.until)));
        }
        lines.extend(
            self.filters.iter().map(|(field, values)| format!("Filter: {field}={}", values.join(","))),
        );
        lines.extend(
            self.chosen.iter().map(|(id, fields)| format!("Fields of event {id}: {}", fields.join(","))),
        );
        lines.push(format!("Blank lines: {}", if self.blank_lines { "yes" } else { "no" }));
        lines.join("\n") + "\n"
    }
}

/// A time in UTC, or none where there is no text; the outer `None` when the text is no time.
///
/// Compat: sysmonLogView.cpp — what stands behind the point is a number of milliseconds, so `.1` is `.001`.
#[allow(clippy::option_option)] // no time at all and a wrong time are different answers
fn time(text: &str) -> Option<Option<Timestamp>> {
    const DATE_AND_HOUR: usize = "2026-11-21 05".len();
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let (seconds, millis) = text.split_once('.').unwrap_or((text, "0"));
    let millis = millis.parse::<u16>().ok().filter(|millis| *millis < 1000)?;
    if seconds.len() <= DATE_AND_HOUR {
        return None;
    }
    let time: DateTime = seconds.replacen(' ', "T", 1).parse().ok()?;
    let nanos = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_nanosecond();
    Some(Some(Timestamp(i64::try_from(nanos).ok()? + i64::from(millis) * 1_000_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Asked {
        Options::parse(&line.split('|').map(OsString::from).collect::<Vec<_>>())
    }

    #[track_caller]
    fn settings(line: &str) -> String {
        match parse(line) {
            Asked::Settings(options) => options.describe(),
            Asked::Usage => "usage".to_owned(),
            Asked::Events(_) => "events".to_owned(),
        }
    }

    #[test]
    fn options_are_read_as_getopt_does() {
        let all = settings(
            "-XTe1,3|-r|,15|-t|2026-11-21 05:31,2026-11-21 05:31:50.1|-fUser=a|-f|User=b|-E|1=Image,User|-e|5",
        );
        assert_eq!(
            all,
            "Event ids: 1,3,5\nEvent record ids: 0,15\n\
             Times (UTC): 2026-11-21 05:31:00.000,2026-11-21 05:31:50.001\n\
             Filter: User=a,b\nFields of event 1: Image,User\nBlank lines: yes\n"
        );
        assert_eq!(settings("-T|word|--|-Z"), "Event ids: \nBlank lines: no\n");
        assert_eq!(settings("word"), "events");
    }

    #[test]
    fn what_is_not_understood_shows_the_usage() {
        for line in
            ["-h", "-?", "--help", "-Z", "-Xh", "-e", "-e|x", "-r|a", "-t|yesterday", "-f|User", "-E|Image"]
        {
            assert!(matches!(parse(line), Asked::Usage), "{line}");
        }
    }
}
