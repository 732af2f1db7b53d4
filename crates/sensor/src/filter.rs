//! What the kernel side need not send: the maps of `bpf/lib/filter.h`.
//!
//! Whoever decides what is not wanted decides it for the rules in force. When these change, [`Filter::begin`] makes
//! everything that was told before void at once.

use libbpf_rs::{MapCore, MapFlags, MapHandle, Object};
use tuxmon_wire::filter::{EndKey, NameKey, leaf_first};
use tuxmon_wire::{Identity, Unwanted};

use crate::{SensorError, map_handle};

/// `FILTER_PATH_MAX`.
const PATH_MAX: usize = 128;

/// The filter's maps.
pub(crate) struct Filter {
    generation: MapHandle,
    images: MapHandle,
    processes: MapHandle,
    names: MapHandle,
    ends: MapHandle,
    filtered: MapHandle,
    /// The number of the rules in force, and whether the kernel side knows it: it does from the first entry on.
    now: u32,
    is_on: bool,
    /// Of which kinds of names and ends there are entries.
    kinds: u32,
}

/// Positions in `filter_generation`.
const GENERATION: u32 = 0;
const KINDS: u32 = 1;

impl Filter {
    pub(crate) fn open(object: &Object) -> Result<Self, SensorError> {
        Ok(Self {
            generation: map_handle(object, "filter_generation")?,
            images: map_handle(object, "filter_images")?,
            processes: map_handle(object, "filter_processes")?,
            names: map_handle(object, "filter_names")?,
            ends: map_handle(object, "filter_ends")?,
            filtered: map_handle(object, "filtered")?,
            now: 1,
            is_on: false,
            kinds: 0,
        })
    }

    /// Nothing is filtered until new entries come.
    pub(crate) fn begin(&mut self) -> Result<(), SensorError> {
        self.now = self.now.checked_add(1).unwrap_or(1);
        self.is_on = false;
        self.kinds = 0;
        self.write(GENERATION, 0)?;
        self.write(KINDS, 0)
    }

    /// Of processes that execute this image from now on, these deeds are not wanted. A path that the kernel side does
    /// not write plainly, or that is too long, is left out.
    pub(crate) fn add_image(&mut self, path: &str, unwanted: Unwanted) -> Result<(), SensorError> {
        let Some(key) = image_key(path) else { return Ok(()) };
        self.turn_on()?;
        let value = self.verdict(unwanted);
        self.images.update(&key, &value, MapFlags::ANY).map_err(SensorError::kernel("filtering an image"))
    }

    /// Of this process, while it runs this image for this user.
    pub(crate) fn add_process(
        &mut self,
        process: &Identity,
        uid: u32,
        unwanted: Unwanted,
    ) -> Result<(), SensorError> {
        self.turn_on()?;
        let value = self.verdict(unwanted);
        self.processes
            .update(&process_key(process, uid), &value, MapFlags::ANY)
            .map_err(SensorError::kernel("filtering a process"))
    }

    /// Of files with this part in their path, whoever does it.
    pub(crate) fn add_name(&mut self, key: &NameKey, unwanted: Unwanted) -> Result<(), SensorError> {
        self.turn_on()?;
        let value = self.verdict(unwanted);
        self.names.update(&key.0, &value, MapFlags::ANY).map_err(SensorError::kernel("filtering a name"))?;
        self.ask_about(key.kind())
    }

    /// Of connections with this port or address, whoever does it.
    pub(crate) fn add_end(&mut self, key: &EndKey, unwanted: Unwanted) -> Result<(), SensorError> {
        self.turn_on()?;
        let value = self.verdict(unwanted);
        self.ends
            .update(&key.0, &value, MapFlags::ANY)
            .map_err(SensorError::kernel("filtering a connection"))?;
        self.ask_about(key.kind())
    }

    fn ask_about(&mut self, kind: u32) -> Result<(), SensorError> {
        if self.kinds & kind == 0 {
            self.kinds |= kind;
            self.write(KINDS, self.kinds)?;
        }
        Ok(())
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
            self.write(GENERATION, self.now)?;
            self.is_on = true;
        }
        Ok(())
    }

    fn write(&self, position: u32, value: u32) -> Result<(), SensorError> {
        self.generation
            .update(&position.to_ne_bytes(), &value.to_ne_bytes(), MapFlags::ANY)
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
fn process_key(process: &Identity, uid: u32) -> [u8; 24] {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&process.start.0.to_ne_bytes());
    bytes[8..16].copy_from_slice(&process.exec_id.to_ne_bytes());
    bytes[16..20].copy_from_slice(&process.pid.to_ne_bytes());
    bytes[20..].copy_from_slice(&uid.to_ne_bytes());
    bytes
}

/// `struct filter_image`, when this is a path as the kernel side writes it.
fn image_key(path: &str) -> Option<[u8; 4 + PATH_MAX]> {
    let mut components = [0; PATH_MAX];
    let length = u32::try_from(leaf_first(path, &mut components)?).ok()?;
    let mut bytes = [0; 4 + PATH_MAX];
    bytes[..4].copy_from_slice(&length.to_ne_bytes());
    bytes[4..].copy_from_slice(&components);
    Some(bytes)
}
