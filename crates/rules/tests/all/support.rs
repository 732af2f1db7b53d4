//! What the tests of rules share: an event made of named values.

use std::collections::BTreeMap;

use tuxmon_event::{EventSpec, spec};
use tuxmon_rules::{FieldSource, Known, Rules, Scratch, Verdict};

/// An event with only the values that a test names.
pub(crate) struct Values<'v> {
    pub(crate) event: &'static EventSpec,
    pub(crate) values: &'v BTreeMap<String, String>,
}

impl FieldSource for Values<'_> {
    fn text<'a>(&'a self, position: usize, _scratch: &'a mut String) -> &'a str {
        self.values.get(self.event.fields[position].name).map_or("", String::as_str)
    }
}

/// The verdict about an event: whether it is written, and its RuleName.
pub(crate) fn judge(rules: &Rules, id: u16, values: &BTreeMap<String, String>) -> (bool, String) {
    let event = spec(id).expect("an event of the schema");
    let source = Values { event, values };
    let mut scratch = Scratch::new();
    let verdict = rules.verdict(id, &source, &mut scratch);
    let explained = rules.explain(id, &source, &mut scratch);
    let (keep, name) = match verdict {
        Verdict::Drop => (false, String::new()),
        Verdict::Keep { rule_name } => (true, rule_name.as_str().to_owned()),
    };
    assert_eq!(keep, explained.keep, "the explanation differs from the verdict: {explained}");
    if keep {
        assert_eq!(
            name,
            explained.rule_name.as_str(),
            "the explanation differs from the verdict: {explained}"
        );
    }
    (keep, name)
}

/// What the rules say of a part of an event they must keep: an event of which everything is dropped is dropped.
pub(crate) fn check_known(rules: &Rules, id: u16, values: &BTreeMap<String, String>, keep: bool) {
    let event = spec(id).expect("an event of the schema");
    for (field, value) in values {
        let Some(position) = event.position(field) else { continue };
        let folder = value.rfind('/').filter(|at| at + 1 < value.len()).map(|at| &value[..=at]);
        let ends = value.char_indices().map(|(at, _)| Known::EndsWith(&value[at..]));
        let parts = folder.map(Known::In).into_iter().chain(ends);
        for known in parts.chain([Known::Is(value)]) {
            assert!(
                !keep || !rules.drops_all(id, &[(position, known)]),
                "an event with {field} {value:?} is kept, though all are said to be dropped with {known:?}"
            );
        }
    }
    let known: Vec<(usize, Known<'_>)> =
        values.iter().filter_map(|(field, value)| Some((event.position(field)?, Known::Is(value)))).collect();
    assert!(
        !keep || !rules.drops_all(id, &known),
        "kept, though all events with {known:?} are said to be dropped"
    );
}
