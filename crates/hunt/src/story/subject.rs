//! What a story is about, and which processes that is.

use std::net::IpAddr;
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension};
use tuxmon_event::Guid;

use crate::ddl::RECORD_BITS;
use crate::filters::{self, Sought};
use crate::processes::ProcessId;
use crate::summary::bytes;

/// So many processes are the subject, at most: of a file that everybody runs, the first ones.
pub(crate) const MOST: usize = 20;

/// What a story is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A process.
    Guid(Guid),
    /// The last process of a number on a machine.
    Pid(i64, String),
    /// The processes that ran a file with a hash.
    Hash(Vec<u8>),
    /// The processes that ran or wrote a file.
    Path(String),
    /// The processes that connected to an address, or were reached from it.
    Address(String),
}

/// A text that names no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no ProcessGuid, no PID@HOST, no hash, no path that begins with /, and no IP address")]
pub struct SubjectError(String);

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        if let Ok(guid) = text.parse() {
            return Ok(Self::Guid(guid));
        }
        if let Some((Ok(pid), host)) = text.split_once('@').map(|(pid, host)| (pid.parse(), host)) {
            return Ok(Self::Pid(pid, host.to_owned()));
        }
        if text.starts_with('/') {
            return Ok(Self::Path(text.to_owned()));
        }
        if text.parse::<IpAddr>().is_ok() {
            return Ok(Self::Address(text.to_owned()));
        }
        match bytes(text) {
            Some(hash) if matches!(hash.len(), 16 | 20 | 32) => Ok(Self::Hash(hash)),
            Some(_) | None => Err(SubjectError(text.to_owned())),
        }
    }
}

impl Subject {
    /// The processes, the first ones first.
    pub(super) fn find(&self, connection: &Connection) -> rusqlite::Result<Vec<ProcessId>> {
        match self {
            Self::Guid(guid) => {
                let asked = "SELECT id FROM raw_processes WHERE place = process_place(?1) AND guid = ?1";
                let found = connection.query_row(asked, [&guid.0], |row| row.get(0)).optional()?;
                Ok(found.into_iter().collect())
            }
            Self::Pid(pid, host) => Ok(last_with_pid(connection, *pid, host)?.into_iter().collect()),
            Self::Hash(hash) => {
                let runs = "SELECT i.Computer, i.Image, i.Hashes, min(i.first), max(i.last) FROM sum_image_totals i \
                            WHERE i.Hashes IN (SELECT hashes FROM hash_values WHERE hash = ?1) GROUP BY 1, 2, 3";
                runs_of(connection, runs, hash)
            }
            Self::Path(path) => {
                let runs = "SELECT i.Computer, i.Image, NULL, min(i.first), max(i.last) FROM sum_image_totals i \
                            WHERE i.Image = (SELECT id FROM strings WHERE hash = text_hash(?1) AND text = ?1) GROUP BY 1, 2";
                let mut found = runs_of(connection, runs, path)?;
                for writer in writers(connection, path)? {
                    if !found.contains(&writer) {
                        found.push(writer);
                    }
                }
                Ok(found)
            }
            Self::Address(address) => talked(connection, address),
        }
    }
}

/// The last process of a machine that had this number: numbers come again.
fn last_with_pid(connection: &Connection, pid: i64, host: &str) -> rusqlite::Result<Option<ProcessId>> {
    let asked = "SELECT s.id FROM streams s JOIN strings t ON t.id = s.host WHERE t.hash = text_hash(?1) AND t.text = ?1 \
                 ORDER BY s.id DESC";
    let streams: Vec<i64> =
        connection.prepare(asked)?.query_map([host], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut last = connection.prepare(
        "SELECT ProcessGuid FROM raw_process_create WHERE event BETWEEN ?1 AND ?2 AND ProcessId = ?3 \
         AND typeof(ProcessGuid) = 'integer' ORDER BY event DESC LIMIT 1",
    )?;
    for stream in streams {
        for (low, high) in filters::ranges(connection, Sought::pid(pid), Some(stream))? {
            let found = last.query_row((low, high, pid), |row| row.get(0)).optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
    }
    // One whose beginning nobody saw.
    let asked = "SELECT id FROM raw_processes WHERE created IS NULL AND pid = ?1 AND host = \
                 (SELECT id FROM strings WHERE hash = text_hash(?2) AND text = ?2) ORDER BY id DESC LIMIT 1";
    connection.query_row(asked, (pid, host), |row| row.get(0)).optional()
}

/// The processes that wrote a file, the last ones first.
fn writers(connection: &Connection, path: &str) -> rusqlite::Result<Vec<ProcessId>> {
    let sought = Sought::text(connection.query_row("SELECT text_hash(?1)", [path], |row| row.get(0))?);
    let number: Option<i64> = connection
        .query_row("SELECT id FROM strings WHERE hash = text_hash(?1) AND text = ?1", [path], |row| {
            row.get(0)
        })
        .optional()?;
    let mut asked = connection.prepare(
        "SELECT DISTINCT ProcessGuid FROM raw_file_create WHERE event BETWEEN ?1 AND ?2 \
         AND (TargetFilename = ?3 OR TargetFilename = ?4) AND typeof(ProcessGuid) = 'integer' LIMIT ?5",
    )?;
    let mut found = Vec::new();
    for (low, high) in filters::ranges(connection, sought, None)? {
        if found.len() >= MOST {
            break;
        }
        let here = asked.query_map((low, high, path, number, MOST as i64), |row| row.get(0))?;
        found.extend(here.collect::<rusqlite::Result<Vec<ProcessId>>>()?);
    }
    found.dedup();
    found.truncate(MOST);
    Ok(found)
}

/// The ranges of event numbers in which a machine's events between two times are.
pub(super) fn ranges(
    connection: &Connection,
    host: i64,
    from: i64,
    to: i64,
) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT c.id >> 16, c.low, c.high FROM streams s JOIN chunks c ON c.id BETWEEN s.id << 16 AND s.id << 16 | 65535 \
         WHERE s.host = ?1 AND c.most >= ?2 * 1000 - 600000000 AND c.least <= ?3 * 1000 + 600000000 ORDER BY c.id",
    )?;
    let range = |row: &rusqlite::Row<'_>| {
        let stream = row.get::<_, i64>(0)? << RECORD_BITS;
        Ok((stream | row.get::<_, i64>(1)?, stream | row.get::<_, i64>(2)?))
    };
    statement.query_map((host, from, to), range)?.collect()
}

