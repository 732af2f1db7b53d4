// Generated from schema/ by `cargo xtask codegen`; edit the schema or the generator.
//! One struct per event, and the enum of them all.

use std::net::IpAddr;

use super::EVENTS;
use crate::{EventSpec, Guid, Text, Timestamp, Value};

/// Any event of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Something kept the agent from doing its work whole: events were lost, a configuration was refused, a sink fell silent.
    ErrorReport(ErrorReport),
    /// A process executed a new program.
    ProcessCreate(ProcessCreate),
    /// A process changed the creation time of a file.
    FileCreateTime(FileCreateTime),
    /// A process opened or accepted a network connection, or exchanged datagrams with a peer.
    NetworkConnect(NetworkConnect),
    /// The agent started or stopped.
    ServiceStateChange(ServiceStateChange),
    /// A process ended.
    ProcessTerminate(ProcessTerminate),
    /// A driver was loaded into the Windows kernel.
    DriverLoad(DriverLoad),
    /// A process mapped a module.
    ImageLoad(ImageLoad),
    /// A process started a thread inside another process.
    CreateRemoteThread(CreateRemoteThread),
    /// A process opened a block device for reading, below the file system that lives on it.
    RawAccessRead(RawAccessRead),
    /// A process attached itself to another one with ptrace.
    ProcessAccess(ProcessAccess),
    /// A file was created or overwritten.
    FileCreate(FileCreate),
    /// A registry key or value was added or deleted.
    RegistryKey(RegistryKey),
    /// A registry value was set.
    RegistrySetValue(RegistrySetValue),
    /// A registry key or value was renamed.
    RegistryName(RegistryName),
    /// A named stream was added to a file.
    FileCreateStreamHash(FileCreateStreamHash),
    /// The agent took a configuration into use.
    ServiceConfigurationChange(ServiceConfigurationChange),
    /// A named pipe was created.
    PipeCreate(PipeCreate),
    /// A named pipe was connected.
    PipeConnect(PipeConnect),
    /// A WMI event filter was registered.
    WmiFilter(WmiFilter),
    /// A WMI event consumer was registered.
    WmiConsumer(WmiConsumer),
    /// A WMI consumer was bound to a filter.
    WmiBinding(WmiBinding),
    /// A process asked for a name in the DNS.
    DnsQuery(DnsQuery),
    /// A file was deleted.
    FileDelete(FileDelete),
    /// The contents of the clipboard changed.
    ClipboardChange(ClipboardChange),
    /// The image of a process was replaced behind its back.
    ProcessTampering(ProcessTampering),
    /// A file was deleted, and no copy was kept.
    FileDeleteDetected(FileDeleteDetected),
    /// A process loaded or attached an eBPF program.
    EbpfEvent(EbpfEvent),
}

