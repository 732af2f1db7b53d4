//! Where a server is, and who asks: `clickhouse://user@host:8123/database`.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::secret::{Secret, SecretError};

/// A server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Whether the connection is encrypted.
    pub encrypted: bool,
    /// The server's name, or its IP address.
    pub host: String,
    /// The port of its HTTP interface.
    pub port: u16,
    /// Who asks.
    pub user: String,
    /// The database with the store's tables.
    pub database: String,
}

/// Why a text is no address.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AddressError {
    /// It is written in another way.
    #[error("'{0}' is no address of the form clickhouse://USER@HOST:PORT/DATABASE")]
    Form(String),
    /// The password would be seen by everybody who lists processes.
    #[error(
        "a password in the address is seen by everybody who lists processes: put it into a file that only you can read, and \
         name that in TUXMON_CLICKHOUSE_PASSWORD_FILE"
    )]
    Password,
}

const PLAIN: &str = "clickhouse://";
const ENCRYPTED: &str = "clickhouses://";

impl Address {
    /// Whether a store of this name is on a server at all.
    pub fn is_meant(store: &str) -> bool {
        store.starts_with(PLAIN) || store.starts_with(ENCRYPTED)
    }

    /// Where questions go.
    pub(super) fn url(&self) -> String {
        let scheme = if self.encrypted { "https" } else { "http" };
        format!("{scheme}://{}:{}/", self.host, self.port)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let wrong = || AddressError::Form(text.to_owned());
        let (encrypted, rest) = match (text.strip_prefix(PLAIN), text.strip_prefix(ENCRYPTED)) {
            (Some(rest), _) => (false, rest),
            (None, Some(rest)) => (true, rest),
            (None, None) => return Err(wrong()),
        };
        let (place, database) = rest.split_once('/').unwrap_or((rest, ""));
        let database = if database.is_empty() { "tuxmon" } else { database };
        let (user, place) = place.rsplit_once('@').unwrap_or(("default", place));
        if user.contains(':') {
            return Err(AddressError::Password);
        }
        let is_name = |text: &str| {
            !text.is_empty()
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
            Some(_) | None => (place, if encrypted { 8443 } else { 8123 }),
        };
        let is_ipv6 = host.starts_with('[') && host.ends_with(']') && host.len() > 2;
        // Names go into SQL as they are, so they are held to what needs no quotes.
        let is_plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let starts_well = !database.starts_with(|c: char| c.is_ascii_digit());
        if !(is_name(host) || is_ipv6) || !is_plain(database) || !starts_well || !is_name(user) {
            return Err(wrong());
        }
        Ok(Self {
            encrypted,
            host: host.to_owned(),
            port,
            user: user.to_owned(),
            database: database.to_owned(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.encrypted { ENCRYPTED } else { PLAIN };
        write!(f, "{scheme}{}@{}:{}/{}", self.user, self.host, self.port, self.database)
    }
}

/// The password: in a file that only its owner can read, or in a variable of the environment. Empty where there is none.
pub(super) fn password(file: Option<&Path>, variable: Option<String>) -> Result<String, SecretError> {
    match file {
        Some(path) => Ok(Secret::of_file(path)?.line().to_owned()),
        None => Ok(variable.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn read(text: &str) -> String {
        text.parse::<Address>()
            .map_or_else(|error| error.to_string(), |address| format!("{} {address}", address.url()))
    }

    #[test]
    fn addresses_have_defaults() {
        assert_eq!(read("clickhouse://db"), "http://db:8123/ clickhouse://default@db:8123/tuxmon");
        assert_eq!(
            read("clickhouses://ada@db.example:9/hunt"),
            "https://db.example:9/ clickhouses://ada@db.example:9/hunt"
        );
        assert_eq!(read("clickhouse://[::1]/x"), "http://[::1]:8123/ clickhouse://default@[::1]:8123/x");
        assert!(!Address::is_meant("clickhouse.sqlite"));
    }

    #[test]
    fn other_texts_are_none() {
        for wrong in
            ["clickhouse://", "clickhouse://a b", "clickhouse://a:x/", "clickhouse://a/b;c", "http://a"]
        {
            assert!(read(wrong).contains("is no address"), "{wrong}");
        }
        assert!(read("clickhouse://ada:secret@db").contains("PASSWORD_FILE"));
    }

    #[test]
    fn a_password_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let path = folder.path().join("password");
        fs::write(&path, "secret\n").expect("the folder is ours");
        let allow = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        allow(0o640);
        let refused = password(Some(&path), None).expect_err("others can read it");
        assert!(matches!(refused, SecretError::Open { path: open } if open == path));
        allow(0o600);
        assert_eq!(password(Some(&path), None).expect("it is ours"), "secret");
        assert_eq!(password(None, Some("other".to_owned())).expect("there is one"), "other");
    }
}
