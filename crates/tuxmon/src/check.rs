//! `tuxmon check`: what is wrong with a configuration, before it decides what is recorded.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tuxmon_config::{Config, MAX_BYTES, dump};
use tuxmon_diag::{Diagnostic, Severity, Style};

/// Sysmon's exit code for a refused configuration, ERROR_INVALID_PARAMETER.
pub(crate) const REFUSED: u8 = 87;

/// Check configurations and say what is wrong with them
///
/// Every remark names file, line and column, says what follows from it, and what to write instead.
/// An error refuses the configuration; with a warning it loads, but something in it does not do what
/// it seems to say.
#[derive(clap::Args)]
#[command(after_help = "\
Exit code: 0 when every file loads, 1 when one has warnings and --strict is given, 87 when one is refused.

Examples:
  tuxmon check rules.xml                       remarks like a compiler's, for people and editors
  tuxmon check --strict rules/*.xml            for a build: warnings fail it
  tuxmon check --json rules.xml                a JSON array of the remarks
  tuxmon check --dump rules.xml                the rules in force, as `sysmon -c` prints them")]
pub(crate) struct Args {
    /// Configurations to check; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Warnings count: exit with 1 when there are any
    #[arg(long)]
    strict: bool,

    /// Print the remarks as a JSON array on the standard output
    #[arg(long, conflicts_with = "dump")]
    json: bool,

    /// Print the rules of each file that loads, as `sysmon -c` would after loading it
    #[arg(long)]
    dump: bool,
}

/// Checks the files.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let mut all = Vec::new();
    for file in &args.files {
        let (config, diagnostics) = read(file);
        if !args.json {
            print(&diagnostics)?;
            eprintln!("{}: {}", file.display(), summary(config.is_some(), &diagnostics));
        }
        if let Some(config) = config.filter(|_| args.dump) {
            out.write_all(dump(&config).as_bytes())?;
        }
        all.extend(diagnostics);
    }
    if args.json {
        write_json(&all, &mut out)?;
    }
    out.flush()?;
    Ok(ExitCode::from(exit_code(&all, args.strict)))
}

fn exit_code(diagnostics: &[Diagnostic], strict: bool) -> u8 {
    if tuxmon_diag::refuses(diagnostics) { REFUSED } else { u8::from(strict && !diagnostics.is_empty()) }
}

/// Reads a configuration; a file that cannot be read is refused with the reason.
pub(crate) fn read(file: &Path) -> (Option<Config>, Vec<Diagnostic>) {
    let name = file.to_string_lossy();
    match bytes(file) {
        Ok(bytes) => Config::parse(&bytes, &name),
        Err(error) => {
            let message = format!("Failed to open xml configuration: {error}");
            let place = Diagnostic {
                file: name.into_owned(),
                line: 1,
                column: 1,
                severity: Severity::Error,
                code: "unreadable",
                message,
                remedy: "check its path and permissions".to_owned(),
            };
            (None, vec![place])
        }
    }
}

/// Never takes more than one byte over the longest configuration: that one refuses it.
pub(crate) fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    if file.as_os_str() == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Prints remarks for a person, in colours only on a terminal.
pub(crate) fn print(diagnostics: &[Diagnostic]) -> io::Result<()> {
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let style = if colours { Style::Coloured } else { Style::Plain };
    let mut out = io::BufWriter::new(io::stderr().lock());
    for diagnostic in diagnostics {
        writeln!(out, "{}", diagnostic.render(style))?;
    }
    out.flush()
}

fn summary(loads: bool, diagnostics: &[Diagnostic]) -> String {
    let count = |severity, word: &str| {
        let count = diagnostics.iter().filter(|one| one.severity == severity).count();
        format!("{count} {word}{}", if count == 1 { "" } else { "s" })
    };
    match (loads, diagnostics) {
        (true, []) => "loads".to_owned(),
        (true, _) => format!("loads, {}", count(Severity::Warning, "warning")),
        (false, _) => {
            format!("refused, {}, {}", count(Severity::Error, "error"), count(Severity::Warning, "warning"))
        }
    }
}

/// One remark on a line, so that the array is also readable.
fn write_json(diagnostics: &[Diagnostic], out: &mut impl Write) -> anyhow::Result<()> {
    out.write_all(b"[")?;
    for (place, diagnostic) in diagnostics.iter().enumerate() {
        out.write_all(if place == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, diagnostic)?;
    }
    out.write_all(if diagnostics.is_empty() { b"]\n" } else { b"\n]\n" })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remark(severity: Severity) -> Diagnostic {
        Diagnostic {
            file: "f".to_owned(),
            line: 1,
            column: 1,
            severity,
            code: "c",
            message: "m".to_owned(),
            remedy: String::new(),
        }
    }

    #[test]
    fn exit_codes_are_those_of_the_help() {
        let (warning, error) = (remark(Severity::Warning), remark(Severity::Error));
        assert_eq!(exit_code(&[], true), 0);
        assert_eq!(exit_code(std::slice::from_ref(&warning), false), 0);
        assert_eq!(exit_code(std::slice::from_ref(&warning), true), 1);
        assert_eq!(exit_code(&[warning, error], false), REFUSED);
    }

    #[test]
    fn json_is_an_array_however_long() {
        for count in 0..3 {
            let mut out = Vec::new();
            write_json(&vec![remark(Severity::Error); count], &mut out).expect("a Vec takes everything");
            let read: serde_json::Value = serde_json::from_slice(&out).expect("it is JSON");
            assert_eq!(read.as_array().map(Vec::len), Some(count));
        }
    }

    #[test]
    fn a_missing_file_is_refused() {
        let (config, diagnostics) = read(Path::new("/nonexistent/rules.xml"));
        assert!(config.is_none() && tuxmon_diag::refuses(&diagnostics));
    }
}
