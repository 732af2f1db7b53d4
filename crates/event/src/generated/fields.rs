// Generated from schema/ by `cargo xtask codegen`; edit the schema or the generator.
//! What each field name means.

use crate::{FieldSpec, Kind, Schema, Stage};

pub(super) const ARCHIVED: FieldSpec = FieldSpec {
    name: "Archived",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Whether a copy was kept; never on Linux.",
    example: "",
};

pub(super) const BPF_COMMAND: FieldSpec = FieldSpec {
    name: "BpfCommand",
    kind: Kind::Text,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "",
    meaning: "Command given to bpf(2), `BPF_PROG_LOAD` or `BPF_PROG_ATTACH`.",
    example: "BPF_PROG_LOAD",
};

pub(super) const BPF_PROGRAM_ID: FieldSpec = FieldSpec {
    name: "BpfProgramId",
    kind: Kind::Number,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "",
    meaning: "Id of the program in the kernel, as bpftool lists it.",
    example: "57",
};

pub(super) const BPF_PROGRAM_NAME: FieldSpec = FieldSpec {
    name: "BpfProgramName",
    kind: Kind::Text,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "",
    meaning: "Name that the loader gave to the program, at most 15 characters.",
    example: "handle_exec",
};

pub(super) const BPF_PROGRAM_TYPE: FieldSpec = FieldSpec {
    name: "BpfProgramType",
    kind: Kind::Text,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "",
    meaning: "Kernel's name of the program type without its prefix.",
    example: "KPROBE",
};

pub(super) const CALL_TRACE: FieldSpec = FieldSpec {
    name: "CallTrace",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Stack of the caller; not taken on Linux.",
    example: "",
};

pub(super) const CLIENT_INFO: FieldSpec = FieldSpec {
    name: "ClientInfo",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Who is connected to the session, for remote desktops.",
    example: "",
};

pub(super) const COMMAND_LINE: FieldSpec = FieldSpec {
    name: "CommandLine",
    kind: Kind::Text,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "process.command_line",
    meaning: "Arguments of the program joined by single spaces, not quoted.",
    example: "ls -l /tmp",
};

pub(super) const COMPANY: FieldSpec = FieldSpec {
    name: "Company",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "process.pe.company",
    meaning: "Company name from the version resource of the program, which Linux programs do not have.",
    example: "",
};

pub(super) const CONFIGURATION: FieldSpec = FieldSpec {
    name: "Configuration",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Path of the configuration file as it was given, or the command line that stands for it.",
    example: "/etc/sysmon.xml",
};

pub(super) const CONFIGURATION_FILE_HASH: FieldSpec = FieldSpec {
    name: "ConfigurationFileHash",
    kind: Kind::Text,
    stage: Stage::Hash,
    since: Schema(0),
    ecs: "",
    meaning: "Hashes of the configuration file, in the form of Hashes.",
    example: "SHA256=4f291296e89b784cd35479fca606f228126e3641f5bcaee68dee36583d7c9483",
};

pub(super) const CONSUMER: FieldSpec = FieldSpec {
    name: "Consumer",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "WMI consumer that was bound.",
    example: "",
};

pub(super) const CONTENTS: FieldSpec = FieldSpec {
    name: "Contents",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Text of the stream when it is short.",
    example: "",
};

pub(super) const CREATION_UTC_TIME: FieldSpec = FieldSpec {
    name: "CreationUtcTime",
    kind: Kind::Time,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "",
    meaning: "When the file was created, in UTC.",
    example: "2026-11-21 05:31:50.672",
};

pub(super) const CURRENT_DIRECTORY: FieldSpec = FieldSpec {
    name: "CurrentDirectory",
    kind: Kind::Text,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "process.working_directory",
    meaning: "Working directory of the process.",
    example: "/home/ada",
};

pub(super) const DESCRIPTION: FieldSpec = FieldSpec {
    name: "Description",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "process.pe.description",
    meaning: "In words what went wrong, or the description from the version resource of a Windows program.",
    example: "12 events of type FileCreate were lost",
};

pub(super) const DESTINATION: FieldSpec = FieldSpec {
    name: "Destination",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "process.executable",
    meaning: "Command or script that the WMI consumer runs.",
    example: "",
};

