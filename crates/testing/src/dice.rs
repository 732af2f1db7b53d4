//! Numbers that are the same in every run.

/// Xorshift: as even as a test needs, and the same wherever it runs.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall in the row of this number.
    ///
    /// # Panics
    ///
    /// If it is 0, from which nothing but 0 follows.
    pub fn new(seed: u64) -> Self {
        assert!(seed != 0, "from 0 follows nothing but 0");
        Self(seed)
    }

    /// A number from 0 to below this one.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // Below a `usize`, so it is one.
        (self.0 % bound as u64) as usize
    }

    /// One of these.
    pub fn of<T: Clone>(&mut self, choice: &[T]) -> T {
        choice[self.below(choice.len())].clone()
    }
}
