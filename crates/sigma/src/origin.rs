//! Whose log an event is of.

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
            _ => service_of_channel(channel).map_or(Self::Unknown, Self::Channel),
        }
    }
}

/// Channels of the Windows event log, and what Sigma calls them.
const CHANNELS: &[(&str, &str)] = &[
    ("Application", "application"),
    ("Microsoft-Windows-AppLocker/EXE and DLL", "applocker"),
    ("Microsoft-Windows-Bits-Client/Operational", "bits-client"),
    ("Microsoft-Windows-DNS-Client/Operational", "dns-client"),
    ("Microsoft-Windows-NTLM/Operational", "ntlm"),
    ("Microsoft-Windows-PowerShell/Operational", "powershell"),
    ("Microsoft-Windows-TaskScheduler/Operational", "taskscheduler"),
    ("Microsoft-Windows-WMI-Activity/Operational", "wmi"),
    ("Microsoft-Windows-Windows Defender/Operational", "windefend"),
    ("Security", "security"),
    ("System", "system"),
    ("Windows PowerShell", "powershell-classic"),
];

/// What Sigma calls a channel of the Windows event log.
fn service_of_channel(channel: &str) -> Option<&'static str> {
    CHANNELS.iter().find(|(name, _)| *name == channel).map(|(_, service)| *service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_in_order() {
        assert!(CHANNELS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
