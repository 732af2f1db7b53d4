//! Event 3: two addresses began to talk.

use tuxmon_event::{Event, NetworkConnect, Text, Timestamp};
use tuxmon_wire::{Direction, Network, Protocol};

use super::actor;
use crate::machine::Machine;

/// Source is always the end that began: of an accepted connection and of a received datagram, the other one.
pub(crate) fn network_connect(time: Timestamp, machine: &mut Machine, network: &Network) -> Event {
    let actor = actor(machine, &network.task);
    let (initiated, source, destination) = match network.direction {
        Direction::Out => (true, network.local, network.remote),
        Direction::In => (false, network.remote, network.local),
    };
    let protocol = match network.protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
    };
    Event::NetworkConnect(NetworkConnect {
        rule_name: Text::EMPTY,
        utc_time: time,
        process_guid: actor.guid,
        process_id: actor.pid,
        image: actor.image,
        user: actor.user,
        protocol: Text::from(protocol),
        initiated,
        // The socket's family, not what an address means: a mapped IPv4 address is on an IPv6 socket.
        source_is_ipv6: source.is_ipv6(),
        source_ip: source.ip(),
        // Compat: networkTracker.cpp — nothing is ever looked up, whatever DnsLookup says.
        source_hostname: Text::EMPTY,
        source_port: source.port(),
        source_port_name: Text::EMPTY,
        destination_is_ipv6: destination.is_ipv6(),
        destination_ip: destination.ip(),
        destination_hostname: Text::EMPTY,
        destination_port: destination.port(),
        destination_port_name: Text::EMPTY,
    })
}
