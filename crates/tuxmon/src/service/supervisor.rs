//! Who starts and stops the service on this machine: systemd, an init script, or nobody but us.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::files;
use super::layout::Layout;

/// The unit for systemd and the script for init, for the name and folder of the original.
const UNIT: &str = include_str!("../../../../packaging/systemd/sysmon.service");
const SCRIPT: &str = include_str!("../../../../packaging/init.d/sysmon");

/// Who starts and stops services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Supervisor {
    /// systemd is running.
    Systemd,
    /// Scripts in /etc/init.d.
    InitScript,
    /// Nobody: containers, minimal systems.
    Nobody,
}

/// Why a service manager did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SupervisorError {
    /// It said no.
    #[error("`{command}` failed with {code}")]
    Failed {
        /// What it was asked.
        command: String,
        /// Its exit code.
        code: u8,
    },
    /// It could not be asked.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
}

fn doing(what: String) -> impl FnOnce(io::Error) -> SupervisorError {
    move |source| SupervisorError::Io { what, source }
}

impl Supervisor {
    /// The one of this machine.
    pub(crate) fn of(layout: &Layout) -> Self {
        if layout.system("run/systemd/system").is_dir() {
            Self::Systemd
        } else if layout.system("etc/init.d").is_dir() {
            Self::InitScript
        } else {
            Self::Nobody
        }
    }

    /// Makes the service start with the machine.
    pub(crate) fn install(self, layout: &Layout) -> Result<(), SupervisorError> {
        // Also where systemd does not run now: an image that is being built will boot with it.
        if layout.system("etc/systemd/system").is_dir() {
            write(&layout.unit(), 0o644, &for_layout(UNIT, layout))?;
            let wanted = enabling_link(layout);
            let folder = wanted.parent().unwrap_or(Path::new("/"));
            fs::create_dir_all(folder).map_err(doing(format!("cannot make {}", folder.display())))?;
            link(&layout.unit(), &wanted)?;
        }
        match self {
            Self::Systemd => systemctl(layout, &["daemon-reload"]),
            Self::InitScript => install_script(layout),
            Self::Nobody => Ok(()),
        }
    }

    /// Starts the installed service and waits until it collects.
    pub(crate) fn start(self, layout: &Layout) -> Result<(), SupervisorError> {
        match self {
            Self::Systemd => {
                // A service that failed often enough is not started again before its failures are forgotten.
                let _ = systemctl(layout, &["reset-failed", &layout.unit_name()]);
                systemctl(layout, &["start", &layout.unit_name()])
            }
            Self::InitScript => {
                run(Command::new(layout.init_script()).arg("start").env_remove("NOTIFY_SOCKET"))
            }
            Self::Nobody => run(Command::new(layout.binary())
                .arg("-i")
                .arg(layout.configuration())
                .arg("-service")
                .env_remove("NOTIFY_SOCKET")
                .stdout(Stdio::null())),
        }
    }

    /// Stops what the service manager runs under this name, if it is installed.
    pub(crate) fn stop(self, layout: &Layout) -> Result<(), SupervisorError> {
        match self {
            Self::Systemd if layout.unit().exists() => systemctl(layout, &["stop", &layout.unit_name()]),
            Self::InitScript if layout.init_script().exists() => {
                run(Command::new(layout.init_script()).arg("stop").stdout(Stdio::null()))
            }
            Self::Systemd | Self::InitScript | Self::Nobody => Ok(()),
        }
    }

    /// Makes the service not start with the machine any more.
    pub(crate) fn remove(self, layout: &Layout) -> Result<(), SupervisorError> {
        let files = [enabling_link(layout), layout.unit(), layout.init_script()];
        for path in files.into_iter().chain(layout.run_level_links()) {
            files::remove_file(&path).map_err(doing(format!("cannot remove {}", path.display())))?;
        }
        match self {
            Self::Systemd => systemctl(layout, &["daemon-reload"]),
            Self::InitScript => put_in_order(layout, "remove"),
            Self::Nobody => Ok(()),
        }
    }
}

/// The texts of the package have the paths and the name of the original's service.
fn for_layout(text: &str, layout: &Layout) -> String {
    let name = layout.name();
    let path = |path: PathBuf| path.display().to_string();
    // In two steps: the new paths may contain the old ones.
    text.replace("/opt/sysmon/sysmon", "@BINARY@")
        .replace("/opt/sysmon", "@FOLDER@")
        .replace("@BINARY@", &path(layout.binary()))
        .replace("@FOLDER@", &path(layout.folder()))
        .replace("/var/run/$NAME.pid", &path(layout.pid_file()))
        .replace("NAME=sysmon", &format!("NAME={name}"))
        .replace("Provides:          sysmon", &format!("Provides:          {name}"))
}

/// What `systemctl enable` makes; made by hand, so that it also works where systemd does not run.
fn enabling_link(layout: &Layout) -> PathBuf {
    layout.system("etc/systemd/system/multi-user.target.wants").join(layout.unit_name())
}

fn install_script(layout: &Layout) -> Result<(), SupervisorError> {
    let script = layout.init_script();
    write(&script, 0o755, &for_layout(SCRIPT, layout))?;
    for path in layout.run_level_links() {
        // Some systems have fewer run levels.
        if path.parent().is_some_and(Path::is_dir) {
            link(&script, &path)?;
        }
    }
    put_in_order(layout, "defaults")
}

/// Debian's init starts the scripts that it has put in order by what their heads ask for, and no others, whatever links
/// there are.
fn put_in_order(layout: &Layout, action: &str) -> Result<(), SupervisorError> {
    let program = layout.system("usr/sbin/update-rc.d");
    if layout.root() != Path::new("/") || !program.is_file() {
        return Ok(());
    }
    run(Command::new(program).args([layout.name().as_str(), action]).stdout(Stdio::null()))
}

fn write(path: &Path, mode: u32, text: &str) -> Result<(), SupervisorError> {
    files::replace(path, mode, |file| file.write_all(text.as_bytes()))
        .map_err(doing(format!("cannot write {}", path.display())))
}

fn link(target: &Path, path: &Path) -> Result<(), SupervisorError> {
    files::remove_file(path)
        .and_then(|()| std::os::unix::fs::symlink(target, path))
        .map_err(doing(format!("cannot link {}", path.display())))
}

fn systemctl(layout: &Layout, words: &[&str]) -> Result<(), SupervisorError> {
    // Below another root there is another systemctl, or none.
    let own = layout.system("usr/bin/systemctl");
    let program = if layout.root() == Path::new("/") { PathBuf::from("systemctl") } else { own };
    run(Command::new(program).args(words))
}

fn run(command: &mut Command) -> Result<(), SupervisorError> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let shown = words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let status = command.stdin(Stdio::null()).status().map_err(doing(format!("cannot run `{shown}`")))?;
    if status.success() {
        return Ok(());
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Err(SupervisorError::Failed { command: shown, code })
}
