//! Character references and line ends inside text and attribute values.

use std::borrow::Cow;

/// What text a piece of the file stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text between tags: references count, line ends become LF.
    Text,
    /// An attribute value: references count, white space becomes blanks.
    Attribute,
    /// A CDATA section: only line ends count.
    Literal,
}

/// Decodes a piece; the second part is the offset of the first `&` that begins no reference. Such
/// an `&` and what follows it stay as written.
pub(super) fn decode(raw: &str, piece: Piece) -> (Cow<'_, str>, Option<usize>) {
    let special = |byte: u8| match byte {
        b'&' => piece != Piece::Literal,
        b'\r' => true,
        b'\n' | b'\t' => piece == Piece::Attribute,
        _ => false,
    };
    if !raw.bytes().any(special) {
        return (Cow::Borrowed(raw), None);
    }
    let mut decoded = String::with_capacity(raw.len());
    let mut bare = None;
    let mut rest = raw;
    while let Some(place) = rest.bytes().position(special) {
        decoded.push_str(&rest[..place]);
        rest = &rest[place..];
        let (length, c) = if rest.starts_with('&') {
            reference(rest).unwrap_or_else(|| {
                bare.get_or_insert(raw.len() - rest.len());
                (1, '&')
            })
        } else {
            let length = if rest.starts_with("\r\n") { 2 } else { 1 };
            (length, if piece == Piece::Attribute { ' ' } else { '\n' })
        };
        decoded.push(c);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    (Cow::Owned(decoded), bare)
}

/// The reference at the beginning of `text`: its length and the character.
fn reference(text: &str) -> Option<(usize, char)> {
    const LONGEST: usize = 12; // `&#x0010FFFF;`
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => numeric(name.strip_prefix('#')?)?,
    };
    Some((end + 1, c))
}

fn numeric(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    // `from_str_radix` would take a sign
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, piece: Piece, decoded: &str, bare: Option<usize>) {
        let (text, at) = decode(raw, piece);
        assert_eq!((text.as_ref(), at), (decoded, bare));
    }

    #[test]
    fn references_become_characters() {
        check("a&lt;b&gt;&amp;&quot;&apos;&#65;&#x42;", Piece::Text, "a<b>&\"'AB", None);
        check("&amp;lt;", Piece::Text, "&lt;", None);
        check("&amp;", Piece::Literal, "&amp;", None);
    }

    #[test]
    fn what_is_no_reference_stays() {
        check("a && b", Piece::Text, "a && b", Some(2));
        check("&xxe;", Piece::Text, "&xxe;", Some(0));
        check("&#xD800;&#+5;&#;", Piece::Text, "&#xD800;&#+5;&#;", Some(0));
        check("&éééééééé;", Piece::Text, "&éééééééé;", Some(0));
    }

    #[test]
    fn line_ends_are_equal() {
        check("a\r\nb\rc\nd", Piece::Text, "a\nb\nc\nd", None);
        check("a\r\nb\tc", Piece::Attribute, "a b c", None);
    }
}
