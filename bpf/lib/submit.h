/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a fact to the ring: take a scratch, fill it, submit it.
 *
 * A record is put together in a scratch buffer and copied into the ring with its exact size, because a reservation
 * must have a constant size and paths have none. Each CPU has several scratch buffers, because an interrupt may
 * bring a fact (a TCP handshake) while another is being filled, and another task may be scheduled in the middle.
 */
#ifndef TUXMON_SUBMIT_H
#define TUXMON_SUBMIT_H

#include "kernel_compat.h"
#include "../wire.h"

#define SCRATCH_PER_CPU 3
#define SCRATCH_SMALL 0xa000 /* two bases, two names, two touched files */
#define SCRATCH_LARGE 0x28000 /* two paths and 128 KiB of arguments */
/* Paths end here in both kinds of scratch; while a path is walked, the walk's own state lies behind. */
#define PATHS_END 0x8000

struct small {
	__u32 busy;
	__u32 number; /* see scratch_bytes() */
	__u8 bytes[SCRATCH_SMALL];
};

struct large {
	__u32 busy;
	__u32 number;
	__u8 bytes[SCRATCH_LARGE];
};

/* User space sets the number of entries of both to SCRATCH_PER_CPU times the number of possible CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SCRATCH_PER_CPU);
	__type(key, __u32);
	__type(value, struct small);
} scratch_small SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SCRATCH_PER_CPU);
	__type(key, __u32);
	__type(value, struct large);
} scratch_large SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WIRE_KIND_COUNT);
	__type(key, __u32);
	__type(value, struct wire_account);
} accounts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sequences SEC(".maps");

static __always_inline struct wire_account *account_of(__u32 kind)
{
	return bpf_map_lookup_elem(&accounts, &kind);
}

/* The hook saw that something happened and could not find out what: counted, and told by user space. */
static __always_inline void count_missed(__u32 kind)
{
	struct wire_account *account = account_of(kind);
	if (account)
		__sync_fetch_and_add(&account->missed, 1);
}

static __always_inline void fill_header_unnumbered(struct wire_header *header, __u16 kind)
{
	header->kind = kind;
	header->cpu = bpf_get_smp_processor_id();
	header->time_ns = bpf_ktime_get_boot_ns();
	header->sequence = WIRE_UNNUMBERED;
}

/* Fills the header, all but the size. The number is used up even when the record is lost later: a gap shows it. */
static __always_inline void fill_header(struct wire_header *header, __u16 kind)
{
	__u32 zero = 0;
	__u64 *sequence = bpf_map_lookup_elem(&sequences, &zero);
	fill_header_unnumbered(header, kind);
	if (sequence)
		header->sequence = FETCH_AND_ADD(sequence, 1);
}

/*
 * How many sixteenths of the ring may be full for a record of this kind to be taken. Whoever floods the ring with files
 * finds it closed at the half; what is left is for those whose loss cannot be made good: first connections, and only
 * processes to the brim. docs/decisions/0021-who-may-fill-the-ring.md has the measurements.
 */
static __always_inline __u32 sixteenths_of(__u16 kind)
{
	switch (kind) {
	case WIRE_FILE_OPEN:
	case WIRE_FILE_NAME:
	case WIRE_PTRACE:
	case WIRE_BPF:
		return 8;
	case WIRE_NETWORK:
		return 12;
	default:
		return 16;
	}
}

static __always_inline bool may_enter(__u16 kind)
{
	__u32 sixteenths = sixteenths_of(kind);
	if (sixteenths == 16)
		return true;
	__u64 size = bpf_ringbuf_query(&ring, BPF_RB_RING_SIZE);
	return bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) <= size / 16 * sixteenths;
}

static __always_inline void submit(void *record, __u32 size, __u16 kind)
{
	struct wire_header *header = record;
	header->size = size;
	struct wire_account *account = account_of(kind);
	bool taken = may_enter(kind) && !bpf_ringbuf_output(&ring, record, size, 0);
	if (!account)
		return;
	if (taken) {
		__sync_fetch_and_add(&account->submitted, 1);
		return;
	}
	if (!account->lost)
		account->first_lost_ns = header->time_ns;
	account->last_lost_ns = header->time_ns;
	__sync_fetch_and_add(&account->lost, 1);
}

/*
 * take_small, take_large: a scratch nobody on this CPU uses; none when interrupts nest deeper than we have buffers.
 */
#define DEFINE_TAKE(size, flag)                                                               \
	static __always_inline struct size *take_##size(__u16 kind)                           \
	{                                                                                     \
		__u32 first = bpf_get_smp_processor_id() * SCRATCH_PER_CPU;                   \
		for (__u32 i = 0; i < SCRATCH_PER_CPU; i++) {                                 \
			__u32 key = first + i;                                                \
			struct size *scratch = bpf_map_lookup_elem(&scratch_##size, &key);    \
			if (scratch && !scratch->busy && TAKE_IF(&scratch->busy, 0, 1)) {     \
				scratch->number = key | flag;                                 \
				return scratch;                                               \
			}                                                                     \
		}                                                                             \
		count_missed(kind);                                                           \
		return 0;                                                                     \
	}

#define NUMBER_OF_LARGE (1U << 31)

DEFINE_TAKE(small, 0)
DEFINE_TAKE(large, NUMBER_OF_LARGE)

/*
 * The bytes of a scratch by its number. A function that is verified by itself can be given numbers, but before 5.12 no
 * pointers (e5069b9c23b3, "bpf: Support pointers in global func args").
 */
static __always_inline __u8 *scratch_bytes(__u32 number)
{
	__u32 key = number & ~NUMBER_OF_LARGE;
	if (number & NUMBER_OF_LARGE) {
		struct large *large = bpf_map_lookup_elem(&scratch_large, &key);
		return large ? large->bytes : 0;
	}
	struct small *small = bpf_map_lookup_elem(&scratch_small, &key);
	return small ? small->bytes : 0;
}

static __always_inline __u32 number_of(const __u8 *bytes)
{
	return ((const struct small *)(bytes - __builtin_offsetof(struct small, bytes)))->number;
}

#endif
