//! Results of guests that are kept, below `tests/kernels/results`: the tables in docs/kernels.md are made of them. A
//! guest's result is kept as soon as it has ended, so that a matrix can be run guest by guest, and a guest in pieces.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::condition::Condition;
use super::outcome::{Outcome, Row, Verdict};

/// The folder, below the root of the repository.
const FOLDER: &str = "tests/kernels/results";

/// Where the result of a guest is kept.
fn path(root: &Path, row: &Row) -> PathBuf {
    let condition = row.condition.map_or("", Condition::short);
    root.join(FOLDER).join(format!("{}-{condition}.txt", row.kernel_name()))
}

/// What is kept of a guest like this one. Another release is another guest.
pub(super) fn of(row: &Row) -> Result<Option<Row>> {
    let path = path(&crate::root(), row);
    if !path.exists() {
        return Ok(None);
    }
    let kept = read(&path)?;
    Ok((kept.release == row.release).then_some(kept))
}

/// Keeps what came out of a guest, beside what was kept of it before.
pub(super) fn keep(row: &Row) -> Result<()> {
    let path = path(&crate::root(), row);
    let outcome = match of(row)? {
        Some(before) => joined(before.outcome, &row.outcome),
        None => row.outcome.clone(),
    };
    let folder = path.parent().expect("it is below the folder of results");
    fs::create_dir_all(folder).context("cannot make the folder of results")?;
    let row = Row { release: row.release.clone(), condition: row.condition, outcome };
    fs::write(&path, print(&row)).with_context(|| format!("cannot write {}", path.display()))
}

/// All results that are kept, by kernel and condition.
pub(super) fn all(root: &Path) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let folder = root.join(FOLDER);
    if !folder.exists() {
        return Ok(rows);
    }
    for entry in fs::read_dir(folder).context("the folder of results cannot be read")? {
        rows.push(read(&entry.context("the folder of results cannot be read")?.path())?);
    }
    rows.sort_by_key(|row| (row.place(), row.condition.map(Condition::place)));
    Ok(rows)
}

fn read(path: &Path) -> Result<Row> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("{} is no result", path.display()))
}

fn parse(text: &str) -> Result<Row> {
    let first = text.lines().next().and_then(|line| line.strip_prefix("@guest "));
    let (release, condition) =
        first.and_then(|guest| guest.split_once(' ')).context("it does not begin with the guest")?;
    let condition = Condition::of_short(condition).with_context(|| format!("{condition} is no condition"))?;
    Ok(Row { release: release.to_owned(), condition: Some(condition), outcome: Outcome::read(text) })
}

/// In the words of a guest, without what tests said.
fn print(row: &Row) -> String {
    let condition = row.condition.map_or("", Condition::short);
    format!("@guest {} {condition}\n{}", row.release, row.outcome.print())
}

/// A later run beside an earlier one: what it ran counts, and what it did not run stays.
fn joined(before: Outcome, now: &Outcome) -> Outcome {
    let mut joined = Outcome { ended: now.ended, note: now.note.clone(), ..before };
    joined.load = now.load.or(joined.load);
    if !now.survey.is_empty() {
        joined.survey.clone_from(&now.survey);
    }
    let ran_again = |name: &str| now.tests.iter().any(|(other, _)| other == name);
    joined.tests.retain(|(name, _)| !ran_again(name));
    joined.skips.retain(|skip| !ran_again(named(skip)));
    joined.tests.extend(now.tests.iter().cloned());
    joined.skips.extend(now.skips.iter().cloned());
    joined.tests.sort();
    joined.skips.sort();
    joined
}

/// The test that a line `TEST: REASON` is of; reasons begin after a colon and a space, names have neither.
fn named(skip: &str) -> &str {
    skip.split_once(": ").map_or(skip, |(name, _)| name)
}

/// Whether a test need not run again.
pub(super) fn is_done(kept: &Row, test: &str) -> bool {
    let done = |verdict| matches!(verdict, Verdict::Passed | Verdict::Skipped);
    kept.outcome.tests.iter().any(|(name, verdict)| name == test && done(*verdict))
}

#[cfg(test)]
mod tests {
    use super::{Row, is_done, joined, parse, print};
    use crate::kernels::Tier;
    use crate::kernels::condition::Condition;
    use crate::kernels::outcome::Outcome;

    const FIRST: &str = "@up 6 6.12\n@verified exit_open 920\n@refused deep_open this kernel has no x\n\
        @load yes 1172\ntest b::two ... FAILED\ntest a::one ... ok\ntest c::three ... SKIP c::three: not root: y\n\
        ok\ntest d::four ...\n";
    const SECOND: &str = "@up 6 6.12\n@load yes 900\ntest b::two ... ok\ntest d::four ... ok\n@end 0\n";

    fn row(outcome: Outcome) -> Row {
        let condition = Some(Condition::Usual(Tier::Deep));
        Row { release: "6.12.117+deb13-cloud-amd64".to_owned(), condition, outcome }
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let kept = row(joined(Outcome::read(FIRST), &Outcome::read(SECOND)));
        let text = print(&kept);
        expect_test::expect![[r"
            @guest 6.12.117+deb13-cloud-amd64 deep
            @up
            @load yes 900
            @verified exit_open 920
            @refused deep_open this kernel has no x
            test a::one ... ok
            test b::two ... ok
            test c::three ... SKIP c::three: not root: y
            ok
            test d::four ... ok
            @end 0
        "]]
        .assert_eq(&text);
        let again = parse(&text).expect("we wrote it");
        assert_eq!(print(&again), text);
        assert!(is_done(&again, "c::three") && !is_done(&again, "e::five"));
        assert!(parse("test a::one ... ok\n").is_err());
    }

    #[test]
    fn a_guest_that_did_not_end_is_no_good_result() {
        let kept = row(Outcome::read(FIRST));
        assert!(!is_done(&kept, "b::two") && !is_done(&kept, "d::four"));
        assert!(!parse(&print(&kept)).expect("we wrote it").outcome.ended);
    }
}
