//! What is said over the control socket.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "lowercase")]
pub(crate) enum Request {
    /// How it is going.
    Status,
    /// The rules in force, as `sysmon -c` prints them.
    Rules,
    /// Read the configuration again.
    Reload,
    /// Look for the deeds of a self-test, which are those of whoever asks.
    Selftest {
        /// How far it is.
        #[serde(flatten)]
        stage: Stage,
    },
}

/// How far a self-test is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "lowercase")]
pub(crate) enum Stage {
    /// It begins.
    Begin,
    /// Which deeds were seen?
    Look,
    /// It is over.
    End {
        /// What was done and not seen, by name.
        missed: Vec<String>,
    },
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
pub(crate) enum Answer {
    /// To [`Request::Status`].
    Status(Box<Status>),
    /// To [`Request::Rules`].
    Rules {
        /// The text.
        text: String,
    },
    /// To [`Request::Reload`].
    Reload(Reloaded),
    /// To [`Request::Selftest`].
    Selftest {
        /// Deeds by name: at the beginning those that are collected, later those that were seen.
        canaries: Vec<String>,
    },
    /// The request was not understood, or cannot be answered now.
    Error {
        /// Why.
        reason: String,
    },
}

/// What became of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reloaded {
    /// Whether it is in force now.
    pub(crate) accepted: bool,
    /// What there is to say about it, as `tuxmon check` prints it.
    pub(crate) remarks: Vec<String>,
    /// What is not as an accepted configuration wants it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unchanged: Option<String>,
}

/// How the agent is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Status {
    /// Its process.
    pub(crate) pid: u32,
    /// When it began to collect, in UTC.
    pub(crate) since: String,
    /// Its own version.
    pub(crate) version: String,
    /// The version of the original whose events it writes.
    pub(crate) compatible_with: String,
    /// The schema of its events.
    pub(crate) schema: String,
    /// What it is told to record.
    pub(crate) configuration: Configuration,
    /// What it collects from the kernel, by fact.
    pub(crate) collection: Vec<Fact>,
    /// Events written since the start, by name.
    pub(crate) events: BTreeMap<String, u64>,
    /// Events that the rules dropped since the start.
    pub(crate) dropped_by_rules: u64,
    /// Deeds that the kernel side did not send, because the rules drop everything of their kind of the image that
    /// did them. They are not among the dropped ones.
    #[serde(default)]
    pub(crate) left_out_in_kernel: u64,
    /// What was lost since the start, by cause and subject.
    pub(crate) losses: Vec<LossCount>,
    /// Where events go.
    pub(crate) outputs: Vec<OutputStatus>,
    /// What detection does, when somebody asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) detection: Option<DetectionStatus>,
    /// Its resident memory in bytes.
    pub(crate) memory_bytes: u64,
    /// What it knows of processes.
    #[serde(default)]
    pub(crate) processes: ProcessTable,
}

/// The table of processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcessTable {
    /// Processes in it, those that ended within the last minute included.
    pub(crate) known: u64,
    /// Dropped before their time because it was full.
    pub(crate) evicted: u64,
    /// That acted before anything told of them, and were looked up in /proc.
    pub(crate) surprises: u64,
}

/// A configuration in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Configuration {
    /// The file, or `Defaults`.
    pub(crate) name: String,
    /// Its hashes, in the form of event 16.
    pub(crate) hash: String,
    /// When it came into force, in UTC.
    pub(crate) since: String,
}

/// One kind of fact and the hooks that bring it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fact {
    /// What kind.
    #[serde(rename = "fact")]
    pub(crate) kind: String,
    /// Whether the configuration asks for it.
    pub(crate) wanted: bool,
    /// How it is got: the tier of hooks.
    pub(crate) tier: String,
    /// Attached hooks.
    pub(crate) hooks: Vec<String>,
    /// What is not seen on this kernel, and why.
    pub(crate) degraded: Vec<Degraded>,
}

