//! What every record starts with: header, task, file.

use crate::bytes::Bytes;
use crate::fact::Fact;

/// Nanoseconds since the system booted, suspended time included (`CLOCK_BOOTTIME`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BootTime(pub u64);

/// `WIRE_UNNUMBERED`.
const UNNUMBERED: u64 = u64::MAX;

/// What kind of record it is, and the name under which its losses are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A process that was found running.
    Seed,
    /// A new process.
    Fork,
    /// A new image in a process.
    Exec,
    /// The end of a process.
    Exit,
    /// A file created or overwritten, or a raw device opened.
    FileOpen,
    /// A file whose name was made, moved or removed.
    FileName,
    /// A connection, or the first datagram between two addresses.
    Network,
    /// One process began to trace another.
    Ptrace,
    /// An eBPF program was loaded or attached.
    Bpf,
}

impl Kind {
    /// All kinds, in the order of their numbers on the wire, which start at 1.
    pub const ALL: [Self; 9] = [
        Self::Seed,
        Self::Fork,
        Self::Exec,
        Self::Exit,
        Self::FileOpen,
        Self::FileName,
        Self::Network,
        Self::Ptrace,
        Self::Bpf,
    ];

    /// The kind with this number on the wire.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }
}

/// The first part of each record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What kind of record follows.
    pub kind: Kind,
    /// The CPU that wrote it.
    pub cpu: u16,
    /// Counts each record this CPU tried to write, lost ones too; nothing for one that came by another way than the ring.
    pub sequence: Option<u64>,
    /// When it happened.
    pub time: BootTime,
}

/// A process image: unique while the system is up, over exec in place and over reuse of process ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// Thread group id in the initial pid namespace.
    pub pid: u32,
    /// Start of the thread group's leader.
    pub start: BootTime,
    /// Grows by one with each successful exec and is inherited by fork.
    pub exec_id: u64,
}

/// Facts about a task as single bits; unknown bits are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskFlags(pub u32);

impl TaskFlags {
    /// A thread of the kernel itself.
    pub fn kernel_thread(self) -> bool {
        self.0 & 1 != 0
    }

    /// The system call came through the 32-bit entry.
    pub fn compat(self) -> bool {
        self.0 & 2 != 0
    }

    /// Its root directory is not the root of its mount namespace.
    pub fn chroot(self) -> bool {
        self.0 & 4 != 0
    }
}

/// Who acted: a process image, the thread of it, and its credentials at that moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Task {
    /// The process image.
    pub identity: Identity,
    /// The thread, in the initial pid namespace.
    pub tid: u32,
    /// Real user id, in the initial user namespace.
    pub uid: u32,
    /// Effective user id, in the initial user namespace.
    pub euid: u32,
    /// Audit login uid; 4294967295 when unset.
    pub login_uid: u32,
    /// Audit session; 4294967295 when unset.
    pub session_id: u32,
    /// Inode number of the mount namespace.
    pub mount_namespace: u32,
    /// Further facts.
    pub flags: TaskFlags,
}

/// Which file it is, beyond its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct File {
    /// Inode number; 0 when nothing is known.
    pub inode: u64,
    /// Size in bytes.
    pub size: u64,
    /// Time of the last change of the inode, nanoseconds since the Unix epoch.
    pub ctime_ns: u64,
    /// Device of the file system in the kernel's form, `major << 20 | minor`.
    pub device: u32,
    /// Type and permissions, as `st_mode`.
    pub mode: u32,
    /// Number of names.
    pub links: u32,
    /// Of a device node, the device it stands for, in the kernel's form.
    pub raw_device: u32,
}

/// One record: the header and what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When and where it was written.
    pub header: Header,
    /// What happened.
    pub fact: Fact<'a>,
}

/// Why bytes are not a record. The record is lost and counted; the stream goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Fewer bytes than its parts need.
    #[error("the record is shorter than its parts")]
    Short,
    /// The size in the header is not the number of bytes.
    #[error("the record says {said} bytes and has {has}")]
    Size {
        /// The size in the header.
        said: u32,
        /// The bytes that are there.
        has: usize,
    },
    /// A number that this version does not know.
    #[error("{what} {number} is unknown")]
    Unknown {
        /// What the number stands for.
        what: &'static str,
        /// The number.
        number: u64,
    },
}

/// Parses the bytes of one record.
pub fn decode(bytes: &[u8]) -> Result<Record<'_>, DecodeError> {
    let has = bytes.len();
    let mut bytes = Bytes::new(bytes);
    let (said, header) = Header::read(&mut bytes)?;
    if said as usize != has {
        return Err(DecodeError::Size { said, has });
    }
    let fact = Fact::read(header.kind, &mut bytes)?;
    Ok(Record { header, fact })
}

// Each part of fixed size is taken at once, so that its length is asked for once and not for each of its numbers.

impl Header {
    fn read(bytes: &mut Bytes<'_>) -> Result<(u32, Self), DecodeError> {
        let part = bytes.array::<24>()?;
        let mut bytes = Bytes::new(&part);
        let size = bytes.u32()?;
        let number = bytes.u16()?;
        let kind = Kind::from_number(number)
            .ok_or(DecodeError::Unknown { what: "record kind", number: number.into() })?;
        let cpu = bytes.u16()?;
        let sequence = Some(bytes.u64()?).filter(|sequence| *sequence != UNNUMBERED);
        let time = BootTime(bytes.u64()?);
        Ok((size, Self { kind, cpu, sequence, time }))
    }
}

impl Task {
    pub(crate) fn read(bytes: &mut Bytes<'_>) -> Result<Self, DecodeError> {
        let part = bytes.array::<48>()?;
        let mut bytes = Bytes::new(&part);
        let start = BootTime(bytes.u64()?);
        let exec_id = bytes.u64()?;
        let pid = bytes.u32()?;
        Ok(Self {
            identity: Identity { pid, start, exec_id },
            tid: bytes.u32()?,
            uid: bytes.u32()?,
            euid: bytes.u32()?,
            login_uid: bytes.u32()?,
            session_id: bytes.u32()?,
            mount_namespace: bytes.u32()?,
            flags: TaskFlags(bytes.u32()?),
        })
    }
}

impl File {
    pub(crate) fn read(bytes: &mut Bytes<'_>) -> Result<Self, DecodeError> {
        let part = bytes.array::<40>()?;
        let mut bytes = Bytes::new(&part);
        Ok(Self {
            inode: bytes.u64()?,
            size: bytes.u64()?,
            ctime_ns: bytes.u64()?,
            device: bytes.u32()?,
            mode: bytes.u32()?,
            links: bytes.u32()?,
            raw_device: bytes.u32()?,
        })
    }
}
