//! auditd as a peer: the kernel's own audit, with rules that tell what this agent tells.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::contender::{Contender, How};

/// Its name on the command line and in tables.
pub(crate) const NAME: &str = "auditd";

/// The calls that stand for the deeds of the workloads.
const CALLS: &str =
    "-S execve -S execveat -S exit_group -S connect -S accept4 -S creat -S unlink -S unlinkat -S rename";

/// auditd as the distribution ships it, started and stopped by us; an error says what to install or to stop first. One
/// that runs already, and rules that are there, are the machine's own and stay untouched.
pub(crate) fn contender() -> Result<Contender> {
    let state = ask("-s").context("it is not installed (apt install auditd; dnf install audit)")?;
    ensure!(runs_nowhere(&state), "it runs already: stop it first (systemctl stop auditd)");
    let rules = ask("-l")?;
    ensure!(rules.trim() == "No rules", "the kernel has audit rules of somebody else's (auditctl -l)");
    let start = format!(
        "auditctl -b 65536 -r 0 && auditctl -a always,exit -F arch=b64 {CALLS} && \
         auditctl -a always,exit -F arch=b64 -S openat -F 'a2&0100' && auditd && auditctl -e 1"
    );
    let stop = "auditctl -e 0; auditctl -D; pkill -x -F /run/auditd.pid auditd".to_owned();
    Ok(Contender { name: NAME.to_owned(), how: How::Peer { start, stop } })
}

fn ask(option: &str) -> Result<String> {
    let output = Command::new("auditctl").arg(option).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "auditctl {option} fails: {}", said.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether nobody takes what the kernel audits, by what `auditctl -s` says.
fn runs_nowhere(state: &str) -> bool {
    state.lines().any(|line| line.trim() == "pid 0")
}

#[cfg(test)]
mod tests {
    use super::runs_nowhere;

    #[test]
    fn one_that_runs_is_seen() {
        assert!(runs_nowhere("enabled 0\nfailure 1\npid 0\nrate_limit 0\n"));
        assert!(!runs_nowhere("enabled 1\nfailure 1\npid 10\nrate_limit 0\n"));
        assert!(!runs_nowhere(""));
    }
}
