/* SPDX-License-Identifier: GPL-2.0-only */
/* Loaded and dropped by the self-test, attached to nothing: the agent must see that it was loaded. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("socket")
int tuxmon_canary(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