pub(super) const DESTINATION_HOSTNAME: FieldSpec = FieldSpec {
    name: "DestinationHostname",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "destination.domain",
    meaning: "Host name of the destination; never resolved on Linux.",
    example: "",
};

pub(super) const DESTINATION_IP: FieldSpec = FieldSpec {
    name: "DestinationIp",
    kind: Kind::Address,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "destination.ip",
    meaning: "Address of the side that was reached.",
    example: "93.184.215.14",
};

pub(super) const DESTINATION_IS_IPV6: FieldSpec = FieldSpec {
    name: "DestinationIsIpv6",
    kind: Kind::Flag,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "network.type",
    meaning: "Whether the destination address is of the IPv6 family; `true` for IPv4 mapped into IPv6.",
    example: "false",
};

pub(super) const DESTINATION_PORT: FieldSpec = FieldSpec {
    name: "DestinationPort",
    kind: Kind::Port,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "destination.port",
    meaning: "Port of the side that was reached.",
    example: "443",
};

pub(super) const DESTINATION_PORT_NAME: FieldSpec = FieldSpec {
    name: "DestinationPortName",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "network.protocol",
    meaning: "Service name of the destination port; never resolved on Linux.",
    example: "",
};

pub(super) const DETAILS: FieldSpec = FieldSpec {
    name: "Details",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "What was written to the registry value.",
    example: "",
};

pub(super) const DEVICE: FieldSpec = FieldSpec {
    name: "Device",
    kind: Kind::Text,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "file.path",
    meaning: "Path of the block device.",
    example: "/dev/sda",
};

pub(super) const EVENT_NAMESPACE: FieldSpec = FieldSpec {
    name: "EventNamespace",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "WMI namespace in which the filter is registered.",
    example: "",
};

pub(super) const EVENT_TYPE: FieldSpec = FieldSpec {
    name: "EventType",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Which of several kinds of change the event reports.",
    example: "",
};

pub(super) const FILE_VERSION: FieldSpec = FieldSpec {
    name: "FileVersion",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "process.pe.file_version",
    meaning: "Version from the version resource of the program, which Linux programs do not have.",
    example: "",
};

pub(super) const FILTER: FieldSpec = FieldSpec {
    name: "Filter",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "WMI filter that was bound.",
    example: "",
};

pub(super) const GRANTED_ACCESS: FieldSpec = FieldSpec {
    name: "GrantedAccess",
    kind: Kind::Hex,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "",
    meaning: "Access rights that were granted; Linux has no such mask.",
    example: "0x0",
};

pub(super) const HASH: FieldSpec = FieldSpec {
    name: "Hash",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "file.hash",
    meaning: "Hashes of the file that the stream belongs to.",
    example: "",
};

pub(super) const HASHES: FieldSpec = FieldSpec {
    name: "Hashes",
    kind: Kind::Text,
    stage: Stage::Hash,
    since: Schema(0),
    ecs: "process.hash",
    meaning: "Hashes of the file, `ALGORITHM=hex` joined by commas, the algorithms as configured.",
    example: "SHA256=4f291296e89b784cd35479fca606f228126e3641f5bcaee68dee36583d7c9483",
};

pub(super) const ID: FieldSpec = FieldSpec {
    name: "ID",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "What kind of trouble it is.",
    example: "EventsLost",
};

pub(super) const IMAGE: FieldSpec = FieldSpec {
    name: "Image",
    kind: Kind::Text,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "process.executable",
    meaning: "Full path of the executed program, links resolved; for a script its interpreter.",
    example: "/usr/bin/dash",
};

pub(super) const IMAGE_LOADED: FieldSpec = FieldSpec {
    name: "ImageLoaded",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "file.path",
    meaning: "Full path of the module or driver that was loaded.",
    example: "",
};

pub(super) const INITIATED: FieldSpec = FieldSpec {
    name: "Initiated",
    kind: Kind::Flag,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "network.direction",
    meaning: "Whether this machine began: `true` for connect and send, `false` for accept and receive.",
    example: "true",
};

