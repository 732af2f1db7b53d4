//! Text that is shared, not copied.

use std::fmt;
use std::sync::Arc;

/// Text of a field; cloning it is cheap, and empty text holds no memory.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Option<Arc<str>>); // never Some(""), so that equal texts are equal

impl Text {
    /// No text.
    pub const EMPTY: Self = Self(None);

    /// The text, `""` when there is none.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or("")
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::EMPTY } else { Self(Some(Arc::from(text))) }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::EMPTY } else { Self(Some(Arc::from(text))) }
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Self {
        if text.is_empty() { Self::EMPTY } else { Self(Some(text)) }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_texts_are_equal_however_they_are_made() {
        for made in [Text::from(""), Text::from(String::new()), Text::from(Arc::<str>::from(""))] {
            assert_eq!(made, Text::EMPTY);
            assert!(made.is_empty());
            assert_eq!(made.as_str(), "");
        }
    }

    #[test]
    fn text_is_kept() {
        assert_eq!(Text::from("ls -l").as_str(), "ls -l");
        assert_eq!(Text::from("ls -l"), Text::from(String::from("ls -l")));
        assert_eq!(format!("{:>4}|{:?}", Text::from("a"), Text::from("\n")), "   a|\"\\n\"");
    }
}
