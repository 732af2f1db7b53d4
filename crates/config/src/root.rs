//! The Sysmon element: version, options, EventFiltering.

use crate::blocks;
use crate::codes;
use crate::options::Options;
use crate::remarks::{note_attributes, note_text};
use crate::report::{Refused, Report};
use crate::xml::{Document, Element};
use crate::{Config, SchemaVersion};

/// The version that we are.
const CURRENT: &str = "4.90";

/// Reads a configuration from its elements.
pub(crate) fn read(document: &Document<'_>, report: &mut Report<'_>) -> Result<Config, Refused> {
    let roots: Vec<_> = document.roots().filter(|root| root.name == "Sysmon").collect();
    let Some(first) = roots.first() else {
        let at = document.roots().next().map_or(0, |root| root.at);
        let message = "Failed to find Sysmon tag in configuration: the outermost element is not <Sysmon>";
        let remedy =
            format!("write <Sysmon schemaversion=\"{CURRENT}\"> around everything; names are case-sensitive");
        return Err(report.refuse(at, codes::NO_SYSMON, message, remedy));
    };
    let mut config = Config { schema_version: schema_version(first, report)?, ..Config::empty() };
    let mut options = Options::default();
    for root in &roots {
        note_attributes(root, &["schemaversion"], report);
        note_text(root, report);
        for child in document.children(root).filter(|child| child.name != "EventFiltering") {
            options.read(child, &mut config, report);
        }
    }
    let filtering =
        roots.iter().flat_map(|root| document.children(root)).filter(|child| child.name == "EventFiltering");
    blocks::read(document, filtering, &mut config, report);
    Ok(config)
}

fn schema_version(root: &Element<'_>, report: &mut Report<'_>) -> Result<SchemaVersion, Refused> {
    let written = root.attribute("schemaversion");
    let at = written.map_or(root.at, |attribute| attribute.at);
    let text = written.map_or("", |attribute| attribute.value.as_ref());
    let (digits, suffix) = leading_number(text);
    let version = digits.parse().ok().filter(|&version: &f64| version >= 1.0);
    let Some(version) = version else {
        let message = format!("Invalid schema version number ({text})");
        return Err(report.refuse(
            at,
            codes::SCHEMA_INVALID,
            message,
            format!("write schemaversion=\"{CURRENT}\""),
        ));
    };
    if !suffix.is_empty() {
        let message = format!("schemaversion '{text}' is read as {version:.2}");
        report.add(at, codes::SCHEMA_SUFFIX, message, format!("write schemaversion=\"{version:.2}\""));
    }
    if version < 4.0 {
        let message = format!(
            "Incorrect or unsupported schema version {version:.2}. Current Sysmon schema version {CURRENT}"
        );
        let remedy =
            format!("write schemaversion=\"{CURRENT}\" and check that the rules still say what they should");
        return Err(report.refuse(at, codes::SCHEMA_UNSUPPORTED, message, remedy));
    }
    Ok(SchemaVersion(version))
}

/// Digits with at most one point, and what stands behind them.
///
/// Compat: xml.cpp — a number is read as far as it goes.
fn leading_number(text: &str) -> (&str, &str) {
    const LONGEST: usize = 16;
    let text = text.trim();
    let mut points = 0;
    let mut is_part = |c: char| {
        points += usize::from(c == '.');
        c.is_ascii_digit() || c == '.' && points == 1
    };
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    text.split_at(end.min(LONGEST))
}