pub(super) const INTEGRITY_LEVEL: FieldSpec = FieldSpec {
    name: "IntegrityLevel",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Windows integrity level; Linux has none, so the constant `no level`.",
    example: "no level",
};

pub(super) const IS_EXECUTABLE: FieldSpec = FieldSpec {
    name: "IsExecutable",
    kind: Kind::OptionalFlag,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Whether the deleted file was a program, by its content or its mode; `-` when it could no longer be told.",
    example: "true",
};

pub(super) const LOGON_GUID: FieldSpec = FieldSpec {
    name: "LogonGuid",
    kind: Kind::Guid,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Identity of the login session in which the process runs.",
    example: "{74d9a3a2-d5a0-6a1f-e803-000001000000}",
};

pub(super) const LOGON_ID: FieldSpec = FieldSpec {
    name: "LogonId",
    kind: Kind::LogonId,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "User id of the login, decimal.",
    example: "1000",
};

pub(super) const NAME: FieldSpec = FieldSpec {
    name: "Name",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Name of the WMI object.",
    example: "",
};

pub(super) const NEW_NAME: FieldSpec = FieldSpec {
    name: "NewName",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "New name of the registry key or value.",
    example: "",
};

pub(super) const NEW_THREAD_ID: FieldSpec = FieldSpec {
    name: "NewThreadId",
    kind: Kind::Number,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Id of the thread that was started.",
    example: "",
};

pub(super) const OPERATION: FieldSpec = FieldSpec {
    name: "Operation",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Whether the WMI object was created, modified or deleted.",
    example: "",
};

pub(super) const ORIGINAL_FILE_NAME: FieldSpec = FieldSpec {
    name: "OriginalFileName",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "process.pe.original_file_name",
    meaning: "File name from the version resource of the program, which Linux programs do not have.",
    example: "",
};

pub(super) const PARENT_COMMAND_LINE: FieldSpec = FieldSpec {
    name: "ParentCommandLine",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "process.parent.command_line",
    meaning: "Arguments of the creator joined by single spaces, not quoted.",
    example: "-bash",
};

pub(super) const PARENT_IMAGE: FieldSpec = FieldSpec {
    name: "ParentImage",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "process.parent.executable",
    meaning: "Full path of the program that the creator runs.",
    example: "/usr/bin/bash",
};

pub(super) const PARENT_PROCESS_GUID: FieldSpec = FieldSpec {
    name: "ParentProcessGuid",
    kind: Kind::Guid,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "process.parent.entity_id",
    meaning: "Identity of the process that created this one.",
    example: "{74d9a3a2-d5a1-6a1f-31c4-9a2e55550000}",
};

pub(super) const PARENT_PROCESS_ID: FieldSpec = FieldSpec {
    name: "ParentProcessId",
    kind: Kind::ProcessId,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "process.parent.pid",
    meaning: "Process id of the creator.",
    example: "24101",
};

pub(super) const PARENT_USER: FieldSpec = FieldSpec {
    name: "ParentUser",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Name of the user who owns the creator.",
    example: "ada",
};

pub(super) const PIPE_NAME: FieldSpec = FieldSpec {
    name: "PipeName",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "file.name",
    meaning: "Name of the pipe.",
    example: "",
};

pub(super) const PREVIOUS_CREATION_UTC_TIME: FieldSpec = FieldSpec {
    name: "PreviousCreationUtcTime",
    kind: Kind::Time,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Creation time of the file before the change, in UTC.",
    example: "",
};

pub(super) const PROCESS_GUID: FieldSpec = FieldSpec {
    name: "ProcessGuid",
    kind: Kind::Guid,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "process.entity_id",
    meaning: "Identity of the process, unique over time and machines; the key to join events on.",
    example: "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}",
};

pub(super) const PROCESS_ID: FieldSpec = FieldSpec {
    name: "ProcessId",
    kind: Kind::ProcessId,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "process.pid",
    meaning: "Process id as the host sees it; reused by the kernel, so only unique together with a time.",
    example: "24660",
};

pub(super) const PRODUCT: FieldSpec = FieldSpec {
    name: "Product",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "process.pe.product",
    meaning: "Product name from the version resource of the program, which Linux programs do not have.",
    example: "",
};

