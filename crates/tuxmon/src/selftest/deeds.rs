//! The harmless deeds, each done by this process or a child of its own.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::{ptrace, wait};
use nix::unistd::Pid;
use tuxmon_pipeline::Canary;

/// Does those that are wanted; says of each whether it was done, or why not.
pub(crate) fn perform(folder: &Path, wanted: &[Canary]) -> Vec<(Canary, Result<(), String>)> {
    let mut done = Vec::new();
    let mut add = |canaries: &[Canary], result: io::Result<()>| {
        let result = result.map_err(|error| error.to_string());
        let wanted = canaries.iter().filter(|canary| wanted.contains(canary));
        done.extend(wanted.map(|canary| (*canary, result.clone())));
    };
    let is_wanted = |canaries: &[Canary]| canaries.iter().any(|canary| wanted.contains(canary));
    for (canaries, deed) in DEEDS {
        if is_wanted(canaries) {
            add(canaries, deed(folder));
        }
    }
    done
}

type Deed = fn(&Path) -> io::Result<()>;

/// What is done together.
const DEEDS: &[(&[Canary], Deed)] = &[
    (&[Canary::Fork, Canary::Exec, Canary::Exit], run_child),
    (&[Canary::Connect, Canary::Accept], connect),
    (&[Canary::Datagram], send),
    (&[Canary::RawDevice], open_block_device),
    (&[Canary::Trace], trace_child),
    (&[Canary::Create, Canary::Rename, Canary::Remove], touch),
    (&[Canary::LoadProgram], load_program),
];

/// Our own program, silent; its input stays open until we are done with it.
fn child(arguments: &[&str]) -> io::Result<Child> {
    let mut command = Command::new("/proc/self/exe");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

fn run_child(_folder: &Path) -> io::Result<()> {
    let status = child(&["--version"])?.wait()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("the child ended with {status}"))) }
}

fn connect(_folder: &Path) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let _client = TcpStream::connect(listener.local_addr()?)?;
    listener.accept().map(drop)
}

fn send(_folder: &Path) -> io::Result<()> {
    let receiver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    sender.send_to(b"canary", receiver.local_addr()?).map(drop)
}

fn open_block_device(_folder: &Path) -> io::Result<()> {
    let mut devices: Vec<PathBuf> = fs::read_dir("/dev")?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_block_device()))
        .map(|entry| entry.path())
        .collect();
    // Opening an optical drive or a diskette moves things; opening a loop device does nothing at all.
    let is_quiet = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        !["sr", "fd"].iter().any(|prefix| name.starts_with(prefix))
    };
    devices.retain(is_quiet);
    devices.sort_by_key(|path| (!path.to_string_lossy().contains("/loop"), path.clone()));
    let mut last = io::Error::new(io::ErrorKind::NotFound, "no block device in /dev");
    for device in devices {
        match File::open(&device) {
            Ok(_) => return Ok(()),
            Err(error) => last = io::Error::new(error.kind(), format!("{}: {error}", device.display())),
        }
    }
    Err(last)
}

/// The child would read a configuration from us, so it waits until it is killed.
fn trace_child(_folder: &Path) -> io::Result<()> {
    let mut child = child(&["check", "-"])?;
    let pid = Pid::from_raw(child.id().cast_signed());
    let traced = ptrace::attach(pid)
        .and_then(|()| wait::waitpid(pid, None))
        .and_then(|_| ptrace::detach(pid, None))
        .map_err(io::Error::from);
    let killed = child.kill();
    child.wait()?;
    traced.and(killed)
}

fn touch(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!("selftest.{}", std::process::id()));
    let moved = path.with_extension("moved");
    File::create_new(&path)?;
    let renamed = fs::rename(&path, &moved);
    let removed = fs::remove_file(if renamed.is_ok() { &moved } else { &path });
    renamed.and(removed)
}

fn load_program(_folder: &Path) -> io::Result<()> {
    tuxmon_sensor::load_canary().map_err(io::Error::other)
}
