//! Deeds: what a test makes happen, in a process of its own.
//!
//! A deed runs in this same program, started as `live deed NAME ARGUMENT…`. It speaks with its test over its standard
//! input and output: [`tell`] writes a line of JSON with what only the deed can know, [`wait_for_word`] waits until the
//! test writes a line or ends.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Lines, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tempfile::TempDir;
use tuxmon_event::Timestamp;
use tuxmon_reader::ReadEvent;

use crate::expected::Want;
use crate::process::{Process, User, printed_arguments, printed_path, sha256_field};
use crate::time::{Span, now};
use crate::watch::actor;

/// A deed by its name.
pub(crate) struct Deed {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&[OsString]) -> anyhow::Result<()>,
}

/// Deeds that tests of several modules need.
pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "sentinel", run: make_mark },
    Deed { name: "hold", run: |_| wait_for_word() },
    Deed { name: "nothing", run: |_| Ok(()) },
];

/// Does the deed that the first word names, in this process.
pub(crate) fn perform_named<'d>(mut deeds: impl Iterator<Item = &'d Deed>, words: &[OsString]) -> ExitCode {
    let Some((name, arguments)) = words.split_first() else {
        eprintln!("which deed?");
        return ExitCode::FAILURE;
    };
    let Some(deed) = deeds.find(|deed| name == deed.name) else {
        eprintln!("no deed is called {}", name.display());
        return ExitCode::FAILURE;
    };
    match (deed.run)(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error:?}", deed.name);
            ExitCode::FAILURE
        }
    }
}

/// Tells the test a truth.
pub(crate) fn tell(truth: &Value) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{truth}")?;
    Ok(out.flush()?)
}

/// Waits until the test says to go on.
pub(crate) fn wait_for_word() -> anyhow::Result<()> {
    io::stdin().lock().read_line(&mut String::new())?;
    Ok(())
}

fn make_mark(arguments: &[OsString]) -> anyhow::Result<()> {
    File::create_new(&arguments[0])?;
    Ok(())
}

/// The command that does a deed.
pub(crate) fn command(name: &str, arguments: &[&OsStr]) -> Command {
    command_of(&own_program(), name, arguments)
}

/// The same for other users too, who may not come to where this program was built.
pub(crate) fn command_for_anyone(name: &str, arguments: &[&OsStr]) -> Command {
    let mut public = PUBLIC.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = public.get_or_insert_with(Folder::new);
    let program = folder.join("live");
    if !program.exists() && std::fs::hard_link(own_program(), &program).is_err() {
        std::fs::copy(own_program(), &program).expect("there is room for a copy");
    }
    command_of(&program, name, arguments)
}

/// Where the program stands for everyone.
static PUBLIC: Mutex<Option<Folder>> = Mutex::new(None);

/// Removes what deeds share.
pub(crate) fn clean_up() {
    PUBLIC.lock().unwrap_or_else(PoisonError::into_inner).take();
}

fn own_program() -> PathBuf {
    std::env::current_exe().expect("/proc is there")
}

fn command_of(program: &Path, name: &str, arguments: &[&OsStr]) -> Command {
    let mut command = Command::new(program);
    command.arg("deed").arg(name).args(arguments);
    command
}

/// Does a deed from beginning to end and gives the process that it was.
#[track_caller]
pub(crate) fn perform(name: &str, arguments: &[&OsStr]) -> Process {
    Doing::start(command(name, arguments)).finish()
}

