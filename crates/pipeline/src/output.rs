//! Where events go.

use tuxmon_event::{Additional, Event};

/// Takes finished events. It must not block: a slow destination queues, and counts what it had to drop.
pub trait Output {
    /// Takes one event.
    fn write(&mut self, event: &Event);

    /// Takes one event with what can be added to it.
    fn write_with(&mut self, event: &Event, additional: &Additional) {
        let _ = additional;
        self.write(event);
    }

    /// Whether what tells of losses would arrive. While it would not, losses add up instead: a count that is lost itself
    /// is a loss of which nobody is told.
    fn takes_reports(&self) -> bool {
        true
    }
}

/// Keeps events in the order in which they came, for tests and replays.
impl Output for Vec<Event> {
    fn write(&mut self, event: &Event) {
        self.push(event.clone());
    }
}
