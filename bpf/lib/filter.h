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
	__u32 uid; /* real: rules may ask for the user, who may change */
};

/* A part of a file's path: its folder from the leaf up, each component with its NUL, or an ending at the right of its room. */
struct filter_name {
	__u16 kind; /* enum wire_filter */
	__u16 length;
	__u8 bytes[FILTER_PATH_MAX];
};

#define FILTER_ENDING_MAX 16

/* A port, or an address with its family. */
struct filter_end {
	__u16 kind; /* enum wire_filter */
	__u16 number;
	__u8 address[16];
};

struct filter_verdict {
	__u32 generation; /* of the rules that say so */
	__u32 unwanted; /* enum wire_unwanted */
};

/*
 * The rules in force, by number. 0: nothing is filtered. An entry with another number says nothing.
 * Behind it, of which kinds (1 << enum wire_filter) there are entries: what has none is not looked up.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} filter_generation SEC(".maps");

/* All of them make room by themselves: what is forgotten is sent again. */
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

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct filter_name);
	__type(value, struct filter_verdict);
} filter_names SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct filter_end);
	__type(value, struct filter_verdict);
} filter_ends SEC(".maps");

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

static __always_inline __u32 filter_kinds(void)
{
	__u32 one = 1, *kinds = bpf_map_lookup_elem(&filter_generation, &one);
	return kinds ? *kinds : 0;
}

static __always_inline struct filter_process filter_key(const struct wire_task *task)
{
	return (struct filter_process){
		.start_ns = task->start_ns, .exec_id = task->exec_id, .pid = task->pid, .uid = task->uid
	};
}

static __always_inline bool says_unwanted(const struct filter_verdict *verdict, __u32 generation, __u32 deeds)
{
	return verdict && verdict->generation == generation && (verdict->unwanted & deeds) == deeds;
}

/* What is said of who does it: see WIRE_UNNAMED_SHIFT. */
READ_ONCE_BY_VERIFIER int said_of_process(const struct wire_task *task, __u32 generation)
{
	if (!task)
		return 0;
	struct filter_process key = filter_key(task);
	struct filter_verdict *verdict = bpf_map_lookup_elem(&filter_processes, &key);
	return verdict && verdict->generation == generation ? verdict->unwanted : 0;
}

/* Whether what is said of a part of a path, and of whoever does the deeds, leaves all of them out. */
static __always_inline bool part_unwanted(const struct filter_verdict *part, __u32 process, __u32 generation, __u32 deeds)
{
	return part && part->generation == generation &&
	       ((part->unwanted | (part->unwanted & process) >> WIRE_UNNAMED_SHIFT) & deeds) == deeds;
}

static __always_inline bool is_unwanted(const struct filter_process *key, __u32 generation, __u32 deeds)
{
	return says_unwanted(bpf_map_lookup_elem(&filter_processes, key), generation, deeds);
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
		.uid = BPF_CORE_READ(task, real_cred, uid.val),
	};
	return is_unwanted(&key, generation, deeds);
}

/* The same of the current task. */
static __always_inline bool unwanted(__u32 deeds, __u32 kind)
{
	return unwanted_later(deeds) && count_filtered(kind);
}

/* --- whoever does it --------------------------------------------------------------------------------------------- */

#define KIND(kind) (1U << (kind))
#define KINDS_OF_NAMES (KIND(WIRE_FILTER_FOLDER) | KIND(WIRE_FILTER_ENDING))

/* Where keys are put together: in the scratch, behind everything that a record is made of. */
struct filter_room {
	__u8 name[WIRE_NAME_MAX];
	struct filter_name key __attribute__((aligned(8)));
};

#define FILTER_ROOM (SCRATCH_SMALL - sizeof(struct filter_room))

/* By words: the compiler would take care of a key that begins anywhere, byte by byte. */
static __always_inline void clear_key(struct filter_name *key)
{
	__builtin_memset(__builtin_assume_aligned(key, 8), 0, sizeof(*key));
}

/* The entry of a folder, if there is one. */
static __always_inline struct filter_verdict *said_of_folder(struct filter_name *key, const __u8 *folder, __u32 length)
{
	if (!length || length >= FILTER_PATH_MAX)
		return 0;
	clear_key(key);
	key->kind = WIRE_FILTER_FOLDER;
	key->length = length;
	/* Says again what has just been asked: the verifier looks at the register that is used, not at its copies. */
	asm volatile("%0 &= %1" : "+r"(length) : "i"(FILTER_PATH_MAX - 1));
	if (bpf_probe_read_kernel(key->bytes, length, folder))
		return 0;
	return bpf_map_lookup_elem(&filter_names, key);
}

/*
 * The entry of an ending: the last bytes before the NUL, with what stands before the last dot taken away. No branch for
 * each byte: they are 16.
 */
static __always_inline struct filter_verdict *said_of_ending(struct filter_name *key, const __u8 *behind, __u32 length)
{
	__u32 found = 0, kept = 0;
	clear_key(key);
	if (bpf_probe_read_kernel(key->bytes, FILTER_ENDING_MAX, behind - FILTER_ENDING_MAX))
		return 0;
	for (int i = FILTER_ENDING_MAX - 1; i >= 0; i--) {
		__u32 byte = key->bytes[i], is_dot = ((byte ^ '.') - 1) >> 31;
		key->bytes[i] = byte & (found - 1);
		kept += 1 - found;
		found |= is_dot;
		barrier_var(found);
	}
	if (!found || kept > length)
		return 0;
	key->kind = WIRE_FILTER_ENDING;
	key->length = FILTER_ENDING_MAX;
	return bpf_map_lookup_elem(&filter_names, key);
}

