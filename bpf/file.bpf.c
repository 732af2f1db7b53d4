/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files, tracepoint tier: what a system call did is asked at its exit, of the kernel's own objects where it left any.
 * Arguments that came in registers are still there (struct pt_regs); nothing has to be remembered from the entry, so
 * nothing can be filled up or missed.
 */
#include "lib/paths.h"

_Static_assert(__builtin_offsetof(struct wire_file_open, task) == sizeof(struct wire_header) &&
	       __builtin_offsetof(struct wire_file_name, task) == sizeof(struct wire_header), "see unwanted_name()");

/* --- calls that leave an open file ------------------------------------------------------------------------------ */

static __noinline void report_open(struct file *file, struct inode *inode, __u32 deed)
{
	if (unwanted(deed == WIRE_OPEN_RAW_DEVICE ? WIRE_UNWANTED_RAW_DEVICE : WIRE_UNWANTED_FILE_CREATE, WIRE_FILE_OPEN))
		return;
	struct small *scratch = take_small(WIRE_FILE_OPEN);
	if (!scratch)
		return;
	struct wire_file_open *record = (void *)scratch->bytes;
	struct path root, path;

	fill_current(&record->task);
	fill_file(&record->file, inode);
	record->deed = deed;
	record->open_flags = BPF_CORE_READ(file, f_flags);
	root_of((void *)bpf_get_current_task(), &root);
	bpf_core_read(&path, sizeof(path), &file->f_path);
	__u32 at = append_path(scratch->bytes, sizeof(*record), &record->path, &path, &root);
	if (at <= SCRATCH_SMALL && (deed == WIRE_OPEN_RAW_DEVICE ||
				    !unwanted_name(scratch, __builtin_offsetof(struct wire_file_open, path), at,
						   WIRE_UNWANTED_FILE_CREATE, WIRE_FILE_OPEN))) {
		fill_header(&record->header, WIRE_FILE_OPEN);
		submit(record, at, WIRE_FILE_OPEN);
	}
	scratch->busy = 0;
}

/*
 * FMODE_CREATED (4.19, 64e1ac6d0e5d) is the kernel's own word that this very open made the file: a plain re-open never
 * has it. O_TRUNC is not kept in the file, so the call's flags are asked for it.
 */
static __noinline int opened_file(struct file *file, __u64 call_flags)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	__u32 type = BPF_CORE_READ(inode, i_mode) & S_IFMT;

	if (!file)
		return 0;
	if (type == S_IFREG) {
		if (BPF_CORE_READ(file, f_mode) & FMODE_CREATED)
			report_open(file, inode, WIRE_OPEN_CREATED);
		else if (call_flags & O_TRUNC && !(call_flags & O_PATH))
			report_open(file, inode, WIRE_OPEN_OVERWRITTEN);
	} else if (type == S_IFBLK && !(BPF_CORE_READ(file, f_flags) & O_PATH)) {
		report_open(file, inode, WIRE_OPEN_RAW_DEVICE);
	}
	return 0;
}

static __always_inline int opened(long descriptor, __u64 call_flags)
{
	return opened_file(file_of(descriptor), call_flags);
}

SEC("tracepoint/syscalls/sys_exit_open")
int exit_open(struct trace_event_raw_sys_exit *context)
{
	if (context->ret < 0)
		return 0;
	return opened(context->ret, REGISTER_2(current_registers()));
}

SEC("tracepoint/syscalls/sys_exit_openat")
int exit_openat(struct trace_event_raw_sys_exit *context)
{
	if (context->ret < 0)
		return 0;
	return opened(context->ret, REGISTER_3(current_registers()));
}

SEC("tracepoint/syscalls/sys_exit_creat")
int exit_creat(struct trace_event_raw_sys_exit *context)
{
	if (context->ret < 0)
		return 0;
	return opened(context->ret, O_CREAT | O_TRUNC);
}

/* The flags lie in the caller's memory (struct open_how): another thread could change them, not FMODE_CREATED. */
SEC("tracepoint/syscalls/sys_exit_openat2")
int exit_openat2(struct trace_event_raw_sys_exit *context)
{
	__u64 flags = 0;
	if (context->ret < 0)
		return 0;
	bpf_probe_read_user(&flags, sizeof(flags), (void *)REGISTER_3(current_registers()));
	return opened(context->ret, flags);
}

