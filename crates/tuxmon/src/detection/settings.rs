//! `tuxmon.toml`: what the agent does beyond the original, which has no place for it in its configuration.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use tuxmon_diag::{Diagnostic, Severity};
use tuxmon_sigma::Level;

use crate::run::args::{OutputChoice, Place};

/// Where the settings of an installed service are, if there are any.
pub(crate) const OF_SERVICE: &str = "/etc/tuxmon/tuxmon.toml";

/// The section `[detection]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Files and folders of Sigma rules.
    pub(crate) rules: Vec<PathBuf>,
    /// Values for their placeholders.
    pub(crate) placeholders: Option<PathBuf>,
    /// Files and folders of lists of indicators.
    pub(crate) indicators: Vec<PathBuf>,
    /// How many days after a list was written its values mean nothing any more, unless they say otherwise.
    pub(crate) indicators_expire_days: Option<u32>,
    /// The lowest level that makes alerts.
    pub(crate) level: Option<Level>,
    /// Where alerts go.
    pub(crate) outputs: Vec<Place>,
    /// For so long the same alert is counted instead of told.
    pub(crate) same_again_seconds: u32,
    /// So many alerts of one rule are told in a minute.
    pub(crate) alerts_per_minute: u32,
}

/// A file of settings as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SettingsFile {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What it says; nothing when it is refused.
    pub(crate) settings: Option<Settings>,
    /// What is wrong with it.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl SettingsFile {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Self {
        let (settings, diagnostics) = Settings::read(path);
        Self { path: path.to_owned(), settings, diagnostics }
    }
}

/// The file as it is written. Words that nobody knows are refused: a setting that does nothing would go unnoticed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    detection: Option<WrittenDetection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDetection {
    #[serde(default)]
    rules: Vec<PathBuf>,
    placeholders: Option<PathBuf>,
    #[serde(default)]
    indicators: Vec<PathBuf>,
    indicators_expire_days: Option<u32>,
    level: Option<toml::Spanned<String>>,
    outputs: toml::Spanned<Vec<String>>,
    same_again_seconds: Option<u32>,
    alerts_per_minute: Option<u32>,
}

/// Longest file of settings.
const MAX_BYTES: u64 = 1 << 20;

impl Settings {
    /// Whether anything is to be looked for.
    pub(crate) fn is_on(&self) -> bool {
        !(self.rules.is_empty() && self.indicators.is_empty())
    }

    /// Reads a file; nothing when it is refused, with the reasons.
    fn read(file: &Path) -> (Option<Self>, Vec<Diagnostic>) {
        let name = file.to_string_lossy();
        match text(file) {
            Ok(text) => Self::parse(&name, &text),
            Err(error) => {
                let message = format!("the settings cannot be read: {error}");
                (None, vec![problem(&name, "", 0, "unreadable", message, "check its path and permissions")])
            }
        }
    }

    /// The same for a text.
    fn parse(name: &str, text: &str) -> (Option<Self>, Vec<Diagnostic>) {
        let written: Written = match toml::from_str(text) {
            Ok(written) => written,
            Err(error) => {
                let place = error.span().map_or(0, |span| span.start);
                let remedy = "docs/detection.md has all settings";
                return (
                    None,
                    vec![problem(name, text, place, "settings", error.message().to_owned(), remedy)],
                );
            }
        };
        let Some(written) = written.detection else { return (Some(Self::default()), Vec::new()) };
        let mut diagnostics = Vec::new();
        let level = written.level.and_then(|word| {
            let level = Level::of_word(word.get_ref());
            if level.is_none() {
                let message = format!("'{}' is no level", word.get_ref());
                let remedy = "informational, low, medium, high or critical";
                diagnostics.push(problem(name, text, word.span().start, "level", message, remedy));
            }
            level
        });
        let mut outputs = Vec::new();
        for word in written.outputs.get_ref() {
            if let Ok(OutputChoice { place, format: None }) = OutputChoice::from_str(word) {
                outputs.push(place);
                continue;
            }
            let message = format!("'{word}' is no output of alerts");
            let remedy = "syslog, stdout or file:PATH; alerts are always JSON";
            let place = written.outputs.span().start;
            diagnostics.push(problem(name, text, place, "output", message, remedy));
        }
        if written.outputs.get_ref().is_empty() {
            let message = "alerts go nowhere".to_owned();
            let remedy = "outputs = [\"syslog\"]";
            diagnostics.push(problem(name, text, written.outputs.span().start, "output", message, remedy));
        }
        let settings = Self {
            rules: written.rules,
            placeholders: written.placeholders,
            indicators: written.indicators,
            indicators_expire_days: written.indicators_expire_days,
            level,
            outputs,
            same_again_seconds: written.same_again_seconds.unwrap_or(300),
            alerts_per_minute: written.alerts_per_minute.unwrap_or(60),
        };
        (diagnostics.is_empty().then_some(settings), diagnostics)
    }
}

