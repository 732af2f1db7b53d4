//! Event 3: who talks to whom, told by the one who began.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::thread;

use anyhow::{Context, ensure};
use nix::sched::{CloneFlags, unshare};
use rustix::net::{AddressFamily, SocketType};
use serde_json::{Value, json};

use crate::deed::{self, Deed, Doing, tell, wait_for_word};
use crate::expected::{Ends, Expected, life, network_connect};
use crate::process::Process;
use crate::watch::Watch;
use crate::{agent, raw, tests};

tests![
    tcp_both_directions,
    tcp_accepted_without_asking_for_the_address,
    tcp_over_ipv6,
    tcp_with_mapped_addresses,
    tcp_between_two_processes,
    tcp_without_waiting,
    failed_and_refused_connects,
    udp_connected_or_not,
    udp_over_ipv6,
    udp_with_mapped_addresses,
    udp_answers_are_no_flow_of_their_own,
    udp_between_two_processes,
    in_another_network_namespace,
];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "tcp", run: tcp },
    Deed { name: "tcp-accept-blindly", run: tcp_accept_blindly },
    Deed { name: "tcp-mapped", run: tcp_mapped },
    Deed { name: "tcp-serve", run: tcp_serve },
    Deed { name: "tcp-call", run: tcp_call },
    Deed { name: "tcp-without-waiting", run: tcp_without_waiting_deed },
    Deed { name: "connects-that-fail", run: connects_that_fail },
    Deed { name: "udp", run: udp },
    Deed { name: "udp-mapped", run: udp_mapped },
    Deed { name: "udp-answer", run: udp_answer },
    Deed { name: "udp-serve", run: udp_serve },
    Deed { name: "udp-call", run: udp_call },
    Deed { name: "tcp-elsewhere", run: tcp_elsewhere },
];

const V4: &str = "127.0.0.1";
const V6: &str = "0:0:0:0:0:0:0:1";
const MAPPED: &str = "0:0:0:0:0:ffff:7f00:1";

fn port(truth: &Value, name: &str) -> u16 {
    truth[name]
        .as_u64()
        .and_then(|number| number.try_into().ok())
        .unwrap_or_else(|| panic!("no port {name}: {truth}"))
}

/// Does a deed that tells its ports once.
fn done(name: &str, arguments: &[&str]) -> (Process, Value) {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    let mut doing = Doing::start(deed::command(name, &arguments));
    let truth = doing.truth();
    (doing.finish(), truth)
}

/// The two events of a connection within one process.
fn both_ends(process: &Process, from: (&str, u16), to: (&str, u16)) -> [Expected; 2] {
    [true, false].map(|initiated| {
        network_connect(process, &Ends { protocol: "tcp", initiated, source: from, destination: to })
    })
}

fn tcp_both_directions() {
    tcp_over(&mut agent::watch(), "127.0.0.1");
}

fn tcp_over_ipv6() {
    tcp_over(&mut agent::watch(), "::1");
}

/// A connection and its acceptance.
pub(crate) fn tcp_over(watch: &mut Watch, address: &str) {
    let printed = if address.contains(':') { V6 } else { V4 };
    let (process, truth) = done("tcp", &[address]);
    let ends = both_ends(&process, (printed, port(&truth, "client")), (printed, port(&truth, "server")));
    watch.expect(&[process.pid], &life(&process, ends));
}

fn address(arguments: &[OsString]) -> anyhow::Result<IpAddr> {
    Ok(arguments[0].to_str().context("an address")?.parse()?)
}

/// Connects to itself, says a word, and tells the two ports.
fn tcp(arguments: &[OsString]) -> anyhow::Result<()> {
    let listener = TcpListener::bind((address(arguments)?, 0))?;
    let server = listener.local_addr()?;
    let client = talk(server, || Ok(listener.accept()?.0))?;
    tell(&json!({ "client": client.port(), "server": server.port() }))
}