impl Event {
    /// The row of this event in [`EVENTS`].
    pub fn spec(&self) -> &'static EventSpec {
        match self {
            Self::ErrorReport(_) => &EVENTS[0],
            Self::ProcessCreate(_) => &EVENTS[1],
            Self::FileCreateTime(_) => &EVENTS[2],
            Self::NetworkConnect(_) => &EVENTS[3],
            Self::ServiceStateChange(_) => &EVENTS[4],
            Self::ProcessTerminate(_) => &EVENTS[5],
            Self::DriverLoad(_) => &EVENTS[6],
            Self::ImageLoad(_) => &EVENTS[7],
            Self::CreateRemoteThread(_) => &EVENTS[8],
            Self::RawAccessRead(_) => &EVENTS[9],
            Self::ProcessAccess(_) => &EVENTS[10],
            Self::FileCreate(_) => &EVENTS[11],
            Self::RegistryKey(_) => &EVENTS[12],
            Self::RegistrySetValue(_) => &EVENTS[13],
            Self::RegistryName(_) => &EVENTS[14],
            Self::FileCreateStreamHash(_) => &EVENTS[15],
            Self::ServiceConfigurationChange(_) => &EVENTS[16],
            Self::PipeCreate(_) => &EVENTS[17],
            Self::PipeConnect(_) => &EVENTS[18],
            Self::WmiFilter(_) => &EVENTS[19],
            Self::WmiConsumer(_) => &EVENTS[20],
            Self::WmiBinding(_) => &EVENTS[21],
            Self::DnsQuery(_) => &EVENTS[22],
            Self::FileDelete(_) => &EVENTS[23],
            Self::ClipboardChange(_) => &EVENTS[24],
            Self::ProcessTampering(_) => &EVENTS[25],
            Self::FileDeleteDetected(_) => &EVENTS[26],
            Self::EbpfEvent(_) => &EVENTS[27],
        }
    }

    /// The value of the field at this position of the row; nothing beyond the last one.
    pub fn value(&self, position: usize) -> Value<'_> {
        match self {
            Self::ErrorReport(event) => event.value(position),
            Self::ProcessCreate(event) => event.value(position),
            Self::FileCreateTime(event) => event.value(position),
            Self::NetworkConnect(event) => event.value(position),
            Self::ServiceStateChange(event) => event.value(position),
            Self::ProcessTerminate(event) => event.value(position),
            Self::DriverLoad(event) => event.value(position),
            Self::ImageLoad(event) => event.value(position),
            Self::CreateRemoteThread(event) => event.value(position),
            Self::RawAccessRead(event) => event.value(position),
            Self::ProcessAccess(event) => event.value(position),
            Self::FileCreate(event) => event.value(position),
            Self::RegistryKey(event) => event.value(position),
            Self::RegistrySetValue(event) => event.value(position),
            Self::RegistryName(event) => event.value(position),
            Self::FileCreateStreamHash(event) => event.value(position),
            Self::ServiceConfigurationChange(event) => event.value(position),
            Self::PipeCreate(event) => event.value(position),
            Self::PipeConnect(event) => event.value(position),
            Self::WmiFilter(event) => event.value(position),
            Self::WmiConsumer(event) => event.value(position),
            Self::WmiBinding(event) => event.value(position),
            Self::DnsQuery(event) => event.value(position),
            Self::FileDelete(event) => event.value(position),
            Self::ClipboardChange(event) => event.value(position),
            Self::ProcessTampering(event) => event.value(position),
            Self::FileDeleteDetected(event) => event.value(position),
            Self::EbpfEvent(event) => event.value(position),
        }
    }

    /// When it happened.
    pub fn utc_time(&self) -> Timestamp {
        match self {
            Self::ErrorReport(event) => event.utc_time,
            Self::ProcessCreate(event) => event.utc_time,
            Self::FileCreateTime(event) => event.utc_time,
            Self::NetworkConnect(event) => event.utc_time,
            Self::ServiceStateChange(event) => event.utc_time,
            Self::ProcessTerminate(event) => event.utc_time,
            Self::DriverLoad(event) => event.utc_time,
            Self::ImageLoad(event) => event.utc_time,
            Self::CreateRemoteThread(event) => event.utc_time,
            Self::RawAccessRead(event) => event.utc_time,
            Self::ProcessAccess(event) => event.utc_time,
            Self::FileCreate(event) => event.utc_time,
            Self::RegistryKey(event) => event.utc_time,
            Self::RegistrySetValue(event) => event.utc_time,
            Self::RegistryName(event) => event.utc_time,
            Self::FileCreateStreamHash(event) => event.utc_time,
            Self::ServiceConfigurationChange(event) => event.utc_time,
            Self::PipeCreate(event) => event.utc_time,
            Self::PipeConnect(event) => event.utc_time,
            Self::WmiFilter(event) => event.utc_time,
            Self::WmiConsumer(event) => event.utc_time,
            Self::WmiBinding(event) => event.utc_time,
            Self::DnsQuery(event) => event.utc_time,
            Self::FileDelete(event) => event.utc_time,
            Self::ClipboardChange(event) => event.utc_time,
            Self::ProcessTampering(event) => event.utc_time,
            Self::FileDeleteDetected(event) => event.utc_time,
            Self::EbpfEvent(event) => event.utc_time,
        }
    }

    /// Names the rule that let the event through; events that are never filtered have no such field.
    pub fn set_rule_name(&mut self, rule_name: Text) {
        match self {
            Self::ErrorReport(_) => {}
            Self::ProcessCreate(event) => event.rule_name = rule_name,
            Self::FileCreateTime(event) => event.rule_name = rule_name,
            Self::NetworkConnect(event) => event.rule_name = rule_name,
            Self::ServiceStateChange(_) => {}
            Self::ProcessTerminate(event) => event.rule_name = rule_name,
            Self::DriverLoad(event) => event.rule_name = rule_name,
            Self::ImageLoad(event) => event.rule_name = rule_name,
            Self::CreateRemoteThread(event) => event.rule_name = rule_name,
            Self::RawAccessRead(event) => event.rule_name = rule_name,
            Self::ProcessAccess(event) => event.rule_name = rule_name,
            Self::FileCreate(event) => event.rule_name = rule_name,
            Self::RegistryKey(event) => event.rule_name = rule_name,
            Self::RegistrySetValue(event) => event.rule_name = rule_name,
            Self::RegistryName(event) => event.rule_name = rule_name,
            Self::FileCreateStreamHash(event) => event.rule_name = rule_name,
            Self::ServiceConfigurationChange(_) => {}
            Self::PipeCreate(event) => event.rule_name = rule_name,
            Self::PipeConnect(event) => event.rule_name = rule_name,
            Self::WmiFilter(event) => event.rule_name = rule_name,
            Self::WmiConsumer(event) => event.rule_name = rule_name,
            Self::WmiBinding(event) => event.rule_name = rule_name,
            Self::DnsQuery(event) => event.rule_name = rule_name,
            Self::FileDelete(event) => event.rule_name = rule_name,
            Self::ClipboardChange(event) => event.rule_name = rule_name,
            Self::ProcessTampering(event) => event.rule_name = rule_name,
            Self::FileDeleteDetected(event) => event.rule_name = rule_name,
            Self::EbpfEvent(event) => event.rule_name = rule_name,
        }
    }
}

