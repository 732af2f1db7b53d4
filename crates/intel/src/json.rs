//! What the two forms in JSON have in common.

use serde_json::Value;

use crate::reading::Reading;

/// The text as JSON; what is none is told.
pub(crate) fn parse(text: &str, reading: &mut Reading<'_>) -> Option<Value> {
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            reading.problem(error.line(), "broken-json", format!("this is no JSON: {error}"), "");
            None
        }
    }
}

/// A text of an object; empty when it has none.
pub(crate) fn word<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Tells what is wrong with an object, on the line on which its id stands first. That is looked for only when it is told:
/// a list may have a million objects.
pub(crate) fn problem(
    text: &str,
    id: &str,
    reading: &mut Reading<'_>,
    code: &'static str,
    message: String,
    remedy: &str,
) {
    let line = if reading.tells_more() { line_of(text, id) } else { 1 };
    reading.problem(line, code, message, remedy);
}

fn line_of(text: &str, part: &str) -> usize {
    if part.is_empty() {
        return 1;
    }
    text.find(part).map_or(1, |place| text[..place].bytes().filter(|byte| *byte == b'\n').count() + 1)
}
