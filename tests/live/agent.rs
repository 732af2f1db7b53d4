//! Agents under test: the real program, with a folder of its own for its configuration, state and output.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::watch::{Watch, patience};
use crate::{raw, watch};

/// A configuration by which everything is logged.
pub(crate) const EVERYTHING: &str = r#"<Sysmon schemaversion="4.90">
  <EventFiltering>
    <ProcessCreate onmatch="exclude"/>
    <NetworkConnect onmatch="exclude"/>
    <ProcessTerminate onmatch="exclude"/>
    <RawAccessRead onmatch="exclude"/>
    <ProcessAccess onmatch="exclude"/>
    <FileCreate onmatch="exclude"/>
    <FileDelete onmatch="exclude"/>
    <eBPFEvent onmatch="exclude"/>
  </EventFiltering>
</Sysmon>
"#;

/// A folder in which agents live, one after the other.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    /// A new folder with this configuration.
    pub(crate) fn new(configuration: &str) -> Home {
        let folder = tempfile::Builder::new().prefix("tuxmon-agent.").tempdir().expect("a temporary folder");
        let home = Home { folder };
        home.configure(configuration);
        home
    }

    /// Writes another configuration; a running agent is not told.
    pub(crate) fn configure(&self, configuration: &str) {
        fs::write(self.configuration(), configuration).expect("the folder is ours");
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The configuration file.
    pub(crate) fn configuration(&self) -> PathBuf {
        self.path("config.xml")
    }

    /// The file that events are appended to.
    pub(crate) fn events(&self) -> PathBuf {
        self.path("events.xml")
    }

    /// What its running agent answers to `tuxmon status`.
    pub(crate) fn status(&self) -> serde_json::Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tuxmon"));
        command.args(["status", "--json", "--state-dir"]).arg(self.path("state"));
        let output = command.output().expect("the agent was built with this test");
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("status: {error}: {said}{errors}"))
    }

    /// Starts an agent that writes to the events file, and waits until it collects.
    pub(crate) fn start(&self) -> Agent {
        self.start_with(&[])
    }

    /// The same with further arguments.
    pub(crate) fn start_with(&self, arguments: &[OsString]) -> Agent {
        let mut all = vec!["--output".into(), output("file", &self.events())];
        all.extend_from_slice(arguments);
        // Without a file there is nothing to watch yet; the agent appends to it.
        File::options().create(true).append(true).open(self.events()).expect("the folder is ours");
        let watch = Watch::of_file(&self.events());
        started(watch, self.launch(&all, Stdio::null()))
    }

    /// The same through a program that executes the one that its arguments name.
    pub(crate) fn start_through(&self, wrapper: Command, arguments: &[OsString]) -> Agent {
        let mut all = vec!["--output".into(), output("file", &self.events())];
        all.extend_from_slice(arguments);
        File::options().create(true).append(true).open(self.events()).expect("the folder is ours");
        let watch = Watch::of_file(&self.events());
        started(watch, self.launch_through(wrapper, &all))
    }

    /// Starts an agent with nothing but these outputs, and does not wait.
    pub(crate) fn launch(&self, arguments: &[OsString], stdout: Stdio) -> Agent {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tuxmon"));
        command.stdout(stdout);
        self.launch_as(command, arguments)
    }

    /// The same through a program that executes the one that its arguments name.
    pub(crate) fn launch_through(&self, mut wrapper: Command, arguments: &[OsString]) -> Agent {
        wrapper.arg(env!("CARGO_BIN_EXE_tuxmon")).stdout(Stdio::null());
        self.launch_as(wrapper, arguments)
    }

    fn launch_as(&self, mut command: Command, arguments: &[OsString]) -> Agent {
        let log = self.path("agent.log");
        let errors = File::options().create(true).append(true).open(&log).expect("the folder is ours");
        command.arg("run").arg("--config").arg(self.configuration());
        command.arg("--state-dir").arg(self.path("state")).args(arguments);
        if let Some(tier) = std::env::var_os("TUXMON_TIER") {
            command.arg("--tier").arg(tier);
        }
        if let Some(btf) = std::env::var_os("TUXMON_BTF") {
            command.arg("--btf").arg(btf);
        }
        if std::env::var_os("TUXMON_NO_PERF_EVENTS").is_some() {
            raw::may_not_open_perf_events(&mut command);
        }
        command.stdin(Stdio::null()).stderr(errors);
        raw::ends_with_this_thread(&mut command);
        let child = command.spawn().expect("the agent was built with this test");
        Agent { child, events: self.events(), log }
    }
}

