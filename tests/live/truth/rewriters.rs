//! Callers that change their arguments while a call runs: a second thread writes another name, address or word again
//! and again. What is logged must be what the kernel used.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;

use rustix::fs::{CWD, Mode, OFlags};

use crate::raw;
use crate::truth::case::Case;
use crate::truth::files::c;
use crate::truth::network::both_ends;
use crate::truth::script::{Fact, Image, Script};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "rewritten-open",
        about: "openat, unlinkat, renameat and linkat with names that change meanwhile",
        act: names,
    },
    Case {
        name: "rewritten-connect",
        about: "connect with an address that changes meanwhile",
        act: addresses,
    },
    Case { name: "rewritten-exec", about: "execution with arguments that change meanwhile", act: words },
];

/// How many calls of each kind: what `TUXMON_REWRITES` says, 10,000 with `TUXMON_HEAVY`, else enough to see what is wrong.
fn rounds() -> usize {
    if let Ok(rounds) = std::env::var("TUXMON_REWRITES") {
        return rounds.parse().expect("TUXMON_REWRITES is a number");
    }
    if std::env::var_os("TUXMON_HEAVY").is_some() { 10_000 } else { 150 }
}

/// Bytes of which another thread changes one all the time, between two values.
struct Flipped {
    bytes: Arc<[AtomicU8]>,
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Flipped {
    /// Changes the byte at this place between these two.
    fn new(bytes: &[u8], at: usize, values: [u8; 2]) -> Flipped {
        let bytes: Arc<[AtomicU8]> = bytes.iter().map(|byte| AtomicU8::new(*byte)).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let (theirs, told) = (Arc::clone(&bytes), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                for value in values {
                    theirs[at].store(value, Ordering::Relaxed);
                }
            }
        });
        Flipped { bytes, stop, thread: Some(thread) }
    }

    /// A path that ends with one of two letters.
    fn path(before: &std::path::Path, values: [u8; 2]) -> Flipped {
        let path = c(before);
        let bytes = path.as_bytes_with_nul();
        Flipped::new(bytes, bytes.len() - 2, values)
    }

    fn address(&self) -> *const u8 {
        self.bytes.as_ptr().cast()
    }
}

impl Drop for Flipped {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it only stores bytes");
        }
    }
}

fn names(script: &mut Script) -> anyhow::Result<()> {
    let both = ["name a", "name b"].map(|name| script.at(name));
    let moved = ["moved a", "moved b"].map(|name| script.at(name));
    let (name, target) = (Flipped::path(&both[0], *b"ab"), Flipped::path(&moved[0], *b"ab"));
    for _ in 0..rounds() {
        let open = || {
            let descriptor = raw::call_path(raw::PathCall::OpenNew, name.address(), name.address())?;
            let file = raw::owned(descriptor);
            fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))
        };
        let used = script.did("openat", open, |used| vec![Fact::created(used)])?;
        let other = if used == both[0] { &both[1] } else { &both[0] };
        script.does("make the other", vec![Fact::created(other)], || File::create_new(other))?;
        let one_of = |names: &[PathBuf; 2], there: bool| {
            names.iter().find(|name| name.exists() == there).cloned().ok_or(io::ErrorKind::NotFound.into())
        };
        let unlink = || {
            raw::call_path(raw::PathCall::Unlink, name.address(), name.address())?;
            one_of(&both, false)
        };
        let gone = script.did("unlinkat", unlink, |gone| vec![Fact::deleted(gone)])?;
        script.does("make it again", vec![Fact::created(&gone)], || File::create_new(&gone))?;
        let link = || {
            raw::call_path(raw::PathCall::Link, name.address(), target.address())?;
            one_of(&moved, true)
        };
        let linked = script.did("linkat", link, |linked| vec![Fact::created(linked)])?;
        script.does("unlinkat the link", vec![Fact::deleted(&linked)], || fs::remove_file(&linked))?;
        let rename = || {
            raw::call_path(raw::PathCall::Rename, name.address(), target.address())?;
            one_of(&moved, true)
        };
        let renamed = script.did("renameat", rename, |renamed| vec![Fact::created(renamed)])?;
        let left = one_of(&both, true)?;
        script
            .does("unlinkat what was moved", vec![Fact::deleted(&renamed)], || fs::remove_file(&renamed))?;
        script.does("unlinkat what is left", vec![Fact::deleted(&left)], || fs::remove_file(&left))?;
    }
    Ok(())
}

fn addresses(script: &mut Script) -> anyhow::Result<()> {
    // The same port at two addresses: one byte tells them apart.
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = first.local_addr()?.port();
    let Ok(second) = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), port)) else {
        return script.skip("the port is taken at the other address");
    };
    let mut bytes = vec![0; 16];
    bytes[..2].copy_from_slice(&2_u16.to_ne_bytes());
    bytes[2..4].copy_from_slice(&port.to_be_bytes());
    bytes[4..8].copy_from_slice(&[127, 0, 0, 1]);
    let address = Flipped::new(&bytes, 7, [1, 2]);
    for _ in 0..rounds() {
        let connect = || {
            let socket =
                rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::STREAM, None)?;
            raw::connect_at(&socket, address.address(), bytes.len())?;
            let near = TcpStream::from(socket);
            let peer = near.peer_addr()?;
            let listener = if peer == first.local_addr()? { &first } else { &second };
            listener.accept()?;
            Ok((near.local_addr()?, peer))
        };
        script.did("connect", connect, |(near, peer)| both_ends("tcp", *near, *peer))?;
    }
    Ok(())
}

fn words(script: &mut Script) -> anyhow::Result<()> {
    let (program, folder) = (script.at("program"), script.folder().to_owned());
    script.does("copy a program", vec![Fact::created(&program)], || fs::copy("/bin/cat", &program))?;
    // Both words are files without contents, so that nothing else is copied and the program ends well.
    let word = Flipped::new(b"/dev/./null\0", 5, *b"./");
    for _ in 0..rounds().div_ceil(3) {
        // The program tells what its arguments are: it copies its own command line, and then fails at the second word.
        script.process_that_tells("posix_spawn", || {
            let mode = Mode::from_raw_mode(0o600);
            let out =
                rustix::fs::openat(CWD, &folder, OFlags::RDWR | OFlags::TMPFILE | OFlags::CLOEXEC, mode)?;
            let pid = raw::spawn_with_word(&c(&program), c"/proc/self/cmdline", word.address(), &out)?;
            let mut file = File::from(out);
            io::Seek::rewind(&mut file)?;
            let said = io::read_to_string(file)?;
            let words = said.trim_end_matches('\0').split('\0').map(str::to_owned).collect();
            Ok((pid, vec![Fact::Exec(Image { path: program.clone(), file: Some(program.clone()), words })]))
        })?;
    }
    Ok(())
}
