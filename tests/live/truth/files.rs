//! Files by every system call that makes, overwrites, renames or deletes one.

use std::ffi::CString;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RenameFlags, ResolveFlags};

use crate::raw;
use crate::truth::case::Case;
use crate::truth::script::{Fact, Script};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "file-open",
        about: "open, openat, creat and openat2, new files and emptied ones",
        act: open,
    },
    Case { name: "file-openat2", about: "openat2 with each RESOLVE flag", act: openat2 },
    Case { name: "file-tmpfile", about: "O_TMPFILE, named by linkat", act: tmpfile },
    Case {
        name: "file-rename",
        about: "rename, renameat, renameat2: to a new name, over a file, exchanged",
        act: rename,
    },
    Case { name: "file-link", about: "hard links, symbolic links and nodes", act: link },
    Case { name: "file-socket", about: "a socket's name, by bind", act: socket },
    Case {
        name: "file-delete",
        about: "unlink and unlinkat, of files that can be executed and others",
        act: delete,
    },
    Case {
        name: "file-contents",
        about: "splice, copy_file_range, sendfile and mapped writes into new files",
        act: contents,
    },
    Case { name: "file-descriptors", about: "file descriptors above 65535", act: high_descriptor },
    Case { name: "file-failures", about: "calls that fail, and files opened again", act: failures },
];

pub(crate) const PLAIN: Mode = Mode::from_raw_mode(0o644);

pub(crate) fn c(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).expect("paths hold no NUL")
}

fn ok<T>(result: rustix::io::Result<T>) -> io::Result<T> {
    Ok(result?)
}

fn openat(path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    ok(rustix::fs::openat(CWD, path, flags, PLAIN))
}

fn open(script: &mut Script) -> anyhow::Result<()> {
    let (new, cut) = (OFlags::CREATE | OFlags::WRONLY, OFlags::TRUNC | OFlags::WRONLY);
    let path = script.at("openat");
    script.does("openat a new file", vec![Fact::created(&path)], || openat(&path, new))?;
    script.does("openat it again", vec![], || openat(&path, new))?;
    script.does("openat and empty it", vec![Fact::created(&path)], || openat(&path, new | cut))?;
    script.does("empty it through a descriptor", vec![Fact::created(&path)], || {
        File::options().write(true).open(&path)?.set_len(0)
    })?;
    script.does("truncate it", vec![Fact::created(&path)], || raw::truncate(&c(&path), 0))?;
    #[cfg(target_arch = "x86_64")]
    {
        let path = script.at("open");
        let flags = new.bits().cast_signed();
        script.does("open a new file", vec![Fact::created(&path)], || {
            raw::legacy::open(&c(&path), flags, 0o644)
        })?;
        let path = script.at("creat");
        script
            .does("creat a new file", vec![Fact::created(&path)], || raw::legacy::creat(&c(&path), 0o644))?;
        script.does("creat it again", vec![Fact::created(&path)], || raw::legacy::creat(&c(&path), 0o644))?;
    }
    Ok(())
}

fn openat2(script: &mut Script) -> anyhow::Result<()> {
    let folder = openat(script.folder(), OFlags::DIRECTORY | OFlags::PATH)?;
    let new = OFlags::CREATE | OFlags::WRONLY;
    let ways = [
        ("plain", ResolveFlags::empty()),
        ("no magic links", ResolveFlags::NO_MAGICLINKS),
        ("no symbolic links", ResolveFlags::NO_SYMLINKS),
        ("no other mount", ResolveFlags::NO_XDEV),
        ("beneath", ResolveFlags::BENEATH),
        ("as in a root", ResolveFlags::IN_ROOT),
    ];
    for (name, flags) in ways {
        // In a root, an absolute path begins at the descriptor.
        let asked = if flags == ResolveFlags::IN_ROOT { format!("/../{name}") } else { name.to_owned() };
        let facts = vec![Fact::created(script.at(name))];
        script.does(&format!("openat2 {name}"), facts, || {
            ok(rustix::fs::openat2(&folder, asked.as_str(), new, PLAIN, flags))
        })?;
    }
    script.fails("openat2 above its beneath", || {
        ok(rustix::fs::openat2(&folder, "../escaped", new, PLAIN, ResolveFlags::BENEATH))
    })
}

fn tmpfile(script: &mut Script) -> anyhow::Result<()> {
    let folder = script.folder().to_owned();
    let file =
        script.does("open without a name", vec![], || openat(&folder, OFlags::TMPFILE | OFlags::RDWR))?;
    let named = script.at("named at last");
    let through_proc = format!("/proc/self/fd/{}", file.as_raw_fd());
    script.does("linkat gives it a name", vec![Fact::created(&named)], || {
        ok(rustix::fs::linkat(CWD, through_proc, CWD, &named, AtFlags::SYMLINK_FOLLOW))
    })?;
    script.does("another stays without one", vec![], || {
        let unnamed = openat(&folder, OFlags::TMPFILE | OFlags::RDWR | OFlags::EXCL)?;
        File::from(unnamed).write_all(b"nobody sees this")
    })
}

