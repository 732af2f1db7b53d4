//! Every remark that a configuration can earn, in `tests/config_errors`: `NAME.xml` is the file,
//! `NAME.txt` what we say about it. `UPDATE_EXPECT=1` writes the texts anew; read them.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use tuxmon_config::{CODES, Config, MAX_BYTES, dump};
use tuxmon_diag::Diagnostic;

/// These need files that nobody wants to read; the tests below make them.
const MADE: [&str; 4] = ["too-deep", "too-large", "too-many-diagnostics", "too-many-elements"];

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/config_errors");
    let entries = std::fs::read_dir(folder).expect("the folder of the cases");
    let mut cases: Vec<_> = entries.map(|entry| entry.expect("a case").path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    cases.sort();
    cases
}

fn told(path: &Path) -> String {
    let bytes = std::fs::read(path).expect("a readable case");
    let name = path.file_name().expect("a case is a file").to_string_lossy();
    let (config, diagnostics) = Config::parse(&bytes, &name);
    let mut text = String::new();
    for diagnostic in &diagnostics {
        let _ = writeln!(text, "{diagnostic}");
    }
    match config {
        Some(config) => text + "\nRules:\n" + &dump(&config),
        None => text + "\nRefused.\n",
    }
}

#[test]
fn each_case_earns_its_remarks() {
    for path in cases() {
        expect_test::expect_file![path.with_extension("txt")].assert_eq(&told(&path));
    }
}

#[test]
fn each_code_has_a_case() {
    let names: Vec<_> = cases().iter().map(|path| path.with_extension("")).collect();
    for code in CODES {
        let case = names.iter().find(|name| name.ends_with(code.name));
        match case {
            Some(case) => {
                assert!(told(&case.with_extension("xml")).contains(&format!("[{}]", code.name)), "{case:?}");
            }
            None => assert!(MADE.contains(&code.name), "no case for {}", code.name),
        }
    }
}

#[track_caller]
fn is_refused(bytes: &[u8], code: &str) -> Vec<Diagnostic> {
    let (config, diagnostics) = Config::parse(bytes, "made.xml");
    assert!(config.is_none(), "it loads");
    assert!(diagnostics.iter().any(|one| one.code == code), "{diagnostics:?}");
    diagnostics
}

#[test]
fn what_is_too_much_is_refused() {
    is_refused(&vec![b' '; MAX_BYTES + 1], "too-large");
    is_refused(&b"<a>".repeat(100_000), "too-deep");
    is_refused(
        &[&b"<Sysmon schemaversion='4.90'>"[..], &b"<a/>".repeat(200_000)].concat(),
        "too-many-elements",
    );
}

#[test]
fn remarks_end_somewhere() {
    let body = b"<Image condition='ends with'/>".repeat(20_000);
    let begin = b"<Sysmon schemaversion='4.90'><EventFiltering><ProcessCreate onmatch='include'>";
    let end = b"</ProcessCreate></EventFiltering></Sysmon>";
    let (config, diagnostics) = Config::parse(&[&begin[..], &body, end].concat(), "made.xml");
    assert!(config.is_some());
    assert_eq!(diagnostics.len(), 1000);
    assert_eq!(diagnostics.last().map(|one| one.code), Some("too-many-diagnostics"));
}
