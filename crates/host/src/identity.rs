//! GUIDs of processes and logins.
//!
//! A ProcessGuid has upstream's form, machine, start second and eight bytes of key, but a key that is exact: it
//! holds what the kernel itself tells images apart by. See `docs/decisions/0010-process-guid.md`.

use tuxmon_event::Guid;
use tuxmon_wire::Identity;

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Bits of the key: nanosecond of the start (below 2^30), process id (the kernel's limit is 2^22), count of execs.
const PID_SHIFT: u32 = 30;
const PID_MASK: u64 = (1 << 22) - 1;
const EXEC_SHIFT: u32 = 52;
const EXEC_BITS: u32 = 12;

/// Makes the GUIDs of this machine in this boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guids {
    /// The number of this machine, see [`crate::machine::machine_id`].
    pub machine_id: u32,
    /// Wall clock minus boot clock, one value for the whole boot, see [`crate::clock::Clock::boot_offset_ns`].
    pub boot_offset_ns: i64,
}

impl Guids {
    /// The ProcessGuid of a process image. Process 0, the kernel itself as a parent, has none.
    pub fn process(&self, identity: &Identity) -> Guid {
        if identity.pid == 0 {
            return Guid::NIL;
        }
        let start = (identity.start.0 as i64).saturating_add(self.boot_offset_ns);
        let seconds = start.div_euclid(NANOS_PER_SECOND as i64) as u32;
        Guid::new(self.machine_id, seconds, key(identity).to_le_bytes())
    }

    /// The LogonGuid of a login on a pseudo terminal that began in that second (0 when the machine keeps no record
    /// of logins); without a terminal only the machine is told.
    pub fn logon(&self, uid: u32, terminal: Option<Terminal>) -> Guid {
        let Some(terminal) = terminal else {
            return Guid::new(self.machine_id, 0, [0; 8]);
        };
        let key = u64::from(uid) | u64::from(terminal.index) << 32;
        Guid::new(self.machine_id, terminal.login_seconds, key.to_le_bytes())
    }
}

/// A pseudo terminal and the login on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// The number in `/dev/pts`.
    pub index: u32,
    /// Second of the login since the Unix epoch.
    pub login_seconds: u32,
}

/// The key of an image. Together with the start second it says start, pid and exec id, so no two images share it;
/// only beyond 4,095 execs in one line of descent, where twelve bits end, the rest is mixed in.
fn key(identity: &Identity) -> u64 {
    let nanosecond = identity.start.0 % NANOS_PER_SECOND;
    let pid = u64::from(identity.pid) & PID_MASK;
    let key = nanosecond | pid << PID_SHIFT | identity.exec_id << EXEC_SHIFT;
    match identity.exec_id >> EXEC_BITS {
        0 => key,
        beyond => key ^ splitmix64(beyond),
    }
}

/// Spreads a number over 64 bits, reversibly, so that different numbers stay different.
fn splitmix64(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use tuxmon_wire::BootTime;

    use super::*;

    const GUIDS: Guids = Guids { machine_id: 0x3d12_19c7, boot_offset_ns: 1_700_000_000_123_456_789 };

    fn identity(pid: u32, start: u64, exec_id: u64) -> Identity {
        Identity { pid, start: BootTime(start), exec_id }
    }

    #[test]
    fn it_has_upstreams_form() {
        let guid = GUIDS.process(&identity(4711, 5_000_000_001, 3));
        assert_eq!(guid.machine(), 0x3d12_19c7);
        assert_eq!(guid.start_seconds(), 1_700_000_005);
        assert_eq!(u64::from_le_bytes(guid.key()), 1 | 4711 << 30 | 3 << 52);
        assert_eq!(GUIDS.process(&identity(0, 0, 0)), Guid::NIL);
    }

    #[test]
    fn a_login_tells_machine_second_user_and_terminal() {
        let terminal = Terminal { index: 7, login_seconds: 0x6a1f_d5b6 };
        let guid = GUIDS.logon(1000, Some(terminal));
        assert_eq!(guid.to_string(), "{3d1219c7-d5b6-6a1f-e803-000007000000}");
        assert_eq!(GUIDS.logon(1000, None).to_string(), "{3d1219c7-0000-0000-0000-000000000000}");
    }

    #[test]
    fn a_long_chain_of_execs_never_repeats() {
        let all: HashSet<Guid> = (0..100_000).map(|exec| GUIDS.process(&identity(9, 77, exec))).collect();
        assert_eq!(all.len(), 100_000);
    }

    #[test]
    fn reused_pids_never_repeat() {
        let all: HashSet<Guid> = (0..100_000)
            .map(|n| GUIDS.process(&identity(300 + (n % 32) as u32, 1_000_000_000 + n * 10_007, 12)))
            .collect();
        assert_eq!(all.len(), 100_000);
    }

    proptest! {
        #[test]
        fn different_images_have_different_guids(
            offset in 0_i64..2_000_000_000_000_000_000,
            (a, b) in (image(), image()),
        ) {
            let guids = Guids { machine_id: 1, boot_offset_ns: offset };
            prop_assert_eq!(guids.process(&a) == guids.process(&b), a == b);
        }
    }

    /// Images that lie close together, as neighbours in a burst do.
    fn image() -> impl Strategy<Value = Identity> {
        let start = prop_oneof![0_u64..50, 999_999_990_u64..1_000_000_010, 0_u64..10_000_000_000_000];
        let pid = prop_oneof![1_u32..4, 4_194_300_u32..4_194_304, 1_u32..4_194_304];
        let exec = prop_oneof![0_u64..4, 4_090_u64..4_100, 0_u64..1_000_000];
        (pid, start, exec).prop_map(|(pid, start, exec)| identity(pid, start, exec))
    }
}
