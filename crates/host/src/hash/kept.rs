//! Hashes that outlive the agent, in a file of its state directory.
//!
//! An entry is the key of an executed file (device, inode, size and change time, as the kernel told them) with its
//! hashes. It holds for as long as the file has this key: whoever writes to a file, or changes anything else about it,
//! moves its change time, which no call of the system can set. Only who writes to the disk itself, or sets the machine's
//! clock, could change a content and keep the key, and may do worse.
//!
//! A key says nothing without the file system it is of. Device numbers are given anew at each boot, so each device stands
//! in the file with the type and the id of its file system, and its entries count only where that is mounted again. File
//! systems without a block device are left out: their numbers are those of the next that is mounted, and one that a
//! program serves (FUSE) says of a file's times what it likes.
//!
//! The file is a cache. One that is damaged, too long, or of another form is not read at all, and said so.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use tuxmon_event::Text;

use super::digest::Algorithms;
use super::{Key, hash_bytes};
use crate::state::StateDirectory;

/// Its name in the state directory.
const FILE: &str = "hashes";
/// What it begins with; another form would begin with another line.
const FIRST_LINE: &str = "tuxmon hashes 1";
/// Room for all entries that are remembered, with all algorithms. A longer file is not ours.
const BYTES_MAX: u64 = 4 << 20;
const MOUNTS: &str = "/proc/self/mountinfo";

/// Type and id of a file system on a block device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileSystem {
    /// As the kernel calls it: `ext4`.
    pub(super) kind: String,
    /// What `statvfs(3)` tells; for most made of the number that each file system gets when it is made.
    pub(super) id: u64,
}

/// File systems by the kernel's number of their device.
pub(super) type FileSystems = BTreeMap<u32, FileSystem>;

/// Why kept hashes are not used.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// It could not be read or written.
    #[error(transparent)]
    File(#[from] io::Error),
    /// It is not what an agent has written.
    #[error("line {line} is not what an agent writes; the file is damaged")]
    Damaged {
        /// The line, from 1.
        line: usize,
    },
}

/// What is kept of file systems that are mounted now.
pub(super) fn read(state: &StateDirectory) -> Result<Vec<(Key, Text)>, KeptError> {
    let Some(bytes) = state.read_up_to(FILE, BYTES_MAX)? else { return Ok(Vec::new()) };
    parse(&bytes, &mounted(&fs::read(MOUNTS)?))
}

/// Keeps hashes for the next agent.
pub(super) fn write<'a>(
    state: &StateDirectory,
    entries: impl Iterator<Item = (&'a Key, &'a Text)>,
) -> Result<(), KeptError> {
    let text = form(entries, &mounted(&fs::read(MOUNTS)?));
    Ok(state.write_unsynced(FILE, text.as_bytes())?)
}

/// Numbers of devices without a disk behind them have this in place of a driver's number.
fn is_block_device(device: u32) -> bool {
    device >> 20 != 0
}

/// The text of the file: its first line, devices, entries, and a hash of all that.
pub(super) fn form<'a>(entries: impl Iterator<Item = (&'a Key, &'a Text)>, systems: &FileSystems) -> String {
    let (mut devices, mut files) = (BTreeMap::new(), String::new());
    for (key, hashes) in entries {
        let Some(system) = systems.get(&key.device).filter(|_| is_block_device(key.device)) else { continue };
        devices.insert(key.device, system);
        let Key { device, inode, size, ctime_ns, .. } = key;
        writeln!(files, "file {device} {inode} {size} {ctime_ns} {hashes}").expect("writing to a String");
    }
    let mut text = format!("{FIRST_LINE}\n");
    for (device, FileSystem { kind, id }) in devices {
        writeln!(text, "device {device} {kind} {id}").expect("writing to a String");
    }
    text.push_str(&files);
    let whole = hash_bytes(text.as_bytes(), Algorithms { sha256: true, ..Algorithms::default() });
    writeln!(text, "end {whole}").expect("writing to a String");
    text
}

