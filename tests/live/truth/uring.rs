//! The same deeds through io_uring: by a worker of the kernel's, or by a thread that looks for requests by itself.

use std::ffi::CString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::path::Path;

use io_uring::{IoUring, Probe, opcode, squeue, types};
use nix::libc;
use nix::sys::socket::{SockaddrIn, SockaddrLike};

use crate::raw::{self, uring};
use crate::truth::case::Case;
use crate::truth::files::c;
use crate::truth::network::both_ends;
use crate::truth::script::{Fact, Script};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "uring-files",
        about: "io_uring: openat, openat2, renameat, linkat, symlinkat, unlinkat, ftruncate",
        act: |script| files(script, Thread::Ours),
    },
    Case {
        name: "uring-files-sqpoll",
        about: "the same with a thread of the kernel's that takes requests (SQPOLL)",
        act: |script| files(script, Thread::Kernels),
    },
    Case {
        name: "uring-network",
        about: "io_uring: connect, accept, send over TCP and UDP",
        act: |script| network(script, Thread::Ours),
    },
    Case {
        name: "uring-network-sqpoll",
        about: "the same with SQPOLL",
        act: |script| network(script, Thread::Kernels),
    },
    Case {
        name: "uring-silent",
        about: "io_uring: requests that ask for no report of their success, and an accept for many connections",
        act: silent,
    },
];

/// Who takes the requests.
#[derive(Clone, Copy)]
enum Thread {
    /// The thread that calls io_uring_enter.
    Ours,
    /// A thread of the kernel's, in our process.
    Kernels,
}

/// A ring, or why there is none.
fn ring(thread: Thread) -> io::Result<IoUring> {
    match thread {
        Thread::Ours => IoUring::new(8),
        Thread::Kernels => IoUring::builder().setup_sqpoll(50).build(8),
    }
}

const HERE: types::Fd = types::Fd(libc::AT_FDCWD);

fn open_new(path: &CString, flags: i32) -> squeue::Entry {
    opcode::OpenAt::new(HERE, path.as_ptr()).flags(flags).mode(0o644).build()
}

/// Gives a descriptor back.
fn close(descriptor: i32) {
    drop(raw::owned(descriptor));
}

/// Requests that make, move and remove names.
const NAMES: &[u8] =
    &[opcode::RenameAt::CODE, opcode::UnlinkAt::CODE, opcode::LinkAt::CODE, opcode::SymlinkAt::CODE];

/// Whether this kernel's io_uring knows these requests.
fn knows(ring: &IoUring, requests: &[u8]) -> bool {
    let mut probe = Probe::new();
    ring.submitter().register_probe(&mut probe).is_ok()
        && requests.iter().all(|request| probe.is_supported(*request))
}

fn files(script: &mut Script, thread: Thread) -> anyhow::Result<()> {
    let mut ring = match ring(thread) {
        Ok(ring) => ring,
        Err(error) => return script.skip(&format!("no ring: {error}")),
    };
    let (knows_names, knows_truncate) = (knows(&ring, NAMES), knows(&ring, &[opcode::Ftruncate::CODE]));
    let mut one = |request| uring::one(&mut ring, request);
    let new = libc::O_CREAT | libc::O_WRONLY;
    let path = |script: &Script, name: &str| (script.at(name), c(&script.at(name)));

    let (made, made_c) = path(script, "made");
    close(script.does("openat a new file", vec![Fact::created(&made)], || one(open_new(&made_c, new)))?);
    close(script.does("openat it again", vec![], || one(open_new(&made_c, new)))?);
    let emptied = new | libc::O_TRUNC;
    close(
        script.does("openat and empty it", vec![Fact::created(&made)], || one(open_new(&made_c, emptied)))?,
    );
    let (second, second_c) = path(script, "second");
    let how = types::OpenHow::new().flags(u64::try_from(new)?).mode(0o644);
    close(script.does("openat2 a new file", vec![Fact::created(&second)], || {
        one(opcode::OpenAt2::new(HERE, second_c.as_ptr(), &raw const how).build())
    })?);
    script.fails("openat in no directory", || one(open_new(&c(Path::new("/no/such/file")), new)))?;

    if !knows_names {
        return script.skip("this kernel's io_uring does not know every call that changes names (5.15)");
    }
    let (renamed, renamed_c) = path(script, "renamed");
    script.does("renameat", vec![Fact::created(&renamed)], || {
        one(opcode::RenameAt::new(HERE, made_c.as_ptr(), HERE, renamed_c.as_ptr()).build())
    })?;
    let facts = vec![Fact::deleted(&second), Fact::created(&second)];
    script.does("renameat over a file", facts, || {
        one(opcode::RenameAt::new(HERE, renamed_c.as_ptr(), HERE, second_c.as_ptr()).build())
    })?;
    let (linked, linked_c) = path(script, "linked");
    script.does("linkat", vec![Fact::created(&linked)], || {
        one(opcode::LinkAt::new(HERE, second_c.as_ptr(), HERE, linked_c.as_ptr()).build())
    })?;
    let (symbolic, symbolic_c) = path(script, "symbolic");
    script.does("symlinkat", vec![Fact::created(&symbolic)], || {
        one(opcode::SymlinkAt::new(HERE, c"nowhere".as_ptr(), symbolic_c.as_ptr()).build())
    })?;
    script.does("unlinkat", vec![Fact::deleted(&symbolic)], || {
        one(opcode::UnlinkAt::new(HERE, symbolic_c.as_ptr()).build())
    })?;
    script.does("unlinkat one name of two", vec![Fact::deleted(&linked)], || {
        one(opcode::UnlinkAt::new(HERE, linked_c.as_ptr()).build())
    })?;
    script.fails("unlinkat nothing", || one(opcode::UnlinkAt::new(HERE, linked_c.as_ptr()).build()))?;
    let file = std::fs::File::options().write(true).open(&second)?;
    if knows_truncate {
        let cut = opcode::Ftruncate::new(types::Fd(file.as_raw_fd()), 0).build();
        script.does("ftruncate", vec![Fact::created(&second)], || one(cut))?;
    }
    Ok(())
}

