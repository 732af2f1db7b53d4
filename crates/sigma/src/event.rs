//! What rules look at: an event's fields as text, where it comes from, and when it happened.

/// Whose events these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// Linux.
    Linux,
    /// Windows.
    Windows,
}

/// Where an event comes from, as far as the `logsource` of a rule can ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A Sysmon: its event ids mean the same on every product.
    Sysmon(Product, u16),
    /// A channel of the Windows event log that Sigma calls a service.
    Channel(&'static str),
    /// A log that says nothing of itself: every rule is tried.
    Unknown,
}

impl Origin {
    /// The origin of an event by what stands in its envelope.
    pub fn of_envelope(provider: &str, channel: &str, event_id: u16) -> Self {
        match provider {
            "Linux-Sysmon" => Self::Sysmon(Product::Linux, event_id),
            "Microsoft-Windows-Sysmon" => Self::Sysmon(Product::Windows, event_id),
            _ => crate::logsource::service_of_channel(channel).map_or(Self::Unknown, Self::Channel),
        }
    }
}

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
