//! All values with which one field is compared, looked for in one pass.
//!
//! The work for a text grows with the text and with the logarithm of the number of values.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, StartKind};

/// How a value has to stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    /// It is the text.
    Whole,
    Begin,
    End,
    /// It is all that stands behind the last `\`.
    BehindBackslash,
    /// It is all that stands behind the last `\` or `/`.
    BehindSeparator,
    /// Anywhere, in a text that is not empty.
    Inside,
}

impl Place {
    /// Whether a value at the edge of a text stands as it should. `next` is the byte of the text that
    /// comes after the value, or before it when the edge is the end.
    fn fits(self, next: Option<u8>) -> bool {
        match self {
            Self::Whole => next.is_none(),
            Self::Begin | Self::End => true,
            Self::BehindBackslash => matches!(next, None | Some(b'\\')),
            Self::BehindSeparator => matches!(next, None | Some(b'\\' | b'/')),
            Self::Inside => false,
        }
    }
}

/// The values of one field, each with the number that is told when it is found.
pub(crate) struct Literals {
    heads: Edge,
    /// With each value, and the text too, from its last byte to its first.
    tails: Edge,
    inside: Option<AhoCorasick>,
    inside_numbers: Box<[u32]>,
    /// What the empty value is called that is inside of every text but the empty one.
    empty_inside: Option<u32>,
}

/// Up to so many bytes of values the automaton is a table, which is faster than a graph and takes about 256
/// bytes of memory for each of them (decision 23).
const TABLE_LIMIT: usize = 8 << 10;

impl Literals {
    /// Prepares lower-cased values; there are no two of the same place and text.
    pub(crate) fn new(values: &[(Place, &str, u32)]) -> Self {
        let mut heads = Vec::new();
        let mut tails = Vec::new();
        let mut inside = Vec::new();
        let mut inside_numbers = Vec::new();
        let mut empty_inside = None;
        for &(place, value, number) in values {
            match place {
                Place::Whole | Place::Begin => heads.push((value.bytes().collect(), place, number)),
                Place::End | Place::BehindBackslash | Place::BehindSeparator => {
                    tails.push((value.bytes().rev().collect(), place, number));
                }
                Place::Inside if value.is_empty() => empty_inside = Some(number),
                Place::Inside => {
                    inside.push(value);
                    inside_numbers.push(number);
                }
            }
        }
        Self {
            heads: Edge::new(heads),
            tails: Edge::new(tails),
            inside: automaton(&inside),
            inside_numbers: inside_numbers.into(),
            empty_inside,
        }
    }

    /// Tells each value that stands in the text as it should, some of them more than once. `backwards` is room.
    pub(crate) fn find(&self, text: &str, backwards: &mut Vec<u8>, found: &mut impl FnMut(u32)) {
        self.heads.find(text.as_bytes(), found);
        if !self.tails.is_empty() {
            backwards.clear();
            // One more byte than the longest value, for what stands before it.
            backwards.extend(text.bytes().rev().take(self.tails.longest + 1));
            self.tails.find(backwards, found);
        }
        if text.is_empty() {
            return;
        }
        if let Some(number) = self.empty_inside {
            found(number);
        }
        if let Some(automaton) = &self.inside {
            for occurrence in automaton.find_overlapping_iter(text) {
                found(self.inside_numbers[occurrence.pattern().as_usize()]);
            }
        }
    }
}

