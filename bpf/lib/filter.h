/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What nobody would read is not sent. User space knows the rules; it tells here which kinds of deeds of an image it drops
 * whatever else they are, and only then. An image that is not told of is asked about by sending its deeds.
 *
 * Starts, copies and ends of processes are always sent: everything else is told in terms of them.
 */
#ifndef TUXMON_FILTER_H
#define TUXMON_FILTER_H

#include "task.h"

/* An image by its path as a record of it has it: components from the leaf up, each with its NUL. */
#define FILTER_PATH_MAX 128 /* a power of two */

struct filter_image {
	__u32 length;
	__u8 leaf_first[FILTER_PATH_MAX];
};

/* One image of one process: see struct wire_task. */
struct filter_process {
	__u64 start_ns;
	__u64 exec_id;
	__u32 pid;
	__u32 reserved;
};

struct filter_verdict {
	__u32 generation; /* of the rules that say so */
	__u32 unwanted; /* enum wire_unwanted */
};

/* The rules in force, by number. 0: nothing is filtered. An entry with another number says nothing. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} filter_generation SEC(".maps");

/* Both make room by themselves: what is forgotten is sent again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct filter_image);
	__type(value, struct filter_verdict);
} filter_images SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct filter_process);
	__type(value, struct filter_verdict);
} filter_processes SEC(".maps");

/* Deeds that were not sent, by kind of record. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WIRE_KIND_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} filtered SEC(".maps");

static __always_inline __u32 generation_now(void)
{
	__u32 zero = 0, *generation = bpf_map_lookup_elem(&filter_generation, &zero);
	return generation ? *generation : 0;
}

static __always_inline struct filter_process filter_key(const struct wire_task *task)
{
	return (struct filter_process){ .start_ns = task->start_ns, .exec_id = task->exec_id, .pid = task->pid };
}

static __always_inline bool is_unwanted(const struct filter_process *key, __u32 generation, __u32 deeds)
{
	struct filter_verdict *verdict = bpf_map_lookup_elem(&filter_processes, key);
	return verdict && verdict->generation == generation && (verdict->unwanted & deeds) == deeds;
}

static __always_inline bool count_filtered(__u32 kind)
{
	__u64 *count = bpf_map_lookup_elem(&filtered, &kind);
	if (count)
		__sync_fetch_and_add(count, 1);
	return true;
}

/* Whether nobody wants these deeds of this task. To be asked before a header is filled, which uses up a number. */
static __always_inline bool unwanted_of(const struct wire_task *task, __u32 deeds, __u32 kind)
{
	__u32 generation = generation_now();
	struct filter_process key;
	if (!generation)
		return false;
	key = filter_key(task);
	return is_unwanted(&key, generation, deeds) && count_filtered(kind);
}

/* The same of the current task, when this is not yet the deed. */
static __always_inline bool unwanted_later(__u32 deeds)
{
	__u32 generation = generation_now();
	if (!generation)
		return false;
	struct task_struct *task = (void *)bpf_get_current_task();
	struct filter_process key = {
		.start_ns = BPF_CORE_READ(task, group_leader, start_boottime),
		.exec_id = BPF_CORE_READ(task, self_exec_id),
		.pid = BPF_CORE_READ(task, tgid),
	};
	return is_unwanted(&key, generation, deeds);
}

/* The same of the current task. */
static __always_inline bool unwanted(__u32 deeds, __u32 kind)
{
	return unwanted_later(deeds) && count_filtered(kind);
}

/* What a change of names can be to user space: a rename makes one name and may take another away. */
static __always_inline __u32 deeds_on_names(__u32 deed)
{
	switch (deed) {
	case WIRE_NAME_UNLINK:
		return WIRE_UNWANTED_FILE_DELETE;
	case WIRE_NAME_RENAME:
		return WIRE_UNWANTED_FILE_CREATE | WIRE_UNWANTED_FILE_DELETE;
	default:
		return WIRE_UNWANTED_FILE_CREATE;
	}
}

/* A new image: what is known of its path holds for the process from its first deed on. */
static __always_inline void filter_executed(const struct wire_exec *record, const __u8 *leaf_first)
{
	__u32 generation = generation_now(), length = record->image.length;
	struct filter_image image = {};
	if (!generation || record->image.flags || !length || length >= FILTER_PATH_MAX)
		return;
	image.length = length;
	/* Says again what has just been asked: the verifier looks at the register that is used, not at its copies. */
	asm volatile("%0 &= %1" : "+r"(length) : "i"(FILTER_PATH_MAX - 1));
	if (bpf_probe_read_kernel(image.leaf_first, length, leaf_first))
		return;
	struct filter_verdict *verdict = bpf_map_lookup_elem(&filter_images, &image);
	if (!verdict || verdict->generation != generation || !verdict->unwanted)
		return;
	struct filter_process key = filter_key(&record->task);
	bpf_map_update_elem(&filter_processes, &key, verdict, BPF_ANY);
}

/* A copy runs the image of its parent, as user space sees it: when both have executed equally often. */
static __always_inline void filter_copied(const struct wire_fork *record)
{
	__u32 generation = generation_now();
	if (!generation || record->parent.exec_id != record->task.exec_id)
		return;
	struct filter_process parent = filter_key(&record->parent), child = filter_key(&record->task);
	struct filter_verdict *verdict = bpf_map_lookup_elem(&filter_processes, &parent);
	if (!verdict || verdict->generation != generation)
		return;
	bpf_map_update_elem(&filter_processes, &child, verdict, BPF_ANY);
}

#endif
