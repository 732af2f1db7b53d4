//! One comparison on its own, for queries over events that were written long ago.

use tuxmon_config::Condition;

use crate::test::Test;

/// A condition with its value, as a filter of a configuration compares them.
pub struct Comparison(Test);

impl Comparison {
    /// Prepares the comparison.
    pub fn new(condition: Condition, value: &str) -> Self {
        Self(Test::new(condition, value))
    }

    /// Whether a field passes. `folded` is room for its lower-cased value, kept from call to call.
    pub fn passes(&self, field: &str, folded: &mut String) -> bool {
        folded.clear();
        folded.push_str(field);
        folded.make_ascii_lowercase();
        self.0.passes(folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_either_case_are_the_same() {
        let comparison = Comparison::new(Condition::EndWith, "/BASH");
        let mut folded = String::new();
        assert!(comparison.passes("/bin/Bash", &mut folded));
        assert!(!comparison.passes("/bin/bash2", &mut folded));
    }
}
