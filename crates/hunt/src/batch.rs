//! Events, parsed and ready to be stored: what one thread makes and another one writes.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;
use memchr::memmem;
use serde_json::{Map, Value};
use tuxmon_event::Guid;
use tuxmon_reader::System;
use tuxmon_view::Event;

use crate::layout::{Encoding, TIME_FIELD, Table};
use crate::moment;
use crate::strings::{Print, Printer};

/// Heads that are remembered; a log has few.
const MOST_HEADS: usize = 1 << 12;

/// Some events, to be stored together or not at all.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) rows: Vec<Row>,
    cells: Vec<Cell>,
    text: String,
}

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Which table; `None` for an event that the schema does not know.
    pub(crate) table: Option<usize>,
    pub(crate) event_id: u16,
    pub(crate) host: Text,
    pub(crate) envelope: Text,
    pub(crate) record: Option<u64>,
    /// Milliseconds since 1970: the event's own time, or that of its writing.
    pub(crate) time: i64,
    /// How many microseconds later it was written.
    pub(crate) lag: i64,
    /// Fields that have no column.
    pub(crate) extra: Option<Text>,
    /// Of an event without a number: what tells it from others.
    pub(crate) print: Option<Print>,
    cells: Range<usize>,
}

/// One value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell {
    None,
    Integer(i64),
    Process(Guid),
    Text(Text),
}

/// A text of the batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    start: u32,
    length: u32,
    pub(crate) print: Print,
}

/// Makes batches.
pub(crate) struct Decoder {
    tables: Vec<Table>,
    printer: Printer,
    heads: HashMap<Vec<u8>, Head, RandomState>,
    /// How many batches were begun.
    batches: u64,
    key: Vec<u8>,
    finders: [memmem::Finder<'static>; 4],
}

/// What many events have in common.
#[derive(Debug, Clone)]
struct Head {
    host: String,
    host_print: Print,
    envelope: String,
    envelope_print: Print,
    /// Where the texts are in a batch, and in which one.
    texts: (u64, Option<[Text; 2]>),
}

/// What is each event's own in its head.
struct Own {
    record: Option<u64>,
    written: Option<i64>,
}

impl Batch {
    pub(crate) fn cells(&self, row: &Row) -> &[Cell] {
        &self.cells[row.cells.clone()]
    }

    pub(crate) fn text(&self, text: Text) -> &str {
        &self.text[text.start as usize..(text.start + text.length) as usize]
    }

    /// Bytes of text in it.
    pub(crate) fn size(&self) -> usize {
        self.text.len()
    }

    /// Forgets its events, and keeps the room that they took.
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
        self.cells.clear();
        self.text.clear();
    }

    fn add(&mut self, text: &str, print: Print) -> Text {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Text { start, length: text.len() as u32, print }
    }
}

impl Decoder {
    pub(crate) fn new(tables: Vec<Table>, printer: Printer) -> Self {
        let finders = [&b"<TimeCreated"[..], b"<Correlation", b"</System>", b"<EventRecordID>"];
        Self {
            tables,
            printer,
            heads: HashMap::default(),
            batches: 0,
            key: Vec::new(),
            finders: finders.map(memmem::Finder::new),
        }
    }

    /// Adds an event to a batch.
    pub(crate) fn add(&mut self, event: &Event<'_>, batch: &mut Batch) {
        self.batches += u64::from(batch.rows.is_empty());
        let first = batch.cells.len();
        let table = self.tables.iter().position(|table| table.spec.id == event.id);
        let columns = table.map_or(0, |table| self.tables[table].columns.len());
        batch.cells.resize(first + columns, Cell::None);
        let mut time = None;
        let mut extra = Map::new();
        let mut next = 0;
        for (name, value) in event.fields() {
            if name == TIME_FIELD && time.is_none() && table.is_some() {
                time = moment::milliseconds(value);
                if time.is_some() {
                    continue;
                }
            }
            match self.column(table, name, &mut next) {
                Some((position, encoding)) => {
                    batch.cells[first + position] = self.cell(encoding, value, batch);
                }
                None if matches!(value, "" | "-") => {}
                None => drop(extra.insert(name.to_owned(), Value::from(value))),
            }
        }
        let (own, host, envelope) = self.head(event, batch);
        let written =
            own.written.or_else(|| moment::microseconds(event.value(TIME_FIELD)?)).unwrap_or_default();
        let time = time.unwrap_or(written.div_euclid(1000));
        let lag = own.written.map_or(0, |written| written - time * 1000);
        let extra = (!extra.is_empty()).then(|| self.text(&Value::Object(extra).to_string(), batch));
        let print = own.record.is_none().then(|| self.printer.of(event.raw.as_bytes()));
        let (record, event_id, cells) = (own.record, event.id, first..first + columns);
        batch.rows.push(Row { table, event_id, host, envelope, record, time, lag, extra, print, cells });
    }

