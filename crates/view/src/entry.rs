//! Where the name and the value of a field stand in what was read.

/// One field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) name: Written,
    pub(crate) value: Written,
}

/// Where a text stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Written {
    Raw(Span),
    Decoded(Span),
}

/// Start and end; an event is far below 4 GiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span(u32, u32);

impl Span {
    pub(crate) fn new(start: usize, length: usize) -> Self {
        Self(start as u32, (start + length) as u32)
    }

    pub(crate) fn of(self, text: &str) -> &str {
        &text[self.0 as usize..self.1 as usize]
    }
}
