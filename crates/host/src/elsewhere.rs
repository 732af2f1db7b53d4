//! For tests: a process in a mount namespace of its own, with a tree that nobody else sees.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::namespace;

/// Sleeps until the test ends.
pub(crate) struct Elsewhere(Child);

impl Elsewhere {
    /// Mounts an empty tree on `directory`, runs `prepare` in it and `end` instead of itself. `None`, and a line
    /// that says so, where that is not allowed.
    pub(crate) fn start(directory: &Path, prepare: &str, end: &str) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            println!("skipped: a mount namespace of our own needs root");
            return None;
        }
        let script = format!("mount -t tmpfs none . && cd \"$PWD\" && {prepare} && echo ready && exec {end}");
        let mut child = Command::new("unshare")
            .args(["-m", "sh", "-c", &script])
            .current_dir(directory)
            .stdout(Stdio::piped())
            .spawn()
            .expect("util-linux is there");
        let out = child.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("it says when it is ready");
        let started = Self(child);
        if line != "ready\n" {
            println!("skipped: mounting is not allowed here");
            return None;
        }
        Some(started)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn namespace(&self) -> u32 {
        namespace::of(self.pid()).expect("it is running")
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
