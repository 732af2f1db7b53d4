/* SPDX-License-Identifier: GPL-2.0-only */
/* Connections: TCP when it is established or accepted, UDP with the first datagram between two addresses. */
#include "lib/paths.h"
#include <bpf/bpf_endian.h>

#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT 2

static __always_inline void fill_ends(struct wire_network *record, struct sock *sk)
{
	record->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	record->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	record->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	record->network_namespace = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	if (record->family == AF_INET) {
		BPF_CORE_READ_INTO((__be32 *)record->local, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__be32 *)record->remote, sk, __sk_common.skc_daddr);
	} else {
		BPF_CORE_READ_INTO((struct in6_addr *)record->local, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)record->remote, sk, __sk_common.skc_v6_daddr);
	}
}

static __always_inline bool is_internet(struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	return family == AF_INET || family == AF_INET6;
}

/* --- TCP -------------------------------------------------------------------------------------------------------- */

/* Who called connect(). It lives and dies with its socket, so no number of sockets crowds out another's. */
SOCKET_VALUES(connecting, struct wire_task);

/*
 * connect() moves the socket to SYN_SENT while its caller is current; the answer arrives in an interrupt, under
 * whatever task is running, so the caller is kept with the socket. A connection that fails never gets there.
 */
SEC(TRACEPOINT("inet_sock_set_state"))
int tcp_state(__u64 *context)
{
	struct sock *sk = (void *)context[0];
	int before = context[1], after = context[2];
	__u64 key = (__u64)sk;

	if (after == TCP_SYN_SENT) {
		struct wire_task none = {}, *task = SOCKET_VALUE_OR_NEW(connecting, sk, key, &none);
		if (task)
			fill_current(task);
		else
			count_missed(WIRE_NETWORK);
		return 0;
	}
	if (before != TCP_SYN_SENT || after != TCP_ESTABLISHED || !is_internet(sk))
		return 0;
	struct wire_task *task = SOCKET_VALUE(connecting, sk, key);
	if (task && unwanted_of(task, WIRE_UNWANTED_NETWORK, WIRE_NETWORK))
		return 0;
	struct wire_network record = { .protocol = IPPROTO_TCP, .direction = WIRE_NETWORK_OUT };
	fill_ends(&record, sk);
	if (unwanted_ends(&record))
		return 0;
	fill_header(&record.header, WIRE_NETWORK);
	if (task)
		__builtin_memcpy(&record.task, task, sizeof(record.task));
	submit(&record, sizeof(record), WIRE_NETWORK);
	return 0;
}

/* The peer is asked of the new socket, so it does not matter whether the caller wanted its address. */
static __noinline int report_accepted(struct sock *sk)
{
	struct wire_network record = { .protocol = IPPROTO_TCP, .direction = WIRE_NETWORK_IN };
	if (!sk || !is_internet(sk) || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP)
		return 0;
	if (unwanted(WIRE_UNWANTED_NETWORK, WIRE_NETWORK))
		return 0;
	fill_ends(&record, sk);
	if (unwanted_ends(&record))
		return 0;
	fill_header(&record.header, WIRE_NETWORK);
	fill_current(&record.task);
	submit(&record, sizeof(record), WIRE_NETWORK);
	return 0;
}

