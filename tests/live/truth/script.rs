//! What a script writes down while it acts.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::time::now;

/// One line of a script.
#[derive(Serialize, Deserialize)]
pub(crate) enum Said {
    /// It did something.
    Did(Truth),
    /// It cannot go on here, for this reason. What it did before counts.
    Skipped(String),
    /// It has done everything.
    End,
}

/// A deed as it was done.
#[derive(Serialize, Deserialize)]
pub(crate) struct Truth {
    pub(crate) deed: String,
    /// The number of the process that did it.
    pub(crate) pid: u32,
    /// Between which nanoseconds since the Unix epoch.
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// `ok`, or what the kernel said.
    pub(crate) result: String,
    /// What must be logged of it.
    pub(crate) facts: Vec<Fact>,
}

/// What a deed made true.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Fact {
    /// A file was created or overwritten.
    FileCreate { path: PathBuf },
    /// A file was deleted.
    FileDelete { path: PathBuf, executable: bool },
    /// A connection or a flow of datagrams began.
    Network { protocol: String, initiated: bool, source: (String, u16), destination: (String, u16) },
    /// A block device was opened.
    RawRead { device: PathBuf },
    /// The deed's process made another one, which so far shares its image.
    Process { pid: u32 },
    /// The deed's process executed an image; its hashes are of the file at this path for the test program.
    Exec(Image),
    /// The deed's process became this user's.
    User { uid: u32 },
    /// The deed's process ended.
    End,
}

/// What a process executed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Image {
    /// As the process sees it.
    pub(crate) path: PathBuf,
    /// Where the test program finds the same file; nowhere when it may be gone before the agent can look at it, so that
    /// its hashes are not known.
    pub(crate) file: Option<PathBuf>,
    pub(crate) words: Vec<String>,
}

impl Fact {
    /// A file was created or overwritten.
    pub(crate) fn created(path: impl Into<PathBuf>) -> Fact {
        Fact::FileCreate { path: path.into() }
    }

    /// A file that could not be executed was deleted.
    pub(crate) fn deleted(path: impl Into<PathBuf>) -> Fact {
        Fact::FileDelete { path: path.into(), executable: false }
    }

    /// The two events of a connection within one process.
    pub(crate) fn both_ends(protocol: &str, client: (&str, u16), server: (&str, u16)) -> Vec<Fact> {
        let end = |initiated| Fact::Network {
            protocol: protocol.to_owned(),
            initiated,
            source: (client.0.to_owned(), client.1),
            destination: (server.0.to_owned(), server.1),
        };
        vec![end(true), end(false)]
    }
}

/// The deed's side of a case.
pub(crate) struct Script {
    folder: PathBuf,
    out: io::Stdout,
}

impl Script {
    /// A script that acts in this folder, which is its own.
    pub(crate) fn new(folder: PathBuf) -> Script {
        Script { folder, out: io::stdout() }
    }

    /// Where it acts.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path in the folder.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Does what must succeed, and writes down what is true afterwards.
    pub(crate) fn did<T>(
        &mut self,
        deed: &str,
        act: impl FnOnce() -> io::Result<T>,
        facts: impl FnOnce(&T) -> Vec<Fact>,
    ) -> anyhow::Result<T> {
        let from = now().0;
        let done = act().map_err(|error| anyhow::anyhow!("{deed}: {error}"))?;
        let truth = Truth {
            deed: deed.to_owned(),
            pid: std::process::id(),
            from,
            to: now().0,
            result: "ok".to_owned(),
            facts: facts(&done),
        };
        self.say(&Said::Did(truth))?;
        Ok(done)
    }

    /// Makes a process that lives to its end, of which these facts are true in their order.
    pub(crate) fn process(
        &mut self,
        deed: &str,
        make: impl FnOnce() -> io::Result<u32>,
        life: Vec<Fact>,
    ) -> anyhow::Result<()> {
        self.process_that_tells(deed, || Ok((make()?, life)))
    }

    /// The same where only its life tells what is true of it.
    pub(crate) fn process_that_tells(
        &mut self,
        deed: &str,
        make: impl FnOnce() -> io::Result<(u32, Vec<Fact>)>,
    ) -> anyhow::Result<()> {
        let from = now().0;
        let (pid, life) = make().map_err(|error| anyhow::anyhow!("{deed}: {error}"))?;
        let to = now().0;
        let mut truth = |pid, facts| {
            let (deed, result) = (deed.to_owned(), "ok".to_owned());
            self.say(&Said::Did(Truth { deed, pid, from, to, result, facts }))
        };
        truth(std::process::id(), vec![Fact::Process { pid }])?;
        truth(pid, life.into_iter().chain([Fact::End]).collect())
    }

    /// Does what leaves these facts.
    pub(crate) fn does<T>(
        &mut self,
        deed: &str,
        facts: Vec<Fact>,
        act: impl FnOnce() -> io::Result<T>,
    ) -> anyhow::Result<T> {
        self.did(deed, act, |_| facts)
    }

    /// Does what must fail, and so be no event.
    pub(crate) fn fails<T>(&mut self, deed: &str, act: impl FnOnce() -> io::Result<T>) -> anyhow::Result<()> {
        let from = now().0;
        let Err(error) = act() else { anyhow::bail!("{deed} succeeded") };
        let pid = std::process::id();
        let result = error.to_string();
        self.say(&Said::Did(Truth {
            deed: deed.to_owned(),
            pid,
            from,
            to: now().0,
            result,
            facts: Vec::new(),
        }))
    }

    /// Says why the rest of the case cannot be played here; nothing may follow but the end of the process.
    pub(crate) fn skip(&mut self, reason: &str) -> anyhow::Result<()> {
        self.say(&Said::Skipped(reason.to_owned()))
    }

    /// Says that everything was done.
    pub(crate) fn end(mut self) -> anyhow::Result<()> {
        self.say(&Said::End)
    }

    fn say(&mut self, said: &Said) -> anyhow::Result<()> {
        writeln!(self.out, "{}", serde_json::to_string(said)?)?;
        Ok(self.out.flush()?)
    }
}