/// The processes that ran what a question over the summary of images names.
fn runs_of(
    connection: &Connection,
    question: &str,
    about: impl rusqlite::ToSql,
) -> rusqlite::Result<Vec<ProcessId>> {
    let mut statement = connection.prepare(question)?;
    let mut rows = statement.query([about])?;
    let mut found: Vec<(i64, ProcessId)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (image, hashes): (i64, Option<i64>) = (row.get(1)?, row.get(2)?);
        for run in runs(connection, row.get(0)?, image, hashes, (row.get(3)?, row.get(4)?))? {
            found.push(run);
        }
    }
    found.sort_unstable();
    found.truncate(MOST);
    Ok(found.into_iter().map(|(_, process)| process).collect())
}

/// What to look for where the text with this number may be.
fn sought(connection: &Connection, text: i64) -> rusqlite::Result<Sought> {
    let mut statement = connection.prepare_cached("SELECT text_hash(text) FROM strings WHERE id = ?1")?;
    statement.query_row([text], |row| row.get(0)).map(Sought::text)
}

/// Start times and processes that ran an image on a machine between two times.
pub(super) fn runs(
    connection: &Connection,
    host: i64,
    image: i64,
    hashes: Option<i64>,
    (from, to): (i64, i64),
) -> rusqlite::Result<Vec<(i64, ProcessId)>> {
    let mut statement = connection.prepare_cached(
        "SELECT time, ProcessGuid FROM raw_process_create WHERE event BETWEEN ?1 AND ?2 AND Image = ?3 \
         AND (?4 IS NULL OR Hashes = ?4) AND time BETWEEN ?5 AND ?6 AND typeof(ProcessGuid) = 'integer' LIMIT ?7",
    )?;
    let sought = sought(connection, hashes.unwrap_or(image))?;
    let mut found = Vec::new();
    for (low, high) in ranges(connection, host, from, to)? {
        if !filters::may_hold(connection, low, sought)? {
            continue;
        }
        let rows = statement.query_map((low, high, image, hashes, from, to, MOST as i64), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        if found.len() >= MOST {
            break;
        }
    }
    Ok(found)
}

fn talked(connection: &Connection, address: &str) -> rusqlite::Result<Vec<ProcessId>> {
    let mut peers = connection.prepare(
        "SELECT Computer, RemoteIp, min(first), max(last) FROM sum_peer_totals WHERE RemoteIp IN (SELECT i.ip FROM \
         (SELECT DISTINCT ip FROM sum_ips) i JOIN strings s ON s.id = i.ip WHERE in_network(s.text, ?1)) GROUP BY 1, 2 ORDER BY 3",
    )?;
    let mut connections = connection.prepare(
        "SELECT DISTINCT ProcessGuid FROM raw_network_connect WHERE event BETWEEN ?1 AND ?2 AND time BETWEEN ?3 AND ?4 \
         AND CASE Initiated WHEN 1 THEN DestinationIp ELSE SourceIp END = ?5 AND typeof(ProcessGuid) = 'integer' LIMIT ?6",
    )?;
    let mut found = Vec::new();
    let mut rows = peers.query([address])?;
    while let Some(row) = rows.next()? {
        let (host, ip, from, to): (i64, i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let sought = sought(connection, ip)?;
        for (low, high) in ranges(connection, host, from, to)? {
            if !filters::may_hold(connection, low, sought)? {
                continue;
            }
            let processes = connections
                .query_map((low, high, from, to, ip, MOST as i64), |row| row.get::<_, ProcessId>(0))?;
            for process in processes {
                let process = process?;
                if !found.contains(&process) {
                    found.push(process);
                }
            }
            if found.len() >= MOST {
                found.truncate(MOST);
                return Ok(found);
            }
        }
    }
    Ok(found)
}
