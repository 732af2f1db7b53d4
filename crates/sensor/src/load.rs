//! Loading and attaching, with all that a kernel may refuse.

use std::io::Read;

use libbpf_rs::{Link, Object, ObjectBuilder, ProgramMut};

use crate::kernel::{CgroupRoot, KERNEL_BTF, REQUEST_CALL, Types, has_call_exit};
use crate::programs::{Group, HOOKS, HookSpec, Need, Place};
use crate::tier::{TierChoice, Tiers};
use crate::{Hook, Options, SensorError, kernel, words};

/// The kernel side, compiled by `build.rs`.
static OBJECT: Packed = Packed(include_bytes!(concat!(env!("OUT_DIR"), "/tuxmon.bpf.o.z")));

/// The same for kernels before 5.17: see `bpf/lib/kernel_compat.h`.
static OBJECT_BEFORE_5_17: Packed =
    Packed(include_bytes!(concat!(env!("OUT_DIR"), "/tuxmon_before_5_17.bpf.o.z")));

/// And for kernels that do not know their own types: no hook that needs those, plain tracepoints in place of typed ones.
static OBJECT_WITHOUT_KERNEL_BTF: Packed =
    Packed(include_bytes!(concat!(env!("OUT_DIR"), "/tuxmon_without_kernel_btf.bpf.o.z")));

/// Asks whether kernel functions can be hooked at all.
static PROBE: &Aligned<[u8]> = &Aligned { bytes: *include_bytes!(concat!(env!("OUT_DIR"), "/probe.bpf.o")) };

/// An object, compressed: a machine needs one of three, and only while it is opened.
struct Packed(&'static [u8]);

impl Packed {
    /// Gives the object to `read`, where ELF headers may be read in place.
    fn unpacked<T>(&self, read: impl FnOnce(&[u8]) -> T) -> T {
        let mut object = Vec::new();
        flate2::read::ZlibDecoder::new(self.0).read_to_end(&mut object).expect("build.rs has compressed it");
        let mut place = vec![0; object.len() + ALIGNMENT];
        let start = place.as_ptr().align_offset(ALIGNMENT);
        let aligned = &mut place[start..start + object.len()];
        aligned.copy_from_slice(&object);
        read(aligned)
    }
}

/// libbpf reads the ELF headers in place, so they must lie as in a file that was mapped.
#[repr(C, align(64))]
pub(crate) struct Aligned<B: ?Sized> {
    pub(crate) bytes: B,
}

/// What [`Aligned`] promises, for an object that is unpacked.
const ALIGNMENT: usize = 64;

/// Buffers per CPU of each scratch map: `SCRATCH_PER_CPU` of `bpf/lib/submit.h`.
const SCRATCH_PER_CPU: u32 = 3;

/// The loaded object and the state of each hook.
pub(crate) struct Loaded {
    pub(crate) object: Object,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) tiers: Tiers,
}

/// The tier of each group, by what is available so far.
fn choose(options: &Options, hooks: &[Hook]) -> Tiers {
    Tiers::choose(options.tier, |spec| {
        hooks.iter().any(|hook| hook.spec.program == spec.program && hook.unavailable.is_none())
    })
}

