//! One pass over the text, with the grammar of pugixml.

use crate::codes;
use crate::report::{Refused, Report};
use crate::source::Source;

use super::references::{Piece, decode};
use super::{Attribute, Document, Element};

/// A configuration is five levels deep.
const MAX_DEPTH: usize = 64;
/// The richest published configuration has some three thousand elements.
const MAX_ELEMENTS: usize = 50_000;
const MAX_ATTRIBUTES: usize = 100_000;

const WHITE_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Reads the elements of a file.
pub(super) fn scan<'s>(source: &'s Source, report: &mut Report<'_>) -> Result<Document<'s>, Refused> {
    if !source.begins_soon {
        let remedy = "begin the file with <Sysmon schemaversion=\"4.90\">";
        return Err(report.refuse(
            0,
            codes::TOO_MUCH_WHITE_SPACE,
            "no '<' stands in the first 2048 bytes of the file",
            remedy,
        ));
    }
    if let Some(at) = source.undecodable {
        let message = "bytes that are not UTF-8 stand here; a value that contains them matches nothing";
        report.add(at, codes::BAD_ENCODING, message, "save the file as UTF-8");
    }
    let document = Document { elements: Vec::new(), roots: Vec::new() };
    let mut scanner =
        Scanner { text: &source.text, at: 0, document, open: Vec::new(), attributes: 0, report };
    while scanner.at < scanner.text.len() {
        scanner.step()?;
    }
    scanner.end()
}

struct Scanner<'s, 'r, 'p> {
    text: &'s str,
    at: usize,
    document: Document<'s>,
    open: Vec<usize>, // the elements that we are in, outermost first
    attributes: usize,
    report: &'r mut Report<'p>,
}

