/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One helper for each difference between kernels, with the commit that made it.
 *
 * Most are asked of the running kernel (CO-RE). Where an old kernel does not even parse what a new one needs, the
 * kernel side is compiled a second time with -DBEFORE_5_17; and a third time with -DWITHOUT_KERNEL_BTF too, for kernels
 * that do not know their own types, whose types come from a file.
 */
#ifndef TUXMON_KERNEL_COMPAT_H
#define TUXMON_KERNEL_COMPAT_H

#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/* The build machine's linux/bpf.h may be older than the helpers that we ask the running kernel for. */
enum bpf_func_id___wanted {
	BPF_FUNC_task_pt_regs___wanted = 175,
};

#define HAS_HELPER(name) bpf_core_enum_value_exists(enum bpf_func_id___wanted, BPF_FUNC_##name##___wanted)

/*
 * Tracepoints with arguments that the kernel knows the types of, or with the same arguments as plain numbers: we read
 * through them by CO-RE either way.
 */
#ifdef WITHOUT_KERNEL_BTF
#define TRACEPOINT(name) "raw_tp/" name
#else
#define TRACEPOINT(name) "tp_btf/" name
#endif

struct inode___timespec {
	struct timespec64 __i_ctime;
} __attribute__((preserve_access_index));

struct inode___plain {
	struct timespec64 i_ctime;
} __attribute__((preserve_access_index));

/*
 * 6.11 (3aa63a569c64, "fs: switch timespec64 fields in inode to discrete integers") split the change time;
 * 6.6 (13bc24457850, "fs: rename i_ctime field to __i_ctime") had renamed it.
 * 6.13 (4e40eff0b573, "fs: add infrastructure for multigrain timestamps") keeps a flag in the top bit of the
 * nanoseconds; they never need more than 30 bits.
 */
static __always_inline __u64 inode_ctime_ns(struct inode *inode)
{
	if (bpf_core_field_exists(inode->i_ctime_sec))
		return BPF_CORE_READ(inode, i_ctime_sec) * 1000000000ULL +
		       (BPF_CORE_READ(inode, i_ctime_nsec) & 0x3fffffff);
	struct inode___timespec *middle = (void *)inode;
	if (bpf_core_field_exists(middle->__i_ctime))
		return BPF_CORE_READ(middle, __i_ctime.tv_sec) * 1000000000ULL +
		       BPF_CORE_READ(middle, __i_ctime.tv_nsec);
	struct inode___plain *old = (void *)inode;
	return BPF_CORE_READ(old, i_ctime.tv_sec) * 1000000000ULL + BPF_CORE_READ(old, i_ctime.tv_nsec);
}

/*
 * The current task, as a pointer that the verifier knows the type of, as it knows those of what a hooked function was
 * called with: members of them, and of what they point to, are one load each, where a read through a helper is a call.
 * 5.11 (3ca1032ab7ab, "bpf: Implement get_current_task_btf and RET_PTR_TO_BTF_ID").
 */
#ifdef BEFORE_5_17
#define CURRENT_TASK ((struct task_struct *)bpf_get_current_task())
#define OF_KNOWN(pointer, member) BPF_CORE_READ(pointer, member)
#else
#define CURRENT_TASK bpf_get_current_task_btf()
#define OF_KNOWN(pointer, member) ((pointer)->member)
#endif

/* 6.9 (df8838737b36, "x86/fred: Reserve space for the FRED stack frame") leaves room above the registers. */
struct fred_info {
	unsigned long edata;
} __attribute__((preserve_access_index));

/*
 * Registers of the system call that the current task is in. 5.15 (dd6e10fbd9fb, "bpf: Add bpf_task_pt_regs()
 * helper") gave the helper, for kernels that know their types; else they lie at the top of the kernel stack, which has
 * 16 KiB on both machines.
 */
static __always_inline struct pt_regs *current_registers(void)
{
#ifndef BEFORE_5_17
	return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
#else
#ifndef WITHOUT_KERNEL_BTF
	if (HAS_HELPER(task_pt_regs))
		return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
#endif
	struct task_struct *task = (void *)bpf_get_current_task();
	__u64 above = bpf_core_type_exists(struct fred_info) ? 16 : 0;
	return BPF_CORE_READ(task, stack) + 16384 - above - bpf_core_type_size(struct pt_regs);
#endif
}

#if defined(__TARGET_ARCH_x86)
#define REGISTER_1(call) OF_KNOWN(call, di)
#define REGISTER_2(call) OF_KNOWN(call, si)
#define REGISTER_3(call) OF_KNOWN(call, dx)
#define REGISTER_4(call) OF_KNOWN(call, r10)
#define REGISTER_5(call) OF_KNOWN(call, r8)
/* x32 calls have the registers and, but for a few of their own, the numbers of native ones, with this bit. */
#define X32_CALL 0x40000000
#define IS_X32_CALL(call) (OF_KNOWN(call, orig_ax) & X32_CALL)
#define SYSCALL_NUMBER(call) ((int)OF_KNOWN(call, orig_ax) & ~X32_CALL)
#elif defined(__TARGET_ARCH_arm64)
/* The first register holds the result at the exit; its old value is kept aside. */
#define REGISTER_1(call) BPF_CORE_READ(call, orig_x0)
#define REGISTER_2(call) BPF_CORE_READ(call, user_regs.regs[1])
#define REGISTER_3(call) BPF_CORE_READ(call, user_regs.regs[2])
#define REGISTER_4(call) BPF_CORE_READ(call, user_regs.regs[3])
#define REGISTER_5(call) BPF_CORE_READ(call, user_regs.regs[4])
#define SYSCALL_NUMBER(call) BPF_CORE_READ(call, syscallno)
#define IS_X32_CALL(call) false
#endif

