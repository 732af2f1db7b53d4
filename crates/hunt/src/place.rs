//! Where a store is: a file here, or a database of a server.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::clickhouse::{Address, AddressError, Server, ServerError};
use crate::question::Asked;
use crate::store::{Store, StoreError};

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file of SQLite.
    File(PathBuf),
    /// A database of ClickHouse.
    Server(Address),
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server.
    #[error(transparent)]
    Server(#[from] ServerError),
}

impl FromStr for Place {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if Address::is_meant(text) {
            return text.parse().map(Self::Server);
        }
        let path: Result<PathBuf, Infallible> = text.parse();
        Ok(Self::File(path.unwrap_or_else(|never| match never {})))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(address) => address.fmt(f),
        }
    }
}

impl Place {
    /// Opens the store to ask it.
    pub fn open(&self) -> Result<Box<dyn Asked>, PlaceError> {
        Ok(match self {
            Self::File(path) => Box::new(Store::open_to_read(path)?),
            Self::Server(address) => Box::new(Server::open(address.clone())?),
        })
    }

    /// What the folder with lists of indicators is named after: the file, or the database, here.
    pub fn lists(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Server(address) => PathBuf::from(format!("{}@{}", address.database, address.host)),
        }
    }
}
