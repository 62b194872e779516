/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stage/stage.h"

/* Loads the programs, oldest first, as the container's init got them. */
void child_seccomp(struct order *o)
{
	const uint32_t *lengths = order_at(o, o->seccomp_lengths);
	struct sock_filter *code = order_at(o, o->seccomp_code);

	for (uint32_t i = 0; i < o->seccomp_n; i++) {
		struct sock_fprog program = {.len = (unsigned short)lengths[i], .filter = code};

		child_check(o, (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, o->seccomp_flags, &program),
			STEP_SECCOMP, (int)i);
		code += lengths[i];
	}
}
