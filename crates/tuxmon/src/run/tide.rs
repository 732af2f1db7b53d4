//! A storm of processes comes and goes; what they were kept in shall go with them.

/// A tide that is lower than this is none.
const LOW: usize = 4096;

/// How many processes were known at the height of a storm.
#[derive(Debug, Default)]
pub(crate) struct Tide {
    height: usize,
}

impl Tide {
    /// Whether three quarters of a storm have been forgotten; what is left of it counts as one of its own.
    pub(crate) fn has_gone(&mut self, known: usize) -> bool {
        self.height = self.height.max(known);
        let gone = self.height > LOW && known <= self.height / 4;
        if gone {
            self.height = known;
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::Tide;

    #[test]
    fn a_storm_goes_by_quarters() {
        let mut tide = Tide::default();
        let gone = [100, 5_000, 50_000, 20_000, 12_000, 300, 200, 4_000, 100, 9_000, 2_000];
        let gone = gone.map(|known| tide.has_gone(known));
        let storms = [false, false, false, false, true, true, false, false, false, false, true];
        assert_eq!(gone, storms, "what is small is no storm");
    }
}
