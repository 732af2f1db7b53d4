//! What is true of a process.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::ops::RangeInclusive;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::expected::Want;
use crate::time::{Span, now};

/// One image of a process, as events tell of it.
#[derive(Clone)]
pub(crate) struct Process {
    /// Stands for its GUID in a comparison: equal names have equal GUIDs, different names different ones.
    pub(crate) name: String,
    pub(crate) pid: u32,
    pub(crate) image: String,
    pub(crate) command_line: String,
    pub(crate) directory: String,
    pub(crate) user: User,
    /// Seconds since the Unix epoch within which it was made.
    pub(crate) start_seconds: RangeInclusive<i64>,
    /// When it lived, as far as a test looks.
    pub(crate) lifetime: Span,
    pub(crate) hashes: Want,
    pub(crate) parent: Option<Rc<Process>>,
}

/// A user by number and by name.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) uid: u32,
    /// The number when the machine has no such user.
    pub(crate) name: String,
}

impl User {
    /// The user of this number.
    pub(crate) fn of(uid: u32) -> User {
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let name = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>()).find_map(|fields| {
            match fields[..] {
                [name, _, number, ..] if number.parse() == Ok(uid) => Some(name.to_owned()),
                _ => None,
            }
        });
        User { uid, name: name.unwrap_or_else(|| uid.to_string()) }
    }
}

impl Process {
    /// The test program itself: the parent of every deed, older than every agent.
    pub(crate) fn this() -> Process {
        let image = fs::read_link("/proc/self/exe").expect("/proc is there");
        let second = own_start_second();
        Process {
            name: "the test program".to_owned(),
            pid: std::process::id(),
            command_line: printed_arguments(&fs::read("/proc/self/cmdline").expect("/proc is there")),
            directory: printed_path(&std::env::current_dir().expect("it has one")),
            user: User::of(rustix::process::getuid().as_raw()),
            start_seconds: second - 1..=second + 1,
            lifetime: Span::since(now()),
            hashes: Want::Is(sha256_field(&image)),
            image: printed_path(&image),
            parent: None,
        }
    }

    /// The same process under another name for its GUID.
    pub(crate) fn named(&self, name: &str) -> Process {
        Process { name: name.to_owned(), ..self.clone() }
    }

    /// The same process after it has executed this program with these words, the first of which is its own name.
    pub(crate) fn after_exec(&self, image: &Path, words: &[&OsStr]) -> Process {
        let bytes: Vec<u8> = words.iter().flat_map(|word| [word.as_bytes(), b"\0"].concat()).collect();
        Process {
            name: format!("{} after exec", self.name),
            image: printed_path(image),
            command_line: printed_arguments(&bytes),
            hashes: Want::Is(sha256_field(image)),
            ..self.clone()
        }
    }
}

/// What an event shows of bytes: what is not UTF-8, and what XML cannot hold, is U+FFFD.
pub(crate) fn printed(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let legal = |character: char| match character {
        '\t' | '\n' | '\r' => character,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        other => other,
    };
    text.chars().map(legal).collect()
}

/// What an event shows of a path.
pub(crate) fn printed_path(path: &Path) -> String {
    printed(path.as_os_str().as_bytes())
}

/// What an event shows of arguments, each of which ends with a NUL byte.
pub(crate) fn printed_arguments(bytes: &[u8]) -> String {
    let joined: Vec<u8> = bytes.iter().map(|&byte| if byte == 0 { b' ' } else { byte }).collect();
    let text = printed(joined.strip_suffix(b" ").unwrap_or(&joined));
    if text.is_empty() { "-".to_owned() } else { text }
}

/// The value of `Hashes` for the file that is at this path now.
pub(crate) fn sha256_field(path: &Path) -> String {
    static KNOWN: Mutex<Option<HashMap<(PathBuf, std::time::SystemTime), String>>> = Mutex::new(None);
    let changed = fs::metadata(path).and_then(|metadata| metadata.modified()).expect("the file is there");
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known
        .get_or_insert_default()
        .entry((path.to_owned(), changed))
        .or_insert_with(|| {
            format!("SHA256={}", hex(&Sha256::digest(fs::read(path).expect("the file is there"))))
        })
        .clone()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    text
}

/// The audit session that everything here runs in.
pub(crate) fn session() -> String {
    fs::read_to_string("/proc/self/sessionid").unwrap_or_else(|_| u32::MAX.to_string())
}

/// When this process was made, from what /proc tells in ticks since boot.
fn own_start_second() -> i64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("/proc is there");
    let after_name = stat.rsplit_once(')').expect("the name stands in brackets").1;
    let ticks: u64 =
        after_name.split_whitespace().nth(19).and_then(|field| field.parse().ok()).expect("field 22");
    let boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let age = boot.tv_sec - (ticks / rustix::param::clock_ticks_per_second()) as i64;
    now().0 / 1_000_000_000 - age
}
