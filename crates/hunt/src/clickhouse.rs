//! The store on ClickHouse, for a fleet: the same views and the same questions, over its HTTP interface.
//!
//! [`Server`] is the connection; [`install()`] makes the tables; a writer adds batches of events, each event once. Servers
//! since 18.16 are spoken to in the SQL that all versions know; decision 39 says what that costs.

mod address;
mod answer;
mod block;
mod ddl;
mod install;
mod lateral;
mod past;
mod recount;
mod retention;
mod server;
mod spread;
mod story;
mod writer;

pub use address::{Address, AddressError};
pub use install::{Plan, install};
pub use past::{count_remotely, look_remotely};
pub use recount::recount_remotely;
pub use retention::{last_time_remotely, remove_remotely, shrink_remotely};
pub use server::{Server, ServerError};
pub use spread::is_told_singly;
pub(crate) use story::RemoteArchive;
pub(crate) use writer::Writer;
