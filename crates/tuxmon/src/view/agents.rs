//! Files that the running agents of this machine write to.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::control::SOCKET;
use crate::control::client::{self, Asked};
use crate::control::protocol::{Answer, Request};
use crate::run::STATE_DIRECTORY;

/// More processes than this are not looked at for an agent.
const MOST_PROCESSES: usize = 100_000;
/// More agents than this are not asked.
const MOST_AGENTS: usize = 16;

/// The files, each once: first what agents say themselves, which they say to root alone, then what they were told. An agent
/// that was told `--output file:x` writes below the folder in which it was started.
pub(super) fn files(root: &Path) -> Vec<PathBuf> {
    let asked = state_directories(root).into_iter().flat_map(|folder| said_by(root, &folder));
    let mut files = Vec::new();
    for file in asked.chain(told(root)) {
        if file.is_absolute() && !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

/// The folders of agents: of the services below `/opt`, whatever their names, and of `tuxmon run`.
fn state_directories(root: &Path) -> Vec<PathBuf> {
    let services = fs::read_dir(root.join("opt")).into_iter().flatten().flatten().map(|entry| entry.path());
    // `argv` tells an installation from another program's folder.
    let mut folders: Vec<PathBuf> =
        services.filter(|folder| folder.join("argv").exists() && folder.join(SOCKET).exists()).collect();
    folders.sort();
    folders.push(root.join(STATE_DIRECTORY.trim_start_matches('/')));
    folders.truncate(MOST_AGENTS);
    folders
}

/// The files that an agent names when it is asked. One that does not answer, or not us, names none; nor does one that we
/// have no number of, whose paths mean other files.
fn said_by(root: &Path, state_directory: &Path) -> Vec<PathBuf> {
    let Ok(Asked::Answered { pid: Some(pid), answer: Answer::Status(status) }) =
        client::ask(state_directory, &Request::Status)
    else {
        return Vec::new();
    };
    let folder = working_folder(&root.join("proc").join(pid.to_string()));
    status.outputs.iter().filter_map(|output| Some(folder.join(output.name.strip_prefix("file:")?))).collect()
}

/// The files in the command lines of running agents, which everybody may read.
fn told(root: &Path) -> Vec<PathBuf> {
    let mut processes: Vec<PathBuf> = fs::read_dir(root.join("proc"))
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().as_bytes().iter().all(u8::is_ascii_digit))
        .map(|entry| entry.path())
        .take(MOST_PROCESSES)
        .collect();
    processes.sort();
    let files_of = |process: &PathBuf| {
        let named = fs::read(process.join("cmdline")).map(|line| files_in(&line)).unwrap_or_default();
        let folder = if named.is_empty() { PathBuf::new() } else { working_folder(process) };
        named.into_iter().map(move |file| folder.join(file))
    };
    processes.iter().flat_map(files_of).collect()
}

/// The folder that a process works in; nothing, if it is not for us to know.
fn working_folder(process: &Path) -> PathBuf {
    fs::read_link(process.join("cwd")).unwrap_or_default()
}

/// The files in the command line of an agent; of another program there are none.
fn files_in(command_line: &[u8]) -> Vec<PathBuf> {
    let words: Vec<&[u8]> = command_line.split(|&byte| byte == 0).collect();
    let program =
        words.first().copied().unwrap_or_default().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    if !matches!(program, b"tuxmon" | b"sysmon") {
        return Vec::new();
    }
    let outputs = words.iter().filter_map(|word| {
        word.strip_prefix(b"--output=".as_slice()).unwrap_or(word).strip_prefix(b"file:".as_slice())
    });
    outputs
        .map(|output| {
            let path = match output.windows(8).rposition(|window| window == b",format=") {
                Some(end) => &output[..end],
                None => output,
            };
            PathBuf::from(OsString::from_vec(path.to_vec()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::control::protocol::{OutputStatus, Status};
    use crate::control::server::Control;

    /// Answers one question of a client, as a running agent does.
    fn answer_one(control: &Control, outputs: &[&str]) {
        let output = |name: &&str| OutputStatus { name: (*name).to_owned(), working: true, waiting: 0 };
        let status = Status { outputs: outputs.iter().map(output).collect(), ..Status::default() };
        let deadline = Instant::now() + Duration::from_mins(1);
        while Instant::now() < deadline {
            if let Some(question) = control.take() {
                question.answer(Answer::Status(Box::new(status)));
                return;
            }
            thread::yield_now();
        }
    }

    #[test]
    fn agents_are_asked_where_they_write() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let folder = root.path().join("opt/quiet");
        fs::create_dir_all(&folder).expect("it is made");
        fs::write(folder.join("argv"), "quiet\0").expect("it is written");
        let control = Control::open(&folder).expect("the folder is ours");
        let process = root.path().join("proc").join(std::process::id().to_string());
        fs::create_dir_all(&process).expect("it is made");
        std::os::unix::fs::symlink("/srv/agent", process.join("cwd")).expect("it is made");

        let path = root.path().to_owned();
        let client = thread::spawn(move || files(&path));
        answer_one(&control, &["syslog:/dev/log", "file:/var/log/own.json", "file:below.xml", "stdout"]);
        let found = client.join().expect("the client does not panic");
        assert_eq!(found, [PathBuf::from("/var/log/own.json"), PathBuf::from("/srv/agent/below.xml")]);
    }

    #[test]
    fn nobody_is_no_answer() {
        let root = tempfile::tempdir().expect("a temporary directory");
        assert!(files(root.path()).is_empty());
        // Of a service that has ended: its folder is there, with a socket that nobody listens to.
        let folder = root.path().join("opt/sysmon");
        fs::create_dir_all(&folder).expect("it is made");
        fs::write(folder.join("argv"), "sysmon\0").expect("it is written");
        drop(std::os::unix::net::UnixListener::bind(folder.join(SOCKET)).expect("the folder is ours"));
        assert!(files(root.path()).is_empty());
    }

    #[test]
    fn an_agents_command_line_names_its_files() {
        assert_eq!(
            files_in(b"/usr/bin/tuxmon\0run\0--output\0file:/var/log/a,b,format=json\0"),
            [PathBuf::from("/var/log/a,b")]
        );
        assert_eq!(files_in(b"tuxmon\0run\0--output=file:/x\0--output\0syslog\0"), [PathBuf::from("/x")]);
        assert!(files_in(b"vi\0file:/x\0").is_empty());
        assert_eq!(files_in(b"tuxmon\0run\0--output\0file:x\0"), [PathBuf::from("x")]);
    }
}
