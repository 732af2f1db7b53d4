/* SPDX-License-Identifier: (MIT OR Apache-2.0) OR GPL-2.0-only */
/*
 * The wire format: what the kernel side writes and crates/wire reads.
 *
 * Laws: append only (a new field goes to the end of its struct, a new kind gets the next number), naturally
 * aligned without holes, never packed, host byte order. A record is a fixed part, which starts with a
 * wire_header, followed by its variable parts in the order in which their lengths stand in the fixed part.
 *
 * Paths travel as the walk finds them: leaf first, each component ended by a NUL byte. User space turns them.
 */
#ifndef TUXMON_WIRE_H
#define TUXMON_WIRE_H

#define WIRE_VERSION 1

/* Bounds of the variable parts, in bytes. A name has at most 255 bytes in Linux, a path 4,095 to a system call. */
#define WIRE_NAME_MAX 256
#define WIRE_PATH_MAX 8192
#define WIRE_DEPTH_MAX 512
#define WIRE_USER_PATH_MAX 4096
#define WIRE_ARGS_MAX (128 * 1024)

/* In place of a number: the record does not come through the ring, so it is not one of its row. */
#define WIRE_UNNUMBERED 0xffffffffffffffffULL

enum wire_kind {
	WIRE_PROCESS_SEED = 1, /* found running by the task iterator; layout of wire_exec */
	WIRE_PROCESS_FORK = 2,
	WIRE_PROCESS_EXEC = 3,
	WIRE_PROCESS_EXIT = 4,
	WIRE_FILE_OPEN = 5, /* created, overwritten or raw device: told by the opened file */
	WIRE_FILE_NAME = 6, /* unlink, rename, link, symlink, mknod, truncate: told by names */
	WIRE_NETWORK = 7,
	WIRE_PTRACE = 8,
	WIRE_BPF = 9,
	WIRE_KIND_COUNT = 10,
};

struct wire_header {
	__u32 size; /* of the whole record, this header included */
	__u16 kind; /* enum wire_kind */
	__u16 cpu;
	__u64 sequence; /* counts per CPU every record that was tried, lost ones too; starts at 0; or WIRE_UNNUMBERED */
	__u64 time_ns; /* CLOCK_BOOTTIME when it happened */
};

/* A process image and the thread of it that acted. (pid, start_ns, exec_id) is unique while the system is up. */
struct wire_task {
	__u64 start_ns; /* start_boottime of the thread group's leader */
	__u64 exec_id; /* self_exec_id: grows by one with each successful exec, inherited by fork */
	__u32 pid; /* tgid in the initial pid namespace */
	__u32 tid;
	__u32 uid; /* real, in the initial user namespace */
	__u32 euid;
	__u32 login_uid; /* audit loginuid; 4294967295 when unset */
	__u32 session_id; /* audit session; 4294967295 when unset */
	__u32 mount_namespace; /* inode number of the mount namespace */
	__u32 flags; /* enum wire_task_flags */
};

enum wire_task_flags {
	WIRE_TASK_KERNEL_THREAD = 1,
	WIRE_TASK_COMPAT = 2, /* the system call came by the 32-bit entry */
	WIRE_TASK_CHROOT = 4, /* its root directory is not the root of its mount namespace */
};

struct wire_file {
	__u64 inode;
	__u64 size;
	__u64 ctime_ns; /* since the Unix epoch */
	__u32 device; /* kernel form: major << 20 | minor */
	__u32 mode; /* S_IFMT and permissions */
	__u32 links;
	__u32 raw_device; /* of a device node, kernel form; else 0 */
};

enum wire_path_flags {
	WIRE_PATH_CUT = 1, /* deeper or longer than the bounds: leading components are missing */
	WIRE_PATH_DELETED = 2, /* the leaf had no name any more */
	WIRE_PATH_DETACHED = 4, /* ended at a tree that is mounted nowhere (memfd, pipe, lazy unmount) */
	WIRE_PATH_ABSENT = 8, /* there was nothing to walk */
};

struct wire_path {
	__u32 length;
	__u32 flags;
};

struct wire_fork {
	struct wire_header header;
	struct wire_task task; /* the child */
	struct wire_task parent; /* its real parent, never a tracer */
};

/* variable parts image, directory, arguments */
struct wire_exec {
	struct wire_header header;
	struct wire_task task;
	struct wire_task parent;
	struct wire_file file; /* of the image */
	__u64 cgroup_id;
	struct wire_path image;
	struct wire_path directory;
	__u32 args_length; /* bytes that follow: arguments with their NUL bytes */
	__u32 args_total; /* bytes that the process has */
	__u32 tty; /* index of the controlling pts, or 4294967295 */
	char comm[16];
	__u32 reserved;
};

struct wire_exit {
	struct wire_header header;
	struct wire_task task;
	__u32 exit_code; /* as wait(2) encodes it */
	__u32 reserved;
};

