/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mount under which a process sees a file, when only the file is at hand: what a call on names leaves behind knows
 * its directory and its file system, and not through which mount the call came.
 */
#ifndef TUXMON_MOUNTS_H
#define TUXMON_MOUNTS_H

#include "paths.h"

/* A file system with more mounts than this is not searched to the end. */
#define MOUNTS_MAX 32

struct super_block___list {
	struct list_head s_mounts;
} __attribute__((preserve_access_index));

struct mount___list {
	struct list_head mnt_instance;
} __attribute__((preserve_access_index));

struct mount_search {
	struct dentry *dentry;
	struct mnt_namespace *namespace;
	void *next; /* a mount, or its mnt_instance */
	void *end;
	struct mount *found;
	__u32 count;
};

/*
 * Newer kernels (seen in 6.18) chain the mounts of a file system by plain pointers; before, it was a list whose head
 * lies in the file system.
 */
#define HAS_MOUNT_CHAIN bpf_core_field_exists(((struct mount *)0)->mnt_next_for_sb)

/* An offset that not every kernel has, kept where it stands: the compiler would load it first. */
#define STAYS_HERE(offset)                            \
	({                                            \
		__u64 value = (offset);               \
		asm volatile("%0 += 0" : "+r"(value)); \
		value;                                \
	})

struct climb {
	struct dentry *dentry;
	struct dentry *top;
};

static long climb_step(__u64 index, struct climb *climb)
{
	struct dentry *dentry = climb->dentry, *parent = BPF_CORE_READ(dentry, d_parent);
	if (dentry == climb->top || parent == dentry)
		return 1;
	climb->dentry = parent;
	return 0;
}

/* Whether the mount shows the file: a bind mount may show only a part of its file system. */
static __always_inline bool shows(struct mount *mount, struct dentry *dentry)
{
	struct dentry *root = BPF_CORE_READ(mount, mnt.mnt_root);
	struct climb climb = { .dentry = dentry, .top = root };
	if (BPF_CORE_READ(root, d_parent) == root)
		return true;
	bpf_loop(WALK_STEPS, climb_step, &climb, 0);
	return climb.dentry == root;
}

static long search_step(__u64 index, struct mount_search *search)
{
	struct mount *mount = search->next;
	if (search->next == search->end)
		return 1;
	if (HAS_MOUNT_CHAIN) {
		void *next = (void *)mount + STAYS_HERE(bpf_core_field_offset(struct mount, mnt_next_for_sb));
		bpf_probe_read_kernel(&search->next, sizeof(search->next), next);
	} else {
		mount = search->next - STAYS_HERE(bpf_core_field_offset(struct mount___list, mnt_instance));
		bpf_probe_read_kernel(&search->next, sizeof(search->next), search->next);
	}
	if (BPF_CORE_READ(mount, mnt_ns) != search->namespace || !shows(mount, search->dentry))
		return 0;
	search->found = mount;
	search->count++;
	return 0;
}

/* Stands in the lowest bit of a mount's address, which is never odd. */
#define SEVERAL_MOUNTS 1ULL

/*
 * A mount through which the current process may see a directory, and whether there are several; 0 when there is none.
 * More than were looked at count as several. The directory is a number, so that the verifier reads all this once.
 */
__noinline __u64 mounts_of(__u64 directory)
{
	struct dentry *dentry = (void *)directory;
	struct task_struct *task = (void *)bpf_get_current_task();
	struct super_block *sb = BPF_CORE_READ(dentry, d_sb);
	struct mount_search search = { .dentry = dentry, .namespace = BPF_CORE_READ(task, nsproxy, mnt_ns) };
	if (HAS_MOUNT_CHAIN) {
		void *first = (void *)sb + STAYS_HERE(bpf_core_field_offset(struct super_block, s_mounts));
		bpf_probe_read_kernel(&search.next, sizeof(search.next), first);
	} else {
		search.end = (void *)sb + STAYS_HERE(bpf_core_field_offset(struct super_block___list, s_mounts));
		bpf_probe_read_kernel(&search.next, sizeof(search.next), search.end);
	}
	bpf_loop(MOUNTS_MAX, search_step, &search, 0);
	if (!search.found)
		return 0;
	__u64 mount = (__u64)search.found + bpf_core_field_offset(struct mount, mnt);
	return search.next == search.end && search.count == 1 ? mount : mount | SEVERAL_MOUNTS;
}

#endif
