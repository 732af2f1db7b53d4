//! Who asks, and within which bounds.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use ureq::config::{Config, RedirectAuthHeaders};
use ureq::http::Uri;
use ureq::tls::TlsConfig;
use ureq::{Agent, Proxy, Timeout};

use crate::{Answer, Distrust, FetchError, Trust};

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(20);

/// How much is taken, and how long it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest body of an answer.
    pub bytes: u64,
    /// From the question to the last byte of its answer.
    pub time: Duration,
    /// So often an answer may lead on to another place.
    pub redirections: u32,
}

/// Whether what is not encrypted is asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plain {
    /// Only `https://` is asked, and no answer leads elsewhere.
    #[default]
    Refused,
    /// `http://` too.
    Allowed,
}

/// What a client is made of.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How much, and how long.
    pub limits: Limits,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Whether `http://` may be asked.
    pub plain: Plain,
}

/// Asks servers. Connections are kept and used again.
///
/// A proxy is used when the environment names one (`ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, except for the hosts of
/// `NO_PROXY`), and never for this machine itself.
#[derive(Debug, Clone)]
pub struct Client {
    direct: Agent,
    proxied: Option<Agent>,
    limits: Limits,
    plain: Plain,
}

impl Client {
    /// A client of these settings, with the proxy of the environment.
    pub fn new(settings: &Settings) -> Result<Self, FetchError> {
        Self::through(settings, Proxy::try_from_env())
    }

    /// A client that asks through this proxy, whatever the environment says.
    pub fn with_proxy(settings: &Settings, proxy: &str) -> Result<Self, FetchError> {
        let proxy = Proxy::new(proxy).map_err(|error| FetchError::Proxy(error.to_string()))?;
        Self::through(settings, Some(proxy))
    }

    fn through(settings: &Settings, proxy: Option<Proxy>) -> Result<Self, FetchError> {
        let Settings { limits, trust, plain } = settings;
        let tls = trust.config()?;
        Ok(Self {
            direct: agent(*limits, *plain, &tls, None),
            proxied: proxy.map(|proxy| agent(*limits, *plain, &tls, Some(proxy))),
            limits: *limits,
            plain: *plain,
        })
    }

    /// Asks for a document.
    pub fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<Answer, FetchError> {
        let mut request = self.agent(url)?.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(url, request.call())
    }

    /// Sends a body, and takes the answer.
    pub fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, FetchError> {
        let mut request = self.agent(url)?.post(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(url, request.send(body))
    }

    fn answer(
        &self,
        url: &str,
        outcome: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Answer, FetchError> {
        match outcome {
            Ok(response) => Ok(Answer::new(response, self.limits)),
            Err(error) => Err(failed(url, self.limits, error)),
        }
    }

    fn agent(&self, url: &str) -> Result<&Agent, FetchError> {
        let not_http = || FetchError::NotHttp { url: shown(url) };
        let parsed: Uri = url.parse().map_err(|_| not_http())?;
        let host = parsed.host().ok_or_else(not_http)?;
        match (parsed.scheme_str(), self.plain) {
            (Some("https"), _) | (Some("http"), Plain::Allowed) => {}
            (Some("http"), Plain::Refused) => {
                return Err(FetchError::Unencrypted { url: shown(url) });
            }
            (Some(_) | None, _) => return Err(not_http()),
        }
        Ok(self.proxied.as_ref().filter(|_| !is_this_machine(host)).unwrap_or(&self.direct))
    }
}

fn agent(limits: Limits, plain: Plain, tls: &TlsConfig, proxy: Option<Proxy>) -> Agent {
    Config::builder()
        .http_status_as_error(false)
        .https_only(plain == Plain::Refused)
        .tls_config(tls.clone())
        .proxy(proxy)
        .max_redirects(limits.redirections)
        // Who leads on is not to see the password of the place before.
        .redirect_auth_headers(RedirectAuthHeaders::Never)
        .user_agent(concat!("tuxmon/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(limits.time))
        .timeout_connect(Some(CONNECT.min(limits.time)))
        .build()
        .new_agent()
}

fn is_this_machine(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What is told of an error of the library.
pub(crate) fn failed(url: &str, limits: Limits, error: ureq::Error) -> FetchError {
    let url = shown(url);
    match error {
        ureq::Error::BodyExceedsLimit(_) => FetchError::TooLarge { url, limit: limits.bytes },
        ureq::Error::Timeout(Timeout::Connect) => {
            FetchError::TooSlow { url, seconds: CONNECT.min(limits.time).as_secs() }
        }
        ureq::Error::Timeout(_) => FetchError::TooSlow { url, seconds: limits.time.as_secs() },
        ureq::Error::TooManyRedirects => FetchError::TooManyRedirections { url, limit: limits.redirections },
        ureq::Error::RequireHttpsOnly(url) => FetchError::Unencrypted { url: shown(&url) },
        ureq::Error::Rustls(error) => of_tls(url, &error),
        // The library hides its own errors in those of reading, and so does that of TLS.
        ureq::Error::Io(error) => match error.downcast::<ureq::Error>() {
            Ok(inner) => failed(&url, limits, inner),
            Err(error) => match error.downcast::<rustls::Error>() {
                Ok(inner) => of_tls(url, &inner),
                Err(error) => FetchError::Failed { url, reason: error.to_string() },
            },
        },
        other => FetchError::Failed { url, reason: other.to_string() },
    }
}

fn of_tls(url: String, error: &rustls::Error) -> FetchError {
    match error {
        rustls::Error::InvalidCertificate(problem) => {
            FetchError::Untrusted { url, why: Distrust::of(problem) }
        }
        // The first bytes of its answer are none of TLS.
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
            FetchError::NotTls { url }
        }
        other => FetchError::Failed { url, reason: other.to_string() },
    }
}

/// A URL as it may be shown: `https://user:password@host/` without what stands before the host, and without its query,
/// which may hold a key.
pub fn shown(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// A value as a part of a URL's path or query: names may have letters that a URL has no place for.
pub fn escaped(value: &str) -> String {
    value.bytes().fold(String::with_capacity(value.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':') {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a String takes everything");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_url_has_no_secret() {
        for (url, expected) in [
            ("https://you:word@host.example/a?key=1#b", "https://host.example/a"),
            ("https://host.example", "https://host.example"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(shown(url), expected);
        }
    }
}
