//! Which tier serves which group of facts: the deep one where this kernel grants all it needs.

use crate::programs::{Group, HOOKS, HookSpec, Need, Tier};

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TierChoice {
    /// For each group the best that this kernel grants.
    #[default]
    Auto,
    /// The deep tier, or nothing for a group that it cannot serve.
    Deep,
    /// The tracepoint tier everywhere.
    Tracepoint,
}

/// The tier of each group.
pub(crate) struct Tiers {
    choice: TierChoice,
    refused: Vec<Group>,
    /// Nothing when neither tier has hooks for them: then the calls that send and receive serve.
    datagrams: Option<Tier>,
    /// The hook that keeps names of requests; none where the kernel tells what they touch.
    request_names: Option<&'static str>,
    /// Calls may have to be told by number: see [`Self::with_calls_by_number`].
    calls_by_number: bool,
}

impl Tiers {
    /// Chooses, given whether a hook can be had.
    pub(crate) fn choose(choice: TierChoice, mut available: impl FnMut(&HookSpec) -> bool) -> Self {
        let mut complete = |group: Group, tier: Tier| {
            HOOKS
                .iter()
                .filter(|hook| hook.group == group && hook.tier == tier && hook.need == Need::Tier)
                .all(&mut available)
        };
        let refused = Group::TIERED.into_iter().filter(|group| !complete(*group, Tier::Deep)).collect();
        let datagrams =
            [Tier::Tracepoint, Tier::Deep].into_iter().find(|tier| complete(Group::Datagrams, *tier));
        let tells_touched = HOOKS.iter().filter(|hook| hook.tells_touched).all(&mut available);
        let keeps_names =
            HOOKS.iter().find(|hook| hook.group == Group::RequestNames && !tells_touched && available(hook));
        Self {
            choice,
            refused,
            datagrams,
            request_names: keeps_names.map(|hook| hook.program),
            calls_by_number: false,
        }
    }

    /// The same, where this machine may let nobody stand at the exits of single system calls, now or later.
    pub(crate) fn with_calls_by_number(self, calls_by_number: bool) -> Self {
        Self { calls_by_number, ..self }
    }

    /// Whether it is a loss that this hook is not to be had. The deep tier is one where it was wanted, although the other
    /// takes its place; what belongs to a tier that would not be used anyway is none.
    pub(crate) fn misses(&self, hook: &HookSpec) -> bool {
        let deep_was_wanted = hook.tier == Tier::Deep
            && hook.group != Group::Datagrams
            && self.choice != TierChoice::Tracepoint;
        self.uses(hook) || deep_was_wanted
    }

    /// Whether the tracepoint tier would serve a group, if this hook of it were not to be had.
    pub(crate) fn may_fall_back(&self, hook: &HookSpec) -> bool {
        self.choice == TierChoice::Auto && self.uses(hook)
    }

    /// Whether a hook may serve on this kernel, in whichever tier. Where there is a better way, the calls of datagrams are
    /// in no object, and names of requests are not kept: kernels of then (7.3) have them in a form that is not read.
    pub(crate) fn may_use(&self, hook: &HookSpec) -> bool {
        match hook.group {
            Group::DatagramCalls => self.datagrams.is_none(),
            Group::RequestNames => self.request_names.is_some(),
            Group::Always
            | Group::Opens
            | Group::Names
            | Group::Accepts
            | Group::Datagrams
            | Group::Tracers
            | Group::Ebpf
            | Group::CompatCalls
            | Group::CallsByNumber => true,
        }
    }

    /// Whether a hook belongs to the tier that serves its group.
    pub(crate) fn uses(&self, hook: &HookSpec) -> bool {
        if hook.group == Group::Datagrams {
            return Some(hook.tier) == self.datagrams;
        }
        if hook.group == Group::DatagramCalls {
            return self.datagrams.is_none();
        }
        if hook.group == Group::RequestNames && self.request_names != Some(hook.program)
            || hook.group == Group::CallsByNumber && !self.calls_by_number
        {
            return false;
        }
        match (hook.tier, self.choice) {
            (Tier::Both, _) => true,
            (Tier::Deep, TierChoice::Deep) | (Tier::Tracepoint, TierChoice::Tracepoint) => true,
            (Tier::Deep, TierChoice::Tracepoint) | (Tier::Tracepoint, TierChoice::Deep) => false,
            (Tier::Deep, TierChoice::Auto) => !self.refused.contains(&hook.group),
            (Tier::Tracepoint, TierChoice::Auto)
                if matches!(hook.group, Group::CompatCalls | Group::RequestNames | Group::CallsByNumber) =>
            {
                !self.refused.is_empty()
            }
            (Tier::Tracepoint, TierChoice::Auto) => self.refused.contains(&hook.group),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TierChoice, Tiers};
    use crate::programs::HOOKS;

    fn used(choice: TierChoice, missing: &str) -> Vec<&'static str> {
        let tiers = Tiers::choose(choice, |hook| hook.program != missing);
        HOOKS.iter().filter(|hook| tiers.uses(hook)).map(|hook| hook.program).collect()
    }

