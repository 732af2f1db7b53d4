//! Event 1: whatever way a program is executed, its image, its arguments and its parent are right.

use std::ffi::{CString, OsStr, OsString};
use std::fs::{self, File};
use std::io::{Write, copy};
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::thread;

use anyhow::{Context, bail};
use nix::fcntl::AtFlags;
use nix::sys::{ptrace, wait};
use nix::unistd::{Pid, execve, execveat};
use serde_json::json;

use crate::deed::{self, Deed, Doing, Folder, tell, wait_for_word};
use crate::expected::{Expected, Want, life, process_access, process_create, process_terminate};
use crate::process::{Process, printed_path};
use crate::watch::patience;
use crate::{agent, raw, tests};

tests![
    every_field_of_a_plain_execution,
    other_users,
    exec_from_a_non_leader_thread,
    a_script_shows_its_interpreter,
    a_relative_path,
    a_symbolic_link,
    fexecve_of_a_file,
    a_deleted_file,
    a_memory_file,
    a_failing_exec_is_no_event,
    no_arguments_at_all,
    empty_arguments,
    odd_bytes_in_arguments,
    an_argument_of_128_kib,
    sixteen_thousand_ampersands,
    a_parent_thread_that_is_not_the_leader,
    the_parent_is_not_the_tracer,
];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "exec-from-thread", run: exec_from_thread },
    Deed { name: "exec-descriptor", run: exec_descriptor },
    Deed { name: "exec-without-arguments", run: exec_without_arguments },
    Deed { name: "failing-execs", run: failing_execs },
    Deed { name: "start-from-thread", run: start_from_thread },
    Deed { name: "start-on-word", run: start_on_word },
    Deed { name: "trace", run: trace },
];

/// A program that ends when its standard input does.
const PATIENT: &str = "/bin/cat";

fn every_field_of_a_plain_execution() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let mut command = Command::new(folder.program("/bin/true", "a plain program"));
    command.args(["--first", "zweites Wort", "日本"]).current_dir(folder.path());
    let process = Doing::start(command).finish();
    watch.expect(&[process.pid], &life(&process, []));
}

fn other_users() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let program = folder.program("/bin/true", "program");
    // One with a name, one without, and one whose number does not fit into sixteen bits.
    for uid in [65534, 54321, 123_456] {
        let process = Doing::start_as(Command::new(&program), uid).finish();
        watch.expect(&[process.pid], &life(&process, []));
    }
}

fn exec_from_a_non_leader_thread() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let program = folder.program("/bin/true", "program");
    let before = deed::perform("exec-from-thread", &[program.as_os_str(), OsStr::new("argument")]);
    let after = before.after_exec(&program, &[program.as_os_str(), OsStr::new("argument")]);
    watch.expect(&[before.pid], &two_images(&before, &after));
}

fn exec_from_thread(arguments: &[OsString]) -> anyhow::Result<()> {
    let arguments = arguments.to_vec();
    let error = thread::spawn(move || Command::new(&arguments[0]).args(&arguments[1..]).exec()).join();
    bail!("exec came back: {error:?}")
}

/// A process executes a second program in place: two starts, one end.
fn two_images(before: &Process, after: &Process) -> Vec<Expected> {
    vec![process_create(before), process_create(after), process_terminate(after)]
}

fn a_script_shows_its_interpreter() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let interpreter = folder.program("/bin/true", "interpreter");
    let script = folder.join("script");
    fs::write(&script, format!("#!{} -option with blanks\nnothing\n", interpreter.display()))
        .expect("the folder is ours");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    let mut command = Command::new(&script);
    command.args(["first", "second"]);
    let process = Doing::start(command).finish();
    let words = [
        interpreter.as_os_str(),
        OsStr::new("-option with blanks"),
        script.as_os_str(),
        OsStr::new("first"),
        OsStr::new("second"),
    ];
    let process = process.after_exec(&interpreter, &words).named("deed");
    watch.expect(&[process.pid], &life(&process, []));
}

fn a_relative_path() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    folder.program("/bin/true", "program");
    fs::create_dir(folder.join("below")).expect("the folder is ours");
    let mut command = Command::new("./../below/.././program");
    command.current_dir(folder.join("below"));
    let process = Doing::start(command).finish();
    watch.expect(&[process.pid], &life(&process, []));
}

fn a_symbolic_link() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let program = folder.program("/bin/true", "program");
    symlink(&program, folder.join("link")).expect("the folder is ours");
    symlink("link", folder.join("link to the link")).expect("the folder is ours");
    let process = Doing::start(Command::new(folder.join("link to the link"))).finish();
    assert_eq!(process.image, printed_path(&program), "the truth itself");
    watch.expect(&[process.pid], &life(&process, []));
}

fn fexecve_of_a_file() {
    executed_by_descriptor("file", |program| (printed_path(program), None));
}

/// The name that it had; its hash is that of the file, which only the running process still has.
fn a_deleted_file() {
    executed_by_descriptor("deleted", |program| (printed_path(program), None));
}

