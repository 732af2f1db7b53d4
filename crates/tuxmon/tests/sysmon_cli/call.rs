//! Calls of the program, and what they answered.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A user that is not root; `nobody` nearly everywhere.
const NOBODY: u32 = 65534;

/// A folder with a link called `sysmon`.
pub(crate) struct Sysmon {
    folder: TempDir,
}

/// What a call answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Lines of the banner.
const BANNER: usize = 8;

impl Answer {
    /// Standard output without the banner.
    pub(crate) fn said(&self) -> String {
        self.stdout.split_inclusive('\n').skip(BANNER).collect()
    }

    /// Whether the usage was printed, where it belongs.
    pub(crate) fn has_usage(&self) -> bool {
        assert!(!self.stdout.contains("Usage:"), "usage belongs to standard error: {self:?}");
        self.stderr.contains("Usage:\nInstall:                 sysmon -i [<configfile>]\n")
    }
}

impl Sysmon {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("tuxmon-cli.").tempdir().expect("a temporary folder");
        symlink(program(), folder.path().join("sysmon")).expect("the folder is ours");
        Self { folder }
    }

    /// Writes a file beside the link.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("the folder is ours");
        path
    }

    /// Calls it with the words of a line, as whoever runs the test.
    pub(crate) fn call(&self, line: &str) -> Answer {
        answer(
            Command::new(self.folder.path().join("sysmon"))
                .current_dir(&self.folder)
                .args(line.split_whitespace()),
        )
    }

    /// Calls it with words as they are.
    pub(crate) fn call_words<W: AsRef<OsStr>>(&self, words: &[W]) -> Answer {
        answer(Command::new(self.folder.path().join("sysmon")).current_dir(&self.folder).args(words))
    }

    /// Calls it as somebody who is not root.
    pub(crate) fn call_as_nobody(&self, line: &str) -> Answer {
        if !is_root() {
            return self.call(line);
        }
        // The link may lead to where nobody may look.
        let copy = self.folder.path().join("nobody").join("sysmon");
        if !copy.exists() {
            fs::set_permissions(self.folder.path(), Permissions::from_mode(0o755))
                .expect("the folder is ours");
            fs::create_dir_all(copy.parent().expect("it has one")).expect("the folder is ours");
            copy_program(program(), &copy);
        }
        answer(Command::new(copy).uid(NOBODY).gid(NOBODY).args(line.split_whitespace()))
    }
}

/// Copies a program. Another process does it: had this one the copy open for writing while another thread starts a
/// program, that one would hold it open too, and the copy could not be started.
pub(crate) fn copy_program(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("--preserve=mode").arg(from).arg(to).status();
    assert!(copied.expect("cp is there").success(), "{}", to.display());
}

/// The built program.
pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tuxmon"))
}

/// Runs a command to its end.
pub(crate) fn answer(command: &mut Command) -> Answer {
    let output =
        command.env_remove("NOTIFY_SOCKET").stdin(Stdio::null()).output().expect("the program was built");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Answer { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Whether this test runs as root.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Says why a test does nothing here.
pub(crate) fn skip(reason: &str) {
    println!("SKIP: {reason}");
}
