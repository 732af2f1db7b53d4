//! What came back.

use std::io::{self, Read};

use ureq::ResponseExt;
use ureq::http::Response;

use crate::FetchError;
use crate::client::{Limits, failed};

/// What came back: the status, the headers, and a body that is read once.
#[derive(Debug)]
pub struct Answer {
    /// As HTTP numbers it.
    pub status: u16,
    /// Where it came from in the end.
    pub url: String,
    headers: Vec<(String, String)>,
    body: ureq::Body,
    limits: Limits,
}

impl Answer {
    pub(crate) fn new(response: Response<ureq::Body>, limits: Limits) -> Self {
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Self {
            status: response.status().as_u16(),
            url: response.get_uri().to_string(),
            headers: response
                .headers()
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                .collect(),
            body: response.into_body(),
            limits,
        }
    }

    /// A header, by its name in any letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The whole body.
    pub fn bytes(self) -> Result<Vec<u8>, FetchError> {
        let Self { url, mut body, limits, .. } = self;
        body.with_config().limit(beyond(limits)).read_to_vec().map_err(|error| failed(&url, limits, error))
    }

    /// The body as it comes, for what is read bit by bit. Beyond the limit it ends in an error, never in a whole that is
    /// none.
    pub fn into_reader(self) -> impl Read {
        let Self { url, body, limits, .. } = self;
        Told { inner: body.into_with_config().limit(beyond(limits)).reader(), url, limits }
    }
}

/// The library takes a body of exactly its limit for one that is too long.
fn beyond(limits: Limits) -> u64 {
    limits.bytes.saturating_add(1)
}

/// A body whose errors say what was asked for.
struct Told {
    inner: ureq::BodyReader<'static>,
    url: String,
    limits: Limits,
}

impl Read for Told {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.inner.read(room).map_err(|error| {
            let kind = error.kind();
            io::Error::new(kind, failed(&self.url, self.limits, ureq::Error::from(error)))
        })
    }
}
