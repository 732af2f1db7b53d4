//! Debian's kernel packages: found, fetched and unpacked, without a change to this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::machine::Machine;
use super::output_of;

/// In which suites a series is looked for: the first that has it wins.
const SUITES: &[(&str, &[&str])] = &[
    ("5.10", &["bullseye-security", "bullseye"]),
    ("6.1", &["bookworm-security", "bookworm"]),
    ("6.12", &["trixie-security", "trixie"]),
    ("6.", &["trixie-backports", "sid"]),
    ("7", &["trixie-backports", "forky", "sid"]),
];

/// Lists of packages are asked for anew after this time.
const FRESH: Duration = Duration::from_hours(24);

/// Modules that the live tests need where they are not built in.
const MODULES: &[&str] = &["loop", "overlay", "binfmt_misc"];

/// A kernel to boot.
#[derive(Clone)]
pub(crate) struct Kernel {
    pub(crate) machine: Machine,
    /// The version in the name of the package.
    pub(crate) release: String,
    /// What the emulator boots.
    pub(crate) image: PathBuf,
    /// Modules that go into the guest: file name and content, unpacked.
    pub(crate) modules: Vec<(String, Vec<u8>)>,
}

/// What Debian builds of one kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// For virtual machines: the smallest.
    Cloud,
    /// For all machines, with what the other leaves out.
    Full,
}

impl Flavour {
    /// How the names of its packages end.
    fn end(self, machine: Machine) -> String {
        match self {
            Flavour::Cloud => format!("-cloud-{}", machine.name()),
            Flavour::Full => format!("-{}", machine.name()),
        }
    }
}

/// Fetches the newest kernel of a series, unless it is there already.
pub(crate) fn fetch(folder: &Path, machine: Machine, flavour: Flavour, series: &str) -> Result<Kernel> {
    let suites = SUITES
        .iter()
        .find(|(start, _)| {
            series == *start || (start.ends_with('.') || *start == "7") && series.starts_with(start)
        })
        .map(|(_, suites)| *suites)
        .with_context(|| format!("no suite is known to have {series}"))?;
    let mut reasons = Vec::new();
    for suite in suites {
        match fetch_from(folder, machine, flavour, suite, series) {
            Ok(kernel) => return Ok(kernel),
            Err(error) => reasons.push(format!("{suite}: {error:#}")),
        }
    }
    bail!("{}", reasons.join("; "))
}

fn fetch_from(
    folder: &Path,
    machine: Machine,
    flavour: Flavour,
    suite: &str,
    series: &str,
) -> Result<Kernel> {
    let apt = Apt::of_suite(folder, machine, suite)?;
    let names = apt.names()?;
    let package = newest(names.lines(), &flavour.end(machine), series).context("it has no such package")?;
    let release = package.trim_start_matches("linux-image-").to_owned();
    let tree = folder.join("trees").join(package);
    if !tree.join("complete").exists() {
        let _ = fs::remove_dir_all(&tree); // what an interrupted run left
        fs::create_dir_all(&tree).with_context(|| format!("cannot make {}", tree.display()))?;
        apt.unpack(package, &tree)?;
        // Since 6.19 linux-image-* is empty: the image lies in linux-binary-*, the modules in linux-modules-*.
        for kind in ["linux-binary-", "linux-modules-"] {
            let part = package.replace("linux-image-", kind);
            if names.lines().any(|name| name == part) {
                apt.unpack(&part, &tree)?;
            }
        }
        fs::write(tree.join("complete"), "").context("cannot write")?;
    }
    let image = find(&tree, &|name| name.starts_with("vmlinuz")).context("the package has no image")?;
    let modules = MODULES.iter().filter_map(|name| module(&tree, name).transpose()).collect::<Result<_>>()?;
    Ok(Kernel { machine, release, image, modules })
}

