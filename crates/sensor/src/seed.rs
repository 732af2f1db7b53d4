//! The processes that were there first.

use std::fs;
use std::io::Read;

use libbpf_rs::{Iter, Object};

use crate::SensorError;
use crate::load::attach;
use crate::programs::HOOKS;

/// Offsets in `struct wire_exec` of `bpf/wire.h`.
const PID: usize = 40;
const ARGS_LENGTH: usize = 184;
const ARGS_TOTAL: usize = 188;
/// Most bytes of arguments that are read: `WIRE_ARGS_MAX`.
const ARGS_MAX: u64 = 128 * 1024;

/// Runs the iterator over all tasks and hands over one record for each process, its arguments added.
pub(crate) fn seed(object: &Object, each: &mut dyn FnMut(&[u8])) -> Result<usize, SensorError> {
    let Some(spec) = HOOKS.iter().find(|hook| hook.program == "process_seed") else { return Ok(0) };
    let failed = |reason: String| SensorError::Kernel { doing: "listing the running processes", reason };
    let link = attach(object, spec, None).map_err(failed)?;
    let mut bytes = Vec::new();
    Iter::new(&link)
        .map_err(SensorError::kernel("listing the running processes"))?
        .read_to_end(&mut bytes)
        .map_err(|error| failed(error.to_string()))?;
    let mut rest = bytes.as_slice();
    let mut count = 0;
    while let Some((record, after)) = split_record(rest) {
        each(&with_arguments(record));
        count += 1;
        rest = after;
    }
    Ok(count)
}

/// The first record, by the size in its header.
fn split_record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let size = number(bytes, 0)? as usize;
    if size <= ARGS_TOTAL {
        return None;
    }
    bytes.split_at_checked(size)
}

/// An iterator may not read another process's memory, so its arguments come from `/proc`.
fn with_arguments(record: &[u8]) -> Vec<u8> {
    let mut record = record.to_vec();
    let mut arguments = Vec::new();
    if let Some(pid) = number(&record, PID)
        && let Ok(file) = fs::File::open(format!("/proc/{pid}/cmdline"))
    {
        // A process that ends meanwhile has no arguments any more; what was read then is dropped.
        if file.take(ARGS_MAX).read_to_end(&mut arguments).is_err() {
            arguments.clear();
        }
    }
    let length = u32::try_from(arguments.len()).expect("ARGS_MAX fits");
    record.extend_from_slice(&arguments);
    let size = u32::try_from(record.len()).expect("a record is smaller than 4 GiB");
    for (offset, value) in [(0, size), (ARGS_LENGTH, length), (ARGS_TOTAL, length)] {
        record[offset..offset + 4].copy_from_slice(&value.to_ne_bytes());
    }
    record
}

fn number(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().copied().map(u32::from_ne_bytes)
}
