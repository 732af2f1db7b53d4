//! What runs in a guest: the agent, its live tests and the survey of its programs, as cargo builds them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::guest::machine::Machine;
use crate::guest::output_of;
use crate::guest::program::{libraries_of, stripped};

/// Programs built from this workspace.
pub(super) struct Programs {
    /// The live tests, without debug information.
    pub(super) live: Vec<u8>,
    /// Their names.
    pub(super) tests: Vec<String>,
    /// The agent, likewise.
    pub(super) agent: Vec<u8>,
    /// What says how the verifier takes each program, likewise.
    pub(super) survey: Vec<u8>,
    /// Where the live tests look for the agent: the path is compiled into them.
    pub(super) agent_path: String,
    /// The libraries that both, and the programs of this machine that go along, are linked with.
    pub(super) libraries: Vec<String>,
}

/// Programs of this machine that live tests execute; busybox would ask what it is called.
pub(super) const FROM_HERE: &[&str] = &["/bin/true", "/bin/cat", "/bin/sh", "/bin/echo"];

/// Builds them, or takes the agent out of a package; the folder is for what is in between. Beside a package the tests
/// are as `make test` has built them: they are not worth a build of their own.
pub(super) fn build(folder: &Path, deb: Option<&Path>) -> Result<Programs> {
    let profile: &[&str] = if deb.is_some() { &[] } else { OPTIMISED };
    let said = cargo(&[TESTS, profile].concat(), &[])?;
    let (live, built) = (executable(&said, "live", "test")?, executable(&said, "tuxmon", "bin")?);
    let survey = executable(&cargo(&[SURVEY, profile].concat(), &[])?, "survey", "example")?;
    let agent = deb.map_or_else(|| Ok(built.clone()), |deb| unpacked(deb, folder))?;
    let mut all = vec![live.clone(), agent.clone(), survey.clone()];
    all.extend(FROM_HERE.iter().map(PathBuf::from));
    let mut libraries = Vec::new();
    for program in &all {
        libraries.extend(libraries_of(program)?);
    }
    libraries.sort();
    libraries.dedup();
    Ok(Programs {
        tests: tests_of(&live)?,
        live: stripped("strip", &live, folder)?,
        agent: stripped("strip", &agent, folder)?,
        survey: stripped("strip", &survey, folder)?,
        agent_path: built.to_str().context("the path of the agent is no text")?.to_owned(),
        libraries,
    })
}

/// The agent that a package holds.
fn unpacked(deb: &Path, folder: &Path) -> Result<PathBuf> {
    let tree = folder.join("package");
    if tree.exists() {
        fs::remove_dir_all(&tree).with_context(|| format!("cannot remove {}", tree.display()))?;
    }
    fs::create_dir_all(&tree).with_context(|| format!("cannot make {}", tree.display()))?;
    output_of(Command::new("dpkg-deb").arg("-x").arg(deb).arg(&tree))?;
    Ok(tree.join("usr/bin/tuxmon"))
}

/// The names of all tests.
fn tests_of(live: &Path) -> Result<Vec<String>> {
    let listed = output_of(Command::new(live).arg("--list"))?;
    let listed = String::from_utf8(listed).context("names of tests are text")?;
    Ok(listed.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

/// An emulated processor is slow enough.
const OPTIMISED: &[&str] = &["--profile", "budget"];

/// Of the whole workspace, as `make test` does it: a package alone would get its libraries with other features, built anew.
const TESTS: &[&str] = &["test", "--workspace", "--test", "live", "--no-run"];

const SURVEY: &[&str] = &["build", "--workspace", "--example", "survey"];

const FOREIGN_SURVEY: &[&str] = &["build", "--package", "tuxmon-sensor", "--example", "survey"];

/// Programs for arm64.
pub(super) struct Foreign {
    pub(super) busybox: Vec<u8>,
    pub(super) survey: Vec<u8>,
}

/// Builds the survey for arm64, of which nothing is needed at run time: libelf and zlib come from Debian's packages for
/// that machine, libc from the cross compiler's.
pub(super) fn build_foreign(folder: &Path) -> Result<Foreign> {
    let packages = ["busybox-static", "libelf-dev", "zlib1g-dev"];
    let tree = crate::guest::package::foreign(folder, Machine::Arm64, &packages)?;
    let libraries = tree.join("usr/lib/aarch64-linux-gnu");
    let headers = tree.join("usr/include");
    let arguments = [FOREIGN_SURVEY, OPTIMISED, &["--target", "aarch64-unknown-linux-gnu"]].concat();
    let (headers, libraries) = (headers.display(), libraries.display());
    let environment = [
        ("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc".to_owned()),
        (
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
            format!("-C target-feature=+crt-static -L native={libraries}"),
        ),
        ("CC_aarch64_unknown_linux_gnu", "aarch64-linux-gnu-gcc".to_owned()),
        ("CFLAGS_aarch64_unknown_linux_gnu", format!("-I{headers} -I{headers}/aarch64-linux-gnu")),
    ];
    let survey = executable(&cargo(&arguments, &environment)?, "survey", "example")?;
    let busybox = tree.join("bin/busybox");
    Ok(Foreign {
        busybox: fs::read(&busybox).with_context(|| format!("cannot read {}", busybox.display()))?,
        survey: stripped("aarch64-linux-gnu-strip", &survey, folder)?,
    })
}

/// Runs cargo and returns what it says of what it built.
fn cargo(arguments: &[&str], environment: &[(&str, String)]) -> Result<String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::root()).stderr(Stdio::inherit());
    cargo.args(arguments).args(["--locked", "--message-format", "json-render-diagnostics"]);
    cargo.envs(environment.iter().map(|(name, value)| (*name, value.as_str())));
    String::from_utf8(output_of(&mut cargo)?).context("cargo speaks JSON")
}

/// One line of what cargo says.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

fn executable(said: &str, name: &str, kind: &str) -> Result<PathBuf> {
    said.lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| {
            message
                .target
                .as_ref()
                .is_some_and(|target| target.name == name && target.kind.iter().any(|is| is == kind))
        })
        .find_map(|message| message.executable)
        .with_context(|| format!("cargo built no {name}"))
}

#[cfg(test)]
mod tests {
    use super::executable;

    #[test]
    fn the_executable_of_a_target_is_found() {
        let said = r#"{"reason":"compiler-artifact","target":{"name":"tuxmon","kind":["lib"]},"executable":null}
{"reason":"compiler-artifact","target":{"name":"live","kind":["test"]},"executable":"/x/live-1"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(said, "live", "test").expect("it is there").to_str(), Some("/x/live-1"));
        assert!(executable(said, "tuxmon", "bin").is_err());
    }
}
