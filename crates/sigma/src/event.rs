//! What rules look at: an event's fields as text, where it comes from, and when it happened.

use crate::origin::Origin;

/// One event, as rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// Where it comes from.
    pub origin: Origin,
    /// When it happened, in milliseconds since 1970, UTC.
    pub time: i64,
    /// Names and values; of a name that stands twice the first counts.
    pub fields: &'a [(&'a str, &'a str)],
}

impl<'a> Event<'a> {
    /// The value of a field.
    pub fn value(&self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value)
    }
}