/*
 * A function that the verifier reads once for each program, and not once for each way to each of its calls. 5.12
 * (e5069b9c23b3, "bpf: Support pointers in global func args") lets it take pointers; before, it is read as any other.
 */
#ifdef BEFORE_5_17
#define READ_ONCE_BY_VERIFIER static __noinline
#else
#define READ_ONCE_BY_VERIFIER __noinline
#endif

/* x86: set while a task is in a call that came by int 0x80 or sysenter. */
#define TS_COMPAT 2

static __always_inline bool in_compat_call(void)
{
#if defined(__TARGET_ARCH_x86)
	return OF_KNOWN(CURRENT_TASK, thread_info.status) & TS_COMPAT;
#else
	return OF_KNOWN(CURRENT_TASK, thread_info.flags) & (1UL << 22); /* TIF_32BIT */
#endif
}

/*
 * A value that belongs to a socket. 5.11 (8e4597c627fb, "bpf: Allow using bpf_sk_storage in FENTRY/FEXIT/RAW_TP") keeps
 * it in the socket, where no number of sockets crowds out another's; before, a map of the latest must do.
 */
#ifdef BEFORE_5_17
#define SOCKET_VALUES(name, type_of_value)               \
	struct {                                         \
		__uint(type, BPF_MAP_TYPE_LRU_HASH);     \
		__uint(max_entries, 16384);              \
		__type(key, __u64);                      \
		__type(value, type_of_value);            \
	} name SEC(".maps")
#define SOCKET_VALUE(name, sk, cookie) bpf_map_lookup_elem(&name, &cookie)
#define SOCKET_VALUE_OR_NEW(name, sk, cookie, none)                                \
	({                                                                         \
		void *value = bpf_map_lookup_elem(&name, &cookie);                 \
		if (!value && !bpf_map_update_elem(&name, &cookie, none, BPF_ANY)) \
			value = bpf_map_lookup_elem(&name, &cookie);               \
		value;                                                             \
	})
#else
#define SOCKET_VALUES(name, type_of_value)             \
	struct {                                       \
		__uint(type, BPF_MAP_TYPE_SK_STORAGE); \
		__uint(map_flags, BPF_F_NO_PREALLOC);  \
		__type(key, int);                      \
		__type(value, type_of_value);          \
	} name SEC(".maps")
#define SOCKET_VALUE(name, sk, cookie) ((void)(cookie), bpf_sk_storage_get(&name, sk, 0, 0))
#define SOCKET_VALUE_OR_NEW(name, sk, cookie, none) \
	((void)(cookie), bpf_sk_storage_get(&name, sk, none, BPF_SK_STORAGE_GET_F_CREATE))
#endif

/*
 * 5.12 (5ca419f2864a, "bpf: Add BPF_FETCH field / create atomic_fetch_add instruction") tells what was there before.
 * Without it two writers at the same instant may take one place: a flow is reported later, two records of a CPU have
 * the same number, which no total is wrong by; and of two who want a scratch buffer, one would have to be scheduled in
 * between the other's two instructions.
 */
#ifdef BEFORE_5_17
#define FETCH_AND_ADD(place, count)                 \
	({                                          \
		__u64 before = *(place);            \
		__sync_fetch_and_add(place, count); \
		before;                             \
	})
#define TAKE_IF(place, before, after) ({ *(place) = (after); true; })
#else
#define FETCH_AND_ADD(place, count) __sync_fetch_and_add(place, count)
#define TAKE_IF(place, before, after) (__sync_val_compare_and_swap(place, before, after) == (before))
#endif

struct dentry___plain {
	struct hlist_node d_alias;
} __attribute__((preserve_access_index));

/*
 * The union around d_alias has lost its name: d_u in 6.18, none in 7.2. The two offsets must stay apart, because one of
 * them is no instruction that the verifier accepts, and the compiler would load it first.
 */
static __always_inline struct dentry *dentry_of_alias(struct hlist_node *alias)
{
	__u64 offset;
	if (bpf_core_field_exists(struct dentry___plain, d_alias)) {
		offset = bpf_core_field_offset(struct dentry___plain, d_alias);
		asm volatile("%0 += 0" : "+r"(offset));
	} else {
		offset = bpf_core_field_offset(struct dentry, d_u.d_alias);
		asm volatile("%0 -= 0" : "+r"(offset));
	}
	return (void *)alias - offset;
}

#endif
