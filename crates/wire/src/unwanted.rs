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
    }
}
