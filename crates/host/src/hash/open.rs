//! Opens the very file that was executed.
//!
//! A path is only a hint: what it names may have been replaced. The file behind `/proc/PID/exe` is the right one
//! as long as the process has not executed another, so that is tried first, then the path, seen from our mount
//! namespace or from the process's. Whatever is found counts only when its inode is the one that the kernel side
//! has told of, with the same size, and unchanged since.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::fs::{CWD, FileType, Mode, OFlags, RawMode, ResolveFlags, Stat, openat2};

use crate::hash::Request;
use crate::namespace::{self, Namespaces};
use crate::proc;

/// File systems whose `stat` tells another device than the kernel's super block has.
const DEVICE_DIFFERS: [u64; 3] = [
    0x794c_7630, // overlayfs: the device of the lower file system, or one made up for it
    0x9123_683e, // btrfs: one made up for each subvolume
    0xca45_1a4e, // bcachefs: likewise
];

/// An open file and what must hold when it has been read.
pub(crate) struct Opened {
    pub(crate) file: File,
    pub(crate) stamp: Stamp,
    witness: Option<Witness>,
}

/// What changes when a file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    device: u64,
    size: u64,
    pub(crate) ctime_ns: u64,
    mtime_ns: u64,
    links: u64,
}

/// The process that executes the file: while it does, the kernel lets nobody write to the file.
#[derive(Debug, Clone)]
struct Witness {
    pid: u32,
    stat: proc::Stat,
}

impl Witness {
    /// Whether the process still executes what it did; another exec would have moved its stack.
    fn is_there(&self) -> bool {
        proc::stat(self.pid)
            .is_some_and(|now| now.start_ticks == self.stat.start_ticks && now.stack == self.stat.stack)
    }
}

/// Opens files for requests, and remembers which process shows which mount namespace.
#[derive(Debug)]
pub(crate) struct Opener {
    own_namespace: Option<u32>,
    namespaces: Namespaces,
}

impl Opener {
    pub(crate) fn new() -> Self {
        Self { own_namespace: namespace::own(), namespaces: Namespaces::default() }
    }

    /// The file that was executed, `None` when it can no longer be had.
    pub(crate) fn open(&mut self, request: &Request) -> Option<Opened> {
        open_running(request).or_else(|| self.open_path(request))
    }

    fn open_path(&mut self, request: &Request) -> Option<Opened> {
        let path = request.path.as_slice();
        if !path.starts_with(b"/") {
            return None;
        }
        if self.own_namespace == Some(request.mount_namespace) {
            let place = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok()?;
            return opened(place.as_fd(), request, None);
        }
        let pid = self.namespaces.process_in(request.mount_namespace)?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(format!("/proc/{pid}/root"), flags, Mode::empty()).ok()?;
        // A symbolic link in there means what it means in there.
        let place =
            openat2(&root, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty(), ResolveFlags::IN_ROOT)
                .ok()?;
        opened(place.as_fd(), request, None)
    }
}

impl Opened {
    /// Whether what was read is what was executed. A file may lose or gain names meanwhile, as droppers remove
    /// themselves: that changes its change time too, and is told apart from a write by the process that still
    /// executes it.
    pub(crate) fn is_unchanged(&self) -> bool {
        let Some(now) = rustix::fs::fstat(&self.file).ok().map(|stat| Stamp::of(&stat)) else {
            return false;
        };
        now == self.stamp
            || (now.differs_only_in_names(&self.stamp)
                && self.witness.as_ref().is_some_and(Witness::is_there))
    }
}

impl Stamp {
    #[allow(clippy::useless_conversion, reason = "a count of links has 32 bits on arm64")]
    pub(crate) fn of(stat: &Stat) -> Self {
        Self {
            inode: stat.st_ino,
            device: stat.st_dev,
            size: stat.st_size as u64,
            ctime_ns: nanoseconds(stat.st_ctime, stat.st_ctime_nsec as i64),
            mtime_ns: nanoseconds(stat.st_mtime, stat.st_mtime_nsec as i64),
            links: stat.st_nlink.into(),
        }
    }

    fn differs_only_in_names(&self, other: &Self) -> bool {
        self.links != other.links && Self { ctime_ns: other.ctime_ns, links: other.links, ..*self } == *other
    }
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> u64 {
    (seconds * 1_000_000_000 + nanoseconds) as u64
}

/// Opens what the process executes, when it is still that process.
fn open_running(request: &Request) -> Option<Opened> {
    let pid = request.identity.pid;
    let stat = proc::stat_of(&request.identity)?;
    let place =
        rustix::fs::open(format!("/proc/{pid}/exe"), OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let witness = Witness { pid, stat };
    let found = opened(place.as_fd(), request, Some(witness.clone()))?;
    // The witness must have executed this file before and after the opening, without another exec between.
    witness.is_there().then_some(found)
}

/// Opens a place for reading when it is the file that was executed. The place itself was opened without touching
/// what is there, so that a device or a FIFO put in the way is never opened.
fn opened(place: BorrowedFd<'_>, request: &Request, witness: Option<Witness>) -> Option<Opened> {
    let stat = rustix::fs::fstat(place).ok()?;
    if FileType::from_raw_mode(stat.st_mode as RawMode) != FileType::RegularFile {
        return None;
    }
    let stamp = Stamp::of(&stat);
    if !is_expected(place, &stat, &stamp, request, witness.is_some()) {
        return None;
    }
    let file = reopen(place).ok()?;
    let again = Stamp::of(&rustix::fs::fstat(&file).ok()?);
    (again == stamp).then_some(Opened { file, stamp, witness })
}

/// Opens a place for reading.
fn reopen(place: BorrowedFd<'_>) -> io::Result<File> {
    use std::os::fd::AsRawFd;
    let path = format!("/proc/self/fd/{}", place.as_raw_fd());
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::openat(CWD, path, flags, Mode::empty())?))
}

fn is_expected(
    place: BorrowedFd<'_>,
    stat: &Stat,
    stamp: &Stamp,
    request: &Request,
    has_witness: bool,
) -> bool {
    let file = &request.file;
    let same_file = stamp.inode == file.inode && stamp.size == file.size;
    let unchanged = stamp.ctime_ns == file.ctime_ns;
    let renamed = has_witness && stamp.links != u64::from(file.links);
    same_file && (unchanged || renamed) && is_same_device(place, stat, file.device)
}

fn is_same_device(place: BorrowedFd<'_>, stat: &Stat, device: u32) -> bool {
    let (major, minor) = (rustix::fs::major(stat.st_dev), rustix::fs::minor(stat.st_dev));
    if major << 20 | minor == device {
        return true;
    }
    rustix::fs::fstatfs(place).is_ok_and(|fs| DEVICE_DIFFERS.contains(&(fs.f_type as u64)))
}
