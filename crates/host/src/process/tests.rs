//! Streams of records, as the kernel side sends them, and what is known after each.

use proptest::prelude::*;
use tuxmon_wire::Path;

use super::*;
use crate::proc::tests::own_identity;

const GUIDS: Guids = Guids { machine_id: 0x3d12_19c7, boot_offset_ns: 1_700_000_000_000_000_000 };
const SECOND: u64 = 1_000_000_000;

/// Init, as a parent.
const INIT: (u32, u64, u64) = (1, 10, 1);

struct Stage {
    table: ProcessTable,
    users: Users,
    _directory: tempfile::TempDir,
}

impl Stage {
    fn new(limits: Limits) -> Self {
        let limits = Limits { patience: Duration::from_secs(30), ..limits };
        let directory = tempfile::tempdir().expect("a temporary directory");
        let passwd = directory.path().join("passwd");
        std::fs::write(&passwd, "root:x:0:0\nann:x:1000:1000\n").expect("it can be written");
        let users = Users::new(&passwd, limits.patience, |_| None);
        Self { table: ProcessTable::new(GUIDS, limits), users, _directory: directory }
    }

    /// With init seeded.
    fn with_init() -> Self {
        let mut stage = Self::new(Limits::default());
        stage.seed(INIT, (0, 0, 0), "init", b"init\0");
        stage
    }

    fn seed(&mut self, who: (u32, u64, u64), parent: (u32, u64, u64), name: &str, arguments: &[u8]) {
        let leaf = leaf_first(name);
        let image = image(who, parent, &leaf, arguments);
        self.table.seed(&image, BootTime(who.1), &mut self.users);
    }

    fn exec(&mut self, who: (u32, u64, u64), parent: (u32, u64, u64), name: &str, at: u64) -> Arc<Process> {
        let leaf = leaf_first(name);
        let arguments = [name.as_bytes(), b"\0-x\0"].concat();
        self.table.exec(&image(who, parent, &leaf, &arguments), BootTime(at), &mut self.users)
    }

    fn fork(&mut self, child: (u32, u64, u64), parent: (u32, u64, u64), at: u64) -> Arc<Process> {
        self.fork_as(task(child), task(parent), at)
    }

    fn fork_as(&mut self, child: Task, parent: Task, at: u64) -> Arc<Process> {
        self.table.fork(&Fork { task: child, parent }, BootTime(at), &mut self.users)
    }

    fn exit(&mut self, who: (u32, u64, u64), at: u64) -> Option<Arc<Process>> {
        let exit = Exit { task: task(who), exit_code: 0 };
        self.table.exit(&exit, BootTime(at), &mut self.users)
    }

    fn resolve(&mut self, who: (u32, u64, u64)) -> Arc<Process> {
        self.table.resolve(&task(who), &mut self.users)
    }

    fn image_of(&mut self, who: (u32, u64, u64)) -> String {
        self.resolve(who).image.to_string()
    }
}

fn leaf_first(name: &str) -> Vec<u8> {
    [name.as_bytes(), b"\0bin\0"].concat()
}

fn task((pid, start, exec_id): (u32, u64, u64)) -> Task {
    let identity = Identity { pid, start: BootTime(start), exec_id };
    Task { identity, tid: pid, ..Task::default() }
}

fn image<'a>(
    who: (u32, u64, u64),
    parent: (u32, u64, u64),
    leaf: &'a [u8],
    arguments: &'a [u8],
) -> Image<'a> {
    Image {
        task: task(who),
        parent: task(parent),
        file: File { inode: 5, ..File::default() },
        cgroup_id: 7,
        image: Path { leaf_first: leaf, ..Path::default() },
        directory: Path { leaf_first: b"", ..Path::default() },
        arguments,
        arguments_total: arguments.len() as u32,
        tty: Some(2),
        comm: b"comm",
    }
}

