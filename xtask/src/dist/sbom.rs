//! The list of what the program is made of: in the form of CycloneDX 1.5, and as the licence texts of its parts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Package, output};

/// A C library of the distribution that `make dist` links into a program.
pub(super) struct Library {
    /// What pkg-config calls it.
    pub(super) name: &'static str,
    pub(super) license: &'static str,
}

/// The SBOM: every crate that the program is linked from, and the C libraries.
pub(super) fn cyclone_dx(package: &Package) -> Result<String> {
    let metadata = metadata()?;
    let mut components: Vec<Value> = linked(&metadata, package)?.into_iter().map(component).collect();
    for Library { name, license } in package.libraries {
        let version = output(Command::new("pkg-config").args(["--modversion", *name]))?;
        components.push(json!({
            "type": "library", "name": name, "version": version.trim(),
            "licenses": [{ "expression": license }],
        }));
    }
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": { "type": "application", "name": package.name, "version": env!("CARGO_PKG_VERSION") } },
        "components": components,
    });
    Ok(serde_json::to_string_pretty(&bom)? + "\n")
}

/// The licence texts of every crate of others that the program is linked from, each text once, under the crates that it is
/// of. Most licences want to be handed on with the program.
pub(super) fn notices(package: &Package) -> Result<String> {
    let metadata = metadata()?;
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut out = format!("What {} is linked from, and the licences of it.\n\n", package.name);
    for package in linked(&metadata, package)?.into_iter().filter(|package| !package["source"].is_null()) {
        let (name, license) = (text(&package["name"]), text(&package["license"]));
        let whole = format!("{name} {}", text(&package["version"]));
        writeln!(out, "{whole}: {license}")?;
        let folder =
            Path::new(text(&package["manifest_path"])).parent().context("a manifest is in a folder")?;
        for file in licence_files(folder)? {
            let text =
                fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            texts.entry(text.trim().to_owned()).or_default().push(whole.clone());
        }
    }
    for Library { name, license } in package.libraries {
        writeln!(out, "{name}: {license}")?;
    }
    for (text, of) in &texts {
        write!(out, "\n{}\nOf {}:\n\n{text}\n", "=".repeat(100), of.join(", "))?;
    }
    Ok(out)
}

/// The files in which a crate says its licence and its authors, sorted.
fn licence_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
        let begins = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];
        if path.is_file() && begins.iter().any(|begin| name.starts_with(begin)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn metadata() -> Result<Value> {
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::root()).args(["metadata", "--format-version", "1", "--locked"]);
    cargo.args(["--features", "tuxmon-sensor/static", "--filter-platform", &platform]);
    Ok(serde_json::from_str(&output(&mut cargo)?)?)
}

/// The crates that a program is linked from, sorted. Those that only build or test it are no part of it.
fn linked<'a>(metadata: &'a Value, program: &Package) -> Result<Vec<&'a Value>> {
    let mut packages = BTreeMap::new();
    for package in list(&metadata["packages"]) {
        packages.insert(text(&package["id"]), package);
    }
    let mut nodes = BTreeMap::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        nodes.insert(text(&node["id"]), node);
    }
    let root = packages.iter().find(|(_, package)| package["name"] == program.name);
    let root = root.with_context(|| format!("no crate {}", program.name))?;
    let mut found = BTreeSet::new();
    let mut waiting = vec![*root.0];
    while let Some(id) = waiting.pop() {
        if found.insert(id) {
            let dependencies = list(&nodes[id]["deps"]).iter().filter(|dependency| is_linked(dependency));
            waiting.extend(dependencies.map(|dependency| text(&dependency["pkg"])));
        }
    }
    found.remove(root.0);
    let mut crates: Vec<&Value> = found.iter().map(|id| packages[id]).collect();
    crates.sort_by_key(|package| (text(&package["name"]), text(&package["version"])));
    Ok(crates)
}

fn is_linked(dependency: &Value) -> bool {
    list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null())
}

fn component(package: &Value) -> Value {
    let (name, version) = (text(&package["name"]), text(&package["version"]));
    // Older crates write a slash where SPDX has OR.
    let license = text(&package["license"]).replace('/', " OR ");
    let mut component = json!({
        "type": "library", "name": name, "version": version, "licenses": [{ "expression": license }],
    });
    if !package["source"].is_null() {
        component["purl"] = json!(format!("pkg:cargo/{name}@{version}"));
    }
    component
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
