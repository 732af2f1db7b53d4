//! What the agent costs a workload in each tier, counted in instructions, on a kernel in an emulator.
//!
//! The deep tier is not to be had on every machine, and times in an emulator are those of the emulator. But an emulator
//! can let its clock go by instructions: then the processor time of a workload is the number of its instructions, in the
//! kernel and outside, the same on an idle machine and on a busy one. Caches and detours cost nothing there.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::report::Spread;
use super::work::Cost;
use crate::guest::archive::Archive;
use crate::guest::emulator::{Clock, Emulator};
use crate::guest::machine::Machine;
use crate::guest::package::{self, Flavour, Kernel};
use crate::guest::program::{libraries_of, stripped};

/// Count what each tier costs, in instructions, on a kernel in an emulator (no root needed; some minutes)
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The kernel's series, like 6.12 or 7 (the newest)
    #[arg(long, value_name = "SERIES", default_value = "6.12")]
    kernel: String,
    /// How many rounds
    #[arg(long, default_value_t = 2)]
    rounds: usize,
    /// How long the guest may take
    #[arg(long, value_name = "SECONDS", default_value = "1200")]
    within: u64,
}

const INIT: &str = include_str!("guest-init.sh");
const CONFIGURATION: &str = include_str!("../../../benches/replay/everything.xml");

/// Who is compared with nobody.
const TIERS: &[&str] = &["deep", "tracepoint"];

/// One line of a guest: who watched, what was done how often, and the instructions of one deed.
#[derive(Debug, PartialEq)]
struct Said {
    watcher: String,
    workload: String,
    instructions: f64,
}

/// Boots the guest, and prints a table.
pub(crate) fn run(args: &Args) -> Result<()> {
    let folder = crate::guest::folder("kernels");
    let kernel = package::fetch(&folder, Machine::Amd64, Flavour::Cloud, &args.kernel)?;
    let image = image(args, &kernel, &folder)?;
    let log = folder.join(format!("{}-instructions.log", kernel.release));
    let emulator = Emulator {
        machine: kernel.machine,
        kernel: &kernel.image,
        arguments: "mitigations=off",
        initramfs: &image,
        disk: None,
        clock: Clock::Instructions,
        log: &log,
        within: Duration::from_secs(args.within),
    };
    let said = emulator.boot(&mut |_| {})?;
    ensure!(said.contains("@end"), "the guest did not come to its end, see {}", log.display());
    println!("Linux {}\n\n{}", kernel.release, table(&read(&said)?)?);
    Ok(())
}

fn image(args: &Args, kernel: &Kernel, folder: &Path) -> Result<Vec<u8>> {
    let built = super::build_as("budget", &["--workspace", "--bin", "tuxmon", "--bin", "xtask"])?;
    let mut archive = Archive::default();
    archive.file("/init", 0o755, INIT.as_bytes());
    archive.file("/guest/config.xml", 0o644, CONFIGURATION.as_bytes());
    let settings = format!("PORT={}\nROUNDS={}\n", kernel.machine.guest_port(), args.rounds);
    archive.file("/guest/settings", 0o644, settings.as_bytes());
    let mut libraries = Vec::new();
    for name in ["tuxmon", "xtask"] {
        let program = built.join(name);
        libraries.extend(libraries_of(&program)?);
        archive.file(&format!("/guest/{name}"), 0o755, &stripped("strip", &program, folder)?);
    }
    libraries.extend(libraries_of(Path::new("/bin/true"))?);
    libraries.extend(["/bin/busybox", "/bin/true"].map(str::to_owned));
    libraries.sort();
    libraries.dedup();
    for path in libraries {
        let content = fs::read(&path).with_context(|| format!("cannot read {path}"))?;
        archive.file(&path, 0o755, &content);
    }
    Ok(archive.finish())
}

fn read(said: &str) -> Result<Vec<Said>> {
    said.lines().filter_map(|line| line.strip_prefix("@cost ")).map(one).collect()
}

/// `deep open 2000 {"wall":…,"cpu":…}`
fn one(line: &str) -> Result<Said> {
    let mut words = line.splitn(4, ' ');
    let mut word = || words.next().with_context(|| format!("the guest said: {line}"));
    let (watcher, workload, count, cost) = (word()?.to_owned(), word()?.to_owned(), word()?, word()?);
    let count: f64 = count.parse().with_context(|| format!("the guest said: {line}"))?;
    let cost: Cost = serde_json::from_str(cost).with_context(|| format!("the guest said: {line}"))?;
    Ok(Said { watcher, workload, instructions: cost.cpu * 1e9 / count })
}

/// Each is compared with the nobody right before it.
fn table(said: &[Said]) -> Result<String> {
    let mut nobody: BTreeMap<&str, f64> = BTreeMap::new();
    let mut found: BTreeMap<(&str, &str), Vec<(f64, f64)>> = BTreeMap::new();
    for Said { watcher, workload, instructions } in said {
        if TIERS.contains(&watcher.as_str()) {
            let alone = *nobody.get(workload.as_str()).context("the guest began with a watcher")?;
            found.entry((workload, watcher)).or_default().push((*instructions, instructions / alone));
        } else {
            nobody.insert(workload, *instructions);
        }
    }
    let mut table = "| workload | tier | instructions of a deed | of those without an agent |\n\
                     | --- | --- | --- | --- |\n"
        .to_owned();
    for ((workload, watcher), pairs) in found {
        let instructions = Spread::of(pairs.iter().map(|(instructions, _)| *instructions).collect());
        let ratios = Spread::of(pairs.iter().map(|(_, ratio)| *ratio).collect());
        let (Some(instructions), Some(ratios)) = (instructions, ratios) else { continue };
        writeln!(
            table,
            "| {workload} | {watcher} | {:.0} | {:.3} × ({:.3}–{:.3}) |",
            instructions.middle, ratios.middle, ratios.least, ratios.most
        )?;
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::{read, table};

    #[test]
    fn a_watcher_is_compared_with_the_nobody_before_it() {
        let said = "@up 6.12\n@cost nobody open 10 {\"wall\":1.0,\"cpu\":0.00001}\n\
                    @cost deep open 10 {\"wall\":1.0,\"cpu\":0.0000102}\n@end\n";
        let table = table(&read(said).expect("it can be read")).expect("it begins with nobody");
        assert!(table.ends_with("| open | deep | 1020 | 1.020 × (1.020–1.020) |\n"), "{table}");
        assert!(read("@cost deep open ten {}").is_err());
    }
}
