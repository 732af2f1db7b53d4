//! Event 11: every way to make or to overwrite a file, under its absolute, normalised name.

use std::ffi::{CString, OsStr, OsString};
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RenameFlags, ResolveFlags};

use crate::deed::{self, Deed, Doing, Folder};
use crate::expected::{Expected, Want, file_create, file_delete, life};
use crate::process::Process;
use crate::{agent, raw, tests};

tests![
    opened_for_the_first_time,
    an_unnamed_file_gets_a_name,
    links_and_nodes,
    renamed,
    overwritten,
    neither_failed_calls_nor_reopening,
    names_are_absolute_and_normalised,
    every_byte_that_a_name_can_hold,
    two_hundred_components_of_four_thousand_bytes,
    by_other_users,
];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "open-new", run: open_new },
    Deed { name: "name-the-unnamed", run: name_the_unnamed },
    Deed { name: "link-and-mknod", run: link_and_mknod },
    Deed { name: "rename", run: rename },
    Deed { name: "overwrite", run: overwrite },
    Deed { name: "fail-and-reopen", run: fail_and_reopen },
    Deed { name: "winding-paths", run: winding_paths },
    Deed { name: "every-byte", run: every_byte },
    Deed { name: "deep-path", run: deep_path },
    Deed { name: "create", run: create_all },
];

const PLAIN: Mode = Mode::from_raw_mode(0o644);

/// Runs a deed in a folder and expects creations of these names, in the order in which they were made.
fn creations(name: &str, made: &[&str]) {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let process = deed::perform(name, &[folder.path().as_os_str()]);
    let expected = made.iter().map(|name| file_create(&process, &folder.join(name)));
    watch.expect(&[process.pid], &life(&process, expected));
}

/// Where a deed works: its first argument, which also becomes its working directory.
fn enter(arguments: &[OsString]) -> anyhow::Result<PathBuf> {
    std::env::set_current_dir(&arguments[0])?;
    Ok(PathBuf::from(&arguments[0]))
}

fn c(path: impl AsRef<OsStr>) -> CString {
    CString::new(path.as_ref().as_bytes()).expect("paths hold no NUL")
}

fn opened_for_the_first_time() {
    let mut made = vec!["openat", "openat2", "exclusive", "truncating"];
    if cfg!(target_arch = "x86_64") {
        made.extend(["open", "creat"]);
    }
    creations("open-new", &made);
}

fn open_new(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = enter(arguments)?;
    rustix::fs::openat(CWD, folder.join("openat"), OFlags::CREATE | OFlags::WRONLY, PLAIN)?;
    let all = ResolveFlags::NO_MAGICLINKS;
    rustix::fs::openat2(CWD, folder.join("openat2"), OFlags::CREATE | OFlags::RDWR, PLAIN, all)?;
    rustix::fs::openat(CWD, folder.join("exclusive"), OFlags::CREATE | OFlags::EXCL, PLAIN)?;
    // Made and cut in one call: one event. Cut once more while it is open: still what this open made.
    let truncating = OFlags::CREATE | OFlags::TRUNC | OFlags::WRONLY;
    let file = File::from(rustix::fs::openat(CWD, folder.join("truncating"), truncating, PLAIN)?);
    file.set_len(0)?;
    #[cfg(target_arch = "x86_64")]
    {
        raw::legacy::open(&c(folder.join("open")), OFlags::CREATE.bits().cast_signed(), 0o644)?;
        raw::legacy::creat(&c(folder.join("creat")), 0o644)?;
    }
    Ok(())
}

fn an_unnamed_file_gets_a_name() {
    creations("name-the-unnamed", &["named at last"]);
}

fn name_the_unnamed(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = enter(arguments)?;
    let file = rustix::fs::openat(CWD, &folder, OFlags::TMPFILE | OFlags::RDWR, PLAIN)?;
    let through_proc = format!("/proc/self/fd/{}", file.as_raw_fd());
    rustix::fs::linkat(CWD, through_proc, CWD, folder.join("named at last"), AtFlags::SYMLINK_FOLLOW)?;
    // Another one stays unnamed and is no event.
    let unnamed = rustix::fs::openat(CWD, &folder, OFlags::TMPFILE | OFlags::RDWR | OFlags::EXCL, PLAIN)?;
    File::from(unnamed).write_all(b"nobody sees this")?;
    Ok(())
}

fn links_and_nodes() {
    let mut made = vec!["file", "linkat", "symlinkat", "fifo", "device", "socket"];
    if cfg!(target_arch = "x86_64") {
        made.extend(["link", "symlink", "mknod"]);
    }
    creations("link-and-mknod", &made);
}

