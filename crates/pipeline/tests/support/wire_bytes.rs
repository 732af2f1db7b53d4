//! Writes records as the kernel side does (`bpf/wire.h`).

use std::net::{IpAddr, SocketAddr};

/// `struct wire_task`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TaskBytes {
    pub(crate) pid: u32,
    pub(crate) tid: u32,
    pub(crate) start: u64,
    pub(crate) exec_id: u64,
    pub(crate) uid: u32,
    pub(crate) login_uid: u32,
    pub(crate) session_id: u32,
    pub(crate) mount_namespace: u32,
    pub(crate) flags: u32,
}

impl TaskBytes {
    /// A process of root that started `pid` milliseconds after the boot.
    pub(crate) fn new(pid: u32, exec_id: u64) -> Self {
        Self {
            pid,
            tid: pid,
            start: u64::from(pid) * 1_000_000,
            exec_id,
            uid: 0,
            login_uid: u32::MAX,
            session_id: u32::MAX,
            mount_namespace: own_mount_namespace(),
            flags: 0,
        }
    }
}

/// `struct wire_file`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FileBytes {
    pub(crate) inode: u64,
    pub(crate) size: u64,
    pub(crate) ctime_ns: u64,
    pub(crate) device: u32,
    pub(crate) mode: u32,
    pub(crate) raw_device: u32,
}

/// The numbers of each record: kind, CPU and place in that CPU's row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kernel {
    sequences: Vec<u64>,
}

/// What an exec tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImageBytes<'a> {
    pub(crate) task: TaskBytes,
    pub(crate) parent: TaskBytes,
    pub(crate) file: FileBytes,
    pub(crate) image: &'a str,
    pub(crate) directory: &'a str,
    pub(crate) arguments: &'a [u8],
}

/// What a call that changes names tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameBytes<'a> {
    pub(crate) task: TaskBytes,
    pub(crate) deed: u32,
    pub(crate) call_flags: u32,
    pub(crate) from: (&'a str, &'a str),
    pub(crate) to: (&'a str, &'a str),
    pub(crate) touched: Option<&'a [(FileBytes, &'a str)]>,
}

/// `WIRE_TASK_KERNEL_THREAD`.
pub(crate) const KERNEL_THREAD: u32 = 1;

pub(crate) const SEED: u16 = 1;
pub(crate) const FORK: u16 = 2;
pub(crate) const EXEC: u16 = 3;
pub(crate) const EXIT: u16 = 4;
pub(crate) const FILE_OPEN: u16 = 5;
pub(crate) const FILE_NAME: u16 = 6;
pub(crate) const NETWORK: u16 = 7;
pub(crate) const PTRACE: u16 = 8;
pub(crate) const BPF: u16 = 9;

const HEADER_BYTES: usize = 24;
const NAME_BYTES: usize = 256;

impl Kernel {
    /// A record of this kind, written by CPU `time % 2` at `time` ns after the boot. A list of processes has no numbers.
    fn record(&mut self, kind: u16, time: u64, body: &[u8]) -> Vec<u8> {
        let cpu = usize::try_from(time % 2).expect("it is 0 or 1");
        self.sequences.resize(2, 0);
        let sequence = if kind == SEED { u64::MAX } else { self.sequences[cpu] };
        self.sequences[cpu] += u64::from(kind != SEED);
        let size = u32::try_from(HEADER_BYTES + body.len()).expect("records are small");
        let mut out = Vec::new();
        out.extend(size.to_ne_bytes());
        out.extend(kind.to_ne_bytes());
        out.extend(u16::try_from(cpu).expect("it is 0 or 1").to_ne_bytes());
        out.extend(sequence.to_ne_bytes());
        out.extend(time.to_ne_bytes());
        out.extend(body);
        out
    }

    /// Skips a number, as a lost record does.
    pub(crate) fn lose(&mut self, cpu: usize) {
        self.sequences.resize(2, 0);
        self.sequences[cpu] += 1;
    }

    /// `struct wire_exec`, for a seed or an exec.
    pub(crate) fn image(&mut self, kind: u16, time: u64, image: &ImageBytes<'_>) -> Vec<u8> {
        let mut body = Vec::new();
        task(&mut body, &image.task);
        task(&mut body, &image.parent);
        file(&mut body, &image.file);
        body.extend(0u64.to_ne_bytes());
        let path = leaf_first(image.image);
        let directory = leaf_first(image.directory);
        path_head(&mut body, &path);
        path_head(&mut body, &directory);
        let length = u32::try_from(image.arguments.len()).expect("arguments are short");
        body.extend(length.to_ne_bytes());
        body.extend(length.to_ne_bytes());
        body.extend(u32::MAX.to_ne_bytes());
        body.extend([0; 16]);
        body.extend(0u32.to_ne_bytes());
        body.extend(path);
        body.extend(directory);
        body.extend(image.arguments);
        self.record(kind, time, &body)
    }

    /// `struct wire_fork`.
    pub(crate) fn fork(&mut self, time: u64, child: &TaskBytes, parent: &TaskBytes) -> Vec<u8> {
        let mut body = Vec::new();
        task(&mut body, child);
        task(&mut body, parent);
        self.record(FORK, time, &body)
    }

    /// `struct wire_exit`.
    pub(crate) fn exit(&mut self, time: u64, who: &TaskBytes) -> Vec<u8> {
        let mut body = Vec::new();
        task(&mut body, who);
        body.extend([0; 8]);
        self.record(EXIT, time, &body)
    }

