//! Where something may be, without an index: for each piece of a machine's record numbers a filter that knows most of
//! what is not there.
//!
//! A process is asked for by its number, a program, a file or an address by name, and they may come once among millions.
//! An index costs 15 bytes for each; these filters (Bloom's) cost one for each event, and leave few pieces to be read in
//! vain.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, OptionalExtension, Statement};

use crate::batch::Cell;
use crate::ddl::RECORD_BITS;
use crate::generations::Scattered;
use crate::streams::{CHUNK_BITS, EventRow};

/// Bits of a place in a filter: a filter has as many bytes as its piece has numbers.
const PLACE_BITS: u32 = CHUNK_BITS + 3;
const BYTES: usize = 1 << CHUNK_BITS;
/// So many filters are kept in memory between two commits: 32 MB.
const MOST: usize = 1024;

/// What is looked for, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sought(u64);

impl Sought {
    /// A process by its number.
    pub(crate) fn pid(pid: i64) -> Self {
        Self(pid as u64 ^ 1 << 63)
    }

    /// A text by what [`crate::strings::Print::short`] says of it: that is keyed, so nobody can fill a filter on purpose.
    pub(crate) fn text(short: i64) -> Self {
        Self(short as u64)
    }

    /// What a cell says.
    pub(crate) fn of(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Integer(number) => Some(Self::pid(number)),
            Cell::Text(text) => Some(Self::text(text.print.short())),
            Cell::None | Cell::Process(_) => None,
        }
    }

    fn is_in(self, bits: &[u8]) -> bool {
        let is_set = |place: usize| bits.get(place / 8).is_some_and(|byte| byte & 1 << (place % 8) != 0);
        self.places().into_iter().all(is_set)
    }

    /// Three places, each of bits of their own (the mixing is SplitMix64's).
    fn places(self) -> [usize; 3] {
        let mut mixed = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        [0, 1, 2].map(|place| (mixed >> (place * PLACE_BITS)) as usize & (BYTES * 8 - 1))
    }
}

/// All filters, for one who adds to them.
pub(crate) struct Filters<'c> {
    changed: HashMap<i64, Filter, Scattered>,
    select: Statement<'c>,
    upsert: Statement<'c>,
}

struct Filter {
    bits: Box<[u8]>,
    dirty: bool,
}

impl<'c> Filters<'c> {
    pub(crate) fn open(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            changed: HashMap::default(),
            select: connection.prepare("SELECT bits FROM filters WHERE id = ?1")?,
            upsert: connection.prepare("INSERT OR REPLACE INTO filters (id, bits) VALUES (?1, ?2)")?,
        })
    }

    /// Notes that an event has something that may be looked for.
    pub(crate) fn add(&mut self, event: EventRow, sought: Sought) -> rusqlite::Result<()> {
        let id = event >> CHUNK_BITS;
        let filter = match self.changed.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let kept: Option<Vec<u8>> = self.select.query_row([id], |row| row.get(0)).optional()?;
                let bits = kept.filter(|bits| bits.len() == BYTES).unwrap_or_else(|| vec![0; BYTES]);
                unknown.insert(Filter { bits: bits.into_boxed_slice(), dirty: false })
            }
        };
        for place in sought.places() {
            filter.bits[place / 8] |= 1 << (place % 8);
        }
        filter.dirty = true;
        Ok(())
    }

    /// Whether more is held in memory than should be for long.
    pub(crate) fn is_large(&self) -> bool {
        self.changed.len() > MOST
    }

    /// Writes what has changed.
    pub(crate) fn flush(&mut self) -> rusqlite::Result<()> {
        let mut dirty: Vec<_> = self.changed.iter_mut().filter(|(_, filter)| filter.dirty).collect();
        dirty.sort_unstable_by_key(|(id, _)| **id);
        for (id, filter) in dirty {
            self.upsert.execute((id, &filter.bits[..]))?;
            filter.dirty = false;
        }
        if self.is_large() {
            self.changed.clear();
        }
        Ok(())
    }
}

/// Whether this may be in the piece of an event's number.
pub(crate) fn may_hold(connection: &Connection, event: EventRow, sought: Sought) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached("SELECT bits FROM filters WHERE id = ?1")?;
    let mut rows = statement.query([event >> CHUNK_BITS])?;
    let Some(row) = rows.next()? else { return Ok(false) };
    Ok(sought.is_in(row.get_ref(0)?.as_blob()?))
}

/// The ranges of event numbers in which this may be, the highest numbers first; of one stream, or of all.
pub(crate) fn ranges(
    connection: &Connection,
    sought: Sought,
    stream: Option<i64>,
) -> rusqlite::Result<Vec<(EventRow, EventRow)>> {
    let (low, high) = match stream {
        Some(stream) => {
            (stream << RECORD_BITS >> CHUNK_BITS, ((stream + 1) << RECORD_BITS >> CHUNK_BITS) - 1)
        }
        None => (0, i64::MAX),
    };
    let mut statement = connection
        .prepare_cached("SELECT id, bits FROM filters WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC")?;
    let mut rows = statement.query((low, high))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if sought.is_in(row.get_ref(1)?.as_blob()?) {
            let id: i64 = row.get(0)?;
            found.push((id << CHUNK_BITS, ((id + 1) << CHUNK_BITS) - 1));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found_and_most_of_the_rest_is_not() {
        let connection = Connection::open_in_memory().expect("memory suffices");
        connection.execute_batch("CREATE TABLE filters (id INTEGER PRIMARY KEY, bits BLOB)").expect("SQL");
        let mut filters = Filters::open(&connection).expect("the table is there");
        // A busy piece of a second stream, of which every third event is the beginning of a process.
        let first = 2 << RECORD_BITS;
        for number in 0..1 << CHUNK_BITS {
            if number % 3 == 0 {
                filters.add(first + number, Sought::pid(number)).expect("it is kept");
            }
        }
        filters.flush().expect("it is written");
        let piece = [(first, first + (1 << CHUNK_BITS) - 1)];
        let places = |sought, stream| ranges(&connection, sought, stream).expect("it is read");
        for number in (0..1 << CHUNK_BITS).step_by(3) {
            assert_eq!(places(Sought::pid(number), Some(2)), piece);
        }
        assert!(places(Sought::pid(3), Some(1)).is_empty());
        let in_vain =
            (0..10_000).filter(|pid| !places(Sought::pid(1_000_000 + pid), None).is_empty()).count();
        assert!(in_vain < 200, "{in_vain} of 10,000");
    }
}
