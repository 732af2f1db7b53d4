//! Documents over HTTPS: asked for once, bounded in size, time and redirections, and checked against the certificates
//! that this machine trusts.
//!
//! Only `tuxmon-hunt` uses it. The agent has no network, and must never depend on this crate.

mod answer;
mod client;
mod distrust;
mod trust;

pub use answer::Answer;
pub use client::{Client, Limits, Plain, Settings, escaped, shown};
pub use distrust::Distrust;
pub use trust::Trust;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The URL has another scheme, or none.
    #[error("{url} is no URL of the kind https://host/path")]
    NotHttp {
        /// What was asked for.
        url: String,
    },
    /// The URL, or the place to which it led, is not encrypted, and nobody said that it may be.
    #[error("{url} is not encrypted: whoever is on the way can change what it says")]
    Unencrypted {
        /// What was asked for.
        url: String,
    },
    /// The certificates to trust cannot be read.
    #[error("cannot use the certificates of {place}: {reason}")]
    Trust {
        /// The file, or the system.
        place: String,
        /// What is wrong with them.
        reason: String,
    },
    /// The proxy that the environment names is none.
    #[error("the proxy of the environment cannot be used: {0}")]
    Proxy(String),
    /// It is longer than the limit.
    #[error("the answer of {url} is longer than {limit} bytes")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// The most that is taken.
        limit: u64,
    },
    /// It took longer than the limit.
    #[error("{url} did not answer within {seconds} seconds")]
    TooSlow {
        /// What was asked for.
        url: String,
        /// The longest that is waited.
        seconds: u64,
    },
    /// It leads on too often.
    #[error("{url} leads on more than {limit} times")]
    TooManyRedirections {
        /// What was asked for.
        url: String,
        /// The most that are followed.
        limit: u32,
    },
    /// Its certificate does not show that it is who was asked. It has been told nothing.
    #[error("{url}: {why}")]
    Untrusted {
        /// What was asked for.
        url: String,
        /// What is wrong with the certificate.
        why: Distrust,
    },
    /// Whoever listens there does not encrypt. It has been told nothing.
    #[error("{url}: what listens there does not speak TLS")]
    NotTls {
        /// What was asked for.
        url: String,
    },
    /// No connection, or something that is not HTTP.
    #[error("{url}: {reason}")]
    Failed {
        /// What was asked for.
        url: String,
        /// What happened.
        reason: String,
    },
}

impl FetchError {
    /// What can be done about a certificate that is not believed, as the end of the message; empty where nothing of this
    /// kind is wrong. `setting` is where certificates to believe are named.
    pub fn remedy(&self, setting: &str) -> String {
        match self {
            Self::Untrusted { why, .. } => format!("; {}", why.remedy(setting)),
            Self::NotTls { .. }
            | Self::NotHttp { .. }
            | Self::Unencrypted { .. }
            | Self::Trust { .. }
            | Self::Proxy(_)
            | Self::TooLarge { .. }
            | Self::TooSlow { .. }
            | Self::TooManyRedirections { .. }
            | Self::Failed { .. } => String::new(),
        }
    }
}
