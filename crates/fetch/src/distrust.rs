//! What is wrong with a certificate, in words for who has to mend it.

use std::fmt;

use rustls::CertificateError;

const DAY: u64 = 24 * 60 * 60;

/// Why a certificate is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// Nobody who is trusted has signed it.
    Unknown,
    /// It is for others.
    Name {
        /// Who was asked.
        asked: String,
        /// For whom it is.
        presented: Vec<String>,
    },
    /// Its time is over.
    Expired {
        /// Since so many days, where the library says when.
        days: Option<u64>,
    },
    /// Its time has not begun.
    NotYet,
    /// It is an authority's own, which may sign others and is not a server's.
    Authority,
    /// Something else, as the library says it.
    Other(String),
}

impl Distrust {
    pub(crate) fn of(problem: &CertificateError) -> Self {
        match problem {
            // Somebody of the same name as one who is trusted may have signed it, with a key of his own.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::Unknown,
            CertificateError::Expired => Self::Expired { days: None },
            CertificateError::ExpiredContext { time, not_after } => {
                Self::Expired { days: Some(time.as_secs().saturating_sub(not_after.as_secs()) / DAY) }
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYet,
            CertificateError::NotValidForNameContext { expected, presented } => Self::Name {
                asked: expected.to_str().into_owned(),
                presented: presented.iter().map(|name| plain_name(name)).collect(),
            },
            // The library has no name of its own for it.
            other if other.to_string().contains("CaUsedAsEndEntity") => Self::Authority,
            other => Self::Other(other.to_string()),
        }
    }
}

impl Distrust {
    /// What can be done about it; `setting` is where certificates to believe are named.
    pub(crate) fn remedy(&self, setting: &str) -> String {
        match self {
            Self::Unknown => format!(
                "if it is the right server, {setting} can name a file with the certificate of who signed its own, or with its own (PEM)"
            ),
            Self::Name { presented, .. } if presented.is_empty() => {
                "the server needs a certificate with its name in subjectAltName".to_owned()
            }
            Self::Name { .. } => {
                "ask for it by a name of its certificate, or give the server one with this name".to_owned()
            }
            Self::Expired { .. } => {
                "the server needs a new one, unless this machine's clock is wrong".to_owned()
            }
            Self::NotYet => "look at the clocks of this machine and of the server".to_owned(),
            Self::Authority => {
                "the server needs one of its own, signed by it (CA:FALSE), with its name in subjectAltName"
                    .to_owned()
            }
            Self::Other(_) => "the server needs another one".to_owned(),
        }
    }
}

/// The library writes names as `DnsName("host")` and `IpAddress(127.0.0.1)`.
fn plain_name(name: &str) -> String {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    inner.trim_matches('"').to_owned()
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("its certificate is not signed by anybody who is trusted here"),
            Self::Name { asked, presented } if presented.is_empty() => {
                write!(f, "its certificate names no server at all (no subject alternative names), and is not for {asked}")
            }
            Self::Name { asked, presented } => {
                write!(f, "its certificate is for {}, and not for {asked}", presented.join(", "))
            }
            Self::Expired { days: Some(days) } => write!(f, "its certificate expired {days} days ago"),
            Self::Expired { days: None } => f.write_str("its certificate has expired"),
            Self::NotYet => f.write_str("its certificate is not valid yet"),
            Self::Authority => f.write_str(
                "its certificate is that of an authority (CA:TRUE), which signs others, and not that of a server",
            ),
            Self::Other(reason) => write!(f, "its certificate cannot be used: {reason}"),
        }
    }
}
