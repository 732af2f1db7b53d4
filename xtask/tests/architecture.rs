//! The laws of ARCHITECTURE.md that a compiler does not know: who may depend on whom, where there is no IO and no
//! `unsafe`, how files are called and how long they get, and that the documents speak of things that exist.
//!
//! A test that fails here is a question, not an obstacle: a new edge between crates, or a new dependency of a crate that
//! does no IO, is an architectural change. Make it in the table below, with its reason in the commit message.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What one crate may know of the others.
struct Room {
    name: &'static str,
    /// Does no IO and reads no clock: a value goes in, a value and diagnostics come out.
    pure: bool,
    /// The crates of ours that it may use; tests may use more.
    may_use: &'static [&'static str],
}

/// Every crate of the agent, from those that know nothing to the one that knows all.
const ROOMS: &[Room] = &[
    Room { name: "diag", pure: true, may_use: &[] },
    Room { name: "event", pure: true, may_use: &[] },
    Room { name: "wire", pure: true, may_use: &[] },
    Room { name: "config", pure: true, may_use: &["diag", "event"] },
    Room { name: "rules", pure: true, may_use: &["config", "event"] },
    Room { name: "render", pure: true, may_use: &["event"] },
    Room { name: "reader", pure: true, may_use: &["event", "render"] },
    Room { name: "sigma", pure: true, may_use: &["diag", "event"] },
    Room { name: "intel", pure: true, may_use: &["diag", "event"] },
    Room { name: "detect", pure: true, may_use: &["event", "intel", "sigma"] },
    Room { name: "view", pure: true, may_use: &["config", "event", "reader", "render", "rules"] },
    Room { name: "host", pure: false, may_use: &["event", "wire"] },
    Room { name: "input", pure: false, may_use: &[] },
    Room { name: "fetch", pure: false, may_use: &[] },
    // For tests and benchmarks alone: nobody may use it in what is shipped.
    Room { name: "testing", pure: false, may_use: &[] },
    Room { name: "sensor", pure: false, may_use: &["wire"] },
    Room { name: "sinks", pure: false, may_use: &["event"] },
    Room { name: "pipeline", pure: false, may_use: &["config", "event", "host", "rules", "wire"] },
    Room {
        name: "tuxmon",
        pure: false,
        may_use: &[
            "config", "detect", "diag", "event", "host", "input", "intel", "pipeline", "reader", "render",
            "rules", "sensor", "sigma", "sinks", "view", "wire",
        ],
    },
    Room {
        name: "hunt",
        pure: false,
        may_use: &["detect", "diag", "event", "fetch", "input", "intel", "reader", "sigma", "view"],
    },
];

/// Libraries that a crate without IO may use: they compute, and do nothing else.
const PURE_LIBRARIES: &[&str] = &[
    "aho-corasick",
    "anstyle",
    "csv-core",
    "itoa",
    "jiff",
    "memchr",
    "quick-xml",
    "regex",
    "saphyr-parser",
    "serde",
    "serde_json",
    "thiserror",
];

/// Words that only appear where the world is touched.
const IO: &[&str] = &[
    "std::env",
    "std::fs",
    "std::process",
    "std::thread",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "Instant::now",
    "SystemTime::now",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "UnixDatagram",
    "UnixStream",
    "print!(",
    "println!(",
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] =
    &["utils", "util", "helpers", "helper", "common", "manager", "handler", "misc", "data", "info"];

/// The longest source file, in lines; generated tables are exempt.
const LONGEST_FILE: usize = 800;

/// Folders that are not ours, or not sources.
const NOT_SOURCES: &[&str] = &["target", ".git", "node_modules", "generated", "corpus", "artifacts"];

#[test]
fn every_crate_has_its_place_in_the_table() {
    let on_disk: BTreeSet<String> =
        entries(&root().join("crates")).iter().map(|path| file_name(path)).collect();
    let in_table: BTreeSet<String> = ROOMS.iter().map(|room| room.name.to_owned()).collect();
    assert_eq!(on_disk, in_table, "left: crates/, right: the table in xtask/tests/architecture.rs");
}

#[test]
fn dependencies_point_one_way() {
    for room in ROOMS {
        let used = dependencies(room.name)
            .into_iter()
            .filter_map(|name| Some(name.strip_prefix("tuxmon-")?.to_owned()));
        for other in used {
            assert!(room.may_use.contains(&other.as_str()), "crates/{}: must not use {other}", room.name);
        }
    }
}

