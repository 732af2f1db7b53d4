//! What the kernel side asks before it sends a deed, beside who does it: `bpf/lib/filter.h`.
//!
//! User space makes keys of texts, as rules and events have them; the kernel side makes keys of its own objects, and
//! leaves a deed out when it finds one. [`asked_of_name`] and [`asked_of_network`] say what it asks of a record, so
//! that a test can hold both sides together without a kernel.

use std::net::{IpAddr, SocketAddr};

use crate::fact::{Direction, FileName, FileOpen, NameDeed, Network, OpenDeed};
use crate::names::Path;
use crate::unwanted::Unwanted;

/// `FILTER_PATH_MAX`.
const NAME_MAX: usize = 128;

/// `FILTER_ENDING_MAX`.
const ENDING_MAX: usize = 16;

/// `enum wire_filter`.
const FOLDER: u16 = 1;
const ENDING: u16 = 2;
const SOURCE_PORT: u16 = 3;
const DESTINATION_PORT: u16 = 4;
const SOURCE_ADDRESS: u16 = 5;
const DESTINATION_ADDRESS: u16 = 6;

const RENAME_EXCHANGE: u32 = 2;

/// A part of a file's path: `struct filter_name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameKey(pub [u8; 4 + NAME_MAX]);

/// Something of one end of a connection: `struct filter_end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EndKey(pub [u8; 20]);

/// One of the two ends of a connection, as events have them: the source began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Who began.
    Source,
    /// Who was spoken to.
    Destination,
}

impl NameKey {
    /// Files right in this folder, which is written without a slash at its end. Nothing for a folder that the kernel
    /// side does not write plainly, or that is too long.
    pub fn folder(folder: &str) -> Option<Self> {
        let mut bytes = [0; NAME_MAX];
        let length = leaf_first(folder, &mut bytes)?;
        Some(Self::new(FOLDER, length, &bytes))
    }

    /// Files whose names end so; the ending begins with its only dot.
    pub fn ending(ending: &str) -> Option<Self> {
        let is_plain = ending.starts_with('.') && ending.is_ascii() && !ending[1..].contains(['.', '/']);
        if !is_plain || ending.len() > ENDING_MAX {
            return None;
        }
        let mut bytes = [0; NAME_MAX];
        bytes[ENDING_MAX - ending.len()..ENDING_MAX].copy_from_slice(ending.as_bytes());
        Some(Self::new(ENDING, ENDING_MAX, &bytes))
    }

    /// The kind, by which the kernel side knows whether there is anything to ask.
    pub fn kind(&self) -> u32 {
        1 << u16::from_ne_bytes([self.0[0], self.0[1]])
    }

    fn new(kind: u16, length: usize, bytes: &[u8; NAME_MAX]) -> Self {
        let mut key = [0; 4 + NAME_MAX];
        key[..2].copy_from_slice(&kind.to_ne_bytes());
        key[2..4].copy_from_slice(&(length as u16).to_ne_bytes());
        key[4..].copy_from_slice(bytes);
        Self(key)
    }
}

impl EndKey {
    /// This port of this end.
    pub fn port(end: End, port: u16) -> Self {
        let kind = match end {
            End::Source => SOURCE_PORT,
            End::Destination => DESTINATION_PORT,
        };
        Self::new(kind, port, [0; 16])
    }

    /// This address of this end.
    pub fn address(end: End, address: IpAddr) -> Self {
        let kind = match end {
            End::Source => SOURCE_ADDRESS,
            End::Destination => DESTINATION_ADDRESS,
        };
        match address {
            IpAddr::V4(address) => {
                let mut bytes = [0; 16];
                bytes[..4].copy_from_slice(&address.octets());
                Self::new(kind, 2, bytes)
            }
            IpAddr::V6(address) => Self::new(kind, 10, address.octets()),
        }
    }

    /// The kind, by which the kernel side knows whether there is anything to ask.
    pub fn kind(&self) -> u32 {
        1 << u16::from_ne_bytes([self.0[0], self.0[1]])
    }

    fn new(kind: u16, number: u16, address: [u8; 16]) -> Self {
        let mut key = [0; 20];
        key[..2].copy_from_slice(&kind.to_ne_bytes());
        key[2..4].copy_from_slice(&number.to_ne_bytes());
        key[4..].copy_from_slice(&address);
        Self(key)
    }
}

/// A path as the kernel side writes it, and how long that is: only of one that is absolute, of components that are not
/// empty, and without the sign that stands for what is not text.
pub fn leaf_first(path: &str, bytes: &mut [u8; NAME_MAX]) -> Option<usize> {
    let rest = path.strip_prefix('/')?;
    if path.len() >= NAME_MAX || path.contains('\u{fffd}') || rest.split('/').any(str::is_empty) {
        return None;
    }
    let mut at = 0;
    for component in rest.rsplit('/') {
        bytes[at..at + component.len()].copy_from_slice(component.as_bytes());
        at += component.len() + 1;
    }
    Some(at)
}

/// What the kernel side asks before it sends a file that was opened, and which deeds have to be unwanted.
pub fn asked_of_open(open: &FileOpen<'_>) -> (Unwanted, Vec<NameKey>) {
    match open.deed {
        OpenDeed::Created | OpenDeed::Overwritten => (Unwanted::FILE_CREATE, asked_of_path(&open.path)),
        OpenDeed::RawDevice => (Unwanted::RAW_DEVICE, Vec::new()),
    }
}

