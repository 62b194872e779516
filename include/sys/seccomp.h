/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seccomp(2) filters as the kernel takes them, and those that a live process carries.
 */
#ifndef SYS_SECCOMP_H
#define SYS_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

/* Filters in the order in which they are to be loaded, oldest first. */
struct seccomp_programs {
	size_t n;
	uint32_t *lengths;	  /* instructions of each; owned */
	struct sock_filter *code; /* one program behind the other; owned */
	uint32_t flags;		  /* SECCOMP_FILTER_FLAG_... for each load */
	bool cached;		  /* nothing was compiled: an earlier run has left it (model/seccomp.h) */
};

/* Copies the filters of a live process by ptrace(2), which needs CAP_SYS_ADMIN and a caller without a filter
 * of its own. The process is stopped for some microseconds: an epoll_wait or sigtimedwait of it returns
 * EINTR. -EPERM when something traces it already (the error names it), -ETIMEDOUT when it does not stop
 * within three seconds: it is frozen, or in a kernel call that cannot be interrupted. It is let go on every way
 * out. n is 0 for a process without a filter. */
int seccomp_copy(pid_t pid, struct seccomp_programs *ret, struct err *err);

void seccomp_programs_free(struct seccomp_programs *programs);
#define CLEANUP_SECCOMP __attribute__((cleanup(seccomp_programs_free)))

#endif
