//! Any bytes from the kernel's side: decoded or refused, never a panic, never more text than there were bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = tuxmon_wire::decode(bytes) {
        assert!(format!("{record:?}").len() < 4096 + 32 * bytes.len());
    }
});
