/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deep tier: the same facts as file.bpf.c, trace.bpf.c and accept, where the kernel lets us stand on its functions.
 * Nothing here is run by a system call that does none of this, io_uring passes here too, and what is read are the
 * kernel's objects, which no thread of the caller can change.
 *
 * A function that changes a name gets no mount, and the hook that gets the mount comes before it is known whether the
 * change succeeds. So the security_path_* hook notes mount and files, and the exit of the vfs_* function reports them.
 */
#include "lib/paths.h"
#include <bpf/bpf_tracing.h>

/* --- differences between kernels ---------------------------------------------------------------------------------- */

struct renamedata {
	struct dentry *old_dentry;
} __attribute__((preserve_access_index));

struct vfsmount___owner {
	void *mnt_userns;
	void *mnt_idmap;
} __attribute__((preserve_access_index));

/*
 * 5.12 (6521f8917082, "namei: prepare for idmapped mounts") put the mount's user namespace before the other arguments
 * of the vfs_* functions; mounts then know it. 9fe61450972d of the same kernel gave vfs_rename one struct instead of six
 * arguments, which 5.10 got later, without the former.
 */
#define HAS_MOUNT_ARGUMENT                                                                                           \
	(bpf_core_field_exists(struct vfsmount___owner, mnt_userns) ||                                               \
	 bpf_core_field_exists(struct vfsmount___owner, mnt_idmap))
#define HAS_RENAMEDATA bpf_core_type_exists(struct renamedata)

/*
 * An argument by its place before and since a change. The two loads must stay apart: the verifier wants constant
 * offsets, and the compiler would choose the offset first.
 */
static __always_inline __u64 argument_at(__u64 *context, bool changed, int before, int since)
{
	__u64 value;
	if (changed) {
		value = context[since];
		asm volatile("%0 += 0" : "+r"(value));
	} else {
		value = context[before];
		asm volatile("%0 -= 0" : "+r"(value));
	}
	return value;
}

static __always_inline __u64 argument(__u64 *context, int before, int since)
{
	return argument_at(context, HAS_MOUNT_ARGUMENT, before, since);
}

/* 5.17 (f92c1e183604, "bpf: Add get_func_[arg|ret|arg_cnt] helpers") finds the result behind any number of arguments. */
enum bpf_func_id___result {
	BPF_FUNC_get_func_ret___result = 184,
};

#define HAS_RESULT bpf_core_enum_value_exists(enum bpf_func_id___result, BPF_FUNC_get_func_ret___result)

static __always_inline long result_of(__u64 *context, int before, int since)
{
	__u64 result = -1;
	if (HAS_RESULT)
		bpf_get_func_ret(context, &result);
	else
		result = argument(context, before, since);
	return (int)result;
}

static __always_inline long result_of_rename(__u64 *context)
{
	__u64 result = -1;
	if (HAS_RESULT)
		bpf_get_func_ret(context, &result);
	else
		result = argument_at(context, HAS_RENAMEDATA, 6, 1);
	return (int)result;
}

/* --- calls on names ----------------------------------------------------------------------------------------------- */

struct noted {
	struct vfsmount *mount;
	struct dentry *dentry; /* whose change is waited for */
	struct dentry *other; /* changes places with it */
	__u32 deed;
	__u32 flags;
	__u32 count;
	__u32 reserved;
	struct wire_touched files[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, __u32);
	__type(value, struct noted);
} noted_calls SEC(".maps");

/* A value to start an entry with: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct noted);
} noted_none SEC(".maps");

static __always_inline struct noted *note(__u32 deed, const struct path *directory, struct dentry *dentry)
{
	__u32 thread = bpf_get_current_pid_tgid(), zero = 0;
	struct noted *none = bpf_map_lookup_elem(&noted_none, &zero);
	if (!none || bpf_map_update_elem(&noted_calls, &thread, none, BPF_ANY))
		return 0;
	struct noted *noted = bpf_map_lookup_elem(&noted_calls, &thread);
	if (!noted)
		return 0;
	noted->mount = BPF_CORE_READ(directory, mnt);
	noted->dentry = dentry;
	noted->deed = deed;
	return noted;
}

/* The file that a name stands for now, before the change; directories are no files here. */
static __always_inline void note_file(struct noted *noted, struct dentry *dentry)
{
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);
	if (!inode || (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFDIR)
		return;
	struct wire_touched *file = noted->count ? &noted->files[1] : &noted->files[0];
	fill_file(&file->file, inode);
	file->parent_inode = BPF_CORE_READ(dentry, d_parent, d_inode, i_ino);
	bpf_probe_read_kernel_str(file->name, sizeof(file->name), BPF_CORE_READ(dentry, d_name.name));
	noted->count++;
}

