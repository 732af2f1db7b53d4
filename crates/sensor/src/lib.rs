//! The kernel side, loaded and read.
//!
//! [`Sensor::start`] loads the programs of `bpf/`, attaches those that the wanted facts need, and hands over the
//! bytes that they write, one record at a time. What this kernel does not grant is left out and named by
//! [`Sensor::hooks`]; everything else works. This crate must never look into a record: that is `tuxmon_wire`'s.
//!
//! It is the only crate with `unsafe` code and the only one that needs root.

mod accounts;
mod calls;
mod canary;
mod filter;
mod kernel;
mod links;
mod load;
mod memory;
mod programs;
mod ring;
mod seed;
mod tier;
mod words;

use std::path::PathBuf;
use std::time::Duration;

pub use accounts::Loss;
pub use canary::load_canary;
pub use links::LostHook;
pub use load::{Surveyed, survey};
pub use memory::give_back_memory;
pub use programs::{Domain, Group, HookState, HookStatus, Tier};
pub use tier::TierChoice;

use accounts::Accounts;
use calls::WantedCalls;
use filter::Filter;
use libbpf_rs::{Link, MapCore, MapFlags, MapHandle, Object};
use ring::Ring;
use tuxmon_wire::filter::{EndKey, NameKey};
use tuxmon_wire::{Identity, Unwanted};

/// What is to be collected. Processes always are: everything else is told in terms of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collect {
    /// Connections and datagrams.
    pub network: bool,
    /// Opened block devices.
    pub raw_access: bool,
    /// Attached tracers.
    pub process_access: bool,
    /// Files created and overwritten.
    pub file_create: bool,
    /// Files deleted.
    pub file_delete: bool,
    /// eBPF programs loaded and attached.
    pub ebpf: bool,
}

impl Collect {
    /// Everything.
    pub const ALL: Self = Self {
        network: true,
        raw_access: true,
        process_access: true,
        file_create: true,
        file_delete: true,
        ebpf: true,
    };

    fn wants(self, domain: Domain) -> bool {
        match domain {
            Domain::Process => true,
            Domain::Network => self.network,
            Domain::RawAccess => self.raw_access,
            Domain::ProcessAccess => self.process_access,
            Domain::FileCreate => self.file_create,
            Domain::FileDelete => self.file_delete,
            Domain::Ebpf => self.ebpf,
        }
    }
}

/// How to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is to be collected at first.
    pub collect: Collect,
    /// Size of the ring between kernel and agent in bytes, a power of two of at least one page.
    pub ring_bytes: u32,
    /// BTF of the running kernel, where the kernel does not bring it.
    pub btf: Option<PathBuf>,
    /// Which tier is to serve.
    pub tier: TierChoice,
}

impl Default for Options {
    fn default() -> Self {
        Self { collect: Collect::ALL, ring_bytes: 8 << 20, btf: None, tier: TierChoice::Auto }
    }
}

/// Why collection could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum SensorError {
    /// The kernel does not describe its types.
    #[error(
        "this kernel has no BTF ({0}); a kernel with CONFIG_DEBUG_INFO_BTF=y is needed, or a file of its BTF: --btf FILE"
    )]
    NoBtf(String),
    /// The caller may not load programs.
    #[error(
        "loading eBPF programs is not permitted: {0}; run as root, and see that no lockdown or container forbids bpf(2)"
    )]
    NotPermitted(String),
    /// A program that nothing works without.
    #[error("the kernel refused the program {program}, which nothing works without: {reason}")]
    Program {
        /// Its name in `bpf/`.
        program: String,
        /// The kernel's words.
        reason: String,
    },
    /// Something else the kernel refused.
    #[error("{doing}: {reason}")]
    Kernel {
        /// What was being done.
        doing: &'static str,
        /// The kernel's words.
        reason: String,
    },
}

impl SensorError {
    fn kernel(doing: &'static str) -> impl FnOnce(libbpf_rs::Error) -> Self {
        move |error| Self::Kernel { doing, reason: format!("{error:#}") }
    }
}

