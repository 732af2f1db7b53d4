//! What the benchmark does with a machine: each workload is one deed, done many times.
//!
//! It runs in a process of its own, so that its times are those of the deed and nothing else.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use serde::{Deserialize, Serialize};

/// A deed and how often it is done.
#[derive(clap::Args)]
pub(crate) struct Args {
    workload: Workload,
    count: u64,
    /// A folder of its own
    folder: PathBuf,
    /// So many each second; as fast as it goes without
    #[arg(long, default_value_t = 0)]
    rate: u64,
}

/// The deeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Workload {
    /// posix_spawn of /bin/true, and wait for it
    Exec,
    /// create, write, close, unlink
    Create,
    /// open, read, close of files that exist
    Open,
    /// connect to the loopback interface, accept, close
    Tcp,
    /// a datagram from a new socket
    Udp,
    /// getppid, which does nothing
    Getppid,
    /// compile C files with cc
    Compile,
    /// unpack a source tree and delete it
    Untar,
}

/// What a run has cost the one who did it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Seconds by the clock.
    pub(crate) wall: f64,
    /// Seconds of processor time, with those of its children.
    pub(crate) cpu: f64,
}

/// Files that the workload `open` reads.
const READ_FILES: u64 = 64;

/// Does the deed, and prints what it cost as JSON.
pub(crate) fn run(args: &Args) -> Result<()> {
    fs::create_dir_all(&args.folder)?;
    let mut deed = deed(args.workload, &args.folder)?;
    let (began, cpu) = (Instant::now(), processor_time()?);
    for number in 0..args.count {
        deed(number)?;
        if let Some(due) = ((number + 1) * 1_000_000_000).checked_div(args.rate) {
            thread::sleep(Duration::from_nanos(due).saturating_sub(began.elapsed()));
        }
    }
    let cost = Cost { wall: began.elapsed().as_secs_f64(), cpu: processor_time()? - cpu };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}

type Deed = Box<dyn FnMut(u64) -> Result<()>>;

/// What is to be done once; what it needs is made here, outside of the time.
fn deed(workload: Workload, folder: &Path) -> Result<Deed> {
    let folder = folder.to_owned();
    Ok(match workload {
        Workload::Exec => Box::new(|_| {
            let status = Command::new("/bin/true").status().context("cannot run /bin/true")?;
            ensure!(status.success(), "/bin/true fails");
            Ok(())
        }),
        Workload::Create => Box::new(move |number| {
            let path = folder.join(format!("file-{number}"));
            File::create_new(&path)?.write_all(b"content")?;
            Ok(fs::remove_file(path)?)
        }),
        Workload::Open => open(&folder)?,
        Workload::Tcp => {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            Box::new(move |_| {
                let client = TcpStream::connect(listener.local_addr()?)?;
                // Reset instead of TIME_WAIT, of which the machine holds only so many.
                close_by_reset(&client)?;
                let (_server, _) = listener.accept()?;
                Ok(())
            })
        }
        Workload::Udp => {
            let receiver = UdpSocket::bind("127.0.0.1:0")?;
            Box::new(move |_| {
                UdpSocket::bind("127.0.0.1:0")?.send_to(b"datagram", receiver.local_addr()?)?;
                let mut buffer = [0; 16];
                receiver.recv(&mut buffer)?;
                Ok(())
            })
        }
        Workload::Getppid => Box::new(|_| {
            std::hint::black_box(nix::unistd::getppid());
            Ok(())
        }),
        Workload::Compile => compile(&folder),
        Workload::Untar => untar(&folder)?,
    })
}

fn open(folder: &Path) -> Result<Deed> {
    let files: Vec<PathBuf> = (0..READ_FILES).map(|number| folder.join(format!("read-{number}"))).collect();
    for file in &files {
        fs::write(file, [b'x'; 512])?;
    }
    Ok(Box::new(move |number| {
        let mut content = [0; 1024];
        let count = File::open(&files[(number % READ_FILES) as usize])?.read(&mut content)?;
        ensure!(count == 512, "the file is another one");
        Ok(())
    }))
}

fn compile(folder: &Path) -> Deed {
    let folder = folder.to_owned();
    let function = |n: u32| {
        format!("int f{n}(int a, int b) {{ for (int i = 0; i < a; i++) b += i * {n}; return b; }}\n")
    };
    let functions = (0..40).map(function).collect::<Vec<_>>().concat();
    let source = format!("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n{functions}");
    Box::new(move |number| {
        let (file, object) = (folder.join(format!("{number}.c")), folder.join(format!("{number}.o")));
        fs::write(&file, &source)?;
        let mut cc = Command::new("cc");
        let status =
            cc.args(["-O1", "-c", "-o"]).arg(&object).arg(&file).status().context("cannot run cc")?;
        ensure!(status.success(), "cc fails");
        fs::remove_file(&file)?;
        Ok(fs::remove_file(&object)?)
    })
}

fn untar(folder: &Path) -> Result<Deed> {
    let (archive, tree) = (folder.join("tree.tar"), folder.join("tree"));
    let status = Command::new("tar")
        .arg("-cf")
        .arg(&archive)
        .arg("-C")
        .arg(crate::root())
        .args(["bpf", "crates", "docs", "schema", "tests", "xtask"])
        .stderr(Stdio::null())
        .status()
        .context("cannot run tar")?;
    ensure!(status.success(), "tar cannot pack");
    Ok(Box::new(move |_| {
        fs::create_dir(&tree)?;
        let status = Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(&tree).status()?;
        ensure!(status.success(), "tar cannot unpack");
        Ok(fs::remove_dir_all(&tree)?)
    }))
}

fn close_by_reset(stream: &TcpStream) -> Result<()> {
    let linger = nix::libc::linger { l_onoff: 1, l_linger: 0 };
    Ok(nix::sys::socket::setsockopt(stream, nix::sys::socket::sockopt::Linger, &linger)?)
}

fn processor_time() -> Result<f64> {
    let seconds = |usage: Usage| {
        let (user, system) = (usage.user_time(), usage.system_time());
        (user.tv_sec() + system.tv_sec()) as f64 + (user.tv_usec() + system.tv_usec()) as f64 / 1e6
    };
    Ok(seconds(getrusage(UsageWho::RUSAGE_SELF)?) + seconds(getrusage(UsageWho::RUSAGE_CHILDREN)?))
}
