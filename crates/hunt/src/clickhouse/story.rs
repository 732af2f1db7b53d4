//! A story's questions to a server. A server is far, so what will be asked for is fetched at once, and kept.

use std::collections::{HashMap, HashSet};

use tuxmon_event::Guid;

use super::ddl::{self, NOBODY};
use super::server::Server;
use crate::answer::{AnswerError, Rows, Value};
use crate::dialect::{Dialect, literal};
use crate::hunts::Argument;
use crate::layout::{Encoding, Table, tables};
use crate::processes::ProcessId;
use crate::story::{
    ARRIVAL, Archive, COMMON, Deed, Deeds, Four, MOST, MOST_DEEDS, MOST_PROCESSES, Process, Role, Subject,
};

/// So many identities stand in one question.
const PORTION: usize = 1000;

/// A server's store, and what was fetched from it.
pub(crate) struct RemoteArchive<'s> {
    server: &'s Server,
    tables: Vec<Table>,
    /// Identities by their numbers in this story, and the other way round.
    identities: Vec<Guid>,
    numbers: HashMap<Guid, ProcessId>,
    processes: HashMap<ProcessId, (Process, Option<ProcessId>)>,
    children: HashMap<ProcessId, Vec<ProcessId>>,
    deeds: HashMap<ProcessId, Deeds>,
    /// Who took connections, and when.
    takers: HashMap<Four, Vec<(i64, ProcessId)>>,
    /// Which of the files that were written anybody ran.
    programs: HashSet<String>,
}

impl<'s> RemoteArchive<'s> {
    pub(crate) fn open(server: &'s Server) -> Self {
        Self {
            server,
            tables: tables(),
            identities: Vec::new(),
            numbers: HashMap::new(),
            processes: HashMap::new(),
            children: HashMap::new(),
            deeds: HashMap::new(),
            takers: HashMap::new(),
            programs: HashSet::new(),
        }
    }

    fn number(&mut self, text: &str) -> Option<ProcessId> {
        let guid: Guid = text.parse().ok().filter(|guid: &Guid| !guid.is_nil())?;
        let next = self.identities.len() as ProcessId;
        let number = *self.numbers.entry(guid).or_insert(next);
        if number == next {
            self.identities.push(guid);
        }
        Some(number)
    }

    /// The identities of processes, to stand behind `IN`.
    fn named(&self, ids: &[ProcessId]) -> String {
        let quoted = |id: &ProcessId| {
            format!("'{}'", self.identities[*id as usize].to_string().trim_matches(['{', '}']))
        };
        ids.iter().map(quoted).collect::<Vec<_>>().join(", ")
    }

