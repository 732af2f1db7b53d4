//! Events that wait for the hashes of their image, while all others pass.
//!
//! Bounded by count and by age. What cannot wait, or has waited too long, is written without hashes and counted:
//! an event without hashes says more than none.

use std::collections::BTreeMap;
use std::time::Duration;

use tuxmon_wire::BootTime;

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParkingLimits {
    /// How many events.
    pub count: usize,
    /// How long each.
    pub age: Duration,
}

impl Default for ParkingLimits {
    fn default() -> Self {
        Self { count: 4096, age: Duration::from_mins(1) }
    }
}

/// Which waiting event it is; later ones have higher numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(crate) u64);

/// What waits.
#[derive(Debug)]
pub(crate) struct Parking<T> {
    limits: ParkingLimits,
    waiting: BTreeMap<Ticket, (BootTime, T)>,
    next: u64,
}

impl<T> Parking<T> {
    pub(crate) fn new(limits: ParkingLimits) -> Self {
        Self { limits, waiting: BTreeMap::new(), next: 0 }
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The ticket of the next one to come; nothing when there is no room for it. The new one has to go on, rather
    /// than the oldest, because the oldest one's hashes are the next to come.
    pub(crate) fn next_ticket(&self) -> Option<Ticket> {
        (self.waiting.len() < self.limits.count).then_some(Ticket(self.next))
    }

    /// Lets it wait, under the ticket that [`Self::next_ticket`] told.
    pub(crate) fn park(&mut self, now: BootTime, waiting: T) {
        self.waiting.insert(Ticket(self.next), (now, waiting));
        self.next += 1;
    }

    /// Takes out the one whose hashes came; nothing when it has gone on without them.
    pub(crate) fn take(&mut self, ticket: Ticket) -> Option<T> {
        self.waiting.remove(&ticket).map(|(_, waiting)| waiting)
    }

    /// Takes out one that has waited too long, oldest first.
    pub(crate) fn take_overdue(&mut self, now: BootTime) -> Option<T> {
        let (since, _) = self.waiting.first_key_value().map(|(_, waiting)| waiting)?;
        let age = Duration::from_nanos(now.0.saturating_sub(since.0));
        if age < self.limits.age {
            return None;
        }
        self.take_oldest()
    }

    /// Takes out the oldest one.
    pub(crate) fn take_oldest(&mut self) -> Option<T> {
        self.waiting.pop_first().map(|(_, (_, waiting))| waiting)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tuxmon_wire::BootTime;

    use super::{Parking, ParkingLimits, Ticket};

    fn parking() -> Parking<&'static str> {
        Parking::new(ParkingLimits { count: 2, age: Duration::from_nanos(10) })
    }

    #[test]
    fn a_full_one_gives_no_ticket() {
        let mut parking = parking();
        parking.park(BootTime(0), "a");
        assert_eq!(parking.next_ticket(), Some(Ticket(1)));
        parking.park(BootTime(0), "b");
        assert_eq!(parking.next_ticket(), None);
        assert_eq!(parking.take(Ticket(0)), Some("a"));
        assert_eq!(parking.take(Ticket(0)), None);
        assert_eq!(parking.next_ticket(), Some(Ticket(2)));
    }

    #[test]
    fn the_overdue_leave_oldest_first() {
        let mut parking = parking();
        parking.park(BootTime(0), "a");
        parking.park(BootTime(5), "b");
        assert_eq!(parking.take_overdue(BootTime(9)), None);
        assert_eq!(parking.take_overdue(BootTime(14)), Some("a"));
        assert_eq!(parking.take_overdue(BootTime(14)), None);
        assert_eq!(parking.take_overdue(BootTime(15)), Some("b"));
        assert_eq!(parking.len(), 0);
    }
}
