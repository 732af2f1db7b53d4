//! The processes and deeds of a story, fetched step by step.

use rusqlite::{Connection, OptionalExtension, Row, Statement};

use super::{Deed, MOST_ANCESTORS, MOST_DEEDS, MOST_PROCESSES, Process, Role, Story, subject};
use crate::functions::is_named;
use crate::layout::{Encoding, tables};
use crate::processes::ProcessId;
use crate::summary;

/// A connection arrives within this time, by clocks that may differ; milliseconds.
const ARRIVAL: i64 = 600_000;

/// Programs through which somebody or something enters a machine, and what that is.
const ENTRIES: &[(&str, &str)] = &[
    ("sshd sshd-session dropbear", "ssh session"),
    ("login agetty getty gdm-session-worker sddm lightdm xrdp", "login at the machine"),
    ("cron crond atd anacron", "cron job"),
    ("containerd-shim* conmon docker-init runc", "container"),
    ("systemd init", "service"),
];

/// Gathers one story.
pub(super) struct Gathering<'c> {
    connection: &'c Connection,
    process: Statement<'c>,
    children: Statement<'c>,
    inbound: Statement<'c>,
    arrivals: Statement<'c>,
    images: Statement<'c>,
    deeds: Vec<Question<'c>>,
    story: Story,
}

/// The deeds of one kind.
struct Question<'c> {
    event: &'static str,
    statement: Statement<'c>,
}

