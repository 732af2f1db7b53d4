//! What we know of this machine: its processes, their GUIDs, its users, clocks, file hashes and names.
//!
//! Records say who did something by numbers; this crate says who that is. It answers from memory. What may block
//! (name services, path look-ups, hashing) runs on threads of its own, with a deadline or with an answer that
//! arrives later, so that nobody on this machine can stall the line. It must never learn what an event is made
//! of, and never judge: it says what is known, and nothing when it is not.

pub mod alive;
pub mod cgroups;
pub mod clock;
mod deadline;
#[cfg(test)]
mod elsewhere;
pub mod executable;
pub mod hash;
pub mod identity;
pub mod logon;
pub mod machine;
pub mod names;
mod namespace;
mod proc;
pub mod process;
pub mod state;
pub mod users;