/// The same of a change of names, which is told by the kernel's own object or is not asked about.
pub fn asked_of_name(name: &FileName<'_>) -> (Unwanted, Vec<NameKey>) {
    let (deeds, place) = match name.deed {
        NameDeed::Unlink => (Unwanted::FILE_DELETE, &name.from),
        NameDeed::Truncate => (Unwanted::FILE_CREATE, &name.from),
        NameDeed::Rename => (Unwanted::FILE_CREATE.and(Unwanted::FILE_DELETE), &name.to),
        NameDeed::Link | NameDeed::Symlink | NameDeed::Mknod => (Unwanted::FILE_CREATE, &name.to),
    };
    let two_names = name.deed == NameDeed::Rename && name.call_flags & RENAME_EXCHANGE != 0;
    let keys = if place.exact && !two_names { asked_of_path(&place.base) } else { Vec::new() };
    (deeds, keys)
}

/// And of a connection.
pub fn asked_of_network(network: &Network) -> (Unwanted, Vec<EndKey>) {
    let (source, destination) = match network.direction {
        Direction::Out => (network.local, network.remote),
        Direction::In => (network.remote, network.local),
    };
    let of =
        |end, address: SocketAddr| [EndKey::port(end, address.port()), EndKey::address(end, address.ip())];
    (Unwanted::NETWORK, [of(End::Source, source), of(End::Destination, destination)].concat())
}

fn asked_of_path(path: &Path<'_>) -> Vec<NameKey> {
    let mut keys = Vec::new();
    if path.cut || path.detached || path.absent {
        return keys;
    }
    let Some(leaf) = path.leaf_first.iter().position(|byte| *byte == 0) else { return keys };
    let folder = &path.leaf_first[leaf + 1..];
    if !folder.is_empty() && folder.len() < NAME_MAX {
        let mut bytes = [0; NAME_MAX];
        bytes[..folder.len()].copy_from_slice(folder);
        keys.push(NameKey::new(FOLDER, folder.len(), &bytes));
    }
    let name = &path.leaf_first[..leaf];
    let tail = &name[name.len().saturating_sub(ENDING_MAX)..];
    if let Some(dot) = tail.iter().rposition(|byte| *byte == b'.') {
        let ending = &tail[dot..];
        let mut bytes = [0; NAME_MAX];
        bytes[ENDING_MAX - ending.len()..ENDING_MAX].copy_from_slice(ending);
        keys.push(NameKey::new(ENDING, ENDING_MAX, &bytes));
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_mean_the_same_kinds() {
        let header = include_str!("../../../bpf/wire.h");
        for (name, number) in [
            ("FOLDER", FOLDER),
            ("ENDING", ENDING),
            ("SOURCE_PORT", SOURCE_PORT),
            ("DESTINATION_PORT", DESTINATION_PORT),
            ("SOURCE_ADDRESS", SOURCE_ADDRESS),
            ("DESTINATION_ADDRESS", DESTINATION_ADDRESS),
        ] {
            let line = format!("WIRE_FILTER_{name} = {number},");
            assert!(header.contains(&line), "bpf/wire.h has no line {line}");
        }
        assert_eq!(header.matches("\tWIRE_FILTER_").count(), 6);
    }

    #[test]
    fn a_path_is_keyed_from_the_leaf_up() {
        let mut bytes = [0; NAME_MAX];
        assert_eq!(leaf_first("/usr/bin/cc1", &mut bytes), Some(12));
        assert_eq!(&bytes[..16], b"cc1\0bin\0usr\0\0\0\0\0");
        for unfit in [
            "",
            "cc1",
            "/",
            "//x",
            "/usr//cc1",
            "/usr/",
            "/usr/\u{fffd}",
            &format!("/{}", "x".repeat(NAME_MAX)),
        ] {
            assert_eq!(leaf_first(unfit, &mut bytes), None, "{unfit:?}");
        }
    }

    #[test]
    fn both_sides_make_the_same_keys_of_a_path() {
        let asked = |leaf_first: &[u8]| asked_of_path(&Path { leaf_first, ..Path::default() });
        let key = |key: Option<NameKey>| key.expect("a plain part of a path");
        let folder = key(NameKey::folder("/var/log"));
        assert_eq!(asked(b"a.log\0log\0var\0"), [folder, key(NameKey::ending(".log"))]);
        assert_eq!(asked(b".x\0log\0var\0"), [folder, key(NameKey::ending(".x"))]);
        assert_eq!(asked(b"a.tar.gz\0log\0var\0"), [folder, key(NameKey::ending(".gz"))]);
        assert_eq!(
            asked(b"a.sixteen-letters\0log\0var\0"),
            [folder, key(NameKey::ending(".sixteen-letters"))]
        );
        assert_eq!(asked(b"a.seventeen-letters\0log\0var\0"), [folder]);
        assert_eq!(asked(b"plain\0log\0var\0"), [folder]);
        // Right below the root there is no folder to be asked about.
        assert_eq!(asked(b"a.o\0"), [key(NameKey::ending(".o"))]);
        assert_eq!(asked(&[&b"x\0"[..], &[b'y'; NAME_MAX], b"\0"].concat()), []);
        for unfit in ["log", ".a.b", ".a/b", ".ä", ".seventeen-letters", ""] {
            assert_eq!(NameKey::ending(unfit), None, "{unfit:?}");
        }
    }

    #[test]
    fn a_path_that_is_not_whole_is_not_asked_about() {
        let whole = Path { leaf_first: b"a.o\0tmp\0", ..Path::default() };
        assert_eq!(asked_of_path(&Path { deleted: true, ..whole }).len(), 2);
        for path in
            [Path { cut: true, ..whole }, Path { detached: true, ..whole }, Path { absent: true, ..whole }]
        {
            assert_eq!(asked_of_path(&path), []);
        }
    }
}