/// Connects, has the other end accepted, and moves data both ways; gives the connecting end.
fn talk(
    server: SocketAddr,
    accept: impl FnOnce() -> anyhow::Result<TcpStream>,
) -> anyhow::Result<SocketAddr> {
    let mut near = TcpStream::connect(server)?;
    let mut far = accept()?;
    let mut word = [0_u8; 4];
    near.write_all(b"ping")?;
    far.read_exact(&mut word)?;
    far.write_all(b"pong")?;
    near.read_exact(&mut word)?;
    Ok(near.local_addr()?)
}

fn tcp_accepted_without_asking_for_the_address() {
    let mut watch = agent::watch();
    let (process, truth) = done("tcp-accept-blindly", &[]);
    let ends = both_ends(&process, (V4, port(&truth, "client")), (V4, port(&truth, "server")));
    watch.expect(&[process.pid], &life(&process, ends));
}

fn tcp_accept_blindly(_: &[OsString]) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let server = listener.local_addr()?;
    // rustix passes a null pointer for the address.
    let client = talk(server, || Ok(TcpStream::from(rustix::net::accept(&listener)?)))?;
    tell(&json!({ "client": client.port(), "server": server.port() }))
}

/// An IPv6 socket reaches an IPv4 one and is reached by one: its own events have mapped addresses.
fn tcp_with_mapped_addresses() {
    let mut watch = agent::watch();
    let (process, truth) = done("tcp-mapped", &[]);
    let event = |initiated, address, client: &str, server: &str| {
        let (source, destination) = ((address, port(&truth, client)), (address, port(&truth, server)));
        network_connect(&process, &Ends { protocol: "tcp", initiated, source, destination })
    };
    let expected = [
        event(true, MAPPED, "mapped client", "v4 server"),
        event(false, V4, "mapped client", "v4 server"),
        event(true, V4, "v4 client", "dual server"),
        event(false, MAPPED, "v4 client", "dual server"),
    ];
    watch.expect(&[process.pid], &life(&process, expected));
}

fn tcp_mapped(_: &[OsString]) -> anyhow::Result<()> {
    let v4_listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let v4_server = v4_listener.local_addr()?;
    let through_v6 = SocketAddr::from((Ipv4Addr::LOCALHOST.to_ipv6_mapped(), v4_server.port()));
    let mapped_client = talk(through_v6, || Ok(v4_listener.accept()?.0))?;
    let dual_listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0))?;
    let dual_server = dual_listener.local_addr()?;
    let as_v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, dual_server.port()));
    let v4_client = talk(as_v4, || Ok(dual_listener.accept()?.0))?;
    tell(&json!({
        "mapped client": mapped_client.port(), "v4 server": v4_server.port(),
        "v4 client": v4_client.port(), "dual server": dual_server.port(),
    }))
}

fn tcp_between_two_processes() {
    let mut watch = agent::watch();
    let mut server = Doing::start_as(deed::command_for_anyone("tcp-serve", &[]), 65534);
    let listening = port(&server.truth(), "server");
    let (client, truth) = done("tcp-call", &[&listening.to_string()]);
    let server = server.finish().named("server");
    let (source, destination) = ((V4, port(&truth, "client")), (V4, listening));
    let out = network_connect(&client, &Ends { protocol: "tcp", initiated: true, source, destination });
    let accepted = network_connect(&server, &Ends { protocol: "tcp", initiated: false, source, destination });
    let expected =
        [life(&client, [out]), life(&server, [accepted])].into_iter().flatten().collect::<Vec<_>>();
    watch.expect(&[client.pid, server.pid], &expected);
}

/// A thread accepts that is not the leader.
fn tcp_serve(_: &[OsString]) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    tell(&json!({ "server": listener.local_addr()?.port() }))?;
    let (mut stream, _) = thread::spawn(move || listener.accept()).join().expect("it does not panic")?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(())
}

fn tcp_call(arguments: &[OsString]) -> anyhow::Result<()> {
    let server = arguments[0].to_str().context("a port")?.parse()?;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server))?;
    stream.write_all(b"hello")?;
    tell(&json!({ "client": stream.local_addr()?.port() }))
}

/// connect() returns before there is a connection.
fn tcp_without_waiting() {
    let mut watch = agent::watch();
    let (process, truth) = done("tcp-without-waiting", &[]);
    let ends = both_ends(&process, (V4, port(&truth, "client")), (V4, port(&truth, "server")));
    watch.expect(&[process.pid], &life(&process, ends));
}

