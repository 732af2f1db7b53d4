//! Laws of the packages: what can be checked without building them. `scripts/test-packages` checks those in `dist/`.

use std::path::{Path, PathBuf};

use xtask::dist::agent::{self, COMPATIBLE_WITH};
use xtask::dist::contents::{Item, Kind};
use xtask::dist::hunt;

/// Every file of both packages.
fn both() -> impl Iterator<Item = &'static Item> {
    agent::CONTENTS.iter().chain(hunt::CONTENTS)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn contents_are_sorted_and_unique() {
    for contents in [agent::CONTENTS, hunt::CONTENTS] {
        assert!(contents.is_sorted_by(|one, next| one.to < next.to));
    }
}

#[test]
fn contents_exist() {
    for item in both().filter(|item| !matches!(item.kind, Kind::Program | Kind::Notices | Kind::Link)) {
        assert!(root().join(item.from).is_file(), "no {}", item.from);
    }
}

#[test]
fn nothing_is_writable_by_others() {
    for item in both().filter(|item| item.kind != Kind::Link) {
        assert_eq!(item.mode() & 0o022, 0, "{}", item.to);
    }
}

#[test]
fn what_lies_in_etc_is_the_administrators() {
    for item in both() {
        assert_eq!(item.to.starts_with("/etc/"), item.kind == Kind::Configuration, "{}", item.to);
    }
}

#[test]
fn every_manual_page_completion_and_sigma_rule_is_packed() {
    for folder in ["packaging/man", "packaging/completions", "packaging/sigma"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("the folder is there") {
            let name = entry.expect("readable").file_name().into_string().expect("our own name");
            let from = format!("{folder}/{name}");
            assert!(both().any(|item| item.from == from), "{from} is in no package");
        }
    }
}

#[test]
fn every_file_of_the_originals_package_is_replaced() {
    // dpkg ends a package all of whose files another one replaces; decision 16 says why that is our way.
    for path in ["/usr/bin/sysmon", "/usr/share/man/man8/sysmon.8.gz"] {
        assert!(agent::CONTENTS.iter().any(|item| item.to == path), "{path} stays the original's");
    }
}

#[test]
fn what_is_provided_is_what_the_agent_says_it_is() {
    let said = format!("COMPATIBLE_VERSION: &str = \"{COMPATIBLE_WITH}\"");
    assert!(text("crates/pipeline/src/assemble/service_state_change.rs").contains(&said));
}

#[test]
fn scripts_use_no_folder_that_everybody_writes_to() {
    for folder in ["deb", "rpm", "hunt/deb", "hunt/rpm"] {
        for entry in std::fs::read_dir(root().join("packaging").join(folder)).expect("the scripts are there")
        {
            let path = entry.expect("readable").path();
            let script = std::fs::read_to_string(&path).expect("text");
            assert!(!script.contains("/tmp"), "{}", path.display());
        }
    }
}

#[test]
fn troubleshooting_has_every_trouble() {
    let page = text("docs/troubleshooting.md");
    let table = text("crates/pipeline/src/trouble.rs");
    let names: Vec<&str> =
        table.split("        id: \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() >= 14, "the table of troubles is written in another way now");
    for name in names {
        assert!(page.contains(&format!("| `{name}` |")), "docs/troubleshooting.md lacks {name}");
    }
}

#[test]
fn the_packages_have_no_file_in_common() {
    for item in agent::CONTENTS {
        assert!(hunt::CONTENTS.iter().all(|other| other.to != item.to), "{} is in both packages", item.to);
    }
}
