//! Recall and precision, by event and by field.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::{fs, io};

use serde::Serialize;
use tuxmon_event::spec;
use tuxmon_reader::ReadEvent;

use crate::expected::{Judgement, Want, judge};
use crate::truth::account::Account;
use crate::truth::exceptions::{Fault, Hooks, allowed};
use crate::watch::actor;

/// Everything that was counted.
pub(crate) struct Score {
    kernel: String,
    hooks: Hooks,
    events: BTreeMap<u16, Count>,
    cases: Vec<Played>,
}

/// One line of the result, as `cargo xtask coverage` reads it.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Line<'a> {
    Run { kernel: &'a str, tier: &'a str },
    Event { id: u16, count: &'a Count },
    Case(&'a Played),
}

/// How often an event was due and came.
#[derive(Default, Serialize)]
struct Count {
    name: &'static str,
    expected: usize,
    logged: usize,
    /// Logged events that belong to an expected one.
    paired: usize,
    duplicate: usize,
    invented: usize,
    fields: Vec<FieldCount>,
}

/// How often the value of a field was known and right.
#[derive(Serialize)]
struct FieldCount {
    name: &'static str,
    expected: usize,
    logged: usize,
    right: usize,
}

/// One case.
#[derive(Serialize)]
struct Played {
    name: &'static str,
    about: &'static str,
    deeds: usize,
    expected: usize,
    right: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exceptions: Vec<Told>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unexplained: Vec<String>,
}

/// A difference that has a reason.
#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Told {
    what: String,
    reason: &'static str,
    times: usize,
}

impl Score {
    /// Nothing counted yet, on this kernel by the hooks of this tier.
    pub(crate) fn new(hooks: Hooks) -> Score {
        let uname = rustix::system::uname();
        let release = uname.release().to_string_lossy();
        // Behind the first dash stands who built it.
        let kernel = release.split('-').next().unwrap_or_default().to_owned();
        Score { kernel, hooks, events: BTreeMap::new(), cases: Vec::new() }
    }

    /// Holds one case against all that was logged.
    pub(crate) fn count(&mut self, account: &Account, logged: &[&ReadEvent]) {
        let pids = account.pids();
        let of_case = |event: &&&ReadEvent| actor(event).is_some_and(|pid| pids.contains(&pid));
        let came: Vec<&ReadEvent> = logged.iter().filter(of_case).copied().collect();
        let judgement = judge(&came, &account.expected);
        self.count_expected(account, &judgement);
        self.count_logged(&came, &judgement);
        let mut played = Played {
            name: account.case.name,
            about: account.case.about,
            deeds: account.deeds,
            expected: account.expected.len(),
            right: judgement.right.len(),
            skipped: account.skipped.clone(),
            exceptions: Vec::new(),
            unexplained: Vec::new(),
        };
        self.explain(&judgement, &mut played);
        self.cases.push(played);
    }

    /// An event 255: the agent itself says that something went wrong.
    pub(crate) fn trouble(&mut self, report: &ReadEvent) {
        let last = self.cases.last_mut().expect("cases were played");
        last.unexplained.push(format!("the agent reports trouble: {}", report.raw));
    }

    /// Differences without a reason.
    pub(crate) fn unexplained(&self) -> Vec<String> {
        let told = |case: &Played| {
            let name = case.name;
            case.unexplained.iter().map(move |what| format!("{name}: {what}")).collect::<Vec<_>>()
        };
        self.cases.iter().flat_map(told).collect()
    }

    /// What recall and precision are made of; each field with how often it was right, expected and logged.
    pub(crate) fn table(&self) -> String {
        let mut out = format!("kernel {}, {} tier\n", self.kernel, self.hooks.tier);
        for (id, count) in &self.events {
            let Count { name, expected, logged, paired, .. } = count;
            let _ = writeln!(out, "{id:>3} {name}: {paired} of {expected} expected, and of {logged} logged");
            let field = |field: &FieldCount| {
                let FieldCount { name, expected, logged, right } = *field;
                format!("{name} {right}/{expected}/{logged}")
            };
            let fields: Vec<String> = count.fields.iter().map(field).collect();
            for some in fields.chunks(6) {
                let _ = writeln!(out, "      {}", some.join("  "));
            }
        }
        out
    }