/// The loaded kernel side. Dropping it detaches all programs.
pub struct Sensor {
    hooks: Vec<Hook>,
    ring: Ring,
    accounts: Accounts,
    filter: Filter,
    settings: MapHandle,
    wanted_calls: WantedCalls,
    cgroup: Option<kernel::CgroupRoot>,
    tiers: tier::Tiers,
    /// Processes that ran before the programs were attached; handed over by the first [`Sensor::seed`].
    early: Vec<Vec<u8>>,
    // Last, because links and maps refer to it.
    object: Object,
}

/// A hook, and its link while it is attached.
struct Hook {
    spec: &'static programs::HookSpec,
    unavailable: Option<String>,
    link: Option<Link>,
    /// What the kernel said of the link when it was made.
    mark: Option<links::Mark>,
    /// The number of its call, while another hook tells that call by number.
    by_number: Option<u32>,
}

impl Hook {
    fn new(spec: &'static programs::HookSpec, unavailable: Option<String>) -> Self {
        Self { spec, unavailable, link: None, mark: None, by_number: None }
    }

    /// Whether its facts come.
    fn reports(&self) -> bool {
        self.link.is_some() || self.by_number.is_some()
    }
}

impl Sensor {
    /// Loads all programs that this kernel can have and attaches those that `options.collect` needs.
    pub fn start(options: &Options) -> Result<Self, SensorError> {
        kernel::mount_tracefs();
        let mut refused = Vec::new();
        loop {
            let sensor = Self::start_without(options, &refused)?;
            let before = refused.len();
            for (program, reason) in sensor.refused_at_attaching() {
                if refused.iter().all(|(known, _)| *known != program) {
                    refused.push((program, reason));
                }
            }
            if refused.len() == before {
                return Ok(sensor);
            }
        }
    }

