//! The .deb, made by `dpkg-deb` from the staged files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::contents::Kind;
use super::{Package, Product, done};

/// Writes the package.
pub(super) fn package(product: &Product, work: &Path) -> Result<()> {
    let root = work.join("deb");
    done(Command::new("cp").arg("--archive").arg(product.stage).arg(&root))?;
    let control = root.join("DEBIAN");
    fs::create_dir(&control)?;
    fs::set_permissions(&control, Permissions::from_mode(0o755))?;
    fs::write(control.join("control"), description(product))?;
    fs::write(control.join("conffiles"), configuration(product.package))?;
    for name in product.package.debian_scripts {
        let to = control.join(name);
        fs::copy(crate::root().join(product.package.scripts).join("deb").join(name), &to)
            .with_context(|| (*name).to_owned())?;
        fs::set_permissions(&to, Permissions::from_mode(0o755))?;
    }
    let name = format!("{}_{}_{}.deb", product.package.name, product.version, architecture());
    done(
        Command::new("dpkg-deb")
            .args(["--root-owner-group", "-Zxz", "--build"])
            .arg(&root)
            .arg(product.out.join(name))
            .env("SOURCE_DATE_EPOCH", &product.epoch),
    )
}

/// What the administrator may change.
fn configuration(package: &Package) -> String {
    let files = package.contents.iter().filter(|item| item.kind == Kind::Configuration);
    files.flat_map(|item| [item.to, "\n"]).collect()
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// What dpkg knows of it.
fn description(product: &Product) -> String {
    let Package { name, summary, debian, .. } = product.package;
    let text = product.package.description.trim_end().replace('\n', "\n ");
    format!(
        "Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Section: admin
Priority: optional
Depends: libc6 (>= {glibc})
{debian}Description: {summary}
 {text}
",
        version = product.version,
        architecture = architecture(),
        maintainer = product.maintainer,
        glibc = product.glibc,
    )
}
