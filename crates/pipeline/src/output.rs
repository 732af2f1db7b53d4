//! Where events go.

use tuxmon_event::Event;

/// Takes finished events. It must not block: a slow destination queues, and counts what it had to drop.
pub trait Output {
    /// Takes one event.
    fn write(&mut self, event: &Event);
}

/// Keeps events in the order in which they came, for tests and replays.
impl Output for Vec<Event> {
    fn write(&mut self, event: &Event) {
        self.push(event.clone());
    }
}
