//! Which events a rule's `logsource` means, by Sigma's taxonomy.

use std::fmt;

use crate::fault::Fault;
use crate::origin::{Origin, Product};
use crate::yaml::Node;

/// Sigma's categories that a Sysmon has events for, with their ids.
const CATEGORIES: &[(&str, &[u16])] = &[
    ("clipboard_capture", &[24]),
    ("clipboard_change", &[24]),
    ("create_remote_thread", &[8]),
    ("create_stream_hash", &[15]),
    ("dns_query", &[22]),
    ("driver_load", &[6]),
    ("file_block_executable", &[27]),
    ("file_block_shredding", &[28]),
    ("file_change", &[2]),
    ("file_delete", &[23, 26]),
    ("file_delete_detected", &[26]),
    ("file_event", &[11]),
    ("file_executable_detected", &[29]),
    ("image_load", &[7]),
    ("network_connection", &[3]),
    ("pipe_created", &[17, 18]),
    ("process_access", &[10]),
    ("process_creation", &[1]),
    ("process_tampering", &[25]),
    ("process_termination", &[5]),
    ("raw_access_read", &[9]),
    ("raw_access_thread", &[9]),
    ("registry_add", &[12]),
    ("registry_delete", &[12]),
    ("registry_event", &[12, 13, 14]),
    ("registry_rename", &[14]),
    ("registry_set", &[13]),
    ("sysmon_error", &[255]),
    ("sysmon_status", &[4, 16]),
    ("wmi_event", &[19, 20, 21]),
];

/// Categories whose events Windows writes to a channel of the event log, and what Sigma calls that.
const CATEGORIES_OF_CHANNELS: &[(&str, &str)] = &[
    ("process_creation", "security"),
    ("ps_classic_provider_start", "powershell-classic"),
    ("ps_classic_script", "powershell-classic"),
    ("ps_classic_start", "powershell-classic"),
    ("ps_module", "powershell"),
    ("ps_script", "powershell"),
];

/// The `logsource` of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogSource {
    /// `category`, for example `process_creation`.
    pub category: Option<String>,
    /// `product`, for example `linux`.
    pub product: Option<String>,
    /// `service`, for example `sysmon`.
    pub service: Option<String>,
}

impl fmt::Display for LogSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [("product", &self.product), ("category", &self.category), ("service", &self.service)];
        let mut first = true;
        for (name, value) in parts {
            let Some(value) = value else { continue };
            write!(f, "{}{name}: {value}", if first { "" } else { ", " })?;
            first = false;
        }
        if first { f.write_str("any log") } else { Ok(()) }
    }
}

impl LogSource {
    pub(crate) fn read(node: &Node) -> Result<Self, Fault> {
        let Some(entries) = node.entries() else {
            return Err(Fault::new(node.place, "broken-logsource", "logsource is no map", ""));
        };
        let mut source = Self::default();
        for (key, value) in entries {
            let part = match key.text() {
                Some("category") => &mut source.category,
                Some("product") => &mut source.product,
                Some("service") => &mut source.service,
                // `definition` and what else people note is not for machines.
                Some(_) | None => continue,
            };
            if value.is_null() {
                continue;
            }
            let Some(text) = value.text() else {
                let message = "product, category and service of a logsource are words";
                return Err(Fault::new(value.place, "broken-logsource", message, ""));
            };
            *part = Some(text.to_ascii_lowercase());
        }
        Ok(source)
    }

    /// Whether events of this origin are meant.
    pub(crate) fn means(&self, origin: Origin) -> bool {
        match origin {
            Origin::Unknown => true,
            Origin::Sysmon(product, id) => {
                self.product_is(product)
                    && self.service.as_deref().is_none_or(|service| service == "sysmon")
                    && self.category.as_deref().is_none_or(|category| ids(category).contains(&id))
            }
            Origin::Channel(name) => {
                self.product_is(Product::Windows)
                    && self
                        .category
                        .as_deref()
                        .is_none_or(|category| CATEGORIES_OF_CHANNELS.contains(&(category, name)))
                    && self.service.as_deref().is_none_or(|service| service == name)
            }
        }
    }

    /// Whether everything that `other` means is also meant here: a filter is for the rules below its log source.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        let within = |outer: &Option<String>, inner: &Option<String>| outer.is_none() || outer == inner;
        within(&self.category, &other.category)
            && within(&self.product, &other.product)
            && within(&self.service, &other.service)
    }

    /// Whether the events are only said to be of a product: lines of any log.
    pub(crate) fn is_any_log(&self) -> bool {
        self.category.is_none() && self.service.is_none()
    }

    /// The ids of our own events that are meant, or why there are none.
    pub(crate) fn ours(&self) -> Result<Vec<u16>, String> {
        if !self.product_is(Product::Linux) {
            let product = self.product.as_deref().unwrap_or_default();
            return Err(format!("its events are of product {product}, ours of product linux"));
        }
        if let Some(service) = self.service.as_deref().filter(|service| *service != "sysmon") {
            return Err(format!("its events are written by the service {service}, ours by sysmon"));
        }
        let emitted = || tuxmon_event::EVENTS.iter().filter(|event| event.emitted).map(|event| event.id);
        let Some(category) = self.category.as_deref() else { return Ok(emitted().collect()) };
        let meant = ids(category);
        if meant.is_empty() {
            return Err(format!("no event of ours is of category {category}"));
        }
        let ours: Vec<u16> = emitted().filter(|id| meant.contains(id)).collect();
        if ours.is_empty() { Err(format!("Linux has no events of category {category}")) } else { Ok(ours) }
    }

    fn product_is(&self, product: Product) -> bool {
        let name = match product {
            Product::Linux => "linux",
            Product::Windows => "windows",
        };
        self.product.as_deref().is_none_or(|wanted| wanted == name)
    }
}

/// The ids of a category's events; none if Sysmon knows no such category.
fn ids(category: &str) -> &'static [u16] {
    CATEGORIES.iter().find(|(name, _)| *name == category).map_or(&[], |(_, ids)| ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(category: &str, product: &str, service: &str) -> LogSource {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        LogSource { category: part(category), product: part(product), service: part(service) }
    }

    #[test]
    fn categories_are_sorted_and_once() {
        assert!(CATEGORIES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(CATEGORIES_OF_CHANNELS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn linux_rules_mean_our_events() {
        let ours = Origin::Sysmon(Product::Linux, 1);
        for (category, product, service, meant) in [
            ("process_creation", "linux", "", true),
            ("process_creation", "", "", true),
            ("", "linux", "sysmon", true),
            ("", "linux", "", true),
            ("", "", "", true),
            ("file_event", "linux", "", false),
            ("process_creation", "windows", "", false),
            ("", "linux", "auditd", false),
            ("nothing", "linux", "", false),
        ] {
            assert_eq!(
                source(category, product, service).means(ours),
                meant,
                "{category} {product} {service}"
            );
        }
    }

    #[test]
    fn why_a_rule_cannot_apply() {
        assert_eq!(source("process_creation", "linux", "").ours(), Ok(vec![1]));
        for (category, product, service) in
            [("", "linux", "auditd"), ("", "windows", ""), ("dns_query", "linux", ""), ("webserver", "", "")]
        {
            assert!(source(category, product, service).ours().is_err(), "{category} {product} {service}");
        }
    }

    #[test]
    fn a_filter_is_for_what_its_log_source_contains() {
        let wide = source("process_creation", "", "");
        assert!(wide.contains(&source("process_creation", "linux", "")));
        assert!(!source("process_creation", "linux", "").contains(&wide));
    }
}
