//! Identities of processes and logins.

use std::fmt;
use std::str::FromStr;

/// Sixteen bytes that identify a process or a login, in the order of their text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(pub [u8; 16]);

/// Where each byte stands in the text.
const PLACES: [usize; 16] = [1, 3, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27, 29, 31, 33, 35];

/// The text of no digits at all.
const FORM: &[u8; 38] = b"{00000000-0000-0000-0000-000000000000}";

impl Guid {
    /// The identity of nothing, all zeros.
    pub const NIL: Self = Self([0; 16]);

    /// Puts an identity together in upstream's way: the machine, the second in which the process
    /// (or login) began, and a key that tells apart what began in that second on that machine.
    ///
    /// Compat: the text shows the low half of the second before its high half.
    pub fn new(machine: u32, start_seconds: u32, key: [u8; 8]) -> Self {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&machine.to_be_bytes());
        bytes[4..6].copy_from_slice(&(start_seconds as u16).to_be_bytes());
        bytes[6..8].copy_from_slice(&((start_seconds >> 16) as u16).to_be_bytes());
        bytes[8..].copy_from_slice(&key);
        Self(bytes)
    }

    /// The machine that the identity was made on.
    pub fn machine(&self) -> u32 {
        u32::from_be_bytes([self.0[0], self.0[1], self.0[2], self.0[3]])
    }

    /// The second since the Unix epoch in which the process or login began.
    pub fn start_seconds(&self) -> u32 {
        u32::from_be_bytes([self.0[6], self.0[7], self.0[4], self.0[5]])
    }

    /// The key that tells apart what began in one second on one machine.
    pub fn key(&self) -> [u8; 8] {
        let mut key = [0; 8];
        key.copy_from_slice(&self.0[8..]);
        key
    }

    /// Whether this is the identity of nothing.
    pub fn is_nil(&self) -> bool {
        *self == Self::NIL
    }

    /// Appends the text, `{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}`.
    pub fn append_to(&self, out: &mut String) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = *FORM;
        for (byte, place) in self.0.iter().zip(PLACES) {
            text[place] = DIGITS[usize::from(byte >> 4)];
            text[place + 1] = DIGITS[usize::from(byte & 15)];
        }
        out.push_str(str::from_utf8(&text).expect("digits, dashes and braces are ASCII"));
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.append_to(&mut text);
        f.pad(&text)
    }
}

/// The text is not of the form `{8-4-4-4-12}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseGuidError;

impl fmt::Display for ParseGuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a GUID of the form {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}")
    }
}

impl std::error::Error for ParseGuidError {}

impl FromStr for Guid {
    type Err = ParseGuidError;

    /// Reads the text; the braces may be missing, and the digits may be upper case.
    fn from_str(text: &str) -> Result<Self, ParseGuidError> {
        let text = text.as_bytes();
        let mut braced = *FORM;
        match text.len() {
            38 => braced.copy_from_slice(text),
            36 => braced[1..37].copy_from_slice(text),
            _ => return Err(ParseGuidError),
        }
        let mut bytes = [0; 16];
        for (byte, place) in bytes.iter_mut().zip(PLACES) {
            *byte = digit(braced[place])? << 4 | digit(braced[place + 1])?;
            braced[place] = b'0';
            braced[place + 1] = b'0';
        }
        // With its digits gone, the text must be the bare form.
        if braced == *FORM { Ok(Self(bytes)) } else { Err(ParseGuidError) }
    }
}

/// The value of one hexadecimal digit.
fn digit(byte: u8) -> Result<u8, ParseGuidError> {
    let value = char::from(byte).to_digit(16).ok_or(ParseGuidError)?;
    Ok(value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_low_half_of_the_second_first() {
        let guid = Guid::new(0x74d9_a3a2, 0x6a1f_d5b6, 0x5555_1c5b_2a7d_u64.to_le_bytes());
        assert_eq!(guid.to_string(), "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}");
        assert_eq!(guid.machine(), 0x74d9_a3a2);
        assert_eq!(guid.start_seconds(), 0x6a1f_d5b6);
        assert_eq!(guid.key(), 0x5555_1c5b_2a7d_u64.to_le_bytes());
    }

    #[test]
    fn text_is_read_back() {
        let guid = Guid([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 254, 255]);
        let text = guid.to_string();
        assert_eq!(text.parse(), Ok(guid));
        assert_eq!(text.to_ascii_uppercase().parse(), Ok(guid));
        assert_eq!(text.trim_matches(['{', '}']).parse(), Ok(guid));
    }

    #[test]
    fn nil_is_all_zeros() {
        assert_eq!(Guid::NIL.to_string(), "{00000000-0000-0000-0000-000000000000}");
        assert!(Guid::NIL.is_nil());
    }

    #[test]
    fn other_texts_are_refused() {
        let good = "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}";
        for end in 0..good.len() {
            assert_eq!(good[..end].parse::<Guid>(), Err(ParseGuidError), "{}", &good[..end]);
        }
        for bad in [
            "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000)",
            "{74d9a3a2-d5b6-6a1f-7d2a-5b1c5555é}",
            "74d9a3a2-d5b6-6a1f-7d2a-5b1c555500001",
            "74d9a3a2+d5b6-6a1f-7d2a-5b1c55550000",
            "74d9a3a2-d5b6-6a1f-7d2a-5b1c5555000g",
        ] {
            assert_eq!(bad.parse::<Guid>(), Err(ParseGuidError), "{bad}");
        }
    }
}
