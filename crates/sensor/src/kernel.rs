//! What this kernel has: types, tracepoints, cgroups.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use libbpf_rs::btf::{Btf, BtfKind, BtfType};
use rustix::fs::{Mode, OFlags};
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags};

use crate::calls;
use crate::programs::{HookSpec, Place};

/// Where tracefs may be.
const TRACEFS: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/// Mounts tracefs where the system has not: tracepoints of system calls are found by its files.
pub(crate) fn mount_tracefs() {
    if call_tracepoints().is_some() {
        return;
    }
    if let Err(error) =
        rustix::mount::mount("none", TRACEFS[0], "tracefs", rustix::mount::MountFlags::empty(), None)
    {
        tracing::warn!(path = TRACEFS[0], %error, "tracefs is not mounted and could not be; system calls are told apart where all of them end");
    }
}

/// The folder of the tracepoints of system calls.
fn call_tracepoints() -> Option<PathBuf> {
    TRACEFS.iter().map(|root| Path::new(root).join("events/syscalls")).find(|folder| folder.is_dir())
}

/// Whether the kernel can report the exit of this system call. Where nothing says so, every call that the architecture
/// has is told by number.
pub(crate) fn has_call_exit(name: &str) -> bool {
    match call_tracepoints() {
        Some(folder) => folder.join(format!("sys_exit_{name}")).is_dir(),
        None => calls::number(name).is_some(),
    }
}

/// What the running kernel's types say of the places that hooks want. They are read once, from end to end: a search for
/// one name is as long.
pub(crate) struct Types {
    functions: HashSet<&'static str>,
    tracepoints: HashSet<&'static str>,
    known_to_kernel: bool,
    tells_requests: bool,
}

/// Where a kernel that knows its own types shows them.
pub(crate) const KERNEL_BTF: &str = "/sys/kernel/btf/vmlinux";

/// In the form of this type requests of io_uring keep the call that they are.
pub(crate) const REQUEST_CALL: &str = "io_cmd_data";

/// Programs may loop by a helper where the kernel has its function.
const LOOP: &str = "bpf_loop";

impl Types {
    pub(crate) fn load(file: Option<&Path>, hooks: &'static [HookSpec]) -> Result<Self, String> {
        let btf = match file {
            Some(file) => Btf::from_path(file),
            None => Btf::from_vmlinux(),
        };
        let btf = btf.map_err(|error| format!("{error:#}"))?;
        let function = |spec: &HookSpec| match spec.place {
            Place::Function(name) => Some(name),
            Place::Tracepoint(_) | Place::CallExit(_) | Place::Cgroup | Place::Iterator => None,
        };
        let tracepoint = |spec: &HookSpec| match spec.place {
            Place::Tracepoint(name) => Some(name),
            Place::Function(_) | Place::CallExit(_) | Place::Cgroup | Place::Iterator => None,
        };
        let functions: HashSet<_> = hooks.iter().filter_map(function).chain(std::iter::once(LOOP)).collect();
        let tracepoints: HashSet<_> = hooks.iter().filter_map(tracepoint).collect();
        let known_to_kernel = Path::new(KERNEL_BTF).exists();
        let mut types = Self {
            functions: HashSet::new(),
            tracepoints: HashSet::new(),
            known_to_kernel,
            tells_requests: false,
        };
        for id in 1..u32::try_from(btf.len()).unwrap_or(u32::MAX) {
            let Some(found) = btf.type_by_id::<BtfType<'_>>(id.into()) else { continue };
            let Some(name) = found.name().and_then(|name| name.to_str()) else { continue };
            if found.kind() == BtfKind::Func {
                types.functions.extend(functions.get(name));
            } else if found.kind() == BtfKind::Typedef
                && let Some(name) = name.strip_prefix("btf_trace_")
            {
                types.tracepoints.extend(tracepoints.get(name));
            } else if found.kind() == BtfKind::Struct && name == REQUEST_CALL {
                types.tells_requests = true;
            }
        }
        Ok(types)
    }