/// The agent, once it collects.
fn started(mut watch: Watch, mut agent: Agent) -> Agent {
    watch.within(patience());
    let started = watch.until(|event| {
        event.system.event_id == 4
            && event.system.process_id == agent.pid()
            && event.value("State") == Some("Started")
    });
    assert!(started, "the agent did not start; it says:\n{}\n{:?}", agent.log(), agent.child.try_wait());
    agent
}

/// A running agent. It is killed when this is dropped.
pub(crate) struct Agent {
    child: Child,
    events: PathBuf,
    log: PathBuf,
}

impl Agent {
    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its standard output, if that was piped and nobody has taken it.
    pub(crate) fn take_output(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// Its events from now on.
    pub(crate) fn watch(&self) -> Watch {
        Watch::of_file(&self.events)
    }

    /// Waits until it has looked up this process, when it could not list those that ran before it. It asks `/proc` at the
    /// first deed, and a slow machine's answer serves from the next deed on.
    pub(crate) fn meets_this_process(&self) {
        for _ in 0..3 {
            let mut watch = self.watch();
            let process = crate::deed::perform("nothing", &[]);
            watch.until(|event| event.system.event_id == 5 && watch::actor(event) == Some(process.pid));
        }
    }

    /// What it has written about itself.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_else(|error| format!("(no log: {error})"))
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("the agent is our child and was not waited for");
    }

    /// Processor time that it has used.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).expect("the agent runs");
        let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
        let ticks =
            fields.split(' ').skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum::<u64>();
        Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second())
    }

    /// Waits until it has ended.
    pub(crate) fn wait(&mut self, longest: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + longest;
        watch::poll_until(deadline, || self.child.try_wait().expect("the agent is our child"))
    }

    /// Asks it to end, and says how long it took; `None` when it does not end.
    pub(crate) fn stop(mut self) -> Option<(Duration, ExitStatus)> {
        let asked = Instant::now();
        self.signal(Signal::TERM);
        let status = self.wait(patience())?;
        Some((asked.elapsed(), status))
    }

    /// Ends it as a crash does.
    pub(crate) fn crash(mut self) {
        self.signal(Signal::KILL);
        self.child.wait().expect("the agent is our child");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The agent that logs everything, which most tests share, with its folder.
static SHARED: Mutex<Option<(Agent, Home)>> = Mutex::new(None);

/// The events of the shared agent from now on; the first call starts it.
pub(crate) fn watch() -> Watch {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let (agent, _) = shared.get_or_insert_with(|| {
        let home = Home::new(EVERYTHING);
        let agent = home.start();
        if std::env::var_os("TUXMON_BTF").is_some() {
            agent.meets_this_process();
        }
        (agent, home)
    });
    if let Some(status) = agent.child.try_wait().expect("the agent is our child") {
        panic!("the shared agent has ended ({status}); it says:\n{}", agent.log());
    }
    agent.watch()
}

/// Whether the shared agent knows what became of files that a name was taken from: whether they were executable, and
/// whether a rename replaced one. It says so itself; the tracepoint tier of kernels before 6.13 does not know.
pub(crate) fn knows_what_names_were() -> bool {
    !missing_hooks().iter().any(|hook| hook == "touch_set")
}

/// The tier of hooks that serves the shared agent.
pub(crate) fn shared_tier() -> String {
    shared_fact("files deleted")["tier"].as_str().expect("a fact has a tier").to_owned()
}

/// Hooks that the shared agent would use and does not have.
pub(crate) fn missing_hooks() -> Vec<String> {
    let facts = shared_facts();
    let degraded =
        facts.iter().flat_map(|fact| fact["degraded"].as_array().expect("a fact lists what it misses"));
    degraded.map(|missing| missing["hook"].as_str().expect("a name").to_owned()).collect()
}

/// What the shared agent says about a fact that it collects.
fn shared_fact(name: &str) -> &'static serde_json::Value {
    shared_facts().iter().find(|fact| fact["fact"] == name).expect("it is a fact")
}

/// What it has does not change while it runs, and each deletion that is expected asks for it: so it is asked once.
fn shared_facts() -> &'static [serde_json::Value] {
    static FACTS: OnceLock<Vec<serde_json::Value>> = OnceLock::new();
    FACTS.get_or_init(|| {
        let shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, home) = shared.as_ref().expect("the shared agent runs: its events are watched");
        home.status()["collection"].as_array().expect("status lists facts").clone()
    })
}

/// Ends the shared agent, if it was started.
pub(crate) fn stop_shared() {
    let shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((agent, _home)) = shared {
        agent.stop();
    }
}

/// An argument `KIND:PATH` of `--output`.
pub(crate) fn output(kind: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(kind);
    argument.push(":");
    argument.push(path);
    argument
}
