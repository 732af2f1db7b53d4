//! Where a path means something else: mounts, roots and namespaces. What is logged is the path as the process sees it,
//! its number on the host, and the host's user.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use rustix::fs::CWD;

use crate::raw;
use crate::truth::case::Case;
use crate::truth::network::both_ends;
use crate::truth::script::{Fact, Script};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "bind-mount",
        about: "files below a bind mount, in a mount namespace of its own",
        act: bind,
    },
    Case { name: "overlay", about: "files in an overlay, of the upper and of the lower layer", act: overlay },
    Case { name: "tmpfs", about: "files in a tmpfs, in a mount namespace of its own", act: tmpfs },
    Case { name: "chroot", about: "files below a root directory of its own", act: chroot },
    Case { name: "pivot-root", about: "files below a root mount of its own", act: pivot },
    Case {
        name: "deleted-directory",
        about: "names from a working directory that is gone",
        act: deleted_directory,
    },
    Case { name: "user-namespace", about: "a user namespace: the user of the host", act: user_namespace },
    Case { name: "pid-namespace", about: "a pid namespace: the process id of the host", act: pid_namespace },
    Case { name: "network-namespace", about: "connections in a network namespace", act: network_namespace },
];

/// Mounts of one's own, of which nobody else sees anything.
fn own_mounts() -> io::Result<()> {
    unshare(CloneFlags::CLONE_NEWNS)?;
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    Ok(mount(None::<&str>, "/", None::<&str>, private, None::<&str>)?)
}

/// Makes, links, renames and deletes files in a folder, which the process knows by this path.
fn all_deeds(script: &mut Script, folder: &Path) -> anyhow::Result<()> {
    let [made, renamed, linked, symbolic] =
        ["made", "renamed", "linked", "symbolic"].map(|name| folder.join(name));
    script.does("openat a new file", vec![Fact::created(&made)], || File::create_new(&made))?;
    script.does("renameat", vec![Fact::created(&renamed)], || fs::rename(&made, &renamed))?;
    script.does("linkat", vec![Fact::created(&linked)], || fs::hard_link(&renamed, &linked))?;
    script
        .does("symlinkat", vec![Fact::created(&symbolic)], || std::os::unix::fs::symlink("x", &symbolic))?;
    let over = vec![Fact::deleted(&linked), Fact::created(&linked)];
    script.does("renameat over a file", over, || fs::rename(&symbolic, &linked))?;
    for path in [renamed, linked] {
        script.does("unlinkat", vec![Fact::deleted(&path)], || fs::remove_file(&path))?;
    }
    Ok(())
}

fn bind(script: &mut Script) -> anyhow::Result<()> {
    let (here, there) = (script.at("here"), script.at("there"));
    fs::create_dir(&here)?;
    fs::create_dir(&there)?;
    own_mounts()?;
    mount(Some(&here), &there, None::<&str>, MsFlags::MS_BIND, None::<&str>)?;
    all_deeds(script, &there)
}

fn overlay(script: &mut Script) -> anyhow::Result<()> {
    let folders = ["lower", "upper", "work", "merged"].map(|name| script.at(name));
    for folder in &folders {
        fs::create_dir(folder)?;
    }
    let [lower, upper, work, merged] = folders;
    let below = lower.join("below");
    script
        .does("make a file in the lower layer", vec![Fact::created(&below)], || File::create_new(&below))?;
    own_mounts()?;
    let options =
        format!("lowerdir={},upperdir={},workdir={}", lower.display(), upper.display(), work.display());
    let mounted = mount(Some("overlay"), &merged, Some("overlay"), MsFlags::empty(), Some(options.as_str()));
    if let Err(error) = mounted {
        return script.skip(&format!("no overlay: {error}"));
    }
    all_deeds(script, &merged)?;
    let gone = merged.join("below");
    script.does("unlinkat a file of the lower layer", vec![Fact::deleted(&gone)], || fs::remove_file(&gone))
}

fn tmpfs(script: &mut Script) -> anyhow::Result<()> {
    let here = script.at("here");
    fs::create_dir(&here)?;
    own_mounts()?;
    mount(Some("none"), &here, Some("tmpfs"), MsFlags::empty(), None::<&str>)?;
    all_deeds(script, &here)
}

fn chroot(script: &mut Script) -> anyhow::Result<()> {
    fs::create_dir(script.at("folder"))?;
    std::os::unix::fs::chroot(script.folder())?;
    std::env::set_current_dir("/")?;
    all_deeds(script, Path::new("/folder"))
}

fn pivot(script: &mut Script) -> anyhow::Result<()> {
    let root = script.at("root");
    fs::create_dir(&root)?;
    own_mounts()?;
    mount(Some("none"), &root, Some("tmpfs"), MsFlags::empty(), None::<&str>)?;
    fs::create_dir(root.join("old"))?;
    fs::create_dir(root.join("folder"))?;
    if let Err(error) = rustix::process::pivot_root(&root, root.join("old")) {
        // The first root of a machine, which is what an initramfs is, cannot be left this way.
        return script.skip(&format!("pivot_root: {error}"));
    }
    std::env::set_current_dir("/")?;
    all_deeds(script, Path::new("/folder"))
}

fn deleted_directory(script: &mut Script) -> anyhow::Result<()> {
    let (gone, beside) = (script.at("gone"), script.at("beside"));
    script.does("make a file", vec![Fact::created(&beside)], || File::create_new(&beside))?;
    fs::create_dir(&gone)?;
    std::env::set_current_dir(&gone)?;
    fs::remove_dir(&gone)?;
    script.fails("openat in what is gone", || File::create_new("new"))?;
    script.does("unlinkat beside what is gone", vec![Fact::deleted(&beside)], || {
        Ok(rustix::fs::unlinkat(CWD, "../beside", rustix::fs::AtFlags::empty())?)
    })
}

fn user_namespace(script: &mut Script) -> anyhow::Result<()> {
    const NOBODY: u32 = 65534;
    script.does("become another user", vec![Fact::User { uid: NOBODY }], || {
        Ok(nix::unistd::setresuid(NOBODY.into(), NOBODY.into(), NOBODY.into())?)
    })?;
    if let Err(error) = unshare(CloneFlags::CLONE_NEWUSER) {
        return script.skip(&format!("no user namespace: {error}"));
    }
    let folder = script.folder().to_owned();
    all_deeds(script, &folder)
}

fn pid_namespace(script: &mut Script) -> anyhow::Result<()> {
    let made = script.at("made");
    let path: PathBuf = made.clone();
    let fork = move || {
        unshare(CloneFlags::CLONE_NEWPID)?;
        let inside = move || {
            let first = std::process::id() == 1;
            u8::from(!first || File::create_new(path).is_err())
        };
        raw::wait_for(raw::fork(inside)?)
    };
    script.process("fork into a pid namespace", fork, vec![Fact::created(&made)])
}

fn network_namespace(script: &mut Script) -> anyhow::Result<()> {
    unshare(CloneFlags::CLONE_NEWNET)?;
    let socket = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    raw::set_interface_up(socket.as_fd(), c"lo")?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let server = listener.local_addr()?;
    let talk = || {
        let near = TcpStream::connect(server)?;
        listener.accept()?;
        near.local_addr()
    };
    script.did("connect and accept", talk, |client| both_ends("tcp", *client, server))?;
    Ok(())
}
