//! What the kernel side need not send: the maps of `bpf/lib/filter.h`.
//!
//! Whoever decides what is not wanted decides it for the rules in force. When these change, [`Filter::begin`] makes
//! everything that was told before void at once.

use libbpf_rs::{MapCore, MapFlags, MapHandle, Object};
use tuxmon_wire::{Identity, Unwanted};

use crate::{SensorError, map_handle};

/// `FILTER_PATH_MAX`.
const PATH_MAX: usize = 128;

/// The filter's maps.
pub(crate) struct Filter {
    generation: MapHandle,
    images: MapHandle,
    processes: MapHandle,
    filtered: MapHandle,
    /// The number of the rules in force, and whether the kernel side knows it: it does from the first entry on.
    now: u32,
    is_on: bool,
}

impl Filter {
    pub(crate) fn open(object: &Object) -> Result<Self, SensorError> {
        Ok(Self {
            generation: map_handle(object, "filter_generation")?,
            images: map_handle(object, "filter_images")?,
            processes: map_handle(object, "filter_processes")?,
            filtered: map_handle(object, "filtered")?,
            now: 1,
            is_on: false,
        })
    }

    /// Nothing is filtered until new entries come.
    pub(crate) fn begin(&mut self) -> Result<(), SensorError> {
        self.now = self.now.checked_add(1).unwrap_or(1);
        self.is_on = false;
        self.write_generation(0)
    }

    /// Of processes that execute this image from now on, these deeds are not wanted. A path that the kernel side does
    /// not write plainly, or that is too long, is left out.
    pub(crate) fn add_image(&mut self, path: &str, unwanted: Unwanted) -> Result<(), SensorError> {
        let Some(key) = image_key(path) else { return Ok(()) };
        self.turn_on()?;
        let value = self.verdict(unwanted);
        self.images.update(&key, &value, MapFlags::ANY).map_err(SensorError::kernel("filtering an image"))
    }

    /// Of this process, while it runs this image.
    pub(crate) fn add_process(&mut self, process: &Identity, unwanted: Unwanted) -> Result<(), SensorError> {
        self.turn_on()?;
        let value = self.verdict(unwanted);
        self.processes
            .update(&process_key(process), &value, MapFlags::ANY)
            .map_err(SensorError::kernel("filtering a process"))
    }

    /// How many deeds were not sent since the start.
    pub(crate) fn filtered(&self) -> Result<u64, SensorError> {
        let mut sum = 0;
        for kind in self.filtered.keys() {
            let per_cpu = self
                .filtered
                .lookup_percpu(&kind, MapFlags::ANY)
                .map_err(SensorError::kernel("counting what was filtered"))?;
            for bytes in per_cpu.unwrap_or_default() {
                sum += bytes.first_chunk().copied().map_or(0, u64::from_ne_bytes);
            }
        }
        Ok(sum)
    }

    fn turn_on(&mut self) -> Result<(), SensorError> {
        if !self.is_on {
            self.write_generation(self.now)?;
            self.is_on = true;
        }
        Ok(())
    }

    fn write_generation(&self, generation: u32) -> Result<(), SensorError> {
        self.generation
            .update(&0u32.to_ne_bytes(), &generation.to_ne_bytes(), MapFlags::ANY)
            .map_err(SensorError::kernel("changing the filter"))
    }

    /// `struct filter_verdict`.
    fn verdict(&self, unwanted: Unwanted) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&self.now.to_ne_bytes());
        bytes[4..].copy_from_slice(&unwanted.0.to_ne_bytes());
        bytes
    }
}

/// `struct filter_process`.
fn process_key(process: &Identity) -> [u8; 24] {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&process.start.0.to_ne_bytes());
    bytes[8..16].copy_from_slice(&process.exec_id.to_ne_bytes());
    bytes[16..20].copy_from_slice(&process.pid.to_ne_bytes());
    bytes
}

/// `struct filter_image`, when this is a path as the kernel side writes it: absolute, of components that are not
/// empty, and without the sign that stands for what is not text.
fn image_key(path: &str) -> Option<[u8; 4 + PATH_MAX]> {
    let rest = path.strip_prefix('/')?;
    if path.len() >= PATH_MAX || path.contains('\u{fffd}') || rest.split('/').any(str::is_empty) {
        return None;
    }
    let mut bytes = [0; 4 + PATH_MAX];
    bytes[..4].copy_from_slice(&u32::try_from(path.len()).ok()?.to_ne_bytes());
    let mut at = 4;
    for component in rest.rsplit('/') {
        bytes[at..at + component.len()].copy_from_slice(component.as_bytes());
        at += component.len() + 1;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_keyed_from_the_leaf_up() {
        let key = image_key("/usr/bin/cc1").expect("a plain path");
        assert_eq!(key[..4], 12u32.to_ne_bytes());
        assert_eq!(&key[4..20], b"cc1\0bin\0usr\0\0\0\0\0");
        for unfit in [
            "",
            "cc1",
            "/",
            "//x",
            "/usr//cc1",
            "/usr/",
            "/usr/\u{fffd}",
            &format!("/{}", "x".repeat(PATH_MAX)),
        ] {
            assert_eq!(image_key(unfit), None, "{unfit:?}");
        }
    }
}