fn link_and_mknod(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = enter(arguments)?;
    let file = folder.join("file");
    File::create_new(&file)?;
    rustix::fs::linkat(CWD, &file, CWD, folder.join("linkat"), AtFlags::empty())?;
    rustix::fs::symlinkat("nowhere/at/all", CWD, folder.join("symlinkat"))?;
    rustix::fs::mknodat(CWD, folder.join("fifo"), FileType::Fifo, PLAIN, 0)?;
    rustix::fs::mknodat(
        CWD,
        folder.join("device"),
        FileType::CharacterDevice,
        PLAIN,
        rustix::fs::makedev(1, 3),
    )?;
    rustix::fs::mknodat(CWD, folder.join("socket"), FileType::Socket, PLAIN, 0)?;
    // A directory is no file.
    fs::create_dir(folder.join("directory"))?;
    #[cfg(target_arch = "x86_64")]
    {
        raw::legacy::link(&c(&file), &c(folder.join("link")))?;
        raw::legacy::symlink(c"text", &c(folder.join("symlink")))?;
        raw::legacy::mknod(&c(folder.join("mknod")), 0o010_644, 0)?;
    }
    Ok(())
}

fn renamed() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    for name in ["a", "b", "c", "over", "was there", "left", "right", "self"] {
        File::create_new(folder.join(name)).expect("the folder is ours");
    }
    fs::create_dir(folder.join("directory")).expect("the folder is ours");
    let process = deed::perform("rename", &[folder.path().as_os_str()]);
    let created = |name: &str| file_create(&process, &folder.join(name));
    let mut expected =
        vec![created("by renameat"), created("by renameat2"), created("left"), created("right")];
    if agent::knows_what_names_were() {
        expected.push(file_delete(&process, &folder.join("was there"), Want::Is("false".to_owned())));
    }
    expected.push(created("was there"));
    if cfg!(target_arch = "x86_64") {
        expected.push(created("by rename"));
    }
    watch.expect(&[process.pid], &life(&process, expected));
}

fn rename(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = enter(arguments)?;
    let at = |name: &str| folder.join(name);
    #[cfg(target_arch = "x86_64")]
    raw::legacy::rename(&c(at("a")), &c(at("by rename")))?;
    rustix::fs::renameat(CWD, at("b"), CWD, at("by renameat"))?;
    rustix::fs::renameat_with(CWD, at("c"), CWD, at("by renameat2"), RenameFlags::NOREPLACE)?;
    rustix::fs::renameat(CWD, at("over"), CWD, at("was there"))?;
    rustix::fs::renameat_with(CWD, at("left"), CWD, at("right"), RenameFlags::EXCHANGE)?;
    // Neither a file onto itself nor a directory is an event.
    rustix::fs::renameat(CWD, at("self"), CWD, at("self"))?;
    rustix::fs::renameat(CWD, at("directory"), CWD, at("renamed directory"))?;
    Ok(())
}

fn overwritten() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let mut names = vec!["openat", "openat2", "truncate", "ftruncate"];
    if cfg!(target_arch = "x86_64") {
        names.extend(["open", "creat"]);
    }
    for name in names.iter().chain(&["shortened"]) {
        fs::write(folder.join(name), "old contents").expect("the folder is ours");
    }
    let process = deed::perform("overwrite", &[folder.path().as_os_str()]);
    let expected = names.iter().map(|name| file_create(&process, &folder.join(name)));
    watch.expect(&[process.pid], &life(&process, expected));
}

fn overwrite(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = enter(arguments)?;
    rustix::fs::openat(CWD, folder.join("openat"), OFlags::TRUNC | OFlags::WRONLY, PLAIN)?;
    let all = ResolveFlags::empty();
    rustix::fs::openat2(CWD, folder.join("openat2"), OFlags::TRUNC | OFlags::RDWR, Mode::empty(), all)?;
    raw::truncate(&c(folder.join("truncate")), 0)?;
    File::options().write(true).open(folder.join("ftruncate"))?.set_len(0)?;
    // Not emptied: something of it is left.
    File::options().write(true).open(folder.join("shortened"))?.set_len(3)?;
    #[cfg(target_arch = "x86_64")]
    {
        let cut = (OFlags::TRUNC | OFlags::WRONLY).bits().cast_signed();
        raw::legacy::open(&c(folder.join("open")), cut, 0)?;
        raw::legacy::creat(&c(folder.join("creat")), 0o644)?;
    }
    Ok(())
}

