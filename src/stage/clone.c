/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stage/stage.h"

#define BIRTH_STACK (48u << 10)

/* linux/sched.h's struct clone_args up to version 2; headers before 5.7 end at version 1 */
struct clone_request {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
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

static void run(void *data)
{
	struct birth *b = data;

	child_run(b->order, b->placed, b->number);
}

/* For a child with memory of its own: the number stands in a page that the two share, one for all attempts. False: errno says why. */
static int share_number(struct birth *b)
{
	static pid_t *page;

	if (b->outside && !page)
		page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	b->number = page;
	return page != MAP_FAILED;
}

static void run_apart(struct birth *b)
{
	/* the container shall not tell the guard whom to end */
	if (b->number && madvise(b->number, sizeof(*b->number), MADV_DONTFORK) < 0)
		child_fail(b->order, STEP_CLONE, errno, 0);
	run(b);
}

/* No CLONE_VM and no stack: it returns twice, as fork does. */
static pid_t clone3_apart(struct clone_request *request, struct birth *b)
{
	pid_t pid = share_number(b) ? (pid_t)syscall(SYS_clone3, request, sizeof(*request)) : -1;

	if (pid == 0)
		run_apart(b);
	return pid;
}

#ifdef __x86_64__
/* What becomes the command has no use for the stack that the stage began on, nor for a copy of its page tables. */
static void leave_first_stack(void)
{
	const size_t size = 4096, part = 64 * size;
	char *at = (char *)environ; /* near its upper end */

	madvise(at - (uintptr_t)at % size - part, 2 * part, MADV_DONTFORK); /* ENOMEM: less than that is mapped */
}

static void run_beside(void *data)
{
	leave_first_stack();
	run(data);
}

/* A process of its own that shares our memory until its end, as after vfork, but beside us: we go on watching nsctl. To copy the memory,
 * page by page as it is touched, and to take it down again would be the largest part of the child's cost. No library
 * has clone3 with a stack: what is below is all that it takes. */
static pid_t clone3_beside(struct clone_request *request, struct birth *b)
{
	static char stack[BIRTH_STACK] __attribute__((aligned(16)));
	static pid_t number; /* of what it bears, which has a copy of our memory from before that is written */
	/* registers that outlive a system call: the new process has no other way to what it needs */
	register void (*begin)(void *) __asm__("r12") = run_beside;
	register void *data __asm__("r13") = b;
	long result;

	b->number = &number;
	request->flags |= CLONE_VM;
	request->stack = (uint64_t)(uintptr_t)stack;
	request->stack_size = sizeof(stack);
	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %[data], %%rdi\n\t"
			 "call *%[begin]\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(result)
			 : "0"((long)SYS_clone3), "D"(request), "S"(sizeof(*request)), [begin] "r"(begin), [data] "r"(data)
			 : "rcx", "r11", "memory");
	if (result >= 0)
		return (pid_t)result;
	errno = (int)-result;
	return -1;
}
#else
static pid_t clone3_beside(struct clone_request *request, struct birth *b)
{
	return clone3_apart(request, b);
}
#endif

/* A sandbox's init is more than a passage, and the kernel lets nobody into a time namespace who shares his memory. */
static int may_share(const struct birth *b)
{
	const struct order *o = b->order;

	for (uint32_t i = 0; i < o->n_ns; i++)
		if (o->ns[i].flags & CLONE_NEWTIME)
			return 0;
	return b->outside;
}

static pid_t try_clone3(struct birth *b, int *ret_pidfd, int into_cgroup)
{
	struct order *o = b->order;
	struct clone_request request = {
		.flags = CLONE_PIDFD | (into_cgroup ? CLONE_INTO_CGROUP : 0) | namespaces(o),
		.pidfd = (uint64_t)(uintptr_t)ret_pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = into_cgroup ? (uint64_t)o->cgroup : 0,
	};

	b->placed = into_cgroup;
	return may_share(b) ? clone3_beside(&request, b) : clone3_apart(&request, b);
}

static pid_t plain_clone(struct birth *b)
{
#ifdef __s390__
#error "the arguments of clone stand in another order here"
#endif
	pid_t pid = -1;

	b->placed = 0;
	if (share_number(b))
		pid = (pid_t)syscall(SYS_clone, (unsigned long)(SIGCHLD | namespaces(b->order)), NULL, NULL, NULL, 0UL);
	if (pid == 0)
		run_apart(b);
	return pid;
}

pid_t stage_clone(struct birth *b, int *ret_pidfd)
{
	const struct order *o = b->order;
	pid_t pid;

	*ret_pidfd = -1;
	if (o->flags & ORDER_CLONE3) {
		if (o->cgroup >= 0 && o->flags & ORDER_INTO_CGROUP) {
			pid = try_clone3(b, ret_pidfd, 1);
			/* EBUSY: controllers are enabled below it; EOPNOTSUPP: threaded; EACCES: no right: writing tells */
			if (pid >= 0)
				return pid;
		}
		pid = try_clone3(b, ret_pidfd, 0);
		if (pid >= 0 || (errno != ENOSYS && errno != EINVAL))
			return pid;
		*ret_pidfd = -1;
	}
	return plain_clone(b);
}

pid_t stage_reborn(pid_t *number)
{
	/* stack, parent's and child's word: the first three arguments stand in this order everywhere but on s390. The number is
	 * written before the new process runs, so nobody can be born unseen */
	return (pid_t)syscall(SYS_clone, (unsigned long)(SIGCHLD | CLONE_PARENT | CLONE_PARENT_SETTID), NULL, number, NULL, 0UL);
}
