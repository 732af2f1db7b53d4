//! The answers of a store in a file.

use rusqlite::{Connection, OptionalExtension, Row, Statement};

use super::archive::{ARRIVAL, Archive, COMMON, Deeds, Four};
use super::{Deed, MOST_DEEDS, Process, Role, Subject, subject};
use crate::layout::{Encoding, tables};
use crate::processes::ProcessId;
use crate::summary;

/// A store in a file, with its questions prepared.
pub(super) struct FileArchive<'c> {
    connection: &'c Connection,
    process: Statement<'c>,
    children: Statement<'c>,
    inbound: Statement<'c>,
    arrivals: Statement<'c>,
    images: Statement<'c>,
    deeds: Vec<Question<'c>>,
}

/// The deeds of one kind.
struct Question<'c> {
    event: &'static str,
    statement: Statement<'c>,
}

impl<'c> FileArchive<'c> {
    pub(super) fn open(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            connection,
            process: connection.prepare(
                "SELECT ProcessGuid, Computer, ProcessId, Image, CommandLine, User, Hashes, started, ended, parent \
                 FROM processes WHERE id = ?1",
            )?,
            children: connection.prepare("SELECT id FROM raw_processes WHERE parent = ?1 ORDER BY id")?,
            inbound: connection.prepare(
                "SELECT SourceIp FROM network_connect WHERE process = ?1 AND Initiated = 0 ORDER BY time LIMIT 1",
            )?,
            arrivals: connection.prepare(
                "SELECT process FROM network_connect WHERE SourcePort = ?1 AND DestinationPort = ?2 AND Initiated = 0 \
                 AND SourceIp = ?3 AND DestinationIp = ?4 AND time BETWEEN ?5 - ?6 AND ?5 + ?6 AND process <> ?7",
            )?,
            images: connection.prepare(
                "SELECT Computer, Image, first, last FROM sum_image_totals WHERE Image = (SELECT id FROM strings WHERE \
                 hash = text_hash(?1) AND text = ?1) AND last >= ?2",
            )?,
            deeds: questions(connection)?,
        })
    }
}

impl Archive for FileArchive<'_> {
    type Error = rusqlite::Error;

    fn subjects(&mut self, subject: &Subject) -> rusqlite::Result<Vec<ProcessId>> {
        subject.find(self.connection)
    }

    fn parent(&mut self, id: ProcessId) -> rusqlite::Result<Option<ProcessId>> {
        let mut statement =
            self.connection.prepare_cached("SELECT parent FROM raw_processes WHERE id = ?1")?;
        let parent = statement.query_row([id], |row| row.get::<_, Option<ProcessId>>(0)).optional()?;
        Ok(parent.flatten())
    }

    fn children(&mut self, id: ProcessId) -> rusqlite::Result<Vec<ProcessId>> {
        self.children.query_map([id], |row| row.get(0))?.collect()
    }

    fn process(&mut self, id: ProcessId) -> rusqlite::Result<Option<(Process, Option<ProcessId>)>> {
        self.process.query_row([id], |row| read(id, row)).optional()
    }

    /// A file is near.
    fn expect(&mut self, _: &[ProcessId]) -> rusqlite::Result<()> {
        Ok(())
    }

    fn deeds(&mut self, id: ProcessId) -> rusqlite::Result<Deeds> {
        let mut found = Vec::new();
        let mut more = 0;
        for question in &mut self.deeds {
            let mut rows = question.statement.query([id])?;
            let mut told = 0;
            while let Some(row) = rows.next()? {
                if told == MOST_DEEDS {
                    more += 1;
                    continue;
                }
                told += 1;
                let (event, leads_to) = (question.event, Vec::new());
                found.push((Deed { time: row.get(0)?, event, about: text(row, 1)?, leads_to }, four(row)?));
            }
        }
        Ok((found, more))
    }

    fn arrivals(&mut self, from: ProcessId, time: i64, four: &Four) -> rusqlite::Result<Vec<ProcessId>> {
        let bound = (four.from_port, four.to_port, &four.from, &four.to, time, ARRIVAL, from);
        let takers: Vec<Option<ProcessId>> =
            self.arrivals.query_map(bound, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(takers.into_iter().flatten().collect())
    }

    fn runs(&mut self, path: &str, since: i64) -> rusqlite::Result<Vec<ProcessId>> {
        let mut rows = self.images.query((path, since))?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            let (from, to): (i64, i64) = (row.get(2)?, row.get(3)?);
            let span = (from.max(since), to);
            runs.extend(subject::runs(self.connection, row.get(0)?, row.get(1)?, None, span)?);
        }
        runs.sort_unstable();
        runs.dedup();
        Ok(runs.into_iter().map(|(_, process)| process).collect())
    }

    fn came_from(&mut self, id: ProcessId) -> rusqlite::Result<Option<String>> {
        Ok(self.inbound.query_row([id], |row| row.get(0)).optional()?.flatten())
    }
}

