//! System calls that no safe interface offers: the deeds need exactly these, and not what a library makes of them.
//!
//! Each function is sound to call with any arguments, except where it says that it must run in a deed.

#![allow(unsafe_code, reason = "system calls; each block says why it is sound")]

use std::ffi::{CStr, c_int, c_long, c_void};
use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::libc;
use rustix::process::{Signal, set_parent_process_death_signal};

/// Lets the child die when the thread that starts it ends, however that happens.
pub(crate) fn ends_with_this_thread(command: &mut Command) {
    // SAFETY: between fork and exec the closure does one system call and touches no memory that is shared.
    unsafe {
        command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?));
    }
}

/// Makes a child that runs `child` and ends with its result, without executing a program; gives its process id.
///
/// Only in a deed that has one thread: the child of several would find locks held by threads that it does not have.
pub(crate) fn fork(child: impl FnOnce() -> u8) -> io::Result<u32> {
    // SAFETY: this process has one thread, so its memory is consistent in the child, which ends without unwinding.
    let pid = unsafe { libc::fork() };
    match pid {
        0 => {
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(child)).unwrap_or(101);
            // SAFETY: ends the process; nothing of it is used any more.
            unsafe { libc::_exit(c_int::from(result)) }
        }
        pid => u32::try_from(pid).map_err(|_| io::Error::last_os_error()),
    }
}

/// Ends the calling thread alone, as a deed's main thread may do while others go on.
pub(crate) fn end_thread() -> ! {
    // SAFETY: the thread never runs again, and its stack stays mapped, so nothing that others borrow goes away.
    unsafe {
        libc::syscall(libc::SYS_exit, 0);
    }
    unreachable!("a thread that has ended does not go on")
}

/// Lets nobody open performance events from now on, as kernels do where `kernel.perf_event_paranoid` is 3.
pub(crate) fn forbid_perf_events() -> io::Result<()> {
    let step = |code: u32, jump, value| libc::sock_filter {
        code: u16::try_from(code).expect("codes are small"),
        jt: 0,
        jf: jump,
        k: value,
    };
    let forbidden = u32::try_from(libc::SYS_perf_event_open).expect("numbers are small");
    let refusal = libc::SECCOMP_RET_ERRNO | libc::EACCES.unsigned_abs();
    let mut steps = [
        // The first word of `struct seccomp_data` is the number of the call.
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 1, forbidden),
        step(libc::BPF_RET | libc::BPF_K, 0, refusal),
        step(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog { len: 4, filter: steps.as_mut_ptr() };
    // SAFETY: the kernel copies the steps, which live until it returns; the filter refuses one call and changes no memory.
    unsafe {
        result_of(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0).into())?;
        let install = libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter);
        result_of(install.into()).map(drop)
    }
}

/// The same for a child, from before its program begins.
pub(crate) fn may_not_open_perf_events(command: &mut Command) {
    // SAFETY: between fork and exec the closure does two system calls, with memory of its own stack.
    unsafe {
        command.pre_exec(forbid_perf_events);
    }
}

fn result_of(returned: c_long) -> io::Result<c_long> {
    if returned < 0 { Err(io::Error::last_os_error()) } else { Ok(returned) }
}

/// A system call of one path and up to two numbers, and its result.
fn path_call(number: c_long, path: &CStr, second: c_long, third: c_long) -> io::Result<c_long> {
    // SAFETY: the kernel reads the path, which ends with NUL, and takes the rest as numbers.
    result_of(unsafe { libc::syscall(number, path.as_ptr(), second, third) })
}

/// A system call of two paths.
#[cfg(target_arch = "x86_64")]
fn paths_call(number: c_long, first: &CStr, second: &CStr) -> io::Result<()> {
    // SAFETY: the kernel reads both paths, which end with NUL.
    result_of(unsafe { libc::syscall(number, first.as_ptr(), second.as_ptr()) }).map(drop)
}

/// truncate(2).
pub(crate) fn truncate(path: &CStr, length: i64) -> io::Result<()> {
    path_call(libc::SYS_truncate, path, length, 0).map(drop)
}

/// The calls that only old architectures have: newer ones have nothing but the `…at` calls.
#[cfg(target_arch = "x86_64")]
pub(crate) mod legacy {
    use super::{CStr, FromRawFd, OwnedFd, c_int, io, libc, path_call, paths_call};

