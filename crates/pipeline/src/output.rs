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
}

/// Keeps events in the order in which they came, for tests and replays.
impl Output for Vec<Event> {
    fn write(&mut self, event: &Event) {
        self.push(event.clone());
    }
}