/*
 * Whether nobody wants these deeds of the file whose path has its head at `head_at` and ends the record, at `end`. It is what user space makes the
 * event's text of, so the path must be whole, and the kernel's own.
 */
READ_ONCE_BY_VERIFIER int unwanted_name(struct small *scratch, __u32 head_at, __u32 end, __u32 deeds, __u32 kind)
{
	__u32 generation = generation_now(), kinds = filter_kinds();
	if (!scratch || head_at > PATHS_END)
		return false;
	__u8 *bytes = scratch->bytes;
	const struct wire_path *head = (void *)&bytes[head_at];
	__u32 length = head->length;
	/* Asked for once more: for 6.1 no key of a map is in what a function was given, but in the value of a map. */
	__u8 *own = scratch_bytes(scratch->number);
	if (!own)
		return false;
	struct filter_room *room = (void *)&own[FILTER_ROOM];
	if (!generation || !(kinds & KINDS_OF_NAMES) || head->flags & ~WIRE_PATH_DELETED)
		return false;
	if (end > PATHS_END || length > end)
		return false;
	__u32 start = end - length;
	if (start < FILTER_ENDING_MAX || start > PATHS_END)
		return false;
	long size = bpf_probe_read_kernel_str(room->name, sizeof(room->name), &bytes[start]);
	if (size <= 1 || size > WIRE_NAME_MAX || size > length)
		return false;
	__u32 folder = start + size;
	if (folder > PATHS_END)
		return false;
	/* Every record of a file has who did it behind its header. */
	__u32 process = said_of_process((void *)&bytes[sizeof(struct wire_header)], generation);
	if ((kinds & KIND(WIRE_FILTER_FOLDER) &&
	     part_unwanted(said_of_folder(&room->key, &bytes[folder], end - folder), process, generation, deeds)) ||
	    (kinds & KIND(WIRE_FILTER_ENDING) &&
	     part_unwanted(said_of_ending(&room->key, &bytes[folder - 1], size - 1), process, generation, deeds)))
		return count_filtered(kind);
	return false;
}

static __always_inline bool end_unwanted(__u32 kinds, __u32 generation, __u16 kind, __u16 number, const __u8 *address)
{
	struct filter_end key __attribute__((aligned(8))) = { .kind = kind, .number = number };
	if (!(kinds & KIND(kind)))
		return false;
	if (address)
		__builtin_memcpy(key.address, __builtin_assume_aligned(address, 4), sizeof(key.address));
	return says_unwanted(bpf_map_lookup_elem(&filter_ends, &key), generation, WIRE_UNWANTED_NETWORK);
}

/* Whether nobody wants connections like this one, by its ports and addresses. The source is who began. */
READ_ONCE_BY_VERIFIER int unwanted_ends(const struct wire_network *record)
{
	__u32 generation = generation_now(), kinds = filter_kinds();
	if (!record)
		return false;
	bool out = record->direction == WIRE_NETWORK_OUT;
	__u16 local_port = out ? WIRE_FILTER_SOURCE_PORT : WIRE_FILTER_DESTINATION_PORT;
	__u16 remote_port = out ? WIRE_FILTER_DESTINATION_PORT : WIRE_FILTER_SOURCE_PORT;
	__u16 local = out ? WIRE_FILTER_SOURCE_ADDRESS : WIRE_FILTER_DESTINATION_ADDRESS;
	__u16 remote = out ? WIRE_FILTER_DESTINATION_ADDRESS : WIRE_FILTER_SOURCE_ADDRESS;
	if (!generation || !(kinds & ~KINDS_OF_NAMES))
		return false;
	if (end_unwanted(kinds, generation, remote_port, record->remote_port, 0) ||
	    end_unwanted(kinds, generation, remote, record->family, record->remote) ||
	    end_unwanted(kinds, generation, local_port, record->local_port, 0) ||
	    end_unwanted(kinds, generation, local, record->family, record->local))
		return count_filtered(WIRE_NETWORK);
	return false;
}

/* --- names and images -------------------------------------------------------------------------------------------- */

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

/* Whether nobody wants a change of names: by the name that is told last, when it is the kernel's own. */
static __always_inline bool unwanted_names(struct small *scratch, __u32 end)
{
	const struct wire_file_name *record = (void *)scratch->bytes;
	bool goes = record->deed == WIRE_NAME_UNLINK || record->deed == WIRE_NAME_TRUNCATE;
	__u32 told_at = goes ? __builtin_offsetof(struct wire_file_name, from) : __builtin_offsetof(struct wire_file_name, to);
	bool exact = goes ? record->from.exact : record->to.exact;
	if (!exact || (record->deed == WIRE_NAME_RENAME && record->call_flags & RENAME_EXCHANGE))
		return false;
	return unwanted_name(scratch, told_at, end, deeds_on_names(record->deed), WIRE_FILE_NAME);
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
	if (!generation || record->parent.exec_id != record->task.exec_id || record->parent.uid != record->task.uid)
		return;
	struct filter_process parent = filter_key(&record->parent), child = filter_key(&record->task);
	struct filter_verdict *verdict = bpf_map_lookup_elem(&filter_processes, &parent);
	if (!verdict || verdict->generation != generation)
		return;
	bpf_map_update_elem(&filter_processes, &child, verdict, BPF_ANY);
}

#endif
