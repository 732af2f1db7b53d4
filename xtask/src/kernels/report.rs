//! The tables, in Markdown: for the terminal, and for docs/kernels.md.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};

use super::condition::Condition;
use super::outcome::{Outcome, Row, Verdict};

/// All tables.
pub(super) fn tables(rows: &[Row]) -> String {
    [guests(rows), events(rows), verifier(rows)].join("\n")
}

/// One row for each guest.
fn guests(rows: &[Row]) -> String {
    let mut out = "| kernel | hooks | start of the agent | passed | failed | skipped | |\n".to_owned();
    out.push_str("| --- | --- | ---: | ---: | ---: | ---: | --- |\n");
    for row in rows {
        let outcome = &row.outcome;
        let failed = outcome.count(Verdict::Failed) + outcome.count(Verdict::Unfinished);
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {failed} | {} | {} |",
            row.release,
            row.condition.map_or("", Condition::name),
            load(outcome),
            outcome.count(Verdict::Passed),
            outcome.count(Verdict::Skipped),
            remarks(outcome),
        );
    }
    out
}

/// Events by guest: how many of its tests passed; of how many, where not all did.
fn events(rows: &[Row]) -> String {
    let tested: Vec<&Row> = rows.iter().filter(|row| !row.outcome.tests.is_empty()).collect();
    let mut stems: Vec<&str> = Vec::new();
    for (name, _) in tested.iter().flat_map(|row| &row.outcome.tests) {
        let stem = stem(name);
        if !stems.contains(&stem) {
            stems.push(stem);
        }
    }
    let mut out = "| tests of |".to_owned();
    for row in &tested {
        let _ = write!(out, " {} {} |", row.kernel_name(), row.condition.map_or("", Condition::name));
    }
    let _ = writeln!(out, "\n| --- |{}", " --- |".repeat(tested.len()));
    for stem in stems {
        let _ = write!(out, "| {} |", stem.replace('_', " "));
        for row in &tested {
            let _ = write!(out, " {} |", passed_of(&row.outcome, stem));
        }
        out.push('\n');
    }
    out
}

fn stem(test: &str) -> &str {
    test.split("::").next().unwrap_or(test)
}

fn passed_of(outcome: &Outcome, of: &str) -> String {
    let verdicts: Vec<Verdict> =
        outcome.tests.iter().filter(|(name, _)| stem(name) == of).map(|(_, verdict)| *verdict).collect();
    let passed = verdicts.iter().filter(|verdict| **verdict == Verdict::Passed).count();
    if verdicts.is_empty() {
        "–".to_owned()
    } else if passed == verdicts.len() {
        passed.to_string()
    } else {
        format!("**{passed} of {}**", verdicts.len())
    }
}

/// Programs by kernel: instructions that the verifier walked.
fn verifier(rows: &[Row]) -> String {
    let surveyed: Vec<&Row> = rows.iter().filter(|row| !row.outcome.survey.is_empty()).collect();
    let mut programs: Vec<&str> = Vec::new();
    for (name, _) in surveyed.iter().flat_map(|row| &row.outcome.survey) {
        if !programs.contains(&name.as_str()) {
            programs.push(name);
        }
    }
    let mut out = "| program |".to_owned();
    for row in &surveyed {
        let hooks = match row.condition {
            Some(Condition::BtfLess) => " BTF from a file",
            _ => "",
        };
        let _ = write!(out, " {}{hooks} |", row.kernel_name());
    }
    let _ = writeln!(out, "\n| --- |{}", " ---: |".repeat(surveyed.len()));
    for program in programs {
        let _ = write!(out, "| `{program}` |");
        for row in &surveyed {
            let refused = row.outcome.refusals().any(|(name, _)| name == program);
            let count = row.outcome.survey.iter().find(|(name, _)| name == program);
            let cell = match count {
                Some((_, Ok(count))) => count.to_string(),
                _ if refused => "**refused**".to_owned(),
                Some((_, Err(_))) | None => "–".to_owned(),
            };
            let _ = write!(out, " {cell} |");
        }
        out.push('\n');
    }
    out
}

/// A line for each test that was skipped and each kernel that cannot be had, with the reason.
pub(super) fn skips(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let Some(condition) = row.condition else {
            let _ = writeln!(out, "SKIP kernel {}: {}", row.release, row.outcome.note);
            continue;
        };
        for skip in &row.outcome.skips {
            let _ = writeln!(out, "SKIP {} {} {skip}", row.kernel_name(), condition.name());
        }
    }
    out
}

/// One line that counts the tests of all guests; a kernel that cannot be had counts as skipped.
pub(super) fn summary(rows: &[Row]) -> String {
    let count = |verdict| rows.iter().map(|row| row.outcome.count(verdict)).sum::<usize>();
    let guests = rows.iter().filter(|row| row.condition.is_some()).count();
    let ended_badly = rows.iter().filter(|row| !row.is_good()).count();
    format!(
        "Guests: {guests} booted, {ended_badly} not good; tests in them: {} passed, {} failed, {} skipped",
        count(Verdict::Passed),
        count(Verdict::Failed) + count(Verdict::Unfinished),
        count(Verdict::Skipped) + rows.len() - guests,
    )
}