fn rename(script: &mut Script) -> anyhow::Result<()> {
    for name in ["first", "over", "left", "right"] {
        let path = script.at(name);
        script.does("make a file", vec![Fact::created(&path)], || File::create_new(&path))?;
    }
    let [first, second, third] = ["first", "second", "third"].map(|name| script.at(name));
    script.does("renameat", vec![Fact::created(&second)], || {
        ok(rustix::fs::renameat(CWD, &first, CWD, &second))
    })?;
    script.does("renameat2, not over a file", vec![Fact::created(&third)], || {
        ok(rustix::fs::renameat_with(CWD, &second, CWD, &third, RenameFlags::NOREPLACE))
    })?;
    let over = script.at("over");
    let facts = vec![Fact::deleted(&over), Fact::created(&over)];
    script.does("renameat over a file", facts, || ok(rustix::fs::renameat(CWD, &third, CWD, &over)))?;
    let (left, right) = (script.at("left"), script.at("right"));
    script.does("renameat2, exchange", vec![Fact::created(&left), Fact::created(&right)], || {
        ok(rustix::fs::renameat_with(CWD, &left, CWD, &right, RenameFlags::EXCHANGE))
    })?;
    script.does("renameat onto itself", vec![], || ok(rustix::fs::renameat(CWD, &left, CWD, &left)))?;
    #[cfg(target_arch = "x86_64")]
    {
        let legacy = script.at("by rename");
        script
            .does("rename", vec![Fact::created(&legacy)], || raw::legacy::rename(&c(&left), &c(&legacy)))?;
    }
    let directory = script.at("directory");
    fs::create_dir(&directory)?;
    script.does("renameat of a directory", vec![], || {
        ok(rustix::fs::renameat(CWD, &directory, CWD, script_sibling(&directory)))
    })
}

fn script_sibling(path: &Path) -> std::path::PathBuf {
    path.with_file_name("another directory")
}

fn link(script: &mut Script) -> anyhow::Result<()> {
    let file = script.at("file");
    script.does("make a file", vec![Fact::created(&file)], || File::create_new(&file))?;
    let path = script.at("linkat");
    script.does("linkat", vec![Fact::created(&path)], || {
        ok(rustix::fs::linkat(CWD, &file, CWD, &path, AtFlags::empty()))
    })?;
    let path = script.at("symlinkat");
    script.does("symlinkat", vec![Fact::created(&path)], || {
        ok(rustix::fs::symlinkat("nowhere/at/all", CWD, &path))
    })?;
    for (name, kind, device) in [
        ("fifo", FileType::Fifo, 0),
        ("device", FileType::CharacterDevice, rustix::fs::makedev(1, 3)),
        ("socket", FileType::Socket, 0),
        ("regular", FileType::RegularFile, 0),
    ] {
        let path = script.at(name);
        script.does(&format!("mknodat of a {name}"), vec![Fact::created(&path)], || {
            ok(rustix::fs::mknodat(CWD, &path, kind, PLAIN, device))
        })?;
    }
    script
        .does("mkdirat", vec![], || ok(rustix::fs::mkdirat(CWD, path.with_file_name("directory"), PLAIN)))?;
    let path = script.at("linkat");
    script.does("unlinkat one name of two", vec![Fact::deleted(&path)], || {
        ok(rustix::fs::unlinkat(CWD, &path, AtFlags::empty()))
    })?;
    #[cfg(target_arch = "x86_64")]
    {
        let path = script.at("link");
        script.does("link", vec![Fact::created(&path)], || raw::legacy::link(&c(&file), &c(&path)))?;
        let path = script.at("symlink");
        script.does("symlink", vec![Fact::created(&path)], || raw::legacy::symlink(c"text", &c(&path)))?;
        let path = script.at("mknod");
        script.does("mknod", vec![Fact::created(&path)], || raw::legacy::mknod(&c(&path), 0o010_644, 0))?;
    }
    Ok(())
}

fn socket(script: &mut Script) -> anyhow::Result<()> {
    let path = script.at("socket");
    script.does("bind a socket", vec![Fact::created(&path)], || {
        std::os::unix::net::UnixListener::bind(&path)
    })?;
    script.fails("bind it again", || std::os::unix::net::UnixListener::bind(&path))?;
    script.does("bind a socket without a name", vec![], || std::net::TcpListener::bind(("127.0.0.1", 0)))?;
    script.does("unlinkat a socket", vec![Fact::deleted(&path)], || fs::remove_file(&path))
}

