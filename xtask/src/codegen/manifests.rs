//! `crates/event/src/generated/manifests.rs`: the text of every manifest.
//!
//! Schemas differ little from one to the next, so each piece is kept once, under the name of the
//! event and the oldest schema that wrote it so.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::layout;
use crate::definition::Definition;
use crate::manifest::{self, Manifest};

/// The text of the file.
pub(super) fn file(definition: &Definition) -> String {
    let manifests = manifest::all(definition);
    let mut pieces = Pieces::default();
    for manifest in manifests.iter().rev() {
        pieces.add("MANIFEST", &manifest.version, &manifest.head);
        for (event, text) in &manifest.events {
            pieces.add(&layout::constant(event), &manifest.version, text);
        }
    }

    let mut out = String::from(layout::HEADER);
    out.push_str("//! The text of every manifest, newest first.\n\n");
    out.push_str("/// Version and pieces of each manifest.\n");
    out.push_str("pub(crate) static MANIFESTS: &[(&str, &[&str])] = &[\n");
    for manifest in &manifests {
        out.push_str(&row(manifest, &pieces));
    }
    let _ = write!(out, "];\n\nconst TAIL: &str = {};\n", raw(manifest::TAIL));
    out.push_str(&pieces.constants);
    out
}

fn row(manifest: &Manifest, pieces: &Pieces) -> String {
    let mut items = vec![pieces.name(&manifest.head)];
    items.extend(manifest.events.iter().map(|(_, text)| pieces.name(text)));
    items.push("TAIL".to_owned());
    let list: String =
        items.into_iter().fold(String::new(), |list, item| list + "            " + &item + ",\n");
    format!("    (\n        {:?},\n        &[\n{list}        ],\n    ),\n", manifest.version)
}

/// Each piece once.
#[derive(Default)]
struct Pieces {
    names: HashMap<String, String>,
    constants: String,
}

impl Pieces {
    fn add(&mut self, what: &str, version: &str, text: &str) {
        if self.names.contains_key(text) {
            return;
        }
        let name = format!("{what}_{}", version.replace('.', "_"));
        let _ = write!(self.constants, "\nconst {name}: &str = {};\n", raw(text));
        self.names.insert(text.to_owned(), name);
    }

    fn name(&self, text: &str) -> String {
        self.names.get(text).expect("each piece was added").clone()
    }
}

/// A literal that shows the text as it is.
fn raw(text: &str) -> String {
    let hash = if text.contains('"') { "#" } else { "" };
    format!("r{hash}\"{text}\"{hash}")
}
