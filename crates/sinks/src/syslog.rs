//! The local syslog daemon, as syslog(3) speaks to it.

use std::io::{self, ErrorKind, IoSlice};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use rustix::io::Errno;
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, sendmmsg, sockopt};
use tuxmon_event::Timestamp;

use crate::{Destination, Line, Outcome, Stop};

/// Sends each line as a datagram `<14>Mon dd hh:mm:ss sysmon: LINE`: facility user, severity info, and upstream's name,
/// under which every consumer looks for these events.
pub struct Syslog {
    path: PathBuf,
    sender: Sender,
    socket: Option<UnixDatagram>,
    /// The second for which `header` was made.
    second: Option<i64>,
    header: String,
    zone: TimeZone,
}

/// Who speaks, and how urgently.
struct Sender {
    priority: &'static str,
    name: &'static str,
}

/// How long a send may wait for a daemon that is busy.
const PATIENCE: Duration = Duration::from_millis(100);
/// Lines that are sent with one call: fewer than a daemon's queue may hold, so that a call seldom waits in its middle.
const AT_ONCE: usize = 64;
/// The longest event must fit into the socket whatever the system's default is.
const SEND_BUFFER: usize = 256 << 10;
/// Facility user with severity info, and upstream's name.
const EVENTS: Sender = Sender { priority: "<14>", name: "sysmon" };
/// The same facility with severity warning.
const ALERTS: Sender = Sender { priority: "<12>", name: "tuxmon-alert" };
const NANOS_PER_SECOND: i64 = 1_000_000_000;

impl Syslog {
    /// Where the daemon listens.
    pub const DEV_LOG: &str = "/dev/log";

    /// Speaks to the daemon at this socket, from the moment on when it is there.
    pub fn new(path: &Path) -> Syslog {
        Syslog::in_zone(path, TimeZone::system())
    }

    /// The same for lines that are no events: a warning under a name of their own, where nobody looks for events.
    pub fn for_alerts(path: &Path) -> Syslog {
        Syslog { sender: ALERTS, ..Syslog::new(path) }
    }

    fn in_zone(path: &Path, zone: TimeZone) -> Syslog {
        Syslog {
            path: path.to_owned(),
            sender: EVENTS,
            socket: None,
            second: None,
            header: String::new(),
            zone,
        }
    }

    /// Sends lines from the first on, as many as have the same header and fit into one call; says how many went.
    fn send(&mut self, lines: &[Line]) -> io::Result<usize> {
        let Some(first) = lines.first() else { return Ok(0) };
        self.make_header(first.written);
        let socket = match self.socket.take() {
            Some(socket) => socket,
            None => connect(&self.path)?,
        };
        let alike = |line: &&Line| second_of(line.written) == second_of(first.written);
        let packets: Vec<[IoSlice<'_>; 2]> = lines
            .iter()
            .take(AT_ONCE)
            .take_while(alike)
            .map(|line| [IoSlice::new(self.header.as_bytes()), IoSlice::new(line.text.as_bytes())])
            .collect();
        let mut nothing: Vec<_> = packets.iter().map(|_| SendAncillaryBuffer::default()).collect();
        let mut messages: Vec<_> =
            packets.iter().zip(&mut nothing).map(|(packet, none)| MMsgHdr::new(packet, none)).collect();
        let result = sendmmsg(&socket, &mut messages, SendFlags::NOSIGNAL).map_err(io::Error::from);
        if !result.as_ref().is_err_and(is_disconnected) {
            self.socket = Some(socket);
        }
        result
    }

    /// Compat: glibc, misc/syslog.c — local time as `%h %e %T`.
    fn make_header(&mut self, written: Timestamp) {
        let second = second_of(written);
        if self.second != Some(second) {
            let time =
                jiff::Timestamp::from_second(second).expect("64 bits of nanoseconds are within its range");
            let Sender { priority, name } = self.sender;
            let time = time.to_zoned(self.zone.clone());
            self.header = format!("{priority}{} {name}: ", time.strftime("%b %e %H:%M:%S"));
            self.second = Some(second);
        }
    }
}

impl Destination for Syslog {
    fn name(&self) -> String {
        format!("syslog:{}", self.path.display())
    }

    fn write(&mut self, lines: &[Line]) -> Outcome {
        let mut finished = 0;
        while finished < lines.len() {
            let rest = &lines[finished..];
            let connected = self.socket.is_some();
            let result = match self.send(rest) {
                // The daemon was started anew; its socket is another one now.
                Err(error) if connected && is_disconnected(&error) => self.send(rest),
                result => result,
            };
            match result {
                Ok(sent) => finished += sent,
                Err(error) => return Outcome { finished, stop: Some(stop(error)) },
            }
        }
        Outcome { finished, stop: None }
    }

    fn reopen(&mut self) -> io::Result<()> {
        self.socket = None;
        Ok(())
    }

    fn finish(&mut self) {}

    fn take_torn(&mut self) -> u64 {
        0
    }
}

fn second_of(written: Timestamp) -> i64 {
    written.0.div_euclid(NANOS_PER_SECOND)
}

fn connect(path: &Path) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    sockopt::set_socket_send_buffer_size(&socket, SEND_BUFFER)?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.connect(path)?;
    Ok(socket)
}

fn is_disconnected(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::NotConnected
            | ErrorKind::BrokenPipe
    )
}

fn stop(error: io::Error) -> Stop {
    match (error.kind(), Errno::from_io_error(&error)) {
        (_, Some(Errno::MSGSIZE)) => Stop::TooLong,
        (ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted, _)
        | (_, Some(Errno::NOBUFS)) => Stop::Busy,
        _ => Stop::Failed(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: i64, zone: TimeZone, expected: &str) {
        let mut syslog = Syslog::in_zone(Path::new(Syslog::DEV_LOG), zone);
        syslog.make_header(Timestamp(seconds * NANOS_PER_SECOND + 999_999_999));
        assert_eq!(syslog.header, expected);
    }

    #[test]
    fn the_header_is_that_of_syslog_3() {
        check(1_795_239_110, TimeZone::UTC, "<14>Nov 21 05:31:50 sysmon: ");
        check(1_793_664_001, TimeZone::UTC, "<14>Nov  3 00:00:01 sysmon: ");
        check(1_795_239_110, TimeZone::fixed(jiff::tz::offset(-7)), "<14>Nov 20 22:31:50 sysmon: ");
    }

    #[test]
    fn alerts_have_a_name_of_their_own() {
        let mut syslog = Syslog { zone: TimeZone::UTC, ..Syslog::for_alerts(Path::new(Syslog::DEV_LOG)) };
        syslog.make_header(Timestamp(1_795_239_110 * NANOS_PER_SECOND));
        assert_eq!(syslog.header, "<12>Nov 21 05:31:50 tuxmon-alert: ");
    }

    #[test]
    fn times_out_of_the_ordinary_do_not_panic() {
        for time in [Timestamp(i64::MIN), Timestamp(i64::MAX), Timestamp(0)] {
            Syslog::in_zone(Path::new(Syslog::DEV_LOG), TimeZone::UTC).make_header(time);
        }
    }
}