    /// Whether the kernel itself knows these types, and not only we, from a file.
    pub(crate) fn known_to_kernel(&self) -> bool {
        self.known_to_kernel
    }

    /// Whether a request of io_uring tells which call it is, and of what, in the form that we read (6.0 and later).
    pub(crate) fn tells_requests(&self) -> bool {
        self.tells_requests
    }

    /// Whether programs may loop by a helper.
    pub(crate) fn has_loop(&self) -> bool {
        self.has_function(LOOP)
    }

    /// Whether it has this function, not inlined.
    pub(crate) fn has_function(&self, name: &str) -> bool {
        self.functions.contains(name)
    }

    /// Whether it has this raw tracepoint.
    pub(crate) fn has_tracepoint(&self, name: &str) -> bool {
        self.tracepoints.contains(name)
    }
}

/// What this machine has that explains a refusal, in words for people.
pub(crate) fn likely_cause() -> Option<String> {
    let lockdown = fs::read_to_string("/sys/kernel/security/lockdown").unwrap_or_default();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let limit = rustix::process::getrlimit(rustix::process::Resource::Memlock).current;
    cause(&lockdown, &status, limit)
}

/// Why places at system calls may be refused, where the machine has asked for that: Debian's kernels up to 6.1 want
/// `CAP_SYS_ADMIN` for them then, which the agent gives up after its start, and a service may never have had.
pub(crate) fn restricts_perf_events() -> Option<String> {
    let level = fs::read_to_string("/proc/sys/kernel/perf_event_paranoid").ok()?;
    let level = level.trim();
    (level.parse::<i32>().ok()? > 2).then(|| {
        format!(
            "kernel.perf_event_paranoid is {level}, with which some kernels forbid it without CAP_SYS_ADMIN; 2 allows it"
        )
    })
}

/// Whether this machine may refuse places at single system calls, now or when the agent has given up what only its start
/// needs; or has nothing by which they are found.
pub(crate) fn may_refuse_calls() -> bool {
    restricts_perf_events().is_some() || call_tracepoints().is_none() || refuses_perf_events()
}

/// Asks for a performance event, of which places at single calls are made, without saying which: a kernel that would
/// give one finds fault with that alone.
fn refuses_perf_events() -> bool {
    let (description, none) = (std::ptr::null::<libc::c_void>(), 0 as libc::c_long);
    // SAFETY: the kernel reads a description from the first argument, which is no address, and says so.
    #[allow(unsafe_code)]
    let answer = unsafe { libc::syscall(libc::SYS_perf_event_open, description, none, none, none, none) };
    answer < 0 && io::Error::last_os_error().raw_os_error() != Some(libc::EFAULT)
}

/// The capability that raises limits: `CAP_SYS_RESOURCE` of capability.h.
const SYS_RESOURCE: u32 = 24;

fn cause(lockdown: &str, status: &str, locked_memory: Option<u64>) -> Option<String> {
    if lockdown.contains("[confidentiality]") {
        return Some(
            "this kernel is locked down (lockdown=confidentiality), which forbids eBPF to read its memory; \
             lockdown=integrity is no obstacle"
                .to_owned(),
        );
    }
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    let effective = u64::from_str_radix(effective.trim(), 16).ok()?;
    let limit = locked_memory.filter(|_| effective & (1 << SYS_RESOURCE) == 0)?;
    Some(format!(
        "locked memory is limited to {} KiB (RLIMIT_MEMLOCK) and CAP_SYS_RESOURCE, which could raise the limit, is \
         missing: kernels before 5.11 count eBPF maps against it",
        limit / 1024
    ))
}

/// The root of the version 2 cgroup tree: programs that are attached there see all sockets.
pub(crate) struct CgroupRoot(OwnedFd);

impl CgroupRoot {
    /// Where the system has mounted it, else by a mount of our own that nobody else sees.
    pub(crate) fn find() -> Option<Self> {
        Self::mounted().or_else(Self::detached)
    }

