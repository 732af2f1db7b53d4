//! Names that a system call took become absolute paths.
//!
//! The kernel side sends the directory that a call started at, which the kernel has resolved, and the user's
//! string, which it has not kept. A string without a `/` needs nothing more. Otherwise its directory is resolved
//! as the process would: in its mount namespace, below its root, following symbolic links. That may block, so it
//! happens on a thread with a deadline; without an answer the string is normalised as it stands.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hashlink::LruCache;
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use tuxmon_wire::Task;

use crate::deadline::Deadline;
use crate::namespace::{self, Namespaces};

/// How long a resolved directory is good for: a `rm -r` by absolute paths asks once for each directory.
const LASTS: Duration = Duration::from_millis(50);
const REMEMBERED_MAX: usize = 1024;

/// How long the line waits for a file system.
const PATIENCE: Duration = Duration::from_millis(20);

/// The longest path that one system call takes, without its NUL byte.
const PATH_MAX: usize = 4095;

/// What becomes of a symbolic link at the end of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Leaf {
    /// The call worked on the link itself: unlink, rename, mknod.
    Kept,
    /// The call worked on what the link leads to: truncate.
    Followed,
}

/// How a path was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// The kernel resolved each directory of it.
    Resolved,
    /// Symbolic links in it may not have been followed: its directory is gone or did not answer.
    AsWritten,
}

/// Resolves names.
#[derive(Debug)]
pub struct Names {
    own_namespace: Option<u32>,
    remembered: LruCache<Key, (Option<Vec<u8>>, Instant)>,
    resolver: Deadline<Question, Option<Vec<u8>>>,
}

/// A directory (or a whole path that is followed) as some processes see it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    namespace: u32,
    /// 0, or the process when its root is its own.
    rooted: u32,
    base: Vec<u8>,
    path: Vec<u8>,
    leaf: Leaf,
}

/// What the resolver is asked for.
#[derive(Debug)]
struct Question {
    view: View,
    base: Vec<u8>,
    path: Vec<u8>,
    leaf: Leaf,
}

/// From where a path is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// Our own root is the process's.
    Ours,
    /// The root of this process, which is its own.
    Of(u32),
    /// The root of this process, or of another one in the mount namespace when it has ended.
    In(u32, u32),
}

impl Names {
    /// A resolver for this machine.
    pub fn of_this_machine() -> Self {
        Self::new(PATIENCE)
    }

    /// A resolver for a recording, whose file systems are elsewhere: names stay as they were written.
    pub fn of_a_recording() -> Self {
        let remembered = LruCache::new(REMEMBERED_MAX);
        Self { own_namespace: None, remembered, resolver: Deadline::nobody("names") }
    }

    /// A resolver that waits so long for a file system.
    pub fn new(patience: Duration) -> Self {
        Self {
            own_namespace: namespace::own(),
            remembered: LruCache::new(REMEMBERED_MAX),
            resolver: Deadline::new("names", patience, {
                let namespaces = Mutex::new(Namespaces::default());
                move |question| resolve(&question, &namespaces)
            }),
        }
    }

    /// The absolute path of what `name` named for a task whose call started at the directory `base`. An empty name
    /// is the base itself.
    pub fn resolve(&mut self, task: &Task, base: &[u8], name: &[u8], leaf: Leaf) -> (Vec<u8>, Certainty) {
        let written = join(base, name);
        let name = trimmed(name);
        let (directory, last) = match leaf {
            Leaf::Kept => split(name),
            Leaf::Followed => (name, &b""[..]),
        };
        if directory.is_empty() {
            return (normalised(&written), Certainty::Resolved);
        }
        match self.directory(task, base, directory, leaf) {
            Some(mut path) => {
                if !last.is_empty() {
                    if path != b"/" {
                        path.push(b'/');
                    }
                    path.extend_from_slice(last);
                }
                (path, Certainty::Resolved)
            }
            None => (normalised(&written), Certainty::AsWritten),
        }
    }