fn delete(script: &mut Script) -> anyhow::Result<()> {
    for (name, mode) in [("plain", 0o644), ("program", 0o755)] {
        let path = script.at(name);
        let make = || ok(rustix::fs::openat(CWD, &path, OFlags::CREATE, Mode::from_raw_mode(mode)));
        let gone = Fact::FileDelete { path: path.clone(), executable: mode & 0o111 != 0 };
        script.does("make a file", vec![Fact::created(&path)], make)?;
        script.does("unlinkat", vec![gone.clone()], || {
            ok(rustix::fs::unlinkat(CWD, &path, AtFlags::empty()))
        })?;
        #[cfg(target_arch = "x86_64")]
        {
            script.does("make a file", vec![Fact::created(&path)], make)?;
            script.does("unlink", vec![gone], || raw::legacy::unlink(&c(&path)))?;
        }
    }
    let directory = script.at("directory");
    fs::create_dir(&directory)?;
    script.does("rmdir", vec![], || fs::remove_dir(&directory))
}

fn contents(script: &mut Script) -> anyhow::Result<()> {
    let source = script.at("source");
    script.does("make a file", vec![Fact::created(&source)], || fs::write(&source, "contents"))?;
    let new = OFlags::CREATE | OFlags::RDWR;
    let path = script.at("copied");
    script.does("copy_file_range", vec![Fact::created(&path)], || {
        ok(rustix::fs::copy_file_range(File::open(&source)?, None, openat(&path, new)?, None, 8))
    })?;
    let path = script.at("sent");
    script.does("sendfile", vec![Fact::created(&path)], || {
        ok(rustix::fs::sendfile(openat(&path, new)?, File::open(&source)?, None, 8))
    })?;
    let path = script.at("spliced");
    script.does("splice", vec![Fact::created(&path)], || {
        let (reader, mut writer) = io::pipe()?;
        writer.write_all(b"contents")?;
        ok(rustix::pipe::splice(
            &reader,
            None,
            openat(&path, new)?,
            None,
            8,
            rustix::pipe::SpliceFlags::empty(),
        ))
    })?;
    let path = script.at("mapped");
    script.does("write through a mapping", vec![Fact::created(&path)], || {
        let mut file = File::from(openat(&path, new)?);
        file.set_len(4096)?;
        raw::write_mapped(&file, b"contents")?;
        file.rewind()?;
        if io::read_to_string(file)?.starts_with("contents") {
            Ok(())
        } else {
            Err(io::ErrorKind::InvalidData.into())
        }
    })
}

/// Another descriptor of the same file, not below this number.
fn duplicate_above(file: &OwnedFd, lowest: i32) -> io::Result<OwnedFd> {
    ok(rustix::io::fcntl_dupfd_cloexec(file, lowest))
}

fn high_descriptor(script: &mut Script) -> anyhow::Result<()> {
    const HIGH: i32 = 70_000;
    let room = u64::try_from(HIGH + 10)?;
    let limit = rustix::process::Rlimit { current: Some(room), maximum: Some(room) };
    if let Err(error) = rustix::process::setrlimit(rustix::process::Resource::Nofile, limit) {
        return script.skip(&format!("no {room} descriptors for a process: {error}"));
    }
    let folder = duplicate_above(&openat(script.folder(), OFlags::DIRECTORY | OFlags::PATH)?, HIGH)?;
    let path = script.at("high");
    let file = script.does("openat below a high descriptor", vec![Fact::created(&path)], || {
        ok(rustix::fs::openat(&folder, "high", OFlags::CREATE | OFlags::RDWR, PLAIN))
    })?;
    let file = duplicate_above(&file, HIGH)?;
    script.does("ftruncate a high descriptor", vec![], || ok(rustix::fs::ftruncate(&file, 0)))?;
    let again = duplicate_above(&openat(&path, OFlags::RDWR)?, HIGH)?;
    script.does("ftruncate it when it was there", vec![Fact::created(&path)], || {
        ok(rustix::fs::ftruncate(&again, 0))
    })?;
    script.does("unlinkat below a high descriptor", vec![Fact::deleted(&path)], || {
        ok(rustix::fs::unlinkat(&folder, "high", AtFlags::empty()))
    })
}

fn failures(script: &mut Script) -> anyhow::Result<()> {
    let there = script.at("there");
    script.does("make a file", vec![Fact::created(&there)], || File::create_new(&there))?;
    let (missing, new) = (script.at("no/such/file"), script.at("new"));
    script.fails("openat exclusively what is there", || openat(&there, OFlags::CREATE | OFlags::EXCL))?;
    script.fails("openat in no directory", || openat(&missing, OFlags::CREATE))?;
    script.fails("unlinkat nothing", || ok(rustix::fs::unlinkat(CWD, &missing, AtFlags::empty())))?;
    script.fails("renameat nothing", || ok(rustix::fs::renameat(CWD, &missing, CWD, &new)))?;
    script
        .fails("linkat onto a file", || ok(rustix::fs::linkat(CWD, &there, CWD, &there, AtFlags::empty())))?;
    script.fails("symlinkat onto a file", || ok(rustix::fs::symlinkat("text", CWD, &there)))?;
    script.fails("mknodat onto a file", || ok(rustix::fs::mknodat(CWD, &there, FileType::Fifo, PLAIN, 0)))?;
    script.fails("truncate nothing", || raw::truncate(&c(&missing), 0))
}
