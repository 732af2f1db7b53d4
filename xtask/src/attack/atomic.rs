//! The atomics as the test data has them, and what their notes ask for beside.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::trigger::{self, Trigger};

/// One attack.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Atomic {
    pub(super) technique: String,
    /// Its number among those of the technique.
    #[serde(default)]
    pub(super) test: Option<u32>,
    pub(super) name: String,
    pub(super) shell: String,
    pub(super) needs_root: bool,
    pub(super) prerequisite: String,
    pub(super) command: String,
    pub(super) cleanup: String,
    pub(super) expect: Vec<Expected>,
    #[serde(rename = "sigma_rules_expected")]
    pub(super) sigma: Vec<String>,
    /// Run beside the command.
    #[serde(default)]
    pub(super) beside: String,
    /// What it asks for and nobody can have, in words.
    #[serde(default)]
    pub(super) lacking: String,
}

/// An event that it makes.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Expected {
    pub(super) event_id: u64,
    /// `FIELD|PREDICATE`, and the text.
    #[serde(rename = "match")]
    pub(super) matched: BTreeMap<String, String>,
    /// Titles of rules that match this event.
    #[serde(default)]
    pub(super) sigma: Vec<String>,
    /// How many such events there are, where that is said.
    #[serde(default)]
    pub(super) exactly: Option<usize>,
}

#[derive(Deserialize)]
struct Written {
    atomics: Vec<Atomic>,
    upstream_triggers: Vec<Trigger>,
}

/// A listener is only an attack when somebody connects to it.
const CONNECT: &str = "for i in $(seq 300); do \
    bash -c 'exec 3<>/dev/tcp/127.0.0.1/9090' 2>/dev/null && exit; sleep 0.1; done; exit 1";

/// Reads them, with what their notes say in words, and the deeds of the original's tests behind them.
pub(super) fn read(path: &Path) -> Result<Vec<Atomic>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let written: Written =
        serde_json::from_str(&text).with_context(|| format!("{} is not understood", path.display()))?;
    let triggers = written.upstream_triggers.into_iter().map(trigger::as_atomic);
    written.atomics.into_iter().map(|atomic| Ok(with_its_note(atomic))).chain(triggers).collect()
}

fn with_its_note(mut atomic: Atomic) -> Atomic {
    match (atomic.technique.as_str(), atomic.test) {
        ("T1048.003", Some(8)) => {
            CONNECT.clone_into(&mut atomic.beside);
            let fields = [
                ("Image|endswith", "/bash"),
                ("DestinationPort|is", "9090"),
                ("Protocol|is", "tcp"),
                ("Initiated|is", "true"),
            ];
            atomic.expect.push(expected(3, &fields, None));
        }
        // Appending makes nothing new.
        ("T1053.006", Some(1)) => {
            for file in ["art-timer.service", "art-timer.timer"] {
                let path = format!("/etc/systemd/system/{file}");
                atomic.expect.push(expected(11, &[("TargetFilename|is", &path)], Some(1)));
            }
        }
        _ => {}
    }
    if is_masquerade(&atomic) {
        // A copy has the hash of what it is a copy of; the judge puts it in.
        let fields = [("Image|is", "/tmp/crond"), ("Hashes|is", HASHES_OF_SH)];
        atomic.expect.push(expected(1, &fields, None));
    }
    atomic
}

fn is_masquerade(atomic: &Atomic) -> bool {
    (atomic.technique.as_str(), atomic.test) == ("T1036.003", Some(2))
}

/// Stands for what the events say of the shell itself.
pub(super) const HASHES_OF_SH: &str = "the hashes of /bin/sh";

fn expected(event_id: u64, fields: &[(&str, &str)], exactly: Option<usize>) -> Expected {
    let matched = fields.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect();
    Expected { event_id, matched, sigma: Vec::new(), exactly }
}

impl Atomic {
    /// Its technique and number.
    pub(super) fn id(&self) -> String {
        let number = self.test.map(|test| format!("-{test}")).unwrap_or_default();
        format!("{}{number}", self.technique)
    }
}
