/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files, tracepoint tier: what a system call did is asked at its exit, of the kernel's own objects where it left any.
 * Arguments that came in registers are still there (struct pt_regs); nothing has to be remembered from the entry, so
 * nothing can be filled up or missed.
 */
#include "lib/paths.h"

/* --- calls that leave an open file ------------------------------------------------------------------------------ */

static __noinline void report_open(struct file *file, struct inode *inode, __u32 deed)
{
	struct small *scratch = take_small(WIRE_FILE_OPEN);
	if (!scratch)
		return;
	struct wire_file_open *record = (void *)scratch->bytes;
	struct path root, path;

	fill_header(&record->header, WIRE_FILE_OPEN);
	fill_current(&record->task);
	fill_file(&record->file, inode);
	record->deed = deed;
	record->open_flags = BPF_CORE_READ(file, f_flags);
	root_of((void *)bpf_get_current_task(), &root);
	bpf_core_read(&path, sizeof(path), &file->f_path);
	__u32 at = append_path(scratch->bytes, sizeof(*record), &record->path, &path, &root);
	if (at <= SCRATCH_SMALL)
		submit(record, at, WIRE_FILE_OPEN);
	scratch->busy = 0;
}

/*
 * FMODE_CREATED (4.19, 64e1ac6d0e5d) is the kernel's own word that this very open made the file: a plain re-open never
 * has it. O_TRUNC is not kept in the file, so the call's flags are asked for it.
 */