#[test]
fn a_command_is_forked_executed_and_ended() {
    let mut stage = Stage::with_init();
    let (child, executed) = ((100, 1_000, 1), (100, 1_000, 2));
    let forked = stage.fork(child, INIT, 1_000);
    assert_eq!((forked.image.as_str(), forked.command_line.as_str()), ("/bin/init", "init"));
    assert_ne!(forked.guid, stage.resolve(INIT).guid);
    let ran = stage.exec(executed, INIT, "ls", 1_100);
    assert_eq!((ran.image.as_str(), ran.command_line.as_str()), ("/bin/ls", "ls -x"));
    assert_eq!((ran.directory.as_str(), ran.user.as_str()), ("/", "root"));
    assert_eq!((ran.tty, ran.cgroup_id), (Some(2), 7));
    assert_ne!(ran.guid, forked.guid);
    assert_eq!(ran.parent.guid, stage.resolve(INIT).guid);
    assert_eq!((ran.parent.identity.pid, ran.parent.image.as_str()), (1, "/bin/init"));
    let ended = stage.exit(executed, 1_200).expect("it was alive");
    assert_eq!(ended, ran);
    assert_eq!(stage.exit(executed, 1_201), None, "an end is told once");
    assert_eq!(stage.image_of(executed), "/bin/ls", "late records find it");
    assert_eq!(stage.image_of(child), "/bin/init", "later ones find what it was before");
}

#[test]
fn after_the_grace_everything_is_forgotten() {
    let mut stage = Stage::with_init();
    for n in 0..1_000 {
        let (child, executed) = ((100, 1_000 + n, 1), (100, 1_000 + n, 2));
        stage.fork(child, INIT, 1_000 + n);
        stage.exec(executed, INIT, "ls", 1_000 + n);
        stage.exit(executed, 1_000 + n);
    }
    stage.fork((200, 90 * SECOND, 1), INIT, 90 * SECOND);
    let counts = stage.table.counts();
    assert_eq!((counts.processes, counts.ended, counts.evicted), (2, 0, 0));
    assert_eq!(counts.command_line_bytes, "init".len());
    assert_eq!(stage.table.retired.len(), 0);
    assert_eq!(stage.table.newest.len(), 2);
}

#[test]
fn the_parent_stays_the_maker() {
    let mut stage = Stage::with_init();
    let shell = (100, 1_000, 2);
    stage.fork((100, 1_000, 1), INIT, 1_000);
    stage.exec(shell, INIT, "sh", 1_001);
    // A double fork: the middle one ends before the last one executes, so init has adopted that by then.
    let (middle, last) = ((101, 2_000, 2), (102, 2_001, 2));
    stage.fork(middle, shell, 2_000);
    stage.fork(last, middle, 2_001);
    stage.exit(middle, 2_002);
    stage.exec((100, 1_000, 3), INIT, "other", 2_003);
    let daemon = stage.exec((102, 2_001, 3), INIT, "daemon", 2_004);
    assert_eq!(daemon.parent.identity.pid, 101);
    assert_eq!(daemon.parent.image.as_str(), "/bin/sh");
    assert_eq!(daemon.parent.command_line.as_str(), "sh -x");
}

#[test]
fn the_parents_user_is_the_one_it_had_then() {
    let mut stage = Stage::with_init();
    let login = (100, 1_000, 1);
    stage.fork(login, INIT, 1_000);
    let as_ann = |who| Task { uid: 1000, ..task(who) };
    let before = stage.fork_as(task((101, 1_001, 1)), task(login), 1_001);
    let after = stage.fork_as(as_ann((102, 1_002, 1)), as_ann(login), 1_002);
    assert_eq!((before.user.as_str(), before.parent.user.as_str()), ("root", "root"));
    assert_eq!((after.user.as_str(), after.parent.user.as_str()), ("ann", "ann"));
}

#[test]
fn children_share_one_parent() {
    let mut stage = Stage::with_init();
    let one = stage.fork((100, 1_000, 1), INIT, 1_000);
    let two = stage.fork((101, 1_001, 1), INIT, 1_001);
    assert!(Arc::ptr_eq(&one.parent, &two.parent));
    assert!(std::ptr::eq(one.command_line.as_str(), two.command_line.as_str()));
}

#[test]
fn parents_may_be_seeded_after_their_children() {
    let mut stage = Stage::new(Limits::default());
    let (parent, child) = ((900, 50, 3), (100, 60, 4));
    stage.seed(child, parent, "child", b"child\0");
    assert_eq!(stage.resolve(child).parent.identity.pid, 900);
    stage.seed(parent, (0, 0, 0), "parent", b"parent\0--all\0");
    stage.table.seeded(BootTime(1_000), &mut stage.users);
    let known = stage.resolve(child);
    assert_eq!(known.parent.image.as_str(), "/bin/parent");
    assert_eq!(known.parent.command_line.as_str(), "parent --all");
    assert_eq!(known.parent.guid, stage.resolve(parent).guid);
    assert_eq!(stage.resolve(parent).parent, Arc::default(), "the kernel made it");
    assert_eq!(stage.table.counts().surprises, 0);
}