static __noinline void report_noted(struct noted *noted)
{
	if (unwanted(deeds_on_names(noted->deed), WIRE_FILE_NAME))
		return;
	struct small *scratch = take_small(WIRE_FILE_NAME);
	if (!scratch)
		return;
	struct wire_file_name *record = (void *)scratch->bytes;
	struct path root, path = { .mnt = noted->mount, .dentry = noted->dentry };
	__u32 at = sizeof(*record);
	bool goes = noted->deed == WIRE_NAME_UNLINK || noted->deed == WIRE_NAME_TRUNCATE;

	fill_current(&record->task);
	record->deed = noted->deed;
	record->call_flags = noted->flags;
	record->touched_count = 0;
	record->touched_known = 1;
	__builtin_memset(&record->from, 0, sizeof(record->from));
	__builtin_memset(&record->to, 0, sizeof(record->to));
	record->from.base.flags = WIRE_PATH_ABSENT;
	record->to.base.flags = WIRE_PATH_ABSENT;
	for (__u32 i = 0; i < 2; i++) {
		if (i >= noted->count)
			break;
		__builtin_memcpy(&scratch->bytes[at], &noted->files[i], sizeof(struct wire_touched));
		record->touched_count = i + 1;
		at += sizeof(struct wire_touched);
	}
	root_of((void *)bpf_get_current_task(), &root);
	if (goes || noted->other) {
		struct path from = { .mnt = path.mnt, .dentry = goes ? path.dentry : noted->other };
		record->from.exact = 1;
		at = append_path(scratch->bytes, at, &record->from.base, &from, &root);
	}
	if (!goes && at <= PATHS_END) {
		record->to.exact = 1;
		at = append_path(scratch->bytes, at, &record->to.base, &path, &root);
	}
	if (at <= SCRATCH_SMALL && !unwanted_names(scratch, at)) {
		fill_header(&record->header, WIRE_FILE_NAME);
		submit(record, at, WIRE_FILE_NAME);
	}
	scratch->busy = 0;
}

/*
 * Reports the noted call when this is the change it waited for: an overlay changes files of the layers below on the
 * way, with other dentries.
 */
static __always_inline int changed(__u32 deed, struct dentry *dentry, struct dentry *or_dentry, long result)
{
	__u32 thread = bpf_get_current_pid_tgid();
	struct noted *noted = bpf_map_lookup_elem(&noted_calls, &thread);
	if (!noted || noted->deed != deed || (noted->dentry != dentry && noted->dentry != or_dentry))
		return 0;
	if (result == 0)
		report_noted(noted);
	bpf_map_delete_elem(&noted_calls, &thread);
	return 0;
}

SEC("fentry/security_path_unlink")
int note_unlink(__u64 *context)
{
	struct dentry *dentry = (void *)context[1];
	struct noted *noted = note(WIRE_NAME_UNLINK, (void *)context[0], dentry);
	if (noted)
		note_file(noted, dentry);
	return 0;
}

SEC("fexit/vfs_unlink")
int deep_unlink(__u64 *context)
{
	struct dentry *dentry = (void *)argument(context, 1, 2);
	return changed(WIRE_NAME_UNLINK, dentry, dentry, result_of(context, 3, 4));
}

SEC("fentry/security_path_rename")
int note_rename(__u64 *context)
{
	struct dentry *from = (void *)context[1], *to = (void *)context[3];
	struct noted *noted = note(WIRE_NAME_RENAME, (void *)context[2], from);
	if (!noted)
		return 0;
	noted->flags = context[4];
	if (noted->flags & RENAME_EXCHANGE)
		noted->other = to;
	note_file(noted, from);
	/* Two names of one file: the call does nothing. */
	if (BPF_CORE_READ(from, d_inode) != BPF_CORE_READ(to, d_inode))
		note_file(noted, to);
	else
		noted->dentry = 0;
	return 0;
}

