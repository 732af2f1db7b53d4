//! The state directory: the few small files that outlive the agent.
//!
//! What stands in it decides about identities, so nobody but the agent's own user may write there: the directory
//! is opened once, checked, and every file is reached through that descriptor.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags};

/// A state file is a line or two; more than this is not ours.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The directory for state files, `0700` and ours.
#[derive(Debug)]
pub struct StateDirectory {
    directory: OwnedFd,
    path: PathBuf,
}

/// Why a directory cannot be the state directory.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It cannot be made or opened; a symbolic link is not followed.
    #[error("cannot open the state directory {path}: {source}")]
    Open {
        /// The directory.
        path: PathBuf,
        /// The kernel's answer.
        source: io::Error,
    },
    /// It belongs to another user.
    #[error("the state directory {path} belongs to user {owner}, not to us: remove it or choose another")]
    ForeignOwner {
        /// The directory.
        path: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// Others could write to it, so what it holds cannot be trusted.
    #[error("the state directory {path} can be written by others (mode {mode:03o}): remove it")]
    WritableByOthers {
        /// The directory.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
}

impl StateDirectory {
    /// Opens the directory, and makes it when it is missing (its parent must be there).
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let failed =
            |source: rustix::io::Errno| StateError::Open { path: path.into(), source: source.into() };
        match rustix::fs::mkdir(path, Mode::RWXU) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => {}
            Err(errno) => return Err(failed(errno)),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let directory = rustix::fs::open(path, flags, Mode::empty()).map_err(failed)?;
        let stat = rustix::fs::fstat(&directory).map_err(failed)?;
        if stat.st_uid != rustix::process::geteuid().as_raw() {
            return Err(StateError::ForeignOwner { path: path.into(), owner: stat.st_uid });
        }
        let mode = stat.st_mode & 0o777;
        if mode & 0o022 != 0 {
            return Err(StateError::WritableByOthers { path: path.into(), mode });
        }
        if mode != 0o700 {
            rustix::fs::fchmod(&directory, Mode::RWXU).map_err(failed)?;
        }
        Ok(Self { directory, path: path.into() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a file holds, `None` when there is no such file.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.read_up_to(name, FILE_BYTES_MAX)
    }

    /// The same, of a file that may be longer; what is behind so many bytes is not read.
    pub fn read_up_to(&self, name: &str, most: u64) -> io::Result<Option<Vec<u8>>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.directory, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(errno.into()),
        };
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Opens a file to be overwritten in place, and makes it when it is missing: for what is written so often that a
    /// crash may take the last time away.
    pub fn open_in_place(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        Ok(File::from(rustix::fs::openat(&self.directory, name, flags, mode)?))
    }

    /// Replaces a file as a whole: whoever reads it, also after a crash, finds the old bytes or the new ones.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.replace(name, bytes, &|file| file.sync_all())?;
        rustix::fs::fsync(&self.directory)?;
        Ok(())
    }

    /// The same for what may be lost, without waiting for the disk: after a loss of power the file may be cut.
    pub fn write_unsynced(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.replace(name, bytes, &|_| Ok(()))
    }

    fn replace(&self, name: &str, bytes: &[u8], settle: &dyn Fn(&File) -> io::Result<()>) -> io::Result<()> {
        let temporary = format!("{name}.new");
        // A crash between creation and rename leaves this file; only we can have made it.
        let _ = rustix::fs::unlinkat(&self.directory, &temporary, AtFlags::empty());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let mut file = File::from(rustix::fs::openat(&self.directory, &temporary, flags, mode)?);
        file.write_all(bytes)?;
        settle(&file)?;
        rustix::fs::renameat(&self.directory, &temporary, &self.directory, name)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn it_is_made_private_and_files_are_replaced_whole() {
        let parent = tempfile::tempdir().expect("a temporary directory");
        let path = parent.path().join("state");
        let state = StateDirectory::open(&path).expect("it is made");
        assert_eq!(path.metadata().expect("it is there").permissions().mode() & 0o777, 0o700);
        assert_eq!(state.read("clock").expect("reading works"), None);
        state.write("clock", b"one").expect("writing works");
        std::fs::write(path.join("clock.new"), b"left by a crash").expect("writing works");
        state.write("clock", b"two").expect("writing over a left-over works");
        assert_eq!(state.read("clock").expect("reading works"), Some(b"two".to_vec()));
        let mode = path.join("clock").metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let names = std::fs::read_dir(&path).expect("a directory").count();
        assert_eq!(names, 1, "no temporary file stays");
    }

    #[test]
    fn a_symbolic_link_is_refused() {
        let parent = tempfile::tempdir().expect("a temporary directory");
        let link = parent.path().join("link");
        symlink("/tmp", &link).expect("links can be made");
        assert!(matches!(StateDirectory::open(&link), Err(StateError::Open { .. })));
    }

    #[test]
    fn a_directory_that_others_could_write_is_refused_and_a_readable_one_is_closed() {
        let parent = tempfile::tempdir().expect("a temporary directory");
        let path = parent.path().join("state");
        std::fs::create_dir(&path).expect("it is made");
        let set =
            |mode| std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("it is ours");
        set(0o777);
        assert!(matches!(StateDirectory::open(&path), Err(StateError::WritableByOthers { mode: 0o777, .. })));
        set(0o755);
        StateDirectory::open(&path).expect("nobody else could write");
        assert_eq!(path.metadata().expect("it is there").permissions().mode() & 0o777, 0o700);
    }
}
