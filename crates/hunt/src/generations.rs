//! A map that forgets: what was asked for lately stays, the rest goes when there are too many.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};

/// The map. It holds at most twice the number of entries that it was made for.
pub(crate) struct Generations<K, V, S> {
    young: HashMap<K, V, S>,
    old: HashMap<K, V, S>,
    most: usize,
    turns: u64,
}

/// For keys that are numbers which nobody chooses: fingerprints, and our own.
pub(crate) type Scattered = BuildHasherDefault<Scatter>;

/// Spreads a number over all bits by a multiplication.
#[derive(Default)]
pub(crate) struct Scatter(u64);

impl Hasher for Scatter {
    /// A multiplication mixes what is above each bit, and tables look at the lowest ones first.
    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number as u64);
    }
}

impl<K: Hash + Eq + Copy, V: Copy, S: BuildHasher + Default> Generations<K, V, S> {
    pub(crate) fn new(most: usize) -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), most, turns: 0 }
    }

    /// What is known of `key`, which is young again then.
    pub(crate) fn get(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(*value);
        }
        let value = self.old.remove(key)?;
        self.insert(*key, value);
        Some(value)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.most {
            self.old = std::mem::take(&mut self.young);
            self.turns += 1;
        }
        self.young.insert(key, value);
    }

    /// How often the young became the old: what came since one turn is there until after the next one.
    pub(crate) fn turns(&self) -> u64 {
        self.turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut map: Generations<i64, i64, Scattered> = Generations::new(10);
        for key in 0..1000 {
            map.insert(key, key);
            assert_eq!(map.get(&0), Some(0));
            assert!(map.young.len() <= 10 && map.old.len() <= 10);
        }
        assert_eq!(map.get(&1), None);
        assert_eq!(map.get(&999), Some(999));
    }

    #[test]
    fn what_came_since_a_turn_is_there_until_after_the_next_one() {
        let mut map: Generations<i64, i64, Scattered> = Generations::new(10);
        (0..=10).for_each(|key| map.insert(key, key));
        let turns = map.turns();
        assert_eq!(turns, 1);
        (11..=20).for_each(|key| map.insert(key, key));
        assert_eq!(map.turns(), turns + 1);
        (10..=20).for_each(|key| assert_eq!(map.young.get(&key).or(map.old.get(&key)), Some(&key)));
    }

    /// A table takes the lowest bits of a number first, and events' numbers of many machines share theirs.
    #[test]
    fn numbers_that_end_alike_are_spread() {
        let mut places = std::collections::BTreeSet::new();
        for stream in 0..1024_i64 {
            places.insert(Scattered::default().hash_one(stream << 16) & 1023);
        }
        assert!(places.len() > 512, "{}", places.len());
    }
}