/// Something kept the agent from doing its work whole: events were lost, a configuration was refused, a sink fell silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorReport {
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// What kind of trouble it is.
    pub id: Text,
    /// In words what went wrong, or the description from the version resource of a Windows program.
    pub description: Text,
}

impl ErrorReport {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Time(self.utc_time),
            1 => Value::Text(self.id.as_str()),
            2 => Value::Text(self.description.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<ErrorReport> for Event {
    fn from(event: ErrorReport) -> Self {
        Self::ErrorReport(event)
    }
}

/// A process executed a new program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessCreate {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Version from the version resource of the program, which Linux programs do not have.
    pub file_version: Text,
    /// In words what went wrong, or the description from the version resource of a Windows program.
    pub description: Text,
    /// Product name from the version resource of the program, which Linux programs do not have.
    pub product: Text,
    /// Company name from the version resource of the program, which Linux programs do not have.
    pub company: Text,
    /// File name from the version resource of the program, which Linux programs do not have.
    pub original_file_name: Text,
    /// Arguments of the program joined by single spaces, not quoted.
    pub command_line: Text,
    /// Working directory of the process.
    pub current_directory: Text,
    /// Name of the user who owns the process.
    pub user: Text,
    /// Identity of the login session in which the process runs.
    pub logon_guid: Guid,
    /// User id of the login, decimal.
    pub logon_id: u64,
    /// Audit session id of the process; 4294967295 when it belongs to no login.
    pub terminal_session_id: u32,
    /// Windows integrity level; Linux has none, so the constant `no level`.
    pub integrity_level: Text,
    /// Hashes of the file, `ALGORITHM=hex` joined by commas, the algorithms as configured.
    pub hashes: Text,
    /// Identity of the process that created this one.
    pub parent_process_guid: Guid,
    /// Process id of the creator.
    pub parent_process_id: u32,
    /// Full path of the program that the creator runs.
    pub parent_image: Text,
    /// Arguments of the creator joined by single spaces, not quoted.
    pub parent_command_line: Text,
    /// Name of the user who owns the creator.
    pub parent_user: Text,
}

impl ProcessCreate {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Text(self.file_version.as_str()),
            6 => Value::Text(self.description.as_str()),
            7 => Value::Text(self.product.as_str()),
            8 => Value::Text(self.company.as_str()),
            9 => Value::Text(self.original_file_name.as_str()),
            10 => Value::Text(self.command_line.as_str()),
            11 => Value::Text(self.current_directory.as_str()),
            12 => Value::Text(self.user.as_str()),
            13 => Value::Guid(self.logon_guid),
            14 => Value::Number(self.logon_id),
            15 => Value::Number(u64::from(self.terminal_session_id)),
            16 => Value::Text(self.integrity_level.as_str()),
            17 => Value::Text(self.hashes.as_str()),
            18 => Value::Guid(self.parent_process_guid),
            19 => Value::Number(u64::from(self.parent_process_id)),
            20 => Value::Text(self.parent_image.as_str()),
            21 => Value::Text(self.parent_command_line.as_str()),
            22 => Value::Text(self.parent_user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<ProcessCreate> for Event {
    fn from(event: ProcessCreate) -> Self {
        Self::ProcessCreate(event)
    }
}

/// A process changed the creation time of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCreateTime {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Absolute, normalised path of the file that was touched.
    pub target_filename: Text,
    /// When the file was created, in UTC.
    pub creation_utc_time: Timestamp,
    /// Creation time of the file before the change, in UTC.
    pub previous_creation_utc_time: Timestamp,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl FileCreateTime {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Text(self.target_filename.as_str()),
            6 => Value::Time(self.creation_utc_time),
            7 => Value::Time(self.previous_creation_utc_time),
            8 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<FileCreateTime> for Event {
    fn from(event: FileCreateTime) -> Self {
        Self::FileCreateTime(event)
    }
}

/// A process opened or accepted a network connection, or exchanged datagrams with a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkConnect {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Name of the user who owns the process.
    pub user: Text,
    /// Transport protocol, `tcp` or `udp`.
    pub protocol: Text,
    /// Whether this machine began: `true` for connect and send, `false` for accept and receive.
    pub initiated: bool,
    /// Whether the source address is of the IPv6 family; `true` for IPv4 mapped into IPv6.
    pub source_is_ipv6: bool,
    /// Address of the side that began the connection.
    pub source_ip: IpAddr,
    /// Host name of the source; never resolved on Linux.
    pub source_hostname: Text,
    /// Port of the side that began the connection.
    pub source_port: u16,
    /// Service name of the source port; never resolved on Linux.
    pub source_port_name: Text,
    /// Whether the destination address is of the IPv6 family; `true` for IPv4 mapped into IPv6.
    pub destination_is_ipv6: bool,
    /// Address of the side that was reached.
    pub destination_ip: IpAddr,
    /// Host name of the destination; never resolved on Linux.
    pub destination_hostname: Text,
    /// Port of the side that was reached.
    pub destination_port: u16,
    /// Service name of the destination port; never resolved on Linux.
    pub destination_port_name: Text,
}

impl NetworkConnect {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Text(self.user.as_str()),
            6 => Value::Text(self.protocol.as_str()),
            7 => Value::Flag(self.initiated),
            8 => Value::Flag(self.source_is_ipv6),
            9 => Value::Address(self.source_ip),
            10 => Value::Text(self.source_hostname.as_str()),
            11 => Value::Number(u64::from(self.source_port)),
            12 => Value::Text(self.source_port_name.as_str()),
            13 => Value::Flag(self.destination_is_ipv6),
            14 => Value::Address(self.destination_ip),
            15 => Value::Text(self.destination_hostname.as_str()),
            16 => Value::Number(u64::from(self.destination_port)),
            17 => Value::Text(self.destination_port_name.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<NetworkConnect> for Event {
    fn from(event: NetworkConnect) -> Self {
        Self::NetworkConnect(event)
    }
}

/// The agent started or stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceStateChange {
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// What the agent did, `Started` or `Stopped`.
    pub state: Text,
    /// Version of the agent.
    pub version: Text,
    /// Version of the event schema that the agent writes.
    pub schema_version: Text,
}

impl ServiceStateChange {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Time(self.utc_time),
            1 => Value::Text(self.state.as_str()),
            2 => Value::Text(self.version.as_str()),
            3 => Value::Text(self.schema_version.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<ServiceStateChange> for Event {
    fn from(event: ServiceStateChange) -> Self {
        Self::ServiceStateChange(event)
    }
}

/// A process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessTerminate {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl ProcessTerminate {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<ProcessTerminate> for Event {
    fn from(event: ProcessTerminate) -> Self {
        Self::ProcessTerminate(event)
    }
}

/// A driver was loaded into the Windows kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverLoad {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Full path of the module or driver that was loaded.
    pub image_loaded: Text,
    /// Hashes of the file, `ALGORITHM=hex` joined by commas, the algorithms as configured.
    pub hashes: Text,
    /// Whether the loaded file is signed.
    pub signed: Text,
    /// Who signed the loaded file.
    pub signature: Text,
    /// Whether the signature of the loaded file is valid.
    pub signature_status: Text,
}

impl DriverLoad {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Text(self.image_loaded.as_str()),
            3 => Value::Text(self.hashes.as_str()),
            4 => Value::Text(self.signed.as_str()),
            5 => Value::Text(self.signature.as_str()),
            6 => Value::Text(self.signature_status.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<DriverLoad> for Event {
    fn from(event: DriverLoad) -> Self {
        Self::DriverLoad(event)
    }
}

/// A process mapped a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageLoad {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Full path of the module or driver that was loaded.
    pub image_loaded: Text,
    /// Version from the version resource of the program, which Linux programs do not have.
    pub file_version: Text,
    /// In words what went wrong, or the description from the version resource of a Windows program.
    pub description: Text,
    /// Product name from the version resource of the program, which Linux programs do not have.
    pub product: Text,
    /// Company name from the version resource of the program, which Linux programs do not have.
    pub company: Text,
    /// File name from the version resource of the program, which Linux programs do not have.
    pub original_file_name: Text,
    /// Hashes of the file, `ALGORITHM=hex` joined by commas, the algorithms as configured.
    pub hashes: Text,
    /// Whether the loaded file is signed.
    pub signed: Text,
    /// Who signed the loaded file.
    pub signature: Text,
    /// Whether the signature of the loaded file is valid.
    pub signature_status: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl ImageLoad {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Text(self.image_loaded.as_str()),
            6 => Value::Text(self.file_version.as_str()),
            7 => Value::Text(self.description.as_str()),
            8 => Value::Text(self.product.as_str()),
            9 => Value::Text(self.company.as_str()),
            10 => Value::Text(self.original_file_name.as_str()),
            11 => Value::Text(self.hashes.as_str()),
            12 => Value::Text(self.signed.as_str()),
            13 => Value::Text(self.signature.as_str()),
            14 => Value::Text(self.signature_status.as_str()),
            15 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<ImageLoad> for Event {
    fn from(event: ImageLoad) -> Self {
        Self::ImageLoad(event)
    }
}

/// A process started a thread inside another process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateRemoteThread {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process that acts on another one.
    pub source_process_guid: Guid,
    /// Process id of the process that acts on another one.
    pub source_process_id: u32,
    /// Full path of the program that acts on another process.
    pub source_image: Text,
    /// Identity of the process that is acted on.
    pub target_process_guid: Guid,
    /// Process id of the process that is acted on.
    pub target_process_id: u32,
    /// Full path of the program that is acted on.
    pub target_image: Text,
    /// Id of the thread that was started.
    pub new_thread_id: u32,
    /// Address at which the thread starts.
    pub start_address: Text,
    /// Module that holds the start address.
    pub start_module: Text,
    /// Exported function at the start address.
    pub start_function: Text,
    /// Name of the user who owns the acting process.
    pub source_user: Text,
    /// Name of the user who owns the process that is acted on.
    pub target_user: Text,
}

impl CreateRemoteThread {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.source_process_guid),
            3 => Value::Number(u64::from(self.source_process_id)),
            4 => Value::Text(self.source_image.as_str()),
            5 => Value::Guid(self.target_process_guid),
            6 => Value::Number(u64::from(self.target_process_id)),
            7 => Value::Text(self.target_image.as_str()),
            8 => Value::Number(u64::from(self.new_thread_id)),
            9 => Value::Text(self.start_address.as_str()),
            10 => Value::Text(self.start_module.as_str()),
            11 => Value::Text(self.start_function.as_str()),
            12 => Value::Text(self.source_user.as_str()),
            13 => Value::Text(self.target_user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<CreateRemoteThread> for Event {
    fn from(event: CreateRemoteThread) -> Self {
        Self::CreateRemoteThread(event)
    }
}

/// A process opened a block device for reading, below the file system that lives on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawAccessRead {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Path of the block device.
    pub device: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl RawAccessRead {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Text(self.device.as_str()),
            6 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<RawAccessRead> for Event {
    fn from(event: RawAccessRead) -> Self {
        Self::RawAccessRead(event)
    }
}

/// A process attached itself to another one with ptrace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessAccess {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process that acts on another one.
    pub source_process_guid: Guid,
    /// Process id of the process that acts on another one.
    pub source_process_id: u32,
    /// Id of the thread that made the call.
    pub source_thread_id: u32,
    /// Full path of the program that acts on another process.
    pub source_image: Text,
    /// Identity of the process that is acted on.
    pub target_process_guid: Guid,
    /// Process id of the process that is acted on.
    pub target_process_id: u32,
    /// Full path of the program that is acted on.
    pub target_image: Text,
    /// Access rights that were granted; Linux has no such mask.
    pub granted_access: u32,
    /// Stack of the caller; not taken on Linux.
    pub call_trace: Text,
    /// Name of the user who owns the acting process.
    pub source_user: Text,
    /// Name of the user who owns the process that is acted on.
    pub target_user: Text,
}

impl ProcessAccess {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.source_process_guid),
            3 => Value::Number(u64::from(self.source_process_id)),
            4 => Value::Number(u64::from(self.source_thread_id)),
            5 => Value::Text(self.source_image.as_str()),
            6 => Value::Guid(self.target_process_guid),
            7 => Value::Number(u64::from(self.target_process_id)),
            8 => Value::Text(self.target_image.as_str()),
            9 => Value::Hex(u64::from(self.granted_access)),
            10 => Value::Text(self.call_trace.as_str()),
            11 => Value::Text(self.source_user.as_str()),
            12 => Value::Text(self.target_user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<ProcessAccess> for Event {
    fn from(event: ProcessAccess) -> Self {
        Self::ProcessAccess(event)
    }
}

/// A file was created or overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCreate {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Absolute, normalised path of the file that was touched.
    pub target_filename: Text,
    /// When the file was created, in UTC.
    pub creation_utc_time: Timestamp,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl FileCreate {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Text(self.target_filename.as_str()),
            6 => Value::Time(self.creation_utc_time),
            7 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<FileCreate> for Event {
    fn from(event: FileCreate) -> Self {
        Self::FileCreate(event)
    }
}

/// A registry key or value was added or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryKey {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// Which of several kinds of change the event reports.
    pub event_type: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Full path of the registry key or value.
    pub target_object: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl RegistryKey {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Text(self.event_type.as_str()),
            2 => Value::Time(self.utc_time),
            3 => Value::Guid(self.process_guid),
            4 => Value::Number(u64::from(self.process_id)),
            5 => Value::Text(self.image.as_str()),
            6 => Value::Text(self.target_object.as_str()),
            7 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<RegistryKey> for Event {
    fn from(event: RegistryKey) -> Self {
        Self::RegistryKey(event)
    }
}

/// A registry value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrySetValue {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// Which of several kinds of change the event reports.
    pub event_type: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Full path of the registry key or value.
    pub target_object: Text,
    /// What was written to the registry value.
    pub details: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl RegistrySetValue {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Text(self.event_type.as_str()),
            2 => Value::Time(self.utc_time),
            3 => Value::Guid(self.process_guid),
            4 => Value::Number(u64::from(self.process_id)),
            5 => Value::Text(self.image.as_str()),
            6 => Value::Text(self.target_object.as_str()),
            7 => Value::Text(self.details.as_str()),
            8 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<RegistrySetValue> for Event {
    fn from(event: RegistrySetValue) -> Self {
        Self::RegistrySetValue(event)
    }
}

/// A registry key or value was renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryName {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// Which of several kinds of change the event reports.
    pub event_type: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Full path of the registry key or value.
    pub target_object: Text,
    /// New name of the registry key or value.
    pub new_name: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl RegistryName {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Text(self.event_type.as_str()),
            2 => Value::Time(self.utc_time),
            3 => Value::Guid(self.process_guid),
            4 => Value::Number(u64::from(self.process_id)),
            5 => Value::Text(self.image.as_str()),
            6 => Value::Text(self.target_object.as_str()),
            7 => Value::Text(self.new_name.as_str()),
            8 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<RegistryName> for Event {
    fn from(event: RegistryName) -> Self {
        Self::RegistryName(event)
    }
}

/// A named stream was added to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCreateStreamHash {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Absolute, normalised path of the file that was touched.
    pub target_filename: Text,
    /// When the file was created, in UTC.
    pub creation_utc_time: Timestamp,
    /// Hashes of the file that the stream belongs to.
    pub hash: Text,
    /// Text of the stream when it is short.
    pub contents: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl FileCreateStreamHash {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Text(self.target_filename.as_str()),
            6 => Value::Time(self.creation_utc_time),
            7 => Value::Text(self.hash.as_str()),
            8 => Value::Text(self.contents.as_str()),
            9 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<FileCreateStreamHash> for Event {
    fn from(event: FileCreateStreamHash) -> Self {
        Self::FileCreateStreamHash(event)
    }
}

/// The agent took a configuration into use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceConfigurationChange {
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Path of the configuration file as it was given, or the command line that stands for it.
    pub configuration: Text,
    /// Hashes of the configuration file, in the form of Hashes.
    pub configuration_file_hash: Text,
}

impl ServiceConfigurationChange {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Time(self.utc_time),
            1 => Value::Text(self.configuration.as_str()),
            2 => Value::Text(self.configuration_file_hash.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<ServiceConfigurationChange> for Event {
    fn from(event: ServiceConfigurationChange) -> Self {
        Self::ServiceConfigurationChange(event)
    }
}

/// A named pipe was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipeCreate {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// Which of several kinds of change the event reports.
    pub event_type: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Name of the pipe.
    pub pipe_name: Text,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl PipeCreate {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Text(self.event_type.as_str()),
            2 => Value::Time(self.utc_time),
            3 => Value::Guid(self.process_guid),
            4 => Value::Number(u64::from(self.process_id)),
            5 => Value::Text(self.pipe_name.as_str()),
            6 => Value::Text(self.image.as_str()),
            7 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<PipeCreate> for Event {
    fn from(event: PipeCreate) -> Self {
        Self::PipeCreate(event)
    }
}

/// A named pipe was connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipeConnect {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// Which of several kinds of change the event reports.
    pub event_type: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Name of the pipe.
    pub pipe_name: Text,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl PipeConnect {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Text(self.event_type.as_str()),
            2 => Value::Time(self.utc_time),
            3 => Value::Guid(self.process_guid),
            4 => Value::Number(u64::from(self.process_id)),
            5 => Value::Text(self.pipe_name.as_str()),
            6 => Value::Text(self.image.as_str()),
            7 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<PipeConnect> for Event {
    fn from(event: PipeConnect) -> Self {
        Self::PipeConnect(event)
    }
}

/// A WMI event filter was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WmiFilter {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// Which of several kinds of change the event reports.
    pub event_type: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Whether the WMI object was created, modified or deleted.
    pub operation: Text,
    /// Name of the user who owns the process.
    pub user: Text,
    /// WMI namespace in which the filter is registered.
    pub event_namespace: Text,
    /// Name of the WMI object.
    pub name: Text,
    /// Query of the WMI filter.
    pub query: Text,
}

impl WmiFilter {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Text(self.event_type.as_str()),
            2 => Value::Time(self.utc_time),
            3 => Value::Text(self.operation.as_str()),
            4 => Value::Text(self.user.as_str()),
            5 => Value::Text(self.event_namespace.as_str()),
            6 => Value::Text(self.name.as_str()),
            7 => Value::Text(self.query.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<WmiFilter> for Event {
    fn from(event: WmiFilter) -> Self {
        Self::WmiFilter(event)
    }
}

/// A WMI event consumer was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WmiConsumer {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// Which of several kinds of change the event reports.
    pub event_type: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Whether the WMI object was created, modified or deleted.
    pub operation: Text,
    /// Name of the user who owns the process.
    pub user: Text,
    /// Name of the WMI object.
    pub name: Text,
    /// Kind of the WMI consumer, or of the tampering.
    pub r#type: Text,
    /// Command or script that the WMI consumer runs.
    pub destination: Text,
}

impl WmiConsumer {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Text(self.event_type.as_str()),
            2 => Value::Time(self.utc_time),
            3 => Value::Text(self.operation.as_str()),
            4 => Value::Text(self.user.as_str()),
            5 => Value::Text(self.name.as_str()),
            6 => Value::Text(self.r#type.as_str()),
            7 => Value::Text(self.destination.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<WmiConsumer> for Event {
    fn from(event: WmiConsumer) -> Self {
        Self::WmiConsumer(event)
    }
}

/// A WMI consumer was bound to a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WmiBinding {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// Which of several kinds of change the event reports.
    pub event_type: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Whether the WMI object was created, modified or deleted.
    pub operation: Text,
    /// Name of the user who owns the process.
    pub user: Text,
    /// WMI consumer that was bound.
    pub consumer: Text,
    /// WMI filter that was bound.
    pub filter: Text,
}

impl WmiBinding {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Text(self.event_type.as_str()),
            2 => Value::Time(self.utc_time),
            3 => Value::Text(self.operation.as_str()),
            4 => Value::Text(self.user.as_str()),
            5 => Value::Text(self.consumer.as_str()),
            6 => Value::Text(self.filter.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<WmiBinding> for Event {
    fn from(event: WmiBinding) -> Self {
        Self::WmiBinding(event)
    }
}

/// A process asked for a name in the DNS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsQuery {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Name that was asked for.
    pub query_name: Text,
    /// Result code of the query.
    pub query_status: Text,
    /// Answers to the query, separated by semicolons.
    pub query_results: Text,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl DnsQuery {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.query_name.as_str()),
            5 => Value::Text(self.query_status.as_str()),
            6 => Value::Text(self.query_results.as_str()),
            7 => Value::Text(self.image.as_str()),
            8 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<DnsQuery> for Event {
    fn from(event: DnsQuery) -> Self {
        Self::DnsQuery(event)
    }
}

/// A file was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDelete {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Name of the user who owns the process.
    pub user: Text,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Absolute, normalised path of the file that was touched.
    pub target_filename: Text,
    /// Hashes of the file, `ALGORITHM=hex` joined by commas, the algorithms as configured.
    pub hashes: Text,
    /// Whether the deleted file was a program, by its content or its mode; `-` when it could no longer be told.
    pub is_executable: Option<bool>,
    /// Whether a copy was kept; never on Linux.
    pub archived: Text,
}

impl FileDelete {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.user.as_str()),
            5 => Value::Text(self.image.as_str()),
            6 => Value::Text(self.target_filename.as_str()),
            7 => Value::Text(self.hashes.as_str()),
            8 => self.is_executable.map_or(Value::Absent, Value::Flag),
            9 => Value::Text(self.archived.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<FileDelete> for Event {
    fn from(event: FileDelete) -> Self {
        Self::FileDelete(event)
    }
}

/// The contents of the clipboard changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipboardChange {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Session in which the clipboard changed.
    pub session: u32,
    /// Who is connected to the session, for remote desktops.
    pub client_info: Text,
    /// Hashes of the file, `ALGORITHM=hex` joined by commas, the algorithms as configured.
    pub hashes: Text,
    /// Whether a copy was kept; never on Linux.
    pub archived: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl ClipboardChange {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Number(u64::from(self.session)),
            6 => Value::Text(self.client_info.as_str()),
            7 => Value::Text(self.hashes.as_str()),
            8 => Value::Text(self.archived.as_str()),
            9 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<ClipboardChange> for Event {
    fn from(event: ClipboardChange) -> Self {
        Self::ClipboardChange(event)
    }
}

/// The image of a process was replaced behind its back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessTampering {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Kind of the WMI consumer, or of the tampering.
    pub r#type: Text,
    /// Name of the user who owns the process.
    pub user: Text,
}

impl ProcessTampering {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Text(self.r#type.as_str()),
            6 => Value::Text(self.user.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<ProcessTampering> for Event {
    fn from(event: ProcessTampering) -> Self {
        Self::ProcessTampering(event)
    }
}

/// A file was deleted, and no copy was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDeleteDetected {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Name of the user who owns the process.
    pub user: Text,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Absolute, normalised path of the file that was touched.
    pub target_filename: Text,
    /// Hashes of the file, `ALGORITHM=hex` joined by commas, the algorithms as configured.
    pub hashes: Text,
    /// Whether the deleted file was a program, by its content or its mode; `-` when it could no longer be told.
    pub is_executable: Option<bool>,
}

impl FileDeleteDetected {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.user.as_str()),
            5 => Value::Text(self.image.as_str()),
            6 => Value::Text(self.target_filename.as_str()),
            7 => Value::Text(self.hashes.as_str()),
            8 => self.is_executable.map_or(Value::Absent, Value::Flag),
            _ => Value::Absent,
        }
    }
}

impl From<FileDeleteDetected> for Event {
    fn from(event: FileDeleteDetected) -> Self {
        Self::FileDeleteDetected(event)
    }
}

/// A process loaded or attached an eBPF program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EbpfEvent {
    /// Name of the configuration rule that let the event through; rule authors often put ATT&CK techniques here.
    pub rule_name: Text,
    /// When it happened, by the clock of the machine, in UTC.
    pub utc_time: Timestamp,
    /// Identity of the process, unique over time and machines; the key to join events on.
    pub process_guid: Guid,
    /// Process id as the host sees it; reused by the kernel, so only unique together with a time.
    pub process_id: u32,
    /// Full path of the executed program, links resolved; for a script its interpreter.
    pub image: Text,
    /// Name of the user who owns the process.
    pub user: Text,
    /// Command given to bpf(2), `BPF_PROG_LOAD` or `BPF_PROG_ATTACH`.
    pub bpf_command: Text,
    /// Kernel's name of the program type without its prefix.
    pub bpf_program_type: Text,
    /// Id of the program in the kernel, as bpftool lists it.
    pub bpf_program_id: u32,
    /// Name that the loader gave to the program, at most 15 characters.
    pub bpf_program_name: Text,
}

impl EbpfEvent {
    fn value(&self, position: usize) -> Value<'_> {
        match position {
            0 => Value::Text(self.rule_name.as_str()),
            1 => Value::Time(self.utc_time),
            2 => Value::Guid(self.process_guid),
            3 => Value::Number(u64::from(self.process_id)),
            4 => Value::Text(self.image.as_str()),
            5 => Value::Text(self.user.as_str()),
            6 => Value::Text(self.bpf_command.as_str()),
            7 => Value::Text(self.bpf_program_type.as_str()),
            8 => Value::Number(u64::from(self.bpf_program_id)),
            9 => Value::Text(self.bpf_program_name.as_str()),
            _ => Value::Absent,
        }
    }
}

impl From<EbpfEvent> for Event {
    fn from(event: EbpfEvent) -> Self {
        Self::EbpfEvent(event)
    }
}
