/* SPDX-License-Identifier: GPL-2.0-only */
/* Power over others: ptrace attach, and eBPF programs loaded or attached. */
#include "lib/paths.h"

#define PTRACE_ATTACH 16
#define PTRACE_SEIZE 0x4206

/* --- ptrace ------------------------------------------------------------------------------------------------------- */

static __noinline int report_traced(struct task_struct *target, __u64 request)
{
	struct wire_ptrace record = { .request = request };
	fill_header(&record.header, WIRE_PTRACE);
	fill_current(&record.task);
	fill_task(&record.target, target);
	submit(&record, sizeof(record), WIRE_PTRACE);
	return 0;
}

/* The tracee that was linked last stands first in the tracer's list: a kernel object, not the pid that was passed. */
static __noinline int traced(__u64 request)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct list_head *first = BPF_CORE_READ(task, ptraced.next);

	if (request != PTRACE_ATTACH && request != PTRACE_SEIZE)
		return 0;
	if (first == &task->ptraced) {
		count_missed(WIRE_PTRACE);
		return 0;
	}
	return report_traced((void *)first - bpf_core_field_offset(struct task_struct, ptrace_entry), request);
}

SEC("tracepoint/syscalls/sys_exit_ptrace")
int exit_ptrace(struct trace_event_raw_sys_exit *context)
{
	return context->ret ? 0 : traced(REGISTER_1(current_registers()));
}

/* --- eBPF --------------------------------------------------------------------------------------------------------- */

enum {
	COMMAND_PROG_LOAD = 5,
	COMMAND_PROG_ATTACH = 8,
	COMMAND_RAW_TRACEPOINT_OPEN = 17,
	COMMAND_LINK_CREATE = 28,
};

static __noinline int report_program(struct bpf_prog *program, __u32 command, __u32 attach_type)
{
	struct wire_bpf record = { .command = command, .attach_type = attach_type };
	if (is_the_agent())
		return 0;
	fill_header(&record.header, WIRE_BPF);
	fill_current(&record.task);
	record.program_type = BPF_CORE_READ(program, type);
	record.program_id = BPF_CORE_READ(program, aux, id);
	BPF_CORE_READ_INTO(&record.name, program, aux, name);
	submit(&record, sizeof(record), WIRE_BPF);
	return 0;
}

/* 6.17 (9b8d543dc2bb, "bpf: Add attach_type field to bpf_link") keeps it in the link itself. */
static __always_inline __u32 link_attach_type(struct bpf_link *link)
{
	return bpf_core_field_exists(link->attach_type) ? BPF_CORE_READ(link, attach_type) : 0;
}

/*
 * A load returns a descriptor of the program, a link one of the link: the program is asked of them. Attaching without
 * a link names the program by a descriptor in the caller's memory.
 */
static __noinline int bpf_called(__u32 command, __u64 attributes, long result)
{
	struct file *file = file_of(result);
	__u32 words[3] = {}; /* target_fd, attach_bpf_fd, attach_type */

	if (result < 0)
		return 0;
	if (command == COMMAND_PROG_LOAD)
		return report_program(BPF_CORE_READ(file, private_data), command, 0);
	if (command == COMMAND_LINK_CREATE || command == COMMAND_RAW_TRACEPOINT_OPEN) {
		struct bpf_link *link = BPF_CORE_READ(file, private_data);
		return report_program(BPF_CORE_READ(link, prog), command, link_attach_type(link));
	}
	if (command != COMMAND_PROG_ATTACH)
		return 0;
	bpf_probe_read_user(words, sizeof(words), (void *)attributes);
	file = file_of(words[1]);
	if (!file) {
		count_missed(WIRE_BPF);
		return 0;
	}
	return report_program(BPF_CORE_READ(file, private_data), command, words[2]);
}

SEC("tracepoint/syscalls/sys_exit_bpf")
int exit_bpf(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	return bpf_called(REGISTER_1(registers), REGISTER_2(registers), context->ret);
}
