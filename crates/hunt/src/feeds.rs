//! Lists that come again: where each comes from, how it was when it came last, and whether it has changed since.
//!
//! A feed is remembered in a small file below the folder of lists, in a hidden folder that no reader of lists looks
//! into. A list is replaced as a whole, and only by one that has something in it: a page that says "try later" is no
//! reason to forget what was known.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tuxmon_diag::Diagnostic;
use tuxmon_fetch::{Client, FetchError, Limits, Plain, Settings, Trust, shown};
use tuxmon_intel::{List, MAX_BYTES, Origin};

use crate::answer::hexadecimal;
use crate::lists::{Lists, file_name, write_whole};
use crate::secret::{Secret, SecretError};
use crate::summary::DAY;

/// Longest time for one document.
const TIME: Duration = Duration::from_mins(5);
/// So often a server may lead on.
const REDIRECTIONS: u32 = 5;

/// Where a list comes from, and how it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// What alerts call it.
    pub source: String,
    /// A URL, or the path of a file.
    pub from: String,
    /// After so many days since it was last seen at its origin, a value without an expiry of its own means nothing.
    pub expires_days: Option<u32>,
    /// The most that is taken, before and after decompression.
    pub most_bytes: u64,
    /// Whose certificates are believed, instead of those that the system believes.
    pub certificates: Option<PathBuf>,
    /// Whether it may come unencrypted.
    pub plain: bool,
    /// A file with headers for the server, such as a key.
    pub headers: Option<PathBuf>,
    /// How it was when it came last.
    #[serde(default)]
    pub last: Option<Seen>,
}

/// A document as it came. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// SHA256 of what was fetched, as hexadecimal digits.
    pub sha256: String,
    /// How long it was.
    pub bytes: u64,
    /// What the server calls this version.
    pub etag: Option<String>,
    /// When the server says that it was made.
    pub last_modified: Option<String>,
    /// When this version came.
    pub changed: i64,
    /// When its origin last had it.
    pub confirmed: i64,
    /// When values without an expiry of their own mean nothing any more.
    pub until: Option<i64>,
}

/// What an update brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The origin has what we have.
    Same,
    /// A new list, with what is wrong with it.
    Replaced {
        /// How many values it has.
        values: usize,
        /// Lines and objects that were not used.
        diagnostics: Vec<Diagnostic>,
    },
}

/// Why a list was not updated; the old one stays.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The server was not reached, or said too much.
    #[error("{0}{remedy}", remedy = .0.remedy("--ca"))]
    Fetch(FetchError),
    /// The server refused.
    #[error("{from} answers with status {status}")]
    Status {
        /// What was asked.
        from: String,
        /// What HTTP calls it.
        status: u16,
    },
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: String,
        /// What happened.
        error: io::Error,
    },
    /// It is no text, or longer than it may be once it is decompressed.
    #[error("{from}: {reason}")]
    Unreadable {
        /// What was read.
        from: String,
        /// What is wrong.
        reason: String,
    },
    /// It has no value that could be used.
    #[error("{from} has no hash, address, network, domain or URL in it; the list of before stays{first}")]
    Empty {
        /// What was read.
        from: String,
        /// The first thing that is wrong with it.
        first: String,
    },
    /// The headers cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl From<FetchError> for FeedError {
    fn from(error: FetchError) -> Self {
        Self::Fetch(error)
    }
}

/// What came.
enum Came {
    Same,
    Document { bytes: Vec<u8>, etag: Option<String>, last_modified: Option<String> },
}

impl Lists {
    /// Asks the origin of a list, and replaces the list when there is a new one.
    pub fn update(&self, feed: &mut Feed, now: i64) -> Result<News, FeedError> {
        // Who removed the list wants it whole, not the word that nothing changed.
        if !self.has(&feed.source) {
            feed.last = None;
        }
        match feed.ask()? {
            Came::Same => self.confirm(feed, now),
            Came::Document { bytes, etag, last_modified } => {
                let sha256 = hexadecimal(&Sha256::digest(&bytes));
                if let Some(last) = feed.last.as_mut().filter(|last| last.sha256 == sha256) {
                    (last.etag, last.last_modified) = (etag, last_modified);
                    return self.confirm(feed, now);
                }
                let until = feed.until(now);
                let seen = Seen {
                    sha256,
                    bytes: bytes.len() as u64,
                    etag,
                    last_modified,
                    changed: now,
                    confirmed: now,
                    until,
                };
                self.replace(feed, bytes, seen)
            }
        }
    }

    fn replace(&self, feed: &mut Feed, bytes: Vec<u8>, seen: Seen) -> Result<News, FeedError> {
        let text = feed.text(bytes)?;
        let from = feed.shown();
        let origin = Origin { file: &from, source: &feed.source, expires: seen.until };
        let (list, diagnostics) = List::read(origin, &text);
        if list.indicators.is_empty() {
            let first = diagnostics.first().map_or_else(String::new, |first| format!(" ({first})"));
            return Err(FeedError::Empty { from, first });
        }
        self.keep(&list).map_err(|error| self.failed(error))?;
        feed.last = Some(seen);
        self.remember(feed)?;
        Ok(News::Replaced { values: list.indicators.len(), diagnostics })
    }

