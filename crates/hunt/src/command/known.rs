//! `tuxmon-hunt known`: whether files are as their packages brought them.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use md5::{Digest, Md5};
use sha2::Sha256;
use tuxmon_hunt::{Packages, Place, Rows, Value, hexadecimal};

/// Say which package files and hashes are of, and what was changed since it was installed
///
/// Asks the package database of this system (dpkg, rpm), nobody else. Without a name every image of the store that
/// exists here is looked at.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Paths, and hashes in hexadecimal digits
    #[arg(value_name = "PATH|HASH")]
    names: Vec<String>,
    /// Only what is no unchanged file of a package
    #[arg(long)]
    odd: bool,
    /// The system whose packages are asked
    #[arg(long, value_name = "FOLDER", default_value = "/")]
    root: PathBuf,
}

/// What is known of a name.
#[derive(Debug, PartialEq, Eq)]
enum Known {
    Unchanged(String),
    Changed(String),
    Foreign,
    Missing,
}

pub(super) fn run(args: &Args, store: &Place) -> anyhow::Result<ExitCode> {
    let packages = Packages::of_system(&args.root);
    for problem in &packages.problems {
        eprintln!("tuxmon-hunt known: {problem}");
    }
    let names = if args.names.is_empty() { images(store)? } else { args.names.clone() };
    let mut out = BufWriter::new(stdout().lock());
    let mut odd = false;
    for name in &names {
        let known = known(name, &packages, &args.root).with_context(|| format!("cannot read {name}"))?;
        let is_odd = !matches!(known, Known::Unchanged(_));
        odd |= is_odd;
        if is_odd || !args.odd {
            let said = match known {
                Known::Unchanged(package) => format!("unchanged  {package}"),
                Known::Changed(package) => format!("CHANGED    {package}"),
                Known::Foreign => "of none    -".to_owned(),
                Known::Missing => "not here   -".to_owned(),
            };
            writeln!(out, "{said:<40}  {}", name.escape_debug())?;
        }
    }
    out.flush()?;
    Ok(ExitCode::from(u8::from(odd)))
}

/// Every image that the store knows.
fn images(store: &Place) -> anyhow::Result<Vec<String>> {
    let sql = "SELECT DISTINCT Image FROM image_days WHERE Image LIKE '/%' ORDER BY Image";
    let mut names = Vec::new();
    let mut read = |rows: &mut dyn Rows| {
        while let Some(row) = rows.next()? {
            names.extend(row.iter().filter_map(|value| match value {
                Value::Text(name) => Some(name.clone()),
                Value::Null | Value::Integer(_) | Value::Real(_) | Value::Bytes(_) => None,
            }));
        }
        Ok(())
    };
    store.open()?.ask(sql, &[], &mut read)?;
    Ok(names)
}

fn known(name: &str, packages: &Packages, root: &Path) -> io::Result<Known> {
    if !name.starts_with('/') {
        let found = packages.with_digest(name);
        return Ok(
            found.map_or(Known::Foreign, |(path, package)| Known::Unchanged(format!("{package} {path}")))
        );
    }
    let path = root.join(name.trim_start_matches('/'));
    if !path.is_file() {
        return Ok(Known::Missing);
    }
    // `sh` is a link; packages know the file that it leads to.
    let real = path.canonicalize()?;
    let real = Path::new("/").join(real.strip_prefix(root).unwrap_or(&real));
    let Some((package, packaged)) = packages.at(name).or_else(|| packages.at(&real.to_string_lossy())) else {
        return Ok(Known::Foreign);
    };
    let is_same = digest(&path, packaged.digest.len())?.as_ref() == Some(&packaged.digest);
    let package = package.to_owned();
    Ok(if is_same { Known::Unchanged(package) } else { Known::Changed(package) })
}

/// The digest of a file that has so many digits; nothing for an algorithm that no package of today uses.
fn digest(path: &Path, digits: usize) -> io::Result<Option<String>> {
    match digits {
        32 => digest_with(Md5::new(), path).map(Some),
        64 => digest_with(Sha256::new(), path).map(Some),
        _ => Ok(None),
    }
}

fn digest_with<D: Digest>(mut digest: D, path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut piece = vec![0; 1 << 16];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            break;
        }
        digest.update(&piece[..length]);
    }
    Ok(hexadecimal(&digest.finalize()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_are_compared_with_what_their_package_brought() {
        let system = tempfile::tempdir().expect("a temporary directory");
        let root = system.path().canonicalize().expect("it exists");
        for folder in ["usr/bin", "var/lib/dpkg/info"] {
            fs::create_dir_all(root.join(folder)).expect("the folder is ours");
        }
        std::os::unix::fs::symlink("usr/bin", root.join("bin")).expect("the folder is ours");
        for (name, text) in [("same", "abc"), ("other", "abd"), ("alone", "abc")] {
            fs::write(root.join("usr/bin").join(name), text).expect("the folder is ours");
        }
        // MD5 of abc, twice; one package says where files were before the folders were merged.
        let sums =
            "900150983cd24fb0d6963f7d28e17f72  bin/same\n900150983cd24fb0d6963f7d28e17f72  usr/bin/other\n";
        fs::write(root.join("var/lib/dpkg/info/tool:amd64.md5sums"), sums).expect("the folder is ours");
        let packages = Packages::of_system(&root);
        let said = |name: &str| known(name, &packages, &root).expect("it can be read");
        let tool = || "tool:amd64".to_owned();
        assert_eq!(said("/usr/bin/same"), Known::Unchanged(tool()));
        assert_eq!(said("/bin/same"), Known::Unchanged(tool()));
        assert_eq!(said("/usr/bin/other"), Known::Changed(tool()));
        assert_eq!(said("/usr/bin/alone"), Known::Foreign);
        assert_eq!(said("/usr/bin/none"), Known::Missing);
        let by_hash = said("900150983CD24FB0D6963F7D28E17F72");
        assert_eq!(by_hash, Known::Unchanged("tool:amd64 /bin/same".to_owned()));
    }
}
