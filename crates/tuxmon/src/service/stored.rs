//! What an installation keeps between its starts: configuration and command line, where the original keeps them.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use tuxmon_host::state::StateDirectory;

use super::layout::Layout;

/// The configuration file's name in the folder.
const CONFIGURATION: &str = "config.xml";

/// The bytes of `config.xml`, `argc` and `argv`; a missing file is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    /// The configuration as it was written by its author.
    pub(crate) configuration: Option<Vec<u8>>,
    /// The words of the command line that set it, the program's name first.
    pub(crate) words: Vec<OsString>,
}

impl Stored {
    /// Reads what is stored.
    pub(crate) fn read(layout: &Layout) -> io::Result<Self> {
        let configuration = match fs::read(layout.configuration()) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let words = match fs::read(layout.folder().join("argv")) {
            Ok(bytes) => split(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { configuration, words })
    }

    /// Stores it, each file as a whole: `argc` is a 32-bit number, little endian, `argv` has a NUL after each word.
    pub(crate) fn write(&self, state: &StateDirectory) -> io::Result<()> {
        let count = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        let mut words = Vec::new();
        for word in &self.words {
            words.extend_from_slice(word.as_bytes());
            words.push(0);
        }
        if let Some(bytes) = &self.configuration {
            state.write(CONFIGURATION, bytes)?;
        }
        state.write("argc", &count.to_le_bytes())?;
        state.write("argv", &words)
    }
}

fn split(bytes: &[u8]) -> Vec<OsString> {
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes.split(|byte| *byte == 0).map(|word| OsString::from_vec(word.to_owned())).collect()
}

/// The words that belong to a call of `program`.
pub(crate) fn words(program: &OsStr, rest: &[OsString]) -> Vec<OsString> {
    std::iter::once(program.to_owned()).chain(rest.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use tuxmon_host::state::StateDirectory;

    use super::super::layout::{Layout, ServiceName};
    use super::Stored;

    #[test]
    fn what_is_stored_is_read_back_in_the_originals_form() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let layout = Layout::new(root.path(), ServiceName::original());
        std::fs::create_dir(root.path().join("opt")).expect("the folder is ours");
        let state = StateDirectory::open(&layout.folder()).expect("it is made");
        assert_eq!(Stored::read(&layout).expect("nothing is not an error"), Stored::default());

        let words = ["sysmon", "-i", "/root/x.xml", ""].map(OsString::from).to_vec();
        let stored = Stored { configuration: Some(b"<Sysmon/>".to_vec()), words };
        stored.write(&state).expect("the folder is ours");
        assert_eq!(std::fs::read(layout.folder().join("argc")).expect("it is there"), [4, 0, 0, 0]);
        let argv = std::fs::read(layout.folder().join("argv")).expect("it is there");
        assert_eq!(argv, b"sysmon\0-i\0/root/x.xml\0\0");
        assert_eq!(Stored::read(&layout).expect("it is there"), stored);
    }
}
