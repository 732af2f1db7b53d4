//! Live tests: each does a deed itself, knows the truth about it, and finds exactly the right events in the output of
//! the real agent. docs/testing.md explains them.
//!
//! This program is its own deed program: started as `live deed NAME …` it does the deed of that name, so that a deed
//! has a process of its own whose every event is accounted for. Tests run one after the other, because some of them
//! keep the whole machine busy.

mod agent;
mod deed;
mod expected;
mod laws;
mod process;
mod raw;
mod time;
mod watch;

mod blinding;
mod compat_calls;
mod container;
mod control_groups;
mod degraded;
mod detection;
mod ebpf_event;
mod error_report;
mod file_create;
mod file_delete;
mod filter;
mod gaps;
mod hashes;
mod hunting;
mod identity;
mod network_connect;
mod output;
mod overload;
mod process_access;
mod process_create;
mod process_terminate;
mod raw_access_read;
mod selftest;
mod service_configuration_change;
mod service_state_change;
mod truth;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use crate::deed::Deed;

/// A test: its name within its module, and what it does. It fails by panicking.
#[derive(Clone, Copy)]
pub(crate) struct Test {
    name: &'static str,
    run: fn(),
}

/// A module of tests, with the deeds that only it needs.
struct Chapter {
    stem: &'static str,
    tests: &'static [Test],
    deeds: &'static [Deed],
}

/// Lists functions as tests, each under its own name.
macro_rules! tests {
    ($($test:ident),* $(,)?) => {
        pub(crate) const TESTS: &[$crate::Test] = &[$($crate::Test { name: stringify!($test), run: $test }),*];
    };
}
pub(crate) use tests;

macro_rules! chapters {
    ($($stem:ident),* $(,)?) => {
        &[$(Chapter { stem: stringify!($stem), tests: $stem::TESTS, deeds: $stem::DEEDS }),*]
    };
}

const CHAPTERS: &[Chapter] = chapters![
    process_create,
    process_terminate,
    identity,
    network_connect,
    file_create,
    file_delete,
    filter,
    compat_calls,
    degraded,
    raw_access_read,
    process_access,
    ebpf_event,
    service_state_change,
    service_configuration_change,
    error_report,
    hashes,
    output,
    container,
    overload,
    truth,
    gaps,
    selftest,
    blinding,
    control_groups,
    detection,
    hunting,
];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|word| word == "deed") {
        let deeds = CHAPTERS.iter().flat_map(|chapter| chapter.deeds).chain(deed::DEEDS);
        return deed::perform_named(deeds, &arguments[2..]);
    }
    run_tests()
}

fn run_tests() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let obstacle = obstacle();
    let only = std::env::var("TUXMON_ONLY").unwrap_or_default();
    let only: Vec<&str> = only.split_whitespace().collect();
    let trials: Vec<Trial> = CHAPTERS
        .iter()
        .flat_map(|chapter| chapter.tests.iter().map(move |test| (chapter.stem, *test)))
        .filter(|(stem, test)| only.is_empty() || only.contains(&&*format!("{stem}::{}", test.name)))
        .map(|(stem, test)| trial(stem, test, obstacle))
        .collect();
    assert!(only.is_empty() || trials.len() == only.len(), "a name in TUXMON_ONLY is no test's: {only:?}");
    let conclusion = libtest_mimic::run(&arguments, trials);
    agent::stop_shared();
    deed::clean_up();
    conclusion.exit_code()
}

fn trial(stem: &str, test: Test, obstacle: Option<&'static str>) -> Trial {
    let name = format!("{stem}::{}", test.name);
    Trial::test(name.clone(), move || {
        match obstacle {
            Some(reason) => println!("SKIP {name}: {reason}"),
            None => (test.run)(),
        }
        Ok(())
    })
}

/// Why no live test can run here.
fn obstacle() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return Some("not root: the agent loads programs into the kernel");
    }
    if !Path::new("/sys/kernel/btf/vmlinux").exists() && std::env::var_os("TUXMON_BTF").is_none() {
        return Some("this kernel has no BTF (/sys/kernel/btf/vmlinux), and TUXMON_BTF names no file of it");
    }
    None
}
