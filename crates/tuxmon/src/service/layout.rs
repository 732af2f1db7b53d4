//! Where an installation lies. The original's layout, because others read it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The name of a service: its folder, its binary, its process and its unit are called so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceName(String);

impl ServiceName {
    /// The name that the original has.
    pub(crate) fn original() -> Self {
        Self("sysmon".to_owned())
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ServiceName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The kernel shows 15 characters of a process's name; a path or an option of systemctl is no name.
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let sound = !text.is_empty() && text.len() <= 15 && text.chars().all(plain) && !text.starts_with('-');
        if sound {
            Ok(Self(text.to_owned()))
        } else {
            Err("a name has 1 to 15 letters, digits, '-' and '_', and does not begin with '-'")
        }
    }
}

/// The paths of one installation below a root, which is `/` except in tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    root: PathBuf,
    name: ServiceName,
}

impl Layout {
    /// The layout of a service.
    pub(crate) fn new(root: &Path, name: ServiceName) -> Self {
        Self { root: root.to_owned(), name }
    }

    /// The layout that a program is the binary of: `/opt/NAME/NAME` belongs to NAME.
    pub(crate) fn of_binary(binary: &Path) -> Option<Self> {
        let name: ServiceName = binary.file_name()?.to_str()?.parse().ok()?;
        let folder = binary.parent()?;
        let root = folder.parent()?.parent()?;
        let layout = Self::new(root, name);
        (layout.folder() == folder).then_some(layout)
    }

    /// The service's name.
    pub(crate) fn name(&self) -> &ServiceName {
        &self.name
    }

    /// The root of everything.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path of the system.
    pub(crate) fn system(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// The folder that holds the program and its state.
    pub(crate) fn folder(&self) -> PathBuf {
        self.system("opt").join(self.name.as_str())
    }

    /// The installed program.
    pub(crate) fn binary(&self) -> PathBuf {
        self.folder().join(self.name.as_str())
    }

    /// The stored configuration.
    pub(crate) fn configuration(&self) -> PathBuf {
        self.folder().join("config.xml")
    }

    /// The systemd unit.
    pub(crate) fn unit(&self) -> PathBuf {
        self.system("etc/systemd/system").join(self.unit_name())
    }

    /// The unit's name.
    pub(crate) fn unit_name(&self) -> String {
        format!("{}.service", self.name)
    }

    /// The init script.
    pub(crate) fn init_script(&self) -> PathBuf {
        self.system("etc/init.d").join(self.name.as_str())
    }

    /// The links that start and stop the init script, by run level.
    pub(crate) fn run_level_links(&self) -> Vec<PathBuf> {
        let link = |level: u8| {
            // The original leaves out level 2, which is where Debian boots to: there it did not start.
            let order = if (2..=5).contains(&level) { "S99" } else { "K99" };
            self.system(&format!("etc/rc{level}.d")).join(format!("{order}{}", self.name))
        };
        (0..=6).map(link).collect()
    }

    /// The process id of a service that no service manager started.
    pub(crate) fn pid_file(&self) -> PathBuf {
        let run = self.system("run");
        let folder = if run.is_dir() { run } else { self.system("var/run") };
        folder.join(format!("{}.pid", self.name))
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Layout, ServiceName};

    #[test]
    fn a_binary_knows_its_installation() {
        let layout = Layout::of_binary(Path::new("/opt/quiet/quiet")).expect("it is an installed one");
        assert_eq!(layout, Layout::new(Path::new("/"), "quiet".parse().expect("a sound name")));
        assert_eq!(layout.binary(), PathBuf::from("/opt/quiet/quiet"));
        assert_eq!(Layout::of_binary(Path::new("/usr/bin/sysmon")), None);
        assert_eq!(Layout::of_binary(Path::new("/opt/sysmon/tuxmon")), None);
        assert_eq!(Layout::of_binary(Path::new("sysmon")), None);
    }

    #[test]
    fn names_are_names() {
        for sound in ["sysmon", "a", "Quiet_1-x", "fifteen-letters"] {
            assert!(sound.parse::<ServiceName>().is_ok(), "{sound}");
        }
        for wrong in ["", "-x", "a/b", "..", "a b", "sixteen-letters-", "ü", "a\n"] {
            assert!(wrong.parse::<ServiceName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_run_level_that_systems_boot_to_starts_it() {
        let links = Layout::new(Path::new("/"), ServiceName::original()).run_level_links();
        let shown: Vec<_> = links.iter().map(|link| link.display().to_string()).collect();
        assert_eq!(shown[0], "/etc/rc0.d/K99sysmon");
        assert_eq!(shown[1], "/etc/rc1.d/K99sysmon");
        assert_eq!(shown[2], "/etc/rc2.d/S99sysmon");
        assert_eq!(shown[5], "/etc/rc5.d/S99sysmon");
        assert_eq!(shown[6], "/etc/rc6.d/K99sysmon");
    }
}