/// A deed that is being done.
pub(crate) struct Doing {
    child: Child,
    process: Process,
    since: Timestamp,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Doing {
    /// Starts any program as a deed.
    pub(crate) fn start(command: Command) -> Doing {
        Doing::start_as(command, rustix::process::getuid().as_raw())
    }

    /// The same as another user.
    pub(crate) fn start_as(mut command: Command, uid: u32) -> Doing {
        let process = intended(&command, uid);
        if uid != rustix::process::getuid().as_raw() {
            command.uid(uid).gid(uid);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let since = now();
        let mut child = command.spawn().expect("the program can be executed");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let process = Process { pid: child.id(), start_seconds: Span::since(since).seconds(), ..process };
        Doing { child, process, since, lines }
    }

    /// The process as it was started.
    pub(crate) fn process(&self) -> Process {
        Process { lifetime: Span::since(self.since), ..self.process.clone() }
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next truth that the deed tells.
    #[track_caller]
    pub(crate) fn truth(&mut self) -> Value {
        let line = self.lines.next().expect("the deed tells more").expect("the pipe can be read");
        serde_json::from_str(&line).expect("truths are JSON")
    }

    /// Tells the deed to go on.
    pub(crate) fn go_on(&mut self) {
        let input = self.child.stdin.as_mut().expect("it is piped and was not taken");
        input.write_all(b"\n").expect("the deed waits for this");
    }

    /// Waits for the end of the deed, which must be a good one.
    #[track_caller]
    pub(crate) fn finish(self) -> Process {
        let (process, status) = self.end();
        assert!(status.success(), "the deed ended with {status}: {}", process.command_line);
        process
    }

    /// Waits for the end of the deed, whatever it is.
    pub(crate) fn end(mut self) -> (Process, std::process::ExitStatus) {
        drop(self.child.stdin.take());
        // What it still tells is read, so that it does not wait for us.
        for line in &mut self.lines {
            line.expect("the pipe can be read");
        }
        let status = self.child.wait().expect("it is our child");
        (self.process(), status)
    }

    /// Kills it.
    pub(crate) fn kill(mut self) -> Process {
        self.child.kill().expect("it is our child");
        self.end().0
    }
}

/// What will be true of the process that this command starts.
fn intended(command: &Command, uid: u32) -> Process {
    let since = now();
    let own = std::env::current_dir().expect("it has one");
    let directory = command.get_current_dir().map_or(own.clone(), Path::to_owned);
    let directory = directory.canonicalize().expect("the directory is there");
    let image = directory.join(command.get_program()).canonicalize().expect("the program is there");
    let mut words = vec![command.get_program()];
    words.extend(command.get_args());
    let mut arguments = words.join(OsStr::new("\0"));
    arguments.push("\0");
    Process {
        name: "deed".to_owned(),
        pid: 0,
        image: printed_path(&image),
        command_line: printed_arguments(arguments.as_encoded_bytes()),
        directory: printed_path(&directory),
        user: User::of(uid),
        start_seconds: Span::since(since).seconds(),
        lifetime: Span::since(since),
        hashes: Want::Is(sha256_field(&image)),
        parent: Some(Rc::new(Process::this())),
    }
}

/// A folder for the files of a deed, under its true name.
pub(crate) struct Folder {
    folder: TempDir,
    path: PathBuf,
}

impl Folder {
    /// A new folder that every user may use.
    pub(crate) fn new() -> Folder {
        Folder::below(&std::env::temp_dir())
    }

    /// One of which no disk knows, where the machine has a place for such, so that its files cost no more than the calls.
    pub(crate) fn of_memory() -> Folder {
        let memory = Path::new("/dev/shm");
        Folder::below(if memory.is_dir() { memory } else { Path::new("/tmp") })
    }

    fn below(parent: &Path) -> Folder {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::Builder::new().prefix("tuxmon-deed.").tempdir_in(parent);
        let folder = folder.expect("a temporary folder");
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder.path(), open).expect("the folder is ours");
        let path = folder.path().canonicalize().expect("the folder is there");
        Folder { folder, path }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        debug_assert!(self.folder.path().exists(), "a folder lives as long as this");
        &self.path
    }

    /// A path in it.
    pub(crate) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// A copy of a program, under a new name.
    pub(crate) fn program(&self, original: &str, name: &str) -> PathBuf {
        let copy = self.join(name);
        std::fs::copy(original, &copy).unwrap_or_else(|error| panic!("cannot copy {original}: {error}"));
        copy
    }
}

/// A deed whose events say that those before it are out.
pub(crate) struct Sentinel {
    pid: u32,
    mark: PathBuf,
}

/// How a sentinel's event is known.
#[derive(Debug)]
pub(crate) struct Sign {
    event_id: u16,
    field: &'static str,
    value: String,
    pid: u32,
}

impl Sign {
    /// Whether this is the event.
    pub(crate) fn is_in(&self, event: &ReadEvent) -> bool {
        event.system.event_id == self.event_id
            && actor(event) == Some(self.pid)
            && event.value(self.field) == Some(self.value.as_str())
    }
}

impl Sentinel {
    /// Executes a program that creates a file and ends.
    pub(crate) fn perform() -> Sentinel {
        let folder = Folder::new();
        let mark = folder.join("sentinel");
        let process = perform("sentinel", &[mark.as_os_str()]);
        Sentinel { pid: process.pid, mark }
    }

    /// What the agent writes of it.
    pub(crate) fn events(&self) -> Vec<Sign> {
        let image = printed_path(&own_program());
        let sign =
            |event_id, field, value: &str| Sign { event_id, field, value: value.to_owned(), pid: self.pid };
        vec![
            sign(1, "Image", &image),
            sign(11, "TargetFilename", &printed_path(&self.mark)),
            sign(5, "Image", &image),
        ]
    }
}
