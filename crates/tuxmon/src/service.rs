//! The installed service: where its files lie, what it keeps, who starts and stops it.

pub(crate) mod detached;
pub(crate) mod files;
pub(crate) mod layout;
pub(crate) mod notify;
pub(crate) mod patience;
pub(crate) mod privileges;
pub(crate) mod stop;
pub(crate) mod stored;
pub(crate) mod supervisor;