fn tcp_without_waiting_deed(_: &[OsString]) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let server = listener.local_addr()?;
    let flags = rustix::net::SocketFlags::NONBLOCK | rustix::net::SocketFlags::CLOEXEC;
    let socket = rustix::net::socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    match rustix::net::connect(&socket, &server) {
        Ok(()) | Err(rustix::io::Errno::INPROGRESS) => {}
        Err(error) => return Err(error.into()),
    }
    listener.accept()?;
    let client = TcpStream::from(socket).local_addr()?;
    tell(&json!({ "client": client.port(), "server": server.port() }))
}

fn failed_and_refused_connects() {
    let mut watch = agent::watch();
    let process = deed::perform("connects-that-fail", &[]);
    watch.expect(&[process.pid], &life(&process, []));
}

fn connects_that_fail(_: &[OsString]) -> anyhow::Result<()> {
    // A network of our own without any route, and with nobody who listens.
    unshare(CloneFlags::CLONE_NEWNET)?;
    ensure!(TcpStream::connect((Ipv4Addr::new(192, 0, 2, 1), 80)).is_err(), "there is no route");
    loopback_up()?;
    ensure!(TcpStream::connect((Ipv4Addr::LOCALHOST, 9)).is_err(), "nobody listens");
    ensure!(TcpStream::connect((Ipv6Addr::LOCALHOST, 9)).is_err(), "nobody listens");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    ensure!(listener.accept().is_err(), "nobody calls");
    Ok(())
}

/// The two events of a datagram within one process.
fn both_ends_udp(process: &Process, from: (&str, u16), to: (&str, u16)) -> [Expected; 2] {
    [true, false].map(|initiated| {
        network_connect(process, &Ends { protocol: "udp", initiated, source: from, destination: to })
    })
}

fn udp_connected_or_not() {
    udp_over(&mut agent::watch(), "127.0.0.1");
}

fn udp_over_ipv6() {
    udp_over(&mut agent::watch(), "::1");
}

/// Ten datagrams over each pair of addresses: one event at each end.
pub(crate) fn udp_over(watch: &mut Watch, address: &str) {
    let printed = if address.contains(':') { V6 } else { V4 };
    let (process, truth) = done("udp", &[address]);
    let pair = |from, to| both_ends_udp(&process, (printed, port(&truth, from)), (printed, port(&truth, to)));
    let expected = [
        pair("unconnected", "first receiver"),
        pair("unconnected", "second receiver"),
        pair("connected", "first receiver"),
        pair("to connected", "connected receiver"),
    ];
    watch.expect(&[process.pid], &life(&process, expected.into_iter().flatten()));
}

fn udp(arguments: &[OsString]) -> anyhow::Result<()> {
    let address = address(arguments)?;
    let socket = || UdpSocket::bind((address, 0));
    let (first, second) = (socket()?, socket()?);
    let unconnected = socket()?;
    let connected = socket()?;
    connected.connect(first.local_addr()?)?;
    let (to_connected, connected_receiver) = (socket()?, socket()?);
    connected_receiver.connect(to_connected.local_addr()?)?;
    for _ in 0..10 {
        unconnected.send_to(b"word", first.local_addr()?)?;
        first.recv_from(&mut [0; 9])?;
        unconnected.send_to(b"word", second.local_addr()?)?;
        rustix::net::recv(&second, &mut [0; 9][..], rustix::net::RecvFlags::empty())?;
        connected.send(b"word")?;
        first.recv_from(&mut [0; 9])?;
        to_connected.send_to(b"word", connected_receiver.local_addr()?)?;
        connected_receiver.recv(&mut [0; 9])?;
    }
    let port = |socket: &UdpSocket| socket.local_addr().map(|address| address.port());
    tell(&json!({
        "unconnected": port(&unconnected)?, "connected": port(&connected)?, "to connected": port(&to_connected)?,
        "first receiver": port(&first)?, "second receiver": port(&second)?,
        "connected receiver": port(&connected_receiver)?,
    }))
}

