//! Event 10: one process began to trace another.

use std::ffi::OsString;
use std::thread;

use anyhow::{Context, ensure};
use nix::sys::{ptrace, wait};
use nix::unistd::Pid;
use serde_json::json;

use crate::deed::{self, Deed, Doing, tell, wait_for_word};
use crate::expected::{life, process_access};
use crate::watch::Watch;
use crate::{agent, tests};

tests![attached, seized, a_thread_traces_a_thread, failed_attempts];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "attach", run: attach },
    Deed { name: "seize", run: seize },
    Deed { name: "seize-from-thread", run: seize_from_thread },
    Deed { name: "hold-with-thread", run: hold_with_thread },
    Deed { name: "fail-to-attach", run: fail_to_attach },
];

fn attached() {
    traced_by(&mut agent::watch(), "attach");
}

fn seized() {
    traced_by(&mut agent::watch(), "seize");
}

/// One process begins to trace another by this deed.
pub(crate) fn traced_by(watch: &mut Watch, how: &str) {
    let target = Doing::start_as(deed::command_for_anyone("hold", &[]), 65534);
    let source = deed::perform(how, &[&OsString::from(target.pid().to_string())]).named("source");
    let target = target.finish();
    let expected = [life(&target, []), life(&source, [process_access(&source, source.pid, &target)])];
    watch.expect(&[source.pid, target.pid], &expected.into_iter().flatten().collect::<Vec<_>>());
}

fn target_of(arguments: &[OsString]) -> anyhow::Result<Pid> {
    Ok(Pid::from_raw(arguments[0].to_str().context("a number")?.parse()?))
}

fn attach(arguments: &[OsString]) -> anyhow::Result<()> {
    let target = target_of(arguments)?;
    ptrace::attach(target)?;
    wait::waitpid(target, Some(wait::WaitPidFlag::__WALL))?;
    Ok(ptrace::detach(target, None)?)
}

fn seize(arguments: &[OsString]) -> anyhow::Result<()> {
    // The end of the tracer sets the target free.
    Ok(ptrace::seize(target_of(arguments)?, ptrace::Options::empty())?)
}

/// The event tells the thread of the source; of the target it tells the process, though one thread of it is traced.
fn a_thread_traces_a_thread() {
    let mut watch = agent::watch();
    let mut target = Doing::start(deed::command("hold-with-thread", &[]));
    let thread = target.truth()["thread"].to_string();
    let mut source = Doing::start(deed::command("seize-from-thread", &[&OsString::from(thread)]));
    let truth = source.truth();
    let source = source.finish().named("source");
    let target = target.finish();
    let source_thread = truth["thread"].as_u64().expect("the deed tells a number") as u32;
    assert_ne!(source_thread, source.pid, "the truth itself");
    let expected = [life(&target, []), life(&source, [process_access(&source, source_thread, &target)])];
    watch.expect(&[source.pid, target.pid], &expected.into_iter().flatten().collect::<Vec<_>>());
}

fn own_thread() -> i32 {
    rustix::thread::gettid().as_raw_nonzero().get()
}

fn hold_with_thread(_: &[OsString]) -> anyhow::Result<()> {
    let hold = || -> anyhow::Result<()> {
        tell(&json!({ "thread": own_thread() }))?;
        wait_for_word()
    };
    thread::spawn(hold).join().expect("it does not panic")
}

fn seize_from_thread(arguments: &[OsString]) -> anyhow::Result<()> {
    let target = target_of(arguments)?;
    let seize = move || -> anyhow::Result<()> {
        ptrace::seize(target, ptrace::Options::empty())?;
        tell(&json!({ "thread": own_thread() }))
    };
    thread::spawn(seize).join().expect("it does not panic")
}

fn failed_attempts() {
    let mut watch = agent::watch();
    let target = Doing::start(deed::command("hold", &[]));
    let pid = OsString::from(target.pid().to_string());
    let source =
        Doing::start_as(deed::command_for_anyone("fail-to-attach", &[&pid]), 65534).finish().named("source");
    let target = target.finish();
    let expected = [life(&target, []), life(&source, [])];
    watch.expect(&[source.pid, target.pid], &expected.into_iter().flatten().collect::<Vec<_>>());
}

fn fail_to_attach(arguments: &[OsString]) -> anyhow::Result<()> {
    let target = target_of(arguments)?;
    ensure!(ptrace::attach(target).is_err(), "it belongs to root");
    ensure!(ptrace::seize(target, ptrace::Options::empty()).is_err(), "it belongs to root");
    ensure!(ptrace::attach(Pid::this()).is_err(), "nobody traces itself");
    ensure!(ptrace::attach(Pid::from_raw(i32::MAX)).is_err(), "there is no such process");
    Ok(())
}