fn neither_failed_calls_nor_reopening() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    File::create_new(folder.join("there")).expect("the folder is ours");
    fs::create_dir(folder.join("directory")).expect("the folder is ours");
    symlink("there", folder.join("link")).expect("the folder is ours");
    // A user that may not write here is among those who fail.
    for uid in [0, 65534] {
        let process =
            Doing::start_as(deed::command_for_anyone("fail-and-reopen", &[folder.path().as_os_str()]), uid)
                .finish();
        watch.expect(&[process.pid], &life(&process, []));
    }
}

fn fail_and_reopen(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = enter(arguments)?;
    let at = |name: &str| folder.join(name);
    // Opened again, with and without the wish to make it; made a moment ago, so times tell nothing.
    for flags in [OFlags::RDONLY, OFlags::CREATE, OFlags::CREATE | OFlags::APPEND] {
        rustix::fs::openat(CWD, at("there"), flags, PLAIN)?;
    }
    let failures = [
        rustix::fs::openat(CWD, at("there"), OFlags::CREATE | OFlags::EXCL, PLAIN).is_err(),
        rustix::fs::openat(CWD, at("no/such/folder"), OFlags::CREATE, PLAIN).is_err(),
        rustix::fs::openat(CWD, at("directory"), OFlags::CREATE | OFlags::WRONLY, PLAIN).is_err(),
        rustix::fs::openat(CWD, "", OFlags::CREATE, PLAIN).is_err(),
        rustix::fs::openat(CWD, at("missing"), OFlags::WRONLY | OFlags::TRUNC, PLAIN).is_err(),
        rustix::fs::openat2(CWD, "/tmp/x", OFlags::CREATE, PLAIN, ResolveFlags::BENEATH).is_err(),
        rustix::fs::linkat(CWD, at("missing"), CWD, at("new"), AtFlags::empty()).is_err(),
        rustix::fs::linkat(CWD, at("there"), CWD, at("link"), AtFlags::empty()).is_err(),
        rustix::fs::symlinkat("text", CWD, at("there")).is_err(),
        rustix::fs::mknodat(CWD, at("there"), FileType::Fifo, PLAIN, 0).is_err(),
        rustix::fs::renameat(CWD, at("missing"), CWD, at("new")).is_err(),
        rustix::fs::renameat(CWD, at("there"), CWD, at("directory")).is_err(),
        rustix::fs::renameat_with(CWD, at("there"), CWD, at("link"), RenameFlags::NOREPLACE).is_err(),
        rustix::fs::openat(CWD, "/proc/version", OFlags::CREATE | OFlags::WRONLY | OFlags::EXCL, PLAIN)
            .is_err(),
        raw::truncate(&c(at("missing")), 0).is_err(),
    ];
    ensure!(failures.iter().all(|failed| *failed), "each must fail: {failures:?}");
    #[cfg(target_arch = "x86_64")]
    ensure!(raw::legacy::creat(&c(at("directory")), 0o644).is_err(), "a directory is there");
    Ok(())
}

/// However a path winds, the event names the file the shortest way.
fn names_are_absolute_and_normalised() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    fs::create_dir_all(folder.join("real/deeper")).expect("the folder is ours");
    symlink("real/deeper", folder.join("detour")).expect("the folder is ours");
    let process = deed::perform("winding-paths", &[folder.path().as_os_str()]);
    let created = |name: &str| file_create(&process, &folder.join(name));
    let deleted = |name: &str| file_delete(&process, &folder.join(name), Want::Is("false".to_owned()));
    let expected: Vec<Expected> = vec![
        created("dots"),
        created("real/deeper/opened"),
        created("real/up"),
        created("real/deeper/fifo"),
        created("real/deeper/by descriptor"),
        created("real/deeper/link"),
        created("real/slashes"),
        created("real/moved"),
        deleted("real/deeper/opened"),
        deleted("real/up"),
        deleted("real/deeper/by descriptor"),
    ];
    watch.expect(&[process.pid], &life(&process, expected));
}