impl<'s> Scanner<'s, '_, '_> {
    fn rest(&self) -> &'s str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches(WHITE_SPACE).len();
    }

    /// Reads one text, tag, comment or declaration.
    fn step(&mut self) -> Result<(), Refused> {
        let rest = self.rest();
        if !rest.starts_with('<') {
            let length = rest.find('<').unwrap_or(rest.len());
            self.add_text(&rest[..length], Piece::Text);
            self.at += length;
            return Ok(());
        }
        if rest.starts_with("<!--") {
            return self.comment();
        }
        if rest.starts_with("<![CDATA[") {
            return self.literal();
        }
        if rest.starts_with("<!DOCTYPE") {
            return self.doctype();
        }
        if rest.starts_with("<?") {
            self.skip_past("<?", "?>", "processing instruction")?;
            return Ok(());
        }
        if rest.starts_with("</") {
            return self.end_tag();
        }
        self.start_tag()
    }

    /// Skips a part with a fixed end and returns what stands in it.
    fn skip_past(&mut self, begin: &str, end: &str, what: &str) -> Result<&'s str, Refused> {
        let body = &self.rest()[begin.len()..];
        let Some(length) = body.find(end) else {
            let message = format!("this {what} is never closed with '{end}'");
            return Err(self.report.refuse(
                self.at,
                codes::XML_UNFINISHED,
                message,
                format!("write '{end}' at its end"),
            ));
        };
        self.at += begin.len() + length + end.len();
        Ok(&body[..length])
    }

    fn comment(&mut self) -> Result<(), Refused> {
        let begin = self.at;
        let body = self.skip_past("<!--", "-->", "comment")?;
        let dashes = body.find("--").or_else(|| body.ends_with('-').then(|| body.len() - 1));
        if let Some(dashes) = dashes {
            let line = self.report.line(begin);
            let message = format!(
                "the comment that began in line {line} contains '--'; everything up to the next '-->' is part of it"
            );
            let remedy = "close the comment before, or write one '-'";
            self.report.add(begin + 4 + dashes, codes::COMMENT_DASHES, message, remedy);
        }
        Ok(())
    }

    fn literal(&mut self) -> Result<(), Refused> {
        let begin = self.at;
        let body = self.skip_past("<![CDATA[", "]]>", "CDATA section")?;
        let after = std::mem::replace(&mut self.at, begin);
        self.add_text(body, Piece::Literal);
        self.at = after;
        Ok(())
    }

    /// Adds text to the innermost open element; outside of all elements it means nothing.
    fn add_text(&mut self, raw: &'s str, piece: Piece) {
        let Some(&open) = self.open.last() else {
            if raw.contains(char::is_alphanumeric) {
                self.report.add(
                    self.at,
                    codes::STRAY_TEXT,
                    "text outside of all elements means nothing",
                    "remove it",
                );
            }
            return;
        };
        let text = self.decode(raw, self.at, piece);
        let element = &mut self.document.elements[open];
        let blank = raw.len() - raw.trim_start().len();
        if blank < raw.len() {
            element.text_at.get_or_insert(self.at + blank);
        }
        element.text.push_str(&text);
    }

    fn decode(&mut self, raw: &'s str, at: usize, piece: Piece) -> std::borrow::Cow<'s, str> {
        let (text, bare) = decode(raw, piece);
        if let Some(bare) = bare {
            let message = "'&' begins no known reference and is taken as it stands";
            self.report.add(at + bare, codes::BARE_AMPERSAND, message, "write '&amp;'");
        }
        text
    }

    /// Skips a document type; with entities in it the file is refused, because what they would
    /// stand for is never read, and a filter with another value than its author sees is worse.
    fn doctype(&mut self) -> Result<(), Refused> {
        let begin = self.at;
        let mut depth = 0_usize;
        let mut quote = None;
        for (offset, c) in self.rest().char_indices() {
            match (quote, c) {
                (Some(open), c) => quote = (open != c).then_some(open),
                (None, '"' | '\'') => quote = Some(c),
                (None, '<') => depth += 1,
                (None, '>') => depth -= 1,
                (None, _) => {}
            }
            if depth == 0 {
                self.at += offset + 1;
                return self.after_doctype(begin);
            }
        }
        let message = "this document type declaration is never closed with '>'";
        Err(self.report.refuse(
            begin,
            codes::XML_UNFINISHED,
            message,
            "remove it; a configuration needs none",
        ))
    }

    fn after_doctype(&mut self, begin: usize) -> Result<(), Refused> {
        let declaration = &self.text[begin..self.at];
        if let Some(entity) = declaration.find("<!ENTITY") {
            let message = "entities are not expanded and no other file is read";
            let remedy = "remove the DOCTYPE and write the text itself";
            return Err(self.report.refuse(begin + entity, codes::ENTITY_DECLARATION, message, remedy));
        }
        let message = "the document type declaration is not read";
        self.report.add(begin, codes::DOCTYPE, message, "remove it; a configuration needs none");
        Ok(())
    }

    fn end_tag(&mut self) -> Result<(), Refused> {
        let begin = self.at;
        self.at += 2;
        let name = self.name();
        let expected = self.open.last().map(|&open| &self.document.elements[open]);
        if expected.is_none_or(|open| open.name != name) {
            let (message, remedy) = match expected {
                Some(open) => (
                    format!("</{name}> closes <{}> of line {}", open.name, self.report.line(open.at)),
                    format!("write </{}> before it", open.name),
                ),
                None => (format!("</{name}> closes nothing"), "remove it".to_owned()),
            };
            return Err(self.report.refuse(begin, codes::XML_MISMATCH, message, remedy));
        }
        self.skip_space();
        if !self.rest().starts_with('>') {
            let message = format!("the end tag </{name}> contains more than the name");
            return Err(self.report.refuse(self.at, codes::XML_TAG, message, format!("write </{name}>")));
        }
        self.at += 1;
        self.open.pop();
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), Refused> {
        let begin = self.at;
        self.at += 1;
        let name = self.name();
        if !name.starts_with(is_name_start) {
            let message = "'<' begins no tag here";
            return Err(self.report.refuse(
                begin,
                codes::XML_TAG,
                message,
                "write '&lt;' if it is part of a value",
            ));
        }
        self.admit(begin)?;
        let attributes = self.read_attributes(name)?;
        self.attributes += attributes.len();
        let place = self.document.elements.len();
        match self.open.last() {
            Some(&parent) => self.document.elements[parent].children.push(place as u32),
            None => self.document.roots.push(place),
        }
        let element =
            Element { name, at: begin, attributes, text: String::new(), text_at: None, children: Vec::new() };
        self.document.elements.push(element);
        if self.rest().starts_with('/') {
            self.at += 2; // read_attributes has seen "/>"
        } else {
            self.at += 1;
            self.open.push(place);
        }
        Ok(())
    }

    /// Refuses the element that is one too many.
    fn admit(&mut self, at: usize) -> Result<(), Refused> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("elements are nested more than {MAX_DEPTH} deep");
            return Err(self.report.refuse(
                at,
                codes::TOO_DEEP,
                message,
                "an event element stands at most three deep",
            ));
        }
        if self.document.elements.len() >= MAX_ELEMENTS || self.attributes >= MAX_ATTRIBUTES {
            let message =
                format!("the file has more than {MAX_ELEMENTS} elements or {MAX_ATTRIBUTES} attributes");
            return Err(self.report.refuse(
                at,
                codes::TOO_MANY_ELEMENTS,
                message,
                "use the list conditions, like `contains any`",
            ));
        }
        if self.open.is_empty() && !self.document.roots.is_empty() {
            let message = "a second outermost element: XML allows one";
            self.report.add(at, codes::SEVERAL_ROOTS, message, "move its content into the first <Sysmon>");
        }
        Ok(())
    }

    /// Reads attributes up to, not including, the end of the tag.
    fn read_attributes(&mut self, tag: &str) -> Result<Vec<Attribute<'s>>, Refused> {
        let mut attributes = Vec::new();
        loop {
            let before = self.at;
            self.skip_space();
            if self.rest().starts_with('>') || self.rest().starts_with("/>") {
                return Ok(attributes);
            }
            if self.rest().is_empty() {
                let message = format!("the file ends inside the tag <{tag}");
                return Err(self.report.refuse(
                    before,
                    codes::XML_UNFINISHED,
                    message,
                    "write '>' at its end",
                ));
            }
            if before == self.at || !self.rest().starts_with(is_name_start) {
                let message = format!("the tag <{tag} is not closed with '>' before this character");
                return Err(self.report.refuse(
                    self.at,
                    codes::XML_TAG,
                    message,
                    "attributes are name=\"value\" with a blank before each",
                ));
            }
            attributes.push(self.attribute()?);
        }
    }

    fn attribute(&mut self) -> Result<Attribute<'s>, Refused> {
        let begin = self.at;
        let name = self.name();
        self.skip_space();
        let quoted = self.rest().strip_prefix('=').map(|rest| rest.trim_start_matches(WHITE_SPACE));
        let quote = quoted.and_then(|rest| rest.chars().next()).filter(|c| ['"', '\''].contains(c));
        let (Some(quoted), Some(quote)) = (quoted, quote) else {
            let message = format!("the attribute {name} has no value in quotes");
            return Err(self.report.refuse(
                begin,
                codes::XML_ATTRIBUTE,
                message,
                format!("write {name}=\"value\""),
            ));
        };
        let Some(length) = quoted[1..].find(quote) else {
            let message = format!("the value of the attribute {name} is never closed with {quote}");
            return Err(self.report.refuse(
                begin,
                codes::XML_UNFINISHED,
                message,
                format!("write {quote} at its end"),
            ));
        };
        let value_at = self.text.len() - quoted.len() + 1;
        self.at = value_at + length + 1;
        let value = self.decode(&quoted[1..=length], value_at, Piece::Attribute);
        Ok(Attribute { name, value, at: begin })
    }

    /// The name that begins here, possibly empty.
    fn name(&mut self) -> &'s str {
        let rest = self.rest();
        let length = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn end(self) -> Result<Document<'s>, Refused> {
        if let Some(&open) = self.open.last() {
            let element = &self.document.elements[open];
            let message = format!("<{}> is never closed", element.name);
            let remedy = format!("write </{}> at its end", element.name);
            return Err(self.report.refuse(element.at, codes::XML_UNFINISHED, message, remedy));
        }
        if self.document.roots.is_empty() {
            let remedy = "a configuration is <Sysmon schemaversion=\"4.90\">…</Sysmon>";
            return Err(self.report.refuse(0, codes::NO_ELEMENT, "the file contains no XML element", remedy));
        }
        Ok(self.document)
    }
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || c == ':' || !c.is_ascii()
}

fn is_name_part(c: char) -> bool {
    is_name_start(c) || c.is_ascii_digit() || c == '-' || c == '.'
}