impl<'c> Gathering<'c> {
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
                "SELECT Computer, Image, first, last FROM sum_images WHERE Image = (SELECT id FROM strings WHERE \
                 hash = text_hash(?1) AND text = ?1) AND last >= ?2",
            )?,
            deeds: questions(connection)?,
            story: Story::default(),
        })
    }

    /// Tells the story of these processes.
    pub(super) fn tell(mut self, subjects: &[ProcessId]) -> rusqlite::Result<Story> {
        for subject in subjects {
            self.ancestors(*subject)?;
        }
        for subject in subjects {
            let Some(place) = self.add(*subject, Role::Subject)? else { continue };
            self.story.processes[place].role = Role::Subject;
            self.descendants(place)?;
        }
        let mut place = 0;
        // What follows from deeds is added behind, and has no deeds told itself: a story ends somewhere.
        let own = self.story.processes.len();
        while place < own {
            self.deeds(place)?;
            place += 1;
        }
        for place in 0..own {
            self.entry(place)?;
        }
        Ok(self.story)
    }

    /// Adds a process with all that precede it, so that parents stand first.
    fn ancestors(&mut self, subject: ProcessId) -> rusqlite::Result<()> {
        let mut line = vec![subject];
        while line.len() < MOST_ANCESTORS {
            let last = line[line.len() - 1];
            let asked = "SELECT parent FROM raw_processes WHERE id = ?1";
            let mut statement = self.connection.prepare_cached(asked)?;
            match statement.query_row([last], |row| row.get::<_, Option<ProcessId>>(0)).optional()?.flatten()
            {
                Some(parent) if !line.contains(&parent) => line.push(parent),
                Some(_) | None => break,
            }
        }
        for process in line.into_iter().rev() {
            self.add(process, Role::Ancestor)?;
        }
        Ok(())
    }

    fn descendants(&mut self, subject: usize) -> rusqlite::Result<()> {
        let mut waiting = vec![subject];
        while let Some(place) = waiting.pop() {
            let id = self.story.processes[place].id;
            let children: Vec<ProcessId> =
                self.children.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            for child in children {
                let known = self.story.places.contains_key(&child);
                match self.add(child, Role::Descendant)? {
                    Some(place) if !known => waiting.push(place),
                    Some(_) => {}
                    None => self.story.left_out += 1,
                }
            }
        }
        Ok(())
    }

    /// The place of a process, which is fetched now if it is new. `None`: there is no room, or no such process.
    fn add(&mut self, id: ProcessId, role: Role) -> rusqlite::Result<Option<usize>> {
        if let Some(place) = self.story.places.get(&id) {
            return Ok(Some(*place));
        }
        if self.story.processes.len() >= MOST_PROCESSES {
            return Ok(None);
        }
        let Some((mut process, parent)) =
            self.process.query_row([id], |row| read(id, role, row)).optional()?
        else {
            return Ok(None);
        };
        process.parent = parent.and_then(|parent| self.story.places.get(&parent).copied());
        let place = self.story.processes.len();
        self.story.processes.push(process);
        self.story.places.insert(id, place);
        Ok(Some(place))
    }

    fn deeds(&mut self, place: usize) -> rusqlite::Result<()> {
        // Of an ancestor only its line is told: what a service did all year is another story.
        if self.story.processes[place].role == Role::Ancestor {
            return Ok(());
        }
        let id = self.story.processes[place].id;
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
                let deed = Deed {
                    time: row.get(0)?,
                    event: question.event,
                    about: text(row, 1)?,
                    leads_to: Vec::new(),
                };
                found.push((deed, four(row)?));
            }
        }
        found.sort_by_key(|(deed, _)| deed.time);
        let mut deeds = Vec::with_capacity(found.len());
        for (mut deed, four) in found {
            deed.leads_to = match four {
                Some(four) => self.arrivals(id, deed.time, &four)?,
                None if deed.event == "FileCreate" => self.runs_of(&deed)?,
                None => Vec::new(),
            };
            deeds.push(deed);
        }
        self.story.processes[place].deeds = deeds;
        self.story.processes[place].more_deeds = more;
        Ok(())
    }

    /// Who took a connection on another machine.
    fn arrivals(&mut self, from: ProcessId, time: i64, four: &Four) -> rusqlite::Result<Vec<usize>> {
        let bound = (four.from_port, four.to_port, &four.from, &four.to, time, ARRIVAL, from);
        let takers: Vec<Option<ProcessId>> =
            self.arrivals.query_map(bound, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut places = Vec::new();
        for taker in takers.into_iter().flatten() {
            places.extend(self.add(taker, Role::Consequence)?);
        }
        Ok(places)
    }

    /// Who ran a file after it was written, on the machine of its writer.
    fn runs_of(&mut self, deed: &Deed) -> rusqlite::Result<Vec<usize>> {
        let mut rows = self.images.query((&deed.about, deed.time))?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            let (from, to): (i64, i64) = (row.get(2)?, row.get(3)?);
            runs.extend(subject::runs(
                self.connection,
                row.get(0)?,
                row.get(1)?,
                None,
                (from.max(deed.time), to),
            )?);
        }
        drop(rows);
        runs.sort_unstable();
        runs.dedup();
        let mut places = Vec::new();
        for (_, process) in runs {
            places.extend(self.add(process, Role::Consequence)?);
        }
        Ok(places)
    }

    /// Says of a process through which somebody entered what kind of entry it is.
    fn entry(&mut self, place: usize) -> rusqlite::Result<()> {
        let process = &self.story.processes[place];
        let kind = ENTRIES.iter().find(|(names, _)| is_named(&process.image, names));
        let Some((_, kind)) = kind else { return Ok(()) };
        let from: Option<String> =
            self.inbound.query_row([process.id], |row| row.get(0)).optional()?.flatten();
        let entry = from.map_or_else(|| (*kind).to_owned(), |from| format!("{kind} from {from}"));
        self.story.processes[place].entry = Some(entry);
        Ok(())
    }
}

/// The addresses and ports of a connection that went out.
struct Four {
    from: String,
    from_port: i64,
    to: String,
    to_port: i64,
}

fn read(id: ProcessId, role: Role, row: &Row<'_>) -> rusqlite::Result<(Process, Option<ProcessId>)> {
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
        role,
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

/// A question for each kind of event that has a process, but for those of its beginning and its end.
fn questions(connection: &Connection) -> rusqlite::Result<Vec<Question<'_>>> {
    const ADDRESS: &str = "CASE Initiated WHEN 1 THEN 'to ' ELSE 'from ' END || \
        CASE Initiated WHEN 1 THEN DestinationIp ELSE SourceIp END || ' port ' || DestinationPort";
    const FOUR: &str = "CASE Initiated WHEN 1 THEN SourceIp END, SourcePort, DestinationIp, DestinationPort";
    // Of each kind what it is about; of others it is the first text that is not said of every process.
    const COMMON: &[&str] =
        &["RuleName", "EventType", "Image", "User", "SourceImage", "SourceUser", "Hashes"];
    let mut questions = Vec::new();
    for table in tables() {
        if table.subject.is_none() || summary::begins(table.spec) || summary::ends(table.spec) {
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