    #[test]
    fn the_deep_tier_serves_where_it_is_complete() {
        let all = used(TierChoice::Auto, "");
        assert!(all.contains(&"deep_open") && !all.contains(&"exit_openat"));
        assert!(all.contains(&"udp_sent") && !all.contains(&"deep_udp_sent"));
        assert!(!all.contains(&"compat_exit"), "no program stands on every system call");
    }

    #[test]
    fn datagrams_are_asked_of_calls_where_nothing_better_is_to_be_had() {
        let tiers = Tiers::choose(TierChoice::Auto, |hook| hook.group != crate::programs::Group::Datagrams);
        let used = |program: &str| HOOKS.iter().any(|hook| hook.program == program && tiers.uses(hook));
        assert!(used("exit_sendto") && !used("udp_sent") && !used("deep_udp_sent"));
        assert!(!super::tests::used(TierChoice::Auto, "").contains(&"exit_sendto"));
    }

    #[test]
    fn names_of_requests_are_kept_where_nothing_tells_what_was_touched() {
        let keepers = |used: Vec<&'static str>| {
            used.into_iter().filter(|program| program.starts_with("uring_taken")).collect::<Vec<_>>()
        };
        assert!(keepers(used(TierChoice::Tracepoint, "")).is_empty(), "what was touched has its names");
        assert_eq!(keepers(used(TierChoice::Tracepoint, "touch_set")), ["uring_taken"]);
        assert!(keepers(used(TierChoice::Auto, "touch_set")).is_empty(), "the deep tier needs them not");
    }

    #[test]
    fn calls_are_told_by_number_where_the_machine_may_want_it_and_the_tier_has_calls() {
        let by_number = |choice, missing: &str, wanted| {
            let tiers = Tiers::choose(choice, |hook| hook.program != missing).with_calls_by_number(wanted);
            HOOKS.iter().any(|hook| hook.program == "call_exit" && tiers.uses(hook))
        };
        assert!(by_number(TierChoice::Tracepoint, "", true));
        assert!(!by_number(TierChoice::Tracepoint, "", false), "no other machine pays for it");
        assert!(by_number(TierChoice::Auto, "deep_unlink", true));
        assert!(!by_number(TierChoice::Auto, "", true), "the deep tier stands at no call");
    }

    #[test]
    fn only_what_would_be_used_is_missed() {
        let missed = |choice: TierChoice, missing: &str| {
            let tiers = Tiers::choose(choice, |hook| hook.program != missing);
            HOOKS.iter().any(|hook| hook.program == missing && tiers.misses(hook))
        };
        assert!(missed(TierChoice::Auto, "deep_unlink"), "the other tier knows less");
        assert!(!missed(TierChoice::Tracepoint, "deep_unlink"), "it was not asked for");
        assert!(!missed(TierChoice::Auto, "touch_set"), "the deep tier needs it not");
        assert!(missed(TierChoice::Tracepoint, "touch_set"));
        assert!(!missed(TierChoice::Auto, "deep_udp_sent"), "the tracepoints are as good");
    }

    #[test]
    fn a_group_that_misses_a_hook_falls_back_alone() {
        let some = used(TierChoice::Auto, "deep_unlink");
        assert!(some.contains(&"exit_unlinkat") && !some.contains(&"note_rename"));
        assert!(some.contains(&"deep_open"));
        assert!(cfg!(not(target_arch = "x86_64")) || some.contains(&"compat_exit"));
        assert!(
            used(TierChoice::Auto, "deep_bpf_tcx").contains(&"deep_bpf_load"),
            "an optional hook decides nothing"
        );
    }
}