    fn owned(descriptor: i64) -> OwnedFd {
        // SAFETY: the kernel has just given this descriptor to us, and nobody else knows it.
        unsafe { OwnedFd::from_raw_fd(c_int::try_from(descriptor).expect("descriptors are small")) }
    }

    /// open(2).
    pub(crate) fn open(path: &CStr, flags: c_int, mode: u32) -> io::Result<OwnedFd> {
        path_call(libc::SYS_open, path, flags.into(), mode.into()).map(owned)
    }

    /// creat(2).
    pub(crate) fn creat(path: &CStr, mode: u32) -> io::Result<OwnedFd> {
        path_call(libc::SYS_creat, path, mode.into(), 0).map(owned)
    }

    /// unlink(2).
    pub(crate) fn unlink(path: &CStr) -> io::Result<()> {
        path_call(libc::SYS_unlink, path, 0, 0).map(drop)
    }

    /// mknod(2).
    pub(crate) fn mknod(path: &CStr, mode: u32, device: u64) -> io::Result<()> {
        path_call(libc::SYS_mknod, path, mode.into(), device.cast_signed()).map(drop)
    }

    /// rename(2).
    pub(crate) fn rename(from: &CStr, to: &CStr) -> io::Result<()> {
        paths_call(libc::SYS_rename, from, to)
    }

    /// link(2).
    pub(crate) fn link(from: &CStr, to: &CStr) -> io::Result<()> {
        paths_call(libc::SYS_link, from, to)
    }

    /// symlink(2).
    pub(crate) fn symlink(text: &CStr, at: &CStr) -> io::Result<()> {
        paths_call(libc::SYS_symlink, text, at)
    }
}

/// Writes to the beginning of a file, which holds at least as much, through a shared mapping.
pub(crate) fn write_mapped(file: &impl AsRawFd, bytes: &[u8]) -> io::Result<()> {
    let (both, shared) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED);
    // SAFETY: a new mapping of which nobody else knows, at least one page of which the file backs.
    unsafe {
        let place = libc::mmap(std::ptr::null_mut(), bytes.len(), both, shared, file.as_raw_fd(), 0);
        if place == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), place.cast(), bytes.len());
        libc::munmap(place, bytes.len());
    }
    Ok(())
}

/// Waits for the end of a child, which must be a good one; gives its process id.
pub(crate) fn wait_for(pid: u32) -> io::Result<u32> {
    let mut status = 0;
    // SAFETY: the kernel writes one number.
    let waited = unsafe { libc::waitpid(pid.cast_signed(), &raw mut status, 0) };
    if waited != pid.cast_signed() {
        return Err(io::Error::last_os_error());
    }
    if status == 0 { Ok(pid) } else { Err(io::Error::other(format!("the child ended with {status}"))) }
}

/// Ways to make a process.
#[derive(Clone, Copy)]
pub(crate) enum Making {
    /// posix_spawn(3), which shares memory with its child until it executes (CLONE_VFORK).
    Spawn,
    /// clone3(2).
    Clone3,
    /// clone3(2) with CLONE_PIDFD.
    Clone3WithPidfd,
}

/// Makes a process that executes this program with its name as the only argument; gives its process id.
///
/// Only in a deed that has one thread.
pub(crate) fn make_and_execute(how: Making, program: &CStr) -> io::Result<u32> {
    let flags = match how {
        Making::Spawn => return spawn(program, &[program.as_ptr(), std::ptr::null()], None),
        Making::Clone3 => 0,
        Making::Clone3WithPidfd => libc::CLONE_PIDFD as u64,
    };
    let mut pidfd: c_int = -1;
    // SAFETY: all zeros is an empty request.
    let mut request: libc::clone_args = unsafe { std::mem::zeroed() };
    request.flags = flags;
    request.pidfd = std::ptr::from_mut(&mut pidfd) as u64;
    request.exit_signal = libc::SIGCHLD as u64;
    // SAFETY: the kernel reads the request and writes the descriptor. The child has a copy of the memory of the only
    // thread, and does nothing but execute or end.
    unsafe {
        match result_of(libc::syscall(libc::SYS_clone3, &raw const request, size_of::<libc::clone_args>()))? {
            0 => {
                libc::execv(program.as_ptr(), [program.as_ptr(), std::ptr::null()].as_ptr());
                libc::_exit(127)
            }
            pid => {
                if pidfd >= 0 {
                    libc::close(pidfd);
                }
                Ok(pid as u32)
            }
        }
    }
}

