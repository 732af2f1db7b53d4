//! Real processes executing real files.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Instant;

use tuxmon_wire::BootTime;

use super::*;
use crate::elsewhere::Elsewhere;
use crate::namespace;
use crate::proc;

const SHA256: Algorithms = Algorithms { md5: false, sha1: false, sha256: true };
const PATIENCE: Duration = Duration::from_secs(30);

/// A program of our own, and a place to change it.
struct Stage {
    directory: tempfile::TempDir,
    hasher: Hasher,
}

impl Stage {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let hasher = Hasher::start(SHA256, Limits::default()).expect("threads can be started");
        Self { directory, hasher }
    }

    /// A copy of `sleep` with something after its end, so that it has a content of its own.
    fn program(&self, name: &str, padding: &[u8]) -> PathBuf {
        let path = self.directory.path().join(name);
        let mut bytes = fs::read("/usr/bin/sleep").expect("this machine has sleep");
        bytes.extend_from_slice(padding);
        fs::write(&path, bytes).expect("it can be written");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("it is ours");
        path
    }

    fn answers(&mut self, count: usize) -> Vec<Answer> {
        let mut answers = Vec::new();
        let begin = Instant::now();
        while answers.len() < count && begin.elapsed() < PATIENCE {
            self.hasher.collect_within(Duration::from_millis(100), &mut |answer| answers.push(answer));
        }
        answers.sort_by_key(|answer| answer.ticket);
        answers
    }

    fn hash(&mut self, request: Request) -> Text {
        match self.hasher.submit(request) {
            Submission::Known(text) => text,
            Submission::Taken => self.answers(1).remove(0).hashes,
            Submission::Refused => panic!("nothing else is waiting"),
        }
    }
}

/// A running program, stopped with the test.
struct Running(Child);

