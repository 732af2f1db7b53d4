//! Event 23: every way to lose a name, and what is still known of the file.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use anyhow::ensure;
use rustix::fs::{AtFlags, CWD, Mode, OFlags};

use crate::deed::{self, Deed, Folder};
use crate::expected::{Want, file_create, file_delete, life};
use crate::watch::Watch;
use crate::{agent, tests};

tests![
    unlinked,
    replaced_by_rename,
    executable_or_not,
    one_name_of_two,
    neither_failed_calls_nor_directories
];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "unlink", run: unlink },
    Deed { name: "remove", run: remove_all },
    Deed { name: "replace", run: replace },
    Deed { name: "fail-to-unlink", run: fail_to_unlink },
];

fn flag(value: bool) -> Want {
    Want::Is(value.to_string())
}

fn unlinked() {
    unlinked_in_sight_of(&mut agent::watch());
}

/// By every call that there is for it.
pub(crate) fn unlinked_in_sight_of(watch: &mut Watch) {
    let folder = Folder::new();
    let mut names = vec!["unlinkat", "by descriptor"];
    if cfg!(target_arch = "x86_64") {
        names.push("unlink");
    }
    for name in &names {
        File::create_new(folder.join(name)).expect("the folder is ours");
    }
    let process = deed::perform("unlink", &[folder.path().as_os_str()]);
    let expected = names.iter().map(|name| file_delete(&process, &folder.join(name), flag(false)));
    watch.expect(&[process.pid], &life(&process, expected));
}

fn unlink(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = PathBuf::from(&arguments[0]);
    rustix::fs::unlinkat(CWD, folder.join("unlinkat"), AtFlags::empty())?;
    let directory = rustix::fs::openat(CWD, &folder, OFlags::DIRECTORY, Mode::empty())?;
    rustix::fs::unlinkat(directory, "by descriptor", AtFlags::empty())?;
    #[cfg(target_arch = "x86_64")]
    {
        use std::os::unix::ffi::OsStrExt;
        let path = std::ffi::CString::new(folder.join("unlink").as_os_str().as_bytes())?;
        crate::raw::legacy::unlink(&path)?;
    }
    Ok(())
}

fn replaced_by_rename() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    fs::create_dir(folder.join("elsewhere")).expect("the folder is ours");
    let replaced = folder.join("elsewhere/old");
    fs::write(&replaced, "old").expect("the folder is ours");
    fs::set_permissions(&replaced, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    fs::write(folder.join("new"), "new").expect("the folder is ours");
    let process = deed::perform("replace", &[folder.join("new").as_os_str(), replaced.as_os_str()]);
    // The mode is that of the file which is gone, not of the one that took its name.
    let deleted = agent::knows_what_names_were().then(|| file_delete(&process, &replaced, flag(true)));
    let expected = deleted.into_iter().chain([file_create(&process, &replaced)]);
    watch.expect(&[process.pid], &life(&process, expected));
}

fn replace(arguments: &[OsString]) -> anyhow::Result<()> {
    Ok(fs::rename(&arguments[0], &arguments[1])?)
}

fn executable_or_not() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let modes = [(0o644, false), (0o755, true), (0o100, true), (0o010, true), (0o001, true), (0o000, false)];
    let mut files: Vec<(PathBuf, bool)> = Vec::new();
    for (mode, executable) in modes {
        let path = folder.join(format!("mode {mode:o}"));
        fs::write(&path, "contents").expect("the folder is ours");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("the file is ours");
        files.push((path, executable));
    }
    let link = folder.join("link to a program");
    symlink("/bin/true", &link).expect("the folder is ours");
    files.push((link, false));
    let fifo = folder.join("fifo");
    rustix::fs::mknodat(CWD, &fifo, rustix::fs::FileType::Fifo, Mode::from_raw_mode(0o777), 0)
        .expect("a fifo");
    files.push((fifo, false));
    let arguments: Vec<_> = files.iter().map(|(path, _)| path.as_os_str()).collect();
    let process = deed::perform("remove", &arguments);
    let expected = files.iter().map(|(path, executable)| file_delete(&process, path, flag(*executable)));
    watch.expect(&[process.pid], &life(&process, expected));
}

fn remove_all(arguments: &[OsString]) -> anyhow::Result<()> {
    for path in arguments {
        fs::remove_file(path)?;
    }
    Ok(())
}

fn one_name_of_two() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let (first, second) = (folder.program("/bin/true", "first name"), folder.join("second name"));
    fs::hard_link(&first, &second).expect("the folder is ours");
    let process = deed::perform("remove", &[second.as_os_str(), first.as_os_str()]);
    let expected = [&second, &first].map(|path| file_delete(&process, path, flag(true)));
    watch.expect(&[process.pid], &life(&process, expected));
}

fn neither_failed_calls_nor_directories() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    fs::create_dir_all(folder.join("directory/full")).expect("the folder is ours");
    fs::create_dir(folder.join("empty")).expect("the folder is ours");
    File::create_new(folder.join("there")).expect("the folder is ours");
    let process = deed::perform("fail-to-unlink", &[folder.path().as_os_str()]);
    watch.expect(&[process.pid], &life(&process, []));
}

fn fail_to_unlink(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = PathBuf::from(&arguments[0]);
    let failures = [
        fs::remove_file(folder.join("missing")).is_err(),
        fs::remove_file(folder.join("directory")).is_err(),
        fs::remove_file(folder.join("there/below a file")).is_err(),
        fs::remove_dir(folder.join("directory")).is_err(),
        fs::remove_dir(folder.join("there")).is_err(),
        rustix::fs::unlinkat(CWD, folder.join("there"), AtFlags::REMOVEDIR).is_err(),
        fs::rename(folder.join("there"), folder.join("directory")).is_err(),
    ];
    ensure!(failures.iter().all(|failed| *failed), "each must fail: {failures:?}");
    fs::remove_dir(folder.join("empty"))?;
    Ok(())
}
