//! Who is on the other side of a socket, as the kernel knows it.

use std::io;
use std::os::unix::net::UnixStream;

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};

/// The process that connected or listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Its number here; nothing when it has none, because it is outside of our namespace of process ids: an agent in a
    /// container is asked from the machine.
    pub(crate) pid: Option<u32>,
    /// Its user.
    pub(crate) uid: u32,
}

/// The peer of a connected socket. rustix cannot be asked: its process ids are never 0, and the kernel's answer may be.
pub(crate) fn of(socket: &UnixStream) -> io::Result<Peer> {
    let credentials = getsockopt(socket, PeerCredentials)?;
    let pid = u32::try_from(credentials.pid()).ok().filter(|pid| *pid != 0);
    Ok(Peer { pid, uid: credentials.uid() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_this_process() {
        let (one, other) = UnixStream::pair().expect("a pair of sockets");
        let own = Peer { pid: Some(std::process::id()), uid: rustix::process::geteuid().as_raw() };
        assert_eq!([of(&one).expect("it is connected"), of(&other).expect("it is connected")], [own, own]);
    }
}