    /// The origin still has what we have: values that live as long as their list live on.
    fn confirm(&self, feed: &mut Feed, now: i64) -> Result<News, FeedError> {
        let until = feed.until(now);
        let Some(last) = &mut feed.last else { return Ok(News::Same) };
        last.confirmed = now;
        let before = std::mem::replace(&mut last.until, until);
        if before != until {
            let mut list = self.read_one(&feed.source).map_err(|error| self.failed(error))?;
            for one in list.indicators.iter_mut().filter(|one| one.expires == before) {
                one.expires = until;
            }
            self.keep(&list).map_err(|error| self.failed(error))?;
        }
        self.remember(feed)?;
        Ok(News::Same)
    }

    /// All feeds, by the name of their source.
    pub fn feeds(&self) -> Result<Vec<Feed>, FeedError> {
        let folder = self.feeds_folder();
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let is_feed = |path: &Path| path.extension().is_some_and(|end| end == "json");
        let files = tuxmon_input::files_below(&folder, is_feed).map_err(|error| self.failed(error))?;
        files.iter().map(|path| read(path)).collect()
    }

    /// Forgets where the list of this source comes from.
    pub fn forget_feed(&self, source: &str) -> io::Result<bool> {
        match fs::remove_file(self.feed_file(source)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn remember(&self, feed: &Feed) -> Result<(), FeedError> {
        let path = self.feed_file(&feed.source);
        let text = serde_json::to_string_pretty(feed).expect("texts and numbers can be written");
        write_whole(&path, text.as_bytes())
            .map_err(|error| FeedError::File { path: path.display().to_string(), error })
    }

    fn feeds_folder(&self) -> PathBuf {
        self.folder().join(".feeds")
    }

    fn feed_file(&self, source: &str) -> PathBuf {
        self.feeds_folder().join(format!("{}.json", file_name(source)))
    }

    fn failed(&self, error: io::Error) -> FeedError {
        FeedError::File { path: self.folder().display().to_string(), error }
    }
}

impl Feed {
    /// Whether it comes over the network.
    pub fn is_remote(&self) -> bool {
        self.from.contains("://")
    }

    /// Where it comes from, as it may be shown: without a key in the URL.
    pub fn shown(&self) -> String {
        if self.is_remote() { shown(&self.from) } else { self.from.clone() }
    }

    fn until(&self, now: i64) -> Option<i64> {
        self.expires_days.map(|days| now.saturating_add(i64::from(days) * DAY))
    }

    fn ask(&self) -> Result<Came, FeedError> {
        if self.is_remote() { self.fetch() } else { self.read() }
    }

    fn fetch(&self) -> Result<Came, FeedError> {
        let limits = Limits { bytes: self.most_bytes, time: TIME, redirections: REDIRECTIONS };
        let trust = self.certificates.clone().map_or(Trust::System, Trust::File);
        let plain = if self.plain { Plain::Allowed } else { Plain::Refused };
        let client = Client::new(&Settings { limits, trust, plain })?;
        let secret = self.headers.as_deref().map(Secret::of_file).transpose()?;
        let mut headers = secret.as_ref().map_or_else(|| Ok(Vec::new()), Secret::headers)?;
        if let Some(last) = &self.last {
            headers.extend(last.etag.as_deref().map(|etag| ("If-None-Match", etag)));
            headers.extend(last.last_modified.as_deref().map(|time| ("If-Modified-Since", time)));
        }
        let answer = client.get(&self.from, &headers)?;
        let header = |name: &str| answer.header(name).map(str::to_owned);
        match answer.status {
            200 => {
                let (etag, last_modified) = (header("ETag"), header("Last-Modified"));
                Ok(Came::Document { bytes: answer.bytes()?, etag, last_modified })
            }
            304 if self.last.is_some() => Ok(Came::Same),
            status => Err(FeedError::Status { from: self.shown(), status }),
        }
    }

    fn read(&self) -> Result<Came, FeedError> {
        let failed = |error| FeedError::File { path: self.from.clone(), error };
        let mut bytes = Vec::new();
        let file = File::open(&self.from).map_err(failed)?;
        file.take(self.most_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > self.most_bytes {
            return Err(self.unreadable(format!("it is longer than {} bytes", self.most_bytes)));
        }
        Ok(Came::Document { bytes, etag: None, last_modified: None })
    }

    /// Lists are often compressed; what comes out is bounded like what comes in.
    fn text(&self, bytes: Vec<u8>) -> Result<String, FeedError> {
        let most = self.most_bytes.min(MAX_BYTES as u64);
        let mut text = String::new();
        tuxmon_input::decompressed(Box::new(io::Cursor::new(bytes)))
            .and_then(|input| input.take(most.saturating_add(1)).read_to_string(&mut text))
            .map_err(|error| self.unreadable(format!("it is no text: {error}")))?;
        if text.len() as u64 > most {
            return Err(self.unreadable(format!("it is longer than {most} bytes")));
        }
        Ok(text)
    }

    fn unreadable(&self, reason: String) -> FeedError {
        FeedError::Unreadable { from: self.shown(), reason }
    }
}

fn read(path: &Path) -> Result<Feed, FeedError> {
    let failed = |error| FeedError::File { path: path.display().to_string(), error };
    let text = fs::read_to_string(path).map_err(failed)?;
    serde_json::from_str(&text).map_err(|error| failed(io::Error::other(error)))
}
