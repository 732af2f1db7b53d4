//! What the kernel side need not send of a process.

/// Kinds of deeds, as bits: `enum wire_unwanted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Unwanted(pub u32);

impl Unwanted {
    /// Everything is wanted.
    pub const NOTHING: Self = Self(0);
    /// Connections and datagrams.
    pub const NETWORK: Self = Self(1);
    /// Opened block devices.
    pub const RAW_DEVICE: Self = Self(2);
    /// Files made, emptied and named.
    pub const FILE_CREATE: Self = Self(4);
    /// Files that lose a name.
    pub const FILE_DELETE: Self = Self(8);

    /// `WIRE_UNNAMED_SHIFT`.
    const UNNAMED_SHIFT: u32 = 16;

    /// The same kinds for the other half of the word. Of a process they say that no rule names its image and its user; of
    /// a part of a path, that they are not wanted of such a process.
    #[must_use]
    pub fn of_unnamed(self) -> Self {
        Self(self.0 << Self::UNNAMED_SHIFT)
    }

    /// What is not wanted of a deed on a path with this part, done by a process of whom that is known.
    #[must_use]
    pub fn by(self, process: Self) -> Self {
        Self(self.0 | (self.0 & process.0) >> Self::UNNAMED_SHIFT)
    }

    /// Whether all of `other` are among these.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// These and `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_path_counts_more_for_whom_no_rule_names() {
        let part = Unwanted::FILE_DELETE.and(Unwanted::FILE_CREATE.of_unnamed());
        let (named, unnamed) = (Unwanted::NETWORK, Unwanted::FILE_CREATE.of_unnamed());
        assert!(part.by(named).contains(Unwanted::FILE_DELETE));
        assert!(!part.by(named).contains(Unwanted::FILE_CREATE));
        assert!(part.by(unnamed).contains(Unwanted::FILE_CREATE.and(Unwanted::FILE_DELETE)));
        assert!(!part.by(Unwanted::FILE_DELETE.of_unnamed()).contains(Unwanted::FILE_CREATE));
    }

    #[test]
    fn both_sides_mean_the_same_bits() {
        let header = include_str!("../../../bpf/wire.h");
        for (name, bits) in [
            ("NETWORK", Unwanted::NETWORK),
            ("RAW_DEVICE", Unwanted::RAW_DEVICE),
            ("FILE_CREATE", Unwanted::FILE_CREATE),
            ("FILE_DELETE", Unwanted::FILE_DELETE),
        ] {
            let line = format!("WIRE_UNWANTED_{name} = {},", bits.0);
            assert!(header.contains(&line), "bpf/wire.h has no line {line}");
        }
        assert_eq!(header.matches("\tWIRE_UNWANTED_").count(), 4);
        let line = format!("#define WIRE_UNNAMED_SHIFT {}\n", Unwanted::UNNAMED_SHIFT);
        assert!(header.contains(&line), "bpf/wire.h has no line {line}");
    }
}
