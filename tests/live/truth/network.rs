//! Connections and datagrams.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};

use crate::truth::case::Case;
use crate::truth::script::{Fact, Script};

pub(crate) const CASES: &[Case] = &[
    Case { name: "tcp", about: "TCP over IPv4 and IPv6, connected and accepted", act: tcp },
    Case { name: "tcp-null-accept", about: "accept without asking for the peer's address", act: null_accept },
    Case {
        name: "udp4",
        about: "UDP over IPv4, connected or not",
        act: |script| udp(script, Ipv4Addr::LOCALHOST.into()),
    },
    Case {
        name: "udp6",
        about: "UDP over IPv6, connected or not",
        act: |script| udp(script, Ipv6Addr::LOCALHOST.into()),
    },
    Case { name: "network-failures", about: "connects that are refused", act: failures },
];

/// An address as events print it.
pub(crate) fn printed(address: SocketAddr) -> (String, u16) {
    let text = match address.ip() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => v6.segments().map(|segment| format!("{segment:x}")).join(":"),
    };
    (text, address.port())
}

/// The two events of a connection from here to there, within one process.
pub(crate) fn both_ends(protocol: &str, from: SocketAddr, to: SocketAddr) -> Vec<Fact> {
    let (from, to) = (printed(from), printed(to));
    Fact::both_ends(protocol, (&from.0, from.1), (&to.0, to.1))
}

fn tcp(script: &mut Script) -> anyhow::Result<()> {
    for address in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        let listener = TcpListener::bind((address, 0))?;
        let server = listener.local_addr()?;
        let talk = || {
            let near = TcpStream::connect(server)?;
            listener.accept()?;
            near.local_addr()
        };
        script.did("connect and accept4", talk, |client| both_ends("tcp", *client, server))?;
    }
    Ok(())
}

fn null_accept(script: &mut Script) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let server = listener.local_addr()?;
    let talk = || {
        let near = TcpStream::connect(server)?;
        // rustix passes a null pointer for the address.
        rustix::net::accept(&listener)?;
        near.local_addr()
    };
    script.did("connect, accept with a null address", talk, |client| both_ends("tcp", *client, server))?;
    Ok(())
}

fn udp(script: &mut Script, address: IpAddr) -> anyhow::Result<()> {
    let socket = || UdpSocket::bind((address, 0));
    let (receiver, sender, connected) = (socket()?, socket()?, socket()?);
    let (to, from, also) = (receiver.local_addr()?, sender.local_addr()?, connected.local_addr()?);
    connected.connect(to)?;
    script.does("sendto and recvfrom", both_ends("udp", from, to), || {
        sender.send_to(b"word", to)?;
        receiver.recv_from(&mut [0; 9])
    })?;
    script.does("the same again", vec![], || {
        sender.send_to(b"word", to)?;
        receiver.recv_from(&mut [0; 9])
    })?;
    script.does("an answer", vec![], || {
        receiver.send_to(b"word", from)?;
        sender.recv_from(&mut [0; 9])
    })?;
    script.does("send and recvfrom", both_ends("udp", also, to), || {
        connected.send(b"word")?;
        receiver.recv_from(&mut [0; 9])
    })?;
    Ok(())
}

fn failures(script: &mut Script) -> anyhow::Result<()> {
    // A port that was free a moment ago.
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    script.fails("connect to nobody", || TcpStream::connect(nobody))?;
    script.fails("accept when nobody calls", || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        listener.accept().map_err(|error| io::Error::other(error.to_string()))
    })
}