#[test]
fn a_crate_without_io_uses_no_library_with_io() {
    for room in ROOMS.iter().filter(|room| room.pure) {
        for name in dependencies(room.name).iter().filter(|name| !name.starts_with("tuxmon-")) {
            assert!(
                PURE_LIBRARIES.contains(&name.as_str()),
                "crates/{}: {name} is not known to do no IO",
                room.name
            );
        }
    }
}

#[test]
fn a_crate_without_io_does_none() {
    let mut found = Vec::new();
    for room in ROOMS.iter().filter(|room| room.pure) {
        for path in files_below(&root().join("crates").join(room.name).join("src"), "rs") {
            for (number, line) in shipped_lines(&path) {
                found.extend(
                    IO.iter().filter(|word| line.contains(**word)).map(|word| place(&path, number, word)),
                );
            }
        }
    }
    assert!(found.is_empty(), "crates that must do no IO:\n{}", found.join("\n"));
}

#[test]
fn only_the_sensor_says_unsafe() {
    for room in ROOMS {
        let manifest = manifest(room.name);
        let inherits =
            manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
        assert!(
            inherits == Some(true) || room.name == "sensor",
            "crates/{}: must inherit the lints",
            room.name
        );
    }
    let mut found = Vec::new();
    for path in files_below(&root().join("crates"), "rs") {
        if path.starts_with(root().join("crates/sensor")) {
            continue;
        }
        for (number, line) in text(&path).lines().enumerate() {
            if line.contains("(unsafe_code)") {
                found.push(place(&path, number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "only crates/sensor may contain unsafe code:\n{}", found.join("\n"));
}

#[test]
fn files_fit_in_a_readers_head() {
    let mut found = Vec::new();
    for path in sources() {
        let lines = text(&path).lines().count();
        if lines > LONGEST_FILE && !file_name(&path).starts_with("generated") {
            found.push(format!("{}: {lines} lines", short(&path)));
        }
    }
    assert!(found.is_empty(), "longer than {LONGEST_FILE} lines:\n{}", found.join("\n"));
}

#[test]
fn names_say_what_is_inside() {
    for path in sources() {
        let parts: Vec<_> =
            path.strip_prefix(root()).expect("below the root").iter().map(Path::new).collect();
        for part in parts {
            let stem = part.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            assert!(!EMPTY_NAMES.contains(&stem.as_str()), "{}: `{stem}` names nothing", short(&path));
        }
    }
}

#[test]
fn every_crate_says_what_it_is() {
    for room in ROOMS {
        let folder = root().join("crates").join(room.name).join("src");
        let main = ["lib.rs", "main.rs"].map(|name| folder.join(name)).into_iter().find(|path| path.exists());
        let main = main.unwrap_or_else(|| panic!("crates/{}: no lib.rs or main.rs", room.name));
        assert!(
            text(&main).starts_with("//! "),
            "{}: begins with what the crate is, and what it must never do",
            short(&main)
        );
    }
}

#[test]
fn documents_point_at_things_that_exist() {
    let mut found = Vec::new();
    for path in files_below(&root(), "md") {
        let folder = path.parent().expect("a file has a folder");
        for (number, line) in text(&path).lines().enumerate() {
            let dead = links(line).into_iter().filter(|link| !folder.join(link).exists());
            found.extend(dead.map(|link| place(&path, number + 1, &format!("no such file: {link}"))));
            let dead = paths_in_backticks(line)
                .into_iter()
                .filter(|named| !is_made(named) && !root().join(named).exists());
            found.extend(dead.map(|named| place(&path, number + 1, &format!("no such path: {named}"))));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn documents_name_targets_that_make_knows() {
    let makefile = text(&root().join("Makefile"));
    let mut found = Vec::new();
    for path in files_below(&root(), "md") {
        for (number, line) in text(&path).lines().enumerate() {
            for word in line.split("`make ").skip(1).filter_map(|rest| rest.split(['`', ' ']).next()) {
                if !makefile.lines().any(|rule| rule.starts_with(&format!("{word}:"))) {
                    found.push(place(&path, number + 1, &format!("the Makefile has no target {word}")));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_page_is_in_the_index() {
    let index = text(&root().join("docs/README.md")) + &text(&root().join("docs/compat.md"));
    for path in files_below(&root().join("docs"), "md") {
        let name = path.strip_prefix(root().join("docs")).expect("below docs").display().to_string();
        assert!(
            name == "README.md" || index.contains(&format!("]({name})")),
            "docs/README.md does not lead to {name}"
        );
    }
}

#[test]
fn every_difference_from_the_original_names_a_test() {
    let tests: String = files_below(&root(), "rs").iter().map(|path| text(path)).collect();
    let exists = |name: &str| {
        let files = [root().join(name), root().join("tests/config_errors").join(name)];
        tests.contains(&format!("fn {name}(")) || files.iter().any(|path| path.exists())
    };
    let mut found = Vec::new();
    for path in files_below(&root().join("docs/compat.d"), "md") {
        for (number, cell) in last_cells(&text(&path), "test") {
            let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
            if names.is_empty() {
                found.push(place(&path, number, "a difference without a test"));
            }
            let missing = names.into_iter().filter(|name| !exists(name));
            found.extend(missing.map(|name| place(&path, number, &format!("no such test: {name}"))));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The last cells of the rows below each header of a Markdown table whose last cell is `title`, with their lines.
fn last_cells<'a>(page: &'a str, title: &str) -> Vec<(usize, &'a str)> {
    let mut cells = Vec::new();
    let mut wanted = false;
    for (index, line) in page.lines().enumerate() {
        let Some(cell) = line.strip_suffix('|').and_then(|row| row.rsplit('|').next()).map(str::trim) else {
            wanted = false;
            continue;
        };
        if cell == title {
            wanted = true;
        } else if wanted && cell != "---" {
            cells.push((index + 1, cell));
        }
    }
    cells
}

/// The targets of Markdown links in `line` that lead to a file of this repository.
fn links(line: &str) -> Vec<&str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    targets.filter(|target| !target.is_empty() && !target.contains("://")).collect()
}

/// Whether a part of a path is a word like NAME, for which the reader is to put one.
fn stands_for_any(part: &str) -> bool {
    part != "LICENSE" && part.len() > 2 && part.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether a path is one that our tools make and git ignores.
fn is_made(path: &str) -> bool {
    text(&root().join(".gitignore")).lines().any(|made| path.starts_with(made.trim_start_matches('/')))
}

/// The words in backticks in `line` that look like a path from the root of the repository.
fn paths_in_backticks(line: &str) -> Vec<&str> {
    let tops = [
        "crates/",
        "bpf/",
        "schema/",
        "docs/",
        "tests/",
        "packaging/",
        "scripts/",
        "xtask/",
        "fuzz/",
        "benches/",
    ];
    let words = line.split('`').skip(1).step_by(2);
    let plain = |word: &&str| {
        !word.contains(['<', '*', '…', ' ', '{', ':']) && !word.split(['/', '.']).any(stands_for_any)
    };
    words.filter(plain).filter(|word| tops.iter().any(|top| word.starts_with(top))).collect()
}

/// The lines of a source file that are part of the program: all up to the tests at its end, without comments.
fn shipped_lines(path: &Path) -> Vec<(usize, String)> {
    if file_name(path).starts_with("tests") || path.iter().any(|part| part == "tests") {
        return Vec::new();
    }
    let text = text(path);
    let program = text.lines().enumerate().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
    let code = program.filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.map(|(index, line)| (index + 1, line.to_owned())).collect()
}

/// The names in the `[dependencies]` of crates/`name`.
fn dependencies(name: &str) -> Vec<String> {
    let manifest = manifest(name);
    let table = manifest.get("dependencies").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    table.keys().cloned().collect()
}

fn manifest(name: &str) -> toml::Table {
    let path = root().join("crates").join(name).join("Cargo.toml");
    text(&path).parse().unwrap_or_else(|error| panic!("{}: {error}", short(&path)))
}

/// All sources of ours, in every language.
fn sources() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for extension in ["rs", "c", "h", "ts"] {
        all.extend(files_below(&root(), extension));
    }
    all
}

/// The files below `folder` with this extension, sorted, without what is not ours.
fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() && !NOT_SOURCES.contains(&file_name(&path).as_str()) {
            found.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", short(folder)));
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    paths
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", short(path)))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root").to_owned()
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn place(path: &Path, line: usize, what: &str) -> String {
    format!("{}:{line}: {what}", short(path))
}