/// How one guest ended, for who waits at the terminal.
pub(super) fn details(row: &Row) -> String {
    let outcome = &row.outcome;
    let mut out = format!(
        "{} ({}): the agent started in {}; {} passed {}\n",
        row.release,
        row.condition.map_or("", Condition::name),
        load(outcome),
        outcome.count(Verdict::Passed),
        outcome.note
    );
    for (name, verdict) in &outcome.tests {
        match verdict {
            Verdict::Failed | Verdict::Unfinished => {
                let _ = writeln!(out, "  {verdict:?}: {name}");
            }
            Verdict::Passed | Verdict::Skipped => {}
        }
    }
    for (program, reason) in outcome.refusals() {
        let _ = writeln!(out, "  refused: {program}: {reason}");
    }
    out
}

fn load(outcome: &Outcome) -> String {
    outcome.load.map_or_else(|| "–".to_owned(), |hundredths| format!("{:.1} s", hundredths as f64 / 100.0))
}

fn remarks(outcome: &Outcome) -> String {
    let mut remarks: Vec<String> = outcome
        .tests
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Failed | Verdict::Unfinished))
        .map(|(name, _)| name.clone())
        .collect();
    let verified = outcome.survey.iter().filter(|(_, verified)| verified.is_ok()).count();
    if verified > 0 {
        remarks.push(format!("verified: {verified} programs"));
    }
    remarks.extend(outcome.refusals().map(|(program, _)| format!("refused: {program}")));
    if !outcome.note.is_empty() {
        remarks.push(outcome.note.clone());
    }
    remarks.join(", ")
}

const BEGIN: &str = "<!-- Written by `cargo xtask kernels --keep`: begin -->\n";
const END: &str = "<!-- Written by `cargo xtask kernels --keep`: end -->\n";

/// Puts the tables of these results into the page about kernels.
pub(super) fn write_into_page(rows: &[Row]) -> Result<()> {
    let path = crate::root().join("docs/kernels.md");
    let page = fs::read_to_string(&path).context("cannot read docs/kernels.md")?;
    let page = replaced(&page, &written(rows)).context("docs/kernels.md has no place for the tables")?;
    fs::write(&path, page).context("cannot write docs/kernels.md")
}

fn written(rows: &[Row]) -> String {
    let skips = skips(rows).replace("SKIP ", "- ");
    format!("{}\nTests that a guest leaves out, as they say themselves:\n\n{skips}", tables(rows))
}

/// The page with other text between the marks.
fn replaced(page: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{text}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::{BEGIN, END, Row, replaced, tables};
    use crate::kernels::Tier;
    use crate::kernels::condition::Condition;
    use crate::kernels::outcome::Outcome;

    #[test]
    fn tables_show_each_kernel_event_and_program() {
        let said = "@up 6 6.12\n@verified exit_open 920\n@refused deep_open because\n@load yes 1172\n\
            test file_create::one ... ok\ntest file_delete::two ... FAILED\n@end 101\n";
        let rows = [
            Row::missing("6.18", "no suite has it"),
            Row {
                release: "6.12.117+deb13-cloud-amd64".to_owned(),
                condition: Some(Condition::Usual(Tier::Deep)),
                outcome: Outcome::read(said),
            },
        ];
        expect![[r"
            | kernel | hooks | start of the agent | passed | failed | skipped | |
            | --- | --- | ---: | ---: | ---: | ---: | --- |
            | 6.18 |  | – | 0 | 0 | 0 | not obtainable: no suite has it |
            | 6.12.117+deb13-cloud-amd64 | deep | 11.7 s | 1 | 1 | 0 | file_delete::two, verified: 1 programs, refused: deep_open |

            | tests of | 6.12 deep |
            | --- | --- |
            | file create | 1 |
            | file delete | **0 of 1** |

            | program | 6.12 |
            | --- | ---: |
            | `exit_open` | 920 |
            | `deep_open` | **refused** |
        "]]
        .assert_eq(&tables(&rows));
    }

    #[test]
    fn the_page_follows_from_the_results() {
        let root = crate::root();
        let rows = crate::kernels::kept::all(&root).expect("the results can be read");
        let page = std::fs::read_to_string(root.join("docs/kernels.md")).expect("the page is there");
        let written = replaced(&page, &super::written(&rows)).expect("it has a place for the tables");
        assert!(page == written, "run `cargo xtask kernels --page`");
    }

    #[test]
    fn only_what_stands_between_the_marks_is_written() {
        let page = format!("above\n{BEGIN}old\n{END}below\n");
        assert_eq!(replaced(&page, "new").as_deref(), Some(&*format!("above\n{BEGIN}\nnew\n{END}below\n")));
        assert_eq!(replaced("nothing", "new"), None);
    }
}
