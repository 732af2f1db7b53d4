//! Puts the program's files in their places, and takes them away.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::layout::Layout;

/// The viewer's name; the same program as the service.
const VIEWER: &str = "sysmonLogView";

/// What stays after `-u`: it took work to write or must not begin again.
pub(crate) const KEPT: &[&str] = &["config.xml", "eventId"];

/// What else the agent and the original leave in the folder. What is not in this list was put there by somebody, and
/// nobody but its owner removes it.
const OURS: &[&str] = &[
    "argc",
    "argv",
    "boot-clock",
    "boot-clock.new",
    "control",
    "fieldSizes",
    "hashes",
    "hashes.new",
    "last-alive",
    "notify",
    "rules.bin",
    "starts",
    "starts.new",
    VIEWER,
];

/// The kernel objects of the original, by the kernel versions that they were for.
const ORIGINAL_OBJECTS: &[&str] = &["4.15", "4.16", "4.17-5.1", "5.2", "5.3-5.5", "5.6-"];

/// Puts the program itself and its viewer into the folder.
pub(crate) fn install(layout: &Layout, program: &Path) -> io::Result<()> {
    let binary = layout.binary();
    if fs::canonicalize(program)? != fs::canonicalize(&binary).unwrap_or_default() {
        let mut source = File::open(program)?;
        replace(&binary, 0o700, |file| io::copy(&mut source, file).map(drop))?;
    }
    let viewer = layout.folder().join(VIEWER);
    remove_file(&viewer)?;
    std::os::unix::fs::symlink(layout.name().as_str(), &viewer)?;
    for object in original_objects(layout) {
        remove_file(&object)?;
    }
    Ok(())
}

/// Replaces a file as a whole: who runs or reads the old one keeps it.
pub(crate) fn replace(
    path: &Path,
    mode: u32,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let temporary = path.with_file_name(name);
    // It can only be left over from a crash: every folder that this is called with belongs to root.
    remove_file(&temporary)?;
    let flags = OFlags::NOFOLLOW.bits().cast_signed();
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).custom_flags(flags).open(&temporary)?;
    let filled = fill(&mut file)
        .and_then(|()| file.flush())
        .and_then(|()| file.set_permissions(Permissions::from_mode(mode)))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, path));
    if filled.is_err() {
        remove_file(&temporary)?;
    }
    filled
}

/// Which files of the installation are there: what stays first, then what goes.
pub(crate) fn remove(layout: &Layout, everything: bool) -> io::Result<Removal> {
    let mut removal = Removal::default();
    let folder = layout.folder();
    for path in KEPT.iter().map(|name| folder.join(name)).filter(|path| path.exists()) {
        if everything {
            remove_file(&path)?;
        } else {
            removal.kept.push(path);
        }
    }
    for path in OURS.iter().map(|name| folder.join(name)).chain(original_objects(layout)) {
        remove_file(&path)?;
    }
    remove_file(&layout.binary())?;
    remove_file(&layout.pid_file())?;
    if let Ok(entries) = fs::read_dir(&folder) {
        let mut foreign: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        foreign.retain(|path| !removal.kept.contains(path));
        foreign.sort();
        if foreign.is_empty() && removal.kept.is_empty() {
            fs::remove_dir(&folder)?;
        }
        removal.foreign = foreign;
    }
    Ok(removal)
}

/// What was left in the folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Removal {
    /// On purpose.
    pub(crate) kept: Vec<PathBuf>,
    /// Because it is not ours.
    pub(crate) foreign: Vec<PathBuf>,
}

fn original_objects(layout: &Layout) -> impl Iterator<Item = PathBuf> {
    let folder = layout.folder();
    ORIGINAL_OBJECTS.iter().flat_map(move |kernels| {
        ["", "_core"].map(|kind| folder.join(format!("sysmonEBPFkern{kernels}{kind}.o")))
    })
}

/// Removes a file, if it is there.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
