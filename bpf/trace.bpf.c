/* SPDX-License-Identifier: GPL-2.0-only */
/* Power over others: ptrace attach, and eBPF programs loaded or attached. */
#include "lib/paths.h"

#define PTRACE_ATTACH 16
#define PTRACE_SEIZE 0x4206

/* The tracee that was linked last stands first in the tracer's list: a kernel object, not the pid that was passed. */
static __noinline int traced(__u64 request)
{
	if (request != PTRACE_ATTACH && request != PTRACE_SEIZE)
		return 0;
	struct task_struct *task = (void *)bpf_get_current_task();
	struct list_head *first = BPF_CORE_READ(task, ptraced.next);
	struct task_struct *target = (void *)first - bpf_core_field_offset(struct task_struct, ptrace_entry);
	struct wire_ptrace record = { .request = request };
	if (first == &task->ptraced) {
		count_missed(WIRE_PTRACE);
		return 0;
	}
	fill_header(&record.header, WIRE_PTRACE);
	fill_current(&record.task);
	fill_task(&record.target, target);
	submit(&record, sizeof(record), WIRE_PTRACE);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_ptrace")
int exit_ptrace(struct trace_event_raw_sys_exit *context)
{
	return context->ret ? 0 : traced(REGISTER_1(current_registers()));
}

enum {
	COMMAND_PROG_LOAD = 5,
	COMMAND_PROG_ATTACH = 8,
	COMMAND_RAW_TRACEPOINT_OPEN = 17,
	COMMAND_LINK_CREATE = 28,
};

static __always_inline void fill_program(struct wire_bpf *record, struct bpf_prog *program)
{
	record->program_type = BPF_CORE_READ(program, type);
	record->program_id = BPF_CORE_READ(program, aux, id);
	BPF_CORE_READ_INTO(&record->name, program, aux, name);
}

/*
 * A load returns a descriptor of the program, a link one of the link: the program is asked of them. Attaching without
 * a link names the program by a descriptor in the caller's memory.
 */
static __noinline int bpf_called(__u32 command, __u64 attributes, long result)
{
	struct wire_bpf record = { .command = command };
	struct file *file = 0;

	if (result < 0 || bpf_get_current_pid_tgid() >> 32 == settings_now().own_pid)
		return 0;
	if (command == COMMAND_PROG_LOAD) {
		file = file_of(result);
		fill_program(&record, BPF_CORE_READ(file, private_data));
	} else if (command == COMMAND_LINK_CREATE || command == COMMAND_RAW_TRACEPOINT_OPEN) {
		file = file_of(result);
		struct bpf_link *link = BPF_CORE_READ(file, private_data);
		fill_program(&record, BPF_CORE_READ(link, prog));
		if (bpf_core_field_exists(link->attach_type))
			record.attach_type = BPF_CORE_READ(link, attach_type);
	} else if (command == COMMAND_PROG_ATTACH) {
		__u32 words[3] = {}; /* target_fd, attach_bpf_fd, attach_type */
		bpf_probe_read_user(words, sizeof(words), (void *)attributes);
		file = file_of(words[1]);
		fill_program(&record, BPF_CORE_READ(file, private_data));
		record.attach_type = words[2];
	} else {
		return 0;
	}
	if (!file) {
		count_missed(WIRE_BPF);
		return 0;
	}
	fill_header(&record.header, WIRE_BPF);
	fill_current(&record.task);
	submit(&record, sizeof(record), WIRE_BPF);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_bpf")
int exit_bpf(struct trace_event_raw_sys_exit *context)
{
	struct pt_regs *registers = current_registers();
	return bpf_called(REGISTER_1(registers), REGISTER_2(registers), context->ret);
}
