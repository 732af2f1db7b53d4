//! `cargo xtask dist`: packages the program that `scripts/build-dist` built: .deb, .rpm and .tar.gz into `dist/`, with an
//! SBOM and checksums. What is in them is one table, `contents.rs`. docs/decisions/0016-packages.md says why it is so.

pub mod contents;
mod debian;
mod rpm;
pub mod sbom;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use contents::CONTENTS;

/// The most that the program may weigh, in bytes, where all packages are made of it: the .deb alone is for tests.
pub const LARGEST_PROGRAM: u64 = 8_000_000;

/// The version of the original that whoever depends on its package gets.
pub const COMPATIBLE_WITH: &str = "1.5.2";

/// What it is, in a line.
const SUMMARY: &str = "records what happens on a machine, as Sysmon does";
/// What it is, in a paragraph.
const DESCRIPTION: &str = "\
Which programs run, who started them, what they connect to, which files they
create and delete, as the events of Sysmon for Linux in the system log. It
takes the same configurations and has the same command line. Nothing starts
until `sysmon -i`.
";

/// Make the packages in dist/
#[derive(clap::Args)]
pub struct Args {
    /// The program to package
    #[arg(long)]
    pub(crate) program: PathBuf,
    /// Where they go; what was there goes
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    pub(crate) out: PathBuf,
    /// Only the .deb
    #[arg(long)]
    pub(crate) only_deb: bool,
}

/// What every package has to know.
struct Product<'a> {
    program: &'a Path,
    version: &'a str,
    /// Who answers for the packages.
    maintainer: String,
    /// The newest version of glibc that the program asks for a symbol of.
    glibc: String,
    /// The time of the last commit: the same sources make the same packages.
    epoch: String,
    /// The files as they will lie below `/`.
    stage: &'a Path,
    out: &'a Path,
}

/// Does what the command line asks for.
pub fn run(args: &Args) -> Result<ExitCode> {
    let size = fs::metadata(&args.program).with_context(|| format!("no {}", args.program.display()))?.len();
    if size > LARGEST_PROGRAM && !args.only_deb {
        bail!("{} has {size} bytes; at most {LARGEST_PROGRAM} may be shipped", args.program.display());
    }
    let out = crate::root().join(&args.out);
    let stage = crate::root().join("target/dist-stage");
    for folder in [&out, &stage] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    let epoch = output(Command::new("git").args(["log", "-1", "--format=%ct"]))?;
    let product = Product {
        program: &args.program,
        version: env!("CARGO_PKG_VERSION"),
        maintainer: maintainer(),
        glibc: newest_glibc(&fs::read(&args.program)?).context("the program names no version of glibc")?,
        epoch: epoch.trim().to_owned(),
        stage: &stage.join("root"),
        out: &out,
    };
    contents::stage(product.stage, product.program)?;
    debian::package(&product, &stage)?;
    if args.only_deb {
        return Ok(ExitCode::SUCCESS);
    }
    rpm::package(&product, &stage)?;
    tar(&product)?;
    fs::write(out.join(format!("tuxmon-{}.cdx.json", product.version)), sbom::cyclone_dx()?)?;
    checksums(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// Who builds a package answers for it, and says so in the variables of Debian's own tools. Nobody reads mail at an address
/// that ends in `.invalid` (RFC 2606).
fn maintainer() -> String {
    let said = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let name = said("DEBFULLNAME").unwrap_or_else(|| "The tuxmon developers".to_owned());
    let address = said("DEBEMAIL").unwrap_or_else(|| "developers@tuxmon.invalid".to_owned());
    format!("{name} <{address}>")
}

/// The files as they lie below `/`, for systems with neither packager. No folders: whoever unpacks it at `/` keeps theirs.
fn tar(product: &Product) -> Result<()> {
    let name = format!("tuxmon-{}-{}.tar.gz", product.version, std::env::consts::ARCH);
    done(
        Command::new("tar")
            .args(["--create", "--no-recursion", "--owner=0", "--group=0", "--numeric-owner"])
            .arg(format!("--mtime=@{}", product.epoch))
            .arg("--use-compress-program=gzip -9n")
            .arg("--file")
            .arg(product.out.join(name))
            .arg("--directory")
            .arg(product.stage)
            .args(CONTENTS.iter().map(|item| item.to.trim_start_matches('/'))),
    )
}

fn checksums(out: &Path) -> Result<()> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(out)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let sums = output(Command::new("sha256sum").args(&names).current_dir(out))?;
    fs::write(out.join("SHA256SUMS"), &sums)?;
    print!("{sums}");
    Ok(())
}

/// Symbols carry the version of glibc that brought them (`GLIBC_2.34`): the newest is the oldest glibc that will do.
fn newest_glibc(program: &[u8]) -> Option<String> {
    let mut newest = None;
    for (start, _) in program.windows(6).enumerate().filter(|(_, bytes)| *bytes == b"GLIBC_") {
        let text =
            program[start + 6..].iter().take(8).take_while(|byte| byte.is_ascii_digit() || **byte == b'.');
        let text: String = text.map(|byte| char::from(*byte)).collect();
        if let Some((major, minor)) = text.split_once('.') {
            let minor = minor.split('.').next().unwrap_or_default();
            if let (Ok(major), Ok(minor)) = (major.parse::<u32>(), minor.parse::<u32>()) {
                newest = newest.max(Some((major, minor)));
            }
        }
    }
    newest.map(|(major, minor)| {
        let mut version = major.to_string();
        write!(version, ".{minor}").expect("writing to a string does not fail");
        version
    })
}

/// Runs a command that must succeed.
fn done(command: &mut Command) -> Result<()> {
    output(command).map(drop)
}

/// Runs a command that must succeed, and returns what it printed.
fn output(command: &mut Command) -> Result<String> {
    let ran = command.output().with_context(|| format!("cannot run {command:?}"))?;
    if !ran.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&ran.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_glibc_is_found() {
        assert_eq!(
            newest_glibc(b"\0GLIBC_2.9\0GLIBC_2.34\0GLIBC_2.2.5\0GLIBC_PRIVATE\0").as_deref(),
            Some("2.34")
        );
        assert_eq!(newest_glibc(b"nothing"), None);
    }
}