pub(super) const PROTOCOL: FieldSpec = FieldSpec {
    name: "Protocol",
    kind: Kind::Text,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "network.transport",
    meaning: "Transport protocol, `tcp` or `udp`.",
    example: "tcp",
};

pub(super) const QUERY: FieldSpec = FieldSpec {
    name: "Query",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Query of the WMI filter.",
    example: "",
};

pub(super) const QUERY_NAME: FieldSpec = FieldSpec {
    name: "QueryName",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "dns.question.name",
    meaning: "Name that was asked for.",
    example: "",
};

pub(super) const QUERY_RESULTS: FieldSpec = FieldSpec {
    name: "QueryResults",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "dns.answers",
    meaning: "Answers to the query, separated by semicolons.",
    example: "",
};

pub(super) const QUERY_STATUS: FieldSpec = FieldSpec {
    name: "QueryStatus",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "sysmon.dns.status",
    meaning: "Result code of the query.",
    example: "",
};

pub(super) const RULE_NAME: FieldSpec = FieldSpec {
    name: "RuleName",
    kind: Kind::Text,
    stage: Stage::Verdict,
    since: Schema(0),
    ecs: "rule.name",
    meaning: "Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.",
    example: "technique_id=T1059.004,technique_name=Unix Shell",
};

pub(super) const SCHEMA_VERSION: FieldSpec = FieldSpec {
    name: "SchemaVersion",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Version of the event schema that the agent writes.",
    example: "4.90",
};

pub(super) const SESSION: FieldSpec = FieldSpec {
    name: "Session",
    kind: Kind::Number,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Session in which the clipboard changed.",
    example: "",
};

pub(super) const SIGNATURE: FieldSpec = FieldSpec {
    name: "Signature",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Who signed the loaded file.",
    example: "",
};

pub(super) const SIGNATURE_STATUS: FieldSpec = FieldSpec {
    name: "SignatureStatus",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Whether the signature of the loaded file is valid.",
    example: "",
};

pub(super) const SIGNED: FieldSpec = FieldSpec {
    name: "Signed",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Whether the loaded file is signed.",
    example: "",
};

pub(super) const SOURCE_HOSTNAME: FieldSpec = FieldSpec {
    name: "SourceHostname",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "source.domain",
    meaning: "Host name of the source; never resolved on Linux.",
    example: "",
};

pub(super) const SOURCE_IMAGE: FieldSpec = FieldSpec {
    name: "SourceImage",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "process.executable",
    meaning: "Full path of the program that acts on another process.",
    example: "/usr/bin/gdb",
};

pub(super) const SOURCE_IP: FieldSpec = FieldSpec {
    name: "SourceIp",
    kind: Kind::Address,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "source.ip",
    meaning: "Address of the side that began the connection.",
    example: "10.0.0.4",
};

pub(super) const SOURCE_IS_IPV6: FieldSpec = FieldSpec {
    name: "SourceIsIpv6",
    kind: Kind::Flag,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "network.type",
    meaning: "Whether the source address is of the IPv6 family; `true` for IPv4 mapped into IPv6.",
    example: "false",
};

pub(super) const SOURCE_PORT: FieldSpec = FieldSpec {
    name: "SourcePort",
    kind: Kind::Port,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "source.port",
    meaning: "Port of the side that began the connection.",
    example: "51544",
};

pub(super) const SOURCE_PORT_NAME: FieldSpec = FieldSpec {
    name: "SourcePortName",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "network.protocol",
    meaning: "Service name of the source port; never resolved on Linux.",
    example: "",
};

pub(super) const SOURCE_PROCESS_GUID_OF_ACCESS: FieldSpec = FieldSpec {
    name: "SourceProcessGUID",
    kind: Kind::Guid,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "process.entity_id",
    meaning: "Identity of the process that acts on another one.",
    example: "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}",
};

pub(super) const SOURCE_PROCESS_GUID: FieldSpec = FieldSpec {
    name: "SourceProcessGuid",
    kind: Kind::Guid,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "process.entity_id",
    meaning: "Identity of the process that acts on another one.",
    example: "",
};

