//! docs/coverage.md.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::result::{Case, Run};

/// What the original misses in its release 1.5.2, and the case in which we do the same deed.
const MISSED_BY_THE_ORIGINAL: &[(&str, &str)] = &[
    ("execution by a thread that is not the leader", "exec-thread"),
    ("files made by openat2", "file-openat2"),
    ("rename, to a new name or over a file", "file-rename"),
    ("hard links, symbolic links, nodes", "file-link"),
    ("O_TMPFILE, named by linkat", "file-tmpfile"),
    ("files through io_uring", "uring-files"),
    ("accept with a NULL address", "tcp-null-accept"),
    ("UDP over IPv6", "udp6"),
    ("32-bit system calls (int 0x80), taken for others", "compat-calls"),
];

/// The whole page.
pub fn page(runs: &[Run]) -> String {
    let mut out = String::from(INTRODUCTION);
    for run in runs {
        events(run, &mut out);
    }
    exceptions(runs, &mut out);
    cases(runs, &mut out);
    original(runs, &mut out);
    out
}

const INTRODUCTION: &str = "\
<!-- Written by `cargo xtask coverage`. Do not edit. -->

# Coverage

What is logged of what was done. The live test `truth` does scripted deeds, each case in processes of its own; the \
script writes down what it did, when, as which process and with what result, and everything that the agent logged of \
these processes is held against it: missing, wrong, double and invented events. See [Testing](testing.md).

```console
$ sudo -E cargo xtask coverage                          # on this machine's kernel, and this page
$ cargo xtask kernels --filter truth:: --kernel 6.12    # in a guest, both tiers
$ cargo xtask coverage --from target/kernels/6.12-deep.log
```

Recall is the share of what was done that was logged, precision the share of what was logged that was done. A field \
counts as right when its value is exactly what the script wrote down, in events that were both done and logged; times \
must lie within those of the deed. Callers \
that rewrite their arguments do so in 150 calls of each kind (open, unlink, link, rename, connect, and a third as many \
executions); in 10,000 of each in full length (`TUXMON_HEAVY`), or in as many as `TUXMON_REWRITES` says.

";

fn title(run: &Run) -> String {
    format!("{}, {} tier", run.kernel, run.tier)
}

fn events(run: &Run, out: &mut String) {
    let _ = write!(
        out,
        "## {}\n\n{} deeds in {} cases.\n\n",
        title(run),
        run.cases.iter().map(|case| case.deeds).sum::<usize>(),
        run.cases.len()
    );
    out.push_str(
        "| event | done | logged | recall | precision | double | invented | fields; recall and precision of others |\n",
    );
    out.push_str("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n");
    for event in &run.events {
        let count = &event.count;
        // The fields of an event that did not come, or that nobody did, are no faults of their own.
        let (missing, invented) = (count.expected - count.paired, count.logged - count.paired);
        let right = |field: &&super::result::Field| {
            field.right + missing >= field.expected && field.right + invented >= field.logged
        };
        let mut fields = vec![format!(
            "{} of {} are right in each",
            count.fields.iter().filter(right).count(),
            count.fields.len()
        )];
        for field in count.fields.iter().filter(|field| !right(field)) {
            let (recall, precision) = (ratio(field.right, field.expected), ratio(field.right, field.logged));
            fields.push(format!("{} {recall} and {precision}", field.name));
        }
        let _ = writeln!(
            out,
            "| {} {} | {} | {} | {} | {} | {} | {} | {} |",
            event.id,
            count.name,
            count.expected,
            count.logged,
            ratio(count.paired, count.expected),
            ratio(count.paired, count.logged),
            count.duplicate,
            count.invented,
            fields.join("; ")
        );
    }
    out.push('\n');
}

fn exceptions(runs: &[Run], out: &mut String) {
    out.push_str("## Exceptions\n\nEverything that is not 1 above, with its reason. The test fails on anything else.\n\n");
    out.push_str(
        "| kernel, tier | case | what | how often in this run | reason |\n| --- | --- | --- | ---: | --- |\n",
    );
    for run in runs {
        for case in &run.cases {
            for exception in &case.exceptions {
                let _ = writeln!(
                    out,
                    "| {} | {} | {} | {} | {} |",
                    title(run),
                    case.name,
                    exception.what,
                    exception.times,
                    exception.reason
                );
            }
            for what in &case.unexplained {
                let first = what.lines().next().unwrap_or_default();
                let _ = writeln!(out, "| {} | {} | {first} | | **none yet** |", title(run), case.name);
            }
        }
    }
    out.push('\n');
}

fn cases(runs: &[Run], out: &mut String) {
    out.push_str("## Cases\n\nEvents that came exactly as they were due, of those that were.\n\n| case | |");
    for run in runs {
        let _ = write!(out, " {}, {} |", run.series(), run.tier);
    }
    out.push_str("\n| --- | --- |");
    out.push_str(&" ---: |".repeat(runs.len()));
    out.push('\n');
    let mut seen = BTreeSet::new();
    for case in runs.iter().flat_map(|run| &run.cases).filter(|case| seen.insert(case.name.as_str())) {
        let _ = write!(out, "| {} | {} |", case.name, case.about);
        for run in runs {
            let _ = write!(out, " {} |", run.case(&case.name).map_or("-".to_owned(), verdict));
        }
        out.push('\n');
    }
    let mut skipped: Vec<String> = Vec::new();
    for run in runs {
        for case in &run.cases {
            skipped.extend(
                case.skipped.iter().map(|reason| format!("- {}, {}: {reason}", title(run), case.name)),
            );
        }
    }
    if !skipped.is_empty() {
        let _ = write!(out, "\nNot, or not wholly, done:\n\n{}\n", skipped.join("\n"));
    }
    out.push('\n');
}

fn verdict(case: &Case) -> String {
    let partly = if case.skipped.is_some() { " (skipped)" } else { "" };
    format!("{} of {}{partly}", case.right, case.expected)
}

fn original(runs: &[Run], out: &mut String) {
    out.push_str("## What Sysmon for Linux does not see\n\n");
    out.push_str(
        "What release 1.5.2 misses, by earlier measurement or because it has no hook there; it did not run \
        beside ours. Ours are the runs above.\n\n",
    );
    out.push_str("| deed | 1.5.2 |");
    for run in runs {
        let _ = write!(out, " tuxmon, {}, {} |", run.series(), run.tier);
    }
    out.push_str("\n| --- | --- |");
    out.push_str(&" --- |".repeat(runs.len()));
    out.push('\n');
    for (deed, name) in MISSED_BY_THE_ORIGINAL {
        let _ = write!(out, "| {deed} | not seen |");
        for run in runs {
            let _ = write!(out, " {} |", run.case(name).map_or("not done", seen));
        }
        out.push('\n');
    }
}

fn seen(case: &Case) -> &'static str {
    match (&case.skipped, case.right == case.expected, case.unexplained.is_empty()) {
        (Some(_), ..) => "not done",
        (None, true, _) => "seen",
        (None, false, true) => "seen, with exceptions",
        (None, false, false) => "not all",
    }
}

fn ratio(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    if part == whole {
        return "1".to_owned();
    }
    // Never rounded up to 1.
    format!("{:.4}", (part as f64 / whole as f64 * 10_000.0).floor() / 10_000.0)
}