/// The entries of a file, those of file systems that are not there left out.
pub(super) fn parse(bytes: &[u8], systems: &FileSystems) -> Result<Vec<(Key, Text)>, KeptError> {
    let damaged = |line| KeptError::Damaged { line };
    let text = std::str::from_utf8(bytes).map_err(|_| damaged(1))?;
    let body = text.strip_suffix('\n').and_then(|text| text.rfind('\n')).map_or("", |end| &text[..=end]);
    let whole = hash_bytes(body.as_bytes(), Algorithms { sha256: true, ..Algorithms::default() });
    if text[body.len()..] != format!("end {whole}\n") {
        return Err(damaged(text.lines().count().max(1)));
    }
    let (mut entries, mut known) = (Vec::new(), HashMap::new());
    for (position, line) in body.lines().enumerate() {
        let read = match position {
            0 => (line == FIRST_LINE).then_some(()),
            _ => read_line(line, systems, &mut known, &mut entries),
        };
        read.ok_or_else(|| damaged(position + 1))?;
    }
    Ok(entries)
}

/// One line behind the first; nothing when it is none of ours.
fn read_line(
    line: &str,
    systems: &FileSystems,
    known: &mut HashMap<u32, bool>,
    entries: &mut Vec<(Key, Text)>,
) -> Option<()> {
    let words: Vec<&str> = line.split(' ').collect();
    match words[..] {
        ["device", device, kind, id] => {
            let (device, system) =
                (device.parse().ok()?, FileSystem { kind: kind.to_owned(), id: id.parse().ok()? });
            known.insert(device, systems.get(&device) == Some(&system));
        }
        ["file", device, inode, size, ctime, hashes] => {
            let device = device.parse().ok()?;
            let key = Key {
                device,
                inode: inode.parse().ok()?,
                size: size.parse().ok()?,
                ctime_ns: ctime.parse().ok()?,
                algorithms: algorithms_of(hashes)?,
            };
            if *known.get(&device)? {
                entries.push((key, Text::from(hashes)));
            }
        }
        _ => return None,
    }
    Some(())
}

/// The algorithms of a Hashes field; nothing when it is not one.
fn algorithms_of(hashes: &str) -> Option<Algorithms> {
    let mut algorithms = Algorithms::default();
    for hash in hashes.split(',') {
        let (name, digits) = hash.split_once('=')?;
        let (wanted, length) = match name {
            "SHA1" => (&mut algorithms.sha1, 40),
            "MD5" => (&mut algorithms.md5, 32),
            "SHA256" => (&mut algorithms.sha256, 64),
            _ => return None,
        };
        let is_hash = digits.len() == length && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_hash || std::mem::replace(wanted, true) {
            return None;
        }
    }
    Some(algorithms)
}

/// The file systems on block devices, by what the kernel says of mounts. One that a program serves is not asked: it need
/// not answer.
fn mounted(mountinfo: &[u8]) -> FileSystems {
    let mut systems = FileSystems::new();
    for line in mountinfo.split(|byte| *byte == b'\n') {
        let Some((device, kind, place)) = mount(line) else { continue };
        if !is_block_device(device) || kind.starts_with("fuse") || systems.contains_key(&device) {
            continue;
        }
        // Another file system may be mounted upon this place.
        let is_seen = fs::metadata(&place).is_ok_and(|data| number_of(data.dev()) == device);
        if let Some(told) = rustix::fs::statvfs(&place).ok().filter(|_| is_seen) {
            systems.insert(device, FileSystem { kind, id: told.f_fsid });
        }
    }
    systems
}

/// Device, type and place of a line of mountinfo (proc(5)).
fn mount(line: &[u8]) -> Option<(u32, String, PathBuf)> {
    let mut words = line.split(|byte| *byte == b' ');
    let device = std::str::from_utf8(words.nth(2)?).ok()?;
    let (major, minor) = device.split_once(':')?;
    let place = PathBuf::from(std::ffi::OsString::from_vec(unescaped(words.nth(1)?)));
    let kind = words.skip_while(|word| *word != b"-").nth(1)?;
    let device = major.parse::<u32>().ok()? << 20 | minor.parse::<u32>().ok()?;
    Some((device, String::from_utf8(kind.to_vec()).ok()?, place))
}