#[test]
fn seeding_before_and_after_live_records_gives_the_same() {
    let (shell, child, ran) = ((100, 1_000, 2), (101, 2_000, 2), (101, 2_000, 3));
    let mut late = Stage::with_init();
    late.seed(shell, INIT, "sh", b"sh\0");
    late.fork(child, shell, 2_000);
    late.exec(ran, shell, "ls", 2_001);
    late.seed(ran, INIT, "ls", b"changed by itself\0");
    let mut early = Stage::with_init();
    early.seed(shell, INIT, "sh", b"sh\0");
    early.seed(ran, INIT, "ls", b"changed by itself\0");
    early.fork(child, shell, 2_000);
    assert_eq!(early.image_of(child), "/bin/sh");
    early.exec(ran, INIT, "ls", 2_001);
    for stage in [&mut late, &mut early] {
        stage.table.seeded(BootTime(500), &mut stage.users);
        let known = stage.resolve(ran);
        assert_eq!(known.command_line.as_str(), "ls -x");
        assert_eq!(known.parent.image.as_str(), "/bin/sh");
        assert_eq!(known.parent.identity.pid, 100);
        assert_eq!(stage.image_of(child), "/bin/sh");
        assert_eq!(stage.table.counts().surprises, 0);
    }
    assert_eq!(late.resolve(ran), early.resolve(ran));
}

#[test]
fn an_exec_older_than_the_seed_does_not_replace_it() {
    let mut stage = Stage::with_init();
    let (first, second) = ((100, 1_000, 2), (100, 1_000, 3));
    stage.seed(second, INIT, "second", b"second\0");
    assert_eq!(stage.exec(first, INIT, "first", 1_001).image.as_str(), "/bin/first");
    assert_eq!(stage.image_of(second), "/bin/second");
    assert_eq!(stage.table.lookup_pid(100).expect("it runs").image.as_str(), "/bin/second");
    assert_eq!(stage.image_of(first), "/bin/first");
}

#[test]
fn a_seeding_retires_who_ended_unseen() {
    let mut stage = Stage::with_init();
    stage.table.seeded(BootTime(500), &mut stage.users);
    stage.fork((100, 1_000, 1), INIT, 1_000);
    stage.fork((101, 9_000, 1), INIT, 9_000);
    stage.seed(INIT, (0, 0, 0), "init", b"init\0");
    stage.table.seeded(BootTime(5_000), &mut stage.users);
    assert_eq!(stage.table.counts().ended, 1, "101 is younger than the seeding");
    assert_eq!(stage.exit((100, 1_000, 1), 9_001), None);
    assert!(stage.exit((101, 9_000, 1), 9_002).is_some());
}

#[test]
fn a_reused_pid_is_another_process() {
    let mut stage = Stage::with_init();
    let (old, new) = ((100, 1_000, 1), (100, 2_000, 1));
    let before = stage.fork(old, INIT, 1_000);
    let after = stage.fork(new, INIT, 2_000);
    assert_ne!(before.guid, after.guid);
    assert_eq!(stage.table.lookup_pid(100).expect("it runs").guid, after.guid);
    assert_eq!(stage.exit(old, 2_001), None, "its end was clear when its pid was given out again");
    assert_eq!(stage.resolve(old).guid, before.guid);
}

#[test]
fn an_unknown_process_is_looked_up_in_proc() {
    let mut stage = Stage::new(Limits::default());
    let own = own_identity();
    let who = (own.pid, own.start.0, own.exec_id);
    let known = stage.resolve(who);
    let exe = std::env::current_exe().expect("we have an image");
    assert_eq!((known.image.as_str(), known.origin), (exe.to_str().expect("it is plain"), Origin::Proc));
    assert!(known.command_line.as_str().starts_with(&std::env::args().next().expect("our name")));
    assert_eq!(known.guid, GUIDS.process(&own));
    let other = stage.resolve((own.pid, own.start.0 - SECOND, 0));
    assert_eq!((other.image.as_str(), other.origin), (UNKNOWN_IMAGE, Origin::Unknown));
    assert_ne!(other.guid, Guid::NIL);
    assert_eq!((stage.table.counts().surprises, stage.table.counts().unknown), (2, 1));
    stage.resolve(who);
    assert_eq!(stage.table.counts().surprises, 2, "asked once");
    stage.seed(who, (0, 0, 0), "better", b"better\0");
    assert_eq!(stage.image_of(who), "/bin/better");
}

