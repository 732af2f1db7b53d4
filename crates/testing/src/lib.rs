//! What the tests and benchmarks of several crates share. No program of ours uses it.

mod corpora;
mod dice;

pub use corpora::{corpora, corpus, files_below};
pub use dice::Dice;
