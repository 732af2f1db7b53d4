//! Kernel bytes become the texts of a process.

use hashlink::LruCache;
use tuxmon_event::Text;
use tuxmon_wire::Path;

/// So many paths are kept to be shared: most processes run few programs in few directories.
const SHARED_MAX: usize = 4096;

/// Texts of paths, shared by the processes that have the same.
#[derive(Debug)]
pub(crate) struct Paths {
    shared: LruCache<Vec<u8>, Text>,
    scratch: Vec<u8>,
}

impl Paths {
    pub(crate) fn new() -> Self {
        Self { shared: LruCache::new(SHARED_MAX), scratch: Vec::new() }
    }

    /// The text of a path that the kernel side has walked.
    pub(crate) fn text(&mut self, path: &Path<'_>) -> Text {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        path.append_to(&mut scratch);
        let text = self.text_of(&scratch);
        self.scratch = scratch;
        text
    }

    /// The text of a path.
    pub(crate) fn text_of(&mut self, path: &[u8]) -> Text {
        if let Some(text) = self.shared.get(path) {
            return text.clone();
        }
        let text = Text::from(&*String::from_utf8_lossy(path));
        self.shared.insert(path.to_vec(), text.clone());
        text
    }
}

/// The text of arguments, each of which ends with a NUL byte: one space between them and no quoting, as upstream
/// writes it, so an empty argument shows as two spaces.
pub fn command_line(arguments: &[u8]) -> Text {
    let arguments = arguments.strip_suffix(b"\0").unwrap_or(arguments);
    let mut bytes = arguments.to_vec();
    for byte in &mut bytes {
        if *byte == 0 {
            *byte = b' ';
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => Text::from(text),
        Err(error) => Text::from(&*String::from_utf8_lossy(error.as_bytes())),
    }
}

/// The beginning of a text, with `...` where something is missing, as the output marks what it cut.
pub(crate) fn shortened(text: &Text, bytes: usize) -> Text {
    let whole = text.as_str();
    if whole.len() <= bytes {
        return text.clone();
    }
    let end = (0..=bytes).rev().find(|end| whole.is_char_boundary(*end)).unwrap_or(0);
    Text::from(format!("{}...", &whole[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_joined_by_spaces() {
        for (arguments, expected) in [
            (&b"ls\0-l\0"[..], "ls -l"),
            (b"a\0\0b\0", "a  b"),
            (b"a\0\0", "a "),
            (b"", ""),
            (b"\0", ""),
            (b"cut", "cut"),
            (b"a\xffb\0\xf0\x9f\x90\xa7\0", "a\u{fffd}b 🐧"),
            (b"two\nlines\0", "two\nlines"),
        ] {
            assert_eq!(command_line(arguments).as_str(), expected);
        }
    }

    #[test]
    fn shortening_keeps_characters_whole() {
        let text = Text::from("aäb");
        assert_eq!(shortened(&text, 2).as_str(), "a...");
        assert_eq!(shortened(&text, 3).as_str(), "aä...");
        assert_eq!(shortened(&text, 4).as_str(), "aäb");
    }

    #[test]
    fn equal_paths_are_one_text() {
        let mut paths = Paths::new();
        let path = Path { leaf_first: b"bash\0bin\0", ..Path::default() };
        let (one, two) = (paths.text(&path), paths.text_of(b"/bin/bash"));
        assert_eq!(one.as_str(), "/bin/bash");
        assert!(std::ptr::eq(one.as_str(), two.as_str()));
    }
}
