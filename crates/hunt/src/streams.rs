//! Which number an event has in the store, and whether it is there already.
//!
//! An event is known by its machine, its record number and the time of its writing. Record numbers grow with time, but a
//! machine that is set up anew begins again at 0, and every counter does at 2^31. So a machine has one or more
//! *streams*, in each of which a record number stands once, and an event's id is its stream's number followed by its
//! record number: events of a machine lie together, in the order of their time.
//!
//! A stream is kept track of in chunks of 2^15 numbers: a bit for each number that is there, and the first and the last
//! time. So whether an event is new costs a look at a bit.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, Statement};

use crate::batch::Row;
use crate::ddl::RECORD_BITS;
use crate::generations::Scattered;
use crate::strings::{Print, StringId};

pub(crate) const CHUNK_BITS: u32 = 15;
const CHUNK_BYTES: usize = 1 << (CHUNK_BITS - 3);
/// So many chunks' bits are kept in memory between two batches: 32 MB.
const MOST_BITS: usize = 8192;
/// Clocks are set, and events of several processors overtake each other: by so many microseconds the order of times may
/// differ from that of the numbers.
const SLACK: i64 = 600_000_000;

/// An event's number in the store.
pub(crate) type EventRow = i64;

/// What is to be done with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placed {
    /// It is new, and this is its number.
    New(EventRow),
    /// It is there already.
    Known,
}

/// All streams of the store.
pub(crate) struct Streams<'c> {
    all: BTreeMap<i64, Stream>,
    /// The streams of each machine, in the order of their numbers.
    hosts: HashMap<StringId, Vec<i64>, Scattered>,
    bits: AllBits<'c>,
    /// For each table, the question when an event was written.
    written: Vec<Statement<'c>>,
    /// The table and the time of writing of what was placed and is not written yet.
    pending: HashMap<EventRow, (usize, i64), Scattered>,
    prints: (Statement<'c>, Statement<'c>),
    insert: Statement<'c>,
    upsert: Statement<'c>,
}

struct Stream {
    /// What is to be added to the record numbers: a multiple of 2^31. `None`: its events have no numbers.
    base: Option<u64>,
    chunks: BTreeMap<i64, Span>,
    /// How many events it has.
    count: i64,
}

/// Times of writing, in microseconds, and how many events.
#[derive(Debug, Clone, Copy)]
struct Span {
    least: i64,
    most: i64,
    count: i64,
    /// The lowest and the highest record number.
    low: i64,
    high: i64,
}

/// Which numbers of which chunks are taken, as far as it is in memory.
struct AllBits<'c> {
    chunks: HashMap<i64, Bits, Scattered>,
    select: Statement<'c>,
}

struct Bits {
    bytes: Box<[u8]>,
    dirty: bool,
}

impl<'c> Streams<'c> {
    /// Reads what there is. `tables` are the names of the tables in their order.
    pub(crate) fn open(connection: &'c Connection, tables: &[String]) -> rusqlite::Result<Self> {
        let (all, hosts) = read(connection)?;
        let written = tables.iter().map(|table| {
            connection.prepare(&format!("SELECT time * 1000 + lag FROM {table} WHERE event = ?1"))
        });
        Ok(Self {
            all,
            hosts,
            bits: AllBits {
                chunks: HashMap::default(),
                select: connection.prepare("SELECT bits FROM chunks WHERE id = ?1")?,
            },
            written: written.collect::<rusqlite::Result<_>>()?,
            pending: HashMap::default(),
            prints: (
                connection.prepare("SELECT id FROM unnumbered WHERE print = ?1")?,
                connection.prepare("INSERT INTO unnumbered (print, id) VALUES (?1, ?2)")?,
            ),
            insert: connection.prepare("INSERT INTO streams (host, base) VALUES (?1, ?2)")?,
            upsert: connection.prepare(
                "INSERT INTO chunks (id, least, most, count, low, high, bits) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
                 ON CONFLICT (id) DO UPDATE SET least = excluded.least, most = excluded.most, count = excluded.count, \
                 low = excluded.low, high = excluded.high, bits = excluded.bits",
            )?,
        })
    }

