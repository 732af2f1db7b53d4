//! Starts the service where no manager does: a process of its own, of which we hear whether it came up.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::files;
use super::layout::Layout;
use super::notify::Listener;

/// A service that is not up by then hangs; one that cannot start ends long before. Slow machines take a minute.
const LONGEST_START: Duration = Duration::from_mins(5);

/// What tells the service that it was started so.
pub(crate) const DETACHED: &str = "TUXMON_DETACHED";

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
    // Its errors go where ours go until it is up.
    command.env_clear().env("NOTIFY_SOCKET", listener.path()).env(DETACHED, "1");
    command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let mut child = command.spawn()?;
    let started = wait(&mut child, &listener)?;
    if matches!(started, Start::Up) {
        let (pid, pid_file) = (child.id(), layout.pid_file());
        if let Some(folder) = pid_file.parent() {
            fs::create_dir_all(folder)?;
        }
        files::replace(&pid_file, 0o644, |file| writeln!(file, "{pid}"))?;
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

/// For the service that was started so: leaves the session of whoever started it, whose terminal ends no service.
pub(crate) fn leave_session() {
    // It fails for the leader of a session or a group, which is one of its own already.
    let _ = rustix::process::setsid();
}

/// For the service that was started so, once it is up: lets go of the standard error of whoever started it, who would
/// wait for its end. From here on event 255 and `tuxmon status` tell what is wrong.
pub(crate) fn leave_terminal() -> io::Result<()> {
    let nothing = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stderr(&nothing)?;
    Ok(())
}
