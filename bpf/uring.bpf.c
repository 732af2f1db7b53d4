/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls through io_uring, tracepoint tier: they pass no exit of a system call. The kernel tells of each request that is
 * complete, in the task that asked for it or in a thread of its process. The deep tier stands on the functions that do
 * the work, and needs none of this.
 *
 * The strings of a request have been given back by then; what it touched has its names
 * (docs/decisions/0020-names-from-what-was-touched.md), and where nothing tells what was touched, before 6.13, they are
 * kept from the moment when the kernel took the request.
 */

/* Newer kernels (6.0 and later) keep what a call needs in `cmd`; before, each call had a member of its own. */
#define HAS_REQUEST_CMD bpf_core_field_exists(((struct io_kiocb *)0)->cmd)

static __always_inline void *cmd_of(struct io_kiocb *request)
{
	return (void *)request + bpf_core_field_offset(struct io_kiocb, cmd);
}

/*
 * The file that a request has opened: behind a descriptor, or in a place of the ring's own table, where a process may
 * keep files without any descriptor. The table has this form since 6.13; before, such files are counted as missed.
 */
static __always_inline struct file *file_of_request(struct io_kiocb *request, int result, __u32 slot, __u32 kind)
{
	if (!slot)
		return file_of(result);
	if (!bpf_core_field_exists(((struct io_rsrc_node *)0)->file_ptr)) {
		count_missed(kind);
		return 0;
	}
	/* Places count from one; the highest number lets the kernel choose one, which is the result then. */
	__u32 place = slot == (__u32)-1 ? result : slot - 1;
	struct io_ring_ctx *ring = BPF_CORE_READ(request, ctx);
	struct io_rsrc_node **nodes = BPF_CORE_READ(ring, file_table.data.nodes), *node = 0;
	if (place >= BPF_CORE_READ(ring, file_table.data.nr))
		return 0;
	bpf_core_read(&node, sizeof(node), nodes + place);
	return (void *)(BPF_CORE_READ(node, file_ptr) & ~3UL);
}

static __noinline int uring_opened(struct io_kiocb *request, int result)
{
	struct io_open *open = cmd_of(request);
	if (settings_now().by_calls & BY_CALLS_OPENS)
		opened_file(file_of_request(request, result, BPF_CORE_READ(open, file_slot), WIRE_FILE_OPEN),
			    BPF_CORE_READ(open, how.flags));
	return 0;
}

static __noinline int uring_emptied(struct io_kiocb *request)
{
	struct io_ftrunc *call = cmd_of(request);
	/* Since 6.9; what an older kernel does not know must not be in the way of all other requests. */
	if (!bpf_core_type_exists(struct io_ftrunc))
		return 0;
	if (settings_now().by_calls & BY_CALLS_OPENS && BPF_CORE_READ(call, len) == 0)
		emptied(BPF_CORE_READ(call, file));
	return 0;
}

/* What a request on names asks for. Old ones make room: a request whose names are gone is counted as missed. */
struct asked_names {
	int directories[2];
	char names[2][WIRE_USER_PATH_MAX];
};

/* User space leaves one entry where they are not needed. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 128);
	__type(key, __u64);
	__type(value, struct asked_names);
} asked SEC(".maps");

static __always_inline void keep_name(struct asked_names *asks, int which, int directory, struct filename *name)
{
	asks->directories[which] = directory;
	bpf_probe_read_kernel_str(asks->names[which], WIRE_USER_PATH_MAX, BPF_CORE_READ(name, name));
}

static __noinline int keep_names(struct io_kiocb *request)
{
	__u8 opcode = BPF_CORE_READ(request, opcode);
	__u64 key = (__u64)request;
	struct small *scratch;

	if (settings_now().touched_known || !(settings_now().by_calls & BY_CALLS_NAMES))
		return 0;
	if (opcode != URING_RENAMEAT && opcode != URING_UNLINKAT && opcode != URING_SYMLINKAT && opcode != URING_LINKAT)
		return 0;
	scratch = take_small(WIRE_FILE_NAME);
	if (!scratch)
		return 0;
	struct asked_names *asks = (void *)scratch->bytes;
	if (opcode == URING_UNLINKAT) {
		struct io_unlink *call = cmd_of(request);
		keep_name(asks, 0, BPF_CORE_READ(call, dfd), BPF_CORE_READ(call, filename));
	} else if (opcode == URING_RENAMEAT) {
		struct io_rename *call = cmd_of(request);
		keep_name(asks, 0, BPF_CORE_READ(call, old_dfd), BPF_CORE_READ(call, oldpath));
		keep_name(asks, 1, BPF_CORE_READ(call, new_dfd), BPF_CORE_READ(call, newpath));
	} else {
		struct io_link *call = cmd_of(request);
		keep_name(asks, 0, BPF_CORE_READ(call, old_dfd), BPF_CORE_READ(call, oldpath));
		keep_name(asks, 1, BPF_CORE_READ(call, new_dfd), BPF_CORE_READ(call, newpath));
	}
	bpf_map_update_elem(&asked, &key, asks, BPF_ANY);
	scratch->busy = 0;
	return 0;
}

/* Told of each request when the kernel has taken it, and read what it points to. */
SEC(TRACEPOINT("io_uring_submit_sqe"))
int uring_taken_sqe(__u64 *context)
{
	return keep_names((void *)context[0]);
}