    /// Gives an event its number. `table` is the place of its table.
    pub(crate) fn place(&mut self, row: &Row, host: StringId, table: usize) -> rusqlite::Result<Placed> {
        let written = row.time * 1000 + row.lag;
        match (row.record, row.print) {
            (Some(record), _) => self.place_numbered(record, host, written, table),
            (None, Some(print)) => self.place_unnumbered(print, host, written),
            (None, None) => unreachable!("an event without a number has a print"),
        }
    }

    fn place_numbered(
        &mut self,
        record: u64,
        host: StringId,
        written: i64,
        table: usize,
    ) -> rusqlite::Result<Placed> {
        let base = record >> RECORD_BITS << RECORD_BITS;
        let record = (record - base) as i64;
        let mut chosen = None;
        for &id in self.hosts.get(&host).into_iter().flatten().rev() {
            let stream = &self.all[&id];
            if stream.base != Some(base) {
                continue;
            }
            let taken = stream.chunks.contains_key(&(record >> CHUNK_BITS)) && self.bits.has(id, record)?;
            if taken && stream.may_hold(record, written) {
                let event = id << RECORD_BITS | record;
                let there = match self.pending.get(&event) {
                    Some((its_table, written)) => Some(*written).filter(|_| *its_table == table),
                    None => self.written[table].query_row([event], |row| row.get(0)).optional()?,
                };
                if there == Some(written) {
                    return Ok(Placed::Known);
                }
            }
            if !taken && chosen.is_none() && stream.fits(record, written) {
                chosen = Some(id);
            }
        }
        let id = match chosen {
            Some(id) => id,
            None => self.new_stream(host, Some(base))?,
        };
        self.take(id, record, written)?;
        let event = id << RECORD_BITS | record;
        self.pending.insert(event, (table, written));
        Ok(Placed::New(event))
    }

    fn place_unnumbered(&mut self, print: Print, host: StringId, written: i64) -> rusqlite::Result<Placed> {
        let print = print.bytes();
        if self.prints.0.exists([&print])? {
            return Ok(Placed::Known);
        }
        let has_room = |id: &&i64| {
            let stream = &self.all[*id];
            stream.base.is_none() && stream.count < 1 << RECORD_BITS
        };
        let id = match self.hosts.get(&host).into_iter().flatten().find(has_room) {
            Some(id) => *id,
            None => self.new_stream(host, None)?,
        };
        let record = self.all[&id].count;
        self.take(id, record, written)?;
        let event = id << RECORD_BITS | record;
        self.prints.1.execute((print, event))?;
        Ok(Placed::New(event))
    }

    fn new_stream(&mut self, host: StringId, base: Option<u64>) -> rusqlite::Result<i64> {
        let id = self.insert.insert((host, base.map(|base| base as i64)))?;
        self.all.insert(id, Stream { base, chunks: BTreeMap::new(), count: 0 });
        self.hosts.entry(host).or_default().push(id);
        Ok(id)
    }

    fn take(&mut self, id: i64, record: i64, written: i64) -> rusqlite::Result<()> {
        self.bits.set(id, record)?;
        let stream = self.all.get_mut(&id).expect("streams are never removed");
        stream.count += 1;
        let new = Span { least: written, most: written, count: 0, low: record, high: record };
        let span = stream.chunks.entry(record >> CHUNK_BITS).or_insert(new);
        span.least = span.least.min(written);
        span.most = span.most.max(written);
        span.low = span.low.min(record);
        span.high = span.high.max(record);
        span.count += 1;
        Ok(())
    }

    /// All that was placed is written.
    pub(crate) fn settle(&mut self) {
        self.pending.clear();
    }

    /// Whether more is held in memory than should be for long.
    pub(crate) fn is_large(&self) -> bool {
        self.bits.chunks.len() > MOST_BITS
    }

