//! One guest: a kernel, a tier, and the file system with the live tests.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::condition::Condition;
use super::outcome::{Outcome, Row};
use crate::guest::emulator::{Clock, Emulator};
use crate::guest::package::Kernel;

/// What each kernel is told. An emulated processor has nothing to hide, and the detours around the faults of real ones
/// take it long.
const ALWAYS: &str = "mitigations=off";

/// Everything that a boot needs.
pub(super) struct Guest {
    pub(super) kernel: Kernel,
    pub(super) condition: Condition,
    pub(super) image: Vec<u8>,
    /// What comes over the serial port is kept here.
    pub(super) log: PathBuf,
    /// It is ended after this time.
    pub(super) within: Duration,
}

impl Guest {
    /// Its row in the table, before it has run.
    pub(super) fn row(&self) -> Row {
        Row {
            release: self.kernel.release.clone(),
            condition: Some(self.condition),
            outcome: Outcome::not_run("it was not booted"),
        }
    }

    /// Boots, waits until it has powered itself off or its time is over, and returns what it said.
    pub(super) fn boot(&self) -> Result<String> {
        let emulator = Emulator {
            machine: self.kernel.machine,
            kernel: &self.kernel.image,
            arguments: &format!("{ALWAYS} {}", self.condition.kernel_argument()),
            initramfs: &self.image,
            disk: None,
            clock: Clock::Real,
            log: &self.log,
            within: self.within,
        };
        emulator.boot(&mut |_| {})
    }
}
