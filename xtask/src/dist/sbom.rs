//! The list of what the program is made of, in the form of CycloneDX 1.5.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::output;

/// C libraries that `make dist` links into the program: what pkg-config calls them, and their licences.
const LINKED: [(&str, &str); 2] = [("libelf", "GPL-2.0-or-later OR LGPL-3.0-or-later"), ("zlib", "Zlib")];

/// The SBOM: every crate that the program is linked from, and the C libraries.
pub fn cyclone_dx() -> Result<String> {
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::root()).args(["metadata", "--format-version", "1", "--locked"]);
    cargo.args(["--features", "tuxmon-sensor/static", "--filter-platform", &platform]);
    let metadata: Value = serde_json::from_str(&output(&mut cargo)?)?;
    let mut components = crates(&metadata)?;
    for (name, license) in LINKED {
        let version = output(Command::new("pkg-config").args(["--modversion", name]))?;
        components.push(json!({
            "type": "library", "name": name, "version": version.trim(),
            "licenses": [{ "expression": license }],
        }));
    }
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": { "type": "application", "name": "tuxmon", "version": env!("CARGO_PKG_VERSION") } },
        "components": components,
    });
    Ok(serde_json::to_string_pretty(&bom)? + "\n")
}

/// The crates that tuxmon is linked from, sorted. Those that only build or test it are no part of it.
fn crates(metadata: &Value) -> Result<Vec<Value>> {
    let mut packages = BTreeMap::new();
    for package in list(&metadata["packages"]) {
        packages.insert(text(&package["id"]), package);
    }
    let mut nodes = BTreeMap::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        nodes.insert(text(&node["id"]), node);
    }
    let root =
        packages.iter().find(|(_, package)| package["name"] == "tuxmon").context("no package tuxmon")?;
    let mut found = BTreeSet::new();
    let mut waiting = vec![*root.0];
    while let Some(id) = waiting.pop() {
        if found.insert(id) {
            let dependencies = list(&nodes[id]["deps"]).iter().filter(|dependency| is_linked(dependency));
            waiting.extend(dependencies.map(|dependency| text(&dependency["pkg"])));
        }
    }
    found.remove(root.0);
    let mut components: Vec<Value> = found.iter().map(|id| component(packages[id])).collect();
    components.sort_by_key(|component| {
        (text(&component["name"]).to_owned(), text(&component["version"]).to_owned())
    });
    Ok(components)
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
