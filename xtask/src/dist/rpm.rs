//! The .rpm, made by `rpmbuild` from the staged files.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::contents::{Item, Kind};
use super::{Package, Product, done};

/// Nothing is compiled, stripped or looked for; nothing of this machine gets in; every rpm of the last ten years reads it.
const SETTINGS: &str = "\
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%global _binary_payload w6.xzdio
%global _binary_filedigest_algorithm 8
%global _buildhost reproducible
%global use_source_date_epoch_as_buildtime 1
%global clamp_mtime_to_source_date_epoch 1
";

/// Writes the package.
pub(super) fn package(product: &Product, work: &Path) -> Result<()> {
    let top = work.join("rpm");
    fs::create_dir(&top)?;
    let spec = top.join(format!("{}.spec", product.package.name));
    fs::write(&spec, specification(product)?)?;
    done(
        Command::new("rpmbuild")
            .args(["-bb", "--quiet", "--target", std::env::consts::ARCH, "--define"])
            .arg(format!("_topdir {}", top.display()))
            .arg("--define")
            .arg(format!("_rpmdir {}", product.out.display()))
            .args(["--define", "_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm"])
            .arg(&spec)
            .env("SOURCE_DATE_EPOCH", &product.epoch),
    )
}

/// The specification, in the words of rpmbuild.
fn specification(product: &Product) -> Result<String> {
    let Package { name, summary, description, contents, rpm, .. } = product.package;
    let mut text = format!(
        "{SETTINGS}Name: {name}
Version: {version}
Release: 1
Summary: {summary}
Packager: {maintainer}
AutoReqProv: no
Requires: libc.so.6(GLIBC_{glibc})(64bit)
{rpm}
%description
{description}
%install
cp -a {stage}/. %{{buildroot}}/
",
        version = product.version,
        maintainer = product.maintainer,
        glibc = product.glibc,
        stage = product.stage.display(),
    );
    for item in contents.iter().filter(|item| item.to != in_fedora(item.to)) {
        let to = in_fedora(item.to);
        let folder = Path::new(&to).parent().context("every path has a folder")?.display();
        writeln!(text, "mkdir -p %{{buildroot}}{folder}\nmv %{{buildroot}}{} %{{buildroot}}{to}", item.to)?;
    }
    for name in product.package.rpm_scripts {
        let file = crate::root().join(product.package.scripts).join("rpm").join(name);
        let script = fs::read_to_string(&file).with_context(|| format!("no {}", file.display()))?;
        // A percent sign begins a macro.
        writeln!(text, "\n%{name}\n{}", script.replace('%', "%%"))?;
    }
    text.push_str("%files\n");
    for folder in own_folders(product.package) {
        writeln!(text, "%dir %attr(0755, root, root) {}", folder.display())?;
    }
    for item in *contents {
        writeln!(text, "{}", listed(item))?;
    }
    Ok(text)
}

/// Folders that nobody else's files are in: they go with the package.
fn own_folders(package: &Package) -> BTreeSet<&'static Path> {
    let folders = package.contents.iter().flat_map(|item| Path::new(item.to).ancestors().skip(1));
    folders.filter(|folder| folder.iter().any(|name| name == package.name)).collect()
}

/// Fedora's zsh looks elsewhere than Debian's.
fn in_fedora(path: &str) -> String {
    path.replace("/zsh/vendor-completions/", "/zsh/site-functions/")
}

fn listed(item: &Item) -> String {
    let kind = match item.kind {
        Kind::Configuration => "%config(noreplace) ",
        Kind::Notices => "%license ",
        Kind::Plain if item.to.contains("/LICENSE-") => "%license ",
        Kind::Plain if item.to.starts_with("/usr/share/doc/") || item.to.starts_with("/usr/share/man/") => {
            "%doc "
        }
        Kind::Plain | Kind::Program | Kind::Link => "",
    };
    let mode = if item.kind == Kind::Link { "-".to_owned() } else { format!("{:04o}", item.mode()) };
    format!("{kind}%attr({mode}, root, root) {}", in_fedora(item.to))
}
