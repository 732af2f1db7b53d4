//! Event 100: an eBPF program was loaded or attached.

use tuxmon_event::{EbpfEvent, Event, Text, Timestamp};
use tuxmon_wire::Bpf;

use super::{actor, text};
use crate::machine::Machine;

pub(crate) fn ebpf_event(time: Timestamp, machine: &mut Machine, bpf: &Bpf<'_>) -> Event {
    let actor = actor(machine, &bpf.task);
    Event::EbpfEvent(EbpfEvent {
        rule_name: Text::EMPTY,
        utc_time: time,
        process_guid: actor.guid,
        process_id: actor.pid,
        image: actor.image,
        user: actor.user,
        bpf_command: Text::from(command_name(bpf.command)),
        bpf_program_type: Text::from(program_type_name(bpf.program_type)),
        bpf_program_id: bpf.program_id,
        bpf_program_name: text(bpf.name.to_vec()),
    })
}

/// `enum bpf_cmd`, those that load or attach a program.
fn command_name(command: u32) -> &'static str {
    match command {
        5 => "BPF_PROG_LOAD",
        8 => "BPF_PROG_ATTACH",
        17 => "BPF_RAW_TRACEPOINT_OPEN",
        28 => "BPF_LINK_CREATE",
        _ => "UNKNOWN",
    }
}

/// `enum bpf_prog_type`, without its prefix.
const PROGRAM_TYPES: [&str; 33] = [
    "UNSPEC",
    "SOCKET_FILTER",
    "KPROBE",
    "SCHED_CLS",
    "SCHED_ACT",
    "TRACEPOINT",
    "XDP",
    "PERF_EVENT",
    "CGROUP_SKB",
    "CGROUP_SOCK",
    "LWT_IN",
    "LWT_OUT",
    "LWT_XMIT",
    "SOCK_OPS",
    "SK_SKB",
    "CGROUP_DEVICE",
    "SK_MSG",
    "RAW_TRACEPOINT",
    "CGROUP_SOCK_ADDR",
    "LWT_SEG6LOCAL",
    "LIRC_MODE2",
    "SK_REUSEPORT",
    "FLOW_DISSECTOR",
    "CGROUP_SYSCTL",
    "RAW_TRACEPOINT_WRITABLE",
    "CGROUP_SOCKOPT",
    "TRACING",
    "STRUCT_OPS",
    "EXT",
    "LSM",
    "SK_LOOKUP",
    "SYSCALL",
    "NETFILTER",
];

fn program_type_name(number: u32) -> &'static str {
    PROGRAM_TYPES.get(number as usize).copied().unwrap_or("UNKNOWN")
}

#[cfg(test)]
mod tests {
    use super::program_type_name;

    #[test]
    fn program_types_stand_at_their_numbers() {
        let known =
            [(0, "UNSPEC"), (2, "KPROBE"), (6, "XDP"), (17, "RAW_TRACEPOINT"), (26, "TRACING"), (29, "LSM")];
        for (number, name) in known {
            assert_eq!(program_type_name(number), name);
        }
        assert_eq!(program_type_name(32), "NETFILTER");
        assert_eq!(program_type_name(33), "UNKNOWN");
        assert_eq!(program_type_name(u32::MAX), "UNKNOWN");
    }
}