/* The dentry that was renamed carries the new name by now. */
SEC("fexit/vfs_rename")
int deep_rename(__u64 *context)
{
	struct dentry *dentry = (void *)argument_at(context, HAS_RENAMEDATA, 1, 0);
	if (HAS_RENAMEDATA)
		dentry = BPF_CORE_READ((struct renamedata *)dentry, old_dentry);
	return changed(WIRE_NAME_RENAME, dentry, dentry, result_of_rename(context));
}

SEC("fentry/security_path_link")
int note_link(__u64 *context)
{
	note(WIRE_NAME_LINK, (void *)context[1], (void *)context[2]);
	return 0;
}

SEC("fexit/vfs_link")
int deep_link(__u64 *context)
{
	struct dentry *dentry = (void *)argument(context, 2, 3);
	return changed(WIRE_NAME_LINK, dentry, dentry, result_of(context, 4, 5));
}

SEC("fentry/security_path_symlink")
int note_symlink(__u64 *context)
{
	note(WIRE_NAME_SYMLINK, (void *)context[0], (void *)context[1]);
	return 0;
}

SEC("fexit/vfs_symlink")
int deep_symlink(__u64 *context)
{
	struct dentry *dentry = (void *)argument(context, 1, 2);
	return changed(WIRE_NAME_SYMLINK, dentry, dentry, result_of(context, 3, 4));
}

/*
 * Also asked before an open may create: that note waits for nothing and is overwritten. bind makes a socket this way.
 */
SEC("fentry/security_path_mknod")
int note_mknod(__u64 *context)
{
	struct noted *noted = note(WIRE_NAME_MKNOD, (void *)context[0], (void *)context[1]);
	if (noted)
		noted->flags = (__u32)context[2];
	return 0;
}

SEC("fexit/vfs_mknod")
int deep_mknod(__u64 *context)
{
	struct dentry *dentry = (void *)argument(context, 1, 2);
	return changed(WIRE_NAME_MKNOD, dentry, dentry, result_of(context, 4, 5));
}

/* mknod of a regular file. The directory argument went in 6.19, so the dentry is looked for in two places. */
SEC("fexit/vfs_create")
int deep_mknod_regular(__u64 *context)
{
	return changed(WIRE_NAME_MKNOD, (void *)context[1], (void *)context[2], result_of(context, 4, 5));
}

/* --- opens -------------------------------------------------------------------------------------------------------- */

/*
 * Every open passes here with the file complete: FMODE_CREATED is set when the open made it. An overlay opens the file
 * below without that mark.
 */
SEC("fentry/security_file_open")
int deep_open(__u64 *context)
{
	struct file *file = (void *)context[0];
	struct inode *inode = OF_KNOWN(file, f_inode);
	__u32 type = OF_KNOWN(inode, i_mode) & S_IFMT;

	if (type == S_IFREG && OF_KNOWN(file, f_mode) & FMODE_CREATED)
		report_open(file, inode, WIRE_OPEN_CREATED);
	else if (type == S_IFBLK)
		report_open(file, inode, WIRE_OPEN_RAW_DEVICE);
	return 0;
}

/* O_TRUNC and ftruncate, when they succeeded. What this very open made has been reported. */
SEC("fexit/do_truncate")
int deep_truncate_file(__u64 *context)
{
	__u64 length = argument(context, 1, 2);
	struct file *file = (void *)argument(context, 3, 4);
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	if (!file || length || result_of(context, 4, 5))
		return 0;
	if (!(BPF_CORE_READ(file, f_mode) & FMODE_CREATED) && BPF_CORE_READ(inode, i_nlink))
		report_open(file, inode, WIRE_OPEN_OVERWRITTEN);
	return 0;
}

SEC("fexit/vfs_truncate")
int deep_truncate(__u64 *context)
{
	const struct path *path = (void *)context[0];
	if (context[1] || result_of(context, 2, 2))
		return 0;
	struct noted *noted = note(WIRE_NAME_TRUNCATE, path, BPF_CORE_READ(path, dentry));
	if (noted)
		report_noted(noted);
	return 0;
}

