//! How many instructions the line takes for a record, held against what is written down.
//!
//! Times differ from run to run and from machine to machine, instructions hardly: recordings of the benchmark's workloads
//! go through the line under valgrind's callgrind, and what a record takes may be a tenth more than
//! `benches/replay/budget.toml` says. Who makes the line cheaper, or knows why it has to be dearer, writes the file anew
//! with `UPDATE_EXPECT=1 cargo test -p xtask --test budget`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How much dearer a record may be than the budget says.
const ALLOWED: f64 = 1.10;
/// Below this the budget is so far off that it protects nothing.
const STALE: f64 = 0.75;

/// Instructions of a record, by recording.
type Budget = BTreeMap<String, u64>;

#[test]
fn a_record_takes_no_more_instructions_than_before() {
    let Some(valgrind) = valgrind() else {
        println!("SKIP no valgrind here, so that nothing counts instructions (apt install valgrind)");
        return;
    };
    if cfg!(not(target_arch = "x86_64")) {
        println!("SKIP the budget was counted on x86_64");
        return;
    }
    let program = build();
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().join("empty.wire");
    fs::write(&empty, "").expect("it is ours");
    let idle = count(&valgrind, &program, &empty, folder.path());
    let mut measured = Budget::new();
    for (name, packed) in recordings() {
        let stream = unpack(&packed, folder.path());
        let instructions = count(&valgrind, &program, &stream, folder.path()) - idle;
        measured.insert(name, instructions / records(&stream));
    }
    let file = streams().join("budget.toml");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&file, written(&measured)).expect("it is ours");
    }
    let budget: Budget =
        toml::from_str(&fs::read_to_string(&file).expect("it is there")).expect("it is TOML");
    assert_eq!(budget.keys().collect::<Vec<_>>(), measured.keys().collect::<Vec<_>>());
    let mut over = Vec::new();
    for (name, now) in &measured {
        let ratio = *now as f64 / budget[name] as f64;
        println!("{name}: {now} instructions a record, {ratio:.3} of the budget");
        if !(STALE..=ALLOWED).contains(&ratio) {
            over.push(format!("{name}: {now} instructions a record, the budget says {}", budget[name]));
        }
    }
    assert!(
        over.is_empty(),
        "{}\nIf that is meant: UPDATE_EXPECT=1 cargo test -p xtask --test budget, and say why in the commit",
        over.join("\n")
    );
}

fn streams() -> PathBuf {
    root().join("benches/replay")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root").to_owned()
}

fn valgrind() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("valgrind")).find(|file| file.exists())
}

/// The program as the budget counts it: optimised, without the link-time work that takes minutes.
fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["build", "--profile", "budget", "--locked", "--package", "tuxmon"];
    let output = Command::new(cargo).current_dir(root()).args(arguments).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("budget/tuxmon")
}

/// Names and files of the committed recordings.
fn recordings() -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(streams()).expect("benches/replay is there");
    let mut found: Vec<(String, PathBuf)> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_suffix(".wire.gz")?.to_owned();
            Some((name, path))
        })
        .collect();
    found.sort();
    assert!(!found.is_empty(), "benches/replay holds no recording");
    found
}

fn unpack(packed: &Path, folder: &Path) -> PathBuf {
    let output = Command::new("gzip").arg("-dc").arg(packed).output().expect("gzip is everywhere");
    assert!(output.status.success(), "{} cannot be unpacked", packed.display());
    let stream = folder.join(packed.file_stem().expect("it has a name"));
    fs::write(&stream, output.stdout).expect("it is ours");
    stream
}

/// Records of a stream: each stands after its length.
fn records(stream: &Path) -> u64 {
    let bytes = fs::read(stream).expect("it is ours");
    let (mut rest, mut count) = (&bytes[..], 0);
    while let Some((length, body)) = rest.split_first_chunk::<4>() {
        rest = &body[u32::from_ne_bytes(*length) as usize..];
        count += 1;
    }
    count
}

/// All instructions of a replay to a file.
fn count(valgrind: &Path, program: &Path, stream: &Path, folder: &Path) -> u64 {
    let (profile, lines) = (folder.join("profile"), folder.join("lines.xml"));
    let status = Command::new(valgrind)
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(program)
        .args(["replay", "--until", "output", "--output"])
        .arg(format!("file:{}", lines.display()))
        .arg("--config")
        .arg(root().join("packaging/config/default.xml"))
        .arg(stream)
        .stdout(Stdio::null())
        .status()
        .expect("valgrind runs");
    assert!(status.success(), "the replay fails under valgrind");
    let _ = fs::remove_file(lines);
    let text = fs::read_to_string(profile).expect("callgrind has written it");
    let total =
        text.lines().find_map(|line| line.strip_prefix("summary: ").or(line.strip_prefix("totals: ")));
    total.and_then(|total| total.trim().parse().ok()).expect("callgrind tells the sum")
}

fn written(budget: &Budget) -> String {
    let mut text =
        "# Instructions of a record from its bytes to the file, by recording: see xtask/tests/budget.rs.\n"
            .to_owned();
    for (name, instructions) in budget {
        writeln!(text, "{name} = {instructions}").expect("writing to a String cannot fail");
    }
    text
}