    fn mounted() -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
        let path = mounts.lines().find_map(cgroup2_mount)?;
        rustix::fs::open(path, FOLDER, Mode::empty()).ok().map(Self)
    }

    /// sysvinit mounts no such tree, while every kernel has one. A mount that was never put anywhere ends with its
    /// descriptor. In a cgroup namespace its root is not the machine's, and the mount is refused or of no use there.
    fn detached() -> Option<Self> {
        if !is_in_first_cgroup_namespace() {
            return None;
        }
        let tree = rustix::mount::fsopen("cgroup2", FsOpenFlags::FSOPEN_CLOEXEC).ok()?;
        rustix::mount::fsconfig_create(tree.as_fd()).ok()?;
        let mount =
            rustix::mount::fsmount(tree.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::empty());
        rustix::fs::openat(mount.ok()?, ".", FOLDER, Mode::empty()).ok().map(Self)
    }

    pub(crate) fn descriptor(&self) -> i32 {
        self.0.as_fd().as_raw_fd()
    }
}

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

/// The first namespace of cgroups has a number of its own (`PROC_CGROUP_INIT_INO` of proc_ns.h).
fn is_in_first_cgroup_namespace() -> bool {
    fs::read_link("/proc/self/ns/cgroup").is_ok_and(|name| name.as_os_str() == "cgroup:[4026531835]")
}

/// The mount point, when a line of mountinfo is the root of a version 2 cgroup tree: field 4 is the root within the
/// file system, field 5 the mount point; the type stands after ` - `.
fn cgroup2_mount(line: &str) -> Option<&str> {
    let (mount, kind) = line.split_once(" - ")?;
    let mut fields = mount.split(' ').skip(3);
    let (root, point) = (fields.next()?, fields.next()?);
    (kind.starts_with("cgroup2 ") && root == "/").then_some(point)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd as _;

    use super::{CgroupRoot, cause, cgroup2_mount};

    #[test]
    fn a_refusal_is_explained_where_the_machine_explains_it() {
        let all = "Name:\ttuxmon\nCapEff:\t000001ffffffffff\n";
        let no_limits = "Name:\ttuxmon\nCapEff:\t000001fffeffffff\n";
        let says = |lockdown, status, limit| cause(lockdown, status, limit).unwrap_or_default();
        assert_eq!(says("none [integrity] confidentiality\n", all, Some(65536)), "");
        assert!(says("none integrity [confidentiality]\n", all, None).contains("lockdown=confidentiality"));
        assert!(says("", no_limits, Some(65536)).contains("limited to 64 KiB"));
        assert_eq!(says("", no_limits, None), "", "there is no limit");
        assert_eq!(says("", "", Some(65536)), "");
    }

    #[test]
    fn the_cgroup_root_is_found_among_mounts() {
        let line =
            "41 32 0:36 / /sys/fs/cgroup/unified rw,relatime shared:17 - cgroup2 cgroup2 rw,nsdelegate";
        assert_eq!(cgroup2_mount(line), Some("/sys/fs/cgroup/unified"));
        assert_eq!(cgroup2_mount("41 32 0:36 /a /x rw - cgroup2 cgroup2 rw"), None);
        assert_eq!(cgroup2_mount("22 1 254:0 / / rw - ext4 /dev/vda rw"), None);
        assert_eq!(cgroup2_mount("garbage"), None);
    }

    #[test]
    fn where_no_cgroup_root_is_mounted_it_is_the_same_one() {
        let Some(detached) = CgroupRoot::detached() else {
            println!("SKIP no cgroup tree can be mounted: not root, or a namespace of cgroups");
            return;
        };
        let number = |root: &CgroupRoot| {
            let state = rustix::fs::fstat(root.0.as_fd()).expect("it is open");
            (state.st_dev, state.st_ino)
        };
        let mounted = CgroupRoot::mounted().map_or_else(|| number(&detached), |mounted| number(&mounted));
        assert_eq!(number(&detached), mounted);
        let kind = rustix::fs::fstatfs(detached.0.as_fd()).expect("it is open").f_type;
        assert_eq!(kind, 0x6367_7270, "CGROUP2_SUPER_MAGIC of magic.h");
    }
}
