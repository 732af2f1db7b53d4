//! System calls by number, for machines that let nobody stand at the exits of single ones: `bpf/calls.bpf.c` tells them
//! apart there.

use libbpf_rs::{MapCore, MapFlags, MapHandle, Object};

use crate::programs::{Group, HOOKS};
use crate::{SensorError, map_handle};

/// The number of a call on this architecture; nothing where it has none of this name.
pub(crate) fn number(call: &str) -> Option<u32> {
    let number = match call {
        "accept" => libc::SYS_accept,
        "accept4" => libc::SYS_accept4,
        "bind" => libc::SYS_bind,
        "bpf" => libc::SYS_bpf,
        "ftruncate" => libc::SYS_ftruncate,
        "linkat" => libc::SYS_linkat,
        "mknodat" => libc::SYS_mknodat,
        "openat" => libc::SYS_openat,
        "openat2" => libc::SYS_openat2,
        "ptrace" => libc::SYS_ptrace,
        "recvfrom" => libc::SYS_recvfrom,
        "recvmmsg" => libc::SYS_recvmmsg,
        "recvmsg" => libc::SYS_recvmsg,
        "renameat" => libc::SYS_renameat,
        "renameat2" => libc::SYS_renameat2,
        "sendmmsg" => libc::SYS_sendmmsg,
        "sendmsg" => libc::SYS_sendmsg,
        "sendto" => libc::SYS_sendto,
        "symlinkat" => libc::SYS_symlinkat,
        "truncate" => libc::SYS_truncate,
        "unlinkat" => libc::SYS_unlinkat,
        older => number_of_older(older)?,
    };
    u32::try_from(number).ok()
}

/// Calls that newer architectures do without.
#[cfg(target_arch = "x86_64")]
fn number_of_older(call: &str) -> Option<libc::c_long> {
    Some(match call {
        "creat" => libc::SYS_creat,
        "link" => libc::SYS_link,
        "mknod" => libc::SYS_mknod,
        "open" => libc::SYS_open,
        "rename" => libc::SYS_rename,
        "symlink" => libc::SYS_symlink,
        "unlink" => libc::SYS_unlink,
        _ => return None,
    })
}

#[cfg(not(target_arch = "x86_64"))]
fn number_of_older(_call: &str) -> Option<libc::c_long> {
    None
}

/// Where the hook that tells calls by number stands in the table.
pub(crate) fn position() -> usize {
    HOOKS.iter().position(|hook| hook.group == Group::CallsByNumber).expect("it is in the table")
}

/// Which calls are told by number.
pub(crate) struct WantedCalls(MapHandle);

impl WantedCalls {
    pub(crate) fn open(object: &Object) -> Result<Self, SensorError> {
        map_handle(object, "wanted_calls").map(Self)
    }

    /// Says whether a call is to be told.
    pub(crate) fn set(&self, number: u32, wanted: bool) -> Result<(), SensorError> {
        self.0
            .update(&number.to_ne_bytes(), &u64::from(wanted).to_ne_bytes(), MapFlags::ANY)
            .map_err(SensorError::kernel("telling which calls are wanted"))
    }
}

#[cfg(test)]
mod tests {
    use super::{HOOKS, number};
    use crate::programs::Place;

    /// `CALLS_MAX` of `bpf/calls.bpf.c`.
    const CALLS_MAX: u32 = 512;

    #[test]
    fn each_call_has_a_number_of_its_own() {
        let calls = HOOKS.iter().filter_map(|hook| match hook.place {
            Place::CallExit(name) => Some(name),
            Place::Tracepoint(_) | Place::Function(_) | Place::Cgroup | Place::Iterator => None,
        });
        let numbers: Vec<Option<u32>> = calls.map(number).collect();
        if cfg!(target_arch = "x86_64") {
            assert!(numbers.iter().all(Option::is_some), "{numbers:?}");
        }
        let mut numbers: Vec<u32> = numbers.into_iter().flatten().collect();
        assert!(numbers.iter().all(|number| *number < CALLS_MAX), "{numbers:?}");
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
        assert_eq!(number("no_such_call"), None);
    }
}
