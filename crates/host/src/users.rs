//! Names of users.
//!
//! Local users stand in `/etc/passwd`, which is read directly: they never wait for a directory service. Everybody
//! else is asked for through the system's name services, which may block, so that happens on a thread with a
//! deadline. A user without a name, or whose name is not known in time, is written as the decimal uid.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hashlink::{DefaultHashBuilder, LruCache};
use nix::unistd::{Uid, User};
use tuxmon_event::Text;

use crate::deadline::Deadline;

const PASSWD: &str = "/etc/passwd";
const PASSWD_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// How often the file is looked at for a change.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// How many users of the name services are remembered, and for how long: an answer, and a lack of one.
const REMEMBERED_MAX: usize = 4096;
const NAME_LASTS: Duration = Duration::from_mins(10);
const NO_NAME_LASTS: Duration = Duration::from_mins(1);
const SILENCE_LASTS: Duration = Duration::from_secs(2);

/// How long the line waits for a name service.
const PATIENCE: Duration = Duration::from_millis(20);

/// The kernel's "no user".
const NOBODY_AT_ALL: u32 = u32::MAX;

/// The user names of this machine.
#[derive(Debug)]
pub struct Users {
    local: Local,
    remembered: LruCache<u32, (Text, Instant)>,
    /// How often somebody's name became another one.
    renamed: u64,
    services: Deadline<u32, (u32, Option<String>)>,
}

/// What `/etc/passwd` says.
#[derive(Debug)]
struct Local {
    path: PathBuf,
    names: HashMap<u32, Text, DefaultHashBuilder>,
    stamp: Option<Stamp>,
    checked: Instant,
}

/// Tells whether a file is still the one that was read.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    changed: (i64, i64),
}

impl Users {
    /// The users of this machine.
    pub fn of_this_machine() -> Self {
        Self::new(Path::new(PASSWD), PATIENCE, |uid| {
            User::from_uid(Uid::from_raw(uid)).ok().flatten().map(|user| user.name)
        })
    }

    /// Users of a given file, and for all others of a given service, which is waited for so long.
    pub fn new(
        passwd: &Path,
        patience: Duration,
        service: impl Fn(u32) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            local: Local::read(passwd),
            remembered: LruCache::new(REMEMBERED_MAX),
            renamed: 0,
            services: Deadline::new("users", patience, move |uid| (uid, service(uid))),
        }
    }

    /// The users of a recording, which tells numbers only: root has a name, nobody else, and nothing is asked.
    pub fn of_a_recording() -> Self {
        let names = HashMap::from_iter([(0, Text::from("root"))]);
        let local = Local { path: PathBuf::new(), names, stamp: None, checked: Instant::now() };
        let services = Deadline::nobody("users");
        Self { local, remembered: LruCache::new(REMEMBERED_MAX), renamed: 0, services }
    }

    /// The name of a user, the decimal uid when there is none, nothing for the kernel's "no user".
    pub fn name(&mut self, uid: u32) -> Text {
        if uid == NOBODY_AT_ALL {
            return Text::EMPTY;
        }
        let now = Instant::now();
        if self.local.refresh(now) {
            self.renamed += 1;
        }
        if let Some(name) = self.local.names.get(&uid) {
            return name.clone();
        }
        if let Some((name, until)) = self.remembered.get(&uid)
            && now < *until
        {
            return name.clone();
        }
        self.ask(uid, now)
    }

    /// How often a name service did not answer in time.
    pub fn missed(&self) -> u64 {
        self.services.missed()
    }

    /// How often a user got another name than was told before. What was decided by names holds until then.
    pub fn renamed(&self) -> u64 {
        self.renamed
    }

    fn ask(&mut self, uid: u32, now: Instant) -> Text {
        let before = self.remembered.peek(&uid).map(|(name, _)| name.clone());
        let name = self.ask_services(uid, now);
        // Who was forgotten to make room may have had another name.
        if before.map_or(self.remembered.len() >= REMEMBERED_MAX, |before| before != name) {
            self.renamed += 1;
        }
        name
    }

    fn ask_services(&mut self, uid: u32, now: Instant) -> Text {
        let Self { remembered, renamed, .. } = self;
        let answer = self.services.ask(uid, &mut |(uid, name)| {
            let entry = entry(uid, name, now);
            if remembered.peek(&uid).is_some_and(|before| before.0 != entry.0) {
                *renamed += 1;
            }
            remembered.insert(uid, entry);
        });
        let entry = match answer {
            Some((uid, name)) => entry(uid, name, now),
            None => (Text::from(uid.to_string()), now + SILENCE_LASTS),
        };
        let name = entry.0.clone();
        // A late answer for this very user may just have come in; it is worth more than silence.
        if answer_is_better(self.remembered.peek(&uid), &entry, now) {
            return self.remembered.get(&uid).map_or(name, |kept| kept.0.clone());
        }
        self.remembered.insert(uid, entry);
        name
    }
}

/// Whether what is remembered lasts longer than the new entry.
fn answer_is_better(kept: Option<&(Text, Instant)>, new: &(Text, Instant), now: Instant) -> bool {
    kept.is_some_and(|kept| kept.1 > new.1 && kept.1 > now)
}

