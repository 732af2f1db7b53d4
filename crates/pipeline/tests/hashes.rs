//! Events that wait for hashes, and those that do not.

mod support;

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use support::wire_bytes::{EXEC, FileBytes, ImageBytes, Kernel, TaskBytes};
use support::{field, finish, line, line_with, tick, walk};
use tuxmon_event::Event;
use tuxmon_host::hash::Limits;
use tuxmon_pipeline::{ParkingLimits, Trouble};

const PATIENCE: Duration = Duration::from_secs(20);
const ALL: &str = "<HashAlgorithms>SHA1</HashAlgorithms><EventFiltering><FileCreate onmatch='exclude'/>\
    <ProcessCreate onmatch='exclude'/></EventFiltering>";
/// `printf abc | sha1sum`
const ABC: &str = "SHA1=a9993e364706816aba3e25717850c26c9cd0d89d";

/// A real file, as the kernel would tell of it.
struct Program {
    directory: tempfile::TempDir,
    kernel: Kernel,
    shell: TaskBytes,
}

impl Program {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(directory.path().join("abc"), "abc").expect("it is ours");
        // No process of this machine has this pid: the file is found by its path.
        Self { directory, kernel: Kernel::default(), shell: TaskBytes::new(4_190_000, 7) }
    }

    fn path(&self) -> String {
        let path = self.directory.path().canonicalize().expect("it is there").join("abc");
        path.to_str().expect("it is plain").to_owned()
    }

    fn exec(&mut self, time: u64) -> Vec<u8> {
        let path = self.path();
        let image = ImageBytes {
            task: TaskBytes { pid: self.shell.pid + u32::try_from(time).expect("it is small"), ..self.shell },
            parent: TaskBytes::new(0, 0),
            file: told(Path::new(&path)),
            image: &path,
            directory: "/",
            arguments: b"abc\0",
        };
        self.kernel.image(EXEC, time, &image)
    }

    /// The end of the process that [`Self::exec`] made at this time.
    fn exit(&mut self, executed: u64, time: u64) -> Vec<u8> {
        let pid = self.shell.pid + u32::try_from(executed).expect("it is small");
        self.kernel.exit(time, &TaskBytes { pid, ..self.shell })
    }

    fn create(&mut self, time: u64) -> Vec<u8> {
        self.kernel.file_open(time, &self.shell, 1, 0, "/tmp/new")
    }
}

fn told(path: &Path) -> FileBytes {
    let stat = path.metadata().expect("it is there");
    let device = stat.dev();
    let (major, minor) = (device >> 8 & 0xfff, device & 0xff | device >> 12 & 0xf_ff00);
    FileBytes {
        inode: stat.ino(),
        size: stat.size(),
        ctime_ns: u64::try_from(stat.ctime() * 1_000_000_000 + stat.ctime_nsec()).expect("after 1970"),
        device: u32::try_from(major << 20 | minor).expect("32 bits"),
        mode: stat.mode(),
        raw_device: 0,
    }
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.spec().name).collect()
}

#[test]
fn events_pass_one_that_waits_for_hashes() {
    let mut program = Program::new();
    let mut pipeline = line(ALL);
    let records = [program.exec(1), program.create(2)];
    assert_eq!(names(&walk(&mut pipeline, &records)), ["FileCreate"]);
    let events = finish(&mut pipeline, PATIENCE);
    assert_eq!(names(&events), ["ProcessCreate"]);
    assert_eq!(field(&events[0], "Hashes"), ABC);
    let again = [program.exec(3)];
    let events = walk(&mut pipeline, &again);
    assert_eq!(names(&events), ["ProcessCreate"], "remembered hashes do not wait");
    assert_eq!(field(&events[0], "Hashes"), ABC);
}

#[test]
fn no_process_ends_before_it_begins() {
    let mut program = Program::new();
    let mut pipeline = line(ALL);
    let records = [program.exec(1), program.exit(1, 2)];
    assert_eq!(walk(&mut pipeline, &records), []);
    assert_eq!(names(&finish(&mut pipeline, PATIENCE)), ["ProcessCreate", "ProcessTerminate"]);
}

#[test]
fn dropped_events_are_not_hashed() {
    let mut program = Program::new();
    let mut pipeline = line("<EventFiltering><ProcessCreate onmatch='include'/></EventFiltering>");
    let records = [program.exec(1)];
    assert_eq!(walk(&mut pipeline, &records), []);
    assert_eq!(pipeline.waiting(), 0);
    assert_eq!(pipeline.counters().dropped, 1);
}

#[test]
fn rules_that_read_hashes_wait_for_them() {
    let mut program = Program::new();
    let rules = |wanted: &str| {
        format!(
            "<HashAlgorithms>SHA1</HashAlgorithms><EventFiltering><ProcessCreate onmatch='include'>\
             <Hashes name='by hash' condition='contains'>{wanted}</Hashes></ProcessCreate></EventFiltering>"
        )
    };
    let mut pipeline = line(&rules("a9993e36"));
    let records = [program.exec(1)];
    walk(&mut pipeline, &records);
    pipeline.reconfigure(&support::config(&rules("nothing")));
    let events = finish(&mut pipeline, PATIENCE);
    assert_eq!(names(&events), ["ProcessCreate"], "judged by the rules under which it came");
    assert_eq!(field(&events[0], "RuleName"), "by hash");
    let records = [program.exec(2)];
    walk(&mut pipeline, &records);
    assert_eq!(finish(&mut pipeline, PATIENCE), []);
}

#[test]
fn what_waits_is_bounded_by_count() {
    let mut program = Program::new();
    let parking = ParkingLimits { count: 1, ..ParkingLimits::default() };
    let mut pipeline = line_with(ALL, parking, Limits::default());
    let records = [program.exec(1), program.exec(2)];
    let events = walk(&mut pipeline, &records);
    assert_eq!(names(&events), ["ProcessCreate"], "there is room for one only");
    assert_eq!(field(&events[0], "Hashes"), "");
    let events = finish(&mut pipeline, PATIENCE);
    assert_eq!(names(&events), ["ProcessCreate", "ErrorReport"]);
    assert_eq!(field(&events[0], "Hashes"), ABC);
    assert_eq!(field(&events[1], "ID"), Trouble::HashesLeftOut.spec().id);
    assert_eq!(pipeline.counters().hashes_left_out, 1);
}

#[test]
fn what_waits_is_bounded_by_age() {
    let mut program = Program::new();
    let parking = ParkingLimits { age: Duration::ZERO, ..ParkingLimits::default() };
    let mut pipeline = line_with(ALL, parking, Limits::default());
    let records = [program.exec(1)];
    walk(&mut pipeline, &records);
    // The hash may have come already; either way the event goes out now, and never twice.
    let events = tick(&mut pipeline, 1);
    assert_eq!(names(&events)[0], "ProcessCreate");
    assert_eq!(pipeline.waiting(), 0);
    let rest = finish(&mut pipeline, Duration::ZERO);
    assert!(!names(&rest).contains(&"ProcessCreate"));
}
