//! The agent's end of the control socket.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::SOCKET;
use super::peer;
use super::protocol::{Answer, Request};

/// A request is short.
const LONGEST_REQUEST: u64 = 64 * 1024;
/// A client that does not speak or listen for so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the line may take for an answer: reading a large configuration is its longest work.
const LONGEST_ANSWER: Duration = Duration::from_secs(20);

/// A request that the line has to answer.
pub(crate) struct Question {
    /// What is asked.
    pub(crate) request: Request,
    /// The process that asks, as the kernel knows it; nothing when it has no number here.
    pub(crate) pid: Option<u32>,
    answer: SyncSender<Answer>,
}

impl Question {
    /// Answers it. Who asked may be gone by now.
    pub(crate) fn answer(self, answer: Answer) {
        let _ = self.answer.send(answer);
    }
}

/// The line's end: what clients ask.
pub(crate) struct Control {
    questions: Receiver<Question>,
    path: PathBuf,
}

impl Control {
    /// Opens the socket in a directory that belongs to us alone, and serves it from a thread.
    pub(crate) fn open(state_directory: &Path) -> io::Result<Self> {
        let path = state_directory.join(SOCKET);
        // One that is left over from a crash; two agents cannot share a state directory.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        // One place: the next client waits in the socket's own queue.
        let (sender, questions) = sync_channel(1);
        thread::Builder::new().name("control".to_owned()).spawn(move || serve(&listener, &sender))?;
        Ok(Self { questions, path })
    }

    /// What was asked since the last call, if anything.
    pub(crate) fn take(&self) -> Option<Question> {
        self.questions.try_recv().ok()
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // A socket that stays refuses connections, which says the same.
        let _ = fs::remove_file(&self.path);
    }
}

fn serve(listener: &UnixListener, questions: &SyncSender<Question>) {
    for client in listener.incoming() {
        let served = client.and_then(|client| serve_one(&client, questions));
        if let Err(error) = served {
            tracing::debug!(%error, "a client of the control socket went away");
            // An error of accept itself (no descriptors left) comes again at once.
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn serve_one(client: &UnixStream, questions: &SyncSender<Question>) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_write_timeout(Some(PATIENCE))?;
    let peer = peer::of(client)?;
    let answer = if is_permitted(peer.uid) {
        let mut line = String::new();
        BufReader::new(client.take(LONGEST_REQUEST)).read_line(&mut line)?;
        ask_line(&line, peer.pid, questions)
    } else {
        Answer::Error { reason: "only root may ask".to_owned() }
    };
    let mut text = serde_json::to_string(&answer)?;
    text.push('\n');
    let mut client = client;
    client.write_all(text.as_bytes())
}

/// The permissions of the socket say it already; some systems have not always honoured those of sockets.
fn is_permitted(uid: u32) -> bool {
    uid == 0 || uid == rustix::process::geteuid().as_raw()
}

fn ask_line(text: &str, pid: Option<u32>, questions: &SyncSender<Question>) -> Answer {
    let request = match serde_json::from_str(text.trim()) {
        Ok(request) => request,
        Err(error) => return Answer::Error { reason: format!("not a request: {error}") },
    };
    let (answer, answers) = sync_channel(1);
    if questions.send(Question { request, pid, answer }).is_err() {
        return Answer::Error { reason: "the agent is ending".to_owned() };
    }
    let late = |_| Answer::Error { reason: "the agent is too busy to answer".to_owned() };
    answers.recv_timeout(LONGEST_ANSWER).unwrap_or_else(late)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixStream;
    use std::thread;

    use super::super::client::{self, Asked};
    use super::super::protocol::{Answer, Request};
    use super::Control;

    #[test]
    fn a_request_reaches_the_line_and_its_answer_the_client() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let control = Control::open(folder.path()).expect("the folder is ours");
        let path = folder.path().join(super::SOCKET);
        let mode = path.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let state = folder.path().to_owned();
        let client = thread::spawn(move || client::ask(&state, &Request::Rules));
        let question = control.questions.recv().expect("the client asks");
        assert_eq!(question.request, Request::Rules);
        question.answer(Answer::Rules { text: "none\n".to_owned() });
        let answer = client.join().expect("the client does not panic").expect("it was answered");
        assert_eq!(
            answer,
            Asked::Answered {
                pid: Some(std::process::id()),
                answer: Answer::Rules { text: "none\n".into() }
            }
        );

        drop(control);
        assert!(!path.exists());
        let asked = client::ask(folder.path(), &Request::Status).expect("nobody is not an error");
        assert_eq!(asked, Asked::NotRunning);
    }

    #[test]
    fn nonsense_is_answered_and_does_not_reach_the_line() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let control = Control::open(folder.path()).expect("the folder is ours");
        for nonsense in ["\n", "{}\n", "status\n", "\0\u{1}\n"] {
            let mut client = UnixStream::connect(folder.path().join(super::SOCKET)).expect("it listens");
            client.write_all(nonsense.as_bytes()).expect("it reads");
            let mut answer = String::new();
            client.read_to_string(&mut answer).expect("it answers");
            assert!(answer.starts_with(r#"{"answer":"error","reason":"not a request"#), "{answer}");
        }
        assert!(control.take().is_none());
    }
}
