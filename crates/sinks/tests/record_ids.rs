//! Numbers go up by one, outlive the agent, and never come twice.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tuxmon_sinks::{IDS_PER_CYCLE, OpenError, RecordIds};

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("eventId");
    (folder, path)
}

fn open(path: &Path) -> (RecordIds, Option<String>) {
    RecordIds::open(path).expect("a file that can be used")
}

#[test]
fn numbers_start_at_zero_and_go_on_after_an_orderly_end() {
    let (_folder, path) = place();
    for start in [0, 5, 10] {
        let (mut ids, complaint) = open(&path);
        assert_eq!(complaint, None);
        for expected in start..start + 5 {
            assert_eq!(ids.issue().id, expected);
        }
        ids.close().expect("a saved number");
    }
    assert_eq!(std::fs::read(&path).expect("the file"), 15_u64.to_le_bytes(), "as upstream's file");
    assert_eq!(std::fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o600);
}

#[test]
fn no_number_comes_again_after_a_crash() {
    let (folder, path) = place();
    let (mut ids, _) = open(&path);
    let mut last = 0;
    for round in 0..50_000_u64 {
        last = ids.issue().id;
        assert_eq!(last, round);
        if round % 997 == 0 {
            // What a crash at this moment would leave behind.
            let stored = std::fs::read(&path).expect("the file").try_into().expect("eight bytes");
            assert!(u64::from_le_bytes(stored) > last);
        }
    }
    let copy = folder.path().join("copy");
    std::fs::copy(&path, &copy).expect("a copy");
    let (mut after, complaint) = open(&copy);
    assert_eq!(complaint, None);
    let first = after.issue().id;
    assert!(first > last && first - last < 20_000, "{last} then {first}");
    assert!(ids.take_problem().is_none());
}

#[test]
fn numbers_start_over_at_two_to_the_31() {
    let (_folder, path) = place();
    std::fs::write(&path, (IDS_PER_CYCLE - 2).to_le_bytes()).expect("a file");
    let (mut ids, complaint) = open(&path);
    assert_eq!(complaint, None);
    let issued: Vec<_> = (0..4).map(|_| ids.issue()).map(|issued| (issued.id, issued.started_over)).collect();
    assert_eq!(issued, [(IDS_PER_CYCLE - 2, false), (IDS_PER_CYCLE - 1, false), (0, true), (1, false)]);
    ids.close().expect("a saved number");
    assert_eq!(open(&path).0.issue().id, 2);
}

#[test]
fn a_damaged_file_is_said_to_be_one() {
    for (content, start, said) in [
        (&b""[..], 0, None),
        (b"123", 0, Some("3 bytes instead of 8")),
        (b"\x05\0\0\0\0\0\0\0more", 5, Some("12 bytes instead of 8")),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff", 0, Some("no record id below 2^31")),
    ] {
        let (_folder, path) = place();
        std::fs::write(&path, content).expect("a file");
        let (mut ids, complaint) = open(&path);
        assert_eq!(ids.issue().id, start);
        assert_eq!(complaint.is_some(), said.is_some(), "{content:?}");
        assert!(complaint.unwrap_or_default().contains(said.unwrap_or_default()), "{content:?}");
        ids.close().expect("a saved number");
        assert_eq!(open(&path).1.is_some(), content.len() > 8, "repaired where it can be");
    }
}

#[test]
fn only_one_agent_uses_the_file() {
    let (folder, path) = place();
    let (first, _) = open(&path);
    assert!(matches!(RecordIds::open(&path), Err(OpenError::InUse)));
    first.close().expect("a saved number");
    open(&path).0.close().expect("a saved number");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    assert!(matches!(RecordIds::open(&link), Err(OpenError::File(_))));
    assert!(matches!(RecordIds::open(Path::new("/dev/null")), Err(OpenError::NotAFile)));
}

#[test]
fn numbers_without_a_file_count_too() {
    let mut ids = RecordIds::unsaved();
    assert_eq!((ids.issue().id, ids.issue().id), (0, 1));
    ids.close().expect("nothing to save");
}
