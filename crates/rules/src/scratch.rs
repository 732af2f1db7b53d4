//! The lower-cased values of the event that is being judged.

use crate::FieldSource;

/// Room for the values of one event, used again for the next one.
#[derive(Default)]
pub struct Scratch {
    slots: Vec<Slot>,
    made: String,
    event: u64, // counts events: a slot of an older one is empty
}

#[derive(Default)]
struct Slot {
    folded: String,
    event: u64,
}

impl Scratch {
    /// Room without anything in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets the values of the last event.
    pub(crate) fn begin(&mut self) {
        self.event += 1;
    }

    /// The value at a position with ASCII letters in lower case. It is asked for and changed once
    /// for each event, however many filters compare it.
    pub(crate) fn folded<S: FieldSource>(&mut self, source: &S, position: usize) -> &str {
        if self.slots.len() <= position {
            self.slots.resize_with(position + 1, Slot::default);
        }
        let slot = &mut self.slots[position];
        if slot.event != self.event {
            slot.event = self.event;
            slot.folded.clear();
            slot.folded.push_str(source.text(position, &mut self.made));
            slot.folded.make_ascii_lowercase();
        }
        &slot.folded
    }
}