fn spawn(program: &CStr, words: &[*const libc::c_char], output: Option<&OwnedFd>) -> io::Result<u32> {
    let mut pid = 0;
    // SAFETY: the list of words ends with null, each of them with NUL, and all outlive the call; the actions are made,
    // used and destroyed here.
    let error = unsafe {
        let mut actions = std::mem::MaybeUninit::uninit();
        libc::posix_spawn_file_actions_init(actions.as_mut_ptr());
        if let Some(output) = output {
            libc::posix_spawn_file_actions_adddup2(actions.as_mut_ptr(), output.as_raw_fd(), 1);
        }
        let none: [*mut libc::c_char; 1] = [std::ptr::null_mut()];
        let error = libc::posix_spawn(
            &raw mut pid,
            program.as_ptr(),
            actions.as_ptr(),
            std::ptr::null(),
            words.as_ptr().cast(),
            none.as_ptr(),
        );
        libc::posix_spawn_file_actions_destroy(actions.as_mut_ptr());
        error
    };
    if error == 0 { Ok(pid as u32) } else { Err(io::Error::from_raw_os_error(error)) }
}

/// Executes a program with its name, a word, and a word that may change meanwhile but always ends with NUL, and waits
/// for its end; its output goes to a file.
pub(crate) fn spawn_with_word(
    program: &CStr,
    first: &CStr,
    second: *const u8,
    output: &OwnedFd,
) -> io::Result<u32> {
    let pid =
        spawn(program, &[program.as_ptr(), first.as_ptr(), second.cast(), std::ptr::null()], Some(output))?;
    wait_for(pid)
}

/// Calls on names that may change meanwhile.
#[derive(Clone, Copy)]
pub(crate) enum PathCall {
    /// openat(2), making a file that is not there.
    OpenNew,
    /// unlinkat(2).
    Unlink,
    /// linkat(2).
    Link,
    /// renameat2(2).
    Rename,
}

/// One of them, with one name or two; each ends with NUL whatever happens to it.
pub(crate) fn call_path(call: PathCall, first: *const u8, second: *const u8) -> io::Result<c_int> {
    let here = libc::AT_FDCWD;
    // SAFETY: the kernel copies the names and takes the rest as numbers.
    let returned = result_of(unsafe {
        match call {
            PathCall::OpenNew => {
                let flags = libc::O_CREAT | libc::O_EXCL | libc::O_WRONLY | libc::O_CLOEXEC;
                libc::syscall(libc::SYS_openat, here, first, flags, 0o644)
            }
            PathCall::Unlink => libc::syscall(libc::SYS_unlinkat, here, first, 0),
            PathCall::Link => libc::syscall(libc::SYS_linkat, here, first, here, second, 0),
            PathCall::Rename => libc::syscall(libc::SYS_renameat2, here, first, here, second, 0),
        }
    })?;
    Ok(c_int::try_from(returned).expect("these give descriptors and zero"))
}

/// connect(2) to an address that may change meanwhile.
pub(crate) fn connect_at(socket: &OwnedFd, address: *const u8, length: usize) -> io::Result<()> {
    // SAFETY: the kernel copies the address, which is as long as its caller says.
    result_of(unsafe { libc::syscall(libc::SYS_connect, socket.as_raw_fd(), address, length) }).map(drop)
}

/// Calls by the x32 table, which few kernels have.
#[cfg(target_arch = "x86_64")]
pub(crate) mod x32 {
    use std::ffi::{CStr, c_int, c_long};
    use std::io;

    use super::{owned, path_call, paths_call};

    const X32: c_long = 0x4000_0000;

    /// creat(2).
    pub(crate) fn create(path: &CStr) -> io::Result<()> {
        let descriptor = path_call(X32 + 85, path, 0o644, 0)?;
        drop(owned(c_int::try_from(descriptor).expect("descriptors are small")));
        Ok(())
    }

    /// rename(2).
    pub(crate) fn rename(from: &CStr, to: &CStr) -> io::Result<()> {
        paths_call(X32 + 82, from, to)
    }

    /// unlink(2).
    pub(crate) fn unlink(path: &CStr) -> io::Result<()> {
        path_call(X32 + 87, path, 0, 0).map(drop)
    }
}

/// Requests of io_uring, one after the other.
pub(crate) mod uring {
    use std::io;

    use io_uring::{IoUring, squeue};

