//! `crates/event/src/generated/options.rs`: the switches, options and conditions of the newest schema.

use std::fmt::Write as _;

use super::layout::{self, literal};
use crate::definition::{Definition, OptionRow, schema_number};

/// The text of the file.
pub(super) fn file(definition: &Definition) -> String {
    let mut out = String::from(layout::HEADER);
    out.push_str("//! The switches, options and conditions of the newest schema.\n\n");
    out.push_str("use crate::{Argument, OptionSpec, Schema};\n\n");
    out.push_str("/// The newest schema, the one that this agent writes.\n");
    let newest = definition.options.schemas.last().expect("a schema was published");
    let _ = writeln!(out, "pub const SCHEMA_VERSION: &str = {};\n", literal(&newest.version));
    out.push_str("/// The version of the binary form of the rules in the newest schema.\n");
    let _ = writeln!(out, "pub const BINARY_VERSION: &str = {};\n", literal(&newest.binary));
    out.push_str("/// Upstream's switches and options, in the order of the manifest.\n");
    out.push_str("pub static OPTIONS: &[OptionSpec] = &[\n");
    for option in definition.options.options.iter().filter(|option| option.before.is_none()) {
        out.push_str(&one(option));
    }
    out.push_str("];\n\n");
    out.push_str("/// The conditions of filters, in the order of the manifest; the first is the default.\n");
    let names: Vec<String> = definition.options.filters.iter().map(|filter| literal(&filter.name)).collect();
    out.push_str(&layout::list(0, "pub static CONDITIONS: &[&str] = &[", &names, "];"));
    out
}

fn one(option: &OptionRow) -> String {
    let parts = [
        match &option.switch {
            Some(switch) => format!("switch: Some({})", literal(switch)),
            None => "switch: None".to_owned(),
        },
        format!("name: {}", literal(&option.name)),
        format!("argument: Argument::{:?}", option.argument),
        format!("internal: {}", option.internal),
        format!("noconfig: {}", option.noconfig),
        format!("exclusive: {}", option.exclusive),
        format!("rule: {}", option.rule),
        format!("forceconfig: {}", option.forceconfig),
        format!("since: Schema({})", schema_number(&option.since).expect("check() has read each version")),
    ];
    layout::list(4, "OptionSpec {", &parts, "},")
}
