/* SPDX-License-Identifier: GPL-2.0-only */
/* Asks the kernel whether it lets us stand on its functions at all; it is attached and dropped at once. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("fentry/security_file_open")
int probe_fentry(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
