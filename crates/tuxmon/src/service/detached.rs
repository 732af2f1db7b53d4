//! Starts the service where no manager does: a process of its own, of which we hear whether it came up.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::files;
use super::layout::Layout;
use super::notify::Listener;

/// A service that is not up by then has failed.
const LONGEST_START: Duration = Duration::from_secs(60);

/// How it went.
pub(crate) enum Start {
    /// It collects.
    Up,
    /// It ended, with this code.
    Ended(u8),
    /// It said nothing in time, and was ended.
    Silent,
}

/// Starts this program again with `words`, in a session of its own, and waits until it is up.
pub(crate) fn start(layout: &Layout, words: &[OsString]) -> io::Result<Start> {
    let listener = Listener::open(&layout.folder())?;
    let mut command = Command::new(layout.binary());
    command.args(words).current_dir(layout.folder()).stdin(Stdio::null()).stdout(Stdio::null());
    // Its errors go where ours go until it is up; the session is its own, so that no terminal ends it.
    command.env_clear().env("NOTIFY_SOCKET", listener.path()).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let mut child = spawn_in_session(&mut command)?;
    let started = wait(&mut child, &listener)?;
    if matches!(started, Start::Up) {
        let pid = child.id();
        files::replace(&layout.pid_file(), 0o644, |file| writeln!(file, "{pid}"))?;
    }
    Ok(started)
}

fn wait(child: &mut Child, listener: &Listener) -> io::Result<Start> {
    let deadline = Instant::now() + LONGEST_START;
    while Instant::now() < deadline {
        if listener.wait(Duration::from_millis(100))? {
            return Ok(Start::Up);
        }
        if let Some(status) = child.try_wait()? {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            return Ok(Start::Ended(code.unwrap_or(1)));
        }
    }
    child.kill()?;
    child.wait()?;
    Ok(Start::Silent)
}

/// A new process group is all that can be had without `unsafe`; `setsid` of util-linux gives a session where it is
/// installed.
fn spawn_in_session(command: &mut Command) -> io::Result<Child> {
    command.process_group(0);
    command.spawn()
}

/// Whether a program is the binary of this installation.
pub(crate) fn is_binary_of(layout: &Layout, program: &Path) -> bool {
    program == layout.binary()
}
