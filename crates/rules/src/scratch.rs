//! What is known of the event that is being judged.

use crate::FieldSource;
use crate::marks::Marks;

/// Room for one event, used again for the next one.
#[derive(Default)]
pub struct Scratch {
    pub(crate) values: Values,
    pub(crate) backwards: Vec<u8>,
    /// The facts that hold.
    pub(crate) facts: Marks,
    /// The steps that they may make pass.
    pub(crate) woken: Marks,
}

/// Lower-cased values of fields.
#[derive(Default)]
pub(crate) struct Values {
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
        self.values.event += 1;
    }
}

impl Values {
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
