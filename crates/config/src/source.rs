//! The text of the file, decoded, and where its lines begin.

/// The bytes of a configuration as text.
pub(crate) struct Source {
    /// The decoded text, with a byte order mark removed.
    pub(crate) text: String,
    /// Whether a `<` stands in the first 2048 bytes; the original gives up otherwise.
    pub(crate) begins_soon: bool,
    /// Offset in `text` of the first character that stands for undecodable bytes.
    pub(crate) undecodable: Option<usize>,
    line_starts: Vec<u32>,
}

/// How far the original looks for the first `<`.
const FIRST_CHUNK: usize = 2048;

impl Source {
    /// Decodes UTF-8, UTF-16 and ISO-8859-1.
    ///
    /// Compat: xml.cpp — without a byte order mark, a zero second byte means UTF-16LE; a declared
    /// ISO-8859-1 wins over the byte order mark of UTF-8.
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        let begins_soon =
            bytes.iter().take(FIRST_CHUNK).any(|&byte| byte == b'<') || bytes.len() <= FIRST_CHUNK;
        let (text, undecodable) = match bytes {
            [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
            [_, 0, ..] => utf16(bytes, u16::from_le_bytes),
            [0xef, 0xbb, 0xbf, rest @ ..] => eight_bit(rest),
            _ => eight_bit(bytes),
        };
        let line_starts = line_starts(&text);
        Self { text, begins_soon, undecodable, line_starts }
    }

    /// Line of an offset, from 1.
    pub(crate) fn line(&self, at: usize) -> u32 {
        self.line_starts.partition_point(|&start| start as usize <= at) as u32
    }

    /// Line and column of an offset, both from 1, the column in characters.
    pub(crate) fn place(&self, at: usize) -> (u32, u32) {
        let line = self.line(at);
        let start = self.line_starts[line as usize - 1] as usize;
        let at = at.min(self.text.len());
        let continuation = |byte: &&u8| (**byte & 0xc0) != 0x80;
        let column = self.text.as_bytes()[start..at].iter().filter(continuation).count() + 1;
        (line, column as u32)
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    let mut starts = vec![0];
    starts.extend(text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at as u32 + 1));
    starts
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (String, Option<usize>) {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut undecodable = None;
    for decoded in char::decode_utf16(units) {
        text.push(decoded.unwrap_or_else(|_| {
            undecodable.get_or_insert(text.len());
            char::REPLACEMENT_CHARACTER
        }));
    }
    // a mark that the zero-byte test let through is no text
    match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest.to_owned(), undecodable),
        None => (text, undecodable),
    }
}

fn eight_bit(bytes: &[u8]) -> (String, Option<usize>) {
    if declares_latin1(bytes) {
        return (bytes.iter().map(|&byte| char::from(byte)).collect(), None);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => (String::from_utf8_lossy(bytes).into_owned(), Some(error.valid_up_to())),
    }
}

/// Whether the XML declaration names ISO-8859-1.
fn declares_latin1(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(FIRST_CHUNK)];
    let Some(start) = head.windows(5).position(|window| window == b"<?xml") else { return false };
    let end =
        head[start..].windows(2).position(|window| window == b"?>").map_or(head.len(), |end| start + end);
    let declaration = String::from_utf8_lossy(&head[start..end]).to_ascii_lowercase();
    let Some((_, encoding)) = declaration.split_once("encoding") else { return false };
    let encoding = encoding.trim_start().trim_start_matches('=').trim_start();
    ["iso-8859-1", "latin1"].iter().any(|name| {
        let name_begins = |quote| {
            encoding.strip_prefix(quote).is_some_and(|rest| rest.starts_with(&format!("{name}{quote}")))
        };
        name_begins('"') || name_begins('\'')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let utf8_bom = ["\u{feff}".as_bytes(), "<é/>".as_bytes()].concat();
        let utf16_bom = le("\u{feff}<é/>");
        let utf16_be: Vec<u8> = "\u{feff}<é/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in ["<é/>".as_bytes(), &utf8_bom, &utf16_bom, &le("<é/>"), &utf16_be] {
            assert_eq!(Source::decode(bytes).text, "<é/>", "{bytes:?}");
        }
    }

    #[test]
    fn a_declared_latin1_wins_over_the_mark() {
        let declared = b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><\xe9/>";
        assert!(Source::decode(declared).text.ends_with("<é/>"));
        let other = b"<?xml version='1.0' encoding='ISO-8859-15'?><\xe9/>";
        assert!(Source::decode(other).undecodable.is_some());
    }

    #[test]
    fn places_count_characters() {
        let source = Source::decode("a\né<b/>\n".as_bytes());
        assert_eq!(source.place(0), (1, 1));
        assert_eq!(source.place(4), (2, 2));
        assert_eq!(source.place(99), (3, 1));
    }

    #[test]
    fn broken_bytes_are_told() {
        assert_eq!(Source::decode(b"<a>\xff</a>").undecodable, Some(3));
        assert_eq!(Source::decode(&[b'<', 0, 0, 0xd8]).undecodable, Some(1));
    }
}
