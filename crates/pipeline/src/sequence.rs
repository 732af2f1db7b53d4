//! Finds records that are missing although nobody counted them as lost.
//!
//! Each CPU numbers every record that it tries to write, and counts those that it could not. Records of one CPU
//! may pass each other, as a hook can be interrupted between taking a number and writing; so a gap is judged by
//! totals: numbers used, minus records seen, minus records known as lost.

use std::collections::BTreeMap;

/// Numbers and records of all CPUs.
#[derive(Debug, Default)]
pub(crate) struct Sequences {
    cpus: BTreeMap<u16, Cpu>,
    known_lost: u64,
    reported: u64,
    /// The excess at the last look. Only what stands for two looks is missing: a hook that was interrupted
    /// between number and count makes an excess that goes away.
    last_excess: u64,
}

#[derive(Debug)]
struct Cpu {
    /// The number after the highest one used. The first is 0, so this is also how many were used.
    used: u64,
    seen: u64,
}

impl Sequences {
    /// Takes note of a record. One without a number is in no row.
    pub(crate) fn seen(&mut self, cpu: u16, sequence: Option<u64>) {
        let Some(sequence) = sequence else { return };
        let cpu = self.cpus.entry(cpu).or_insert(Cpu { used: 0, seen: 0 });
        cpu.used = cpu.used.max(sequence.saturating_add(1));
        cpu.seen += 1;
    }

    /// Takes note of records that were counted as lost.
    pub(crate) fn lost(&mut self, count: u64) {
        self.known_lost = self.known_lost.saturating_add(count);
    }

    /// How many more records are missing without an account than at the last call.
    pub(crate) fn missing(&mut self) -> u64 {
        let gaps: u64 = self.cpus.values().map(|cpu| cpu.used.saturating_sub(cpu.seen)).sum();
        let excess = gaps.saturating_sub(self.known_lost);
        let stands = excess.min(self.last_excess);
        self.last_excess = excess;
        let news = stands.saturating_sub(self.reported);
        self.reported += news;
        news
    }
}

#[cfg(test)]
mod tests {
    use super::Sequences;

    fn seen(numbers: &[(u16, u64)]) -> Sequences {
        let mut sequences = Sequences::default();
        for (cpu, sequence) in numbers {
            sequences.seen(*cpu, Some(*sequence));
        }
        sequences
    }

    fn settled(mut sequences: Sequences) -> u64 {
        sequences.missing() + sequences.missing()
    }

    #[test]
    fn an_unbroken_row_misses_nothing() {
        assert_eq!(settled(seen(&[(0, 0), (1, 0), (0, 1), (0, 2), (1, 1)])), 0);
    }

    #[test]
    fn records_that_pass_each_other_miss_nothing() {
        assert_eq!(settled(seen(&[(0, 1), (0, 0), (0, 3), (0, 2)])), 0);
    }

    #[test]
    fn a_gap_is_reported_once() {
        let mut sequences = seen(&[(0, 0), (0, 4), (1, 1)]);
        assert_eq!(sequences.missing(), 0, "it may still come");
        assert_eq!(sequences.missing(), 4);
        assert_eq!(sequences.missing(), 0);
    }

    #[test]
    fn what_came_by_another_way_is_in_no_row() {
        let mut sequences = seen(&[(0, 0), (0, 1)]);
        sequences.seen(0, None);
        sequences.seen(1, None);
        assert_eq!(settled(sequences), 0);
    }

    #[test]
    fn counted_losses_are_not_missing() {
        let mut sequences = seen(&[(0, 0), (0, 4)]);
        sequences.lost(3);
        assert_eq!(settled(sequences), 0);
    }
}