    /// Writes everything to the file that the environment names, or with marks to standard output.
    pub(crate) fn write_if_asked(&self) -> io::Result<()> {
        let Some(path) = std::env::var_os("TUXMON_COVERAGE") else { return Ok(()) };
        let mut lines = vec![Line::Run { kernel: &self.kernel, tier: &self.hooks.tier }];
        lines.extend(self.events.iter().map(|(id, count)| Line::Event { id: *id, count }));
        lines.extend(self.cases.iter().map(Line::Case));
        let lines = lines.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        if path == "-" {
            println!();
            for line in &lines {
                println!("@coverage {line}");
            }
            return Ok(());
        }
        fs::write(path, lines.join("\n") + "\n")
    }

    fn event(&mut self, id: u16) -> &mut Count {
        self.events.entry(id).or_insert_with(|| {
            let spec =
                spec(id).expect("expected events are of the schema, and so are those that obey the laws");
            let field = |name| FieldCount { name, expected: 0, logged: 0, right: 0 };
            let fields = spec.fields.iter().map(|spec| field(spec.name)).collect();
            Count { name: spec.name, fields, ..Count::default() }
        })
    }

    fn count_expected(&mut self, account: &Account, judgement: &Judgement<'_>) {
        for expected in &account.expected {
            let count = self.event(expected.id);
            count.expected += 1;
            let missing = judgement.missing.iter().any(|event| std::ptr::eq(*event, expected));
            let wrong = judgement.wrong.iter().find(|wrong| std::ptr::eq(wrong.expected, expected));
            count.paired += usize::from(!missing);
            for (name, want) in &expected.fields {
                let field = count.fields.iter_mut().find(|field| field.name == *name);
                let field = field.expect("wants name fields of the schema");
                if matches!(want, Want::Any) {
                    continue;
                }
                let differs =
                    wrong.is_some_and(|wrong| wrong.differences.iter().any(|other| other.field == *name));
                field.expected += 1;
                field.logged += usize::from(!missing);
                field.right += usize::from(!missing && !differs);
            }
        }
    }

    fn count_logged(&mut self, came: &[&ReadEvent], judgement: &Judgement<'_>) {
        for event in came {
            self.event(event.system.event_id).logged += 1;
        }
        for extra in &judgement.extra {
            let count = self.event(extra.system.event_id);
            count.fields.iter_mut().for_each(|field| field.logged += 1);
            if came.iter().any(|other| !std::ptr::eq(*other, *extra) && is_same(other, extra)) {
                count.duplicate += 1;
            } else {
                count.invented += 1;
            }
        }
    }

    fn explain(&self, judgement: &Judgement<'_>, played: &mut Played) {
        let mut told: BTreeMap<(String, &'static str), usize> = BTreeMap::new();
        let mut whole = Judgement::default();
        for event in &judgement.missing {
            match allowed(played.name, &self.hooks, event.id, Fault::Missing) {
                Some(exception) => {
                    *told.entry((format!("event {} is missing", event.id), exception.reason)).or_default() +=
                        1;
                }
                None => whole.missing.push(event),
            }
        }
        for wrong in &judgement.wrong {
            let id = wrong.expected.id;
            for difference in &wrong.differences {
                let field = difference.field;
                match allowed(played.name, &self.hooks, id, Fault::Wrong(field)) {
                    Some(exception) => {
                        let what = format!("{field} of event {id}");
                        *told.entry((what, exception.reason)).or_default() += 1;
                    }
                    None => played.unexplained.push(format!(
                        "event {id}, {field}: expected {}, got {}",
                        difference.expected, difference.got
                    )),
                }
            }
        }
        for extra in &judgement.extra {
            let id = extra.system.event_id;
            match allowed(played.name, &self.hooks, id, Fault::Invented) {
                Some(exception) => {
                    *told.entry((format!("event {id} of nothing"), exception.reason)).or_default() += 1;
                }
                None => whole.extra.push(extra),
            }
        }
        let report = whole.report();
        if !report.is_empty() {
            played.unexplained.push(report);
        }
        played.exceptions =
            told.into_iter().map(|((what, reason), times)| Told { what, reason, times }).collect();
    }
}

/// Whether two events tell the same, but for the time.
fn is_same(one: &ReadEvent, other: &ReadEvent) -> bool {
    let said = |event: &ReadEvent| {
        let mut data: Vec<(String, String)> =
            event.data.iter().map(|datum| (datum.name.clone(), datum.value.clone())).collect();
        data.retain(|(name, _)| name != "UtcTime" && name != "CreationUtcTime");
        (event.system.event_id, data)
    };
    said(one) == said(other)
}