pub(super) const SOURCE_PROCESS_ID: FieldSpec = FieldSpec {
    name: "SourceProcessId",
    kind: Kind::ProcessId,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "process.pid",
    meaning: "Process id of the process that acts on another one.",
    example: "24660",
};

pub(super) const SOURCE_THREAD_ID: FieldSpec = FieldSpec {
    name: "SourceThreadId",
    kind: Kind::Number,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "process.thread.id",
    meaning: "Id of the thread that made the call.",
    example: "24660",
};

pub(super) const SOURCE_USER: FieldSpec = FieldSpec {
    name: "SourceUser",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Name of the user who owns the acting process.",
    example: "ada",
};

pub(super) const START_ADDRESS: FieldSpec = FieldSpec {
    name: "StartAddress",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Address at which the thread starts.",
    example: "",
};

pub(super) const START_FUNCTION: FieldSpec = FieldSpec {
    name: "StartFunction",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Exported function at the start address.",
    example: "",
};

pub(super) const START_MODULE: FieldSpec = FieldSpec {
    name: "StartModule",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Module that holds the start address.",
    example: "",
};

pub(super) const STATE: FieldSpec = FieldSpec {
    name: "State",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "What the agent did, `Started` or `Stopped`.",
    example: "Started",
};

pub(super) const TARGET_FILENAME: FieldSpec = FieldSpec {
    name: "TargetFilename",
    kind: Kind::Text,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "file.path",
    meaning: "Absolute, normalised path of the file that was touched.",
    example: "/tmp/payload.sh",
};

pub(super) const TARGET_IMAGE: FieldSpec = FieldSpec {
    name: "TargetImage",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Full path of the program that is acted on.",
    example: "/usr/sbin/sshd",
};

pub(super) const TARGET_OBJECT: FieldSpec = FieldSpec {
    name: "TargetObject",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Full path of the registry key or value.",
    example: "",
};

pub(super) const TARGET_PROCESS_GUID_OF_ACCESS: FieldSpec = FieldSpec {
    name: "TargetProcessGUID",
    kind: Kind::Guid,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Identity of the process that is acted on.",
    example: "{74d9a3a2-d4f0-6a1f-90b1-1f4d55550000}",
};

pub(super) const TARGET_PROCESS_GUID: FieldSpec = FieldSpec {
    name: "TargetProcessGuid",
    kind: Kind::Guid,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Identity of the process that is acted on.",
    example: "",
};

pub(super) const TARGET_PROCESS_ID: FieldSpec = FieldSpec {
    name: "TargetProcessId",
    kind: Kind::ProcessId,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "",
    meaning: "Process id of the process that is acted on.",
    example: "811",
};

pub(super) const TARGET_USER: FieldSpec = FieldSpec {
    name: "TargetUser",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Name of the user who owns the process that is acted on.",
    example: "root",
};

pub(super) const TERMINAL_SESSION_ID: FieldSpec = FieldSpec {
    name: "TerminalSessionId",
    kind: Kind::Number,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "",
    meaning: "Audit session id of the process; 4294967295 when it belongs to no login.",
    example: "3",
};

pub(super) const TYPE: FieldSpec = FieldSpec {
    name: "Type",
    kind: Kind::Text,
    stage: Stage::Absent,
    since: Schema(0),
    ecs: "",
    meaning: "Kind of the WMI consumer, or of the tampering.",
    example: "",
};

pub(super) const USER: FieldSpec = FieldSpec {
    name: "User",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "user.name",
    meaning: "Name of the user who owns the process.",
    example: "ada",
};

pub(super) const UTC_TIME: FieldSpec = FieldSpec {
    name: "UtcTime",
    kind: Kind::Time,
    stage: Stage::Kernel,
    since: Schema(0),
    ecs: "@timestamp",
    meaning: "When it happened, by the clock of the machine, in UTC.",
    example: "2026-11-21 05:31:50.672",
};

pub(super) const VERSION: FieldSpec = FieldSpec {
    name: "Version",
    kind: Kind::Text,
    stage: Stage::Host,
    since: Schema(0),
    ecs: "",
    meaning: "Version of the agent.",
    example: "1.5.2",
};