    fn all(&self, sql: &str) -> Result<Vec<Vec<Value>>, AnswerError> {
        let mut rows = self.server.rows(sql)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(row.to_vec());
        }
        Ok(all)
    }

    /// The processes in the first column of an answer, each once.
    fn listed(&mut self, sql: &str) -> Result<Vec<ProcessId>, AnswerError> {
        let mut found = Vec::new();
        for row in self.all(sql)? {
            found.extend(self.number(text(&row, 0)).filter(|id| !found.contains(id)));
        }
        Ok(found)
    }

    fn fetch_processes(&mut self, ids: &[ProcessId]) -> Result<(), AnswerError> {
        let missing: Vec<ProcessId> =
            ids.iter().copied().filter(|id| !self.processes.contains_key(id)).collect();
        for portion in missing.chunks(PORTION) {
            let view = ddl::process_view(&format!("WHERE id IN ({})", self.named(portion)));
            let sql = format!(
                "SELECT ProcessGuid, Computer, ProcessId, Image, CommandLine, User, Hashes, started, ended, toString(parent) AS parent FROM ({view})"
            );
            for row in self.all(&sql)? {
                let Some(id) = self.number(text(&row, 0)) else { continue };
                let parent = self.number(text(&row, 9));
                self.processes.insert(id, (process(id, &row), parent));
            }
        }
        Ok(())
    }

    /// Fetches all that descends from a process, as far as a story goes.
    fn fetch_descendants(&mut self, id: ProcessId) -> Result<(), AnswerError> {
        let mut generation = vec![id];
        let mut all = Vec::new();
        while !generation.is_empty() && all.len() <= MOST_PROCESSES {
            let mut next = Vec::new();
            for portion in generation.chunks(PORTION) {
                for id in portion {
                    self.children.entry(*id).or_default();
                }
                let sql = format!(
                    "SELECT toString(parent) AS above, toString(id) AS below, min(time) AS began FROM raw_children \
                     WHERE parent IN ({}) GROUP BY parent, id ORDER BY began, id",
                    self.named(portion)
                );
                for row in self.all(&sql)? {
                    let (Some(above), Some(below)) = (self.number(text(&row, 0)), self.number(text(&row, 1)))
                    else {
                        continue;
                    };
                    self.children.entry(above).or_default().push(below);
                    if !self.children.contains_key(&below) {
                        next.push(below);
                    }
                }
            }
            all.extend_from_slice(&next);
            generation = next;
        }
        all.truncate(MOST_PROCESSES);
        self.fetch_processes(&all)
    }

    /// Fetches the deeds of processes: first where they are, then what they were.
    fn fetch_deeds(&mut self, ids: &[ProcessId]) -> Result<(), AnswerError> {
        for portion in ids.chunks(PORTION) {
            for id in portion {
                self.deeds.entry(*id).or_default();
            }
            let named = self.named(portion);
            let counted = format!(
                "SELECT toString(process) AS whose, EventID, uniqExact(event) AS deeds FROM raw_deeds WHERE process IN ({named}) GROUP BY process, EventID"
            );
            let mut kinds = Vec::new();
            for row in self.all(&counted)? {
                let Some(id) = self.number(text(&row, 0)) else { continue };
                let more =
                    number(&row, 2).unwrap_or_default().unsigned_abs().saturating_sub(MOST_DEEDS as u64);
                self.deeds.entry(id).or_default().1 += more;
                kinds.extend(number(&row, 1).filter(|kind| !kinds.contains(kind)));
            }
            kinds.sort_unstable();
            for kind in kinds {
                self.fetch_kind(kind, &named)?;
            }
        }
        Ok(())
    }

    /// Fetches the deeds of one kind.
    fn fetch_kind(&mut self, kind: i64, named: &str) -> Result<(), AnswerError> {
        let Some(table) = self.tables.iter().find(|table| i64::from(table.spec.id) == kind) else {
            return Ok(());
        };
        let (event, about, subject) = (table.spec.name, about(table), subject(table));
        let found = self.all(&format!(
            "SELECT Computer, time, toString(event) AS deed FROM raw_deeds WHERE process IN ({named}) AND EventID = {kind} \
             ORDER BY process, time, event LIMIT {MOST_DEEDS} BY process"
        ))?;
        for portion in found.chunks(PORTION) {
            let list = |column: usize| {
                let all: HashSet<String> = portion
                    .iter()
                    .map(|row| {
                        number(row, column)
                            .map_or_else(|| literal(text(row, column)), |time| time.to_string())
                    })
                    .collect();
                all.into_iter().collect::<Vec<_>>().join(", ")
            };
            let sql = format!(
                "SELECT toString({subject}) AS whose, time, {about} FROM raw_events WHERE EventID = {kind} AND Computer IN ({}) \
                 AND time IN ({}) AND event IN ({}) ORDER BY time, event",
                list(0),
                list(1),
                list(2)
            );
            let mut rows = self.all(&sql)?;
            rows.dedup();
            for row in rows {
                let Some(id) = self.number(text(&row, 0)) else { continue };
                let (time, leads_to) = (number(&row, 1).unwrap_or_default(), Vec::new());
                let deed = Deed { time, event, about: text(&row, 2).to_owned(), leads_to };
                self.deeds.entry(id).or_default().0.push((deed, four(&row)));
            }
        }
        Ok(())
    }

    /// Fetches who took the connections that were fetched, and which of the files anybody ran.
    fn fetch_consequences(&mut self) -> Result<(), AnswerError> {
        let deeds = self.deeds.values().flat_map(|(deeds, _)| deeds);
        let mut spans: HashMap<Four, (i64, i64)> = HashMap::new();
        let mut files: HashSet<&str> = HashSet::new();
        for (deed, four) in deeds {
            match four {
                Some(four) => {
                    let span = spans.entry(four.clone()).or_insert((deed.time, deed.time));
                    *span = (span.0.min(deed.time), span.1.max(deed.time));
                }
                None if deed.event == "FileCreate" => drop(files.insert(&deed.about)),
                None => {}
            }
        }
        let mut files: Vec<String> = files.into_iter().map(literal).collect();
        files.sort_unstable();
        for portion in files.chunks(PORTION) {
            let sql = format!(
                "SELECT DISTINCT Image_id FROM sum_images WHERE Image_id IN ({})",
                portion.join(", ")
            );
            let run: Vec<String> = self.all(&sql)?.iter().map(|row| text(row, 0).to_owned()).collect();
            self.programs.extend(run);
        }
        let mut asked: Vec<(Four, (i64, i64))> = spans.into_iter().collect();
        asked.sort_by_key(|(_, span)| *span);
        for portion in asked.chunks(PORTION) {
            self.fetch_takers(portion)?;
        }
        Ok(())
    }

    fn fetch_takers(&mut self, portion: &[(Four, (i64, i64))]) -> Result<(), AnswerError> {
        let four = |(four, _): &(Four, (i64, i64))| {
            format!("({}, {}, {}, {})", literal(&four.from), four.from_port, literal(&four.to), four.to_port)
        };
        let fours = portion.iter().map(four).collect::<Vec<_>>().join(", ");
        let from = portion.iter().map(|(_, span)| span.0).min().unwrap_or_default() - ARRIVAL;
        let to = portion.iter().map(|(_, span)| span.1).max().unwrap_or_default() + ARRIVAL;
        let sql = format!(
            "SELECT toString(ProcessGuid_id) AS whose, time, '' AS about, SourceIp, SourcePort, DestinationIp, DestinationPort FROM raw_events \
             WHERE EventID = 3 AND Initiated = 0 AND time BETWEEN {from} AND {to} AND (toString(ifNull(SourceIp, '')), \
             ifNull(SourcePort, 0), toString(ifNull(DestinationIp, '')), ifNull(DestinationPort, 0)) IN ({fours}) ORDER BY time, event"
        );
        for row in self.all(&sql)? {
            if let (Some(id), Some(time), Some(four)) =
                (self.number(text(&row, 0)), number(&row, 1), four_of(&row))
            {
                self.takers.entry(four).or_default().push((time, id));
            }
        }
        Ok(())
    }

    /// Who ran an image, the first ones first.
    fn ran(&mut self, condition: &str, from: i64) -> Result<Vec<ProcessId>, AnswerError> {
        let sql = format!(
            "SELECT toString(ProcessGuid_id) AS whose FROM raw_events WHERE EventID = 1 AND time >= {from} AND {condition} \
             ORDER BY time, event LIMIT {MOST}"
        );
        self.listed(&sql)
    }
}

