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
    for hook in hooks {
        if let HookState::Unavailable(reason) = &hook.state {
            line("not available", &format!("{} ({}): {reason}", hook.loses, hook.program));
        }
    }
    format!(
        "tuxmon {version}: events as of Sysmon for Linux {COMPATIBLE_VERSION}, schema {SCHEMA_VERSION}\n{out}"
    )
}

/// One domain: off, or by how many hooks of which tiers.
fn state(domain: Domain, hooks: &[HookStatus]) -> String {
    let serving = hooks.iter().filter(|hook| hook.serves.contains(&domain));
    let (mut attached, mut unavailable) = (0, 0);
    let mut tier = "";
    for hook in serving {
        match hook.state {
            HookState::Attached => {
                attached += 1;
                match hook.tier {
                    Tier::Both => {}
                    Tier::Deep => tier = ", deep tier",
                    Tier::Tracepoint => tier = ", tracepoint tier",
                }
            }
            HookState::NotWanted | HookState::OtherTier => {}
            HookState::Unavailable(_) => unavailable += 1,
        }
    }
    let wanted =
        hooks.iter().any(|hook| hook.serves == [domain] && !matches!(hook.state, HookState::NotWanted))
            || attached > 0;
    if !wanted {
        return "off: the configuration does not ask for them".to_owned();
    }
    let missing = if unavailable > 0 { format!(", {unavailable} not available") } else { String::new() };
    format!("{attached} hooks{tier}{missing}")
}

#[cfg(test)]
mod tests {
    use tuxmon_sensor::{Domain, HookState, HookStatus, Tier};

    use super::state;

    fn hook(serves: &'static [Domain], tier: Tier, state: HookState) -> HookStatus {
        HookStatus { program: "p", serves, tier, state, loses: "something" }
    }

    #[test]
    fn a_domain_is_off_or_tells_its_hooks() {
        let hooks = [
            hook(&[Domain::Network], Tier::Both, HookState::Attached),
            hook(&[Domain::Network], Tier::Tracepoint, HookState::Attached),
            hook(&[Domain::Network], Tier::Both, HookState::Unavailable("old".to_owned())),
            hook(&[Domain::Ebpf], Tier::Tracepoint, HookState::NotWanted),
        ];
        assert_eq!(state(Domain::Network, &hooks), "2 hooks, tracepoint tier, 1 not available");
        assert!(state(Domain::Ebpf, &hooks).starts_with("off"));
    }
}