fn network(script: &mut Script, thread: Thread) -> anyhow::Result<()> {
    let mut ring = match ring(thread) {
        Ok(ring) => ring,
        Err(error) => return script.skip(&format!("no ring: {error}")),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let server = listener.local_addr()?;
    let talk = |ring: &mut IoUring| -> io::Result<SocketAddr> {
        let socket =
            rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::STREAM, None)?;
        let address = SockaddrIn::new(127, 0, 0, 1, server.port());
        let connect =
            opcode::Connect::new(types::Fd(socket.as_raw_fd()), address.as_ptr().cast(), address.len())
                .build();
        uring::one(ring, connect)?;
        let null = std::ptr::null_mut();
        let accept = opcode::Accept::new(types::Fd(listener.as_raw_fd()), null, null.cast()).build();
        close(uring::one(ring, accept)?);
        TcpStream::from(socket).local_addr()
    };
    script.did("connect and accept", || talk(&mut ring), |client| both_ends("tcp", *client, server))?;

    let (sender, receiver) =
        (UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?, UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?);
    let (from, to) = (sender.local_addr()?, receiver.local_addr()?);
    sender.connect(to)?;
    let send = opcode::Send::new(types::Fd(sender.as_raw_fd()), b"word".as_ptr(), 4).build();
    let mut word = [0_u8; 4];
    let receive = opcode::Recv::new(types::Fd(receiver.as_raw_fd()), word.as_mut_ptr(), 4).build();
    script.does("send and receive a datagram", both_ends("udp", from, to), || {
        uring::one(&mut ring, send)?;
        uring::one(&mut ring, receive)
    })?;
    Ok(())
}

fn silent(script: &mut Script) -> anyhow::Result<()> {
    let mut ring = match ring(Thread::Ours) {
        Ok(ring) if ring.params().is_feature_skip_cqe_on_success() => ring,
        Ok(_) => return script.skip("every request of io_uring reports here (before 5.17)"),
        Err(error) => return script.skip(&format!("no ring: {error}")),
    };
    let (made, renamed) = (script.at("made"), script.at("renamed"));
    let (made_c, renamed_c) = (c(&made), c(&renamed));
    // A place of the ring's own table, so that nobody has to be told of a descriptor.
    ring.submitter().register_files_sparse(1)?;
    let place =
        types::DestinationSlot::try_from_slot_target(0).map_err(|slot| anyhow::anyhow!("no place {slot}"))?;
    let open = opcode::OpenAt::new(HERE, made_c.as_ptr()).flags(libc::O_CREAT | libc::O_WRONLY).mode(0o644);
    let open = open.file_index(Some(place)).build();
    script.does("openat a new file", vec![Fact::created(&made)], || uring::silently(&mut ring, open))?;
    let rename = opcode::RenameAt::new(HERE, made_c.as_ptr(), HERE, renamed_c.as_ptr()).build();
    script.does("renameat", vec![Fact::created(&renamed)], || uring::silently(&mut ring, rename))?;
    let unlink = opcode::UnlinkAt::new(HERE, renamed_c.as_ptr()).build();
    script.does("unlinkat", vec![Fact::deleted(&renamed)], || uring::silently(&mut ring, unlink))?;

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let server = listener.local_addr()?;
    let accept = opcode::AcceptMulti::new(types::Fd(listener.as_raw_fd())).build();
    uring::begin(&mut ring, &accept)?;
    for _ in 0..2 {
        let talk = || {
            let near = TcpStream::connect(server)?;
            close(uring::answer(&mut ring)?);
            near.local_addr()
        };
        script.did("connect, and be accepted", talk, |client| both_ends("tcp", *client, server))?;
    }
    Ok(())
}
