//! Character references back into characters.

use memchr::{memchr, memchr2};

/// Which escapes a text went through besides XML's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// None: what is written is what is meant.
    Plain,
    /// A syslog daemon, which may have turned control characters into `#012` (three octal digits).
    Syslog,
}

/// The longest reference with a meaning is `&#1114111;`; a few leading zeros are let through.
const LONGEST_REFERENCE: usize = 16;

/// Decodes a value. References that mean nothing stay as they are: files hold worse than the standard allows.
pub(crate) fn decode(text: &str, transport: Transport) -> String {
    let mut out = String::with_capacity(text.len());
    decode_into(text, transport, &mut out);
    out
}

/// Appends the decoded value.
pub fn decode_into(text: &str, transport: Transport, out: &mut String) {
    let mut rest = text;
    while let Some(start) = memchr2(b'&', b'#', rest.as_bytes()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let escape = if rest.starts_with('&') { reference(rest) } else { octal(rest.as_bytes(), transport) };
        let (character, length) = escape.unwrap_or((char::from(rest.as_bytes()[0]), 1));
        out.push(character);
        rest = &rest[length..];
    }
    out.push_str(rest);
}

/// The character of the reference at the start of `text`, and the reference's length.
fn reference(text: &str) -> Option<(char, usize)> {
    let window = &text.as_bytes()[..text.len().min(LONGEST_REFERENCE)];
    let end = memchr(b';', window)?;
    let character = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        name => numbered(name.strip_prefix('#')?)?,
    };
    Some((character, end + 1))
}

fn numbered(digits: &str) -> Option<char> {
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// rsyslog writes the control character 0A as `#012`; it escapes no `#`, so only escapes of controls are taken back.
fn octal(text: &[u8], transport: Transport) -> Option<(char, usize)> {
    if transport == Transport::Plain {
        return None;
    }
    let control = match text {
        [b'#', b'0', high @ b'0'..=b'3', low @ b'0'..=b'7', ..] => (high - b'0') * 8 + (low - b'0'),
        [b'#', b'1', b'7', b'7', ..] => 0x7f,
        _ => return None,
    };
    Some((char::from(control), 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(transport: Transport, text: &str, expected: &str) {
        assert_eq!(decode(text, transport), expected);
    }

    #[test]
    fn references_of_both_originals_are_decoded() {
        check(Transport::Plain, "a &amp;&lt;&gt;&quot;&apos; b", "a &<>\"' b");
        check(Transport::Plain, "&#10;&#13;&#07;&#27;&#x1B;&#155;", "\n\r\u{7}\u{1b}\u{1b}\u{9b}");
        check(Transport::Plain, "&amp;lt; &amp;#10;", "&lt; &#10;");
    }

    #[test]
    fn what_means_nothing_stays() {
        for text in ["&", "& ", "&;", "&nbsp;", "&#;", "&#x;", "&amp", "&#99999999999;", "&żółćżółćżółć;"]
        {
            check(Transport::Plain, text, text);
        }
        check(Transport::Plain, "&#xD800;&#1114112;", "\u{fffd}\u{fffd}");
    }

    #[test]
    fn octal_escapes_are_decoded_only_behind_syslog() {
        check(
            Transport::Syslog,
            "a#012b#011c#033[0m#177 #1 #400 #0123",
            "a\nb\tc\u{1b}[0m\u{7f} #1 #400 \n3",
        );
        check(Transport::Plain, "a#012b", "a#012b");
        check(Transport::Syslog, "&#10;&#012;&#13;", "\n\u{c}\r");
    }
}