/// Loads the programs of the tier that serves each group: what this kernel has no place for is known before, so they
/// are verified once. A program that the kernel refuses all the same is left out, its group is given to the other tier,
/// and the rest is loaded again; the same for programs that `refused` names, which could be loaded but not attached.
pub(crate) fn load(options: &Options, refused: &[(&'static str, String)]) -> Result<Loaded, SensorError> {
    words::listen(false);
    let types = Types::load(options.btf.as_deref(), HOOKS).map_err(SensorError::NoBtf)?;
    let mut hooks = places(options, &types);
    let calls_by_number = kernel::may_refuse_calls();
    for (program, reason) in refused {
        for hook in hooks.iter_mut().filter(|hook| hook.spec.program == *program) {
            hook.unavailable.get_or_insert_with(|| reason.clone());
        }
    }
    for _ in 0..=HOOKS.len() {
        let tiers = choose(options, &hooks).with_calls_by_number(calls_by_number);
        let wanted = |hook: &Hook| hook.unavailable.is_none() && tiers.uses(hook.spec);
        match load_once(options, &types, &hooks, wanted, Statistics::No) {
            Ok(object) => return Ok(Loaded { object, hooks, tiers }),
            Err(error) => leave_out(&mut hooks, &error)?,
        }
    }
    Err(SensorError::Kernel { doing: "loading the programs", reason: "every program was refused".to_owned() })
}

/// One program and what the verifier made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surveyed {
    /// Its name in `bpf/`.
    pub program: &'static str,
    /// Instructions that the verifier walked, or why the program is not available here.
    pub verified: Result<u64, String>,
}

/// Loads all programs that this kernel has a place for, of both tiers, attaches none, and says what the verifier made
/// of each.
pub fn survey(options: &Options) -> Result<Vec<Surveyed>, SensorError> {
    words::listen(false);
    kernel::mount_tracefs();
    let types = Types::load(options.btf.as_deref(), HOOKS).map_err(SensorError::NoBtf)?;
    let mut hooks = places(&Options { tier: TierChoice::Auto, ..options.clone() }, &types);
    for _ in 0..=HOOKS.len() {
        let tiers = choose(options, &hooks);
        let wanted = |hook: &Hook| hook.unavailable.is_none() && tiers.may_use(hook.spec);
        match load_once(options, &types, &hooks, wanted, Statistics::Yes) {
            Ok(_) => break,
            Err(error) => leave_out(&mut hooks, &error)?,
        }
    }
    let counts = words::heard().verified;
    let count = |code: &str| counts.iter().find(|(name, _)| name == code).map(|(_, count)| *count);
    let tiers = choose(options, &hooks);
    let is_there = |hook: &Hook| tiers.may_use(hook.spec);
    let mut surveyed: Vec<Surveyed> = Vec::new();
    for hook in hooks.into_iter().filter(is_there) {
        let verified = match hook.unavailable {
            Some(reason) => Err(reason),
            None => count(hook.spec.code).ok_or_else(|| "the verifier gave no count".to_owned()),
        };
        // What stands at many places is there when one of them is.
        match surveyed.iter_mut().find(|known| known.program == hook.spec.code) {
            Some(known) if known.verified.is_ok() => {}
            Some(known) => known.verified = verified,
            None => surveyed.push(Surveyed { program: hook.spec.code, verified }),
        }
    }
    Ok(surveyed)
}

/// Marks the program that the kernel has just refused, wherever it stands; the error is the caller's when there is no
/// going on.
fn leave_out(hooks: &mut [Hook], error: &libbpf_rs::Error) -> Result<(), SensorError> {
    let words = words::heard();
    let refused =
        |hook: &&mut Hook| words.refused_program() == Some(hook.spec.code) && hook.unavailable.is_none();
    let mut known = false;
    for hook in hooks.iter_mut().filter(refused) {
        if hook.spec.need == Need::Essential {
            let reason = explained(words.last_lines());
            return Err(SensorError::Program { program: hook.spec.program.to_owned(), reason });
        }
        hook.unavailable = Some(words.last_lines());
        known = true;
    }
    if known {
        Ok(())
    } else if error.kind() == libbpf_rs::ErrorKind::PermissionDenied {
        Err(SensorError::NotPermitted(explained(format!("{error:#}"))))
    } else {
        Err(SensorError::Kernel { doing: "loading the programs", reason: explained(words.last_lines()) })
    }
}

/// The kernel's words, and what this machine has that explains them.
fn explained(reason: String) -> String {
    match kernel::likely_cause() {
        Some(cause) => format!("{reason} ({cause})"),
        None => reason,
    }
}

/// All hooks, each with the reason why this kernel has no place for it, where that is so.
fn places(options: &Options, types: &Types) -> Vec<Hook> {
    let deep = if options.tier == TierChoice::Tracepoint {
        Err("not asked for".to_owned())
    } else if types.known_to_kernel() {
        probe(options)
    } else {
        Err(format!("{KERNEL_BTF} is missing"))
    };
    HOOKS.iter().map(|spec| Hook::new(spec, missing_place(spec, types, deep.as_ref()))).collect()
}

/// Why a hook has no place on this kernel.
fn missing_place(spec: &HookSpec, types: &Types, deep: Result<&(), &String>) -> Option<String> {
    match spec.place {
        Place::Function(_) | Place::Iterator if !types.known_to_kernel() => {
            Some(format!("the kernel does not know its own types: {KERNEL_BTF} is missing"))
        }
        Place::Function(name) if !types.has_function(name) => {
            Some(format!("this kernel has no function {name}"))
        }
        Place::Function(_) => deep.err().map(|reason| format!("kernel functions cannot be hooked: {reason}")),
        Place::Tracepoint(name) if !types.has_tracepoint(name) => {
            Some(format!("this kernel has no tracepoint {name}"))
        }
        Place::Tracepoint(name) if name.starts_with("io_uring_") && !types.tells_requests() => {
            Some(format!("this kernel has no {REQUEST_CALL}: before 6.0 requests of io_uring cannot be read"))
        }
        Place::CallExit(name) if !has_call_exit(name) => {
            Some(format!("this kernel has no tracepoint for the system call {name}"))
        }
        Place::Tracepoint(_) | Place::CallExit(_) | Place::Cgroup | Place::Iterator => None,
    }
}

/// Hooks a kernel function that does nothing and lets it go again. Cheap, and its refusal is no alarm.
fn probe(options: &Options) -> Result<(), String> {
    let open = builder(options).and_then(|mut builder| builder.open_memory(&PROBE.bytes));
    let object = open.and_then(libbpf_rs::OpenObject::load).map_err(|error| error.to_string())?;
    let program = object.progs_mut().next().ok_or("the probe is empty")?;
    program.attach().map(drop).map_err(|error| error.to_string())
}

fn builder(options: &Options) -> libbpf_rs::Result<ObjectBuilder> {
    let mut builder = ObjectBuilder::default();
    if let Some(btf) = &options.btf {
        builder.btf_custom_path(btf)?;
    }
    Ok(builder)
}

/// Whether the verifier is asked what it did.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Statistics {
    No,
    Yes,
}

