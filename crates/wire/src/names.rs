//! Paths and names as the kernel side sends them.

use crate::bytes::Bytes;
use crate::record::{DecodeError, File};

/// A path as a walk up the directory tree finds it: leaf first, each component ended by a NUL byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path<'a> {
    /// The components.
    pub leaf_first: &'a [u8],
    /// Deeper or longer than the walk's bounds: leading components are missing.
    pub cut: bool,
    /// The leaf had no name any more.
    pub deleted: bool,
    /// It ended at a tree that is mounted nowhere.
    pub detached: bool,
    /// There was nothing to walk.
    pub absent: bool,
}

const CUT: u32 = 1;
const DELETED: u32 = 2;
const DETACHED: u32 = 4;
const ABSENT: u32 = 8;

/// Length and flags of a path, which stand before its bytes.
pub(crate) struct PathHead {
    length: u32,
    flags: u32,
}

impl PathHead {
    pub(crate) fn read(bytes: &mut Bytes<'_>) -> Result<Self, DecodeError> {
        Ok(Self { length: bytes.u32()?, flags: bytes.u32()? })
    }

    pub(crate) fn body<'a>(&self, bytes: &mut Bytes<'a>) -> Result<Path<'a>, DecodeError> {
        Ok(Path {
            leaf_first: bytes.take(self.length as usize)?,
            cut: self.flags & CUT != 0,
            deleted: self.flags & DELETED != 0,
            detached: self.flags & DETACHED != 0,
            absent: self.flags & ABSENT != 0,
        })
    }
}

impl Path<'_> {
    /// Appends the path from the root, `/` between the components: `/` itself for the root directory, nothing
    /// when there is no path. A path that was cut starts with `/.../`, so that it cannot be taken for whole.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        if self.absent {
            return;
        }
        if self.cut {
            out.extend_from_slice(b"/...");
        }
        let body = self.leaf_first.strip_suffix(b"\0").unwrap_or(self.leaf_first);
        if body.is_empty() {
            if !self.cut {
                out.push(b'/');
            }
            return;
        }
        for component in body.rsplit(|byte| *byte == 0) {
            out.push(b'/');
            out.extend_from_slice(component);
        }
    }
}

/// A name as a system call took it: the directory it started at, and the user's string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// Directory of the descriptor, or the working directory.
    pub base: Path<'a>,
    /// The user's string: absolute or relative, not normalised.
    pub name: &'a [u8],
    /// `base` is the whole path, as the kernel resolved it, and `name` is empty.
    pub exact: bool,
}

/// Heads of a place, which stand before its bytes.
pub(crate) struct PlaceHead {
    base: PathHead,
    name_length: u32,
    exact: bool,
}

impl PlaceHead {
    pub(crate) fn read(bytes: &mut Bytes<'_>) -> Result<Self, DecodeError> {
        let base = PathHead::read(bytes)?;
        let name_length = bytes.u32()?;
        let exact = bytes.u32()? != 0;
        Ok(Self { base, name_length, exact })
    }

    pub(crate) fn body<'a>(&self, bytes: &mut Bytes<'a>) -> Result<Place<'a>, DecodeError> {
        let base = self.base.body(bytes)?;
        let name = bytes.take(self.name_length as usize)?;
        Ok(Place { base, name: name.strip_suffix(b"\0").unwrap_or(name), exact: self.exact })
    }
}

/// A file whose change time moved during a call, as it was before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched<'a> {
    /// The file.
    pub file: File,
    /// Inode number of the directory that held the name.
    pub parent_inode: u64,
    /// The name in that directory.
    pub name: &'a [u8],
}

/// At most four files: a rename over an existing file touches the one that moves and the one that goes, and an
/// overlay both its own inodes and those below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TouchedList<'a> {
    files: [Touched<'a>; 4],
    count: usize,
}

/// Bytes of a name in `struct wire_touched`.
const NAME_SIZE: usize = 256;

impl<'a> TouchedList<'a> {
    /// The files.
    pub fn iter(&self) -> impl Iterator<Item = &Touched<'a>> {
        self.files.iter().take(self.count)
    }

    pub(crate) fn read(count: u32, bytes: &mut Bytes<'a>) -> Result<Self, DecodeError> {
        let mut list = Self::default();
        for _ in 0..count {
            let slot = list
                .files
                .get_mut(list.count)
                .ok_or(DecodeError::Unknown { what: "number of touched files", number: count.into() })?;
            slot.file = File::read(bytes)?;
            slot.parent_inode = bytes.u64()?;
            slot.name = bytes.c_string(NAME_SIZE)?;
            list.count += 1;
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    fn turned(path: Path<'_>) -> String {
        let mut out = Vec::new();
        path.append_to(&mut out);
        String::from_utf8(out).expect("the test's paths are UTF-8")
    }

    #[test]
    fn a_path_is_turned_round() {
        let path = |leaf_first| Path { leaf_first, ..Path::default() };
        assert_eq!(turned(path(b"ls\0bin\0usr\0")), "/usr/bin/ls");
        assert_eq!(turned(path(b"memfd:x\0")), "/memfd:x");
        assert_eq!(turned(path(b"")), "/");
        assert_eq!(turned(Path { cut: true, ..path(b"b\0a\0") }), "/.../a/b");
        assert_eq!(turned(Path { absent: true, ..path(b"") }), "");
    }
}
