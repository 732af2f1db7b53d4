//! Any configuration: loaded or refused with a reason, in bounded time; what was loaded can be printed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tuxmon_config::{Config, dump};

fuzz_target!(|bytes: &[u8]| {
    let (config, diagnostics) = Config::parse(bytes, "fuzz.xml");
    match config {
        Some(config) => drop(dump(&config)),
        None => assert!(!diagnostics.is_empty(), "refused without a reason"),
    }
});
