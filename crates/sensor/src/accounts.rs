//! The kernel side's own account of what it could not hand over.

use libbpf_rs::{MapCore, MapFlags, MapHandle, Object};
use tuxmon_wire::{BootTime, Kind};

use crate::{SensorError, map_handle};

/// What was lost of one kind of record since the last look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Kind of record.
    pub kind: Kind,
    /// Records that found no room in the ring.
    pub lost: u64,
    /// Facts that a hook saw and could not read.
    pub missed: u64,
    /// The earliest moment of a loss, or of the look before, whichever is later.
    pub first: BootTime,
    /// The last moment of a loss; for what was missed, now.
    pub last: BootTime,
}

/// `struct wire_account`, summed over the CPUs.
#[derive(Clone, Copy, Default)]
struct Account {
    lost: u64,
    missed: u64,
    first_lost: u64,
    last_lost: u64,
}

/// Reads the accounts and remembers what it has told.
pub(crate) struct Accounts {
    map: MapHandle,
    told: [Account; Kind::ALL.len()],
    looked: u64,
}

impl Accounts {
    pub(crate) fn open(object: &Object) -> Result<Self, SensorError> {
        Ok(Self { map: map_handle(object, "accounts")?, told: Default::default(), looked: boot_now() })
    }

    pub(crate) fn losses(&mut self) -> Result<Vec<Loss>, SensorError> {
        let now = boot_now();
        let mut losses = Vec::new();
        for (position, kind) in Kind::ALL.into_iter().enumerate() {
            let number = u32::try_from(position + 1).expect("there are few kinds");
            let account = self.read(number)?;
            let told = std::mem::replace(&mut self.told[position], account);
            let lost = account.lost.saturating_sub(told.lost);
            let missed = account.missed.saturating_sub(told.missed);
            if lost > 0 || missed > 0 {
                let first = BootTime(self.looked.max(account.first_lost));
                let last = BootTime(if missed > 0 { now } else { account.last_lost });
                losses.push(Loss { kind, lost, missed, first, last });
            }
        }
        self.looked = now;
        Ok(losses)
    }

    fn read(&self, kind: u32) -> Result<Account, SensorError> {
        let per_cpu = self
            .map
            .lookup_percpu(&kind.to_ne_bytes(), MapFlags::ANY)
            .map_err(SensorError::kernel("reading the accounts"))?
            .unwrap_or_default();
        let mut sum = Account { first_lost: u64::MAX, ..Account::default() };
        for bytes in &per_cpu {
            let field = |position: usize| {
                bytes.get(position * 8..).and_then(<[u8]>::first_chunk).copied().map_or(0, u64::from_ne_bytes)
            };
            sum.lost += field(1);
            sum.missed += field(4);
            if field(2) > 0 {
                sum.first_lost = sum.first_lost.min(field(2));
            }
            sum.last_lost = sum.last_lost.max(field(3));
        }
        if sum.first_lost == u64::MAX {
            sum.first_lost = 0;
        }
        Ok(sum)
    }
}

/// Nanoseconds since boot, suspended time included: the clock of the records.
fn boot_now() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    u64::try_from(now.tv_sec).unwrap_or_default() * 1_000_000_000
        + u64::try_from(now.tv_nsec).unwrap_or_default()
}
