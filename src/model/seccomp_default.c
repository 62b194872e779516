/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seccomp_default_profile of model/seccomp.h: `nsctl-default`, what a sandbox's processes may not call. A
 * short deny list: calls that reach past the namespaces, or that a container has no use for and the kernel
 * has had holes in. A call that belongs to a capability is denied only where that capability was not granted;
 * the kernel asks for it then in its own place.
 */
#include "model/seccomp.h"

#include <linux/capability.h>

#include "base/buf.h"
#include "base/cleanup.h"

#define ALWAYS (-1)

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

struct denied {
	const char *names;   /* with a blank between */
	int capabilities[2]; /* any of them lets the calls through; ALWAYS: none does */
};

static const struct denied denied[] = {
	/* keys belong to users, not to namespaces */
	{"add_key keyctl request_key", {ALWAYS, ALWAYS}},
	/* other kernels, other swap, fault handling in user space, queues that run calls past this filter */
	{"kexec_load kexec_file_load swapon swapoff userfaultfd", {ALWAYS, ALWAYS}},
	{"io_uring_setup io_uring_enter io_uring_register", {ALWAYS, ALWAYS}},
	/* long gone, or only in old kernels */
	{"create_module get_kernel_syms query_module nfsservctl uselib ustat sysfs _sysctl",
		{ALWAYS, ALWAYS}},
	{"vm86 vm86old lookup_dcookie", {ALWAYS, ALWAYS}},
	{"init_module finit_module delete_module", {CAP_SYS_MODULE, CAP_SYS_MODULE}},
	{"reboot", {CAP_SYS_BOOT, CAP_SYS_BOOT}},
	{"acct", {CAP_SYS_PACCT, CAP_SYS_PACCT}},
	{"iopl ioperm", {CAP_SYS_RAWIO, CAP_SYS_RAWIO}},
	{"vhangup", {CAP_SYS_TTY_CONFIG, CAP_SYS_TTY_CONFIG}},
	{"settimeofday stime clock_settime clock_settime64", {CAP_SYS_TIME, CAP_SYS_TIME}},
	{"open_by_handle_at", {CAP_DAC_READ_SEARCH, CAP_DAC_READ_SEARCH}},
	{"syslog", {CAP_SYSLOG, CAP_SYS_ADMIN}},
	{"bpf", {CAP_BPF, CAP_SYS_ADMIN}},
	{"perf_event_open", {CAP_PERFMON, CAP_SYS_ADMIN}},
	{"mbind set_mempolicy set_mempolicy_home_node migrate_pages move_pages",
		{CAP_SYS_NICE, CAP_SYS_NICE}},
	{"mount umount umount2 mount_setattr move_mount open_tree pivot_root",
		{CAP_SYS_ADMIN, CAP_SYS_ADMIN}},
	{"fsopen fsconfig fsmount fspick quotactl quotactl_fd fanotify_init", {CAP_SYS_ADMIN, CAP_SYS_ADMIN}},
	{"setns unshare", {CAP_SYS_ADMIN, CAP_SYS_ADMIN}},
};

/* CLONE_NEW... that clone(2) takes; a rule each, since a rule's conditions must all hold. */
static const uint32_t clone_flags[] = {
	0x00020000 /* NS */,
	0x02000000 /* CGROUP */,
	0x04000000 /* UTS */,
	0x08000000 /* IPC */,
	0x10000000 /* USER */,
	0x20000000 /* PID */,
	0x40000000 /* NET */,
};

static void add_names(struct buf *out, const char *names)
{
	for (; *names; names++)
		if (*names == ' ')
			buf_str(out, "\",\"");
		else
			buf_char(out, *names);
}

static void add_clone(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(clone_flags); i++)
		buf_printf(out,
			",{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":0,"
			"\"value\":%u,"
			"\"valueTwo\":%u,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}",
			clone_flags[i], clone_flags[i]);
	/* its flags lie in memory, out of a filter's sight: ENOSYS (38) makes a libc use clone */
	buf_str(out, ",{\"names\":[\"clone3\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38}");
}

char *seccomp_default_profile(uint64_t bounding, size_t *ret_len)
{
	CLEANUP_BUF struct buf out = {0};
	bool first = true;

	buf_str(&out, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":["
#if defined(__x86_64__)
		      "\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\""
#elif defined(__aarch64__)
		      "\"SCMP_ARCH_AARCH64\",\"SCMP_ARCH_ARM\""
#endif
		      "],\"syscalls\":[");
	for (size_t i = 0; i < ARRAY_SIZE(denied); i++) {
		const int *caps = denied[i].capabilities;

		if (caps[0] != ALWAYS && (bounding >> caps[0] & 1 || bounding >> caps[1] & 1))
			continue;
		buf_str(&out, first ? "{\"names\":[\"" : ",{\"names\":[\"");
		add_names(&out, denied[i].names);
		buf_str(&out, "\"],\"action\":\"SCMP_ACT_ERRNO\"}");
		first = false;
	}
	if (!(bounding >> CAP_SYS_ADMIN & 1))
		add_clone(&out);
	buf_str(&out, "]}");
	*ret_len = out.len;
	return buf_take(&out);
}
