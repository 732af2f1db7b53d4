//! Events kept, and questions to all of them: one SQLite file, filled from any log, asked in SQL.
//!
//! [`Store`] is the file; [`ingest()`] fills it; its views are documented in `docs/hunting.md`. What is kept follows from `schema/`.
//!
//! This crate must never lose a batch that it has acknowledged, and never store an event twice.

mod answer;
mod batch;
mod clickhouse;
mod ddl;
mod dialect;
mod feeds;
mod filters;
mod functions;
mod generations;
mod hunts;
mod ingest;
mod layout;
mod lists;
mod lookup;
mod moment;
mod packages;
mod past;
mod place;
mod processes;
mod question;
mod retention;
mod rpm;
mod secret;
mod store;
pub mod story;
mod streams;
mod strings;
mod summary;
mod turn;
mod writer;

pub use answer::{AnswerError, Form, Rows, Value, hexadecimal, print, visible};
pub use clickhouse::{
    Address, AddressError, Plan, Server, ServerError, count_remotely, install, is_told_singly,
    last_time_remotely, look_remotely, recount_remotely, remove_remotely, shrink_remotely,
};
pub use dialect::Dialect;
pub use feeds::{Feed, FeedError, News, Seen};
pub use hunts::{Argument, Hunt, HuntError, Parameter, all as hunts, find as find_hunt};
pub use ingest::{Progress, Source, Totals, ingest, ingest_remotely};
pub use lists::{Kept, Lists, read as read_list};
pub use lookup::{Clock, LookupError, Opinion, Service, VIRUSTOTAL};
pub use packages::{Packaged, Packages};
pub use past::{count, look};
pub use place::{Place, PlaceError};
pub use question::{Asked, Reader};
pub use retention::{Removed, remove_before, shrink_to};
pub use secret::{Secret, SecretError};
pub use store::{Store, StoreError};
pub use summary::DAY;
pub use writer::Stored;
