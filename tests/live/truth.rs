//! Ground truth: scripts of deeds that write down what they did, held against what was logged.
//!
//! Each case runs in a process of its own and tells, deed by deed, when it did what, as which process, and with what
//! result ([`script`]). All cases are played first, then what was logged is compared ([`account`]) and counted by event
//! and field ([`score`]). What this kernel cannot tell stands in [`exceptions`], with its reason; any other difference
//! fails. `cargo xtask coverage` makes docs/coverage.md of the result.

mod account;
mod case;
mod exceptions;
mod files;
mod network;
mod places;
mod programs;
mod rewriters;
mod score;
mod script;
mod uring;

use std::ffi::{OsStr, OsString};

use anyhow::Context;
use tuxmon_reader::ReadEvent;

use crate::agent;
use crate::deed::{self, Deed, Doing, Folder};
use crate::tests;
use crate::time::now;
use crate::truth::account::Account;
use crate::truth::case::Case;
use crate::truth::exceptions::Hooks;
use crate::truth::score::Score;
use crate::truth::script::{Said, Script};
use crate::watch::is_of_a_busy_machine;

tests![what_was_done_was_logged];

pub(crate) const DEEDS: &[Deed] = &[Deed { name: "truth", run: play }];

fn cases() -> impl Iterator<Item = &'static Case> {
    [files::CASES, network::CASES, uring::CASES, programs::CASES, places::CASES, rewriters::CASES]
        .into_iter()
        .flatten()
}

/// Plays the case that the first word names in the folder that the second names.
fn play(arguments: &[OsString]) -> anyhow::Result<()> {
    let [name, folder] = arguments else { anyhow::bail!("which case, in which folder?") };
    let case = cases().find(|case| name == case.name).context("no case is called so")?;
    let mut script = Script::new(folder.into());
    (case.act)(&mut script)?;
    script.end()
}

fn what_was_done_was_logged() {
    let mut watch = agent::watch();
    let played: Vec<Account> = cases().map(perform).collect();
    println!("everything is played");
    watch.settle();
    let pids = played.iter().flat_map(Account::pids).collect::<Vec<_>>();
    // What waits for a hash may come after the sentinel, on a busy machine; the end of a process is its last event.
    let is_end = |event: &ReadEvent| {
        event.system.event_id == 5 && crate::watch::actor(event).is_some_and(|pid| pids.contains(&pid))
    };
    let due = played.iter().flat_map(|account| &account.expected).filter(|expected| expected.id == 5).count();
    let mut ended = watch.seen.iter().filter(|event| is_end(event)).count();
    watch.within(crate::watch::patience());
    while ended < due && watch.until(is_end) {
        ended += 1;
    }
    let mut score = Score::new(Hooks { tier: agent::shared_tier(), missing: agent::missing_hooks() });
    let came = watch.of(&pids);
    for account in &played {
        score.count(account, &came);
    }
    let is_trouble = |event: &&ReadEvent| event.system.event_id == 255 && !is_of_a_busy_machine(event);
    for report in watch.seen.iter().filter(is_trouble) {
        score.trouble(report);
    }
    score.write_if_asked().expect("the result can be written where TUXMON_COVERAGE says");
    print!("{}", score.table());
    let unexplained = score.unexplained();
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
}

/// Plays a case in a process of its own, and takes down what it tells.
fn perform(case: &'static Case) -> Account {
    // A guest that is ended shows how far it came.
    println!("playing {}", case.name);
    let folder = Folder::new();
    let command = deed::command("truth", &[OsStr::new(case.name), folder.path().as_os_str()]);
    let begun = now();
    let mut doing = Doing::start(command);
    let mut truths = Vec::new();
    let skipped = loop {
        let said = doing.truth();
        match serde_json::from_value(said).expect("a script says nothing else") {
            Said::Did(truth) => truths.push(truth),
            Said::Skipped(reason) => break Some(reason),
            Said::End => break None,
        }
    };
    if let Some(reason) = &skipped {
        println!("SKIP truth::what_was_done_was_logged ({}): {reason}", case.name);
    }
    let process = doing.finish();
    Account::new(case, begun, &process, &truths, skipped, folder)
}
