//! The guest's only file system.

use std::fs;

use anyhow::{Context, Result};

use super::condition::Condition;
use super::programs::{FROM_HERE, Foreign, Programs};
use crate::guest::archive::Archive;
use crate::guest::package::Kernel;

const INIT: &str = include_str!("init.sh");

/// A configuration by which everything is logged, for the agent whose start is measured.
const CONFIGURATION: &str = r#"<Sysmon schemaversion="4.90"><EventFiltering>
<ProcessCreate onmatch="exclude"/><NetworkConnect onmatch="exclude"/><ProcessTerminate onmatch="exclude"/>
<RawAccessRead onmatch="exclude"/><ProcessAccess onmatch="exclude"/><FileCreate onmatch="exclude"/>
<FileDelete onmatch="exclude"/><eBPFEvent onmatch="exclude"/>
</EventFiltering></Sysmon>
"#;

/// Makes it, for a guest in which the agent and its live tests run.
pub(super) fn build(
    kernel: &Kernel,
    programs: &Programs,
    condition: Condition,
    survey: bool,
    tests: &[&str],
    length: &str,
) -> Result<Vec<u8>> {
    let mut archive = Archive::default();
    archive.file("/init", 0o755, INIT.as_bytes());
    archive.file("/bin/busybox", 0o755, &read("/bin/busybox")?);
    archive.file("/guest/live", 0o755, &programs.live);
    archive.file("/guest/tuxmon", 0o755, &programs.agent);
    archive.file("/guest/survey", 0o755, &programs.survey);
    archive.file("/guest/config.xml", 0o644, CONFIGURATION.as_bytes());
    let settings = settings(kernel, condition, survey)
        + &format!(
            "{length}export TUXMON_ONLY={}\nTUXMON={}\n",
            quoted(&tests.join(" ")),
            quoted(&programs.agent_path)
        );
    archive.file("/guest/settings", 0o644, settings.as_bytes());
    for path in FROM_HERE.iter().copied().chain(programs.libraries.iter().map(String::as_str)) {
        archive.file(path, 0o755, &read(path)?);
    }
    for (name, content) in &kernel.modules {
        archive.file(&format!("/modules/{name}"), 0o644, content);
    }
    archive.file("/etc/passwd", 0o644, b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n");
    archive.file("/etc/group", 0o644, b"root:x:0:\nnogroup:x:65534:\n");
    archive.file("/etc/hosts", 0o644, b"127.0.0.1 localhost\n::1 localhost\n");
    archive.file("/etc/machine-id", 0o444, b"00112233445566778899aabbccddeeff\n");
    archive.link("/etc/mtab", "/proc/mounts");
    Ok(archive.finish())
}

/// Makes it, for a guest in which programs are loaded and nothing else.
pub(super) fn build_load_only(kernel: &Kernel, foreign: &Foreign) -> Vec<u8> {
    let mut archive = Archive::default();
    archive.file("/init", 0o755, INIT.as_bytes());
    archive.file("/bin/busybox", 0o755, &foreign.busybox);
    archive.file("/guest/survey", 0o755, &foreign.survey);
    archive.file("/guest/settings", 0o644, settings(kernel, Condition::LoadOnly, true).as_bytes());
    archive.finish()
}

fn settings(kernel: &Kernel, condition: Condition, survey: bool) -> String {
    format!(
        "export TUXMON_SLOW=1 TUXMON_COVERAGE=- TUXMON_TIER={}\nPORT={}\nCONDITION={}\nSURVEY={}\n",
        condition.tier(),
        kernel.machine.guest_port(),
        condition.short(),
        if survey { "yes" } else { "no" },
    )
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// What a path stands for, whatever links lead there.
fn read(path: &str) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {path}"))
}
