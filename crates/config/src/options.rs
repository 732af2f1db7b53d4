//! The options above EventFiltering.

use tuxmon_event::{OPTIONS, OptionSpec};

use crate::codes;
use crate::report::Report;
use crate::xml::Element;
use crate::{Config, FieldSizes};

/// A hash that the original knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names say it
pub enum HashAlgorithm {
    Md5,
    Sha1,
    Sha256,
    /// Of Windows executables only; accepted and never computed.
    Imphash,
}

/// A set of hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashAlgorithms(u8);

impl Default for HashAlgorithms {
    /// What is computed when the configuration says nothing.
    fn default() -> Self {
        Self::NONE.with(HashAlgorithm::Sha256)
    }
}

impl HashAlgorithms {
    /// No hash at all.
    pub const NONE: Self = Self(0);
    /// Every hash.
    pub const ALL: Self = Self(0b1111);

    /// The set with one more.
    #[must_use]
    pub fn with(self, algorithm: HashAlgorithm) -> Self {
        Self(self.0 | 1 << algorithm as u8)
    }

    /// Whether the hash is in the set.
    pub fn contains(self, algorithm: HashAlgorithm) -> bool {
        self.0 & 1 << algorithm as u8 != 0
    }

    /// Reads `*`, `all` or a list with commas; the error is the original's message.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut set = Self::NONE;
        for name in text.split(',').map(str::trim) {
            set = match name.to_ascii_lowercase().as_str() {
                "*" | "all" => Self::ALL,
                "md5" | "md-5" => set.with(HashAlgorithm::Md5),
                "sha1" | "sha-1" => set.with(HashAlgorithm::Sha1),
                "sha256" | "sha-256" => set.with(HashAlgorithm::Sha256),
                "imphash" | "imp-hash" => set.with(HashAlgorithm::Imphash),
                _ => return Err(format!("Invalid hashing algorithm: {name}")),
            };
        }
        Ok(set)
    }
}

/// What an option does on Linux.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It sets [`Config::hash_algorithms`].
    HashAlgorithms,
    /// It sets [`Config::field_sizes`].
    FieldSizes,
    /// The original refuses the whole configuration for it. Windows configurations have it, and
    /// nothing that it asks for can be missed on Linux: we go on.
    RefusedByOriginal,
    /// The original accepts it and does nothing: names are never looked up anyway.
    Accepted,
    /// The original accepts it, and it does nothing that an author could hope for.
    Useless,
}

fn effect(name: &str) -> Effect {
    match name {
        "HashAlgorithms" => Effect::HashAlgorithms,
        "FieldSizes" => Effect::FieldSizes,
        "CheckRevocation" | "ArchiveDirectory" | "DriverName" | "CaptureClipboard" => {
            Effect::RefusedByOriginal
        }
        "DnsLookup" => Effect::Accepted,
        _ => Effect::Useless,
    }
}

/// The option of a name, if a file may contain it. One that a switch may not set is called
/// `NAMEConfig` there.
fn find(name: &str) -> Option<&'static OptionSpec> {
    let named = |option: &&OptionSpec| {
        option.name == name || option.forceconfig && name.strip_suffix("Config") == Some(option.name)
    };
    in_files().find(named)
}

fn in_files() -> impl Iterator<Item = &'static OptionSpec> {
    OPTIONS.iter().filter(|option| !option.noconfig)
}

/// Reads the options of a file one by one.
#[derive(Default)]
pub(crate) struct Options<'s> {
    seen: Vec<(&'s str, u32)>,
}

impl<'s> Options<'s> {
    /// Reads one child of Sysmon that is not EventFiltering.
    pub(crate) fn read(&mut self, element: &Element<'s>, config: &mut Config, report: &mut Report<'_>) {
        // Compat: parsecommandline.c — an unknown option silently ends the reading of all later
        // ones; we go on, since none of them was meant to be lost.
        let Some(option) = find(element.name) else {
            return unknown(element, report);
        };
        self.note_duplicate(element, report);
        if config.schema_version.is_before(option.since) {
            let since = option.since;
            let message =
                format!("{} came with schema {since}, the file says {}", element.name, config.schema_version);
            report.add(
                element.at,
                codes::NEWER_THAN_SCHEMA,
                message,
                format!("write schemaversion=\"{since}\" or newer"),
            );
        }
        match effect(element.name) {
            Effect::HashAlgorithms => read_hashes(element, config, report),
            Effect::FieldSizes => read_field_sizes(element, config, report),
            Effect::RefusedByOriginal => without_effect(element, report),
            Effect::Useless => useless(element, report),
            Effect::Accepted => {}
        }
    }