impl Running {
    fn start(path: &Path) -> Self {
        // Another test's fork may hold the file open for writing for a moment.
        for _ in 0..1_000 {
            match Command::new(path).arg("60").spawn() {
                Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                    std::thread::yield_now();
                }
                child => return Self(child.expect("it can be executed")).asleep(),
            }
        }
        panic!("the file stays busy");
    }

    /// Waits until it sleeps: `spawn` returns before the kernel has laid out the stack of the new program.
    fn asleep(self) -> Self {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id())).expect("it is running");
            if stat.contains(") S ") {
                return self;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("the program does not come to sleep");
    }

    fn identity(&self) -> Identity {
        identity_of(self.0.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn identity_of(pid: u32) -> Identity {
    let ticks = proc::stat(pid).expect("it is running").start_ticks;
    Identity { pid, start: BootTime(ticks * 10_000_000), exec_id: 1 }
}

fn file(path: &Path) -> tuxmon_wire::File {
    let data = fs::metadata(path).expect("it is there");
    let device = rustix::fs::major(data.dev()) << 20 | rustix::fs::minor(data.dev());
    tuxmon_wire::File {
        inode: data.ino(),
        size: data.size(),
        ctime_ns: (data.ctime() * 1_000_000_000 + data.ctime_nsec()) as u64,
        device,
        mode: data.mode(),
        links: data.nlink() as u32,
        raw_device: 0,
    }
}

fn request(ticket: u64, identity: Identity, path: &Path) -> Request {
    Request {
        ticket,
        identity,
        path: path.as_os_str().as_encoded_bytes().to_vec(),
        file: file(path),
        mount_namespace: namespace::own().expect("we are running"),
    }
}

fn gone() -> Identity {
    Identity { pid: 1, start: BootTime(1), exec_id: 0 }
}

fn expected(path: &Path) -> Text {
    hash_file(path, SHA256).expect("it can be read")
}

#[test]
fn a_file_is_found_by_its_path_when_the_process_is_gone() {
    let mut stage = Stage::new();
    let path = stage.program("p", b"1");
    let request = request(1, gone(), &path);
    assert_eq!(stage.hash(request.clone()), expected(&path));
    assert_eq!(stage.hasher.submit(request), Submission::Known(expected(&path)));
    assert_eq!(stage.hasher.lookup(&file(&path)), Some(expected(&path)));
}

#[test]
fn a_replaced_path_is_not_taken_for_the_file() {
    let mut stage = Stage::new();
    let path = stage.program("p", b"old");
    let request = request(1, gone(), &path);
    let other = stage.program("q", b"new");
    fs::rename(other, &path).expect("it can be renamed");
    assert_eq!(stage.hash(request), Text::EMPTY);
}

#[test]
fn a_rewritten_file_of_equal_size_is_not_taken_for_the_file() {
    let mut stage = Stage::new();
    let path = stage.program("p", b"old");
    let request = request(1, gone(), &path);
    // The clock that stamps files moves in ticks.
    while file(&path).ctime_ns == request.file.ctime_ns {
        stage.program("p", b"new");
    }
    assert_eq!(file(&path).inode, request.file.inode);
    assert_eq!(stage.hash(request), Text::EMPTY);
}

#[test]
fn the_file_of_a_running_process_is_found_though_its_path_is_another_file() {
    let mut stage = Stage::new();
    let path = stage.program("p", b"running");
    let hash = expected(&path);
    let running = Running::start(&path);
    let request = request(1, running.identity(), &path);
    let other = stage.program("q", b"planted");
    fs::rename(other, &path).expect("it can be renamed");
    assert_eq!(stage.hash(request), hash, "its last name went, its content did not");
}

#[test]
fn a_removed_file_of_a_running_process_is_found() {
    let mut stage = Stage::new();
    let path = stage.program("p", b"dropper");
    let hash = expected(&path);
    let running = Running::start(&path);
    let request = request(1, running.identity(), &path);
    fs::remove_file(&path).expect("it is ours");
    assert_eq!(stage.hash(request), hash);
}

#[test]
fn another_process_with_the_pid_is_not_asked() {
    let mut stage = Stage::new();
    let path = stage.program("p", b"x");
    let running = Running::start(&path);
    let identity = running.identity();
    let reused = Identity { start: BootTime(identity.start.0 + 50_000_000), ..identity };
    let request = request(1, reused, &path);
    fs::remove_file(&path).expect("it is ours");
    assert_eq!(stage.hash(request), Text::EMPTY);
}

#[test]
fn a_file_in_another_mount_namespace_is_found_when_the_process_is_gone() {
    let mut stage = Stage::new();
    let planted = stage.program("p", b"planted");
    let prepare = "cp /usr/bin/sleep real && echo inside >> real && ln -s \"$PWD/real\" p";
    let Some(elsewhere) = Elsewhere::start(stage.directory.path(), prepare, "sleep 60") else { return };
    let inside = PathBuf::from(format!("/proc/{}/root{}", elsewhere.pid(), planted.display()));
    let real = inside.with_file_name("real");
    let mut request = request(1, gone(), &real);
    request.path = planted.as_os_str().as_encoded_bytes().to_vec();
    request.mount_namespace = elsewhere.namespace();
    assert_eq!(stage.hash(request), expected(&real));
}

/// The device of a process's image in the kernel's own form, which only `maps` shows.
fn kernel_device(pid: u32) -> Option<u32> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let (major, minor) =
        maps.lines().find(|line| line.ends_with("/program"))?.split(' ').nth(3)?.split_once(':')?;
    Some(u32::from_str_radix(major, 16).ok()? << 20 | u32::from_str_radix(minor, 16).ok()?)
}

#[test]
fn a_program_in_an_overlay_is_found_though_its_device_is_made_up() {
    let mut stage = Stage::new();
    let prepare = "mkdir lower upper work merged && mount -t tmpfs none lower && \
        cp /usr/bin/sleep lower/program && echo overlay >> lower/program && \
        mount -t overlay none -o lowerdir=lower,upperdir=upper,workdir=work merged";
    let directory = stage.directory.path().to_owned();
    let Some(elsewhere) = Elsewhere::start(&directory, prepare, "merged/program 60") else { return };
    let begin = Instant::now();
    let device = loop {
        match kernel_device(elsewhere.pid()) {
            Some(device) => break device,
            None => assert!(begin.elapsed() < PATIENCE, "it is executed"),
        }
    };
    let program = directory.join("merged/program");
    let inside = PathBuf::from(format!("/proc/{}/root{}", elsewhere.pid(), program.display()));
    let mut request = request(1, identity_of(elsewhere.pid()), &inside);
    assert_ne!(request.file.device, device, "stat presents another device than the kernel's");
    request.file.device = device;
    request.path = program.as_os_str().as_encoded_bytes().to_vec();
    request.mount_namespace = elsewhere.namespace();
    let through_path = Request { identity: gone(), ..request.clone() };
    assert_eq!(stage.hash(request), expected(&inside));
    stage.hasher = Hasher::start(SHA256, Limits::default()).expect("threads can be started");
    assert_eq!(stage.hash(through_path), expected(&inside));
}

#[test]
fn a_device_in_the_way_is_not_opened() {
    let mut stage = Stage::new();
    let mut request = request(1, gone(), Path::new("/dev/null"));
    request.file.size = 0;
    assert_eq!(stage.hash(request), Text::EMPTY);
}

#[test]
fn many_executions_are_one_computation() {
    let mut stage = Stage::new();
    let path = stage.directory.path().join("big");
    let big = File::create(&path).expect("it can be made");
    big.set_len(40 * 1024 * 1024).expect("it can grow");
    drop(big);
    let request = request(0, gone(), &path);
    for ticket in 0..40 {
        let submission = stage.hasher.submit(Request { ticket, ..request.clone() });
        assert_eq!(submission, Submission::Taken);
    }
    assert_eq!(stage.hasher.waiting(), 40);
    let answers = stage.answers(40);
    assert_eq!(answers.iter().map(|answer| answer.ticket).collect::<Vec<_>>(), (0..40).collect::<Vec<_>>());
    let hash = expected(&path);
    assert!(answers.iter().all(|answer| answer.hashes == hash));
    assert_eq!(stage.hasher.counts().computed, 1);
    assert_eq!(stage.hasher.waiting(), 0);
}

#[test]
fn the_next_one_who_executes_a_file_tries_when_the_first_cannot() {
    let mut stage = Stage::new();
    let path = stage.program("p", b"two");
    let hash = expected(&path);
    let running = Running::start(&path);
    let first = request(1, gone(), &path);
    let second = request(2, running.identity(), &path);
    fs::remove_file(&path).expect("it is ours");
    assert_eq!(stage.hasher.submit(first), Submission::Taken);
    assert_eq!(stage.hasher.submit(second), Submission::Taken);
    let answers = stage.answers(2);
    assert_eq!(answers, [Answer { ticket: 1, hashes: Text::EMPTY }, Answer { ticket: 2, hashes: hash }]);
}

#[test]
fn huge_sparse_files_do_not_hold_up_a_small_one() {
    let mut stage = Stage::new();
    for ticket in 0..8 {
        let path = stage.directory.path().join(format!("huge{ticket}"));
        let huge = File::create(&path).expect("it can be made");
        huge.set_len(1 << 40).expect("it can be sparse");
        drop(huge);
        assert_eq!(stage.hasher.submit(request(ticket, gone(), &path)), Submission::Taken);
    }
    let path = stage.program("small", b"s");
    assert_eq!(stage.hasher.submit(request(100, gone(), &path)), Submission::Taken);
    assert_eq!(stage.answers(1), [Answer { ticket: 100, hashes: expected(&path) }]);
}

#[test]
fn what_is_not_wanted_is_refused_and_what_is_wanted_can_change() {
    let mut stage = Stage::new();
    let path = stage.program("p", b"w");
    stage.hasher.want(Algorithms::default());
    assert_eq!(stage.hasher.submit(request(1, gone(), &path)), Submission::Refused);
    let md5 = Algorithms { md5: true, ..Algorithms::default() };
    stage.hasher.want(md5);
    let hash = hash_file(&path, md5).expect("it can be read");
    assert_eq!(stage.hash(request(2, gone(), &path)), hash);
    stage.hasher.want(SHA256);
    assert_eq!(stage.hash(request(3, gone(), &path)), expected(&path));
}

#[test]
fn the_next_hasher_knows_what_this_one_kept_while_the_file_is_the_same() {
    let mut stage = Stage::new();
    let (path, state) = (stage.program("kept", b"kept"), stage.directory.path().join("state"));
    let state = StateDirectory::open(&state).expect("it is made");
    let request = request(1, gone(), &path);
    let on_disk = request.file.device >> 20 != 0;
    let hashes = stage.hash(request.clone());
    stage.hasher.keep(&state).expect("the folder is ours");

    let mut next = Hasher::start(SHA256, Limits::default()).expect("threads can be started");
    let count = next.recall(&state).expect("it was just kept");
    if !on_disk {
        println!("SKIP the temporary folder has no disk, and hashes of its files are not kept");
        assert_eq!(count, 0);
        return;
    }
    assert_eq!(next.submit(request.clone()), Submission::Known(hashes));
    let mut changed = request;
    changed.file.ctime_ns += 1;
    assert_eq!(next.submit(changed), Submission::Taken);

    let file = stage.directory.path().join("state/hashes");
    assert_eq!(file.metadata().expect("it is there").permissions().mode() & 0o777, 0o600);
    fs::write(&file, b"tuxmon hashes 1\nsomething else\n").expect("it is ours");
    next.recall(&state).expect_err("it is damaged");
}