    /// Submits these requests, which the kernel may do in any order, and gives the result of each that said one, with
    /// the number that it was given.
    ///
    /// What a request points to must outlive the call; all do that live in the caller's frame.
    pub(crate) fn submit(
        ring: &mut IoUring,
        requests: &[squeue::Entry],
        answers: usize,
    ) -> io::Result<Vec<(u64, i32)>> {
        for request in requests {
            // SAFETY: what the request points to lives in the caller's frame, and this waits until all are complete.
            unsafe { ring.submission().push(request) }.map_err(io::Error::other)?;
        }
        let mut results = Vec::new();
        while results.len() < answers {
            ring.submit_and_wait(1)?;
            results.extend(ring.completion().map(|entry| (entry.user_data(), entry.result())));
        }
        Ok(results)
    }

    /// Submits a request that reports nothing when it succeeds, and waits for one behind it that does.
    pub(crate) fn silently(ring: &mut IoUring, request: squeue::Entry) -> io::Result<()> {
        let request = request.flags(squeue::Flags::SKIP_SUCCESS | squeue::Flags::IO_LINK);
        let after = io_uring::opcode::Nop::new().build();
        match submit(ring, &[request, after], 1)?[..] {
            [(_, 0)] => Ok(()),
            [(_, error), ..] => Err(io::Error::from_raw_os_error(-error)),
            [] => Err(io::Error::other("no answer")),
        }
    }

    /// Submits a request that answers again and again, and does not wait.
    pub(crate) fn begin(ring: &mut IoUring, request: &squeue::Entry) -> io::Result<()> {
        // SAFETY: such a request points to nothing: it is told where to find a socket by number.
        unsafe { ring.submission().push(request) }.map_err(io::Error::other)?;
        ring.submit().map(drop)
    }

    /// The next answer.
    pub(crate) fn answer(ring: &mut IoUring) -> io::Result<i32> {
        ring.submit_and_wait(1)?;
        match ring.completion().next().map(|entry| entry.result()) {
            Some(result) if result >= 0 => Ok(result),
            Some(error) => Err(io::Error::from_raw_os_error(-error)),
            None => Err(io::Error::other("no answer")),
        }
    }

    /// The result of a request as that of a system call.
    pub(crate) fn one(ring: &mut IoUring, request: squeue::Entry) -> io::Result<i32> {
        let results = submit(ring, &[request], 1)?;
        match results[..] {
            [(_, result)] if result >= 0 => Ok(result),
            [(_, error)] => Err(io::Error::from_raw_os_error(-error)),
            _ => Err(io::Error::other("more than one answer")),
        }
    }
}

/// Takes over a descriptor that a request of io_uring has given us.
pub(crate) fn owned(descriptor: c_int) -> OwnedFd {
    // SAFETY: the kernel has just given this descriptor to us, and nobody else knows it.
    unsafe { OwnedFd::from_raw_fd(descriptor) }
}

/// Executes a program without a single argument; newer kernels then give it one empty one.
pub(crate) fn exec_without_arguments(program: &CStr) -> io::Error {
    let none = std::ptr::null::<*const libc::c_char>();
    // SAFETY: the kernel reads the path and takes null for an empty list, of arguments as of variables.
    unsafe { libc::syscall(libc::SYS_execve, program.as_ptr(), none, none) };
    io::Error::last_os_error()
}

/// ioctl(2) with a number as its argument.
pub(crate) fn ioctl(descriptor: BorrowedFd<'_>, request: LoopRequest, argument: c_int) -> io::Result<c_int> {
    // SAFETY: the requests of this enum take a number, so the kernel touches no memory of ours.
    let returned = unsafe { libc::ioctl(descriptor.as_raw_fd(), request as libc::Ioctl, argument) };
    if returned < 0 { Err(io::Error::last_os_error()) } else { Ok(returned) }
}

/// Requests whose argument is a number (linux/loop.h).
#[derive(Clone, Copy)]
pub(crate) enum LoopRequest {
    /// Binds a loop device to a file.
    SetFile = 0x4c00,
    /// Takes the file away from a loop device.
    Clear = 0x4c01,
    /// The number of a loop device that is free.
    GetFree = 0x4c82,
}

/// Sets a network interface up, which takes a socket of its network namespace.
pub(crate) fn set_interface_up(socket: BorrowedFd<'_>, name: &CStr) -> io::Result<()> {
    // SAFETY: all zeros is an interface request: an empty name and no flags.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(name.to_bytes()) {
        *to = from.cast_signed();
    }
    request.ifr_ifru.ifru_flags = libc::IFF_UP as i16;
    // SAFETY: SIOCSIFFLAGS reads an ifreq, which `request` is.
    let returned = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) };
    if returned < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// What bpf(2) reads of `union bpf_attr` for a load.
