//! What happened: one struct per kind of record.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::bytes::Bytes;
use crate::names::{Path, PathHead, Place, PlaceHead, TouchedList};
use crate::record::{DecodeError, File, Kind, Task};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// A process was found running.
    Seed(Image<'a>),
    /// A process executed a new image.
    Exec(Image<'a>),
    /// A process was made.
    Fork(Fork),
    /// A process ended.
    Exit(Exit),
    /// A file was created or overwritten by opening it, or a raw device was opened.
    FileOpen(FileOpen<'a>),
    /// A name was made, moved or removed.
    FileName(FileName<'a>),
    /// Two addresses began to talk.
    Network(Network),
    /// A process was attached to.
    Ptrace(Ptrace),
    /// An eBPF program was loaded or attached.
    Bpf(Bpf<'a>),
}

/// A process and what it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image<'a> {
    /// The process, with the identity of this image.
    pub task: Task,
    /// Its real parent, never a tracer.
    pub parent: Task,
    /// The file that is executed: the interpreter of a script.
    pub file: File,
    /// Id of its cgroup (version 2).
    pub cgroup_id: u64,
    /// Path of that file.
    pub image: Path<'a>,
    /// Working directory.
    pub directory: Path<'a>,
    /// Arguments, each ended by a NUL byte.
    pub arguments: &'a [u8],
    /// Bytes of arguments that the process has; more than `arguments` holds when they were cut.
    pub arguments_total: u32,
    /// Index of the controlling pseudo terminal.
    pub tty: Option<u32>,
    /// The kernel's short name for it.
    pub comm: &'a [u8],
}

/// A process was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The child.
    pub task: Task,
    /// Its real parent: the maker, or with `CLONE_PARENT` the maker's parent.
    pub parent: Task,
}

/// The last thread of a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The process; the thread is the last one.
    pub task: Task,
    /// As `wait(2)` encodes it.
    pub exit_code: u32,
}

/// How an opened file came to be of interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenDeed {
    /// It did not exist before.
    Created,
    /// It was cut to nothing.
    Overwritten,
    /// It is a block device.
    RawDevice,
}

/// A file was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOpen<'a> {
    /// Who opened it.
    pub task: Task,
    /// The file.
    pub file: File,
    /// Why it is of interest.
    pub deed: OpenDeed,
    /// Flags of the open file.
    pub open_flags: u32,
    /// Its path.
    pub path: Path<'a>,
}

/// What was done with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameDeed {
    /// `unlink`, `unlinkat`.
    Unlink,
    /// `rename`, `renameat`, `renameat2`.
    Rename,
    /// `link`, `linkat`.
    Link,
    /// `symlink`, `symlinkat`.
    Symlink,
    /// `mknod`, `mknodat`.
    Mknod,
    /// `truncate` to nothing.
    Truncate,
}

/// A name was made, moved or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName<'a> {
    /// Who did it.
    pub task: Task,
    /// What was done.
    pub deed: NameDeed,
    /// `AT_*` of unlinkat and linkat, `RENAME_*` of renameat2, mode of mknod.
    pub call_flags: u32,
    /// The file that goes, or the old name.
    pub from: Place<'a>,
    /// The new name.
    pub to: Place<'a>,
    /// The files whose change time moved; `None` when this kernel does not tell.
    pub touched: Option<TouchedList<'a>>,
}

/// Transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// Who began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The process connected or sent.
    Out,
    /// The process accepted or received.
    In,
}

/// Two addresses began to talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The process at the local end.
    pub task: Task,
    /// Transport protocol.
    pub protocol: Protocol,
    /// Who began.
    pub direction: Direction,
    /// The local end. An IPv6 socket keeps its family: a mapped IPv4 address stays mapped.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
    /// Inode number of the network namespace.
    pub network_namespace: u32,
}

/// A process was attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ptrace {
    /// The tracer.
    pub task: Task,
    /// The process that is traced.
    pub target: Task,
    /// `PTRACE_ATTACH` or `PTRACE_SEIZE`.
    pub request: u64,
}

/// An eBPF program was loaded or attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bpf<'a> {
    /// Who did it.
    pub task: Task,
    /// `enum bpf_cmd`.
    pub command: u32,
    /// `enum bpf_prog_type`.
    pub program_type: u32,
    /// The program's id, as `bpftool prog` shows it.
    pub program_id: u32,
    /// `enum bpf_attach_type` of an attach.
    pub attach_type: u32,
    /// The program's name, at most 15 bytes.
    pub name: &'a [u8],
}

impl<'a> Fact<'a> {
    pub(crate) fn read(kind: Kind, bytes: &mut Bytes<'a>) -> Result<Self, DecodeError> {
        Ok(match kind {
            Kind::Seed => Self::Seed(Image::read(bytes)?),
            Kind::Exec => Self::Exec(Image::read(bytes)?),
            Kind::Fork => Self::Fork(Fork { task: Task::read(bytes)?, parent: Task::read(bytes)? }),
            Kind::Exit => Self::Exit(Exit { task: Task::read(bytes)?, exit_code: bytes.u32()? }),
            Kind::FileOpen => Self::FileOpen(FileOpen::read(bytes)?),
            Kind::FileName => Self::FileName(FileName::read(bytes)?),
            Kind::Network => Self::Network(Network::read(bytes)?),
            Kind::Ptrace => Self::Ptrace(Ptrace {
                task: Task::read(bytes)?,
                target: Task::read(bytes)?,
                request: bytes.u64()?,
            }),
            Kind::Bpf => Self::Bpf(Bpf::read(bytes)?),
        })
    }

