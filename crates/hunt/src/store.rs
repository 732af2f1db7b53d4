//! The file: opened for one who writes, or for many who read meanwhile.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::ddl;
use crate::functions;
use crate::layout::tables;
use crate::strings::Printer;
use crate::summary::SUMMARIES;
use crate::turn;

/// How long to wait for another writer: an import writes for ten seconds at a time, and who removes days of a large store
/// for minutes.
const PATIENCE: Duration = Duration::from_mins(10);

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite says so.
    #[error("{}: {error}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What it says.
        error: rusqlite::Error,
    },
    /// It was made by another version.
    #[error("{}: a store of version {found}, and this program knows version {}; import its events anew", path.display(), ddl::VERSION)]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// It is no store.
    #[error("{}: this is no store of tuxmon-hunt; make one with: tuxmon-hunt ingest", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
}

/// A store of events, in one SQLite file.
pub struct Store {
    pub(crate) connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens a store to write to it, and makes it if there is none.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        // One thread at a time has the connection: SQLite need not guard it.
        let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let store = Self::connect(path, Connection::open_with_flags(path, flags))?;
        store.prepare().map_err(|error| store.failed(error))?;
        store.check()?;
        store.make_views().map_err(|error| store.failed(error))?;
        Ok(store)
    }

    /// Opens a store to read from it, while others may write.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let store = Self::connect(path, Connection::open_with_flags(path, flags))?;
        store.check()?;
        let settings = "PRAGMA query_only = 1; PRAGMA cache_size = -262144; PRAGMA mmap_size = 1099511627776; PRAGMA temp_store = MEMORY;";
        store.connection.execute_batch(settings).map_err(|error| store.failed(error))?;
        Ok(store)
    }

    /// The connection, for questions in SQL.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Where the store is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn connect(path: &Path, opened: rusqlite::Result<Connection>) -> Result<Self, StoreError> {
        let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
        let connection = opened.map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        functions::register(&connection).map_err(failed)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    pub(crate) fn failed(&self, error: rusqlite::Error) -> StoreError {
        StoreError::Sqlite { path: self.path.clone(), error }
    }

    /// Makes the tables of a new store. A batch is only acknowledged when it is on disk: `synchronous = FULL` has the log
    /// written through at each commit.
    fn prepare(&self) -> rusqlite::Result<()> {
        let connection = &self.connection;
        connection.execute_batch(
            "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; \
             PRAGMA synchronous = FULL; PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 16384; \
             PRAGMA temp_store = MEMORY;",
        )?;
        turn::begin(connection)?;
        let tables_of_others: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables_of_others == 0 {
            connection.execute_batch(&ddl::all(&tables(), SUMMARIES))?;
            let mut meta = connection.prepare("INSERT INTO meta (name, value) VALUES (?1, ?2)")?;
            meta.execute(("version", ddl::VERSION))?;
            connection.execute("INSERT INTO meta (name, value) VALUES ('secret', randomblob(16))", [])?;
        }
        connection.execute_batch("COMMIT")
    }

    fn check(&self) -> Result<(), StoreError> {
        let asked =
            self.connection.query_row("SELECT value FROM meta WHERE name = 'version'", [], |row| row.get(0));
        match asked {
            Ok(ddl::VERSION) => self
                .printer()
                .and_then(|printer| functions::register_hash(&self.connection, printer))
                .map_err(|error| self.failed(error)),
            Ok(found) => Err(StoreError::Version { path: self.path.clone(), found }),
            Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == rusqlite::ErrorCode::Unknown => {
                Err(StoreError::Foreign { path: self.path.clone() })
            }
            Err(rusqlite::Error::QueryReturnedNoRows) => Err(StoreError::Foreign { path: self.path.clone() }),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Makes the views anew where they are not those of this program.
    fn make_views(&self) -> rusqlite::Result<()> {
        for (name, select) in ddl::views(&tables(), SUMMARIES) {
            let wanted = format!("CREATE VIEW {name} AS {select}");
            let asked = "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?1";
            let kept: Option<String> =
                self.connection.query_row(asked, [&name], |row| row.get(0)).optional()?;
            if kept.as_ref() != Some(&wanted) {
                self.connection
                    .execute_batch(&format!("BEGIN; DROP VIEW IF EXISTS {name}; {wanted}; COMMIT;"))?;
            }
        }
        Ok(())
    }

    /// What makes the fingerprints of this store.
    pub(crate) fn printer(&self) -> rusqlite::Result<Printer> {
        let secret =
            self.connection
                .query_row("SELECT value FROM meta WHERE name = 'secret'", [], |row| row.get(0))?;
        Ok(Printer::new(secret))
    }

    /// The time of the last event that was written, in milliseconds since 1970.
    pub fn last_time(&self) -> Result<Option<i64>, StoreError> {
        let asked = "SELECT max(most) / 1000 FROM chunks";
        self.connection.query_row(asked, [], |row| row.get(0)).map_err(|error| self.failed(error))
    }

    /// The same of one machine, as its events call it.
    pub fn last_time_of(&self, host: &str) -> Result<Option<i64>, StoreError> {
        let asked = "SELECT max(c.most) / 1000 FROM strings t JOIN streams s ON s.host = t.id \
                     JOIN chunks c ON c.id BETWEEN s.id << 16 AND s.id << 16 | 65535 \
                     WHERE t.hash = text_hash(?1) AND t.text = ?1";
        self.connection.query_row(asked, [host], |row| row.get(0)).map_err(|error| self.failed(error))
    }
}

/// Events before this time, in milliseconds since 1970, are not taken any more.
pub(crate) fn horizon(connection: &Connection) -> rusqlite::Result<i64> {
    let asked = "SELECT value FROM meta WHERE name = 'horizon'";
    Ok(connection.query_row(asked, [], |row| row.get(0)).optional()?.unwrap_or(i64::MIN))
}