/// Blanks, line feeds and backslashes stand there as three octal digits behind a backslash.
fn unescaped(word: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::with_capacity(word.len()), word);
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        let digits = behind.get(..3).filter(|digits| first == b'\\' && digits.iter().all(u8::is_ascii_digit));
        match digits {
            Some(digits) => {
                let value = digits.iter().fold(0_u32, |value, digit| value * 8 + u32::from(digit - b'0'));
                out.push(value as u8);
                rest = &behind[3..];
            }
            None => out.push(first),
        }
    }
    out
}

/// A device's number as the kernel has it in its own structures, of the one that calls of the system give.
fn number_of(device: u64) -> u32 {
    rustix::fs::major(device) << 20 | rustix::fs::minor(device)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISK: u32 = 8 << 20 | 1;

    fn systems(id: u64) -> FileSystems {
        FileSystems::from([
            (DISK, FileSystem { kind: "ext4".to_owned(), id }),
            (37, FileSystem { kind: "overlay".to_owned(), id: 1 }),
        ])
    }

    fn entries() -> Vec<(Key, Text)> {
        let all = Algorithms { md5: true, sha1: true, sha256: true };
        let one = Algorithms { sha256: true, ..Algorithms::default() };
        let entry = |device, inode, algorithms| {
            let key = Key { device, inode, size: 7, ctime_ns: 1_795_239_110_250_000_000, algorithms };
            (key, hash_bytes(&inode.to_le_bytes(), algorithms))
        };
        vec![entry(DISK, 11, all), entry(DISK, 12, one), entry(37, 13, one), entry(9 << 20, 14, one)]
    }

    fn text() -> String {
        form(entries().iter().map(|(key, hashes)| (key, hashes)), &systems(5))
    }

    #[test]
    fn what_is_kept_comes_back_where_its_file_system_is() {
        let back = parse(text().as_bytes(), &systems(5)).expect("it was just made");
        assert_eq!(back, entries()[..2], "neither of an overlay nor of a disk that nobody knows");
        assert_eq!(
            parse(text().as_bytes(), &systems(6)).expect("it is whole"),
            [],
            "another disk by that number"
        );
        assert_eq!(parse(text().as_bytes(), &FileSystems::new()).expect("it is whole"), [], "not mounted");
    }

    #[test]
    fn a_damaged_file_is_refused_whichever_byte_it_is() {
        let whole = text().into_bytes();
        for position in 0..whole.len() {
            let mut other = whole.clone();
            other[position] ^= 1;
            assert!(parse(&other, &systems(5)).is_err(), "byte {position}");
            assert!(parse(&whole[..position], &systems(5)).is_err(), "cut at {position}");
        }
    }

    #[test]
    fn lines_that_nobody_writes_are_refused_with_their_number() {
        let whole = Algorithms { sha256: true, ..Algorithms::default() };
        for (line, content) in [
            (1, "tuxmon hashes 2\n"),
            (2, "tuxmon hashes 1\nfile 1 2 3 4 MD5=900150983cd24fb0d6963f7d28e17f72\n"),
            (3, "tuxmon hashes 1\ndevice 1 ext4 1\nfile 1 2 3 4 MD5=900150983cd24fb0d6963f7d28e17f7\n"),
            (3, "tuxmon hashes 1\ndevice 1 ext4 1\nfile 1 2 3 -4 MD5=900150983cd24fb0d6963f7d28e17f72\n"),
            (3, "tuxmon hashes 1\ndevice 1 ext4 1\nfile 1 2 3 4 CRC=90015098\n"),
            (2, "tuxmon hashes 1\nanything\n"),
        ] {
            let text = format!("{content}end {}\n", hash_bytes(content.as_bytes(), whole));
            let error = parse(text.as_bytes(), &systems(5)).expect_err(content);
            assert!(matches!(error, KeptError::Damaged { line: at } if at == line), "{content}: {error}");
        }
    }

    #[test]
    fn mounts_are_read_as_the_kernel_writes_them() {
        let line = b"36 35 98:3 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw,errors=continue";
        assert_eq!(mount(line), Some((98 << 20 | 3, "ext3".to_owned(), PathBuf::from("/mnt 2"))));
        assert_eq!(mount(b"36 35 98"), None);
        assert_eq!(mount(b""), None);
    }
}
