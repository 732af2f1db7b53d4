/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls by the 32-bit entry (int 0x80, ia32 programs), x86 only: they have other numbers and other argument
 * registers, and the tracepoints of single calls leave them out. So they do with x32 calls, where a kernel has those.
 * One program on every exit of the machine sees them; docs/decisions/0007-compat-calls.md weighs what that costs.
 */
#if defined(__TARGET_ARCH_x86)

#define COMPAT_1(regs) ((__u64)(__u32)OF_KNOWN(regs, bx))
#define COMPAT_2(regs) ((__u64)(__u32)OF_KNOWN(regs, cx))
#define COMPAT_3(regs) ((__u64)(__u32)OF_KNOWN(regs, dx))
#define COMPAT_4(regs) ((__u64)(__u32)OF_KNOWN(regs, si))
#define COMPAT_5(regs) ((__u64)(__u32)OF_KNOWN(regs, di))

/* Numbers of arch/x86/entry/syscalls/syscall_32.tbl. */
enum compat_call {
	COMPAT_OPEN = 5,
	COMPAT_CREAT = 8,
	COMPAT_LINK = 9,
	COMPAT_UNLINK = 10,
	COMPAT_MKNOD = 14,
	COMPAT_PTRACE = 26,
	COMPAT_RENAME = 38,
	COMPAT_SYMLINK = 83,
	COMPAT_TRUNCATE = 92,
	COMPAT_FTRUNCATE = 93,
	COMPAT_SOCKETCALL = 102,
	COMPAT_TRUNCATE64 = 193,
	COMPAT_FTRUNCATE64 = 194,
	COMPAT_OPENAT = 295,
	COMPAT_MKNODAT = 297,
	COMPAT_UNLINKAT = 301,
	COMPAT_RENAMEAT = 302,
	COMPAT_LINKAT = 303,
	COMPAT_SYMLINKAT = 304,
	COMPAT_RENAMEAT2 = 353,
	COMPAT_BPF = 357,
	COMPAT_BIND = 361,
	COMPAT_ACCEPT4 = 364,
	COMPAT_OPENAT2 = 437,
};

/* Calls of socketcall(2), whose arguments lie in the caller's memory. */
#define SOCKETCALL_BIND 2
#define SOCKETCALL_ACCEPT 5
#define SOCKETCALL_ACCEPT4 18

/*
 * The number is read anew by each that looks at it: the verifier would follow everything after the first look once for
 * each number that was told apart there.
 */
