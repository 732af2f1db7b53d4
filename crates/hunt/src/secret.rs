//! What only its owner may know: a key for a server. It comes from a file that nobody else can read, or from the
//! environment, never from the command line, where every process of the machine sees it.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Longest secret.
const MAX_BYTES: u64 = 64 * 1024;

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: String,
    /// For what is said of it.
    place: PathBuf,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Others can read it.
    #[error("{path} holds a secret, and others than its owner may read it: chmod 600 it")]
    Open {
        /// Which.
        path: PathBuf,
    },
    /// It does not say what it should.
    #[error("{path}: {reason}")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
}

impl Secret {
    /// What a file holds.
    pub fn of_file(path: &Path) -> Result<Self, SecretError> {
        let failed = |error| SecretError::File { path: path.to_owned(), error };
        let file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(SecretError::Open { path: path.to_owned() });
        }
        let mut text = String::new();
        file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
        let secret = Self { text, place: path.to_owned() };
        if secret.text.len() as u64 > MAX_BYTES {
            return Err(secret.unusable("it is too long for a secret"));
        }
        Ok(secret)
    }

    /// What a variable of the environment holds, if there is one.
    pub fn of_environment(name: &str) -> Option<Self> {
        let text = std::env::var(name).ok()?;
        Some(Self { text, place: PathBuf::from(name) })
    }

    /// One word.
    pub fn word(&self) -> Result<&str, SecretError> {
        let word = self.text.trim();
        if word.is_empty() || word.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(self.unusable("it has to hold one word, the key"));
        }
        Ok(word)
    }

    /// All of it but the end of its line: a password may hold blanks.
    pub fn line(&self) -> &str {
        self.text.trim_end_matches(['\r', '\n'])
    }

    /// Lines such as `Authorization: KEY`.
    pub fn headers(&self) -> Result<Vec<(&str, &str)>, SecretError> {
        let lines = self.text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines
            .map(|line| {
                let (name, value) = line.split_once(':').ok_or(())?;
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
                let (name, value) = (name.trim(), value.trim());
                let sound = !name.is_empty() && name.chars().all(is_name);
                let plain = !value.contains(char::is_control);
                if sound && plain { Ok((name, value)) } else { Err(()) }
            })
            .collect::<Result<_, ()>>()
            .map_err(|()| self.unusable("each line has to be a header, such as: Authorization: KEY"))
    }

    fn unusable(&self, reason: &'static str) -> SecretError {
        SecretError::Unusable { path: self.place.clone(), reason }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "the secret of {}", self.place.display())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn of(text: &str, mode: u32) -> Result<Secret, SecretError> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let path = folder.path().join("key");
        fs::write(&path, text).expect("the folder is ours");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        Secret::of_file(&path)
    }

    #[test]
    fn what_others_can_read_is_no_secret() {
        assert_eq!(of("key\n", 0o600).expect("it is ours").word().expect("one word"), "key");
        assert!(matches!(of("key", 0o640), Err(SecretError::Open { .. })));
        assert!(matches!(of("key", 0o604), Err(SecretError::Open { .. })));
    }

    #[test]
    fn a_secret_is_never_shown() {
        let shown = format!("{:?}", of("verysecret", 0o400).expect("it is ours"));
        assert!(!shown.contains("verysecret"), "{shown}");
        for text in ["two words", "", "a\u{0}b"] {
            let error = of(text, 0o600).expect("it is ours").word().expect_err("no key").to_string();
            assert!(error.contains("one word") && (text.is_empty() || !error.contains(text)), "{error}");
        }
    }

    #[test]
    fn a_line_keeps_its_blanks() {
        assert_eq!(of(" two words \r\n", 0o600).expect("it is ours").line(), " two words ");
    }

    #[test]
    fn headers_stand_on_lines() {
        let secret = of("Authorization: a b\n\nX-Key:c\n", 0o600).expect("it is ours");
        assert_eq!(secret.headers().expect("two headers"), [("Authorization", "a b"), ("X-Key", "c")]);
        for text in ["no header", ": value", "Bad Name: value", "A: b\u{1}"] {
            of(text, 0o600).expect("it is ours").headers().expect_err(text);
        }
    }
}
