//! From the deed to the line: how long after an event its line, or an alert of it, is in the file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, anyhow};
use serde::Serialize;

/// How often the file is looked at: the error of a latency.
const LOOK: Duration = Duration::from_millis(1);

/// Latencies of one run, in milliseconds. Lines tell whole milliseconds, so they are up to one too long.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Latency {
    pub(crate) lines: usize,
    pub(crate) half: f64,
    pub(crate) most: f64,
    pub(crate) longest: f64,
}

/// Somebody who reads the file as it grows.
pub(crate) struct Watch {
    end: Arc<AtomicBool>,
    reader: JoinHandle<Result<Vec<f64>>>,
}

impl Watch {
    /// Reads from the present end of the file on.
    pub(crate) fn start(lines: &Path) -> Self {
        let end = Arc::new(AtomicBool::new(false));
        let (shared, path) = (Arc::clone(&end), lines.to_owned());
        let reader = thread::spawn(move || {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::End(0))?;
            let (mut found, mut rest) = (Vec::new(), Vec::new());
            while !shared.load(Ordering::Relaxed) {
                thread::sleep(LOOK);
                file.read_to_end(&mut rest)?;
                take_lines(&mut rest, now(), &mut found);
            }
            Ok(found)
        });
        Self { end, reader }
    }

    /// What was found.
    pub(crate) fn stop(self) -> Result<Latency> {
        self.end.store(true, Ordering::Relaxed);
        let mut found = self.reader.join().map_err(|_| anyhow!("the reader of the lines has died"))??;
        found.sort_by(f64::total_cmp);
        let at =
            |part: f64| found.get(((found.len() as f64 * part) as usize).min(found.len().saturating_sub(1)));
        let value = |part| at(part).copied().unwrap_or_default();
        Ok(Latency { lines: found.len(), half: value(0.5), most: value(0.99), longest: value(1.0) })
    }
}

/// Takes whole lines from the front, and notes how old the events in them are.
fn take_lines(bytes: &mut Vec<u8>, now: f64, found: &mut Vec<f64>) {
    let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else { return };
    let text = String::from_utf8_lossy(&bytes[..end]);
    found.extend(text.lines().filter_map(happened).map(|then| (now - then) * 1000.0));
    bytes.drain(..=end);
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// Seconds since the epoch of the first `UtcTime` in the line of an event, or of the `Time` of an alert.
fn happened(line: &str) -> Option<f64> {
    let marks = ["Name=\"UtcTime\">", "\"Time\":\""];
    let text = marks.into_iter().find_map(|mark| line.split(mark).nth(1))?.split(['<', '"']).next()?;
    let (date, time) = text.split_once(' ')?;
    let number = |text: Option<&str>| text?.parse::<f64>().ok();
    let (mut date, mut time) = (date.split('-'), time.split(':'));
    let (year, month, day) = (number(date.next())?, number(date.next())?, number(date.next())?);
    let (hour, minute, second) = (number(time.next())?, number(time.next())?, number(time.next())?);
    Some(
        days(year as i64, month as i64, day as i64) as f64 * 86_400.0
            + hour * 3600.0
            + minute * 60.0
            + second,
    )
}

/// Days from the epoch to a date of the Gregorian calendar, counted in years that begin in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{happened, take_lines};

    const LINE: &str =
        "<Data Name=\"RuleName\">-</Data><Data Name=\"UtcTime\">2026-11-21 05:31:50.250</Data>";

    #[test]
    fn the_time_of_an_event_is_found() {
        assert_eq!(happened(LINE), Some(1_795_239_110.25));
        assert_eq!(happened(&LINE.replace("2026-11-21", "2000-02-29")), Some(951_802_310.25));
        let alert =
            r#"{"Alert":"sigma","Time":"2026-11-21 05:31:50.250","Written":"2026-11-21 05:31:51.000"}"#;
        assert_eq!(happened(alert), Some(1_795_239_110.25));
        assert_eq!(happened("nothing"), None);
    }

    #[test]
    fn only_whole_lines_are_taken() {
        let mut bytes = format!("{LINE}\n{LINE}").into_bytes();
        let mut found = Vec::new();
        take_lines(&mut bytes, 1_795_239_110.5, &mut found);
        assert_eq!(found, [250.0]);
        assert_eq!(bytes, LINE.as_bytes());
    }
}
