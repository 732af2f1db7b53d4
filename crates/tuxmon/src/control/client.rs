//! Asks a running agent.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::SOCKET;
use super::peer;
use super::protocol::{Answer, Request};

/// Longer than the agent lets a client wait.
const PATIENCE: Duration = Duration::from_secs(25);
/// The rules of the largest configuration, as text.
const LONGEST_ANSWER: u64 = 64 << 20;

/// What came of asking.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked {
    /// An agent answered.
    Answered {
        /// Its process, as the kernel knows it; nothing when it has no number here.
        pid: Option<u32>,
        /// What it said.
        answer: Answer,
    },
    /// No agent uses this state directory.
    NotRunning,
}

/// Asks the agent that uses this state directory.
pub(crate) fn ask(state_directory: &Path, request: &Request) -> io::Result<Asked> {
    let Some((mut socket, pid)) = connect(state_directory)? else { return Ok(Asked::NotRunning) };
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut line = serde_json::to_string(request)?;
    line.push('\n');
    socket.write_all(line.as_bytes())?;
    let mut text = String::new();
    BufReader::new(socket.take(LONGEST_ANSWER)).read_line(&mut text)?;
    let answer = serde_json::from_str(text.trim())?;
    Ok(Asked::Answered { pid, answer })
}

/// The process of the agent that uses this state directory, if there is one.
pub(crate) fn agent(state_directory: &Path) -> io::Result<Option<u32>> {
    match connect(state_directory)? {
        None => Ok(None),
        Some((_, Some(pid))) => Ok(Some(pid)),
        Some((_, None)) => Err(io::Error::other("it runs in a container that this one cannot see into")),
    }
}

fn connect(state_directory: &Path) -> io::Result<Option<(UnixStream, Option<u32>)>> {
    let socket = match UnixStream::connect(state_directory.join(SOCKET)) {
        Ok(socket) => socket,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    // The credentials of whoever listens: a number that no file can be wrong about.
    let pid = peer::of(&socket)?.pid;
    Ok(Some((socket, pid)))
}