    /// The column of a field. Fields mostly come in the order of the columns.
    fn column(&self, table: Option<usize>, name: &str, next: &mut usize) -> Option<(usize, Encoding)> {
        let columns = &self.tables[table?].columns;
        let found = match columns.get(*next) {
            Some(column) if column.field.name == name => *next,
            Some(_) | None => columns.iter().position(|column| column.field.name == name)?,
        };
        *next = found + 1;
        Some((found, columns[found].encoding))
    }

    fn cell(&self, encoding: Encoding, value: &str, batch: &mut Batch) -> Cell {
        if matches!(value, "" | "-") {
            return Cell::None;
        }
        let number = match encoding {
            Encoding::Text => None,
            Encoding::Moment => moment::milliseconds(value),
            Encoding::Integer => canonical_number(value),
            Encoding::Flag => match value {
                "true" => Some(1),
                "false" => Some(0),
                _ => None,
            },
            Encoding::Process => match value.parse::<Guid>() {
                Ok(guid) if guid.is_nil() => return Cell::None,
                Ok(guid) => return Cell::Process(guid),
                Err(_) => None,
            },
        };
        number.map_or_else(|| Cell::Text(self.text(value, batch)), Cell::Integer)
    }

    fn text(&self, text: &str, batch: &mut Batch) -> Text {
        batch.add(text, self.printer.of(text.as_bytes()))
    }

    fn head(&mut self, event: &Event<'_>, batch: &mut Batch) -> (Own, Text, Text) {
        let own = if let Some(own) = self.usual_head(event.raw.as_bytes()) {
            own
        } else {
            self.key.clear();
            let system = event.system();
            Own { record: system.record_id, written: moment::microseconds(&system.system_time) }
        };
        if let Some(head) = self.heads.get_mut(&self.key) {
            return head.give(own, batch, self.batches);
        }
        let mut head = self.new_head(&event.system());
        let given = head.give(own, batch, self.batches);
        if !self.key.is_empty() {
            if self.heads.len() >= MOST_HEADS {
                self.heads.clear();
            }
            self.heads.insert(self.key.clone(), head);
        }
        given
    }

    /// Reads what is the event's own, and leaves the rest of the head in `key`. `None`: it is not written as usual.
    fn usual_head(&mut self, raw: &[u8]) -> Option<Own> {
        let [time, correlation, end, record] = &self.finders;
        let end = end.find(&raw[..raw.len().min(4096)])?;
        let head = &raw[..end];
        let time = time.find(head)?;
        let correlation = time + correlation.find(&head[time..])?;
        let middle = str::from_utf8(&head[time..correlation]).ok()?;
        let written = middle.strip_prefix("<TimeCreated SystemTime=\"")?;
        let written = &written[..written.find('"')?];
        let number = record.find(middle.as_bytes())? + "<EventRecordID>".len();
        let number = &middle[number..];
        let number = number[..number.find('<')?].parse().ok()?;
        self.key.clear();
        self.key.extend_from_slice(&head[..time]);
        self.key.extend_from_slice(&head[correlation..]);
        Some(Own { record: Some(number), written: moment::microseconds(written) })
    }

    fn new_head(&self, system: &System) -> Head {
        let envelope = envelope(system);
        let host = system.computer.clone();
        let (host_print, envelope_print) =
            (self.printer.of(host.as_bytes()), self.printer.of(envelope.as_bytes()));
        Head { host, host_print, envelope, envelope_print, texts: (0, None) }
    }
}

impl Head {
    /// The texts are in each batch once.
    fn give(&mut self, own: Own, batch: &mut Batch, number: u64) -> (Own, Text, Text) {
        let [host, envelope] = match self.texts {
            (of, Some(texts)) if of == number => texts,
            (_, _) => {
                let host = batch.add(&self.host, self.host_print);
                [host, batch.add(&self.envelope, self.envelope_print)]
            }
        };
        self.texts = (number, Some([host, envelope]));
        (own, host, envelope)
    }
}

/// The parts of the head that have no column, as JSON with the names of our JSON lines.
fn envelope(system: &System) -> String {
    let mut object = Map::new();
    object.insert("EventVersion".into(), system.version.into());
    object.insert("Level".into(), system.level.into());
    object.insert("Task".into(), system.task.into());
    object.insert("Opcode".into(), system.opcode.into());
    object.insert("Keywords".into(), system.keywords.as_str().into());
    object.insert("ProviderName".into(), system.provider.as_str().into());
    object.insert("Channel".into(), system.channel.as_str().into());
    object.insert("ExecutionProcessID".into(), system.process_id.into());
    object.insert("ExecutionThreadID".into(), system.thread_id.into());
    object.insert("SecurityUserId".into(), system.user_id.as_str().into());
    Value::Object(object).to_string()
}

/// A number that is written as it would be printed.
fn canonical_number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    let plain = text.len() == 1 || !text.starts_with(['0', '+', '-']);
    plain.then_some(number)
}
