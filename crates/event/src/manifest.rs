//! The manifests that `sysmon -s` prints.

use crate::generated::manifests::MANIFESTS;

/// The manifest of a schema, `<manifest …>…</manifest>` in upstream's layout.
///
/// A version that no schema has exactly stands for the newest one that begins with it, as upstream
/// has it. Compat: there `4.2` finds 4.23, and the real 4.2 cannot be asked for.
pub fn manifest_xml(version: &str) -> Option<String> {
    let exact = MANIFESTS.iter().find(|(name, _)| *name == version);
    let (_, pieces) = exact.or_else(|| MANIFESTS.iter().find(|(name, _)| name.starts_with(version)))?;
    Some(pieces.concat())
}

/// Version and manifest of every schema, newest first.
pub fn all_manifests() -> impl Iterator<Item = (&'static str, String)> {
    MANIFESTS.iter().map(|(version, pieces)| (*version, pieces.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_version_wins_over_a_newer_one_that_begins_alike() {
        let schema = |version: &str| {
            let xml = manifest_xml(version)?;
            let from = xml.find("schemaversion=\"")? + "schemaversion=\"".len();
            Some(xml[from..].split('"').next()?.to_owned())
        };
        assert_eq!(schema("4.2").as_deref(), Some("4.2"));
        assert_eq!(schema("4.90").as_deref(), Some("4.90"));
        assert_eq!(schema("4").as_deref(), Some("4.90"));
        assert_eq!(schema("3.").as_deref(), Some("3.4"));
        assert_eq!(schema("5.0"), None);
    }
}
