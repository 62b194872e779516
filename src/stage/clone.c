/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stage/stage.h"

/* linux/sched.h's struct clone_args up to version 2; headers before 5.7 end at version 1 */
struct clone_request {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

/* The cgroup namespace is made when its cgroup has been entered: create.c. */
static uint32_t namespaces(const struct order *o)
{
	return o->new_namespaces & ~(uint32_t)CLONE_NEWCGROUP;
}

static pid_t try_clone3(struct order *o, int *ret_pidfd, int into_cgroup)
{
	struct clone_request request = {
		.flags = CLONE_PIDFD | (into_cgroup ? CLONE_INTO_CGROUP : 0) | namespaces(o),
		.pidfd = (uint64_t)(uintptr_t)ret_pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = into_cgroup ? (uint64_t)o->cgroup : 0,
	};

	/* no CLONE_VM and no stack: it returns twice, as fork does */
	return (pid_t)syscall(SYS_clone3, &request, sizeof(request));
}

static pid_t plain_clone(const struct order *o)
{
#ifdef __s390__
#error "the arguments of clone stand in another order here"
#endif
	return (pid_t)syscall(SYS_clone, (unsigned long)(SIGCHLD | namespaces(o)), NULL, NULL, NULL, 0UL);
}

pid_t stage_clone(struct order *o, int *ret_pidfd, int *ret_placed)
{
	pid_t pid;

	*ret_pidfd = -1;
	*ret_placed = 0;
	if (o->flags & ORDER_CLONE3) {
		if (o->cgroup >= 0 && o->flags & ORDER_INTO_CGROUP) {
			/* in the child the variable still holds what it was before the call */
			*ret_placed = 1;
			pid = try_clone3(o, ret_pidfd, 1);
			/* EBUSY: controllers are enabled below it; EOPNOTSUPP: threaded; EACCES: no right: writing tells */
			if (pid >= 0)
				return pid;
			*ret_placed = 0;
		}
		pid = try_clone3(o, ret_pidfd, 0);
		if (pid >= 0 || (errno != ENOSYS && errno != EINVAL))
			return pid;
		*ret_pidfd = -1;
	}
	return plain_clone(o);
}

int stage_reborn(pid_t *number)
{
	/* stack, parent's and child's word: the first three arguments stand in this order everywhere but on s390. The number is
	 * written before the new process runs, so nobody can be born unseen */
	pid_t pid = (pid_t)syscall(SYS_clone, (unsigned long)(SIGCHLD | CLONE_PARENT | CLONE_PARENT_SETTID), NULL, number, NULL, 0UL);

	if (pid > 0)
		_exit(0);
	return pid;
}
