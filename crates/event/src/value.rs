//! The uniform form of a field.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{Guid, Timestamp};

/// The value of one field of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Any text; `""` is an unknown text.
    Text(&'a str),
    /// A time, printed in UTC with milliseconds.
    Time(Timestamp),
    /// An identity, printed in braces.
    Guid(Guid),
    /// A number, printed decimal.
    Number(u64),
    /// A number, printed `0x%x`.
    Hex(u64),
    /// Printed `true` or `false`.
    Flag(bool),
    /// A value that is not text and is not known; prints nothing.
    Absent,
    /// An IP address; IPv6 is printed without compression.
    Address(IpAddr),
}

impl<'a> Value<'a> {
    /// Appends the printed text; an empty value appends nothing.
    pub fn append_to(&self, out: &mut String) {
        match *self {
            Self::Text(text) => out.push_str(text),
            Self::Time(time) => time.append_utc_time(out),
            Self::Guid(guid) => guid.append_to(out),
            Self::Number(number) => out.push_str(itoa::Buffer::new().format(number)),
            Self::Hex(number) => {
                out.push_str("0x");
                append_hex(number, out);
            }
            Self::Flag(true) => out.push_str("true"),
            Self::Flag(false) => out.push_str("false"),
            Self::Absent => {}
            Self::Address(IpAddr::V4(address)) => append_v4(address, out),
            Self::Address(IpAddr::V6(address)) => append_v6(address, out),
        }
    }

    /// Whether nothing is printed.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Absent | Self::Text(""))
    }

    /// The printed text, borrowed where it is text already; otherwise made in `scratch`, whose old
    /// contents are lost.
    pub fn text<'s>(self, scratch: &'s mut String) -> &'s str
    where
        'a: 's,
    {
        if let Self::Text(text) = self {
            return text;
        }
        scratch.clear();
        self.append_to(scratch);
        scratch
    }
}

/// Appends a number in hexadecimal digits without leading zeros.
fn append_hex(number: u64, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let count = (64 - number.leading_zeros()).div_ceil(4).max(1);
    for place in (0..count).rev() {
        let digit = number >> (place * 4) & 15;
        out.push(char::from(DIGITS[digit as usize]));
    }
}

/// Appends four groups with points between them.
fn append_v4(address: Ipv4Addr, out: &mut String) {
    for (place, byte) in address.octets().into_iter().enumerate() {
        if place > 0 {
            out.push('.');
        }
        out.push_str(itoa::Buffer::new().format(byte));
    }
}

/// Appends eight groups with colons between them.
///
/// Compat: upstream leaves no group of zeros out, and prints a mapped IPv4 address like any other.
fn append_v6(address: Ipv6Addr, out: &mut String) {
    for (place, group) in address.segments().into_iter().enumerate() {
        if place > 0 {
            out.push(':');
        }
        append_hex(u64::from(group), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(value: Value<'_>) -> String {
        let mut out = String::new();
        value.append_to(&mut out);
        out
    }

    #[test]
    fn values_print_as_upstream_prints_them() {
        assert_eq!(printed(Value::Text("a\nb")), "a\nb");
        assert_eq!(printed(Value::Time(Timestamp(0))), "1970-01-01 00:00:00.000");
        assert_eq!(printed(Value::Guid(Guid::NIL)), "{00000000-0000-0000-0000-000000000000}");
        assert_eq!(printed(Value::Number(4_294_967_295)), "4294967295");
        assert_eq!(printed(Value::Hex(0)), "0x0");
        assert_eq!(printed(Value::Hex(0x10_00a0)), "0x1000a0");
        assert_eq!(printed(Value::Hex(u64::MAX)), "0xffffffffffffffff");
        assert_eq!(printed(Value::Flag(true)), "true");
        assert_eq!(printed(Value::Flag(false)), "false");
        assert_eq!(printed(Value::Absent), "");
    }

    #[test]
    fn addresses_print_without_compression() {
        let printed = |text: &str| printed(Value::Address(text.parse().expect("a valid address")));
        assert_eq!(printed("192.168.0.255"), "192.168.0.255");
        assert_eq!(printed("::1"), "0:0:0:0:0:0:0:1");
        assert_eq!(printed("::ffff:127.0.0.1"), "0:0:0:0:0:ffff:7f00:1");
        assert_eq!(printed("2001:db8::a0"), "2001:db8:0:0:0:0:0:a0");
    }

    #[test]
    fn only_what_prints_nothing_is_empty() {
        assert!(Value::Text("").is_empty());
        assert!(Value::Absent.is_empty());
        for value in [Value::Number(0), Value::Flag(false), Value::Guid(Guid::NIL), Value::Text("-")] {
            assert!(!value.is_empty());
        }
    }

    #[test]
    fn text_is_borrowed_and_the_rest_is_made() {
        let mut scratch = String::from("old");
        assert_eq!(Value::Text("ls").text(&mut scratch), "ls");
        assert_eq!(Value::Number(7).text(&mut scratch), "7");
        assert_eq!(Value::Absent.text(&mut scratch), "");
    }
}
