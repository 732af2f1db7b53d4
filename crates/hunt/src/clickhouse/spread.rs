//! Over which servers a store's rows lie, and how a statement about them gets there.

use super::install::{EACH, LOCAL};
use super::server::{Server, ServerError};

/// Where the rows of a store's tables lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spread {
    /// In tables that this server has whole.
    Here,
    /// In tables of all shards, to which the servers of this cluster pass statements on.
    Everywhere(String),
    /// In tables of all shards; each has to be told for itself.
    Each,
}

impl Spread {
    pub(super) fn of(server: &Server) -> Result<Self, ServerError> {
        let asked = "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'raw_events' \
                     AND engine = 'Distributed'";
        let engine = server.text(asked)?;
        let name = engine.strip_prefix("Distributed(").and_then(|rest| rest.split(',').next());
        let Some(name) = name else { return Ok(Self::Here) };
        if server.text(&format!("SELECT max(value) FROM meta WHERE name = '{EACH}'"))? == "1" {
            return Ok(Self::Each);
        }
        Ok(Self::Everywhere(name.trim_matches(['\'', '\\', ' ']).to_owned()))
    }

    /// A table's own rows, as a statement that changes them names it.
    pub(super) fn rows_of(&self, server: &Server, table: &str) -> String {
        let database = &server.address().database;
        match self {
            Self::Here => format!("{database}.{table}"),
            Self::Everywhere(cluster) => format!("{database}.{table}{LOCAL} ON CLUSTER {cluster}"),
            Self::Each => format!("{database}.{table}{LOCAL}"),
        }
    }

    /// The table whose rows a statement to this server is about: those of all shards, or of its own.
    pub(super) fn table(&self, table: &str) -> String {
        match self {
            Self::Here | Self::Everywhere(_) => table.to_owned(),
            Self::Each => format!("{table}{LOCAL}"),
        }
    }
}

/// Whether what is removed or counted anew has to be so at one server of each shard.
pub fn is_told_singly(server: &Server) -> Result<bool, ServerError> {
    Ok(Spread::of(server)? == Spread::Each)
}
