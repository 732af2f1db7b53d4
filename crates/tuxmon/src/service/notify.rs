//! The service manager's protocol: datagrams that say how the service is (sd_notify).

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Tells the service manager about this service; does nothing where none asked.
#[derive(Debug, Default)]
pub(crate) struct Notifier {
    socket: Option<(UnixDatagram, SocketAddr)>,
    /// How long the manager waits for a sign of life, divided by two.
    interval: Option<Duration>,
    last: Option<Instant>,
}

impl Notifier {
    /// The one that the environment names.
    pub(crate) fn from_environment() -> Self {
        let Some(address) = std::env::var_os("NOTIFY_SOCKET").and_then(|name| address(name.as_bytes()))
        else {
            return Self::default();
        };
        let micros = std::env::var("WATCHDOG_USEC").ok().and_then(|text| text.parse::<u64>().ok());
        let meant = std::env::var("WATCHDOG_PID").map_or(true, |pid| pid == std::process::id().to_string());
        let interval =
            micros.filter(|micros| *micros > 0 && meant).map(|micros| Duration::from_micros(micros / 2));
        let socket = UnixDatagram::unbound().and_then(|socket| {
            // A manager that does not read must not stall the line.
            socket.set_nonblocking(true)?;
            Ok(socket)
        });
        Self { socket: socket.ok().map(|socket| (socket, address)), interval, last: None }
    }

    /// Collection has begun.
    pub(crate) fn ready(&self, status: &str) {
        self.send(&format!("READY=1\nSTATUS={}\n", one_line(status)));
    }

    /// Says in one line how it is going.
    pub(crate) fn status(&self, status: &str) {
        self.send(&format!("STATUS={}\n", one_line(status)));
    }

    /// The end has begun.
    pub(crate) fn stopping(&self) {
        self.send("STOPPING=1\n");
    }

    /// A sign of life, when one is due. Called from the line, so that a line that hangs gives none.
    pub(crate) fn alive(&mut self, now: Instant) {
        let Some(interval) = self.interval else { return };
        if self.last.is_none_or(|last| now.saturating_duration_since(last) >= interval) {
            self.last = Some(now);
            self.send("WATCHDOG=1\n");
        }
    }

    fn send(&self, message: &str) {
        if let Some((socket, address)) = &self.socket
            && let Err(error) = socket.send_to_addr(message.as_bytes(), address)
        {
            tracing::warn!(%error, "the service manager cannot be told");
        }
    }
}

fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

/// The address of a name: `@` stands for the NUL of an abstract one.
fn address(name: &[u8]) -> Option<SocketAddr> {
    match name.split_first()? {
        (b'@', rest) => SocketAddr::from_abstract_name(rest).ok(),
        (b'/', _) => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(name)).ok(),
        _ => None,
    }
}

/// The other end: who starts a service without a manager hears from it when it is ready.
pub(crate) struct Listener {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Listener {
    /// A socket in a folder that nobody else may enter, so that nobody else can speak to it.
    pub(crate) fn open(private_folder: &Path) -> io::Result<Self> {
        let path = private_folder.join("notify");
        super::files::remove_file(&path)?;
        Ok(Self { socket: UnixDatagram::bind(&path)?, path })
    }

    /// What the service finds in NOTIFY_SOCKET.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until the service is ready; `false` when it did not say so in time.
    pub(crate) fn wait(&self, longest: Duration) -> io::Result<bool> {
        self.socket.set_read_timeout(Some(longest))?;
        let mut bytes = [0; 1024];
        match self.socket.recv(&mut bytes) {
            Ok(length) => Ok(bytes[..length].split(|byte| *byte == b'\n').any(|line| line == b"READY=1")),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // The folder is private: a file that stays does no harm, and the next start removes it.
        let _ = super::files::remove_file(&self.path);
    }
}
