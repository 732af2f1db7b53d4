//! Self-tests from time to time, started by the agent itself.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// When the next self-test is due, and the one that runs.
pub(crate) struct Schedule {
    every: Duration,
    next: Instant,
    state_directory: PathBuf,
    running: Option<Child>,
}

impl Schedule {
    /// The first one comes after one interval.
    pub(crate) fn new(every: Duration, state_directory: &Path) -> Self {
        let state_directory = state_directory.to_owned();
        Self { every, next: Instant::now() + every, state_directory, running: None }
    }

    /// Starts a test when it is due and none runs. It asks this agent over the control socket as anyone would, and what it
    /// finds missing becomes event 255.
    pub(crate) fn look(&mut self) {
        if let Some(child) = &mut self.running {
            match child.try_wait() {
                Ok(None) => return,
                Ok(Some(status)) if status.success() => tracing::debug!("the self-test has found everything"),
                Ok(Some(status)) => tracing::warn!(%status, "the self-test has not found everything"),
                Err(error) => tracing::warn!(%error, "the self-test is lost"),
            }
            self.running = None;
        }
        if Instant::now() < self.next {
            return;
        }
        self.next = Instant::now() + self.every;
        let mut command = Command::new("/proc/self/exe");
        command.arg("selftest").arg("--state-dir").arg(&self.state_directory);
        match command.stdin(Stdio::null()).stdout(Stdio::null()).spawn() {
            Ok(child) => self.running = Some(child),
            Err(error) => tracing::warn!(%error, "the self-test cannot be started"),
        }
    }
}

impl Drop for Schedule {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            // It would ask an agent that is gone.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
