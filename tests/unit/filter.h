/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filters, and what the kernel answers under them.
 */
#ifndef FILTER_H
#define FILTER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/seccomp.h"

static inline int compile(const char *profile, struct seccomp_programs *programs, struct err *err)
{
	return seccomp_compile(profile, strlen(profile), true, programs, err);
}

static inline void load(const struct seccomp_programs *programs)
{
	struct sock_filter *code = programs->code;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	for (size_t i = 0; i < programs->n; i++) {
		struct sock_fprog program = {(unsigned short)programs->lengths[i], code};

		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, programs->flags, &program) < 0)
			_exit(99);
		code += programs->lengths[i];
	}
}

/* The errno of a syscall in a process under the filter: 0 it went through, -SIGNAL it was killed. */
static inline int answer(const struct seccomp_programs *programs, long call, long a, long b)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		load(programs);
		status = syscall(call, a, b, 0, 0, 0) < 0 ? errno : 0;
		syscall(SYS_exit_group, status); /* _exit() of a sanitizer makes other calls first */
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#endif