/* --- connections, tracers, programs ------------------------------------------------------------------------------- */

/* 6.10 (92ef0fd55ac8, "net: change proto and proto_ops accept type") changed the arguments, not the result. */
SEC("fexit/inet_csk_accept")
int deep_accept(__u64 *context)
{
	__u64 result = 0;
	if (HAS_RESULT)
		bpf_get_func_ret(context, &result);
	else
		result = context[4];
	if (result)
		report_accepted((struct sock *)result);
	return 0;
}

/* UDP where the kernel has no tracepoint after send and receive (before 6.3); see network.bpf.c. */
SEC("fexit/udp_sendmsg")
int deep_udp_sent(__u64 *context)
{
	return report_waiting((void *)context[0], (int)context[3], WIRE_NETWORK_OUT);
}

SEC("fexit/udpv6_sendmsg")
int deep_udp6_sent(__u64 *context)
{
	return report_waiting((void *)context[0], (int)context[3], WIRE_NETWORK_OUT);
}

/* 5.19 (ec095263a965, "net: remove noblock parameter from recvmsg() entities") moved the result one place down. */
static __always_inline int udp_result(__u64 *context)
{
	__u64 result = 0;
	if (HAS_RESULT)
		bpf_get_func_ret(context, &result);
	else
		result = argument_at(context, false, 6, 5);
	return (int)result;
}

SEC("fexit/udp_recvmsg")
int deep_udp_received(__u64 *context)
{
	return report_waiting((void *)context[0], udp_result(context), WIRE_NETWORK_IN);
}

SEC("fexit/udpv6_recvmsg")
int deep_udp6_received(__u64 *context)
{
	return report_waiting((void *)context[0], udp_result(context), WIRE_NETWORK_IN);
}

/*
 * Told by the kernel itself after each attach that succeeded, and after each detach. __ptrace_link, which does the
 * attaching, is expanded in place by the compilers of some kernels (seen in 7.3), and then its hook is silent.
 */
SEC("fentry/proc_ptrace_connector")
int deep_ptrace(__u64 *context)
{
	if ((__u32)context[1] == PTRACE_ATTACH)
		report_traced((struct task_struct *)context[0], 0);
	return 0;
}

/*
 * Each load that succeeded comes by here, its number given already; before it, the functions that it is made of.
 * perf_event_bpf_event, which follows, cannot be hooked before 5.16 (79df45731da6, "perf/core: Allow ftrace for functions
 * in kernel/event/core.c").
 */
SEC("fentry/bpf_prog_kallsyms_add")
int deep_bpf_load(__u64 *context)
{
	struct bpf_prog *program = (void *)context[0];
	if (!BPF_CORE_READ_BITFIELD_PROBED(program, is_func))
		report_program(program, COMMAND_PROG_LOAD, 0);
	return 0;
}

/* The last step of making any link. */
SEC("fentry/bpf_link_settle")
int deep_bpf_link(__u64 *context)
{
	struct bpf_link_primer *primer = (void *)context[0];
	struct bpf_link *link = BPF_CORE_READ(primer, link);
	report_program(BPF_CORE_READ(link, prog), COMMAND_LINK_CREATE, link_attach_type(link));
	return 0;
}

/* Attaching without a link. */
SEC("fexit/cgroup_bpf_prog_attach")
int deep_bpf_cgroup(__u64 *context)
{
	if (context[3] == 0)
		report_program((struct bpf_prog *)context[2], COMMAND_PROG_ATTACH, 0);
	return 0;
}

SEC("fexit/tcx_prog_attach")
int deep_bpf_tcx(__u64 *context)
{
	if (context[2] == 0)
		report_program((struct bpf_prog *)context[1], COMMAND_PROG_ATTACH, 0);
	return 0;
}

SEC("fexit/sock_map_get_from_fd")
int deep_bpf_sockmap(__u64 *context)
{
	if (context[2] == 0)
		report_program((struct bpf_prog *)context[1], COMMAND_PROG_ATTACH, 0);
	return 0;
}