static __noinline int accepted_file(struct file *file)
{
	if ((BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	struct socket *socket = BPF_CORE_READ(file, private_data);
	return report_accepted(BPF_CORE_READ(socket, sk));
}

static __always_inline int accepted(long descriptor)
{
	return accepted_file(file_of(descriptor));
}

SEC("tracepoint/syscalls/sys_exit_accept")
int exit_accept(struct trace_event_raw_sys_exit *context)
{
	return accepted(context->ret);
}

SEC("tracepoint/syscalls/sys_exit_accept4")
int exit_accept4(struct trace_event_raw_sys_exit *context)
{
	return accepted(context->ret);
}

/* --- UDP -------------------------------------------------------------------------------------------------------- */

/*
 * The packet has the true addresses, the system call the true process. A cgroup program sees each datagram with its
 * socket: one between a new pair of addresses is noted in the socket, and the next send or receive call on that socket
 * reports it, with the process that made the call.
 */
struct flow {
	__u64 socket; /* cookie */
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u16 family;
	__u16 direction;
};

/* A flow is reported again after this time. */
#define FLOW_LIFE_NS (30ULL * 60 * 1000000000)

/* When each flow was reported. Bounded: the flow that was silent longest is forgotten, and reported when it speaks. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct flow);
	__type(value, __u64);
} flows SEC(".maps");

#define FLOWS_WAITING 8

struct waiting {
	__u64 written; /* numbers given to writers */
	__u64 taken; /* numbers taken by readers */
	__u64 ready[FLOWS_WAITING]; /* the number whose flow stands here, plus one */
	struct flow flow[FLOWS_WAITING];
};

SOCKET_VALUES(waiting_flows, struct waiting);

/* A value to start with: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct waiting);
} no_waiting SEC(".maps");

static __always_inline bool read_flow(struct __sk_buff *packet, struct flow *flow, bool out)
{
	__u8 *source = out ? flow->local : flow->remote, *destination = out ? flow->remote : flow->local;
	__u16 ports[2];
	__u32 header = 40;

	if (packet->protocol == bpf_htons(0x0800)) {
		__u8 first = 0;
		if (bpf_skb_load_bytes(packet, 0, &first, 1) || bpf_skb_load_bytes(packet, 12, source, 4) ||
		    bpf_skb_load_bytes(packet, 16, destination, 4))
			return false;
		header = (first & 15) * 4;
	} else if (packet->protocol == bpf_htons(0x86dd)) {
		__u8 next = 0;
		if (bpf_skb_load_bytes(packet, 6, &next, 1) || next != IPPROTO_UDP ||
		    bpf_skb_load_bytes(packet, 8, source, 16) || bpf_skb_load_bytes(packet, 24, destination, 16))
			return false;
	} else {
		return false;
	}
	if (bpf_skb_load_bytes(packet, header, ports, sizeof(ports)))
		return false;
	flow->local_port = bpf_ntohs(out ? ports[0] : ports[1]);
	flow->remote_port = bpf_ntohs(out ? ports[1] : ports[0]);
	return true;
}

/* An IPv6 socket that speaks IPv4 has mapped addresses: that is how the process sees them. */
static __always_inline void map_address(__u8 *address)
{
	__builtin_memcpy(&address[12], &address[0], 4);
	__builtin_memset(&address[0], 0, 10);
	address[10] = 0xff;
	address[11] = 0xff;
}

static __always_inline void note_flow(struct __sk_buff *packet, bool out)
{
	struct bpf_sock *sk = packet->sk;
	struct flow flow = {};

	if (!sk)
		return;
	sk = bpf_sk_fullsock(sk);
	if (!sk || sk->protocol != IPPROTO_UDP || !read_flow(packet, &flow, out))
		return;
	flow.socket = bpf_get_socket_cookie(packet);
	flow.family = sk->family;
	if (sk->family == AF_INET6 && packet->protocol == bpf_htons(0x0800)) {
		map_address(flow.local);
		map_address(flow.remote);
	}
	__u64 now = bpf_ktime_get_boot_ns(), *before = bpf_map_lookup_elem(&flows, &flow);
	if (before && now - *before < FLOW_LIFE_NS)
		return;
	__u32 zero = 0;
	struct waiting *none = bpf_map_lookup_elem(&no_waiting, &zero);
	struct waiting *waiting = none ? SOCKET_VALUE_OR_NEW(waiting_flows, sk, flow.socket, none) : 0;
	if (!waiting || waiting->written - waiting->taken >= FLOWS_WAITING) {
		count_missed(WIRE_NETWORK);
		return;
	}
	/* The key has no direction: who speaks first is the initiator, and the answer is no flow of its own. */
	bpf_map_update_elem(&flows, &flow, &now, BPF_ANY);
	flow.direction = out ? WIRE_NETWORK_OUT : WIRE_NETWORK_IN;
	__u64 number = FETCH_AND_ADD(&waiting->written, 1);
	__u32 slot = number & (FLOWS_WAITING - 1);
	__builtin_memcpy(&waiting->flow[slot], &flow, sizeof(flow));
	waiting->ready[slot] = number + 1;
}

SEC("cgroup_skb/egress")
int udp_out(struct __sk_buff *packet)
{
	note_flow(packet, true);
	return 1;
}

SEC("cgroup_skb/ingress")
int udp_in(struct __sk_buff *packet)
{
	note_flow(packet, false);
	return 1;
}

static __always_inline void report_flow(struct sock *sk, const struct flow *flow)
{
	if (unwanted(WIRE_UNWANTED_NETWORK, WIRE_NETWORK))
		return;
	struct wire_network record = { .protocol = IPPROTO_UDP };
	record.family = flow->family;
	record.direction = flow->direction;
	record.local_port = flow->local_port;
	record.remote_port = flow->remote_port;
	record.network_namespace = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	__builtin_memcpy(record.local, flow->local, sizeof(record.local));
	__builtin_memcpy(record.remote, flow->remote, sizeof(record.remote));
	if (unwanted_ends(&record))
		return;
	fill_header(&record.header, WIRE_NETWORK);
	fill_current(&record.task);
	submit(&record, sizeof(record), WIRE_NETWORK);
}

/* Reports the flows that wait in this socket, in the direction of the call. */
static __always_inline int report_waiting(struct sock *sk, int result, __u16 direction)
{
	if (result < 0 || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_UDP)
		return 0;
	__u64 cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	struct waiting *waiting = SOCKET_VALUE(waiting_flows, sk, cookie);
	if (!waiting)
		return 0;
	for (int i = 0; i < FLOWS_WAITING; i++) {
		__u64 number = waiting->taken;
		__u32 slot = number & (FLOWS_WAITING - 1);
		if (number >= waiting->written || waiting->ready[slot] != number + 1)
			break;
		struct flow flow = waiting->flow[slot];
		if (flow.direction != direction)
			break;
		if (TAKE_IF(&waiting->taken, number, number + 1))
			report_flow(sk, &flow);
	}
	return 0;
}

/* 6.3 (6e6eda44b939, "sock: add tracepoint for send recv length"): after each send and receive, in its caller. */
SEC(TRACEPOINT("sock_send_length"))
int udp_sent(__u64 *context)
{
	return report_waiting((void *)context[0], (int)context[1], WIRE_NETWORK_OUT);
}

SEC(TRACEPOINT("sock_recv_length"))
int udp_received(__u64 *context)
{
	return report_waiting((void *)context[0], (int)context[1], WIRE_NETWORK_IN);
}

#ifdef BEFORE_5_17
/*
 * Before 6.3, where functions cannot be hooked either: the exits of the calls that send and receive. What passes by
 * read() and write() waits for the next of these calls on its socket.
 */
static __noinline int passed(struct file *file, long result, __u16 direction)
{
	if (result < 0 || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	struct socket *socket = BPF_CORE_READ(file, private_data);
	return report_waiting(BPF_CORE_READ(socket, sk), result, direction);
}

#define DATAGRAM_CALL(name, direction)                                                     \
	SEC("tracepoint/syscalls/sys_exit_" #name)                                         \
	int exit_##name(struct trace_event_raw_sys_exit *context)                          \
	{                                                                                  \
		struct file *file = file_of(REGISTER_1(current_registers()));              \
		return passed(file, context->ret, direction);                              \
	}

DATAGRAM_CALL(sendto, WIRE_NETWORK_OUT)
DATAGRAM_CALL(sendmsg, WIRE_NETWORK_OUT)
DATAGRAM_CALL(sendmmsg, WIRE_NETWORK_OUT)
DATAGRAM_CALL(recvfrom, WIRE_NETWORK_IN)
DATAGRAM_CALL(recvmsg, WIRE_NETWORK_IN)
DATAGRAM_CALL(recvmmsg, WIRE_NETWORK_IN)
#endif
