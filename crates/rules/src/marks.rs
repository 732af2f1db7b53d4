//! Sets of small numbers, filled and emptied once for each event.

/// A set of numbers.
///
/// The summary has one bit for each word that is not empty, so that emptying and walking cost what is
/// in the set and not what could be in it.
#[derive(Default)]
pub(crate) struct Marks {
    words: Vec<u64>,
    summary: Vec<u64>,
}

const BITS: usize = u64::BITS as usize;

impl Marks {
    /// Makes room for the numbers below `count`; what is in the set stays.
    pub(crate) fn make_room(&mut self, count: usize) {
        if self.words.len() * BITS < count {
            self.words.resize(count.div_ceil(BITS), 0);
            self.summary.resize(self.words.len().div_ceil(BITS), 0);
        }
    }

    /// Adds a number; whether it is new.
    pub(crate) fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = place(number);
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        self.summary[word / BITS] |= 1 << (word % BITS);
        new
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.words[word] & bit != 0
    }

    pub(crate) fn clear(&mut self) {
        for (at, summary) in self.summary.iter_mut().enumerate() {
            while *summary != 0 {
                self.words[at * BITS + summary.trailing_zeros() as usize] = 0;
                *summary &= *summary - 1;
            }
        }
    }
}

/// The smallest number from `start` on that is in one of the sets. The second has room for all that the
/// first has room for.
pub(crate) fn next_of(first: &Marks, second: &Marks, start: u32) -> Option<u32> {
    let (word, bit) = place(start);
    let rest = (first.words.get(word)? | second.words[word]) & bit.wrapping_neg();
    if rest != 0 {
        return Some((word * BITS) as u32 + rest.trailing_zeros());
    }
    let (mut at, behind) = ((word + 1) / BITS, (word + 1) % BITS);
    let mut summary = (first.summary.get(at)? | second.summary[at]) & (u64::MAX << behind);
    while summary == 0 {
        at += 1;
        summary = first.summary.get(at)? | second.summary[at];
    }
    let word = at * BITS + summary.trailing_zeros() as usize;
    let bits = first.words.get(word)? | second.words[word];
    Some((word * BITS) as u32 + bits.trailing_zeros())
}

fn place(number: u32) -> (usize, u64) {
    (number as usize / BITS, 1 << (number as usize % BITS))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn walking_finds_the_union_in_order(
            first in proptest::collection::btree_set(0u32..9000, 0..6),
            second in proptest::collection::btree_set(0u32..9000, 0..6),
            start in 0u32..9000,
        ) {
            let mut sets = [Marks::default(), Marks::default()];
            for (set, numbers) in sets.iter_mut().zip([&first, &second]) {
                set.make_room(9000);
                for &number in numbers {
                    prop_assert!(set.insert(number) && !set.insert(number) && set.contains(number));
                }
            }
            let mut found = BTreeSet::new();
            let mut at = start;
            while let Some(number) = next_of(&sets[0], &sets[1], at) {
                found.insert(number);
                at = number + 1;
            }
            prop_assert_eq!(found, first.union(&second).copied().filter(|&number| number >= start).collect());
            sets[0].clear();
            sets[1].clear();
            prop_assert_eq!(next_of(&sets[0], &sets[1], 0), None);
            prop_assert!(sets[0].words.iter().all(|&word| word == 0));
        }
    }
}
