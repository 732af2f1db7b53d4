/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Native system calls, told apart by their number: x32 calls, which have most of the native numbers, and all calls on
 * machines that let nobody stand at the exits of single ones; docs/decisions/0008-ask-at-the-exit.md says when.
 */

/* Native calls that leave a descriptor or are about one, by number; those on names stand in file.bpf.c. */
enum {
#if defined(__TARGET_ARCH_x86)
	CALL_OPEN = 2,
	CALL_ACCEPT = 43,
	CALL_SENDTO = 44,
	CALL_RECVFROM = 45,
	CALL_SENDMSG = 46,
	CALL_RECVMSG = 47,
	CALL_FTRUNCATE = 77,
	CALL_CREAT = 85,
	CALL_PTRACE = 101,
	CALL_OPENAT = 257,
	CALL_ACCEPT4 = 288,
	CALL_RECVMMSG = 299,
	CALL_SENDMMSG = 307,
	CALL_BPF = 321,
	CALL_OPENAT2 = 437,
	CALL_PTRACE_OF_X32 = 521,
#else
	CALL_FTRUNCATE = 46,
	CALL_OPENAT = 56,
	CALL_PTRACE = 117,
	CALL_ACCEPT = 202,
	CALL_SENDTO = 206,
	CALL_RECVFROM = 207,
	CALL_SENDMSG = 211,
	CALL_RECVMSG = 212,
	CALL_ACCEPT4 = 242,
	CALL_RECVMMSG = 243,
	CALL_SENDMMSG = 269,
	CALL_BPF = 280,
	CALL_OPENAT2 = 437,
	/* Not on this architecture. */
	CALL_OPEN = -1,
	CALL_CREAT = -2,
	CALL_PTRACE_OF_X32 = -3,
#endif
};

static __noinline int called_on_descriptors(struct pt_regs *regs, long result)
{
	__u64 flags = 0;

	switch (SYSCALL_NUMBER(regs)) {
	case CALL_OPEN:
		return opened(result, REGISTER_2(regs));
	case CALL_OPENAT:
		return opened(result, REGISTER_3(regs));
	case CALL_CREAT:
		return opened(result, O_CREAT | O_TRUNC);
	case CALL_OPENAT2:
		bpf_probe_read_user(&flags, sizeof(flags), (void *)REGISTER_3(regs));
		return opened(result, flags);
	case CALL_ACCEPT:
	case CALL_ACCEPT4:
		return accepted(result);
	case CALL_FTRUNCATE:
		return REGISTER_2(regs) ? 0 : emptied(file_of(REGISTER_1(regs)));
	case CALL_PTRACE:
	case CALL_PTRACE_OF_X32:
		return result ? 0 : traced(REGISTER_1(regs));
	case CALL_BPF:
		return bpf_called(REGISTER_1(regs), REGISTER_2(regs), result);
	}
	return 0;
}

static __always_inline int native_exit(struct pt_regs *regs, long result)
{
	if (result == 0)
		called_on_names(regs);
	if (changes_names(SYSCALL_NUMBER(regs), false))
		forget_touched();
	return result < 0 ? 0 : called_on_descriptors(regs, result);
}

/* --- all calls -------------------------------------------------------------------------------------------------- */

#define CALLS_MAX 512

/* By number: whether nobody stands at the exit of this call, and its facts are wanted. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CALLS_MAX);
	__type(key, __u32);
	__type(value, __u64);
} wanted_calls SEC(".maps");

#ifdef BEFORE_5_17
static __noinline int passed_by_call(struct pt_regs *regs, long result)
{
	int number = SYSCALL_NUMBER(regs);
	__u16 direction = WIRE_NETWORK_IN;

	switch (number) {
	case CALL_SENDTO:
	case CALL_SENDMSG:
	case CALL_SENDMMSG:
		direction = WIRE_NETWORK_OUT;
		break;
	case CALL_RECVFROM:
	case CALL_RECVMSG:
	case CALL_RECVMMSG:
		break;
	default:
		return 0;
	}
	/* The verifier follows what comes once, and not once for each direction. */
	barrier_var(direction);
	return passed(file_of(REGISTER_1(regs)), result, direction);
}
#else
static __always_inline int passed_by_call(struct pt_regs *regs, long result)
{
	return 0;
}
#endif

/* Calls by the 32-bit entry and x32 calls are the other program's on this place (compat_exit). */
SEC(TRACEPOINT("sys_exit"))
int call_exit(__u64 *context)
{
	struct pt_regs *regs = (void *)context[0];
	long result = (int)context[1];
	__u32 number = SYSCALL_NUMBER(regs);
	__u64 *wanted = bpf_map_lookup_elem(&wanted_calls, &number);

	if (!wanted || !*wanted || in_compat_call() || IS_X32_CALL(regs))
		return 0;
	passed_by_call(regs, result);
	return native_exit(regs, result);
}
