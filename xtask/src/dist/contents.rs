//! What the packages hold: a table for each program, `agent.rs` and `hunt.rs`, of which every form of its package is made.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use anyhow::{Context, Result};

use super::Package;

/// One file of the packages.
pub struct Item {
    /// Below the root of the repository; of a link, what it points at.
    pub from: &'static str,
    /// On the system; what ends in `.gz` is compressed on the way.
    pub to: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// How a file is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The program itself; where it lies, the command line says.
    Program,
    /// The licence texts of what it is linked from, gathered when it is packed.
    Notices,
    /// A link.
    Link,
    /// The administrator may change it, and an update keeps that.
    Configuration,
    /// Everything else.
    Plain,
}

/// A row of a table.
pub(super) const fn item(from: &'static str, to: &'static str, kind: Kind) -> Item {
    Item { from, to, kind }
}

impl Item {
    /// Permissions; of a link, those of every link.
    pub fn mode(&self) -> u32 {
        match self.kind {
            Kind::Program => 0o755,
            Kind::Link => 0o777,
            Kind::Configuration | Kind::Plain | Kind::Notices => 0o644,
        }
    }

    /// Where it lies below a root.
    pub fn below(&self, root: &Path) -> std::path::PathBuf {
        root.join(self.to.trim_start_matches('/'))
    }
}

/// Lays everything of a package out below `root`, which does not exist yet.
pub(super) fn stage(package: &Package, root: &Path, program: &Path) -> Result<()> {
    for item in package.contents {
        let to = item.below(root);
        let folder = to.parent().context("every path has a folder")?;
        fs::create_dir_all(folder)?;
        let from = crate::root().join(item.from);
        match item.kind {
            Kind::Link => {
                symlink(item.from, &to)?;
                continue;
            }
            Kind::Program => drop(fs::copy(program, &to)?),
            Kind::Notices => fs::write(&to, super::sbom::notices(package)?)?,
            Kind::Configuration | Kind::Plain
                if to.extension().is_some_and(|extension| extension == "gz") =>
            {
                let packed = std::process::Command::new("gzip").arg("-9nc").arg(&from).output()?;
                anyhow::ensure!(packed.status.success(), "gzip failed on {}", from.display());
                fs::write(&to, packed.stdout)?;
            }
            Kind::Configuration | Kind::Plain => {
                fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
            }
        }
        fs::set_permissions(&to, Permissions::from_mode(item.mode()))?;
    }
    folders_for_all(root)
}

/// Folders are open to read for everybody, whatever the umask of whoever builds.
fn folders_for_all(folder: &Path) -> Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders_for_all(&entry.path())?;
        }
    }
    Ok(())
}
