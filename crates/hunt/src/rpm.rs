//! A header of rpm's database: names, and digests of files.
//!
//! Two numbers (entries, bytes of values), the entries of 16 bytes (tag, type, offset, count), the values; all numbers
//! with their high byte first.

/// What is wanted of a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Header {
    /// Name, version and release.
    pub(crate) package: String,
    /// Paths with their digests; folders and links have none and are not here.
    pub(crate) files: Vec<(String, String)>,
}

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const FILE_DIGESTS: u32 = 1035;
const FOLDER_OF_FILE: u32 = 1116;
const BASE_NAMES: u32 = 1117;
const FOLDERS: u32 = 1118;

/// Most entries and values of a header; those of the largest packages are far below.
const MAX_ENTRIES: usize = 1 << 16;
const MAX_VALUES: usize = 1 << 22;

struct Values<'a> {
    entries: &'a [u8],
    values: &'a [u8],
}

/// Reads a header; nothing when it is none.
pub(crate) fn header(bytes: &[u8]) -> Option<Header> {
    let count = number(bytes, 0)? as usize;
    let length = number(bytes, 4)? as usize;
    if count > MAX_ENTRIES {
        return None;
    }
    let entries = bytes.get(8..8 + count * 16)?;
    let values = bytes.get(8 + count * 16..)?.get(..length)?;
    let header = Values { entries, values };
    let one = |tag| header.texts(tag).and_then(|texts| texts.into_iter().next()).unwrap_or_default();
    let package = format!("{}-{}-{}", one(NAME), one(VERSION), one(RELEASE));
    let (Some(names), Some(folders), Some(places), Some(digests)) = (
        header.texts(BASE_NAMES),
        header.texts(FOLDERS),
        header.numbers(FOLDER_OF_FILE),
        header.texts(FILE_DIGESTS),
    ) else {
        return Some(Header { package, files: Vec::new() });
    };
    let files = names.iter().zip(&places).zip(&digests).filter(|(_, digest)| !digest.is_empty());
    let path = |name: &str, place: u32| folders.get(place as usize).map(|folder| format!("{folder}{name}"));
    let files =
        files.filter_map(|((name, place), digest)| Some((path(name, *place)?, digest.clone()))).collect();
    Some(Header { package, files })
}

impl Values<'_> {
    /// Where the values of a tag begin, and how many there are.
    fn find(&self, tag: u32) -> Option<(usize, usize)> {
        let entry = self.entries.chunks_exact(16).find(|entry| number(entry, 0) == Some(tag))?;
        let count = number(entry, 12)? as usize;
        (count <= MAX_VALUES).then_some((number(entry, 8)? as usize, count))
    }

    fn texts(&self, tag: u32) -> Option<Vec<String>> {
        let (start, count) = self.find(tag)?;
        let mut rest = self.values.get(start..)?;
        let mut texts = Vec::new();
        for _ in 0..count {
            let end = rest.iter().position(|byte| *byte == 0)?;
            texts.push(String::from_utf8_lossy(&rest[..end]).into_owned());
            rest = &rest[end + 1..];
        }
        Some(texts)
    }

    fn numbers(&self, tag: u32) -> Option<Vec<u32>> {
        let (start, count) = self.find(tag)?;
        (0..count).map(|place| number(self.values, start.checked_add(place * 4)?)).collect()
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().expect("four bytes are four")))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A header with these files, as rpm would write it.
    pub(crate) fn made(name: &str, files: &[(&str, &str, &str)]) -> Vec<u8> {
        let texts =
            |texts: Vec<&str>| texts.iter().flat_map(|text| text.bytes().chain([0])).collect::<Vec<u8>>();
        let folders: Vec<&str> = files.iter().map(|(folder, ..)| *folder).collect();
        let places = (0..files.len() as u32).flat_map(u32::to_be_bytes).collect();
        let many = files.len() as u32;
        // Numbers stand first: they would have to be aligned.
        let parts: Vec<(u32, u32, u32, Vec<u8>)> = vec![
            (FOLDER_OF_FILE, 4, many, places),
            (NAME, 6, 1, texts(vec![name])),
            (VERSION, 6, 1, texts(vec!["1.0"])),
            (RELEASE, 6, 1, texts(vec!["2"])),
            (FILE_DIGESTS, 8, many, texts(files.iter().map(|(_, _, digest)| *digest).collect())),
            (BASE_NAMES, 8, many, texts(files.iter().map(|(_, name, _)| *name).collect())),
            (FOLDERS, 8, many, texts(folders)),
        ];
        let (mut entries, mut values) = (Vec::<u8>::new(), Vec::<u8>::new());
        for (tag, kind, count, bytes) in &parts {
            for number in [*tag, *kind, values.len() as u32, *count] {
                entries.extend(number.to_be_bytes());
            }
            values.extend(bytes);
        }
        let mut header = Vec::new();
        header.extend((parts.len() as u32).to_be_bytes());
        header.extend((values.len() as u32).to_be_bytes());
        header.extend(entries);
        header.extend(values);
        header
    }

    #[test]
    fn files_have_the_digests_of_their_package() {
        let bytes = made("tool", &[("/usr/bin/", "tool", "ab12"), ("/etc/", "tool.d", "")]);
        let expected = Header {
            package: "tool-1.0-2".to_owned(),
            files: vec![("/usr/bin/tool".to_owned(), "ab12".to_owned())],
        };
        assert_eq!(header(&bytes), Some(expected));
    }

    #[test]
    fn broken_headers_are_refused() {
        let bytes = made("tool", &[("/usr/bin/", "tool", "ab12")]);
        for end in 0..bytes.len() {
            // Cut short it is refused, or has fewer files; it never panics.
            let _ = header(&bytes[..end]);
        }
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] = 0xff;
            let _ = header(&changed);
        }
        assert_eq!(header(&[]), None);
    }
}
