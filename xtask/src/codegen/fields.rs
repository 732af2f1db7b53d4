//! `crates/event/src/generated/fields.rs`: one constant per field name.

use std::fmt::Write as _;

use super::layout::{self, literal};
use crate::definition::{Definition, Field};

/// The text of the file.
pub(super) fn file(definition: &Definition) -> String {
    let mut out = String::from(layout::HEADER);
    out.push_str("//! What each field name means.\n\n");
    out.push_str("use crate::{FieldSpec, Kind, Schema, Stage};\n");
    for (name, field) in &definition.fields {
        let _ = write!(out, "\n{}", one(name, field));
    }
    out
}

fn one(name: &str, field: &Field) -> String {
    let parts = [
        format!("name: {}", literal(name)),
        format!("kind: Kind::{:?}", field.kind),
        format!("stage: Stage::{:?}", field.stage),
        "since: Schema(0)".to_owned(),
        format!("ecs: {}", literal(&field.ecs)),
        format!("meaning: {}", literal(&field.meaning)),
        format!("example: {}", literal(&field.example)),
    ];
    layout::list(0, &format!("pub(super) const {}: FieldSpec = FieldSpec {{", rust_name(name)), &parts, "};")
}

/// The constant of a field; the two spellings of a name that differ in case only stay two.
pub(super) fn rust_name(name: &str) -> String {
    match name {
        "SourceProcessGUID" => "SOURCE_PROCESS_GUID_OF_ACCESS".to_owned(),
        "TargetProcessGUID" => "TARGET_PROCESS_GUID_OF_ACCESS".to_owned(),
        other => layout::constant(other),
    }
}