fn text(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("the file is longer than {MAX_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("the file is not UTF-8"))
}

fn problem(
    name: &str,
    text: &str,
    place: usize,
    code: &'static str,
    message: String,
    remedy: &str,
) -> Diagnostic {
    let before = &text[..text.floor_char_boundary(place)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Diagnostic {
        file: name.to_owned(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
        severity: Severity::Error,
        code,
        message,
        remedy: remedy.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_says_everything() {
        let text = "[detection]\nrules = [\"/r\"]\nlevel = \"low\"\noutputs = [\"syslog\", \"file:/a\"]\nalerts_per_minute = 5\n";
        let (settings, diagnostics) = Settings::parse("t.toml", text);
        assert_eq!(diagnostics, []);
        let settings = settings.expect("it is right");
        assert_eq!(settings.rules, [PathBuf::from("/r")]);
        assert_eq!(settings.level, Some(Level::Low));
        assert_eq!(settings.outputs, [Place::Syslog, Place::File(PathBuf::from("/a"))]);
        assert_eq!((settings.same_again_seconds, settings.alerts_per_minute), (300, 5));
        assert!(settings.is_on());
    }

    #[test]
    fn without_a_section_it_is_off() {
        let (settings, diagnostics) = Settings::parse("t.toml", "# nothing\n");
        assert_eq!(diagnostics, []);
        assert!(!settings.expect("it is right").is_on());
    }

    #[test]
    fn what_ships_is_off_and_right_when_it_is_switched_on() {
        let text = include_str!("../../../../packaging/settings/tuxmon.toml");
        let (settings, diagnostics) = Settings::parse("tuxmon.toml", text);
        assert_eq!(diagnostics, []);
        assert_eq!(settings, Some(Settings::default()));
        // Settings have no blank after the sign of comment, words for people have one.
        let on: String = text
            .lines()
            .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        let (settings, diagnostics) = Settings::parse("tuxmon.toml", &on);
        assert_eq!(diagnostics, []);
        assert!(settings.expect("it is right").is_on());
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let (settings, diagnostics) = Settings::parse("t.toml", text);
        assert!(settings.is_none(), "{text}");
        let said = diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(said.starts_with(expected), "{said}");
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        refused(
            "[detection]\noutputs = [\"syslog\"]\nrulez = []\n",
            "t.toml:3:1: error: unknown field `rulez`",
        );
        refused(
            "[detection]\nlevel = \"bad\"\noutputs = [\"syslog\"]\n",
            "t.toml:2:9: error: 'bad' is no level",
        );
        refused("[detection]\noutputs = [\"file:\"]\n", "t.toml:2:11: error: 'file:' is no output of alerts");
        refused("[detection]\noutputs = []\n", "t.toml:2:11: error: alerts go nowhere");
        refused("[detection\n", "t.toml:1:11: error: ");
        refused("[detection]\nrules = [\"/r\"]\n", "t.toml:1:1: error: missing field `outputs`");
    }
}
