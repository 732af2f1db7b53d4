/* SPDX-License-Identifier: GPL-2.0-only */
/* Who acted: identity and credentials of a task, and the files it holds. */
#ifndef TUXMON_TASK_H
#define TUXMON_TASK_H

#include "submit.h"

/* What user space tells the programs; it may change while they run. */
struct settings {
	__u64 own_namespace; /* of process ids, in which the agent has its number: the device and inode of its file */
	__u64 own_namespace_device;
	__u32 own_pid; /* the agent, whose own eBPF loads are not reported */
	__u32 touched_known; /* the change-time programs of file.bpf.c are attached */
	__u32 by_calls; /* which facts are got at the end of calls, not in the functions that they lead to */
	__u32 reserved;
};

#define BY_CALLS_OPENS 1
#define BY_CALLS_NAMES 2
#define BY_CALLS_ACCEPTS 4
#define BY_CALLS_DATAGRAMS 8

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
} settings SEC(".maps");

static __always_inline struct settings settings_now(void)
{
	__u32 zero = 0;
	struct settings *now = bpf_map_lookup_elem(&settings, &zero);
	return now ? *now : (struct settings){};
}

/*
 * Whether the agent itself is at work. In a container its number is not the machine's: number 1 there is the agent, and
 * on the machine it is whoever started everything.
 */
static __always_inline bool is_the_agent(void)
{
	struct settings now = settings_now();
	struct bpf_pidns_info here = {};
	/* Since 5.7 (b4490c5c4e02, "bpf: Added new helper bpf_get_ns_current_pid_tgid"). */
	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_ns_current_pid_tgid))
		return bpf_get_current_pid_tgid() >> 32 == now.own_pid;
	if (bpf_get_ns_current_pid_tgid(now.own_namespace_device, now.own_namespace, &here, sizeof(here)))
		return false; /* it has no number in the agent's namespace */
	return here.tgid == now.own_pid;
}

/*
 * The root of a mount namespace is a mount, and the process sees the one on top of it; any other root directory is a
 * chroot.
 */
static __always_inline bool is_chroot(struct task_struct *task)
{
	struct path root = BPF_CORE_READ(task, fs, root);
	struct mount *mount = (void *)root.mnt - bpf_core_field_offset(struct mount, mnt);
	struct mount *bottom = BPF_CORE_READ(task, nsproxy, mnt_ns, root);
	if (!root.mnt)
		return false;
	return root.dentry != BPF_CORE_READ(root.mnt, mnt_root) ||
	       (mount != bottom && BPF_CORE_READ(mount, mnt_parent) != bottom);
}

static __always_inline void fill_task(struct wire_task *to, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	const struct cred *cred = BPF_CORE_READ(task, real_cred);

	to->start_ns = BPF_CORE_READ(leader, start_boottime);
	to->exec_id = BPF_CORE_READ(task, self_exec_id);
	to->pid = BPF_CORE_READ(task, tgid);
	to->tid = BPF_CORE_READ(task, pid);
	to->uid = BPF_CORE_READ(cred, uid.val);
	to->euid = BPF_CORE_READ(cred, euid.val);
	to->login_uid = -1;
	to->session_id = -1;
	if (bpf_core_field_exists(task->loginuid)) {
		to->login_uid = BPF_CORE_READ(task, loginuid.val);
		to->session_id = BPF_CORE_READ(task, sessionid);
	}
	to->mount_namespace = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	to->flags = 0;
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		to->flags |= WIRE_TASK_KERNEL_THREAD;
	else if (is_chroot(task))
		to->flags |= WIRE_TASK_CHROOT;
}

READ_ONCE_BY_VERIFIER int fill_current(struct wire_task *to)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	if (!to)
		return 0;
	fill_task(to, task);
	if (in_compat_call())
		to->flags |= WIRE_TASK_COMPAT;
	return 0;
}

static __always_inline void fill_file(struct wire_file *to, struct inode *inode)
{
	to->inode = BPF_CORE_READ(inode, i_ino);
	to->size = BPF_CORE_READ(inode, i_size);
	to->ctime_ns = inode_ctime_ns(inode);
	to->device = BPF_CORE_READ(inode, i_sb, s_dev);
	to->mode = BPF_CORE_READ(inode, i_mode);
	to->links = BPF_CORE_READ(inode, i_nlink);
	to->raw_device = BPF_CORE_READ(inode, i_rdev);
}

/* The open file behind a descriptor of the current task. */
static __always_inline struct file *file_of(int descriptor)
{
	struct files_struct *files = OF_KNOWN(CURRENT_TASK, files);
	struct fdtable *table = OF_KNOWN(files, fdt);
	struct file **slots = OF_KNOWN(table, fd), *file = 0;
	if (descriptor < 0 || (__u32)descriptor >= OF_KNOWN(table, max_fds))
		return 0;
	bpf_core_read(&file, sizeof(file), slots + descriptor);
	return file;
}

#endif