#[repr(C)]
#[derive(Default)]
struct LoadProgram {
    program_type: u32,
    instruction_count: u32,
    instructions: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log_buffer: u64,
    kernel_version: u32,
    flags: u32,
    name: [u8; 16],
    interface_index: u32,
    expected_attach_type: u32,
}

/// The same for asking about an object.
#[repr(C)]
struct ObjectInfo {
    descriptor: u32,
    length: u32,
    info: u64,
}

/// The same for attaching to and detaching from a cgroup.
#[repr(C)]
struct Attach {
    target: u32,
    program: u32,
    kind: u32,
    flags: u32,
}

fn bpf<T>(command: c_int, attributes: &T) -> io::Result<c_int> {
    let size = u32::try_from(size_of::<T>()).expect("attributes are small");
    // SAFETY: the kernel reads `size` bytes of attributes; what their addresses point to is alive in every caller.
    let returned = result_of(unsafe {
        libc::syscall(libc::SYS_bpf, command, std::ptr::from_ref(attributes).cast::<c_void>(), size)
    })?;
    Ok(c_int::try_from(returned).expect("bpf(2) gives descriptors and zero"))
}

/// Loads a program of these instructions.
pub(crate) fn load_program(program_type: u32, name: &str, instructions: &[u64]) -> io::Result<OwnedFd> {
    let mut attributes = LoadProgram {
        program_type,
        instruction_count: instructions.len() as u32,
        instructions: instructions.as_ptr() as u64,
        license: c"GPL".as_ptr() as u64,
        ..LoadProgram::default()
    };
    attributes.name[..name.len()].copy_from_slice(name.as_bytes());
    let descriptor = bpf(5, &attributes)?;
    // SAFETY: the kernel has just given this descriptor to us, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// The kernel's own number of a loaded program.
pub(crate) fn program_id(program: BorrowedFd<'_>) -> io::Result<u32> {
    // struct bpf_prog_info: type, id, and more that is not asked for.
    let mut info = [0_u32; 2];
    let attributes = ObjectInfo {
        descriptor: program.as_raw_fd().cast_unsigned(),
        length: size_of_val(&info) as u32,
        info: std::ptr::from_mut(&mut info) as u64,
    };
    bpf(15, &attributes)?;
    Ok(std::hint::black_box(info)[1])
}

/// Attaches a program to a cgroup, or detaches it.
pub(crate) fn attach_to_cgroup(
    how: Attachment,
    cgroup: BorrowedFd<'_>,
    program: BorrowedFd<'_>,
    attach_type: u32,
) -> io::Result<()> {
    let attributes = Attach {
        target: cgroup.as_raw_fd().cast_unsigned(),
        program: program.as_raw_fd().cast_unsigned(),
        kind: attach_type,
        flags: 0,
    };
    bpf(how as c_int, &attributes).map(drop)
}

/// What [`attach_to_cgroup`] does.
#[derive(Clone, Copy)]
pub(crate) enum Attachment {
    /// BPF_PROG_ATTACH.
    Attach = 8,
    /// BPF_PROG_DETACH.
    Detach = 9,
}

/// An attachment of a program, by the kernel's number.
pub(crate) fn open_link(number: u32) -> io::Result<OwnedFd> {
    const GET_LINK_BY_ID: c_int = 30;
    let descriptor = bpf(GET_LINK_BY_ID, &[number, 0, 0])?;
    // SAFETY: the kernel has just given this descriptor to us, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// Detaches what a link attached; the link stays.
pub(crate) fn detach_link(link: BorrowedFd<'_>) -> io::Result<()> {
    const LINK_DETACH: c_int = 34;
    bpf(LINK_DETACH, &[link.as_raw_fd().cast_unsigned()]).map(drop)
}

/// Puts another program in the place of the one that a link attached.
pub(crate) fn replace_program(link: BorrowedFd<'_>, program: BorrowedFd<'_>) -> io::Result<()> {
    const LINK_UPDATE: c_int = 29;
    let (link, program) = (link.as_raw_fd().cast_unsigned(), program.as_raw_fd().cast_unsigned());
    bpf(LINK_UPDATE, &[link, program, 0, 0]).map(drop)
}

/// System calls by the 32-bit entry, which any 64-bit program can take: other numbers, other registers.
#[cfg(target_arch = "x86_64")]
pub(crate) mod compat {
    use super::{AsRawFd, BorrowedFd, CStr, c_int, io, libc};

    /// A path where 32-bit calls can find it: below 4 GiB. Never unmapped: a deed is short.
    #[derive(Clone, Copy)]
    pub(crate) struct LowPath(u32);

    impl LowPath {
        /// Copies a path there.
        pub(crate) fn new(path: &CStr) -> io::Result<LowPath> {
            LowPath::copy(path.to_bytes_with_nul())
        }

        fn copy(bytes: &[u8]) -> io::Result<LowPath> {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_32BIT;
            // SAFETY: a new mapping, of which nobody else knows.
            let place = unsafe {
                libc::mmap(
                    std::ptr::null_mut(),
                    bytes.len(),
                    libc::PROT_READ | libc::PROT_WRITE,
                    flags,
                    -1,
                    0,
                )
            };
            if place == libc::MAP_FAILED {
                return Err(io::Error::last_os_error());
            }
            // SAFETY: the mapping has room for the bytes and overlaps nothing.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), place.cast(), bytes.len()) };
            Ok(LowPath(u32::try_from(place.addr()).map_err(io::Error::other)?))
        }
    }

    /// Numbers of the 32-bit table (arch/x86/entry/syscalls/syscall_32.tbl).
    #[derive(Clone, Copy)]
    enum Number {
        Open = 5,
        Close = 6,
        Unlink = 10,
        Rename = 38,
        SocketCall = 102,
        Bind = 361,
    }

    /// Of socketcall(2), which takes its arguments as numbers in memory.
    const BIND: u32 = 2;

    fn call(number: Number, first: u32, second: u32, third: u32) -> io::Result<c_int> {
        let result: i32;
        // SAFETY: the paths of these calls are `LowPath`s, which stay mapped; the kernel writes no memory of ours. LLVM
        // keeps rbx for itself, so it is exchanged around the call.
        unsafe {
            std::arch::asm!(
                "xchg rbx, {first}", "int 0x80", "xchg rbx, {first}",
                first = inout(reg) u64::from(first) => _,
                inlateout("eax") number as i32 => result,
                in("ecx") second, in("edx") third,
                lateout("r8") _, lateout("r9") _, lateout("r10") _, lateout("r11") _,
            );
        }
        if result < 0 { Err(io::Error::from_raw_os_error(-result)) } else { Ok(result) }
    }

    /// open(2), and close(2) of what it gave.
    pub(crate) fn create(path: LowPath) -> io::Result<()> {
        let flags = u32::try_from(libc::O_CREAT | libc::O_WRONLY).expect("flags are positive");
        let descriptor = call(Number::Open, path.0, flags, 0o644)?;
        call(Number::Close, u32::try_from(descriptor).expect("descriptors are positive"), 0, 0).map(drop)
    }

    /// rename(2).
    pub(crate) fn rename(from: LowPath, to: LowPath) -> io::Result<()> {
        call(Number::Rename, from.0, to.0, 0).map(drop)
    }

    /// unlink(2).
    pub(crate) fn unlink(path: LowPath) -> io::Result<()> {
        call(Number::Unlink, path.0, 0, 0).map(drop)
    }

    /// The call of its own, or the one for all calls on sockets.
    #[derive(Clone, Copy)]
    pub(crate) enum Entry {
        Own,
        Shared,
    }

    /// bind(2) to a name in the file system.
    pub(crate) fn bind(entry: Entry, socket: BorrowedFd<'_>, path: &CStr) -> io::Result<()> {
        let family = u16::try_from(libc::AF_UNIX).expect("families are small");
        let address = [family.to_ne_bytes().as_slice(), path.to_bytes_with_nul()].concat();
        let size = u32::try_from(address.len()).map_err(io::Error::other)?;
        let socket = u32::try_from(socket.as_raw_fd()).expect("descriptors are positive");
        let arguments = [socket, LowPath::copy(&address)?.0, size];
        match entry {
            Entry::Own => call(Number::Bind, arguments[0], arguments[1], arguments[2]),
            Entry::Shared => {
                let arguments = LowPath::copy(arguments.map(u32::to_ne_bytes).as_flattened())?;
                call(Number::SocketCall, BIND, arguments.0, 0)
            }
        }
        .map(drop)
    }
}