/// Fetches packages of the suite that this machine has, for another machine, and unpacks them into one folder.
pub(crate) fn foreign(folder: &Path, machine: Machine, packages: &[&str]) -> Result<PathBuf> {
    let tree = folder.join("trees").join(machine.name());
    if !tree.join("complete").exists() {
        let apt = Apt::of_suite(folder, machine, &own_suite()?)?;
        let _ = fs::remove_dir_all(&tree); // what an interrupted run left
        fs::create_dir_all(&tree).with_context(|| format!("cannot make {}", tree.display()))?;
        for package in packages {
            apt.unpack(package, &tree)?;
        }
        fs::write(tree.join("complete"), "").context("cannot write")?;
    }
    Ok(tree)
}

/// The name of the release that runs here, like "trixie".
fn own_suite() -> Result<String> {
    let release = fs::read_to_string("/etc/os-release").context("cannot read /etc/os-release")?;
    let name = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    Ok(name.context("/etc/os-release has no VERSION_CODENAME")?.to_owned())
}

/// The newest package of a series whose name ends so, after the version.
fn newest<'a>(names: impl Iterator<Item = &'a str>, end: &str, series: &str) -> Option<&'a str> {
    names
        .filter(|name| {
            let version = name.strip_prefix("linux-image-").and_then(|name| name.strip_suffix(end));
            let rest = version.and_then(|version| version.strip_prefix(series));
            rest.is_some_and(|rest| {
                // In 5.10 the number of the build is a part of the version; what else follows is another flavour.
                let flavour = rest.rsplit('-').next().unwrap_or_default();
                let is_build = flavour.starts_with(|letter: char| letter.is_ascii_digit());
                rest.starts_with(['.', '-', '+']) && (is_build || !rest.contains('-'))
            })
        })
        .max_by_key(|name| numbers(name))
}

