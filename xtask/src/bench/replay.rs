//! The line alone: recordings of the workloads through it, on one core, without a kernel.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

/// What is recorded, and how much of it.
const RECORDED: &[(&str, u64)] = &[("exec", 3000), ("create", 10_000), ("tcp", 3000), ("untar", 4)];

/// A recording through the line, with a configuration.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Replay {
    pub(crate) workload: String,
    pub(crate) configuration: String,
    pub(crate) measured: Measured,
}

/// What `tuxmon replay --measure --json` prints.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) records: u64,
    pub(crate) bytes_per_record: f64,
    pub(crate) bytes_per_line: f64,
    pub(crate) stages: Vec<Stage>,
}

/// One stage, with all before it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stage {
    #[serde(rename = "stage")]
    pub(crate) name: String,
    pub(crate) nanoseconds: f64,
    pub(crate) added: f64,
    pub(crate) records_per_second: f64,
    pub(crate) events: u64,
}

/// Records and replays all of them.
pub(crate) fn all(program: &Path, folder: &Path, quick: bool) -> Result<Vec<Replay>> {
    let mut replays = Vec::new();
    for (workload, count) in RECORDED {
        let count = if quick { (count / 10).max(1) } else { *count };
        let file = folder.join(format!("{workload}.wire"));
        eprintln!("bench: replay of {workload}");
        record(program, workload, count, &file, &folder.join("work"))?;
        let mut configurations = vec![("everything", None)];
        if let Some(large) = large_configuration() {
            configurations.push(("large configuration", Some(large)));
        }
        for (name, configuration) in configurations {
            let measured = measure(program, configuration.as_deref(), &file, folder)?;
            replays.push(Replay {
                workload: (*workload).to_owned(),
                configuration: name.to_owned(),
                measured,
            });
        }
    }
    Ok(replays)
}

/// Records what a workload and its children do.
pub(crate) fn record(program: &Path, workload: &str, count: u64, file: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let status = Command::new(program)
        .arg("record")
        .arg(file)
        .arg("--")
        .arg(std::env::current_exe()?)
        .args(["bench", "work", workload, &count.to_string()])
        .arg(folder)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()?;
    ensure!(status.success(), "{workload} cannot be recorded");
    Ok(fs::remove_dir_all(folder)?)
}

fn measure(program: &Path, configuration: Option<&Path>, file: &Path, folder: &Path) -> Result<Measured> {
    let lines = folder.join("replayed.xml");
    let mut command = Command::new(program);
    command.args(["replay", "--measure", "--json", "--output", &format!("file:{}", lines.display())]);
    if let Some(configuration) = configuration {
        command.arg("--config").arg(configuration);
    }
    let output = command.arg(file).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Only its speed is of interest.
    fs::remove_file(lines)?;
    serde_json::from_slice(&output.stdout).context("the measurement cannot be read")
}

/// The largest real configuration, with several thousand filters, where the third-party test data is.
pub(crate) fn large_configuration() -> Option<PathBuf> {
    let file = tuxmon_testing::corpora().join("configs/windows/sysmon-modular/sysmonconfig.xml");
    Some(file).filter(|file| file.exists())
}
