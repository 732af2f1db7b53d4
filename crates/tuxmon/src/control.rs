//! The agent's control socket: how the running agent is asked how it is, and told to read its configuration again.
//!
//! One socket in the state directory, for root alone. A request is one line of JSON, its answer another one, and the
//! connection ends. A thread of its own speaks with clients; the line answers between two polls, through a channel of
//! one request at a time, so that no client can stall it.

pub(crate) mod client;
mod peer;
pub(crate) mod protocol;
pub(crate) mod server;

/// The socket's name in the state directory.
pub(crate) const SOCKET: &str = "control";
