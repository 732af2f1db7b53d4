//! What this kernel has: types, tracepoints, cgroups.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use libbpf_rs::btf::{Btf, BtfKind, BtfType};

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
        tracing::warn!(path = TRACEFS[0], %error, "tracefs is not mounted and could not be; no system call is seen");
    }
}

/// The folder of the tracepoints of system calls.
fn call_tracepoints() -> Option<PathBuf> {
    TRACEFS.iter().map(|root| Path::new(root).join("events/syscalls")).find(|folder| folder.is_dir())
}

/// Whether the kernel can report the exit of this system call.
pub(crate) fn has_call_exit(name: &str) -> bool {
    call_tracepoints().is_some_and(|folder| folder.join(format!("sys_exit_{name}")).is_dir())
}

/// The types of the running kernel.
pub(crate) struct Types(Btf<'static>);

impl Types {
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, String> {
        let btf = match file {
            Some(file) => Btf::from_path(file),
            None => Btf::from_vmlinux(),
        };
        btf.map(Self).map_err(|error| format!("{error:#}"))
    }

    /// Whether programs may loop by a helper: it is there when the kernel has its function.
    pub(crate) fn has_loop(&self) -> bool {
        self.has_function("bpf_loop")
    }

    /// Whether it has this function, not inlined.
    pub(crate) fn has_function(&self, name: &str) -> bool {
        self.0.type_by_name::<libbpf_rs::btf::types::Func<'_>>(name).is_some()
    }

    /// Whether it has this raw tracepoint.
    pub(crate) fn has_tracepoint(&self, name: &str) -> bool {
        self.0
            .type_by_name::<BtfType<'_>>(&format!("btf_trace_{name}"))
            .is_some_and(|found| found.kind() == BtfKind::Typedef)
    }
}

/// The root of the version 2 cgroup tree: programs that are attached there see all sockets.
pub(crate) struct CgroupRoot(OwnedFd);

impl CgroupRoot {
    pub(crate) fn find() -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
        let path = mounts.lines().find_map(cgroup2_mount)?;
        let flags = rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::CLOEXEC;
        rustix::fs::open(path, flags, rustix::fs::Mode::empty()).ok().map(Self)
    }

    pub(crate) fn descriptor(&self) -> i32 {
        self.0.as_fd().as_raw_fd()
    }
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
    use super::cgroup2_mount;

    #[test]
    fn the_cgroup_root_is_found_among_mounts() {
        let line =
            "41 32 0:36 / /sys/fs/cgroup/unified rw,relatime shared:17 - cgroup2 cgroup2 rw,nsdelegate";
        assert_eq!(cgroup2_mount(line), Some("/sys/fs/cgroup/unified"));
        assert_eq!(cgroup2_mount("41 32 0:36 /a /x rw - cgroup2 cgroup2 rw"), None);
        assert_eq!(cgroup2_mount("22 1 254:0 / / rw - ext4 /dev/vda rw"), None);
        assert_eq!(cgroup2_mount("garbage"), None);
    }
}
