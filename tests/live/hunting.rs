//! `tuxmon-hunt` beside a running agent: what is done is found in the store that follows the agent's file, also what was there before.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::agent::{EVERYTHING, Home};
use crate::deed::Deed;
use crate::tests;
use crate::watch::{poll_until, read_all};

tests![a_deed_is_found_in_a_store_that_follows];

pub(crate) const DEEDS: &[Deed] = &[];

/// Longer than any machine takes from a deed to the store, however busy.
const PATIENCE: Duration = Duration::from_mins(5);

/// Between two looks at what makes events itself.
const PAUSE: Duration = Duration::from_millis(200);

/// The second program, which is built beside the agent wherever the whole workspace is.
fn program() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_BIN_EXE_tuxmon")).with_file_name("tuxmon-hunt");
    beside.exists().then_some(beside)
}

/// A store that follows a file until it is dropped.
struct Following {
    program: PathBuf,
    store: PathBuf,
    child: Child,
}

impl Following {
    fn start(program: PathBuf, store: PathBuf, log: &Path) -> Self {
        let mut command = Command::new(&program);
        command.arg("--store").arg(&store).args(["ingest", "--follow", "--quiet"]).arg(log);
        let child = command.stdin(Stdio::null()).spawn().expect("it starts");
        Self { program, store, child }
    }

    /// What it prints, if it can answer yet.
    fn said(&self, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new(&self.program);
        let ran = command.arg("--store").arg(&self.store).args(arguments).output().expect("it runs");
        ran.status.success().then(|| String::from_utf8(ran.stdout).expect("it is text"))
    }

    /// Waits for the process with this command line, and gives its identity and how many such events there are.
    #[track_caller]
    fn find(&mut self, command_line: &str) -> (String, usize) {
        let sql = format!("SELECT ProcessGuid FROM process_create WHERE CommandLine = '{command_line}'");
        let found = poll_until(Instant::now() + PATIENCE, || {
            let ended = self.child.try_wait().expect("it is our child");
            assert!(ended.is_none(), "the store does not follow any more: {ended:?}");
            let rows = self.said(&["sql", "--format", "csv", &sql]).unwrap_or_default();
            let guids: Vec<&str> = rows.lines().skip(1).collect();
            if guids.is_empty() {
                // Each question is a process, which the agent sees and the store takes too.
                std::thread::sleep(PAUSE);
            }
            Some(((*guids.first()?).to_owned(), guids.len()))
        });
        found.unwrap_or_else(|| panic!("'{command_line}' did not come into the store"))
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        // It may be ended at any time.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn echo(marker: &str) -> String {
    let status = Command::new("/bin/echo").arg(marker).stdout(Stdio::null()).status().expect("it runs");
    assert!(status.success());
    format!("/bin/echo {marker}")
}

fn a_deed_is_found_in_a_store_that_follows() {
    let Some(program) = program() else {
        println!("SKIP hunting: there is no tuxmon-hunt beside the agent: cargo build --package tuxmon-hunt");
        return;
    };
    let home = Home::new(EVERYTHING);
    let agent = home.start_with(&[]);
    let word = |name: &str| format!("tuxmon-hunting-{name}-{}", std::process::id());
    // One is there before anybody follows, one comes meanwhile.
    let before = echo(&word("before"));
    let mut following = Following::start(program, home.path("case.sqlite"), &home.events());
    following.find(&before);
    let meanwhile = echo(&word("meanwhile"));
    let (guid, count) = following.find(&meanwhile);
    let written = read_all(&home.events());
    let written: Vec<_> =
        written.iter().filter(|event| event.value("CommandLine") == Some(meanwhile.as_str())).collect();
    assert_eq!((written.len(), count), (1, 1));
    assert_eq!(written[0].value("ProcessGuid"), Some(guid.as_str()));
    let story = following.said(&["story", &guid]).expect("it tells");
    let is_subject = |line: &str| line.contains("▶") && line.contains(&meanwhile);
    assert!(story.lines().any(is_subject), "{story}");
    agent.stop().expect("it ends when it is asked to");
}