/* 6.4 and later (2ad57931db64, "io_uring: rename trace_io_uring_submit_sqe() tracepoint"). */
SEC(TRACEPOINT("io_uring_submit_req"))
int uring_taken(__u64 *context)
{
	return keep_names((void *)context[0]);
}

#define KEPT(at, string) ((struct call_place){ .directory = (at), .kept = 1, .name = (string) })

static __noinline int uring_named(struct io_kiocb *request, __u8 opcode, int result)
{
	struct call_place from = NOWHERE, to = NOWHERE;
	__u64 key = (__u64)request, flags = 0;
	__u32 deed = WIRE_NAME_LINK;

	if (opcode == URING_UNLINKAT) {
		struct io_unlink *call = cmd_of(request);
		deed = WIRE_NAME_UNLINK;
		flags = (__u32)BPF_CORE_READ(call, flags);
	} else if (opcode == URING_RENAMEAT) {
		struct io_rename *call = cmd_of(request);
		deed = WIRE_NAME_RENAME;
		flags = (__u32)BPF_CORE_READ(call, flags);
	} else if (opcode == URING_SYMLINKAT) {
		deed = WIRE_NAME_SYMLINK;
	}
	struct asked_names *asks = bpf_map_lookup_elem(&asked, &key);
	if (asks && deed != WIRE_NAME_SYMLINK)
		from = KEPT(asks->directories[0], asks->names[0]);
	if (asks && deed != WIRE_NAME_UNLINK)
		to = KEPT(asks->directories[1], asks->names[1]);
	if (result == 0 && settings_now().by_calls & BY_CALLS_NAMES &&
	    !(deed == WIRE_NAME_UNLINK && flags & AT_REMOVEDIR))
		report_names_of(key, deed, flags, &from, &to);
	bpf_map_delete_elem(&touched, &key);
	if (asks)
		bpf_map_delete_elem(&asked, &key);
	return 0;
}

static __noinline int uring_accepted(struct io_kiocb *request, int result)
{
	struct io_accept *call = cmd_of(request);
	if (settings_now().by_calls & BY_CALLS_ACCEPTS)
		accepted_file(file_of_request(request, result, BPF_CORE_READ(call, file_slot), WIRE_NETWORK));
	return 0;
}

#ifdef BEFORE_5_17
/* Datagrams, where the exits of calls serve: a request passes none. */
#define TELLS_DATAGRAMS(opcode)                                                                                     \
	((opcode) == URING_SENDMSG || (opcode) == URING_RECVMSG || (opcode) == URING_SEND || (opcode) == URING_RECV || \
	 (opcode) == URING_SEND_ZC || (opcode) == URING_SENDMSG_ZC)

static __noinline int uring_passed(struct io_kiocb *request, __u8 opcode, int result)
{
	if (!(settings_now().by_calls & BY_CALLS_DATAGRAMS))
		return 0;
	__u16 direction = opcode == URING_RECVMSG || opcode == URING_RECV ? WIRE_NETWORK_IN : WIRE_NETWORK_OUT;
	return passed(BPF_CORE_READ(request, file), result, direction);
}
#else
#define TELLS_DATAGRAMS(opcode) false

static __always_inline int uring_passed(struct io_kiocb *request, __u8 opcode, int result)
{
	return 0;
}
#endif

/*
 * Told of each request when its completion is written. The arguments differ between kernels, all but the request;
 * since 5.19 the result stands in it (`cqe`).
 */
SEC(TRACEPOINT("io_uring_complete"))
int uring_complete(__u64 *context)
{
	struct io_kiocb *request = (void *)context[1];
	if (!request || !HAS_REQUEST_CMD)
		return 0;
	__u8 opcode = BPF_CORE_READ(request, opcode);
	if (TELLS_DATAGRAMS(opcode))
		return uring_passed(request, opcode, BPF_CORE_READ(request, cqe.res));
	if (opcode != URING_OPENAT && opcode != URING_OPENAT2 && opcode != URING_ACCEPT && opcode < URING_RENAMEAT)
		return 0;
	int result = BPF_CORE_READ(request, cqe.res);
	switch (opcode) {
	case URING_OPENAT:
	case URING_OPENAT2:
		return result < 0 ? 0 : uring_opened(request, result);
	case URING_ACCEPT:
		return result < 0 ? 0 : uring_accepted(request, result);
	case URING_FTRUNCATE:
		return result ? 0 : uring_emptied(request);
	case URING_RENAMEAT:
	case URING_UNLINKAT:
	case URING_SYMLINKAT:
	case URING_LINKAT:
		return uring_named(request, opcode, result);
	}
	return 0;
}