/* Cut to nothing. A file that this very open made has been reported already, and held nothing of another's. */
static __noinline int emptied(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	if (file && (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFREG &&
	    !(BPF_CORE_READ(file, f_mode) & FMODE_CREATED) && BPF_CORE_READ(inode, i_nlink))
		report_open(file, inode, WIRE_OPEN_OVERWRITTEN);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_ftruncate")
int exit_ftruncate(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	if (context->ret != 0 || REGISTER_2(registers) != 0)
		return 0;
	return emptied(file_of(REGISTER_1(registers)));
}

/* --- what a call on names touched ------------------------------------------------------------------------------- */

/*
 * Calls on names leave no object behind at their exit. What they did is known where the kernel moves the change time of
 * each inode they touch (tracepoints of 6.13, 4e40eff0b573): the file that loses a name, gets one or is made, and
 * whether a rename replaced one. Kept until the call ends; old entries make room by themselves.
 */
#define TOUCHED_MAX 4

struct touched_files {
	__u32 count;
	__u16 stacked; /* bits of those that belong to an overlay */
	__u8 incomplete; /* there were more than have room */
	__u8 in_overlay; /* something of an overlay was touched, were it only a directory */
	struct wire_touched files[TOUCHED_MAX];
	struct inode *inodes[TOUCHED_MAX]; /* a file comes once for each of its names that is in use */
	struct dentry *names[TOUCHED_MAX];
	struct dentry *directories[TOUCHED_MAX];
	__u64 hashes[TOUCHED_MAX]; /* of the names, with their lengths */
};

/* By thread, or by io_uring request: a worker of io_uring does what another thread asked for and tells of. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct touched_files);
} touched SEC(".maps");

/* A value to start an entry with: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct touched_files);
} touched_none SEC(".maps");

static __always_inline bool changes_names(int number, bool compat)
{
#if defined(__TARGET_ARCH_x86)
	if (compat)
		return number == 9 || number == 10 || number == 14 || number == 38 || number == 83 || number == 92 ||
		       number == 102 || number == 193 || number == 297 || (number >= 301 && number <= 304) ||
		       number == 353 || number == 361;
	return number == 49 || number == 76 || number == 82 || (number >= 86 && number <= 88) || number == 133 || number == 259 ||
	       (number >= 263 && number <= 266) || number == 316;
#else
	return number == 33 || (number >= 35 && number <= 38) || number == 45 || number == 200 || number == 276;
#endif
}

/* Calls of io_uring (linux/io_uring.h). */
enum {
	URING_SENDMSG = 9,
	URING_RECVMSG = 10,
	URING_ACCEPT = 13,
	URING_OPENAT = 18,
	URING_SEND = 26,
	URING_RECV = 27,
	URING_OPENAT2 = 28,
	URING_RENAMEAT = 35,
	URING_UNLINKAT = 36,
	URING_SYMLINKAT = 38,
	URING_LINKAT = 39,
	URING_SEND_ZC = 47,
	URING_SENDMSG_ZC = 48,
	URING_FTRUNCATE = 55,
};

/* The request that a worker of io_uring is busy with. */
static __always_inline struct io_kiocb *request_of(struct task_struct *task)
{
	struct io_worker *worker = BPF_CORE_READ(task, worker_private);
	struct io_wq_work *work = BPF_CORE_READ(worker, cur_work);
	return worker && work ? (void *)work - bpf_core_field_offset(struct io_kiocb, work) : 0;
}

/* Under which key the current call keeps what it touches; 0 when it is no call on names. */
static __always_inline __u64 call_key(void)
{
	__u32 flags = OF_KNOWN(CURRENT_TASK, flags);
	if (flags & PF_IO_WORKER) {
		struct io_kiocb *request = request_of(CURRENT_TASK);
		__u8 opcode = BPF_CORE_READ(request, opcode);
		bool names = request && (opcode == URING_RENAMEAT || opcode == URING_UNLINKAT ||
					 opcode == URING_SYMLINKAT || opcode == URING_LINKAT);
		return names ? (__u64)request : 0;
	}
	if (flags & PF_KTHREAD || !changes_names(SYSCALL_NUMBER(current_registers()), in_compat_call()))
		return 0;
	return (__u32)bpf_get_current_pid_tgid();
}

static __always_inline struct touched_files *touched_by(__u64 key)
{
	__u32 zero = 0;
	struct touched_files *list = bpf_map_lookup_elem(&touched, &key);
	struct touched_files *none = list ? 0 : bpf_map_lookup_elem(&touched_none, &zero);
	if (!none)
		return list;
	bpf_map_update_elem(&touched, &key, none, BPF_ANY);
	return bpf_map_lookup_elem(&touched, &key);
}

/* Notes a file under one of its names; a file that is just being made has none. */
static __noinline void note_name(struct touched_files *list, __u32 slot, struct inode *inode, struct hlist_node *alias,
				 __u16 stacked)
{
	if (!list || slot >= TOUCHED_MAX)
		return;
	struct wire_touched *to = &list->files[slot];
	struct dentry *dentry = alias ? dentry_of_alias(alias) : 0;
	struct dentry *directory = BPF_CORE_READ(dentry, d_parent);
	fill_file(&to->file, inode);
	to->parent_inode = BPF_CORE_READ(directory, d_inode, i_ino);
	to->name[0] = 0;
	if (dentry)
		bpf_probe_read_kernel_str(to->name, sizeof(to->name), BPF_CORE_READ(dentry, d_name.name));
	list->inodes[slot] = inode;
	list->names[slot] = dentry;
	list->directories[slot] = directory;
	list->hashes[slot] = BPF_CORE_READ(dentry, d_name.hash_len);
	list->stacked |= stacked;
	list->count = slot + 1;
}

static __always_inline int note_touched(struct inode *inode)
{
	__u64 key = call_key();
	/* Looked at by nobody when none of what the call can be is sent. */
	if (!key || unwanted_later(WIRE_UNWANTED_FILE_CREATE | WIRE_UNWANTED_FILE_DELETE))
		return 0;
	struct touched_files *list = touched_by(key);
	if (!list)
		return 0;
	/* A directory only shows that this file system tells: FUSE and network file systems may not. */
	__u32 slot = list->count;
	__u64 magic = BPF_CORE_READ(inode, i_sb, s_magic);
	if (magic == OVERLAYFS_SUPER_MAGIC)
		list->in_overlay = 1;
	if (slot >= TOUCHED_MAX || (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFDIR)
		return 0;
	/* A call may come along files of proc, which nobody renames: their times move when they are looked at. */
	if (magic == PROC_SUPER_MAGIC)
		return 0;
	for (__u32 i = 0; i < TOUCHED_MAX; i++)
		if (i < slot && list->inodes[i] == inode)
			return 0;
	struct hlist_node *alias = BPF_CORE_READ(inode, i_dentry.first);
	__u16 stacked = magic == OVERLAYFS_SUPER_MAGIC;
	for (__u32 i = 0; i < TOUCHED_MAX; i++) {
		if (slot + i < TOUCHED_MAX)
			note_name(list, slot + i, inode, alias, stacked << (slot + i));
		alias = alias ? BPF_CORE_READ(alias, next) : 0;
		if (!alias)
			return 0;
	}
	list->incomplete = 1;
	return 0;
}

SEC(TRACEPOINT("inode_set_ctime_to_ts"))
int touch_set(__u64 *context)
{
	return note_touched((void *)context[0]);
}

SEC(TRACEPOINT("ctime_ns_xchg"))
int touch_exchanged(__u64 *context)
{
	return note_touched((void *)context[0]);
}

SEC(TRACEPOINT("ctime_xchg_skip"))
int touch_skipped(__u64 *context)
{
	return note_touched((void *)context[0]);
}

/* --- calls on names --------------------------------------------------------------------------------------------- */

struct call_place {
	int directory;
	__u32 kept; /* the string is in a map of ours, not in the caller's memory */
	const char *name; /* 0: no such place in this call */
};

static __always_inline long read_name(void *to, __u32 size, const struct call_place *place)
{
	if (place->kept)
		return bpf_probe_read_kernel_str(to, size, place->name);
	return bpf_probe_read_user_str(to, size, place->name);
}

static __noinline __u32 append_place(__u8 *bytes, __u32 at, struct wire_place *head, const struct call_place *place)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct path root, base = {};

	head->base.length = 0;
	head->base.flags = WIRE_PATH_ABSENT;
	head->name_length = 0;
	head->exact = 0;
	if (!place->name)
		return at;
	char first[2] = {};
	read_name(first, sizeof(first), place);
	if (first[0] != '/') {
		root_of(task, &root);
		if (place->directory == AT_FDCWD) {
			struct fs_struct *fs = BPF_CORE_READ(task, fs);
			bpf_core_read(&base, sizeof(base), &fs->pwd);
		} else {
			struct file *file = file_of(place->directory);
			if (file)
				bpf_core_read(&base, sizeof(base), &file->f_path);
		}
		at = append_path(bytes, at, &head->base, &base, &root);
	}
	if (at > PATHS_END - WIRE_USER_PATH_MAX)
		return at;
	long size = read_name(&bytes[at], WIRE_USER_PATH_MAX, place);
	if (size <= 0 || size > WIRE_USER_PATH_MAX) {
		count_missed(WIRE_FILE_NAME);
		return at;
	}
	head->name_length = size;
	return at + size;
}

/*
 * What a call asked for. It lies in the scratch behind the walk: what is read from there the verifier knows nothing of,
 * so it follows the rest once, and not once for each call and flag that compat_exit tells apart.
 */
struct name_call {
	struct call_place from;
	struct call_place to;
	__u64 flags;
	__u64 key; /* of what it touched */
	__u32 deed;
	__u32 at; /* where the record ends so far */
};

#define NAME_CALL (PATHS_END + sizeof(struct walk))

_Static_assert(NAME_CALL + sizeof(struct name_call) <= SCRATCH_SMALL, "a call has room behind the walk");

static __always_inline __u32 end_of(struct name_call *call)
{
	return *(volatile __u32 *)&call->at;
}

static __always_inline __u32 append_touched(__u8 *bytes, struct wire_file_name *record, __u64 key)
{
	__u32 at = sizeof(*record);
	struct touched_files *list = bpf_map_lookup_elem(&touched, &key);
	record->touched_known = list != 0;
	if (!list)
		return at;
	__u32 count = list->count, length = count * sizeof(struct wire_touched);
	/* The verifier looks at the register that is used, not at what it was made of. */
	barrier_var(length);
	if (length > sizeof(list->files) || bpf_probe_read_kernel(&bytes[at], length, list->files))
		return at;
	record->touched_count = count;
	return at + length;
}

static __always_inline void append_end(__u8 *bytes, struct name_call *call, struct wire_place *head,
				       const struct call_place *place)
{
	__u32 at = end_of(call);
	if (at <= PATHS_END)
		call->at = append_place(bytes, at, head, place);
}

/* --- the names themselves --------------------------------------------------------------------------------------- */

/*
 * The strings of a call are its caller's, and another thread may have changed them since the kernel read them. The
 * files that it touched have their names in the kernel, so these are told, where there is no doubt which of them is
 * meant: a file system that is mounted several times for the process leaves one. Then the strings are told, and
 * resolved by user space. All this needs bpf_loop and the tracepoints of 6.13.
 */
#ifndef BEFORE_5_17
#include "lib/mounts.h"

struct exact_name {
	struct dentry *directory;
	const unsigned char *leaf;
	struct vfsmount *mount;
};

/* What became of a name since the file was touched. */
enum fate { NAME_STAYS, NAME_MOVED, NAME_GONE };

static __always_inline enum fate fate_of(struct touched_files *list, __u32 i)
{
	struct dentry *name = list->names[i];
	if (!name || BPF_CORE_READ(name, d_inode) != list->inodes[i] || !BPF_CORE_READ(name, d_hash.pprev))
		return NAME_GONE;
	if (BPF_CORE_READ(name, d_parent) != list->directories[i] ||
	    BPF_CORE_READ(name, d_name.hash_len) != list->hashes[i])
		return NAME_MOVED;
	return NAME_STAYS;
}

static __always_inline bool is_meant(struct touched_files *list, __u32 i, __u32 deed)
{
	bool alone = list->count == 1 && !list->incomplete;
	if (deed == WIRE_NAME_UNLINK)
		return alone || fate_of(list, i) == NAME_GONE;
	if (deed == WIRE_NAME_RENAME)
		return fate_of(list, i) == NAME_MOVED;
	return deed != WIRE_NAME_TRUNCATE || alone;
}

/* Which of the names the call with this key was about, from this one on; TOUCHED_MAX when that is not known. */
READ_ONCE_BY_VERIFIER __u32 meant(__u64 key, __u32 deed, __u32 from)
{
	struct touched_files *list = bpf_map_lookup_elem(&touched, &key);
	if (!list)
		return TOUCHED_MAX;
	/* An overlay touches its own file, which the process sees, and the one in the layer below. */
	__u32 stacked = list->stacked;
	if (list->in_overlay && !stacked)
		return TOUCHED_MAX;
	for (__u32 i = 0; i < TOUCHED_MAX; i++) {
		if (i < from || i >= list->count || (stacked && !(stacked & (1 << i))))
			continue;
		if (is_meant(list, i, deed))
			return i;
	}
	return TOUCHED_MAX;
}

/* The name that is told: what was taken away, what it is now, or the newest of the file. */
static __noinline bool name_of(struct touched_files *list, __u32 i, __u32 deed, struct exact_name *name)
{
	if (i >= TOUCHED_MAX)
		return false;
	if (deed == WIRE_NAME_UNLINK) {
		struct dentry *directory = list->directories[i];
		name->directory = directory;
		name->leaf = (void *)list->files[i].name;
		/* The directory may be gone by now, and its memory another's. */
		return BPF_CORE_READ(directory, d_inode, i_ino) == list->files[i].parent_inode;
	}
	struct inode *inode = list->inodes[i];
	struct hlist_node *newest = BPF_CORE_READ(inode, i_dentry.first);
	struct dentry *dentry = deed == WIRE_NAME_RENAME ? list->names[i] : newest ? dentry_of_alias(newest) : 0;
	if (!dentry || BPF_CORE_READ(dentry, d_inode) != inode || BPF_CORE_READ(inode, i_ino) != list->files[i].file.inode)
		return false;
	name->directory = BPF_CORE_READ(dentry, d_parent);
	name->leaf = BPF_CORE_READ(dentry, d_name.name);
	return true;
}

static __noinline __u32 append_exact(__u8 *bytes, __u32 at, struct wire_place *head, const struct exact_name *name)
{
	struct path root, directory = { .mnt = name->mount, .dentry = name->directory };
	if (at > PATHS_END - WIRE_NAME_MAX)
		return at;
	long size = bpf_probe_read_kernel_str(&bytes[at], WIRE_NAME_MAX, name->leaf);
	if (size <= 0 || size > WIRE_NAME_MAX)
		return at;
	head->exact = 1;
	if (directory.mnt) {
		root_of((void *)bpf_get_current_task(), &root);
		__u32 end = append_path(bytes, at + size, &head->base, &directory, &root);
		head->base.length += size;
		return end;
	}
	head->base.length = size;
	head->base.flags = WIRE_PATH_CUT;
	return at + size;
}

static __always_inline void append_end_exactly(__u8 *bytes, struct name_call *call, struct wire_place *head,
					       const struct exact_name *name)
{
	__u32 at = end_of(call);
	if (at <= PATHS_END)
		call->at = append_exact(bytes, at, head, name);
}

READ_ONCE_BY_VERIFIER int append_exactly(struct small *scratch)
{
	if (!scratch)
		return false;
	__u8 *bytes = scratch->bytes;
	struct wire_file_name *record = (void *)bytes;
	struct name_call *call = (void *)&bytes[NAME_CALL];
	struct exact_name name = {}, other = {};
	/* On the stack: for 6.1 no key of a map is in what a function was given. */
	__u64 key = call->key;
	struct touched_files *list = bpf_map_lookup_elem(&touched, &key);
	if (!list)
		return false;
	__u32 deed = call->deed, i = meant(call->key, deed, 0);
	if (i >= TOUCHED_MAX || !name_of(list, i, deed, &name))
		return false;
	__u64 mounts = mounts_of((__u64)name.directory);
	name.mount = (void *)(mounts & ~SEVERAL_MOUNTS);
	if (!name.mount || (mounts & SEVERAL_MOUNTS && (call->from.name || call->to.name)))
		return false;
	if (deed == WIRE_NAME_UNLINK || deed == WIRE_NAME_TRUNCATE) {
		append_end_exactly(bytes, call, &record->from, &name);
		return true;
	}
	if (deed == WIRE_NAME_RENAME && call->flags & RENAME_EXCHANGE) {
		if (!name_of(list, meant(call->key, deed, i + 1), deed, &other))
			return false;
		other.mount = name.mount;
		append_end_exactly(bytes, call, &record->from, &other);
	} else if (deed == WIRE_NAME_RENAME) {
		/* Of the old name only its end is of interest: whether a file that was touched had it. */
		other.leaf = (void *)list->files[i].name;
		append_end_exactly(bytes, call, &record->from, &other);
	}
	append_end_exactly(bytes, call, &record->to, &name);
	return true;
}
#else
static __always_inline bool append_exactly(struct small *scratch)
{
	return false;
}
#endif

static __always_inline void no_place(struct wire_place *head)
{
	__builtin_memset(head, 0, sizeof(*head));
	head->base.flags = WIRE_PATH_ABSENT;
}

/* Reports a call by what it touched, and by its strings where that is not enough. */
static __noinline void report_names_of(__u64 key, __u32 deed, __u64 call_flags, const struct call_place *from,
				       const struct call_place *to)
{
	if (unwanted(deeds_on_names(deed), WIRE_FILE_NAME))
		return;
	struct small *scratch = take_small(WIRE_FILE_NAME);
	if (!scratch)
		return;
	struct wire_file_name *record = (void *)scratch->bytes;
	struct name_call *call = (void *)&scratch->bytes[NAME_CALL];

	call->from = *from;
	call->to = *to;
	call->flags = call_flags;
	call->key = key;
	call->deed = deed;
	call->at = sizeof(*record);
	barrier();
	fill_current(&record->task);
	record->deed = call->deed;
	record->call_flags = call->flags;
	record->touched_count = 0;
	record->touched_known = 0;
	no_place(&record->from);
	no_place(&record->to);
	if (call->deed == WIRE_NAME_UNLINK || call->deed == WIRE_NAME_RENAME)
		call->at = append_touched(scratch->bytes, record, call->key);
	bool exact = append_exactly(scratch);
	if (!exact) {
		append_end(scratch->bytes, call, &record->from, &call->from);
		append_end(scratch->bytes, call, &record->to, &call->to);
	}
	__u32 size = end_of(call);
	bool told = exact || call->from.name || call->to.name;
	if (exact && unwanted_names(scratch, size))
		goto out;
	fill_header(&record->header, WIRE_FILE_NAME);
	if (!told)
		count_missed(WIRE_FILE_NAME);
	else if (size <= SCRATCH_SMALL)
		submit(record, size, WIRE_FILE_NAME);
out:
	scratch->busy = 0;
}

static __always_inline void report_names(__u32 deed, __u64 call_flags, const struct call_place *from,
					 const struct call_place *to)
{
	report_names_of((__u32)bpf_get_current_pid_tgid(), deed, call_flags, from, to);
}

/* What was touched belongs to this call alone, whether it succeeded or not. */
static __always_inline void forget_touched(void)
{
	__u64 thread = (__u32)bpf_get_current_pid_tgid();
	if (settings_now().touched_known)
		bpf_map_delete_elem(&touched, &thread);
}

#define PLACE(at, string) ((struct call_place){ .directory = (int)(at), .name = (const char *)(string) })
#define NOWHERE PLACE(0, 0)

/*
 * The native calls on names, by number. One program stands at the exits of all of them: what follows the first look at
 * the number costs the verifier as much as all else together, and each program of its own would cost it again.
 */
enum {
#if defined(__TARGET_ARCH_x86)
	CALL_BIND = 49,
	CALL_TRUNCATE = 76,
	CALL_RENAME = 82,
	CALL_LINK = 86,
	CALL_UNLINK = 87,
	CALL_SYMLINK = 88,
	CALL_MKNOD = 133,
	CALL_MKNODAT = 259,
	CALL_UNLINKAT = 263,
	CALL_RENAMEAT = 264,
	CALL_LINKAT = 265,
	CALL_SYMLINKAT = 266,
	CALL_RENAMEAT2 = 316,
#else
	CALL_MKNODAT = 33,
	CALL_UNLINKAT = 35,
	CALL_SYMLINKAT = 36,
	CALL_LINKAT = 37,
	CALL_RENAMEAT = 38,
	CALL_TRUNCATE = 45,
	CALL_BIND = 200,
	CALL_RENAMEAT2 = 276,
	/* Not on this architecture. */
	CALL_RENAME = -1,
	CALL_LINK = -2,
	CALL_UNLINK = -3,
	CALL_SYMLINK = -4,
	CALL_MKNOD = -5,
#endif
};

/*
 * A socket with a name in the file system is a file: the name is that of the node that bind made, if it made one. Where
 * the kernel does not tell what was touched, the socket knows whether it has a node.
 */
static __always_inline bool made_a_node(int descriptor)
{
	__u64 thread = (__u32)bpf_get_current_pid_tgid();
	struct touched_files *list = bpf_map_lookup_elem(&touched, &thread);

	if (settings_now().touched_known)
		return list && list->count;
	/* Not where sockets with names are a module: its types are not among the kernel's. */
	if (!bpf_core_type_exists(struct unix_sock))
		return false;
	struct file *file = file_of(descriptor);
	struct socket *socket = file ? BPF_CORE_READ(file, private_data) : 0;
	struct unix_sock *bound = (void *)BPF_CORE_READ(socket, sk);
	return BPF_CORE_READ(bound, sk.__sk_common.skc_family) == AF_UNIX && BPF_CORE_READ(bound, path.dentry);
}

/* Behind the family stands the path, in `struct sockaddr_un`. */
#define SOCKET_PATH 2

static __noinline int called_on_names(struct pt_regs *registers)
{
	int number = SYSCALL_NUMBER(registers);
	struct call_place from = NOWHERE, to = NOWHERE;
	__u64 flags = 0;
	__u32 deed;

	switch (number) {
	case CALL_UNLINK:
		deed = WIRE_NAME_UNLINK;
		from = PLACE(AT_FDCWD, REGISTER_1(registers));
		break;
	case CALL_UNLINKAT:
		flags = REGISTER_3(registers);
		if (flags & AT_REMOVEDIR)
			return 0;
		deed = WIRE_NAME_UNLINK;
		from = PLACE(REGISTER_1(registers), REGISTER_2(registers));
		break;
	case CALL_RENAME:
	case CALL_LINK:
		deed = number == CALL_LINK ? WIRE_NAME_LINK : WIRE_NAME_RENAME;
		from = PLACE(AT_FDCWD, REGISTER_1(registers));
		to = PLACE(AT_FDCWD, REGISTER_2(registers));
		break;
	case CALL_RENAMEAT:
	case CALL_RENAMEAT2:
	case CALL_LINKAT:
		deed = number == CALL_LINKAT ? WIRE_NAME_LINK : WIRE_NAME_RENAME;
		flags = number == CALL_RENAMEAT ? 0 : REGISTER_5(registers);
		from = PLACE(REGISTER_1(registers), REGISTER_2(registers));
		to = PLACE(REGISTER_3(registers), REGISTER_4(registers));
		break;
	/* The target of a symbolic link is text; only the link itself is a place. */
	case CALL_SYMLINK:
		deed = WIRE_NAME_SYMLINK;
		to = PLACE(AT_FDCWD, REGISTER_2(registers));
		break;
	case CALL_SYMLINKAT:
		deed = WIRE_NAME_SYMLINK;
		to = PLACE(REGISTER_2(registers), REGISTER_3(registers));
		break;
	case CALL_MKNOD:
		deed = WIRE_NAME_MKNOD;
		flags = REGISTER_2(registers);
		to = PLACE(AT_FDCWD, REGISTER_1(registers));
		break;
	case CALL_MKNODAT:
		deed = WIRE_NAME_MKNOD;
		flags = REGISTER_3(registers);
		to = PLACE(REGISTER_1(registers), REGISTER_2(registers));
		break;
	case CALL_BIND:
		if (!made_a_node(REGISTER_1(registers)))
			return 0;
		deed = WIRE_NAME_MKNOD;
		flags = S_IFSOCK;
		if (!settings_now().touched_known)
			to = PLACE(AT_FDCWD, REGISTER_2(registers) + SOCKET_PATH);
		break;
	case CALL_TRUNCATE:
		if (REGISTER_2(registers) != 0)
			return 0;
		deed = WIRE_NAME_TRUNCATE;
		from = PLACE(AT_FDCWD, REGISTER_1(registers));
		break;
	default:
		return 0;
	}
	report_names(deed, flags, &from, &to);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_unlinkat")
int exit_names(struct trace_event_raw_sys_exit *context)
{
	if (context->ret == 0)
		called_on_names(current_registers());
	forget_touched();
	return 0;
}