    /// Compat: parsecommandline.c — the last of several counts.
    fn note_duplicate(&mut self, element: &Element<'s>, report: &mut Report<'_>) {
        let line = report.line(element.at);
        match self.seen.iter_mut().find(|(name, _)| *name == element.name) {
            Some((name, before)) => {
                let message = format!("{name} already stands in line {before}; the last one counts");
                report.add(element.at, codes::DUPLICATE_OPTION, message, "keep one of them");
                *before = line;
            }
            None => self.seen.push((element.name, line)),
        }
    }
}

fn read_hashes(element: &Element<'_>, config: &mut Config, report: &mut Report<'_>) {
    if element.text.trim().is_empty() {
        let message = "HashAlgorithms is empty: SHA256 is used";
        report.add(element.at, codes::OPTION_VALUE, message, "write a list like md5,sha256");
        config.hash_algorithms = HashAlgorithms::default();
        return;
    }
    match HashAlgorithms::parse(element.text.trim()) {
        Ok(hashes) => {
            config.hash_algorithms = hashes;
            config.names_hashes = true;
        }
        Err(message) => {
            let remedy = "known are md5, sha1, sha256, imphash and *";
            report.add(element.at, codes::HASH_ALGORITHM, message, remedy);
        }
    }
}

fn read_field_sizes(element: &Element<'_>, config: &mut Config, report: &mut Report<'_>) {
    match FieldSizes::parse(&element.text) {
        Ok(sizes) => config.field_sizes = sizes,
        Err(message) => {
            let remedy = "write fields and sizes without blanks, like CommandLine:1000,Image:200";
            report.add(element.at, codes::FIELD_SIZES, message, remedy);
        }
    }
}

fn without_effect(element: &Element<'_>, report: &mut Report<'_>) {
    let name = element.name;
    let message = format!("{name} does nothing on Linux; the original refuses a configuration that has it");
    report.add(
        element.at,
        codes::OPTION_WITHOUT_EFFECT,
        message,
        format!("remove {name} from configurations for Linux"),
    );
    if name == "CaptureClipboard" {
        note_boolean(element, report);
    }
}

/// Compat: parsecommandline.c — the words are case-sensitive.
fn note_boolean(element: &Element<'_>, report: &mut Report<'_>) {
    const WORDS: [&str; 7] = ["", "true", "1", "enabled", "false", "0", "disabled"];
    if !WORDS.contains(&element.text.as_str()) && element.text != "NULL" {
        let message = format!("Incorrect value '{}' for node '{}'", element.text, element.name);
        report.add(element.at, codes::OPTION_VALUE, message, "write true or false");
    }
}

fn useless(element: &Element<'_>, report: &mut Report<'_>) {
    let name = element.name;
    let (message, remedy) = if tuxmon_event::specs_with_tag(name).next().is_some() {
        let message = format!("{name} stands outside of EventFiltering and filters nothing");
        (message, "move it into <EventFiltering>".to_owned())
    } else {
        (format!("{name} does nothing in a configuration for Linux"), format!("remove {name}"))
    };
    report.add(element.at, codes::OPTION_WITHOUT_EFFECT, message, remedy);
}

fn unknown(element: &Element<'_>, report: &mut Report<'_>) {
    let name = element.name;
    let message =
        format!("unknown option {name}: it does nothing, and the original ignores every option after it");
    let filters = tuxmon_event::specs_with_tag(name).next().is_some() || element.is_called("RuleGroup");
    let names = in_files().map(|option| option.name).chain(["EventFiltering"]);
    let remedy = match report.nearest(name, names) {
        _ if filters => "move it into <EventFiltering>".to_owned(),
        Some(meant) => format!("did you mean {meant}? Names are case-sensitive"),
        None => format!("remove {name}"),
    };
    report.add(element.at, codes::UNKNOWN_OPTION, message, remedy);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_read_in_any_spelling() {
        let parse = |text| HashAlgorithms::parse(text).expect(text);
        assert_eq!(parse("*"), HashAlgorithms::ALL);
        assert_eq!(parse("All"), HashAlgorithms::ALL);
        assert_eq!(parse("SHA256"), HashAlgorithms::default());
        let two = parse("md-5, IMPHASH");
        assert!(two.contains(HashAlgorithm::Md5) && two.contains(HashAlgorithm::Imphash));
        assert!(!two.contains(HashAlgorithm::Sha1));
        assert_eq!(HashAlgorithms::parse("md5,foo"), Err("Invalid hashing algorithm: foo".to_owned()));
    }
}
