//! A file that is read on as it grows, across rotations.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::time::Timespec;

/// The kernel tells when something happens in the folder; on file systems of other machines it cannot, so the file is
/// looked at this often too.
const PATIENCE: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };

/// The growing file. A read at its end waits; it never ends by itself.
pub struct Followed {
    path: PathBuf,
    file: File,
    position: u64,
    notices: OwnedFd,
    /// Whether all that there is has been read: then the next read waits.
    caught_up: Rc<Cell<bool>>,
}

impl Followed {
    /// Opens a file and watches its folder: there also a new file of this name appears.
    pub fn open(path: &Path, caught_up: Rc<Cell<bool>>) -> io::Result<Self> {
        let notices = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let what = WatchFlags::MODIFY | WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ONLYDIR;
        inotify::add_watch(&notices, folder, what)?;
        caught_up.set(std::fs::metadata(path)?.len() == 0);
        Ok(Self { path: path.to_owned(), file: File::open(path)?, position: 0, notices, caught_up })
    }

    /// Whether there is another file to read: a new one under the name, or the same one, emptied.
    fn turn_over(&mut self) -> io::Result<bool> {
        let ours = self.file.metadata()?;
        if ours.len() < self.position {
            self.position = self.file.seek(SeekFrom::Start(0))?;
            return Ok(true);
        }
        // Between rename and creation there is no file: the next notice tells when there is.
        let Ok(next) = File::open(&self.path) else { return Ok(false) };
        let named = next.metadata()?;
        if (named.dev(), named.ino()) == (ours.dev(), ours.ino()) {
            return Ok(false);
        }
        self.file = next;
        self.position = 0;
        Ok(true)
    }

    fn wait(&self) -> io::Result<()> {
        let mut room = [MaybeUninit::uninit(); 4096];
        match poll(&mut [PollFd::new(&self.notices, PollFlags::IN)], Some(&PATIENCE)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let mut notices = inotify::Reader::new(&self.notices, &mut room);
        // What the notices say does not matter: after one of them the file is looked at.
        while notices.next().is_ok() {}
        Ok(())
    }
}

impl Read for Followed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = self.file.read(buffer)?;
            self.position += length as u64;
            if length > 0 {
                self.caught_up.set(self.position >= self.file.metadata()?.len());
                return Ok(length);
            }
            // What was written to the old file between the read and the look belongs before the new one.
            if !self.turn_over()? {
                self.wait()?;
            }
        }
    }
}