    /// `struct wire_file_open`.
    pub(crate) fn file_open(
        &mut self,
        time: u64,
        who: &TaskBytes,
        deed: u32,
        flags: u32,
        path: &str,
    ) -> Vec<u8> {
        let mut body = Vec::new();
        task(&mut body, who);
        file(&mut body, &FileBytes { inode: 7, mode: 0o100_644, ..FileBytes::default() });
        body.extend(deed.to_ne_bytes());
        body.extend(flags.to_ne_bytes());
        let path = leaf_first(path);
        path_head(&mut body, &path);
        body.extend(path);
        self.record(FILE_OPEN, time, &body)
    }

    /// `struct wire_file_name`.
    pub(crate) fn file_name(&mut self, time: u64, name: &NameBytes<'_>) -> Vec<u8> {
        let mut body = Vec::new();
        task(&mut body, &name.task);
        body.extend(name.deed.to_ne_bytes());
        body.extend(name.call_flags.to_ne_bytes());
        let mut tail = Vec::new();
        for (base, user) in [name.from, name.to] {
            let base = leaf_first(base);
            path_head(&mut body, &base);
            body.extend(u32::try_from(user.len()).expect("names are short").to_ne_bytes());
            body.extend(0u32.to_ne_bytes());
            tail.extend(base);
            tail.extend(user.as_bytes());
        }
        let touched = name.touched.unwrap_or_default();
        body.extend(u32::try_from(touched.len()).expect("there are at most two").to_ne_bytes());
        body.extend(u32::from(name.touched.is_some()).to_ne_bytes());
        for (bytes, name) in touched {
            file(&mut body, bytes);
            body.extend(0u64.to_ne_bytes());
            let mut field = name.as_bytes().to_vec();
            field.resize(NAME_BYTES, 0);
            body.extend(field);
        }
        body.extend(tail);
        self.record(FILE_NAME, time, &body)
    }

    /// `struct wire_network`.
    pub(crate) fn network(
        &mut self,
        time: u64,
        who: &TaskBytes,
        protocol: u16,
        direction: u16,
        ends: (SocketAddr, SocketAddr),
    ) -> Vec<u8> {
        let (local, remote) = ends;
        let mut body = Vec::new();
        task(&mut body, who);
        body.extend(if local.is_ipv4() { 2u16 } else { 10 }.to_ne_bytes());
        body.extend(protocol.to_ne_bytes());
        body.extend(direction.to_ne_bytes());
        body.extend(local.port().to_ne_bytes());
        body.extend(remote.port().to_ne_bytes());
        body.extend([0; 6]);
        body.extend(address(local.ip()));
        body.extend(address(remote.ip()));
        self.record(NETWORK, time, &body)
    }

    /// `struct wire_ptrace`.
    pub(crate) fn ptrace(&mut self, time: u64, who: &TaskBytes, target: &TaskBytes) -> Vec<u8> {
        let mut body = Vec::new();
        task(&mut body, who);
        task(&mut body, target);
        body.extend(16u64.to_ne_bytes());
        self.record(PTRACE, time, &body)
    }

    /// `struct wire_bpf`.
    pub(crate) fn bpf(&mut self, time: u64, who: &TaskBytes, command: u32, id: u32, name: &str) -> Vec<u8> {
        let mut body = Vec::new();
        task(&mut body, who);
        for number in [command, 1, id, 0] {
            body.extend(number.to_ne_bytes());
        }
        let mut field = name.as_bytes().to_vec();
        field.resize(16, 0);
        body.extend(field);
        self.record(BPF, time, &body)
    }
}

/// Paths of the test's records are looked up as this process sees them.
fn own_mount_namespace() -> u32 {
    let link = std::fs::read_link("/proc/self/ns/mnt").expect("Linux tells it");
    let number = link.to_str().and_then(|text| text.strip_prefix("mnt:[")?.strip_suffix(']')?.parse().ok());
    number.expect("it has the form mnt:[NUMBER]")
}

fn task(out: &mut Vec<u8>, task: &TaskBytes) {
    out.extend(task.start.to_ne_bytes());
    out.extend(task.exec_id.to_ne_bytes());
    for number in [
        task.pid,
        task.tid,
        task.uid,
        task.uid,
        task.login_uid,
        task.session_id,
        task.mount_namespace,
        task.flags,
    ] {
        out.extend(number.to_ne_bytes());
    }
}

fn file(out: &mut Vec<u8>, file: &FileBytes) {
    for number in [file.inode, file.size, file.ctime_ns] {
        out.extend(number.to_ne_bytes());
    }
    for number in [file.device, file.mode, 1, file.raw_device] {
        out.extend(number.to_ne_bytes());
    }
}

fn path_head(out: &mut Vec<u8>, path: &[u8]) {
    out.extend(u32::try_from(path.len()).expect("paths are short").to_ne_bytes());
    out.extend(0u32.to_ne_bytes());
}

/// `/a/b` as a walk from the leaf finds it: `b\0a\0`.
fn leaf_first(path: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for component in path.rsplit('/').filter(|component| !component.is_empty()) {
        out.extend(component.as_bytes());
        out.push(0);
    }
    out
}

fn address(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&v4.octets());
            bytes
        }
        IpAddr::V6(v6) => v6.octets(),
    }
}
