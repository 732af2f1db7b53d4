//! What others know of a hash, an address or a name: asked at a service that a file describes, with a key, slowly, and
//! once. Nothing is asked unless somebody asks for it, and addresses of one's own networks are never told to anybody.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::Value;
use tuxmon_fetch::{Client, FetchError, escaped};
use tuxmon_intel::{Form, Indicator, Kind, List, Origin};

use crate::secret::{Secret, SecretError};
use crate::summary::DAY;

/// How VirusTotal is asked; others are asked by a file of the same form.
pub const VIRUSTOTAL: &str = include_str!("../services/virustotal.toml");

const MINUTE: i64 = 60_000;
/// How often a service may say that it was asked too often.
const MOST_TRIES: u32 = 3;
/// Longest time that a service may ask us to wait.
const LONGEST_WAIT: i64 = 5 * MINUTE;
/// Longest name that is kept of an answer.
const MAX_NAME: usize = 256;

/// A service, as its file describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What answers are remembered under.
    pub name: String,
    header: String,
    per_minute: u32,
    days: u32,
    ask: Ask,
    answer: Pointers,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    hash: Option<String>,
    ip: Option<String>,
    domain: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pointers {
    bad: String,
    total: Vec<String>,
    name: Option<String>,
}

/// What a service says of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Whether it knows the value at all.
    pub known: bool,
    /// How many call it bad.
    pub bad: u32,
    /// Out of how many.
    pub total: u32,
    /// What it is called.
    pub name: String,
    /// When this was said, in milliseconds since 1970.
    pub asked: i64,
}

/// Why there is no opinion.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The file of the service is wrong.
    #[error("the description of the service: {0}")]
    Service(String),
    /// It is nothing that can be asked about.
    #[error("{value}: {reason}")]
    Value {
        /// What was to be asked about.
        value: String,
        /// Why not.
        reason: &'static str,
    },
    /// The service does not take the key; there is no use in asking on.
    #[error("{service} refuses the key (status {status})")]
    Key {
        /// Its name.
        service: String,
        /// What HTTP calls it.
        status: u16,
    },
    /// The service wants fewer questions.
    #[error("{service} was asked too often, and wants to be left alone for {seconds} seconds")]
    TooOften {
        /// Its name.
        service: String,
        /// For so long.
        seconds: i64,
    },
    /// The service answers with something else.
    #[error("{service}: {reason}")]
    Answer {
        /// Its name.
        service: String,
        /// What it answers.
        reason: String,
    },
    /// It was not reached.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The key cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The store does not take it.
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
}

/// The clock, and how to let time pass.
pub struct Clock<'a> {
    /// Milliseconds since 1970.
    pub now: &'a dyn Fn() -> i64,
    /// Waits.
    pub sleep: &'a dyn Fn(Duration),
}

impl Service {
    /// Reads a description.
    pub fn parse(text: &str) -> Result<Self, LookupError> {
        let wrong = |reason: String| LookupError::Service(reason);
        let service: Self = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if service.per_minute == 0 {
            return Err(wrong("per_minute has to be 1 at least".to_owned()));
        }
        let ask = &service.ask;
        for url in [&ask.hash, &ask.ip, &ask.domain].into_iter().flatten() {
            if !url.contains("{value}") {
                return Err(wrong(format!("{url} does not say where {{value}} goes")));
            }
        }
        let Pointers { bad, total, name } = &service.answer;
        for pointer in total.iter().chain([bad]).chain(name) {
            if !pointer.starts_with('/') {
                return Err(wrong(format!("{pointer} is no JSON pointer; they begin with /")));
            }
        }
        Ok(service)
    }