fn udp_with_mapped_addresses() {
    let mut watch = agent::watch();
    let (process, truth) = done("udp-mapped", &[]);
    let (from, to) = (port(&truth, "client"), port(&truth, "server"));
    let event = |initiated, address| {
        let (source, destination) = ((address, from), (address, to));
        network_connect(&process, &Ends { protocol: "udp", initiated, source, destination })
    };
    watch.expect(&[process.pid], &life(&process, [event(true, MAPPED), event(false, V4)]));
}

fn udp_mapped(_: &[OsString]) -> anyhow::Result<()> {
    let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let client = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?;
    let to = (Ipv4Addr::LOCALHOST.to_ipv6_mapped(), server.local_addr()?.port());
    for _ in 0..3 {
        client.send_to(b"word", to)?;
        server.recv_from(&mut [0; 9])?;
    }
    tell(&json!({ "client": client.local_addr()?.port(), "server": server.local_addr()?.port() }))
}

fn udp_answers_are_no_flow_of_their_own() {
    let mut watch = agent::watch();
    let (process, truth) = done("udp-answer", &[]);
    let ends = both_ends_udp(&process, (V4, port(&truth, "client")), (V4, port(&truth, "server")));
    watch.expect(&[process.pid], &life(&process, ends));
}

fn udp_answer(_: &[OsString]) -> anyhow::Result<()> {
    let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    for _ in 0..3 {
        client.send_to(b"question", server.local_addr()?)?;
        let (_, asker) = server.recv_from(&mut [0; 9])?;
        server.send_to(b"answer", asker)?;
        client.recv_from(&mut [0; 9])?;
    }
    tell(&json!({ "client": client.local_addr()?.port(), "server": server.local_addr()?.port() }))
}

fn udp_between_two_processes() {
    let mut watch = agent::watch();
    let mut server = Doing::start_as(deed::command_for_anyone("udp-serve", &[]), 65534);
    let listening = port(&server.truth(), "server");
    let (client, truth) = done("udp-call", &[&listening.to_string()]);
    let server = server.finish().named("server");
    let (source, destination) = ((V4, port(&truth, "client")), (V4, listening));
    let sent = network_connect(&client, &Ends { protocol: "udp", initiated: true, source, destination });
    let received = network_connect(&server, &Ends { protocol: "udp", initiated: false, source, destination });
    let expected =
        [life(&client, [sent]), life(&server, [received])].into_iter().flatten().collect::<Vec<_>>();
    watch.expect(&[client.pid, server.pid], &expected);
}

fn udp_serve(_: &[OsString]) -> anyhow::Result<()> {
    let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    tell(&json!({ "server": server.local_addr()?.port() }))?;
    server.recv_from(&mut [0; 9])?;
    wait_for_word()
}

fn udp_call(arguments: &[OsString]) -> anyhow::Result<()> {
    let server: u16 = arguments[0].to_str().context("a port")?.parse()?;
    // Bound to no address: the kernel chooses one for each datagram.
    let client = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    client.send_to(b"word", (Ipv4Addr::LOCALHOST, server))?;
    tell(&json!({ "client": client.local_addr()?.port() }))
}

fn in_another_network_namespace() {
    let mut watch = agent::watch();
    let mut doing = Doing::start(deed::command("tcp-elsewhere", &[]));
    let (tcp, udp) = (doing.truth(), doing.truth());
    let process = doing.finish();
    let mut expected = both_ends(&process, (V4, port(&tcp, "client")), (V4, port(&tcp, "server")))
        .into_iter()
        .collect::<Vec<_>>();
    expected.extend(both_ends_udp(&process, (V4, port(&udp, "client")), (V4, port(&udp, "server"))));
    watch.expect(&[process.pid], &life(&process, expected));
}

fn tcp_elsewhere(_: &[OsString]) -> anyhow::Result<()> {
    unshare(CloneFlags::CLONE_NEWNET)?;
    loopback_up()?;
    tcp(&[OsString::from("127.0.0.1")])?;
    udp_answer(&[])
}

fn loopback_up() -> anyhow::Result<()> {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    Ok(raw::set_interface_up(socket.as_fd(), c"lo")?)
}
