//! The names by which one can ask for a part of an event.

use tuxmon_event::{EVENTS, spec};
use tuxmon_reader::System;

use crate::event::Event;
use crate::head::EventIds;
use crate::safe::append_cut;

/// Parts of the envelope that have a name like a field.
const ENVELOPE: &[&str] = &["EventID", "EventName", "EventRecordID", "SystemTime", "Computer"];

/// A name that no event has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no event has a field '{name}'{}", nearest.as_ref().map(|it| format!("; do you mean {it}?")).unwrap_or_default())]
pub struct FieldError {
    /// What was asked for.
    pub name: String,
    /// The name that is nearest to it.
    pub nearest: Option<&'static str>,
}

/// The name of every field of the schema and of the envelope; of the fields, those of the events in `ids` in the order
/// of the schema.
pub fn field_names(ids: Option<EventIds>) -> Vec<&'static str> {
    let mut names = ENVELOPE.to_vec();
    for event in EVENTS.iter().filter(|event| ids.is_none_or(|ids| ids.contains(event.id))) {
        for field in event.fields {
            if !names.contains(&field.name) {
                names.push(field.name);
            }
        }
    }
    names
}

/// The name as events write it. Events spell some names in two ways (`SourceProcessGuid` and `SourceProcessGUID`), so
/// that all spellings are given.
pub(crate) fn spellings(name: &str) -> Result<Vec<&'static str>, FieldError> {
    let known = field_names(None);
    let same: Vec<_> = known.iter().copied().filter(|known| known.eq_ignore_ascii_case(name)).collect();
    if same.is_empty() {
        return Err(FieldError { name: name.to_owned(), nearest: nearest(name, &known) });
    }
    Ok(same)
}

/// Fields to show: all, or the chosen ones.
pub type Shown = Option<Vec<Vec<&'static str>>>;

/// The fields of a list such as `Image,CommandLine`, in any case.
pub fn shown_fields(list: &str) -> Result<Vec<Vec<&'static str>>, FieldError> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(spellings).collect()
}

/// Appends the value of a field or of a part of the envelope; `false` when the event has none.
pub(crate) fn append_value(event: &Event<'_>, spellings: &[&'static str], out: &mut String) -> bool {
    for name in spellings {
        if let Some(value) = event.value(name) {
            out.push_str(value);
            return true;
        }
    }
    match spellings.first().copied() {
        Some("EventID") => out.push_str(&event.id.to_string()),
        Some("EventName") => append_event_name(event.id, out),
        Some("EventRecordID") => match event.system().record_id {
            Some(record_id) => out.push_str(&record_id.to_string()),
            None => return false,
        },
        Some("SystemTime") => out.push_str(event.system_time()),
        Some("Computer") => {
            let system: &System = &event.system();
            out.push_str(&system.computer);
        }
        Some(_) | None => return false,
    }
    true
}

/// Appends the value of a shown field, safely; `-` when there is none.
pub(crate) fn append_shown(event: &Event<'_>, spellings: &[&'static str], longest: usize, out: &mut String) {
    let mut value = String::new();
    if append_value(event, spellings, &mut value) && !value.is_empty() {
        append_cut(&value, longest, out);
    } else {
        out.push('-');
    }
}

/// Our name of an event; of one that only Windows has, its number.
pub(crate) fn append_event_name(id: u16, out: &mut String) {
    if let Some(spec) = spec(id) {
        out.push_str(spec.name);
    } else {
        out.push_str("Event");
        out.push_str(&id.to_string());
    }
}

/// The known name with the fewest changes from `name`, if they are few.
fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    const MOST_CHANGES: usize = 3;
    let distances = known.iter().map(|known| (distance(name, known), *known));
    distances.min().filter(|(distance, _)| *distance <= MOST_CHANGES).map(|(_, name)| name)
}

/// How many letters have to be put in, taken out or changed, whatever their case.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let changed = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_spelling() {
        assert_eq!(spellings("image"), Ok(vec!["Image"]));
        assert_eq!(spellings("computer"), Ok(vec!["Computer"]));
        let both = spellings("sourceprocessguid").expect("two events have it");
        assert_eq!(both, ["SourceProcessGuid", "SourceProcessGUID"]);
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest() {
        assert_eq!(spellings("Comandline").expect_err("no field").nearest, Some("CommandLine"));
        assert_eq!(spellings("zzzzzzzz").expect_err("no field").nearest, None);
    }
}
