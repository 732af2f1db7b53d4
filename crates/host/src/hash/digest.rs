//! All configured algorithms in one pass.

use std::fmt::Write;

use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::Sha256;
use tuxmon_event::Text;

/// Which hashes are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Algorithms {
    /// MD5.
    pub md5: bool,
    /// SHA-1.
    pub sha1: bool,
    /// SHA-256.
    pub sha256: bool,
}

impl Algorithms {
    /// Whether no hash is wanted.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// A computation that takes a file piece by piece.
pub(crate) struct Digests {
    sha1: Option<Sha1>,
    md5: Option<Md5>,
    sha256: Option<Sha256>,
}

impl Digests {
    pub(crate) fn new(algorithms: Algorithms) -> Self {
        Self {
            sha1: algorithms.sha1.then(Sha1::new),
            md5: algorithms.md5.then(Md5::new),
            sha256: algorithms.sha256.then(Sha256::new),
        }
    }

    pub(crate) fn update(&mut self, piece: &[u8]) {
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(piece);
        }
        if let Some(md5) = &mut self.md5 {
            md5.update(piece);
        }
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(piece);
        }
    }

    /// The text of a Hashes field, in upstream's order: `SHA1=…,MD5=…,SHA256=…`, only what was wanted.
    pub(crate) fn finish(self) -> Text {
        let mut out = String::new();
        append("SHA1", self.sha1.map(|hash| hash.finalize().to_vec()), &mut out);
        append("MD5", self.md5.map(|hash| hash.finalize().to_vec()), &mut out);
        append("SHA256", self.sha256.map(|hash| hash.finalize().to_vec()), &mut out);
        Text::from(out)
    }
}

fn append(name: &str, hash: Option<Vec<u8>>, out: &mut String) {
    let Some(hash) = hash else { return };
    if !out.is_empty() {
        out.push(',');
    }
    out.push_str(name);
    out.push('=');
    for byte in hash {
        write!(out, "{byte:02x}").expect("writing to a String cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(algorithms: Algorithms, pieces: &[&[u8]]) -> String {
        let mut digests = Digests::new(algorithms);
        for piece in pieces {
            digests.update(piece);
        }
        digests.finish().to_string()
    }

    #[test]
    fn the_order_is_fixed_and_only_what_is_wanted_is_there() {
        let all = Algorithms { md5: true, sha1: true, sha256: true };
        assert_eq!(
            of(all, &[b"a", b"", b"bc"]),
            "SHA1=a9993e364706816aba3e25717850c26c9cd0d89d,MD5=900150983cd24fb0d6963f7d28e17f72,\
             SHA256=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let one = Algorithms { md5: true, ..Algorithms::default() };
        assert_eq!(of(one, &[]), "MD5=d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(of(Algorithms::default(), &[b"abc"]), "");
    }
}
