//! Kernel bytes become records.
//!
//! The kernel side (`bpf/wire.h`) writes one record per fact; [`decode`] parses its bytes into a [`Record`] that
//! borrows its strings from them. Numbers are read and then matched: no kernel byte ever becomes a Rust enum,
//! bool or reference by casting. This crate does no IO, knows no event and must never panic on input.

mod bytes;
mod fact;
pub mod filter;
mod names;
mod record;
mod unwanted;

pub use fact::{
    Bpf, Direction, Exit, Fact, FileName, FileOpen, Fork, Image, NameDeed, Network, OpenDeed, Protocol,
    Ptrace,
};
pub use names::{Path, Place, Touched, TouchedList};
pub use record::{BootTime, DecodeError, File, Header, Identity, Kind, Record, Task, TaskFlags, decode};
pub use unwanted::Unwanted;