impl Archive for RemoteArchive<'_> {
    type Error = AnswerError;

    fn subjects(&mut self, subject: &Subject) -> Result<Vec<ProcessId>, AnswerError> {
        let always = i64::MIN / 2;
        match subject {
            Subject::Guid(guid) => {
                let Some(id) = self.number(&guid.to_string()) else { return Ok(Vec::new()) };
                self.fetch_processes(&[id])?;
                Ok(self.processes.contains_key(&id).then_some(id).into_iter().collect())
            }
            Subject::Pid(pid, host) => {
                // One that began is known best.
                self.listed(&format!(
                    "SELECT toString(ProcessGuid_id) AS whose FROM raw_events WHERE Computer = {} AND ProcessId = {pid} \
                     ORDER BY EventID = 1 DESC, time DESC LIMIT 1",
                    literal(host)
                ))
            }
            Subject::Hash(hash) => {
                let digits = Value::Bytes(hash.clone()).shown();
                let pattern = literal(&format!("= *{digits} *(,|$)"));
                self.ran(&format!("Hashes IN (SELECT Hashes_id FROM sum_hashes WHERE match(lower(Hashes_id), {pattern}))"), always)
            }
            Subject::Path(path) => {
                let path = literal(path);
                let mut found = self.ran(&format!("Image = {path}"), always)?;
                let writers = self.listed(&format!(
                    "SELECT toString(ProcessGuid_id) AS whose FROM raw_events WHERE EventID = 11 AND TargetFilename = {path} \
                     GROUP BY ProcessGuid_id ORDER BY min(time), ProcessGuid_id LIMIT {MOST}"
                ))?;
                found
                    .extend(writers.into_iter().filter(|writer| !found.contains(writer)).collect::<Vec<_>>());
                Ok(found)
            }
            Subject::Address(address) => {
                let arguments = [("address", Argument::Text(address.clone()))];
                let talked = "in_network(if(Initiated = 1, DestinationIp, SourceIp), :address)";
                let talked = Dialect::ClickHouse.write(talked, &arguments);
                self.listed(&format!(
                    "SELECT toString(ProcessGuid_id) AS whose FROM raw_events WHERE EventID = 3 AND {talked} \
                     GROUP BY ProcessGuid_id ORDER BY min(time), ProcessGuid_id LIMIT {MOST}"
                ))
            }
        }
    }

    fn parent(&mut self, id: ProcessId) -> Result<Option<ProcessId>, AnswerError> {
        Ok(self.process(id)?.and_then(|(_, parent)| parent))
    }

    fn children(&mut self, id: ProcessId) -> Result<Vec<ProcessId>, AnswerError> {
        if !self.children.contains_key(&id) {
            self.fetch_descendants(id)?;
        }
        Ok(self.children.get(&id).cloned().unwrap_or_default())
    }

    fn process(&mut self, id: ProcessId) -> Result<Option<(Process, Option<ProcessId>)>, AnswerError> {
        self.fetch_processes(&[id])?;
        Ok(self.processes.get(&id).cloned())
    }

    fn expect(&mut self, ids: &[ProcessId]) -> Result<(), AnswerError> {
        self.fetch_deeds(ids)?;
        self.fetch_consequences()
    }

    fn deeds(&mut self, id: ProcessId) -> Result<Deeds, AnswerError> {
        Ok(self.deeds.get(&id).cloned().unwrap_or_default())
    }

    fn arrivals(&mut self, from: ProcessId, time: i64, four: &Four) -> Result<Vec<ProcessId>, AnswerError> {
        let near = |(taken, id): &&(i64, ProcessId)| (taken - time).abs() <= ARRIVAL && *id != from;
        Ok(self.takers.get(four).into_iter().flatten().filter(near).map(|(_, id)| *id).collect())
    }

    fn runs(&mut self, path: &str, since: i64) -> Result<Vec<ProcessId>, AnswerError> {
        if !self.programs.contains(path) {
            return Ok(Vec::new());
        }
        self.ran(&format!("Image = {}", literal(path)), since)
    }

    fn came_from(&mut self, id: ProcessId) -> Result<Option<String>, AnswerError> {
        let deeds = format!("FROM raw_deeds WHERE process IN ({}) AND EventID = 3", self.named(&[id]));
        let sql = format!(
            "SELECT ifNull(SourceIp, '') AS from FROM raw_events WHERE EventID = 3 AND time IN (SELECT time {deeds}) \
             AND event IN (SELECT event {deeds}) AND Initiated = 0 ORDER BY time, event LIMIT 1"
        );
        let found = self.all(&sql)?;
        Ok(found.first().map(|row| text(row, 0).to_owned()).filter(|from| !from.is_empty()))
    }
}

