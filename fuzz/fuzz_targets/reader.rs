//! Any log: events or problems, in bounded memory, and always an end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tuxmon_reader::{MAX_EVENT, Reader};

fuzz_target!(|bytes: &[u8]| {
    for event in Reader::new(bytes).flatten() {
        assert!(event.raw.len() <= 3 * MAX_EVENT, "a replacement character takes three bytes, no more");
    }
});