static __noinline int opened(long descriptor, __u64 call_flags)
{
	struct file *file = file_of(descriptor);
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
static __noinline int emptied(int descriptor)
{
	struct file *file = file_of(descriptor);
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
	return emptied(REGISTER_1(registers));
}

/* --- what a call on names touched ------------------------------------------------------------------------------- */

/*
 * unlink and rename leave no object behind at their exit. What they did is known where the kernel moves the change
 * time of each inode they touch (tracepoints of 6.13, 4e40eff0b573): the file that loses a name, with its mode, and
 * whether a rename replaced one. Kept per thread until the call ends; old entries make room by themselves.
 */
#define TOUCHED_MAX 4

struct touched_files {
	__u32 count;
	__u32 reserved;
	struct wire_touched files[TOUCHED_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct touched_files);
} touched SEC(".maps");

/* A value to start an entry with: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct touched_files);
} touched_none SEC(".maps");

static __always_inline bool takes_names_away(int number, bool compat)
{
#if defined(__TARGET_ARCH_x86)
	if (compat)
		return number == 10 || number == 38 || number == 301 || number == 302 || number == 353;
	return number == 82 || number == 87 || number == 263 || number == 264 || number == 316;
#else
	return number == 35 || number == 38 || number == 276;
#endif
}

static __always_inline int note_touched(struct inode *inode)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD ||
	    !takes_names_away(SYSCALL_NUMBER(current_registers()), in_compat_call(task)))
		return 0;
	__u32 thread = bpf_get_current_pid_tgid(), zero = 0;
	struct touched_files *list = bpf_map_lookup_elem(&touched, &thread);
	if (!list) {
		struct touched_files *none = bpf_map_lookup_elem(&touched_none, &zero);
		if (!none)
			return 0;
		bpf_map_update_elem(&touched, &thread, none, BPF_ANY);
		list = bpf_map_lookup_elem(&touched, &thread);
		if (!list)
			return 0;
	}
	/* A directory only shows that this file system tells: FUSE and network file systems may not. */
	__u32 slot = list->count;
	if (slot >= TOUCHED_MAX || (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFDIR)
		return 0;
	struct wire_touched *to = &list->files[slot];
	struct hlist_node *alias = BPF_CORE_READ(inode, i_dentry.first);
	struct dentry *dentry = dentry_of_alias(alias);
	fill_file(&to->file, inode);
	to->parent_inode = 0;
	to->name[0] = 0;
	if (alias) {
		to->parent_inode = BPF_CORE_READ(dentry, d_parent, d_inode, i_ino);
		bpf_probe_read_kernel_str(to->name, sizeof(to->name), BPF_CORE_READ(dentry, d_name.name));
	}
	list->count = slot + 1;
	return 0;
}

SEC("tp_btf/inode_set_ctime_to_ts")
int touch_set(__u64 *context)
{
	return note_touched((void *)context[0]);
}

SEC("tp_btf/ctime_ns_xchg")
int touch_exchanged(__u64 *context)
{
	return note_touched((void *)context[0]);
}

SEC("tp_btf/ctime_xchg_skip")
int touch_skipped(__u64 *context)
{
	return note_touched((void *)context[0]);
}

/* --- calls on names --------------------------------------------------------------------------------------------- */

struct call_place {
	int directory;
	__u32 reserved;
	const char *name; /* 0: no such place in this call */
};

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
	char first = 0;
	bpf_probe_read_user(&first, 1, place->name);
	if (first != '/') {
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
	long size = bpf_probe_read_user_str(&bytes[at], WIRE_USER_PATH_MAX, place->name);
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
	__u32 deed;
	__u32 at; /* where the record ends so far */
};

#define NAME_CALL (PATHS_END + sizeof(struct walk))

_Static_assert(NAME_CALL + sizeof(struct name_call) <= SCRATCH_SMALL, "a call has room behind the walk");

static __always_inline __u32 end_of(struct name_call *call)
{
	return *(volatile __u32 *)&call->at;
}

static __always_inline __u32 append_touched(__u8 *bytes, struct wire_file_name *record)
{
	__u32 thread = bpf_get_current_pid_tgid(), at = sizeof(*record);
	struct touched_files *list = bpf_map_lookup_elem(&touched, &thread);
	record->touched_known = list != 0;
	for (__u32 i = 0; list && i < TOUCHED_MAX; i++) {
		if (i >= list->count)
			break;
		__builtin_memcpy(&bytes[at], &list->files[i], sizeof(struct wire_touched));
		record->touched_count = i + 1;
		at += sizeof(struct wire_touched);
	}
	return at;
}

static __always_inline void append_end(__u8 *bytes, struct name_call *call, struct wire_place *head,
				       const struct call_place *place)
{
	__u32 at = end_of(call);
	if (at <= PATHS_END)
		call->at = append_place(bytes, at, head, place);
}

static __noinline void report_names(__u32 deed, __u64 call_flags, const struct call_place *from,
				    const struct call_place *to)
{
	struct small *scratch = take_small(WIRE_FILE_NAME);
	if (!scratch)
		return;
	struct wire_file_name *record = (void *)scratch->bytes;
	struct name_call *call = (void *)&scratch->bytes[NAME_CALL];

	call->from = *from;
	call->to = *to;
	call->flags = call_flags;
	call->deed = deed;
	call->at = sizeof(*record);
	barrier();
	fill_header(&record->header, WIRE_FILE_NAME);
	fill_current(&record->task);
	record->deed = call->deed;
	record->call_flags = call->flags;
	record->touched_count = 0;
	record->touched_known = 0;
	if (call->deed == WIRE_NAME_UNLINK || call->deed == WIRE_NAME_RENAME)
		call->at = append_touched(scratch->bytes, record);
	append_end(scratch->bytes, call, &record->from, &call->from);
	append_end(scratch->bytes, call, &record->to, &call->to);
	__u32 size = end_of(call);
	if (size <= SCRATCH_SMALL)
		submit(record, size, WIRE_FILE_NAME);
	scratch->busy = 0;
}

/* What was touched belongs to this call alone, whether it succeeded or not. */
static __always_inline void forget_touched(void)
{
	__u32 thread = bpf_get_current_pid_tgid();
	if (settings_now().touched_known)
		bpf_map_delete_elem(&touched, &thread);
}

#define PLACE(at, string) ((struct call_place){ .directory = (int)(at), .name = (const char *)(string) })
#define NOWHERE PLACE(0, 0)

SEC("tracepoint/syscalls/sys_exit_unlink")
int exit_unlink(struct trace_event_raw_sys_exit *context)
{
	if (context->ret == 0) {
		struct pt_regs *registers = current_registers();
		struct call_place from = PLACE(AT_FDCWD, REGISTER_1(registers)), to = NOWHERE;
		report_names(WIRE_NAME_UNLINK, 0, &from, &to);
	}
	forget_touched();
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_unlinkat")
int exit_unlinkat(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	__u64 flags = REGISTER_3(registers);
	if (context->ret == 0 && !(flags & AT_REMOVEDIR)) {
		struct call_place from = PLACE(REGISTER_1(registers), REGISTER_2(registers)), to = NOWHERE;
		report_names(WIRE_NAME_UNLINK, flags, &from, &to);
	}
	forget_touched();
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_rename")
int exit_rename(struct trace_event_raw_sys_exit *context)
{
	if (context->ret == 0) {
		struct pt_regs *registers = current_registers();
		struct call_place from = PLACE(AT_FDCWD, REGISTER_1(registers));
		struct call_place to = PLACE(AT_FDCWD, REGISTER_2(registers));
		report_names(WIRE_NAME_RENAME, 0, &from, &to);
	}
	forget_touched();
	return 0;
}

static __always_inline int renamed(long result, bool with_flags)
{
	if (result == 0) {
		struct pt_regs *registers = current_registers();
		struct call_place from = PLACE(REGISTER_1(registers), REGISTER_2(registers));
		struct call_place to = PLACE(REGISTER_3(registers), REGISTER_4(registers));
		report_names(WIRE_NAME_RENAME, with_flags ? REGISTER_5(registers) : 0, &from, &to);
	}
	forget_touched();
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_renameat")
int exit_renameat(struct trace_event_raw_sys_exit *context)
{
	return renamed(context->ret, false);
}

SEC("tracepoint/syscalls/sys_exit_renameat2")
int exit_renameat2(struct trace_event_raw_sys_exit *context)
{
	return renamed(context->ret, true);
}

SEC("tracepoint/syscalls/sys_exit_link")
int exit_link(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	if (context->ret != 0)
		return 0;
	struct call_place from = PLACE(AT_FDCWD, REGISTER_1(registers));
	struct call_place to = PLACE(AT_FDCWD, REGISTER_2(registers));
	report_names(WIRE_NAME_LINK, 0, &from, &to);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_linkat")
int exit_linkat(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	if (context->ret != 0)
		return 0;
	struct call_place from = PLACE(REGISTER_1(registers), REGISTER_2(registers));
	struct call_place to = PLACE(REGISTER_3(registers), REGISTER_4(registers));
	report_names(WIRE_NAME_LINK, REGISTER_5(registers), &from, &to);
	return 0;
}

/* The target of a symbolic link is text; only the link itself is a place. */
SEC("tracepoint/syscalls/sys_exit_symlink")
int exit_symlink(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	if (context->ret != 0)
		return 0;
	struct call_place from = NOWHERE, to = PLACE(AT_FDCWD, REGISTER_2(registers));
	report_names(WIRE_NAME_SYMLINK, 0, &from, &to);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_symlinkat")
int exit_symlinkat(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	if (context->ret != 0)
		return 0;
	struct call_place from = NOWHERE, to = PLACE(REGISTER_2(registers), REGISTER_3(registers));
	report_names(WIRE_NAME_SYMLINK, 0, &from, &to);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_mknod")
int exit_mknod(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	if (context->ret != 0)
		return 0;
	struct call_place from = NOWHERE, to = PLACE(AT_FDCWD, REGISTER_1(registers));
	report_names(WIRE_NAME_MKNOD, REGISTER_2(registers), &from, &to);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_mknodat")
int exit_mknodat(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	if (context->ret != 0)
		return 0;
	struct call_place from = NOWHERE, to = PLACE(REGISTER_1(registers), REGISTER_2(registers));
	report_names(WIRE_NAME_MKNOD, REGISTER_3(registers), &from, &to);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_truncate")
int exit_truncate(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	if (context->ret != 0 || REGISTER_2(registers) != 0)
		return 0;
	struct call_place from = PLACE(AT_FDCWD, REGISTER_1(registers)), to = NOWHERE;
	report_names(WIRE_NAME_TRUNCATE, 0, &from, &to);
	return 0;
}