    /// How often a file system did not answer in time.
    pub fn missed(&self) -> u64 {
        self.resolver.missed()
    }

    fn directory(&mut self, task: &Task, base: &[u8], path: &[u8], leaf: Leaf) -> Option<Vec<u8>> {
        let pid = task.identity.pid;
        let ours = self.own_namespace == Some(task.mount_namespace) && !task.flags.chroot();
        let key = Key {
            namespace: task.mount_namespace,
            rooted: if task.flags.chroot() { pid } else { 0 },
            base: if path.starts_with(b"/") { Vec::new() } else { base.to_vec() },
            path: path.to_vec(),
            leaf,
        };
        let now = Instant::now();
        if let Some((found, until)) = self.remembered.get(&key)
            && now < *until
        {
            return found.clone();
        }
        let view = match (ours, task.flags.chroot()) {
            (true, _) => View::Ours,
            (false, true) => View::Of(pid),
            (false, false) => View::In(pid, task.mount_namespace),
        };
        let question = Question { view, base: base.to_vec(), path: path.to_vec(), leaf };
        let found = self.resolver.ask(question, &mut |_| {})?;
        self.remembered.insert(key, (found.clone(), now + LASTS));
        found
    }
}

/// The name without slashes at its end, which only say that a directory is meant.
fn trimmed(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(|byte| *byte != b'/').map_or(name.len().min(1), |last| last + 1);
    &name[..end]
}

/// Directory and last component of a name; the directory is empty when the name is a component by itself. A last
/// component that names no entry (`.`, `..`) belongs to the directory.
fn split(name: &[u8]) -> (&[u8], &[u8]) {
    let Some(slash) = name.iter().rposition(|byte| *byte == b'/') else {
        return if is_dots(name) { (name, b"") } else { (b"", name) };
    };
    let last = &name[slash + 1..];
    if is_dots(last) || last.is_empty() {
        return (name, b"");
    }
    let directory = if slash == 0 { &name[..1] } else { &name[..slash] };
    (directory, last)
}

fn is_dots(component: &[u8]) -> bool {
    component == b"." || component == b".."
}

fn join(base: &[u8], name: &[u8]) -> Vec<u8> {
    if name.starts_with(b"/") {
        return name.to_vec();
    }
    let mut path = Vec::with_capacity(base.len() + 1 + name.len());
    path.extend_from_slice(base);
    path.push(b'/');
    path.extend_from_slice(name);
    path
}

/// Takes `.`, `..` and empty components out of an absolute path, as it stands.
fn normalised(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    for component in path.split(|byte| *byte == b'/') {
        match component {
            b"" | b"." => {}
            b".." => out.truncate(out.iter().rposition(|byte| *byte == b'/').unwrap_or(0)),
            component => {
                out.push(b'/');
                out.extend_from_slice(component);
            }
        }
    }
    if out.is_empty() {
        out.push(b'/');
    }
    out
}

/// Resolves on the resolver's thread. `None`: there is no such directory any more.
fn resolve(question: &Question, namespaces: &Mutex<Namespaces>) -> Option<Vec<u8>> {
    match question.view {
        View::Ours => path_of(&open_here(question)?),
        View::Of(pid) => path_below_root(pid, question),
        View::In(pid, namespace) if namespace::of(pid) == Some(namespace) => path_below_root(pid, question),
        View::In(_, namespace) => {
            let mut namespaces = namespaces.lock().unwrap_or_else(PoisonError::into_inner);
            let pid = namespaces.process_in(namespace)?;
            path_below_root(pid, question)
        }
    }
}

/// Opens a path that our own root and the process's agree about.
fn open_here(question: &Question) -> Option<OwnedFd> {
    let start = if question.path.starts_with(b"/") { b"/" } else { question.base.as_slice() };
    let start = walk(CWD, start, question.leaf)?;
    let relative = question.path.as_slice();
    let relative = &relative[relative.iter().position(|byte| *byte != b'/').unwrap_or(relative.len())..];
    if relative.is_empty() { Some(start) } else { walk(start.as_fd(), relative, question.leaf) }
}

