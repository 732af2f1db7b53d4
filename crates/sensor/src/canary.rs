//! A program that is loaded to be seen.

use libbpf_rs::ObjectBuilder;

use crate::SensorError;
use crate::load::Aligned;

static CANARY: &Aligned<[u8]> =
    &Aligned { bytes: *include_bytes!(concat!(env!("OUT_DIR"), "/canary.bpf.o")) };

/// Loads a program that does nothing, attaches it to nothing, and drops it.
pub fn load_canary() -> Result<(), SensorError> {
    let failed = || SensorError::kernel("loading a program");
    let open = ObjectBuilder::default().open_memory(&CANARY.bytes).map_err(failed())?;
    open.load().map(drop).map_err(failed())
}
