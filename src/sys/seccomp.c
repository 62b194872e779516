/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seccomp_copy: a tracer cannot let go of a process that does not stop, only its end lets go. So the tracing
 * is done by a child of ours that can be killed at the deadline, and that is killed when we are.
 */
#include "sys/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sys/file.h"

#define DEADLINE_MS 3000 /* on a busy machine it may not get a turn at once */
#define SEIZE_TRIES 100
#define SEIZE_MS 10
#define CODE_MAX 32768 /* instructions in all filters of a task: MAX_INSNS_PER_PATH */
#define FILTERS_MAX 1024

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

/* Shared with the child. */
struct copied {
	int error; /* negative errno */
	enum { STEP_SEIZE, STEP_STOP, STEP_READ } step;
	uint32_t n, total;
	uint32_t lengths[FILTERS_MAX];
	struct sock_filter code[CODE_MAX];
};

void seccomp_programs_free(struct seccomp_programs *programs)
{
	cleanup_free(&programs->lengths);
	cleanup_free(&programs->code);
	*programs = (struct seccomp_programs){0};
}

static long get_filter(pid_t pid, unsigned long index, struct sock_filter *to)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): ptrace(2) takes numbers for pointers */
	return ptrace((enum __ptrace_request)PTRACE_SECCOMP_GET_FILTER, pid, (void *)index, to);
}

/* The kernel counts from the newest, and says ENOENT past the oldest, EINVAL where there is none. */
static int read_filters(pid_t pid, struct copied *c)
{
	uint32_t n = 0;
	long len;

	while (n < FILTERS_MAX && get_filter(pid, n, NULL) >= 0)
		n++;
	if (n == FILTERS_MAX)
		return -E2BIG;
	if (errno != ENOENT)
		return n == 0 && errno == EINVAL ? 0 : -errno;
	for (uint32_t i = n; i-- > 0;) {
		len = get_filter(pid, i, NULL);
		if (len < 0 || (uint32_t)len > CODE_MAX - c->total)
			return len < 0 ? -errno : -E2BIG;
		len = get_filter(pid, i, c->code + c->total);
		if (len < 0)
			return -errno;
		c->lengths[c->n++] = (uint32_t)len;
		c->total += (uint32_t)len;
	}
	return 0;
}

/* 0: nobody traces it. */
static pid_t tracer_of(pid_t pid)
{
	char path[48], text[4096];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (file_read_into(AT_FDCWD, path, text, sizeof(text)) < 0)
		return 0;
	at = strstr(text, "\nTracerPid:");
	return at ? (pid_t)atoi(at + strlen("\nTracerPid:")) : 0;
}

/* Who traces it may be another nsctl, and be done in a moment. */
static int seize(pid_t pid)
{
	bool traced = true;

	for (int i = 0; i < SEIZE_TRIES && traced; i++) {
		if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0)
			return 0;
		if (errno != EPERM)
			return -errno;
		traced = tracer_of(pid) != 0; /* else it may have let go just now: once more */
		if (traced)
			poll(NULL, 0, SEIZE_MS);
	}
	return ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0 ? -errno : 0;
}

/* In the child, which has no memory but what it shares. A signal that arrives first stops the process too: it
 * is handed on. */
static int trace(pid_t pid, struct copied *c)
{
	int status, error, signal = 0;

	c->step = STEP_SEIZE;
	error = seize(pid);
	if (error < 0)
		return error;
	c->step = STEP_STOP;
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
		return -errno;
	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFSTOPPED(status))
		return -ESRCH;
	if (status >> 16 == 0)
		signal = WSTOPSIG(status);
	c->step = STEP_READ;
	error = read_filters(pid, c);
	ptrace(PTRACE_DETACH, pid, NULL, (void *)(long)signal); /* NOLINT(performance-no-int-to-ptr) */
	return error;
}

static void child(pid_t pid, pid_t parent, struct copied *c)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent)
		c->error = trace(pid, c);
	_exit(0);
}

/* Waits for the child's end, which closes its end of the pipe; kills it at the deadline. */
static int wait_child(pid_t helper, int pipe_end)
{
	struct pollfd p = {.fd = pipe_end, .events = POLLIN};
	int n;

	do {
		n = poll(&p, 1, DEADLINE_MS);
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		kill(helper, SIGKILL);
	while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
		;
	return n == 0 ? -ETIMEDOUT : 0;
}

static int failed(pid_t pid, const struct copied *c, int error, struct err *err)
{
	char path[48], comm[64] = "";
	pid_t tracer;

	if (error == -ETIMEDOUT) {
		err_set(err, error, ERR_FAILED,
			"cannot copy the seccomp filter of process %d: it does not stop", (int)pid);
		return err_why(err, "it is frozen, or waits in a kernel call that nothing interrupts");
	}
	if (error == -EPERM && c->step == STEP_SEIZE && (tracer = tracer_of(pid))) {
		snprintf(path, sizeof(path), "/proc/%d/comm", (int)tracer);
		file_read_into(AT_FDCWD, path, comm, sizeof(comm));
		comm[strcspn(comm, "\n")] = '\0';
		err_set(err, error, ERR_FAILED, "cannot copy the seccomp filter of process %d: %d (%s) traces it",
			(int)pid, (int)tracer, comm);
		return err_hint(err, "end that first");
	}
	err_sys(err, error, "cannot copy the seccomp filter of process %d", (int)pid);
	if (error == -EMEDIUMTYPE)
		return err_why(err, "its filter is not of a kind that the kernel gives out");
	if (error == -EACCES)
		return err_why(
			err, "it takes CAP_SYS_ADMIN, and a caller that has no seccomp filter of its own");
	if (error == -EPERM)
		return err_why(err, "it takes CAP_SYS_PTRACE");
	return error;
}

static int take(const struct copied *c, struct seccomp_programs *ret, struct err *err)
{
	if (!c->n)
		return 0;
	ret->lengths = malloc(c->n * sizeof(*ret->lengths));
	ret->code = malloc(c->total * sizeof(*ret->code));
	if (!ret->lengths || !ret->code) {
		seccomp_programs_free(ret);
		return err_sys(err, -ENOMEM, "cannot copy a seccomp filter");
	}
	memcpy(ret->lengths, c->lengths, c->n * sizeof(*ret->lengths));
	memcpy(ret->code, c->code, c->total * sizeof(*ret->code));
	ret->n = c->n;
	return 0;
}

int seccomp_copy(pid_t pid, struct seccomp_programs *ret, struct err *err)
{
	struct copied *c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CLEANUP_FD int ours = -1, theirs = -1;
	pid_t helper, self = getpid();
	int ends[2], error;

	*ret = (struct seccomp_programs){0};
	if (c == MAP_FAILED)
		return err_sys(err, -errno, "cannot copy a seccomp filter");
	c->error = -ESRCH;
	error = pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
	if (!error) {
		ours = ends[0];
		theirs = ends[1];
		helper = fork();
		if (helper == 0)
			child(pid, self, c);
		error = helper < 0 ? -errno : 0;
		close_fd(&theirs);
	}
	if (!error)
		error = wait_child(helper, ours);
	if (!error)
		error = c->error;
	error = error < 0 ? failed(pid, c, error, err) : take(c, ret, err);
	munmap(c, sizeof(*c));
	return error;
}