/// Opens a path in pieces that a system call takes.
fn walk(start: impl AsFd, path: &[u8], leaf: Leaf) -> Option<OwnedFd> {
    let mut at: Option<OwnedFd> = None;
    let mut rest = path;
    while !rest.is_empty() {
        let (piece, after) = piece(rest)?;
        let flags = if after.is_empty() { place_flags(leaf) } else { place_flags(Leaf::Kept) };
        let from = at.as_ref().map_or_else(|| start.as_fd(), AsFd::as_fd);
        let next = rustix::fs::openat(from, piece, flags, Mode::empty()).ok()?;
        at = Some(next);
        rest = after;
    }
    at
}

/// The longest part of a path that fits into one system call, and the rest without the slashes between.
fn piece(path: &[u8]) -> Option<(&[u8], &[u8])> {
    if path.len() <= PATH_MAX {
        return Some((path, b""));
    }
    let end = path[..PATH_MAX].iter().rposition(|byte| *byte == b'/').filter(|end| *end > 0)?;
    let rest = &path[end..];
    let begin = rest.iter().position(|byte| *byte != b'/').unwrap_or(rest.len());
    Some((&path[..end], &rest[begin..]))
}

fn place_flags(leaf: Leaf) -> OFlags {
    match leaf {
        Leaf::Kept => OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Leaf::Followed => OFlags::PATH | OFlags::CLOEXEC,
    }
}

/// A path as a process with another root sees it. What the kernel side sends counts from there too; what lies above is
/// taken off.
fn path_below_root(pid: u32, question: &Question) -> Option<Vec<u8>> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::open(format!("/proc/{pid}/root"), flags, Mode::empty()).ok()?;
    let path = join(&question.base, &question.path);
    let place =
        openat2(&root, path, place_flags(question.leaf), Mode::empty(), ResolveFlags::IN_ROOT).ok()?;
    let (path, above) = (path_of(&place)?, path_of(&root)?);
    let below = below(&path, &above)?;
    Some(if below.is_empty() { b"/".to_vec() } else { below.to_vec() })
}

/// The part of a path below a directory, `None` when it is not below.
fn below<'a>(path: &'a [u8], directory: &[u8]) -> Option<&'a [u8]> {
    if directory == b"/" {
        return Some(path);
    }
    let rest = path.strip_prefix(directory)?;
    (rest.is_empty() || rest.starts_with(b"/")).then_some(rest)
}