fn entry(uid: u32, name: Option<String>, now: Instant) -> (Text, Instant) {
    match name.filter(|name| !name.is_empty()) {
        Some(name) => (Text::from(name), now + NAME_LASTS),
        None => (Text::from(uid.to_string()), now + NO_NAME_LASTS),
    }
}

impl Local {
    fn read(path: &Path) -> Self {
        let mut local =
            Self { path: path.into(), names: HashMap::default(), stamp: None, checked: Instant::now() };
        local.reload();
        local
    }

    /// Says whether somebody may have another name now.
    fn refresh(&mut self, now: Instant) -> bool {
        if now.duration_since(self.checked) < CHECK_EVERY {
            return false;
        }
        self.checked = now;
        let changed = stamp(&self.path) != self.stamp;
        if changed {
            self.reload();
        }
        changed
    }

    /// Reads the file. While it cannot be read, what it said last stays.
    fn reload(&mut self) {
        let stamp = stamp(&self.path);
        let mut bytes = Vec::new();
        let read =
            File::open(&self.path).and_then(|file| file.take(PASSWD_BYTES_MAX).read_to_end(&mut bytes));
        match read {
            Ok(_) => {
                self.names = parse(&bytes);
                self.stamp = stamp;
            }
            Err(error) => tracing::warn!(%error, file = %self.path.display(), "cannot read the local users"),
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let data = fs::metadata(path).ok()?;
    let changed = (data.ctime(), data.ctime_nsec());
    Some(Stamp { device: data.dev(), inode: data.ino(), size: data.size(), changed })
}

/// Lines of `name:password:uid:…`. Of several names for one uid the first counts, as for getpwuid(3).
fn parse(bytes: &[u8]) -> HashMap<u32, Text, DefaultHashBuilder> {
    let mut names = HashMap::default();
    for line in bytes.split(|byte| *byte == b'\n') {
        let mut fields = line.split(|byte| *byte == b':');
        let (Some(name), Some(_), Some(uid)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let uid = std::str::from_utf8(uid).ok().and_then(|uid| uid.parse().ok());
        if let Some(uid) = uid
            && !name.is_empty()
            && !name.starts_with(b"#")
        {
            names.entry(uid).or_insert_with(|| Text::from(String::from_utf8_lossy(name).into_owned()));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const LONG: Duration = Duration::from_secs(30);
    const LINES: &str = "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n# 7:x:7\n+::::::\nbroken\n\
        näme:x:1000:1000::/home/n:/bin/sh\nbad:x:one:1::/:\n";

    fn users(
        patience: Duration,
        service: impl Fn(u32) -> Option<String> + Send + Sync + 'static,
    ) -> (tempfile::TempDir, Users) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("passwd");
        fs::write(&path, LINES).expect("it can be written");
        (directory, Users::new(&path, patience, service))
    }

    #[test]
    fn local_users_come_from_the_file() {
        let (_directory, mut users) = users(LONG, |uid| panic!("asked for {uid}"));
        assert_eq!(users.name(0).as_str(), "root");
        assert_eq!(users.name(1000).as_str(), "näme");
        assert_eq!(users.name(u32::MAX).as_str(), "");
    }

    #[test]
    fn other_users_are_asked_for_once() {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let (_directory, mut users) = users(LONG, move |uid| {
            count.fetch_add(1, Ordering::Relaxed);
            (uid == 5000).then(|| "ldap".to_owned())
        });
        for _ in 0..100 {
            assert_eq!(users.name(5000).as_str(), "ldap");
            assert_eq!(users.name(5001).as_str(), "5001");
        }
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_service_that_hangs_gives_the_decimal_uid_and_does_not_stall() {
        let (gate, wait) = crossbeam_channel::bounded::<()>(0);
        let (_directory, mut users) = users(Duration::from_millis(10), move |_| {
            let _ = wait.recv();
            None
        });
        let begin = Instant::now();
        for uid in 6000..6100 {
            assert_eq!(users.name(uid).as_str(), uid.to_string());
        }
        assert!(begin.elapsed() < Duration::from_secs(1));
        assert_eq!(users.missed(), 1);
        drop(gate);
    }

    #[test]
    fn a_changed_file_is_read_again() {
        let (directory, mut users) = users(LONG, |_| None);
        fs::write(directory.path().join("passwd"), "admin:x:0:0::/:/bin/sh\n").expect("it can be written");
        users.local.refresh(Instant::now() + CHECK_EVERY);
        assert_eq!(users.name(0).as_str(), "admin");
    }

    #[test]
    fn another_name_is_noticed() {
        let names = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&names);
        let (_directory, mut users) =
            users(LONG, move |_| Some(format!("name {}", count.fetch_add(1, Ordering::Relaxed))));
        assert_eq!((users.name(0).as_str(), users.renamed()), ("root", 0));
        assert_eq!(users.name(5000).as_str(), "name 0");
        let first = users.renamed();
        assert_eq!((users.name(5000).as_str(), users.renamed()), ("name 0", first));
        users.remembered.get_mut(&5000).expect("it was asked for").1 = Instant::now();
        assert_eq!(users.name(5000).as_str(), "name 1");
        assert!(users.renamed() > first);
    }

    #[test]
    fn this_machine_knows_root() {
        assert_eq!(Users::of_this_machine().name(0).as_str(), "root");
    }
}