fn automaton(values: &[&str]) -> Option<AhoCorasick> {
    if values.is_empty() {
        return None;
    }
    let bytes: usize = values.iter().map(|value| value.len()).sum();
    let kind = if bytes <= TABLE_LIMIT { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
    let built = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .start_kind(StartKind::Unanchored)
        .kind(Some(kind))
        .build(values);
    Some(built.expect("a configuration has less than 2^31 bytes"))
}

/// Values that begin at one edge of a text.
///
/// In sorted order, the longest value with which a text begins is the one before the text's own place, or
/// one of the values with which that one begins itself.
struct Edge {
    bytes: Box<[u8]>,
    /// The first bytes of each value: most comparisons end there, and these lie side by side.
    keys: Box<[u64]>,
    longest: usize,
    values: Box<[EdgeValue]>,
    wanted: Box<[(Place, u32)]>,
}

struct EdgeValue {
    start: u32,
    end: u32,
    /// The longest other value with which this one begins.
    shorter: Option<u32>,
    /// Where its own part of `wanted` ends; it begins where the part of the value before it ends.
    wanted_end: u32,
}

impl Edge {
    fn new(mut given: Vec<(Vec<u8>, Place, u32)>) -> Self {
        given.sort();
        let mut bytes = Vec::new();
        let mut values: Vec<EdgeValue> = Vec::new();
        let mut wanted = Vec::new();
        let mut open: Vec<u32> = Vec::new(); // each begins with the one before it
        for (text, place, number) in given {
            wanted.push((place, number));
            let is_same = |last: &EdgeValue| bytes[last.start as usize..last.end as usize] == text[..];
            if let Some(last) = values.last_mut()
                && is_same(last)
            {
                last.wanted_end = wanted.len() as u32;
                continue;
            }
            let begins_with = |&at: &u32| {
                let value = &values[at as usize];
                text.starts_with(&bytes[value.start as usize..value.end as usize])
            };
            while open.pop_if(|at| !begins_with(at)).is_some() {}
            let shorter = open.last().copied();
            open.push(values.len() as u32);
            let start = bytes.len() as u32;
            bytes.extend_from_slice(&text);
            let (end, wanted_end) = (bytes.len() as u32, wanted.len() as u32);
            values.push(EdgeValue { start, end, shorter, wanted_end });
        }
        let texts = || values.iter().map(|value| &bytes[value.start as usize..value.end as usize]);
        let keys = texts().map(key).collect();
        let longest = texts().map(<[u8]>::len).max().unwrap_or(0);
        Self { bytes: bytes.into(), keys, longest, values: values.into(), wanted: wanted.into() }
    }

    fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    fn find(&self, text: &[u8], found: &mut impl FnMut(u32)) {
        let sought = key(text);
        let start = self.keys.partition_point(|&key| key < sought);
        let end = start + self.keys[start..].partition_point(|&key| key == sought);
        let behind = start + self.values[start..end].partition_point(|value| self.text(value) <= text);
        let mut at = behind.checked_sub(1);
        while let Some(place) = at {
            let value = &self.values[place];
            if text.starts_with(self.text(value)) {
                let next = text.get((value.end - value.start) as usize).copied();
                for (place, number) in self.wanted(place) {
                    if place.fits(next) {
                        found(*number);
                    }
                }
            }
            at = value.shorter.map(|shorter| shorter as usize);
        }
    }

    fn text(&self, value: &EdgeValue) -> &[u8] {
        &self.bytes[value.start as usize..value.end as usize]
    }

    fn wanted(&self, place: usize) -> &[(Place, u32)] {
        let start = place.checked_sub(1).map_or(0, |before| self.values[before].wanted_end);
        &self.wanted[start as usize..self.values[place].wanted_end as usize]
    }
}

/// The first bytes of a text as a number of the same order. Texts with the same number may differ.
fn key(text: &[u8]) -> u64 {
    let mut bytes = [0; size_of::<u64>()];
    let length = text.len().min(bytes.len());
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[(Place, &str)], text: &str, expected: &[usize]) {
        let numbered: Vec<_> =
            values.iter().enumerate().map(|(at, &(place, value))| (place, value, at as u32)).collect();
        let mut found = Vec::new();
        Literals::new(&numbered).find(text, &mut Vec::new(), &mut |number| found.push(number as usize));
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, expected, "{values:?} in {text:?}");
    }

    #[test]
    fn the_longest_value_and_all_shorter_ones_begin_a_text() {
        use Place::{Begin, Whole};
        let values = [
            (Begin, "/usr"),
            (Begin, "/usr/lib"),
            (Begin, "/usr/bin/a"),
            (Begin, ""),
            (Whole, "/usr/bin"),
            (Whole, ""),
            (Begin, "/usr/bin"),
        ];
        check(&values, "/usr/bin/c", &[0, 3, 6]);
        check(&values, "/usr/bin", &[0, 3, 4, 6]);
        check(&values, "/usr/liba", &[0, 1, 3]);
        check(&values, "/us", &[3]);
        check(&values, "", &[3, 5]);
    }

    #[test]
    fn ends_and_names_are_found_from_behind() {
        use Place::{BehindBackslash, BehindSeparator, End};
        let values = [
            (End, "sh"),
            (BehindSeparator, "sh"),
            (BehindBackslash, "sh"),
            (BehindSeparator, "bash"),
            (BehindSeparator, ""),
            (End, ""),
            (BehindBackslash, "bin/sh"),
        ];
        check(&values, "/bin/sh", &[0, 1, 5]);
        check(&values, "/bin/bash", &[0, 3, 5]);
        check(&values, r"c:\sh", &[0, 1, 2, 5]);
        check(&values, "bin/sh", &[0, 1, 5, 6]);
        check(&values, "sh/", &[4, 5]);
        check(&values, "", &[4, 5]);
    }

    #[test]
    fn inside_is_found_everywhere_but_in_nothing() {
        use Place::Inside;
        let values = [(Inside, "he"), (Inside, "she"), (Inside, "hers"), (Inside, ""), (Inside, "é")];
        check(&values, "ushers", &[0, 1, 2, 3]);
        check(&values, "é", &[3, 4]);
        check(&values, "", &[]);
    }
}
