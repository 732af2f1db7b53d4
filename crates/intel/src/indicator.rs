//! One value that somebody has named.

use std::net::IpAddr;

use tuxmon_event::Network;

/// Of which kind it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// MD5, SHA1 or SHA256 of a file, as hexadecimal digits.
    Hash,
    /// An address.
    Ip,
    /// All addresses of a network.
    Cidr,
    /// A name and all names below it.
    Domain,
    /// The address of a document.
    Url,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Hash, Self::Ip, Self::Cidr, Self::Domain, Self::Url];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Ip => "ip",
            Self::Cidr => "cidr",
            Self::Domain => "domain",
            Self::Url => "url",
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A value, its kind, and until when it means something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// Its kind.
    pub kind: Kind,
    /// In the form in which it is compared: small letters, no dot at the end of a domain, no slash at that of a URL.
    pub value: String,
    /// In milliseconds since 1970; from then on it matches nothing.
    pub expires: Option<i64>,
    /// What its list says of it.
    pub note: String,
}

/// Longest value; no name and no hash is longer, and a URL hardly.
const MAX_VALUE: usize = 2048;
/// Longest note that is kept.
const MAX_NOTE: usize = 256;

impl Indicator {
    /// Whatever a value looks like: hash, address, network, URL or domain.
    pub(crate) fn guess(text: &str) -> Option<Self> {
        let text = armed(text);
        Kind::ALL.into_iter().find_map(|kind| Self::of(kind, &text))
    }

    /// A value of this kind, if it is one.
    pub(crate) fn of(kind: Kind, text: &str) -> Option<Self> {
        let text = armed(text.trim());
        if text.is_empty() || text.len() > MAX_VALUE {
            return None;
        }
        let value = match kind {
            Kind::Hash => hash(&text),
            Kind::Ip => text.parse::<IpAddr>().ok().map(|address| address.to_canonical().to_string()),
            Kind::Cidr => network(&text).map(|network| network.to_string()),
            Kind::Domain => domain(&text),
            Kind::Url => url(&text),
        }?;
        Some(Self { kind, value, expires: None, note: String::new() })
    }

    /// The same with what else is known of it.
    pub(crate) fn with(self, note: &str, expires: Option<i64>) -> Self {
        let note = note.trim();
        Self { note: note[..note.floor_char_boundary(MAX_NOTE)].to_owned(), expires, ..self }
    }

    /// Whether it still means something.
    pub fn holds(&self, now: i64) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// People disarm what they hand around: `hxxp://evil[.]example` is meant as it would be with a dot.
fn armed(text: &str) -> String {
    let text = text.replace("[.]", ".").replace("(.)", ".").replace("[:]", ":");
    match text.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("hxxp") => format!("http{}", &text[4..]),
        _ => text,
    }
}

fn hash(text: &str) -> Option<String> {
    let is_hash = matches!(text.len(), 32 | 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_ascii_lowercase())
}

/// A network; an address alone is an address.
fn network(text: &str) -> Option<Network> {
    if text.contains('/') { text.parse().ok() } else { None }
}

/// A name with a dot in it. Without one it would match names of this machine's own network.
pub(crate) fn domain(text: &str) -> Option<String> {
    let text = text.trim_start_matches("*.").trim_matches('.');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || !byte.is_ascii();
    let sound = text.len() <= 253
        && text.contains('.')
        && text.split('.').all(|label| !label.is_empty() && label.len() <= 63 && label.bytes().all(plain))
        // The last label of a name is never a number; that would be an address, or half of one.
        && text.rsplit('.').next().is_some_and(|last| last.bytes().any(|byte| !byte.is_ascii_digit()));
    sound.then(|| text.to_ascii_lowercase())
}

/// Scheme and host do not know capitals, the rest does.
pub(crate) fn url(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let is_scheme =
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+');
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if !is_scheme || host.is_empty() || text.contains(char::is_whitespace) {
        return None;
    }
    let path = path.split('#').next().unwrap_or_default().trim_end_matches('/');
    Some(format!("{}://{}{path}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase()))
}

/// The name or address in a URL.
pub(crate) fn host_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    match host.strip_prefix('[') {
        Some(six) => six.split(']').next(),
        None => host.split(':').next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(Kind, &str)>) {
        let guessed = Indicator::guess(text);
        assert_eq!(guessed.as_ref().map(|one| (one.kind, one.value.as_str())), expected, "{text}");
    }

    #[test]
    fn values_say_what_they_are() {
        check("D41D8CD98F00B204E9800998ECF8427E", Some((Kind::Hash, "d41d8cd98f00b204e9800998ecf8427e")));
        check("192.0.2.7", Some((Kind::Ip, "192.0.2.7")));
        check("::ffff:192.0.2.7", Some((Kind::Ip, "192.0.2.7")));
        check("2001:db8:0:0:0:0:0:1", Some((Kind::Ip, "2001:db8::1")));
        check("192.0.2.77/24", Some((Kind::Cidr, "192.0.2.0/24")));
        check("::ffff:192.0.2.77/120", Some((Kind::Cidr, "192.0.2.0/24")));
        check("0.0.0.0/0", Some((Kind::Cidr, "0.0.0.0/0")));
        check("Evil.Example.", Some((Kind::Domain, "evil.example")));
        check("*.evil.example", Some((Kind::Domain, "evil.example")));
        check("hxxps://Evil[.]example/A/", Some((Kind::Url, "https://evil.example/A")));
    }

    #[test]
    fn whatever_is_none_is_refused() {
        for text in [
            "",
            "localhost",
            "192.0.2",
            "192.0.2.7/33",
            "1.2.3.4.5",
            "a..b",
            "://x",
            "x y.example",
            "deadbeef",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn hosts_of_urls() {
        assert_eq!(host_of("http://user@evil.example:80/x@y"), Some("evil.example"));
        assert_eq!(host_of("http://[2001:db8::1]:80/"), Some("2001:db8::1"));
        assert_eq!(host_of("no url"), None);
    }
}