fn a_memory_file() {
    executed_by_descriptor("memory", |_| ("/memfd:a program in memory".to_owned(), None));
}

/// Executes a program that stays until the end of its input, so that whoever looks still finds it.
fn executed_by_descriptor(how: &str, truth: impl FnOnce(&Path) -> (String, Option<Want>)) {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let program = folder.program(PATIENT, "program");
    let known = Process::this().after_exec(&program, &[OsStr::new("own name"), OsStr::new("-")]);
    let doing = Doing::start(deed::command("exec-descriptor", &[OsStr::new(how), program.as_os_str()]));
    let pid = doing.pid();
    watch.within(patience());
    watch.until(|event| event.system.event_id == 1 && event.value("CommandLine") == Some("own name -"));
    let before = doing.finish();
    let (image, hashes) = truth(&program);
    let after = Process {
        name: "deed after exec".to_owned(),
        image,
        command_line: known.command_line,
        hashes: hashes.unwrap_or(known.hashes),
        ..before.clone()
    };
    let mut expected = two_images(&before, &after);
    if how == "deleted" {
        expected.push(crate::expected::file_delete(&before, &program, Want::Is("true".to_owned())));
    }
    watch.expect(&[pid], &expected);
}

fn exec_descriptor(arguments: &[OsString]) -> anyhow::Result<()> {
    let [how, program] = arguments else { bail!("how to execute which program?") };
    let mut file = File::open(program)?;
    match how.to_str() {
        Some("file") => {}
        Some("deleted") => fs::remove_file(program)?,
        Some("memory") => {
            let memory = rustix::fs::memfd_create("a program in memory", rustix::fs::MemfdFlags::CLOEXEC)?;
            copy(&mut file, &mut File::from(memory.try_clone()?))?;
            file = File::open(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&memory)))?;
        }
        _ => bail!("no such way"),
    }
    let words = [c"own name", c"-"];
    let Err(error) = execveat(file.as_fd(), c"", &words, &[c"A=1"], AtFlags::AT_EMPTY_PATH);
    bail!("exec came back: {error}")
}

fn a_failing_exec_is_no_event() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let process = deed::perform("failing-execs", &[folder.path().as_os_str()]);
    let made =
        ["plain", "garbage", "orphan"].map(|name| crate::expected::file_create(&process, &folder.join(name)));
    watch.expect(&[process.pid], &life(&process, made));
}

fn failing_execs(arguments: &[OsString]) -> anyhow::Result<()> {
    let folder = Path::new(&arguments[0]);
    let write = |name: &str, mode: u32, contents: &str| -> anyhow::Result<()> {
        let mut file = File::create_new(folder.join(name))?;
        file.write_all(contents.as_bytes())?;
        Ok(file.set_permissions(fs::Permissions::from_mode(mode))?)
    };
    write("plain", 0o644, "#!/bin/true\n")?;
    write("garbage", 0o755, "\u{7f}ELF and nothing behind it")?;
    write("orphan", 0o755, "#!/no/such/interpreter\n")?;
    // Not with Command, which gives a file without a known form to a shell.
    for name in ["plain", "garbage", "orphan", "missing", "."] {
        let program = CString::new(folder.join(name).as_os_str().as_bytes())?;
        let Err(_) = execve(&program, &[c"program"], &[c"A=1"]);
    }
    // Too long for the kernel altogether.
    let error = Command::new("/bin/true").arg("x".repeat(131_072)).exec();
    anyhow::ensure!(error.raw_os_error() == Some(7), "{error}");
    Ok(())
}

fn no_arguments_at_all() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let program = folder.program(PATIENT, "program");
    let before = deed::perform("exec-without-arguments", &[program.as_os_str()]);
    let after = before.after_exec(&program, &[OsStr::new("")]);
    watch.expect(&[before.pid], &two_images(&before, &after));
}

fn exec_without_arguments(arguments: &[OsString]) -> anyhow::Result<()> {
    let program = CString::new(arguments[0].as_bytes())?;
    bail!("exec came back: {}", raw::exec_without_arguments(&program))
}

fn empty_arguments() {
    with_arguments(&[b"", b"", b"between", b"", b""]);
}

fn odd_bytes_in_arguments() {
    let controls: Vec<u8> = (1..=0x1f).chain([0x7f]).collect();
    let halves: Vec<u8> = (0x80..=0xff).collect();
    with_arguments(&[
        &controls,
        &halves,
        b"a line\nfeed, a carriage\r return, a\ttab",
        b"<Event> & \"quotes\" 'too' ]]> &amp; &#10;",
        b"\xf0\x9f\x98\x80 \xed\xa0\x80 \xef\xbf\xbe \xc0\x80 \xf4\x90\x80\x80 \xe2\x80\xa8 \xc2\x85",
        b"cut \xe6\x97",
    ]);
}

fn with_arguments(arguments: &[&[u8]]) {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let mut command = Command::new(folder.program("/bin/true", "program"));
    command.args(arguments.iter().map(|&bytes| OsString::from_vec(bytes.to_vec())));
    let process = Doing::start(command).finish();
    watch.expect(&[process.pid], &life(&process, []));
}