/// `BPF_LOG_STATS` of the kernel.
const LOG_STATISTICS: u32 = 4;

fn load_once(
    options: &Options,
    types: &Types,
    hooks: &[Hook],
    wanted: impl Fn(&Hook) -> bool,
    statistics: Statistics,
) -> libbpf_rs::Result<Object> {
    words::listen(statistics == Statistics::Yes);
    // Only the maps of old kernels can be asked by programs at the exit of calls.
    let old =
        !types.has_loop() || hooks.iter().any(|hook| hook.spec.group == Group::DatagramCalls && wanted(hook));
    let object = match (types.known_to_kernel(), old) {
        (true, false) => &OBJECT,
        (true, true) => &OBJECT_BEFORE_5_17,
        (false, _) => &OBJECT_WITHOUT_KERNEL_BTF,
    };
    let mut builder = builder(options)?;
    // libbpf keeps nothing of it: what it needs later it copies while it opens.
    let mut open = object.unpacked(|bytes| builder.open_memory(bytes))?;
    let keeps_names = hooks.iter().any(|hook| hook.spec.group == Group::RequestNames && wanted(hook));
    let cpus = u32::try_from(libbpf_rs::num_possible_cpus()?).unwrap_or(u32::MAX / SCRATCH_PER_CPU);
    for mut map in open.maps_mut() {
        match map.name().to_str() {
            Some("scratch_small" | "scratch_large") => map.set_max_entries(cpus * SCRATCH_PER_CPU)?,
            Some("ring") => map.set_max_entries(options.ring_bytes)?,
            Some("asked") if !keeps_names => map.set_max_entries(1)?,
            Some(_) | None => {}
        }
    }
    for mut program in open.progs_mut() {
        program.set_autoload(hooks.iter().any(|hook| program.name() == hook.spec.code && wanted(hook)));
        if statistics == Statistics::Yes {
            program.set_log_level(LOG_STATISTICS);
        }
    }
    open.load()
}

/// Attaches one program; the error is the kernel's words.
pub(crate) fn attach(object: &Object, spec: &HookSpec, cgroup: Option<&CgroupRoot>) -> Result<Link, String> {
    let program: ProgramMut<'_> =
        object.progs_mut().find(|program| program.name() == spec.code).ok_or("it is not in the object")?;
    let link = match spec.place {
        Place::Cgroup => {
            let cgroup = cgroup.ok_or("no version 2 cgroup tree is mounted, and none could be")?;
            program.attach_cgroup(cgroup.descriptor())
        }
        Place::CallExit(name) => {
            program.attach_tracepoint(libbpf_rs::TracepointCategory::Syscalls, format!("sys_exit_{name}"))
        }
        Place::Tracepoint(_) | Place::Function(_) | Place::Iterator => program.attach(),
    };
    link.map_err(|error| match (spec.place, kernel::restricts_perf_events()) {
        (Place::CallExit(_), Some(remark)) if error.kind() == libbpf_rs::ErrorKind::PermissionDenied => {
            format!("{error:#} ({remark})")
        }
        (..) => format!("{error:#}"),
    })
}