/// A hook that this kernel does not grant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Degraded {
    /// The hook.
    pub(crate) hook: String,
    /// What is not seen without it.
    pub(crate) loses: String,
    /// The kernel's reason.
    pub(crate) reason: String,
}

/// What was lost for one cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LossCount {
    /// The cause, an ID of event 255.
    pub(crate) cause: String,
    /// What was lost.
    pub(crate) subject: String,
    /// How many.
    pub(crate) count: u64,
    /// The last time, in UTC.
    pub(crate) last: String,
    /// Seconds since then.
    pub(crate) seconds_ago: u64,
}

/// One destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutputStatus {
    /// Its name.
    pub(crate) name: String,
    /// Whether it takes events now.
    pub(crate) working: bool,
    /// Events that wait for it.
    pub(crate) waiting: u64,
}

/// What detection does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DetectionStatus {
    /// The file of its settings.
    pub(crate) settings: String,
    /// Whether anything is looked for.
    pub(crate) on: bool,
    /// Rules and correlations that are looked for.
    pub(crate) rules: u64,
    /// Indicators that are looked for.
    pub(crate) indicators: u64,
    /// Events that were looked at.
    pub(crate) events: u64,
    /// Alerts written.
    pub(crate) alerts: u64,
    /// Matches that were counted only, as the same had been told before.
    pub(crate) repeated: u64,
    /// Matches that were counted only, as their rule had told too many.
    pub(crate) too_many: u64,
    /// Events that correlations forgot for lack of room.
    pub(crate) forgotten: u64,
    /// Events and alerts that were lost.
    pub(crate) lost: u64,
    /// How many settings, rules and lines of lists are refused.
    pub(crate) refused_count: u64,
    /// The first of these, with their reasons.
    pub(crate) refused: Vec<String>,
    /// Where alerts go.
    pub(crate) outputs: Vec<OutputStatus>,
}

/// What a machine that watches the agent should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// Everything that is wanted is seen and written.
    Ok,
    /// Something that is wanted is not seen on this kernel, was lost a short while ago, or cannot be written.
    Degraded,
}

/// A loss is news for so many seconds; after that it is history, and the machine that watches shall not cry for ever.
pub(crate) const NEWS: u64 = 600;

impl Status {
    /// The judgement that the exit code of `tuxmon status` tells.
    pub(crate) fn health(&self) -> Health {
        let blind = self.collection.iter().any(|fact| fact.wanted && !fact.degraded.is_empty());
        let alerts = self.detection.iter().flat_map(|detection| &detection.outputs);
        let stuck = self.outputs.iter().chain(alerts).any(|output| !output.working);
        let losing = self.losses.iter().any(|loss| loss.seconds_ago < NEWS);
        if blind || stuck || losing { Health::Degraded } else { Health::Ok }
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Reloaded, Request, Stage};

    #[test]
    fn requests_are_lines_of_json() {
        let check = |request: Request, line: &str| {
            assert_eq!(serde_json::to_string(&request).expect("it is plain"), line);
            assert_eq!(serde_json::from_str::<Request>(line).expect(line), request);
        };
        check(Request::Status, r#"{"request":"status"}"#);
        check(Request::Reload, r#"{"request":"reload"}"#);
        let selftest = |stage| Request::Selftest { stage };
        check(selftest(Stage::Begin), r#"{"request":"selftest","stage":"begin"}"#);
        let missed = vec!["file made".to_owned()];
        check(
            selftest(Stage::End { missed }),
            r#"{"request":"selftest","stage":"end","missed":["file made"]}"#,
        );
        for wrong in ["", "{}", r#"{"request":"stop"}"#, "[]", "\"status\""] {
            assert!(serde_json::from_str::<Request>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn answers_say_what_they_answer() {
        let answer = Answer::Reload(Reloaded { accepted: true, remarks: vec!["x".into()], unchanged: None });
        let line = r#"{"answer":"reload","accepted":true,"remarks":["x"]}"#;
        assert_eq!(serde_json::to_string(&answer).expect("it is plain"), line);
        assert_eq!(serde_json::from_str::<Answer>(line).expect(line), answer);
    }
}
