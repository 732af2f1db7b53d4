/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes: made, executed, ended, and found running. */
#include "lib/paths.h"

static __always_inline __u32 pts_index(struct task_struct *task)
{
	struct tty_struct *tty = BPF_CORE_READ(task, signal, tty);
	int major = BPF_CORE_READ(tty, driver, major);
	if (!tty || major < UNIX98_PTY_SLAVE_MAJOR || major >= UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT)
		return -1;
	return BPF_CORE_READ(tty, index);
}

/* Everything about a process image but its arguments; returns where the paths end. */
static __always_inline __u32 fill_image(__u8 *bytes, struct task_struct *task)
{
	struct wire_exec *record = (void *)bytes;
	struct file *file = BPF_CORE_READ(task, mm, exe_file);
	struct path root, path = {};
	__u32 at = sizeof(*record);

	fill_task(&record->task, task);
	fill_task(&record->parent, BPF_CORE_READ(task, real_parent));
	fill_file(&record->file, BPF_CORE_READ(file, f_inode));
	record->cgroup_id = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	record->args_length = 0;
	record->args_total = 0;
	record->tty = pts_index(task);
	record->reserved = 0;
	BPF_CORE_READ_INTO(&record->comm, task, comm);

	root_of(task, &root);
	if (file)
		bpf_core_read(&path, sizeof(path), &file->f_path);
	at = append_path(bytes, at, &record->image, &path, &root);
	if (at > sizeof(*record) + WIRE_PATH_MAX)
		return 0;
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	bpf_core_read(&path, sizeof(path), &fs->pwd);
	at = append_path(bytes, at, &record->directory, &path, &root);
	if (at > sizeof(*record) + 2 * WIRE_PATH_MAX)
		return 0;
	return at;
}

static __always_inline __u32 append_arguments(__u8 *bytes, __u32 at, struct task_struct *task)
{
	struct wire_exec *record = (void *)bytes;
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	unsigned long start = BPF_CORE_READ(mm, arg_start);
	unsigned long total = BPF_CORE_READ(mm, arg_end) - start;
	__u32 length = total > WIRE_ARGS_MAX ? WIRE_ARGS_MAX : total;

	record->args_total = total;
	if (at > sizeof(*record) + 2 * WIRE_PATH_MAX || length > WIRE_ARGS_MAX)
		return at;
	if (bpf_probe_read_user(&bytes[at], length, (void *)start)) {
		count_missed(WIRE_PROCESS_EXEC);
		return at;
	}
	record->args_length = length;
	return at + length;
}

/*
 * The image is in place and cannot fail any more; arguments are read before the process runs, so no other thread
 * can change them (all others are dead). All kernels: 4.2 and newer; the third argument is the binprm.
 */
SEC(TRACEPOINT("sched_process_exec"))
int process_exec(__u64 *context)
{
	struct task_struct *task = (void *)context[0];
	struct large *scratch = take_large(WIRE_PROCESS_EXEC);
	if (!scratch)
		return 0;
	struct wire_exec *record = (void *)scratch->bytes;
	fill_header(&record->header, WIRE_PROCESS_EXEC);
	__u32 at = fill_image(scratch->bytes, task);
	if (at >= sizeof(*record)) {
		filter_executed(record, scratch->bytes + sizeof(*record));
		at = append_arguments(scratch->bytes, at, task);
		if (at <= SCRATCH_LARGE)
			submit(record, at, WIRE_PROCESS_EXEC);
	} else {
		count_missed(WIRE_PROCESS_EXEC);
	}
	scratch->busy = 0;
	return 0;
}

/* A thread is not a process. The real parent stands already: the maker, or with CLONE_PARENT the maker's parent. */
SEC(TRACEPOINT("sched_process_fork"))
int process_fork(__u64 *context)
{
	struct task_struct *child = (void *)context[1];
	struct wire_fork record = {};
	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;
	fill_header(&record.header, WIRE_PROCESS_FORK);
	fill_task(&record.task, child);
	fill_task(&record.parent, BPF_CORE_READ(child, real_parent));
	filter_copied(&record);
	submit(&record, sizeof(record), WIRE_PROCESS_FORK);
	return 0;
}

/*
 * Each thread passes here; do_exit() has already taken it off the count of living threads, so the last one finds
 * zero. Two last threads may both find it: user space takes the first.
 */
SEC(TRACEPOINT("sched_process_exit"))
int process_exit(__u64 *context)
{
	struct task_struct *task = (void *)context[0];
	struct wire_exit record = {};
	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return 0;
	fill_header(&record.header, WIRE_PROCESS_EXIT);
	fill_task(&record.task, task);
	record.exit_code = BPF_CORE_READ(task, exit_code);
	submit(&record, sizeof(record), WIRE_PROCESS_EXIT);
	return 0;
}

#ifndef WITHOUT_KERNEL_BTF
/* Processes that were there first. Arguments are added by user space: an iterator may not read their memory. */
SEC("iter/task")
int process_seed(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	if (!task || task->pid != task->tgid)
		return 0;
	struct large *scratch = take_large(WIRE_PROCESS_SEED);
	if (!scratch)
		return 0;
	struct wire_exec *record = (void *)scratch->bytes;
	/*
	 * Not numbered: user space reads a list before what waits in the ring, and numbers that are ahead of the ring's look
	 * like a gap in it. Nor can a list lose anything: where it does not fit, the kernel runs us for the same task again.
	 */
	fill_header_unnumbered(&record->header, WIRE_PROCESS_SEED);
	__u32 at = fill_image(scratch->bytes, task);
	if (at >= sizeof(*record) && at <= sizeof(*record) + 2 * WIRE_PATH_MAX) {
		record->header.size = at;
		bpf_seq_write(context->meta->seq, record, at);
	}
	scratch->busy = 0;
	return 0;
}
#endif
