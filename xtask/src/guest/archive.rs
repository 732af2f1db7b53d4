//! The archive that a kernel takes as its first file system: cpio in the "newc" form.

use std::collections::BTreeSet;

const FOLDER: u32 = 0o040_755;
const FILE: u32 = 0o100_000;
const LINK: u32 = 0o120_777;

/// An archive in the making. Folders are made as they are needed.
#[derive(Default)]
pub(crate) struct Archive {
    bytes: Vec<u8>,
    folders: BTreeSet<String>,
    entries: u32,
}

impl Archive {
    /// Adds a file under an absolute path.
    pub(crate) fn file(&mut self, path: &str, permissions: u32, content: &[u8]) {
        self.folders_above(path);
        self.entry(path, FILE | permissions, content);
    }

    /// Adds a symbolic link.
    pub(crate) fn link(&mut self, path: &str, target: &str) {
        self.folders_above(path);
        self.entry(path, LINK, target.as_bytes());
    }

    /// The finished archive.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.entry("/TRAILER!!!", 0, &[]);
        self.bytes
    }

    fn folders_above(&mut self, path: &str) {
        for (at, _) in path.match_indices('/').skip(1) {
            if self.folders.insert(path[..at].to_owned()) {
                self.entry(&path[..at], FOLDER, &[]);
            }
        }
    }

    fn entry(&mut self, path: &str, mode: u32, content: &[u8]) {
        let name = path.trim_start_matches('/');
        self.entries += 1;
        let size = u32::try_from(content.len()).expect("nothing in a guest has 4 GiB");
        let (links, name_size) = (1, name.len() as u32 + 1);
        let fields = [self.entries, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name_size, 0]
            .map(|field| format!("{field:08x}"));
        self.bytes.extend_from_slice(b"070701");
        self.bytes.extend_from_slice(fields.concat().as_bytes());
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        self.align();
        self.bytes.extend_from_slice(content);
        self.align();
    }

    fn align(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::Archive;

    #[test]
    fn entries_are_aligned_and_folders_come_first_and_once() {
        let mut archive = Archive::default();
        archive.file("/bin/one", 0o755, b"12345");
        archive.link("/bin/two", "one");
        let text = String::from_utf8(archive.finish()).expect("all of it is text");
        let starts: Vec<usize> = text.match_indices("070701").map(|(at, _)| at).collect();
        assert_eq!(starts.len(), 4, "a folder, a file, a link and the end");
        assert!(starts.iter().all(|at| at % 4 == 0), "{starts:?}");
        let names: Vec<&str> = starts
            .iter()
            .map(|at| text[at + 110..].split('\0').next().expect("a name ends with NUL"))
            .collect();
        assert_eq!(names, ["bin", "bin/one", "bin/two", "TRAILER!!!"]);
    }
}