fn winding_paths(arguments: &[OsString]) -> anyhow::Result<()> {
    enter(arguments)?;
    File::create_new("./real/.././dots")?;
    File::create_new("detour/opened")?;
    File::create_new("detour/../up")?;
    rustix::fs::mknodat(CWD, "detour/./fifo", FileType::Fifo, PLAIN, 0)?;
    let below = rustix::fs::openat(CWD, "detour", OFlags::DIRECTORY | OFlags::PATH, Mode::empty())?;
    rustix::fs::mknodat(&below, "by descriptor", FileType::Fifo, PLAIN, 0)?;
    rustix::fs::linkat(CWD, "dots", &below, "link", AtFlags::empty())?;
    rustix::fs::symlinkat("x", CWD, ".//real///slashes")?;
    rustix::fs::renameat(&below, "link", &below, "../moved")?;
    fs::remove_file("real/../detour/opened")?;
    rustix::fs::unlinkat(&below, "../up", AtFlags::empty())?;
    rustix::fs::unlinkat(&below, "./by descriptor", AtFlags::empty())?;
    Ok(())
}

fn every_byte_that_a_name_can_hold() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let process = deed::perform("every-byte", &[folder.path().as_os_str()]);
    let expected = all_names().into_iter().flat_map(|name| {
        let path = folder.join(name);
        [file_create(&process, &path), file_delete(&process, &path, Want::Is("false".to_owned()))]
    });
    watch.expect(&[process.pid], &life(&process, expected.collect::<Vec<_>>()));
}

/// Each byte between its code in digits, so that also those that print alike are told apart; and all in one name.
fn all_names() -> Vec<OsString> {
    let bytes = || (1..=255_u8).filter(|&byte| byte != b'/');
    let mut names: Vec<Vec<u8>> =
        bytes().map(|byte| [format!("{byte}-").as_bytes(), &[byte], b"-"].concat()).collect();
    names.push(bytes().collect());
    names.into_iter().map(OsString::from_vec).collect()
}

fn every_byte(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = enter(arguments)?;
    for name in all_names() {
        File::create_new(folder.join(&name))?;
        fs::remove_file(folder.join(&name))?;
    }
    Ok(())
}

/// Components of a path that is made step by step.
const DEPTH: usize = 200;
const DEEP_PATH_BYTES: usize = 4_000;

fn two_hundred_components_of_four_thousand_bytes() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let process = deed::perform("deep-path", &[folder.path().as_os_str()]);
    let bottom = folder.path().join(below(folder.path()));
    assert_eq!(bottom.as_os_str().len(), DEEP_PATH_BYTES, "the truth itself");
    assert_eq!(bottom.components().count(), DEPTH + 1, "the truth itself: the root and its components");
    let moved = bottom.with_file_name("moved");
    let expected = [
        file_create(&process, &bottom),
        file_create(&process, &moved),
        file_delete(&process, &moved, Want::Is("false".to_owned())),
    ];
    watch.expect(&[process.pid], &life(&process, expected));
}

/// The rest of a path that has [`DEPTH`] components and [`DEEP_PATH_BYTES`] bytes and begins with `top`.
fn below(top: &Path) -> PathBuf {
    let count = DEPTH - (top.components().count() - 1);
    let bytes = DEEP_PATH_BYTES - top.as_os_str().len() - count;
    (0..count).map(|at| "d".repeat(bytes / count + usize::from(at < bytes % count))).collect()
}

fn deep_path(arguments: &[OsString]) -> anyhow::Result<()> {
    let top = enter(arguments)?;
    let rest = below(&top);
    let mut at = rustix::fs::openat(CWD, &top, OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
    for component in rest.parent().expect("it has many components").components() {
        rustix::fs::mkdirat(&at, component.as_os_str(), Mode::from_raw_mode(0o755))?;
        at = rustix::fs::openat(&at, component.as_os_str(), OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
    }
    let leaf = rest.file_name().expect("it has many components");
    rustix::fs::openat(&at, leaf, OFlags::CREATE | OFlags::WRONLY, PLAIN)?;
    rustix::fs::renameat(&at, leaf, &at, "moved")?;
    rustix::fs::unlinkat(&at, "moved", AtFlags::empty())?;
    Ok(())
}

fn by_other_users() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    for uid in [65534, 123_456] {
        let (made, made_too) =
            (folder.join(format!("made by {uid}")), folder.join(format!("also made by {uid}")));
        let command = deed::command_for_anyone("create", &[made.as_os_str(), made_too.as_os_str()]);
        let process = Doing::start_as(command, uid).finish();
        watch.expect(&[process.pid], &life(&process, creations_of(&process, &[&made, &made_too])));
    }
}

fn creations_of(process: &Process, paths: &[&Path]) -> Vec<Expected> {
    paths.iter().map(|path| file_create(process, path)).collect()
}

fn create_all(arguments: &[OsString]) -> anyhow::Result<()> {
    for path in arguments {
        File::create_new(path)?;
    }
    Ok(())
}