fn read(id: ProcessId, row: &Row<'_>) -> rusqlite::Result<(Process, Option<ProcessId>)> {
    let process = Process {
        id,
        guid: text(row, 0)?,
        computer: text(row, 1)?,
        pid: row.get(2)?,
        image: text(row, 3)?,
        command: text(row, 4)?,
        user: text(row, 5)?,
        hashes: text(row, 6)?,
        started: row.get(7)?,
        ended: row.get(8)?,
        parent: None,
        role: Role::Subject,
        entry: None,
        deeds: Vec::new(),
        more_deeds: 0,
    };
    Ok((process, row.get(9)?))
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(row.get::<_, Option<String>>(column)?.unwrap_or_default())
}

fn four(row: &Row<'_>) -> rusqlite::Result<Option<Four>> {
    let (from, to): (Option<String>, Option<String>) = (row.get(2)?, row.get(4)?);
    let (from_port, to_port): (Option<i64>, Option<i64>) = (row.get(3)?, row.get(5)?);
    let (Some(from), Some(from_port), Some(to), Some(to_port)) = (from, from_port, to, to_port) else {
        return Ok(None);
    };
    Ok(Some(Four { from, from_port, to, to_port }))
}

/// A question for each kind of event that has a process and of which there is one, but for those of its beginning and its
/// end: thousands of processes are asked.
fn questions(connection: &Connection) -> rusqlite::Result<Vec<Question<'_>>> {
    const ADDRESS: &str = "CASE Initiated WHEN 1 THEN 'to ' ELSE 'from ' END || \
        CASE Initiated WHEN 1 THEN DestinationIp ELSE SourceIp END || ' port ' || DestinationPort";
    const FOUR: &str = "CASE Initiated WHEN 1 THEN SourceIp END, SourcePort, DestinationIp, DestinationPort";
    // Of each kind what it is about; of others it is the first text that is not said of every process.
    let mut questions = Vec::new();
    for table in tables() {
        if table.subject.is_none() || summary::begins(table.spec) || summary::ends(table.spec) {
            continue;
        }
        let any = format!("SELECT 1 FROM {} LIMIT 1", table.name());
        if connection.query_row(&any, [], |_| Ok(())).optional()?.is_none() {
            continue;
        }
        let (about, four) = if table.position("DestinationIp").is_some() {
            (ADDRESS.to_owned(), FOUR)
        } else {
            let texts = table.columns.iter().filter(|column| column.encoding == Encoding::Text);
            let named = texts.map(|column| column.field.name).find(|name| !COMMON.contains(name));
            (named.map_or("NULL".to_owned(), |name| format!("\"{name}\"")), "NULL, NULL, NULL, NULL")
        };
        let sql = format!(
            "SELECT time, {about}, {four} FROM {} WHERE process = ?1 ORDER BY event",
            table.spec.stem
        );
        questions.push(Question { event: table.spec.name, statement: connection.prepare(&sql)? });
    }
    Ok(questions)
}
