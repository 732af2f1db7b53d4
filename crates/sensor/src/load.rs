//! Loading and attaching, with all that a kernel may refuse.

use std::sync::Mutex;

use libbpf_rs::{Link, Object, ObjectBuilder, PrintLevel, ProgramMut};

use crate::kernel::{CgroupRoot, Types, has_call_exit};
use crate::programs::{HOOKS, HookSpec, Need, Place};
use crate::tier::{TierChoice, Tiers};
use crate::{Hook, Options, SensorError};

/// The kernel side, compiled by `build.rs`.
static OBJECT: &Aligned<[u8]> =
    &Aligned { bytes: *include_bytes!(concat!(env!("OUT_DIR"), "/tuxmon.bpf.o")) };

/// The same for kernels before 5.17: see `bpf/lib/kernel_compat.h`.
static OBJECT_BEFORE_5_17: &Aligned<[u8]> =
    &Aligned { bytes: *include_bytes!(concat!(env!("OUT_DIR"), "/tuxmon_before_5_17.bpf.o")) };

/// Asks whether kernel functions can be hooked at all.
static PROBE: &Aligned<[u8]> = &Aligned { bytes: *include_bytes!(concat!(env!("OUT_DIR"), "/probe.bpf.o")) };

/// libbpf reads the ELF headers in place, so they must lie as in a file that was mapped.
#[repr(C, align(64))]
struct Aligned<B: ?Sized> {
    bytes: B,
}

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

/// What libbpf said while it loaded: the only place where a refused program is named.
static WORDS: Mutex<String> = Mutex::new(String::new());

/// Loads every program that the kernel has a place for. A program that the kernel refuses is left out and the rest
/// is loaded again, so at most as many rounds are made as there are programs.
pub(crate) fn load(options: &Options) -> Result<Loaded, SensorError> {
    let types = Types::load(options.btf.as_deref()).map_err(SensorError::NoBtf)?;
    libbpf_rs::set_print(Some((PrintLevel::Warn, keep_words)));
    let deep =
        if options.tier == TierChoice::Tracepoint { Err("not asked for".to_owned()) } else { probe(options) };
    let mut hooks: Vec<Hook> = HOOKS
        .iter()
        .map(|spec| Hook { spec, unavailable: missing_place(spec, &types, deep.as_ref()), link: None })
        .collect();
    for _ in 0..=HOOKS.len() {
        WORDS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        let reason = match load_once(options, &types, &hooks) {
            Ok(object) => {
                let tiers = choose(options, &hooks);
                return Ok(Loaded { object, hooks, tiers });
            }
            Err(error) => error,
        };
        let words = WORDS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let refused =
            refused_program(&words).and_then(|name| hooks.iter_mut().find(|hook| hook.spec.program == name));
        match refused {
            Some(hook) if hook.spec.need == Need::Essential => {
                return Err(SensorError::Program {
                    program: hook.spec.program.to_owned(),
                    reason: last_lines(&words),
                });
            }
            Some(hook) if hook.unavailable.is_none() => hook.unavailable = Some(last_lines(&words)),
            Some(_) | None if reason.kind() == libbpf_rs::ErrorKind::PermissionDenied => {
                return Err(SensorError::NotPermitted(format!("{reason:#}")));
            }
            Some(_) | None => {
                return Err(SensorError::Kernel {
                    doing: "loading the programs",
                    reason: last_lines(&words),
                });
            }
        }
    }
    Err(SensorError::Kernel { doing: "loading the programs", reason: "every program was refused".to_owned() })
}

/// Why a hook has no place on this kernel.
fn missing_place(spec: &HookSpec, types: &Types, deep: Result<&(), &String>) -> Option<String> {
    match spec.place {
        Place::Function(name) if !types.has_function(name) => {
            Some(format!("this kernel has no function {name}"))
        }
        Place::Function(_) => deep.err().map(|reason| format!("kernel functions cannot be hooked: {reason}")),
        Place::Tracepoint(name) if !types.has_tracepoint(name) => {
            Some(format!("this kernel has no tracepoint {name}"))
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

fn load_once(options: &Options, types: &Types, hooks: &[Hook]) -> libbpf_rs::Result<Object> {
    let object = if types.has_loop() { OBJECT } else { OBJECT_BEFORE_5_17 };
    let mut open = builder(options)?.open_memory(&object.bytes)?;
    let cpus = u32::try_from(libbpf_rs::num_possible_cpus()?).unwrap_or(u32::MAX / SCRATCH_PER_CPU);
    for mut map in open.maps_mut() {
        match map.name().to_str() {
            Some("scratch_small" | "scratch_large") => map.set_max_entries(cpus * SCRATCH_PER_CPU)?,
            Some("ring") => map.set_max_entries(options.ring_bytes)?,
            Some(_) | None => {}
        }
    }
    for mut program in open.progs_mut() {
        let available =
            hooks.iter().any(|hook| program.name() == hook.spec.program && hook.unavailable.is_none());
        program.set_autoload(available);
    }
    open.load()
}

/// Attaches one program; the error is the kernel's words.
pub(crate) fn attach(object: &Object, spec: &HookSpec, cgroup: Option<&CgroupRoot>) -> Result<Link, String> {
    let program: ProgramMut<'_> =
        object.progs_mut().find(|program| program.name() == spec.program).ok_or("it is not in the object")?;
    let link = match spec.place {
        Place::Cgroup => {
            let cgroup = cgroup.ok_or("no version 2 cgroup tree is mounted")?;
            program.attach_cgroup(cgroup.descriptor())
        }
        Place::CallExit(name) => {
            program.attach_tracepoint(libbpf_rs::TracepointCategory::Syscalls, format!("sys_exit_{name}"))
        }
        Place::Tracepoint(_) | Place::Function(_) | Place::Iterator => program.attach(),
    };
    link.map_err(|error| format!("{error:#}"))
}

/// Keeps the end of what libbpf says: verifier logs are long.
#[allow(clippy::needless_pass_by_value)] // libbpf-rs prescribes the signature
fn keep_words(_level: PrintLevel, words: String) {
    const MOST: usize = 64 * 1024;
    let mut kept = WORDS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if kept.len() < MOST {
        let room = MOST - kept.len();
        kept.extend(words.chars().take(room));
    } else if words.contains("failed to load") {
        kept.push_str(&words);
    }
}

/// The program in `libbpf: prog 'NAME': failed to load: …`.
fn refused_program(words: &str) -> Option<&str> {
    words.lines().rev().find_map(|line| {
        let (before, after) = line.split_once("prog '")?;
        let (name, rest) = after.split_once('\'')?;
        (before.contains("libbpf") && rest.contains("failed to load")).then_some(name)
    })
}

/// The verifier's last words: the lines before its statistics, or the last lines where it had none.
fn last_lines(words: &str) -> String {
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let end = lines.iter().rposition(|line| line.starts_with("processed ")).unwrap_or(lines.len());
    lines[end.saturating_sub(3)..end].join("; ")
}

#[cfg(test)]
mod tests {
    use super::refused_program;

    #[test]
    fn the_refused_program_is_named() {
        let words = "libbpf: prog 'tcp_state': BPF program load failed: -EACCES\n\
                     libbpf: prog 'tcp_state': failed to load: -13\nlibbpf: failed to load object 'x'\n";
        assert_eq!(refused_program(words), Some("tcp_state"));
        assert_eq!(refused_program("libbpf: elf: cannot read\n"), None);
    }
}
