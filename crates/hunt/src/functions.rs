//! What questions may ask beyond SQLite's own functions.
//!
//! `text_hash(text)`: by which a text is found in the table `strings`.
//! `process_place(guid)`: by which a process is found in the table `raw_processes`, from the sixteen bytes of its identity.
//! `in_network(ip, network)`: whether an address is the one given, or lies in the network given as `10.1.0.0/16`.
//! `sqrt(number)`: the square root, which not every SQLite has.
//! `is_named(path, names)`: whether the last part of a path is one of the names, which have blanks between them; a `*` at
//! the end of a name stands for any text.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use tuxmon_event::{Guid, Network};

use crate::processes;
use crate::strings::Printer;

/// Adds the functions to a connection.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("in_network", 2, flags, |context| {
        let (Some(ip), Some(network)) =
            (context.get_raw(0).as_str_or_null()?, context.get_raw(1).as_str_or_null()?)
        else {
            return Ok(None);
        };
        Ok(Some(in_network(ip, network)))
    })?;
    connection.create_scalar_function("sqrt", 1, flags, |context| {
        Ok(context.get::<Option<f64>>(0)?.map(f64::sqrt))
    })?;
    connection.create_scalar_function("is_named", 2, flags, |context| {
        let (Some(path), Some(names)) =
            (context.get_raw(0).as_str_or_null()?, context.get_raw(1).as_str_or_null()?)
        else {
            return Ok(None);
        };
        Ok(Some(is_named(path, names)))
    })
}

/// Adds the functions that need the store's secret.
pub(crate) fn register_hash(connection: &Connection, printer: Printer) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("text_hash", 1, flags, move |context| {
        Ok(match context.get_raw(0) {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(printer.of(bytes).short()),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
        })
    })?;
    connection.create_scalar_function("process_place", 1, flags, move |context| {
        let guid = context.get_raw(0).as_blob().ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
        Ok(guid.map(|bytes| processes::place(Guid(bytes), printer)))
    })
}

/// Whether an address lies in a network; where one of them is none, whether they are the same text.
pub(crate) fn in_network(ip: &str, network: &str) -> bool {
    network.parse::<Network>().map_or(ip == network, |network| network.contains_text(ip))
}

pub(crate) fn is_named(path: &str, names: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    names.split_whitespace().any(|wanted| match wanted.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == wanted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        for (ip, network, expected) in [
            ("10.1.2.3", "10.1.0.0/16", true),
            ("10.2.2.3", "10.1.0.0/16", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.4", "10.1.2.3", false),
            ("1.2.3.4", "0.0.0.0/0", true),
            ("fe80:0:0:0:a00:27ff:fee3:816e", "fe80::/10", true),
            ("fe80:0:0:0:a00:27ff:fee3:816e", "fe80::a00:27ff:fee3:816e", true),
            ("2001:db8::1", "::/0", true),
            ("::ffff:10.1.2.3", "10.0.0.0/8", true),
            ("2001:db8::1", "10.0.0.0/8", false),
            ("10.1.2.3", "10.1.0.0/x", false),
            ("-", "10.0.0.0/8", false),
        ] {
            assert_eq!(in_network(ip, network), expected, "{ip} {network}");
        }
    }

    #[test]
    fn names_are_the_last_part() {
        assert!(is_named("/usr/sbin/nginx", "apache2 nginx"));
        assert!(is_named("/usr/sbin/php-fpm8.2", "php-fpm*"));
        assert!(!is_named("/usr/sbin/nginx2", "nginx"));
        assert!(!is_named("/opt/nginx/tool", "nginx"));
    }
}