#[test]
fn a_child_that_does_not_run_its_parents_image_is_not_given_it() {
    let mut stage = Stage::with_init();
    let child = stage.fork((4_000_000, 1_000, 9), INIT, 1_000); // CLONE_PARENT
    assert_eq!(child.image.as_str(), UNKNOWN_IMAGE);
    assert_eq!(child.parent.image.as_str(), "/bin/init");
}

#[test]
fn a_kernel_thread_has_its_name_in_brackets() {
    let mut stage = Stage::new(Limits::default());
    let mut kthread = image((2, 5, 0), (0, 0, 0), b"", b"");
    kthread.task.flags = tuxmon_wire::TaskFlags(1);
    kthread.image.absent = true;
    stage.table.seed(&kthread, BootTime(5), &mut stage.users);
    assert_eq!(stage.image_of((2, 5, 0)), "[comm]");
    assert_eq!(stage.image_of((0, 0, 0)), "", "the kernel itself is no process");
    assert_eq!(stage.resolve((0, 0, 0)).guid, Guid::NIL);
}

#[test]
fn a_full_table_drops_the_ended_first_and_then_the_silent() {
    let mut stage = Stage::new(Limits { processes: 4, ..Limits::default() });
    stage.seed(INIT, (0, 0, 0), "init", b"init\0");
    for pid in 100..103 {
        stage.fork((pid, u64::from(pid), 1), INIT, u64::from(pid));
    }
    stage.exit((101, 101, 1), 200);
    stage.fork((103, 103, 1), INIT, 201);
    assert!(stage.table.lookup_pid(101).is_none());
    stage.fork((104, 104, 1), INIT, 202);
    assert!(stage.table.lookup_pid(100).is_none(), "the one not heard of for the longest time");
    assert!(stage.table.lookup_pid(1).is_some());
    assert_eq!(stage.table.counts().evicted, 2);
    assert_eq!(stage.table.counts().processes, 4);
}

#[test]
fn what_a_storm_took_is_given_back() {
    let mut stage = Stage::new(Limits { ended: 30_000, ..Limits::default() });
    stage.seed(INIT, (0, 0, 0), "init", b"init\0");
    for pid in 100..20_100 {
        stage.fork((pid, u64::from(pid), 1), INIT, u64::from(pid));
        stage.exit((pid, u64::from(pid), 1), u64::from(pid) + 1);
    }
    assert!(stage.table.slots.capacity() >= 20_000);
    stage.fork((99, 90 * SECOND, 1), INIT, 90 * SECOND);
    assert_eq!(stage.table.counts().processes, 2, "init and the last one");
    let room = [stage.table.slots.capacity(), stage.table.newest.capacity(), stage.table.retired.capacity()];
    assert!(room.into_iter().all(|room| room < 100), "{room:?}");
}

#[test]
fn a_storm_of_short_processes_keeps_the_last_of_them() {
    let mut stage = Stage::new(Limits { ended: 3, ..Limits::default() });
    stage.seed(INIT, (0, 0, 0), "init", b"init\0");
    for pid in 100..200 {
        stage.fork((pid, u64::from(pid), 1), INIT, u64::from(pid));
        stage.exit((pid, u64::from(pid), 1), u64::from(pid));
    }
    stage.fork((200, 200, 1), INIT, 200);
    let kept: Vec<u32> = (1..=200).filter(|pid| stage.table.lookup_pid(*pid).is_some()).collect();
    assert_eq!(kept, [1, 197, 198, 199, 200]);
    assert_eq!(stage.table.counts().evicted, 0);
}

#[test]
fn an_exec_loop_keeps_few_images() {
    let mut stage = Stage::with_init();
    for exec_id in 1..10_000 {
        stage.exec((100, 1_000, exec_id), INIT, "again", 1_000 + exec_id);
    }
    let slot = stage.table.slots.get(&Key { pid: 100, start: BootTime(1_000) }).expect("it runs");
    assert_eq!(slot.older.len(), OLDER_MAX);
    assert_eq!(stage.table.retired.len(), OLDER_MAX);
    assert_eq!(stage.image_of((100, 1_000, 9_998)), "/bin/again");
    let forgotten = stage.resolve((100, 1_000, 2));
    assert_eq!((forgotten.image.as_str(), forgotten.parent.image.as_str()), (UNKNOWN_IMAGE, "/bin/init"));
    stage.exit((100, 1_000, 9_999), 20_000);
    stage.fork((101, 90 * SECOND, 1), INIT, 90 * SECOND);
    assert_eq!(stage.table.counts().command_line_bytes, "init".len());
}

