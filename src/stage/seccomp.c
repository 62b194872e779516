/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stage/stage.h"

/* Loads the programs, oldest first, as the container's init got them. Mapped, not read: a loaded filter may not allow it. */
void child_seccomp(struct order *o)
{
	const uint32_t *lengths = order_at(o, o->seccomp_lengths);
	size_t total = 0;
	struct sock_filter *code;

	for (uint32_t i = 0; i < o->seccomp_n; i++)
		total += lengths[i];
	if (!total)
		return;
	code = mmap(NULL, total * sizeof(*code), PROT_READ, MAP_PRIVATE, o->seccomp, 0);
	if (code == MAP_FAILED)
		child_fail(o, STEP_SECCOMP, errno, 0);
	for (uint32_t i = 0; i < o->seccomp_n; i++) {
		struct sock_fprog program = {.len = (unsigned short)lengths[i], .filter = code};
		long error = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, o->seccomp_flags, &program);

		if (error < 0)
			child_check(o, -1, STEP_SECCOMP, (int)i);
		code += lengths[i];
	}
}
