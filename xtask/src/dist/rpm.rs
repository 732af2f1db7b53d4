//! The .rpm, made by `cargo generate-rpm` from the staged files.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::contents::{CONTENTS, Item, Kind};
use super::{Product, done};

/// Writes the package.
pub(super) fn package(product: &Product, work: &Path) -> Result<()> {
    let metadata = work.join("rpm.toml");
    fs::write(&metadata, described(product))?;
    let name = format!("tuxmon-{}-1.{}.rpm", product.version, std::env::consts::ARCH);
    done(
        Command::new("cargo")
            .args(["generate-rpm", "--package", "crates/tuxmon", "--auto-req", "disabled"])
            .arg("--metadata-overwrite")
            .arg(&metadata)
            .args(["--source-date", &product.epoch])
            .arg("--output")
            .arg(product.out.join(name))
            .current_dir(crate::root()),
    )
}

/// Its metadata, in the words of cargo-generate-rpm. It knows no links: a script makes them.
fn described(product: &Product) -> String {
    let mut text = String::from(
        "summary = \"Records what happens on a machine, as Sysmon does\"\nlicense = \"MIT OR Apache-2.0\"\n",
    );
    for (key, script) in [("pre_install", "pre"), ("post_trans", "posttrans"), ("pre_uninstall", "preun")] {
        let path = crate::root().join("packaging/rpm").join(script);
        writeln!(text, "{key}_script = {:?}", path.display().to_string()).expect("memory takes it");
    }
    text.push_str("assets = [\n");
    for item in CONTENTS.iter().filter(|item| item.kind != Kind::Link) {
        text.push_str(&asset(item, product.stage));
    }
    text.push_str("]\n");
    write!(
        text,
        "[requires]\n\"libc.so.6(GLIBC_{})(64bit)\" = \"*\"\n[provides]\nsysmonforlinux = \"*\"\n\
         [conflicts]\nsysmonforlinux = \"*\"\n[obsoletes]\nsysmonforlinux = \"*\"\n",
        product.glibc
    )
    .expect("memory takes it");
    text
}

fn asset(item: &Item, stage: &Path) -> String {
    let config = if item.kind == Kind::Configuration { ", config = \"noreplace\"" } else { "" };
    let doc = if item.to.starts_with("/usr/share/doc/") { ", doc = true" } else { "" };
    // Fedora's zsh looks elsewhere than Debian's.
    let to = item.to.replace("/zsh/vendor-completions/", "/zsh/site-functions/");
    format!(
        "  {{ source = {:?}, dest = {to:?}, mode = \"{:o}\"{config}{doc} }},\n",
        item.below(stage).display().to_string(),
        item.mode()
    )
}