    /// Who acted.
    pub fn task(&self) -> &Task {
        match self {
            Self::Seed(image) | Self::Exec(image) => &image.task,
            Self::Fork(fork) => &fork.task,
            Self::Exit(exit) => &exit.task,
            Self::FileOpen(open) => &open.task,
            Self::FileName(name) => &name.task,
            Self::Network(network) => &network.task,
            Self::Ptrace(ptrace) => &ptrace.task,
            Self::Bpf(bpf) => &bpf.task,
        }
    }
}

impl<'a> Image<'a> {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, DecodeError> {
        let task = Task::read(bytes)?;
        let parent = Task::read(bytes)?;
        let file = File::read(bytes)?;
        let cgroup_id = bytes.u64()?;
        let image = PathHead::read(bytes)?;
        let directory = PathHead::read(bytes)?;
        let arguments_length = bytes.u32()?;
        let arguments_total = bytes.u32()?;
        let tty = Some(bytes.u32()?).filter(|index| *index != u32::MAX);
        let comm = bytes.c_string(16)?;
        bytes.u32()?;
        Ok(Self {
            task,
            parent,
            file,
            cgroup_id,
            image: image.body(bytes)?,
            directory: directory.body(bytes)?,
            arguments: bytes.take(arguments_length as usize)?,
            arguments_total,
            tty,
            comm,
        })
    }
}

impl<'a> FileOpen<'a> {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, DecodeError> {
        let task = Task::read(bytes)?;
        let file = File::read(bytes)?;
        let deed = match bytes.u32()? {
            1 => OpenDeed::Created,
            2 => OpenDeed::Overwritten,
            3 => OpenDeed::RawDevice,
            number => return Err(DecodeError::Unknown { what: "open deed", number: number.into() }),
        };
        let open_flags = bytes.u32()?;
        let path = PathHead::read(bytes)?.body(bytes)?;
        Ok(Self { task, file, deed, open_flags, path })
    }
}

impl<'a> FileName<'a> {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, DecodeError> {
        let task = Task::read(bytes)?;
        let deed = match bytes.u32()? {
            1 => NameDeed::Unlink,
            2 => NameDeed::Rename,
            3 => NameDeed::Link,
            4 => NameDeed::Symlink,
            5 => NameDeed::Mknod,
            6 => NameDeed::Truncate,
            number => return Err(DecodeError::Unknown { what: "name deed", number: number.into() }),
        };
        let call_flags = bytes.u32()?;
        let from = PlaceHead::read(bytes)?;
        let to = PlaceHead::read(bytes)?;
        let touched_count = bytes.u32()?;
        let touched_known = bytes.u32()? != 0;
        let touched = TouchedList::read(touched_count, bytes)?;
        Ok(Self {
            task,
            deed,
            call_flags,
            from: from.body(bytes)?,
            to: to.body(bytes)?,
            touched: touched_known.then_some(touched),
        })
    }
}

impl Network {
    fn read(bytes: &mut Bytes<'_>) -> Result<Self, DecodeError> {
        let task = Task::read(bytes)?;
        let family = bytes.u16()?;
        let protocol = match bytes.u16()? {
            6 => Protocol::Tcp,
            17 => Protocol::Udp,
            number => return Err(DecodeError::Unknown { what: "protocol", number: number.into() }),
        };
        let direction = match bytes.u16()? {
            1 => Direction::Out,
            2 => Direction::In,
            number => return Err(DecodeError::Unknown { what: "direction", number: number.into() }),
        };
        let local_port = bytes.u16()?;
        let remote_port = bytes.u16()?;
        bytes.u16()?;
        let network_namespace = bytes.u32()?;
        let local = SocketAddr::new(address(family, bytes.array()?)?, local_port);
        let remote = SocketAddr::new(address(family, bytes.array()?)?, remote_port);
        Ok(Self { task, protocol, direction, local, remote, network_namespace })
    }
}

/// An address of a socket of this family (2 is `AF_INET`, 10 is `AF_INET6`).
fn address(family: u16, bytes: [u8; 16]) -> Result<IpAddr, DecodeError> {
    match family {
        2 => Ok(Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]).into()),
        10 => Ok(Ipv6Addr::from(bytes).into()),
        number => Err(DecodeError::Unknown { what: "address family", number: number.into() }),
    }
}

impl<'a> Bpf<'a> {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            task: Task::read(bytes)?,
            command: bytes.u32()?,
            program_type: bytes.u32()?,
            program_id: bytes.u32()?,
            attach_type: bytes.u32()?,
            name: bytes.c_string(16)?,
        })
    }
}