    /// Writes what has changed.
    pub(crate) fn flush(&mut self) -> rusqlite::Result<()> {
        for (id, bits) in self.bits.chunks.iter_mut().filter(|(_, bits)| bits.dirty) {
            let span = self.all[&(id >> 16)].chunks[&(id & 0xffff)];
            let Span { least, most, count, low, high } = span;
            self.upsert.execute((id, least, most, count, low, high, &bits.bytes[..]))?;
            bits.dirty = false;
        }
        if self.is_large() {
            self.bits.chunks.clear();
        }
        Ok(())
    }
}

type Read = (BTreeMap<i64, Stream>, HashMap<StringId, Vec<i64>, Scattered>);

fn read(connection: &Connection) -> rusqlite::Result<Read> {
    let mut streams = BTreeMap::new();
    let mut hosts: HashMap<StringId, Vec<i64>, Scattered> = HashMap::default();
    let mut all = connection.prepare("SELECT id, host, base FROM streams ORDER BY id")?;
    let mut chunks =
        connection.prepare("SELECT id & 65535, least, most, count, low, high FROM chunks WHERE id BETWEEN ?1 << 16 AND ?1 << 16 | 65535")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let spans = chunks.query_map([id], |row| {
            let (least, most, count) = (row.get(1)?, row.get(2)?, row.get(3)?);
            Ok((row.get(0)?, Span { least, most, count, low: row.get(4)?, high: row.get(5)? }))
        })?;
        let chunks: BTreeMap<i64, Span> = spans.collect::<rusqlite::Result<_>>()?;
        let count = chunks.values().map(|span| span.count).sum();
        let base = row.get::<_, Option<i64>>(2)?.map(|base| base as u64);
        streams.insert(id, Stream { base, chunks, count });
        hosts.entry(row.get(1)?).or_default().push(id);
    }
    Ok((streams, hosts))
}

impl Stream {
    /// Whether an event with this number may be the one that is here.
    fn may_hold(&self, record: i64, written: i64) -> bool {
        self.chunks
            .get(&(record >> CHUNK_BITS))
            .is_some_and(|span| (span.least..=span.most).contains(&written))
    }

    /// Whether an event fits in: behind all that have lower numbers, and before all that have higher ones.
    fn fits(&self, record: i64, written: i64) -> bool {
        let chunk = record >> CHUNK_BITS;
        let before = self.chunks.range(..chunk).next_back();
        let behind = self.chunks.range(chunk + 1..).next();
        before.is_none_or(|(_, span)| span.most <= written + SLACK)
            && behind.is_none_or(|(_, span)| span.least >= written - SLACK)
    }
}

impl AllBits<'_> {
    fn has(&mut self, stream: i64, record: i64) -> rusqlite::Result<bool> {
        let (byte, bit) = place_of(record);
        Ok(self.chunk(stream, record)?.bytes[byte] & bit != 0)
    }

    fn set(&mut self, stream: i64, record: i64) -> rusqlite::Result<()> {
        let (byte, bit) = place_of(record);
        let bits = self.chunk(stream, record)?;
        bits.bytes[byte] |= bit;
        bits.dirty = true;
        Ok(())
    }

    fn chunk(&mut self, stream: i64, record: i64) -> rusqlite::Result<&mut Bits> {
        let id = stream << 16 | record >> CHUNK_BITS;
        Ok(match self.chunks.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let kept: Option<Vec<u8>> = self.select.query_row([id], |row| row.get(0)).optional()?;
                let bytes = kept.unwrap_or_else(|| vec![0; CHUNK_BYTES]).into_boxed_slice();
                unknown.insert(Bits { bytes, dirty: false })
            }
        })
    }
}

/// Where a record number's bit is in its chunk.
fn place_of(record: i64) -> (usize, u8) {
    let place = record as usize % (CHUNK_BYTES * 8);
    (place / 8, 1 << (place % 8))
}