static __noinline int compat_names(struct pt_regs *regs)
{
	int number = SYSCALL_NUMBER(regs);
	struct call_place from = NOWHERE, to = NOWHERE;
	__u32 deed = 0, socket_call[2] = { COMPAT_1(regs), COMPAT_2(regs) };
	__u64 flags = 0;

	switch (number) {
	case COMPAT_UNLINK:
		deed = WIRE_NAME_UNLINK;
		from = PLACE(AT_FDCWD, COMPAT_1(regs));
		break;
	case COMPAT_UNLINKAT:
		flags = COMPAT_3(regs);
		if (flags & AT_REMOVEDIR)
			return 0;
		deed = WIRE_NAME_UNLINK;
		from = PLACE(COMPAT_1(regs), COMPAT_2(regs));
		break;
	case COMPAT_RENAME:
	case COMPAT_LINK:
		deed = number == COMPAT_LINK ? WIRE_NAME_LINK : WIRE_NAME_RENAME;
		from = PLACE(AT_FDCWD, COMPAT_1(regs));
		to = PLACE(AT_FDCWD, COMPAT_2(regs));
		break;
	case COMPAT_RENAMEAT:
	case COMPAT_RENAMEAT2:
	case COMPAT_LINKAT:
		deed = number == COMPAT_LINKAT ? WIRE_NAME_LINK : WIRE_NAME_RENAME;
		flags = number == COMPAT_RENAMEAT ? 0 : COMPAT_5(regs);
		from = PLACE(COMPAT_1(regs), COMPAT_2(regs));
		to = PLACE(COMPAT_3(regs), COMPAT_4(regs));
		break;
	case COMPAT_SYMLINK:
		deed = WIRE_NAME_SYMLINK;
		to = PLACE(AT_FDCWD, COMPAT_2(regs));
		break;
	case COMPAT_SYMLINKAT:
		deed = WIRE_NAME_SYMLINK;
		to = PLACE(COMPAT_2(regs), COMPAT_3(regs));
		break;
	case COMPAT_MKNOD:
		deed = WIRE_NAME_MKNOD;
		flags = COMPAT_2(regs);
		to = PLACE(AT_FDCWD, COMPAT_1(regs));
		break;
	case COMPAT_MKNODAT:
		deed = WIRE_NAME_MKNOD;
		flags = COMPAT_3(regs);
		to = PLACE(COMPAT_1(regs), COMPAT_2(regs));
		break;
	case COMPAT_SOCKETCALL:
		if (socket_call[0] != SOCKETCALL_BIND ||
		    bpf_probe_read_user(socket_call, sizeof(socket_call), (void *)(__u64)socket_call[1]))
			return 0;
		/* As bind itself. */
	case COMPAT_BIND:
		if (!made_a_node(socket_call[0]))
			return 0;
		deed = WIRE_NAME_MKNOD;
		flags = S_IFSOCK;
		if (!settings_now().touched_known)
			to = PLACE(AT_FDCWD, (__u64)socket_call[1] + SOCKET_PATH);
		break;
	case COMPAT_TRUNCATE:
	case COMPAT_TRUNCATE64:
		if (COMPAT_2(regs) || (number == COMPAT_TRUNCATE64 && COMPAT_3(regs)))
			return 0;
		deed = WIRE_NAME_TRUNCATE;
		from = PLACE(AT_FDCWD, COMPAT_1(regs));
		break;
	default:
		return 0;
	}
	report_names(deed, flags, &from, &to);
	return 0;
}

static __noinline int compat_descriptors(struct pt_regs *regs, long result)
{
	int number = SYSCALL_NUMBER(regs);
	__u64 flags = 0;

	switch (number) {
	case COMPAT_OPEN:
		return opened(result, COMPAT_2(regs));
	case COMPAT_OPENAT:
		return opened(result, COMPAT_3(regs));
	case COMPAT_CREAT:
		return opened(result, O_CREAT | O_TRUNC);
	case COMPAT_OPENAT2:
		bpf_probe_read_user(&flags, sizeof(flags), (void *)(__u64)COMPAT_3(regs));
		return opened(result, flags);
	case COMPAT_ACCEPT4:
		return accepted(result);
	case COMPAT_SOCKETCALL:
		if (COMPAT_1(regs) == SOCKETCALL_ACCEPT || COMPAT_1(regs) == SOCKETCALL_ACCEPT4)
			return accepted(result);
		return 0;
	case COMPAT_FTRUNCATE:
	case COMPAT_FTRUNCATE64:
		if (!COMPAT_2(regs) && (number == COMPAT_FTRUNCATE || !COMPAT_3(regs)))
			return emptied(file_of(COMPAT_1(regs)));
		return 0;
	case COMPAT_PTRACE:
		return result ? 0 : traced(COMPAT_1(regs));
	case COMPAT_BPF:
		return bpf_called(COMPAT_1(regs), COMPAT_2(regs), result);
	}
	return 0;
}

SEC(TRACEPOINT("sys_exit"))
int compat_exit(__u64 *context)
{
	struct pt_regs *regs = (void *)context[0];
	long result = (int)context[1];
	if (!in_compat_call())
		return IS_X32_CALL(regs) ? native_exit(regs, result) : 0;
	if (result == 0)
		compat_names(regs);
	if (changes_names(SYSCALL_NUMBER(regs), true))
		forget_touched();
	if (result >= 0)
		compat_descriptors(regs, result);
	return 0;
}

#endif
