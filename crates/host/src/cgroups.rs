//! Control groups: which container and which unit a process belongs to.
//!
//! A record has the number of its process's group, which is the inode of the group's folder. The path is asked of
//! `/proc/PID/cgroup` while the process is there, and looked for below the folder where groups are mounted when it is gone;
//! both off the line, with a deadline. Groups are never renamed, and there are few: what was found is remembered.

use std::collections::VecDeque;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hashlink::LruCache;
use tuxmon_event::Text;

use crate::deadline::Deadline;

/// Groups that are remembered.
const REMEMBERED_MAX: usize = 4096;
/// Folders that are looked at to find one group.
const FOLDERS_MAX: usize = 65_536;
/// How long the line waits for an answer.
const PATIENCE: Duration = Duration::from_millis(20);
/// Where version 2 groups are mounted, alone and beside version 1.
const MOUNTS: [&str; 2] = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];
/// Longest path that is kept.
const PATH_MAX: usize = 4096;

/// A group and what its path says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ControlGroup {
    /// Its path below the root of all groups.
    pub path: Text,
    /// The container, empty when it is none.
    pub container: Text,
    /// The unit of systemd, empty when it is in none.
    pub unit: Text,
}

/// Where a group may be found.
#[derive(Clone, Copy)]
struct Question {
    id: u64,
    pid: u32,
}

/// The groups of this machine.
pub struct ControlGroups {
    known: LruCache<u64, Arc<ControlGroup>>,
    ask: Deadline<Question, (u64, Option<Vec<u8>>)>,
    none: Arc<ControlGroup>,
}

impl std::fmt::Debug for ControlGroups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ControlGroups").field("known", &self.known.len()).finish_non_exhaustive()
    }
}

impl ControlGroups {
    /// Those below the usual mounts.
    pub fn of_this_machine() -> Self {
        Self::below(MOUNTS.map(PathBuf::from).to_vec())
    }

    /// Those of a machine that cannot be asked: none.
    pub fn of_a_recording() -> Self {
        Self::below(Vec::new())
    }

    fn below(mounts: Vec<PathBuf>) -> Self {
        let work = move |question: Question| (question.id, find(question, &mounts));
        Self {
            known: LruCache::new(REMEMBERED_MAX),
            ask: Deadline::new("cgroups", PATIENCE, work),
            none: Arc::default(),
        }
    }

    /// The group with this number, in which this process is or was. What cannot be found in time is empty, and there the
    /// next time.
    pub fn get(&mut self, id: u64, pid: u32) -> Arc<ControlGroup> {
        if id == 0 {
            return Arc::clone(&self.none);
        }
        if let Some(group) = self.known.get(&id) {
            return Arc::clone(group);
        }
        let Self { known, ask, none } = self;
        let mut keep = |id: u64, path: Option<Vec<u8>>| {
            let group = path.map_or_else(|| Arc::clone(none), |path| Arc::new(read(&path)));
            known.insert(id, Arc::clone(&group));
            group
        };
        let answer = ask.ask(Question { id, pid }, &mut |(id, path)| drop(keep(id, path)));
        match answer {
            Some((id, path)) => keep(id, path),
            None => Arc::clone(none),
        }
    }
}

/// The path of a group: the process's own, when that is the one, else the folder with this inode.
fn find(Question { id, pid }: Question, mounts: &[PathBuf]) -> Option<Vec<u8>> {
    // A folder of version 1, or of no groups at all, has numbers of its own.
    let mounts: Vec<&PathBuf> =
        mounts.iter().filter(|mount| mount.join("cgroup.controllers").exists()).collect();
    let has_it = |folder: &Path| folder.metadata().is_ok_and(|metadata| metadata.ino() == id);
    if mounts.is_empty() {
        return None;
    }
    let told = fs::read(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let told = told.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"0::/"));
    if let Some(told) = told
        && mounts.iter().any(|mount| has_it(&mount.join(std::ffi::OsStr::from_bytes(told))))
    {
        return Some([b"/", told].concat());
    }
    mounts.iter().find_map(|mount| search(mount, id))
}

/// The folder with this inode, those near the root first.
fn search(mount: &Path, id: u64) -> Option<Vec<u8>> {
    let mut folders = VecDeque::from([mount.to_owned()]);
    let mut looked = 0;
    while let Some(folder) = folders.pop_front() {
        looked += 1;
        if looked > FOLDERS_MAX {
            return None;
        }
        if folder.metadata().is_ok_and(|metadata| metadata.ino() == id) {
            let below = folder.strip_prefix(mount).ok()?;
            return Some([b"/", below.as_os_str().as_bytes()].concat());
        }
        let entries = fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        folders.extend(
            entries
                .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
                .map(|entry| entry.path()),
        );
    }
    None
}

/// What a path says. A name is any bytes but a slash and a line feed, and in what systemd has delegated to a user any that
/// the user likes: so a unit is read from the root down, where only root makes names, and a container's id must look like one.
fn read(path: &[u8]) -> ControlGroup {
    let path = &path[..path.len().min(PATH_MAX)];
    let text = String::from_utf8_lossy(path);
    let container = text.rsplit('/').find_map(container).unwrap_or_default();
    let unit = text.split('/').filter(|name| !name.is_empty()).find(|name| kind(name) != "slice");
    let unit = unit.filter(|name| matches!(kind(name), "service" | "scope"));
    ControlGroup {
        container: Text::from(container),
        unit: Text::from(unit.unwrap_or_default()),
        path: Text::from(&*text),
    }
}

