//! `tuxmon check` as people run it.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/config_errors").join(name)
}

fn check(arguments: &[&str], file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tuxmon"))
        .arg("check")
        .args(arguments)
        .arg(file)
        .output()
        .expect("the program runs")
}

#[test]
fn exit_codes_say_what_became_of_the_file() {
    let code = |arguments: &[&str], name| check(arguments, &case(name)).status.code();
    assert_eq!(code(&[], "unknown-condition.xml"), Some(0));
    assert_eq!(code(&["--strict"], "unknown-condition.xml"), Some(1));
    assert_eq!(code(&[], "schema-invalid.xml"), Some(87));
    assert_eq!(code(&["--strict"], "schema-invalid.xml"), Some(87));
    assert_eq!(code(&[], "there-is-no-such-file.xml"), Some(87));
}

#[test]
fn remarks_begin_with_their_place() {
    let file = case("unknown-condition.xml");
    let output = check(&[], &file);
    let told = String::from_utf8(output.stderr).expect("remarks are UTF-8");
    assert!(
        told.starts_with(&format!("{}:6:16: warning: Unknown condition: being with", file.display())),
        "{told}"
    );
    assert!(!told.contains('\x1b'), "no colours into a pipe");
    assert!(output.stdout.is_empty());
}

#[test]
fn json_holds_the_same_remarks() {
    let output = check(&["--json"], &case("unknown-condition.xml"));
    let remarks: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(remarks.as_array().map(Vec::len), Some(4));
    assert_eq!(remarks[0]["line"], 6);
    assert_eq!(remarks[0]["severity"], "warning");
    assert_eq!(remarks[0]["code"], "unknown-condition");
    assert_eq!(remarks[0]["remedy"], "did you mean 'begin with'?");
    assert_eq!(check(&["--json"], &case("schema-invalid.xml")).status.code(), Some(87));
}

#[test]
fn the_dump_stands_alone_on_the_standard_output() {
    let output = check(&["--dump"], &case("unknown-condition.xml"));
    let dump = String::from_utf8(output.stdout).expect("the dump is UTF-8");
    assert!(dump.starts_with("Rule configuration (version 4.90):\n - ProcessCreate "), "{dump}");
}

#[test]
fn a_huge_file_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("huge.xml");
    let mut file = std::fs::File::create(&path).expect("a file in the temporary folder");
    file.write_all(b"<Sysmon schemaversion=\"4.90\">").expect("it can be written");
    file.seek(SeekFrom::Start(100 << 20)).expect("a sparse file");
    file.write_all(b"</Sysmon>").expect("it can be written");
    let begin = Instant::now();
    let output = check(&[], &path);
    assert_eq!(output.status.code(), Some(87));
    assert!(String::from_utf8_lossy(&output.stderr).contains("[too-large]"));
    assert!(begin.elapsed() < Duration::from_secs(5), "it took {:?}", begin.elapsed());
}
