//! The .deb, made by `dpkg-deb` from the staged files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::contents::{CONTENTS, Kind};
use super::{COMPATIBLE_WITH, DESCRIPTION, Product, SUMMARY, done};

/// Scripts that dpkg runs, in `packaging/deb`.
const SCRIPTS: [&str; 4] = ["preinst", "postinst", "prerm", "postrm"];

/// Writes the package.
pub(super) fn package(product: &Product, work: &Path) -> Result<()> {
    let root = work.join("deb");
    done(Command::new("cp").arg("--archive").arg(product.stage).arg(&root))?;
    let control = root.join("DEBIAN");
    fs::create_dir(&control)?;
    fs::set_permissions(&control, Permissions::from_mode(0o755))?;
    fs::write(control.join("control"), description(product))?;
    fs::write(control.join("conffiles"), configuration())?;
    for name in SCRIPTS {
        let to = control.join(name);
        fs::copy(crate::root().join("packaging/deb").join(name), &to).with_context(|| name.to_owned())?;
        fs::set_permissions(&to, Permissions::from_mode(0o755))?;
    }
    let name = format!("tuxmon_{}_{}.deb", product.version, architecture());
    done(
        Command::new("dpkg-deb")
            .args(["--root-owner-group", "-Zxz", "--build"])
            .arg(&root)
            .arg(product.out.join(name))
            .env("SOURCE_DATE_EPOCH", &product.epoch),
    )
}

/// What the administrator may change.
fn configuration() -> String {
    let files = CONTENTS.iter().filter(|item| item.kind == Kind::Configuration);
    let paths: Vec<&str> = files.map(|item| item.to).collect();
    paths.join("\n") + "\n"
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// It says nothing of a conflict with the original's package, since apt would then remove that first, and with it all of
/// `/opt/sysmon`, before any script of ours has run. Without, dpkg replaces its files one by one, which ends it just the
/// same, after our `preinst`.
fn description(product: &Product) -> String {
    let text = DESCRIPTION.trim_end().replace('\n', "\n ");
    format!(
        "Package: tuxmon
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Section: admin
Priority: optional
Depends: libc6 (>= {glibc})
Suggests: rsyslog, logrotate
Replaces: sysmonforlinux
Provides: sysmonforlinux (= {COMPATIBLE_WITH})
Description: {SUMMARY}
 {text}
",
        version = product.version,
        architecture = architecture(),
        maintainer = product.maintainer,
        glibc = product.glibc,
    )
}
