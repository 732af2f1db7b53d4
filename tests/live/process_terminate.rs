//! Event 5: one for each process, whatever it was made of.

use std::ffi::OsString;
use std::process::Command;
use std::rc::Rc;
use std::thread;

use serde_json::json;

use crate::agent::{EVERYTHING, Home};
use crate::deed::{self, Deed, Doing, Folder, tell, wait_for_word};
use crate::expected::{file_create, life, process_terminate};
use crate::process::Process;
use crate::watch::patience;
use crate::{agent, raw, tests};

tests![
    many_threads_are_one_process,
    a_leader_that_ends_first,
    killed_with_all_its_threads,
    fork_without_exec,
    older_than_the_agent,
    forked_by_a_process_older_than_the_agent,
];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "five-threads", run: five_threads },
    Deed { name: "leader-ends-first", run: leader_ends_first },
    Deed { name: "fork", run: fork_and_create },
];

fn many_threads_are_one_process() {
    let mut watch = agent::watch();
    let process = deed::perform("five-threads", &[]);
    watch.expect(&[process.pid], &life(&process, []));
}

fn five_threads(_: &[OsString]) -> anyhow::Result<()> {
    let threads: Vec<_> = (0..5).map(|_| thread::Builder::new().spawn(|| ())).collect();
    for thread in threads {
        thread?.join().expect("it does nothing");
    }
    Ok(())
}

fn a_leader_that_ends_first() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let late = folder.join("by the other thread, when the leader is gone");
    let process = deed::perform("leader-ends-first", &[late.as_os_str()]);
    watch.expect(&[process.pid], &life(&process, [file_create(&process, &late)]));
}

fn leader_ends_first(arguments: &[OsString]) -> anyhow::Result<()> {
    let late = arguments[0].clone();
    thread::spawn(move || {
        // The leader stays as a zombie until the last thread has ended.
        let gone = || {
            let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
            stat.contains(") Z ").then_some(())
        };
        let deadline = std::time::Instant::now() + patience();
        crate::watch::poll_until(deadline, gone).expect("the leader ends");
        std::fs::File::create_new(late).expect("the folder is there");
    });
    raw::end_thread()
}

fn killed_with_all_its_threads() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let doing = Doing::start(Command::new(folder.program("/bin/cat", "program")));
    let process = doing.kill();
    watch.expect(&[process.pid], &life(&process, []));
}

fn fork_without_exec() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    for uid in [0, 65534] {
        let made = folder.join(format!("made by the child of {uid}"));
        let mut doing = Doing::start_as(deed::command_for_anyone("fork", &[made.as_os_str()]), uid);
        doing.go_on();
        let truth = doing.truth();
        let parent = doing.finish();
        let child = forked(&parent, &truth);
        let mut expected = life(&parent, []);
        expected.extend([file_create(&child, &made), process_terminate(&child)]);
        watch.expect(&[parent.pid, child.pid], &expected);
    }
}

/// The image is the parent's, the identity is not.
fn forked(parent: &Process, truth: &serde_json::Value) -> Process {
    Process {
        name: "child".to_owned(),
        pid: truth["child"].as_u64().expect("the deed tells a number") as u32,
        start_seconds: parent.lifetime.seconds(),
        parent: Some(Rc::new(parent.clone())),
        ..parent.clone()
    }
}

fn fork_and_create(arguments: &[OsString]) -> anyhow::Result<()> {
    wait_for_word()?;
    let made = arguments[0].clone();
    let child = raw::fork(move || u8::from(std::fs::File::create_new(made).is_err()))?;
    let status = nix::sys::wait::waitpid(nix::unistd::Pid::from_raw(child.cast_signed()), None)?;
    anyhow::ensure!(matches!(status, nix::sys::wait::WaitStatus::Exited(_, 0)), "{status:?}");
    tell(&json!({ "child": child }))
}

fn older_than_the_agent() {
    let folder = Folder::new();
    let program = folder.program("/bin/cat", "older than the agent");
    let elders = [0, 65534, 123_456].map(|uid| Doing::start_as(Command::new(&program), uid));
    let home = Home::new(EVERYTHING);
    let agent = home.start();
    let mut watch = agent.watch();
    for elder in elders {
        let process = elder.finish();
        watch.expect(&[process.pid], &[process_terminate(&process)]);
    }
}

fn forked_by_a_process_older_than_the_agent() {
    let folder = Folder::new();
    let made = folder.join("made by the child");
    let mut doing = Doing::start_as(deed::command_for_anyone("fork", &[made.as_os_str()]), 65534);
    let home = Home::new(EVERYTHING);
    let agent = home.start();
    let mut watch = agent.watch();
    doing.go_on();
    let truth = doing.truth();
    let parent = doing.finish();
    let child = forked(&parent, &truth);
    let expected = [file_create(&child, &made), process_terminate(&child), process_terminate(&parent)];
    watch.expect(&[parent.pid, child.pid], &expected);
}
