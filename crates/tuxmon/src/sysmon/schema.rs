//! `-s`: the schema as XML.

use tuxmon_event::{SCHEMA_VERSION, all_manifests, manifest_xml};

use super::console;

/// Prints the newest schema, that of a version, or all of them.
///
/// The newest one comes as one well-formed element; the original begins it with `<manifests>` and a comment for its own
/// developers, and never closes that.
pub(crate) fn print(version: Option<&str>) {
    let version = version.unwrap_or(SCHEMA_VERSION);
    if version.eq_ignore_ascii_case("all") {
        for (_, manifest) in all_manifests() {
            console::say(&manifest);
        }
    } else if let Some(manifest) = manifest_xml(version) {
        console::say(&manifest);
    } else {
        console::say("There is no schema that matches that version.");
    }
}