/// What kind of unit has such a name.
fn kind(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, kind)| kind)
}

/// The container that a group's name tells: 64 hexadecimal digits behind the runtime's prefix (`docker-…scope`,
/// `cri-containerd-…`, `crio-…`, `libpod-…`) or alone, or the name that LXC gives. A runtime's monitor is not in it.
fn container(name: &str) -> Option<&str> {
    if let Some(name) = name.strip_prefix("lxc.payload.") {
        return (!name.is_empty()).then_some(name);
    }
    let name = name.strip_suffix(".scope").unwrap_or(name);
    if name.contains("-conmon-") {
        return None;
    }
    let id = name.rsplit(['-', ':']).next()?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (id.len() == 64 && id.bytes().all(is_digit)).then_some(id)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    const ID: &str = "4c01db0b339c7d4c3c3e1e0f0e5b0a6c2f0f5f7d8c9b1a2e3d4c5b6a79880716";

    fn parts(path: &str) -> (String, String) {
        let ControlGroup { container, unit, .. } = read(path.as_bytes());
        (container.as_str().to_owned(), unit.as_str().to_owned())
    }

    #[test]
    fn runtimes_name_their_groups() {
        for (path, unit) in [
            (format!("/docker/{ID}"), ""),
            (format!("/system.slice/docker-{ID}.scope"), &*format!("docker-{ID}.scope")),
            (format!("/kubepods/besteffort/pod7c0f/{ID}"), ""),
            (
                format!(
                    "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod7.slice/cri-containerd-{ID}.scope"
                ),
                &*format!("cri-containerd-{ID}.scope"),
            ),
            (
                format!("/kubepods.slice/crio-{ID}.scope/system.slice/nginx.service"),
                &*format!("crio-{ID}.scope"),
            ),
            (
                format!("/system.slice/containerd.service/kubepods-pod7.slice:cri-containerd:{ID}"),
                "containerd.service",
            ),
            (
                format!(
                    "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope/container"
                ),
                "user@1000.service",
            ),
        ] {
            assert_eq!(parts(&path), (ID.to_owned(), unit.to_owned()), "{path}");
        }
        assert_eq!(parts("/lxc.payload.web/system.slice/ssh.service").0, "web");
    }

    #[test]
    fn what_is_no_container_has_no_id() {
        for (path, unit) in [
            ("/", ""),
            ("/init.scope", "init.scope"),
            ("/system.slice/ssh.service", "ssh.service"),
            ("/user.slice/user-0.slice/session-3.scope", "session-3.scope"),
            ("/system.slice", ""),
        ] {
            assert_eq!(parts(path), (String::new(), unit.to_owned()), "{path}");
        }
        assert_eq!(parts(&format!("/machine.slice/libpod-conmon-{ID}.scope")).0, "");
        assert_eq!(parts(&format!("/docker/{}", &ID[1..])).0, "");
        assert_eq!(parts(&format!("/docker/{}", ID.to_ascii_uppercase())).0, "");
    }

    #[test]
    fn hostile_names_are_text_and_fake_no_unit() {
        let hostile =
            b"/user.slice/user-1000.slice/user@1000.service/\x1b[2J\xff\"><x>/system.slice/ssh.service";
        let ControlGroup { path, container, unit } = read(hostile);
        assert_eq!(unit.as_str(), "user@1000.service", "from the root down");
        assert_eq!(container.as_str(), "");
        assert!(path.as_str().ends_with("\u{fffd}\"><x>/system.slice/ssh.service"), "{path:?}");
        let deep = format!("/{}", "x/".repeat(10_000));
        assert_eq!(read(deep.as_bytes()).path.as_str().len(), PATH_MAX);
    }

    #[test]
    fn a_group_is_found_by_its_number_when_its_process_is_gone() {
        let mount = tempfile::tempdir().expect("a temporary folder");
        let folder = mount.path().join("system.slice").join(format!("docker-{ID}.scope"));
        fs::create_dir_all(&folder).expect("the folder is ours");
        File::create_new(mount.path().join("cgroup.controllers")).expect("the folder is ours");
        let id = folder.metadata().expect("it is there").ino();
        // No process has this number.
        let question = |id| Question { id, pid: u32::MAX };
        let mounts = [mount.path().to_owned()];
        let elsewhere = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(find(question(id), &[elsewhere.path().to_owned()]), None, "no version 2 groups");
        let path = find(question(id), &mounts).expect("it is there");
        assert_eq!(path, format!("/system.slice/docker-{ID}.scope").as_bytes());
        assert_eq!(find(question(u64::MAX), &mounts), None);
        let mut groups = ControlGroups::below(mounts.to_vec());
        assert_eq!(groups.get(0, 1), Arc::default());
        // The worker may be late on a busy machine; then the answer is there later.
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        while groups.get(id, u32::MAX).container.as_str() != ID {
            assert!(std::time::Instant::now() < deadline, "it is never found");
        }
    }
}
