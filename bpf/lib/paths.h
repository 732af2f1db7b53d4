/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paths by a walk up the directory tree, across mount points, to the root of the process: what d_path() prints,
 * which tracepoints may not call.
 */
#ifndef TUXMON_PATHS_H
#define TUXMON_PATHS_H

#include "filter.h"

/* Components and mount points on the way up. A path given to a system call has at most 2,048 components. */
#define WALK_STEPS 2304
/* So many of them in one call, where the verifier follows each; see walk_on(). */
#define WALK_STEPS_AT_ONCE 16

/*
 * Where a walk stands. It lies in the scratch, because the verifier remembers what is on the stack: there each round
 * would begin in as many states as there were ways to get to it, and their number doubles with each round.
 */
struct walk {
	__u32 at;
	__u32 end;
	__u32 flags;
	__u32 reserved;
	struct dentry *dentry;
	struct mount *mount;
	struct dentry *root_dentry;
	struct mount *root_mount;
};

_Static_assert(PATHS_END + sizeof(struct walk) <= SCRATCH_SMALL, "a walk has room behind the paths");

static __always_inline struct mount *mount_of(struct vfsmount *mnt)
{
	return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

struct walk_scratch {
	__u8 *bytes;
};

static __always_inline struct walk *walk_in(__u8 *bytes)
{
	return (void *)&bytes[PATHS_END];
}

/* Appends one component and goes one step up; tells whether the walk is over. */
static long walk_step(__u64 index, struct walk_scratch *scratch)
{
	__u8 *bytes = scratch->bytes;
	struct walk *walk = walk_in(bytes);
	struct dentry *dentry = walk->dentry;
	struct mount *mount = walk->mount;

	if (dentry == walk->root_dentry && mount == walk->root_mount) {
		walk->flags &= ~WIRE_PATH_CUT;
		return 1;
	}
	bool top_of_mount = dentry == BPF_CORE_READ(mount, mnt.mnt_root);
	if (top_of_mount) {
		struct mount *above = BPF_CORE_READ(mount, mnt_parent);
		if (above != mount) {
			walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			walk->mount = above;
			return 0;
		}
	}
	__u32 at = walk->at;
	if (at > PATHS_END - WIRE_NAME_MAX || at + WIRE_NAME_MAX > walk->end)
		return 1;
	long size = bpf_probe_read_kernel_str(&bytes[at], WIRE_NAME_MAX, BPF_CORE_READ(dentry, d_name.name));
	if (size <= 0 || size > WIRE_NAME_MAX)
		return 1;
	struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
	if (top_of_mount || parent == dentry) {
		/* A tree of its own: its root is called "/", or carries the name of a nameless file. */
		walk->flags &= ~WIRE_PATH_CUT;
		if (size != 2 || bytes[at] != '/')
			walk->at = at + size;
		if (mount != walk->root_mount)
			walk->flags |= WIRE_PATH_DETACHED;
		return 1;
	}
	walk->at = at + size;
	walk->dentry = parent;
	return 0;
}

#ifdef BEFORE_5_17
/*
 * 5.17 (e6f2dd0f8067, "bpf: Add bpf_loop helper") gave loops that the verifier reads once. Before, it follows each
 * round. So a few rounds are a function that it reads by itself, once for each program, and a walk is many calls of it.
 */
__noinline int walk_on(__u32 number)
{
	struct walk_scratch scratch = { .bytes = scratch_bytes(number) };
	if (!scratch.bytes)
		return 1;
	for (int i = 0; i < WALK_STEPS_AT_ONCE; i++)
		if (walk_step(i, &scratch))
			return 1;
	return 0;
}
#endif

/*
 * Appends the components of a path at bytes[at], leaf first, each ended by NUL; returns where they end.
 */
static __noinline __u32 append_path(__u8 *bytes, __u32 at, struct wire_path *head, const struct path *path,
				    const struct path *root)
{
	struct walk *walk = walk_in(bytes);

	walk->at = at;
	walk->end = at + WIRE_PATH_MAX;
	walk->flags = WIRE_PATH_CUT;
	walk->dentry = path->dentry;
	walk->mount = mount_of(path->mnt);
	walk->root_dentry = root->dentry;
	walk->root_mount = mount_of(root->mnt);

	head->length = 0;
	head->flags = WIRE_PATH_ABSENT;
	if (!path->dentry || !path->mnt)
		return at;
	if (BPF_CORE_READ(path->dentry, d_parent) != path->dentry && !BPF_CORE_READ(path->dentry, d_hash.pprev))
		walk->flags |= WIRE_PATH_DELETED;
#ifdef BEFORE_5_17
	for (int i = 0; i < WALK_STEPS / WALK_STEPS_AT_ONCE; i++)
		if (walk_on(number_of(bytes)))
			break;
#else
	struct walk_scratch scratch = { .bytes = bytes };
	bpf_loop(WALK_STEPS, walk_step, &scratch, 0);
#endif
	__u32 end = walk->at;
	if (end < at || end > at + WIRE_PATH_MAX)
		return at;
	head->length = end - at;
	head->flags = walk->flags;
	return end;
}

static __always_inline void root_of(struct task_struct *task, struct path *root)
{
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	bpf_core_read(root, sizeof(*root), &fs->root);
}

#endif