    /// Reads a description from a file.
    pub fn read(path: &Path) -> Result<Self, LookupError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| LookupError::Service(format!("{}: {error}", path.display())))?;
        Self::parse(&text)
    }

    /// What is said of a value: what was said before, while that is fresh, otherwise what is answered now.
    pub fn opinion(
        &self,
        value: &str,
        client: &Client,
        key: &Secret,
        store: &Connection,
        clock: &Clock<'_>,
    ) -> Result<Opinion, LookupError> {
        let indicator = indicator(value)?;
        prepare(store)?;
        if let Some(before) = self.remembered(&indicator.value, store, (clock.now)())? {
            return Ok(before);
        }
        let url = self.url(&indicator)?;
        let headers = [(self.header.as_str(), key.word()?), ("Accept", "application/json")];
        for _ in 0..MOST_TRIES {
            self.wait_for_its_turn(store, clock)?;
            self.note(store, (clock.now)())?;
            let answer = client.get(&url, &headers)?;
            match answer.status {
                200 => {
                    let opinion = self.read_answer(&answer.bytes()?, (clock.now)())?;
                    self.remember(&indicator.value, &opinion, store)?;
                    return Ok(opinion);
                }
                404 => {
                    let asked = (clock.now)();
                    let unknown = Opinion { known: false, bad: 0, total: 0, name: String::new(), asked };
                    self.remember(&indicator.value, &unknown, store)?;
                    return Ok(unknown);
                }
                status @ (401 | 403) => {
                    return Err(LookupError::Key { service: self.name.clone(), status });
                }
                429 => {
                    let seconds = answer.header("Retry-After").and_then(|text| text.trim().parse().ok());
                    let wait = seconds.unwrap_or(60_i64).max(0).saturating_mul(1000);
                    if wait > LONGEST_WAIT {
                        return Err(LookupError::TooOften {
                            service: self.name.clone(),
                            seconds: wait / 1000,
                        });
                    }
                    (clock.sleep)(Duration::from_millis(wait.unsigned_abs()));
                }
                status => return Err(self.strange(format!("it answers with status {status}"))),
            }
        }
        Err(LookupError::TooOften { service: self.name.clone(), seconds: LONGEST_WAIT / 1000 })
    }

    fn url(&self, indicator: &Indicator) -> Result<String, LookupError> {
        let template = match indicator.kind {
            Kind::Hash => self.ask.hash.as_ref(),
            Kind::Ip => self.ask.ip.as_ref(),
            Kind::Domain => self.ask.domain.as_ref(),
            Kind::Cidr | Kind::Url => None,
        };
        let template = template.ok_or_else(|| LookupError::Value {
            value: indicator.value.clone(),
            reason: "the service is not asked about values of this kind",
        })?;
        Ok(template.replace("{value}", &escaped(&indicator.value)))
    }

    fn read_answer(&self, bytes: &[u8], asked: i64) -> Result<Opinion, LookupError> {
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| self.strange(format!("its answer is no JSON: {error}")))?;
        let number = |pointer: &str| {
            let found =
                value.pointer(pointer).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
            found.ok_or_else(|| self.strange(format!("its answer has no number at {pointer}")))
        };
        let total = self
            .answer
            .total
            .iter()
            .try_fold(0_u32, |sum, pointer| number(pointer).map(|one| sum.saturating_add(one)))?;
        let name = self.answer.name.as_ref().and_then(|pointer| value.pointer(pointer)?.as_str());
        let name = name.unwrap_or_default();
        let name = name[..name.floor_char_boundary(MAX_NAME)].to_owned();
        Ok(Opinion { known: true, bad: number(&self.answer.bad)?, total, name, asked })
    }

    fn strange(&self, reason: String) -> LookupError {
        LookupError::Answer { service: self.name.clone(), reason }
    }

    /// Questions of other processes count too: a service counts those of a key.
    fn wait_for_its_turn(&self, store: &Connection, clock: &Clock<'_>) -> Result<(), LookupError> {
        loop {
            let now = (clock.now)();
            let sql = "SELECT time FROM lookup_questions WHERE service = ?1 AND time > ?2 ORDER BY time DESC LIMIT ?3";
            let mut statement = store.prepare_cached(sql)?;
            let times = statement
                .query_map(params![self.name, now - MINUTE, self.per_minute], |row| row.get::<_, i64>(0))?
                .collect::<Result<Vec<_>, _>>()?;
            if times.len() < self.per_minute as usize {
                return Ok(());
            }
            // The oldest of those that count stops counting then; a clock that was set back must not stop us for ever.
            let wait = (times[times.len() - 1] + MINUTE - now).clamp(1, MINUTE);
            (clock.sleep)(Duration::from_millis(wait.unsigned_abs()));
        }
    }

    fn note(&self, store: &Connection, now: i64) -> rusqlite::Result<()> {
        store.execute("DELETE FROM lookup_questions WHERE time <= ?1 OR time > ?2", [now - MINUTE, now])?;
        store.execute(
            "INSERT INTO lookup_questions (service, time) VALUES (?1, ?2)",
            params![self.name, now],
        )?;
        Ok(())
    }

    fn remembered(&self, value: &str, store: &Connection, now: i64) -> rusqlite::Result<Option<Opinion>> {
        let since = now.saturating_sub(i64::from(self.days) * DAY);
        let sql = "SELECT known, bad, total, name, asked FROM lookups \
                   WHERE service = ?1 AND value = ?2 AND asked > ?3";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Opinion {
                known: row.get(0)?,
                bad: row.get(1)?,
                total: row.get(2)?,
                name: row.get(3)?,
                asked: row.get(4)?,
            })
        };
        store.query_row(sql, params![self.name, value, since], read).optional()
    }

    fn remember(&self, value: &str, opinion: &Opinion, store: &Connection) -> rusqlite::Result<()> {
        let Opinion { known, bad, total, name, asked } = opinion;
        store.execute(
            "INSERT OR REPLACE INTO lookups (service, value, known, bad, total, name, asked) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![self.name, value, known, bad, total, name, asked],
        )?;
        Ok(())
    }
}

/// The tables come with the first question: whoever never asks has none.
fn prepare(store: &Connection) -> rusqlite::Result<()> {
    store.execute_batch(
        "CREATE TABLE IF NOT EXISTS lookups (service TEXT NOT NULL, value TEXT NOT NULL, known INTEGER NOT NULL, \
         bad INTEGER NOT NULL, total INTEGER NOT NULL, name TEXT NOT NULL, asked INTEGER NOT NULL, \
         PRIMARY KEY (service, value)) WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS lookup_questions (service TEXT NOT NULL, time INTEGER NOT NULL);",
    )
}

/// A value as lists have it. What only means something in one's own network is nobody else's business.
fn indicator(value: &str) -> Result<Indicator, LookupError> {
    let origin = Origin { file: "", source: "", expires: None };
    let (list, _) = List::read_as(Form::Text, origin, value);
    let refused = |reason| LookupError::Value { value: value.to_owned(), reason };
    let [one] = list.indicators.as_slice() else {
        return Err(refused("it is no hash, address or domain"));
    };
    if one.kind == Kind::Ip && one.value.parse::<IpAddr>().is_ok_and(is_own) {
        return Err(refused("it is an address of one's own network, which nobody else is told"));
    }
    Ok(one.clone())
}

fn is_own(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            four.is_private()
                || four.is_loopback()
                || four.is_link_local()
                || four.is_unspecified()
                || four.is_broadcast()
                || four.is_multicast()
        }
        IpAddr::V6(six) => {
            six.is_loopback()
                || six.is_unspecified()
                || six.is_unique_local()
                || six.is_unicast_link_local()
                || six.is_multicast()
        }
    }
}
