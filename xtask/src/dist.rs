//! `cargo xtask dist`: packages the programs that `scripts/build-dist` built: .deb, .rpm and .tar.gz of each into `dist/`,
//! with an SBOM and checksums. What is in them are two tables, `agent.rs` and `hunt.rs`. docs/decisions/0016-packages.md
//! says why it is so.

pub mod agent;
pub mod contents;
mod debian;
pub mod hunt;
mod rpm;
pub mod sbom;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use contents::Item;

/// What makes one package, in each of its forms.
struct Package {
    /// The name of the package, of its program and of the crate that is the program.
    name: &'static str,
    /// What it is, in a line.
    summary: &'static str,
    /// What it is, in a paragraph.
    description: &'static str,
    /// The most that the program may weigh, in bytes, where all forms are made: a .deb alone is for tests.
    largest: u64,
    /// Its files.
    contents: &'static [Item],
    /// C libraries of the distribution that are linked into the program.
    libraries: &'static [sbom::Library],
    /// What the .deb says of other packages.
    debian: String,
    /// Scripts that dpkg runs, in the folder `deb`.
    debian_scripts: &'static [&'static str],
    /// What the .rpm says of licences and other packages.
    rpm: String,
    /// Scripts that rpm runs, in the folder `rpm`, each under the name of its section.
    rpm_scripts: &'static [&'static str],
    /// Where the folders `deb` and `rpm` are.
    scripts: &'static str,
}

/// Make the packages in dist/
#[derive(clap::Args)]
pub struct Args {
    /// The agent to package
    #[arg(long)]
    pub(crate) program: PathBuf,
    /// The program of the second package, tuxmon-hunt; without it there is none
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) hunt: Option<PathBuf>,
    /// Where they go; what was there goes
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    pub(crate) out: PathBuf,
    /// Only the .deb
    #[arg(long)]
    pub(crate) only_deb: bool,
}

/// What every form of a package has to know.
struct Product<'a> {
    package: &'a Package,
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
    let mut programs = vec![(agent::package(), &args.program)];
    if let Some(program) = &args.hunt {
        programs.push((hunt::package(), program));
    }
    let out = crate::root().join(&args.out);
    let stage = crate::root().join("target/dist-stage");
    for folder in [&out, &stage] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    for (package, program) in &programs {
        make(package, program, &stage.join(package.name), args)?;
    }
    if !args.only_deb {
        checksums(&out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes every form of one package; `work` is a folder for what lies on the way.
fn make(package: &Package, program: &Path, work: &Path, args: &Args) -> Result<()> {
    let size = fs::metadata(program).with_context(|| format!("no {}", program.display()))?.len();
    if size > package.largest && !args.only_deb {
        bail!("{} has {size} bytes; at most {} may be shipped", program.display(), package.largest);
    }
    fs::create_dir(work)?;
    let epoch = output(Command::new("git").args(["log", "-1", "--format=%ct"]))?;
    let out = crate::root().join(&args.out);
    let product = Product {
        package,
        version: env!("CARGO_PKG_VERSION"),
        maintainer: maintainer(),
        glibc: newest_glibc(&fs::read(program)?).context("the program names no version of glibc")?,
        epoch: epoch.trim().to_owned(),
        stage: &work.join("root"),
        out: &out,
    };
    contents::stage(package, product.stage, program)?;
    debian::package(&product, work)?;
    if args.only_deb {
        return Ok(());
    }
    rpm::package(&product, work)?;
    tar(&product)?;
    let bom = out.join(format!("{}-{}.cdx.json", package.name, product.version));
    fs::write(bom, sbom::cyclone_dx(package)?)?;
    Ok(())
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
    let name = format!("{}-{}-{}.tar.gz", product.package.name, product.version, std::env::consts::ARCH);
    done(
        Command::new("tar")
            .args(["--create", "--no-recursion", "--owner=0", "--group=0", "--numeric-owner"])
            .arg(format!("--mtime=@{}", product.epoch))
            .arg("--use-compress-program=gzip -9n")
            .arg("--file")
            .arg(product.out.join(name))
            .arg("--directory")
            .arg(product.stage)
            .args(product.package.contents.iter().map(|item| item.to.trim_start_matches('/'))),
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
