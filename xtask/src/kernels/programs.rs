//! What runs in a guest: the live tests and the agent, as cargo builds them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::guest::output_of;

/// Programs built from this workspace.
pub(super) struct Programs {
    /// The live tests, without debug information.
    pub(super) live: Vec<u8>,
    /// The agent, likewise.
    pub(super) agent: Vec<u8>,
    /// Where the live tests look for the agent: the path is compiled into them.
    pub(super) agent_path: String,
    /// The libraries that both, and the programs of this machine that go along, are linked with.
    pub(super) libraries: Vec<String>,
}

/// Programs of this machine that live tests execute; busybox would ask what it is called.
pub(super) const FROM_HERE: &[&str] = &["/bin/true", "/bin/cat", "/bin/sh"];

/// Builds both; the folder is for what is in between.
pub(super) fn build(folder: &Path) -> Result<Programs> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::root()).stderr(Stdio::inherit()).args([
        "test",
        "--locked",
        "--package",
        "tuxmon",
        "--test",
        "live",
        "--no-run",
        "--message-format",
        "json",
    ]);
    let said = output_of(&mut cargo)?;
    let said = String::from_utf8(said).context("cargo speaks JSON")?;
    let (live, agent) = (executable(&said, "live", "test")?, executable(&said, "tuxmon", "bin")?);
    let mut all = vec![live.clone(), agent.clone()];
    all.extend(FROM_HERE.iter().map(PathBuf::from));
    let mut libraries = Vec::new();
    for program in &all {
        libraries.extend(libraries_of(program)?);
    }
    libraries.sort();
    libraries.dedup();
    let agent_path = agent.to_str().context("the path of the agent is no text")?.to_owned();
    Ok(Programs { live: stripped(&live, folder)?, agent: stripped(&agent, folder)?, agent_path, libraries })
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

/// The program without debug information, which would be most of the initramfs.
fn stripped(program: &Path, folder: &Path) -> Result<Vec<u8>> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // Another run may be doing the same.
    let copy = folder.join(format!("stripped.{}", std::process::id()));
    output_of(Command::new("strip").args(["--strip-debug", "-o"]).arg(&copy).arg(program))?;
    let content = fs::read(&copy).with_context(|| format!("cannot read {}", copy.display()))?;
    fs::remove_file(&copy).context("cannot remove what was read")?;
    Ok(content)
}

/// Paths of the libraries that a program is linked with, the loader among them.
fn libraries_of(program: &Path) -> Result<Vec<String>> {
    let said = output_of(Command::new("ldd").arg(program))?;
    let said = String::from_utf8(said).context("ldd speaks text")?;
    if said.contains("not found") {
        bail!("{}: a library is missing: {said}", program.display());
    }
    Ok(said.lines().filter_map(library).map(str::to_owned).collect())
}

/// `libc.so.6 => /lib/libc.so.6 (0x…)` or `/lib64/ld-linux-x86-64.so.2 (0x…)`; the kernel's own has no path.
fn library(line: &str) -> Option<&str> {
    line.split_whitespace().find(|word| word.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{executable, library};

    #[test]
    fn libraries_have_paths() {
        assert_eq!(library("\tlibc.so.6 => /lib/x/libc.so.6 (0x00007f)"), Some("/lib/x/libc.so.6"));
        assert_eq!(library("\t/lib64/ld-linux-x86-64.so.2 (0x00007f)"), Some("/lib64/ld-linux-x86-64.so.2"));
        assert_eq!(library("\tlinux-vdso.so.1 (0x00007f)"), None);
    }

    #[test]
    fn the_executable_of_a_target_is_found() {
        let said = r#"{"reason":"compiler-artifact","target":{"name":"tuxmon","kind":["lib"]},"executable":null}
{"reason":"compiler-artifact","target":{"name":"live","kind":["test"]},"executable":"/x/live-1"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(said, "live", "test").expect("it is there").to_str(), Some("/x/live-1"));
        assert!(executable(said, "tuxmon", "bin").is_err());
    }
}
