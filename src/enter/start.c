/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starts the stage from a sealed memfd, and sends it its order.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "enter/plan.h"
#include "enter/stage.h"
#include "sys/file.h"

#define STACK_SIZE 16384

/* the static program, put into this one by the linker */
extern const char _binary_nsctl_stage_start[], _binary_nsctl_stage_end[];

/* What the new process reads: it shares our memory until its execve, and we go on meanwhile. */
struct wake {
	int control;
	int program; /* made by us: what fails there would change our errno, the two share it */
	char numbers[2][16];
	char *argv[4], *env[1];
	char stack[STACK_SIZE] __attribute__((aligned(16)));
};

/* In the new process, in our memory: system calls only. The copy of the program is made here, beside our own work. */
static int become_stage(void *data)
{
	struct wake *w = data;
	/* cppcheck-suppress comparePointers ; the linker's two ends of one object */
	size_t size = (size_t)(_binary_nsctl_stage_end - _binary_nsctl_stage_start), done = 0;
	int fd = w->program;

	while (done < size) {
		long n = syscall(SYS_write, fd, _binary_nsctl_stage_start + done, size - done);

		if (n <= 0)
			syscall(SYS_exit_group, 127);
		done += (size_t)n;
	}
	syscall(SYS_fcntl, w->control, F_SETFD, 0);
	syscall(SYS_fcntl, fd, F_SETFD, 0); /* it seals that itself: what may fail more than once would change our errno, too */
	syscall(SYS_execveat, fd, "", w->argv, w->env, AT_EMPTY_PATH);
	syscall(SYS_exit_group, 127);
	return 127;
}

int stage_wake(struct stage *stage, struct err *err)
{
	CLEANUP_FD int program = file_memfd_new("nsctl-stage", true);
	int ends[2];

	if (program < 0)
		return err_sys(err, program, "cannot make a file in memory");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(err, -errno, "cannot make a socket");
	stage->control = ends[0];
	stage->wake = malloc(sizeof(*stage->wake)); /* of its stack only the last page is ever touched */
	if (!stage->wake) {
		close_fd(&ends[1]);
		return err_no_memory(err);
	}
	stage->wake->control = ends[1];
	stage->wake->program = program;
	stage->wake->env[0] = NULL;
	stage->wake->argv[0] = (char *)"nsctl-stage";
	for (int i = 0; i < 2; i++) {
		stage->wake->argv[1 + i] = stage->wake->numbers[i];
		snprintf(stage->wake->numbers[i], sizeof(stage->wake->numbers[i]), "%d", i ? program : ends[1]);
	}
	stage->wake->argv[3] = NULL;
	/* not vfork: we would wait for its execve, which takes as long as much of the plan */
	stage->guard = clone(become_stage, stage->wake->stack + STACK_SIZE, CLONE_VM | SIGCHLD, stage->wake);
	close_fd(&ends[1]); /* its table of descriptors is a copy */
	if (stage->guard < 0)
		return err_sys(err, -errno, "cannot start a process");
	return 0;
}

/* Ends the control socket, so that a guard that still watches ends what it started, and waits for it. */
void stage_end(struct stage *stage)
{
	int saved = errno;

	close_fd(&stage->line);
	close_fd(&stage->control);
	if (stage->guard > 0 && !(stage->exited && stage->leaving))
		while (waitpid(stage->guard, NULL, 0) < 0 && errno == EINTR)
			;
	free(stage->wake); /* not before: it may still have stood on that stack */
	*stage = (struct stage)STAGE_NONE;
	errno = saved;
}

/* Descriptors on their way to the stage. */
struct parcel {
	int32_t numbers[ORDER_FDS_MAX];
	size_t n;
	struct buf order;
};

static void put(struct parcel *p, int fd)
{
	if (fd < 3 || p->n == ORDER_FDS_MAX)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (p->numbers[i] == fd)
			return;
	p->numbers[p->n++] = fd;
}

/* With the order, if `along`. */
static int send_parcel(int control, const struct parcel *p, bool along)
{
	char space[CMSG_SPACE(sizeof(p->numbers))] __attribute__((aligned(8))) = {0};
	struct iovec data[] = {{(void *)p->numbers, sizeof(p->numbers)}, {p->order.data, along ? p->order.len : 0}};
	struct msghdr message = {
		.msg_iov = data, .msg_iovlen = 2, .msg_control = space, .msg_controllen = CMSG_SPACE(p->n * sizeof(int)),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(p->n * sizeof(int));
	memcpy(CMSG_DATA(c), p->numbers, p->n * sizeof(int));
	return sendmsg(control, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* With every report comes the number of who sent it: by the kernel, or by one with CAP_SYS_ADMIN over its own PID namespace, who can
 * name no process outside of that. */
static int open_line(struct stage *stage, int *ret_theirs, struct err *err)
{
	const int on = 1;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(err, -errno, "cannot make a socket");
	stage->line = ends[0];
	*ret_theirs = ends[1];
	return setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0
		       ? err_sys(err, -errno, "cannot have the kernel name who sends")
		       : 0;
}

/* A system may be set to take smaller messages than we would send (net.core.wmem_default). */
static int send_order(int control, struct parcel *p)
{
	CLEANUP_FD int file = -1;
	int error = p->order.len > ORDER_INLINE ? -EMSGSIZE : send_parcel(control, p, true);

	if (error != -EMSGSIZE)
		return error;
	file = file_memfd("nsctl-order", p->order.data, p->order.len, false);
	if (file < 0)
		return file;
	if (p->n == ORDER_FDS_MAX)
		return -E2BIG;
	memmove(p->numbers + 1, p->numbers, p->n++ * sizeof(*p->numbers));
	p->numbers[0] = file;
	return send_parcel(control, p, false);
}

int stage_vanished(const struct plan *plan, struct err *err)
{
	err_set(err, -EPIPE, ERR_FAILED, "%s: the stage ended before it had begun", plan->container->name);
	return err_why(err, "it was killed, or the file in memory that it runs from could not be sealed or executed");
}

static int pack_and_send(struct stage *stage, struct plan *plan, struct err *err)
{
	struct parcel p = {0};
	int error;

	put(&p, plan->order.line);
	put(&p, plan->init.pidfd);
	for (size_t i = 0; i < plan->n_fds; i++)
		put(&p, plan->fds[i]);
	for (int i = 0; i < 3; i++)
		put(&p, plan->order.stdio[i]);
	error = order_pack(plan, &p.order, err);
	if (error < 0)
		return error;
	error = send_order(stage->control, &p);
	buf_free(&p.order);
	if (error == -EPIPE || error == -ECONNRESET)
		return stage_vanished(plan, err);
	return error < 0 ? err_sys(err, error, "cannot reach the stage") : 0;
}

int stage_send(struct stage *stage, struct plan *plan, struct err *err)
{
	CLEANUP_FD int theirs = -1;
	int error = stage->guard < 0 ? stage_wake(stage, err) : 0;

	if (!error)
		error = open_line(stage, &theirs, err);
	plan->order.line = theirs;
	if (!error)
		error = pack_and_send(stage, plan, err);
	plan->order.line = -1;
	return error;
}