/// The path of an open place, `None` when it has none any more.
fn path_of(place: &OwnedFd) -> Option<Vec<u8>> {
    let stat = rustix::fs::fstat(place).ok()?;
    if stat.st_nlink == 0 {
        return None;
    }
    let path =
        rustix::fs::readlink(format!("/proc/self/fd/{}", place.as_raw_fd()), Vec::new()).ok()?.into_bytes();
    path.starts_with(b"/").then_some(path)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use proptest::prelude::*;
    use tuxmon_wire::{Identity, TaskFlags};

    use super::*;
    use crate::elsewhere::Elsewhere;

    fn here() -> Task {
        let namespace = namespace::own().expect("we are running");
        let identity = Identity { pid: std::process::id(), ..Identity::default() };
        Task { identity, mount_namespace: namespace, ..Task::default() }
    }

    /// Below a temporary directory, which stands as `@` in paths: `real/inner`, `real/file`, links to both.
    struct Stage {
        directory: tempfile::TempDir,
        names: Names,
    }

    impl Stage {
        fn new() -> Self {
            let directory = tempfile::tempdir().expect("a temporary directory");
            let at = |name: &str| directory.path().join(name);
            fs::create_dir_all(at("real/inner")).expect("it is ours");
            fs::write(at("real/file"), "x").expect("it is ours");
            symlink("real/inner", at("link")).expect("it is ours");
            symlink(at("real"), at("absolute")).expect("it is ours");
            symlink("real/file", at("flink")).expect("it is ours");
            Self { directory, names: Names::new(Duration::from_secs(30)) }
        }

        fn top(&self) -> String {
            let top = self.directory.path().canonicalize().expect("it is there");
            top.to_str().expect("it is plain").to_owned()
        }

        fn check(&mut self, task: &Task, base: &str, name: &str, leaf: Leaf, expected: &str, how: Certainty) {
            let top = self.top();
            let full = |text: &str| text.replace('@', &top);
            let (path, certainty) =
                self.names.resolve(task, full(base).as_bytes(), full(name).as_bytes(), leaf);
            let path = String::from_utf8(path).expect("it was");
            assert_eq!((path.replace(&top, "@").as_str(), certainty), (expected, how), "{base} {name}");
        }
    }

    #[test]
    fn links_on_the_way_are_followed_and_the_last_component_is_not() {
        let mut stage = Stage::new();
        let task = here();
        for (base, name, expected) in [
            ("@", "f", "@/f"),
            ("@", "", "@"),
            ("@", "real/f", "@/real/f"),
            ("@", "link/f", "@/real/inner/f"),
            ("@", "link/../f", "@/real/f"),
            ("@", "./real//inner/./../f", "@/real/f"),
            ("@/real/inner", "../../absolute/f", "@/real/f"),
            ("/", "@/absolute/inner/f", "@/real/inner/f"),
            ("@", "link", "@/link"),
            ("@", "real/inner/", "@/real/inner"),
            ("@", "link/..", "@/real"),
            ("@", "..", "@/.."),
            ("/", "/f", "/f"),
            ("/", "../../f", "/f"),
            ("/", "//", "/"),
        ] {
            let expected = if expected == "@/.." {
                let top = stage.top();
                let parent = top.rsplit_once('/').expect("it is absolute").0;
                parent.to_owned()
            } else {
                expected.to_owned()
            };
            stage.check(&task, base, name, Leaf::Kept, &expected, Certainty::Resolved);
        }
    }

    #[test]
    fn a_followed_leaf_is_followed() {
        let mut stage = Stage::new();
        let task = here();
        stage.check(&task, "@", "flink", Leaf::Followed, "@/real/file", Certainty::Resolved);
        stage.check(&task, "@", "flink", Leaf::Kept, "@/flink", Certainty::Resolved);
        stage.check(&task, "@", "@/absolute/file", Leaf::Followed, "@/real/file", Certainty::Resolved);
    }

    #[test]
    fn a_directory_that_is_gone_leaves_the_name_as_written() {
        let mut stage = Stage::new();
        let task = here();
        stage.check(&task, "@", "gone/./x/../f", Leaf::Kept, "@/gone/f", Certainty::AsWritten);
        stage.check(&task, "@/gone", "f", Leaf::Kept, "@/gone/f", Certainty::Resolved);
    }

    #[test]
    fn another_root_is_looked_at_through_its_process() {
        let mut stage = Stage::new();
        // Our own root taken for a foreign one takes the long way to the same place.
        let task = Task { flags: TaskFlags(4), ..here() };
        stage.check(&task, "@", "link/f", Leaf::Kept, "@/real/inner/f", Certainty::Resolved);
        stage.check(&task, "/", "@/absolute/f", Leaf::Kept, "@/real/f", Certainty::Resolved);
        let mut dead = task;
        dead.identity.pid = u32::MAX;
        stage.check(&dead, "@", "link/f", Leaf::Kept, "@/link/f", Certainty::AsWritten);
    }

    #[test]
    fn a_container_is_looked_at_from_inside_though_the_process_has_ended() {
        let mut stage = Stage::new();
        let prepare = "mkdir hidden && ln -s \"$PWD/hidden\" way";
        let Some(elsewhere) = Elsewhere::start(stage.directory.path(), prepare, "sleep 60") else { return };
        for pid in [elsewhere.pid(), u32::MAX] {
            let mut task = Task { mount_namespace: elsewhere.namespace(), ..here() };
            task.identity.pid = pid;
            stage.check(&task, "@", "way/f", Leaf::Kept, "@/hidden/f", Certainty::Resolved);
            stage.check(&task, "/", "@/way/f", Leaf::Kept, "@/hidden/f", Certainty::Resolved);
            stage.names.remembered.clear();
        }
    }

    #[test]
    fn in_a_jail_an_absolute_link_stays_inside() {
        let mut stage = Stage::new();
        let prepare = "mkdir jail hidden && ln -s \"$PWD/hidden\" way && mount --rbind / jail";
        let end = "chroot jail sleep 60";
        let Some(elsewhere) = Elsewhere::start(stage.directory.path(), prepare, end) else { return };
        let jail = format!("/proc/{}/root", elsewhere.pid());
        let entered = Instant::now();
        while fs::read_link(&jail).is_ok_and(|root| !root.ends_with("jail")) {
            assert!(entered.elapsed() < Duration::from_secs(10), "chroot is quick");
            std::thread::yield_now();
        }
        let mut task =
            Task { mount_namespace: elsewhere.namespace(), flags: TaskFlags(4), ..Task::default() };
        task.identity.pid = elsewhere.pid();
        stage.check(&task, "@", "way/f", Leaf::Kept, "@/hidden/f", Certainty::Resolved);
        stage.check(&task, "/", "@/way/f", Leaf::Kept, "@/hidden/f", Certainty::Resolved);
    }

    #[test]
    fn the_part_below_a_root_is_cut_at_components() {
        assert_eq!(below(b"/srv/jail/etc", b"/srv/jail"), Some(&b"/etc"[..]));
        assert_eq!(below(b"/srv/jail", b"/srv/jail"), Some(&b""[..]));
        assert_eq!(below(b"/srv/jailer", b"/srv/jail"), None);
        assert_eq!(below(b"/etc", b"/"), Some(&b"/etc"[..]));
    }

    #[test]
    fn two_hundred_components_and_every_byte_work() {
        let mut stage = Stage::new();
        let mut odd: Vec<u8> = (1..=255).filter(|byte| *byte != b'/').collect();
        odd.truncate(200);
        let mut path = stage.directory.path().canonicalize().expect("it is there");
        path.push(std::ffi::OsStr::from_bytes(&odd));
        while path.components().count() < 200 {
            path.push("component-number");
        }
        fs::create_dir_all(&path).expect("it is ours");
        let deep = path.as_os_str().as_bytes().to_vec();
        assert!(deep.len() > 3_400);
        let name = [&deep[..], b"/../component-number/./leaf"].concat();
        let found = stage.names.resolve(&here(), b"/", &name, Leaf::Kept);
        assert_eq!(found, ([&deep[..], b"/leaf"].concat(), Certainty::Resolved));
    }

    #[test]
    fn a_path_is_walked_in_pieces() {
        let long = [b"/a".repeat(3_000), b"/b".to_vec()].concat();
        let (first, rest) = piece(&long).expect("it has components");
        assert!(first.len() <= PATH_MAX);
        assert_eq!([first, b"/", rest].concat(), long);
        assert_eq!(piece(&[b'x'; 5_000]), None);
    }

    proptest! {
        #[test]
        fn what_is_normalised_is_absolute_and_stays(path in "(/|\\.|a|bc){0,20}") {
            let once = normalised(path.as_bytes());
            prop_assert!(once.starts_with(b"/"));
            prop_assert!(once.split(|byte| *byte == b'/').skip(1).all(|part| !is_dots(part)));
            prop_assert_eq!(normalised(&once), once);
        }
    }
}
