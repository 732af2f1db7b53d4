//! The configuration that a command line names: read, judged, and what is said about it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use tuxmon_config::{Config, MAX_BYTES};
use tuxmon_diag::{Diagnostic, Severity};
use tuxmon_event::SCHEMA_VERSION;

use super::console;

/// A configuration that loads.
pub(crate) struct Loaded {
    /// The file as it was when it was judged: this is what gets stored, whatever happens to the file since.
    pub(crate) bytes: Vec<u8>,
    /// What it says.
    pub(crate) config: Config,
}

/// Why there is no configuration; it has been said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It could not be read.
    Unreadable,
    /// What it says cannot be used.
    Content,
}

/// Reads and judges a file. The original's messages go to standard output; ours, with place and remedy, to standard
/// error.
pub(crate) fn load(file: &OsStr) -> Result<Loaded, Refused> {
    let name = file.to_string_lossy();
    let bytes = read(file).map_err(|error| {
        console::say(&format!("Error: Failed to open xml configuration: {name} ({})", reason(&error)));
        Refused::Unreadable
    })?;
    let (config, remarks) = Config::parse(&bytes, &name);
    if let Some(config) = &config {
        console::say(&format!("Loading configuration file with schema version {}", config.schema_version));
        if config.schema_version.to_string() != SCHEMA_VERSION {
            console::say(&format!("Sysmon schema version: {SCHEMA_VERSION}"));
        }
        console::say("Configuration file validated.");
    } else {
        say_errors(&remarks, &bytes, &name);
    }
    for remark in &remarks {
        console::note(&remark.to_string());
    }
    config.map(|config| Loaded { bytes, config }).ok_or(Refused::Content)
}

fn read(file: &OsStr) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One more byte than is allowed, so that the reader of the configuration can say that it is too long.
    File::open(file)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The system's words, without the number that Rust puts behind them.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error ").next().unwrap_or(&text).to_owned()
}

fn say_errors(remarks: &[Diagnostic], bytes: &[u8], name: &str) {
    let errors = remarks.iter().filter(|remark| remark.severity == Severity::Error);
    // What follows the first error of the XML is a consequence of it, and the original stops there.
    let mut said = Vec::new();
    for error in errors {
        let message = original_message(error, bytes, name);
        if !said.contains(&message) {
            console::say(&message);
            said.push(message);
        }
    }
}

/// What the original says about such an error; scripts look for these texts.
///
/// Compat: xml.cpp, parsecommandline.c — the texts in parentheses are those of its XML parser.
fn original_message(error: &Diagnostic, bytes: &[u8], name: &str) -> String {
    let parser = |text: &str, at: usize| {
        format!("Error: Failed to load or parse xml configuration: {name} ({text} at offset {at})")
    };
    let here = offset(error, bytes);
    match error.code {
        "no-sysmon" => format!("Error: Failed to find Sysmon tag in configuration: {name}"),
        "schema-invalid" => format!("Error: {}  for configuration: {name}", error.message),
        "schema-unsupported" => format!("Error: {}", error.message),
        "too-much-white-space" => "Error: Too much white space".to_owned(),
        "hash-algorithm" | "field-sizes" => error.message.clone(),
        "no-element" => parser("No document element found", bytes.len()),
        "xml-attribute" => parser("Error parsing element attribute", here),
        "xml-mismatch" => parser("Start-end tags mismatch", here),
        "xml-tag" => parser("Error parsing start element tag", here),
        "xml-unfinished" => parser("Start-end tags mismatch", bytes.len()),
        _ => format!("Error: Failed to load or parse xml configuration: {name} ({})", error.message),
    }
}

/// The place of an error as an offset; good enough for people, nobody computes with it.
fn offset(error: &Diagnostic, bytes: &[u8]) -> usize {
    let line = usize::try_from(error.line).unwrap_or(1).saturating_sub(1);
    let before: usize = bytes.split_inclusive(|byte| *byte == b'\n').take(line).map(<[u8]>::len).sum();
    before + usize::try_from(error.column).unwrap_or(1).saturating_sub(1)
}
