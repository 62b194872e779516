/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Syscalls by name, and what a filter's answer means: the part of model/seccomp_eval.h that needs libseccomp.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/seccomp_eval.h"

#define NUMBER_MAX 1023 /* no native architecture of ours has more */

int seccomp_number(const char *name)
{
	uint64_t digits;
	int number;

	if (!text_u64(name, NUMBER_MAX, &digits))
		return (int)digits;
	number = seccomp_syscall_resolve_name(name);
	return number < 0 ? -ENOENT : number; /* negative ones too: syscalls of other architectures */
}

char *seccomp_name(int number)
{
	return seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
}

char *seccomp_nearest(const char *name)
{
	char *all[NUMBER_MAX + 1], *found;
	const char *nearest;
	size_t n = 0;

	for (int number = 0; number <= NUMBER_MAX; number++)
		if ((all[n] = seccomp_name(number)))
			n++;
	nearest = text_nearest(name, (const char *const *)all, n);
	found = nearest ? strdup(nearest) : NULL;
	for (size_t i = 0; i < n; i++)
		free(all[i]);
	return found;
}

void seccomp_refusal(struct buf *out, uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ERRNO:
		buf_printf(out, "it fails with \"%s\"", strerror((int)(action & SECCOMP_RET_DATA)));
		return;
	case SECCOMP_RET_TRAP:
		buf_printf(out, "it ends in SIGSYS");
		return;
	case SECCOMP_RET_KILL_THREAD:
		buf_printf(out, "the thread is killed");
		return;
	default:
		buf_printf(out, "the process is killed");
	}
}
