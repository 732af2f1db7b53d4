//! One event of each id that this agent emits.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tuxmon_event::generated::{
    EbpfEvent, ErrorReport, FileCreate, FileDelete, NetworkConnect, ProcessAccess, ProcessCreate,
    ProcessTerminate, RawAccessRead, ServiceConfigurationChange, ServiceStateChange,
};
use tuxmon_event::{Event, Guid, Text, Timestamp};
use tuxmon_render::Envelope;

pub(crate) const ENVELOPE: Envelope<'static> = Envelope {
    record_id: 17,
    written: Timestamp(1_795_239_110_672_520_999),
    process_id: 24_660,
    thread_id: 24_660,
    computer: "vm",
    user_id: 0,
    additional: &[],
};

const HAPPENED: Timestamp = Timestamp(1_795_239_110_671_999_999);

/// Events whose texts are what `fill` makes of a field's name and its usual text.
pub(crate) fn events(fill: impl Fn(&str, &str) -> Text) -> Vec<Event> {
    vec![
        process_create(&fill),
        network_connect(&fill),
        service_state_change(&fill),
        process_terminate(&fill),
        raw_access_read(&fill),
        process_access(&fill),
        file_create(&fill),
        service_configuration_change(&fill),
        file_delete(&fill),
        ebpf_event(&fill),
        error_report(&fill),
    ]
}

/// Events with ordinary texts.
pub(crate) fn usual() -> Vec<Event> {
    events(|_, usual| Text::from(usual))
}

fn guid(last: u8) -> Guid {
    Guid([0x3d, 0x12, 0x19, 0xc7, 0x2c, 0xc6, 0x6b, 0x01, 0x19, 0x29, 0x2a, 0xf3, 0xe0, 0x55, 0x00, last])
}

fn process_create(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::ProcessCreate(ProcessCreate {
        rule_name: fill("RuleName", "technique_id=T1059.004,technique_name=Unix Shell"),
        utc_time: HAPPENED,
        process_guid: guid(1),
        process_id: 24_865,
        image: fill("Image", "/usr/bin/sh"),
        file_version: fill("FileVersion", ""),
        description: fill("Description", ""),
        product: fill("Product", ""),
        company: fill("Company", ""),
        original_file_name: fill("OriginalFileName", ""),
        command_line: fill("CommandLine", "sh -c echo \"a\tb\" >/tmp/x\n&& true"),
        current_directory: fill("CurrentDirectory", "/home/żółw"),
        user: fill("User", "root"),
        logon_guid: guid(0),
        logon_id: 0,
        terminal_session_id: 4_294_967_295,
        integrity_level: fill("IntegrityLevel", "no level"),
        hashes: fill("Hashes", "MD5=d906d3cbe97d5cd7594e77c09dbc5286"),
        parent_process_guid: Guid::NIL,
        parent_process_id: 24_863,
        parent_image: fill("ParentImage", "/usr/bin/bash"),
        parent_command_line: fill("ParentCommandLine", "-bash"),
        parent_user: fill("ParentUser", "root"),
    })
}

fn network_connect(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::NetworkConnect(NetworkConnect {
        rule_name: fill("RuleName", ""),
        utc_time: HAPPENED,
        process_guid: guid(1),
        process_id: 25_192,
        image: fill("Image", "/usr/bin/python3.11"),
        user: fill("User", "root"),
        protocol: fill("Protocol", "tcp"),
        initiated: true,
        source_is_ipv6: false,
        source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        source_hostname: fill("SourceHostname", ""),
        source_port: 48_076,
        source_port_name: fill("SourcePortName", ""),
        destination_is_ipv6: true,
        destination_ip: IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0xa00, 0x27ff, 0xfee3, 0x816e)),
        destination_hostname: fill("DestinationHostname", ""),
        destination_port: 443,
        destination_port_name: fill("DestinationPortName", ""),
    })
}

fn service_state_change(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::ServiceStateChange(ServiceStateChange {
        utc_time: HAPPENED,
        state: fill("State", "Started"),
        version: fill("Version", "0.1.0"),
        schema_version: fill("SchemaVersion", "4.90"),
    })
}

fn process_terminate(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::ProcessTerminate(ProcessTerminate {
        rule_name: fill("RuleName", ""),
        utc_time: HAPPENED,
        process_guid: guid(1),
        process_id: 24_862,
        image: fill("Image", "<unknown process>"),
        user: fill("User", ""),
    })
}

fn raw_access_read(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::RawAccessRead(RawAccessRead {
        rule_name: fill("RuleName", ""),
        utc_time: HAPPENED,
        process_guid: guid(1),
        process_id: 25_205,
        image: fill("Image", "/usr/sbin/losetup"),
        device: fill("Device", "/dev/loop0"),
        user: fill("User", "root"),
    })
}

fn process_access(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::ProcessAccess(ProcessAccess {
        rule_name: fill("RuleName", ""),
        utc_time: HAPPENED,
        source_process_guid: guid(1),
        source_process_id: 25_216,
        source_thread_id: 25_216,
        source_image: fill("SourceImage", "/usr/bin/gdb"),
        target_process_guid: guid(2),
        target_process_id: 25_215,
        target_image: fill("TargetImage", "/usr/bin/sleep"),
        granted_access: 0,
        call_trace: fill("CallTrace", ""),
        source_user: fill("SourceUser", "root"),
        target_user: fill("TargetUser", "news"),
    })
}

fn file_create(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::FileCreate(FileCreate {
        rule_name: fill("RuleName", ""),
        utc_time: HAPPENED,
        process_guid: guid(1),
        process_id: 24_582,
        image: fill("Image", "/usr/bin/bash"),
        target_filename: fill("TargetFilename", "/tmp/a \u{1b}[31m<b>"),
        creation_utc_time: HAPPENED,
        user: fill("User", "root"),
    })
}

fn service_configuration_change(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::ServiceConfigurationChange(ServiceConfigurationChange {
        utc_time: HAPPENED,
        configuration: fill("Configuration", "/etc/tuxmon/config.xml"),
        configuration_file_hash: fill(
            "ConfigurationFileHash",
            "SHA1=0564421f8210810ece5b0edf3668c2564eff3379",
        ),
    })
}

fn file_delete(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::FileDelete(FileDelete {
        rule_name: fill("RuleName", ""),
        utc_time: HAPPENED,
        process_guid: guid(1),
        process_id: 24_611,
        user: fill("User", "root"),
        image: fill("Image", "/usr/bin/rm"),
        target_filename: fill("TargetFilename", "/dev/shm/sem.x"),
        hashes: fill("Hashes", ""),
        is_executable: None,
        archived: fill("Archived", ""),
    })
}

fn ebpf_event(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::EbpfEvent(EbpfEvent {
        rule_name: fill("RuleName", ""),
        utc_time: HAPPENED,
        process_guid: guid(1),
        process_id: 25_222,
        image: fill("Image", "/usr/sbin/bpftool"),
        user: fill("User", "root"),
        bpf_command: fill("BpfCommand", "BPF_PROG_LOAD"),
        bpf_program_type: fill("BpfProgramType", "SOCKET_FILTER"),
        bpf_program_id: 57,
        bpf_program_name: fill("BpfProgramName", "act_sockfilter"),
    })
}

fn error_report(fill: &impl Fn(&str, &str) -> Text) -> Event {
    Event::ErrorReport(ErrorReport {
        utc_time: HAPPENED,
        id: fill("ID", "EventsLost"),
        description: fill("Description", "12 events were lost"),
    })
}