    /// The same, where it is known that some programs cannot be attached.
    fn start_without(options: &Options, refused: &[(&'static str, String)]) -> Result<Self, SensorError> {
        let loaded = load::load(options, refused)?;
        let cgroup = kernel::CgroupRoot::find();
        let object = loaded.object;
        let mut sensor = Self {
            hooks: loaded.hooks,
            ring: Ring::open(&object)?,
            accounts: Accounts::open(&object)?,
            filter: Filter::open(&object)?,
            settings: map_handle(&object, "settings")?,
            wanted_calls: WantedCalls::open(&object)?,
            cgroup,
            tiers: loaded.tiers,
            early: Vec::new(),
            object,
        };
        // Listed before and after attaching: who ends in between is in the first list, who begins, in the second.
        let mut early = Vec::new();
        sensor.seed(&mut |record| early.push(record.to_vec()))?;
        sensor.early = early;
        sensor.set_collect(options.collect)?;
        Ok(sensor)
    }

    /// Attaches what is wanted now and was not before, then detaches what is wanted no more.
    pub fn set_collect(&mut self, collect: Collect) -> Result<(), SensorError> {
        // Before the first program runs: it has to know us, for attaching the others is seen too.
        self.write_settings()?;
        for position in 0..self.hooks.len() {
            let hook = &self.hooks[position];
            let wanted = hook.spec.serves.iter().any(|domain| collect.wants(*domain));
            // That one comes with the first call that needs it.
            let used = self.tiers.uses(hook.spec) && hook.spec.group != Group::CallsByNumber;
            if wanted && used && !hook.reports() && hook.unavailable.is_none() {
                self.attach(position)?;
            }
        }
        for hook in &mut self.hooks {
            if !hook.spec.serves.iter().any(|domain| collect.wants(*domain)) {
                hook.link = None;
                if let Some(number) = hook.by_number.take() {
                    self.wanted_calls.set(number, false)?;
                }
            }
        }
        if self.hooks.iter().all(|hook| hook.by_number.is_none()) {
            self.hooks[calls::position()].link = None;
        }
        self.write_settings()
    }

    /// Hands over all processes that run now, as seed records; the first time also those that ran before the programs
    /// were attached, so that a process may come twice.
    pub fn seed(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<usize, SensorError> {
        let early = std::mem::take(&mut self.early);
        for record in &early {
            each(record);
        }
        let lists = |hook: &Hook| hook.spec.place == programs::Place::Iterator && hook.unavailable.is_none();
        // Without the list each is looked for in /proc as soon as something is heard of it.
        Ok(early.len() + if self.hooks.iter().any(lists) { seed::seed(&self.object, each)? } else { 0 })
    }

    /// Waits for records, at most for `timeout`, and hands over those that are there.
    pub fn poll(&mut self, timeout: Duration, each: &mut dyn FnMut(&[u8])) -> Result<usize, SensorError> {
        self.ring.poll(timeout, each)
    }

    /// Hands over the records that are there now.
    pub fn drain(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<usize, SensorError> {
        self.ring.drain(each)
    }

    /// What was lost since the last call, by kind of record.
    pub fn losses(&mut self) -> Result<Vec<Loss>, SensorError> {
        self.accounts.losses()
    }

    /// Nothing is left out any more, until it is told again.
    pub fn filter_nothing(&mut self) -> Result<(), SensorError> {
        self.filter.begin()
    }

    /// These deeds of processes that execute this image from now on are left out.
    pub fn filter_image(&mut self, path: &str, unwanted: Unwanted) -> Result<(), SensorError> {
        self.filter.add_image(path, unwanted)
    }

    /// These deeds of this process are left out while it runs this image for this user.
    pub fn filter_process(
        &mut self,
        process: &Identity,
        uid: u32,
        unwanted: Unwanted,
    ) -> Result<(), SensorError> {
        self.filter.add_process(process, uid, unwanted)
    }

    /// These deeds on files with this part in their path are left out, whoever does them.
    pub fn filter_name(&mut self, key: &NameKey, unwanted: Unwanted) -> Result<(), SensorError> {
        self.filter.add_name(key, unwanted)
    }

    /// Connections with this port or address are left out, whoever makes them.
    pub fn filter_end(&mut self, key: &EndKey, unwanted: Unwanted) -> Result<(), SensorError> {
        self.filter.add_end(key, unwanted)
    }

    /// How many deeds were left out since the start.
    pub fn filtered(&self) -> Result<u64, SensorError> {
        self.filter.filtered()
    }

    /// Lets all programs be detached; the ring can still be read, and what happened before is in it. The kernel takes a
    /// while for each, on a slow machine longer than an end may take, so nobody waits for it.
    pub fn stop_collection(&mut self) {
        let links: Vec<_> = self.hooks.iter_mut().filter_map(|hook| hook.link.take()).collect();
        let detaching = std::thread::Builder::new().name("detach".to_owned()).spawn(move || drop(links));
        if let Err(error) = detaching {
            tracing::warn!(%error, "programs were detached one after the other, by the thread that reads the ring");
        }
    }

    /// Looks whether each hook still is where it was attached, and attaches anew what somebody else has detached or
    /// replaced.
    pub fn restore_hooks(&mut self) -> Result<Vec<LostHook>, SensorError> {
        let mut lost = Vec::new();
        for position in 0..self.hooks.len() {
            let hook = &mut self.hooks[position];
            let Some(link) = &hook.link else { continue };
            if hook.mark.is_none() || links::Mark::of(link) == hook.mark {
                continue;
            }
            hook.link = None;
            self.attach(position)?;
            let hook = &self.hooks[position];
            let restored = hook.unavailable.clone().map_or(Ok(()), Err);
            lost.push(LostHook { program: hook.spec.program, restored });
        }
        Ok(lost)
    }

    /// Which program serves which facts, and what is not available here.
    pub fn hooks(&self) -> Vec<HookStatus> {
        self.hooks
            .iter()
            .map(|hook| HookStatus {
                program: hook.spec.program,
                serves: hook.spec.serves,
                tier: hook.spec.tier,
                state: self.state(hook),
                loses: hook.spec.loses,
            })
            .collect()
    }

    fn state(&self, hook: &Hook) -> HookState {
        let by_number = &self.hooks[calls::position()];
        match (&hook.unavailable, hook.reports()) {
            (None, false) if !self.tiers.uses(hook.spec) => HookState::OtherTier,
            (Some(_), _) if !self.tiers.misses(hook.spec) => HookState::OtherTier,
            (Some(reason), _) => HookState::Unavailable(reason.clone()),
            (None, true) if hook.link.is_some() || by_number.link.is_some() => HookState::Attached,
            (None, true) => HookState::Unavailable(
                by_number.unavailable.clone().unwrap_or_else(|| "all hooks were given up".to_owned()),
            ),
            (None, false) => HookState::NotWanted,
        }
    }

    /// Programs of the deep tier that were loaded and cannot be attached: the other tier was not loaded, and may do.
    fn refused_at_attaching(&self) -> Vec<(&'static str, String)> {
        let missed = |hook: &&Hook| {
            hook.spec.tier == Tier::Deep
                && hook.spec.need == programs::Need::Tier
                && self.tiers.may_fall_back(hook.spec)
        };
        let reason = |hook: &Hook| Some((hook.spec.program, hook.unavailable.clone()?));
        self.hooks.iter().filter(missed).filter_map(reason).collect()
    }

    fn attach(&mut self, position: usize) -> Result<(), SensorError> {
        let spec = self.hooks[position].spec;
        match load::attach(&self.object, spec, self.cgroup.as_ref()) {
            Ok(link) => {
                self.hooks[position].mark = links::Mark::of(&link);
                self.hooks[position].link = Some(link);
            }
            Err(reason) if spec.need == programs::Need::Essential => {
                return Err(SensorError::Program { program: spec.program.to_owned(), reason });
            }
            Err(reason) => match self.tell_by_number(spec, &reason)? {
                Some(number) => self.hooks[position].by_number = Some(number),
                None => self.hooks[position].unavailable = Some(reason),
            },
        }
        Ok(())
    }

    /// Lets a call at whose exit nobody may stand be told where all of them end, by its number. Nothing, where that
    /// program was not loaded or cannot be attached either.
    fn tell_by_number(
        &mut self,
        spec: &programs::HookSpec,
        reason: &str,
    ) -> Result<Option<u32>, SensorError> {
        let programs::Place::CallExit(call) = spec.place else { return Ok(None) };
        let Some(number) = calls::number(call) else { return Ok(None) };
        let position = calls::position();
        let hook = &self.hooks[position];
        if !self.tiers.uses(hook.spec) {
            return Ok(None);
        }
        if hook.link.is_none() && hook.unavailable.is_none() {
            tracing::info!(
                call,
                reason,
                "calls are told apart where all of them end: the exit of one is refused"
            );
            self.attach(position)?;
        }
        if self.hooks[position].link.is_none() {
            return Ok(None);
        }
        self.wanted_calls.set(number, true)?;
        Ok(Some(number))
    }

    /// `struct settings` of `bpf/lib/task.h`.
    fn write_settings(&mut self) -> Result<(), SensorError> {
        let touched = self.hooks.iter().any(|hook| hook.spec.tells_touched && hook.link.is_some());
        let by_calls = |group| {
            let serves = |hook: &Hook| hook.spec.group == group && hook.spec.tier == Tier::Tracepoint;
            self.hooks.iter().any(|hook| serves(hook) && hook.reports())
        };
        let groups = [Group::Opens, Group::Names, Group::Accepts, Group::DatagramCalls];
        let bits: u32 =
            groups.iter().enumerate().map(|(bit, group)| u32::from(by_calls(*group)) << bit).sum();
        let [namespace, device] = own_namespace();
        let mut value = [0; 32];
        value[..8].copy_from_slice(&namespace.to_ne_bytes());
        value[8..16].copy_from_slice(&device.to_ne_bytes());
        value[16..20].copy_from_slice(&std::process::id().to_ne_bytes());
        value[20..24].copy_from_slice(&u32::from(touched).to_ne_bytes());
        value[24..28].copy_from_slice(&bits.to_ne_bytes());
        self.settings
            .update(&0u32.to_ne_bytes(), &value, MapFlags::ANY)
            .map_err(SensorError::kernel("writing the programs' settings"))
    }
}

/// The namespace of process ids that our own number belongs to: inode and device of its file, the latter as the kernel
/// writes it. Zeros, which no namespace has, where there is no `/proc`: then we watch ourselves too.
fn own_namespace() -> [u64; 2] {
    use rustix::fs::{major, minor, stat};
    stat("/proc/self/ns/pid").map_or([0, 0], |file| {
        [file.st_ino, u64::from(major(file.st_dev)) << 20 | u64::from(minor(file.st_dev))]
    })
}

/// A handle of a map that must be there, because the object is ours.
fn map_handle(object: &Object, name: &str) -> Result<MapHandle, SensorError> {
    let map = object
        .maps()
        .find(|map| map.name() == name)
        .ok_or_else(|| SensorError::Kernel { doing: "finding a map", reason: name.to_owned() })?;
    MapHandle::try_from(&map).map_err(SensorError::kernel("opening a map"))
}