#[test]
fn command_lines_take_no_more_than_their_share() {
    let limits = Limits { command_line_bytes: 200_000, ..Limits::default() };
    let mut stage = Stage::new(limits);
    let long = vec![b'a'; 100_000];
    let leaf = leaf_first("x");
    for pid in 100..110 {
        let image = image((pid, 1_000, 2), (0, 0, 0), &leaf, &long);
        let whole = stage.table.exec(&image, BootTime(1_000), &mut stage.users);
        assert_eq!(whole.command_line.as_str().len(), 100_000, "the event has all of it");
    }
    assert_eq!(stage.resolve((101, 1_000, 2)).command_line.as_str().len(), 100_000);
    let short = stage.resolve((109, 1_000, 2));
    assert!(short.command_line.as_str().ends_with("..."));
    assert!(stage.table.counts().command_line_bytes < 250_000);
    for pid in 100..110 {
        stage.exit((pid, 1_000, 2), 2_000);
    }
    stage.fork((200, 90 * SECOND, 1), (0, 0, 0), 90 * SECOND);
    assert_eq!(stage.table.counts().command_line_bytes, 0);
}

/// One record about one of a few processes.
#[derive(Debug, Clone)]
enum Step {
    Seed(u32, u64, u64),
    Seeded,
    Fork(u32, u64, u64, u32),
    Exec(u32, u64, u64),
    Exit(u32, u64, u64),
    Resolve(u32, u64, u64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || (4_194_000_u32..4_194_004, 100_u64..103, 0_u64..4);
    prop_oneof![
        who().prop_map(|(p, s, e)| Step::Seed(p, s, e)),
        Just(Step::Seeded),
        (who(), 4_194_000_u32..4_194_004).prop_map(|((p, s, e), parent)| Step::Fork(p, s, e, parent)),
        who().prop_map(|(p, s, e)| Step::Exec(p, s, e)),
        who().prop_map(|(p, s, e)| Step::Exit(p, s, e)),
        who().prop_map(|(p, s, e)| Step::Resolve(p, s, e)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_order_of_records_keeps_the_books_in_order(steps in prop::collection::vec(step(), 0..60)) {
        let mut stage = Stage::new(Limits { processes: 5, grace: Duration::from_nanos(10), ..Limits::default() });
        for (at, step) in steps.into_iter().enumerate() {
            let at = at as u64 + 1_000;
            match step {
                Step::Seed(p, s, e) => stage.seed((p, s, e), (p, s, e + 1), "seed", b"seed\0"),
                Step::Seeded => stage.table.seeded(BootTime(at), &mut stage.users),
                Step::Fork(p, s, e, parent) => {
                    let child = stage.fork((p, s, e), (parent, 100, e), at);
                    prop_assert_eq!(child.identity, task((p, s, e)).identity);
                }
                Step::Exec(p, s, e) => {
                    let ran = stage.exec((p, s, e), (p, 100, 0), "exec", at);
                    prop_assert_eq!(ran.image.as_str(), "/bin/exec");
                }
                Step::Exit(p, s, e) => {
                    stage.exit((p, s, e), at);
                    prop_assert_eq!(stage.exit((p, s, e), at), None);
                }
                Step::Resolve(p, s, e) => {
                    prop_assert_eq!(stage.resolve((p, s, e)).guid, GUIDS.process(&task((p, s, e)).identity));
                }
            }
            check_books(&stage.table)?;
        }
    }
}

fn check_books(table: &ProcessTable) -> Result<(), TestCaseError> {
    let images = || table.slots.values().flat_map(|slot| std::iter::once(&slot.current).chain(&slot.older));
    prop_assert!(table.slots.len() <= 5);
    prop_assert_eq!(table.counts.ended, table.slots.values().filter(|slot| slot.ended).count());
    let bytes: usize = images().map(|image| owned_bytes(image)).sum();
    prop_assert_eq!(table.counts.command_line_bytes, bytes);
    for (pid, start) in &table.newest {
        let key = Key { pid: *pid, start: *start };
        prop_assert!(table.slots.contains_key(&key));
    }
    Ok(())
}