fn text(row: &[Value], column: usize) -> &str {
    match row.get(column) {
        Some(Value::Text(text)) => text,
        Some(Value::Null | Value::Integer(_) | Value::Real(_) | Value::Bytes(_)) | None => "",
    }
}

fn number(row: &[Value], column: usize) -> Option<i64> {
    match row.get(column) {
        Some(Value::Integer(number)) => Some(*number),
        Some(Value::Null | Value::Text(_) | Value::Real(_) | Value::Bytes(_)) | None => None,
    }
}

fn process(id: ProcessId, row: &[Value]) -> Process {
    let text = |column| text(row, column).to_owned();
    Process {
        id,
        guid: text(0),
        computer: text(1),
        pid: number(row, 2),
        image: text(3),
        command: text(4),
        user: text(5),
        hashes: text(6),
        started: number(row, 7),
        ended: number(row, 8),
        parent: None,
        role: Role::Subject,
        entry: None,
        deeds: Vec::new(),
        more_deeds: 0,
    }
}

/// The connection of a row of deeds, if it is one that went out.
fn four(row: &[Value]) -> Option<Four> {
    four_of(row).filter(|four| !four.from.is_empty())
}

fn four_of(row: &[Value]) -> Option<Four> {
    let (from, to) = (text(row, 3).to_owned(), text(row, 5).to_owned());
    Some(Four { from, from_port: number(row, 4)?, to, to_port: number(row, 6)? })
}

/// The process that did the deed.
fn subject(table: &Table) -> String {
    table
        .subject
        .map_or_else(|| format!("toUUID('{NOBODY}')"), |subject| ddl::column_name(&table.columns[subject]))
}

/// What a deed of this kind is about, and the four numbers of a connection that went out.
fn about(table: &Table) -> String {
    if table.position("DestinationIp").is_some() {
        return "concat(if(Initiated = 1, 'to ', 'from '), ifNull(if(Initiated = 1, DestinationIp, SourceIp), ''), ' port ', \
                ifNull(toString(DestinationPort), '')) AS about, if(Initiated = 1, ifNull(SourceIp, ''), '') AS source, \
                SourcePort, ifNull(DestinationIp, '') AS destination, DestinationPort"
            .to_owned();
    }
    let texts = table.columns.iter().filter(|column| column.encoding == Encoding::Text);
    let named = texts.map(|column| column.field.name).find(|name| !COMMON.contains(name));
    named.map_or("''".to_owned(), |name| format!("ifNull({name}, '')")) + " AS about"
}