enum wire_open_deed {
	WIRE_OPEN_CREATED = 1,
	WIRE_OPEN_OVERWRITTEN = 2,
	WIRE_OPEN_RAW_DEVICE = 3,
};

/* variable part path */
struct wire_file_open {
	struct wire_header header;
	struct wire_task task;
	struct wire_file file;
	__u32 deed; /* enum wire_open_deed */
	__u32 open_flags; /* f_flags */
	struct wire_path path;
};

enum wire_name_deed {
	WIRE_NAME_UNLINK = 1,
	WIRE_NAME_RENAME = 2,
	WIRE_NAME_LINK = 3,
	WIRE_NAME_SYMLINK = 4,
	WIRE_NAME_MKNOD = 5,
	WIRE_NAME_TRUNCATE = 6,
};

/*
 * A name as a system call took it: the directory it started at, and the user's string. Where the kernel's own object
 * was at hand, base is the whole path, exact is 1 and there is no string.
 */
struct wire_place {
	struct wire_path base; /* directory of the descriptor, or the working directory */
	__u32 name_length; /* the user's string, with its NUL */
	__u32 exact;
};

/* A non-directory whose change time moved during the call: for unlink the file that lost a name, for rename
 * over an existing file the file that was replaced and the file that moved. */
struct wire_touched {
	struct wire_file file; /* inode 0: none */
	__u64 parent_inode;
	char name[WIRE_NAME_MAX]; /* as it was before the change */
};

/* variable parts: touched_count times wire_touched, from.base, from's name, to.base, to's name */
struct wire_file_name {
	struct wire_header header;
	struct wire_task task;
	__u32 deed; /* enum wire_name_deed */
	__u32 call_flags; /* AT_* of unlinkat and linkat, RENAME_* of renameat2, mode of mknod */
	struct wire_place from; /* unlink, truncate: the file; rename, link: the old name */
	struct wire_place to; /* rename, link, symlink, mknod: the new name */
	__u32 touched_count; /* 0 to 4: an overlay touches its own inode and the one below */
	__u32 touched_known; /* 1 when this kernel reports what was touched */
};

enum wire_direction {
	WIRE_NETWORK_OUT = 1, /* connect, send */
	WIRE_NETWORK_IN = 2, /* accept, receive */
};

struct wire_network {
	struct wire_header header;
	struct wire_task task;
	__u16 family; /* AF_INET or AF_INET6, of the socket */
	__u16 protocol; /* IPPROTO_TCP or IPPROTO_UDP */
	__u16 direction; /* enum wire_direction */
	__u16 local_port;
	__u16 remote_port;
	__u16 reserved;
	__u32 network_namespace;
	__u8 local[16]; /* IPv4 in the first four bytes when family is AF_INET */
	__u8 remote[16];
};

struct wire_ptrace {
	struct wire_header header;
	struct wire_task task;
	struct wire_task target;
	__u64 request; /* PTRACE_ATTACH or PTRACE_SEIZE */
};

struct wire_bpf {
	struct wire_header header;
	struct wire_task task;
	__u32 command; /* enum bpf_cmd */
	__u32 program_type; /* enum bpf_prog_type; 0 when unknown */
	__u32 program_id;
	__u32 attach_type; /* enum bpf_attach_type of an attach */
	char name[16];
};

/* Kinds of deeds that user space may not want of a process. Known on both sides: crates/wire/src/unwanted.rs. */
enum wire_unwanted {
	WIRE_UNWANTED_NETWORK = 1,
	WIRE_UNWANTED_RAW_DEVICE = 2,
	WIRE_UNWANTED_FILE_CREATE = 4,
	WIRE_UNWANTED_FILE_DELETE = 8,
};

/*
 * The upper half of such a word: of a process, for which of these kinds no rule names its image and its user; of a part
 * of a path, which of them are not wanted of such a process.
 */
#define WIRE_UNNAMED_SHIFT 16

/* By what a deed may not be wanted, whoever does it. Known on both sides: crates/wire/src/filter.rs. */
enum wire_filter {
	WIRE_FILTER_FOLDER = 1, /* in which the file is */
	WIRE_FILTER_ENDING = 2, /* of the file's name, from its last dot on */
	WIRE_FILTER_SOURCE_PORT = 3,
	WIRE_FILTER_DESTINATION_PORT = 4,
	WIRE_FILTER_SOURCE_ADDRESS = 5,
	WIRE_FILTER_DESTINATION_ADDRESS = 6,
};

/* Per-CPU account of one kind, kept by the kernel side. */
struct wire_account {
	__u64 submitted;
	__u64 lost; /* the ring had no room */
	__u64 first_lost_ns; /* CLOCK_BOOTTIME; user space zeroes it after reading */
	__u64 last_lost_ns;
	__u64 missed; /* the hook could not find out what it must know */
};

#endif
