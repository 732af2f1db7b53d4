//! Networks of addresses, and which addresses are in them: once, for rules, lists and questions.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// All addresses that begin with the same bits. An address alone is a network of one.
///
/// An IPv4 address that is written as one of IPv6 (`::ffff:192.0.2.1`) is the same address, and so is a network of such.
/// A network of IPv6 holds no address of IPv4, not even `::/0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    /// Without the bits behind `length`, and never an IPv4 address in the form of IPv6.
    first: IpAddr,
    /// At most 32 or 128.
    length: u8,
}

/// It is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseNetworkError;

/// How many bits stand before an IPv4 address that is written as one of IPv6.
const MAPPED: u8 = 96;

impl Network {
    /// The addresses that have these first bits in common with `address`; nothing when it has fewer bits.
    pub fn around(address: IpAddr, length: u8) -> Option<Self> {
        let (address, length) = match (address, address.to_canonical()) {
            (IpAddr::V6(_), IpAddr::V4(four)) => match length.checked_sub(MAPPED) {
                Some(length) => (IpAddr::V4(four), length),
                // It holds more than the addresses of IPv4, so it is one of IPv6.
                None => (address, length),
            },
            (_, canonical) => (canonical, length),
        };
        let first = match address {
            IpAddr::V4(four) => IpAddr::V4((four.to_bits() & mask_of(length, 32)? as u32).into()),
            IpAddr::V6(six) => IpAddr::V6((six.to_bits() & mask_of(length, 128)?).into()),
        };
        Some(Self { first, length })
    }

    /// Its first address.
    pub fn first(&self) -> IpAddr {
        self.first
    }

    /// How many bits its addresses have in common.
    pub fn length(&self) -> u8 {
        self.length
    }

    /// Whether it holds an address.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.first.is_ipv4()
            && Self::around(address, self.length).is_some_and(|around| around.first == self.first)
    }

    /// Whether it holds an address that is written as text; what is no address is in no network.
    pub fn contains_text(&self, text: &str) -> bool {
        text.parse().is_ok_and(|address| self.contains(address))
    }
}

/// The bits of a mask at the low end; nothing when there are not so many.
fn mask_of(length: u8, longest: u8) -> Option<u128> {
    let behind = longest.checked_sub(length)?;
    Some(u128::MAX.checked_shl(u32::from(behind)).unwrap_or(0))
}

impl FromStr for Network {
    type Err = ParseNetworkError;

    /// Reads `10.0.0.0/8` or `fe80::/10`; bits behind the length do not count.
    fn from_str(text: &str) -> Result<Self, ParseNetworkError> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address.trim(), Some(length.trim())),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| ParseNetworkError)?;
        let length = match length {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| ParseNetworkError)?
            }
            Some(_) => return Err(ParseNetworkError),
            None if address.is_ipv4() => 32,
            None => 128,
        };
        Self::around(address, length).ok_or(ParseNetworkError)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.first, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn network(text: &str) -> Network {
        text.parse().unwrap_or_else(|_| panic!("{text} is a network"))
    }

    #[test]
    fn networks_hold_their_addresses() {
        for (text, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.0.0/16", "10.2.2.3", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("10.1.2.3/32", "10.1.2.3", true),
            ("fe80::/10", "fe80:0:0:0:a00:27ff:fee3:816e", true),
            ("fe80::a00:27ff:fee3:816e", "fe80:0:0:0:a00:27ff:fee3:816e", true),
            ("::1/128", "0:0:0:0:0:0:0:1", true),
            ("::/0", "2001:db8::1", true),
        ] {
            assert_eq!(network(text).contains_text(address), inside, "{text} {address}");
        }
    }

    #[test]
    fn bits_behind_the_length_do_not_count() {
        assert_eq!(network("10.1.2.3/8"), network("10.0.0.0/8"));
        assert_eq!(network("2001:db8::7/32").to_string(), "2001:db8::/32");
        assert_eq!(network("192.0.2.77/0").to_string(), "0.0.0.0/0");
        assert_eq!(network("192.0.2.77").to_string(), "192.0.2.77/32");
    }

    #[test]
    fn an_address_of_ipv4_is_the_same_in_the_form_of_ipv6() {
        assert!(network("10.0.0.0/8").contains_text("::ffff:10.1.2.3"));
        assert!(network("::ffff:10.1.2.3").contains_text("10.1.2.3"));
        assert_eq!(network("::ffff:10.1.2.3/104"), network("10.0.0.0/8"));
        assert_eq!(network("::ffff:0:0/96"), network("0.0.0.0/0"));
        // What holds more than the addresses of IPv4 is of IPv6, and a family holds none of the other.
        assert!(!network("::/0").contains_text("10.1.2.3"));
        assert!(!network("::ffff:0:0/95").contains_text("10.1.2.3"));
        assert!(!network("10.0.0.0/8").contains_text("2001:db8::1"));
    }

    #[test]
    fn whatever_is_no_network_is_refused() {
        for text in
            ["10.0.0.0/33", "10.0.0/8", "", "/8", "::/129", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/x", "a/8"]
        {
            assert_eq!(text.parse::<Network>(), Err(ParseNetworkError), "{text}");
        }
        for text in ["-", "", "10.1", "10.0.0.0/8", "host.example"] {
            assert!(!network("0.0.0.0/0").contains_text(text), "{text}");
        }
    }
}
