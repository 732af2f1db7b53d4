//! Texts, each kept once: a text that comes a second time gets a number, and that stands for it from then on.

use std::hash::{Hash, Hasher};

use rusqlite::{Connection, Statement};
use siphasher::sip128::{Hash128, Hasher128, SipHasher13};

use crate::generations::{Generations, Scattered};

/// So many texts are remembered with their numbers, and so many that were seen once; the others are looked up.
const REMEMBERED: usize = 1 << 20;

/// A text's number in a cell or a key; [`NONE`] where there is no text.
pub(crate) type StringId = i64;

/// The number that no text has.
pub(crate) const NONE: StringId = 0;

/// A text's fingerprint. Its key is the store's own secret, so nobody can make two texts that share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Print([u64; 2]);

/// Half of a fingerprint is as good a place in a hash table as any.
impl Hash for Print {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0[0]);
    }
}

impl Print {
    /// What the index of texts is over: 32 bits are enough to find one, and with a sign SQLite keeps them in four bytes.
    pub(crate) fn short(self) -> i64 {
        i64::from(self.0[1] as i32)
    }

    /// Its bytes, to be kept.
    pub(crate) fn bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0[0].to_be_bytes());
        bytes[8..].copy_from_slice(&self.0[1].to_be_bytes());
        bytes
    }
}

/// Makes fingerprints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    key: [u8; 16],
}

impl Printer {
    pub(crate) fn new(key: [u8; 16]) -> Self {
        Self { key }
    }

    pub(crate) fn of(self, text: &[u8]) -> Print {
        let mut hasher = SipHasher13::new_with_key(&self.key);
        hasher.write(text);
        let Hash128 { h1, h2 } = hasher.finish128();
        Print([h1, h2])
    }
}

/// The table of texts, for one who adds to it.
pub(crate) struct Strings<'c> {
    known: Generations<Print, StringId, Scattered>,
    once: Generations<Print, (), Scattered>,
    select: Statement<'c>,
    insert: Statement<'c>,
}

impl<'c> Strings<'c> {
    pub(crate) fn open(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            known: Generations::new(REMEMBERED),
            once: Generations::new(REMEMBERED),
            select: connection.prepare("SELECT id, text FROM strings WHERE hash = ?1")?,
            insert: connection.prepare("INSERT INTO strings (hash, text) VALUES (?1, ?2)")?,
        })
    }

    /// The number of a text, which gets one now if it had none. The text itself is mostly not asked for: it is far away.
    pub(crate) fn id<'t>(
        &mut self,
        text: impl FnOnce() -> &'t str,
        print: Print,
    ) -> rusqlite::Result<StringId> {
        match self.known.get(&print) {
            Some(id) => Ok(id),
            None => self.look_up(text(), print),
        }
    }

    /// The number of a text that was seen before. `None`: it is new, and is kept where it stands.
    pub(crate) fn id_if_seen<'t>(
        &mut self,
        text: impl FnOnce() -> &'t str,
        print: Print,
    ) -> rusqlite::Result<Option<StringId>> {
        if let Some(id) = self.known.get(&print) {
            return Ok(Some(id));
        }
        if self.once.get(&print).is_some() {
            return self.look_up(text(), print).map(Some);
        }
        self.once.insert(print, ());
        Ok(None)
    }

    fn look_up(&mut self, text: &str, print: Print) -> rusqlite::Result<StringId> {
        let hash = print.short();
        let mut rows = self.select.query([hash])?;
        let mut found = None;
        while let Some(row) = rows.next()? {
            if row.get_ref(1)?.as_str()? == text {
                found = Some(row.get(0)?);
                break;
            }
        }
        drop(rows);
        let id = match found {
            Some(id) => id,
            None => self.insert.insert((hash, text))?,
        };
        self.known.insert(print, id);
        Ok(id)
    }
}
