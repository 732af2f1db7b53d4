//! What is said of any element: attributes, texts and names that are not as they should be.

use crate::codes;
use crate::report::Report;
use crate::xml::Element;

/// Names are recorded in the events, with room for this many characters.
const LONGEST_NAME: usize = 255;

/// Reports the attributes that mean nothing on this element.
pub(crate) fn note_attributes(element: &Element<'_>, known: &[&str], report: &mut Report<'_>) {
    for attribute in element.attributes.iter().filter(|attribute| !known.contains(&attribute.name)) {
        if attribute.name.starts_with("xmlns") || attribute.name.starts_with("xml:") {
            continue;
        }
        let message = format!("{} means nothing on {}", attribute.name, element.name);
        let remedy = match report.nearest(attribute.name, known.iter().copied()) {
            Some(meant) => format!("did you mean {meant}? Names are case-sensitive"),
            None if known.is_empty() => "remove it".to_owned(),
            None => format!("known are {}", known.join(", ")),
        };
        report.add(attribute.at, codes::UNKNOWN_ATTRIBUTE, message, remedy);
    }
}

/// Reports words between elements; single marks are left over from comments and harmless.
pub(crate) fn note_text(element: &Element<'_>, report: &mut Report<'_>) {
    if let Some(at) = element.text_at.filter(|_| element.text.contains(char::is_alphanumeric)) {
        let message = format!("text directly inside {} means nothing", element.name);
        report.add(at, codes::STRAY_TEXT, message, "put it into a field element or a comment");
    }
}

/// Reports a name that is too long, and says whether it is.
pub(crate) fn note_long_name(name: &str, at: usize, consequence: &str, report: &mut Report<'_>) -> bool {
    if !is_long(name) {
        return false;
    }
    let begin: String = name.chars().take(40).collect();
    let message = format!("Rule name is larger than {LONGEST_NAME} characters: {begin}…: {consequence}");
    report.add(at, codes::LONG_NAME, message, "shorten the name");
    true
}

/// The original counts units of UTF-16.
pub(crate) fn is_long(name: &str) -> bool {
    name.len() > LONGEST_NAME && name.encode_utf16().count() > LONGEST_NAME
}