/// The numbers in a name, in order: versions compare by them.
fn numbers(name: &str) -> Vec<u64> {
    name.split(|letter: char| !letter.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

/// A module without compression, or nothing where it is built in.
fn module(tree: &Path, name: &str) -> Result<Option<(String, Vec<u8>)>> {
    let Some(path) = find(tree, &|file| file.strip_prefix(name).is_some_and(|rest| rest.starts_with(".ko")))
    else {
        return Ok(None);
    };
    let content = if path.extension().is_some_and(|extension| extension == "xz") {
        output_of(Command::new("xz").arg("-dc").arg(&path))?
    } else {
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?
    };
    Ok(Some((format!("{name}.ko"), content)))
}

/// The first file whose name is wanted, in the order of names.
fn find(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Option<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).ok()?.filter_map(Result::ok).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    entries.into_iter().find_map(|entry| match entry.file_type().ok()? {
        kind if kind.is_dir() => find(&entry.path(), wanted),
        kind if kind.is_file() && wanted(&entry.file_name().to_string_lossy()) => Some(entry.path()),
        _ => None,
    })
}

/// apt with lists, state and packages of its own.
struct Apt {
    folder: PathBuf,
    machine: Machine,
}

impl Apt {
    fn of_suite(folder: &Path, machine: Machine, suite: &str) -> Result<Apt> {
        let apt = Apt { folder: folder.join("apt").join(machine.name()).join(suite), machine };
        let folder = &apt.folder;
        let asked = folder.join("asked");
        let age =
            fs::metadata(&asked).and_then(|asked| asked.modified()).ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age < FRESH) {
            return Ok(apt);
        }
        for part in ["lists/partial", "cache/archives/partial", "none"] {
            fs::create_dir_all(folder.join(part))
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        fs::write(folder.join("status"), "").context("cannot write")?;
        fs::write(folder.join("suite.sources"), source(machine, suite)?).context("cannot write")?;
        output_of(apt.command("apt-get").args(["-qq", "update"]))?;
        fs::write(&asked, "").context("cannot write")?;
        Ok(apt)
    }

    /// Names of all kernel packages of the suite, one in each line.
    fn names(&self) -> Result<String> {
        let names = output_of(self.command("apt-cache").args(["pkgnames", "linux-"]))?;
        String::from_utf8(names).context("names of packages are text")
    }

    /// Fetches a package and unpacks it into a folder.
    fn unpack(&self, package: &str, to: &Path) -> Result<()> {
        let fetched = to.join("fetched");
        fs::create_dir_all(&fetched).context("cannot make a folder")?;
        output_of(self.command("apt-get").current_dir(&fetched).args(["-qq", "download", package]))?;
        let deb = find(&fetched, &|_| true).with_context(|| format!("apt fetched no {package}"))?;
        output_of(Command::new("dpkg-deb").arg("-x").arg(&deb).arg(to))?;
        fs::remove_dir_all(&fetched).context("cannot remove what was unpacked")
    }

    fn command(&self, tool: &str) -> Command {
        let mut command = Command::new(tool);
        for (option, place) in [
            ("Dir::Etc::sourcelist", "suite.sources"),
            ("Dir::Etc::sourceparts", "none"),
            ("Dir::Etc::preferencesparts", "none"),
            ("Dir::State::lists", "lists"),
            ("Dir::State::status", "status"),
            ("Dir::Cache", "cache"),
        ] {
            command.arg("-o").arg(format!("{option}={}", self.folder.join(place).display()));
        }
        for option in ["APT::Architecture", "APT::Architectures"] {
            command.arg("-o").arg(format!("{option}={}", self.machine.name()));
        }
        command.args(["-o", "Acquire::Languages=none", "-o", "Acquire::Retries=5"]);
        // The user that apt would change to may not enter our folder.
        command.args(["-o", "APT::Sandbox::User=root"]);
        command
    }
}

/// Where packages of a suite come from: the mirror that this machine's apt already uses.
pub(crate) fn source(machine: Machine, suite: &str) -> Result<String> {
    let targets = output_of(Command::new("apt-get").args(["indextargets", "--format", "$(REPO_URI)"]))?;
    let targets = String::from_utf8(targets).context("addresses are text")?;
    let mirror = targets
        .lines()
        .find_map(|address| address.strip_suffix("/debian/"))
        .context("this machine's apt has no Debian mirror")?;
    let part = if suite.ends_with("-security") { "debian-security" } else { "debian" };
    Ok(format!(
        "Types: deb\nURIs: {mirror}/{part}\nSuites: {suite}\nComponents: main\nArchitectures: {}\n\
         Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
        machine.name()
    ))
}

#[cfg(test)]
mod tests {
    use super::{Flavour, Machine, newest};

    #[test]
    fn the_newest_of_a_series_is_found() {
        let names = [
            "linux-image-6.1.0-9-cloud-amd64",
            "linux-image-6.1.0-56-cloud-amd64",
            "linux-image-6.1.0-57-amd64",
            "linux-image-6.12.117+deb13-cloud-amd64",
            "linux-image-7.1.9+deb13-cloud-amd64",
            "linux-image-7.2.12+deb13-cloud-amd64",
            "linux-image-7.3.4+deb13-amd64",
            "linux-image-7.4.1+deb13-rt-amd64",
            "linux-image-7.4.1+deb13-amd64-dbg",
            "linux-image-cloud-amd64",
        ];
        let flavoured =
            |flavour: Flavour, series| newest(names.into_iter(), &flavour.end(Machine::Amd64), series);
        let of = |series| flavoured(Flavour::Cloud, series);
        assert_eq!(of("6.1"), Some("linux-image-6.1.0-56-cloud-amd64"));
        assert_eq!(of("7"), Some("linux-image-7.2.12+deb13-cloud-amd64"));
        assert_eq!(of("7.1"), Some("linux-image-7.1.9+deb13-cloud-amd64"));
        assert_eq!(of("5.10"), None);
        assert_eq!(flavoured(Flavour::Full, "6.1"), Some("linux-image-6.1.0-57-amd64"));
        assert_eq!(flavoured(Flavour::Full, "7"), Some("linux-image-7.3.4+deb13-amd64"));
    }
}
