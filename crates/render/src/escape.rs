//! How the characters of a value are written in each form.
//!
//! Values come from whoever starts a process or names a file, so every character that could end a line, close an
//! element or drive a terminal is written as something else. Runs of harmless bytes are copied whole.

/// One form's treatment of characters: which bytes need a closer look, and what is written instead.
pub struct Escape {
    stops: [bool; 256],
    write: fn(char, &mut String),
}

/// Element content of XML 1.0, on one line.
pub static XML: Escape = Escape { stops: stops(b"&<>\"", b"\t"), write: write_xml };

/// Inside a JSON string, on one line.
pub static JSON: Escape = Escape { stops: stops(b"\"\\", b""), write: write_json };

/// For the eyes of someone at a terminal, which must obey none of it.
pub static TERMINAL: Escape = Escape { stops: stops(b"", b""), write: write_terminal };

impl Escape {
    /// Appends `value` in this form.
    pub fn append(&self, value: &str, out: &mut String) {
        let bytes = value.as_bytes();
        let mut clean = 0;
        while let Some(run) = bytes[clean..].iter().position(|&byte| self.stops[usize::from(byte)]) {
            let stop = clean + run;
            out.push_str(&value[clean..stop]);
            let odd = value[stop..]
                .chars()
                .next()
                .expect("stop bytes are ASCII or lead bytes, so a character begins here");
            (self.write)(odd, out);
            clean = stop + odd.len_utf8();
        }
        out.push_str(&value[clean..]);
    }

    /// Appends one character in this form.
    pub fn append_char(&self, character: char, out: &mut String) {
        if self.stops[usize::from(lead_byte(character))] {
            (self.write)(character, out);
        } else {
            out.push(character);
        }
    }
}

fn lead_byte(character: char) -> u8 {
    character.encode_utf8(&mut [0; 4]).as_bytes()[0]
}

/// Marks the C0 controls, DEL, the form's own characters, and the three lead bytes under which the other troublemakers
/// stand: C2 (C1 controls), E2 (line separators, direction overrides), EF (the non-characters FFFE and FFFF).
const fn stops(own: &[u8], harmless: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[0x7f] = true;
    table[0xc2] = true;
    table[0xe2] = true;
    table[0xef] = true;
    set_all(&mut table, own, true);
    set_all(&mut table, harmless, false);
    table
}

const fn set_all(table: &mut [bool; 256], bytes: &[u8], value: bool) {
    let mut index = 0;
    while index < bytes.len() {
        table[bytes[index] as usize] = value;
        index += 1;
    }
}

/// Compat: the original writes LF (and 1.5.2 also CR and `"`) raw and other controls as illegal XML; here one event
/// stays one line that every parser reads (docs/compat.md).
fn write_xml(character: char, out: &mut String) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\n' => out.push_str("&#10;"),
        '\r' => out.push_str("&#13;"),
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
        // Legal in XML, but a terminal obeys 7F to 9F, and some readers of lines break at 85, 2028 and 2029.
        '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
            out.push_str("&#");
            push_decimal(u32::from(character), out);
            out.push(';');
        }
        other => out.push(other),
    }
}

fn write_json(character: char, out: &mut String) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => {
            out.push_str("\\u");
            push_hex(u32::from(character), 4, out);
        }
        other => out.push(other),
    }
}

fn write_terminal(character: char, out: &mut String) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\u{1f}' | '\u{7f}' => {
            out.push_str("\\x");
            push_hex(u32::from(character), 2, out);
        }
        // Direction overrides make a line read differently from what it is.
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}' => {
            out.push_str("\\u{");
            push_hex(u32::from(character), 1, out);
            out.push('}');
        }
        other => out.push(other),
    }
}

fn push_decimal(number: u32, out: &mut String) {
    if number >= 10 {
        push_decimal(number / 10, out);
    }
    out.push(digit(number % 10));
}

fn push_hex(number: u32, width: u32, out: &mut String) {
    if number >= 16 || width > 1 {
        push_hex(number / 16, width.saturating_sub(1), out);
    }
    out.push(digit(number % 16));
}

fn digit(value: u32) -> char {
    char::from_digit(value, 16).expect("a remainder of 10 or 16 is a digit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: &Escape, value: &str, expected: &str) {
        let mut whole = String::new();
        form.append(value, &mut whole);
        assert_eq!(whole, expected);
        let mut one_by_one = String::new();
        value.chars().for_each(|character| form.append_char(character, &mut one_by_one));
        assert_eq!(one_by_one, expected, "character by character");
    }

    #[test]
    fn xml_keeps_one_event_on_one_line() {
        check(&XML, "", "");
        check(&XML, "plain żółć 😀 ™", "plain żółć 😀 ™");
        check(&XML, "a&b<c>d\"e'f", "a&amp;b&lt;c&gt;d&quot;e'f");
        check(&XML, "a\nb\rc\td", "a&#10;b&#13;c\td");
        check(&XML, "\0\u{7}\u{1b}[31m", "\u{fffd}\u{fffd}\u{fffd}[31m");
        check(&XML, "\u{fffe}\u{ffff}\u{fffd}", "\u{fffd}\u{fffd}\u{fffd}");
        check(&XML, "\u{7f}\u{85}\u{9b}\u{a0}\u{2028}", "&#127;&#133;&#155;\u{a0}&#8232;");
        check(&XML, "&amp;&#10;", "&amp;amp;&amp;#10;");
    }

    #[test]
    fn json_keeps_every_character() {
        check(&JSON, "a\"b\\c\n\r\t", "a\\\"b\\\\c\\n\\r\\t");
        check(&JSON, "\0\u{1b}\u{7f}\u{9b}\u{2029}<é>", "\\u0000\\u001b\\u007f\\u009b\\u2029<é>");
    }

    #[test]
    fn a_terminal_is_never_driven() {
        check(&TERMINAL, "\u{1b}[2J\u{7}\u{7f}", "\\x1b[2J\\x07\\x7f");
        check(&TERMINAL, "a\nb\tc\\n", "a\\nb\\tc\\n");
        check(&TERMINAL, "\u{9b}31m\u{202e}gpj.exe", "\\u{9b}31m\\u{202e}gpj.exe");
    }
}
