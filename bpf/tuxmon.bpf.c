/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel side in one object, so that all programs share the ring. */
#include "process.bpf.c"
#include "file.bpf.c"
#include "network.bpf.c"
#include "trace.bpf.c"
#include "calls.bpf.c"
#include "compat.bpf.c"
#include "uring.bpf.c"
#ifndef WITHOUT_KERNEL_BTF
#include "deep.bpf.c"
#endif

char LICENSE[] SEC("license") = "GPL";