/// The longest single argument that the kernel takes.
fn an_argument_of_128_kib() {
    with_a_cut_command_line(&numbered(131_071), 60_000);
}

fn sixteen_thousand_ampersands() {
    with_a_cut_command_line(&"&".repeat(16_300), 12_000);
}

/// Text in which each place looks different from every other.
fn numbered(length: usize) -> String {
    let mut text: String = (0..).map(|number| format!("{number},")).take(length / 4).collect();
    text.truncate(length);
    assert_eq!(text.len(), length);
    text
}

fn with_a_cut_command_line(argument: &str, at_least: usize) {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let mut command = Command::new(folder.program("/bin/true", "program"));
    command.arg(argument).arg("last");
    let process = Doing::start(command).finish();
    let whole = process.command_line.clone();
    let expected = [
        process_create(&process).with("CommandLine", Want::CutFrom { whole, at_least }),
        process_terminate(&process),
    ];
    watch.expect(&[process.pid], &expected);
}

fn a_parent_thread_that_is_not_the_leader() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let program = folder.program("/bin/true", "program");
    let mut doing = Doing::start(deed::command("start-from-thread", &[program.as_os_str()]));
    let truth = doing.truth();
    let parent = doing.finish();
    assert_ne!(truth["thread"], parent.pid, "the truth itself: another thread started it");
    let child = child_of(&parent, &truth["child"], &program);
    let expected = [life(&parent, []), life(&child, [])].into_iter().flatten().collect::<Vec<_>>();
    watch.expect(&[parent.pid, child.pid], &expected);
}

fn child_of(parent: &Process, pid: &serde_json::Value, program: &Path) -> Process {
    Process {
        name: "child".to_owned(),
        pid: pid.as_u64().expect("the deed tells a number") as u32,
        start_seconds: parent.lifetime.seconds(),
        parent: Some(Rc::new(parent.clone())),
        ..parent.after_exec(program, &[program.as_os_str()])
    }
}

fn start_from_thread(arguments: &[OsString]) -> anyhow::Result<()> {
    let program = arguments[0].clone();
    let start = move || -> anyhow::Result<()> {
        let mut child = Command::new(program).spawn()?;
        tell(&json!({ "child": child.id(), "thread": rustix::thread::gettid().as_raw_nonzero().get() }))?;
        child.wait()?;
        Ok(())
    };
    thread::spawn(start).join().expect("it does not panic")
}

/// A tracer that follows forks becomes the parent, for the kernel, of what its target starts; but not in truth.
fn the_parent_is_not_the_tracer() {
    let (mut watch, folder) = (agent::watch(), Folder::new());
    let program = folder.program("/bin/true", "program");
    let mut target = Doing::start(deed::command("start-on-word", &[program.as_os_str()]));
    let target_pid = OsString::from(target.pid().to_string());
    target.truth();
    let mut tracer = Doing::start(deed::command("trace", &[&target_pid]));
    tracer.truth();
    target.go_on();
    let truth = target.truth();
    let tracer = tracer.finish().named("tracer");
    let target = target.finish();
    let child = child_of(&target, &truth["child"], &program);
    let attached = process_access(&tracer, tracer.pid, &target);
    let expected = [life(&target, []), life(&child, []), life(&tracer, [attached])]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
    watch.expect(&[target.pid, child.pid, tracer.pid], &expected);
}

fn start_on_word(arguments: &[OsString]) -> anyhow::Result<()> {
    tell(&json!("ready"))?;
    wait_for_word()?;
    let mut child = Command::new(&arguments[0]).spawn()?;
    tell(&json!({ "child": child.id() }))?;
    child.wait()?;
    Ok(())
}

/// Seizes a process and follows it and its children to their ends.
fn trace(arguments: &[OsString]) -> anyhow::Result<()> {
    let target = Pid::from_raw(arguments[0].to_str().context("a number")?.parse()?);
    let follow = ptrace::Options::PTRACE_O_TRACEFORK
        | ptrace::Options::PTRACE_O_TRACEVFORK
        | ptrace::Options::PTRACE_O_TRACECLONE;
    ptrace::seize(target, follow)?;
    tell(&json!("attached"))?;
    loop {
        match wait::waitpid(None, Some(wait::WaitPidFlag::__WALL)) {
            Ok(wait::WaitStatus::Exited(pid, _)) if pid == target => return Ok(()),
            Ok(wait::WaitStatus::Stopped(pid, signal)) => {
                let pass_on = (signal != nix::sys::signal::Signal::SIGTRAP
                    && signal != nix::sys::signal::Signal::SIGSTOP)
                    .then_some(signal);
                ptrace::cont(pid, pass_on)?;
            }
            Ok(wait::WaitStatus::PtraceEvent(pid, ..)) => ptrace::cont(pid, None)?,
            Ok(_) => {}
            Err(error) => bail!("waiting: {error}"),
        }
    }
}
