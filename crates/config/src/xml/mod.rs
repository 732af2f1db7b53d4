//! The elements of a file, as pugixml sees them, with the place of everything.
//!
//! Why not a library: the original's parser takes files that XML forbids (a bare `&`, `--` in
//! comments, several roots, duplicate attributes, text before the first `<`) and people's files live
//! on that, so a strict parser refuses what must load; and a tolerant tokeniser (quick-xml) leaves
//! to its caller just what is needed here: tag matching, attribute syntax, references, places.

mod references;
mod scan;

use std::borrow::Cow;

use crate::codes::{self, Code};
use crate::report::{Refused, Report};
use crate::source::Source;

/// All elements of a file, in document order.
pub(crate) struct Document<'s> {
    elements: Vec<Element<'s>>,
    roots: Vec<usize>,
}

/// One element.
pub(crate) struct Element<'s> {
    /// Its name, with any prefix.
    pub(crate) name: &'s str,
    /// Offset of its `<`.
    pub(crate) at: usize,
    /// Its attributes, as written.
    pub(crate) attributes: Vec<Attribute<'s>>,
    /// Its own text, without that of its children.
    pub(crate) text: String,
    /// Offset of the first character of `text` that is no white space.
    pub(crate) text_at: Option<usize>,
    children: Vec<u32>,
}

/// One attribute.
pub(crate) struct Attribute<'s> {
    pub(crate) name: &'s str,
    pub(crate) value: Cow<'s, str>,
    /// Offset of its name.
    pub(crate) at: usize,
}

/// Reads a whole file, or reports why it cannot be read.
pub(crate) fn read<'s>(source: &'s Source, report: &mut Report<'_>) -> Result<Document<'s>, Refused> {
    const TOLERATED: [Code; 3] = [codes::BARE_AMPERSAND, codes::COMMENT_DASHES, codes::SEVERAL_ROOTS];
    let document = scan::scan(source, report).inspect_err(|_| report.stop_tolerating())?;
    if let Some(line) = report.first_line(&TOLERATED) {
        let message = format!(
            "line {line} is not well-formed XML: the original up to 1.5.1 and every strict parser refuse this file"
        );
        report.add(0, codes::NOT_WELL_FORMED, message, format!("mend line {line}"));
    }
    Ok(document)
}

impl<'s> Document<'s> {
    /// The outermost elements.
    pub(crate) fn roots(&self) -> impl Iterator<Item = &Element<'s>> {
        self.roots.iter().map(|&root| &self.elements[root])
    }

    /// The elements directly inside an element.
    pub(crate) fn children<'d>(&'d self, element: &'d Element<'s>) -> impl Iterator<Item = &'d Element<'s>> {
        element.children.iter().map(|&child| &self.elements[child as usize])
    }
}

impl<'s> Element<'s> {
    /// The value of an attribute; of several with the same name the first counts, as in pugixml.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute<'s>> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The value of an attribute that says something.
    pub(crate) fn filled(&self, name: &str) -> Option<&Attribute<'s>> {
        self.attribute(name).filter(|attribute| !attribute.value.is_empty())
    }

    /// Whether it has this name in any case.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}
