//! What a person sees at the start: what is collected here, how, and what is not.

use std::fmt::Write as _;

use tuxmon_pipeline::{COMPATIBLE_VERSION, SCHEMA_VERSION};
use tuxmon_sensor::{Domain, HookState, HookStatus, Tier};

/// The domains in the order of their events, with the words for them.
pub(crate) const DOMAINS: [(Domain, &str); 7] = [
    (Domain::Process, "processes"),
    (Domain::Network, "connections"),
    (Domain::RawAccess, "raw devices"),
    (Domain::ProcessAccess, "tracers"),
    (Domain::FileCreate, "files created"),
    (Domain::FileDelete, "files deleted"),
    (Domain::Ebpf, "eBPF programs"),
];

/// A few lines on what runs, with which configuration and hooks.
pub(crate) fn banner(configuration: &str, outputs: &str, hooks: &[HookStatus]) -> String {
    let mut out = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let mut line = |name: &str, value: &str| {
        writeln!(out, "  {name:<16}{value}").expect("writing to a String cannot fail");
    };
    line("configuration", configuration);
    line("output", outputs);
    for (domain, words) in DOMAINS {
        line(words, &state(domain, hooks));
    }
    for (what, reason) in unavailable(hooks) {
        line("not available", &format!("{what}: {reason}"));
    }
    format!(
        "tuxmon {version}: events as of Sysmon for Linux {COMPATIBLE_VERSION}, schema {SCHEMA_VERSION}\n{out}"
    )
}

/// One domain: off, or by how many hooks of which tier.
fn state(domain: Domain, hooks: &[HookStatus]) -> String {
    let attached: Vec<&HookStatus> = hooks
        .iter()
        .filter(|hook| hook.serves.contains(&domain) && hook.state == HookState::Attached)
        .collect();
    if attached.is_empty() {
        return "not collected".to_owned();
    }
    let uses = |tier| attached.iter().any(|hook| hook.tier == tier);
    let tier = match (uses(Tier::Deep), uses(Tier::Tracepoint)) {
        (false, false) => "",
        (true, false) => ", deep tier",
        (false, true) => ", tracepoint tier",
        (true, true) => ", both tiers",
    };
    let plural = if attached.len() == 1 { "" } else { "s" };
    format!("{} hook{plural}{tier}", attached.len())
}

/// What this kernel does not have or grant, with the reason. What is missing of the deep tier is one thing: the other
/// tier takes its place.
fn unavailable(hooks: &[HookStatus]) -> Vec<(String, &str)> {
    let mut found: Vec<(String, &str)> = Vec::new();
    for hook in hooks {
        let HookState::Unavailable(reason) = &hook.state else { continue };
        let what = match hook.tier {
            Tier::Deep => "deep tier".to_owned(),
            Tier::Both | Tier::Tracepoint => format!("{} ({})", hook.loses, hook.program),
        };
        if !found.contains(&(what.clone(), reason)) {
            found.push((what, reason));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use tuxmon_sensor::{Domain, HookState, HookStatus, Tier};

    use super::banner;

    fn hook(serves: &'static [Domain], tier: Tier, state: HookState) -> HookStatus {
        HookStatus { program: "p", serves, tier, state, loses: "something" }
    }

    #[test]
    fn it_tells_what_runs_and_what_does_not() {
        let refused = || HookState::Unavailable("not granted".to_owned());
        let hooks = [
            hook(&[Domain::Network], Tier::Both, HookState::Attached),
            hook(&[Domain::Network], Tier::Tracepoint, HookState::Attached),
            hook(&[Domain::Network], Tier::Deep, refused()),
            hook(&[Domain::FileCreate], Tier::Deep, refused()),
            hook(&[Domain::FileCreate], Tier::Tracepoint, refused()),
            hook(&[Domain::Ebpf], Tier::Tracepoint, HookState::NotWanted),
        ];
        let text = banner("x.xml", "stdout (text)", &hooks);
        let (_, lines) = text.split_once('\n').expect("the first line has the version");
        // What is expected is written without the indent that all lines have.
        let lines: String =
            lines.split_inclusive('\n').map(|line| line.strip_prefix("  ").expect("an indent")).collect();
        expect![[r#"
              configuration   x.xml
              output          stdout (text)
              processes       not collected
              connections     2 hooks, tracepoint tier
              raw devices     not collected
              tracers         not collected
              files created   not collected
              files deleted   not collected
              eBPF programs   not collected
              not available   deep tier: not granted
              not available   something (p): not granted
        "#]]
        .assert_eq(&lines);
    }
}
